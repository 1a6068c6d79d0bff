"""What a host says of a month: judged by its days, kept until somebody else recognises it, then written like entries."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from talent.assistance.models import Assignment
from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.batches import ImportBatch
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.work import Program
from talent.exchange import entries
from talent.exchange.attendance import commands, links, queries, sheet
from talent.exchange.attendance.commands import Sheet
from talent.exchange.attendance.models import HostLine, HostLink, HostReport
from talent.exchange.attendance.rules import Missed, Said, Stay, judge, judge_month, last_of, not_recorded
from talent.exchange.undo import undo
from talent.people.models import Absence, Person
from tests.conftest import Clock
from tests.exchange.books import workbook
from tests.exchange.test_entries import HR, added, district
from tests.pay.records import close
from tests.pay.test_races import at_once, together

__all__ = ["district"]
DECIDER = Actor(70, "hr-7", (Grant("hr"),))
HOST, MONTH = "柳河小学", date(2026, 8, 1)
STAY = Stay(1, 1, "T1", "张三", "第一小学", date(2026, 8, 1), date(2026, 8, 20), ends=True)
NOBODY = Actor(None, "anonymous", ())


def clerk(school_id: int = 1) -> Actor:
    return Actor(80 + school_id, f"clerk-{school_id}", (Grant("school", school_id=school_id),))


# ── the rules ────────────────────────────────────────────────────────────────────────────────────────────────


def missed(first: int, last: int, kind: str = "sick") -> Missed:
    return Missed(date(2026, 8, first), date(2026, 8, last), kind)


@pytest.mark.parametrize(("absences", "appraisal", "found"), [
    ([], "", []),
    ([missed(1, 20)], "qualified", []),
    ([missed(1, 3), missed(4, 4)], "", []),
    ([missed(5, 4)], "", ["attendance.order"]),
    ([missed(19, 21)], "", ["attendance.outside"]),
    ([missed(1, 3), missed(3, 4)], "", ["attendance.twice"]),
], ids=["on post", "all of it", "side by side", "backwards", "after the end", "one day twice"])
def test_what_a_sheet_may_say(absences: list[Missed], appraisal: str, found: list[str]) -> None:
    assert [each.code for each in judge(STAY, Said(1, absences, appraisal))] == found


def test_a_spell_that_goes_on_is_not_appraised() -> None:
    goes_on = Stay(1, 1, "T1", "张三", "第一小学", date(2026, 8, 1), date(2026, 8, 31), ends=False)
    assert [each.code for each in judge(goes_on, Said(1, [], "excellent"))] == ["attendance.goes_on"]


@pytest.mark.parametrize(("today", "found"), [
    (date(2026, 8, 30), ["attendance.not_over"]), (date(2026, 8, 31), []), (date(2027, 1, 1), [])])
def test_a_month_is_confirmed_from_its_last_day_on(today: date, found: list[str]) -> None:
    assert [each.code for each in judge_month(MONTH, today)] == found


DAYS = st.integers(1, 28).flatmap(lambda first: st.integers(first, 28).map(lambda last: (first, last)))


@given(st.lists(DAYS, max_size=4), st.lists(DAYS, max_size=4))
def test_only_what_is_not_on_record_is_written(told: list[tuple[int, int]], known: list[tuple[int, int]]) -> None:
    """Told and recorded days together are those afterwards, none twice; and no row begins where a record does."""
    said = [missed(first, last) for first, last in told
            if not any(a <= last and first <= b and (a, b) != (first, last) for a, b in told)]
    recorded = [(date(2026, 8, first), date(2026, 8, last)) for first, last in known]
    rows = not_recorded(dict.fromkeys(said), recorded)
    days = [row.first + timedelta(n) for row in rows for n in range((row.last - row.first).days + 1)]
    already = {first + timedelta(n) for first, last in recorded for n in range((last - first).days + 1)}
    wanted = {each.first + timedelta(n) for each in said for n in range((each.last - each.first).days + 1)}
    assert sorted(days) == sorted(wanted - already)
    assert {row.first for row in rows} & {first for first, _ in recorded} == set()
    assert not_recorded(rows, [(row.first, row.last) for row in rows]) == []


def test_a_workbook_that_comes_back_untouched_says_what_it_said(tmp_path: Path) -> None:
    """Also of somebody who is at the host twice in the month, sent by two schools."""
    twice = [STAY, Stay(2, 1, "T1", "张三", "第二小学", date(2026, 8, 21), date(2026, 8, 30), ends=True)]
    stays = [replace(stay, appraisal=word) for stay, word in zip(twice, ("excellent", "qualified"), strict=True)]
    sheet.write(tmp_path / "month.xlsx", stays)
    reading = sheet.read_sheet(tmp_path / "month.xlsx", "month.xlsx", stays)
    assert (reading.said, reading.issues) == (
        {1: Said(1, [], "excellent"), 2: Said(2, [], "qualified")}, [])


def test_each_row_of_a_workbook_is_about_the_stay_that_holds_its_day(tmp_path: Path) -> None:
    stays = [STAY, Stay(2, 1, "T1", "张三", "第二小学", date(2026, 8, 21), date(2026, 8, 31), ends=False)]
    rows = [("T1", "张三", date(2026, 8, 24), None, "病假", None), ("T1", "张三", None, None, None, "合格"),
            ("T1", "张三", date(2026, 8, 3), date(2026, 8, 4), "事假", None),
            ("T1", "张三", date(2026, 8, 25), None, "病假", "优秀")]
    path = tmp_path / "month.xlsx"
    path.write_bytes(workbook({"到岗确认": [tuple(column.header for column in sheet.KIND.columns), *rows]}))
    reading = sheet.read_sheet(path, "month.xlsx", stays)
    assert reading.said == {
        1: Said(1, [missed(3, 4, "personal")], "qualified"), 2: Said(2, [missed(24, 24), missed(25, 25)], "")}
    assert [(issue.row, issue.code) for issue in reading.issues] == [(5, "attendance.goes_on")]


# ── the way ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sent(district: Program) -> Program:
    """T1 goes on at the host, T2 ended there in August, T3 of another school is there too."""
    added(district, "assistance", staff_no="T1", started_on="2026-03-01")
    added(district, "assistance", staff_no="T2", started_on="2026-03-01", ended_on="2026-08-20")
    added(district, "assistance", staff_no="T3", started_on="2026-03-01", sending_school_code="S2")
    return district


def spells(program: Program) -> dict[str, int]:
    with program.read(HR) as work:
        return {staff_no: spell for staff_no, spell in work.session.execute(
            select(Person.staff_no, Assignment.id).join(Assignment, Assignment.person_id == Person.id))}


def enter(program: Program, actor: Actor, said: Mapping[str, Said | tuple[list[Missed], str]], month: date = MONTH) -> int:
    known = spells(program)
    lines = [Said(known[staff_no], *each) if isinstance(each, tuple) else each for staff_no, each in said.items()]
    with program.begin(actor) as work:
        return commands.enter(work, sheet=Sheet(HOST, month, "赵敏 教务主任"), said=lines)


FULL: tuple[list[Missed], str] = ([], "")
SAID = {"T1": ([missed(3, 5)], ""), "T2": (list[Missed](), "qualified")}


def accept(program: Program, report_id: int, actor: Actor = DECIDER, version: int = 1) -> list[int]:
    with program.begin(actor) as work:
        return commands.accept(work, report_id=report_id, version=version)


def absences(program: Program) -> list[tuple[str, date, date, str]]:
    with program.read(HR) as work:
        return [tuple(row) for row in work.session.execute(
            select(Person.staff_no, Absence.started_on, Absence.ended_on, Absence.kind)
            .join(Person, Person.id == Absence.person_id).order_by(Absence.started_on))]


def appraisals(program: Program) -> dict[str, str]:
    with program.read(HR) as work:
        return {staff_no: appraisal for staff_no, appraisal in work.session.execute(
            select(Person.staff_no, Assignment.appraisal).join(Person, Person.id == Assignment.person_id))}


def refused(act: object, program: Program, *given: object) -> list[str]:
    with pytest.raises(RuleViolation) as caught:
        act(program, *given)  # type: ignore[operator]
    return [finding.code for finding in caught.value.findings]


def test_a_sheet_counts_once_it_is_recognised_and_can_be_undone(sent: Program) -> None:
    report = enter(sent, clerk(), SAID)
    assert absences(sent) == [] and appraisals(sent)["T2"] == ""
    batches = accept(sent, report)
    assert absences(sent) == [("T1", date(2026, 8, 3), date(2026, 8, 5), "sick")]
    assert appraisals(sent) == {"T1": "", "T2": "qualified", "T3": ""}
    with sent.read(HR) as work:
        assert [work.session.get_one(ImportBatch, each).reason for each in batches] == [
            f"柳河小学 2026-08 到岗确认第 {report} 号"] * 2
        done = work.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("attendance:%"))
                                    .order_by(AuditEvent.id)).all()
    assert done == ["attendance:enter", "attendance:accept"]
    for batch in batches:
        with sent.begin(HR) as work:
            undo(work, batch)
    assert absences(sent) == [] and appraisals(sent)["T2"] == ""


def test_days_on_record_are_not_written_again(sent: Program) -> None:
    with sent.begin(HR) as work:
        entries.add(work, "absences", {"staff_no": "T1", "started_on": "2026-08-04", "ended_on": "2026-08-04",
                                       "kind": "事假"}, "补录")
    accept(sent, enter(sent, clerk(), SAID))
    assert absences(sent) == [
        ("T1", date(2026, 8, 3), date(2026, 8, 3), "sick"), ("T1", date(2026, 8, 4), date(2026, 8, 4), "personal"),
        ("T1", date(2026, 8, 5), date(2026, 8, 5), "sick")]
    accept(sent, enter(sent, clerk(), SAID))
    assert len(absences(sent)) == 3


def test_a_school_sees_and_enters_its_own_people_alone(sent: Program) -> None:
    report = enter(sent, clerk(), SAID)
    assert refused(enter, sent, clerk(2), {"T3": FULL, "T1": FULL}) == ["attendance.others"]
    with sent.read(clerk(2)) as work:
        assert [each.staff_no for each in queries.host_month(work, HOST, MONTH).stays] == ["T3"]
        assert queries.hosts_of(work, [MONTH]) == {HOST: {MONTH: queries.HostState(1, 0, 0)}}
        with pytest.raises(NotFound):
            queries.report(work, report)
    with sent.read(HR) as work:
        assert queries.hosts_of(work, [MONTH]) == {HOST: {MONTH: queries.HostState(3, 0, 2, work.today)}}
        assert [line.staff_no for line in queries.report(work, report).lines] == ["T1", "T2"]
    with sent.begin(clerk()) as work, pytest.raises(NotAllowed):
        commands.accept(work, report_id=report, version=1)
    teacher = Actor(90, "teacher", (Grant("teacher", person_id=1),))
    with sent.read(teacher) as work, pytest.raises(NotAllowed):
        queries.hosts_of(work, [MONTH])


def test_of_a_host_that_is_none_or_another_month_there_is_nothing(sent: Program) -> None:
    with sent.read(HR) as work:
        for host, month in (("没有这所学校", MONTH), (HOST, date(2026, 2, 1))):
            with pytest.raises(NotFound):
                queries.host_month(work, host, month)


def test_nobody_recognises_what_they_entered_or_what_is_about_them(sent: Program) -> None:
    everybody = {"T1": FULL, "T2": FULL, "T3": FULL}
    report = enter(sent, DECIDER, everybody)
    assert refused(accept, sent, report) == ["attendance.same_person"]
    herself = Actor(71, "hr-8", (Grant("hr", person_id=2),))
    assert refused(accept, sent, report, herself) == ["attendance.own"]
    assert refused(enter, sent, herself, everybody) == ["attendance.own"]
    assert accept(sent, report, HR) == []
    with sent.read(HR) as work:
        assert queries.hosts_of(work, [MONTH]) == {HOST: {MONTH: queries.HostState(3, 3, 0, work.today)}}


def test_one_waits_at_a_time_and_a_no_has_its_reason(sent: Program) -> None:
    report = enter(sent, clerk(), SAID)
    assert refused(enter, sent, clerk(), SAID) == ["attendance.waits_already"]

    def send_back(program: Program, answer: str) -> None:
        with program.begin(DECIDER) as work:
            commands.return_(work, report_id=report, version=1, answer=answer)

    assert refused(send_back, sent, " ") == ["attendance.no_answer"]
    send_back(sent, "没有盖章")
    with pytest.raises(Conflict):
        accept(sent, report, version=2)
    with sent.read(clerk()) as work:
        view = queries.report(work, report)
    assert (view.row.state, view.answer, view.decided_by_name) == ("returned", "没有盖章", "hr-7")
    assert enter(sent, clerk(), SAID) == report + 1


def test_a_month_that_is_not_over_waits(sent: Program) -> None:
    assert refused(enter, sent, clerk(), {"T1": FULL}, date(2026, 9, 1)) == ["attendance.not_over"]


def test_a_spell_that_changed_meanwhile_is_not_written_over(sent: Program) -> None:
    report = enter(sent, clerk(), SAID)
    spell = spells(sent)["T1"]
    with sent.begin(HR) as work:
        held = entries.held(work, "assistance", spell)
        entries.correct(work, "assistance", spell, held.version, {"ended_on": "2026-08-04"}, "提前返回")
    with pytest.raises(Conflict) as caught:
        accept(sent, report)
    assert (caught.value.what, caught.value.params["staff_no"]) == ("attendance.stale", "T1")
    assert absences(sent) == [] and appraisals(sent)["T2"] == ""


def test_of_two_who_recognise_at_once_one_does(sent: Program) -> None:
    report = enter(sent, clerk(), SAID)
    together(sent, "UPDATE host_reports")
    assert at_once(lambda: accept(sent, report), lambda: accept(sent, report, HR)) == ["conflict", "done"]
    assert len(absences(sent)) == 1


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────────


def link(program: Program, actor: Actor = DECIDER) -> str:
    with program.begin(actor) as work:
        return links.make(work, host=HOST, month=MONTH)


def answer(program: Program, code: str, changed: Mapping[int, Said] = MappingProxyType({})) -> int:
    with program.begin(NOBODY) as work:
        told = (stay.assignment_id for stay in links.asked(work, code).stays)
        said = [changed.get(spell, Said(spell)) for spell in told]
        return links.answer(work, code, witness="赵敏 教务主任", note="", said=said)


def test_a_link_is_answered_once_and_somebody_else_recognises_it(sent: Program) -> None:
    code = link(sent)
    spell = spells(sent)["T3"]
    report = answer(sent, code, {spell: Said(spell, [missed(10, 11, "official")])})
    assert refused(answer, sent, code) == ["attendance.code"]
    assert refused(accept, sent, report) == ["attendance.same_person"]
    accept(sent, report, HR)
    assert absences(sent) == [("T3", date(2026, 8, 10), date(2026, 8, 11), "official")]
    with sent.read(HR) as work:
        assert work.session.scalars(select(HostReport.via)).all() == ["link"]
        assert work.session.scalars(select(HostLink.code_sha256)).one() != code
        assert work.session.scalars(select(AuditEvent.actor).where(
            AuditEvent.action == "attendance:answer")).all() == ["anonymous"]
        kept = [event.detail for event in work.session.scalars(select(AuditEvent))]
    assert not any(code in each for each in kept)


def test_a_school_asks_about_its_own_people(sent: Program) -> None:
    code = link(sent, clerk(2))
    with sent.read(NOBODY) as work:
        assert [(stay.name, stay.staff_no, stay.school) for stay in links.asked(work, code).stays] == [("王五", "", "")]
    with sent.read(clerk(1)) as work:
        assert queries.host_month(work, HOST, MONTH).links == []


def test_codes_unknown_used_revoked_and_expired_are_answered_alike(sent: Program, clock: Clock) -> None:
    codes = {name: link(sent) for name in ("revoked", "expired")}
    with sent.read(HR) as work:
        first = min(each.id for each in queries.host_month(work, HOST, MONTH).links)
    with sent.begin(DECIDER) as work:
        assert links.revoke(work, link_id=first) == (HOST, MONTH)
    with sent.begin(DECIDER) as work, pytest.raises(Conflict):
        links.revoke(work, link_id=first)
    with sent.begin(clerk()) as work, pytest.raises(NotFound):
        links.revoke(work, link_id=first + 1)
    assert refused(answer, sent, codes["revoked"]) == refused(answer, sent, "x" * 43) == ["attendance.code"]
    clock.now += timedelta(days=14)
    with sent.read(NOBODY) as work:
        assert links.asked(work, codes["expired"]).host == HOST
    clock.now += timedelta(days=1)
    assert refused(answer, sent, codes["expired"]) == ["attendance.code"]


def test_of_two_answers_at_once_one_is_kept(sent: Program) -> None:
    code = link(sent)
    together(sent, "UPDATE host_links")
    assert at_once(lambda: answer(sent, code), lambda: answer(sent, code)) in (
        ["RuleViolation", "done"], ["conflict", "done"])
    with sent.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(HostLine)) == 3


def test_what_waits_at_whose_desk(sent: Program) -> None:
    """June to August, three months of one host; what it opens lists as many."""
    with sent.read(clerk(2)) as work:
        assert queries.waiting(work) == queries.Waiting(3, 0, None)
    enter(sent, clerk(1), SAID)
    with sent.read(clerk(1)) as work:
        assert queries.waiting(work).missing == 2
    with sent.read(HR) as work:
        found, listed = queries.waiting(work), queries.hosts_of(work, queries.months_before(work.today, queries.ASKED_FOR))
    assert (found.missing, found.reports) == (3, 1)
    assert [each.state for each in listed[HOST].values()] == ["missing"] * 3


def test_the_last_day_of_a_month() -> None:
    assert [last_of(date(2024, month, 1)).day for month in (1, 2, 12)] == [31, 29, 31]


# ── what was thought of later ────────────────────────────────────────────────────────────────────────────────


def corrected(program: Program, staff_no: str, **values: str) -> None:
    spell = spells(program)[staff_no]
    with program.begin(HR) as work:
        held = entries.held(work, "assistance", spell)
        entries.correct(work, "assistance", spell, held.version, values, "来函")


@pytest.mark.parametrize(("staff_no", "values"), [
    ("T2", {"appraisal": "不合格"}), ("T1", {"ended_on": "2026-08-04"})], ids=["appraised since", "cut short since"])
def test_a_sheet_does_not_write_over_what_came_since(sent: Program, staff_no: str, values: dict[str, str]) -> None:
    report = enter(sent, clerk(), {"T1": FULL, "T2": ([], "qualified")})
    corrected(sent, staff_no, **values)
    with pytest.raises(Conflict) as caught:
        accept(sent, report)
    assert (caught.value.what, caught.value.params["staff_no"]) == ("attendance.stale", staff_no)
    assert appraisals(sent)["T2"] == ("unqualified" if staff_no == "T2" else "")


@pytest.mark.parametrize("second", [[missed(3, 5)], [missed(4, 6)]], ids=["the same days", "some of them"])
def test_two_spells_of_one_person_at_one_host_record_a_day_once(sent: Program, second: list[Missed]) -> None:
    added(sent, "assistance", staff_no="T1", started_on="2026-07-01", sending_school_code="S2")
    with sent.read(HR) as work:
        found = queries.host_month(work, HOST, MONTH).stays
    told = iter([[missed(3, 5)], second])
    with sent.begin(DECIDER) as work:
        report = commands.enter(work, sheet=Sheet(HOST, MONTH, "赵敏"), said=[
            Said(stay.assignment_id, next(told) if stay.staff_no == "T1" else []) for stay in found])
    accept(sent, report, HR)
    days = [day for _, first, last, _ in absences(sent) for day in range(first.day, last.day + 1)]
    assert days == list(range(3, second[0].last.day + 1))


def test_of_two_sheets_entered_at_once_one_waits(sent: Program) -> None:
    together(sent, "INSERT INTO host_reports")
    assert at_once(lambda: enter(sent, clerk(), SAID), lambda: enter(sent, clerk(), SAID)) == ["RuleViolation", "done"]


def test_who_is_on_the_sheet_neither_asks_nor_sends_back(sent: Program) -> None:
    herself = Actor(71, "hr-8", (Grant("hr", person_id=2),))
    assert refused(link, sent, herself) == ["attendance.own"]
    report = enter(sent, DECIDER, {"T1": FULL, "T2": FULL, "T3": FULL})
    with sent.begin(herself) as work, pytest.raises(RuleViolation) as caught:
        commands.return_(work, report_id=report, version=1, answer="不对")
    assert [each.code for each in caught.value.findings] == ["attendance.own"]


def test_the_heir_of_a_merged_school_confirms_its_people_and_asks_about_them(sent: Program) -> None:
    """S2 went into S1: T3, whom it sent, is S1's to tell of, by sheet and by link, and the other way round nothing is."""
    assert refused(enter, sent, clerk(1), {"T1": FULL, "T2": FULL, "T3": FULL}) == ["attendance.others"]
    close(sent, "S2", "2026-09-01", "S1")
    code = link(sent, clerk(1))
    with sent.begin(NOBODY) as work:
        assert [stay.name for stay in links.asked(work, code).stays] == ["张三", "李四", "王五"]
    report = enter(sent, clerk(1), {"T1": FULL, "T2": FULL, "T3": ([missed(3, 4)], "")})
    with sent.read(clerk(2)) as work:
        assert [line.staff_no for line in queries.report(work, report).lines] == ["T3"]
        assert [row.id for row in queries.host_month(work, HOST, MONTH).links] == []
    with sent.read(clerk(1)) as work:
        assert [line.staff_no for line in queries.report(work, report).lines] == ["T1", "T2", "T3"]
        assert len(queries.host_month(work, HOST, MONTH).links) == 1
    assert len(accept(sent, report)) == 1


def test_a_link_about_nobody_takes_no_answer(sent: Program) -> None:
    code = link(sent, clerk(2))
    with sent.begin(HR) as work:
        held = entries.held(work, "assistance", spells(sent)["T3"])
        entries.withdraw(work, "assistance", held.record_id, held.version, "登错了")
    assert refused(answer, sent, code) == ["attendance.code"]


def test_a_clerk_of_two_schools_asks_for_one_of_them(sent: Program) -> None:
    added(sent, "assistance", staff_no="T3", started_on="2026-05-01", sending_school_code="S2", host="山里小学")
    both = Actor(88, "two", (Grant("school", school_id=1), Grant("school", school_id=2)))
    assert refused(link, sent, both) == ["attendance.several_schools"]
    with sent.begin(both) as work:
        code = links.make(work, host="山里小学", month=MONTH)
    with sent.read(NOBODY) as work:
        assert [stay.name for stay in links.asked(work, code).stays] == ["王五"]
