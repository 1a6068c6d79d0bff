"""A year of the sample district taken to the bank and back: what no import brings in."""

from collections import defaultdict

from sqlalchemy import select

from talent.accounts.models import User
from talent.core.access import Actor, Grant, operator
from talent.core.work import Program
from talent.pay.acts import acts_of
from talent.pay.book import answering_schools, standing
from talent.pay.models import PayBatch
from talent.pay.payout.models import PayPayout
from talent.people.models import Person, School
from tests.pay.payout.bank import Bank, rows_for, split

PAID_YEAR = 2024


class DistrictBank(Bank):
    """The district's own accounts instead of new ones."""

    def actor(self, name: str, role: str, **reach: str) -> Actor:
        known = {"finance": "cashier", "finance3": "cashier", "finance2": "finance"}.get(name, name)
        school = reach.get("school_code")
        with self.program.read(operator()) as work:
            account = "principal" if school else known
            user_id = work.session.scalars(select(User.id).where(User.name == account)).one()
            school_id = work.session.scalar(select(School.id).where(School.code == school)) if school else None
        return Actor(user_id, account, (Grant(role, school_id),))


def lock_year(program: Program, year: int) -> DistrictBank:
    """The year computed, approved and locked, and split by its schools as the ledger says, all but the last."""
    bank = DistrictBank(program, year)
    batch = bank.locked(bank.compute(year=year))
    shares: dict[str, dict[str, int]] = defaultdict(dict)
    with program.read(operator()) as work:
        asked = answering_schools(work.session, acts_of(work.session, work.session.get_one(PayBatch, batch)))
        for (person_id, school_id), stand in standing(work.session, year).items():
            staff_no = work.session.get_one(Person, person_id).staff_no
            shares[asked[school_id][0]][staff_no] = stand.fen
    for code in sorted(shares)[:-1]:
        split(program, code, {key: fen for key, fen in shares[code].items() if fen}, year)
    return bank


def pay_out(program: Program) -> None:
    """Once: all schools but one split, a file is sent, one sum refused and one paid, the next answer only handed in;
    then the school of who was paid splits anew, and gives them less."""
    with program.read(operator()) as work:
        if work.session.scalar(select(PayPayout.id).where(PayPayout.year == PAID_YEAR)) is not None:
            return  # the district is shared: once is enough
    bank = lock_year(program, PAID_YEAR)
    items = bank.items(bank.draw())
    rows = rows_for(items, {items[0].staff_no: "账户户名不符"})
    bank.accept(bank.stage(rows[:2], "回盘.csv"))
    bank.stage([*rows[:2], *(row._replace(fen=1) for row in rows[2:3]), *rows[3:]], "第二次回盘.csv")
    paid = items[1]
    of_school = {item.staff_no: item.fen for item in items if item.school_id == paid.school_id}
    other = next((key for key in of_school if key != paid.staff_no), "")
    given = {**of_school, paid.staff_no: paid.fen - 100_000}
    with program.read(operator()) as work:
        stranger = work.session.scalars(
            select(Person.staff_no).where(Person.staff_no.not_in(list(of_school))).order_by(Person.staff_no)).first()
    given[other or stranger or ""] = given.get(other, 0) + 100_000
    split(program, paid.school_code, given, PAID_YEAR)
