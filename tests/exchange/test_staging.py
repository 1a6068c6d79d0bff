"""Staged imports: what a person accepts is what they saw, or nothing at all."""

import io
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, update

from talent import worker
from talent.core.access import Actor
from talent.core.batches import ImportBatch
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.files import folder
from talent.core.jobs import Job
from talent.core.work import Program
from talent.exchange import queries, staging
from talent.exchange.staging import Upload
from talent.exchange.undo import undo
from talent.pay.models import PayBatch, PayLine
from talent.people.models import Employment, Person, School
from talent.training.models import Training
from tests import factories
from tests.conftest import Clock
from tests.exchange.books import ROSTER, TRAINING, district, trainings, workbook


class Desk:
    """A person at the import page, without the page."""

    def __init__(self, program: Program, role: str = "hr", **reach: str) -> None:
        self.program = program
        self.actor: Actor = factories.actor(program, factories.add_account(program, role, **reach))

    def upload(self, *contents: bytes, name: str = "名册.xlsx", **options: object) -> int:
        """Hand files in and have them previewed; the batch."""
        with self.program.begin(self.actor) as work:
            uploads = [Upload(name, io.BytesIO(content)) for content in contents]
            batch_id = staging.stage(work, self.program.settings.home, uploads, **options).id  # type: ignore[arg-type]
        self.work_off()
        return batch_id

    def work_off(self) -> None:
        while worker.run_once(self.program):
            pass

    def look(self, batch_id: int) -> queries.BatchDetail:
        with self.program.read(self.actor) as work:
            return queries.batch(work.session, self.actor, batch_id)

    def token(self, batch_id: int) -> str:
        with self.program.read(self.actor) as work:
            detail = queries.batch(work.session, self.actor, batch_id)
            assert detail.preview is not None
            return staging.token_for(work, batch_id, detail.preview.digest)

    def accept(self, batch_id: int, *, token: str = "", good_rows_only: bool = False) -> queries.BatchDetail:
        token = token or self.token(batch_id)
        with self.program.begin(self.actor) as work:
            staging.accept(work, batch_id, token, good_rows_only)
        self.work_off()
        return self.look(batch_id)

    def count(self, model: type) -> int:
        with self.program.read(self.actor) as work:
            return work.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def hr(program: Program) -> Desk:
    return Desk(program)


@pytest.fixture
def loaded(hr: Desk) -> Desk:
    """The bureau after its first import."""
    hr.accept(hr.upload(district()))
    return hr


def codes(detail: queries.BatchDetail) -> set[str]:
    return {issue.code for issue in detail.issues if issue.level == "error"}


def failed_with(detail: queries.BatchDetail) -> list[str]:
    assert detail.job is not None
    return [finding.code for finding in detail.job.findings]


def test_a_preview_writes_nothing_but_the_batch(hr: Desk) -> None:
    seen = hr.look(hr.upload(district()))
    assert seen.preview is not None and seen.preview.total("added") == 5 and seen.preview.acceptable
    assert seen.row.state == "staged" and hr.count(Person) == hr.count(School) == 0


def test_what_was_accepted_is_written(hr: Desk) -> None:
    done = hr.accept(hr.upload(district()))
    assert done.row.state == "accepted" and done.preview is not None
    with hr.program.read(hr.actor) as work:
        rows = work.session.execute(
            select(Person.staff_no, Person.name, School.code, Employment.professional_title)
            .join(Employment, Employment.person_id == Person.id).join(School, School.id == Employment.school_id)
            .order_by(Person.staff_no)).all()
    assert rows == [("0101", "郑伯言", "0001", "first"), ("0102", "林知微", "0001", "second"),
                    ("0201", "贺兰亭", "0002", "senior")]


def test_the_same_file_again_changes_nothing(loaded: Desk) -> None:
    batch_id = loaded.upload(district())
    seen = loaded.look(batch_id).preview
    assert seen is not None and (seen.total("unchanged"), seen.changed) == (5, 0)
    with pytest.raises(RuleViolation, match="nothing_to_accept"):
        loaded.accept(batch_id)


def test_changes_are_shown_old_and_new(loaded: Desk) -> None:
    sheet = workbook({"教职工": [ROSTER, ("0101", "郑伯言", "0002", None, "高级", "本科", "语文")]})
    seen = loaded.look(loaded.upload(sheet, as_of=loaded.program.today)).preview
    assert seen is not None
    (row,) = seen.rows
    assert (row.action, row.key, row.name, row.since) == ("update", "0101", "郑伯言", "2026-09-08")
    assert ("职称", "一级", "高级") in row.cells
    assert ("学校代码", "0001 柳岸小学", "0002 石桥中学") in row.cells


