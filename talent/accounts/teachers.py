"""Accounts for a whole staff room at once: whoever is in service and has none gets one, named by the staff number, with
a one-time password on a slip of paper.

The passwords exist in the memory of whoever asked, on the paper made of it, and nowhere else: what is stored is their
keyed hash. The paper is made before anything is written, so that a printer's trouble leaves no account whose password
nobody has; writing then checks that the staff room is still as it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from talent.accounts import passwords, queries, rules
from talent.accounts.commands import grants_alone
from talent.accounts.models import RoleGrant, User
from talent.accounts.passwords import Secret
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.work import Work
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on, school_name_on

#: Names of one statement: SQLite takes 32,766.
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody in service who has no account yet."""

    person_id: int
    staff_no: str
    name: str
    login: str
    school_code: str
    school: str


@dataclass(frozen=True, slots=True)
class StaffRoom:
    """Who would get an account, by school and staff number, and who cannot, with the reason."""

    newcomers: tuple[Newcomer, ...]
    passed_over: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """One account to be: whose, and the password that is on its paper only."""

    of: Newcomer
    password: str = field(repr=False)
    secret: Secret = field(repr=False)


@dataclass(frozen=True, slots=True)
class Slips:
    """What :func:`add` writes, and what is printed before."""

    school_code: str
    until: datetime
    slips: tuple[Slip, ...]
    passed_over: tuple[Finding, ...]


def staff_room(work: Work, school_code: str = "") -> StaffRoom:
    """Who in service on the day, at one school or anywhere, has no account as a teacher. Needs ``account:list``."""
    work.require("account:list")
    held = select(RoleGrant.id).where(RoleGrant.person_id == Person.id, RoleGrant.role == "teacher",
                                      RoleGrant.state != "ended")
    at_school = [School.code == school_code] if school_code else []
    rows = work.session.execute(
        select(Person.id, Person.staff_no, Person.name, School.code, school_name_on(work.today).label("school"))
        .select_from(Employment).join(Person, Person.id == Employment.person_id)
        .join(School, School.id == Employment.school_id)
        .where(in_service_on(work.today), ~held.exists(), *at_school)
        .order_by(School.code, Person.staff_no)
    ).all()
    people = [Newcomer(row.id, row.staff_no, row.name, rules.folded_name(row.staff_no), row.code, row.school)
              for row in rows]
    taken = _taken(work, [person.login for person in people])
    refused = {person.person_id: code for person in people
               if (code := _refusal(person, taken)) is not None}
    return StaffRoom(tuple(person for person in people if person.person_id not in refused),
                     tuple(Finding(refused[person.person_id], params={"name": person.name, "staff_no": person.staff_no})
                           for person in people if person.person_id in refused))


def _taken(work: Work, names: list[str]) -> set[str]:
    """The login names that exist already, and those two people would share."""
    known = {name for start in range(0, len(names), AT_ONCE)
             for name in work.session.scalars(select(User.name).where(User.name.in_(names[start:start + AT_ONCE])))}
    seen: set[str] = set()
    return known | {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]


def _refusal(person: Newcomer, taken: set[str]) -> str | None:
    if rules.judge_name(person.login):
        return "slips.name_shape"
    return "slips.name_taken" if person.login in taken else None


def draw(work: Work, *, school_code: str = "", days: int) -> Slips:
    """Draw a one-time password for everybody who gets an account; writes nothing. Needs ``account:manage``.

    Raises :class:`RuleViolation` ``slips.*``.
    """
    work.require("account:manage")
    if school_code and work.session.scalar(select(School.id).where(School.code == school_code)) is None:
        raise RuleViolation(Finding("slips.school_unknown", params={"school_code": school_code}))
    found = staff_room(work, school_code)
    if not found.newcomers:
        raise RuleViolation([Finding("slips.nobody_new"), *found.passed_over])
    slips = tuple(Slip(person, *passwords.one_time(work.vault, person.login)) for person in found.newcomers)
    return Slips(school_code, work.now + timedelta(days=days), slips, found.passed_over)


