"""What a teacher asks of their own records, and the answer of school and bureau.

A proposal touches no record before it is recognised: then it is written exactly as an entry of the office would be
(:mod:`talent.exchange.entries`), so that images, history and undo are the same, and only then does anything count.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from talent.accounts.queries import person_behind
from talent.core.access import Scope
from talent.core.errors import Conflict, Finding, NotAllowed, NotFound, RuleViolation
from talent.core.work import Work
from talent.exchange import entries, one_row
from talent.exchange.commands import Outcome
from talent.exchange.entries import Entry, Held
from talent.exchange.models import Proposal
from talent.exchange.one_row import Typed, sheet_of, typed
from talent.exchange.proposal_rules import BRINGS_IN, CORRECTS, ENDS_IN, OPEN, Act, Case, Party, held_back, may
from talent.people.models import Person
from talent.workbooks.intake import CHECKED_ONLY, Intake
from talent.workbooks.issues import without_id_numbers
from talent.workbooks.kinds import OPERATION, RECORD_ID

WRITE, READ = "proposal:write", "proposal:read"
VERIFY, DECIDE = "proposal:verify", "proposal:decide"
#: Columns a proposal never says: the record stays its person's.
NOT_SAID = frozenset({"staff_no", CHECKED_ONLY, RECORD_ID.name, OPERATION.name})
#: What is typed is judged as the bureau's own entry would be, since the bureau is who writes it.
BUREAU = Scope(everyone=True)
ANSWER_FIELD = "answer"


# ── the teacher ──────────────────────────────────────────────────────────────────────────────────────────────


def own_person(work: Work) -> int:
    """The person whose records the actor may propose. Raises NotAllowed for who is nobody's."""
    scope, person_id = work.require(WRITE), work.actor.person_id
    if person_id is None or person_id not in scope.persons:
        raise NotAllowed(WRITE)
    return person_id


def own_record(work: Work, kind: str, record_id: int) -> Held:
    """A record of the actor's own of a kind that may be called wrong; NotFound otherwise."""
    if kind not in CORRECTS:
        raise NotFound(kind, record_id)
    held = entries.stored(work, entries.intake_of(kind), record_id)
    if held.person_id != own_person(work):
        raise NotFound(kind, record_id)
    return held


def propose_new(work: Work, kind: str, values: Typed, reason: str) -> int:
    """Ask for a record to be added; the number of the proposal. RuleViolation names the fields, as an entry would."""
    if kind not in BRINGS_IN:
        raise NotFound("kind", kind)
    person_id, intake = own_person(work), entries.intake_of(kind)
    staff_no = work.session.scalars(select(Person.staff_no).where(Person.id == person_id)).one()
    said = {**said_of(values), "staff_no": staff_no}
    _by_staff_number(intake, said)
    reason = judged(reason, lambda: _over(intake, entries.plan_add(work, intake, said, BUREAU)))
    return put(work, row_of(work, person_id, kind, "add", reason, normal(intake, said)))


def propose_correction(work: Work, kind: str, record_id: int, version: int, values: Typed, reason: str) -> int:
    """Ask for columns of an own record to say something else. Conflict when it changed after ``version`` was read."""
    intake, now = entries.intake_of(kind), _as_read(work, kind, record_id, version)
    said = said_of(values)
    _by_staff_number(intake, said)
    reason = judged(reason, lambda: _over(intake, entries.plan_correct(work, intake, now, said, BUREAU)))
    kept = normal(intake, {**now.values, **said})
    changed = {name for name, value in kept.items() if value != now.values[name]}
    together = set(entries.TOGETHER.get(kind, ()))
    changed |= together if changed & together else set()
    cells = {name: value for name, value in kept.items() if name in changed}
    return put(work, row_of(work, own_person(work), kind, "correct", reason, cells, now))


def propose_withdrawal(work: Work, kind: str, record_id: int, version: int, reason: str) -> int:
    """Ask for an own record to be taken off. Conflict when it changed after ``version`` was read."""
    now = _as_read(work, kind, record_id, version)
    return put(work, row_of(work, own_person(work), kind, "withdraw", entries.reason_of(reason), {}, now))


def withdraw(work: Work, proposal_id: int, version: int) -> None:
    """The teacher's second thought, before the school has spoken."""
    own = own_person(work)
    row = found(work, proposal_id, Scope(persons=frozenset({own})))
    judge_edge(work, row, "teacher", "withdraw")
    move(work, row, version, "withdraw", decided_by=work.actor.user_id, decided_at=work.now)
    work.record("proposal:withdraw", "proposal", proposal_id, kind=row.kind, record=row.record_id)


def _as_read(work: Work, kind: str, record_id: int, version: int) -> Held:
    now = own_record(work, kind, record_id)
    if now.version != version:
        raise Conflict("record.changed", kind=kind, record_id=record_id)
    return now


