"""A school names one of its people for 帮扶支教, or asks for another host or end; the bureau decides under a document.

A nomination is a proposal (:mod:`talent.exchange.proposals`) that has its school's word from the start. Approved, it is
written as an entry of the office would be, so that images, history and undo are the same.
"""

import json
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from talent.assistance.models import Assignment
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.work import Work
from talent.exchange import entries
from talent.exchange.entries import Entry, Held
from talent.exchange.models import Proposal
from talent.exchange.nomination_rules import Spell, day_before, judge_move
from talent.exchange.one_row import Typed
from talent.exchange.proposals import (
    ANSWER_FIELD,
    BUREAU,
    DECIDE,
    answer_of,
    changed_since,
    found,
    judge_edge,
    judged,
    move,
    normal,
    put,
    row_of,
    said_of,
)
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on
from talent.people.schools import spoken_for
from talent.workbooks.intake import Intake

NOMINATE = "assignment:nominate"
KIND = "assistance"
DOCUMENT_FIELD = "document_no"
LONGEST_DOCUMENT = 80


# ── the school ───────────────────────────────────────────────────────────────────────────────────────────────


def nominate(work: Work, values: Typed, reason: str) -> int:
    """Name a person of the school for a spell; the number of the proposal. RuleViolation names the fields."""
    intake, written = entries.intake_of(KIND), str(values.get("staff_no") or "").strip()
    found_one = _own_person(work, written)
    if found_one is None:  # then all else that is missing is told beside it
        judged(reason, lambda: _nobody(intake, written, values))
    assert found_one is not None
    person_id, staff_no, code = found_one
    said = {**said_of(values), "staff_no": staff_no, "sending_school_code": code}
    reason = judged(reason, lambda: entries.plan_add(work, intake, said, BUREAU))
    return _submit(work, row_of(work, person_id, KIND, "add", reason, normal(intake, said)), "nominate")


def propose_end(work: Work, record_id: int, version: int, ended_on: date | None, reason: str) -> int:
    """Ask for another last day: back early, or longer. Conflict when the record changed after ``version``."""
    intake, now = entries.intake_of(KIND), _as_read(work, record_id, version)
    said = {"ended_on": ended_on}
    reason = judged(reason, lambda: entries.plan_correct(work, intake, now, said, BUREAU))
    return _change(work, now, "end", reason, {"ended_on": ended_on.isoformat() if ended_on else ""})


def propose_move(work: Work, record_id: int, version: int, values: Typed, reason: str) -> int:
    """Ask for another host from a day on. Conflict when the record changed after ``version``."""
    intake, now = entries.intake_of(KIND), _as_read(work, record_id, version)
    on, host = values.get("started_on"), str(values.get("host") or "").strip()
    findings = judge_move(spell_of(now.values), host, on if isinstance(on, date) else None)
    if findings:
        raise RuleViolation(findings)
    assert isinstance(on, date)
    ends, follows = _both(now.values, {**said_of(values), "started_on": on.isoformat()})
    staff_no = _staff_no(work, now.person_id)
    reason = judged(reason, lambda: entries.plan_succeed(
        work, intake, now, ends, {**follows, "staff_no": staff_no}, BUREAU))
    cells = normal(intake, {**follows, "staff_no": staff_no})
    return _change(work, now, "move", reason, {name: cells[name] for name in MOVED})


#: What the spell at the new host says of its own; the rest goes on.
MOVED = ("host", "kind", "started_on", "ended_on")


def withdraw(work: Work, proposal_id: int, version: int) -> None:
    """The school's second thought, before the bureau has answered."""
    row = found(work, proposal_id, work.require(NOMINATE), nominated=True)
    judge_edge(work, row, "school", "withdraw")
    move(work, row, version, "withdraw", decided_by=work.actor.user_id, decided_at=work.now)
    work.record("nomination:withdraw", "proposal", proposal_id, asks=row.asks, record=row.record_id)


def own_assignment(work: Work, record_id: int) -> Held:
    """An assignment sent by one of the actor's schools, of somebody who is there today; NotFound otherwise. What went
    into a school by a merger sends by it."""
    scope = spoken_for(work, work.require(NOMINATE))
    held = entries.stored(work, entries.intake_of(KIND), record_id)
    sent = select(Assignment.id).where(Assignment.id == record_id, Assignment.sending_school_id.in_(scope.schools))
    if not entries.reaches(work, scope, held.person_id) or work.session.scalar(sent) is None:
        raise NotFound(KIND, record_id)
    return held


def spell_of(values: Mapping[str, str]) -> Spell:
    """The days a record holds, as it would be typed."""
    end = values.get("ended_on", "")
    return Spell(values["host"], date.fromisoformat(values["started_on"]), date.fromisoformat(end) if end else None)


def _own_person(work: Work, staff_no: str) -> tuple[int, str, str] | None:
    """(person, staff number, school's code) of who is in service at a school of the actor's today."""
    scope = work.require(NOMINATE)
    row = work.session.execute(
        select(Person.id, Person.staff_no, School.code)
        .join(Employment, Employment.person_id == Person.id).join(School, School.id == Employment.school_id)
        .where(Person.staff_no == staff_no, School.id.in_(scope.schools), in_service_on(work.today))).first()
    return None if row is None else (row[0], row[1], row[2])


