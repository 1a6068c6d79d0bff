"""Incentive pay as it is read: batches, their lines, findings and receipts, by scope.

``pay:read`` reaches everybody's lines, the lines of own schools, or one's own. What lies outside is not found.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from talent.core.access import Scope
from talent.core.errors import Finding, NotFound, RuleViolation
from talent.core.views import copied
from talent.core.work import Work
from talent.pay import stored
from talent.pay.facts import PayTerms
from talent.pay.ledger_models import PayEntry
from talent.pay.models import CHAIN, SUPERSEDED, PayBatch, PayFinding, PayLine
from talent.pay.rules import compute_year
from talent.pay.snapshots import Facts
from talent.people.models import Person, School
from talent.people.queries import school_name_in
from talent.people.schools import spoken_for

Say = Callable[[Finding], tuple[str, str]]


def document(work: Work, batch: PayBatch, say: Say) -> dict[str, Any]:
    """A whole batch as ``talent pay compute --format json`` prints it; ``say`` words the findings."""
    work.require("pay:read")
    lines = stored.lines(work.session, batch.id)
    schools: dict[str, int] = defaultdict(int)
    for line in lines:
        schools[line.school_code] += line.amount_fen
    return {
        "year": batch.year, "convention": batch.convention, "total_fen": batch.total_fen,
        "schools": [{"school_code": code, "amount_fen": fen} for code, fen in sorted(schools.items())],
        "lines": [{"staff_no": line.staff_no, "school_code": line.school_code, "months": json.loads(line.months),
                   "days": line.days, "amount_fen": line.amount_fen} for line in lines],
        "findings": [{"staff_no": finding.params.get("staff_no"), "code": finding.code, "level": finding.level,
                      "text": say(finding)[0]} for finding in stored.findings(work.session, batch.id)],
        "batch": batch.id, "state": batch.state, "content_hash": batch.content_hash,
    }


# ── batches, by scope ────────────────────────────────────────────────────────────────────────────────────────


def readable(work: Work) -> Scope:
    """On whose pay the actor looks."""
    return spoken_for(work, work.require("pay:read"))


def reach(scope: Scope) -> ColumnElement[bool]:
    """The lines a scope reaches."""
    if scope.everyone:
        return true()
    return or_(PayLine.school_id.in_(scope.schools), PayLine.person_id.in_(scope.persons))


def check_year(work: Work, year: int) -> None:
    """Refuse by name a year that no standard covers, as a computation would."""
    if refusals := compute_year(year, {}, {}, PayTerms.from_book(work.book, year)).refusals:
        raise RuleViolation(refusals)


def years(work: Work) -> list[int]:
    """The years with a batch, newest first."""
    work.require("pay:read")
    return list(work.session.scalars(select(PayBatch.year).distinct().order_by(PayBatch.year.desc())))


def latest_batch(work: Work, year: int) -> PayBatch | None:
    """The batch of a year that counts: the one furthest along the chain, of equals the newest. No adjustment."""
    work.require("pay:read")
    return work.session.scalars(
        select(PayBatch).where(PayBatch.year == year, PayBatch.state != SUPERSEDED, PayBatch.adjusts_id.is_(None))
        .order_by(case({state: at for at, state in enumerate(CHAIN)}, value=PayBatch.state).desc(),
                  PayBatch.sequence.desc()).limit(1)).first()


def batch_numbered(work: Work, year: int, sequence: int) -> PayBatch:
    """One run of a year, superseded ones and adjustments among them."""
    work.require("pay:read")
    batch = work.session.scalars(
        select(PayBatch).where(PayBatch.year == year, PayBatch.sequence == sequence)).one_or_none()
    if batch is None:
        raise NotFound("pay_batch", sequence)
    return batch


def adjustments(work: Work, batch_id: int) -> Sequence[PayBatch]:
    """The runs that put a locked batch right, the latest first."""
    work.require("pay:read")
    return work.session.scalars(
        select(PayBatch).where(PayBatch.adjusts_id == batch_id, PayBatch.state != SUPERSEDED)
        .order_by(PayBatch.sequence.desc())).all()


def former_batch(work: Work, batch: PayBatch) -> PayBatch | None:
    """The run of the same year and convention before this one."""
    work.require("pay:read")
    earlier = (PayBatch.year == batch.year, PayBatch.convention == batch.convention, PayBatch.sequence < batch.sequence)
    return work.session.scalars(select(PayBatch).where(*earlier).order_by(PayBatch.sequence.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class BatchHead:
    """What the pages say of a batch itself, still readable once the transaction is over."""

    id: int
    year: int
    sequence: int
    convention: str
    state: str
    version: int
    adjusts_id: int | None
    computed_at: datetime
    computed_by: int | None
    computed_by_name: str
    content_hash: str
    total_fen: int


def head_of(batch: PayBatch) -> BatchHead:
    """The head of a batch for a page."""
    return copied(batch, BatchHead)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the lines of a batch that the reader may see."""

    people: int
    schools: int
    months: int
    fen: int


