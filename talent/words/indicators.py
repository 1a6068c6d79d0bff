"""Why a school has no value or takes no part in the national indicators, in words."""

WORDS: dict[str, tuple[str, str]] = {
    "indicators.kind_excluded": (
        "学校 {school_code} 的办学类型为{school_kind}，不参加指标计算（依据：{clause}）。",
        "如办学类型有误，请在学校表中更正。",
    ),
    "indicators.teaching_point_small": (
        "教学点 {school_code} 有学生 {pupils} 人，不足 {minimum} 人，不参加指标计算（依据：{clause}）。",
        "如学生数或办学类型有误，请更正。",
    ),
    "indicators.no_teacher_record": (
        "学校 {school_code} 的{stage}有学生而没有在职教师记录，第 1 至 3 项无数据。",
        "请导入该校教职工表，并填写学段。",
    ),
    "indicators.no_facility": (
        "学校 {school_code} 的{stage}没有“{indicator}”所需的办学条件数据。",
        "请在办学条件表中补报该统计日期或之前的数据。",
    ),
}
