"""The retention run: what is due, asked for by one person, approved by another, carried out in one transaction."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from talent.core import files, jobs
from talent.core.access import Actor
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.files import StoredFile
from talent.core.jobs import Job
from talent.core.together import NO_DAY
from talent.core.work import Program, Work
from talent.privacy.due import BY_CODE, KINDS, Kind, cut, digest, keys_due
from talent.privacy.models import APPROVED, DONE, PROPOSED, REJECTED, STALE, RetentionRun, Tombstone

READ, PROPOSE, APPROVE = "retention:read", "retention:propose", "retention:approve"
TASK = "privacy.retain"

PersonBehind = Callable[[Session, int | None], int | None]
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Planned:
    """How many of a class are due, and since before which day they ended."""

    kind: Kind
    count: int
    before: date


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────


def preview(work: Work, on: date) -> list[Planned]:
    """What would go on a day, nothing changed: the dry run; one statement a class."""
    work.require(READ)
    found = []
    for kind in KINDS:
        before = cut(work, kind, on)
        count = work.session.scalar(select(func.count()).select_from(kind.find(before).subquery())) or 0
        found.append(Planned(kind, count, before.day))
    return found


def listed(work: Work, code: str, on: date, *, offset: int = 0, limit: int = 50) -> tuple[list[str], int]:
    """One page of what is due of a class, as people know it, and how many in all; two statements."""
    work.require(READ)
    if code not in BY_CODE:
        raise NotFound("retention", code)
    kind = BY_CODE[code]
    due = kind.find(cut(work, kind, on)).subquery()
    total = work.session.scalar(select(func.count()).select_from(due)) or 0
    rows = work.session.scalars(select(due.c.told).order_by(due.c.told, due.c.key).offset(offset).limit(limit))
    return list(rows), total


@dataclass(frozen=True, slots=True)
class RunShown:
    """A run of the retention: ``counts`` are what it was to erase, by class."""

    id: int
    due_on: date
    state: str
    proposed_by: int
    proposed_by_name: str
    proposed_at: datetime
    approved_by_name: str
    counts: Mapping[str, int]


def runs(work: Work, limit: int = 20) -> Sequence[RunShown]:
    """The latest runs, newest first."""
    work.require(READ)
    rows = work.session.scalars(select(RetentionRun).order_by(RetentionRun.id.desc()).limit(limit))
    return [RunShown(row.id, row.due_on, row.state, row.proposed_by, row.proposed_by_name, row.proposed_at,
                     row.approved_by_name, _counts(json.loads(row.plan))) for row in rows]


def waiting(work: Work) -> Select[*tuple[Any, ...]]:
    """How many runs of others wait for the actor's decision, and since when: a statement to be asked."""
    return select(func.count(), func.min(RetentionRun.proposed_at), NO_DAY).where(
        RetentionRun.state == PROPOSED, RetentionRun.proposed_by != (work.actor.user_id or 0))


# ── two persons ──────────────────────────────────────────────────────────────────────────────────────────────


def propose(work: Work) -> RetentionRun:
    """Put what is due today before a second person. Raises ``RuleViolation`` when nothing is."""
    work.require(PROPOSE)
    _give_up_failed(work)
    plan = _plan(work, work.today)
    if not any(each["count"] for each in plan.values()):
        raise RuleViolation(Finding("retention.nothing_due"))
    row = RetentionRun(due_on=work.today, state=PROPOSED, plan=json.dumps(plan, sort_keys=True),
                       proposed_by=work.actor.user_id, proposed_by_name=work.actor.signature, proposed_at=work.now)
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError as error:
        raise Conflict("retention_open") from error
    work.record(PROPOSE, "retention", row.id, due_on=row.due_on, plan=_counts(plan))
    return row


def _give_up_failed(work: Work) -> None:
    """A run whose job gave up would stand in the way of every later one: it erased nothing, so it is void."""
    failed = select(Job.payload).where(Job.kind == TASK, Job.state == "failed")
    ids = [json.loads(payload)["run"] for payload in work.session.scalars(failed)]
    for row in work.session.scalars(select(RetentionRun).where(RetentionRun.id.in_(ids),
                                                               RetentionRun.state == APPROVED)):
        _turn(work, row, APPROVED, state=STALE)
        work.record("retention:stale", "retention", row.id)


def approve(work: Work, *, run_id: int, person_behind: PersonBehind) -> None:
    """Have the worker carry out a proposed run: the second person's act."""
    work.require(APPROVE)
    row = _waiting(work, run_id, person_behind)
    _turn(work, row, PROPOSED, state=APPROVED, approved_by=work.actor.user_id, approved_by_name=work.actor.signature,
          approved_at=work.now)
    jobs.enqueue(work, TASK, {"run": run_id})
    work.record(APPROVE, "retention", run_id, plan=_counts(json.loads(row.plan)))


def reject(work: Work, *, run_id: int, person_behind: PersonBehind) -> None:
    """Turn a proposed run down: also the second person's act."""
    work.require(APPROVE)
    row = _waiting(work, run_id, person_behind)
    _turn(work, row, PROPOSED, state=REJECTED)
    work.record("retention:reject", "retention", run_id)


def _plan(work: Work, on: date) -> dict[str, dict[str, Any]]:
    due = {kind.code: keys_due(work, kind, on) for kind in KINDS}
    return {code: {"count": len(keys), "digest": digest(keys)} for code, keys in due.items()}