def test_errors_stop_all_of_it(loaded: Desk) -> None:
    batch_id = loaded.upload(trainings(("0101", "郑伯言", "命题研修", 12), ("0999", "查无此人", "命题研修", 12)))
    assert codes(loaded.look(batch_id)) == {"record.no_such_person"}
    with pytest.raises(RuleViolation, match="has_errors"):
        loaded.accept(batch_id)
    assert loaded.count(Training) == 0


def test_good_rows_only_is_a_choice_on_record(loaded: Desk) -> None:
    batch_id = loaded.upload(trainings(("0101", "郑伯言", "命题研修", 12), ("0999", "查无此人", "命题研修", 12)))
    done = loaded.accept(batch_id, good_rows_only=True)
    assert done.row.state == "accepted" and done.row.good_rows_only and loaded.count(Training) == 1


def test_the_choice_counts_the_rows_that_go_in(loaded: Desk) -> None:
    """Of two rows that contradict each other neither goes in, and of two equal ones the first."""
    said, other = ("0101", "郑伯言", "命题研修", 12), ("0102", "林知微", "命题研修", 12)
    batch_id = loaded.upload(trainings(said, (*said[:3], 16), other, other))
    seen = loaded.look(batch_id).preview
    assert seen is not None and (seen.total("rows"), seen.bad_rows, seen.good_rows) == (4, 2, 1)
    loaded.accept(batch_id, good_rows_only=True)
    assert loaded.count(Training) == 1


def test_all_that_is_wrong_is_told_at_once_and_in_the_order_of_the_rows(loaded: Desk) -> None:
    """A row one cell of which cannot be read is looked at as far as it can be."""
    first, last = date(2026, 3, 6), date(2026, 3, 2)
    batch_id = loaded.upload(workbook({
        "培训": [TRAINING, ("0101", "林知微", "命题研修", "校级", first, first, 12),
               ("0999", "查无此人", "命题研修", "区培", first, first, 12),
               ("0102", "林知微", "命题研修", "区培", first, last, "12学时")],
        "教职工": [ROSTER, ("0101", "郑伯", "1", "120101199001011239", "三品", "本科", "语文")],
    }))
    told = [(issue.cell, issue.code) for issue in loaded.look(batch_id).issues]
    assert told == [
        ("E2", "workbooks.choice_close"), ("C2", "record.zeros_lost_school"), ("B2", "roster.name_differs"),
        ("D2", "workbooks.choice_close"), ("B2", "record.name_differs"), ("A3", "record.no_such_person"),
        ("G4", "workbooks.number_with_unit"), ("F4", "record.end_before_start")]


def test_what_is_not_over_yet_is_pointed_out(loaded: Desk) -> None:
    """Hours of an activity ending in 2062 count nowhere before: most often it is a slip of the pen."""
    days = [(date(2026, 9, 8), date(2026, 9, 8)), (date(2026, 9, 9), date(2026, 9, 9))]
    batch_id = loaded.upload(workbook({"培训": [TRAINING, *(
        ("0101", "郑伯言", "命题研修", "区培", first, last, 6) for first, last in days)]}))
    told = [(issue.cell, issue.code, issue.level) for issue in loaded.look(batch_id).issues]
    assert told == [("F3", "record.in_future", "warning")]


def test_a_school_is_not_told_to_mend_a_sheet_it_may_not_hand_in(loaded: Desk) -> None:
    school = Desk(loaded.program, "school", school_code="0001")
    row = ("0101", "郑伯言", "0001", "120101199001011230", "三品", "本科", "语文")
    detail = school.look(school.upload(workbook({"教职工": [ROSTER, row]})))
    assert codes(detail) == {"import.kind_not_yours"}


def test_warnings_need_a_tick(loaded: Desk) -> None:
    batch_id = loaded.upload(trainings(("0101", "郑伯言", "命题研修", 200)))
    token = loaded.token(batch_id)
    with pytest.raises(RuleViolation, match="warnings_unread"), loaded.program.begin(loaded.actor) as work:
        staging.accept(work, batch_id, token, confirmed=frozenset())
    assert loaded.accept(batch_id).row.state == "accepted"


def test_a_token_lasts_thirty_minutes(hr: Desk, clock: Clock) -> None:
    batch_id = hr.upload(district())
    token = hr.token(batch_id)
    clock.move(minutes=31)
    with pytest.raises(Conflict, match="token_over"):
        hr.accept(batch_id, token=token)


def test_a_token_of_another_preview_or_none_is_refused(hr: Desk) -> None:
    first, second = hr.upload(district()), hr.upload(district())
    for token in (hr.token(first), "", "x", "9" * 30 + ".é"):
        with pytest.raises(Conflict, match="token_strange"), hr.program.begin(hr.actor) as work:
            staging.accept(work, second, token)


