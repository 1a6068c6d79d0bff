"""Two schools whose every text names its owner, so that whatever reaches a stranger tells whose it was."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import func, literal, select, union_all

from talent.accounts import tokens
from talent.accounts.models import (
    Allowance,
    ApiAnswer,
    Identity,
    LoginFailure,
    RecoveryCode,
    SecondFactor,
    SpentState,
    UserSession,
)
from talent.accounts.notice_models import Acknowledgement, Notice
from talent.achievements.models import Achievement, ContestResult, Mentoring
from talent.app import create_app
from talent.assistance.models import Assignment
from talent.core import files
from talent.core.access import Actor, operator
from talent.core.batches import ChangeImage
from talent.core.config import Settings
from talent.core.database import Base
from talent.core.jobs import Job
from talent.core.work import Program, Work
from talent.exchange import entries, nominations, proposals, staging
from talent.exchange.attendance import commands as hosts
from talent.exchange.attendance import links
from talent.exchange.attendance import queries as attended
from talent.exchange.attendance.commands import Sheet
from talent.exchange.attendance.rules import Missed, Said
from talent.exchange.staging import Upload
from talent.indicators.models import Enrolment, Facility, Quota
from talent.pay import periods
from talent.pay.awards.writing import Extra
from talent.pay.budgets import commands as budgets
from talent.pay.budgets.commands import Paper
from talent.pay.models import PayLine
from talent.pay.payout import closing, recoveries
from talent.pay.payout.recoveries import Received
from talent.people.models import (
    Absence,
    Appraisal,
    Collection,
    ConductCase,
    Exchange,
    PersonAlias,
    SchoolPast,
)
from talent.portraits import objections
from talent.portraits.models import PUBLISHED, PortraitChoice, PortraitRun
from talent.privacy.models import RetentionRun, Tombstone
from talent.reports import commands as reports
from talent.settings import commands as settings
from talent.settings.commands import Draft
from talent.tiers.models import Title, TitleState
from talent.training.models import Training
from talent.worker import run_once
from tests import factories
from tests.browser_client import Browser, Site
from tests.conftest import Clock
from tests.pay.office import Office
from tests.pay.payout.bank import Bank, rows_for, split
from tests.pay.splits import Splitting
from tests.portraits.stored import HOURS_ONLY, add_run
from tests.privacy.people import give_numbers

#: The reader of a test is at the near school (a teacher is ``NEAR`` in person); the others are strangers.
NEAR, MATE, FAR = WORDS = ("NEARQ", "MATEQ", "FARQ")
SCHOOLS = {NEAR: "S1", MATE: "S1", FAR: "FARQS"}
NUMBERS = {NEAR: ("11010519491231002X", "13812345671"), MATE: ("110105194912310038", "13812345672"),
           FAR: ("110105194912310011", "13812345673")}
DAY, MOMENT = date(2025, 3, 4), datetime(2025, 3, 4, 1, tzinfo=UTC)
#: The records a proposal or a page names by kind and number.
TABLES = {"training": Training, "results": ContestResult, "achievements": Achievement, "mentoring": Mentoring,
          "titles": Title, "assistance": Assignment, "absences": Absence, "appraisals": Appraisal,
          "exchanges": Exchange, "conduct": ConductCase}


@dataclass
class District:
    """What belongs to whom: ``of[word]`` are the arguments of addresses that lead to something of that person or
    their school, ``shared`` those of things that are the whole district's."""

    site: Site
    of: dict[str, dict[str, Any]] = field(default_factory=lambda: {word: {} for word in WORDS})
    shared: dict[str, Any] = field(default_factory=dict)
    #: The kinds of records that addresses with ``<kind>`` are asked with.
    kinds: tuple[str, ...] = tuple(TABLES)
    #: Whether doors are tried that the matrix calls shut to the role.
    shut: bool = True

    @cached_property
    def office(self) -> Office:
        """Those who compute and decide."""
        return Office(self.site.program)

    def account(self, role: str, word: str) -> Actor:
        """The account of a role at the school of ``word``, or of that person."""
        name = f"{word.lower()}-{role}"
        reach = {"school_code": SCHOOLS[word]} if role in factories.SCHOOL_ROLES else {}
        return self.office.actor(name, role, **reach, **({"staff_no": f"{word}号"} if role == "teacher" else {}))


