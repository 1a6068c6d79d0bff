"""The people who take a batch along its chain, and their acts in a few words."""

from collections.abc import Callable
from functools import cached_property
from io import BytesIO

from sqlalchemy import select

from talent.core import files
from talent.core.access import Actor, operator
from talent.core.work import Program, Work
from talent.pay import aside, chain_commands, commands, periods, posting
from talent.pay.acts import acts_of, lines_hash
from talent.pay.book import answering_schools, to_acknowledge
from talent.pay.chain_commands import Seen, Sheet
from talent.pay.ledger_models import PayEntry
from talent.pay.models import PayBatch, PayLine
from talent.pay.stored import lines_of_school
from talent.people.models import Person, School
from tests import factories

YEAR = 2021


class Office:
    """One account of each role (two of the offices'), and whole stretches of the chain."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._known: dict[str, Actor] = {}

    def __getattr__(self, name: str) -> Actor:
        """``office.hr``, ``office.hr2``, ``office.finance``: an actor made on first use."""
        return self.actor(name, name.rstrip("0123456789"))

    def actor(self, name: str, role: str, **reach: str) -> Actor:
        """The account ``name`` with a role."""
        if name not in self._known:
            account = factories.add_account(self.program, role, name=name, **reach)
            self._known[name] = factories.actor(self.program, account)
        return self._known[name]

    def principal_of(self, code: str) -> Actor:
        """The principal of a school."""
        return self.actor(f"head-{code.lower()}", "principal", school_code=code)

    @cached_property
    def scan(self) -> int:
        """A stored scan of a signed sheet."""
        with self.program.begin(operator()) as work:
            return files.store(work, self.program.settings.home, "签字表.pdf", BytesIO(b"%PDF-1.4 signed")).id

    def sheet(self, signatory: Actor | None = None, name: str = "") -> Sheet:
        """A sheet somebody signed."""
        return Sheet(self.scan, signatory.user_id if signatory else None, name)

    # ── acts ────────────────────────────────────────────────────────────────────────────────────────────────

    def compute(self, by: Actor | None = None, year: int = YEAR, convention: str | None = None) -> int:
        """A batch computed, by finance unless somebody else is named."""
        with self.program.begin(by or self.finance) as work:
            return commands.compute(work, year=year, convention=convention).id

    def state(self, batch_id: int) -> str:
        """Where the batch stands."""
        with self.program.read(operator()) as work:
            return work.session.get_one(PayBatch, batch_id).state

    def seen(self, batch_id: int, school: str = "") -> Seen:
        """What somebody sees who opens the batch now."""
        with self.program.read(operator()) as work:
            batch = work.session.get_one(PayBatch, batch_id)
            if not school:
                return Seen(batch.version, acts_of(work.session, batch).seal)
            lines = lines_of_school(work.session, batch_id, self.school(school))
            return Seen(batch.version, lines_hash(lines))

    def school(self, code: str) -> int:
        """The id of a school."""
        return factories.add_school(self.program, code)

    def act(self, by: Actor, act: Callable[[Work], object]) -> None:
        """One transaction."""
        with self.program.begin(by) as work:
            act(work)

    def answer(self, batch_id: int, code: str, verdict: str = "confirm", by: Actor | None = None,
               comment: str = "名单不符", sheet: Sheet | None = None, seen: Seen | None = None) -> None:
        """A school's answer, by its principal unless somebody else is named."""
        asked = getattr(chain_commands, verdict)
        seen, by = seen or self.seen(batch_id, code), by or self.principal_of(code)
        school_id = self.school(code)
        self.act(by, lambda work: asked(work, batch_id=batch_id, school_id=school_id, seen=seen, comment=comment,
                                        sheet=sheet))

    def confirm_all(self, batch_id: int) -> None:
        """Every school says yes."""
        with self.program.read(operator()) as work:
            acts = acts_of(work.session, work.session.get_one(PayBatch, batch_id))
            codes = [code for code, _ in answering_schools(work.session, acts).values()]
        for code in codes:
            self.answer(batch_id, code)

    def do(self, act: str, batch_id: int, by: Actor, seen: Seen | None = None, **more: object) -> None:
        """One act on the whole batch."""
        command = getattr(chain_commands, act)
        seen = seen or self.seen(batch_id)
        self.act(by, lambda work: command(work, batch_id=batch_id, seen=seen, **more))

    def reviewed(self, batch_id: int) -> int:
        """The batch taken to the state ``hr_reviewed``."""
        self.confirm_all(batch_id)
        self.do("review", batch_id, self.hr)
        return batch_id

    def approved(self, batch_id: int) -> int:
        """The batch taken to the state ``approved``."""
        self.reviewed(batch_id)
        self.do("approve", batch_id, self.finance2)
        self.do("approve", batch_id, self.leader)
        return batch_id

    def answer_for(self, batch_id: int) -> None:
        """Findings acknowledged, assumptions confirmed."""
        with self.program.read(operator()) as work:
            open_ = to_acknowledge(work.session, acts_of(work.session, work.session.get_one(PayBatch, batch_id)))
        if open_:
            self.act(self.hr, lambda work: aside.acknowledge(work, batch_id=batch_id, finding_ids=open_))
        self.act(self.finance2, lambda work: aside.assume(work, batch_id=batch_id, document="明教〔2022〕3号"))

    def open_period(self, code: str = "2026-09", act: str = "open") -> str:
        """A period opened (or locked) by two persons."""
        with self.program.begin(self.finance2) as work:
            row_id = periods.request(work, code=code, act=act, reason="月结").id
        self.act(self.leader, lambda work: periods.approve(work, act_id=row_id))
        return code

    def lock(self, batch_id: int, period: str = "2026-09", by: Actor | None = None, seen: Seen | None = None) -> int:
        """Locked and posted; how many entries."""
        with self.program.begin(by or self.finance2) as work:
            return posting.lock(work, batch_id=batch_id, seen=seen or self.seen(batch_id), period=period)

    def locked(self, batch_id: int) -> int:
        """The batch taken to the state ``locked``, in 2026-09."""
        self.approved(batch_id)
        self.answer_for(batch_id)
        with self.program.read(operator()) as work:
            opened = periods.open_periods(work.session)
        if not opened:
            self.open_period()
        self.lock(batch_id)
        return batch_id

    def verify(self) -> list[str]:
        """The codes of what is broken."""
        with self.program.read(operator()) as work:
            return [finding.code for finding in commands.verify(work.session)]

    def entries(self) -> list[tuple[str, str, str, int]]:
        """(kind, staff number, school, fen) in order."""
        with self.program.read(operator()) as work:
            return [tuple(row) for row in work.session.execute(
                select(PayEntry.kind, Person.staff_no, School.code, PayEntry.fen)
                .join(Person, Person.id == PayEntry.person_id).join(School, School.id == PayEntry.school_id)
                .order_by(PayEntry.id))]

    def line(self, batch_id: int, staff_no: str) -> int:
        """The (first) line of a person."""
        with self.program.read(operator()) as work:
            return work.session.scalars(
                select(PayLine.id).where(PayLine.batch_id == batch_id, PayLine.staff_no == staff_no)
                .order_by(PayLine.school_code)).first() or 0

    def hold(self, batch_id: int, staff_no: str, by: Actor | None = None, act: str = "hold") -> None:
        """One person's line taken out, or let in again."""
        command, version = getattr(aside, act), self.seen(batch_id).version
        line_id = self.line(batch_id, staff_no)
        self.act(by or self.hr, lambda work: command(work, line_id=line_id, version=version, comment="待核"))
