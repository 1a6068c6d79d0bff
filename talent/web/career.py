"""A career as the lanes of a timeline: titles, 职称, schools, assistance, yearly appraisals, as known on a date."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from talent.assistance.queries import AssignmentRow
from talent.core import terms
from talent.core.language import translated
from talent.core.periods import ONE_DAY, add_years
from talent.people.record import Stay
from talent.people.service import served
from talent.policy.tables import TierTable
from talent.tiers.ledger import Held
from talent.tiers.rules import IN_OFFICE, state_on, term_end
from talent.web.pictures import Dot, Lane, Span

#: Darker means higher.
TONES = {"full_senior": "s2", "senior": "s3", "first": "s4", "second": "s5", "third": "s5", "ungraded": "s6"}
MARKS = {"excellent": "full", "qualified": "ring", "basic": "bad", "unqualified": "bad"}
YEARS_SHOWN_AT_LEAST, YEARS_AHEAD = 8, 2


@dataclass(frozen=True, slots=True)
class Career:
    """What the timeline macro takes: lanes, the years they span, the legend of the marks in use."""

    lanes: Sequence[Lane]
    since: date
    until: date
    marks: Sequence[tuple[str, str]]

    @property
    def empty(self) -> bool:
        """Nothing to draw."""
        return not any(lane.spans or lane.dots for lane in self.lanes)


def draw(
    on: date, stays: Sequence[Stay], titles: Iterable[Held], table: TierTable | None,
    assignments: Iterable[AssignmentRow], appraisals: Sequence[tuple[int, str]], grades: Mapping[str, str],
) -> Career:
    """The lanes of one person as of ``on``; ``grades`` are the words of 职称."""
    lanes = (
        Lane(gettext("称号"), [_title_span(title, on, table) for title in titles] if table else []),
        Lane(gettext("职称"), _grade_spans(stays, grades)),
        Lane(gettext("学校"), _school_spans(stays)),
        Lane(gettext("帮扶支教"), [Span(row.started_on, row.ended_on, row.host, "s2") for row in assignments]),
        Lane(gettext("年度考核"), dots=_dots(appraisals, stays, on)),
    )
    shown = [lane for lane in lanes if lane.spans or lane.dots]
    first = min((span.start for lane in shown for span in lane.spans if span.start is not None), default=on)
    since = min(date(first.year, 1, 1), date(on.year - YEARS_SHOWN_AT_LEAST, 1, 1))
    marks = {dot.mark for lane in shown for dot in lane.dots}
    legend = (("full", gettext("优秀")), ("ring", gettext("合格")), ("bad", gettext("基本合格或不合格")),
              ("none", gettext("没有数据")))
    return Career(shown, since, date(add_years(on, YEARS_AHEAD).year, 1, 1),
                  [(mark, word) for mark, word in legend if mark in marks])


def _title_span(title: Held, on: date, table: TierTable) -> Span:
    """A title that was suspended, revoked or ended is drawn up to that day, and says so."""
    fact = title.fact
    label, end = translated(table.row(fact.tier).label), term_end(fact, table)
    state = state_on(fact, on)
    if state != IN_OFFICE:
        word = translated(terms.chinese(terms.TITLE_STATE, state))
        label = gettext("%(title)s（%(state)s）", title=label, state=word)
        changed = max((found.on for found in fact.states if found.on is not None and found.on <= on), default=None)
        if changed is not None and changed > fact.term_from:
            end = changed - ONE_DAY
    left = next((period.start for period in fact.away if period.start and fact.term_from < period.start <= on), None)
    if left is not None and (end is None or left <= end):
        end = left - ONE_DAY
    tone = fact.tier if table.rank(fact.tier) else "s5"
    return Span(fact.term_from, end, label, tone)


def _grade_spans(stays: Sequence[Stay], grades: Mapping[str, str]) -> list[Span]:
    def drawn(code: str, start: date | None, end: date | None) -> Span:
        return Span(start, end, grades.get(code, code), TONES.get(code, "s6"))

    return _joined(stays, lambda stay: stay.professional_title, drawn)


def _school_spans(stays: Sequence[Stay]) -> list[Span]:
    tones = {name: ("s5", "s4")[place % 2] for place, name in enumerate(dict.fromkeys(stay.school for stay in stays))}
    return _joined(stays, lambda stay: stay.school, lambda name, start, end: Span(start, end, name, tones[name]))


def _joined(
    stays: Sequence[Stay], value: Callable[[Stay], str], drawn: Callable[[str, date | None, date | None], Span]
) -> list[Span]:
    """Periods in service that say the same and touch are one span; what says nothing is none."""
    joined: list[tuple[str, date | None, date | None]] = []
    for stay in stays:
        for period in served([stay.spell]):
            last = joined[-1] if joined else None
            if last is not None and last[0] == value(stay) and last[2] is not None and last[2] == period.start:
                joined[-1] = (last[0], last[1], period.end)
            else:
                joined.append((value(stay), period.start, period.end))
    return [drawn(code, start, None if end is None else end - ONE_DAY) for code, start, end in joined if code]


def _dots(appraisals: Sequence[tuple[int, str]], stays: Sequence[Stay], on: date) -> list[Dot]:
    """A dot per calendar year that is over; a year in service without an appraisal is shown as no data."""
    known = dict(appraisals)
    first = min(known, default=None)
    years = served(stay.spell for stay in stays)
    words = {code: translated(word) for code, word in terms.words_of(terms.APPRAISAL).items()}
    dots = []
    for year in range(first if first is not None else on.year, on.year):
        last_day = date(year, 12, 31)
        if year in known:
            dots.append(Dot(last_day, f"{year} {words[known[year]]}", MARKS[known[year]]))
        elif any(period.contains(last_day) for period in years):
            dots.append(Dot(last_day, gettext("%(year)s 没有数据", year=year), "none"))
    return dots