def test_nobody_accepts_or_discards_for_another(hr: Desk) -> None:
    batch_id = hr.upload(district())
    token = hr.token(batch_id)
    other = replace(hr.actor, user_id=hr.actor.user_id + 1000)  # type: ignore[operator]
    with pytest.raises(NotFound), hr.program.begin(other) as work:
        staging.accept(work, batch_id, token)
    with pytest.raises(NotFound), hr.program.begin(other) as work:
        staging.discard(work, batch_id)


def test_a_change_in_between_is_shown_again_and_not_written(loaded: Desk) -> None:
    sheet = workbook({"教职工": [ROSTER, ("0101", "郑伯言", "0001", None, "高级", "本科", "语文")]})
    batch_id = loaded.upload(sheet)
    token = loaded.token(batch_id)
    with loaded.program.begin(loaded.actor) as work:
        work.session.execute(update(Employment).values(professional_title="third", version=Employment.version + 1))
    refused = loaded.accept(batch_id, token=token)
    assert refused.row.state == "staged" and refused.preview is not None
    assert failed_with(refused) == ["conflict.import.changed_since_preview"]
    assert ("职称", "三级", "高级") in refused.preview.rows[0].cells
    assert loaded.accept(batch_id).row.state == "accepted"


def test_an_accept_is_written_once(hr: Desk) -> None:
    batch_id = hr.upload(district())
    hr.accept(batch_id)
    with hr.program.begin(hr.actor) as work:  # the worker died after the commit and before saying so
        work.session.execute(update(Job).where(Job.kind == staging.ACCEPT).values(state="queued", attempts=1))
    hr.work_off()
    assert hr.count(Person) == 3
    with pytest.raises(Conflict, match="not_staged"):
        hr.accept(batch_id)


def test_undo_restores_removes_and_keeps_as_forecast(loaded: Desk) -> None:
    sheet = workbook({"教职工": [ROSTER, ("0101", "郑伯言", "0001", None, "高级", "本科", "语文"),
                               ("0102", "林知微", "0001", None, "一级", "本科", "数学"),
                               ("0103", "唐亦舟", "0001", None, "三级", "本科", "英语")]})
    batch_id = loaded.upload(sheet)
    loaded.accept(batch_id)
    with loaded.program.begin(loaded.actor) as work:
        second = select(Person.id).where(Person.staff_no == "0102").scalar_subquery()
        work.session.execute(update(Employment).where(Employment.person_id == second)
                             .values(subject="科学", version=Employment.version + 1))
    with loaded.program.read(loaded.actor) as work:
        forecast = queries.undo_forecast(work.session, loaded.actor, batch_id)
    with loaded.program.begin(loaded.actor) as work:
        done = undo(work, batch_id)
    assert forecast == queries.UndoForecast(restored=1, removed=2, kept=1)
    assert (done.restored, done.removed, len(done.kept)) == (1, 2, 1)
    assert loaded.look(batch_id).row.state == "undone" and loaded.count(Person) == 3


def test_undo_keeps_who_was_changed_also_when_a_colleague_is_pointed_at(loaded: Desk) -> None:
    sheet = workbook({"教职工": [ROSTER, ("0103", "唐亦舟", "0001", None, "三级", "本科", "英语"),
                               ("0104", "沈知远", "0001", None, "三级", "本科", "英语")]})
    batch_id = loaded.upload(sheet)
    loaded.accept(batch_id)
    loaded.accept(loaded.upload(trainings(("0104", "沈知远", "命题研修", 12))))
    with loaded.program.begin(loaded.actor) as work:
        work.session.execute(update(Person).where(Person.staff_no == "0103")
                             .values(name="唐亦周", version=Person.version + 1))
    with loaded.program.begin(loaded.actor) as work:
        done = undo(work, batch_id)
    assert sorted(name for name, _id in done.kept) == ["employments", "employments", "people", "people"], \
        "who stays keeps their post"
    with loaded.program.read(loaded.actor) as work:
        assert work.session.scalar(select(Person.name).where(Person.staff_no == "0103")) == "唐亦周"


def test_the_forecast_counts_rows_of_imports_alone(loaded: Desk) -> None:
    batch_id = loaded.upload(workbook({"教职工": [ROSTER, ("0103", "唐亦舟", "0001", None, "三级", "本科", "英语")]}))
    loaded.accept(batch_id)
    with loaded.program.begin(loaded.actor) as work:
        work.session.add(PayBatch(
            id=batch_id, year=2024, sequence=1, convention="day", state="computed", computed_at=work.now,
            computed_by_name="x", book_digest="x", content_hash="x", total_fen=0, parameters="{}", snapshot="{}"))
        work.session.flush()
        work.session.add(PayLine(batch_id=batch_id, person_id=1, school_id=1, staff_no="0101", school_code="0001",
                                 months="[3]", month_count=1, days=20, amount_fen=1))
    with loaded.program.read(loaded.actor) as work:
        forecast = queries.undo_forecast(work.session, loaded.actor, batch_id)
    assert forecast == queries.UndoForecast(restored=0, removed=2, kept=0), "the person and the period, no line of pay"


