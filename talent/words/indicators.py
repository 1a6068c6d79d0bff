"""What the national indicators lack of a school, and why a school takes no part in them, in words."""

WORDS: dict[str, tuple[str, str]] = {
    "indicators.kind_excluded": (
        "办学类型为{school_kind}，不参加指标计算（依据：{clause}）。",
        "如办学类型有误，请在学校表中更正。",
    ),
    "indicators.teaching_point_small": (
        "教学点有学生 {pupils} 人，不足 {minimum} 人，不参加指标计算（依据：{clause}）。",
        "如学生数或办学类型有误，请更正。",
    ),
    "indicators.no_teacher_record": (
        "{stage}有学生而没有在职教师记录，第 1 至 3 项没有数据。",
        "请导入该校教职工表，并填写学段。",
    ),
    "indicators.no_facility": (
        "{stage}没有“{indicator}”所需的办学条件数据。",
        "请在办学条件表中补报该统计日期或之前的数据。",
    ),
    "indicators.no_enrolment": (
        "没有{stage}的学生数，各项都没有数据。",
        "请向学校要在校生数和班级数，导入学生数表；已不办这一学段的，请更正办学类型。",
    ),
    "indicators.stale_enrolment": (
        "{stage}用的是 {counted_on} 的学生数，属上一学年或更早。",
        "请向学校要本学年的在校生数和班级数。",
    ),
    "indicators.no_classes": ("{stage}没有班级数，班额没有数据。", "请在学生数表中补报班级数。"),
    "indicators.stale_facility": (
        "{part}的办学条件是 {counted_on} 的，属上一学年或更早。",
        "请向学校核对用房、场馆、设备和多媒体教室，有变动的报本学年的数。",
    ),
    "indicators.no_posts": ("没有核定编制数，无法与测算、实有对照。", "请导入编制核定表。"),
    "indicators.no_stage": ("{count} 名专任教师没有学段，不计入任何学段的指标。", "请在教职工表中补填学段。"),
    "indicators.no_schooling": ("{count} 名专任教师没有学历，不计入第 1 项。", "请在教职工表中补填学历。"),
    "indicators.no_subject": ("{count} 名专任教师没有任教学科，不计入第 3 项。", "请在教职工表中补填任教学科。"),
    "indicators.no_certificate": ("{count} 名专任教师没有填教师资格，按未持证计。", "请在教职工表中补填教师资格种类。"),
    "indicators.no_quota_type": (
        "{count} 人没有编制类别，实有在编和编外都没有计入。",
        "请在教职工表中补填编制类别。",
    ),
}
