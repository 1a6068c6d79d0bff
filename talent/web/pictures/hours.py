"""Training hours as one bar against a target: kinds in order, what a cap cut off hatched."""

from collections.abc import Sequence
from dataclasses import dataclass

from talent.web.pictures.tones import text_class

#: Tone of each training level, darkest first; the order in which segments stand.
LEVEL_TONES = {
    "national": "s1",
    "municipal": "s2",
    "district": "s3",
    "school": "s4",
    "self": "s5",
    "induction": "s6",
}

_LABEL_ON_DESK = 3.5
_LABEL_ON_PHONE = 9.0
#: Half a number and a little more.
_CLEAR_OF_TICK = 2.5


@dataclass(frozen=True, slots=True)
class HoursBar:
    """One period. Hours are hundredths; ``segments``: (level code, counted hours); ``cut``: not counted."""

    label: str
    segments: Sequence[tuple[str, int]]
    target: int
    period: str = ""
    cut: int = 0
    note: str = ""
    href: str = ""

    @property
    def total(self) -> int:
        """Counted hours, in hundredths."""
        return sum(hours for _, hours in self.segments)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar, in per cent of its width. ``shown``: where the number fits ("", "desk", "no")."""

    level: str
    hours: int
    tone: str
    text: str
    x: float
    width: float
    shown: str
    tick: float

    @property
    def middle(self) -> float:
        """Where the number stands: in the middle, or of the larger side where the target's tick would strike it."""
        middle, end = self.x + self.width / 2, self.x + self.width
        if self.x < self.tick < end and abs(middle - self.tick) < _CLEAR_OF_TICK:
            middle = (self.x + self.tick) / 2 if self.tick >= middle else (self.tick + end) / 2
        return round(middle, 2)


@dataclass(frozen=True, slots=True)
class DrawnHours:
    """A bar with its segments, the hatched part and the target tick, all in per cent."""

    bar: HoursBar
    segments: tuple[Segment, ...]
    cut: Segment | None
    target: float


def hours_bars(bars: Sequence[HoursBar]) -> tuple[DrawnHours, ...]:
    """All bars on one scale: a third beyond the largest target, or as far as the longest bar needs."""
    widest = max((max(bar.total + bar.cut, bar.target * 4 // 3) for bar in bars), default=0) or 1
    return tuple(_draw(bar, widest) for bar in bars)


def _draw(bar: HoursBar, widest: int) -> DrawnHours:
    order = list(LEVEL_TONES)
    at, tick = 0, round(100 * bar.target / widest, 2)
    drawn = []
    for level, hours in sorted(
        bar.segments, key=lambda pair: order.index(pair[0]) if pair[0] in order else 99
    ):
        if hours:
            drawn.append(_segment(level, hours, at, widest, tick))
        at += hours
    cut = _segment("", bar.cut, at, widest, tick) if bar.cut else None
    return DrawnHours(bar, tuple(drawn), cut, tick)


def _segment(level: str, hours: int, at: int, widest: int, tick: float) -> Segment:
    width = round(100 * hours / widest, 2)
    shown = "" if width >= _LABEL_ON_PHONE else "desk" if width >= _LABEL_ON_DESK else "no"
    tone = LEVEL_TONES.get(level, "s6")
    return Segment(level, hours, tone, text_class(tone), round(100 * at / widest, 2), width, shown, tick)
