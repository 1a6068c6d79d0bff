"""What speaks for each number of types: one small line a measure, the proposed number marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from talent.web.pictures.tones import r1

_WIDTH, _TOP, _BASE = 168.0, 18.0, 74.0


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure over the numbers of types: (number, value or None). ``floor`` is the value at the axis."""

    label: str
    points: Sequence[tuple[int, float | None]]
    marked: int | None
    floor: float = 0.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A number of types on the axis, and its point where the measure is known."""

    k: int
    x: float
    y: float | None
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """A drawn measure in a box 192 by 96."""

    measure: Measure
    path: str
    ticks: tuple[Tick, ...]


def curves(measures: Sequence[Measure]) -> tuple[Curve, ...]:
    """Each measure on its own scale, from its floor to its largest value."""
    return tuple(_curve(measure) for measure in measures)


def _curve(measure: Measure) -> Curve:
    known = [value for _, value in measure.points if value is not None]
    top = max(known, default=1.0)
    span = top - measure.floor or 1.0
    step = _WIDTH / max(len(measure.points) - 1, 1)
    ticks, path, pen = [], "", "M"
    for place, (k, value) in enumerate(measure.points):
        x = r1(12 + place * step)
        y = None if value is None else r1(_BASE - (_BASE - _TOP) * max(value - measure.floor, 0.0) / span)
        ticks.append(Tick(k, x, y, k == measure.marked))
        path, pen = (path, "M") if y is None else (f"{path}{pen}{x} {y}", "L")
    return Curve(measure, path, tuple(ticks))
