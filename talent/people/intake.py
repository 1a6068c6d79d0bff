"""What the sheets about schools and people mean. The roster itself, with its dated periods, is in ``roster``."""

from collections.abc import Mapping

from talent.core import terms
from talent.people.models import Absence, Appraisal, Collection, ConductCase, Exchange, Person, School
from talent.workbooks.intake import Intake, Referent, in_order
from talent.workbooks.kinds import CellType, Column, Kind

#: What else offices write above a column: plain synonyms only, and none that often stands beside ours (最高学历).
#: 人员状态 and 教职工类别 hold other words than ours and stay columns nobody reads.
STAFF_NO_HEADERS = ("教职工号", "教工号", "职工号", "教师工号")
NAME_HEADERS = ("教师姓名",)

PERSON = (
    Column("staff_no", "工号", CellType.CODE, required=True, key=True, header_aliases=STAFF_NO_HEADERS),
    Column("person_name", "姓名", CellType.TEXT, header_aliases=NAME_HEADERS),
)
BY_PERSON: Mapping[str, tuple[str, Referent]] = {"staff_no": ("person_id", "person")}

SCHOOLS = Intake(
    Kind(
        "schools",
        "学校",
        (
            Column("code", "学校代码", CellType.CODE, required=True, key=True),
            Column("name", "学校名称", CellType.TEXT, required=True),
            Column("kind", "办学类型", CellType.CHOICE, required=True, choices=terms.SCHOOL_KIND),
            Column("ownership", "办学性质", CellType.CHOICE, choices=terms.OWNERSHIP),
            Column("area", "城乡", CellType.CHOICE, choices=terms.AREA),
            Column("community", "区域发展共同体", CellType.TEXT),
            Column("opened_on", "启用日期", CellType.DATE),
            Column("closed_on", "停用日期", CellType.DATE),
            Column("merged_into_code", "并入学校代码", CellType.CODE),
            Column("effective_on", "生效日期", CellType.DATE),
        ),
    ),
    School,
    key=("code",),
    references={"merged_into_code": ("merged_into_id", "school")},
    check=in_order("opened_on", "closed_on"),
)

TEACHERS = Intake(
    Kind(
        "teachers",
        "教职工",
        (
            Column("staff_no", "工号", CellType.CODE, required=True, key=True, header_aliases=STAFF_NO_HEADERS),
            Column("name", "姓名", CellType.TEXT, required=True, header_aliases=NAME_HEADERS),
            Column("school_code", "学校代码", CellType.CODE, required=True, header_aliases=("学校编码",)),
            Column("teaching_schools", "任教学校代码", CellType.MULTI),
            Column("id_number", "证件号码", CellType.ID_NUMBER,
                   header_aliases=("身份证", "身份证号", "身份证号码", "身份证件号", "身份证件号码")),
            Column("sex", "性别", CellType.CHOICE, choices=terms.SEX, aliases={"男性": "男", "女性": "女"}),
            Column("born_on", "出生日期", CellType.DATE_OR_MONTH, header_aliases=("出生年月", "出生年月日")),
            Column("ethnicity", "民族", CellType.TEXT),
            Column("politics", "政治面貌", CellType.TEXT),
            Column("schooling", "学历", CellType.CHOICE, choices=terms.SCHOOLING, aliases=terms.SCHOOLING_SPELLINGS),
            Column("degree", "学位", CellType.CHOICE, choices=terms.DEGREE),
            Column(
                "professional_title",
                "职称",
                CellType.CHOICE,
                choices=terms.PROFESSIONAL_TITLE,
                aliases=terms.PROFESSIONAL_TITLE_OLD,
                header_aliases=("专业技术职称",),
            ),
            Column("stage", "学段", CellType.CHOICE, choices=terms.TEACHER_STAGE),
            Column("subject", "任教学科", CellType.TEXT, header_aliases=("学科", "教授科目", "任教科目")),
            Column("category", "人员类别", CellType.CHOICE, choices=terms.STAFF_CATEGORY),
            Column("post", "职务", CellType.TEXT, header_aliases=("现任职务",)),
            Column("quota_type", "编制类别", CellType.CHOICE, choices=terms.QUOTA_TYPE),
            Column("work_started_on", "参加工作日期", CellType.DATE_OR_MONTH,
                   header_aliases=("参加工作年月", "参加工作时间")),
            Column("teaching_started_on", "从教日期", CellType.DATE_OR_MONTH, header_aliases=("从教年月", "从教时间")),
            Column("arrived_on", "到校日期", CellType.DATE_OR_MONTH,
                   header_aliases=("到校年月", "到校时间", "进本校年月")),
            Column("certificate_kind", "教师资格种类", CellType.TEXT, header_aliases=("教师资格类型",)),
            Column("certificate_no", "教师资格证号", CellType.CODE, header_aliases=("教师资格证编号", "资格证编号")),
            Column("weekly_lessons_hundredths", "周课时", CellType.DECIMAL, header_aliases=("周课时数",)),
            Column("status", "在岗状态", CellType.CHOICE, choices=terms.STATUS),
            Column("left_on", "离岗日期", CellType.DATE),
            Column("former_name", "曾用名", CellType.TEXT),
            Column("phone", "手机号码", CellType.PHONE, header_aliases=("手机", "手机号")),
            Column("effective_on", "生效日期", CellType.DATE),
        ),
    ),
    Person,
    key=("staff_no",),
    references={"school_code": ("school_id", "school")},
)

