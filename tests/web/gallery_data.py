"""Fictitious people, schools and figures for the gallery of macros."""

from datetime import date
from fractions import Fraction

from talent.web.pictures import Axis, Dot, HoursBar, Lane, Layer, Month, School, Series, Span, TowerYear

TODO = (
    (
        "今天",
        (
            (
                "核对教职工名册差异",
                "新增 86 人、更新 214 人、错误 6 行，核对后按 2026-09-01 起生效",
                "9 所学校",
                "3,412 行",
                "2026-09-08",
                "今天 17:30",
                True,
                "去核对",
            ),
            (
                "答复更正申请：一条获奖没有计入",
                "2024 年区级优质课一等奖，证书已附；受理第 15 天，答复限 15 天",
                "沈佳禾",
                "柳岸小学",
                "2026-09-08",
                "今天到期",
                True,
                "去答复",
            ),
        ),
    ),
    (
        "本周",
        (
            (
                "催学校确认 2025 年度激励金",
                "31 / 34 所已确认，确认齐了才能复核",
                "3 所学校",
                "石桥中学等，共 178,000.00 元",
                "2026-09-10",
                "余 2 个工作日",
                False,
                "去催办",
            ),
            (
                "学科首席教师（第四期）公示期满",
                "公示 5 个工作日，异议 1 件已单独暂停，其余 17 人可认定",
                "18 人",
                "2026-09-03 公示",
                "2026-09-10",
                "余 2 个工作日",
                False,
                "去认定",
            ),
            (
                "国家系统名册定版",
                "学校确认 36 / 38，第一轮开放 9月12日",
                "2 所学校",
                "双桥学校、石桥中学",
                "2026-09-11",
                "余 3 个工作日",
                False,
                "去核对",
            ),
        ),
    ),
    (
        "以后",
        (
            (
                "名教师（第三期）评审：补请第三位专家",
                "两位专家相差 20 分以上，已排除本校、师徒与申报关系",
                "4 份材料",
                "语文 3，物理 1",
                "2026-09-18",
                "余 8 个工作日",
                False,
                "去指定",
            ),
            (
                "补支教考核结果",
                "缺考核结果的先按暂计，锁定前须补齐或具名确认",
                "7 人",
                "5 所派出学校",
                "2026-09-24",
                "余 13 个工作日",
                False,
                "去补录",
            ),
        ),
    ),
)

LAYERS = (
    Layer("leading_talent", "教育领军人才", 8, "塔尖", 2, 10, "/tower"),
    Layer("famous_teacher", "名教师", 46, "塔体", 8, 50, "/tower"),
    Layer("chief_subject_teacher", "学科首席教师", 92, "塔体", 12, 100, "/tower", current=True),
    Layer("district_subject_head", "区级学科带头人", 268, "塔基", 17, 300, "/tower"),
    Layer("school_subject_head", "校级学科带头人", 421, "塔基", 13, None, "/tower"),
    Layer("new_talent", "新锐教师", 357, "塔基", 9, None, "/tower"),
)
ORDER = tuple((layer.code, layer.label) for layer in LAYERS)
_COUNTS = {
    2020: (2, 19, 40, 170, 260, 190),
    2021: (4, 24, 52, 198, 310, 236),
    2022: (5, 31, 66, 226, 362, 301),
    2023: (6, 38, 80, 251, 408, 348),
    2024: (8, 46, 92, 268, 421, 357),
}
YEARS = tuple(
    TowerYear(
        str(year),
        dict(zip((code for code, _ in ORDER), counts, strict=True)),
        f"塔体 {counts[1] + counts[2]}，共 {sum(counts):,}",
        "/tower",
        year == 2024,
    )
    for year, counts in _COUNTS.items()
)
HOLDERS = (
    ("陈砚秋", "第一中学", "数学"),
    ("方㛃", "育英中学", "化学"),
    ("贺兰亭", "实验小学", "语文"),
    ("阿依努尔·买买提", "学府街小学", "音乐"),
    ("苏明远", "第二中学", "物理"),
    ("唐亦舟", "清源道小学", "美术"),
)

HOURS = (
    HoursBar(
        "近五年",
        (("national", 4000), ("municipal", 6400), ("district", 14800), ("school", 15200), ("self", 3200)),
        36000,
        "2021-09-09 至 2026-09-08",
        note="已达到（教督〔2017〕6 号 第 9 项，不设上限）",
        href="/person",
    ),
    HoursBar(
        "上一周期",
        (("national", 4000), ("municipal", 5600), ("district", 13600), ("school", 12000), ("self", 2800)),
        36000,
        "2021—2025",
        4800,
        "校本 168，按每周期 120 计，48 不计入",
        "/person",
    ),
    HoursBar(
        "本周期",
        (("municipal", 800), ("district", 3050), ("school", 2800), ("self", 800)),
        36000,
        "2026—2030",
        0,
        "周期已过 14%，学时已得 21%",
        "/person",
    ),
)

