"""A locked year with splits, and the finance office that pays it and reads what the bank answers."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select, update

from talent.core.access import Actor, operator
from talent.core.work import Program
from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.awards.writing import seal
from talent.pay.book import standing
from talent.pay.ledger_models import PayEntry
from talent.pay.models import PayBatch
from talent.pay.payout import commands, returns
from talent.pay.payout.models import PayPayoutItem
from talent.pay.payout.returns import Reading
from talent.pay.payout.rules import Row
from talent.people.models import Person, School
from tests import factories
from tests.pay.office import YEAR, Office
from tests.pay.records import send


def split(program: Program, code: str, awards: Mapping[str, int], year: int = YEAR,
          hands: tuple[str, str] = ("学校办公室", "校长")) -> int:
    """A school's submitted split (staff number → fen), in the place of a former one; its id. ``hands`` drew it and
    submitted it."""
    people = {staff_no: factories.add_person(program, staff_no, school_code=code) for staff_no in awards}
    with program.begin(operator()) as work:
        school_id = work.session.scalars(select(School.id).where(School.code == code)).one()
        batch_id = work.session.scalars(select(PayBatch.id).where(PayBatch.year == year, PayBatch.state.in_(
            ("locked", "exported", "paid"))).order_by(PayBatch.sequence.desc())).first()
        of_school = (PayDistribution.year == year, PayDistribution.school_id == school_id)
        last = work.session.scalar(select(func.max(PayDistribution.sequence)).where(*of_school)) or 0
        head = work.session.scalar(select(func.max(PayEntry.id))) or 0
        row = PayDistribution(
            year=year, school_id=school_id, sequence=last + 1, batch_id=batch_id, allotment_fen=sum(awards.values()),
            head=head, state="draft", method="by_hand", notice_from=date(2026, 9, 1), notice_to=date(2026, 9, 7),
            drawn_by=901, drawn_by_name=hands[0], drawn_at=work.now, content_hash="x")
        work.session.add(row)
        work.session.flush()
        work.session.add_all([PayAward(distribution_id=row.id, number=number, person_id=people[staff_no],
                                       staff_no=staff_no, participant=True, fen=fen)
                              for number, (staff_no, fen) in enumerate(awards.items(), 1)])
        seal(work.session, row)
        work.session.flush()
        work.session.execute(update(PayDistribution).where(*of_school, PayDistribution.state == "submitted")
                             .values(state="superseded"))
        work.session.execute(update(PayDistribution).where(PayDistribution.id == row.id).values(
            state="submitted", submitted_by=902, submitted_by_name=hands[1], submitted_at=work.now))
        return row.id


class Bank(Office):
    """The office, and the cashier who draws files and takes the bank's answers."""

    def __init__(self, program: Program, year: int = YEAR) -> None:
        super().__init__(program)
        self.year = year

    @property
    def cashier(self) -> Actor:
        """Finance, neither computing nor approving."""
        return self.actor("finance3", "finance")

    def locked_year(self, people: Mapping[str, str]) -> int:
        """Everybody sent out for the whole year (staff number → school); the batch locked."""
        for number, (staff_no, school) in enumerate(people.items()):
            send(self.program, staff_no, school, "2021-01-01", name=f"教师{number}")
        return self.locked(self.compute())

    def standing(self) -> dict[str, int]:
        """School code → what stands for it in the ledger."""
        with self.program.read(operator()) as work:
            codes = {key: code for key, code in work.session.execute(select(School.id, School.code))}
            found: dict[str, int] = {}
            for (_, school_id), stand in standing(work.session, self.year).items():
                found[codes[school_id]] = found.get(codes[school_id], 0) + stand.fen
            return found

    def seal(self, kind: str = "regular") -> str:
        """What somebody sees who opens the page now."""
        with self.program.read(operator()) as work:
            return commands.plan(work.session, self.year, kind).seal

    def draw(self, kind: str = "regular", by: Actor | None = None, seen: str = "") -> int:
        """A payroll file; its id."""
        with self.program.begin(by or self.cashier) as work:
            sealed = seen or commands.plan(work.session, self.year, kind).seal
            return commands.draw(work, self.program.settings, year=self.year, kind=kind, seen=sealed).id

    def items(self, payout_id: int | None = None) -> list[PayPayoutItem]:
        """The items of a file, or of all."""
        with self.program.read(operator()) as work:
            wanted = select(PayPayoutItem).order_by(PayPayoutItem.id)
            rows = work.session.scalars(
                wanted if payout_id is None else wanted.where(PayPayoutItem.payout_id == payout_id)).all()
            work.session.expunge_all()
            return list(rows)

    def stage(self, rows: list[Row], name: str = "回盘.xlsx", content: bytes = b"") -> int:
        """A return file handed in; its id."""
        with self.program.begin(self.cashier) as work:
            return returns.stage(work, self.program.settings, year=self.year, name=name,
                                 content=content or repr(rows).encode(), reading=Reading(rows)).id

    def accept(self, return_id: int, by: Actor | None = None, partial: bool = False, seen: str = "",
               period: str = "2026-09") -> tuple[int, int]:
        """A return file taken over."""
        with self.program.begin(by or self.cashier) as work:
            sealed = seen or returns.compare(work.session, return_id).seal
            return returns.accept(work, return_id=return_id, seen=sealed, period=period, partial=partial)

    def answer_items(self, payout_id: int, failing: Mapping[str, str] | None = None) -> tuple[int, int]:
        """The bank answers for every item of a file; ``failing``: staff number → reason."""
        failed = failing or {}
        return self.accept(self.stage(rows_for(self.items(payout_id), failed)))

    def due(self) -> dict[str, int]:
        """School code → what the ledger still owes it."""
        with self.program.read(operator()) as work:
            rows = work.session.execute(
                select(School.code, PayEntry.debit, PayEntry.credit, PayEntry.fen)
                .join(School, School.id == PayEntry.school_id))
            found: dict[str, int] = {}
            for code, debit, credit, fen in rows:
                found[code] = found.get(code, 0) + fen * ((credit == "due_to_school") - (debit == "due_to_school"))
            return found

    def received(self) -> dict[str, int]:
        """Staff number → what the ledger says was paid."""
        with self.program.read(operator()) as work:
            rows = work.session.execute(
                select(Person.staff_no, func.sum(PayEntry.fen)).join(Person, Person.id == PayEntry.person_id)
                .where(PayEntry.kind.in_(("payment", "reissue"))).group_by(Person.staff_no))
            return {staff_no: int(fen) for staff_no, fen in rows}


def rows_for(items: list[PayPayoutItem], failing: Mapping[str, str] | None = None) -> list[Row]:
    """The bank's rows on those items: ``failing`` by staff number with the reason, the rest paid."""
    failed = failing or {}
    return [Row(number, item.reference, item.staff_no, item.name, item.fen,
                "failed" if item.staff_no in failed else "paid", failed.get(item.staff_no, ""))
            for number, item in enumerate(items, 2)]
