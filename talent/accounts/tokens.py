"""Keys for other systems of the bureau: issued to an account for a time, revoked, and looked up by their hash."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from talent.accounts.models import ApiAnswer, ApiToken, User
from talent.accounts.queries import Visit, actor_named, token_hash
from talent.accounts.sessions import must_have_changed
from talent.core.errors import Conflict, Finding, RuleViolation
from talent.core.work import Work

USE = "api:use"
LONGEST_LIFE = timedelta(days=366)
#: How many keys of one account may be alive at once.
MOST = 10
#: So that a key found in a file or a log can be told from other secrets.
PREFIX = "talent_"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A key as its owner sees it: never the key itself."""

    id: int
    label: str
    reads_only: bool
    created_on: date
    expires_on: date
    alive: bool


def issue(work: Work, *, label: str, expires_on: date, reads_only: bool) -> str:
    """A new key of the actor's own account, shown this once.

    Raises RuleViolation for a life of none or more than a year and for too many keys; NotProved in an old session.
    """
    work.require(USE)
    work.actor.require_proved()
    user_id, findings = _account(work), []
    if not work.today <= expires_on <= work.today + LONGEST_LIFE:
        findings.append(Finding("token.life", params={"last": work.today + LONGEST_LIFE, "field": "expires_on"}))
    if sum(row.alive for row in tokens(work)) >= MOST:
        findings.append(Finding("token.too_many", params={"most": MOST}))
    if findings:
        raise RuleViolation(findings)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(user_id=user_id, label=label.strip(), token_sha256=token_hash(secret), reads_only=reads_only,
                     created_on=work.today, expires_on=expires_on)
    work.session.add(token)
    work.session.flush()
    work.record("account:issue_token", "api_token", token.id, label=token.label, reads_only=reads_only,
                expires_on=expires_on.isoformat())
    return secret


def revoke(work: Work, *, token_id: int) -> None:
    """End a key of one's own. Conflict when it has ended already or is somebody else's."""
    mine = (ApiToken.id == token_id, ApiToken.user_id == work.actor.user_id, ApiToken.revoked_at.is_(None))
    must_have_changed(work.session.execute(update(ApiToken).where(*mine).values(revoked_at=work.now)), "token")
    work.record("account:revoke_token", "api_token", token_id)


def tokens(work: Work) -> list[TokenRow]:
    """The actor's own keys, newest first."""
    rows = work.session.scalars(
        select(ApiToken).where(ApiToken.user_id == work.actor.user_id).order_by(ApiToken.id.desc()))
    return [TokenRow(row.id, row.label, row.reads_only, row.created_on, row.expires_on,
                     row.revoked_at is None and work.today <= row.expires_on) for row in rows]


def _account(work: Work) -> int:
    if work.actor.user_id is None:
        raise RuleViolation(Finding("token.no_account"))
    return work.actor.user_id


# ── behind a request ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a key: the visit it stands for, which is never a proved one, and whether it may change anything."""

    visit: Visit
    reads_only: bool


def caller_of(session: Session, secret: str, now: datetime, today: date) -> Caller | None:
    """Who is behind a key, with the roles of ``today``; None for a key that is unknown, over, revoked or disabled."""
    row = session.execute(
        select(User.name, User.password_set_at, ApiToken.reads_only)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(ApiToken.token_sha256 == token_hash(secret), ApiToken.revoked_at.is_(None),
               ApiToken.expires_on >= today, User.disabled_at.is_(None))).one_or_none()
    actor = actor_named(session, row.name, today) if row is not None else None
    if row is None or actor is None or not actor.may(USE):
        return None
    visit = Visit(replace(actor, proved=False), False, (), row.password_set_at, now, False, None)
    return Caller(visit, row.reads_only)


# ── once and only once ───────────────────────────────────────────────────────────────────────────────────────


def fingerprint(*parts: str | bytes) -> str:
    """What a request asked for, as a digest."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def answered(work: Work, key: str, request_sha256: str) -> Mapping[str, Any] | None:
    """The answer a request with this key was given before, None for the first time.

    Raises RuleViolation where the key was used for something else.
    """
    known = work.session.get(ApiAnswer, (_account(work), key))
    if known is None:
        return None
    if known.request_sha256 != request_sha256:
        raise RuleViolation(Finding("token.key_reused", params={"key": key}))
    answer: Mapping[str, Any] = json.loads(known.answer)
    return answer


def claim_answer(work: Work, key: str, request_sha256: str) -> ApiAnswer:
    """The place of the answer, taken before the act, so that the same request sent at once waits here.

    Conflict when that other request was first.
    """
    place = ApiAnswer(user_id=_account(work), key=key, request_sha256=request_sha256, answer="{}",
                      answered_at=work.now)
    work.session.add(place)
    try:
        work.session.flush()
    except IntegrityError as first:
        raise Conflict("token.answered") from first
    return place


def keep_answer(place: ApiAnswer, answer: Mapping[str, Any]) -> None:
    """Keep the answer in the transaction of what it answers."""
    place.answer = json.dumps(answer, ensure_ascii=False)
