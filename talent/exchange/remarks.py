"""Findings over the rows of one sheet that never stop an import: overlapping terms, several dates of one round,
a sending school other than the post's, days too long."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from talent.core.errors import Finding
from talent.core.work import Work
from talent.people.models import Employment
from talent.training.rules import HoursPolicy, HoursRecord, daily_finding
from talent.workbooks.plan import Ref, SheetPlan
from talent.workbooks.rows import ParsedRow

#: The day on which what a row tells of was over, by kind: nothing of it counts before that day.
DAY_DONE = {"training": "ended_on", "results": "awarded_on", "achievements": "achieved_on",
            "enrolment": "counted_on", "facilities": "counted_on"}


def remarks(work: Work, plan: SheetPlan) -> None:
    """Add the warnings of this kind of sheet, if it has any."""
    if plan.kind_code in DAY_DONE:
        _still_to_come(work, plan, DAY_DONE[plan.kind_code])
    if plan.kind_code == "titles":
        _overlapping_terms(plan)
        _rounds_with_several_dates(plan)
    elif plan.kind_code == "assistance":
        _other_sending_school(work, plan)
    elif plan.kind_code == "training":
        _long_days(work, plan)


def _rows(plan: SheetPlan) -> Iterator[ParsedRow]:
    return (row for row in plan.rows if row.number not in plan.bad_rows and row.values.get("operation") is None)


def _still_to_come(work: Work, plan: SheetPlan, column: str) -> None:
    """Most often the year is mistyped, and nobody sees why the hours do not appear."""
    for row in _rows(plan):
        if row.values[column] > work.today:
            plan.note(Finding("record.in_future", params={"day": row.values[column]}, level="warning"), row, column)


def _overlapping_terms(plan: SheetPlan) -> None:
    terms: dict[tuple[Any, Any], list[ParsedRow]] = defaultdict(list)
    for row in _rows(plan):
        terms[row.values["staff_no"], row.values["tier"]].append(row)
    for rows in terms.values():
        rows.sort(key=lambda row: row.values["term_from"])
        for earlier, later in itertools.pairwise(rows):
            end = earlier.values.get("term_to")
            if end is not None and later.values["term_from"] <= end:
                plan.note(
                    Finding("title.terms_overlap", "规则 1", {"other": earlier.number, "end": end}, "warning"),
                    later,
                    "term_from",
                )


def _rounds_with_several_dates(plan: SheetPlan) -> None:
    dates: dict[tuple[Any, Any], date] = {}
    for row in _rows(plan):
        named = row.values.get("round")
        if not named:
            continue
        first = dates.setdefault((row.values["tier"], named), row.values["recognised_on"])
        if first != row.values["recognised_on"]:
            plan.note(
                Finding("title.round_with_several_dates", "规则 1", {"round": named, "first": first}, "warning"),
                row,
                "recognised_on",
            )


def _other_sending_school(work: Work, plan: SheetPlan) -> None:
    """Compare the sending school with the post's school on the first day, in one query for the sheet."""
    changes = [
        change for change in plan.changes if change.action == "add" and isinstance(change.values["person_id"], Ref)
    ]
    people = {change.values["person_id"].id for change in changes} - {None}
    posts: dict[int, list[tuple[date | None, date | None, int]]] = defaultdict(list)
    query = select(Employment.person_id, Employment.valid_from, Employment.valid_to, Employment.school_id)
    if len(people) < 5_000:
        query = query.where(Employment.person_id.in_(people))
    for person_id, valid_from, valid_to, school_id in work.session.execute(query):
        posts[person_id].append((valid_from, valid_to, school_id))
    rows = {row.number: row for row in plan.rows}
    for change in changes:
        started, sender = change.values["started_on"], change.values["sending_school_id"]
        school = next(
            (
                school_id
                for valid_from, valid_to, school_id in posts.get(change.values["person_id"].id, ())
                if (valid_from is None or valid_from <= started) and (valid_to is None or started < valid_to)
            ),
            None,
        )
        if school is not None and school != sender.id and change.row is not None:
            plan.note(
                Finding("assistance.other_sending_school", "规则 2.7", {"school": sender.name}, "warning"),
                rows[change.row],
                "sending_school_code",
            )


def _long_days(work: Work, plan: SheetPlan) -> None:
    """More hours than days hold, for rows that say when the activity began."""
    policy = HoursPolicy.in_force(work.book, work.today)
    for row in _rows(plan):
        start, end, hours = row.values.get("started_on"), row.values["ended_on"], row.values["hours_hundredths"]
        if start is None or hours <= policy.daily_maximum:
            continue
        finding = daily_finding(HoursRecord(row.values["level"], end, hours, start), policy)
        if finding is not None:
            plan.note(finding, row, "hours_hundredths")
