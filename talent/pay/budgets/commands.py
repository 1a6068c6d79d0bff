"""Entering what is set aside for the schools' assistance of a year, under a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from talent.core.errors import Conflict, Finding, RuleViolation
from talent.core.work import Work
from talent.pay import queries as pay
from talent.pay.budgets.models import PayBudget
from talent.people.models import School

ENTER = "budget:enter"
LONGEST_DOCUMENT, LONGEST_NOTE = 80, 500
#: Budgets are drawn up for the year to come, and for the one after it.
YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Paper:
    """What a budget rests on: the document with its date, and what else is to be said."""

    number: str
    on: date
    note: str = ""


def enter(work: Work, *, year: int, paper: Paper, sums: Mapping[str, int], head: int) -> int:
    """Add what differs from the budgets that stand: fen by school code; how many rows it took.

    ``head`` is the number of the last row that was there when the sums were read, 0 for none: Conflict
    ``budget.changed`` when there are others by now. RuleViolation says what of the paper or the sums does not do.
    """
    work.require(ENTER)
    pay.check_year(work, year)
    stand, last = standing(work.session, year), last_row(work.session, year)
    if last != head:
        raise Conflict("budget.changed", year=year)
    schools = {code: school_id for code, school_id in work.session.execute(select(School.code, School.id))}
    changed = {code: fen for code, fen in sorted(sums.items()) if code not in schools or _differs(
        stand.get(schools[code]), fen)}
    findings = [*_judge_paper(work, paper, year), *_judge_sums(changed, schools)]
    if findings:
        raise RuleViolation(findings)
    _add(work, year, paper, {schools[code]: fen for code, fen in changed.items()}, stand)
    work.record("budget:enter", "pay_budget", year, document=paper.number, schools=len(changed),
                before_fen=sum(row.fen for row in stand.values()),
                after_fen=sum({**{row.school_id: row.fen for row in stand.values()},
                               **{schools[code]: fen for code, fen in changed.items()}}.values()))
    return len(changed)


def standing(session: Session, year: int, on: date | None = None) -> dict[int, PayBudget]:
    """The budgets of a year that stand (on a day: of what was entered by then), by the school's id."""
    rows = select(PayBudget).where(PayBudget.year == year).order_by(PayBudget.school_id, PayBudget.sequence)
    if on is not None:
        rows = rows.where(PayBudget.entered_on <= on)
    return {row.school_id: row for row in session.scalars(rows)}


def last_row(session: Session, year: int) -> int:
    """The number of the last row of a year, 0 before the first."""
    return session.scalar(select(func.max(PayBudget.id)).where(PayBudget.year == year)) or 0


def _differs(stands: PayBudget | None, fen: int) -> bool:
    return stands is None or stands.fen != fen


def _judge_paper(work: Work, paper: Paper, year: int) -> list[Finding]:
    found = []
    if not paper.number or len(paper.number) > LONGEST_DOCUMENT:
        found.append(Finding("budget.no_document", params={"most": LONGEST_DOCUMENT, "field": "document_no"}))
    if paper.on > work.today:
        found.append(Finding("budget.document_ahead", params={"today": work.today, "field": "document_on"}))
    if len(paper.note) > LONGEST_NOTE:
        found.append(Finding("budget.note_long", params={"most": LONGEST_NOTE, "field": "note"}))
    if year > work.today.year + YEARS_AHEAD:
        found.append(Finding("budget.year_ahead", params={"year": year, "last": work.today.year + YEARS_AHEAD}))
    return found


def _judge_sums(changed: Mapping[str, int], schools: Mapping[str, int]) -> Sequence[Finding]:
    if not changed:
        return [Finding("budget.nothing_new")]
    return [*(Finding("budget.school_unknown", params={"code": code}) for code in changed if code not in schools),
            *(Finding("budget.below_zero", params={"code": code, "sum_fen": fen})
              for code, fen in changed.items() if fen < 0)]


def _add(work: Work, year: int, paper: Paper, sums: Mapping[int, int], stand: Mapping[int, PayBudget]) -> None:
    work.session.add_all([
        PayBudget(year=year, school_id=school_id, sequence=stand[school_id].sequence + 1 if school_id in stand else 1,
                  fen=fen, document_no=paper.number, document_on=paper.on, note=paper.note, entered_on=work.today,
                  entered_at=work.now, entered_by=work.actor.user_id, entered_by_name=work.actor.signature)
        for school_id, fen in sums.items()])
    try:
        work.session.flush()
    except IntegrityError as taken:
        raise Conflict("budget.changed", year=year) from taken
