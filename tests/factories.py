"""Rows that tests start from, made the way the program makes them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from talent.accounts import commands, passwords
from talent.accounts.models import RoleGrant, User
from talent.core.access import Actor, Grant, operator
from talent.core.work import Program
from talent.people.models import Employment, Person, School

PASSWORD = "correct horse 7 staples"
SCHOOL_ROLES = ("principal", "school")
BEGINNING = date(2015, 9, 1)


@dataclass(frozen=True, slots=True)
class Account:
    """An account a test can sign in with."""

    user_id: int
    name: str
    role: str
    password: str = PASSWORD


def add_school(program: Program, code: str = "S1", name: str = "第一小学", **values: object) -> int:
    """A school, made once; its id."""
    with program.begin(operator()) as work:
        known = work.session.scalar(select(School.id).where(School.code == code))
        if known is not None:
            return known
        facts = {"kind": "primary", "ownership": "public", "area": "urban", **values}
        school = School(code=code, name=name, **facts)
        work.session.add(school)
        work.session.flush()
        return school.id


def add_person(program: Program, staff_no: str = "T1", name: str = "张三", school_code: str = "S1") -> int:
    """A teacher on post at a school since 2015-09-01, made once; the person's id."""
    school_id = add_school(program, school_code)
    with program.begin(operator()) as work:
        known = work.session.scalar(select(Person.id).where(Person.staff_no == staff_no))
        if known is not None:
            return known
        person = Person(uid=f"uid-{staff_no}", staff_no=staff_no, name=name)
        work.session.add(person)
        work.session.flush()
        work.session.add(Employment(person_id=person.id, school_id=school_id, valid_from=BEGINNING, stage="primary",
                                    subject="语文", category="full_time_teacher", quota_type="staffed"))
        return person.id


def add_account(
    program: Program, role: str, *, name: str = "", school_code: str = "S1", staff_no: str = "T1",
    must_change: bool = False,
) -> Account:
    """An account with ``role`` in force: school roles at ``school_code``, a teacher as ``staff_no``.

    Where two administrators exist already, another one approves, as in life.
    """
    if role in SCHOOL_ROLES:
        add_school(program, school_code)
    if role == "teacher":
        add_person(program, staff_no, school_code=school_code)
    secret = passwords.seal(program.settings, PASSWORD)
    with program.begin(operator()) as work:
        user = commands.add_user(
            work, name=name or f"{role}-1", role=role, secret=secret, must_change=must_change,
            school_code=school_code if role in SCHOOL_ROLES else None, staff_no=staff_no if role == "teacher" else None,
        )
        account = Account(user.id, user.name, role)
    _approve(program, account)
    return account


def _approve(program: Program, account: Account) -> None:
    with program.read(operator()) as work:
        waiting = work.session.scalars(
            select(RoleGrant.id).where(RoleGrant.user_id == account.user_id, RoleGrant.state == "proposed")).all()
        other = work.session.scalars(
            select(User.id).join(RoleGrant, RoleGrant.user_id == User.id)
            .where(RoleGrant.role == "admin", RoleGrant.state == "active", User.id != account.user_id)).first()
    if waiting:
        with program.begin(Actor(other, "admin", (Grant("admin"),))) as work:
            for grant_id in waiting:
                commands.approve_grant(work, grant_id=grant_id)


def actor(program: Program, account: Account) -> Actor:
    """The actor of an account, for calling commands and queries without a page."""
    with program.read(operator()) as work:
        grants = work.session.scalars(
            select(RoleGrant).where(RoleGrant.user_id == account.user_id, RoleGrant.state == "active")).all()
        return Actor(account.user_id, account.name,
                     tuple(Grant(grant.role, grant.school_id, grant.person_id) for grant in grants))
