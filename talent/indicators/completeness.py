"""What the board lacks on a date, school by school: which input, whose, and the workbook that brings it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from talent.core.errors import Finding
from talent.core.periods import school_year
from talent.indicators.facts import SchoolRecord
from talent.indicators.queries import Board
from talent.indicators.rules import STAGES, Stage, gaps

#: The stages of 小学 and 初中 that a kind of school has, whether or not it reported pupils.
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "primary": ("primary",), "teaching_point": ("primary",), "junior": ("junior",),
    "nine_year": ("primary", "junior"), "twelve_year": ("primary", "junior"), "complete_secondary": ("junior",),
}
#: What may be missing on a teacher's record: each is a flag of the staff sums, and its people can be opened.
ON_PEOPLE = ("no_stage", "no_schooling", "no_subject", "no_certificate", "no_quota_type")
WHOLE_SCHOOL = "whole"
_OUT = frozenset({"indicators.kind_excluded", "indicators.teaching_point_small"})


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing a school owes. ``kind`` is the workbook that brings it; ``people`` the flag whose people lack it, ""
    when it is not about people. An error takes a value away, a warning makes one doubtful."""

    school: SchoolRecord
    finding: Finding
    kind: str
    people: str = ""


def missing(board: Board) -> tuple[Missing, ...]:
    """Everything missing or of an earlier school year, by school code; errors first within a school."""
    judged = [school.facts for school in board.records.schools]
    lacking: dict[str, list[Finding]] = {}
    for stage in STAGES:
        for finding in gaps(judged, stage, board.policy):
            if finding.code not in _OUT:
                lacking.setdefault(finding.params["school_code"], []).append(finding)
    found = [item for school in board.records.schools if _is_asked(school, board)
             for item in _of_school(school, board.on, lacking.get(school.code, []))]
    return tuple(sorted(found, key=lambda item: (item.school.code, item.finding.level != "error")))


def left_out(board: Board, stage: Stage) -> tuple[tuple[SchoolRecord, Finding], ...]:
    """The schools with pupils at a stage that take no part, with the reason."""
    found = gaps((school.facts for school in board.records.schools), stage, board.policy)
    return tuple((board.schools[finding.params["school_code"]], finding) for finding in found if finding.code in _OUT)


def _is_asked(school: SchoolRecord, board: Board) -> bool:
    """Whether the evaluation needs anything of the school."""
    teaches = school.kind in EXPECTED or any(school.pupils.get(stage, 0) for stage in STAGES)
    return teaches and school.kind not in board.policy.excluded_kinds


def _of_school(school: SchoolRecord, on: date, lacking: list[Finding]) -> Iterator[Missing]:
    begun = school_year(on).start or on
    yield from _pupils(school, begun)
    for finding in lacking:
        kind = "teachers" if finding.code == "indicators.no_teacher_record" else "facilities"
        yield Missing(school, Finding(finding.code, finding.clause, finding.params, "error"), kind)
    for stage, row in sorted(school.reported.items()):
        if row.counted_on < begun:
            yield Missing(school, _warning("stale_facility", part=stage or WHOLE_SCHOOL, counted_on=row.counted_on),
                          "facilities")
    for flag in ON_PEOPLE:
        if count := school.staff.get(flag, 0):
            yield Missing(school, _warning(flag, count=count), "teachers", flag)
    if school.posts is None:
        yield Missing(school, _warning("no_posts"), "quota")


def _pupils(school: SchoolRecord, begun: date) -> Iterator[Missing]:
    for stage in EXPECTED.get(school.kind, ()):
        if stage not in school.enrolled:
            yield Missing(school, Finding("indicators.no_enrolment", params={"stage": stage}), "enrolment")
    for stage, row in school.enrolled.items():
        if stage not in STAGES:
            continue
        if row.counted_on < begun:
            yield Missing(school, _warning("stale_enrolment", stage=stage, counted_on=row.counted_on), "enrolment")
        if row.pupils and not row.classes:
            yield Missing(school, _warning("no_classes", stage=stage), "enrolment")


def _warning(code: str, **params: object) -> Finding:
    return Finding(f"indicators.{code}", params=params, level="warning")
