"""One number of one person, whole, to whoever may see it and says why: the only way to a number on a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from talent.core.audit import AuditEvent
from talent.core.errors import Finding, NotFound, RuleViolation
from talent.core.terms import REVEAL_REASON, words_of
from talent.core.work import Work
from talent.people.models import Person
from talent.people.numbers import place_of

REVEAL = "person:reveal"
ALARM = "person:reveal_alarm"
HOUR = timedelta(hours=1)
#: Why a number may be needed: code → word, kept in the audit as the word.
REASONS: Mapping[str, str] = words_of(REVEAL_REASON)
LEAST_WORDS, MOST_WORDS = 4, 200


@dataclass(frozen=True, slots=True)
class Number:
    """A kind of number: its three columns on the person."""

    sealed: Any
    masked: Any


NUMBERS: Mapping[str, Number] = {
    "id_number": Number(Person.id_number_sealed, Person.id_number_masked),
    "phone": Number(Person.phone_sealed, Person.phone_masked),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose number is asked for, and what stands in its place until then."""

    person_id: int
    name: str
    staff_no: str
    masked: str


def asked(work: Work, person_id: int, field: str) -> Asked:
    """The person and the mask of the number; NotFound where there is none."""
    work.require(REVEAL)
    row = _row(work, person_id, field)
    return Asked(row.id, row.name, row.staff_no, row.masked)


def reveal(work: Work, *, person_id: int, field: str, reason: str, words: str) -> str:
    """The whole number, with one audit entry for it; the one too many within an hour leaves a second entry.

    Raises ``RuleViolation`` without a reason, or where "other" is not explained.
    """
    work.require(REVEAL)
    row = _row(work, person_id, field)
    findings = list(_missing(reason, words))
    if findings:
        raise RuleViolation(findings)
    said = "：".join(part for part in (REASONS[reason], words) if part)
    work.record(REVEAL, "person", person_id, field=field, reason=said)
    limit, before = work.book.at("privacy.reveals_an_hour", work.today).value, _within_the_hour(work, REVEAL)
    if before >= limit and not _within_the_hour(work, ALARM):
        work.record(ALARM, "user", work.actor.name, count=before + 1, limit=limit)
    return work.vault.open(row.sealed, place_of(row.uid, field))


def _row(work: Work, person_id: int, field: str) -> Any:
    number = NUMBERS.get(field)
    row = None if number is None else work.session.execute(
        select(Person.id, Person.uid, Person.name, Person.staff_no, number.sealed.label("sealed"),
               number.masked.label("masked")).where(Person.id == person_id)).one_or_none()
    if row is None or row.sealed is None:
        raise NotFound("person", person_id)
    return row


def _missing(reason: str, words: str) -> list[Finding]:
    found = []
    if reason not in REASONS:
        found.append(Finding("reveal.no_reason", params={"field": "reason"}))
    if reason == "other" and len(words) < LEAST_WORDS:
        found.append(Finding("reveal.no_words", params={"field": "words", "least": LEAST_WORDS}))
    if len(words) > MOST_WORDS:
        found.append(Finding("reveal.too_long", params={"field": "words", "most": MOST_WORDS}))
    return found


def _within_the_hour(work: Work, action: str) -> int:
    """How often the actor did this within the last hour."""
    return work.session.scalar(
        select(func.count()).select_from(AuditEvent)
        .where(AuditEvent.action == action, AuditEvent.user_id == work.actor.user_id,
               AuditEvent.at > work.now - HOUR)) or 0


def alarms_since(work: Work, moment: Any) -> tuple[int, Any]:
    """How many alarms there were since a moment, and the first."""
    count, first = work.session.execute(
        select(func.count(), func.min(AuditEvent.at)).where(AuditEvent.action == ALARM, AuditEvent.at >= moment)).one()
    return count, first