_GOOD = {2017, 2021, 2024}
LANES = (
    Lane(
        "称号",
        (
            Span(date(2018, 9, 1), date(2021, 8, 31), "校级学科带头人", "school_subject_head"),
            Span(date(2024, 9, 1), date(2027, 8, 31), "区级学科带头人", "district_subject_head"),
        ),
    ),
    Lane(
        "职称",
        (
            Span(date(2012, 8, 20), date(2018, 11, 30), "二级教师", "s5"),
            Span(date(2018, 12, 1), date(2024, 11, 30), "一级教师", "s4"),
            Span(date(2024, 12, 1), None, "高级教师", "s2"),
        ),
    ),
    Lane(
        "学校",
        (
            Span(date(2012, 8, 20), date(2018, 8, 15), "槐荫里小学", "s5"),
            Span(date(2018, 8, 16), None, "清源道小学", "s4"),
        ),
    ),
    Lane("帮扶支教", (Span(date(2025, 3, 15), date(2025, 12, 31), "柳河镇中心小学，9 个月计发", "s1"),)),
    Lane(
        "年度考核",
        dots=tuple(
            Dot(
                date(year, 12, 15),
                f"{year} 年度",
                "none" if year == 2025 else "full" if year in _GOOD else "ring",
            )
            for year in range(2012, 2026)
        ),
    ),
)
SINCE, UNTIL = date(2012, 1, 1), date(2028, 1, 1)

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _month(number: int) -> Month:
    days = ["on" if (number, day) >= (3, 15) else "off" for day in range(1, _LENGTHS[number - 1] + 1)]
    if number == 10:
        for day in (13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 27):
            days[day - 1] = "absent"
    if number < 3:
        return Month(2025, number, days, "", None, "不在岗")
    if number == 10:
        return Month(2025, number, days, "不计", False, "缺勤 11 ＞ 10 天")
    return Month(
        2025, number, days, "计 1/12", True, f"{days.count('on')} 天" + (" ≥ 15" if number == 3 else "")
    )


MONTHS = tuple(_month(number) for number in range(1, 13))

AXES = (
    Axis("研修学习", 74, "高于 78%", 38, 66, 1.0),
    Axis("竞赛教学", 38, "高于 41%", 20, 58, 1.0),
    Axis("教研创新", 41, "高于 63%", 12, 44, 0.72),
    Axis("带教引领", 86, "高于 92%", 8, 45, 1.0),
    Axis("支教服务", 62, "高于 88%", 0, 20, 1.0),
    Axis("梯队成长", 58, "高于 70%", 20, 56, 1.0),
)
AXES_MISSING = (*AXES[:4], Axis("支教服务", None, "还没有采集", 0, 20, 0.0), AXES[5])
TRENDS = tuple(
    Series(label, (("2024", values[0]), ("2025", values[1]), ("2026", values[2])))
    for label, values in (
        ("研修学习", (52, 61, 74)),
        ("竞赛教学", (45, 45, 38)),
        ("教研创新", (20, 33, 41)),
        ("带教引领", (30, 66, 86)),
        ("支教服务", (None, 40, 62)),
        ("梯队成长", (40, 58, 58)),
    )
)
SHARES = (
    ("带教引领型", Fraction(64, 100)),
    ("研修成长型", Fraction(23, 100)),
    ("其他 4 类", Fraction(13, 100)),
)
PUSHES = (
    ("带教徒弟", "3 人", "3", "1", 1.12, "+1.12"),
    ("讲座", "6 次", "5", "1", 0.64, "+0.64"),
    ("公开课积分", "7 分", "6", "2", 0.38, "+0.38"),
    ("培训学时（折算）", "182", "148", "131", -0.71, "−0.71"),
    ("竞赛积分", "3 分", "4", "3", -0.29, "−0.29"),
)


def _ratios(start: float, step: float, count: int, *low: float) -> tuple[School, ...]:
    spread = [start + step * i + 0.07 * (i % 3) for i in range(count)]
    known = [School(f"第{i + 1}小学", ratio, "/board") for i, ratio in enumerate((*low, *spread))]
    return (*known, School("云台小学", None), School("长亭小学", None))


INDICATORS = (
    (1, "高于规定学历教师", "人/百生", "4.2", _ratios(1.1, 0.03, 20), 1.41, "5.94", 0.126),
    (
        2,
        "县级以上骨干教师",
        "人/百生",
        "1.0",
        _ratios(1.01, 0.17, 18, 0.55, 0.62, 0.71, 0.88),
        1.82,
        "1.82",
        0.566,
    ),
    (3, "体音美专任教师", "人/百生", "0.9", _ratios(1.0, 0.025, 19, 0.87, 0.93), 1.2, "1.08", 0.139),
    (5, "体育运动场馆", "平方米/生", "7.5", _ratios(1.0, 0.06, 20, 0.78, 0.91), 1.53, "11.47", 0.248),
)

