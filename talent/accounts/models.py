"""Accounts, dated role grants, server-side sessions and the count of failed sign-ins."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.core.access import ROLES
from talent.core.database import Base, Instant
from talent.people.models import Person, School

GRANT_STATES = ("proposed", "active", "ended")


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


class User(Base):
    """Somebody who can sign in. ``name`` is kept folded, so 张三 and ZhangSan each exist once whatever is typed."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("name <> ''", name="named"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    display_name: Mapped[str] = mapped_column(String(80), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    password_set_at: Mapped[datetime] = mapped_column(Instant)
    must_change: Mapped[bool] = mapped_column(default=True)
    #: Until when an initial password handed out on paper is good; empty, a day.
    initial_until: Mapped[datetime | None] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)

    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="user", foreign_keys="RoleGrant.user_id", order_by="RoleGrant.id"
    )


class RoleGrant(Base):
    """A role for a time, with the school or the person it reaches. ``founding``: given while nobody could approve.

    ``granted_by`` is empty for the local operator, who may propose but never approve.
    """

    __tablename__ = "role_grants"
    __table_args__ = (
        CheckConstraint(f"role IN ({_quoted(ROLES)})", name="role"),
        CheckConstraint(f"state IN ({_quoted(GRANT_STATES)})", name="state"),
        CheckConstraint("(role IN ('principal', 'school')) = (school_id IS NOT NULL)", name="school_named"),
        CheckConstraint("role <> 'teacher' OR person_id IS NOT NULL", name="person_named"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="order"),
        CheckConstraint("granted_by IS NULL OR granted_by <> user_id", name="not_to_oneself"),
        CheckConstraint("approved_by IS NULL OR (approved_by <> user_id AND (granted_by IS NULL OR"
                        " approved_by <> granted_by))", name="two_persons"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_once"),
        CheckConstraint("state <> 'active' OR founding OR approved_by IS NOT NULL", name="approved_when_active"),
        CheckConstraint("state <> 'proposed' OR (approved_by IS NULL AND NOT founding)", name="open_when_proposed"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_once"),
        Index("ix_role_grants_user_id_state", "user_id", "state"),
        # Counting administrators and listing what waits must not read every teacher's grant.
        Index("ix_role_grants_state_role", "state", "role"),
        Index("uq_role_grants_open", "user_id", "role", text("coalesce(school_id, 0)"), text("coalesce(person_id, 0)"),
              unique=True, sqlite_where=text("state <> 'ended'"), postgresql_where=text("state <> 'ended'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(12))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(10))
    founding: Mapped[bool] = mapped_column(default=False)
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])
    granter: Mapped[User | None] = relationship(foreign_keys=[granted_by])
    school: Mapped[School | None] = relationship()
    person: Mapped[Person | None] = relationship()


class UserSession(Base):
    """One sign-in. The browser holds the token; the table only its hash, so a stolen copy opens nothing.

    How long the visit has been idle stands in the signed cookie beside the token: reading a page writes nothing, and
    an old copy of the cookie goes stale even while its owner keeps working. ``proved_at``: when its owner last gave
    password or code; ``factor_at``: when the second factor was given; ``by_provider``: another one signed them in.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (
        CheckConstraint("created_at < expires_at", name="order"),
        Index("ix_user_sessions_user_id_ended_at", "user_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    address: Mapped[str] = mapped_column(String(45), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    proved_at: Mapped[datetime] = mapped_column(Instant)
    factor_at: Mapped[datetime | None] = mapped_column(Instant)
    by_provider: Mapped[bool] = mapped_column(default=False, server_default=false())


class SecondFactor(Base):
    """The seed of an account's codes, sealed. ``last_step``: no code up to it counts again."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    seed_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime] = mapped_column(Instant)
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code on paper for the day the phone is lost, kept as a keyed hash and used once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code_index: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class LoginFailure(Base):
    """Failed sign-ins in a row for one name from one address, so that a stranger elsewhere delays nobody but himself.

    The name is kept as a keyed hash: people type passwords into the wrong field.
    """

    __tablename__ = "login_failures"
    __table_args__ = (
        UniqueConstraint("name_index", "address"),
        CheckConstraint("fails > 0", name="counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_index: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(45))
    fails: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(Instant, index=True)


class ApiToken(Base):
    """A key by which another system of the bureau reads and hands in data on behalf of an account.

    Only its hash is kept. It never does more than the account's roles allow today, and nothing that asks for a fresh
    proof of who is there.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (CheckConstraint("created_on <= expires_on", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    label: Mapped[str] = mapped_column(String(40))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    reads_only: Mapped[bool]
    created_on: Mapped[date]
    expires_on: Mapped[date]
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiAnswer(Base):
    """What a request with an ``Idempotency-Key`` was answered, so that sending it again does nothing twice."""

    __tablename__ = "api_answers"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime] = mapped_column(Instant)


class Identity(Base):
    """Who an account is at a sign-in provider: one (issuer, subject), linked by an act of its own.

    ``claim`` is what an administrator entered, the staff number the provider vouches for; the first sign-in that brings
    it fills in ``subject``, which alone counts from then on. Names, addresses and telephone numbers never link.
    """

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("user_id", "issuer"),
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("issuer", "claim"),
        CheckConstraint("subject IS NOT NULL OR claim IS NOT NULL", name="explicit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    issuer: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str | None] = mapped_column(String(255))
    claim: Mapped[str | None] = mapped_column(String(80))
    linked_at: Mapped[datetime] = mapped_column(Instant)
    linked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))


class SpentState(Base):
    """An answer of the sign-in provider that was used: the same answer, replayed with its cookie, opens nothing."""

    __tablename__ = "spent_states"

    state_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class Allowance(Base):
    """How much of a limit is used since ``since``, on every process: the bucket names what, and whose."""

    __tablename__ = "allowances"
    __table_args__ = (CheckConstraint("used > 0", name="counted"),)

    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant, index=True)
    used: Mapped[int]