ABSENCES = Intake(
    Kind(
        "absences",
        "缺勤",
        (
            *PERSON,
            Column("started_on", "开始日期", CellType.DATE, required=True, key=True),
            Column("ended_on", "结束日期", CellType.DATE, required=True),
            Column("kind", "类型", CellType.CHOICE, choices=terms.ABSENCE),
        ),
    ),
    Absence,
    key=("person_id", "started_on"),
    references=BY_PERSON,
    check=in_order("started_on", "ended_on"),
    school_may_load=True,
)

APPRAISALS = Intake(
    Kind(
        "appraisals",
        "年度考核",
        (
            *PERSON,
            Column("year", "年度", CellType.INTEGER, required=True, key=True, minimum=1950, maximum=2099),
            Column("result", "考核结果", CellType.CHOICE, required=True, choices=terms.APPRAISAL),
        ),
    ),
    Appraisal,
    key=("person_id", "year"),
    references=BY_PERSON,
    school_may_load=True,
)

EXCHANGES = Intake(
    Kind(
        "exchanges",
        "交流轮岗",
        (
            *PERSON,
            Column("from_school_code", "原学校代码", CellType.CODE, required=True),
            Column("to_school_code", "交流学校代码", CellType.CODE, required=True),
            Column("started_on", "开始日期", CellType.DATE, required=True, key=True),
            Column("ended_on", "结束日期", CellType.DATE),
        ),
    ),
    Exchange,
    key=("person_id", "started_on"),
    check=in_order("started_on", "ended_on"),
    references={
        **BY_PERSON,
        "from_school_code": ("from_school_id", "school"),
        "to_school_code": ("to_school_id", "school"),
    },
)

CONDUCT = Intake(
    Kind(
        "conduct",
        "师德处理",
        (
            *PERSON,
            Column("decided_on", "决定日期", CellType.DATE, required=True, key=True),
            Column("limited_until", "限制至", CellType.DATE),
            Column("reason", "事由", CellType.TEXT),
        ),
    ),
    ConductCase,
    key=("person_id", "decided_on"),
    references=BY_PERSON,
    check=in_order("decided_on", "limited_until"),
)

COLLECTED_KINDS = {
    "培训": "training",
    "竞赛成绩": "results",
    "成果": "achievements",
    "带教": "mentoring",
    "称号": "titles",
    "帮扶支教": "assistance",
    "缺勤": "absences",
    "年度考核": "appraisals",
    "交流轮岗": "exchanges",
    "师德处理": "conduct",
    "教职工": "teachers",
    "学校": "schools",
    "学生数": "enrolment",
    "办学条件": "facilities",
    "编制核定": "quota",
}

COLLECTION = Intake(
    Kind(
        "collection",
        "采集范围",
        (
            Column("school_code", "学校代码", CellType.CODE, key=True),
            Column(
                "kind",
                "种类",
                CellType.CHOICE,
                required=True,
                key=True,
                choices=COLLECTED_KINDS,
                aliases={code: code for code in COLLECTED_KINDS.values()},
            ),
            Column("started_on", "起始日期", CellType.DATE, required=True),
            Column("ended_on", "截止日期", CellType.DATE),
        ),
    ),
    Collection,
    key=("school_id", "kind"),
    references={"school_code": ("school_id", "school")},
    check=in_order("started_on", "ended_on"),
)