def add(work: Work, *, drawn: Slips) -> int:
    """Add the accounts of the slips, each with the role of a teacher over the own record; how many.

    Raises :class:`Conflict` when the staff room changed since they were drawn.
    """
    work.require("account:manage")
    if [slip.of for slip in drawn.slips] != list(staff_room(work, drawn.school_code).newcomers):
        raise Conflict("newcomers")
    alone = grants_alone(work)
    work.session.execute(insert(User), [
        {"name": slip.of.login, "display_name": slip.of.name, "password_hash": slip.secret.hash,
         "password_set_at": work.now, "must_change": True, "initial_until": drawn.until, "created_at": work.now,
         "created_by": work.actor.user_id, "version": 1} for slip in drawn.slips])
    ids = _ids(work, [slip.of.login for slip in drawn.slips])
    work.session.execute(insert(RoleGrant), [
        {"user_id": ids[slip.of.login], "role": "teacher", "person_id": slip.of.person_id, "valid_from": work.today,
         "state": "active" if alone else "proposed", "founding": alone, "granted_by": work.actor.user_id,
         "granted_at": work.now} for slip in drawn.slips])
    for code, count in _counts(slip.of.school_code for slip in drawn.slips).items():
        work.record("account:add_teachers", "school", code, accounts=count, until=drawn.until,
                    state="active" if alone else "proposed")
    return len(drawn.slips)


def _ids(work: Work, names: list[str]) -> dict[str, int]:
    return {row.name: row.id for start in range(0, len(names), AT_ONCE) for row in work.session.execute(
        select(User.name, User.id).where(User.name.in_(names[start:start + AT_ONCE])))}


def _counts(codes: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code in codes:
        counts[code] = counts.get(code, 0) + 1
    return counts


# ── the second person's yes or no to many teachers at once ───────────────────────────────────────────────────


def approve(work: Work, *, grant_id: int) -> int:
    """Put the proposal and all made with it in force; how many. One's own, if among them, waits for another person."""
    first = _first(work, grant_id)
    work.require("account:manage")
    mine = queries.person_behind(work.session, work.actor.user_id)
    findings = rules.judge_approval(
        rules.Party(work.actor.user_id, mine),
        rules.Party(first.granted_by, queries.person_behind(work.session, first.granted_by)), rules.Party(None))
    if findings:
        raise RuleViolation(findings)
    not_mine = [] if mine is None else [RoleGrant.person_id != mine]
    count = _change(work, first, RoleGrant.user_id != work.actor.user_id, queries.post_lasts(work.today), *not_mine,
                    state="active", approved_by=work.actor.user_id, approved_at=work.now)
    work.record("role:approve", "grant", first.id, role=first.role, grants=count)
    return count


def decline(work: Work, *, grant_id: int) -> int:
    """Drop the proposal and all made with it; how many."""
    first = _first(work, grant_id)
    work.require("account:manage")
    count = _change(work, first, RoleGrant.user_id != work.actor.user_id, state="ended", ended_by=work.actor.user_id,
                    ended_at=work.now, valid_to=RoleGrant.valid_from)
    work.record("role:end", "grant", first.id, role=first.role, was="proposed", grants=count)
    return count


def _first(work: Work, grant_id: int) -> RoleGrant:
    grant = work.session.get(RoleGrant, grant_id)
    if grant is None or grant.role != "teacher":
        raise NotFound("grant", grant_id)
    return grant


def _change(work: Work, first: RoleGrant, *conditions: object, **values: object) -> int:
    changed = work.session.execute(
        update(RoleGrant)
        .where(RoleGrant.role == first.role, RoleGrant.state == "proposed", RoleGrant.granted_at == first.granted_at,
               RoleGrant.granted_by.is_not_distinct_from(first.granted_by), *conditions)  # type: ignore[arg-type]
        .values(**values).execution_options(synchronize_session=False))
    count: int = changed.rowcount  # type: ignore[attr-defined]
    if not count:
        raise Conflict("grant")
    return count