def totals(work: Work, batch_id: int) -> Totals:
    """What the reader's lines of a batch add up to; one statement."""
    people, schools, months, fen = work.session.execute(
        select(func.count(PayLine.person_id.distinct()), func.count(PayLine.school_id.distinct()),
               func.coalesce(func.sum(PayLine.month_count), 0), func.coalesce(func.sum(PayLine.amount_fen), 0))
        .where(PayLine.batch_id == batch_id, reach(readable(work)))).one()
    return Totals(people, schools, int(months), int(fen))


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch for its page. ``former`` are the totals of the run before it, numbered; None for a first run."""

    batch: BatchHead
    totals: Totals
    former: Totals | None
    former_sequence: int | None
    parameters: Sequence[Mapping[str, Any]]

    @property
    def assumed(self) -> int:
        """How many parameters nobody decided."""
        return sum(value["basis"] == "assumed" for value in self.parameters)


def assumptions(batch: PayBatch) -> list[Mapping[str, Any]]:
    """The parameters of a batch that nobody decided."""
    return [value for value in json.loads(batch.parameters) if value["basis"] == "assumed"]


def assumed_in(batch: PayBatch) -> int:
    """How many of them there are."""
    return len(assumptions(batch))


def batch_view(work: Work, batch: PayBatch) -> BatchView:
    """The batch with the reader's own totals, beside those of the run before."""
    former = former_batch(work, batch)
    return BatchView(head_of(batch), totals(work, batch.id), totals(work, former.id) if former else None,
                     former.sequence if former else None, json.loads(batch.parameters))


@dataclass(frozen=True, slots=True)
class SchoolTotal:
    """The allotment of one sending school."""

    code: str
    name: str
    people: int
    months: int
    fen: int


def school_totals(work: Work, batch_id: int, *, code: str = "") -> list[SchoolTotal]:
    """Allotments by school code, or that of one school; all of them add up to :func:`totals`."""
    statement = (
        select(School.code, school_name_in(PayBatch.year), func.count(PayLine.person_id.distinct()),
               func.sum(PayLine.month_count), func.sum(PayLine.amount_fen))
        .join(PayBatch, PayBatch.id == PayLine.batch_id)
        .join(School, School.id == PayLine.school_id)
        .where(PayLine.batch_id == batch_id, reach(readable(work)))
        .group_by(School.id, School.code, School.name, PayBatch.year).order_by(School.code))
    if code:
        statement = statement.where(School.code == code)
    return [SchoolTotal(code, name, people, int(months), int(fen))
            for code, name, people, months, fen in work.session.execute(statement)]


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line in a list. ``reversed`` where an adjustment took back what was posted of it."""

    id: int
    year: int
    convention: str
    state: str
    staff_no: str
    name: str
    school_code: str
    school: str
    months: tuple[int, ...]
    days: int
    fen: int
    reversed: bool


def _reversed() -> ColumnElement[bool]:
    """Whether what was posted of a line was taken back."""
    posted, back = aliased(PayEntry), aliased(PayEntry)
    return exists().where(back.reverses_id == posted.id, posted.line_id == PayLine.id)


def line_rows(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Lines a scope reaches, as rows of a list."""
    return (
        select(PayLine.id, PayBatch.year, PayBatch.convention, PayBatch.state, PayLine.staff_no, Person.name,
               School.code, school_name_in(PayBatch.year), PayLine.months, PayLine.days, PayLine.amount_fen,
               _reversed())
        .join(PayBatch, PayBatch.id == PayLine.batch_id)
        .join(Person, Person.id == PayLine.person_id)
        .join(School, School.id == PayLine.school_id)
        .where(reach(scope))
    )


def read_lines(session: Session, statement: Select[*tuple[Any, ...]]) -> list[LineRow]:
    """The rows of such a statement."""
    return [LineRow(id_, year, convention, state, staff_no, name, code, school, tuple(json.loads(months)), days, fen,
                    back)
            for id_, year, convention, state, staff_no, name, code, school, months, days, fen, back
            in session.execute(statement)]


def lines(
    work: Work, batch_id: int, *, school_code: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[LineRow], int]:
    """One page of the reader's lines of a batch by school and staff number, and how many there are."""
    scope = readable(work)
    where = [PayLine.batch_id == batch_id]
    if school_code:
        where.append(PayLine.school_id.in_(select(School.id).where(School.code == school_code)))
    total = work.session.scalar(select(func.count()).select_from(PayLine).where(*where, reach(scope))) or 0
    page = line_rows(scope).where(*where).order_by(School.code, PayLine.staff_no).offset(offset).limit(limit)
    return read_lines(work.session, page), total


def school_total(work: Work, batch_id: int, code: str) -> SchoolTotal:
    """One school's allotment; a school without lines that the reader may see is not found."""
    found = school_totals(work, batch_id, code=code)
    if not found:
        raise NotFound("school", code)
    return found[0]


def counts() -> ColumnElement[bool]:
    """Lines that say something to their person: of an adjustment only those that were posted."""
    return or_(PayBatch.adjusts_id.is_(None), PayLine.id.in_(select(PayEntry.line_id)))


