"""One record added, corrected or withdrawn on a page.

It is planned, judged and written exactly like a row of a workbook (:mod:`talent.exchange.one_row`), under a batch of
its own that keeps the reason, so that it can be undone like any import and no rule stands twice.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.exc import IntegrityError

from talent.core.access import Scope
from talent.core.batches import ImportBatch
from talent.core.errors import Conflict, Finding, NotAllowed, NotFound, RuleViolation
from talent.core.work import Work
from talent.exchange.commands import Outcome, carry_out, new_batch, plan_within
from talent.exchange.export import record_of
from talent.exchange.kinds import BY_CODE
from talent.exchange.one_row import Typed, all_required, at_fields, sheet_of, typed
from talent.exchange.reading import Reading
from talent.people.models import Employment
from talent.people.queries import current_on
from talent.tiers.intake import STATE_COLUMNS
from talent.tiers.models import TitleState
from talent.workbooks.intake import Intake
from talent.workbooks.kinds import OPERATION, RECORD_ID

WRITE = "record:write"
#: The field of a form that holds the reason; columns of some kinds are called ``reason`` themselves.
REASON_FIELD = "why"
LONGEST_REASON = 500
#: Rows beside the record that are part of what it says; their versions count as the record's.
PARTS: dict[str, tuple[Any, Any]] = {
    "titles": (TitleState.version, TitleState.title_id),
    "teachers": (Employment.version, Employment.person_id),
}
#: Columns that are given together or not at all: a state without its own day would take the day of the one before.
TOGETHER: dict[str, tuple[str, ...]] = {"titles": STATE_COLUMNS}


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written: the batch it can be undone by, the record, and what was noticed without stopping it."""

    batch_id: int
    record_id: int
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A record as it stands: what each column holds as one would type it, and the version that says so.

    ``state`` is that of a record teachers bring in themselves, "" for other kinds.
    """

    record_id: int
    version: int
    values: dict[str, str]
    person_id: int | None
    state: str = ""


# -- who may -----------------------------------------------------------------------------------------------------


def intake_of(kind: str) -> Intake:
    """The kind called so, or NotFound."""
    if kind not in BY_CODE:
        raise NotFound("kind", kind)
    return BY_CODE[kind]


def may_write(work: Work, kind: str) -> bool:
    """Whether the actor may enter records of this kind for anybody at all."""
    scope = work.actor.scope(WRITE)
    return scope.everyone or (bool(scope) and intake_of(kind).school_may_load)


def _permit(work: Work, intake: Intake) -> Scope:
    if not may_write(work, intake.kind.code):
        raise NotAllowed(WRITE)
    return work.require(WRITE)


def reaches(work: Work, scope: Scope, person_id: int | None) -> bool:
    """Whether the scope holds the person today; records of no person are the bureau's."""
    if scope.everyone or person_id is None:
        return scope.everyone
    found = select(Employment.id).where(
        Employment.person_id == person_id, Employment.school_id.in_(scope.schools), current_on(Employment, work.today)
    )
    return work.session.scalar(found.limit(1)) is not None


def has_school(work: Work, person_id: int) -> bool:
    """Whether the person is at any school today."""
    found = select(Employment.id).where(Employment.person_id == person_id, current_on(Employment, work.today))
    return work.session.scalar(found.limit(1)) is not None


# -- find --------------------------------------------------------------------------------------------------------


def held(work: Work, kind: str, record_id: int, *, lock: bool = False) -> Held:
    """The record for who may write it; NotFound when there is none, or none within reach."""
    intake = intake_of(kind)
    scope = _permit(work, intake)
    found = stored(work, intake, record_id, lock=lock)
    if not reaches(work, scope, found.person_id):
        raise NotFound(kind, record_id)
    return found