def _counts(plan: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    return {code: each["count"] for code, each in plan.items() if each["count"]}


def _waiting(work: Work, run_id: int, person_behind: PersonBehind) -> RetentionRun:
    row = work.session.get(RetentionRun, run_id)
    if row is None:
        raise NotFound("retention", run_id)
    if row.state != PROPOSED:
        raise Conflict("retention")
    mine = person_behind(work.session, work.actor.user_id)
    same = mine is not None and mine == person_behind(work.session, row.proposed_by)
    if work.actor.user_id is None or work.actor.user_id == row.proposed_by or same:
        raise RuleViolation(Finding("retention.same_person"))
    return row


def _turn(work: Work, row: RetentionRun, before: str, **values: Any) -> None:
    """Compare-and-set: of two people who decide at once the second is told."""
    changed = work.session.execute(
        update(RetentionRun).where(RetentionRun.id == row.id, RetentionRun.state == before).values(**values)
        .execution_options(synchronize_session="fetch"))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("retention")


# ── carrying out ─────────────────────────────────────────────────────────────────────────────────────────────


def run(program: Program, actor: Actor, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The worker's task: erase what was approved, all of it or nothing. Done twice it does nothing the second time."""
    report("retention.erasing", 0, 1)
    with program.begin(actor) as work:
        work.require(APPROVE)
        row = work.session.get_one(RetentionRun, payload["run"])
        if row.state == APPROVED and not _carry_out(work, row):
            return {"run": row.id, "stale": True}
    _sweep(program)
    _write_down(program, payload["run"])
    return {"run": payload["run"]}


def _carry_out(work: Work, row: RetentionRun) -> bool:
    """Erase what was approved, or mark the run stale where it is no longer what is due; whether it was erased."""
    due = {kind: keys_due(work, kind, row.due_on) for kind in KINDS}
    planned = json.loads(row.plan)
    if any(digest(keys) != planned.get(kind.code, {}).get("digest") for kind, keys in due.items()):
        _turn(work, row, APPROVED, state=STALE)
        work.record("retention:stale", "retention", row.id)
        return False
    _erase(work, row, due)
    return True


def _erase(work: Work, row: RetentionRun, due: Mapping[Kind, list[str]]) -> None:
    """Erase class by class, and keep by ``uid`` what must stay erased."""
    for kind, keys in due.items():
        kind.erase(work, keys)
        if kind.remembered:
            work.session.add_all(Tombstone(run_id=row.id, kind=kind.code, uid=uid, erased_at=work.now)
                                 for uid in keys)
    _turn(work, row, APPROVED, state=DONE, done_at=work.now)
    work.record("retention:erase", "retention", row.id, erased=_counts(json.loads(row.plan)))


def _sweep(program: Program) -> None:
    """Remove the bytes of uploads whose rows went."""
    with program.read(_nobody()) as work:
        known = set(work.session.scalars(select(StoredFile.stored_as)))
    for path in files.folder(program.settings.home).iterdir():
        if path.name not in known and program.clock().timestamp() - path.stat().st_mtime > SETTLED_SECONDS:
            path.unlink(missing_ok=True)


#: A file younger than this may belong to an upload that has not committed yet.
SETTLED_SECONDS = 3600


def _nobody() -> Actor:
    return Actor(None, "retention", ())


# ── after a restore ──────────────────────────────────────────────────────────────────────────────────────────


def tombstones_file(home: Path) -> Path:
    """Where what was erased of people is written down outside the database; to be copied elsewhere."""
    return home / "privacy" / "tombstones"


def _write_down(program: Program, run_id: int) -> None:
    """Append the tombstones of a run, unless they are there: the worker before this one may have died in between."""
    with program.read(_nobody()) as work:
        rows = work.session.execute(select(Tombstone.kind, Tombstone.uid).where(Tombstone.run_id == run_id)
                                    .order_by(Tombstone.id)).all()
    path = tombstones_file(program.settings.home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = set(path.read_text(encoding="ascii").splitlines()) if path.exists() else set()
    with open(path, "a", encoding="ascii") as file:
        for kind in BY_CODE:
            uids = [row.uid for row in rows if row.kind == kind]
            said = json.dumps({"run": run_id, "kind": kind, "uids": uids}, sort_keys=True)
            line = f"{_seal(program, said)} {said}"
            if uids and line not in known:
                file.write(line + "\n")
    path.chmod(0o600)


def _seal(program: Program, said: str) -> str:
    return hmac.new(program.audit_key, f"tombstone {said}".encode(), hashlib.sha256).hexdigest()


def replay(program: Program, actor: Actor, lines: Iterable[str]) -> int:
    """Erase again what had been erased since a backup was made; how many things. A line nobody sealed is refused."""
    count = 0
    with program.begin(actor) as work:
        for line in filter(None, (line.strip() for line in lines)):
            seal, _, said = line.partition(" ")
            if not hmac.compare_digest(seal, _seal(program, said)):
                raise RuleViolation(Finding("retention.tombstone_strange"))
            stone = json.loads(said)
            BY_CODE[stone["kind"]].erase(work, stone["uids"])
            count += len(stone["uids"])
        work.record("retention:replay", "retention", "restore", count=count)
    return count
