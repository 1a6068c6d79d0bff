"""The tower of tiers: one bar per layer, as wide as its count; and the same tower, small, over years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from talent.web.pictures.tones import r1, tone_class


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the tower, given from the apex down. ``part`` names its bracket (塔尖, 塔体, 塔基)."""

    code: str
    label: str
    count: int
    part: str = ""
    change: int | None = None
    target: int | None = None
    href: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A drawn layer: the body and the eave above it, both centred on the tower's axis."""

    layer: Layer
    tone: str
    y: float
    x: float
    width: float
    eave_x: float
    eave_width: float


@dataclass(frozen=True, slots=True)
class Bracket:
    """A part of the tower: its name, its people, and where its bracket stands."""

    label: str
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class TowerPicture:
    """``bars`` from the apex down, for a drawing ``height`` high whose ground line is at ``ground``."""

    bars: tuple[Bar, ...]
    brackets: tuple[Bracket, ...]
    ground: float
    height: float
    total: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Measures of one variant of the drawing (desk or phone)."""

    axis: float
    widest: float
    eave: float
    top: float
    pitch: float
    body: float
    narrowest: float = 7


DESK = Frame(axis=306, widest=352, eave=7, top=16, pitch=48, body=40)
PHONE = Frame(axis=170, widest=326, eave=5, top=24, pitch=58, body=28)


def tower(layers: Sequence[Layer], frame: Frame = DESK, caption: bool = False) -> TowerPicture:
    """Place the layers; widths are proportional to the counts, a visible sliver unless 0."""
    top = max((layer.count for layer in layers), default=0) or 1
    bars = tuple(_bar(layer, index, top, frame) for index, layer in enumerate(layers))
    ground = frame.top + len(layers) * frame.pitch - (frame.pitch - frame.body) + 4
    return TowerPicture(
        bars=bars,
        brackets=_brackets(layers, frame),
        ground=ground,
        height=ground + (22 if caption else 4),
        total=sum(layer.count for layer in layers),
    )


def tower_on_phone(layers: Sequence[Layer]) -> TowerPicture:
    """The same tower for a narrow screen: words above each bar, no brackets drawn."""
    return tower(layers, PHONE)


def _bar(layer: Layer, index: int, top: int, frame: Frame) -> Bar:
    width = max(frame.widest * layer.count / top, frame.narrowest) if layer.count else 0
    eaves = width + 2 * frame.eave if width else 0
    return Bar(
        layer=layer,
        tone=tone_class(layer.code),
        y=frame.top + index * frame.pitch,
        x=r1(frame.axis - width / 2),
        width=r1(width),
        eave_x=r1(frame.axis - eaves / 2),
        eave_width=r1(eaves),
    )


def _brackets(layers: Sequence[Layer], frame: Frame) -> tuple[Bracket, ...]:
    found = []
    index = 0
    for part, members in groupby(layers, key=lambda layer: layer.part):
        group = list(members)
        if part:
            height = (len(group) - 1) * frame.pitch + frame.body
            found.append(Bracket(part, sum(m.count for m in group), frame.top + index * frame.pitch, height))
        index += len(group)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class TowerYear:
    """One tower of the small multiples: ``counts`` by tier code, ``note`` under the year."""

    label: str
    counts: Mapping[str, int]
    note: str = ""
    href: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class SmallBar:
    """One layer of a small tower, centred in a drawing 112 wide."""

    tone: str
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class SmallTower:
    """One year drawn."""

    year: TowerYear
    bars: tuple[SmallBar, ...]


def towers(years: Sequence[TowerYear], codes: Sequence[str]) -> tuple[SmallTower, ...]:
    """Small towers on one common scale; ``codes`` from the apex down."""
    widest = max((count for year in years for count in year.counts.values()), default=0) or 1
    return tuple(
        SmallTower(
            year, tuple(_small(year.counts.get(code, 0), code, i, widest) for i, code in enumerate(codes))
        )
        for year in years
    )


def _small(count: int, code: str, index: int, widest: int) -> SmallBar:
    width = max(104 * count / widest, 3) if count else 0
    return SmallBar(tone_class(code), r1(56 - width / 2), 4 + index * 12, r1(width))
