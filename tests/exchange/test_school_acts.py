"""Acts on schools, and that a past date answers the same after everything done later."""

import json
from datetime import date

import pytest
from sqlalchemy import func, select

from talent.assistance.models import Assignment
from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.batches import ImportBatch
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.work import Program
from talent.exchange import acts, school_acts
from talent.exchange.act_facts import Asked, Forecast
from talent.exchange.one_row import sheet_of
from talent.indicators import queries as indicators
from talent.indicators.models import Enrolment, Facility, Quota
from talent.indicators.schools import figures_of
from talent.people import search
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on
from talent.people.schools import SchoolCriteria, find_schools, school_on
from talent.tiers import queries as tiers
from talent.tiers.models import Title
from talent.training import queries as training
from talent.training.models import Training
from tests.exchange import test_acts
from tests.exchange.test_acts import HR, SEPTEMBER, take_back
from tests.factories import add_account, add_person, add_school

THEN = date(2026, 8, 31)


@pytest.fixture
def district(program: Program) -> dict[str, int]:
    """S1 with T1..T4: T2 on leave, T3 retired, T4 by contract; S2 with T5; S3 open without anybody."""
    ids = {code: add_school(program, code, name) for code, name in
           (("S1", "第一小学"), ("S2", "第二小学"), ("S3", "第三小学"))}
    people = {number: add_person(program, number, f"人{number}", school) for number, school in
              (("T1", "S1"), ("T2", "S1"), ("T3", "S1"), ("T4", "S1"), ("T5", "S2"))}
    with program.begin(operator()) as work:
        posts = {post.person_id: post for post in work.session.query(Employment)}
        posts[people["T2"]].status = "long_leave"
        posts[people["T3"]].status, posts[people["T3"]].left_on = "retired", date(2025, 3, 1)
        posts[people["T4"]].quota_type = "contract"
        posts[people["T5"]].teaching_schools = "S1；S2"
        work.session.add(Assignment(person_id=people["T1"], sending_school_id=ids["S1"], host="柳河小学", kind="paired",
                                    started_on=date(2026, 3, 1)))
    return ids


def asked(act: str, on: date | None = SEPTEMBER, **values: str) -> Asked:
    return Asked(act, on, values, reason="布局调整", document_no="区教〔2026〕9号")


def foresee(program: Program, school_id: int | None, what: Asked) -> Forecast:
    with program.read(HR) as work:
        return school_acts.foresee(work, school_id, what)


def perform(program: Program, school_id: int | None, what: Asked) -> tuple[int, int]:
    seal = foresee(program, school_id, what).seal
    with program.begin(HR) as work:
        batch, done_to = school_acts.perform(work, school_id=school_id, asked=what, seal=seal)
        return batch.id, done_to


def refused(program: Program, school_id: int | None, what: Asked) -> list[str]:
    with pytest.raises(RuleViolation) as refusal:
        foresee(program, school_id, what)
    return [finding.code for finding in refusal.value.findings]


def told(forecast: Forecast) -> dict[str, dict[str, object]]:
    return {finding.code.removeprefix("effect."): dict(finding.params) for finding in forecast.effects}


def called(program: Program, on: date) -> list[str]:
    with program.read(HR) as work:
        return [row.name for row in find_schools(work, on, SchoolCriteria())[0]]


def staff(program: Program, on: date) -> dict[str, list[str]]:
    """School code → staff numbers in service there."""
    with program.read(operator()) as work:
        rows = work.session.execute(
            select(School.code, Person.staff_no).join(Employment, Employment.school_id == School.id).join(Person)
            .where(in_service_on(on)).order_by(Person.staff_no))
        found: dict[str, list[str]] = {}
        for code, staff_no in rows:
            found.setdefault(code, []).append(staff_no)
        return found


# ── each act ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_school_opens_on_its_day(program: Program, district: dict[str, int]) -> None:
    batch, school = perform(program, None, asked("open", code="S9", name="新小学", kind="小学", area="城区"))
    assert "新小学" in called(program, SEPTEMBER) and "新小学" not in called(program, THEN)
    assert refused(program, None, asked("open", code="S9", name="新小学二", kind="小学")) == ["school_act.code_taken"]
    assert refused(program, None, asked("open", code="S8", name="", kind="小学")) == ["workbooks.required"]
    take_back(program, batch)
    with program.read(operator()) as work:
        assert work.session.get(School, school) is None


def test_a_rename_leaves_past_lists(program: Program, district: dict[str, int]) -> None:
    forecast = foresee(program, district["S1"], asked("rename", name="实验学校", kind="九年一贯制学校"))
    assert told(forecast)["school_renamed"]["school"] == "第一小学"
    batch, _ = perform(program, district["S1"], asked("rename", name="实验学校", kind="九年一贯制学校"))
    assert called(program, THEN)[0] == "第一小学" and called(program, SEPTEMBER)[0] == "实验学校"
    take_back(program, batch)
    assert called(program, SEPTEMBER)[0] == "第一小学"


