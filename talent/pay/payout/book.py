"""A year as it stands between schools and bank: what the ledger, the splits, the files and the bank say of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, true
from sqlalchemy.orm import Session, aliased

from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.ledger import DUE_TO_SCHOOL, MONEY
from talent.pay.ledger_models import PayEntry
from talent.pay.models import PayBatch
from talent.pay.payout.models import PayPayout, PayPayoutItem, PayRecovery, PayResult
from talent.pay.payout.rules import Issued, Key, Position, Returned, SchoolStand, positions
from talent.people.models import Person, School
from talent.people.queries import school_name_in

#: What of its people's positions a school's sums add up, in the order of :class:`SchoolStand`.
SUMMED = ("paid", "pending", "failed", "due", "back")


class Who(NamedTuple):
    """A person as files and lists name them, and the split they are in."""

    staff_no: str
    name: str
    distribution_id: int = 0
    purpose: str = ""


@dataclass(frozen=True)
class YearBook:
    """Everything of one year, as it stood at the moment it was read for."""

    year: int
    awards: Mapping[Key, int]
    who: Mapping[Key, Who]
    items: Sequence[Issued]
    stand: Mapping[Key, Position]
    schools: Mapping[int, SchoolStand]

    @property
    def held(self) -> frozenset[int]:
        """Schools whose split gives more than stands for them."""
        return frozenset(school_id for school_id, school in self.schools.items() if school.held)

    @property
    def asked(self) -> list[SchoolStand]:
        """The schools for which something stands, was split or was paid, by code."""
        return sorted((school for school in self.schools.values()
                       if school.standing or school.split or school.paid or school.pending or school.failed),
                      key=lambda school: school.code)

    @property
    def issued(self) -> bool:
        """Whether all that stands is in files."""
        return all(school.issued for school in self.asked)

    @property
    def settled(self) -> bool:
        """Whether ledger, splits and bank say the same of every school and person."""
        return all(school.settled for school in self.asked)


def read_year(session: Session, year: int, until: datetime | None = None) -> YearBook:
    """The year in six statements, however many people there are; of the moment ``until``, None: of now."""
    sums = _ledger(session, year, until)
    splits = _splits(session, year, until)
    awards, who = _awards(session, splits)
    items, named = _items(session, year, until)
    returned, back = _returned(session, year, until)
    stand = positions(awards, items, returned)
    by_school: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (_, school_id), position in stand.items():
        for name in SUMMED:
            by_school[school_id][name] += getattr(position, name)
    known = sums.keys() | splits.keys() | by_school.keys()
    names = _schools(session, year, known)
    schools = {
        school_id: SchoolStand(school_id, code, name, *sums.get(school_id, (0, 0)),
                               splits[school_id][1] if school_id in splits else None,
                               *(by_school[school_id][each] for each in SUMMED))
        for school_id, (code, name) in names.items()}
    return YearBook(year, awards, {**back, **named, **who}, items, stand, schools)


def _before(column: Any, until: datetime | None) -> ColumnElement[bool]:
    return true() if until is None else column < until


def _ledger(session: Session, year: int, until: datetime | None) -> dict[int, tuple[int, int]]:
    """School → (what stands for it, what was booked as paid, less what came back)."""
    due = case((PayEntry.credit == DUE_TO_SCHOOL, PayEntry.fen), else_=-PayEntry.fen)
    moved = PayEntry.kind.in_(MONEY)
    rows = session.execute(
        select(PayEntry.school_id, func.sum(case((moved, 0), else_=due)), func.sum(case((moved, -due), else_=0)))
        .where(PayEntry.year == year, _before(PayEntry.posted_at, until)).group_by(PayEntry.school_id))
    return {school_id: (int(standing), int(paid)) for school_id, standing, paid in rows}


def _splits(session: Session, year: int, until: datetime | None) -> dict[int, tuple[int, int]]:
    """School → (its split in force, the sum it splits)."""
    states = ("submitted",) if until is None else ("submitted", "superseded")
    rows = session.execute(
        select(PayDistribution.school_id, PayDistribution.id, PayDistribution.allotment_fen)
        .where(PayDistribution.year == year, PayDistribution.state.in_(states),
               _before(PayDistribution.submitted_at, until))
        .order_by(PayDistribution.sequence))
    return {school_id: (split_id, fen) for school_id, split_id, fen in rows}


def _awards(session: Session, splits: Mapping[int, tuple[int, int]]) -> tuple[dict[Key, int], dict[Key, Who]]:
    """What each person is given by each school, all of its lines together."""
    schools = {split_id: school_id for school_id, (split_id, _) in splits.items()}
    awards: dict[Key, int] = defaultdict(int)
    who: dict[Key, Who] = {}
    rows = session.execute(
        select(PayAward.distribution_id, PayAward.person_id, PayAward.staff_no, Person.name, PayAward.purpose,
               PayAward.fen)
        .join(Person, Person.id == PayAward.person_id).where(PayAward.distribution_id.in_(list(schools)))
        .order_by(PayAward.distribution_id, PayAward.number))
    for split_id, person_id, staff_no, name, purpose, fen in rows:
        key = person_id, schools[split_id]
        purposes = [part for part in (who[key].purpose if key in who else "", purpose) if part]
        who[key] = Who(staff_no, name, split_id, "；".join(purposes))
        awards[key] += fen
    return dict(awards), who


def _items(session: Session, year: int, until: datetime | None) -> tuple[list[Issued], dict[Key, Who]]:
    """Every item of the year with what the bank said of it."""
    again, later = aliased(PayPayoutItem), aliased(PayPayout)
    outcome = case((PayResult.success.is_(None), ""), (PayResult.success, "paid"), else_="failed")
    rows = session.execute(
        select(PayPayoutItem.id, PayPayoutItem.person_id, PayPayoutItem.school_id, PayPayoutItem.sequence,
               PayPayoutItem.fen, outcome, later.id.is_not(None), PayPayoutItem.reference, PayPayoutItem.staff_no,
               PayPayoutItem.name, PayPayoutItem.distribution_id)
        .join(PayPayout, PayPayout.id == PayPayoutItem.payout_id)
        .outerjoin(PayResult, and_(PayResult.item_id == PayPayoutItem.id,
                                   _before(PayResult.at, until)))
        .outerjoin(again, again.reissues_id == PayPayoutItem.id)
        .outerjoin(later, and_(later.id == again.payout_id, _before(later.drawn_at, until)))
        .where(PayPayoutItem.year == year, _before(PayPayout.drawn_at, until))
        .order_by(PayPayoutItem.id))
    items: list[Issued] = []
    who: dict[Key, Who] = {}
    for row in rows:
        item = Issued(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]), row[7])
        items.append(item)
        who[item.key] = Who(row.staff_no, row.name, row.distribution_id)
    return items, who


def _returned(session: Session, year: int, until: datetime | None) -> tuple[list[Returned], dict[Key, Who]]:
    """What people gave back in the year's name."""
    rows = session.execute(
        select(PayRecovery.person_id, PayRecovery.school_id, PayRecovery.sequence, PayRecovery.fen, Person.staff_no,
               Person.name)
        .join(Person, Person.id == PayRecovery.person_id)
        .where(PayRecovery.year == year, _before(PayRecovery.recorded_at, until))).all()
    return ([Returned(*row[:4]) for row in rows],
            {(row.person_id, row.school_id): Who(row.staff_no, row.name) for row in rows})


def _schools(session: Session, year: int, known: set[int]) -> dict[int, tuple[str, str]]:
    """Id → (code, what it was called in the year)."""
    rows = session.execute(
        select(School.id, School.code, school_name_in(literal(year)))
        .where(School.id.in_(list(known))))
    return {school_id: (code, name) for school_id, code, name in rows}


def batches_of(session: Session, year: int, *states: str) -> Sequence[PayBatch]:
    """The batches of a year in those states, adjustments among them, in order."""
    return session.scalars(
        select(PayBatch).where(PayBatch.year == year, or_(*(PayBatch.state == state for state in states)))
        .order_by(PayBatch.sequence)).all()
