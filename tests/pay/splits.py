"""A school that splits its allotment, in a few words."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import select

from talent.core.access import Actor, operator
from talent.core.work import Program
from talent.pay.awards import commands
from talent.pay.awards.commands import Place
from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.awards.writing import Extra
from tests import factories
from tests.pay.office import YEAR, Office
from tests.pay.records import send

#: Tests stand on 2026-09-08: a notice over these days is over.
NOTICE = (date(2026, 8, 24), date(2026, 8, 31))


def a_locked_year(program: Program) -> Office:
    """2021, locked: of A T1 all year (24,000) and T2 from March (20,000); of B T3 all year; T4 of A served nowhere."""
    send(program, "T1", "A", "2021-01-01", name="林知微")
    send(program, "T2", "A", "2021-03-10", name="周明远")
    send(program, "T3", "B", "2021-01-01", name="陈小满")
    factories.add_person(program, "T4", "许怀安", school_code="A")
    made = Office(program)
    made.locked(made.compute())
    return made


class Splitting:
    """One school's split of a year: its clerk draws, its principal submits."""

    def __init__(self, office: Office, code: str = "A", year: int = YEAR) -> None:
        self.office, self.code, self.year = office, code, year
        self.clerk = office.actor(f"clerk-{code.lower()}", "school", school_code=code)
        self.head = office.principal_of(code)
        self.school_id = office.school(code)

    @property
    def program(self) -> Program:
        return self.office.program

    def row(self) -> PayDistribution | None:
        """The draft, else the newest split."""
        with self.program.read(operator()) as work:
            found = work.session.scalars(
                select(PayDistribution)
                .where(PayDistribution.school_id == self.school_id, PayDistribution.year == self.year)
                .order_by(PayDistribution.sequence.desc())).first()
            if found is not None:
                work.session.expunge(found)
            return found

    def place(self, version: int | None = None) -> Place:
        """The split as somebody sees it who opens its page now."""
        row = self.row()
        seen = row.version if row is not None and row.state == "draft" else 0
        return Place(self.year, self.school_id, seen if version is None else version)

    def draw(self, method: str = "months", by: Actor | None = None, place: Place | None = None) -> None:
        with self.program.begin(by or self.clerk) as work:
            commands.draw(work, place=place or self.place(), method=method)

    def change(self, method: str = "by_hand", values: Mapping[str, Fraction | int] | None = None,
               extras: Sequence[Extra] = (), by: Actor | None = None, place: Place | None = None) -> None:
        with self.program.begin(by or self.clerk) as work:
            commands.change(work, place=place or self.place(), method=method, values=values or {}, extras=extras)

    def notice(self, days: tuple[date, date] = NOTICE, by: Actor | None = None, file_id: int | None = None,
               where: str = "校务公开栏") -> None:
        with self.program.begin(by or self.clerk) as work:
            commands.post_notice(work, place=self.place(), start=days[0], end=days[1], where=where,
                                 file_id=file_id)

    def submit(self, by: Actor | None = None, place: Place | None = None, seen: str | None = None,
               reason: str = "") -> None:
        row = self.row()
        with self.program.begin(by or self.head) as work:
            commands.submit(work, place=place or self.place(), reason=reason,
                            seen=seen if seen is not None else row.content_hash if row else "")

    def withdraw(self, by: Actor | None = None) -> None:
        with self.program.begin(by or self.clerk) as work:
            commands.withdraw(work, place=self.place())

    def submitted(self, method: str = "months") -> None:
        """Drawn, put up, submitted."""
        self.draw(method)
        self.notice()
        self.submit()

    def sums(self) -> dict[str, int]:
        """Staff number → fen, of the draft or the newest split."""
        row = self.row()
        with self.program.read(operator()) as work:
            return {award.staff_no: award.fen for award in work.session.scalars(
                select(PayAward).where(PayAward.distribution_id == (row.id if row else 0)).order_by(PayAward.number))}

    def states(self) -> list[str]:
        """The states of all splits, the first one first."""
        with self.program.read(operator()) as work:
            return list(work.session.scalars(
                select(PayDistribution.state).where(PayDistribution.school_id == self.school_id)
                .order_by(PayDistribution.sequence)))
