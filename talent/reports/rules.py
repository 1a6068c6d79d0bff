"""What the board counts, from plain facts: who was away in which month, whose titles end when, hours in steps. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from talent.core.periods import ONE_DAY, SCHOOL_YEAR_STARTS_IN, Period, add_months, month_range
from talent.policy.tables import TierTable
from talent.tiers.rules import TitleFact, is_in_force, term_end

People = tuple[int, ...]
#: Hours of one step of the distribution, in hundredths; from ``LAST_STEP`` on they stand together.
STEP, LAST_STEP = 6000, 60000


@dataclass(frozen=True, slots=True)
class Spell:
    """One assignment, both days in; ``until`` None is still going on."""

    person_id: int
    kind: str
    since: date
    until: date | None


def septembers_up_to(on: date, years: int, earliest: date) -> list[date]:
    """The latest firsts of September up to ``on``, oldest first; none before ``earliest``, where nothing is known."""
    last = on.year if on >= date(on.year, SCHOOL_YEAR_STARTS_IN, 1) else on.year - 1
    days = (date(year, SCHOOL_YEAR_STARTS_IN, 1) for year in range(last - years + 1, last + 1))
    return [day for day in days if day >= earliest]


def firsts_of_september(on: date, years: int, earliest: date) -> list[date]:
    """The latest firsts of September up to ``on``, oldest first, and ``on`` itself when it is none of them."""
    days = septembers_up_to(on, years, earliest)
    return [*days, *([on] if on not in days and on >= earliest else [])]


def months_up_to(on: date, months: int) -> list[date]:
    """The first days of the latest ``months`` calendar months, the one of ``on`` the last."""
    first = on.replace(day=1)
    return [add_months(first, back - months + 1) for back in range(months)]


def away_by_month(spells: Iterable[Spell], months: Sequence[date], on: date) -> list[dict[str, People]]:
    """By month, kind → who was away on a day of it, up to ``on``; each person once, by the latest assignment."""
    given = sorted((spell for spell in spells if spell.since <= on), key=lambda spell: (spell.since, spell.kind))
    found = []
    for month in months:
        whole = month_range(month.year, month.month)
        looked = whole.intersect(Period(None, on + ONE_DAY))
        kinds = {spell.person_id: spell.kind for spell in given
                 if looked and looked.overlaps(Period.inclusive(spell.since, spell.until))}
        found.append(_by_value(kinds))
    return found


def ending_by_month(titles: Iterable[tuple[int, TitleFact]], year: int, table: TierTable) -> list[dict[str, People]]:
    """By month 1..12 of ``year``, tier → whose term ends in it, while still held; a title each."""
    months: list[dict[str, list[int]]] = [{} for _ in range(12)]
    for person, title in titles:
        end = term_end(title, table) if title.tier in table else None
        if end is not None and end.year == year and is_in_force(title, end, table):
            months[end.month - 1].setdefault(title.tier, []).append(person)
    return [{tier: tuple(people) for tier, people in month.items()} for month in months]


def in_steps(hours: Mapping[int, int | None]) -> list[tuple[int, People]]:
    """The distribution of hours: the first hundredth of each step, and who lies in it; no data is in none."""
    steps: dict[int, list[int]] = {start: [] for start in range(0, LAST_STEP + 1, STEP)}
    for person, value in hours.items():
        if value is not None:
            steps[min(value // STEP * STEP, LAST_STEP)].append(person)
    return [(start, tuple(people)) for start, people in steps.items()]


def _by_value(given: Mapping[int, str]) -> dict[str, People]:
    found: dict[str, list[int]] = {}
    for person, value in given.items():
        found.setdefault(value, []).append(person)
    return {value: tuple(sorted(people)) for value, people in found.items()}
