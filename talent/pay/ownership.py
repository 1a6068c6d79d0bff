"""Whose day is it: every day of a person belongs to one assignment, through it to one school (rules §2.7).

The owner of a day is the covering assignment that sorts first by (start, sending school, host).  Because
that order begins with the start, all assignments before a given one have begun by then, so what is left for
it is the part after the furthest end so far: one pass over sorted intervals, never a loop over days.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple

from talent.pay.facts import Assignment, Schools

Problem = Literal["", "school_unknown", "school_closed", "merger_cycle"]


class Stretch(NamedTuple):
    """Days in a row with one owner, as proleptic ordinals ``[start, end)``."""

    start: int
    end: int
    school_code: str
    assignment: Assignment
    problem: Problem


class Step(NamedTuple):
    """From the day with ordinal ``start`` on, a school's lines stand under ``school_code``."""

    start: int
    school_code: str
    problem: Problem


def sort_key(assignment: Assignment) -> tuple[date, str, str, date, str, str]:
    """The rule's order, and below it the rest of the record, so that shuffled rows change nothing."""
    return (
        assignment.start,
        assignment.sending_code,
        assignment.host,
        assignment.end or date.max,
        assignment.appraisal or "",
        assignment.post_school_code or "",
    )


class Succession:
    """Which school takes the lines of a sending school, day by day through one accrual year."""

    def __init__(self, schools: Schools, year: int) -> None:
        self.schools = schools
        self.first_day = date(year, 1, 1)
        self.last_day = date(year, 12, 31)
        self.days = range(self.first_day.toordinal(), self.last_day.toordinal() + 1)
        self._steps: dict[str, tuple[Step, ...]] = {}

    def heir(self, code: str, on: date) -> tuple[str, Problem]:
        """The school that a sending school's lines of a day go to, through a chain of mergers.

        A chain that bites its tail leaves the lines where they were; one that ends in a closed or unknown
        school stops at the last school known.  Both are named as a problem.
        """
        seen = [code]
        while True:
            school = self.schools.get(seen[-1])
            if school is None:
                return seen[-1], "school_unknown"
            if school.closed_on is None or on < school.closed_on:
                return seen[-1], ""
            if school.merged_into is None:
                return seen[-1], "school_closed"
            if school.merged_into in seen:
                return code, "merger_cycle"
            if school.merged_into not in self.schools:
                return seen[-1], "school_unknown"
            seen.append(school.merged_into)

    def heirs(self, code: str) -> frozenset[str]:
        """The school itself and every school its lines go to within the year."""
        return frozenset(step.school_code for step in self.steps(code)) | {code}

    def steps(self, code: str) -> tuple[Step, ...]:
        """The changes of heir within the year, the first on its first day."""
        if code not in self._steps:
            self._steps[code] = self._find_steps(code)
        return self._steps[code]

    def _find_steps(self, code: str) -> tuple[Step, ...]:
        steps: list[Step] = []
        for day in self._turning_days(code):
            heir, problem = self.heir(code, day)
            if not steps or (heir, problem) != steps[-1][1:]:
                steps.append(Step(day.toordinal(), heir, problem))
        return tuple(steps)

    def _turning_days(self, code: str) -> list[date]:
        """The year's first day and each later day in it on which a school of the chain closes."""
        days, seen, at = {self.first_day}, set[str](), code
        while at in self.schools and at not in seen:
            seen.add(at)
            school = self.schools[at]
            if school.closed_on is not None and self.first_day < school.closed_on <= self.last_day:
                days.add(school.closed_on)
            at = school.merged_into or ""
        return sorted(days)

    def cut(self, assignment: Assignment, start: int, end: int) -> list[Stretch]:
        """The owned days ``[start, end)`` of an assignment, cut where its lines change schools."""
        steps = self.steps(assignment.sending_code)
        if len(steps) == 1:
            return [Stretch(start, end, steps[0].school_code, assignment, steps[0].problem)]
        ends = [*(step.start for step in steps[1:]), end]
        return [
            Stretch(max(start, step.start), min(end, after), step.school_code, assignment, step.problem)
            for step, after in zip(steps, ends, strict=True)
            if start < after and step.start < end
        ]


def own_days(assignments: Iterable[Assignment], succession: Succession) -> list[Stretch]:
    """The days of the year that some assignment owns, in day order, no day twice.

    ``assignments`` are one person's in the order of :func:`sort_key`, without those that own no day.
    """
    reach, close = succession.days.start, succession.days.stop
    stretches: list[Stretch] = []
    for assignment in assignments:
        start = max(assignment.start.toordinal(), reach)
        end = close if assignment.end is None else min(assignment.end.toordinal() + 1, close)
        if start < end:
            stretches.extend(succession.cut(assignment, start, end))
            reach = end
    return stretches
