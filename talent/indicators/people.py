"""The people behind a number of the board, by name: who is in a denominator, and who of them counts.

Names need the right to list people beside the one to read the board. Lists come a page at a time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from talent.core.access import Scope
from talent.core.errors import NotAllowed, NotFound
from talent.core.work import Work
from talent.indicators import district, queries
from talent.indicators.district import Exchanges, Move
from talent.indicators.queries import Board
from talent.indicators.staff import Counting, Member, members, teachers_at
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on, school_name_on
from talent.tiers.ledger import Held, read_ledger
from talent.tiers.queries import table_on
from talent.training.models import Training
from talent.training.queries import Window, sums_in
from talent.training.rules import HoursPolicy, hours_view, window_of


@dataclass(frozen=True, slots=True)
class Listing:
    """Who a number is about (``base``) and who of them counts; since when they could be exchanged, and were."""

    base: ColumnElement[bool]
    counted: ColumnElement[bool]
    since: Mapping[int, date | None] = field(default_factory=dict)
    moves: Mapping[int, Move] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """A person of a list with what the number asks of them; what it does not ask is None or empty."""

    member: Member
    titles: tuple[Held, ...] = ()
    hours: int | None = None
    since: date | None = None
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of those asked for, and how many count and how many do not (of the school, where one is
    named). ``schools`` names those that people of the page were exchanged between."""

    rows: tuple[Counted, ...]
    counted: int
    others: int
    schools: Mapping[int, str]


def permit(work: Work) -> None:
    """The board, and people by name, over the whole district."""
    queries.permit(work)
    if not work.require("person:list").everyone:
        raise NotAllowed("person:list")


# ── lists of the district ────────────────────────────────────────────────────────────────────────────────────


def _hours(work: Work, on: date, counting: Counting, heads: frozenset[int]) -> Listing:
    return Listing(counting.compulsory, Employment.person_id.in_(district.reaching_hours(work.book, on)))


def _certified(work: Work, on: date, counting: Counting, heads: frozenset[int]) -> Listing:
    return Listing(counting.compulsory, counting.flags["certified"])


def _exchanges(work: Work, on: date, counting: Counting) -> Exchanges:
    return district.exchanges(work.session, on, work.book, counting)


def _eligible(work: Work, on: date, counting: Counting, heads: frozenset[int]) -> Listing:
    found = _exchanges(work, on, counting)
    return Listing(counting.compulsory, Employment.person_id.in_(sorted(found.eligible)), found.since)


def _exchanged(work: Work, on: date, counting: Counting, heads: frozenset[int]) -> Listing:
    found = _exchanges(work, on, counting)
    able = Employment.person_id.in_(sorted({*found.eligible, *found.exchanged}))
    return Listing(and_(counting.compulsory, able), Employment.person_id.in_(sorted(found.exchanged)), found.since,
                   found.exchanged)


def _exchanged_backbone(work: Work, on: date, counting: Counting, heads: frozenset[int]) -> Listing:
    found = _exchanges(work, on, counting)
    return Listing(and_(counting.compulsory, Employment.person_id.in_(sorted(found.exchanged))),
                   Employment.person_id.in_(sorted(heads)), found.since, found.exchanged)


def _eligible_backbone(work: Work, on: date, counting: Counting, heads: frozenset[int]) -> Listing:
    found = _exchanges(work, on, counting)
    return Listing(and_(counting.compulsory, Employment.person_id.in_(sorted(found.eligible & heads))),
                   Employment.person_id.in_(sorted(found.exchanged)), found.since, found.exchanged)


def _backbone(work: Work, on: date, counting: Counting, heads: frozenset[int]) -> Listing:
    return Listing(Employment.person_id.in_(sorted(heads)), counting.flags["staff"])


LISTS: Mapping[str, Callable[[Work, date, Counting, frozenset[int]], Listing]] = {
    "hours": _hours, "certified": _certified, "eligible": _eligible, "exchanged": _exchanged,
    "exchanged_backbone": _exchanged_backbone, "eligible_backbone": _eligible_backbone, "backbone": _backbone,
}
#: Flags of the staff sums whose people can be listed: everybody they hold for, nobody else.
FLAGS = ("staffed", "beyond", "no_quota_type", "no_stage", "no_schooling", "no_subject", "no_certificate")
WITH_TITLES = frozenset({"backbone", "exchanged_backbone", "eligible_backbone"})