class Compiled(BytecodeCache):
    """Templates compiled once for all sites of a run."""

    def __init__(self) -> None:
        self._code = dict[str, bytes]()

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def a_site(folder: Path, template: Path, parameters: type[Any] | None = None) -> Site:
    """A site over a SQLite database of its own, where nobody is asked to slow down; ``parameters`` hold what a request
    brings."""
    folder.mkdir(exist_ok=True)
    (folder / "talent.db").write_bytes(template.read_bytes())
    settings = Settings(home=folder / "home", database_url=f"sqlite:///{folder / 'talent.db'}", argon2_time_cost=1,
                        argon2_memory_kib=8192, searches_per_minute=1_000_000, exports_per_hour=1_000_000)
    settings.make_keys()
    program = Program(settings, Clock())
    app = create_app(program)
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = COMPILED
    if parameters is not None:
        app.request_class = type("Watched", (app.request_class,), {"parameter_storage_class": parameters})
    return Site(app, program)


def build(site: Site) -> District:
    """The district, with something in every table and of everybody."""
    made = District(site)
    for word in (NEAR, FAR):
        factories.add_school(site.program, SCHOOLS[word], f"{word}校")
    for role in ("admin", "hr", "leader", "finance"):
        made.office.actor(role, role)
    for word in WORDS:
        _person(made, word)
    for word in WORDS:
        _of_the_account(made, word)
        _proposal(made, word)
    _schools(made)
    _pay(made)
    _payout(made)
    _splits(made)
    _portraits(made)
    _objections(made)
    _nominations(made)
    _hosts(made)
    _imports(made)
    _office(made)
    return made


# ── a person ─────────────────────────────────────────────────────────────────────────────────────────────────


def _person(made: District, word: str) -> None:
    program = made.site.program
    factories.add_person(program, f"{word}友", name=f"{word}友名", school_code=SCHOOLS[word])
    person_id = factories.add_person(program, f"{word}号", name=f"{word}名", school_code=SCHOOLS[word])
    give_numbers(program, person_id, *NUMBERS[word])
    with program.begin(operator()) as work:
        rows = list(_records(made, work, person_id, word))
        work.session.add_all(rows)
        work.session.flush()
        for kind, table in TABLES.items():
            made.of[word][f"{kind}.record_id"] = next(row.id for row in rows if isinstance(row, table))
        training = next(row for row in rows if isinstance(row, Training))
        title = next(row for row in rows if isinstance(row, Title))
        work.session.add(TitleState(title_id=title.id, state="in_office", changed_on=DAY, reason=f"{word}因"))
        work.record("person:transfer", "person", person_id, to=f"{word}痕")
        made.of[word] |= {"person_id": person_id, "staff_no": f"{word}号", "code": SCHOOLS[word],
                          "school_id": school_named(work, SCHOOLS[word]), "training_row": training.id}


def school_named(work: Work, code: str) -> int:
    """The id of a school's code."""
    school = Base.metadata.tables["schools"]
    return work.session.scalar(select(school.c.id).where(school.c.code == code)) or 0


def _records(made: District, work: Work, person_id: int, word: str) -> Iterator[Any]:
    people = Base.metadata.tables["people"]
    friend = work.session.scalar(select(people.c.id).where(people.c.staff_no == f"{word}友"))
    own, school = {"person_id": person_id}, school_named(work, SCHOOLS[word])
    yield PersonAlias(**own, kind="staff_no", value=f"{word}旧号", replaced_at=MOMENT)
    yield Absence(**own, started_on=DAY, ended_on=DAY, kind="sick")
    yield Appraisal(**own, year=2024, result="excellent")
    yield Exchange(**own, from_school_id=school, to_school_id=school, started_on=DAY)
    yield ConductCase(**own, decided_on=DAY, reason=f"{word}事由")
    yield Training(**own, name=f"{word}训", level="district", ended_on=DAY, hours_hundredths=750)
    yield ContestResult(**own, contest=f"{word}赛", level="district", grade="first", awarded_on=DAY)
    yield Achievement(**own, kind="paper", name=f"{word}文", level="district", achieved_on=DAY)
    yield Mentoring(**own, apprentice_id=friend, started_on=DAY)
    yield Title(**own, tier="new_talent", round=f"{word}届", recognised_on=DAY, term_from=DAY,
                document_no=f"{word}文号")
    for year in (2020, 2021):
        yield Assignment(**own, sending_school_id=school, host=f"{word}受援", kind="paired",
                         appraisal="" if (word, year) == (FAR, 2021) else "qualified",
                         started_on=date(year, 1, 1), ended_on=date(year, 12, 31))


