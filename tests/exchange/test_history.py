"""The history of a record: every step with its hand, its day, what it said before and after, and why."""

from pathlib import Path

from talent.core.work import Program
from talent.exchange import entries
from talent.exchange.history import Step, history
from talent.exchange.undo import undo
from talent.training.models import Training
from tests import factories
from tests.conftest import Clock
from tests.exchange.test_entries import HR, ROWS, added, by_header, district, version  # noqa: F401
from tests.exchange.test_roster import imported

Told = tuple[str, str, str, tuple[str, ...], str, tuple[tuple[str, str, str], ...]]


def told(program: Program, kind: str, record_id: int) -> list[Told]:
    with program.read(HR) as work:
        steps: list[Step] = history(work.session, kind, record_id)
    return [(step.action, step.by, step.source, step.files, step.reason, step.cells) for step in steps]


def test_a_record_tells_its_file_its_corrections_and_their_undo(
    district: Program, clock: Clock, tmp_path: Path  # noqa: F811
) -> None:
    imported(district, tmp_path, "training", [by_header("training", ROWS["training"])])
    hr = factories.actor(district, factories.add_account(district, "hr", name="sun"))
    clock.move(days=1)
    with district.begin(hr) as work:
        entry = entries.correct(work, "training", 1, 1, {"hours_hundredths": "8", "level": "区培"}, "录入时看错")
    clock.move(days=1)
    with district.begin(hr) as work:
        undo(work, entry.batch_id)
    cells = (("培训级别", "校本", "区培"), ("学时", "7.5", "8"))
    assert [(*step[:5], tuple(sorted(step[5]))) for step in told(district, "training", 1)] == [
        ("undo", "sun", "form", (), "", ()),
        ("update", "sun", "form", (), "录入时看错", cells),
        ("add", "", "file", ("培训.csv",), "", ()),
    ]
    with district.read(HR) as work:
        days = [step.at.day for step in history(work.session, "training", 1) if step.at]
    assert days == [10, 9, 8]


def test_schools_people_and_dates_are_told_in_words(district: Program) -> None:  # noqa: F811
    sent, taught = added(district, "assistance"), added(district, "mentoring")
    with district.begin(HR) as work:
        entries.correct(work, "assistance", sent.record_id, 1,
                        {"sending_school_code": "S2", "ended_on": "2025-07-01", "appraisal": "合格"}, "派出学校登记错")
        entries.correct(work, "mentoring", taught.record_id, 1, {"apprentice_no": "T3"}, "徒弟登记错")
    assert sorted(told(district, "assistance", sent.record_id)[0][5]) == [
        ("派出学校代码", "S1 第一小学", "S2 第一小学"), ("结束日期", "", "2025-07-01"), ("考核结果", "", "合格")]
    assert told(district, "mentoring", taught.record_id)[0][5] == (("徒弟工号", "T2 李四", "T3 王五"),)


def test_a_title_tells_every_state_it_took(district: Program) -> None:  # noqa: F811
    entry = added(district, "titles")
    for state, day, why in (("在任", "2025-03-01", "查清"), ("撤销", "2025-06-01", "查实")):
        with district.begin(HR) as work:
            entries.correct(work, "titles", entry.record_id, version(district, "titles", entry.record_id),
                            {"state": state, "changed_on": day}, why)
    steps = told(district, "titles", entry.record_id)
    assert [(step[0], step[4], dict((cell[0], cell[1:]) for cell in step[5]).get("状态")) for step in steps] == [
        ("update", "查实", ("在任", "撤销")), ("update", "查清", ("暂停", "在任")), ("add", "补录", None)]


def test_a_record_withdrawn_and_restored_tells_both(district: Program) -> None:  # noqa: F811
    entry = added(district)
    with district.begin(HR) as work:
        gone = entries.withdraw(work, "training", entry.record_id, 1, "重复")
        undo(work, gone.batch_id)
    steps = told(district, "training", entry.record_id)
    assert sorted((step[0], step[4]) for step in steps) == [("add", "补录"), ("delete", "重复"), ("undo", "")]


def test_an_unknown_beginning_is_told_as_unknown(district: Program) -> None:  # noqa: F811
    with district.begin(HR) as work:
        row = Training(person_id=1, name="旧记录", level="school", ended_on=work.today, hours_hundredths=100)
        work.session.add(row)
        work.session.flush()
        steps = history(work.session, "training", row.id)
    assert [(step.at, step.action, step.by) for step in steps] == [(None, "add", "")]
