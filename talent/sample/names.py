"""Names of people who do not exist: surnames by frequency, given names by decade and gender.

The lists are our own. A few names carry what real registers carry and software trips over: compound
surnames, the middle dot U+00B7 of transliterated names, and characters outside the basic plane.
"""

from dataclasses import dataclass
from itertools import accumulate
from random import Random

MIDDLE_DOT = "\u00b7"
FEMALE, MALE = "女", "男"
HAN = "汉族"

# Commonest first; the weight falls with the rank, roughly as in the population.
SURNAMES = [
    "王",
    "李",
    "张",
    "刘",
    "陈",
    "杨",
    "赵",
    "黄",
    "周",
    "吴",
    "徐",
    "孙",
    "胡",
    "朱",
    "高",
    "林",
    "何",
    "郭",
    "马",
    "罗",
    "梁",
    "宋",
    "郑",
    "谢",
    "韩",
    "唐",
    "冯",
    "于",
    "董",
    "萧",
    "程",
    "曹",
    "袁",
    "邓",
    "许",
    "傅",
    "沈",
    "曾",
    "彭",
    "吕",
    "苏",
    "卢",
    "蒋",
    "蔡",
    "贾",
    "丁",
    "魏",
    "薛",
    "叶",
    "阎",
    "余",
    "潘",
    "杜",
    "戴",
    "夏",
    "钟",
    "汪",
    "田",
    "任",
    "姜",
    "范",
    "方",
    "石",
    "姚",
    "谭",
    "廖",
    "邹",
    "熊",
    "金",
    "陆",
    "郝",
    "孔",
    "白",
    "崔",
    "康",
    "毛",
    "邱",
    "秦",
    "江",
    "史",
    "顾",
    "侯",
    "邵",
    "孟",
    "龙",
    "万",
    "段",
    "雷",
    "钱",
    "汤",
    "尹",
    "黎",
    "易",
    "常",
    "武",
    "乔",
    "贺",
    "赖",
    "龚",
    "文",
    "庞",
    "樊",
    "兰",
    "殷",
    "施",
    "陶",
    "洪",
    "翟",
    "安",
    "颜",
    "倪",
    "严",
    "牛",
    "温",
    "芦",
    "季",
    "俞",
    "章",
    "鲁",
    "葛",
    "伍",
    "申",
    "尤",
    "毕",
    "聂",
    "丛",
    "焦",
    "向",
    "柳",
    "邢",
    "骆",
    "岳",
    "齐",
    "梅",
    "单",
    "解",
    "查",
    "盖",
]
COMPOUND_SURNAMES = ["欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "令狐"]


@dataclass(frozen=True, slots=True)
class GivenNames:
    """Characters in fashion among those born in one decade; `first` and `last` make names of two."""

    first: str
    last: str
    single: str


_FASHION: dict[tuple[str, int], GivenNames] = {
    (FEMALE, 1960): GivenNames("秀玉桂淑凤春丽爱美建金兰红月", "英兰珍芳华敏萍琴云荣霞梅玲", "敏萍红玲"),
    (FEMALE, 1970): GivenNames("海丽晓艳红春玉建文秀冬立雪", "燕红梅艳霞丽萍娟玲华芳英茹", "静丽艳敏红娟梅"),
    (FEMALE, 1980): GivenNames(
        "晓婷丽雪思亚海佳文静莹春媛", "婷娜颖静琳娟莉佳洁敏蕾雯倩", "静婷颖倩楠莹蕾璐洁"
    ),
    (FEMALE, 1990): GivenNames("雨思佳雅梦欣诗晓婧嘉怡若语", "婷琪涵雯悦萱妍怡彤洁瑶莹宁", "悦琪婧璇蕊珊茜"),
    (FEMALE, 2000): GivenNames("梓雨欣子语诗可若一沐佳芷清", "涵萱琪妍彤瑶宁溪悦然晴桐禾", "妍瑶萱"),
    (MALE, 1960): GivenNames("建国志永文德金洪玉长宝树庆", "国华明军生民平林荣祥发成山", "军勇刚强"),
    (MALE, 1970): GivenNames("志建海永晓立文春宏卫国学俊", "军强勇辉东涛明伟峰刚平斌波", "勇涛伟强军辉斌"),
    (MALE, 1980): GivenNames("晓海志文鹏俊立振凯少世宇天", "鹏超磊涛伟峰亮飞斌宁阳杰龙", "鹏超磊涛伟浩亮洋"),
    (MALE, 1990): GivenNames("子浩宇俊嘉泽天思文博家瑞明", "轩宇豪杰鑫然航晨阳琦源博凡", "浩鑫昊翔晨"),
    (MALE, 2000): GivenNames("子浩宇梓俊嘉泽奕沐承景知亦", "轩宇航辰睿然泽铭洋言远川安", "睿航辰"),
}

# Outside what a careless font or a GB 2312 register can show; the first three are always present.
RARE_GIVEN = (
    ("㛃", FEMALE),
    ("文䶮", MALE),
    ("𠮷安", MALE),
    ("翀", MALE),
    ("赟", MALE),
    ("喆", MALE),
    ("玥彤", FEMALE),
    ("堃", MALE),
    ("昉", FEMALE),
    ("懿萱", FEMALE),
    ("珺", FEMALE),
    ("祎", FEMALE),
    ("煜燊", MALE),
)

_DOTTED = {
    FEMALE: (
        "阿依古丽 古丽娜尔 热依罕 迪丽努尔 阿孜古丽 帕丽旦",
        "买买提 吐尔逊 艾山 玉素甫 卡德尔 阿不力孜",
        "维吾尔族",
    ),
    MALE: (
        "叶尔兰 巴合提 努尔兰 阿依登 叶尔肯 达吾列提",
        "哈力克 木拉提 赛力克 别克 托合塔尔 加尔肯",
        "哈萨克族",
    ),
}
_UNDOTTED = {
    FEMALE: (("卓玛", "藏族"), ("央金措", "藏族"), ("其木格", "蒙古族"), ("乌云娜", "蒙古族")),
    MALE: (("扎西次仁", "藏族"), ("达瓦多吉", "藏族"), ("巴特尔", "蒙古族"), ("阿古拉", "蒙古族")),
}
_SINICISED_MINORITIES = ("回族", "满族", "回族", "满族", "蒙古族", "壮族", "土家族", "朝鲜族")

_ranked = list(accumulate(1000 // (rank + 4) for rank in range(len(SURNAMES))))


def surname(rng: Random) -> str:
    """A surname; about one in a hundred is compound."""
    if rng.random() < 0.01:
        return rng.choice(COMPOUND_SURNAMES)
    return rng.choices(SURNAMES, cum_weights=_ranked)[0]


def given_name(rng: Random, sex: str, birth_year: int) -> str:
    """A given name of one or two characters in the fashion of the birth decade."""
    decade = min(max(birth_year // 10 * 10, 1960), 2000)
    fashion = _FASHION[sex, decade]
    if rng.random() < 0.16:
        return rng.choice(fashion.single)
    first = rng.choice(fashion.first)
    return first + rng.choice([char for char in fashion.last if char != first])


def person_name(rng: Random, sex: str, birth_year: int) -> tuple[str, str]:
    """(name, ethnic group)."""
    draw = rng.random()
    if draw < 0.004:
        given, fathers, people = _DOTTED[sex]
        return f"{rng.choice(given.split())}{MIDDLE_DOT}{rng.choice(fathers.split())}", people
    if draw < 0.008:
        return rng.choice(_UNDOTTED[sex])
    ethnicity = rng.choice(_SINICISED_MINORITIES) if draw < 0.07 else HAN
    if draw > 0.99:
        return surname(rng) + rng.choice([name for name, of in RARE_GIVEN if of == sex]), ethnicity
    return surname(rng) + given_name(rng, sex, birth_year), ethnicity


def dotted_name(rng: Random, sex: str) -> tuple[str, str]:
    """(name with a middle dot, ethnic group); so that a small district has one too."""
    given, fathers, people = _DOTTED[sex]
    return f"{rng.choice(given.split())}{MIDDLE_DOT}{rng.choice(fathers.split())}", people