def _of_the_account(made: District, word: str) -> None:
    """Accounts of the person and of the offices of their school; keys of the office and of the person's session."""
    program = made.site.program
    teacher, clerk = made.account("teacher", word), made.account("school", word)
    made.account("principal", word)
    with program.begin(clerk) as work:
        tokens.issue(work, label=f"{word}钥", expires_on=date(2026, 10, 1), reads_only=True)
        made.of[word]["token_id"] = work.session.scalar(select(func.max(Base.metadata.tables["api_tokens"].c.id)))
    with program.begin(operator()) as work:
        elsewhere = UserSession(user_id=clerk.user_id, token_sha256=f"{word:0<64}", address="192.0.2.9",
                                created_at=MOMENT, proved_at=MOMENT, expires_at=MOMENT + timedelta(hours=12))
        work.session.add(elsewhere)
        work.session.flush()
        made.of[word]["session_id"] = elsewhere.id
        work.session.add_all([
            Identity(user_id=teacher.user_id, issuer="https://sign-in.example", subject=f"{word}主体",
                     linked_at=MOMENT, linked_by=teacher.user_id),
            RecoveryCode(user_id=teacher.user_id, code_index=f"{word}码"),
            LoginFailure(name_index=f"{word}败", address=f"{word}址", fails=1, last_at=MOMENT),
            ApiAnswer(user_id=clerk.user_id, key=f"{word}键", request_sha256="0" * 64, answer="{}", answered_at=MOMENT),
            PortraitChoice(person_id=made.of[word]["person_id"], is_hidden=True, changed_at=MOMENT)])
    made.of[word]["user_id"] = teacher.user_id


def _proposal(made: District, word: str) -> None:
    typed = {"name": f"{word}补", "level": "校本", "ended_on": "2026-05-02", "hours_hundredths": "7.5"}
    with made.site.program.begin(made.account("teacher", word)) as work:
        made.of[word]["proposal_id"] = proposals.propose_new(work, "training", typed, f"{word}请")


# ── the schools and what was computed ────────────────────────────────────────────────────────────────────────


def _schools(made: District) -> None:
    with made.site.program.begin(operator()) as work:
        for word in (NEAR, FAR):
            school_id = made.of[word]["school_id"]
            work.session.add_all([
                SchoolPast(school_id=school_id, valid_to=date(2010, 9, 1), name=f"{word}旧校", kind="primary"),
                Enrolment(school_id=school_id, counted_on=date(2025, 9, 1), stage="primary", pupils=700, classes=20),
                Facility(school_id=school_id, counted_on=date(2025, 9, 1), teaching_area_hundredths=100),
                Quota(school_id=school_id, valid_from=date(2020, 9, 1), posts=30, document_no=f"{word}编"),
                Collection(school_id=school_id, kind="training", started_on=date(2015, 9, 1))])


def _pay(made: District) -> None:
    """A year that is locked and paid into the ledger, another that waits for the schools; one scan."""
    office, program = made.office, made.site.program
    office.locked(office.compute(year=2020))
    batch = office.compute(year=2021)
    office.answer(batch, "FARQS", by=office.hr, sheet=office.sheet(name="FARQ签"), comment="FARQ议")
    with program.read(operator()) as work:
        for word in WORDS:
            made.of[word]["line_id"] = work.session.scalars(select(PayLine.id).where(
                PayLine.batch_id == batch, PayLine.staff_no == f"{word}号")).one()
        step = Base.metadata.tables["pay_steps"].c
        made.of[FAR]["step_id"] = work.session.scalars(select(step.id).where(step.sheet_id.is_not(None))).one()
    with program.begin(office.finance) as work:
        budgets.enter(work, year=2021, paper=Paper("明财〔2020〕1号", DAY), sums={"S1": 100, "FARQS": 200}, head=0)
    with program.begin(office.finance2) as work:
        made.shared["act_id"] = periods.request(work, code="2026-10", act="open", reason="月结").id
    made.shared |= {"pay.batch_id": batch, "year": 2021}


