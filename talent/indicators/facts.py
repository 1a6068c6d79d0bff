"""What the records say of the schools open on a date: pupils, premises, staff and posts; five statements in all.

Rows of a date are each school's and stage's latest statistics not after it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from talent.core.terms import PUPIL_STAGE
from talent.indicators.models import Enrolment, Facility, Quota
from talent.indicators.rules import STAGES, Resources, SchoolFacts, TeacherShares
from talent.indicators.staff import Counting, groups, teacher_shares, totals_by_post
from talent.people.models import School
from talent.people.queries import open_on, school_kind_on, school_name_on

_HUNDRED = 100
_NOBODY = TeacherShares(Fraction(0), Fraction(0), Fraction(0))


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Pupils and classes of one stage, and the day they were counted."""

    counted_on: date
    pupils: int
    classes: int | None


@dataclass(frozen=True, slots=True)
class Reported:
    """Premises of one stage or of the whole school, and the day they were counted."""

    counted_on: date
    resources: Resources


@dataclass(frozen=True, slots=True)
class Posts:
    """核定编制 in force: since when, how many, by which document."""

    valid_from: date
    posts: int
    document_no: str


@dataclass(frozen=True)
class SchoolRecord:
    """One school on a date. ``reported`` by stage, "" is the whole school; ``staff`` by flag, empty without any."""

    id: int
    code: str
    name: str
    kind: str
    enrolled: Mapping[str, Enrolled]
    reported: Mapping[str, Reported]
    teachers: Mapping[str, TeacherShares]
    staff: Mapping[str, int]
    posts: Posts | None

    @cached_property
    def pupils(self) -> dict[str, int]:
        """Pupils by stage."""
        return {stage: row.pupils for stage, row in self.enrolled.items()}

    @cached_property
    def facts(self) -> SchoolFacts:
        """The school as the rules judge it."""
        own = {stage: row.resources for stage, row in self.reported.items()}
        whole = own.pop("", Resources())
        return SchoolFacts(self.code, self.kind, self.pupils, self.teachers, own, whole)


@dataclass(frozen=True)
class Records:
    """The schools of a date by code, the district's ceiling of posts, and the sums over the teachers of 小学 and 初中,
    those of schools closed by then too."""

    schools: tuple[SchoolRecord, ...]
    ceiling: Posts | None
    compulsory: Mapping[str, int]


def read_records(session: Session, on: date, counting: Counting) -> Records:
    """Everything the board judges."""
    rows = session.execute(
        select(School.id, School.code, school_name_on(on).label("name"), school_kind_on(on).label("kind"))
        .where(open_on(on)).order_by(School.code)).all()
    found = groups(session, on, counting)
    enrolled, reported, posts = _enrolled(session, on), _reported(session, on), _posts(session, on)
    teachers, staff = teacher_shares(found), totals_by_post(found)
    return Records(
        tuple(
            SchoolRecord(row.id, row.code, row.name, row.kind, enrolled[row.id], reported.get(row.id, {}),
                         _by_stage(teachers.get(row.code), enrolled[row.id]), staff.get(row.id, {}),
                         posts.get(row.id))
            for row in rows
        ),
        posts.get(None),
        {name: sum(group.counts[name] for group in found if group.stage in STAGES) for name in counting.flags},
    )


def _latest(model: Any, on: date, *columns: Any) -> Any:
    """The rows of each school's and stage's latest statistics date not after the day."""
    last = (
        select(model.school_id, model.stage, func.max(model.counted_on).label("counted_on"))
        .where(model.counted_on <= on).group_by(model.school_id, model.stage).subquery()
    )
    same = and_(model.school_id == last.c.school_id, model.stage == last.c.stage,
                model.counted_on == last.c.counted_on)
    return select(*columns).join(last, same)


def _enrolled(session: Session, on: date) -> defaultdict[int, dict[str, Enrolled]]:
    found: defaultdict[int, dict[str, Enrolled]] = defaultdict(dict)
    for school_id, stage, *row in session.execute(
        _latest(Enrolment, on, Enrolment.school_id, Enrolment.stage, Enrolment.counted_on, Enrolment.pupils,
                Enrolment.classes)
    ):
        found[school_id][stage] = Enrolled(*row)
    return defaultdict(dict, {school_id: {stage: rows[stage] for stage in PUPIL_STAGE.values() if stage in rows}
                              for school_id, rows in found.items()})


def _reported(session: Session, on: date) -> dict[int, dict[str, Reported]]:
    """School → stage → what it reported last; "" is the whole school, which silences older rows of its stages."""
    found: dict[int, dict[str, Reported]] = defaultdict(dict)
    for school_id, stage, counted_on, teaching, sports, equipment, rooms in session.execute(
        _latest(Facility, on, Facility.school_id, Facility.stage, Facility.counted_on,
                Facility.teaching_area_hundredths, Facility.sports_area_hundredths, Facility.equipment_fen,
                Facility.multimedia_rooms)
    ):
        found[school_id][stage] = Reported(counted_on, Resources(
            _hundredths(teaching), _hundredths(sports), _hundredths(equipment),
            None if rooms is None else Fraction(rooms)))
    return {school_id: _current(rows) for school_id, rows in found.items()}


def _current(rows: Mapping[str, Reported]) -> dict[str, Reported]:
    whole = rows.get("")
    return {stage: row for stage, row in rows.items()
            if not stage or whole is None or row.counted_on >= whole.counted_on}


def _hundredths(value: int | None) -> Fraction | None:
    """Stored hundredths of a square metre, or fen, as square metres or yuan."""
    return None if value is None else Fraction(value, _HUNDRED)


def _posts(session: Session, on: date) -> dict[int | None, Posts]:
    """School → the posts granted last; None is the district. Grants are few and far between."""
    rows = session.execute(
        select(Quota.school_id, Quota.valid_from, Quota.posts, Quota.document_no)
        .where(Quota.valid_from <= on).order_by(Quota.valid_from))
    return {row.school_id: Posts(row.valid_from, row.posts, row.document_no) for row in rows}


def _by_stage(known: Mapping[str, TeacherShares] | None, pupils: Iterable[str]) -> dict[str, TeacherShares]:
    """Teachers at every stage with pupils: none at one stage is 0, no staff record at all is no data."""
    return {} if known is None else {stage: known.get(stage, _NOBODY) for stage in pupils}
