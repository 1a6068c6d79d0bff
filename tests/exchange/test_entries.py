"""One record on a page goes the way of a workbook row: same tables, same refusals, undone alike."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select, update

from talent.core.access import Actor, Grant
from talent.core.audit import AuditEvent
from talent.core.batches import ChangeImage, ImportBatch
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.work import Program
from talent.exchange import entries, queries
from talent.exchange.kinds import BY_CODE
from talent.exchange.undo import undo
from talent.people.models import ConductCase, Employment, Person
from talent.tiers.models import Title, TitleState
from talent.training.models import Training
from tests import factories
from tests.exchange.test_roster import imported

HR = Actor(None, "hr-1", (Grant("hr"),))

#: One good row of every kind that is about people.
ROWS: dict[str, dict[str, str]] = {
    "training": {"staff_no": "T1", "name": "学科德育", "level": "校本", "started_on": "2024.5.1",
                 "ended_on": "2024年5月2日", "hours_hundredths": "７.5", "result": "合格"},
    "results": {"staff_no": "T1", "contest": "双优课", "level": "市级", "grade": "一等奖", "awarded_on": "2024-05-01",
                "team_rank": "01"},
    "achievements": {"staff_no": "T1", "kind": "课题", "name": "作业设计", "level": "区县级", "achieved_on": "20240501",
                     "role": "主持"},
    "mentoring": {"staff_no": "T1", "apprentice_no": "T2", "started_on": "2024-09-01"},
    "titles": {"staff_no": "T1", "tier": "新锐教师", "recognised_on": "2024-08-20", "term_from": "2024-09-01",
               "state": "暂停", "changed_on": "2025-01-10", "reason": "核查"},
    "assistance": {"staff_no": "T1", "sending_school_code": "S1", "host": "柳河小学", "kind": "结对帮扶",
                   "started_on": "2024-09-01"},
    "absences": {"staff_no": "T1", "started_on": "2024-09-01", "ended_on": "2024-09-03", "kind": "病假"},
    "appraisals": {"staff_no": "T1", "year": "2024", "result": "优秀"},
    "exchanges": {"staff_no": "T1", "from_school_code": "S1", "to_school_code": "S2", "started_on": "2024-09-01"},
    "conduct": {"staff_no": "T1", "decided_on": "2024-09-01", "reason": "有偿补课"},
    "teachers": {"staff_no": "0009", "name": "郑伯言", "school_code": "S1", "born_on": "1990.01", "stage": "小学",
                 "teaching_schools": "S1；S2", "id_number": "120101199001011239"},
    "schools": {"code": "0009", "name": "柳岸小学", "kind": "小学"},
}


@pytest.fixture
def district(program: Program) -> Program:
    factories.add_person(program, "T1", "张三", "S1")
    factories.add_person(program, "T2", "李四", "S1")
    factories.add_person(program, "T3", "王五", "S2")
    return program


def school_clerk(program: Program) -> Actor:
    return factories.actor(program, factories.add_account(program, "school", school_code="S1"))


def added(program: Program, kind: str = "training", actor: Actor = HR, **changed: str) -> entries.Entry:
    with program.begin(actor) as work:
        return entries.add(work, kind, {**ROWS[kind], **changed}, "补录")


def version(program: Program, kind: str, record_id: int) -> int:
    with program.read(HR) as work:
        return entries.held(work, kind, record_id).version


def said(program: Program, kind: str) -> list[dict[str, Any]]:
    """What the tables of a kind hold, without what differs from one writing to the next."""
    tables: list[Table] = [BY_CODE[kind].table]
    tables += {"titles": [TitleState.__table__], "teachers": [Employment.__table__]}.get(kind, [])  # type: ignore[list-item]
    volatile = {"id", "batch_id", "uid", "id_number_sealed", "title_id", "person_id"}
    with program.read(HR) as work:
        return [
            {name: value for name, value in row.items() if name not in volatile}
            for table in tables for row in work.session.execute(select(table)).mappings()
        ]


def codes(error: RuleViolation) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.params.get("field", ""))) for finding in error.findings]


def by_header(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    return {BY_CODE[kind].kind.column(name).header: value for name, value in values.items()}


# -- the same row by form and by workbook ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_a_form_writes_what_a_workbook_writes(district: Program, tmp_path: Path, kind: str) -> None:
    outcome = imported(district, tmp_path, kind, [by_header(kind, ROWS[kind])])
    assert outcome.accepted, outcome.issues
    by_workbook = said(district, kind)
    with district.begin(HR) as work:
        undo(work, outcome.batch_id or 0)
    assert said(district, kind) != by_workbook
    added(district, kind)
    assert said(district, kind) == by_workbook


@pytest.mark.parametrize(
    ("kind", "wrong", "field"),
    [
        ("training", {"staff_no": "999"}, "staff_no"),
        ("training", {"staff_no": "T1", "person_name": "王五"}, "person_name"),
        ("training", {"started_on": "2024-06-01"}, "ended_on"),
        ("training", {"ended_on": "2024-13-01"}, "ended_on"),
        ("training", {"hours_hundredths": "1.234"}, "hours_hundredths"),
        ("training", {"level": "区陪"}, "level"),
        ("training", {"name": ""}, "name"),
        ("mentoring", {"apprentice_no": "T1"}, "apprentice_no"),
        ("titles", {"term_to": "2020-01-01"}, "term_to"),
        ("exchanges", {"to_school_code": "9"}, "to_school_code"),
        ("appraisals", {"year": "二〇二四"}, "year"),
        ("teachers", {"id_number": "120101199001011230"}, "id_number"),
        ("teachers", {"status": "退休"}, "left_on"),
    ],
)
def test_a_form_is_refused_for_what_a_workbook_is(
    district: Program, tmp_path: Path, kind: str, wrong: dict[str, str], field: str
) -> None:
    row = {**ROWS[kind], **wrong}
    outcome = imported(district, tmp_path, kind, [by_header(kind, row)])
    errors = [issue.code for issue in outcome.issues if issue.level == "error"]
    assert outcome.refused and errors
    with pytest.raises(RuleViolation) as refused, district.begin(HR) as work:
        entries.add(work, kind, row)
    assert codes(refused.value) == [(code, field) for code in errors]
    with district.read(HR) as work:
        assert work.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_an_empty_form_names_every_required_field(district: Program) -> None:
    with pytest.raises(RuleViolation) as refused, district.begin(HR) as work:
        entries.add(work, "training", dict.fromkeys(ROWS["training"], ""))
    assert codes(refused.value) == [
        ("workbooks.required", name) for name in ("staff_no", "name", "level", "ended_on", "hours_hundredths")]


def test_codes_and_dates_are_as_good_as_words(district: Program) -> None:
    with district.begin(HR) as work:
        entries.add(work, "titles", {"staff_no": "T1", "tier": "new_talent", "recognised_on": date(2024, 8, 20),
                                     "term_from": date(2024, 9, 1), "term_to": None})
        assert work.session.scalars(select(Title.tier)).all() == ["new_talent"]


# -- what an entry leaves ----------------------------------------------------------------------------------------


def test_an_entry_leaves_its_batch_its_reason_and_one_audit_entry(district: Program) -> None:
    entry = added(district)
    with district.read(HR) as work:
        batch = work.session.scalars(select(ImportBatch)).one()
        assert (batch.id, batch.source, batch.state, batch.reason) == (entry.batch_id, "form", "accepted", "补录")
        event = work.session.scalars(select(AuditEvent).where(AuditEvent.subject == "training")).one()
        assert (event.action, event.subject_key) == ("record:add", str(entry.record_id))
        assert json.loads(event.detail) == {"batch": entry.batch_id, "reason": "补录"}
        assert queries.batches(work.session, HR) == ([], 0)
        rows, total = queries.batches(work.session, HR, source="form")
        assert (total, rows[0].kind, rows[0].done, rows[0].reason) == (1, "training", "added", "补录")


def test_warnings_are_told_and_never_stop(district: Program) -> None:
    entry = added(district, hours_hundredths="40")
    assert [(finding.code, finding.params["field"]) for finding in entry.warnings] == [
        ("training.over_daily_maximum", "hours_hundredths")]


def test_the_same_record_is_not_added_twice(district: Program) -> None:
    added(district)
    for changed in ({}, {"hours_hundredths": "9"}):
        with pytest.raises(RuleViolation) as refused:
            added(district, **changed)
        assert codes(refused.value) == [("entry.on_record", "staff_no")]


def test_a_correction_keeps_what_it_does_not_name_and_its_undo_restores(district: Program) -> None:
    entry = added(district)
    with district.begin(HR) as work:
        corrected = entries.correct(work, "training", entry.record_id, 1, {"hours_hundredths": "8"}, "录错")
    before = said(district, "training")
    assert (before[0]["hours_hundredths"], before[0]["result"], before[0]["version"]) == (800, "passed", 2)
    with district.begin(HR) as work:
        image = work.session.scalars(select(ChangeImage)).one()
        assert (image.batch_id, json.loads(image.before)) == (corrected.batch_id, {"hours_hundredths": 750, "version": 1})
        undo(work, corrected.batch_id)
    assert said(district, "training")[0]["hours_hundredths"] == 750


def test_a_key_may_be_corrected_but_not_into_another_record(district: Program) -> None:
    entry, other = added(district), added(district, name="学科思政")
    with district.begin(HR) as work:
        entries.correct(work, "training", entry.record_id, 1, {"name": "学科德育（二）"}, "名称不全")
    with pytest.raises(RuleViolation) as refused, district.begin(HR) as work:
        entries.correct(work, "training", other.record_id, 1, {"name": "学科德育（二）"}, "名称不全")
    assert codes(refused.value) == [("record.key_of_another", "staff_no")]


def test_a_lost_update_is_a_conflict(district: Program) -> None:
    entry = added(district)
    for hours, expected in (("8", None), ("9", Conflict)):
        if expected is None:
            with district.begin(HR) as work:
                entries.correct(work, "training", entry.record_id, 1, {"hours_hundredths": hours}, "录错")
        else:
            with pytest.raises(expected), district.begin(HR) as work:
                entries.correct(work, "training", entry.record_id, 1, {"hours_hundredths": hours}, "录错")
    with pytest.raises(Conflict), district.begin(HR) as work:
        entries.withdraw(work, "training", entry.record_id, 1, "录错")
    assert said(district, "training")[0]["hours_hundredths"] == 800


def test_a_title_s_version_moves_with_its_state(district: Program) -> None:
    entry = added(district, "titles")
    first = version(district, "titles", entry.record_id)
    with district.begin(HR) as work:
        entries.correct(work, "titles", entry.record_id, first, {"state": "在任", "changed_on": "2025-03-01"}, "查清")
    assert version(district, "titles", entry.record_id) > first
    with pytest.raises(Conflict), district.begin(HR) as work:
        entries.correct(work, "titles", entry.record_id, first, {"state": "撤销", "changed_on": "2025-04-01"}, "查实")
    with district.read(HR) as work:
        states = work.session.execute(select(TitleState.state, TitleState.changed_on, TitleState.reason)
                                      .order_by(TitleState.id)).all()
        assert [tuple(state) for state in states] == [
            ("suspended", date(2025, 1, 10), "核查"), ("in_office", date(2025, 3, 1), "")]


def test_a_withdrawn_record_comes_back_with_its_undo(district: Program) -> None:
    entry = added(district, "titles")
    before = said(district, "titles")
    with district.begin(HR) as work:
        gone = entries.withdraw(work, "titles", entry.record_id, version(district, "titles", entry.record_id), "误录")
    assert said(district, "titles") == []
    with district.begin(HR) as work:
        undo(work, gone.batch_id)
    assert said(district, "titles") == before


def test_a_withdrawn_record_comes_back_whole(district: Program) -> None:
    entry = added(district)
    with district.begin(HR) as work:
        work.session.execute(update(Training).values(state="returned"))
    with district.begin(HR) as work:
        gone = entries.withdraw(work, "training", entry.record_id, 1, "误录")
        undo(work, gone.batch_id)
        assert work.session.execute(select(Training.state, Training.batch_id)).one() == ("returned", entry.batch_id)


def test_what_is_pointed_at_is_not_withdrawn(district: Program) -> None:
    with district.read(HR) as work:
        person = work.session.scalars(select(Person.id).where(Person.staff_no == "T1")).one()
        school = work.session.scalars(select(Employment.school_id).where(Employment.person_id == person)).one()
    with pytest.raises(RuleViolation) as refused, district.begin(HR) as work:
        entries.withdraw(work, "schools", school, 1, "误录")
    assert codes(refused.value) == [("entry.pointed_at", "")]
    with pytest.raises(RuleViolation) as refused, district.begin(HR) as work:
        entries.withdraw(work, "teachers", person, version(district, "teachers", person), "误录")
    assert codes(refused.value) == [("roster.never_deleted", "operation")]


@pytest.mark.parametrize(("reason", "code"), [("", "entry.no_reason"), ("　 ", "entry.no_reason"),
                                              ("长" * 501, "entry.reason_too_long")])
def test_a_change_needs_its_reason(district: Program, reason: str, code: str) -> None:
    entry = added(district)
    for act in (lambda work: entries.correct(work, "training", entry.record_id, 1, {"name": "甲"}, reason),
                lambda work: entries.withdraw(work, "training", entry.record_id, 1, reason)):
        with pytest.raises(RuleViolation) as refused, district.begin(HR) as work:
            act(work)
        assert codes(refused.value) == [(code, "why")]


def test_a_correction_without_a_change_is_refused(district: Program) -> None:
    entry = added(district)
    with pytest.raises(RuleViolation) as refused, district.begin(HR) as work:
        entries.correct(work, "training", entry.record_id, 1, {"hours_hundredths": "7.50"}, "核对")
    assert codes(refused.value) == [("entry.nothing_changed", "")]


# -- whose -------------------------------------------------------------------------------------------------------


def test_a_school_writes_its_own_people_and_its_own_kinds(district: Program) -> None:
    clerk = school_clerk(district)
    mine, theirs = added(district, actor=clerk), added(district, staff_no="T3")
    with district.begin(clerk) as work:
        entries.correct(work, "training", mine.record_id, 1, {"hours_hundredths": "8"}, "录错")
    with pytest.raises(RuleViolation) as refused:
        added(district, actor=clerk, staff_no="T3", name="另一门")
    assert codes(refused.value) == [("record.no_such_person", "staff_no")]
    with pytest.raises(NotFound), district.begin(clerk) as work:
        entries.correct(work, "training", theirs.record_id, 1, {"hours_hundredths": "8"}, "录错")
    with pytest.raises(NotFound), district.begin(clerk) as work:
        entries.withdraw(work, "training", theirs.record_id, 1, "录错")
    for kind in ("conduct", "titles", "assistance", "teachers", "schools", "exchanges"):
        with pytest.raises(NotAllowed):
            added(district, kind, actor=clerk)
    assert len(said(district, "training")) == 2


@pytest.mark.parametrize("role", ["admin", "leader", "principal", "expert", "teacher", "finance", "auditor"])
def test_nobody_else_writes(district: Program, role: str) -> None:
    actor = factories.actor(district, factories.add_account(district, role))
    with pytest.raises(NotAllowed):
        added(district, actor=actor)
    with district.read(HR) as work:
        assert work.session.scalar(select(func.count()).select_from(Training)) == 0


def test_conduct_is_the_bureau_s(district: Program) -> None:
    added(district, "conduct")
    with district.read(HR) as work:
        assert work.session.scalars(select(ConductCase.reason)).all() == ["有偿补课"]
