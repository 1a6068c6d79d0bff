"""Closing a year with its evidence, by one act; opening it again takes two persons and a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from talent.accounts.queries import person_behind
from talent.core import files
from talent.core.config import Settings
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.files import StoredFile
from talent.core.views import copied
from talent.core.work import Work
from talent.pay.book import ledger_head, take_ledger
from talent.pay.chain import LOCKED, Hand
from talent.pay.chain_commands import hand_of
from talent.pay.commands import verify
from talent.pay.content import digest
from talent.pay.payout import evidence, sealing
from talent.pay.payout.book import batches_of, read_year
from talent.pay.payout.rules import CLAUSE
from talent.pay.year_models import PayYear, PayYearAct

CLOSE, REOPEN, READ = "year:close", "year:reopen", "payout:read"


def seal_of(work: Work, year: int) -> str:
    """What whoever looks at the year now sees of it: the digest over all its parts."""
    work.require(READ)
    return digest(sealing.seal(work.session, year))


def gather(work: Work, settings: Settings, *, year: int, seen: str) -> bytes:
    """The evidence of the year as it was seen. Nothing changes.

    Refused while ``talent pay verify`` finds anything broken: a book that does not hold is not closed.
    """
    work.require(CLOSE)
    if not batches_of(work.session, year, *LOCKED):
        raise NotFound("pay_year", year)
    if work.session.scalar(select(PayYear.state).where(PayYear.year == year)) == "closed":
        raise Conflict("pay_year")
    # Read before the evidence and once more by the closing: what the evidence holds lies between the two.
    if seal_of(work, year) != seen:
        raise Conflict("pay_year")
    broken = verify(work.session)
    if broken:
        raise RuleViolation(broken[:5])
    return evidence.archive(work.session, settings, work.vault, year, broken)


def close(work: Work, settings: Settings, *, year: int, content: bytes, seen: str, reason: str = "") -> PayYearAct:
    """Close the year on the evidence gathered; told when anything of it changed meanwhile, or another closed it.

    A year in which ledger, splits and bank differ can be closed, but not without a reason in writing.
    """
    work.require(CLOSE)
    if work.actor.user_id is None:
        raise RuleViolation(Finding("pay.needs_account", CLAUSE))
    take_ledger(work.session)
    sealed = sealing.seal(work.session, year)
    if digest(sealed) != seen:
        raise Conflict("pay_year")
    apart = [school.name for school in read_year(work.session, year).asked if not school.settled]
    if apart and not reason.strip():
        raise RuleViolation(Finding("payout.year_unsettled", CLAUSE, {
            "year": year, "schools": apart[:8], "field": "reason"}))
    _turn(work, year, "open", "closed")
    kept = files.store(work, settings.home, f"{year}年帮扶支教激励证据.zip", BytesIO(content))
    head = ledger_head(work.session)[0]
    act = PayYearAct(year=year, act="close", reason=reason.strip(), state="approved", head=head, seal=sealed,
                     file_id=kept.id, **_asked(work), decided_by=work.actor.user_id,
                     decided_by_name=work.actor.signature, decided_at=work.now)
    work.session.add(act)
    work.session.flush()
    work.record("year:close", "pay_year", year, head=head, sha256=kept.sha256, size=kept.size, apart=len(apart),
                reason=act.reason)
    return act


def request(work: Work, *, year: int, reason: str) -> PayYearAct:
    """Ask for a closed year to be opened again. Nothing changes until another person agrees."""
    work.require(REOPEN)
    found = [] if reason.strip() else [Finding("pay.reason_missing", CLAUSE, {"field": "reason"})]
    if work.session.scalar(select(PayYear.state).where(PayYear.year == year)) != "closed":
        found.append(Finding("payout.year_not_closed", CLAUSE, {"year": year}))
    if work.actor.user_id is None:
        found.append(Finding("pay.needs_account", CLAUSE))
    if found:
        raise RuleViolation(found)
    act = PayYearAct(year=year, act="reopen", reason=reason.strip(), state="requested", **_asked(work))
    work.session.add(act)
    try:
        work.session.flush()
    except IntegrityError as waiting:
        raise Conflict("pay_year") from waiting
    work.record("year:request", "pay_year", year, reason=act.reason)
    return act


def approve(work: Work, *, act_id: int) -> None:
    """The second person's yes: the year takes entries again."""
    act = _waiting(work, act_id)
    take_ledger(work.session)
    _decide(work, act, "approved", ledger_head(work.session)[0])
    _turn(work, act.year, "closed", "open")
    work.record("year:approve", "pay_year", act.year, reason=act.reason)


