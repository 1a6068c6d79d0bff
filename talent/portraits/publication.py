"""From a draft to types that teachers see: decide, review, publish; and a teacher's choice to hide.

A run changes in nothing but its state and what persons decided on it. A person decides on a draft (number, method,
names, reasons); somebody else than its builder reviews it, and publishes it, which supersedes the run before.
"""

import json
from datetime import date
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from talent.accounts.queries import person_behind
from talent.core.errors import Conflict, Finding, NotAllowed, NotFound, RuleViolation
from talent.core.jobs import Job, JobView, enqueue, view_of
from talent.core.work import Work
from talent.policy.errors import NotInForce
from talent.portraits.models import (
    BUILD,
    DRAFT,
    PUBLISHED,
    REVIEWED,
    SUPERSEDED,
    PortraitChoice,
    PortraitRun,
)
from talent.portraits.parameters import TIERS, keys_of
from talent.portraits.reading import cut_off
from talent.portraits.rules import MODEL, Decidable, Decision, decision_findings

PERMISSION = "portrait:publish"
_CLAUSE = "portrait.publication"
#: PostgreSQL's advisory lock of the builds: any number, the same in every process.
BUILD_LOCK = 7_264_115
LEAST_TYPES, MOST_TYPES = 2, 20


def request_build(work: Work, *, as_of: date, k: int | None = None) -> Job:
    """Have the worker build a draft. Raises ``Conflict`` while another one is being built."""
    work.require("portrait:build")
    if k is not None and not LEAST_TYPES <= k <= MOST_TYPES:
        params = {"least": LEAST_TYPES, "most": MOST_TYPES, "field": "k"}
        raise RuleViolation(Finding("portraits.k_out_of_range", _CLAUSE, params))
    if as_of > work.today:
        raise RuleViolation(Finding("portraits.future", _CLAUSE, {"today": work.today, "field": "as_of"}))
    if found := _not_in_force(work, as_of):
        raise RuleViolation(found)
    take_turn(work.session)
    if job_under_way(work.session) is not None:
        raise Conflict("portrait_build")
    job = enqueue(work, BUILD, {"as_of": as_of.isoformat(), "k": k, "seed": 0})
    work.record("portrait:request", "job", job.id, as_of=as_of, k=k)
    return job


def _not_in_force(work: Work, as_of: date) -> list[Finding]:
    """A day before the policy is refused where it is typed: the build would only find it out later."""
    try:
        for key in keys_of(work.book):
            work.book.at(key, cut_off(as_of))
    except NotInForce as early:
        facts = {"label": early.label, "first": early.first, "on": early.on, "field": "as_of"}
        return [Finding("policy.not_in_force", _CLAUSE, facts)]
    return []


def take_turn(session: Session) -> None:
    """Let nobody else ask for a build or store one until the transaction ends. SQLite's writers queue by themselves."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": BUILD_LOCK})


def job_under_way(session: Session) -> Job | None:
    """The build that waits or runs, None for none."""
    return session.scalars(
        select(Job).where(Job.kind == BUILD, Job.state.in_(("queued", "running"))).order_by(Job.id).limit(1)
    ).first()


def last_job(work: Work) -> JobView | None:
    """The latest build asked for, for those who may build."""
    if not work.actor.may("portrait:build"):
        return None
    job = work.session.scalars(select(Job).where(Job.kind == BUILD).order_by(Job.id.desc()).limit(1)).first()
    return view_of(job) if job is not None else None


def decide(work: Work, *, run_id: int, version: int, decision: Decision) -> None:
    """Keep what a person decides on a draft; decided again it replaces the decision before.

    Raises ``RuleViolation`` with everything that is missing, ``Conflict`` when the run moved on meanwhile.
    """
    work.require(PERMISSION)
    run = _run(work, run_id, DRAFT)
    if not json.loads(run.groups):
        raise RuleViolation(Finding("portraits.nothing_to_decide", _CLAUSE))
    found = decision_findings(decision, decidable(work, run))
    if found:
        raise RuleViolation(found)
    kept = {
        "k_reason": decision.k_reason, "method": decision.method, "warning_reason": decision.warning_reason,
        "names": list(decision.names), "by": work.actor.user_id, "by_name": work.actor.signature,
        "at": work.now.isoformat(),
    }
    _turn(work, run, version, DRAFT, decision=json.dumps(kept, ensure_ascii=False))
    work.record("portrait:decide", "portrait_run", run_id, k=run.k, **{name: kept[name] for name in
                ("k_reason", "method", "warning_reason", "names")})


def review(work: Work, *, run_id: int, version: int) -> None:
    """Confirm a decided draft. Not the person who had it built."""
    work.require(PERMISSION)
    run = _run(work, run_id, DRAFT)
    found = _second_person(work, run)
    if json.loads(run.groups) and not json.loads(run.decision):
        found.append(Finding("portraits.undecided", _CLAUSE))
    if found:
        raise RuleViolation(found)
    _turn(work, run, version, REVIEWED, reviewed_by=work.actor.user_id, reviewed_by_name=work.actor.signature,
          reviewed_at=work.now)
    work.record("portrait:review", "portrait_run", run_id, k=run.k)


def publish(work: Work, *, run_id: int, version: int) -> None:
    """Let teachers see a reviewed run's types; the run published before is superseded in the same moment."""
    work.require(PERMISSION)
    run = _run(work, run_id, REVIEWED)
    before = work.session.scalars(select(PortraitRun).where(PortraitRun.state == PUBLISHED)).first()
    found = _second_person(work, run)
    if before is not None and before.as_of > run.as_of:
        found.append(Finding("portraits.newer_published", _CLAUSE, {"as_of": before.as_of}))
    if found:
        raise RuleViolation(found)
    if before is not None:
        _turn(work, before, before.version, SUPERSEDED)
    _turn(work, run, version, PUBLISHED, published_by=work.actor.user_id, published_by_name=work.actor.signature,
          published_at=work.now)
    work.record("portrait:publish", "portrait_run", run_id, k=run.k, supersedes=before.id if before else None)


