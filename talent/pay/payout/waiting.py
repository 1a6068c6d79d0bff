"""What waits for whoever pays: sums in no payroll file yet, those the bank refused, what was paid too much, and closed
years somebody asked to open again."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Subquery, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from talent.core.work import Work
from talent.pay.awards.ground import COUNTING, standing_sum
from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.ledger_models import PayEntry
from talent.pay.payout.models import PayPayoutItem, PayRecovery, PayResult
from talent.pay.year_models import PayYear, PayYearAct


class Waiting(NamedTuple):
    """People and schools with a sum in no file, with a refused one, and with one to be taken back."""

    due: int
    again: int
    back: int


def waiting(work: Work) -> dict[int, Waiting]:
    """Year → how many wait, of years that are open; years with nothing are left out. One statement.

    A school whose split gives more than stands for it has to split anew first, so nobody of it waits to be sent.
    """
    work.require("payout:read")
    rows = _sums()
    award, paid, live, refused = (func.sum(rows.c[name]) for name in ("award", "paid", "live", "refused"))
    each = (
        select(rows.c.year, rows.c.school_id, case((award > paid + live + refused, 1), else_=0).label("due"),
               case((and_(refused > 0, award > paid + live), 1), else_=0).label("again"),
               case((paid > award, 1), else_=0).label("back"))
        .group_by(rows.c.year, rows.c.school_id, rows.c.person_id).subquery())
    stand = (select(PayEntry.year, PayEntry.school_id, standing_sum().label("fen"))
             .where(PayEntry.kind.in_(COUNTING)).group_by(PayEntry.year, PayEntry.school_id).subquery())
    split = aliased(PayDistribution)
    sent = case((or_(split.id.is_(None), split.allotment_fen <= func.coalesce(stand.c.fen, 0)), 1), else_=0)
    found = work.session.execute(
        select(each.c.year, func.sum(each.c.due * sent), func.sum(each.c.again * sent), func.sum(each.c.back))
        .outerjoin(stand, and_(stand.c.year == each.c.year, stand.c.school_id == each.c.school_id))
        .outerjoin(split, and_(split.year == each.c.year, split.school_id == each.c.school_id,
                               split.state == "submitted"))
        .outerjoin(PayYear, PayYear.year == each.c.year)
        .where(or_(PayYear.year.is_(None), PayYear.state == "open"))
        .group_by(each.c.year).order_by(each.c.year))
    return {year: Waiting(int(due), int(again), int(back)) for year, due, again, back in found if due or again or back}


def reopenings(work: Work) -> dict[int, datetime]:
    """Closed year → when somebody else asked to open it again; one statement."""
    work.require("payout:read")
    asked = work.session.execute(
        select(PayYearAct.year, PayYearAct.requested_at)
        .where(PayYearAct.state == "requested", PayYearAct.requested_by != work.actor.user_id)
        .order_by(PayYearAct.year))
    return {year: at for year, at in asked}


def _sums() -> Subquery:
    """Of each person at a school, row by row: what a split gives, what was paid, is with the bank, was refused."""
    again = aliased(PayPayoutItem)
    awarded = (
        select(PayDistribution.year, PayDistribution.school_id, PayAward.person_id, PayAward.fen.label("award"),
               literal(0).label("paid"), literal(0).label("live"), literal(0).label("refused"))
        .join(PayAward, PayAward.distribution_id == PayDistribution.id).where(PayDistribution.state == "submitted"))
    fen = PayPayoutItem.fen
    issued = (
        select(PayPayoutItem.year, PayPayoutItem.school_id, PayPayoutItem.person_id, literal(0),
               case((PayResult.success, fen), else_=0), case((PayResult.item_id.is_(None), fen), else_=0),
               case((PayResult.success.is_(False), fen), else_=0))
        .outerjoin(PayResult, PayResult.item_id == PayPayoutItem.id)
        .outerjoin(again, again.reissues_id == PayPayoutItem.id).where(again.id.is_(None)))
    returned = select(PayRecovery.year, PayRecovery.school_id, PayRecovery.person_id, literal(0), -PayRecovery.fen,
                      literal(0), literal(0))
    return union_all(awarded, issued, returned).subquery()
