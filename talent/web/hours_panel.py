"""One person's training hours as three bars and the parameters they rest on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from flask_babel import gettext

from talent.core.language import translated
from talent.core.work import Work
from talent.people.service import Spell, last_day
from talent.policy.book import Value
from talent.training.queries import CycleHours, PersonHours, hours_of_records
from talent.training.rules import HoursPolicy, HoursRecord, HoursView
from talent.web.pictures import HoursBar
from talent.web.templating import hours as written
from talent.web.templating import pct

MINIMUM, CAPS = "hours.evaluation_minimum", "hours.cycle_caps"
#: What the cycle bars rest on, in the order told.
CYCLE_KEYS = ("hours.cycle_start", "hours.cycle_target", CAPS)


@dataclass(frozen=True, slots=True)
class HoursPanel:
    """The panel: the evaluation view, the cycle before and the current one; hundredths of an hour.

    ``total`` None: no record of training at all, so nothing is known, and there are no bars. ``missing`` is 0 when
    the minimum is reached; ``apart`` are hours of levels in no view, as of new teachers. ``last_day``: who has left
    is shown as of the last day of service, since hours are owed by who serves.
    """

    total: int | None
    minimum: Value
    missing: int
    bars: Sequence[HoursBar]
    cut_label: str
    apart: int
    assumed: Sequence[Value]
    last_day: date | None = None


def panel_of(work: Work, records: Collection[HoursRecord], spells: Sequence[Spell], on: date) -> HoursPanel:
    """The panel of one person, whose records and employments by ``on`` are known; raises ``NotInForce``."""
    left = last_day(spells, on)
    day = left or on
    known = [record for record in records if record.end <= day]
    hours = hours_of_records(work, known, spells, day)
    if not known:
        return HoursPanel(None, hours.policy.value(MINIMUM), 0, (), "", 0, (), left)
    return replace(_panel(hours, day), last_day=left)


def _panel(hours: PersonHours, on: date) -> HoursPanel:
    policy = hours.policy
    bars = [_evaluation(hours, on)]
    if hours.last is not None:
        bars.append(_cycle(hours.last, gettext("上一周期"), _caps_told(hours.last.view, policy)))
    bars.append(_cycle(hours.current, gettext("本周期"), _progress(hours.current, on, policy)))
    return HoursPanel(hours.evaluation.hours, policy.value(MINIMUM), hours.missing, bars, _cut_label(policy),
                      hours.evaluation.apart, [policy.value(key) for key in CYCLE_KEYS if policy.value(key).assumed])


def _segments(view: HoursView) -> list[tuple[str, int]]:
    return [(row.level, row.counted) for row in view.levels]


def _evaluation(hours: PersonHours, on: date) -> HoursBar:
    source = hours.policy.value(MINIMUM).source
    clause = translated(source.clause or source.document)
    if hours.met:
        note = gettext("已达到（%(clause)s，不设上限）", clause=clause)
    else:
        note = gettext("还差 %(hours)s 学时（%(clause)s，不设上限）", hours=written(hours.missing), clause=clause)
    start = hours.window.start
    period = gettext("%(since)s 至 %(until)s", since=start.isoformat() if start else "", until=on.isoformat())
    return HoursBar(gettext("近五年") if hours.policy.evaluation_years == 5 else gettext("评估口径"),
                    _segments(hours.evaluation), hours.policy.evaluation_minimum, period, note=note)


def _cycle(cycle: CycleHours, label: str, note: str) -> HoursBar:
    first, last = cycle.cycle.start, cycle.cycle.last
    years = f"{first.year}—{last.year}" if first and last else ""
    return HoursBar(label, _segments(cycle.view), cycle.target, years, cycle.view.recorded - cycle.view.hours, note)


def _level_name(code: str, policy: HoursPolicy) -> str:
    return translated(next((row.label for row in policy.levels if row.code == code), code))


def _caps_told(view: HoursView, policy: HoursPolicy) -> str:
    told = [
        gettext("%(level)s %(recorded)s，按每周期 %(cap)s 计，%(over)s 不计入", level=_level_name(row.level, policy),
                recorded=written(row.recorded), cap=written(row.counted), over=written(row.over))
        for row in view.levels if row.over
    ]
    return gettext("；").join(told)


def _progress(cycle: CycleHours, on: date, policy: HoursPolicy) -> str:
    """How far the cycle is, how far the hours are; what a cap cut off."""
    first = cycle.cycle.start or on
    passed = Fraction((on - first).days + 1, cycle.cycle.days)
    reached = Fraction(cycle.view.hours, cycle.target) if cycle.target else Fraction(1)
    told = gettext("周期已过 %(passed)s，学时已得 %(reached)s", passed=pct(passed, 0), reached=pct(reached, 0))
    return gettext("；").join(filter(None, (told, _caps_told(cycle.view, policy))))


def _cut_label(policy: HoursPolicy) -> str:
    return gettext("；").join(
        gettext("%(level)s超 %(cap)s 的部分，不计入", level=_level_name(code, policy), cap=written(cap))
        for code, cap in policy.cycle_caps.items()
    )