def hide_type(work: Work, *, is_hidden: bool) -> None:
    """A teacher's own choice whether the school may see their type."""
    work.require("portrait:hide")
    person_id = work.actor.person_id
    if person_id is None:
        raise NotAllowed("portrait:hide")
    choice = work.session.get(PortraitChoice, person_id)
    if choice is None:
        work.session.add(PortraitChoice(person_id=person_id, is_hidden=is_hidden, changed_at=work.now))
    else:
        choice.is_hidden, choice.changed_at = is_hidden, work.now
    work.record("portrait:hide" if is_hidden else "portrait:unhide", "person", person_id)


# ---- find, judge, change ----


def decidable(work: Work, run: PortraitRun) -> Decidable:
    """What of a run bears on its decision."""
    grouping, book = json.loads(run.grouping), work.book
    titles = [row.label for row in book.at(TIERS, run.as_of).value]
    kept = names_before(work, run.previous_id)
    redefined = {item["group"] for item in grouping.get("descents", []) if item["is_redefined"]}
    return Decidable(
        groups=len(json.loads(run.groups)),
        has_evidence=run.evidence != "[]",
        has_fallback=bool(grouping.get("fallback")),
        has_warnings=run.warnings != "[]",
        titles=titles,
        forbidden=book.at("portraits.forbidden_words", run.as_of).value,
        kept={number: name for number, name in kept.items() if number in redefined},
    )


def names_of(run: PortraitRun | None) -> dict[int, str]:
    """The names a person gave a run's groups, by number; none before the decision, or of the other method's."""
    decision: dict[str, Any] = json.loads(run.decision) if run is not None else {}
    return dict(enumerate(decision["names"], start=1)) if decision.get("method") == MODEL else {}


def names_before(work: Work, previous_id: int | None) -> dict[int, str]:
    """The names a person gave the groups of the run that another continues."""
    return names_of(work.session.get(PortraitRun, previous_id)) if previous_id else {}


def _run(work: Work, run_id: int, state: str) -> PortraitRun:
    run = work.session.get(PortraitRun, run_id)
    if run is None:
        raise NotFound("portrait_run", run_id)
    if run.state != state:
        raise Conflict("portrait_run")
    return run


def _second_person(work: Work, run: PortraitRun) -> list[Finding]:
    """Whoever had the run built, under whatever account, neither reviews nor publishes it."""
    mine = person_behind(work.session, work.actor.user_id)
    same_person = mine is not None and mine == person_behind(work.session, run.created_by)
    if work.actor.user_id is None or work.actor.user_id == run.created_by or same_person:
        return [Finding("portraits.same_person", _CLAUSE, {"name": run.created_by_name})]
    return []


def _turn(work: Work, run: PortraitRun, version: int, state: str, **values: Any) -> None:
    """Compare-and-set: of two people who act at once the second is told."""
    changed = work.session.execute(
        update(PortraitRun)
        .where(PortraitRun.id == run.id, PortraitRun.state == run.state, PortraitRun.version == version)
        .values(state=state, version=version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("portrait_run")
    work.session.expire(run)
