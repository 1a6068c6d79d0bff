"""The titles of many people as one ledger that answers for every date, read in two statements whatever their number.

A :class:`Ledger` holds the titles that began by a day with their states, and where their holders were. The rules look
at nothing later than the date they are asked for, so one ledger answers for every earlier date too, down to the day
it was read from; each title is judged once, for all of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from talent.core.access import Scope
from talent.core.periods import Period, add_months
from talent.core.terms import IN_SERVICE
from talent.people.models import Employment, Person, School
from talent.people.queries import school_name_on
from talent.people.service import Spell, away, presence
from talent.policy.tables import TierTable
from talent.tiers import rules
from talent.tiers.models import Title, TitleState
from talent.tiers.rules import StateFact, TitleFact


@dataclass(frozen=True, slots=True)
class Holder:
    """A person of the ledger."""

    person_id: int
    staff_no: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person was during one period."""

    period: Period
    school_id: int
    school: str
    ownership: str
    stage: str
    subject: str
    category: str
    in_service: bool


@dataclass(frozen=True, slots=True)
class Held:
    """One title as recorded, and the fact the rules judge."""

    title_id: int
    holder: Holder
    round: str
    recognised_on: date
    document_no: str
    fact: TitleFact


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list of holders is narrowed to; "" leaves a side open. ``stage`` and ``subject`` are the post's."""

    stage: str = ""
    subject: str = ""
    ownership: str = ""

    def takes(self, place: Place | None) -> bool:
        """Whether somebody at ``place`` is meant."""
        if self == ANYBODY:
            return True
        return place is not None and all(
            not wanted or wanted == found
            for wanted, found in ((self.stage, place.stage), (self.subject, place.subject),
                                  (self.ownership, place.ownership))
        )


ANYBODY = Chosen()


#: One employment as read: period, leaving, status, then what :class:`Place` tells of it.
Post = tuple[date | None, date | None, date | None, str, int, str, str, str, str, str]


@dataclass(frozen=True)
class Ledger:
    """Titles, and the posts of their holders by person id.

    A page asks for the places of a few people only, so they are made when asked for; and it asks for several dates,
    so the periods of every title are worked out once per table of tiers.
    """

    titles: Sequence[Held]
    posts: Mapping[int, Sequence[Post]]
    _places: dict[int, tuple[Place, ...]] = field(default_factory=dict)
    _spans: dict[int, list[tuple[date, date, Held]]] = field(default_factory=dict)

    @property
    def subjects(self) -> list[str]:
        """The subjects of the posts, sorted."""
        return sorted({post[8] for posts in self.posts.values() for post in posts if post[8]})

    def place(self, person_id: int, on: date) -> Place | None:
        """Where the person was on ``on``, None when no period holds it."""
        places = self._places.get(person_id)
        if places is None:
            places = tuple(place for post in self.posts.get(person_id, ()) for place in _places_of(post))
            self._places[person_id] = places
        return next((place for place in places if place.period.contains(on)), None)

    def reaches(self, person_id: int, on: date, scope: Scope, chosen: Chosen = ANYBODY) -> bool:
        """Whether the person belongs to the scope on ``on`` and is one of the chosen."""
        if scope.everyone and chosen == ANYBODY:
            return True
        place = self.place(person_id, on)
        there = place is not None and place.school_id in scope.schools
        inside = scope.everyone or person_id in scope.persons or there
        return inside and chosen.takes(place)

    def within(self, on: date, scope: Scope, chosen: Chosen = ANYBODY) -> tuple[Held, ...]:
        """The titles of the persons the scope and the choice reach on ``on``."""
        people = {title.holder.person_id for title in self.titles}
        reached = {person for person in people if self.reaches(person, on, scope, chosen)}
        return tuple(title for title in self.titles if title.holder.person_id in reached)

    def in_force(self, on: date, table: TierTable, scope: Scope, chosen: Chosen = ANYBODY) -> tuple[Held, ...]:
        """The titles held on ``on`` by the persons reached; a tier the table no longer has is passed over."""
        held = [title for start, end, title in self._judged(table) if start <= on < end]
        if scope.everyone and chosen == ANYBODY:
            return tuple(held)
        return tuple(title for title in held if self.reaches(title.holder.person_id, on, scope, chosen))

    def _judged(self, table: TierTable) -> list[tuple[date, date, Held]]:
        """Every period of every title, in the order of the titles."""
        found = self._spans.get(id(table))
        if found is None:
            found = [(span.start or date.min, span.end or date.max, title) for title in self.titles
                     if title.fact.tier in table for span in rules.spans(title.fact, table)]
            self._spans[id(table)] = found
        return found


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

#: A missing day of the month moves a computed end by less than this.
SLACK = timedelta(days=4)


