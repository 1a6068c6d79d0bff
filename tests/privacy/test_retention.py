"""Erasing what is over: a dry run, two persons, one transaction; pay and chain whole; erased again after a restore."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from talent import worker
from talent.accounts.models import ApiAnswer, LoginFailure, RecoveryCode, UserSession
from talent.cli import archive, main
from talent.cli.door import open_program
from talent.core import audit_chain, files
from talent.core.access import operator
from talent.core.audit import AuditEvent
from talent.core.batches import ChangeImage, ImportBatch
from talent.core.errors import RuleViolation
from talent.core.jobs import Job
from talent.core.periods import add_months
from talent.core.work import Program
from talent.people.models import Employment, Person, PersonAlias
from talent.portraits.models import PortraitRun, PortraitScore
from talent.privacy import retention
from talent.privacy.due import BY_CODE, VOUCHERS, keys_due
from talent.privacy.models import RetentionRun, Tombstone
from talent.privacy.retention import tombstones_file
from talent.schema import metadata
from tests import factories
from tests.browser_client import Site, text
from tests.conftest import Clock
from tests.privacy.people import give_numbers

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LEFT = {"T1": None, "T2": date(2025, 3, 1), "T3": date(2020, 3, 1), "T4": date(2026, 3, 1)}
PHONES, IDS = {"T2": "13812345672", "T3": "13812345673"}, {"T3": "110105194912310003"}


def leave(program: Program, staff_no: str, on: date | None) -> int:
    person_id = factories.add_person(program, staff_no, name=f"名{staff_no}")
    give_numbers(program, person_id, f"1101051949123100{staff_no[1:]:>02}", f"138123456{staff_no[1:]:>02}")
    if on is not None:
        with program.begin(operator()) as work:
            post = work.session.scalars(select(Employment).where(Employment.person_id == person_id)).one()
            post.valid_to = on
            work.session.add(Employment(person_id=person_id, school_id=post.school_id, valid_from=on, status="retired",
                                        left_on=on))
    return person_id


@pytest.fixture
def people(program: Program) -> dict[str, int]:
    """Four people: serving, left a year and a half ago, six years ago, half a year ago."""
    return {staff_no: leave(program, staff_no, on) for staff_no, on in LEFT.items()}


@pytest.fixture
def old(program: Program, people: dict[str, int]) -> None:
    """Old rows of every class, beside ones that stay."""
    user = factories.add_account(program, "auditor", name="old").user_id
    with program.begin(operator()) as work:
        quoting = json.dumps({"job": 1, "preview": {"sheets": [{"rows": 1}], "samples": {"旧.csv": ["张三"]}, "rows": [
            {"name": "张三"}]}}, ensure_ascii=False)
        batch = ImportBatch(state="accepted", files="[]", created_at=LONG_AGO, accepted_at=LONG_AGO, summary=quoting,
                            issues='[{"value": "张三"}]')
        waiting = ImportBatch(state="staged", files="[]", created_at=LONG_AGO, summary='{"preview": {}}')
        run = PortraitRun(code="old", as_of=date(2020, 8, 31), seed=0, created_at=LONG_AGO, input_sha256="", state=
                          "superseded", book_digest="", settings="{}", versions="{}", published_at=LONG_AGO)
        work.session.add_all([batch, waiting, run])
        work.session.flush()
        sealed = '{"id_number_sealed": "eA==", "id_number_masked": "1*", "sex": "female"}'
        work.session.add_all([
            ChangeImage(batch_id=batch.id, table_name="people", row_id=people["T1"], action="update", before=sealed,
                        after=sealed),
            PersonAlias(person_id=people["T3"], kind="id_number", value="hash", replaced_at=LONG_AGO),
            PersonAlias(person_id=people["T1"], kind="id_number", value="other", replaced_at=LONG_AGO),
            PortraitScore(run_id=run.id, person_id=people["T1"], coverage=1, is_insufficient=False),
            UserSession(token_sha256="old", user_id=user, created_at=LONG_AGO, proved_at=LONG_AGO,
                        expires_at=LONG_AGO + timedelta(hours=12)),
            ApiAnswer(user_id=user, key="a b", request_sha256="", answer="{}", answered_at=LONG_AGO),
            ApiAnswer(user_id=user, key="c", request_sha256="", answer="{}", answered_at=program.clock()),
            RecoveryCode(user_id=user, code_index="used", used_at=LONG_AGO),
            RecoveryCode(user_id=user, code_index="mine"),
            LoginFailure(name_index="old", address="", fails=1, last_at=LONG_AGO),
        ])
        files.store(work, program.settings.home, "旧.csv", io.BytesIO(b"old")).stored_at = LONG_AGO
        files.store(work, program.settings.home, "新.csv", io.BytesIO(b"new"))


def numbers(program: Program) -> dict[str, tuple[str, str]]:
    with program.read(operator()) as work:
        return {row.staff_no: (row.id_number_masked, row.phone_masked) for row in work.session.scalars(select(Person))
                if row.phone_sealed or row.id_number_sealed or row.phone_masked}


def count(program: Program, model: type) -> int:
    with program.read(operator()) as work:
        return work.session.scalar(select(func.count()).select_from(model)) or 0


def carry_out(site: Site) -> None:
    """HR proposes, the deputy director approves, the worker works."""
    assert site.sign_in("hr").act("/privacy/retention/propose").status_code == 303
    assert site.sign_in("leader").act("/privacy/retention/1/approve").status_code == 303
    while worker.run_once(site.program):
        pass


def state(program: Program) -> tuple[str, dict[str, int]]:
    with program.read(operator()) as work:
        row = work.session.scalars(select(RetentionRun).order_by(RetentionRun.id.desc())).first()
        assert row is not None
        return row.state, {code: each["count"] for code, each in json.loads(row.plan).items() if each["count"]}


EVERYTHING = {"phone": 2, "id_number": 1, "images": 1, "uploads": 1, "previews": 1, "remarks": 1, "scores": 1,
              "sessions": 1, "failures": 1, "codes": 1, "answers": 1}


def test_what_is_due_goes_and_nothing_else(site: Site, program: Program, old: None) -> None:
    carry_out(site)
    assert state(program) == ("done", EVERYTHING)
    assert {staff_no: bool(id_number) for staff_no, (id_number, phone) in numbers(program).items()} == {
        "T1": True, "T2": True, "T4": True}
    assert [staff_no for staff_no, (_, phone) in numbers(program).items() if phone] == ["T1", "T4"]
    assert (count(program, PortraitScore), count(program, LoginFailure), count(program, PersonAlias)) == (0, 0, 1)
    with program.read(operator()) as work:
        assert list(work.session.scalars(select(ApiAnswer.key))) == ["c"]
        image = work.session.scalars(select(ChangeImage)).one()
        assert (image.before, image.after) == ('{"sex": "female"}', '{"sex": "female"}')
        assert work.session.scalars(select(ImportBatch.state).order_by(ImportBatch.id)).all() == [
            "accepted", "discarded"]
        kept = work.session.scalars(select(ImportBatch).where(ImportBatch.state == "accepted")).one()
        assert (json.loads(kept.summary), kept.issues) == (
            {"job": 1, "preview": {"sheets": [{"rows": 1}], "samples": {}, "rows": []}}, "[]")
        assert list(work.session.scalars(select(RecoveryCode.code_index))) == ["mine"]
        assert "old" not in work.session.scalars(select(UserSession.token_sha256)).all()
    assert audit_chain.verify(program).broken is None


def test_what_belongs_to_the_pay_is_no_upload() -> None:
    """Every reference to a stored file is of a voucher; another one has to say whether it goes."""
    named = {str(key.parent) for table in metadata.tables.values() for key in table.foreign_keys
             if key.column.table.name == "files"}
    assert named == {f"{column.class_.__tablename__}.{column.key}" for column in VOUCHERS}


def test_bytes_follow_their_rows_once_settled(site: Site, program: Program, old: None, clock: Clock) -> None:
    clock.now = datetime.now(UTC) + timedelta(hours=2)
    carry_out(site)
    home = program.settings.home
    assert [files.content(home, program.vault, path.name) for path in files.folder(home).iterdir()] == [b"new"]


def test_the_dry_run_changes_nothing_and_names_what_is_due(site: Site, program: Program, old: None) -> None:
    auditor = site.sign_in("auditor")
    before = numbers(program)
    page = text(auditor.get("/privacy/retention"))
    assert "离岗人员的手机" in page and "提出清理" not in page and "假定" in page
    listed = text(auditor.get("/privacy/retention/due/phone"))
    assert "T2 名T2" in listed and "T3 名T3" in listed and "T1" not in listed and "T4" not in listed
    assert numbers(program) == before and auditor.get("/privacy/retention/due/people").status_code == 404


def test_it_takes_two_persons(site: Site, program: Program, old: None) -> None:
    hr = site.sign_in("hr")
    hr.act("/privacy/retention/propose")
    assert hr.get("/privacy/retention").status_code == 200, "the page shows the run that waits"
    assert hr.act("/privacy/retention/1/approve").status_code == 422
    assert hr.act("/privacy/retention/propose").status_code == 409
    leader = site.sign_in("leader")
    assert "批准到期清理" in text(leader.get("/home/")) and "批准到期清理" not in text(hr.get("/home/"))
    assert leader.act("/privacy/retention/1/reject").status_code == 303
    assert leader.act("/privacy/retention/1/approve").status_code == 409
    assert state(program)[0] == "rejected" and not worker.run_once(program)


def test_an_approval_is_of_what_was_seen(site: Site, program: Program, old: None, people: dict[str, int]) -> None:
    site.sign_in("hr").act("/privacy/retention/propose")
    site.sign_in("leader").act("/privacy/retention/1/approve")
    with program.begin(operator()) as work:  # somebody comes back meanwhile
        post = work.session.scalars(select(Employment).where(
            Employment.person_id == people["T3"], Employment.status == "retired")).one()
        post.valid_to = date(2026, 9, 1)
        work.session.add(Employment(person_id=people["T3"], school_id=post.school_id, valid_from=date(2026, 9, 1)))
    worker.run_once(program)
    assert state(program)[0] == "stale" and "T3" in numbers(program) and count(program, LoginFailure) == 1


def test_nothing_due_is_said(site: Site, program: Program, clock: Clock) -> None:
    factories.add_person(program, "T1")
    answer = site.sign_in("hr").act("/privacy/retention/propose")
    assert answer.status_code == 422 and "今天没有到期的" in text(answer)


def test_what_was_erased_is_erased_again_after_a_restore(
    site: Site, program: Program, old: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    backup, sqlite = tmp_path / "backup.tar", program.engine.dialect.name == "sqlite"
    archive.write(program, backup)
    carry_out(site)
    assert count(program, Tombstone) == 3
    stones = tombstones_file(program.settings.home)
    said = stones.read_text()
    stones.unlink()  # as if the worker had died before it wrote them down, and another took the job over
    retention.run(program, factories.actor(program, site.account("leader")), {"run": 1}, lambda *_: None)
    retention.run(program, factories.actor(program, site.account("leader")), {"run": 1}, lambda *_: None)
    assert stones.read_text() == said
    monkeypatch.setenv("TALENT_HOME", str(tmp_path / "restored"))
    empty = f"sqlite:///{tmp_path / 'restored.db'}" if sqlite else request.getfixturevalue("postgres").empty()
    monkeypatch.setenv("TALENT_DATABASE_URL", empty)
    result = CliRunner().invoke(main, ["restore", str(backup), "--tombstones", str(stones)])
    assert result.exit_code == 0 and "再清理 3 项" in result.output, result.output
    other = open_program()
    assert numbers(other) == numbers(program) and audit_chain.verify(other).broken is None
    with other.read(operator()) as work:
        assert work.session.query(AuditEvent).filter_by(action="retention:replay").count() == 1
    other.engine.dispose()


def test_tombstones_nobody_sealed_erase_nothing(
    program: Program, people: dict[str, int]
) -> None:
    forged = f'{"0" * 64} {{"kind": "phone", "run": 1, "uids": ["uid-T1"]}}'
    with pytest.raises(RuleViolation):
        retention.replay(program, operator(), [forged])
    assert "T1" in numbers(program)


def test_a_run_whose_job_gave_up_stands_in_nobodys_way(site: Site, program: Program, old: None) -> None:
    hr, leader = site.sign_in("hr"), site.sign_in("leader")
    hr.act("/privacy/retention/propose")
    leader.act("/privacy/retention/1/approve")
    with program.begin(operator()) as work:
        work.session.execute(update(Job).values(state="failed", finished_at=work.now))
    assert hr.act("/privacy/retention/propose").status_code == 303
    with program.read(operator()) as work:
        assert list(work.session.scalars(select(RetentionRun.state).order_by(RetentionRun.id))) == ["stale", "proposed"]
    assert leader.act("/privacy/retention/2/approve").status_code == 303
    while worker.run_once(program):
        pass
    assert state(program) == ("done", EVERYTHING)


@pytest.mark.parametrize(("ended", "due"), [
    (datetime(2025, 9, 7, 15, 59, tzinfo=UTC), 1),  # 23:59 of the 7th here
    (datetime(2025, 9, 7, 16, 0, tzinfo=UTC), 0),  # midnight: the 8th
])
def test_a_day_ends_where_the_district_is(site: Site, program: Program, ended: datetime, due: int) -> None:
    """Twelve months before 8 September 2026."""
    user = factories.add_account(program, "auditor", name="old").user_id
    with program.begin(operator()) as work:
        months = work.book.at("privacy.keep_access_logs", work.today).value
        moment = datetime.combine(add_months(ended.date(), 12 - months), ended.timetz())
        work.session.add(UserSession(token_sha256="x", user_id=user, created_at=moment - timedelta(hours=1),
                                     proved_at=moment, expires_at=moment))
    with program.read(operator()) as work:
        kind = BY_CODE["sessions"]
        assert len(keys_due(work, kind, work.today)) == due
