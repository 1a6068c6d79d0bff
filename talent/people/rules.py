"""Acts on a person's employment: which are possible from which status, and on which day. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from talent.core.errors import Finding
from talent.core.terms import IN_SERVICE, STATUS
from talent.people.service import status_on

OUT = tuple(code for code in STATUS.values() if code not in IN_SERVICE)
#: Nobody at work now was before this; nothing is decided further ahead than a year.
EARLIEST = date(1950, 1, 1)
AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that is done to an employment. ``of``: the statuses it is possible from; ``status``: what it leads to.

    Without ``dated`` it corrects what is recorded, for every day.
    """

    code: str
    of: tuple[str, ...] = IN_SERVICE
    status: str = ""
    dated: bool = True

    @property
    def leaves(self) -> bool:
        """Whether the person is out of service from the day on."""
        return self.status in OUT


ACTS: Mapping[str, Act] = {
    act.code: act
    for act in (
        Act("transfer"),
        Act("post"),
        Act("teaching"),
        Act("leave", ("on_post", "seconded"), "long_leave"),
        Act("second", ("on_post",), "seconded"),
        Act("return", ("long_leave", "seconded"), "on_post"),
        Act("retire", status="retired"),
        Act("move_out", status="transferred_out"),
        Act("resign", status="resigned"),
        Act("rehire", OUT, "on_post"),
        Act("name", (*IN_SERVICE, *OUT), dated=False),
        Act("staff_no", (*IN_SERVICE, *OUT), dated=False),
        Act("identity", (*IN_SERVICE, *OUT), dated=False),
        Act("facts", (*IN_SERVICE, *OUT), dated=False),
    )
}


@dataclass(frozen=True, slots=True)
class Held:
    """A period as the rules see it, half-open."""

    since: date | None
    until: date | None
    status: str
    left_on: date | None
    school: str

    def holds(self, on: date) -> bool:
        """Whether the day lies in it."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


def possible(status: str | None) -> tuple[Act, ...]:
    """The acts that a person of this status can meet with; None, no period on the day: only corrections."""
    return tuple(act for act in ACTS.values() if (status in act.of if status else not act.dated))


def held_on(periods: Iterable[Held], on: date) -> Held | None:
    """The period of the day."""
    return next((period for period in periods if period.holds(on)), None)


def judge(act: Act, on: date, periods: Sequence[Held], today: date) -> list[Finding]:
    """Why the act cannot be done on that day; ``periods`` sorted. A correction has no day and is never refused here."""
    if not act.dated:
        return []
    if not EARLIEST <= on <= today + AHEAD:
        return [_refused("day_out_of_reason", day=on)]
    now, first = held_on(periods, on), periods[0].since if periods else None
    if now is None:
        return [_refused("before_first_day", first=first, day=on)]
    status = status_on(now.status, now.left_on, on)
    if status not in act.of:
        return [_refused("not_from_status", status=status, day=on)]
    return [*_of_leaving(act, on, periods), *_of_a_leaving_ahead(act, on, now)]


def _of_leaving(act: Act, on: date, periods: Sequence[Held]) -> Iterable[Finding]:
    if not act.leaves:
        return
    if periods[0].since is not None and on <= periods[0].since:
        yield _refused("leaves_on_first_day", first=periods[0].since)
    later = next((period for period in periods if period.since is not None and period.since > on), None)
    if later is not None:
        yield _refused("later_periods", since=later.since, school=later.school, status=later.status)


def _of_a_leaving_ahead(act: Act, on: date, now: Held) -> Iterable[Finding]:
    """A status set before a leaving that is on record would wipe it out."""
    if act.status and now.status not in IN_SERVICE and now.left_on is not None and now.left_on > on:
        yield _refused("leaving_ahead", left_on=now.left_on, status=now.status)


def _refused(what: str, **facts: object) -> Finding:
    return Finding(f"act.{what}", "规则 6", {**facts, "field": "on"})