def test_a_correction_reaches_every_day_and_says_so(program: Program, district: dict[str, int]) -> None:
    assert list(told(foresee(program, district["S1"], asked("correct", None, name="第一实验小学")))) == ["all_days_change"]
    perform(program, district["S1"], asked("correct", None, name="第一实验小学", area="乡村"))
    assert called(program, date(2016, 1, 1))[0] == "第一实验小学"


def test_a_school_closes_when_nobody_is_left(program: Program, district: dict[str, int]) -> None:
    assert refused(program, district["S1"], asked("close")) == ["school_act.people_remain"]
    perform(program, district["S3"], asked("close"))
    assert "第三小学" not in called(program, SEPTEMBER) and "第三小学" in called(program, THEN)
    assert refused(program, district["S3"], asked("rename", date(2026, 10, 1), name="晚了")) == [
        "school_act.closed_already"]


def test_a_merger_moves_everybody_in_one_act(program: Program, district: dict[str, int]) -> None:
    add_account(program, "school", school_code="S1")
    what = asked("merge", merged_into_code="S2")
    forecast = told(foresee(program, district["S1"], what))
    assert forecast["merger_moves"] == {"count": 3, "to": "第二小学", "staffed": 2, "others": 1}
    assert (forecast["assistance_goes_on"]["count"], forecast["taught_from_elsewhere"]["count"],
            forecast["accounts_stay"]["count"]) == (1, 1, 1)
    before = staff(program, SEPTEMBER)
    batch, _ = perform(program, district["S1"], what)
    assert staff(program, SEPTEMBER) == {"S2": ["T1", "T2", "T4", "T5"]} and staff(program, THEN) == before
    with program.read(HR) as work:
        summary = json.loads(work.session.get_one(ImportBatch, batch).summary)
        assert [(sheet["kind"], sheet["rows"]) for sheet in summary] == [("schools", 1), ("teachers", 3)]
        gone = school_on(work, district["S1"], SEPTEMBER)
        assert gone.successor == (district["S2"], "第二小学")
        event = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "school:merge")).one()
        assert json.loads(event.detail)["people"] == 3
        statuses = work.session.execute(select(Person.staff_no, Employment.status).join(Employment).where(
            in_service_on(SEPTEMBER)).order_by(Person.staff_no)).all()
        assert [tuple(row) for row in statuses][1] == ("T2", "long_leave")
    take_back(program, batch)
    assert staff(program, SEPTEMBER) == before and called(program, SEPTEMBER)[0] == "第一小学"


def test_a_merger_takes_later_periods_along_and_refuses_those_who_come(
    program: Program, district: dict[str, int]
) -> None:
    t1, t5 = _id(program, "T1"), _id(program, "T5")
    test_acts.perform(program, t1, test_acts.asked("post", date(2026, 10, 1), subject="数学"))
    late = test_acts.perform(program, t5, test_acts.asked("transfer", date(2026, 11, 1), school_code="S1"))
    what = asked("merge", merged_into_code="S3")
    assert refused(program, district["S1"], what) == ["school_act.people_arrive"]
    take_back(program, late)
    batch, _ = perform(program, district["S1"], what)
    assert staff(program, date(2026, 12, 1))["S3"] == ["T1", "T2", "T4"]
    test_acts.perform(program, t1, test_acts.asked("transfer", date(2026, 12, 1), school_code="S2"))
    with pytest.raises(RuleViolation) as refusal:
        take_back(program, batch)
    assert [finding.code for finding in refusal.value.findings] == ["entry.built_on"]


def test_each_sheet_of_an_act_names_its_own_fields(program: Program, district: dict[str, int]) -> None:
    """What stops the people of a merger is said of people, although the school's row comes first."""
    with pytest.raises(RuleViolation) as refused, program.read(HR) as work:
        acts.planned(work, [sheet_of(school_acts.SCHOOLS.kind, {"code": "S9", "name": "新小学", "kind": "小学"}),
                            sheet_of(acts.ROSTER.kind, {"staff_no": "T9", "name": "新人", "school_code": "S0"})],
                     "person:change")
    assert [(each.code, each.params.get("field")) for each in refused.value.findings] == [
        ("record.no_such_school", "school_code")]


def _id(program: Program, staff_no: str) -> int:
    with program.read(operator()) as work:
        return work.session.scalars(select(Person.id).where(Person.staff_no == staff_no)).one()


@pytest.mark.parametrize(("code", "into", "expected"), [
    ("S1", "", ["act.no_school"]), ("S1", "S1", ["school_act.into_itself"]), ("S1", "S0", ["act.no_school"]),
    ("S2", "S3", ["school_act.into_itself"]), ("S1", "S3", ["act.school_not_open"]),
])
def test_where_a_school_cannot_go(
    program: Program, district: dict[str, int], code: str, into: str, expected: list[str]
) -> None:
    """S3 went into S2 before."""
    perform(program, district["S3"], asked("merge", date(2026, 3, 1), merged_into_code="S2"))
    assert refused(program, district[code], asked("merge", merged_into_code=into)) == expected


