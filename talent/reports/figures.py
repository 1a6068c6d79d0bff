"""The figures of the board on a date, each number with the people behind it, in a handful of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from talent.assistance.queries import spells_between
from talent.core.access import Scope
from talent.core.work import Work
from talent.people.standing import Standing, standings
from talent.policy.book import Value
from talent.policy.tables import TierTable
from talent.reports.rules import (
    People,
    Spell,
    away_by_month,
    ending_by_month,
    firsts_of_september,
    in_steps,
    months_up_to,
)
from talent.tiers import queries as tiers
from talent.tiers.ledger import Ledger, read_ledger
from talent.training import queries as training

READ = "board:read"
EVERYBODY = Scope(everyone=True)
YEARS, MONTHS = 8, 60
MINIMUM = "hours.evaluation_minimum"


@dataclass(frozen=True, slots=True)
class TowerYears:
    """Tier → its people, on each date, oldest first; each person once, at the highest."""

    value: Value
    table: TierTable
    years: Sequence[tuple[date, Mapping[str, People]]]

    def total(self, place: int) -> int:
        """People on the tower in one of the years."""
        return sum(len(people) for people in self.years[place][1].values())


@dataclass(frozen=True, slots=True)
class SchoolHours:
    """The people of one school in service: all, and those who reach the minimum. ``recorded``: any has a record."""

    code: str
    name: str
    everybody: People
    met: People
    recorded: bool

    @property
    def rate(self) -> Fraction | None:
        """The share that reaches the minimum; None where nothing was recorded."""
        return Fraction(len(self.met), len(self.everybody)) if self.recorded else None

    @property
    def short(self) -> People:
        """Who does not reach it, or has no record."""
        met = frozenset(self.met)
        return tuple(person for person in self.everybody if person not in met)


@dataclass(frozen=True, slots=True)
class HoursFigure:
    """Hours of the evaluation view in hundredths by person in service; None without any record."""

    minimum: Value
    hours: Mapping[int, int | None]
    schools: Sequence[SchoolHours]
    steps: Sequence[tuple[int, People]]

    @property
    def met(self) -> int:
        """People who reach the minimum."""
        return sum(len(school.met) for school in self.schools)

    @property
    def rate(self) -> Fraction | None:
        """The district's share; None without anybody or any record."""
        if not any(school.recorded for school in self.schools):
            return None
        return Fraction(self.met, len(self.hours))

    @property
    def complete(self) -> int:
        """Schools where everybody reaches it."""
        return sum(school.rate == 1 for school in self.schools)

    @property
    def unrecorded(self) -> People:
        """Who has no training record at all."""
        return tuple(person for person, hours in self.hours.items() if hours is None)


@dataclass(frozen=True, slots=True)
class AwayFigure:
    """By month, kind of assistance → who was away."""

    months: Sequence[tuple[date, Mapping[str, People]]]

    def total(self, place: int) -> int:
        """People away in one of the months."""
        return sum(len(people) for people in self.months[place][1].values())


@dataclass(frozen=True, slots=True)
class EndingFigure:
    """By month of the year, tier → whose term ends in it."""

    year: int
    value: Value
    table: TierTable
    months: Sequence[Mapping[str, People]]

    def total(self, month: int) -> int:
        """Titles ending in a month, 1..12."""
        return sum(len(people) for people in self.months[month - 1].values())

    @property
    def all(self) -> int:
        """Titles ending in the year."""
        return sum(self.total(month) for month in range(1, 13))


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows of one date."""

    on: date
    people: Mapping[int, Standing]
    tower: TowerYears
    hours: HoursFigure
    away: AwayFigure
    ending: EndingFigure

    @property
    def in_service(self) -> int:
        """People in service on the date."""
        return len(self.hours.hours)


def board(work: Work, on: date) -> Board:
    """The board as of ``on``. Raises ``NotInForce`` for a date before the policy begins."""
    work.require(READ)
    people = {person.person_id: person for person in standings(work.session, on, EVERYBODY)}
    ledger = read_ledger(work.session, on)
    return Board(on, people, _tower(work, ledger, on), _hours(work, people, on), _away(work, on),
                 _ending(work, ledger, on))


def _tower(work: Work, ledger: Ledger, on: date) -> TowerYears:
    value = work.book.at(tiers.TABLE, on)
    years = [(day, _holders(work, ledger, day))
             for day in firsts_of_september(on, YEARS, work.book.first_date(tiers.TABLE))]
    return TowerYears(value, value.value, years)


def _holders(work: Work, ledger: Ledger, day: date) -> dict[str, People]:
    table = tiers.table_on(work.book, day)
    found: dict[str, list[int]] = {row.code: [] for row in table.tower}
    for person, title in tiers.best_titles(ledger.in_force(day, table, EVERYBODY), day, table).items():
        found[title.fact.tier].append(person)
    return {tier: tuple(people) for tier, people in found.items()}


def _hours(work: Work, people: Mapping[int, Standing], on: date) -> HoursFigure:
    minimum = work.book.at(MINIMUM, on)
    known = training.evaluation_hours(work, on)
    serving = {key: person for key, person in people.items() if person.in_service}
    hours = {key: known.get(key) for key in serving}
    schools: dict[tuple[str, str], list[int]] = {}
    for key, person in serving.items():
        schools.setdefault((person.school_code, person.school), []).append(key)
    found = [
        SchoolHours(code, name, tuple(keys), tuple(key for key in keys if (hours[key] or 0) >= minimum.value),
                    any(hours[key] is not None for key in keys))
        for (code, name), keys in sorted(schools.items())
    ]
    return HoursFigure(minimum, hours, found, in_steps(hours))


def _away(work: Work, on: date) -> AwayFigure:
    months = months_up_to(on, MONTHS)
    spells = [Spell(row.person_id, row.kind, row.started_on, row.ended_on)
              for row in spells_between(work.session, months[0], on)]
    return AwayFigure(list(zip(months, away_by_month(spells, months, on), strict=True)))


def _ending(work: Work, ledger: Ledger, on: date) -> EndingFigure:
    value = work.book.at(tiers.TABLE, on)
    titles = ((title.holder.person_id, title.fact) for title in ledger.titles)
    return EndingFigure(on.year, value, value.value, ending_by_month(titles, on.year, value.value))
