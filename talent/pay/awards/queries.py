"""Splits as pages show them: a school's own, those of all schools of a year, and each teacher's own sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import and_, case, func, literal, select
from sqlalchemy.orm import Session, aliased

from talent.core.errors import Finding, NotFound
from talent.core.files import StoredFile
from talent.core.views import copied
from talent.core.work import Work
from talent.pay.awards.commands import DRAW, READ, SUBMIT
from talent.pay.awards.ground import COUNTING, Ground, Served, ground_of, standing_sum
from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.awards.rules import minority
from talent.pay.awards.submission import Ready, missing
from talent.pay.awards.terms import minimum_share
from talent.pay.ledger_models import PayEntry
from talent.people.models import Person, School
from talent.people.queries import school_name_in
from talent.people.schools import spoken_for


class AwardRow(NamedTuple):
    """One sum of a split. ``served`` is who it came from, None for who did not serve or whose sum no longer stands."""

    number: int
    person_id: int
    staff_no: str
    name: str
    purpose: str
    weight: str
    fen: int
    served: Served | None

    @property
    def participant(self) -> bool:
        return not self.purpose


@dataclass(frozen=True, slots=True)
class SplitShown:
    """A split as its page shows it."""

    id: int
    year: int
    sequence: int
    allotment_fen: int
    state: str
    version: int
    method: str
    notice_from: date | None
    notice_to: date | None
    notice_place: str
    notice_file_id: int | None
    note: str
    minority_reason: str
    drawn_by: int
    drawn_by_name: str
    drawn_at: datetime
    submitted_by_name: str
    submitted_at: datetime | None
    content_hash: str


@dataclass(frozen=True, slots=True)
class SplitView:
    """A school's split of a year: what stands, the split shown (the draft, else the last), and all of them.

    ``missing`` is what stands between the draft and its submission, ``minority`` the finding "mainly"; ``may`` are
    those of the two rights that the reader has over this school.
    """

    year: int
    school_id: int
    code: str
    school: str
    ground: Ground
    split: SplitShown | None
    rows: Sequence[AwardRow]
    splits: Sequence[SplitShown]
    missing: Sequence[Finding]
    minority: Sequence[Finding]
    may: frozenset[str]

    @property
    def awarded_fen(self) -> int:
        return sum(row.fen for row in self.rows)

    @property
    def participants_fen(self) -> int:
        return sum(row.fen for row in self.rows if row.participant)

    @property
    def left_fen(self) -> int:
        """What is still to be given out; below zero where it is too much."""
        return (self.split.allotment_fen if self.split else self.ground.allotment_fen) - self.awarded_fen

    @property
    def stale(self) -> bool:
        """Whether the ledger says another sum than the split shown."""
        return self.split is not None and self.split.allotment_fen != self.ground.allotment_fen

    @property
    def version(self) -> int:
        """The draft's version, 0 where there is none."""
        return self.split.version if self.split and self.split.state == "draft" else 0


def split_view(work: Work, year: int, code: str, *, number: int = 0) -> SplitView:
    """A school's split of a year; ``number`` asks for an older one. A school out of reach is not found."""
    school = school_in_reach(work, year, code)
    splits = [copied(row, SplitShown) for row in work.session.scalars(
        select(PayDistribution).where(PayDistribution.year == year, PayDistribution.school_id == school.id)
        .order_by(PayDistribution.sequence.desc()))]
    ground = ground_of(work.session, year, school.id)
    if ground.batch_id is None and not splits:
        raise NotFound("pay_distribution", year)
    split = next((each for each in splits if not number or each.sequence == number), None)
    if number and split is None:
        raise NotFound("pay_distribution", number)
    rows = _rows(work.session, split, ground) if split else []
    ready = _ready(work, split, ground, rows) if split else None
    return SplitView(
        year, school.id, code, school.name, ground, split, rows, splits,
        missing(ready) if ready and split and split.state == "draft" else [], ready.minority if ready else (),
        frozenset(right for right in (DRAW, SUBMIT) if school.id in spoken_for(work, work.actor.scope(right)).schools))


class SchoolThen(NamedTuple):
    """A school by the name it had when a year ended."""

    id: int
    name: str


def school_in_reach(work: Work, year: int, code: str) -> SchoolThen:
    """The school whose splits of a year the actor reads."""
    scope = spoken_for(work, work.require(READ))
    if not MINYEAR <= year < MAXYEAR:
        raise NotFound("year", year)
    found = work.session.execute(
        select(School.id, school_name_in(literal(year))).where(School.code == code)).one_or_none()
    if found is None or not (scope.everyone or found[0] in scope.schools):
        raise NotFound("school", code)
    return SchoolThen(*found)


def notice_file(work: Work, year: int, code: str, number: int) -> tuple[str, str]:
    """(name, where it is kept) of a split's own notice."""
    school = school_in_reach(work, year, code)
    found = work.session.execute(
        select(StoredFile.name, StoredFile.stored_as)
        .join(PayDistribution, PayDistribution.notice_file_id == StoredFile.id)
        .where(PayDistribution.year == year, PayDistribution.school_id == school.id,
               PayDistribution.sequence == number)).one_or_none()
    if found is None:
        raise NotFound("sheet", number)
    return found.name, found.stored_as


def _rows(session: Session, split: SplitShown, ground: Ground) -> list[AwardRow]:
    served = {person.person_id: person for person in ground.people}
    found = session.execute(
        select(PayAward.number, PayAward.person_id, PayAward.staff_no, Person.name, PayAward.purpose, PayAward.weight,
               PayAward.fen)
        .join(Person, Person.id == PayAward.person_id).where(PayAward.distribution_id == split.id)
        .order_by(PayAward.number))
    return [AwardRow(*row, None if row.purpose else served.get(row.person_id)) for row in found]


