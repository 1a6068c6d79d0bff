"""Small lines and bars: scores over years, pushes and pulls, a value at its limit, shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from talent.web.pictures.tones import r1

_LINE_WIDTH, _TOP, _BASE = 92.0, 22.0, 66.0
_HALF = 60.0


@dataclass(frozen=True, slots=True)
class Series:
    """One small line: (label, value or None when there is no data) from the oldest to the newest."""

    label: str
    points: Sequence[tuple[str, float | None]]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """A drawn series in a box 124 by 72: one path broken at no data, a point for every known value."""

    series: Series
    path: str
    points: tuple[tuple[float, float], ...]
    last: float | None
    last_y: float


def trends(given: Sequence[Series], ceiling: float = 100) -> tuple[Trend, ...]:
    """All series on one scale from 0 to ``ceiling``."""
    return tuple(_trend(series, ceiling) for series in given)


def _trend(series: Series, ceiling: float) -> Trend:
    step = _LINE_WIDTH / max(len(series.points) - 1, 1)
    path, pen, points = "", "M", []
    for index, (_, value) in enumerate(series.points):
        if value is None:
            pen = "M"
            continue
        point = (r1(4 + index * step), r1(_BASE - (_BASE - _TOP) * min(value, ceiling) / ceiling))
        path, pen = f"{path}{pen}{point[0]} {point[1]}", "L"
        points.append(point)
    last = series.points[-1][1] if series.points else None
    return Trend(series, path, tuple(points), last, points[-1][1] if points else _BASE)


@dataclass(frozen=True, slots=True)
class Diverging:
    """A bar from a middle line, 126 wide: where it begins, its length, on which side its number stands."""

    x: float
    width: float
    positive: bool


def diverging(value: float, scale: float) -> Diverging:
    """``value`` against ``scale``, the largest absolute value of the column."""
    width = min(abs(value) / scale, 1.0) * _HALF if scale else 0.0
    return Diverging(r1(63 if value >= 0 else 63 - width), r1(width), value >= 0)


@dataclass(frozen=True, slots=True)
class LimitBar:
    """A value and its limit on a bar 88 wide; ``over`` when the value is above the limit."""

    width: float
    limit: float
    over: bool


def limit_bar(value: float, limit: float, scale: float) -> LimitBar:
    """``scale`` is the value at the right edge; longer bars stop there, and what lies below 0 has none."""
    return LimitBar(r1(88 * max(min(value / scale, 1), 0)), r1(88 * limit / scale), value > limit)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, in per cent of the width; ``tone`` darkest for the largest."""

    label: str
    fraction: Fraction | float
    x: float
    width: float
    tone: str


def shares(parts: Sequence[tuple[str, Fraction | float]]) -> tuple[Share, ...]:
    """Parts in the given order; the last of more than two is the rest, grey."""
    drawn, at = [], 0.0
    for index, (label, fraction) in enumerate(parts):
        is_rest = 1 < index == len(parts) - 1
        tone = "rest" if is_rest else ("s2", "s4", "s5")[min(index, 2)]
        drawn.append(Share(label, fraction, round(at, 2), round(100 * float(fraction), 2), tone))
        at += 100 * float(fraction)
    return tuple(drawn)
