"""What the sheets of pupils, premises and staffing quota mean."""

from collections.abc import Mapping

from talent.core import terms
from talent.indicators.models import Enrolment, Facility, Quota
from talent.workbooks.intake import Intake, Referent
from talent.workbooks.kinds import CellType, Column, Kind

BY_SCHOOL: Mapping[str, tuple[str, Referent]] = {"school_code": ("school_id", "school")}

QUOTA = Intake(
    Kind(
        "quota",
        "编制核定",
        (
            Column("school_code", "学校代码", CellType.CODE, key=True, note="空着就是全区总额"),
            Column("valid_from", "生效日期", CellType.DATE, required=True, key=True),
            Column("posts", "核定编制数", CellType.INTEGER, required=True, minimum=0),
            Column("document_no", "文号", CellType.CODE),
        ),
    ),
    Quota,
    key=("school_id", "valid_from"),
    references=BY_SCHOOL,
)

ENROLMENT = Intake(
    Kind(
        "enrolment",
        "学生数",
        (
            Column("school_code", "学校代码", CellType.CODE, required=True, key=True),
            Column("counted_on", "统计日期", CellType.DATE, required=True, key=True),
            Column("stage", "学段", CellType.CHOICE, required=True, key=True, choices=terms.PUPIL_STAGE),
            Column("pupils", "在校生数", CellType.INTEGER, required=True, minimum=0),
            Column("classes", "班级数", CellType.INTEGER, minimum=0),
        ),
    ),
    Enrolment,
    key=("school_id", "counted_on", "stage"),
    references=BY_SCHOOL,
)

FACILITIES = Intake(
    Kind(
        "facilities",
        "办学条件",
        (
            Column("school_code", "学校代码", CellType.CODE, required=True, key=True),
            Column("counted_on", "统计日期", CellType.DATE, required=True, key=True),
            Column(
                "stage", "学段", CellType.CHOICE, key=True, choices=terms.PUPIL_STAGE, note="空着就是全校，按学生数折分"
            ),
            Column("teaching_area_hundredths", "教学及辅助用房面积", CellType.DECIMAL, minimum=0),
            Column("sports_area_hundredths", "体育运动场馆面积", CellType.DECIMAL, minimum=0),
            Column("equipment_fen", "教学仪器设备值", CellType.DECIMAL, minimum=0),
            Column("multimedia_rooms", "网络多媒体教室数", CellType.INTEGER, minimum=0),
        ),
    ),
    Facility,
    key=("school_id", "counted_on", "stage"),
    references=BY_SCHOOL,
)
