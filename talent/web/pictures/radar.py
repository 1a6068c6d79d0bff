"""Several dimensions of one person over the middle half of peers, ringed by how much was recorded at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from talent.web.pictures.tones import r1

CENTRE = (202.0, 158.0)
RADIUS = 108.0
RING = 117.0
LABEL = 128.0
_RING_GAP = 0.055


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension, 0 to 100. ``value`` None: no data. ``low``, ``high``: peers' quartiles."""

    label: str
    value: float | None
    note: str = ""
    low: float | None = None
    high: float | None = None
    coverage: float | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Spoke:
    """A drawn axis: its end, its point, its arcs (SVG paths) and where its words stand."""

    axis: Axis
    x: float
    y: float
    point: tuple[float, float] | None
    arc: str
    covered: str
    short: bool
    text_x: float
    text_y: float
    anchor: str

    @property
    def lines(self) -> int:
        """Lines of words at its end: the label, the note, how much was recorded."""
        return 2 + (self.short and self.axis.value is not None)


@dataclass(frozen=True, slots=True)
class RadarPicture:
    """``grid``: polygons at each quarter. ``own``: one path, broken where there is no data."""

    spokes: tuple[Spoke, ...]
    grid: tuple[str, ...]
    own: str
    closed: bool
    band: str
    height: float


def radar(axes: Sequence[Axis]) -> RadarPicture:
    """Place the axes clockwise from the top."""
    angles = [2 * pi * index / len(axes) for index in range(len(axes))]
    spokes = tuple(_spoke(axis, angle, len(axes)) for axis, angle in zip(axes, angles, strict=True))
    return RadarPicture(
        spokes=spokes,
        grid=tuple(
            _polygon([_at(angle, RADIUS * part) for angle in angles]) for part in (0.25, 0.5, 0.75, 1)
        ),
        own=_own([spoke.point for spoke in spokes]),
        closed=all(spoke.point for spoke in spokes),
        band=_band(axes, angles),
        height=max(spoke.text_y + 16 * spoke.lines - 10 for spoke in spokes),
    )


def _at(angle: float, length: float) -> tuple[float, float]:
    return r1(CENTRE[0] + length * sin(angle)), r1(CENTRE[1] - length * cos(angle))


def _polygon(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _own(points: Sequence[tuple[float, float] | None]) -> str:
    """A closed path, or pieces that stop beside an axis without data."""
    if all(points):
        return "M" + "L".join(f"{x} {y}" for x, y in filter(None, points)) + "Z"
    start = next((i for i, point in enumerate(points) if point is None), 0)
    path, pen = "", "M"
    for point in [*points[start:], *points[:start]]:
        path, pen = (path, "M") if point is None else (f"{path}{pen}{point[0]} {point[1]}", "L")
    return path


def _band(axes: Sequence[Axis], angles: Sequence[float]) -> str:
    """The ring between the peers' quartiles as one even-odd path; empty unless every axis has them."""
    rings = []
    for quartiles in ([axis.high for axis in axes], [axis.low for axis in axes]):
        known = [value for value in quartiles if value is not None]
        if len(known) < len(axes):
            return ""
        points = [_at(angle, RADIUS * value / 100) for angle, value in zip(angles, known, strict=True)]
        rings.append("M" + "L".join(f"{x} {y}" for x, y in points) + "Z")
    return "".join(rings)


def _arc(start: float, end: float) -> str:
    (x1, y1), (x2, y2) = _at(start, RING), _at(end, RING)
    return f"M{x1} {y1}A{RING:g} {RING:g} 0 {int(end - start > pi)} 1 {x2} {y2}"


def _spoke(axis: Axis, angle: float, count: int) -> Spoke:
    half = pi / count - _RING_GAP
    covered = 0.0 if axis.coverage is None else axis.coverage
    x, y = _at(angle, RADIUS)
    side = sin(angle)
    anchor = "m" if abs(side) < 0.2 else "" if side > 0 else "r"
    text_x, text_y = _at(angle, LABEL)
    if anchor == "m":
        text_y = text_y - 14 if cos(angle) > 0 else text_y + 10
    return Spoke(
        axis=axis,
        x=x,
        y=y,
        point=None if axis.value is None else _at(angle, RADIUS * axis.value / 100),
        arc=_arc(angle - half, angle + half),
        covered=_arc(angle - half, angle - half + 2 * half * covered) if covered else "",
        short=axis.coverage is not None and axis.coverage < 0.8,
        text_x=text_x,
        text_y=r1(text_y),
        anchor=anchor,
    )