def _nobody(intake: Intake, staff_no: str, values: Typed) -> None:
    """Refuse a nomination of nobody of the school's, with what is left blank in it."""
    code = "nomination.not_yours" if staff_no else "workbooks.required"
    blank = [column.name for column in intake.kind.required
             if column.name not in ("staff_no", "sending_school_code") and values.get(column.name) in (None, "")]
    raise RuleViolation([Finding(code, params={"staff_no": staff_no, "field": "staff_no"}),
                         *(Finding("workbooks.required", params={"field": name}) for name in blank)])


def _staff_no(work: Work, person_id: int | None) -> str:
    return work.session.scalars(select(Person.staff_no).where(Person.id == person_id)).one()


def _as_read(work: Work, record_id: int, version: int) -> Held:
    now = own_assignment(work, record_id)
    if now.version != version:
        raise Conflict("record.changed", kind=KIND, record_id=record_id)
    return now


def _both(now: Mapping[str, str], moved: Typed) -> tuple[Typed, Typed]:
    """What the spell so far would say, and the one that follows: another host under the same sending school."""
    on = date.fromisoformat(str(moved["started_on"]))
    follows = {"kind": now["kind"], "ended_on": now["ended_on"], **moved,
               "sending_school_code": now["sending_school_code"]}
    return {"ended_on": day_before(on).isoformat()}, follows


def _change(work: Work, now: Held, asks: str, reason: str, cells: Mapping[str, str]) -> int:
    assert now.person_id is not None
    return _submit(work, row_of(work, now.person_id, KIND, "correct", reason, cells, now), asks)


def _submit(work: Work, row: Proposal, asks: str) -> int:
    """The bureau's turn; the answer is wanted before the day it is about."""
    cells, seen = json.loads(row.cells), json.loads(row.seen)
    about = cells.get("started_on") or cells.get("ended_on") or seen.get("ended_on") or work.today.isoformat()
    row.asks, row.state = asks, "verified"
    row.verified_by, row.verified_at = row.proposed_by, row.proposed_at
    row.school_due_on = row.due_on = max(work.today, date.fromisoformat(about))
    return put(work, row, "nomination:submit")


# ── the bureau ───────────────────────────────────────────────────────────────────────────────────────────────


def return_(work: Work, proposal_id: int, version: int, answer: str) -> None:
    """A no with its reason."""
    row = found(work, proposal_id, work.require(DECIDE), nominated=True)
    judge_edge(work, row, "bureau", "return")
    said = answer_of(answer)
    if not said:
        raise RuleViolation(Finding("nomination.no_answer", params={"field": ANSWER_FIELD}))
    move(work, row, version, "return", decided_by=work.actor.user_id, decided_at=work.now, answer=said)
    work.record("nomination:return", "proposal", proposal_id, asks=row.asks, record=row.record_id, answer=said)


def approve(
    work: Work, proposal_id: int, version: int, document_no: str, seen: int | None = None, answer: str = ""
) -> Entry:
    """The bureau's yes under the number of its document: the record is written.

    ``seen`` is the version of the record the decider looked at. Conflict ``proposal.stale`` when it is another by now.
    """
    row = found(work, proposal_id, work.require(DECIDE), nominated=True, lock=True)
    judge_edge(work, row, "bureau", "recognise")
    document, said = _document(document_no), answer_of(answer)
    entry = _write(work, row, document, seen)
    move(work, row, version, "recognise", decided_by=work.actor.user_id, decided_at=work.now, answer=said,
         document_no=document, record_id=row.record_id or entry.record_id, entry_id=entry.batch_id)
    work.record("nomination:approve", "proposal", proposal_id, asks=row.asks, record=entry.record_id,
                batch=entry.batch_id, document=document, answer=said)
    return entry


def _document(typed: str) -> str:
    document = typed.strip()
    if not document or len(document) > LONGEST_DOCUMENT:
        raise RuleViolation(Finding("nomination.no_document", params={
            "most": LONGEST_DOCUMENT, "field": DOCUMENT_FIELD}))
    return document


def _write(work: Work, row: Proposal, document: str, seen: int | None) -> Entry:
    """The record, with the school's reason. A new spell carries the document; of another end it stands in the reason,
    since the record keeps the document it began with."""
    cells: dict[str, str] = json.loads(row.cells)
    staff_no = _staff_no(work, row.person_id)
    if row.record_id is None:
        return entries.add(work, KIND, {**cells, "staff_no": staff_no, "document_no": document}, row.reason)
    version = seen if seen is not None else row.record_version or 0
    try:
        if row.asks == "end":
            reason = f"{document} {row.reason}"[:entries.LONGEST_REASON]
            return entries.correct(work, KIND, row.record_id, version, cells, reason)
        now = entries.stored(work, entries.intake_of(KIND), row.record_id, lock=True)
        ends, follows = _both(now.values, cells)
        follows = {**follows, "staff_no": staff_no, "document_no": document}
        return entries.succeed(work, KIND, row.record_id, version, ends, follows, row.reason)
    except NotFound as missing:
        raise RuleViolation(Finding("nomination.record_gone")) from missing
    except Conflict as conflict:
        if conflict.what != "record.changed":
            raise
        raise Conflict("proposal.stale", changed=changed_since(work, row)) from conflict