def test_days_and_papers(program: Program, district: dict[str, int]) -> None:
    assert refused(program, district["S1"], asked("rename", None, name="乙")) == ["act.no_day"]
    assert refused(program, district["S1"], asked("rename", date(2028, 9, 1), name="乙")) == ["act.day_out_of_reason"]
    assert refused(program, district["S1"], asked("rename", name="第一小学")) == ["act.nothing_changes"]
    assert refused(program, district["S1"], Asked("close", SEPTEMBER)) == ["act.no_reason", "school_act.people_remain"]
    _, school = perform(program, None, asked("open", code="S9", name="新小学", kind="小学"))
    assert refused(program, school, asked("rename", SEPTEMBER, name="乙")) == ["school_act.before_opening"]
    for nowhere in ((None, asked("close")), (district["S1"], asked("open")), (999_999, asked("close"))):
        with pytest.raises(NotFound):
            foresee(program, *nowhere)
    with pytest.raises(Conflict), program.begin(HR) as work:
        school_acts.perform(work, school_id=district["S3"], asked=asked("close"), seal="seen before")


@pytest.mark.parametrize("role", ["school", "principal", "leader", "auditor", "admin", "teacher", "finance", "expert"])
def test_only_the_personnel_office_acts(program: Program, district: dict[str, int], role: str) -> None:
    nobody = Actor(2, role, (Grant(role, school_id=district["S3"], person_id=1),))
    with program.begin(nobody) as work, pytest.raises(NotAllowed):
        school_acts.perform(work, school_id=district["S3"], asked=asked("close"), seal="")


# ── a past date ──────────────────────────────────────────────────────────────────────────────────────────────


def reports(program: Program, on: date) -> str:
    """Everything told of a day: people, schools, pyramid, hours, indicators."""
    with program.read(HR) as work:
        people, _ = search.find_people(work, on, search.Criteria(), limit=500)
        schools, _ = find_schools(work, on, SchoolCriteria(state="all"), limit=500)
        names = [school_on(work, school.id, on) for school in schools]
        figures = sorted(figures_of(work.session, [school.id for school in schools], on).items())
        holders = [(row.holder, row.place and row.place.school, row.place and row.place.subject, row.term_end)
                   for row in tiers.holders(work, on, "district_subject_head")[0]]
        return repr([people, schools, names, figures, tiers.document(work, on), holders,
                     training.hours(work, on), indicators.document(work, on)])


@pytest.fixture
def year(program: Program, district: dict[str, int]) -> dict[str, int]:
    """Titles, hours, pupils, premises and quotas, so that every report has something to say."""
    with program.begin(operator()) as work:
        for person in work.session.scalars(select(Person)).all():
            work.session.add_all([
                Title(person_id=person.id, tier="district_subject_head", recognised_on=date(2025, 9, 1),
                      term_from=date(2025, 9, 1), term_to=date(2028, 8, 31)),
                Training(person_id=person.id, name="研修", level="district", ended_on=date(2026, 3, 1),
                         hours_hundredths=40000)])
        for school_id in district.values():
            work.session.add_all([
                Enrolment(school_id=school_id, counted_on=date(2026, 3, 1), stage="primary", pupils=90, classes=3),
                Facility(school_id=school_id, counted_on=date(2026, 3, 1), stage="", multimedia_rooms=4),
                Quota(school_id=school_id, valid_from=date(2026, 1, 1), posts=9)])
    return district


def test_a_past_date_answers_the_same_whatever_is_done_later(program: Program, year: dict[str, int]) -> None:
    before = reports(program, THEN)
    for number, what in enumerate([
        test_acts.asked("transfer", school_code="S2"), test_acts.asked("return"), None, test_acts.asked("retire"),
        test_acts.asked("post", professional_title="高级"),
    ], 1):
        if what is not None:
            test_acts.perform(program, _id(program, f"T{number}"), what)
    perform(program, year["S2"], asked("rename", name="实验学校", kind="九年一贯制学校"))
    perform(program, year["S1"], asked("merge", date(2026, 10, 1), merged_into_code="S2"))
    perform(program, year["S3"], asked("close", date(2026, 10, 1)))
    perform(program, None, asked("open", code="S9", name="新小学", kind="小学"))
    assert reports(program, THEN) == before
    assert reports(program, date(2026, 10, 1)) != before
    perform(program, year["S2"], asked("correct", None, area="乡村"))
    assert reports(program, THEN) != before, "a correction is for every day"


def test_every_report_is_told_of_people(program: Program, year: dict[str, int]) -> None:
    told_of = reports(program, THEN)
    assert "'holders': 4" in told_of and "40000" in told_of and "第一小学" in told_of
    with program.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(Title)) == 5
