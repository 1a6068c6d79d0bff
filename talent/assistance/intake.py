"""What the assistance sheet means."""

from talent.assistance.models import Assignment
from talent.core import terms
from talent.people.intake import BY_PERSON, PERSON
from talent.workbooks.intake import Intake, in_order
from talent.workbooks.kinds import CellType, Column, Kind

ASSISTANCE = Intake(
    Kind(
        "assistance",
        "帮扶支教",
        (
            *PERSON,
            Column("sending_school_code", "派出学校代码", CellType.CODE, required=True, key=True),
            Column("host", "受援单位", CellType.TEXT, required=True, key=True),
            Column("kind", "类型", CellType.CHOICE, required=True, choices=terms.ASSISTANCE),
            Column("started_on", "开始日期", CellType.DATE, required=True, key=True),
            Column("ended_on", "结束日期", CellType.DATE),
            Column("appraisal", "考核结果", CellType.CHOICE, choices=terms.ASSISTANCE_APPRAISAL),
            Column("document_no", "批准文号", CellType.CODE),
        ),
    ),
    Assignment,
    key=("person_id", "sending_school_id", "host", "started_on"),
    check=in_order("started_on", "ended_on"),
    references={**BY_PERSON, "sending_school_code": ("sending_school_id", "school")},
)