def reject(work: Work, *, act_id: int) -> None:
    """The second person's no."""
    act = _waiting(work, act_id)
    _decide(work, act, "rejected", None)
    work.record("year:reject", "pay_year", act.year)


def hand_out(work: Work, *, act_id: int) -> StoredFile:
    """The evidence of a closed year, to be taken away; the taking is on record."""
    work.require(READ)
    kept = work.session.scalars(
        select(StoredFile).join(PayYearAct, PayYearAct.file_id == StoredFile.id)
        .where(PayYearAct.id == act_id)).one_or_none()
    if kept is None:
        raise NotFound("pay_year", act_id)
    work.record("year:download", "pay_year_act", act_id, sha256=kept.sha256)
    return kept


@dataclass(frozen=True, slots=True)
class ActShown:
    """A closing or a reopening, as its page lists it."""

    id: int
    act: str
    reason: str
    state: str
    requested_by: int
    requested_by_name: str
    requested_at: datetime
    decided_by_name: str
    decided_at: datetime | None


def acts_of_year(work: Work, year: int) -> tuple[str, Sequence[ActShown]]:
    """Whether the year is open or closed, and what was decided about it, the latest first."""
    work.require(READ)
    state = work.session.scalar(select(PayYear.state).where(PayYear.year == year)) or "open"
    return state, [copied(row, ActShown) for row in work.session.scalars(
        select(PayYearAct).where(PayYearAct.year == year).order_by(PayYearAct.id.desc()))]


def _asked(work: Work) -> dict[str, object]:
    return {"requested_by": work.actor.user_id, "requested_by_name": work.actor.signature, "requested_at": work.now}


def _waiting(work: Work, act_id: int) -> PayYearAct:
    work.require(REOPEN)
    act = work.session.get(PayYearAct, act_id)
    if act is None or act.act != "reopen":
        raise NotFound("pay_year", act_id)
    if act.state != "requested":
        raise Conflict("pay_year")
    asked = Hand(act.requested_by, act.requested_by_name, person_behind(work.session, act.requested_by))
    if work.actor.user_id is None or hand_of(work.session, work.actor).is_same(asked):
        raise RuleViolation(Finding("period.same_person", CLAUSE, {"name": act.requested_by_name}))
    return act


def _decide(work: Work, act: PayYearAct, state: str, head: int | None) -> None:
    """Compare-and-set: of two people who decide at once the second is told."""
    changed = work.session.execute(
        update(PayYearAct).where(PayYearAct.id == act.id, PayYearAct.state == "requested")
        .values(state=state, decided_by=work.actor.user_id, decided_by_name=work.actor.signature, decided_at=work.now,
                head=head).execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("pay_year")


def _turn(work: Work, year: int, before: str, after: str) -> None:
    """Compare-and-set on the year itself; one that was never closed is added."""
    changed = work.session.execute(
        update(PayYear).where(PayYear.year == year, PayYear.state == before)
        .values(state=after, version=PayYear.version + 1).execution_options(synchronize_session=False))
    if changed.rowcount == 1:  # type: ignore[attr-defined]
        return
    if before == "closed" or work.session.get(PayYear, year) is not None:
        raise Conflict("pay_year")
    work.session.add(PayYear(year=year, state=after))
    try:
        work.session.flush()
    except IntegrityError as closed:
        raise Conflict("pay_year") from closed
