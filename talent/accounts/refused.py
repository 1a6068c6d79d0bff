"""What an account was refused for want of a right, kept for the auditor: so many an hour, since asking is cheap."""

from datetime import timedelta

from talent.accounts.allowances import Limit, count, seconds_left
from talent.core.access import Actor
from talent.core.work import Program

#: Refusals of one account that are kept. The last of an hour says that more may have followed.
KEPT = Limit("refusals", 30, timedelta(hours=1))


def keep(program: Program, actor: Actor, right: str, address: str) -> None:
    """Record that ``actor`` lacked ``right`` at ``address``, in a transaction of its own: the act was rolled back.

    ``address`` is the rule with its method (``GET /people/<person_id>``): whose record it was is not kept. Nothing is
    kept of somebody without an account, nor beyond :data:`KEPT`.
    """
    if actor.user_id is None:
        return
    with program.read(actor) as work:
        if seconds_left(work.session, KEPT, actor.user_id, work.now):
            return
    with program.begin(actor) as work:
        if count(work, KEPT, actor.user_id):
            is_last = seconds_left(work.session, KEPT, actor.user_id, work.now) > 0
            work.record("access:refuse", "right", right, address=address, last_of_the_hour=is_last)
