"""Who is behind a session token, and the lists an administrator works with."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from talent.accounts import notices, rules
from talent.accounts.models import LoginFailure, RoleGrant, SecondFactor, User, UserSession
from talent.core.access import Actor, Grant
from talent.core.errors import NotFound
from talent.core.work import Work
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on, school_name_on


def token_hash(token: str) -> str:
    """What the table knows of a session token: SHA-256, which is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def in_force(today: date) -> ColumnElement[bool]:
    """The grants that count on ``today``: given, not run out, and the post they were given for still held."""
    return and_(RoleGrant.state == "active", RoleGrant.valid_from <= today,
                or_(RoleGrant.valid_to.is_(None), today < RoleGrant.valid_to), post_lasts(today))


def post_lasts(today: date) -> ColumnElement[bool]:
    """The post behind a grant: its school is not closed, and the person it names, if any, is in service there.

    Without a school (a teacher, an officer) being in service anywhere in the district is enough.
    """
    closed = select(School.id).where(School.id == RoleGrant.school_id, School.closed_on <= today)
    at_school = or_(RoleGrant.school_id.is_(None), Employment.school_id == RoleGrant.school_id)
    serving = select(Employment.id).where(Employment.person_id == RoleGrant.person_id, in_service_on(today), at_school)
    return and_(~closed.correlate(RoleGrant).exists(),
                or_(RoleGrant.person_id.is_(None), serving.correlate(RoleGrant).exists()))


def serves(session: Session, person_id: int, school_id: int | None, today: date) -> bool:
    """Whether the person is in service, at that school where one is named."""
    at_school = [] if school_id is None else [Employment.school_id == school_id]
    return session.scalar(select(
        select(Employment.id).where(Employment.person_id == person_id, in_service_on(today), *at_school).exists()
    )) or False


@dataclass(frozen=True, slots=True)
class Visit:
    """A live session: who acts, how the page addresses them, and whether a new password, or reading the notice in
    force, comes first."""

    actor: Actor
    must_change: bool
    school_names: tuple[str, ...]
    password_set_at: datetime
    proved_at: datetime
    has_factor: bool
    factor_at: datetime | None
    by_provider: bool = False
    owes_notice: bool = False


def _with_grants(today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(User.id, User.name, User.display_name, User.must_change, User.password_set_at, RoleGrant.role,
               RoleGrant.school_id, RoleGrant.person_id, school_name_on(today).label("school_name"))
        .select_from(User).outerjoin(RoleGrant, and_(RoleGrant.user_id == User.id, in_force(today)))
        .outerjoin(School, School.id == RoleGrant.school_id)
        .where(User.disabled_at.is_(None))
        .order_by(RoleGrant.id)
    )


def _actor(rows: Sequence[Row[Any]], proved: bool = True) -> Actor:
    grants = tuple(Grant(row.role, row.school_id, row.person_id) for row in rows if row.role)
    return Actor(rows[0].id, rows[0].name, grants, proved, rows[0].display_name)


def visit_of(session: Session, token: str, now: datetime, today: date) -> Visit | None:
    """The visit behind a token, its account enabled and its roles those of ``today``; one statement."""
    rows = session.execute(
        _with_grants(today)
        .add_columns(UserSession.proved_at, UserSession.factor_at, UserSession.by_provider,
                     SecondFactor.confirmed_at, notices.owes_reading(today).label("owes_notice"))
        .join(UserSession, UserSession.user_id == User.id)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(UserSession.token_sha256 == token_hash(token), UserSession.ended_at.is_(None),
               UserSession.created_at <= now, UserSession.expires_at > now)
    ).all()
    if not rows:
        return None
    schools = tuple(dict.fromkeys(row.school_name for row in rows if row.school_name))
    first = rows[0]
    actor = _actor(rows, rules.is_proved(first.proved_at, now))
    return Visit(actor, first.must_change, schools, first.password_set_at,
                 first.proved_at, first.confirmed_at is not None, first.factor_at, first.by_provider,
                 bool(first.owes_notice))


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of an account's sign-ins that still holds. ``is_this``: the one that asks."""

    id: int
    address: str
    created_at: datetime
    expires_at: datetime
    by_provider: bool
    is_this: bool


def open_sessions(work: Work, token: str) -> list[OpenSession]:
    """Where the actor is signed in, the newest first. A visit left idle shows until its last hour: its cookie alone
    knows that it is stale."""
    rows = work.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == work.actor.user_id, UserSession.ended_at.is_(None),
               UserSession.expires_at > work.now)
        .order_by(UserSession.created_at.desc(), UserSession.id.desc()))
    this = token_hash(token)
    return [OpenSession(row.id, row.address, row.created_at, row.expires_at, row.by_provider, row.token_sha256 == this)
            for row in rows]


def actor_named(session: Session, name: str, today: date) -> Actor | None:
    """The account called ``name`` (folded) with its roles of ``today``; None when unknown or disabled."""
    rows = session.execute(_with_grants(today).where(User.name == name)).all()
    return _actor(rows) if rows else None