def _payout(made: District) -> None:
    """The locked year on its way to the bank: a sum paid, one refused, one in an answer nobody took over yet; of what
    was paid a part was too much, and of that a part came back. The year was closed, and opened again."""
    program, bank = made.site.program, Bank(made.site.program, 2020)
    bank._known, hands = made.office._known, ("NEARQ办", "NEARQ长")
    split(program, "S1", {"NEARQ号": 2_400_000, "MATEQ号": 2_400_000}, 2020, hands)
    split(program, "FARQS", {"FARQ号": 2_400_000}, 2020, ("FARQ办", "FARQ长"))
    sent = bank.draw()
    far, mate, near = rows_for(bank.items(sent), {"FARQ号": "FARQ退"})
    bank.accept(bank.stage([far, near], "NEARQ盘一.xlsx"))
    split(program, "S1", {"NEARQ号": 2_300_000, "MATEQ号": 2_500_000}, 2020, hands)
    waiting = bank.stage([mate], "NEARQ盘二.xlsx")
    key = made.of[NEAR]["person_id"], made.of[NEAR]["school_id"]
    with program.begin(bank.cashier) as work:
        recoveries.recover(work, year=2020, key=key, seen=100_000, received=Received(
            1_000, "repaid", "NEARQ凭据", work.today, "2026-09"))
    with program.begin(bank.cashier) as work:
        seen = closing.seal_of(work, 2020)
        content = closing.gather(work, program.settings, year=2020, seen=seen)
        act = closing.close(work, program.settings, year=2020, content=content, seen=seen, reason="NEARQ年终").id
        opening = closing.request(work, year=2020, reason="NEARQ续发").id
    with program.begin(bank.leader) as work:
        closing.approve(work, act_id=opening)
    made.shared |= {"pay.year": 2020, "payout_id": sent, "return_id": waiting, "pay.closing.act_id": act,
                    "next_act": opening + 2, "reference": mate.reference}


def _splits(made: District) -> None:
    """Each school splits the locked year; the far one has submitted its split, with its notice."""
    for word in (NEAR, FAR):
        school = Splitting(made.office, SCHOOLS[word], 2020)
        school.clerk, school.head = made.account("school", word), made.account("principal", word)
        school.draw()
        school.change("months", extras=[Extra(f"{word}友", f"{word}目", 100_000)])
        school.notice(file_id=made.office.scan, where=f"{word}栏")
    school.submit()


def _hosts(made: District) -> None:
    """What each host said of a month, and a link that asks about the next."""
    for word in (NEAR, FAR):
        clerk, host = made.account("school", word), f"{word}受援"
        with made.site.program.begin(clerk) as work:
            sheet = Sheet(host, date(2021, 6, 1), f"{word}签", f"{word}注", made.office.scan)
            found = attended.stays(work, host, sheet.month, clerk.scope(attended.ENTER))
            said = [Said(each.assignment_id, [Missed(each.first, each.first, "sick")]) for each in found]
            made.of[word]["report_id"] = hosts.enter(work, sheet=sheet, said=said)
        with made.site.program.begin(clerk) as work:
            made.shared[f"{word}.link"] = links.make(work, host=host, month=date(2021, 7, 1))
            made.of[word]["link_id"] = work.session.scalar(select(func.max(Base.metadata.tables["host_links"].c.id)))
    for word in WORDS:
        made.of[word]["host"] = f"{word}受援"


def _portraits(made: District) -> None:
    program = made.site.program
    run = add_run(program, {made.of[word]["person_id"]: HOURS_ONLY for word in WORDS})
    with program.begin(operator()) as work:
        row = work.session.get_one(PortraitRun, run)
        row.state, row.published_at = PUBLISHED, work.now
        row.decision = json.dumps({"k_reason": "理由", "method": "model", "warning_reason": "", "by_name": "hr",
                                   "names": ["研修成长型", "竞赛见长型"]}, ensure_ascii=False)
        made.shared["run_id"] = run


def _objections(made: District) -> None:
    for word in WORDS:
        with made.site.program.begin(made.account("teacher", word)) as work:
            made.of[word]["objection_id"] = objections.make(work, about="whole", what="", reason=f"{word}异")


def _nominations(made: District) -> None:
    """Each school sends somebody out."""
    for word in (NEAR, FAR):
        with made.site.program.begin(made.account("school", word)) as work:
            made.of[word]["nominations.proposal_id"] = nominations.nominate(work, {
                "staff_no": f"{word}友", "host": f"{word}受援", "kind": "paired", "started_on": date(2026, 9, 15),
                "ended_on": date(2027, 7, 10)}, f"{word}派")
        made.of[word]["nominations.record_id"] = made.of[word]["assistance.record_id"]


