"""Stacked columns over an axis of counts: tiers over the years, people over the months, hours in steps."""

from collections.abc import Sequence
from dataclasses import dataclass

from talent.web.pictures.tones import r1, tone_class

LEFT, TOP, PLOT = 34.0, 22.0, 170.0
#: Beside another picture, or as wide as the page.
HALF, FULL = 620.0, 1240.0
_GAP = 0.28
_TICKS = 4
#: More columns than this carry no number of their own: the table has them.
_NUMBERED = 14


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of a column: how many, what it says, the people it opens."""

    tone: str
    count: int
    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its parts from the ground up. ``mark`` stands below it on the axis, "" for none."""

    label: str
    parts: Sequence[Part]
    mark: str = ""

    @property
    def total(self) -> int:
        """The height of the column."""
        return sum(part.count for part in self.parts)


@dataclass(frozen=True, slots=True)
class Block:
    """A drawn part of the column ``label``."""

    label: str
    part: Part
    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ColumnsPicture:
    """``ticks`` are (y, value), ``marks`` and ``totals`` stand at the middle of their columns; ``line`` is an x.

    The plot reaches to the x ``end``: a wide picture has its counts on both sides, as a phone shows one side at a time.
    """

    blocks: tuple[Block, ...]
    ticks: tuple[tuple[float, int], ...]
    marks: tuple[tuple[float, str], ...]
    totals: tuple[tuple[float, float, int], ...]
    line: float | None
    ground: float
    end: float
    width: float
    height: float


def columns(given: Sequence[Column], line: int | None = None, wide: bool = False) -> ColumnsPicture:
    """Place the columns side by side on one scale; ``line`` stands before the column of that place."""
    across = FULL if wide else HALF
    end = across - LEFT if wide else across
    step = tick_step(max((column.total for column in given), default=0))
    top = step * max(-(-max((column.total for column in given), default=0) // step), 1)
    pitch = (end - LEFT) / max(len(given), 1)
    ground = TOP + PLOT
    middles = [r1(LEFT + (place + 0.5) * pitch) for place in range(len(given))]
    return ColumnsPicture(
        blocks=tuple(block for place, column in enumerate(given) for block in _blocks(column, place, pitch, top)),
        ticks=tuple((r1(ground - PLOT * value / top), value) for value in range(0, top + 1, step)),
        marks=tuple((x, column.mark) for x, column in zip(middles, given, strict=True) if column.mark),
        totals=() if len(given) > _NUMBERED else tuple(
            (x, r1(ground - PLOT * column.total / top - 5), column.total)
            for x, column in zip(middles, given, strict=True) if column.total),
        line=None if line is None else r1(LEFT + line * pitch),
        ground=ground,
        end=end,
        width=across,
        height=ground + 20,
    )


def _blocks(column: Column, place: int, pitch: float, top: int) -> list[Block]:
    blocks, below = [], 0
    width = max(pitch * (1 - _GAP), 1)
    for part in column.parts:
        if part.count:
            x, y = LEFT + place * pitch + (pitch - width) / 2, TOP + PLOT * (1 - (below + part.count) / top)
            blocks.append(Block(column.label, part, tone_class(part.tone), r1(x), r1(y), r1(width),
                                r1(PLOT * part.count / top)))
            below += part.count
    return blocks


def tick_step(largest: int) -> int:
    """A round step of the axis: 1, 2 or 5 times a power of ten, so that few lines reach ``largest``."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if largest <= size * factor * _TICKS:
                return size * factor
        size *= 10
