"""Accounting periods: opened, locked and reopened by two persons, with the reason in writing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from talent.accounts.queries import person_behind
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.views import copied
from talent.core.work import Work
from talent.pay.book import ledger_head, take_ledger
from talent.pay.chain import CLAUSE, Hand
from talent.pay.chain_commands import hand_of
from talent.pay.ledger import PERIOD_ACTS
from talent.pay.ledger_models import PayPeriod, PayPeriodAct

CODE = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def request(work: Work, *, code: str, act: str, reason: str) -> PayPeriodAct:
    """Ask for a period to be opened, locked or reopened. Nothing changes until another person agrees."""
    work.require("period:request")
    if act not in PERIOD_ACTS:
        raise NotFound("period", act)
    found = [*_judge_code(code), *_judge_state(work.session, code, act)]
    if not reason.strip():
        found.append(Finding("period.reason_missing", CLAUSE, {"field": "reason"}))
    if work.actor.user_id is None:
        found.append(Finding("pay.needs_account", CLAUSE))
    if found or work.actor.user_id is None:
        raise RuleViolation(found)
    row = PayPeriodAct(code=code, act=act, reason=reason.strip(), state="requested", requested_by=work.actor.user_id,
                       requested_by_name=work.actor.signature, requested_at=work.now)
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError as waiting:
        raise Conflict("pay_period") from waiting
    work.record("period:request", "pay_period", code, act=act, reason=row.reason)
    return row


def approve(work: Work, *, act_id: int) -> None:
    """The second person's yes, at which the act takes effect.

    The ledger is taken before any row, as a lock of a batch does, so that neither waits for what the other holds.
    """
    work.require("period:approve")
    take_ledger(work.session)
    row = _waiting(work, act_id)
    found = [*_same_person(work, row), *_judge_state(work.session, row.code, row.act)]
    if found:
        raise RuleViolation(found)
    _decide(work, row, "approved", head=ledger_head(work.session)[0])
    _turn(work, row)
    work.record("period:approve", "pay_period", row.code, act=row.act, reason=row.reason)


def reject(work: Work, *, act_id: int) -> None:
    """The second person's no. Who asked cannot take it back alone."""
    row = _waiting(work, act_id)
    if found := _same_person(work, row):
        raise RuleViolation(found)
    _decide(work, row, "rejected")
    work.record("period:reject", "pay_period", row.code, act=row.act)


def _waiting(work: Work, act_id: int) -> PayPeriodAct:
    work.require("period:approve")
    row = work.session.get(PayPeriodAct, act_id)
    if row is None:
        raise NotFound("pay_period", act_id)
    if row.state != "requested":
        raise Conflict("pay_period")
    return row


def _judge_code(code: str) -> list[Finding]:
    return [] if CODE.fullmatch(code) else [Finding("period.code_strange", CLAUSE, {"period": code, "field": "code"})]


def _judge_state(session: Session, code: str, act: str) -> list[Finding]:
    now = session.scalar(select(PayPeriod.state).where(PayPeriod.code == code)) or ""
    if now == PERIOD_ACTS[act][0]:
        return []
    return [Finding("period.state", CLAUSE, {"period": code, "period_state": now, "period_act": act, "field": "act"})]


def _same_person(work: Work, row: PayPeriodAct) -> list[Finding]:
    asked = Hand(row.requested_by, row.requested_by_name, person_behind(work.session, row.requested_by))
    if work.actor.user_id is None or hand_of(work.session, work.actor).is_same(asked):
        return [Finding("period.same_person", CLAUSE, {"name": row.requested_by_name})]
    return []


def _turn(work: Work, row: PayPeriodAct) -> None:
    """Compare-and-set on the period itself; a new one is added."""
    before, after = PERIOD_ACTS[row.act]
    if not before:
        work.session.add(PayPeriod(code=row.code, state=after))
        work.session.flush()
        return
    changed = work.session.execute(
        update(PayPeriod).where(PayPeriod.code == row.code, PayPeriod.state == before)
        .values(state=after, version=PayPeriod.version + 1).execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("pay_period")


def _decide(work: Work, row: PayPeriodAct, state: str, **more: Any) -> None:
    """Compare-and-set: of two people who decide at once the second is told."""
    changed = work.session.execute(
        update(PayPeriodAct).where(PayPeriodAct.id == row.id, PayPeriodAct.state == "requested")
        .values(state=state, decided_by=work.actor.user_id, decided_by_name=work.actor.signature, decided_at=work.now,
                **more)
        .execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("pay_period")


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


def open_periods(session: Session) -> list[str]:
    """The codes of the periods that take entries, oldest first."""
    return list(session.scalars(select(PayPeriod.code).where(PayPeriod.state == "open").order_by(PayPeriod.code)))


@dataclass(frozen=True, slots=True)
class PeriodShown:
    """An accounting period."""

    code: str
    state: str


@dataclass(frozen=True, slots=True)
class PeriodAct:
    """What was asked of a period, by whom and why, and who decided."""

    id: int
    code: str
    act: str
    reason: str
    state: str
    requested_by: int
    requested_by_name: str
    requested_at: datetime
    decided_by_name: str
    decided_at: datetime | None


def all_periods(work: Work) -> Sequence[PeriodShown]:
    """Every period, newest first."""
    work.require("ledger:read")
    return [copied(row, PeriodShown) for row in work.session.scalars(select(PayPeriod).order_by(PayPeriod.code.desc()))]


def period_acts(work: Work) -> Sequence[PeriodAct]:
    """What was asked for and decided, the latest first."""
    work.require("ledger:read")
    return [copied(row, PeriodAct) for row in work.session.scalars(
        select(PayPeriodAct).order_by(PayPeriodAct.id.desc()))]
