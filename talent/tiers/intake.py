"""What the titles sheet means. A changed state is added to the title's history, never written over it."""

from collections.abc import Iterable

from talent.core import terms
from talent.core.errors import Finding
from talent.people.intake import BY_PERSON, PERSON
from talent.tiers.models import Title
from talent.workbooks.intake import Intake, Values, in_order
from talent.workbooks.kinds import CellType, Column, Kind

STATE_COLUMNS = ("state", "changed_on", "reason")
_in_order = in_order("term_from", "term_to")


def check(values: Values) -> Iterable[Finding]:
    """Terms in order; a title that is not in office should say since when."""
    yield from _in_order(values)
    if values.get("state") not in (None, "", "in_office") and values.get("changed_on") is None:
        yield Finding("title.state_without_date", "规则 1", {"state": values["state"]}, "warning")


TITLES = Intake(
    Kind(
        "titles",
        "称号",
        (
            *PERSON,
            Column("tier", "称号", CellType.CHOICE, required=True, key=True, choices=terms.TITLE),
            Column("round", "期届", CellType.TEXT),
            Column("subject", "学科", CellType.TEXT),
            Column("stage", "学段", CellType.CHOICE, choices=terms.TEACHER_STAGE),
            Column("recognised_on", "认定日期", CellType.DATE, required=True),
            Column("term_from", "任期开始", CellType.DATE, required=True, key=True),
            Column("term_to", "任期结束", CellType.DATE),
            Column("document_no", "文号", CellType.CODE),
            Column("state", "状态", CellType.CHOICE, choices=terms.TITLE_STATE),
            Column("changed_on", "状态日期", CellType.DATE),
            Column("reason", "原因", CellType.TEXT),
        ),
    ),
    Title,
    key=("person_id", "tier", "term_from"),
    references=BY_PERSON,
    check=check,
)
