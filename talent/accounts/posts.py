"""Grants end with the post. Whoever reads grants leaves out those that are over (``queries.in_force``), so that an end
takes effect with the next request; what is here closes them, each with its line in the audit.
"""

from datetime import date

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from talent.accounts import queries
from talent.accounts.models import RoleGrant, User
from talent.core.access import operator
from talent.core.work import Program, Work

#: Parameters of one statement: SQLite takes 32,766.
AT_ONCE = 5_000


def count_over(session: Session, today: date) -> int:
    """How many grants are still open although their post or their time has ended."""
    return session.scalar(select(func.count()).select_from(RoleGrant)
                          .where(RoleGrant.state != "ended", queries.is_over(today))) or 0


def sweep(program: Program) -> int:
    """What the worker does now and then: close what is over, without taking the write lock when nothing is."""
    with program.read(operator()) as work:
        waiting = count_over(work.session, work.today)
    if waiting:
        with program.begin(operator()) as work:
            return end_what_is_over(work)
    return 0


def end_what_is_over(work: Work, *, user_id: int | None = None) -> int:
    """Close the open grants, of everybody or of one account, whose post or time has ended; how many."""
    work.require("account:manage")
    mine = [] if user_id is None else [RoleGrant.user_id == user_id]
    over = work.session.execute(
        select(RoleGrant.id, RoleGrant.role, RoleGrant.state, User.name, queries.post_lasts(work.today).label("lasts"))
        .select_from(RoleGrant).join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.state != "ended", queries.is_over(work.today), *mine)
        .order_by(RoleGrant.id).with_for_update(of=RoleGrant)
    ).all()
    ids = [grant.id for grant in over]
    for start in range(0, len(ids), AT_ONCE):
        work.session.execute(
            update(RoleGrant).where(RoleGrant.id.in_(ids[start:start + AT_ONCE]))
            .values(state="ended", ended_at=work.now, valid_to=case(
                (RoleGrant.valid_to <= work.today, RoleGrant.valid_to),
                (RoleGrant.valid_from > work.today, RoleGrant.valid_from), else_=work.today)))
    for grant in over:
        work.record("role:end", "user", grant.name, role=grant.role, was=grant.state,
                    reason="time" if grant.lasts else "post")
    return len(over)
