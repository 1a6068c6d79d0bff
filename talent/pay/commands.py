"""Computing a year of incentive pay from the records, and checking that what is stored is still what was computed."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from talent.core.errors import Conflict, Finding, RuleViolation
from talent.core.memory import without_cycle_search
from talent.core.work import Work
from talent.core.workdays import WorkCalendar
from talent.pay import content, proof, records, snapshots, stored
from talent.pay.acts import acts_of
from talent.pay.awards import proof as splits
from talent.pay.book import planned, take_ledger
from talent.pay.carrying import carry
from talent.pay.chain import CLAUSE, LOCKED, SIGNED
from talent.pay.content import BareLine
from talent.pay.facts import TERM_KEYS, YEARLY_AMOUNT, PayTerms
from talent.pay.models import REPLACEABLE, SUPERSEDED, PayBatch, PayFinding, PayLine, PaySnapshotPart
from talent.pay.payout import proof as payout_proof
from talent.pay.records import YearFacts
from talent.pay.rules import YearResult
from talent.pay.snapshots import Facts, Snapshot


@without_cycle_search()
def compute(work: Work, *, year: int, convention: str | None = None) -> PayBatch:
    """A computed batch of ``year`` under ``convention`` (the one in force by default), from the records as they are.

    It takes the place of the former run of that year and convention, which is kept as superseded; the schools whose
    lines came out the same need not confirm them again, and lines held out stay so. Of a year that is locked it is an
    adjustment: only what differs from the ledger will be posted, as a reversal and a new line.

    Raises ``RuleViolation`` for a year before the standard, an unknown convention or a calendar that is not loaded, for
    a run that people have confirmed, and where a locked year has nothing to adjust; ``Conflict`` when two people
    compute the same year at once.
    """
    work.require("pay:compute")
    take_ledger(work.session)  # whoever locks a run of the year now leaves an adjustment to be computed, or none
    known = records.facts_of_year(work.session, year)
    locked = _locked(work.session, year, convention or None)
    terms = PayTerms.from_book(work.book, year, locked.convention if locked else convention or None)
    facts = Facts(year, known.persons, known.schools, terms, WorkCalendar(work.book.calendars()))
    result = facts.result()
    if result.refusals:
        raise RuleViolation(result.refusals)
    former = _make_way(work, year, result.terms.convention.value)
    batch = _store(work, facts, result, known, locked)
    if locked is not None and not planned(work.session, acts_of(work.session, batch)):
        raise RuleViolation(Finding("pay.nothing_to_adjust", CLAUSE, {"year": year, "sequence": locked.sequence}))
    if former is not None:
        carry(work, former, batch)
    work.record("pay:compute", "pay_batch", batch.id, year=year, convention=batch.convention, sequence=batch.sequence,
                lines=len(result.lines), total_fen=batch.total_fen, content_hash=batch.content_hash)
    return batch


def _make_way(work: Work, year: int, convention: str) -> PayBatch | None:
    """Supersede the run that a new one replaces; one that carries decisions has to be returned first, by name."""
    of_year = (PayBatch.year == year, PayBatch.convention == convention)
    former = work.session.scalars(select(PayBatch).where(*of_year, PayBatch.state.in_(REPLACEABLE))).first()
    work.session.execute(
        update(PayBatch).where(*of_year, PayBatch.state.in_(REPLACEABLE))
        .values(state=SUPERSEDED, version=PayBatch.version + 1).execution_options(synchronize_session=False))
    signed = work.session.scalar(select(PayBatch.sequence).where(*of_year, PayBatch.state.in_(SIGNED)))
    if signed is not None:
        raise RuleViolation(Finding("pay.batch_signed", CLAUSE, {"year": year, "sequence": signed}))
    return former


def _locked(session: Session, year: int, convention: str | None) -> PayBatch | None:
    """The batch of the year that is locked: a new run puts it right, under the same convention."""
    locked = session.scalars(select(PayBatch).where(
        PayBatch.year == year, PayBatch.state.in_(LOCKED), PayBatch.adjusts_id.is_(None))).first()
    if locked is not None and convention not in (None, locked.convention):
        raise RuleViolation(Finding("pay.year_locked", CLAUSE, {
            "year": year, "sequence": locked.sequence, "convention": locked.convention}))
    return locked


def _store(work: Work, facts: Facts, result: YearResult, known: YearFacts, locked: PayBatch | None) -> PayBatch:
    book_digest = work.book.digest([YEARLY_AMOUNT, *TERM_KEYS.values()])
    snapshot, lines = snapshots.freeze(facts, book_digest), content.bare_lines(result)
    parameters, convention = content.parameters_text(result), result.terms.convention.value
    batch = PayBatch(
        year=result.year, sequence=_next_sequence(work.session, result.year), convention=convention, state="computed",
        computed_at=work.now, computed_by=work.actor.user_id, computed_by_name=work.actor.signature,
        book_digest=book_digest, parameters=parameters, snapshot=snapshot.head,
        content_hash=content.content_hash(snapshot.head, parameters, lines, result.findings),
        total_fen=result.total_fen, adjusts_id=locked.id if locked else None)
    work.session.add(batch)
    try:
        work.session.flush()
    except IntegrityError as taken:
        raise Conflict("pay_batch", year=result.year) from taken
    _add_rows(work.session, batch.id, snapshot, lines, result.findings, known)
    return batch


def _next_sequence(session: Session, year: int) -> int:
    return (session.scalar(select(func.max(PayBatch.sequence)).where(PayBatch.year == year)) or 0) + 1


def _add_rows(
    session: Session, batch_id: int, snapshot: Snapshot, lines: Sequence[BareLine], findings: Sequence[Finding],
    known: YearFacts,
) -> None:
    stored.add(session, PaySnapshotPart, ("batch_id", "number", "content"),
               [(batch_id, number, part) for number, part in enumerate(snapshot.parts)])
    people, schools = known.person_ids, known.school_ids
    stored.add(session, PayLine, ("batch_id", "person_id", "school_id", *BareLine._fields),
               [(batch_id, people[line.staff_no], schools[line.school_code], *line) for line in lines])
    stored.add(
        session, PayFinding, ("batch_id", "person_id", "school_id", "code", "level", "clause", "params"),
        [(batch_id, people.get(finding.params.get("staff_no", "")),
          schools.get(finding.params.get("sending_code", "")), finding.code, finding.level, finding.clause,
          content.canonical(dict(finding.params))) for finding in findings])


# ── talent pay verify ────────────────────────────────────────────────────────────────────────────────────────


def verify(session: Session) -> list[Finding]:
    """Every invariant of every batch that does not hold, none for a sound ledger; clause is rules §2.

    Amounts are whole fen and not negative, lines add up to the total, the snapshot is whole, the hash is that of the
    content, and the snapshot computed again gives the same parameters, lines and findings, byte by byte. Then the
    decisions on each batch, the periods, and every entry of the ledger (:mod:`talent.pay.proof`), the splits of the
    schools (:mod:`talent.pay.awards.proof`), and what was paid out (:mod:`talent.pay.payout.proof`).
    """
    batches = session.scalars(select(PayBatch).order_by(PayBatch.id)).all()
    return [*(finding for batch in batches for finding in _broken(session, batch)), *proof.broken(session),
            *splits.broken(session), *payout_proof.broken(session)]


def _broken(session: Session, batch: PayBatch) -> Iterator[Finding]:
    lines, findings = stored.lines(session, batch.id), stored.findings(session, batch.id)
    for line in lines:
        if type(line.amount_fen) is not int or line.amount_fen < 0:
            yield _wrong("pay.ledger_amount", batch, staff_no=line.staff_no, amount=str(line.amount_fen))
    total = sum(line.amount_fen for line in lines)
    if total != batch.total_fen:
        yield _wrong("pay.ledger_total", batch, total_fen=batch.total_fen, lines_fen=total)
    if content.content_hash(batch.snapshot, batch.parameters, lines, findings) != batch.content_hash:
        yield _wrong("pay.ledger_hash", batch)
    snapshot = stored.snapshot(session, batch)
    if not snapshot.intact:
        yield _wrong("pay.ledger_snapshot", batch)
        return
    yield from _differences(batch, snapshot, lines, findings)


def _differences(
    batch: PayBatch, snapshot: Snapshot, lines: Sequence[BareLine], findings: Sequence[Finding]
) -> Iterator[Finding]:
    """Where the snapshot, computed again, says something else than the tables."""
    result = snapshots.thaw(snapshot.head, snapshot.parts).result()
    if content.parameters_text(result) != batch.parameters or result.terms.convention.value != batch.convention:
        yield _wrong("pay.ledger_parameters", batch)
    kept = {(line.staff_no, line.school_code): line for line in lines}
    again = {(line.staff_no, line.school_code): line for line in content.bare_lines(result)}
    for key in sorted(kept.keys() | again.keys()):
        if kept.get(key) != again.get(key):
            yield _wrong("pay.ledger_line", batch, staff_no=key[0], school_code=key[1])
    if [finding.as_dict() for finding in findings] != [finding.as_dict() for finding in result.findings]:
        yield _wrong("pay.ledger_findings", batch)


def _wrong(code: str, batch: PayBatch, **params: Any) -> Finding:
    return Finding(code, "", {"year": batch.year, "sequence": batch.sequence, **params})
