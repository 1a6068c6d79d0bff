"""Everything recorded of one person by a day, of whatever kind: what a profile shows and a title is judged by."""

from datetime import date
from typing import Any

from sqlalchemy import select, union_all

from talent.achievements import queries as achievements
from talent.core.work import Work
from talent.people import record, standing
from talent.training import queries as training

#: The kinds a profile lists.
RECORDS = ("training", "contest", "achievement", "mentoring")


def lines_of(work: Work, person_id: int, on: date) -> dict[str, list[Any]]:
    """Everything recorded of the person by ``on``, by kind, newest first; one statement whatever is used of it.

    The caller has checked that the actor may see the person.
    """
    lines = union_all(training.record_lines(person_id, on), *achievements.record_lines(person_id, on),
                      record.appraisal_lines(person_id, on), standing.bar_lines(person_id, on)).subquery("lines")
    found: dict[str, list[Any]] = {kind: [] for kind in (*RECORDS, "appraisal", "conduct")}
    for line in work.session.execute(select(lines).order_by(lines.c.on.desc(), lines.c.id)):
        found[line.kind].append(line)
    return found
