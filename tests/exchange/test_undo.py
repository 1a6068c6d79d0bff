"""Undo where something came after: periods never overlap, nobody loses their post, a place taken is no error."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from talent.core.access import operator
from talent.core.batches import ImportBatch
from talent.core.errors import RuleViolation
from talent.core.work import Program
from talent.exchange import entries
from talent.exchange.commands import Outcome
from talent.exchange.queries import UndoForecast, undo_forecast
from talent.exchange.undo import Undone, undo
from talent.people.models import Employment, School
from tests import factories
from tests.conftest import Clock
from tests.exchange.test_entries import HR, added
from tests.exchange.test_records import COURSE, trainings
from tests.exchange.test_roster import SCHOOLS, TEACHER, imported, periods
from tests.pay.office import Office
from tests.tiers.test_queries import statements

MARCH, JUNE = date(2020, 3, 1), date(2021, 6, 1)


@pytest.fixture
def district(program: Program, tmp_path: Path) -> Program:
    imported(program, tmp_path, "schools", SCHOOLS)
    imported(program, tmp_path, "teachers", [TEACHER])
    return program


def taken_back(program: Program, outcome: Outcome) -> Undone:
    """Undone as the forecast says, but for places that others hold by now."""
    with program.read(operator()) as work:
        forecast = undo_forecast(work.session, operator(), outcome.batch_id or 0)
    with program.begin(operator()) as work:
        done = undo(work, outcome.batch_id or 0)
    assert forecast == UndoForecast(done.restored + len(done.taken), done.removed, len(done.kept) - len(done.taken))
    return done


def moved(program: Program, folder: Path, code: str, on: date, **facts: str) -> Outcome:
    return imported(program, folder, "teachers", [{**TEACHER, "学校代码": code, "生效日期": f"{on}", **facts}])


def test_a_transfer_with_a_later_one_on_top_stays_whole(district: Program, tmp_path: Path) -> None:
    first = moved(district, tmp_path, "0002", MARCH)
    moved(district, tmp_path, "0001", JUNE)
    before = periods(district)
    done = taken_back(district, first)
    assert periods(district) == before == [
        (date(2012, 3, 1), MARCH, "0001", "second", "on_post"), (MARCH, JUNE, "0002", "second", "on_post"),
        (JUNE, None, "0001", "second", "on_post")]
    assert (done.restored, done.removed, sorted(name for name, _ in done.kept)) == (0, 0, ["employments"] * 2)


def test_once_the_later_one_is_undone_the_earlier_goes_back_too(district: Program, tmp_path: Path) -> None:
    start = periods(district)
    first, second = (moved(district, tmp_path, "0002", MARCH), moved(district, tmp_path, "0001", JUNE))
    for outcome in (second, first):
        assert taken_back(district, outcome).kept == []
    assert periods(district) == start


def test_others_of_the_same_import_go_back_all_the_same(district: Program, tmp_path: Path) -> None:
    other = {**TEACHER, "工号": "0102", "姓名": "李四"}
    imported(district, tmp_path, "teachers", [other])
    first = imported(district, tmp_path, "teachers", [
        {**each, "学校代码": "0002", "生效日期": f"{MARCH}"} for each in (TEACHER, other)])
    moved(district, tmp_path, "0001", JUNE)
    done = taken_back(district, first)
    assert (done.restored, done.removed, len(done.kept)) == (1, 1, 2)
    assert [period[2] for period in periods(district, "0102")] == ["0001"]


def test_who_is_pointed_at_keeps_their_post(district: Program, tmp_path: Path) -> None:
    newcomer = {**TEACHER, "工号": "0103", "姓名": "王五"}
    came = imported(district, tmp_path, "teachers", [newcomer])
    imported(district, tmp_path, "training", [{**COURSE, "工号": "0103"}])
    done = taken_back(district, came)
    assert (done.removed, sorted(name for name, _ in done.kept)) == (0, ["employments", "people"])
    assert len(periods(district, "0103")) == 1
    outcome = imported(district, tmp_path, "teachers", [{**newcomer, "职称": "一级"}])
    assert outcome.accepted and [period[3] for period in periods(district, "0103")] == ["first"]


def test_a_school_that_somebody_came_to_since_stays(district: Program, tmp_path: Path) -> None:
    opened = imported(district, tmp_path, "schools", [{**SCHOOLS[0], "学校代码": "0009", "学校名称": "新校"},
                                                      {**SCHOOLS[0], "学校代码": "0010", "学校名称": "另一新校"}])
    moved(district, tmp_path, "0009", MARCH)
    done = taken_back(district, opened)
    assert (done.removed, [name for name, _ in done.kept]) == (1, ["schools"])
    with district.read(operator()) as work:
        assert work.session.scalars(select(School.code).order_by(School.code)).all() == ["0001", "0002", "0009"]


def test_a_merger_into_a_school_of_the_same_file_is_done_and_taken_back(district: Program, tmp_path: Path) -> None:
    merged = imported(district, tmp_path, "schools", [
        {**SCHOOLS[1], "停用日期": "2026-09-01", "并入学校代码": "0009"},
        {**SCHOOLS[0], "学校代码": "0009", "学校名称": "新校"}])
    assert merged.accepted

    def heirs() -> dict[str, str | None]:
        heir = aliased(School)
        with district.read(operator()) as work:
            rows = work.session.execute(select(School.code, heir.code).outerjoin(heir, heir.id == School.merged_into_id))
            return {code: into for code, into in rows}

    assert heirs() == {"0001": None, "0002": "0009", "0009": None}
    done = taken_back(district, merged)
    assert (done.restored, done.removed, done.kept) == (1, 1, [])
    assert heirs() == {"0001": None, "0002": None}


def withdrawn(program: Program) -> int:
    """The one training, withdrawn on a page; the number of the entry."""
    with program.begin(HR) as work:
        held = entries.held(work, "training", 1)
        return entries.withdraw(work, "training", 1, held.version, "重复").batch_id


def test_what_cannot_come_back_since_its_place_is_taken_is_refused_in_words(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "training", [COURSE])
    entry = withdrawn(district)
    imported(district, tmp_path, "training", [{**COURSE, "学时": "9"}])
    before = trainings(district)
    with pytest.raises(RuleViolation) as refused, district.begin(HR) as work:
        undo(work, entry)
    assert [finding.code for finding in refused.value.findings] == ["entry.place_taken"]
    assert trainings(district) == before
    with district.read(operator()) as work:
        assert work.session.get_one(ImportBatch, entry).state == "accepted"


def test_of_a_file_the_others_come_back_and_the_one_is_told(district: Program, tmp_path: Path) -> None:
    again = {**COURSE, "项目名称": "思政"}
    imported(district, tmp_path, "training", [COURSE, again])
    gone = imported(district, tmp_path, "training", [{**COURSE, "操作": "删除"}, {**again, "操作": "删除"}])
    assert trainings(district) == []
    imported(district, tmp_path, "training", [COURSE])
    done = taken_back(district, gone)
    assert (done.restored, len(done.taken), done.kept) == (1, 1, done.taken)
    assert sorted(name for name, *_ in trainings(district)) == ["学科德育", "思政"]


def test_the_number_of_statements_does_not_grow_with_the_rows(district: Program, tmp_path: Path) -> None:
    def sent(count: int) -> int:
        people = [{**TEACHER, "工号": f"{count}{number:03}", "姓名": "新人"} for number in range(count)]
        courses = [{**COURSE, "工号": each["工号"]} for each in people]
        imported(district, tmp_path, "teachers", people)
        imported(district, tmp_path, "training", courses)
        moved_on = imported(district, tmp_path, "teachers", [
            {**each, "学校代码": "0002", "生效日期": f"{MARCH}"} for each in people])
        imported(district, tmp_path, "teachers", [{**people[0], "学校代码": "0001", "生效日期": f"{JUNE}"}])
        with statements(district) as seen, district.begin(operator()) as work:
            done = undo(work, moved_on.batch_id or 0)
        assert (done.restored, done.removed, len(done.kept)) == (count - 1, count - 1, 2)
        return len(seen)

    assert sent(3) == sent(40)
    with district.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(Employment)) == 1 + 43 + 2 * 2


# ── locked pay ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def office(program: Program) -> Office:
    factories.add_person(program, "T1", "张三", "A")
    factories.add_person(program, "T2", "李四", "A")
    return Office(program)


def away(office: Office, tmp_path: Path, staff_no: str = "T1", start: str = "2021-03-01", end: str = "") -> int:
    return imported(office.program, tmp_path, "assistance", [{
        "工号": staff_no, "派出学校代码": "A", "受援单位": "柳河小学", "类型": "结对帮扶", "开始日期": start,
        "结束日期": end, "考核结果": "合格"}]).batch_id or 0


def refused(office: Office, batch_id: int) -> list[object]:
    with pytest.raises(RuleViolation) as caught, office.program.begin(operator()) as work:
        undo(work, batch_id)
    return [(finding.code, finding.params["years"]) for finding in caught.value.findings]


def test_what_locked_pay_was_computed_from_is_not_undone(office: Office, clock: Clock, tmp_path: Path) -> None:
    """An open end reaches every locked year after its first day; who has no line in one hinders nothing."""
    first, missed = away(office, tmp_path), added(
        office.program, "absences", staff_no="T1", started_on="2021-12-20", ended_on="2022-01-10").batch_id
    other, before = away(office, tmp_path, "T2", "2019-01-01", "2019-12-31"), added(
        office.program, "absences", staff_no="T1", started_on="2020-12-20", ended_on="2020-12-31").batch_id
    clock.move(minutes=1)
    for year in (2021, 2022):
        office.locked(office.compute(year=year))
    clock.move(minutes=1)
    assert refused(office, first) == [("import.locked_since", [2021, 2022])]
    assert refused(office, missed) == [("import.locked_since", [2021, 2022])]
    for batch_id in (other, before):
        with office.program.begin(operator()) as work:
            assert undo(work, batch_id).removed == 1


def test_a_correction_made_after_the_lock_is_undone_the_one_before_is_not(
    office: Office, clock: Clock, tmp_path: Path
) -> None:
    first = away(office, tmp_path)
    record_id = 1
    with office.program.begin(HR) as work:
        early = entries.correct(work, "assistance", record_id, 1, {"ended_on": "2021-06-30"}, "提前返回").batch_id
    clock.move(minutes=1)
    batch = office.approved(office.compute())
    office.answer_for(batch)
    office.open_period()
    clock.move(minutes=1)
    with office.program.begin(HR) as work:
        late = entries.correct(work, "assistance", record_id, 2, {"ended_on": "2021-08-31"}, "更正").batch_id
    office.lock(batch)
    with office.program.begin(operator()) as work:
        assert undo(work, late).restored == 1
    assert refused(office, early) == [("import.locked_since", [2021])]
    with office.program.begin(operator()) as work:
        assert len(undo(work, first).kept) == 1  # the correction stands on it


def test_until_the_lock_everything_can_be_undone(office: Office, clock: Clock, tmp_path: Path) -> None:
    first = away(office, tmp_path)
    clock.move(minutes=1)
    office.approved(office.compute())
    with office.program.begin(operator()) as work:
        assert undo(work, first).removed == 1
