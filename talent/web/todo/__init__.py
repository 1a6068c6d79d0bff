"""What waits for somebody, from rows only: each source asks one question and answers with the things to do.

Counts, never lists, so that the page costs the same few statements in every district.
"""

from datetime import date

from talent.web.todo import answers, corrections, office, pay, records, titles
from talent.web.todo.things import Look, Source, Thing, grouped

__all__ = ["SOURCES", "Look", "Thing", "grouped", "things"]

SOURCES: tuple[Source, ...] = (
    office.desk, office.decisions, office.grants, office.reveals,
    corrections.waiting, corrections.answered,
    titles.endings,
    pay.findings, pay.uncomputed, pay.answers, pay.turns, pay.periods, pay.splits, pay.unsplit, pay.payouts,
    pay.reopenings, pay.receipts,
    records.appraisals, records.attendance, records.hours, records.certificate, answers.objections,
)


def things(look: Look) -> list[Thing]:
    """Everything that waits for the actor, what is due first in front."""
    found = [thing for source in SOURCES for thing in source(look)]
    return sorted(found, key=lambda thing: (thing.due or date.max, thing.since or date.max))
