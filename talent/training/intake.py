"""What the training sheet means."""

from collections.abc import Iterable

from talent.core import terms
from talent.core.errors import Finding
from talent.people.intake import BY_PERSON, PERSON
from talent.training.models import Training
from talent.workbooks.intake import Intake, Values, in_order
from talent.workbooks.kinds import CellType, Column, Kind

DAILY_MAXIMUM_HUNDREDTHS = 800
_in_order = in_order("started_on", "ended_on")


def check(values: Values) -> Iterable[Finding]:
    """Dates in order; more than 8 hours a day on average is noticed, never stopped."""
    yield from _in_order(values)
    first, last, hours = values.get("started_on"), values["ended_on"], values["hours_hundredths"]
    days = (last - first).days + 1 if first is not None and first <= last else 1
    if hours > DAILY_MAXIMUM_HUNDREDTHS * days and first is not None:
        yield Finding("training.long_day", "规则 3", {"taken_hundredths": hours, "days": days}, "warning")


TRAINING = Intake(
    Kind(
        "training",
        "培训",
        (
            *PERSON,
            Column("name", "项目名称", CellType.TEXT, required=True, key=True),
            Column("level", "培训级别", CellType.CHOICE, required=True, choices=terms.TRAINING_LEVEL),
            Column("mode", "形式", CellType.CHOICE, choices=terms.TRAINING_MODE),
            Column("theme", "主题", CellType.TEXT),
            Column("started_on", "开始日期", CellType.DATE),
            Column("ended_on", "结束日期", CellType.DATE, required=True, key=True),
            Column("hours_hundredths", "学时", CellType.DECIMAL, required=True, minimum=0, maximum=1000),
            Column("organiser", "主办单位", CellType.TEXT),
            Column("result", "结果", CellType.CHOICE, choices=terms.TRAINING_RESULT),
            Column("certificate_no", "证书编号", CellType.CODE),
        ),
    ),
    Training,
    key=("person_id", "name", "ended_on"),
    references=BY_PERSON,
    check=check,
    school_may_load=True,
)