def stored(work: Work, intake: Intake, record_id: int, *, lock: bool = False) -> Held:
    """The record whoever asks; NotFound when there is none. ``lock`` keeps it for this transaction."""
    table, kind = intake.table, intake.kind
    person = table.c.person_id if "person_id" in table.columns else (table.c.id if kind.code == "teachers" else None)
    state = literal("") if "state" not in table.columns else table.c.state
    query = select(table.c.version, state, *(() if person is None else (person,))).where(table.c.id == record_id)
    row = work.session.execute(query.with_for_update() if lock else query).one_or_none()
    values = record_of(work, intake, record_id) if row is not None else None
    if row is None or values is None:
        raise NotFound(kind.code, record_id)
    said = {column.name: typed(column, values.get(column.name)) for column in kind.columns}
    version = row[0] + _parts(work, kind.code, record_id)
    return Held(record_id, version, said, None if person is None else row[2], row[1])


def _parts(work: Work, kind: str, record_id: int) -> int:
    """The versions of the rows beside the record, summed: any change to any of them makes another number."""
    if kind not in PARTS:
        return 0
    version, owner = PARTS[kind]
    return work.session.scalar(select(func.coalesce(func.sum(version), 0)).where(owner == record_id)) or 0


# -- commands ----------------------------------------------------------------------------------------------------


def add(work: Work, kind: str, values: Typed, reason: str = "") -> Entry:
    """Add one record. Raises RuleViolation (findings name the field) and NotAllowed for a kind not the actor's."""
    intake = intake_of(kind)
    scope = _permit(work, intake)
    reason = reason_of(reason, needed=False)
    outcome = plan_add(work, intake, values, scope)
    batch = _written(work, outcome, reason)
    record_id = work.session.scalars(select(intake.table.c.id).where(intake.table.c.batch_id == batch.id)).one()
    work.record("record:add", kind, record_id, batch=batch.id, reason=reason)
    return Entry(batch.id, record_id, _warnings(intake, outcome))


def correct(work: Work, kind: str, record_id: int, version: int, values: Typed, reason: str) -> Entry:
    """Change what ``values`` say; columns left out stay. The person stays too: withdraw the record and add another.

    Raises Conflict when somebody changed the record after ``version`` was read, RuleViolation, NotFound.
    """
    intake = intake_of(kind)
    scope = _permit(work, intake)
    now = held(work, kind, record_id, lock=True)
    _same_version(kind, now, version)
    reason = reason_of(reason)
    outcome = plan_correct(work, intake, now, values, scope)
    batch = _written(work, outcome, reason)
    work.record("record:correct", kind, record_id, batch=batch.id, reason=reason)
    return Entry(batch.id, record_id, _warnings(intake, outcome))


def succeed(
    work: Work, kind: str, record_id: int, version: int, ends: Typed, follows: Typed, reason: str
) -> Entry:
    """Change a record to what ``ends`` says and add another that ``follows`` it, both or neither, under one batch.

    The record of the :class:`Entry` is the one that follows. Raises Conflict when somebody changed the first after
    ``version`` was read, RuleViolation, NotFound.
    """
    intake = intake_of(kind)
    scope = _permit(work, intake)
    now = held(work, kind, record_id, lock=True)
    _same_version(kind, now, version)
    reason = reason_of(reason)
    outcome = plan_succeed(work, intake, now, ends, follows, scope)
    batch = _written(work, outcome, reason)
    new = work.session.scalars(select(intake.table.c.id).where(intake.table.c.batch_id == batch.id)).one()
    work.record("record:succeed", kind, new, batch=batch.id, before=record_id, reason=reason)
    return Entry(batch.id, new, _warnings(intake, outcome))


def withdraw(work: Work, kind: str, record_id: int, version: int, reason: str) -> Entry:
    """Take a record off. Its image stays with the batch, which brings it back when it is undone.

    Raises Conflict when somebody changed the record after ``version`` was read, RuleViolation, NotFound.
    """
    intake = intake_of(kind)
    scope = _permit(work, intake)
    now = held(work, kind, record_id, lock=True)
    _same_version(kind, now, version)
    reason = reason_of(reason)
    key = {column.name: now.values[column.name] for column in intake.kind.key}
    outcome = _planned(work, intake, {**key, RECORD_ID.name: str(record_id), OPERATION.name: "delete"}, scope)
    batch = _written(work, outcome, reason, failing="entry.pointed_at")
    work.record("record:withdraw", kind, record_id, batch=batch.id, reason=reason, person=now.person_id)
    return Entry(batch.id, record_id, _warnings(intake, outcome))


