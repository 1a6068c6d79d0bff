"""A year of the sample district locked and split by the school everybody's logins belong to: what no import brings."""

from datetime import date

from sqlalchemy import select

from talent.accounts.models import RoleGrant, User
from talent.assistance.models import Assignment
from talent.core.access import Actor, Grant, operator
from talent.core.work import Program
from talent.pay.awards.models import PayDistribution
from talent.pay.awards.writing import Extra
from talent.people.models import Employment, Person, School
from tests.pay.office import Office
from tests.pay.splits import Splitting

#: The newest year in which that school has people on assistance, and the year before.
DRAFT_YEAR, DONE_YEAR, UNSPLIT_YEAR = 2023, 2022, 2021


class DistrictOffice(Office):
    """The district's own accounts instead of new ones."""

    def actor(self, name: str, role: str, **reach: str) -> Actor:
        code = reach.get("school_code")
        known = role if code else {"finance": "cashier", "finance2": "finance"}.get(name, name)
        with self.program.read(operator()) as work:
            user_id = work.session.scalars(select(User.id).where(User.name == known)).one()
            school_id = work.session.scalar(select(School.id).where(School.code == code)) if code else None
        return Actor(user_id, known, (Grant(role, school_id),))

    def school(self, code: str) -> int:
        with self.program.read(operator()) as work:
            return work.session.scalars(select(School.id).where(School.code == code)).one()


def lock_years(program: Program, *years: int) -> DistrictOffice:
    """Each year computed, approved and locked."""
    office = DistrictOffice(program)
    for year in years:
        office.locked(office.compute(year=year))
    return office


def at_home(program: Program, code: str) -> list[str]:
    """Two of the school's own staff who never were on assistance, its principal not among them."""
    with program.read(operator()) as work:
        return list(work.session.scalars(
            select(Person.staff_no).join(Employment, Employment.person_id == Person.id)
            .join(School, School.id == Employment.school_id)
            .where(School.code == code, Employment.valid_from < date(DRAFT_YEAR, 1, 1), Employment.valid_to.is_(None),
                   Employment.left_on.is_(None), Person.id.not_in(select(Assignment.person_id)),
                   Person.id.not_in(select(RoleGrant.person_id).where(RoleGrant.person_id.is_not(None))))
            .order_by(Person.staff_no).limit(2)))


def split_by_school(program: Program, code: str) -> None:
    """One year submitted; the next drawn and put up, most of it for those who stayed."""
    with program.read(operator()) as work:
        if work.session.scalar(select(PayDistribution.id).where(PayDistribution.year == DRAFT_YEAR)) is not None:
            return  # the district is shared: once is enough
    office = lock_years(program, UNSPLIT_YEAR, DONE_YEAR, DRAFT_YEAR)
    notice = (date(2026, 8, 24), date(2026, 8, 31))
    done = Splitting(office, code, DONE_YEAR)
    done.draw("months")
    done.notice(notice)
    done.submit()
    draft = Splitting(office, code, DRAFT_YEAR)
    draft.draw("months")
    extras = [Extra(staff_no, purpose, 220_000)
              for staff_no, purpose in zip(at_home(program, code), ("协助人员", "管理人员"), strict=True)]
    draft.change("months", extras=extras)
    draft.notice(notice)
