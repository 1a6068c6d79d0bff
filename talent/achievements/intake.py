"""What the sheets of contest results, achievements and mentoring mean."""

from collections.abc import Iterable

from talent.achievements.models import Achievement, ContestResult, Mentoring
from talent.core import terms
from talent.core.errors import Finding
from talent.people.intake import BY_PERSON, PERSON
from talent.workbooks.intake import Intake, Values, in_order
from talent.workbooks.kinds import CellType, Column, Kind

_in_order = in_order("started_on", "ended_on")


def _two_people(values: Values) -> Iterable[Finding]:
    """Days in order, and nobody mentors himself."""
    yield from _in_order(values)
    if values.get("staff_no") and values.get("staff_no") == values.get("apprentice_no"):
        yield Finding("mentoring.with_oneself", params={"column": "apprentice_no"})


RESULTS = Intake(
    Kind(
        "results",
        "竞赛成绩",
        (
            *PERSON,
            Column("contest", "竞赛名称", CellType.TEXT, required=True, key=True),
            Column("level", "级别", CellType.CHOICE, required=True, key=True, choices=terms.LEVEL),
            Column("grade", "等级", CellType.CHOICE, required=True, choices=terms.GRADE),
            Column("awarded_on", "获奖日期", CellType.DATE, required=True, key=True),
            Column("work_title", "作品名称", CellType.TEXT, key=True),
            Column("category", "赛事类别", CellType.CHOICE, choices=terms.CONTEST_CATEGORY),
            Column("organiser", "主办单位", CellType.TEXT),
            Column("team_rank", "团队排名", CellType.CODE),
            Column("document_no", "文号", CellType.CODE),
        ),
    ),
    ContestResult,
    key=("person_id", "contest", "level", "awarded_on", "work_title"),
    references=BY_PERSON,
    school_may_load=True,
)

ACHIEVEMENTS = Intake(
    Kind(
        "achievements",
        "成果",
        (
            *PERSON,
            Column("kind", "成果类型", CellType.CHOICE, required=True, key=True, choices=terms.ACHIEVEMENT),
            Column("name", "名称", CellType.TEXT, required=True, key=True),
            Column("level", "级别", CellType.CHOICE, required=True, choices=terms.LEVEL),
            Column("achieved_on", "日期", CellType.DATE, required=True, key=True),
            Column("role", "角色", CellType.CHOICE, choices=terms.ROLE),
        ),
    ),
    Achievement,
    key=("person_id", "kind", "name", "achieved_on"),
    references=BY_PERSON,
    school_may_load=True,
)

MENTORING = Intake(
    Kind(
        "mentoring",
        "带教",
        (
            *PERSON,
            Column("apprentice_no", "徒弟工号", CellType.CODE, required=True, key=True),
            Column("started_on", "开始日期", CellType.DATE, required=True, key=True),
            Column("ended_on", "结束日期", CellType.DATE),
        ),
    ),
    Mentoring,
    key=("person_id", "apprentice_id", "started_on"),
    check=_two_people,
    references={**BY_PERSON, "apprentice_no": ("apprentice_id", "person")},
    school_may_load=True,
)