def people(
    work: Work, on: date, what: str, *, school: str = "", counted: bool = True, offset: int = 0, limit: int = 50
) -> PeoplePage:
    """A page of the people behind ``what``, of one school's posts where it is named: those who count, or the others.

    NotFound for a number that is not about people.
    """
    permit(work)
    counting, heads = queries.counting_of(work, on)
    if what in LISTS:
        listing = LISTS[what](work, on, counting, heads)
    elif what in FLAGS:
        listing = Listing(counting.flags[what], counting.flags["staff"])
    else:
        raise NotFound("list", what)
    base = and_(listing.base, School.code == school) if school else listing.base
    part = listing.counted if counted else ~listing.counted
    found = members(work.session, on, counting, "staff", base, part, offset=offset, limit=limit)
    rows = _told(work, on, what, found, listing)
    return PeoplePage(rows, _count(work, on, base, listing.counted), _count(work, on, base, ~listing.counted),
                      _schools_of(work, on, rows))


def _schools_of(work: Work, on: date, rows: tuple[Counted, ...]) -> dict[int, str]:
    ids = {school for row in rows if row.move for school in (row.move.from_school_id, row.move.to_school_id) if school}
    if not ids:
        return {}
    named = work.session.execute(select(School.id, school_name_on(on).label("name")).where(School.id.in_(ids)))
    return {row.id: row.name for row in named}


def _count(work: Work, on: date, *where: ColumnElement[bool]) -> int:
    return work.session.scalar(
        select(func.count()).select_from(Employment).join(Person, Person.id == Employment.person_id)
        .join(School, School.id == Employment.school_id).where(in_service_on(on), *where)) or 0


def _told(work: Work, on: date, what: str, found: list[Member], listing: Listing) -> tuple[Counted, ...]:
    """The facts the number asks of the people of one page."""
    ids = [member.person_id for member in found]
    titles = _titles(work, on, ids) if what in WITH_TITLES else {}
    hours = _hours_of(work, on, ids) if what == "hours" else {}
    return tuple(
        Counted(member, titles.get(member.person_id, ()), hours.get(member.person_id, 0) if what == "hours" else None,
                listing.since.get(member.person_id), listing.moves.get(member.person_id))
        for member in found
    )


def _hours_of(work: Work, on: date, ids: list[int]) -> dict[int, int]:
    """Person → hours of the evaluation view, in hundredths."""
    policy = HoursPolicy.in_force(work.book, on)
    window = Window(window_of("evaluation", on, policy), policy)
    return {person: hours_view("evaluation", sums, policy).hours
            for person, (sums,) in sums_in(work.session, [window], Training.person_id.in_(ids)).items()}


def _titles(work: Work, on: date, ids: list[int]) -> dict[int, tuple[Held, ...]]:
    """Person → the titles in force that make a 骨干."""
    table = table_on(work.book, on)
    found: dict[int, tuple[Held, ...]] = {}
    for held in read_ledger(work.session, on, ids).in_force(on, table, Scope(everyone=True)):
        if held.fact.tier in table.backbone:
            found[held.holder.person_id] = (*found.get(held.holder.person_id, ()), held)
    return found


# ── one school and indicator ─────────────────────────────────────────────────────────────────────────────────


def teachers_behind(work: Work, board: Board, flag: str, school: str, stage: str) -> tuple[Counted, ...]:
    """All full-time teachers of one stage at a school of the board, those who count for the indicator first."""
    permit(work)
    found = teachers_at(work.session, board.on, board.counting, flag, school, stage)
    found.sort(key=lambda member: not member.counted)
    ids = [member.person_id for member in found if member.counted]
    titles: Mapping[int, Any] = _titles(work, board.on, ids) if flag == "backbone" else {}
    return tuple(Counted(member, titles.get(member.person_id, ())) for member in found)
