"""The second factor: a code of the moment from one's phone (TOTP), used once, and recovery codes for a lost phone.

The seed is sealed like an ID number. A wrong code is counted for the account alone, since only whoever has the
password can try one; the count ends the try, never somebody else's.
"""

import base64
import secrets
from datetime import timedelta

import pyotp
from sqlalchemy import delete, select, update

from talent.accounts import rules
from talent.accounts.models import LoginFailure, RecoveryCode, SecondFactor, User, UserSession
from talent.accounts.passwords import ALPHABET
from talent.accounts.queries import token_hash
from talent.accounts.sessions import count_failure, end_sessions, must_have_changed
from talent.core.access import Actor
from talent.core.errors import Finding, NotFound, RuleViolation
from talent.core.work import Program, Work

STEP_SECONDS = 30
RECOVERY_CODES = 10
SEED_BYTES = 20


def place(user_id: int) -> str:
    """What the sealed seed is bound to."""
    return f"second_factors/{user_id}/seed"


# ── enrolling ────────────────────────────────────────────────────────────────────────────────────────────────


def proposed_seed(work: Work, token: str) -> str:
    """The seed to enrol in the session behind ``token``, in base 32: the same for as long as it lasts.

    It follows from the keys and is kept only once a code has confirmed it, so that looking at the page writes nothing.
    """
    index = work.vault.index(f"seed {_own(work)} {token}")
    return base64.b32encode(bytes.fromhex(index)[:SEED_BYTES]).decode()


def confirm(work: Work, *, code: str, token: str) -> list[str]:
    """Take the proposed seed into use with a first code; answers the recovery codes, shown this once.

    The session behind ``token`` counts as proved. Raises :class:`RuleViolation` ``factor.*``.
    """
    user_id, seed = _own(work), proposed_seed(work, token)
    if work.session.get(SecondFactor, user_id) is not None:
        raise RuleViolation(Finding("factor.enrolled"))
    step = _step_of(work, seed, code)
    if step is None:
        raise RuleViolation(Finding("factor.wrong"))
    work.session.add(SecondFactor(user_id=user_id, seed_sealed=work.vault.seal(seed, place(user_id)),
                                  confirmed_at=work.now, last_step=step))
    codes = _new_recovery_codes(work, user_id)
    _prove(work, token)
    work.record("account:add_factor", "user", work.actor.name)
    return codes


def _new_recovery_codes(work: Work, user_id: int) -> list[str]:
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = ["-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2))
             for _ in range(RECOVERY_CODES)]
    work.session.add_all(RecoveryCode(user_id=user_id, code_index=_index(work, user_id, code)) for code in codes)
    return codes


def _index(work: Work, user_id: int, code: str) -> str:
    return work.vault.index(f"recovery {user_id} {code}")


def renew_recovery_codes(work: Work) -> list[str]:
    """New recovery codes in place of the old ones; the actor must have proved themselves lately."""
    work.require_proved()
    row = _row(work)
    codes = _new_recovery_codes(work, row.user_id)
    work.record("account:renew_recovery_codes", "user", work.actor.name)
    return codes


def reset(work: Work, *, user_id: int) -> None:
    """Take a lost second factor away from somebody, who enrols again at the next sign-in; their sessions end."""
    work.require("account:manage")
    user = work.session.get(User, user_id)
    if user is None:
        raise NotFound("account", user_id)
    if user.id == work.actor.user_id:
        raise RuleViolation(Finding("account.not_oneself"))
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    work.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    ended = end_sessions(work, user_id)
    work.record("account:reset_factor", "user", user.name, sessions=ended)


# ── proving ──────────────────────────────────────────────────────────────────────────────────────────────────


def prove(program: Program, actor: Actor, *, code: str, token: str) -> None:
    """Prove the session behind ``token`` with a code of the moment or a recovery code.

    Raises :class:`RuleViolation` ``factor.wrong`` or ``login.wait``; each failure is counted and recorded in a
    transaction of its own.
    """
    with program.begin(actor) as work:
        row = _row(work)
        left = _waiting_time(work, row.user_id)
        how = None if left > timedelta(0) else _used(work, row, code)
        if how is not None:
            work.session.execute(delete(LoginFailure).where(LoginFailure.name_index == _failures(work, row.user_id)))
            _prove(work, token)
            work.record("account:prove", "user", work.actor.name, how=how)
        elif left <= timedelta(0):
            fails = count_failure(work, _failures(work, row.user_id), "")
            work.record("account:prove_refused", "user", work.actor.name, fails=fails)
    if left > timedelta(0):
        raise RuleViolation(Finding("login.wait", params={"seconds": -(-left // timedelta(seconds=1))}))
    if how is None:
        raise RuleViolation(Finding("factor.wrong"))


def _failures(work: Work, user_id: int) -> str:
    return work.vault.index(f"factor {user_id}")


def _waiting_time(work: Work, user_id: int) -> timedelta:
    row = work.session.scalars(
        select(LoginFailure).where(LoginFailure.name_index == _failures(work, user_id)).with_for_update()
    ).one_or_none()
    return timedelta(0) if row is None else rules.waiting_time(row.fails, row.last_at, work.now)


def _used(work: Work, row: SecondFactor, code: str) -> str | None:
    """How the code proved: ``code`` or ``recovery``; None when it did not. Either is used up by it."""
    step = _step_of(work, work.vault.open(row.seed_sealed, place(row.user_id)), code, row.last_step)
    if step is not None:
        taken = work.session.execute(
            update(SecondFactor).where(SecondFactor.user_id == row.user_id, SecondFactor.last_step < step)
            .values(last_step=step).execution_options(synchronize_session=False))
        return "code" if taken.rowcount == 1 else None  # type: ignore[attr-defined]
    taken = work.session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == row.user_id, RecoveryCode.used_at.is_(None),
               RecoveryCode.code_index == _index(work, row.user_id, code.strip().casefold()))
        .values(used_at=work.now))
    return "recovery" if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def _step_of(work: Work, seed: str, code: str, used: int = 0) -> int | None:
    """The step of the clock the code belongs to, one to either side allowed; None for a wrong one, or one up to
    ``used``.
    """
    typed = "".join(code.split())
    now = int(work.now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(seed, interval=STEP_SECONDS)
    fitting = [step for step in (now - 1, now, now + 1)
               if secrets.compare_digest(totp.generate_otp(step).encode(), typed.encode())]
    return next((step for step in fitting if step > used), None)


def _prove(work: Work, token: str) -> None:
    must_have_changed(work.session.execute(
        update(UserSession).where(UserSession.token_sha256 == token_hash(token), UserSession.ended_at.is_(None),
                                  UserSession.user_id == work.actor.user_id)
        .values(proved_at=work.now, factor_at=work.now)), "session")


def _own(work: Work) -> int:
    if work.actor.user_id is None:
        raise NotFound("account")
    return work.actor.user_id


def _row(work: Work) -> SecondFactor:
    row = work.session.scalars(
        select(SecondFactor).where(SecondFactor.user_id == _own(work)).with_for_update()).one_or_none()
    if row is None:
        raise RuleViolation(Finding("factor.none"))
    return row
