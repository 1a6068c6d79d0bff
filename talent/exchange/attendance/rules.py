"""What a host may say of a month, pure: the days of a spell against what is said of them and what is recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from talent.core.errors import Finding
from talent.core.periods import add_months

_DAY = timedelta(days=1)


def last_of(month: date) -> date:
    """The last day of the month that begins on ``month``."""
    return add_months(month, 1) - _DAY


@dataclass(frozen=True, slots=True)
class Missed:
    """Days of absence in a row, both in. ``kind`` "": the sheet does not say why."""

    first: date
    last: date
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """One person's days at a host in a month, both in. ``ends``: the spell ends in it, so that it is appraised."""

    assignment_id: int
    person_id: int
    staff_no: str
    name: str
    school: str
    first: date
    last: date
    ends: bool
    appraisal: str = ""
    school_id: int = 0

    @property
    def called(self) -> str:
        """The name, with the number where the reader may know it."""
        return f"{self.name}（{self.staff_no}）" if self.staff_no else self.name


@dataclass(frozen=True, slots=True)
class Said:
    """What the sheet says of one stay: nobody absent means on post on every day."""

    assignment_id: int
    absences: Sequence[Missed] = ()
    appraisal: str = ""


def judge(stay: Stay, said: Said) -> list[Finding]:
    """What of it cannot be: days outside the stay, days told twice, an appraisal of a spell that goes on."""
    who = {"who": stay.called, "start": stay.first, "end": stay.last}
    found = []
    for each in said.absences:
        if each.first > each.last:
            found.append(Finding("attendance.order", params={**who, "first": each.first, "last": each.last}))
        elif each.first < stay.first or each.last > stay.last:
            found.append(Finding("attendance.outside", params={**who, "first": each.first, "last": each.last}))
    ordered = sorted(said.absences, key=lambda each: each.first)
    for before, after in pairwise(ordered):
        if after.first <= before.last:
            found.append(Finding("attendance.twice", params={**who, "day": after.first}))
    if said.appraisal and not stay.ends:
        found.append(Finding("attendance.goes_on", params=who))
    return found


def judge_month(month: date, today: date) -> list[Finding]:
    """A month is confirmed once its last day has come."""
    end = last_of(month)
    return [] if end <= today else [Finding("attendance.not_over", params={"month": f"{month:%Y-%m}", "end": end})]


def not_recorded(said: Iterable[Missed], recorded: Iterable[tuple[date, date]]) -> list[Missed]:
    """The days of absence that no record holds yet, in rows as long as they can be; a record's own days stay as it is.

    So none begins on a day on which a recorded absence begins.
    """
    known = {day for first, last in recorded for day in range(first.toordinal(), last.toordinal() + 1)}
    rows: list[Missed] = []
    for each in sorted(said, key=lambda each: each.first):
        start: int | None = None
        for day in range(each.first.toordinal(), each.last.toordinal() + 2):
            free = day not in known and day <= each.last.toordinal()
            if free and start is None:
                start = day
            elif not free and start is not None:
                rows.append(Missed(date.fromordinal(start), date.fromordinal(day - 1), each.kind))
                start = None
    return rows
