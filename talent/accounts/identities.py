"""Signing in through the provider, and linking an account to who one is there.

A link is an act of its own: of the person signed in, or of an administrator who enters the staff number the provider
vouches for. Nothing is ever linked by name, telephone number or mail.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from talent.accounts import queries, sessions
from talent.accounts.commands import NOBODY
from talent.accounts.models import Identity, SecondFactor, SpentState, User, UserSession
from talent.accounts.provider import LEEWAY, Assertion
from talent.core.access import Actor
from talent.core.errors import Finding, NotFound, RuleViolation
from talent.core.work import Program, Work
from talent.people.models import Person

STATES_KEPT = timedelta(hours=1)


def spend(program: Program, state: str) -> None:
    """Use a state up before the provider is asked. Raises :class:`RuleViolation` ``sso.again`` the second time."""
    try:
        with program.begin(NOBODY) as work:
            work.session.execute(delete(SpentState).where(SpentState.at < work.now - STATES_KEPT))
            work.session.add(SpentState(state_index=work.vault.index(f"sso state {state}"), at=work.now))
            work.session.flush()
    except IntegrityError as error:
        raise RuleViolation(Finding("sso.again")) from error


def sign_in(program: Program, *, said: Assertion, address: str, former: str = "") -> str:
    """Open a session for the account linked to what the provider said; answers its token. ``former`` ends.

    Raises :class:`RuleViolation`: ``sso.unlinked``, or ``sso.refused`` for a closed account.
    """
    with program.read(NOBODY) as work:
        user = _linked(work, said)
        known = (user.id, user.name, user.disabled_at is not None) if user is not None else None
    if known is None or known[2]:
        with program.begin(NOBODY) as work:
            work.record("account:sign_in_refused", "user", known[1] if known else "unknown", address=address,
                        reason="disabled" if known else "unlinked", provider=said.issuer)
        raise RuleViolation(Finding("sso.refused" if known else "sso.unlinked"))
    with program.begin(Actor(known[0], known[1], ())) as work:
        if not _bind(work, known[0], said):  # another subject came first with the same claim
            raise RuleViolation(Finding("sso.unlinked"))
        token = sessions.open_session(work, program, known[0], address, former=former, by_provider=True,
                                      strong=said.strong)
        work.record("account:sign_in", "user", known[1], address=address, provider=said.issuer)
    return token


def prove(work: Work, *, said: Assertion, began_at: datetime, token: str) -> None:
    """Prove the session behind ``token``: its owner signed in at the provider anew since ``began_at``.

    Raises :class:`RuleViolation`: ``sso.not_fresh``, or ``sso.other_person`` for anybody else than who is linked. An
    account with a second factor proves itself by that instead.
    """
    known = select(Identity.id).where(Identity.user_id == work.actor.user_id, Identity.issuer == said.issuer,
                                      Identity.subject == said.subject)
    if work.session.scalar(known) is None:
        raise RuleViolation(Finding("sso.other_person"))
    at = said.signed_in_at
    if at is None or not began_at - LEEWAY <= at <= work.now + LEEWAY:
        raise RuleViolation(Finding("sso.not_fresh"))
    factor = select(SecondFactor.user_id).where(SecondFactor.user_id == work.actor.user_id)
    proved = work.session.execute(
        update(UserSession)
        .where(UserSession.token_sha256 == queries.token_hash(token), UserSession.user_id == work.actor.user_id,
               UserSession.ended_at.is_(None), ~factor.exists())
        .values(proved_at=work.now).execution_options(synchronize_session=False))
    sessions.must_have_changed(proved, "session")
    work.record("account:prove", "user", work.actor.name, how="provider")


def _linked(work: Work, said: Assertion) -> User | None:
    """The account of the subject; else the one an administrator entered this claim for and nobody has used yet."""
    of_issuer = select(User).join(Identity, Identity.user_id == User.id).where(Identity.issuer == said.issuer)
    user = work.session.scalars(of_issuer.where(Identity.subject == said.subject)).one_or_none()
    if user is None and said.claim:
        user = work.session.scalars(
            of_issuer.where(Identity.claim == said.claim, Identity.subject.is_(None))).one_or_none()
    return user


def _bind(work: Work, user_id: int, said: Assertion) -> bool:
    """From the first sign-in on the subject alone counts; whether it is this one, asked within the transaction."""
    mine = (Identity.user_id == user_id, Identity.issuer == said.issuer)
    work.session.execute(update(Identity).where(*mine, Identity.subject.is_(None)).values(subject=said.subject))
    return work.session.scalar(select(Identity.id).where(*mine, Identity.subject == said.subject)) is not None


def link(work: Work, *, said: Assertion) -> None:
    """Link the actor's own account to who they are at the provider; needs a fresh proof."""
    work.require_proved()
    if work.actor.user_id is None:
        raise NotFound("account")
    _add(work, work.actor.user_id, work.actor.name, said.issuer, subject=said.subject)


def link_by_staff_no(work: Work, *, user_id: int, issuer: str, claim: str) -> None:
    """Link somebody's account to the staff number that the provider vouches for, which has to be their own."""
    user = _user(work, user_id)
    work.require("account:manage")
    if user.id == work.actor.user_id:
        raise RuleViolation(Finding("account.not_oneself"))
    staff_no = work.session.scalar(select(Person.staff_no).where(
        Person.id == queries.person_behind(work.session, user.id)))
    if staff_no is None or staff_no != claim:
        raise RuleViolation(Finding("identity.not_staff_no", params={"name": user.name, "claim": claim}))
    _add(work, user.id, user.name, issuer, claim=claim)


def _add(work: Work, user_id: int, name: str, issuer: str, *, subject: str | None = None, claim: str | None = None) -> (
    None
):
    mine = select(Identity.id).where(Identity.user_id == user_id, Identity.issuer == issuer)
    if work.session.scalar(mine) is not None:
        raise RuleViolation(Finding("identity.linked", params={"name": name}))
    try:
        with work.session.begin_nested():
            assert work.actor.user_id is not None  # only accounts link, never the operator
            work.session.add(Identity(user_id=user_id, issuer=issuer, subject=subject, claim=claim, linked_at=work.now,
                                      linked_by=work.actor.user_id))
    except IntegrityError as error:
        raise RuleViolation(Finding("identity.taken")) from error
    work.record("identity:link", "user", name, provider=issuer, how="own" if claim is None else "staff_no")


def unlink(work: Work, *, user_id: int) -> None:
    """Cut an account off from the provider: one's own, with a fresh proof, or anybody's with ``account:manage``."""
    user = _user(work, user_id)
    if user.id == work.actor.user_id:
        work.require_proved()
    else:
        work.require("account:manage")
    cut = work.session.execute(delete(Identity).where(Identity.user_id == user.id))
    if not cut.rowcount:  # type: ignore[attr-defined]
        raise RuleViolation(Finding("identity.none", params={"name": user.name}))
    work.session.execute(
        update(UserSession).where(UserSession.user_id == user.id, UserSession.by_provider,
                                  UserSession.ended_at.is_(None)).values(ended_at=work.now))
    work.record("identity:unlink", "user", user.name)


def _user(work: Work, user_id: int) -> User:
    user = work.session.get(User, user_id)
    if user is None:
        raise NotFound("account", user_id)
    return user


def is_linked(work: Work, user_id: int | None) -> bool:
    """Whether an account can come in through the provider."""
    return work.session.scalar(select(Identity.id).where(Identity.user_id == user_id)) is not None
