"""Sessions and failed tries as rows: opened, ended, counted. The commands of signing in are built on these."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError

from talent.accounts import queries, rules
from talent.accounts.models import ApiToken, LoginFailure, User, UserSession
from talent.core.errors import Conflict, Finding, RuleViolation
from talent.core.work import Program, Work


def count_failure(work: Work, name_index: str, network: str) -> int:
    """One more failure in a row; old counts are swept out on the way."""
    work.session.execute(delete(LoginFailure).where(LoginFailure.last_at < work.now - rules.FAILURES_FORGOTTEN_AFTER))
    mine = select(LoginFailure).where(LoginFailure.name_index == name_index, LoginFailure.address == network)
    row = work.session.scalars(mine.with_for_update()).one_or_none()
    if row is None:
        try:
            with work.session.begin_nested():
                work.session.add(LoginFailure(name_index=name_index, address=network, fails=1, last_at=work.now))
        except IntegrityError:  # the other of two first failures came first
            row = work.session.scalars(mine.with_for_update()).one()
        else:
            return 1
    row.fails, row.last_at = rules.fails_now(row.fails, row.last_at, work.now), work.now
    return row.fails


def forget_failures(work: Work, name: str, address: str) -> None:
    """A sign-in succeeded: the failures before it no longer count."""
    work.session.execute(
        delete(LoginFailure).where(LoginFailure.name_index == work.vault.index(name),
                                   LoginFailure.address == rules.network_of(address))
    )


def open_session(
    work: Work, program: Program, user_id: int | None, address: str, *, former: str = "", by_provider: bool = False,
    strong: bool = False
) -> str:
    """A new session of an account that is still open, as it was when it was proved; ``strong``: by two factors.

    ``former`` is the token the browser held until now, whoever's it was: that session ends.
    """
    still = work.session.scalar(
        select(User.id).where(User.id == user_id, User.disabled_at.is_(None)).with_for_update(read=True)
    )
    if still is None:
        raise RuleViolation(Finding("login.refused"))
    if former:
        work.session.execute(
            update(UserSession)
            .where(UserSession.token_sha256 == queries.token_hash(former), UserSession.ended_at.is_(None))
            .values(ended_at=work.now))
    token = secrets.token_urlsafe(32)
    work.session.add(UserSession(
        token_sha256=queries.token_hash(token), user_id=still, address=address[:45], created_at=work.now,
        proved_at=work.now, factor_at=work.now if strong else None, by_provider=by_provider,
        expires_at=work.now + timedelta(hours=program.settings.session_absolute_hours),
    ))
    return token


def end_sessions(work: Work, user_id: int) -> int:
    """End the live sessions of an account; how many there were."""
    return _count(work.session.execute(
        update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .values(ended_at=work.now)
    ))


def revoke_keys(work: Work, user_id: int | None) -> None:
    """End an account's keys for other systems: whoever had the password may have taken one."""
    work.session.execute(
        update(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=work.now))


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount


def must_have_changed(result: Any, what: str) -> None:
    """Compare-and-set: exactly one row was still as expected, or somebody else came first."""
    if _count(result) != 1:
        raise Conflict(what)