def _by_staff_number(intake: Intake, said: Typed) -> None:
    """An ID number names nobody here: what is proposed is kept in clear, and would tell whose number it is."""
    for name, (_attribute, what) in intake.references.items():
        written = str(said.get(name) or "")
        if what == "person" and without_id_numbers(written) != written:
            raise RuleViolation(Finding("proposal.id_number", params={"field": name}))


def judged(reason: str, plan: Callable[[], object]) -> str:
    """The reason as it is kept. RuleViolation with all that stands against it and against the plan at once."""
    findings: list[Finding] = []
    for check in (plan, lambda: entries.reason_of(reason)):
        try:
            check()
        except RuleViolation as violation:
            findings += violation.findings
    if findings:
        raise RuleViolation(findings)
    return reason.strip()


def _over(intake: Intake, outcome: Outcome) -> None:
    """What is asked for is over: the bureau may enter it ahead, nobody can vouch for it before."""
    coming = [issue for issue in outcome.issues if issue.code == "record.in_future"]
    if coming:
        raise RuleViolation(one_row.at_fields(intake.kind, coming))


def said_of(values: Typed) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in NOT_SAID}


def normal(intake: Intake, values: Typed) -> dict[str, str]:
    """What a row that was judged says, as the record would hold it: ７.5 as 7.5, a code by its word."""
    parsed = sheet_of(intake.kind, values).rows[0].values
    return {name: typed(intake.kind.column(name), parsed.get(name)) for name in values if name not in NOT_SAID}


def row_of(
    work: Work, person_id: int, kind: str, action: str, reason: str, cells: Mapping[str, str], now: Held | None = None
) -> Proposal:
    """The proposal with its last days, as the policy has them today."""
    days = {name: work.book.at(f"privacy.{name}", work.today).value
            for name in ("correction_days", "correction_school_days")}
    return Proposal(
        person_id=person_id, kind=kind, action=action, reason=reason, cells=_json(cells),
        record_id=now.record_id if now else None, record_version=now.version if now else None,
        seen=_json(now.values if now else {}), state="submitted", proposed_by=work.actor.user_id,
        proposed_on=work.today, proposed_at=work.now,
        school_due_on=work.today + timedelta(days=days["correction_school_days"]),
        due_on=work.today + timedelta(days=days["correction_days"]))


