"""What waits to be split: at a school its own sums, for finance how many schools are missing. Counts only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import aliased

from talent.core.work import Work
from talent.pay.awards.commands import DRAW, SUBMIT
from talent.pay.awards.ground import COUNTING, standing_sum
from talent.pay.awards.models import PayDistribution
from talent.pay.ledger_models import PayEntry
from talent.people.models import School
from talent.people.schools import spoken_for


@dataclass(frozen=True, slots=True)
class ToSplit:
    """A school's year that is not split as it stands. ``notice_to`` is the draft's; ``mine``: the actor drew it."""

    year: int
    code: str
    fen: int
    drafted: bool
    notice_to: date | None
    mine: bool

    def ready(self, today: date) -> bool:
        """Whether nothing but somebody's submission is missing, as far as the calendar goes."""
        return self.drafted and self.notice_to is not None and self.notice_to < today


def _open(schools: Iterable[int] | None) -> tuple[Subquery, Select[*tuple[Any, ...]]]:
    """Sums by year and school that no submitted split gives out."""
    done = aliased(PayDistribution)
    sums = select(PayEntry.year, PayEntry.school_id, standing_sum().label("fen")).where(PayEntry.kind.in_(COUNTING))
    if schools is not None:
        sums = sums.where(PayEntry.school_id.in_(schools))
    stand = sums.group_by(PayEntry.year, PayEntry.school_id).subquery()
    return stand, (
        select(stand.c.year, stand.c.school_id)
        .outerjoin(done, and_(done.year == stand.c.year, done.school_id == stand.c.school_id,
                              done.state == "submitted"))
        .where(or_(and_(done.id.is_(None), stand.c.fen > 0), done.allotment_fen != stand.c.fen)))


def to_split(work: Work) -> list[ToSplit]:
    """What the actor's schools still have to split, the newest year first; one statement."""
    schools = frozenset[int]().union(*(spoken_for(work, work.actor.scope(right)).schools for right in (DRAW, SUBMIT)))
    if not schools:
        return []
    stand, open_ = _open(schools)
    draft = aliased(PayDistribution)
    rows = work.session.execute(
        open_.add_columns(stand.c.fen, School.code, draft.id, draft.notice_to, draft.drawn_by)
        .join(School, School.id == stand.c.school_id)
        .outerjoin(draft, and_(draft.year == stand.c.year, draft.school_id == stand.c.school_id,
                               draft.state == "draft"))
        .order_by(stand.c.year.desc(), School.code))
    return [ToSplit(year, code, int(fen), drafted is not None, notice_to,
                    drawn_by is not None and drawn_by == work.actor.user_id)
            for year, _school, fen, code, drafted, notice_to, drawn_by in rows]


def missing_schools(work: Work) -> tuple[int, int]:
    """(the newest year, how many schools in all years) with a sum that no submitted split gives out; one statement."""
    _, open_ = _open(None)
    found = open_.subquery()
    year, count = work.session.execute(select(func.max(found.c.year), func.count()).select_from(found)).one()
    return year or 0, count
