"""A year across the page: spells of days above each other, days marked below them, a line for the date looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from talent.web.pictures.tones import text_class, tone_class

TOP, PITCH, BAR = 3, 15, 12
#: In the marks below the bars.
MARK = 4
_SHORTEST = 0.4
#: Few people light, many dark; between two months a little air.
_SHADES, _AIR = ("s5", "s4", "s2"), 0.15


@dataclass(frozen=True, slots=True)
class Bar:
    """Days in a row with what they are. ``ahead``: they have not begun."""

    first: date
    last: date
    tone: str
    label: str
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Extent:
    """Where days lie, in hundredths of the width."""

    x: float
    width: float
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar in its row."""

    bar: Bar
    at: Extent
    y: int
    tone: str


@dataclass(frozen=True, slots=True)
class YearPicture:
    """``bars`` in rows; ``overlaps`` and ``gaps`` at the height ``marks``; ``on`` is the x of the date, if within."""

    bars: tuple[DrawnBar, ...]
    overlaps: tuple[Extent, ...]
    gaps: tuple[Extent, ...]
    months: tuple[float, ...]
    on: float | None
    marks: int
    height: int


def year_strip(
    year: int, bars: Sequence[Bar], overlaps: Iterable[tuple[date, date]], gaps: Iterable[tuple[date, date]], on: date
) -> YearPicture:
    """Place all of it in the twelve months of ``year``; days outside are cut off."""
    placed = [(bar, at) for bar in bars if (at := _extent(year, bar.first, bar.last)) is not None]
    rows: list[date] = []
    drawn = []
    for bar, at in sorted(placed, key=lambda each: (each[1].first, each[1].last)):
        row = next((place for place, last in enumerate(rows) if last < at.first), len(rows))
        rows[row:row + 1] = [at.last]
        drawn.append(DrawnBar(bar, at, TOP + row * PITCH, tone_class(bar.tone)))
    marks = TOP + max(len(rows), 1) * PITCH - 1
    return YearPicture(
        tuple(drawn),
        tuple(at for first, last in overlaps if (at := _extent(year, first, last)) is not None),
        tuple(at for first, last in gaps if (at := _extent(year, first, last)) is not None),
        tuple(_x(year, date(year, month, 1)) for month in range(2, 13)),
        _x(year, on) if on.year == year else None, marks, marks + MARK + TOP)


def month_middles(year: int) -> tuple[tuple[float, int], ...]:
    """Where the number of each month stands."""
    starts = [_x(year, date(year, month, 1)) for month in range(1, 13)] + [100.0]
    return tuple((round((starts[at] + starts[at + 1]) / 2, 2), at + 1) for at in range(12))


@dataclass(frozen=True, slots=True)
class MonthCell:
    """A month with how many people; ``between``: nobody, though before and after somebody."""

    month: int
    count: int
    href: str
    x: float
    width: float
    middle: float
    tone: str
    text: str
    between: bool


def month_cells(year: int, months: Sequence[tuple[int, int, str]], most: int) -> tuple[MonthCell, ...]:
    """The twelve months side by side, the darker the more people. ``months``: number, people, address."""
    busy = [month for month, count, _ in months if count]
    starts = [_x(year, date(year, month, 1)) for month, _, _ in months] + [100.0]
    cells = []
    for at, (month, count, href) in enumerate(months):
        tone = _SHADES[min(count * len(_SHADES) // (most + 1), len(_SHADES) - 1)] if count else "s0"
        between = not count and bool(busy) and busy[0] < month < busy[-1]
        cells.append(MonthCell(month, count, href, round(starts[at] + _AIR, 2),
                               round(starts[at + 1] - starts[at] - 2 * _AIR, 2),
                               round((starts[at] + starts[at + 1]) / 2, 2), tone, text_class(tone), between))
    return tuple(cells)


def _x(year: int, day: date) -> float:
    first = date(year, 1, 1)
    return round((day - first).days * 100 / (date(year + 1, 1, 1) - first).days, 2)


def _extent(year: int, first: date, last: date) -> Extent | None:
    first, last = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
    if first > last:
        return None
    left = _x(year, first)
    right = 100.0 if last == date(year, 12, 31) else _x(year, date.fromordinal(last.toordinal() + 1))
    return Extent(left, round(max(right - left, _SHORTEST), 2), first, last)