def _json(values: Mapping[str, str]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def put(work: Work, row: Proposal, action: str = "proposal:submit") -> int:
    """Write the proposal and that it was made, unless the same record, or the same new one, is asked for already."""
    # One person's proposals wait for each other: of two clicks at once on a new one, no constraint stops the second.
    work.session.scalar(select(Person.id).where(Person.id == row.person_id).with_for_update())
    same = Proposal.record_id == row.record_id if row.record_id is not None else (
        (Proposal.person_id == row.person_id) & (Proposal.action == "add") & (Proposal.cells == row.cells))
    known = work.session.scalar(
        select(Proposal.id).where(Proposal.kind == row.kind, Proposal.state.in_(OPEN), same).limit(1))
    if known is not None:
        raise RuleViolation(Finding("proposal.asked_already", params={"number": known}))
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError as error:  # a second click came in between
        raise RuleViolation(Finding("proposal.asked_already", params={"number": "—"})) from error
    work.record(action, "proposal", row.id, kind=row.kind, asks=row.asks or row.action, record=row.record_id,
                reason=row.reason)
    return row.id


# ── the school and the bureau ────────────────────────────────────────────────────────────────────────────────


def verify(work: Work, proposal_id: int, version: int, note: str = "") -> None:
    """The school's word that what is proposed is so. It is the school the person is at today."""
    row = found(work, proposal_id, work.require(VERIFY))
    judge_edge(work, row, "school", "verify")
    said = answer_of(note)
    move(work, row, version, "verify", verified_by=work.actor.user_id, verified_at=work.now, note=said)
    work.record("proposal:verify", "proposal", proposal_id, kind=row.kind, record=row.record_id, note=said)


def return_(work: Work, proposal_id: int, version: int, answer: str) -> None:
    """A no with its reason, of the school or of the bureau."""
    party: Party = "bureau" if work.actor.may(DECIDE) else "school"
    row = found(work, proposal_id, work.require(DECIDE if party == "bureau" else VERIFY))
    judge_edge(work, row, party, "return")
    said = answer_of(answer)
    if not said:
        raise RuleViolation(Finding("proposal.no_answer", params={"field": ANSWER_FIELD}))
    move(work, row, version, "return", decided_by=work.actor.user_id, decided_at=work.now, answer=said)
    work.record("proposal:return", "proposal", proposal_id, kind=row.kind, record=row.record_id, by=party, answer=said)


def recognise(work: Work, proposal_id: int, version: int, seen: int | None = None, answer: str = "") -> Entry:
    """The bureau's yes: the record is written, with the teacher's reason.

    ``seen`` is the version of the record the decider looked at; without one, the one the teacher saw. Conflict
    ``proposal.stale`` when the record is another by now: ``changed`` then holds what it said, says, and would say.
    """
    row = found(work, proposal_id, work.require(DECIDE), lock=True)
    judge_edge(work, row, "bureau", "recognise")
    said = answer_of(answer)
    entry = _write(work, row, seen)
    move(work, row, version, "recognise", decided_by=work.actor.user_id, decided_at=work.now, answer=said,
          record_id=entry.record_id, entry_id=entry.batch_id)
    work.record("proposal:recognise", "proposal", proposal_id, kind=row.kind, record=entry.record_id,
                batch=entry.batch_id, answer=said)
    return entry


def _write(work: Work, row: Proposal, seen: int | None) -> Entry:
    cells: dict[str, str] = json.loads(row.cells)
    if row.record_id is None:
        staff_no = work.session.scalars(select(Person.staff_no).where(Person.id == row.person_id)).one()
        return entries.add(work, row.kind, {**cells, "staff_no": staff_no}, row.reason)
    version = seen if seen is not None else row.record_version or 0
    try:
        if row.action == "withdraw":
            return entries.withdraw(work, row.kind, row.record_id, version, row.reason)
        return entries.correct(work, row.kind, row.record_id, version, cells, row.reason)
    except NotFound as missing:
        raise RuleViolation(Finding("proposal.record_gone")) from missing
    except Conflict as conflict:
        if conflict.what != "record.changed":
            raise
        raise Conflict("proposal.stale", changed=changed_since(work, row)) from conflict


def changed_since(work: Work, row: Proposal) -> dict[str, tuple[str, str, str]]:
    """Column → what the record said when it was proposed, says now, and would say; only what moved meanwhile."""
    if row.record_id is None:
        return {}
    now = entries.stored(work, entries.intake_of(row.kind), row.record_id).values
    seen, cells = json.loads(row.seen), json.loads(row.cells)
    return {name: (seen[name], now[name], cells.get(name, now[name])) for name in now
            if name in seen and seen[name] != now[name]}


# ── find, judge, move ────────────────────────────────────────────────────────────────────────────────────────


def found(
    work: Work, proposal_id: int, scope: Scope, *, lock: bool = False, nominated: bool = False
) -> Proposal:
    """The proposal of somebody the scope reaches today, or (``nominated``) of their school; NotFound otherwise."""
    row = work.session.get(Proposal, proposal_id, with_for_update=lock or None, populate_existing=lock)
    if row is None or bool(row.asks) != nominated or not (
            row.person_id in scope.persons or entries.reaches(work, scope, row.person_id)):
        raise NotFound("proposal", proposal_id)
    return row


def case_of(work: Work, row: Proposal) -> Case:
    """What the rules know of it today."""
    return Case(row.state, row.school_due_on, row.due_on, entries.has_school(work, row.person_id), bool(row.asks))


def judge_edge(work: Work, row: Proposal, party: Party, act: Act) -> None:
    if act != "withdraw" and is_oneself(work, row):
        raise RuleViolation(Finding("proposal.own"))
    if not may(party, act, row.state, nominated=bool(row.asks)):
        raise Conflict("proposal", proposal_state=row.state)
    finding = held_back(party, act, case_of(work, row), work.today)
    if finding is not None:
        raise RuleViolation(finding)


def is_oneself(work: Work, row: Proposal) -> bool:
    """Whether the actor is the person of the proposal, or made it, by whichever account: they never decide it."""
    actor = work.actor
    mine = {grant.person_id for grant in actor.grants} | {person_behind(work.session, actor.user_id)}
    proposer = person_behind(work.session, row.proposed_by)
    return (row.person_id in mine or (proposer is not None and proposer in mine)
            or (actor.user_id is not None and actor.user_id == row.proposed_by))


def answer_of(text: str) -> str:
    said = text.strip()
    if len(said) > entries.LONGEST_REASON:
        raise RuleViolation(
            Finding("entry.reason_too_long", params={"most": entries.LONGEST_REASON, "field": ANSWER_FIELD}))
    return said


def move(work: Work, row: Proposal, version: int, act: Act, **values: Any) -> None:
    """Compare-and-set: of two who decide at once, the second is told."""
    moved = work.session.execute(
        update(Proposal).where(Proposal.id == row.id, Proposal.version == version, Proposal.state == row.state)
        .values(state=ENDS_IN[act], version=version + 1, **values).execution_options(synchronize_session=False))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("proposal", proposal_state=row.state)
