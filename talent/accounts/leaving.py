"""Ending sign-ins: this one, one of one's own elsewhere, all of an account."""

from sqlalchemy import update

from talent.accounts import queries, sessions
from talent.accounts.models import User, UserSession
from talent.core.errors import NotFound
from talent.core.work import Work


def sign_out(work: Work, *, token: str) -> None:
    """End the actor's session behind ``token``."""
    ended = work.session.execute(
        update(UserSession)
        .where(UserSession.token_sha256 == queries.token_hash(token), UserSession.user_id == work.actor.user_id,
               UserSession.ended_at.is_(None))
        .values(ended_at=work.now)
    )
    sessions.must_have_changed(ended, "session")
    work.record("account:sign_out", "user", work.actor.name)


def end_session(work: Work, *, session_id: int) -> None:
    """End one of the actor's own sign-ins; nobody else's is found."""
    row = work.session.get(UserSession, session_id)
    if row is None or row.user_id != work.actor.user_id or row.ended_at is not None:
        raise NotFound("session", session_id)
    row.ended_at = work.now
    work.record("account:end_session", "user", work.actor.name, address=row.address)


def end_sessions(work: Work, *, user_id: int) -> int:
    """Sign an account out everywhere: one's own, or anybody's with ``account:manage``. How many ended."""
    user = work.session.get(User, user_id)
    if user is None:
        raise NotFound("account", user_id)
    if user.id != work.actor.user_id:
        work.require("account:manage")
    ended = sessions.end_sessions(work, user.id)
    work.record("account:end_sessions", "user", user.name, sessions=ended)
    return ended
