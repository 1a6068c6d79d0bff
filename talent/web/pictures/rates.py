"""A dot per school on a scale of 0 to 100 %, piled up where many agree, against the line all should reach."""

from collections.abc import Iterable
from dataclasses import dataclass

from talent.web.pictures.strip import School
from talent.web.pictures.tones import r1

WIDTH, LEFT, RIGHT = 620.0, 14.0, 14.0
_RADIUS, _APART = 4.0, 9.0
_LEAST = 108.0


@dataclass(frozen=True, slots=True)
class RateDot:
    """A placed school; ``met`` when it reaches the line."""

    school: School
    x: float
    y: float
    met: bool


@dataclass(frozen=True, slots=True)
class RatesPicture:
    """Dots standing on a ground line; ``ticks`` are (x, per cent), ``mean`` and ``target`` x positions."""

    dots: tuple[RateDot, ...]
    ticks: tuple[tuple[float, int], ...]
    mean: float | None
    target: float
    ground: float
    height: float
    missing: int
    met: int


def rates(schools: Iterable[School], mean: float | None = None, target: float = 1.0) -> RatesPicture:
    """Pile the schools up from the ground; a school without data is counted as missing."""
    given = list(schools)
    known = sorted(((school.ratio, school) for school in given if school.ratio is not None), key=lambda pair: pair[0])
    piles: dict[int, int] = {}
    placed: list[tuple[School, float, int]] = []
    for ratio, school in known:
        pile = round((_x(target) - _x(ratio)) / _APART)
        placed.append((school, ratio, piles.get(pile, 0)))
        piles[pile] = piles.get(pile, 0) + 1
    ground = max(_LEAST, max(piles.values(), default=0) * _APART) + 12
    dots = tuple(
        RateDot(school, r1(_x(target) - round((_x(target) - _x(ratio)) / _APART) * _APART),
                r1(ground - 6 - level * _APART), ratio >= target)
        for school, ratio, level in placed
    )
    return RatesPicture(
        dots=dots,
        ticks=tuple((r1(_x(per / 100)), per) for per in (0, 25, 50, 75, 100)),
        mean=None if mean is None else r1(_x(mean)),
        target=r1(_x(target)),
        ground=ground,
        height=ground + 30,
        missing=len(given) - len(known),
        met=sum(dot.met for dot in dots),
    )


def _x(ratio: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * ratio
