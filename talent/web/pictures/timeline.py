"""One person over the years: lanes of spans (titles, posts) and of dots (appraisals), today's line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from talent.web.pictures.tones import clipped, r1, text_class, text_width, tone_class

LEFT, RIGHT = 84.0, 694.0
TOP, PITCH, ROW = 22, 34, 27
BAR = 21
_PAD = 8
_SHORTEST = 3.0


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` to ``end`` (inclusive; None open). ``tone``: ``s1``–``s6`` or a tier code."""

    start: date | None
    end: date | None
    label: str
    tone: str = "s4"
    href: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """Something on a day. ``mark``: ``full``, ``ring``, ``bad`` or ``none`` (no data)."""

    on: date
    label: str
    mark: str = "ring"
    href: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A named line of spans, or of dots."""

    label: str
    spans: Sequence[Span] = ()
    dots: Sequence[Dot] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A drawn span and its words: inside it, after it, before it, or nowhere (the title still tells)."""

    span: Span
    x: float
    y: float
    width: float
    tone: str
    text: str
    text_x: float
    text_class: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A drawn dot."""

    dot: Dot
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A lane with its baseline; overlapping spans stand in rows below each other."""

    lane: Lane
    y: float
    bottom: float
    blocks: tuple[Block, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A span as a line of the phone's list."""

    lane: str
    span: Span


@dataclass(frozen=True, slots=True)
class TimelinePicture:
    """700 wide. ``ticks`` are (x, year); ``events`` newest first, for narrow screens and readers."""

    lanes: tuple[DrawnLane, ...]
    ticks: tuple[tuple[float, int], ...]
    today: float | None
    bottom: float
    height: float
    events: tuple[Event, ...]


def timeline(lanes: Sequence[Lane], since: date, until: date, today: date) -> TimelinePicture:
    """Place everything that touches the years from ``since`` to ``until``."""
    scale = _Scale(since, until)
    drawn, y = [], float(TOP)
    for lane in lanes:
        row = _lane(lane, y, scale)
        drawn.append(row)
        y = row.bottom
    events = [Event(lane.label, span) for lane in lanes for span in lane.spans]
    return TimelinePicture(
        lanes=tuple(drawn),
        ticks=_ticks(scale),
        today=scale.x(today) if since <= today <= until else None,
        bottom=y,
        height=y + 20,
        events=tuple(sorted(events, key=lambda event: event.span.start or date.min, reverse=True)),
    )


class _Scale:
    """Days to user units."""

    def __init__(self, since: date, until: date) -> None:
        self.since, self.until = since, until
        self.per_day = (RIGHT - LEFT) / max((until - since).days, 1)

    def x(self, day: date) -> float:
        inside = min(max(day, self.since), self.until)
        return r1(LEFT + (inside - self.since).days * self.per_day)


def _ticks(scale: _Scale) -> tuple[tuple[float, int], ...]:
    """At most nine round years."""
    first = scale.since.year + (scale.since > date(scale.since.year, 1, 1))
    step = next(s for s in (1, 2, 5, 10, 20, 50) if (scale.until.year - first) // s < 9)
    years = [year for year in range(first, scale.until.year + 1) if (year - first) % step == 0]
    return tuple((scale.x(date(year, 1, 1)), year) for year in years)


def _lane(lane: Lane, y: float, scale: _Scale) -> DrawnLane:
    rows = _rows([s for s in lane.spans if _touches(s, scale)])
    blocks = [
        _block(
            span,
            row[i + 1] if i + 1 < len(row) else None,
            row[i - 1] if i else None,
            y + index * ROW + 6,
            scale,
        )
        for index, row in enumerate(rows)
        for i, span in enumerate(row)
    ]
    marks = tuple(Mark(d, scale.x(d.on), y + 18) for d in lane.dots if scale.since <= d.on <= scale.until)
    return DrawnLane(lane, y, y + PITCH + max(len(rows) - 1, 0) * ROW, tuple(blocks), marks)


def _touches(span: Span, scale: _Scale) -> bool:
    return (span.start or date.min) <= scale.until and (span.end or date.max) >= scale.since


def _rows(spans: Sequence[Span]) -> list[list[Span]]:
    """Greedy: each span goes into the first row whose last one has ended."""
    rows: list[list[Span]] = []
    for span in sorted(spans, key=lambda s: (s.start or date.min, s.end or date.max)):
        row = next((r for r in rows if (r[-1].end or date.max) < (span.start or date.min)), None)
        rows.append([span]) if row is None else row.append(span)
    return rows


def _block(span: Span, after: Span | None, before: Span | None, y: float, scale: _Scale) -> Block:
    left = scale.x(span.start or scale.since)
    right = scale.x(span.end or scale.until)
    width = max(right - left - 1.5, _SHORTEST)
    text, text_x, kind = _words(
        span,
        left,
        left + width,
        scale.x(before.end or scale.until) if before else LEFT,
        scale.x(after.start or scale.since) if after else RIGHT,
    )
    return Block(span, left, y, r1(width), tone_class(span.tone), text, r1(text_x), kind)


def _words(span: Span, left: float, right: float, free_from: float, free_to: float) -> tuple[str, float, str]:
    """Inside when it fits; else beside, where there is room; else the beginning of it, inside."""
    needed = text_width(span.label) + _PAD
    if needed + _PAD <= right - left:
        return span.label, left + _PAD, text_class(span.tone)
    if needed <= free_to - right:
        return span.label, right + 6, "beside"
    if needed <= left - free_from:
        return span.label, left - 6, "beside r"
    return clipped(span.label, right - left - 6), left + 4, text_class(span.tone)
