"""Two people about whom every table holds something, told apart by a word in every text."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from talent.accounts.models import ApiToken, Identity, LoginFailure, RecoveryCode, UserSession
from talent.accounts.notice_models import Acknowledgement, Notice
from talent.achievements.models import Achievement, ContestResult, Mentoring
from talent.assistance.models import Assignment
from talent.core.access import operator
from talent.core.batches import ChangeImage, ImportBatch
from talent.core.files import StoredFile
from talent.core.secrets import masked
from talent.core.work import Program, Work
from talent.exchange.attendance.models import HostLine, HostReport
from talent.exchange.models import Proposal
from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.ledger_models import PayEntry, PayPeriod
from talent.pay.models import PayBatch, PayFinding, PayLine
from talent.pay.payout.models import PayPayout, PayPayoutItem, PayRecovery, PayResult, PayReturn
from talent.people.models import Absence, Appraisal, ConductCase, Exchange, Person, PersonAlias, School
from talent.people.numbers import place_of
from talent.portraits.models import PortraitChoice, PortraitObjection, PortraitRun, PortraitScore
from talent.tiers.models import Title, TitleState
from talent.training.models import Training
from tests import factories

DAY, MOMENT = date(2025, 3, 4), datetime(2025, 3, 4, 1, tzinfo=UTC)


def give_numbers(program: Program, person_id: int, id_number: str, phone: str) -> None:
    """Seal an ID number and a phone of a person, as an import does."""
    with program.begin(operator()) as work:
        person = work.session.get_one(Person, person_id)
        for field, number in (("id_number", id_number), ("phone", phone)):
            setattr(person, f"{field}_sealed", work.vault.seal(number, place_of(person.uid, field)))
            setattr(person, f"{field}_index", work.vault.index(number))
            setattr(person, f"{field}_masked", masked(number))


def fill(program: Program, staff_no: str, word: str, user_id: int) -> int:
    """Something about a person in every table; ``word`` stands in every text."""
    person_id = factories.add_person(program, staff_no, name=f"{word}名")
    other = factories.add_person(program, f"{staff_no}-X", name="同事")
    with program.begin(operator()) as work:
        work.session.add_all(_records(work, person_id, other, word))
        work.session.add_all(_of_account(user_id, word))
        work.session.add(Acknowledgement(notice_id=_notice(work), user_id=user_id, number=1, digest=f"{word}散列",
                                         at=MOMENT))
        work.session.flush()
        title = work.session.scalars(select(Title).where(Title.person_id == person_id)).one()
        work.session.add(TitleState(title_id=title.id, state="in_office", changed_on=DAY, reason=f"{word}因"))
        training = work.session.scalars(select(Training).where(Training.person_id == person_id)).one()
        batch = work.session.scalars(select(ImportBatch)).first()
        assert batch is not None
        work.session.add(HostLine(report_id=_reported(work), assignment_id=person_id, person_id=person_id, first_on=DAY,
                                  last_on=DAY,
                                  absences=f'[["2025-03-04", "2025-03-04", "{word}假"]]'))
        work.session.add(PayAward(distribution_id=_split(work), number=person_id, person_id=person_id,
                                  staff_no=f"{word}号", participant=True, fen=123456))
        work.session.add_all(_paid(work, person_id, word))
        work.session.add(ChangeImage(
            batch_id=batch.id, table_name="trainings", row_id=training.id, action="update",
            before=f'{{"name": "{word}旧"}}', after=f'{{"name": "{word}新"}}'))
        work.record("person:transfer", "person", person_id, to=f"{word}校")
        work.record("person:reveal", "person", person_id, field="phone", reason=f"{word}由")
    return person_id


def _notice(work: Work) -> int:
    """A version of the notice that nobody has to read yet, made once."""
    known = work.session.scalars(select(Notice.id)).first()
    if known is not None:
        return known
    row = Notice(number=1, effective_on=date(2100, 1, 1), is_shipped=True, state="approved", digest="x", text_zh="x",
                 text_en="x", portraits_zh="x", portraits_en="x", proposed_at=MOMENT)
    work.session.add(row)
    work.session.flush()
    return row.id


def _records(work: Work, person_id: int, other: int, word: str) -> list[Any]:
    school = _school(work)
    pay, run = _batches(work)
    own: dict[str, Any] = {"person_id": person_id}
    asked = Proposal(**own, kind="training", action="add", cells=f'{{"name": "{word}训"}}', reason=f"{word}请",
                     proposed_on=DAY, proposed_at=MOMENT, school_due_on=DAY, due_on=DAY)
    return [
        asked,
        PersonAlias(**own, kind="staff_no", value=f"{word}号", replaced_at=MOMENT),
        Absence(**own, started_on=DAY, ended_on=DAY, kind="sick"), Appraisal(**own, year=2024, result="excellent"),
        Exchange(**own, from_school_id=school, to_school_id=school, started_on=DAY),
        ConductCase(**own, decided_on=DAY, reason=f"{word}事由"),
        Training(**own, name=f"{word}训", level="district", ended_on=DAY, hours_hundredths=750),
        ContestResult(**own, contest=f"{word}赛", level="district", grade="first", awarded_on=DAY),
        Achievement(**own, kind="paper", name=f"{word}文", level="district", achieved_on=DAY),
        Mentoring(**own, apprentice_id=other, started_on=DAY),
        Assignment(**own, sending_school_id=school, host=f"{word}受援", kind="paired", started_on=DAY),
        Title(**own, tier="new_talent", round=f"{word}届", recognised_on=DAY, term_from=DAY),
        PayLine(batch_id=pay, **own, school_id=school, staff_no=f"{word}号", school_code="S1", months="[3]",
                month_count=1, days=20, amount_fen=123456),
        PayFinding(batch_id=pay, **own, school_id=school, code="pay.open_end", level="warning", clause="",
                   params=f'{{"host": "{word}受援"}}'),
        PortraitChoice(**own, is_hidden=True, changed_at=MOMENT),
        PortraitObjection(**own, about="whole", reason=f"{word}异议", made_at=MOMENT, due_on=DAY),
        PortraitScore(run_id=run, **own, coverage=0.5, is_insufficient=False, peer_cell=f"{word}格"),
    ]


def _school(work: Work) -> int:
    """The school the factories made."""
    return work.session.scalars(select(School.id).order_by(School.id)).first() or 0


def _batches(work: Work) -> tuple[int, int]:
    """A pay batch and a portrait run, made once; and an import beside them."""
    pay = work.session.scalars(select(PayBatch)).first()
    run = work.session.scalars(select(PortraitRun)).first()
    if pay is None or run is None:
        pay = PayBatch(year=2024, sequence=1, convention="day", state="computed", computed_at=MOMENT,
                       computed_by_name="x", book_digest="x", content_hash="x", total_fen=0, parameters="{}",
                       snapshot="{}")
        run = PortraitRun(code="x", as_of=DAY, seed=0, created_at=MOMENT, input_sha256="x", book_digest="x",
                          settings="{}", versions="{}")
        work.session.add_all([pay, run, ImportBatch(state="accepted", files="[]", created_at=MOMENT)])
        work.session.flush()
    return pay.id, run.id


def _reported(work: Work) -> int:
    """What a host said of a month, made once."""
    report = work.session.scalars(select(HostReport)).first()
    if report is None:
        report = HostReport(host="x", month=DAY.replace(day=1), via="sheet", witness="x", entered_at=MOMENT)
        work.session.add(report)
        work.session.flush()
    return report.id


def _split(work: Work) -> int:
    """A school's split of what the pay batch brought it, made once."""
    split = work.session.scalars(select(PayDistribution)).first()
    if split is None:
        split = PayDistribution(year=2024, school_id=_school(work), sequence=1, batch_id=_batches(work)[0],
                                allotment_fen=0, head=0, method="equal", drawn_by=1, drawn_by_name="x",
                                drawn_at=MOMENT, content_hash="x")
        work.session.add(split)
        work.session.flush()
    return split.id


