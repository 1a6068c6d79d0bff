"""New slips for those of a school whose one-time password lapsed before they used it.

As with the first ones (:mod:`talent.accounts.teachers`) the paper is made before anything is written, and writing
checks that the same people still wait.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from talent.accounts import passwords
from talent.accounts.models import RoleGrant, User
from talent.accounts.teachers import Newcomer, Slip, Slips
from talent.core.errors import Conflict, Finding, RuleViolation
from talent.core.work import Work
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on, school_name_on


def lapsed(work: Work, school_code: str = "") -> list[Newcomer]:
    """Who in service, at one school or anywhere, got a slip, never used it, and cannot any more; by school and staff
    number. Needs ``account:list``."""
    work.require("account:list")
    return [Newcomer(row.id, row.staff_no, row.name, row.login, row.code, row.school)
            for row in _rows(work, school_code)]


def _rows(work: Work, school_code: str) -> list[Row[Any]]:
    at_school = [School.code == school_code] if school_code else []
    return list(work.session.execute(
        select(Person.id, Person.staff_no, Person.name, User.name.label("login"), School.code,
               school_name_on(work.today).label("school")).distinct()
        .select_from(User).join(RoleGrant, RoleGrant.user_id == User.id)
        .join(Person, Person.id == RoleGrant.person_id).join(Employment, Employment.person_id == Person.id)
        .join(School, School.id == Employment.school_id)
        .where(User.must_change, User.initial_until <= work.now, User.disabled_at.is_(None),
               RoleGrant.role == "teacher", RoleGrant.state != "ended", in_service_on(work.today), *at_school)
        .order_by(School.code, Person.staff_no)))


def redraw(work: Work, *, school_code: str = "", days: int) -> Slips:
    """Draw new one-time passwords for them; writes nothing. Raises :class:`RuleViolation` ``slips.none_lapsed``."""
    work.require("account:manage")
    people = lapsed(work, school_code)
    if not people:
        raise RuleViolation(Finding("slips.none_lapsed"))
    slips = tuple(Slip(person, *passwords.one_time(work.vault, person.login)) for person in people)
    return Slips(school_code, work.now + timedelta(days=days), slips, ())


def reissue(work: Work, *, drawn: Slips) -> int:
    """Put the new passwords in place of those that lapsed; how many. Raises :class:`Conflict` when somebody came in
    meanwhile, or was given a password of their own."""
    work.require("account:manage")
    if [slip.of for slip in drawn.slips] != lapsed(work, drawn.school_code):
        raise Conflict("newcomers")
    _replace(work, drawn)
    for code, count in Counter(slip.of.school_code for slip in drawn.slips).items():
        work.record("account:reissue_slips", "school", code, accounts=count, until=drawn.until)
    return len(drawn.slips)


def _replace(work: Work, drawn: Slips) -> None:
    """The new passwords, each only where the old one lapsed and was never replaced by its owner."""
    work.session.connection().execute(
        update(User).where(User.name == bindparam("login"), User.must_change, User.initial_until <= work.now)
        .values(password_hash=bindparam("hash"), password_set_at=work.now, initial_until=drawn.until,
                version=User.version + 1),
        [{"login": slip.of.login, "hash": slip.secret.hash} for slip in drawn.slips])
    written = work.session.scalar(select(func.count()).select_from(User).where(
        User.must_change, User.password_set_at == work.now, User.initial_until == drawn.until))
    if written != len(drawn.slips):
        raise Conflict("newcomers")