RULES = (
    {"verdict": "met", "text": "职称 高级以上", "actual": "高级教师，2024-12 起"},
    {
        "verdict": "not_met",
        "text": "近 5 年区县级一等奖，或市级以上",
        "actual": "近 5 年 2 项，最高是二等。2020 年的一等奖已过 5 年",
        "clause": "实施意见 第 5 条",
        "url": "/form",
        "action": "补一项",
    },
    {
        "verdict": "no_data",
        "text": "2023—2025 年度考核合格",
        "actual": "缺 2025 年。支教当年由受援方考核，结果还没送回",
        "url": "/form",
        "action": "请学校补",
    },
    {"verdict": "met", "text": "从教满 10 年", "actual": "14 年"},
    {"verdict": "met", "text": "近五年学时满 360", "actual": "436", "url": "/person"},
    {"verdict": "met", "text": "在职；没有师德限制", "actual": "截至 2026-09-08"},
)
FINDINGS = (
    {
        "level": "error",
        "text": "学校退回",
        "hint": "石桥中学：名单少 1 人，多 1 人",
        "url": "/batch",
        "count": "1 所",
    },
    {
        "level": "error",
        "text": "还没有确认",
        "hint": "柳岸小学、特殊教育学校",
        "url": "/batch",
        "count": "2 所",
    },
    {
        "level": "warning",
        "text": "参加者占比不足 50%",
        "hint": "第二中学 46.0%，方案要求“主要用于”",
        "url": "/batch",
        "count": "1 所",
    },
    {
        "level": "warning",
        "text": "用了假定参数",
        "hint": "标准、口径、年度、缺勤",
        "url": "/batch",
        "count": "4 项",
    },
    {
        "level": "info",
        "text": "幼儿园派出，不在范围，金额 0",
        "hint": "方案只含中小学",
        "url": "/batch",
        "count": "2 人",
    },
)
CHAIN = tuple(
    {"label": label, "note": note, "state": state}
    for label, note, state in (
        ("草稿", "何思齐 01-05", "done"),
        ("已计算", "第 2 次 01-12", "done"),
        ("学校确认", "31 / 34 所", "now"),
        ("人事复核", "尚未开始", "todo"),
        ("批准", "财务、分管领导", "todo"),
        ("锁定", "须填文号", "todo"),
        ("导出", "交工资系统", "todo"),
        ("已付", "回单核对", "todo"),
    )
)
BATCH_FACTS = (
    {"label": "人数", "value": "136", "unit": "人", "href": "/batch", "note": "比第 1 次 +2 人"},
    {"label": "派出学校", "value": "34", "unit": "所", "href": "/batch", "note": "1 所已并入，随并入校"},
    {"label": "计入", "value": "1,173", "unit": "个月", "href": "/batch", "note": "合 97.75 人年"},
    {
        "label": "应计总额",
        "value": "2,346,000.00",
        "unit": "元",
        "href": "/batch",
        "note": "比第 1 次 +14,000.00",
    },
    {"label": "假定参数", "value": "4", "unit": "项", "href": "/batch", "note": "锁定前须具名确认"},
)
IMPORT_FACTS = (
    {"label": "读到", "value": "3,412", "unit": "行", "note": "表头在第 3 行，跳过 2 个空行"},
    {"label": "新增", "value": "86", "unit": "人", "href": "/import", "note": "含 9 所学校新教师 71 人"},
    {
        "label": "更新",
        "value": "214",
        "unit": "人",
        "href": "/import",
        "note": "共 263 格，按 2026-09-01 起生效",
    },
    {"label": "考核", "value": None, "note": "表里没有这一列"},
    {"label": "错误", "value": "6", "unit": "行", "tone": "bad", "note": "全部列在下面，没有省略"},
)
SCHOOLS = (
    ("0023", "石桥中学", 4, 36, 7200000, None, "returned", "退回：名单不符"),
    ("0011", "柳岸小学", 1, 4, 800000, None, "waiting", "等学校确认"),
    ("0041", "特殊教育学校", 5, 49, 9800000, None, "waiting", "等学校确认"),
    ("0019", "第二中学", 2, 14, 2800000, 0.46, "warning", "占比不足半数"),
    ("0008", "实验小学", 3, 28, 5600000, 0.8, "confirmed", "已确认"),
    ("0009", "学府街小学", 1, 4, 800000, 0.9, "confirmed", "已确认"),
    ("0010", "槐荫里小学", 7, 53, 10600000, 0.85, "confirmed", "已确认"),
    ("0012", "清源道小学", 4, 24, 4800000, 0.9, "confirmed", "已确认"),
    ("0013", "汀兰小学", 5, 40, 8000000, 0.85, "confirmed", "已确认"),
    ("0014", "望海小学", 2, 24, 4800000, 1, "confirmed", "已确认"),
    ("0015", "星河小学", 5, 38, 7600000, 1, "confirmed", "已确认"),
    ("0016", "东堤小学", 2, 14, 2800000, 1, "confirmed", "已确认"),
)
ERRORS = (
    (
        "E388",
        "学校代码",
        "012",
        "没有这个代码，前面的 0 可能被表格软件去掉了",
        "是不是 0012 清源道小学？把列设为文本后重填",
    ),
    ("H17", "出生日期", "1990.1", "可以读成 1990年1月，也可以读成 1990年10月", "写成 1990.01 或 1990.10"),
    (
        "C203",
        "证件号码",
        "4.1*****E+17",
        "被表格软件改成了科学计数，末几位已丢失",
        "把列设为文本，重新录入 18 位",
    ),
    ("B512", "姓名", "林之微", "工号 0118207 登记的是 林知微", "改姓名，或改工号；曾用名填在“曾用名”列"),
)
CHANGES = (
    ("6", "0103318", "郑伯言", "东堤中学", "职称", "一级", "高级", "首席教师申报条件由“未满足”变为“满足”"),
    ("77", "0109926", "阿依努尔·买买提", "学府街小学", "学历", "大专", "本科", "指标 1 高于规定学历 +1"),
    (
        "103",
        "0111402",
        "贺兰亭",
        "实验小学",
        "在岗状态",
        "在岗",
        "退休",
        "区级学科带头人自 2026-08-31 自然终止",
    ),
    (
        "158",
        "0120077",
        "唐亦舟",
        "清源道小学",
        "学校",
        "0012 清源道小学",
        "0009 学府街小学",
        "原期间止于 2026-08-31，编制随之转移",
    ),
)
PARAMETERS = (
    {
        "text": "标准",
        "value": "24,000.00 元/人年",
        "note": "三年行动方案 三（四）2020-01-01 起；方案期满，2023 年起沿用",
        "basis": "assumed",
    },
    {
        "text": "口径",
        "value": "当月在岗满 15 天计 1/12",
        "note": "没有文件规定，五种口径可比",
        "basis": "assumed",
    },
    {"text": "缺勤", "value": "当月超过 10 个工作日不计", "note": "没有文件规定", "basis": "assumed"},
    {"text": "工作日历", "value": "2025 年版", "note": "国办发明电〔2024〕12 号", "basis": "enacted"},
    {"text": "派出学校", "value": "小学至高中", "note": "三年行动方案 三（四）“中小学”", "basis": "enacted"},
    {"text": "校内分配", "value": "按学校方案", "note": "由学校制定，报局备案", "basis": "delegated"},
)

