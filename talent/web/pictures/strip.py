"""A dot per school against its standard: in multiples of the standard, so that all rows share one line."""

from bisect import bisect, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from talent.web.pictures.tones import r1

WIDTH = 420
ZERO = 8.0
UNIT = 125.0
STANDARD = ZERO + UNIT
_MIDDLE = 22
_LANES = (0, -8, 8, -15, 15)
_APART = 8.4


@dataclass(frozen=True, slots=True)
class School:
    """A school's value divided by its own standard; None when it has no data (not drawn, but counted)."""

    name: str
    ratio: float | None
    href: str = ""


@dataclass(frozen=True, slots=True)
class SchoolDot:
    """A placed school. ``kind``: ``met``, ``near`` or ``below``; ``beyond`` the scale."""

    school: School
    x: float
    y: int
    kind: str
    beyond: bool


@dataclass(frozen=True, slots=True)
class StripPicture:
    """One row of dots, 420 by 47."""

    dots: tuple[SchoolDot, ...]
    standard: float
    tolerance: float
    mean: float | None
    missing: int
    met: int


def strip(
    schools: Iterable[School], mean: float | None = None, tolerance: float = 0.85, ceiling: float = 3.2
) -> StripPicture:
    """Place the schools side by side where they would touch; values beyond ``ceiling`` stand at its edge."""
    given = list(schools)
    known = sorted(((float(school.ratio), school.ratio, school) for school in given if school.ratio is not None),
                   key=lambda triple: triple[0])
    lanes: dict[int, list[float]] = {lane: [] for lane in _LANES}
    dots: list[SchoolDot] = []
    for drawn, ratio, school in known:
        x, lane = _place(r1(_x(min(drawn, ceiling))), lanes, beyond=drawn > ceiling)
        insort(lanes[lane], x)
        kind = "met" if ratio >= 1 else "near" if drawn >= tolerance else "below"
        dots.append(SchoolDot(school, x, _MIDDLE + lane, kind, drawn > ceiling))
    return StripPicture(
        dots=tuple(dots),
        standard=r1(STANDARD),
        tolerance=r1(_x(tolerance)),
        mean=None if mean is None else r1(_x(min(mean, ceiling))),
        missing=len(given) - len(known),
        met=sum(dot.kind == "met" for dot in dots),
    )


def _x(ratio: float) -> float:
    return ZERO + UNIT * ratio


def _place(x: float, lanes: Mapping[int, Sequence[float]], beyond: bool) -> tuple[float, int]:
    """The lane nearest the middle where nothing is touched. When all are taken: the one with most room, or,
    beyond the scale where x says no more than "at least", a column further left."""
    room = {lane: _room(x, taken) for lane, taken in lanes.items()}
    free = next((lane for lane in _LANES if room[lane] >= _APART), None)
    if free is not None:
        return x, free
    if beyond:
        return _place(r1(x - _APART), lanes, beyond)
    return x, max(_LANES, key=lambda lane: room[lane])


def _room(x: float, taken: Sequence[float]) -> float:
    """From ``x`` to the nearest of the places taken, which are in order."""
    at = bisect(taken, x)
    return min((r1(abs(x - other)) for other in taken[max(at - 1, 0):at + 1]), default=float(WIDTH))