def _same_version(kind: str, now: Held, version: int) -> None:
    if now.version != version:
        raise Conflict("record.changed", kind=kind, record_id=now.record_id)


def _replaced(kind: str, name: str, values: Typed) -> bool:
    """Whether what the record says in this column gives way to what was typed."""
    together = TOGETHER.get(kind, ())
    return name in values or (name in together and any(each in values for each in together))


def reason_of(reason: str, *, needed: bool = True) -> str:
    """The reason as it is kept. Raises RuleViolation, naming the form's field."""
    said = reason.strip()
    if needed and not said:
        raise RuleViolation(Finding("entry.no_reason", params={"field": REASON_FIELD}))
    if len(said) > LONGEST_REASON:
        raise RuleViolation(Finding("entry.reason_too_long", params={"most": LONGEST_REASON, "field": REASON_FIELD}))
    return said


# -- the way of every row ----------------------------------------------------------------------------------------


def plan_add(work: Work, intake: Intake, values: Typed, scope: Scope) -> Outcome:
    """What adding the record would write; RuleViolation with everything that stops it."""
    outcome = _planned(work, intake, {name: value for name, value in values.items() if name != RECORD_ID.name}, scope)
    if any(sheet["updated"] or sheet["unchanged"] for sheet in outcome.sheets()):
        raise RuleViolation(Finding("entry.on_record", params={"field": intake.kind.key[0].name}))
    return outcome


def plan_correct(work: Work, intake: Intake, now: Held, values: Typed, scope: Scope) -> Outcome:
    """What the record would become; RuleViolation with everything that stops it, or when nothing changes."""
    kept = {name: value for name, value in now.values.items() if not _replaced(intake.kind.code, name, values)}
    outcome = _planned(work, intake, {**kept, **values, RECORD_ID.name: str(now.record_id)}, scope)
    if not outcome.changes:
        raise RuleViolation(Finding("entry.nothing_changed"))
    return outcome


def plan_succeed(work: Work, intake: Intake, now: Held, ends: Typed, follows: Typed, scope: Scope) -> Outcome:
    """What :func:`succeed` would write; RuleViolation with everything that stops it."""
    outcome = _planned(work, intake, {**now.values, **ends, RECORD_ID.name: str(now.record_id)}, scope, follows)
    if any(sheet["unchanged"] or sheet["added"] != 1 for sheet in outcome.sheets()):
        raise RuleViolation(Finding("entry.on_record", params={"field": intake.kind.key[0].name}))
    return outcome


def _planned(work: Work, intake: Intake, values: Typed, scope: Scope, *more: Typed) -> Outcome:
    """The plan of the one row, or of one after the other; RuleViolation with everything that stops it."""
    sheet = sheet_of(intake.kind, values, *more)
    outcome = plan_within(work, Reading([sheet]), None, scope)
    findings = at_fields(intake.kind, outcome.issues)
    errors = [finding for finding in findings if finding.level == "error"]
    if not errors and not sheet.rows:
        errors = all_required(intake.kind)
    if errors:
        raise RuleViolation(errors)
    return outcome


def _written(work: Work, outcome: Outcome, reason: str, failing: str = "entry.not_stored") -> ImportBatch:
    batch = new_batch(work, None, [], source="form", reason=reason)
    try:
        with work.session.begin_nested():
            carry_out(work, outcome, batch)
    except IntegrityError as error:  # what the tables hold to and no rule foresaw, or somebody came first
        raise RuleViolation(Finding(failing)) from error
    return batch


def _warnings(intake: Intake, outcome: Outcome) -> tuple[Finding, ...]:
    return tuple(at_fields(intake.kind, outcome.issues))
