"""How often something may be done in a while, counted in a row of ours: the same count on every process.

A window begins with the first use and ends by itself; nothing has to be swept for it to open again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from talent.accounts.models import Allowance
from talent.core.access import Actor
from talent.core.errors import TooOften
from talent.core.work import Program, Work

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """``most`` times within ``window``."""

    kind: str
    most: int
    window: timedelta

    def bucket(self, whose: object) -> str:
        """The row that counts it for somebody."""
        return f"{self.kind} {whose}"[:120]


#: Wrong passwords from one address, whatever the names: guessing one password at everybody. A school behind one
#: address has far fewer in ten minutes; sign-ins that succeed never count, and other addresses never notice.
FAILURES_OF_AN_ADDRESS = Limit("sign-in failures", 100, timedelta(minutes=10))
#: Passwords and second factors an administrator resets.
RESETS = Limit("resets", 60, timedelta(hours=1))


def seconds_left(session: Session, limit: Limit, whose: object, now: datetime) -> int:
    """How long until it may be done again; 0 when it may now."""
    row = session.get(Allowance, limit.bucket(whose))
    if row is None or row.used < limit.most or now - row.since >= limit.window:
        return 0
    return _seconds(row.since + limit.window - now)


def count(work: Work, limit: Limit, whose: object) -> bool:
    """Count one use within the caller's transaction; False when none was left."""
    bucket = limit.bucket(whose)
    again = (update(Allowance)
             .where(Allowance.bucket == bucket, Allowance.since > work.now - limit.window, Allowance.used < limit.most)
             .values(used=Allowance.used + 1).execution_options(synchronize_session=False))
    if work.session.execute(again).rowcount:  # type: ignore[attr-defined]
        return True
    if seconds_left(work.session, limit, whose, work.now):
        return False
    # Of this bucket only what has run out: another process may have begun a new window this very moment.
    over = (Allowance.bucket == bucket) & (Allowance.since <= work.now - limit.window)
    work.session.execute(delete(Allowance).where((Allowance.since < work.now - KEPT) | over)
                         .execution_options(synchronize_session="fetch"))
    try:
        with work.session.begin_nested():
            work.session.add(Allowance(bucket=bucket, since=work.now, used=1))
    except IntegrityError:  # the other of two first uses came first
        return bool(work.session.execute(again).rowcount)  # type: ignore[attr-defined]
    return True


def spend(program: Program, actor: Actor, limit: Limit, whose: object) -> None:
    """Use one in a transaction of its own, whatever becomes of the act. Raises :class:`TooOften`."""
    with program.begin(actor) as work:
        if count(work, limit, whose):
            return
        seconds = seconds_left(work.session, limit, whose, work.now)
    raise TooOften(max(seconds, 1))


def _seconds(left: timedelta) -> int:
    return max(-(-left // timedelta(seconds=1)), 1)


