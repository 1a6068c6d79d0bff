"""What the invented works are about: lessons by subject, patterns of papers, projects and lectures."""

from random import Random

_LESSONS = {
    "语文": (
        "《草船借箭》 《少年闰土》 《桂林山水》 《背影》 《岳阳楼记》 《荷塘月色》 《将相和》 《田忌赛马》 "
        "《苏州园林》 《木兰诗》"
    ),
    "数学": (
        "《分数的初步认识》 《圆的面积》 《鸡兔同笼》 《一次函数》 《勾股定理》 《统计与概率》 "
        "《轴对称图形》 《方程的意义》 《平行四边形的面积》"
    ),
    "英语": (
        "《My Family》 《Seasons》 《A Trip to the Zoo》 《Healthy Food》 《Festivals》 《Green Travel》 "
        "《Our School》"
    ),
    "物理": "《浮力》 《光的折射》 《欧姆定律》 《牛顿第一定律》 《杠杆》 《电流的磁效应》",
    "化学": "《燃烧与灭火》 《水的净化》 《金属的性质》 《质量守恒定律》 《氧化还原反应》",
    "生物": "《光合作用》 《血液循环》 《种子的萌发》 《基因的显性和隐性》",
    "历史": "《丝绸之路》 《戊戌变法》 《秦统一中国》 《改革开放》",
    "地理": "《板块运动》 《黄河的治理》 《气候的影响》 《人口与城市》",
    "道德与法治": "《我们的节日》 《网络新世界》 《公民权利》 《家乡的变化》 《诚信的价值》",
    "思想政治": "《文化自信》 《新发展理念》 《价值判断》 《依法治国》",
    "体育": "《立定跳远》 《篮球运球》 《足球脚内侧传球》 《武术基本功》 《接力跑》 《前滚翻》",
    "音乐": "《茉莉花》 《赛马》 《歌唱祖国》 《春江花月夜》 《渔光曲》",
    "美术": "《泥塑动物》 《青花瓷》 《水墨游戏》 《家乡的桥》 《色彩的渐变》",
    "科学": "《杠杆的秘密》 《月相变化》 《种子发芽》 《电路》 《沉与浮》",
    "信息科技": "《数据与编码》 《过程与控制》 《算法初步》 《智能小车》",
    "心理健康": "《情绪红绿灯》 《与同伴相处》 《我的优势》",
    "学前教育": "《小蝌蚪找妈妈》 《影子游戏》 《春天的种子》 《积木大桥》",
}
_ANY_LESSON = "《综合实践：走进社区》 《项目学习：节约用水》 《主题活动：传统节日》 《劳动：整理与收纳》"

_FOCUS = (
    "核心素养",
    "大单元教学",
    "深度学习",
    "项目式学习",
    "作业设计",
    "学习评价",
    "跨学科实践",
    "思维发展",
    "情境创设",
    "信息技术融合",
    "整本书阅读",
    "差异化教学",
    "课堂提问",
    "学科德育",
    "家校协同",
    "小组合作学习",
    "数字化学习",
)
_PAPERS = (
    "基于{focus}的{subject}教学策略研究",
    "{focus}视域下{subject}课堂的实践与思考",
    "{subject}教学中{focus}的路径探析",
    "浅谈{subject}学科的{focus}",
)
_PROJECTS = (
    "{subject}学科{focus}的实践研究",
    "指向{focus}的{subject}教学行动研究",
    "{focus}背景下{subject}教师专业成长研究",
)
_LECTURES = ("{subject}教学中的{focus}", "{focus}：我的{subject}课堂", "新教师如何开展{focus}")

HONOURS = (
    "优秀教师",
    "优秀班主任",
    "师德先进个人",
    "优秀共产党员",
    "优秀教研组长",
    "教育教学先进个人",
    "三八红旗手",
)


def lesson(rng: Random, subject: str) -> str:
    """A lesson of the subject in title marks; lists part at "》 " because English titles hold spaces."""
    return rng.choice(_LESSONS.get(subject, _ANY_LESSON).split("》 ")).rstrip("》") + "》"


def _worded(rng: Random, patterns: tuple[str, ...], subject: str) -> str:
    return rng.choice(patterns).format(subject=subject or "教育", focus=rng.choice(_FOCUS))


def paper(rng: Random, subject: str) -> str:
    return _worded(rng, _PAPERS, subject)


def project(rng: Random, subject: str) -> str:
    return _worded(rng, _PROJECTS, subject)


def lecture(rng: Random, subject: str) -> str:
    return _worded(rng, _LECTURES, subject)
