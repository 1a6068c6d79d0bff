"""What a split needs before it is submitted, and who may not do it, as rules (rules §2.10).

Pure. Whoever set the sums is judged by person, as along the chain: an account of the same person is no second person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from talent.core.errors import Finding
from talent.core.workdays import WorkCalendar
from talent.pay.chain import Hand

CLAUSE: Final = "rules §2.10"


@dataclass(frozen=True, slots=True)
class Ready:
    """How far a split is. ``standing_fen`` is what the ledger says today, ``minority`` the finding "mainly"."""

    allotment_fen: int
    standing_fen: int
    awarded_fen: int
    notice_to: date | None
    today: date
    minority: Sequence[Finding] = ()
    reason: str = ""


def missing(ready: Ready) -> list[Finding]:
    """What stands between a split and its submission."""
    found = []
    if ready.standing_fen != ready.allotment_fen:
        found.append(Finding("pay.award_stale", CLAUSE, {"allotment_fen": ready.allotment_fen,
                                                         "standing_fen": ready.standing_fen}))
    left = ready.allotment_fen - ready.awarded_fen
    if left:
        code = "pay.award_left" if left > 0 else "pay.award_too_much"
        found.append(Finding(code, CLAUSE, {"left_fen": abs(left), "allotment_fen": ready.allotment_fen,
                                            "awarded_fen": ready.awarded_fen}))
    if ready.notice_to is None:
        found.append(Finding("pay.award_notice_missing", CLAUSE))
    elif ready.notice_to >= ready.today:
        found.append(Finding("pay.award_notice_running", CLAUSE, {"notice_to": ready.notice_to}))
    return found


def before_submission(ready: Ready) -> list[Finding]:
    """The same, and a reason where less than the policy's share goes to those who served."""
    found = missing(ready)
    if ready.minority and not ready.reason.strip():
        found += [*ready.minority, Finding("pay.award_reason_missing", CLAUSE, {"field": "reason"})]
    return found


def barred(submitter: Hand, drawer: Hand, people: frozenset[int]) -> list[Finding]:
    """Why this person may not submit: they set the sums, or are given one of them."""
    found = []
    if submitter.is_same(drawer):
        found.append(Finding("pay.award_same_person", CLAUSE, {"name": drawer.name}))
    if submitter.person_id in people:
        found.append(Finding("pay.award_own", CLAUSE, {"name": submitter.name}))
    return found


def notice_wrong(start: date, end: date, days: int, calendar: WorkCalendar, today: date) -> list[Finding]:
    """A notice that begins in the future, or does not run its working days; the first day is not counted."""
    if start > today:
        return [Finding("pay.award_notice_future", CLAUSE, {"notice_from": start, "field": "start"})]
    earliest = calendar.notice_end(start, days)
    if end >= earliest:
        return []
    return [Finding("pay.award_notice_short", CLAUSE, {"days": days, "earliest": earliest, "field": "end"})]