def test_an_id_number_in_place_of_a_staff_number_is_kept_masked(loaded: Desk) -> None:
    batch_id = loaded.upload(trainings(("120101199001011239", "郑伯言", "命题研修", 12)))
    assert loaded.look(batch_id).row.state == "staged"
    with loaded.program.read(loaded.actor) as work:
        kept = work.session.get_one(ImportBatch, batch_id)
        assert "120101199001011239" not in kept.summary + kept.issues and "120*************39" in kept.summary


def test_discarding_removes_the_files(hr: Desk) -> None:
    batch_id = hr.upload(district())
    with hr.program.begin(hr.actor) as work:
        stored = staging.discard(work, batch_id)
    staging.remove_files(hr.program.settings.home, stored)
    assert hr.look(batch_id).row.state == "discarded" and not list(folder(hr.program.settings.home).iterdir())


def test_a_school_loads_its_own_people_only(loaded: Desk) -> None:
    clerk = Desk(loaded.program, "school", school_code="0001")
    batch_id = clerk.upload(trainings(("0101", "郑伯言", "命题研修", 12), ("0201", "贺兰亭", "命题研修", 12)))
    seen = clerk.look(batch_id)
    assert [(issue.cell, issue.code) for issue in seen.issues] == [("A3", "record.no_such_person")]
    assert "贺兰亭" not in str(seen.issues)
    roster = clerk.look(clerk.upload(district()))
    assert codes(roster) == {"import.kind_not_yours"} and roster.row.state == "refused"
    with clerk.program.read(clerk.actor) as work:
        rows, total = queries.batches(work.session, clerk.actor)
        assert total == 2 and all(row.mine for row in rows)
        with pytest.raises(NotFound):
            queries.batch(work.session, clerk.actor, 1)


def test_who_may_not_import_may_not_stage(program: Program) -> None:
    teacher = Desk(program, "teacher")
    with pytest.raises(NotAllowed):
        teacher.upload(district())


def test_id_numbers_are_nowhere_in_a_preview(hr: Desk) -> None:
    number = "120101199001011239"
    sheet = workbook({"学校": [("学校代码*", "学校名称*", "办学类型*"), ("0001", "柳岸小学", "小学")],
                      "教职工": [ROSTER, ("0101", number, "0001", number[:-1] + "0", "一级", "本科", "语文")]})
    batch_id = hr.upload(sheet)
    with hr.program.read(hr.actor) as work:
        kept = work.session.get_one(ImportBatch, batch_id)
        assert number[6:14] not in kept.issues and number[6:14] not in kept.summary


def test_a_guessed_encoding_is_confirmed_or_corrected(loaded: Desk) -> None:
    text = "工号*,项目名称*,培训级别*,结束日期*,学时*\n0101,命题研修,区培,2026-03-06,12\n"
    batch_id = loaded.upload(text.encode("gb18030"), name="培训.csv")
    seen = loaded.look(batch_id).preview
    assert seen is not None and seen.guessed == {"培训.csv": "gb18030"} and "命题研修" in seen.samples["培训.csv"]
    with loaded.program.begin(loaded.actor) as work:
        staging.preview_again(work, batch_id, "utf-8")
    loaded.work_off()
    assert loaded.look(batch_id).row.state == "refused"


@pytest.mark.parametrize("uploads", [[], [Upload("a.xlsx", io.BytesIO(b"x"))] * 21], ids=["none", "too many"])
def test_how_many_files_may_come(hr: Desk, uploads: list[Upload]) -> None:
    with pytest.raises(RuleViolation), hr.program.begin(hr.actor) as work:
        staging.stage(work, hr.program.settings.home, uploads)


@pytest.mark.parametrize(("written", "kept"), [
    ("2026年秋季教职工名册.xlsx", "2026年秋季教职工名册.xlsx"),
    (r"C:\档案\名册.xlsx", "名册.xlsx"),
    ("../../etc/passwd", "passwd"),
    ("名\x00册\u202e.xlsx", "名册.xlsx"),
    ("\ud800.csv", ".csv"),
    ("", "无名文件"),
    ("长" * 300 + ".xlsx", "长" * 120 + ".xlsx"),
])
def test_file_names_are_shown_and_never_used_as_paths(written: str, kept: str) -> None:
    assert staging.clean_name(written) == kept
