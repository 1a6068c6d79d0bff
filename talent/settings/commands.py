"""Changing the policy book: one person proposes a dated value with its document, a second one approves or rejects."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.overrides import PolicyOverride
from talent.core.work import Work
from talent.policy.book import BASES, Book, Override
from talent.policy.errors import NotInForce, PolicyError, UnknownKey
from talent.policy.registry import family_of, read_value
from talent.policy.shapes import misfits
from talent.policy.types import dump
from talent.settings.refused import finding_of
from talent.settings.typed import as_typed

#: The person an account belongs to, None for none: accounts live above this room, so the door hands this in.
PersonBehind = Callable[[Session, int | None], int | None]
#: How much of a table is shown as an example.
LONGEST_EXAMPLE = 120


@dataclass(frozen=True, slots=True)
class Draft:
    """A value to propose: ``value`` is JSON as the book's files write it."""

    key: str
    value: Any
    since: date
    basis: str
    document: str
    clause: str = ""
    note: str = ""

    @property
    def override(self) -> Override:
        """The draft as the book lays it over itself."""
        return Override(self.key, self.since, self.value, self.basis,
                        {"document": self.document, "clause": self.clause, "note": self.note})


def propose(work: Work, draft: Draft) -> PolicyOverride:
    """Put a value before a second person. Nothing changes until it is approved.

    Raises ``NotFound`` for a key the book cannot have, ``RuleViolation`` for a value it would not take.
    """
    work.require("policy:propose")
    if draft.key not in work.book and family_of(draft.key) is None:
        raise NotFound("policy", draft.key)
    findings = [*_judge_paper(draft), *judge_value(work.book, draft), *_judge_waiting(work.session, draft)]
    if findings:
        raise RuleViolation(findings)
    row = PolicyOverride(
        key=draft.key, since=draft.since, value=json.dumps(_normal(draft), ensure_ascii=False), basis=draft.basis,
        document=draft.document, clause=draft.clause, note=draft.note, proposed_by=work.actor.user_id,
        proposed_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.record("policy:propose", "policy", draft.key, override=row.id, since=draft.since, value=_normal(draft),
                basis=draft.basis, document=draft.document)
    return row


def approve(work: Work, *, override_id: int, person_behind: PersonBehind) -> None:
    """Put a proposed value in force from its date on: the second person's act."""
    work.require("policy:approve")
    row = _waiting(work, override_id)
    findings = [*_judge_second(work, row, person_behind), *judge_value(work.book, _draft_of(row))]
    if findings:
        raise RuleViolation(findings)
    _close(work, row, state="approved", approved_by=work.actor.user_id, approved_at=work.now)
    work.record("policy:approve", "policy", row.key, override=row.id, since=row.since, value=json.loads(row.value))


def reject(work: Work, *, override_id: int, person_behind: PersonBehind) -> None:
    """Turn a proposed value down: also the second person's act."""
    work.require("policy:approve")
    row = _waiting(work, override_id)
    findings = _judge_second(work, row, person_behind)
    if findings:
        raise RuleViolation(findings)
    _close(work, row, state="rejected")
    work.record("policy:reject", "policy", row.key, override=row.id, since=row.since)


def withdraw(work: Work, *, override_id: int) -> None:
    """Take one's own proposal back before anybody decided."""
    work.require("policy:propose")
    row = _waiting(work, override_id)
    if row.proposed_by != work.actor.user_id:
        raise RuleViolation(Finding("policy.not_yours"))
    _close(work, row, state="rejected")
    work.record("policy:withdraw", "policy", row.key, override=row.id, since=row.since)


def _judge_paper(draft: Draft) -> list[Finding]:
    findings = []
    if draft.basis not in BASES:
        findings.append(Finding("policy.basis_unknown", params={"basis": draft.basis}))
    if not draft.document.strip():
        findings.append(Finding("policy.document_missing"))
    return findings


def judge_value(book: Book, draft: Draft) -> list[Finding]:
    """Whether the book would take the value, whether the program can compute with it, and whether it says anything
    new. A refusal names the entry and shows how its value is written now."""
    label, unit, now = _pattern(book, draft.key)
    told = {"label": label, "example": as_typed(now, unit)[:LONGEST_EXAMPLE]}
    try:
        value = read_value(draft.key, draft.value, file="override", on=draft.since)
        laid = book.overlaid([draft.override]) if draft.basis in BASES and draft.document.strip() else book
    except PolicyError as error:
        return [finding_of(book, error, told)]
    found = [Finding(each.code, params={**told, **each.facts}) for each in misfits(laid, draft.key, unit, value,
                                                                                  draft.since)]
    if not found and _says_nothing(book, draft):
        return [Finding("policy.unchanged", params={"since": draft.since})]
    return found


def _pattern(book: Book, key: str) -> tuple[str, str, Any]:
    """Label, unit and latest value of an entry; of a new member of a family those of its kind."""
    if key in book:
        entry = book.entry(key)
        return entry.label, entry.unit, entry.values[-1].value
    family = family_of(key)
    assert family is not None, key
    latest = [entry for entry in book if entry.key.startswith(family.prefix)][-1]
    return family.label.format(member=key.removeprefix(family.prefix)), family.unit, latest.values[-1].value


def _says_nothing(book: Book, draft: Draft) -> bool:
    try:
        known = book.at(draft.key, draft.since)
    except (UnknownKey, NotInForce):
        return False
    return (dump(known.value) == _normal(draft) and known.basis == draft.basis
            and known.source.document == draft.document)


def _judge_waiting(session: Session, draft: Draft) -> list[Finding]:
    waiting = session.scalar(
        select(PolicyOverride.id)
        .where(PolicyOverride.key == draft.key, PolicyOverride.since == draft.since, PolicyOverride.state == "proposed")
        .limit(1)
    )
    return [Finding("policy.already_proposed", params={"since": draft.since})] if waiting else []


def _judge_second(work: Work, row: PolicyOverride, person_behind: PersonBehind) -> list[Finding]:
    """The second person is a named account of another person than the one who proposed."""
    mine = person_behind(work.session, work.actor.user_id)
    same_person = mine is not None and mine == person_behind(work.session, row.proposed_by)
    if work.actor.user_id is None or work.actor.user_id == row.proposed_by or same_person:
        return [Finding("policy.same_person")]
    return []


def _normal(draft: Draft) -> Any:
    return dump(read_value(draft.key, draft.value, file="override", on=draft.since))


def _draft_of(row: PolicyOverride) -> Draft:
    return Draft(row.key, json.loads(row.value), row.since, row.basis, row.document, row.clause, row.note)


def _waiting(work: Work, override_id: int) -> PolicyOverride:
    row = work.session.get(PolicyOverride, override_id)
    if row is None:
        raise NotFound("policy", override_id)
    if row.state != "proposed":
        raise Conflict("policy")
    return row


def _close(work: Work, row: PolicyOverride, **values: Any) -> None:
    """Compare-and-set: of two people who decide at once the second is told."""
    changed = work.session.execute(
        update(PolicyOverride).where(PolicyOverride.id == row.id, PolicyOverride.state == "proposed")
        .values(**values).execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("policy")