def actor_of(session: Session, user_id: int, today: date) -> Actor | None:
    """The account with its roles of ``today``; None when unknown or disabled."""
    rows = session.execute(_with_grants(today).where(User.id == user_id)).all()
    return _actor(rows) if rows else None


def holders(session: Session, roles: Iterable[str], today: date, school_id: int | None = None) -> list[tuple[int, str]]:
    """(account, name) of everybody who holds one of the roles on ``today``, at one school where it is given."""
    statement = (
        select(User.id, User.name, User.display_name).distinct()
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role.in_(list(roles)), in_force(today), User.disabled_at.is_(None)).order_by(User.id))
    if school_id is not None:
        statement = statement.where(RoleGrant.school_id == school_id)
    return [(user_id, display or name) for user_id, name, display in session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is judged by. An unknown name has no ``user_id`` and no hash."""

    user_id: int | None
    name: str
    password_hash: str | None
    password_set_at: datetime | None
    must_change: bool
    disabled: bool
    fails: int
    last_failed_at: datetime | None
    initial_until: datetime | None = None


def credentials_of(session: Session, name: str, name_index: str, network: str) -> Credentials:
    """The account called ``name`` and its failures from ``network``; two statements whether it exists or not."""
    user = session.scalars(select(User).where(User.name == name)).one_or_none()
    failure = session.scalars(
        select(LoginFailure).where(LoginFailure.name_index == name_index, LoginFailure.address == network)
    ).one_or_none()
    fails, last = (failure.fails, failure.last_at) if failure else (0, None)
    if user is None:
        return Credentials(None, "", None, None, False, False, fails, last)
    return Credentials(user.id, user.name, user.password_hash, user.password_set_at, user.must_change,
                       user.disabled_at is not None, fails, last, user.initial_until)


def name_of(work: Work, user_id: int) -> str:
    """The login name of an account. Needs ``account:manage``."""
    work.require("account:manage")
    name = work.session.scalar(select(User.name).where(User.id == user_id))
    if name is None:
        raise NotFound("account", user_id)
    return name


def display_names(session: Session, user_ids: Collection[int]) -> dict[int, str]:
    """What each account is called on a page that already shows what it did."""
    rows = session.execute(select(User.id, User.name, User.display_name).where(User.id.in_(user_ids)))
    return {row.id: row.display_name or row.name for row in rows}


def words_about(session: Session, user_id: int) -> tuple[str, ...]:
    """What no password of the account may be made of: its names, and the names and staff number of its person."""
    rows = session.execute(
        select(User.name, User.display_name, Person.staff_no, Person.name, Person.pinyin)
        .outerjoin(RoleGrant, RoleGrant.user_id == User.id).outerjoin(Person, Person.id == RoleGrant.person_id)
        .where(User.id == user_id)).all()
    return tuple(dict.fromkeys("".join(word.split()) for row in rows for word in row if word))


def count_admins(session: Session, today: date) -> int:
    """How many enabled accounts may grant roles on ``today``."""
    return session.scalar(
        select(func.count(func.distinct(RoleGrant.user_id)))
        .select_from(RoleGrant).join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.role == "admin", in_force(today), User.disabled_at.is_(None))
    ) or 0


def really_granted() -> ColumnElement[bool]:
    """Grants that were ever in force: founding ones, and those a second person approved."""
    return or_(RoleGrant.founding, RoleGrant.approved_by.is_not(None))


def person_behind(session: Session, user_id: int | None) -> int | None:
    """The person an account belongs to, where any of its grants names one: one that ended still says whose it is."""
    if user_id is None:
        return None
    return session.scalar(
        select(RoleGrant.person_id)
        .where(RoleGrant.user_id == user_id, RoleGrant.person_id.is_not(None),
               or_(RoleGrant.state != "ended", really_granted()))
        .order_by(RoleGrant.id).limit(1)
    )


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role grant as the pages show it. ``mine``: the reader proposed it or would receive it, so another approves.

    ``over``: its post or its time has ended, so that it no longer counts; ``last_on`` is the last day it counts.
    """

    id: int
    user_id: int
    role: str
    state: str
    school: str
    person: str
    valid_from: date
    last_on: date | None
    user_name: str
    display_name: str
    granted_by: str
    granted_at: datetime
    mine: bool
    over: bool


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of the list, with its grants that have not ended."""

    id: int
    name: str
    display_name: str
    must_change: bool
    disabled_at: datetime | None
    created_at: datetime
    has_factor: bool
    grants: tuple[GrantRow, ...]


def is_over(today: date) -> ColumnElement[bool]:
    """An open grant that can no longer count: its last day is past, or its post has ended."""
    return or_(and_(RoleGrant.valid_to.is_not(None), RoleGrant.valid_to <= today), ~post_lasts(today))


def _grants(session: Session, actor: Actor, today: date, *conditions: ColumnElement[bool]) -> list[GrantRow]:
    granter = select(User.id, User.name).subquery()
    rows = session.execute(
        select(RoleGrant, User.name, User.display_name, School.name, Person.name, granter.c.name,
               is_over(today))
        .select_from(RoleGrant).join(User, User.id == RoleGrant.user_id)
        .outerjoin(School, School.id == RoleGrant.school_id)
        .outerjoin(Person, Person.id == RoleGrant.person_id)
        .outerjoin(granter, granter.c.id == RoleGrant.granted_by)
        .where(RoleGrant.state != "ended", *conditions)
        .order_by(RoleGrant.id)
    ).all()
    return [
        GrantRow(grant.id, grant.user_id, grant.role, grant.state, school or "", person or "", grant.valid_from,
                 grant.valid_to - timedelta(days=1) if grant.valid_to else None, name, display_name, granted_by or "",
                 grant.granted_at, actor.user_id is None or actor.user_id in (grant.granted_by, grant.user_id), over)
        for grant, name, display_name, school, person, granted_by, over in rows
    ]


def waiting_grants(session: Session, actor: Actor, today: date) -> list[GrantRow]:
    """Grants that await a second person one by one, oldest first. Needs ``account:list``."""
    actor.require("account:list")
    other = aliased(RoleGrant)
    together = select(other.id).where(
        RoleGrant.role == "teacher", other.role == "teacher", other.state == "proposed", other.id != RoleGrant.id,
        other.granted_at == RoleGrant.granted_at, other.granted_by.is_not_distinct_from(RoleGrant.granted_by))
    return _grants(session, actor, today, RoleGrant.state == "proposed", ~together.correlate(RoleGrant).exists())


def grants_to_decide(work: Work) -> tuple[int, datetime | None]:
    """How many roles others proposed wait for the actor's yes, and since when; one statement."""
    work.require("account:list")
    mine = work.actor.user_id or 0
    count, oldest = work.session.execute(
        select(func.count(), func.min(RoleGrant.granted_at))
        .where(RoleGrant.state == "proposed", RoleGrant.user_id != mine,
               or_(RoleGrant.granted_by.is_(None), RoleGrant.granted_by != mine))).one()
    return count, oldest


@dataclass(frozen=True, slots=True)
class WaitingTeachers:
    """Proposals for many teachers, made together by one person and approved together by another."""

    first_id: int
    number: int
    granted_by: str
    granted_at: datetime
    mine: bool


def waiting_teachers(session: Session, actor: Actor) -> list[WaitingTeachers]:
    """The proposals for teachers that were made together, oldest first. Needs ``account:list``."""
    actor.require("account:list")
    rows = session.execute(
        select(func.min(RoleGrant.id).label("first_id"), func.count().label("number"), RoleGrant.granted_by,
               RoleGrant.granted_at, func.max(User.name).label("name"))
        .select_from(RoleGrant).outerjoin(User, User.id == RoleGrant.granted_by)
        .where(RoleGrant.state == "proposed", RoleGrant.role == "teacher")
        .group_by(RoleGrant.granted_by, RoleGrant.granted_at).having(func.count() > 1).order_by(RoleGrant.granted_at)
    )
    return [WaitingTeachers(row.first_id, row.number, row.name or "", row.granted_at,
                            actor.user_id is None or actor.user_id == row.granted_by) for row in rows]


def grants_of(session: Session, actor: Actor, today: date) -> list[GrantRow]:
    """The actor's own grants, in force or waiting."""
    return _grants(session, actor, today, RoleGrant.user_id == actor.user_id)


def _listed(words: str, role: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if words:
        conditions.append(or_(User.name.contains(words.casefold(), autoescape=True),
                              User.display_name.contains(words, autoescape=True)))
    if role:
        held = select(RoleGrant.user_id).where(RoleGrant.role == role, RoleGrant.state != "ended")
        conditions.append(User.id.in_(held))
    return conditions


def accounts(
    session: Session, actor: Actor, today: date, *, words: str = "", role: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[AccountRow], int]:
    """One page of the accounts by name, and how many there are in all; three statements. Needs ``account:list``."""
    actor.require("account:list")
    conditions = _listed(words, role)
    total = session.scalar(select(func.count()).select_from(User).where(*conditions)) or 0
    users = session.execute(
        select(User, SecondFactor.confirmed_at.is_not(None))
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(*conditions).order_by(User.name).offset(offset).limit(limit)
    ).all()
    held = _by_user(_grants(session, actor, today, RoleGrant.user_id.in_([user.id for user, _ in users])))
    return [
        AccountRow(user.id, user.name, user.display_name, user.must_change, user.disabled_at, user.created_at,
                   has_factor, tuple(held.get(user.id, ())))
        for user, has_factor in users
    ], total


def _by_user(grants: Iterable[GrantRow]) -> dict[int, list[GrantRow]]:
    held: dict[int, list[GrantRow]] = {}
    for grant in grants:
        held.setdefault(grant.user_id, []).append(grant)
    return held