_BACK = [{"label": "回待办", "url": "/todo", "kind": "line"}]
REFUSALS = {
    "403": {
        "title": "这一页只对财务和人事开放",
        "reason": "您的身份是学校办公室，可以看本校 2025 年度总量和分配。",
        "hint": "",
        "actions": [{"label": "看本校的", "url": "/todo", "kind": "line"}],
    },
    "404": {
        "title": "没有这一页，或者不归您看",
        "reason": "地址可能写错了，也可能记录已经并入别处。",
        "hint": "在上面搜姓名或工号试试。",
        "actions": _BACK,
    },
    "409": {
        "title": "贺兰亭的在岗状态刚被改过",
        "reason": "宋清和 10:41 改为“退休”；您要改为“长假”。",
        "hint": "您填的都还在。",
        "actions": [
            {"label": "对照两份", "url": "/todo", "kind": "line"},
            {"label": "用对方的", "url": "/todo", "kind": "link"},
        ],
    },
    "413": {
        "title": "文件超过 50 MB",
        "reason": "没有保存任何内容。",
        "hint": "把表按学校拆开再上传。",
        "actions": _BACK,
    },
    "429": {"title": "请过一分钟再试", "reason": "一分钟内试了 10 次。", "hint": "", "actions": _BACK},
    "500": {
        "title": "这一步没有办成，什么也没有改动",
        "reason": "已经记下，编号 7f3a。",
        "hint": "请把编号告诉管理员。",
        "actions": _BACK,
    },
    "503": {
        "title": "正在升级，约 10 分钟",
        "reason": "升级期间不能登录，已保存的都在。",
        "hint": "",
        "actions": [],
    },
    "login": {
        "title": "请先登录",
        "reason": "离开超过 30 分钟，已为您退出。",
        "hint": "登录后回到刚才那一页。",
        "actions": [{"label": "登录", "url": "/login", "kind": "primary"}],
    },
}