@dataclass(frozen=True)
class Terms:
    """Which titles to read: ``since`` and ``until`` bound the days asked about, ``ending_by`` the ends looked for.

    The bounds let in a little more than wanted and nothing less: the rules decide. ``tables`` are all the tables of
    tiers there are, for the ends no document gives.
    """

    until: date | None = None
    since: date | None = None
    ending_by: date | None = None
    tables: Sequence[TierTable] = ()

    def wanted(self) -> ColumnElement[bool]:
        """The condition on the titles."""
        conditions: list[ColumnElement[bool]] = [true()]
        if self.until is not None:
            conditions.append(Title.term_from <= self.until)
        if self.since is not None:
            started = add_months(self.since, -max(self._months, default=0)) - SLACK
            conditions.append(or_(Title.term_to >= self.since, and_(
                Title.term_to.is_(None), or_(Title.tier.not_in(self._bounded), Title.term_from >= started))))
        if self.ending_by is not None:
            started = add_months(self.ending_by, -min(self._months, default=0)) + SLACK
            conditions.append(or_(Title.term_to <= self.ending_by, and_(
                Title.term_to.is_(None), Title.tier.in_(self._bounded), Title.term_from <= started)))
        return and_(*conditions)

    @property
    def _months(self) -> list[int]:
        return [row.term_months for table in self.tables for row in table if row.term_months is not None]

    @property
    def _bounded(self) -> frozenset[str]:
        """The tiers whose term has an end in every table."""
        open_ended = {row.code for table in self.tables for row in table if row.term_months is None}
        return frozenset(row.code for table in self.tables for row in table) - open_ended


def read_ledger(
    session: Session, until: date | None = None, person_ids: Collection[int] | None = None, terms: Terms | None = None
) -> Ledger:
    """The titles whose term began by ``until`` (None: all), of everybody or of the given persons.

    With ``terms`` only those that may be held between two days, or end by one.
    """
    terms = terms or Terms(until)
    wanted = terms.wanted() if person_ids is None else and_(terms.wanted(), Title.person_id.in_(person_ids))
    posts = _posts(session, wanted, terms.since, terms.until)
    away_of = {person: away(map(_spell, found)) for person, found in posts.items()
               if any(post[3] not in IN_SERVICE for post in found)}
    return Ledger(_titles(session, wanted, away_of), posts)


def titles_of(session: Session, person_id: int, spells: Iterable[Spell]) -> list[Held]:
    """The titles of one person whose employments are known already; one statement."""
    return _titles(session, Title.person_id == person_id, {person_id: away(spells)})


def _posts(
    session: Session, wanted: ColumnElement[bool], since: date | None, until: date | None
) -> dict[int, list[Post]]:
    """The employments of the holders, schools by their name on ``until``.

    Of those over by ``since`` only the departures, which end titles for good.
    """
    called = School.name if until is None else school_name_on(until)
    lasting = true() if since is None else or_(
        Employment.valid_to.is_(None), Employment.valid_to > since, Employment.status.not_in(IN_SERVICE))
    rows = session.execute(
        select(Employment.person_id, Employment.valid_from, Employment.valid_to, Employment.left_on, Employment.status,
               Employment.school_id, called.label("name"), School.ownership, Employment.stage, Employment.subject,
               Employment.category)
        .join(School, School.id == Employment.school_id)
        .where(Employment.person_id.in_(select(Title.person_id).where(wanted)), lasting)
        .order_by(Employment.person_id, Employment.valid_from)
    )
    posts: dict[int, list[Post]] = {}
    for person_id, *post in rows:
        posts.setdefault(person_id, []).append(tuple(post))
    return posts


def _spell(post: Post) -> Spell:
    valid_from, valid_to, left_on, status = post[:4]
    return Spell(valid_from, valid_to, status, left_on)


def _places_of(post: Post) -> Iterable[Place]:
    """A period that ends in leaving is two: in service up to 离岗日期, out of it from then on."""
    return (Place(period, *post[4:], in_service=there) for period, there in presence(_spell(post)))


def _titles(
    session: Session, wanted: ColumnElement[bool], away_of: Mapping[int, tuple[Period, ...]]
) -> list[Held]:
    """The titles by staff number and first day, each with its states; one statement."""
    rows = session.execute(
        select(Title.id, Title.person_id, Person.staff_no, Person.name, Title.tier, Title.round, Title.subject,
               Title.stage, Title.recognised_on, Title.term_from, Title.term_to, Title.document_no, TitleState.state,
               TitleState.changed_on)
        .join(Person, Person.id == Title.person_id)
        .outerjoin(TitleState, TitleState.title_id == Title.id)
        .where(wanted).order_by(Person.staff_no, Title.term_from, Title.id, TitleState.id)
    )
    return [_held([tuple(row) for row in group], away_of) for _, group in groupby(rows, key=itemgetter(0))]


def _held(rows: Sequence[tuple[Any, ...]], away_of: Mapping[int, tuple[Period, ...]]) -> Held:
    """One title from its rows, one per state."""
    (title_id, person_id, staff_no, name, tier, round_, subject, stage, recognised_on, since, until, document_no,
     *_) = rows[0]
    states = tuple(StateFact(state, on) for *_, state, on in rows if state is not None)
    return Held(title_id, Holder(person_id, staff_no, name), round_, recognised_on, document_no,
                TitleFact(staff_no, tier, since, until, states, away_of.get(person_id, ()), subject, stage))
