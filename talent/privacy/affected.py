"""Who is affected when an account was misused or a copy of the database got out: the list PIPL 57 asks for.

Pages are not recorded one by one, so the list is of everybody whose record could be read, table by table, by the
rights the account held within the days; what it provably did stands beside it, from the audit.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, or_, select, true

from talent.accounts.models import ApiToken, RoleGrant, User, UserSession
from talent.accounts.queries import really_granted
from talent.accounts.rules import folded_name
from talent.core.access import Actor, Grant, Scope
from talent.core.audit import AuditEvent
from talent.core.batches import ChangeImage
from talent.core.database import Base
from talent.core.errors import Finding, RuleViolation
from talent.core.work import Work
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on, school_name_on
from talent.privacy.inventory import Sheet, inventory
from talent.privacy.mine import about

LIST = "breach:list"
#: Tables that lead to a person by an act or an image only: what they hold about somebody stands in the other tables.
APART = frozenset({AuditEvent.__tablename__, ChangeImage.__tablename__})
EVERYBODY = Scope(everyone=True)


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened: whose account (its login name, "" for a copy of everything), from which local day to which."""

    account: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Affected:
    """A person, the titles of the tables with a row about them that could be read, and the acts that named them."""

    person_id: int
    staff_no: str
    name: str
    school: str
    tables: tuple[str, ...]
    acts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the account within the days. ``roles`` it held, ``handed_out``: action → how often."""

    roles: tuple[str, ...]
    visits: int
    addresses: tuple[str, ...]
    keys: int
    handed_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """The incident with its evidence, None for a copy of everything, and the people by staff number."""

    incident: Incident
    evidence: Evidence | None
    people: Sequence[Affected]


class _Between:
    """The days as instants, the last one whole."""

    def __init__(self, incident: Incident, zone: ZoneInfo) -> None:
        self.begins = datetime.combine(incident.since, time.min, zone)
        self.ends = datetime.combine(incident.until + timedelta(days=1), time.min, zone)


def report(work: Work, incident: Incident, *, form: str) -> Report:
    """Who is affected; leaves an audit entry that says in which ``form`` the list was taken.

    Needs :data:`LIST` and a fresh proof. Raises ``RuleViolation`` for an account that is not there, or days out of
    order.
    """
    work.require(LIST)
    user_id = _judged(work, incident)
    acts: dict[int, Counter[str]] = {}
    evidence, scopes = None, dict.fromkeys(_tables(), EVERYBODY)
    if user_id is not None:
        between = _Between(incident, work.zone)
        grants = _held(work, user_id, incident, between)
        evidence = _evidence(work, user_id, grants, between)
        actor = Actor(user_id, incident.account, grants)
        scopes = {name: _reach(actor, sheet) for name, sheet in _tables().items()}
        acts = _named(work, user_id, between)
    people = _people(work, {name: scope for name, scope in scopes.items() if scope}, acts)
    work.record(LIST, "user" if user_id is not None else "database", incident.account or "all", form=form,
                since=incident.since, until=incident.until, people=len(people))
    return Report(incident, evidence, people)


def _judged(work: Work, incident: Incident) -> int | None:
    """The account's id; None where everything got out."""
    if incident.until < incident.since:
        raise RuleViolation([Finding("affected.order", params={"field": "until"})])
    if not incident.account:
        return None
    found = work.session.scalar(select(User.id).where(User.name == folded_name(incident.account)))
    if found is None:
        raise RuleViolation([Finding("affected.no_account", params={"field": "account", "name": incident.account})])
    return found


# ── what the account could and did ───────────────────────────────────────────────────────────────────────────


def _held(work: Work, user_id: int, incident: Incident, between: _Between) -> tuple[Grant, ...]:
    """Every role the account held on one of the days, whether or not it does now."""
    rows = work.session.execute(
        select(RoleGrant.role, RoleGrant.school_id, RoleGrant.person_id).where(
            RoleGrant.user_id == user_id, really_granted(), RoleGrant.valid_from <= incident.until,
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > incident.since),
            or_(RoleGrant.ended_at.is_(None), RoleGrant.ended_at >= between.begins)))
    return tuple(Grant(*row) for row in rows)


