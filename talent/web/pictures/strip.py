"""A dot per school against its standard: in multiples of the standard, so that all rows share one line."""

from collections.abc import Iterable, Sequence
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
    known = sorted(
        ((school.ratio, school) for school in given if school.ratio is not None), key=lambda pair: pair[0]
    )
    dots: list[SchoolDot] = []
    for ratio, school in known:
        x, y = _place(r1(_x(min(ratio, ceiling))), dots, beyond=ratio > ceiling)
        kind = "met" if ratio >= 1 else "near" if ratio >= tolerance else "below"
        dots.append(SchoolDot(school, x, y, kind, ratio > ceiling))
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


def _place(x: float, placed: Sequence[SchoolDot], beyond: bool) -> tuple[float, int]:
    """The lane nearest the middle where nothing is touched. When all are taken: the one with most room, or,
    beyond the scale where x says no more than "at least", a column further left."""
    near = [dot for dot in placed if abs(x - dot.x) < _APART + 0.1]  # of hundreds of dots on a board few are near
    room = {
        lane: min((r1(abs(x - dot.x)) for dot in near if dot.y == _MIDDLE + lane), default=WIDTH)
        for lane in _LANES
    }
    free = next((lane for lane in _LANES if room[lane] >= _APART), None)
    if free is not None:
        return x, _MIDDLE + free
    if beyond:
        return _place(r1(x - _APART), placed, beyond)
    return x, _MIDDLE + max(_LANES, key=lambda lane: room[lane])
