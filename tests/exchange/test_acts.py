"""Acts on a person: what they open, close and end, what they refuse, and how they are taken back."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import select

from talent.assistance.models import Assignment
from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.batches import ImportBatch
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.work import Program
from talent.exchange import acts, effects, school_acts
from talent.exchange import undo as taking_back
from talent.exchange.act_facts import Asked, Forecast
from talent.exchange.person_history import done_to, periods_of
from talent.exchange.undo import undo
from talent.people import rules, school_rules
from talent.people.models import Employment, Person, PersonAlias, School
from talent.tiers.models import Title
from talent.words.say import all_words
from tests.exchange.test_roster import imported
from tests.factories import BEGINNING, add_person, add_school

HR = Actor(1, "hr", (Grant("hr"),))
SEPTEMBER = date(2026, 9, 1)
ID_NUMBER, OTHER_ID = "11010519491231002X", "120101199001011239"


@pytest.fixture
def person(program: Program) -> int:
    """T1 at S1 since 2015-09-01; S2 and S3 are open, S4 opens in 2030."""
    for code, name in (("S2", "第二小学"), ("S3", "第三小学"), ("S4", "未来小学")):
        add_school(program, code, name)
    person_id = add_person(program)
    with program.begin(operator()) as work:
        work.session.query(School).filter_by(code="S4").one().opened_on = date(2030, 9, 1)
        post = work.session.query(Employment).filter_by(person_id=person_id).one()
        post.professional_title, post.post = "first", "班主任"
    return person_id


def asked(act: str, on: date | None = SEPTEMBER, carried: bool = False, **values: str) -> Asked:
    return Asked(act, on, values, reason="工作需要", document_no="区教人〔2026〕3号", carried=carried)


def foresee(program: Program, person_id: int, what: Asked) -> Forecast:
    with program.read(HR) as work:
        return acts.foresee(work, person_id, what)


def perform(program: Program, person_id: int, what: Asked) -> int:
    seal = foresee(program, person_id, what).seal
    with program.begin(HR) as work:
        return acts.perform(work, person_id=person_id, asked=what, seal=seal).id


def refused(program: Program, person_id: int, what: Asked) -> list[str]:
    with pytest.raises(RuleViolation) as refusal:
        foresee(program, person_id, what)
    return [finding.code for finding in refusal.value.findings]


def told(forecast: Forecast) -> list[str]:
    return [finding.code.removeprefix("effect.") for finding in forecast.effects]


def take_back(program: Program, batch_id: int) -> None:
    with program.begin(HR) as work:
        undo(work, batch_id)


def periods(program: Program, person_id: int) -> list[tuple[date | None, date | None, str, str]]:
    """(from, to, school, status) in order."""
    with program.read(operator()) as work:
        rows = work.session.execute(
            select(Employment.valid_from, Employment.valid_to, School.code, Employment.status).join(School)
            .where(Employment.person_id == person_id).order_by(Employment.valid_from))
        return [tuple(row) for row in rows]


# ── one act each ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("first", "what", "school", "status"), [
    (None, asked("transfer", school_code="S2"), "S2", "on_post"),
    (None, asked("post", professional_title="高级", post="副校长"), "S1", "on_post"),
    (None, asked("teaching", teaching_schools="S2；S3"), "S1", "on_post"),
    (None, asked("leave"), "S1", "long_leave"),
    (None, asked("second"), "S1", "seconded"),
    ("leave", asked("return"), "S1", "on_post"),
    (None, asked("retire"), "S1", "retired"),
    (None, asked("move_out"), "S1", "transferred_out"),
    (None, asked("resign"), "S1", "resigned"),
    ("retire", asked("rehire", school_code="S3", quota_type="编外合同"), "S3", "on_post"),
], ids=lambda value: value.act if isinstance(value, Asked) else str(value))
def test_an_act_opens_a_period_and_leaves_the_past(
    program: Program, person: int, first: str | None, what: Asked, school: str, status: str
) -> None:
    earlier = date(2026, 3, 1)
    if first:
        perform(program, person, asked(first, earlier))
    before = periods(program, person)
    batch = perform(program, person, what)
    assert periods(program, person) == [
        *before[:-1], (before[-1][0], SEPTEMBER, *before[-1][2:]), (SEPTEMBER, None, school, status)]
    take_back(program, batch)
    assert periods(program, person) == before


def test_what_a_new_period_says_and_keeps(program: Program, person: int) -> None:
    perform(program, person, asked("transfer", school_code="S2", subject="数学"))
    with program.read(operator()) as work:
        now = work.session.scalars(select(Employment).where(Employment.valid_to.is_(None))).one()
        assert (now.subject, now.post, now.professional_title, now.arrived_on, now.teaching_schools) == (
            "数学", "班主任", "first", SEPTEMBER, "")
        assert (now.left_on, now.category, now.quota_type) == (None, "full_time_teacher", "staffed")


def test_leaving_and_coming_back_set_and_clear_the_first_day_out(program: Program, person: int) -> None:
    perform(program, person, asked("retire", date(2026, 3, 1)))
    perform(program, person, asked("rehire", school_code="S1"))
    with program.read(operator()) as work:
        days = work.session.scalars(select(Employment.left_on).order_by(Employment.valid_from)).all()
        assert days == [None, date(2026, 3, 1), None]


def test_who_did_what_when_and_why(program: Program, person: int) -> None:
    batch = perform(program, person, asked("transfer", school_code="S2"))
    with program.read(HR) as work:
        kept = work.session.get_one(ImportBatch, batch)
        assert (kept.source, kept.as_of, kept.reason) == ("form", SEPTEMBER, "工作需要")
        done = done_to(work, person)
        assert [(each.act, each.on, each.document_no) for each in done] == [
            ("transfer", SEPTEMBER, "区教人〔2026〕3号")]
        assert [row.batch_id for row in periods_of(work, person)] == [batch, None]
        event = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "person:transfer")).one()
        assert event.subject_key == str(person)


# ── corrections ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_corrected_name_keeps_the_old_ones(program: Program, person: int) -> None:
    for name in ("张山", "张珊", "张三"):
        assert told(foresee(program, person, asked("name", None, name=name)))[0] == "name_kept"
        perform(program, person, asked("name", None, name=name))
    with program.read(operator()) as work:
        known = work.session.get_one(Person, person)
        assert (known.name, known.former_name, known.pinyin) == ("张三", "张珊、张山、张三", "zhangsan")
    assert len(periods(program, person)) == 1


def test_a_corrected_staff_number_is_an_alias(program: Program, person: int) -> None:
    add_person(program, "T9", "李四")
    assert refused(program, person, asked("staff_no", None, staff_no="T9")) == ["roster.staff_no_of_another"]
    batch = perform(program, person, asked("staff_no", None, staff_no="0077"))
    with program.read(operator()) as work:
        assert work.session.get_one(Person, person).staff_no == "0077"
        assert work.session.scalars(select(PersonAlias.value)).all() == ["T1"]
        assert work.session.query(Person).count() == 2
    take_back(program, batch)
    with program.read(operator()) as work:
        assert work.session.get_one(Person, person).staff_no == "T1"
        assert work.session.scalars(select(PersonAlias.value)).all() == []


@pytest.mark.parametrize(("act", "column", "numbers"), [
    ("staff_no", "staff_no", ("0077", "T1", "0077", "0088", "T1")),
    ("identity", "id_number", (ID_NUMBER, OTHER_ID, ID_NUMBER, OTHER_ID)),
])
def test_a_number_comes_and_goes_and_comes_again(
    program: Program, person: int, act: str, column: str, numbers: tuple[str, ...]
) -> None:
    """Corrected wrongly, corrected back, and again: each former number is kept once."""
    for number in numbers:
        perform(program, person, asked(act, None, **{column: number}))
    with program.read(operator()) as work:
        row = work.session.get_one(Person, person)
        assert numbers[-1] == row.staff_no or row.id_number_index == work.vault.index(numbers[-1])
        former = work.session.scalars(select(PersonAlias.value)).all()
    assert len(former) == len(set(former)) == len(set(numbers) | {"T1"}) - (act == "identity")

def test_an_older_file_with_a_former_number_renames_nobody(program: Program, person: int, tmp_path: Path) -> None:
    perform(program, person, asked("staff_no", None, staff_no="0077"))
    imported(program, tmp_path, "teachers", [
        {"工号": "T1", "姓名": "张三", "学校代码": "S1", "学段": "小学", "任教学科": "语文", "人员类别": "专任教师"}])
    with program.read(operator()) as work:
        assert work.session.get_one(Person, person).staff_no == "0077"


def test_an_id_number_is_sealed_masked_and_its_old_one_kept(program: Program, person: int) -> None:
    perform(program, person, asked("identity", None, id_number=ID_NUMBER))
    forecast = foresee(program, person, asked("identity", None, id_number=OTHER_ID))
    assert "id_number_kept" in told(forecast)
    shown = str(forecast.cells) + str([finding.params for finding in forecast.effects])
    assert ID_NUMBER not in shown and OTHER_ID not in shown and "110*************2X" in shown
    perform(program, person, asked("identity", None, id_number=OTHER_ID))
    with program.read(operator()) as work:
        known = work.session.get_one(Person, person)
        assert known.id_number_sealed is not None
        assert work.vault.open(known.id_number_sealed, f"people/{known.uid}/id_number") == OTHER_ID
        assert work.session.scalars(select(PersonAlias.value)).all() == [work.vault.index(ID_NUMBER)]
        assert OTHER_ID not in str(work.session.scalars(select(AuditEvent.detail)).all())
    assert refused(program, person, asked("identity", None, id_number="110105194912310021")) != []


def test_facts_are_corrected_for_every_day(program: Program, person: int) -> None:
    forecast = foresee(program, person, asked("facts", None, born_on="1990-05", ethnicity="回族"))
    assert told(forecast) == ["all_days_change"]
    perform(program, person, asked("facts", None, born_on="1990-05", ethnicity="回族"))
    with program.read(operator()) as work:
        known = work.session.get_one(Person, person)
        assert (known.born_on, known.born_precision, known.ethnicity) == (date(1990, 5, 1), "month", "回族")
    assert refused(program, person, asked("facts", None, born_on="昨天")) != []


# ── foreseen ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_forecast_tells_what_ends_and_writes_nothing(program: Program, person: int) -> None:
    with program.begin(operator()) as work:
        school = work.session.query(School).filter_by(code="S1").one()
        work.session.add_all([
            Title(person_id=person, tier="district_subject_head", recognised_on=date(2025, 9, 1),
                  term_from=date(2025, 9, 1), term_to=date(2028, 8, 31)),
            Title(person_id=person, tier="new_talent", recognised_on=date(2018, 9, 1), term_from=date(2018, 9, 1),
                  term_to=date(2021, 8, 31)),
            Assignment(person_id=person, sending_school_id=school.id, host="柳河小学", kind="paired",
                       started_on=date(2026, 3, 1)),
        ])
    before = periods(program, person)
    leaving = foresee(program, person, asked("retire", date(2026, 10, 1)))
    assert told(leaving) == ["closes", "opens", "figures_leave", "title_ends", "assistance_open"]
    assert leaving.effects[3].params["title"] == "district_subject_head"
    moving = foresee(program, person, asked("transfer", school_code="S2"))
    assert told(moving) == ["closes", "opens", "figures_move", "assistance_sender", "past_changes"]
    assert ("学校代码", "S1 第一小学", "S2 第二小学") in moving.cells
    assert periods(program, person) == before


@pytest.mark.parametrize("room", [acts, effects, school_acts, rules, school_rules, taking_back])
def test_every_consequence_and_refusal_has_words(room: ModuleType) -> None:
    source = Path(room.__file__ or "").read_text(encoding="utf-8")
    used = {f"effect.{name}" for name in re.findall(r'told\(\s*"(\w+)"', source)}
    used |= set(re.findall(r'Finding\("((?:act|school_act|entry)\.\w+)"', source))
    prefix = "school_act" if room is school_rules else "act"
    used |= {f"{prefix}.{name}" for name in re.findall(r'_refused\("(\w+)"', source)}
    assert used and used <= set(all_words())


def test_what_was_seen_is_what_is_done(program: Program, person: int) -> None:
    what = asked("transfer", school_code="S2")
    seal = foresee(program, person, what).seal
    perform(program, person, asked("post", subject="数学"))
    with pytest.raises(Conflict), program.begin(HR) as work:
        acts.perform(work, person_id=person, asked=what, seal=seal)
    with pytest.raises(Conflict), program.begin(HR) as work:
        acts.perform(work, person_id=person, asked=what, seal="")


# ── refused ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("what", "code"), [
    (asked("transfer", date(2015, 8, 31), school_code="S2"), "act.before_first_day"),
    (asked("transfer", date(2028, 9, 1), school_code="S2"), "act.day_out_of_reason"),
    (asked("transfer", None, school_code="S2"), "act.no_day"),
    (asked("transfer"), "act.no_school"),
    (asked("transfer", school_code="S1"), "act.same_school"),
    (asked("transfer", school_code="S4"), "act.school_not_open"),
    (asked("transfer", school_code="S99"), "record.no_such_school"),
    (asked("teaching", teaching_schools="S2；S4"), "act.school_not_open"),
    (asked("return"), "act.not_from_status"),
    (asked("rehire", school_code="S1"), "act.not_from_status"),
    (asked("retire", BEGINNING), "act.leaves_on_first_day"),
    (asked("post", subject="语文"), "act.nothing_changes"),
    (Asked("leave", SEPTEMBER, reason="  "), "act.no_reason"),
    (Asked("leave", SEPTEMBER, reason="x" * 501), "act.too_long"),
    (Asked("leave", SEPTEMBER, reason="x", document_no="x" * 81), "act.too_long"),
], ids=lambda value: value if isinstance(value, str) else value.act)
def test_what_cannot_be_done(program: Program, person: int, what: Asked, code: str) -> None:
    before = periods(program, person)
    assert refused(program, person, what) == [code]
    assert periods(program, person) == before


def test_nobody_leaves_before_a_later_period(program: Program, person: int) -> None:
    perform(program, person, asked("transfer", school_code="S2"))
    assert refused(program, person, asked("retire", date(2026, 3, 1))) == ["act.later_periods"]
    perform(program, person, asked("retire", date(2027, 3, 1)))
    assert refused(program, person, asked("leave", date(2027, 4, 1))) == ["act.not_from_status"]


def test_a_leaving_on_record_is_not_wiped_out(program: Program, person: int) -> None:
    with program.begin(operator()) as work:
        post = work.session.query(Employment).filter_by(person_id=person).one()
        post.status, post.left_on = "retired", date(2027, 3, 1)
    assert refused(program, person, asked("leave")) == ["act.leaving_ahead"]
    perform(program, person, asked("transfer", school_code="S2"))
    assert periods(program, person)[-1] == (SEPTEMBER, None, "S2", "retired")


@pytest.mark.parametrize("role", ["school", "principal", "leader", "auditor", "admin", "teacher", "finance", "expert"])
def test_only_the_personnel_office_acts(program: Program, person: int, role: str) -> None:
    nobody = Actor(2, role, (Grant(role, school_id=1, person_id=person),))
    for right, call in (("leave", acts.foresee), ("identity", acts.foresee)):
        with program.read(nobody) as work, pytest.raises(NotAllowed):
            call(work, person, asked(right, id_number=ID_NUMBER))
    with program.begin(nobody) as work, pytest.raises(NotAllowed):
        acts.perform(work, person_id=person, asked=asked("leave"), seal="")


def test_a_person_or_an_act_that_is_not_there(program: Program, person: int) -> None:
    for call in (lambda: foresee(program, 999_999, asked("leave")), lambda: foresee(program, person, asked("nothing"))):
        with pytest.raises(NotFound):
            _run(call)


def _run(call: Callable[[], object]) -> None:
    call()


# ── into history ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def history(program: Program, person: int) -> int:
    """S1; 职称 senior from 2020; at S3 from 2024."""
    perform(program, person, asked("post", date(2020, 9, 1), professional_title="高级"))
    perform(program, person, asked("transfer", date(2024, 9, 1), school_code="S3"))
    return person


def test_a_back_dated_act_goes_between_and_leaves_later_periods(program: Program, history: int) -> None:
    what = asked("transfer", date(2018, 9, 1), school_code="S2")
    forecast = foresee(program, history, what)
    assert forecast.later and {"later_kept", "opens_until", "past_changes"} <= set(told(forecast))
    perform(program, history, what)
    assert [period[:3] for period in periods(program, history)] == [
        (BEGINNING, date(2018, 9, 1), "S1"), (date(2018, 9, 1), date(2020, 9, 1), "S2"),
        (date(2020, 9, 1), date(2024, 9, 1), "S1"), (date(2024, 9, 1), None, "S3")]


def test_carried_on_it_reaches_to_the_next_decision(program: Program, history: int) -> None:
    what = asked("transfer", date(2018, 9, 1), carried=True, school_code="S2")
    assert "later_carried" in told(foresee(program, history, what))
    batch = perform(program, history, what)
    assert [period[2] for period in periods(program, history)] == ["S1", "S2", "S2", "S3"]
    with program.read(operator()) as work:
        titles = work.session.scalars(
            select(Employment.professional_title).order_by(Employment.valid_from)).all()
        assert titles == ["first", "first", "senior", "senior"]
    take_back(program, batch)
    assert [period[2] for period in periods(program, history)] == ["S1", "S1", "S3"]


def test_on_the_day_a_period_begins_it_is_changed_in_place(program: Program, history: int) -> None:
    what = asked("post", date(2024, 9, 1), subject="音乐")
    assert told(foresee(program, history, what))[0] == "amends"
    perform(program, history, what)
    assert len(periods(program, history)) == 3


# ── taken back ───────────────────────────────────────────────────────────────────────────────────────────────


def test_undo_is_refused_while_something_builds_on_it_and_works_after_that_is_undone(
    program: Program, person: int
) -> None:
    first = perform(program, person, asked("transfer", date(2026, 3, 1), school_code="S2"))
    second = perform(program, person, asked("leave"))
    before = periods(program, person)
    with pytest.raises(RuleViolation) as refusal:
        take_back(program, first)
    (finding,) = refusal.value.findings
    assert (finding.code, finding.params["number"], finding.params["on"]) == ("entry.built_on", second, SEPTEMBER)
    assert periods(program, person) == before
    take_back(program, second)
    take_back(program, first)
    assert periods(program, person) == [(BEGINNING, None, "S1", "on_post")]
    with program.read(operator()) as work:
        assert {batch.state for batch in work.session.scalars(select(ImportBatch))} == {"undone"}


def test_zeros_are_taken_off_a_staff_number_where_somebody_means_it(program: Program, person: int) -> None:
    """A column that lost its zeros is refused in a workbook; one number typed on its own is meant."""
    perform(program, person, asked("staff_no", None, staff_no="0077"))
    perform(program, person, asked("staff_no", None, staff_no="77"))
    with program.read(operator()) as work:
        assert work.session.get_one(Person, person).staff_no == "77"