def _ready(work: Work, split: SplitShown, ground: Ground, rows: Sequence[AwardRow]) -> Ready:
    given = sum(row.fen for row in rows if row.participant)
    return Ready(split.allotment_fen, ground.allotment_fen, sum(row.fen for row in rows), split.notice_to, work.today,
                 minority(split.allotment_fen, given, minimum_share(work.book, split.year)))


# ── all schools of a year ────────────────────────────────────────────────────────────────────────────────────


class SchoolSplit(NamedTuple):
    """How far a school is with a year: ``state`` is missing, draft, submitted, or stale where the sum has changed."""

    code: str
    school: str
    people: int
    allotment_fen: int
    state: str
    submitted_fen: int | None
    participants_fen: int | None
    submitted_at: datetime | None
    submitted_by: str


def years(work: Work) -> list[int]:
    """The years with something in the ledger, the newest first."""
    work.require(READ)
    return list(work.session.scalars(
        select(PayEntry.year).where(PayEntry.kind.in_(COUNTING)).distinct().order_by(PayEntry.year.desc())))


def schools_of(work: Work, year: int) -> list[SchoolSplit]:
    """Every school with something to split in a year, or that has split something; one statement."""
    scope = spoken_for(work, work.require(READ))
    each = (select(PayEntry.school_id, PayEntry.person_id, standing_sum().label("fen"))
            .where(PayEntry.year == year, PayEntry.kind.in_(COUNTING))
            .group_by(PayEntry.school_id, PayEntry.person_id).subquery())
    sums = (select(each.c.school_id, func.sum(each.c.fen).label("fen"),
                   func.count(case((each.c.fen > 0, 1))).label("n")).group_by(each.c.school_id).subquery())
    done, draft = aliased(PayDistribution), aliased(PayDistribution)
    given = (select(func.coalesce(func.sum(PayAward.fen), 0))
             .where(PayAward.distribution_id == done.id, PayAward.participant).correlate(done).scalar_subquery())
    rows = work.session.execute(
        select(School.code, school_name_in(literal(year)), sums.c.n, sums.c.fen, done.allotment_fen,
               case((done.id.is_not(None), given)), done.submitted_at, done.submitted_by_name, draft.id)
        .select_from(sums).join(School, School.id == sums.c.school_id)
        .outerjoin(done, and_(done.school_id == School.id, done.year == year, done.state == "submitted"))
        .outerjoin(draft, and_(draft.school_id == School.id, draft.year == year, draft.state == "draft"))
        .where(School.id.in_(scope.schools) if not scope.everyone else School.id.is_not(None))
        .order_by(School.code))
    return [SchoolSplit(code, name, people, int(fen), _state(int(fen), submitted, drafted is not None), submitted,
                        int(mainly) if mainly is not None else None, at, by or "")
            for code, name, people, fen, submitted, mainly, at, by, drafted in rows
            if fen or submitted is not None]


def _state(fen: int, submitted: int | None, drafted: bool) -> str:
    if submitted == fen:
        return "submitted"
    if drafted:
        return "draft"
    return "missing" if submitted is None else "stale"


# ── one's own ────────────────────────────────────────────────────────────────────────────────────────────────


class OwnAward(NamedTuple):
    """A sum somebody was given, and what it is a share of: the weights of all, and what the fixed sums took."""

    year: int
    school: str
    sequence: int
    method: str
    purpose: str
    weight: Fraction | None
    fen: int
    allotment_fen: int
    weights: Fraction
    fixed_fen: int
    submitted_at: datetime | None
    submitted_by: str


def own_awards(work: Work) -> list[OwnAward]:
    """What the actor's own person was given by splits that stand, the newest year first."""
    persons = work.require(READ).persons
    mine = work.session.execute(
        select(PayDistribution, school_name_in(PayDistribution.year).label("school"), PayAward.purpose,
               PayAward.weight, PayAward.fen)
        .join(PayAward, PayAward.distribution_id == PayDistribution.id)
        .join(School, School.id == PayDistribution.school_id)
        .where(PayDistribution.state == "submitted", PayAward.person_id.in_(persons))
        .order_by(PayDistribution.year.desc(), School.code, PayAward.number)).all()
    others = work.session.execute(
        select(PayAward.distribution_id, PayAward.weight, PayAward.fen)
        .where(PayAward.distribution_id.in_({row.PayDistribution.id for row in mine}))).all()
    weights: dict[int, Fraction] = {}
    fixed: dict[int, int] = {}
    for split_id, weight, fen in others:
        weights[split_id] = weights.get(split_id, Fraction(0)) + Fraction(weight or 0)
        fixed[split_id] = fixed.get(split_id, 0) + (0 if weight else fen)
    return [OwnAward(split.year, school, split.sequence, split.method, purpose, Fraction(weight) if weight else None,
                     fen, split.allotment_fen, weights[split.id], fixed[split.id], split.submitted_at,
                     split.submitted_by_name)
            for split, school, purpose, weight, fen in mine]


def award_of(work: Work, year: int, person_id: int, code: str) -> int | None:
    """What one person was given by a school's split that stands; None before it is submitted, or out of reach."""
    scope = spoken_for(work, work.actor.scope(READ))
    found = work.session.execute(
        select(PayAward.fen, School.id).join(PayDistribution, PayDistribution.id == PayAward.distribution_id)
        .join(School, School.id == PayDistribution.school_id)
        .where(PayDistribution.year == year, School.code == code, PayDistribution.state == "submitted",
               PayAward.person_id == person_id, PayAward.participant)).one_or_none()
    if found is None or not (scope.everyone or found.id in scope.schools or person_id in scope.persons):
        return None
    return found.fen