def _imports(made: District) -> None:
    """Each office hands in a sheet of its own people; the far one also enters a record on a page."""
    program = made.site.program
    for word in (NEAR, FAR):
        clerk = made.account("school", word)
        sheet = f"工号,年度,考核结果\n{word}号,2023,合格\n{word}友,2023,优秀\n".encode()
        with program.begin(clerk) as work:
            made.of[word]["batch_id"] = staging.stage(
                work, program.settings.home, [Upload(f"{word}表.csv", BytesIO(sheet))], None).id
        run_once(program)
        with program.begin(clerk) as work:
            job = work.session.scalars(select(Job).order_by(Job.id.desc())).first()
            made.of[word]["job_id"] = job.id if job else 0
            entry = entries.add(work, "results", {
                "staff_no": f"{word}号", "contest": f"{word}页", "level": "市级", "grade": "一等奖",
                "awarded_on": "2024-05-01"}, f"{word}据")
            made.of[word]["entered_id"] = entry.record_id
            work.session.add(ChangeImage(
                batch_id=made.of[word]["batch_id"], table_name="trainings", row_id=made.of[word]["training_row"],
                action="update", before=f'{{"name": "{word}前"}}', after=f'{{"name": "{word}后"}}'))


def _office(made: District) -> None:
    """A paper a leader asked for, a value proposed, a run of the retention, a notice."""
    program, office = made.site.program, made.office
    with program.begin(office.leader2) as work:
        job = reports.ask(work, on=date(2026, 9, 1))
        stored = files.store(work, program.settings.home, "FARQ看板.pdf", BytesIO(b"%PDF-1.4 FARQ"))
        job.state, job.result = "done", json.dumps({"file": stored.id})
        made.of[FAR]["board.job_id"] = job.id
    with program.begin(office.hr2) as work:
        made.shared["override_id"] = settings.propose(work, Draft(
            "paired_assistance.yearly_amount", 2500000, date(2027, 1, 1), "delegated", "明教〔2026〕9号")).id
        run = RetentionRun(due_on=DAY, plan="{}", proposed_by=office.hr2.user_id, proposed_by_name="hr2",
                           proposed_at=MOMENT)
        work.session.add(run)
        work.session.flush()
        work.session.add(Tombstone(run_id=run.id, kind="phone", uid=f"uid-{FAR}", erased_at=MOMENT))
        work.session.add_all([SpentState(state_index="spent", at=MOMENT),
                              Allowance(bucket="nobody", since=MOMENT, used=1),
                              SecondFactor(user_id=made.account("principal", FAR).user_id, seed_sealed=b"FARQ",
                                           confirmed_at=MOMENT, last_step=0)])
        texts = {"text_zh": "文", "text_en": "text", "portraits_zh": "文", "portraits_en": "text"}
        notice = Notice(effective_on=work.today, document="明教〔2026〕10号", proposed_by=office.hr2.user_id,
                        proposed_at=MOMENT, **texts)
        work.session.add(notice)
        work.session.flush()
        work.session.add(Acknowledgement(notice_id=notice.id, user_id=made.of[FAR]["user_id"], number=1,
                                         digest="0" * 64, at=MOMENT))
        made.shared |= {"privacy.run_id": run.id, "notice_id": notice.id}
    with program.begin(office.admin) as work:
        grants = Base.metadata.tables["role_grants"].c
        made.shared["grant_id"] = work.session.scalar(select(func.max(grants.id))) or 0


# ── what is in the tables ────────────────────────────────────────────────────────────────────────────────────

#: Tables a request may write to although nothing was asked of it: how often, and what was refused.
COUNTING = frozenset({"allowances", "login_failures"})


def counts(program: Program) -> dict[str, int]:
    """Rows of every table; of the audit only what was done."""
    events = Base.metadata.tables["audit_events"].c
    asked = [select(literal(name), func.count()).select_from(table)
             for name, table in Base.metadata.tables.items() if name != "audit_events"]
    asked.append(select(literal("audit_events"), func.count()).where(events.action != "access:refuse"))
    with program.read(operator()) as work:
        return {name: number for name, number in work.session.execute(union_all(*asked))}


def dump(program: Program, without: frozenset[str] = COUNTING) -> Mapping[str, list[tuple[Any, ...]]]:
    """Every row of every table; of the audit only what was done."""
    with program.read(operator()) as work:
        found = {}
        for name, table in Base.metadata.tables.items():
            rows = work.session.execute(select(table)).all()
            if name == "audit_events":
                rows = [row for row in rows if row.action != "access:refuse"]
            if name not in without:
                found[name] = sorted((tuple(row) for row in rows), key=repr)
        return found