def _evidence(work: Work, user_id: int, grants: Sequence[Grant], between: _Between) -> Evidence:
    visits = work.session.execute(
        select(UserSession.address, func.count().label("times")).where(
            UserSession.user_id == user_id, UserSession.created_at < between.ends,
            func.coalesce(UserSession.ended_at, UserSession.expires_at) >= between.begins)
        .group_by(UserSession.address).order_by(UserSession.address)).all()
    keys = work.session.scalar(
        select(func.count()).select_from(ApiToken).where(
            ApiToken.user_id == user_id, ApiToken.created_on < between.ends.date(),
            ApiToken.expires_on >= between.begins.date(),
            or_(ApiToken.revoked_at.is_(None), ApiToken.revoked_at >= between.begins))) or 0
    handed_out = work.session.execute(
        select(AuditEvent.action, func.count()).where(*_by(user_id, between), AuditEvent.action.like("%:export"))
        .group_by(AuditEvent.action).order_by(AuditEvent.action))
    return Evidence(tuple(dict.fromkeys(grant.role for grant in grants)), sum(row.times for row in visits),
                    tuple(row.address for row in visits if row.address), keys, dict(handed_out.all()))


def _by(user_id: int, between: _Between) -> Iterator[ColumnElement[bool]]:
    yield AuditEvent.user_id == user_id
    yield AuditEvent.at >= between.begins
    yield AuditEvent.at < between.ends


def _named(work: Work, user_id: int, between: _Between) -> dict[int, Counter[str]]:
    """Person → what the account did that names them, and how often."""
    named: dict[int, Counter[str]] = {}
    rows = work.session.execute(
        select(AuditEvent.subject_key, AuditEvent.action, func.count()).where(
            *_by(user_id, between), AuditEvent.subject == "person").group_by(
                AuditEvent.subject_key, AuditEvent.action))
    for key, action, times in rows:
        named.setdefault(int(key), Counter())[action] += times
    return named


# ── whose records ────────────────────────────────────────────────────────────────────────────────────────────


def _tables() -> Mapping[str, Sheet]:
    """The tables from whose rows a way leads to a person."""
    return {name: sheet for name, sheet in inventory().items() if sheet.exported and name not in APART}


def _reach(actor: Actor, sheet: Sheet) -> Scope:
    """On whom the actor could read any field of the table: the union over its readers."""
    everyone, schools, persons = False, frozenset[int](), frozenset[int]()
    for reader in {reader for field in sheet.personal for reader in field.readers}:
        right, _, only = reader.partition("@")
        scope = actor.scope(right)
        everyone = everyone or (scope.everyone and only in ("", "all"))
        schools |= scope.schools if not only else frozenset()
        persons |= scope.persons if only in ("", "self") else frozenset()
    return Scope(everyone, schools, persons)


def _people(work: Work, scopes: Mapping[str, Scope], acts: Mapping[int, Counter[str]]) -> list[Affected]:
    """The people of any table, with what each table says of them; one statement."""
    if not scopes and not acts:
        return []
    holds = {name: and_(_within(scope), _holds(name)) for name, scope in scopes.items()}
    named = Person.id.in_(list(acts)) if acts else false()
    school = (select(school_name_on(work.today)).select_from(Employment).join(School)
              .where(Employment.person_id == Person.id, in_service_on(work.today)).limit(1).scalar_subquery())
    rows = work.session.execute(
        select(Person.id, Person.staff_no, Person.name, school.label("school"),
               *(each.label(f"holds_{name}") for name, each in holds.items()))
        .where(or_(named, *holds.values())).order_by(Person.staff_no))
    titles = [inventory()[name].title for name in holds]
    return [Affected(row[0], row[1], row[2], row[3] or "",
                     tuple(title for title, held in zip(titles, row[4:], strict=True) if held), acts.get(row[0], {}))
            for row in rows]


def _within(scope: Scope) -> ColumnElement[bool]:
    """Whom a scope reached: of a school everybody who was ever there, since offices look back in time."""
    if scope.everyone:
        return true()
    there = exists().where(Employment.person_id == Person.id, Employment.school_id.in_(scope.schools))
    return or_(there, Person.id.in_(scope.persons))


def _holds(name: str) -> ColumnElement[bool]:
    """Whether the table holds a row about the person of the query."""
    table = Base.metadata.tables[name]
    if name == Person.__tablename__:
        return true()
    rows = about(table, Person.id)
    assert rows is not None, f"nothing leads from {name} to a person: exempt it, with a reason"
    return exists(select(literal(1)).select_from(table).where(rows))