def lines_of_person(work: Work, person_id: int) -> list[LineRow]:
    """A person's lines of every batch in force, newest year first, as far as the reader may see them."""
    statement = line_rows(readable(work)).where(
        PayLine.person_id == person_id, PayBatch.state != SUPERSEDED, counts())
    return read_lines(work.session, statement.order_by(PayBatch.year.desc(), PayBatch.sequence.desc(), School.code))


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with the person and the school it is about, and the person's line there, else another in reach."""

    finding: Finding
    name: str
    school: str
    line_id: int | None


def _finding_reach(scope: Scope) -> ColumnElement[bool]:
    if scope.everyone:
        return true()
    return or_(PayFinding.school_id.in_(scope.schools), PayFinding.person_id.in_(scope.persons))


def finding_counts(work: Work, batch_id: int) -> list[tuple[str, str, int]]:
    """(code, level, how many) of what the reader may see: errors first, then by code."""
    rows = work.session.execute(
        select(PayFinding.code, PayFinding.level, func.count())
        .where(PayFinding.batch_id == batch_id, _finding_reach(readable(work)))
        .group_by(PayFinding.code, PayFinding.level).order_by(PayFinding.level, PayFinding.code)).all()
    return [(code, level, count) for code, level, count in rows]


def findings(
    work: Work, batch_id: int, *, code: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[FindingRow], int]:
    """One page of findings, errors first, and how many there are."""
    scope = readable(work)
    where = [PayFinding.batch_id == batch_id, _finding_reach(scope)]
    if code:
        where.append(PayFinding.code == code)
    total = work.session.scalar(select(func.count()).select_from(PayFinding).where(*where)) or 0
    theirs = select(func.min(PayLine.id)).where(
        PayLine.batch_id == PayFinding.batch_id, PayLine.person_id == PayFinding.person_id, reach(scope))
    there = theirs.where(PayLine.school_id == PayFinding.school_id)
    line = func.coalesce(there.scalar_subquery(), theirs.scalar_subquery())
    rows = work.session.execute(
        select(PayFinding.code, PayFinding.clause, PayFinding.params, PayFinding.level, Person.name,
               school_name_in(PayBatch.year).label("school"), line.label("line_id"))
        .join(PayBatch, PayBatch.id == PayFinding.batch_id)
        .outerjoin(Person, Person.id == PayFinding.person_id)
        .outerjoin(School, School.id == PayFinding.school_id)
        .where(*where).order_by(PayFinding.level, PayFinding.code, PayFinding.id).offset(offset).limit(limit)).all()
    return [FindingRow(stored.finding(row), row.name or "", row.school or "", row.line_id) for row in rows], total


# ── one receipt ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A line with all it came from. ``facts`` are this person's alone; ``others`` is fen by convention; ``code_now``
    is what the school's code has become since."""

    line_id: int
    person_id: int
    staff_no: str
    name: str
    school_code: str
    school: str
    months: tuple[int, ...]
    days: int
    fen: int
    receipt: Mapping[str, Any]
    parameters: Sequence[Mapping[str, Any]]
    findings: Sequence[Finding]
    facts: Facts
    others: Mapping[str, int]
    year: int
    convention: str
    state: str
    sequence: int
    computed_at: datetime
    content_hash: str
    reversed: bool
    code_now: str


def receipt_view(work: Work, line_id: int) -> ReceiptView:
    """The receipt of one line in the reader's scope, made from the batch's snapshot; else ``NotFound``."""
    found = work.session.execute(
        select(PayLine, school_name_in(PayBatch.year), School.code, _reversed())
        .join(PayBatch, PayBatch.id == PayLine.batch_id).join(School, School.id == PayLine.school_id)
        .options(contains_eager(PayLine.batch).undefer(PayBatch.snapshot), joinedload(PayLine.person))
        .where(PayLine.id == line_id, reach(readable(work)))).first()
    if found is None:
        raise NotFound("pay_line", line_id)
    line, school, code_now, taken_back = found
    batch, facts = line.batch, stored.facts_of_person(work.session, line.batch, line.staff_no)
    made = {code: next(made for made in result.lines if made.school_code == line.school_code)
            for code, result in facts.compared().items()}
    return ReceiptView(
        line.id, line.person_id, line.staff_no, line.person.name, line.school_code, school,
        tuple(json.loads(line.months)), line.days, line.amount_fen,
        made[batch.convention].receipt.as_dict(parameters=False), json.loads(batch.parameters),
        _findings_of(work, line), facts, {code: each.amount_fen for code, each in made.items()},
        batch.year, batch.convention, batch.state, batch.sequence, batch.computed_at, batch.content_hash, taken_back,
        code_now)


def _findings_of(work: Work, line: PayLine) -> list[Finding]:
    """What the run found of the person, as far as it concerns the reader: another school's spells stay there."""
    rows = work.session.execute(
        select(PayFinding.code, PayFinding.clause, PayFinding.params, PayFinding.level)
        .where(PayFinding.batch_id == line.batch_id, PayFinding.person_id == line.person_id,
               _finding_reach(readable(work))).order_by(PayFinding.id)).all()
    return [stored.finding(row) for row in rows]