def _paid(work: Work, person_id: int, word: str) -> list[Any]:
    """What a payroll file sends the person, and the bank's refusal."""
    made = work.session.scalars(select(PayPayout)).first()
    if made is None:
        kept = StoredFile(name="x", stored_as="x", sha256="x", size=1, stored_at=MOMENT)
        made = PayPayout(year=2024, number=1, kind="regular", item_count=1, total_fen=1, sha256="x", plan_hash="x",
                         parameters="[]", drawn_by=1, drawn_by_name="x", drawn_at=MOMENT)
        work.session.add_all([kept, made])
        work.session.flush()
        work.session.add(PayReturn(year=2024, file_id=kept.id, name="x", sha256="x", rows="[]", uploaded_by=1,
                                   uploaded_by_name="x", uploaded_at=MOMENT))
    item = PayPayoutItem(payout_id=made.id, number=person_id, reference=f"{word}流", year=2024, person_id=person_id,
                         school_id=_school(work), sequence=1, distribution_id=_split(work), staff_no=f"{word}号",
                         name=f"{word}名", school_code="S1", school_name="第一小学", fen=123456)
    work.session.add(item)
    work.session.flush()
    answer = work.session.scalars(select(PayReturn.id)).one()
    return [PayResult(item_id=item.id, return_id=answer, row=2, success=False, reason=f"{word}退", at=MOMENT),
            _returned(work, item, word)]


def _returned(work: Work, item: PayPayoutItem, word: str) -> PayRecovery:
    """What the person gave back, with its entry."""
    period = work.session.scalars(select(PayPeriod)).first()
    if period is None:
        period = PayPeriod(code="2025-01", state="open")
        work.session.add(period)
        work.session.flush()
    of = {"year": 2024, "person_id": item.person_id, "school_id": item.school_id, "fen": 5}
    work.session.add(PayEntry(**of, id=item.id, period_id=period.id, kind="recovery", sequence=-2,
                              batch_id=_batches(work)[0], debit="treasury", credit="due_to_school", memo="x",
                              posted_at=MOMENT, posted_by_name="x", previous=f"{item.id}", digest="x"))
    work.session.flush()
    return PayRecovery(**of, sequence=2, means="repaid", document=f"{word}凭据", received_on=DAY, entry_id=item.id,
                       recorded_by=1, recorded_by_name="x", recorded_at=MOMENT)


def _of_account(user_id: int, word: str) -> list[Any]:
    return [
        UserSession(token_sha256=f"{word}散列"[:64], user_id=user_id, address=f"{word}址", created_at=MOMENT,
                    expires_at=datetime(2025, 3, 5, tzinfo=UTC), proved_at=MOMENT),
        RecoveryCode(user_id=user_id, code_index=f"{word}码"),
        ApiToken(user_id=user_id, label=f"{word}钥", token_sha256=f"{word}钥散列", reads_only=True, created_on=DAY,
                 expires_on=DAY),
        Identity(user_id=user_id, issuer="https://sign-in.example", subject=f"{word}主体", linked_at=MOMENT,
                 linked_by=user_id),
        LoginFailure(name_index=f"{word}名散列", address=f"{word}址", fails=1, last_at=MOMENT),
    ]
