"""Budgets against what was booked: by school and accounting month, as they stood on a day, and what is behind them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from talent.core.errors import NotFound
from talent.core.work import Work
from talent.pay.budgets import commands
from talent.pay.budgets.commands import ENTER
from talent.pay.budgets.models import PayBudget
from talent.pay.budgets.queries import READ
from talent.pay.budgets.rules import Balance
from talent.pay.facts import PayTerms
from talent.pay.ledger import EXPENSE
from talent.pay.ledger_models import PayEntry, PayPeriod
from talent.people.models import Person, School
from talent.people.queries import open_on, school_kind_on, school_name_on
from talent.people.schools import spoken_for, within_schools

#: What an entry books: what the district spends, less what is taken back. Money that went out books nothing more.
_SPENT = case((PayEntry.debit == EXPENSE, PayEntry.fen), else_=-PayEntry.fen)


def _booked(work: Work, year: int, on: date) -> ColumnElement[bool]:
    return and_(PayEntry.year == year, PayEntry.posted_at < work.end_of(on),
                or_(PayEntry.debit == EXPENSE, PayEntry.credit == EXPENSE))


@dataclass(frozen=True, slots=True)
class Balances:
    """The schools in reach with a budget or something booked, by code; ``periods`` are the months booked in."""

    balances: Mapping[str, Balance]
    names: Mapping[str, str]
    documents: Mapping[str, str]
    periods: Sequence[str]


def balances(work: Work, year: int, on: date) -> Balances:
    """Budget and bookings of a year by school, as they stood on a day; three statements."""
    scope = spoken_for(work, work.require(READ))
    stand = commands.standing(work.session, year, on)
    booked: dict[int, dict[str, int]] = defaultdict(dict)
    for school_id, period, fen in work.session.execute(
            select(PayEntry.school_id, PayPeriod.code, func.sum(_SPENT))
            .join(PayPeriod, PayPeriod.id == PayEntry.period_id).where(_booked(work, year, on))
            .group_by(PayEntry.school_id, PayPeriod.code).order_by(PayPeriod.code)):
        if scope.everyone or school_id in scope.schools:
            booked[school_id][period] = int(fen)
    rows = work.session.execute(
        select(School.id, School.code, school_name_on(on))
        .where(School.id.in_({*stand, *booked}), within_schools(scope)).order_by(School.code)).all()
    return Balances(
        {code: Balance(code, stand[key].fen if key in stand else None, booked.get(key, {})) for key, code, _ in rows},
        {code: name for _, code, name in rows},
        {code: stand[key].document_no for key, code, _ in rows if key in stand},
        sorted({period for of_school in booked.values() for period in of_school}))


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget as it was entered."""

    fen: int
    document_no: str
    document_on: date
    note: str
    entered_on: date
    entered_by: str


@dataclass(frozen=True, slots=True)
class BookedRow:
    """An entry of the ledger: ``fen`` below zero where it takes back."""

    id: int
    period: str
    kind: str
    staff_no: str
    name: str
    fen: int
    line_id: int | None


@dataclass(frozen=True, slots=True)
class SchoolBudget:
    """One school's year: every budget entered, the last first, and a page of the entries, with their number and sum."""

    code: str
    name: str
    budgets: Sequence[BudgetRow]
    booked: Sequence[BookedRow]
    count: int
    fen: int


def of_school(
    work: Work, year: int, on: date, code: str, *, period: str = "", offset: int = 0, limit: int = 50
) -> SchoolBudget:
    """What stands behind a school's figures; NotFound outside the reader's reach."""
    scope = spoken_for(work, work.require(READ))
    school = work.session.execute(
        select(School.id, school_name_on(on)).where(School.code == code, within_schools(scope))).first()
    if school is None:
        raise NotFound("school", code)
    budgets = work.session.scalars(
        select(PayBudget).where(PayBudget.year == year, PayBudget.school_id == school[0], PayBudget.entered_on <= on)
        .order_by(PayBudget.sequence.desc())).all()
    found = and_(_booked(work, year, on), PayEntry.school_id == school[0],
                 PayPeriod.code == period if period else PayPeriod.code != "")
    joined = select(PayEntry.id).join(PayPeriod, PayPeriod.id == PayEntry.period_id).where(found)
    count, fen = work.session.execute(joined.with_only_columns(func.count(), func.coalesce(func.sum(_SPENT), 0))).one()
    rows = work.session.execute(
        joined.join(Person, Person.id == PayEntry.person_id)
        .with_only_columns(PayEntry.id, PayPeriod.code, PayEntry.kind, Person.staff_no, Person.name, _SPENT,
                           PayEntry.line_id)
        .order_by(PayEntry.id.desc()).offset(offset).limit(limit)).all()
    return SchoolBudget(
        code, school[1], [BudgetRow(row.fen, row.document_no, row.document_on, row.note, row.entered_on,
                                    row.entered_by_name) for row in budgets],
        [BookedRow(*row) for row in rows], count, int(fen))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What finance fills in: every school that may send people in the year, or has a budget. ``head``: see
    :func:`talent.pay.budgets.commands.enter`."""

    names: Mapping[str, str]
    fen: Mapping[str, int]
    head: int


def sheet(work: Work, year: int) -> Sheet:
    """The schools to be given a budget, with what stands now."""
    work.require(ENTER)
    stand, first = commands.standing(work.session, year), date(year, 1, 1)
    kinds = PayTerms.from_book(work.book, year).school_kinds.value
    may_send = and_(or_(open_on(first), School.opened_on.between(first, date(year, 12, 31))),
                    school_kind_on(first).in_(sorted(kinds)))
    rows = work.session.execute(
        select(School.id, School.code, school_name_on(first)).where(or_(may_send, School.id.in_(stand)))
        .order_by(School.code)).all()
    return Sheet({code: name for _, code, name in rows},
                 {code: stand[key].fen for key, code, _ in rows if key in stand},
                 commands.last_row(work.session, year))
