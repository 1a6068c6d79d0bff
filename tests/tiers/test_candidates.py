"""Eligibility from real rows on both databases: cut-off days, what is missing, who sees whom, at a constant cost."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from talent.achievements.models import ContestResult
from talent.core.access import Actor, Grant, operator
from talent.core.errors import NotAllowed
from talent.core.work import Program
from talent.people.models import Appraisal, ConductCase, Employment, Person
from talent.policy.errors import NotInForce, UnknownKey
from talent.tiers import candidates
from talent.tiers.candidates import Sight, eligible, outlook
from talent.tiers.models import Title, TitleState
from talent.training.models import Training
from tests.factories import add_person, add_school
from tests.tiers.test_queries import statements

ON = date(2026, 9, 1)
TIER = "chief_subject_teacher"


@dataclass
class Teacher:
    """A teacher who meets every rule of 学科首席教师 on the date; tests change one thing."""

    program: Program
    id: int
    rows: dict[str, Any] = field(default_factory=dict)

    def add(self, *rows: Any) -> None:
        with self.program.begin(operator()) as work:
            work.session.add_all(rows)

    def set(self, model: Any, **values: Any) -> None:
        """Change the person's own row, or all their rows of one kind."""
        key = Person.id if model is Person else model.person_id
        with self.program.begin(operator()) as work:
            work.session.execute(update(model).where(key == self.id).values(**values))

    def drop(self, model: Any, **values: Any) -> None:
        with self.program.begin(operator()) as work:
            query = select(model).where(model.person_id == self.id).filter_by(**values)
            for row in work.session.scalars(query):
                work.session.delete(row)

    def judged(self, tier: str = TIER, on: date = ON) -> dict[str, Any]:
        """The overall verdict and, by rule, what is not met."""
        with self.program.read(operator()) as work:
            found = next(each for each in eligible(work, tier, on) if each.person.person_id == self.id).found
        return {"verdict": found.verdict, **{row.rule: row.verdict for row in found.rules if row.verdict != "met"}}

    def actual(self, rule: str, tier: str = TIER, on: date = ON) -> Any:
        with self.program.read(operator()) as work:
            found = next(each for each in eligible(work, tier, on) if each.person.person_id == self.id).found
        return next(row for row in found.rules if row.rule == rule).actual


def complete(program: Program, staff_no: str = "T1", school_code: str = "S1") -> Teacher:
    person_id = add_person(program, staff_no, f"师{staff_no}", school_code)
    teacher = Teacher(program, person_id)
    teacher.set(Employment, professional_title="senior")
    teacher.set(Person, teaching_started_on=date(2010, 9, 1), teaching_started_precision="day",
                born_on=date(1985, 5, 5), born_precision="day")
    teacher.add(
        Title(person_id=person_id, tier="district_subject_head", recognised_on=date(2020, 9, 1),
              term_from=date(2020, 9, 1), term_to=date(2023, 8, 31)),
        ContestResult(person_id=person_id, contest="和平杯", level="district", grade="first",
                      awarded_on=date(2024, 4, 1)),
        Training(person_id=person_id, name="研修", level="district", ended_on=date(2024, 5, 1), hours_hundredths=36000),
        *(Appraisal(person_id=person_id, year=year, result="qualified") for year in (2023, 2024, 2025)),
    )
    return teacher


def test_who_meets_every_rule(program: Program) -> None:
    """An expired title counts as ever held."""
    assert complete(program).judged() == {"verdict": "met"}


# ── titles and results ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("since", "state", "met"), [
    (ON, None, True), (date(2026, 9, 2), None, False), (date(2026, 8, 31), "ended", True),
    (date(2020, 9, 1), "revoked", True),
])
def test_a_title_ever_held(program: Program, since: date, state: str | None, met: bool) -> None:
    teacher = complete(program)
    teacher.drop(Title)
    title = Title(person_id=teacher.id, tier="famous_teacher", recognised_on=since, term_from=since)
    if state:
        title.states = [TitleState(state=state, changed_on=since)]
    teacher.add(title)
    assert teacher.judged() == ({"verdict": "met"} if met else {"verdict": "not_met", "prior_title": "not_met"})


def test_a_municipal_title_serves_the_district_tier_only(program: Program) -> None:
    teacher = complete(program)
    teacher.set(Title, tier="special_grade")
    assert teacher.judged("district_subject_head") == {"verdict": "met"}
    assert teacher.judged() == {"verdict": "not_met", "prior_title": "not_met"}


@pytest.mark.parametrize(("awarded", "met"), [
    (date(2021, 9, 1), False), (date(2021, 9, 2), True), (ON, True), (date(2026, 9, 2), False),
])
def test_results_of_five_years(program: Program, awarded: date, met: bool) -> None:
    teacher = complete(program)
    teacher.set(ContestResult, awarded_on=awarded)
    assert teacher.judged() == ({"verdict": "met"} if met else {"verdict": "not_met", "result": "not_met"})


@pytest.mark.parametrize("state", ["submitted", "school_verified", "returned"])
def test_only_recognised_records_count(program: Program, state: str) -> None:
    teacher = complete(program)
    teacher.set(ContestResult, state=state)
    teacher.set(Training, state=state)
    assert teacher.judged() == {"verdict": "not_met", "result": "not_met", "hours": "not_met"}


# ── appraisals and hours ─────────────────────────────────────────────────────────────────────────────────────


def test_appraisals_are_of_the_three_years_before(program: Program) -> None:
    teacher = complete(program)
    assert teacher.judged(on=date(2026, 12, 31)) == {"verdict": "met"}
    assert teacher.judged(on=date(2027, 1, 1)) == {"verdict": "no_data", "appraisal": "no_data"}
    teacher.add(Appraisal(person_id=teacher.id, year=2026, result="unqualified"))
    assert teacher.judged() == {"verdict": "met"}
    assert teacher.judged(on=date(2027, 1, 1)) == {"verdict": "not_met", "appraisal": "not_met"}
    teacher.drop(Appraisal, year=2024)
    assert teacher.judged(on=date(2027, 1, 1)) == {"verdict": "not_met", "appraisal": "not_met"}
    assert teacher.actual("appraisal") == {"2023": "qualified", "2024": None, "2025": "qualified"}


@pytest.mark.parametrize(("changes", "verdict"), [
    ({"hours_hundredths": 35999}, "not_met"), ({"result": "failed"}, "not_met"), ({"level": "induction"}, "not_met"),
    ({"ended_on": date(2021, 9, 1)}, "not_met"), ({"ended_on": date(2021, 9, 2)}, None), ({"ended_on": ON}, None),
    ({"ended_on": date(2026, 9, 2)}, "no_data"), (None, "no_data"),
])
def test_hours_of_the_evaluation_view(program: Program, changes: dict[str, Any] | None, verdict: str | None) -> None:
    """A record that does not count is a record; one of a later day was not there yet."""
    teacher = complete(program)
    if changes is None:
        teacher.drop(Training)
    else:
        teacher.set(Training, **changes)
    assert teacher.judged() == ({"verdict": verdict, "hours": verdict} if verdict else {"verdict": "met"})


def test_fewer_hours_in_the_first_years(program: Program) -> None:
    teacher = complete(program)
    teacher.set(Person, teaching_started_on=date(2022, 9, 1), born_on=date(1999, 1, 1))
    teacher.set(Training, hours_hundredths=28800)
    assert teacher.judged("new_talent") == {"verdict": "met"}
    teacher.set(Person, teaching_started_on=date(2022, 9, 1), teaching_started_precision="month")
    teacher.set(Training, hours_hundredths=28000)
    assert teacher.judged("new_talent", date(2026, 9, 15)) == {"verdict": "no_data", "hours": "no_data"}


# ── dates, 职称, service ─────────────────────────────────────────────────────────────────────────────────────


def test_the_29th_of_february_is_complete_on_the_1st_of_march(program: Program) -> None:
    teacher = complete(program)
    teacher.set(Person, teaching_started_on=date(2016, 2, 29))
    teacher.set(Appraisal, result="excellent")
    teacher.add(Appraisal(person_id=teacher.id, year=2022, result="excellent"))
    assert teacher.actual("teaching_years", on=date(2025, 2, 28)) == 8
    assert teacher.actual("teaching_years", on=date(2025, 3, 1)) == 9


@pytest.mark.parametrize(("values", "on", "rules"), [
    ({"teaching_started_on": None}, ON, {"teaching_years": "no_data"}),
    ({"teaching_started_on": date(2016, 9, 1), "teaching_started_precision": "month"}, date(2026, 9, 29),
     {"teaching_years": "no_data"}),
    ({"teaching_started_on": date(2016, 9, 1), "teaching_started_precision": "month"}, date(2026, 9, 30), {}),
])
def test_a_date_that_is_missing_or_only_a_month(
    program: Program, values: dict[str, Any], on: date, rules: dict[str, str]
) -> None:
    teacher = complete(program)
    teacher.set(Person, **values)
    assert teacher.judged(on=on) == {"verdict": "no_data" if rules else "met", **rules}


@pytest.mark.parametrize(("values", "verdict"), [
    ({"born_on": None}, "no_data"), ({"born_on": date(1990, 9, 1), "born_precision": "month"}, "no_data"),
    ({"born_on": date(1990, 10, 1), "born_precision": "month"}, None), ({"born_on": date(1990, 9, 1)}, "not_met"),
    ({"born_on": date(1990, 9, 2)}, None),
])
def test_the_age_on_the_day(program: Program, values: dict[str, Any], verdict: str | None) -> None:
    teacher = complete(program)
    teacher.set(Person, teaching_started_on=date(2020, 9, 1), **values)
    assert teacher.judged("new_talent") == ({"verdict": verdict, "age": verdict} if verdict else {"verdict": "met"})


def test_the_professional_title_is_that_of_the_day(program: Program) -> None:
    teacher = complete(program)
    school = add_school(program, "S1")
    teacher.set(Employment, professional_title="first", valid_to=ON)
    teacher.add(Employment(person_id=teacher.id, school_id=school, valid_from=ON, professional_title=""))
    assert teacher.judged(on=date(2026, 8, 31)) == {"verdict": "not_met", "professional_title": "not_met"}
    assert teacher.judged() == {"verdict": "no_data", "professional_title": "no_data"}


@pytest.mark.parametrize(("values", "served"), [
    ({"status": "long_leave"}, True), ({"status": "seconded"}, True), ({"status": "retired", "left_on": ON}, False),
    ({"status": "retired", "left_on": date(2026, 9, 2)}, True), ({"valid_from": date(2026, 9, 2)}, False),
    ({"valid_to": ON}, False),
])
def test_in_service_on_the_day(program: Program, values: dict[str, Any], served: bool) -> None:
    teacher = complete(program)
    teacher.set(Employment, **values)
    assert (teacher.judged().get("in_service") is None) is served


@pytest.mark.parametrize(("decided", "until", "met"), [
    (ON, None, False), (date(2026, 9, 2), None, True), (date(2020, 1, 1), None, False),
    (date(2024, 9, 1), ON, False), (date(2024, 8, 31), date(2026, 8, 31), True),
])
def test_a_conduct_bar(program: Program, decided: date, until: date | None, met: bool) -> None:
    teacher = complete(program)
    teacher.add(ConductCase(person_id=teacher.id, decided_on=decided, limited_until=until))
    assert teacher.judged() == ({"verdict": "met"} if met else {"verdict": "not_met", "conduct": "not_met"})


# ── who sees what ────────────────────────────────────────────────────────────────────────────────────────────


def staff(program: Program, actor: Actor, *, takes: bool = False) -> list[str]:
    with program.read(actor) as work:
        return [each.person.staff_no for each in eligible(work, TIER, ON, takes=takes)]


def test_nobody_takes_along_more_than_the_right_to_export_reaches(program: Program) -> None:
    """A principal of one school who keeps the records of another."""
    complete(program)
    complete(program, "T2", "S2")
    first, second = (add_school(program, code) for code in ("S1", "S2"))
    both = Actor(5, "both", (Grant("principal", school_id=first), Grant("school", school_id=second)))
    assert (staff(program, both), staff(program, both, takes=True)) == (["T1", "T2"], ["T2"])
    assert staff(program, operator(), takes=True) == ["T1", "T2"]
    with pytest.raises(NotAllowed):
        staff(program, Actor(6, "principal", (Grant("principal", school_id=first),)), takes=True)


def test_each_sees_their_own_people(program: Program) -> None:
    first = complete(program)
    complete(program, "T2", "S2")
    school = Actor(5, "school", (Grant("school", school_id=add_school(program, "S2")),))
    teacher = Actor(6, "teacher", (Grant("teacher", person_id=first.id),))
    assert (staff(program, operator()), staff(program, school), staff(program, teacher)) == (
        ["T1", "T2"], ["T2"], ["T1"])
    for role in ("finance", "admin", "expert"):
        with pytest.raises(NotAllowed):
            staff(program, Actor(7, role, (Grant(role),)))
    with program.read(school) as work:
        assert outlook(work, first.id, ON) is None
    with program.read(teacher) as work:
        found = outlook(work, first.id, ON)
    assert found is not None and [terms.tier for terms, _ in found.verdicts] == [
        "leading_talent", "famous_teacher", "chief_subject_teacher", "district_subject_head", "school_subject_head",
        "new_talent"]


def test_ages_and_cases_are_for_those_who_keep_them(program: Program) -> None:
    teacher = complete(program)
    teacher.add(ConductCase(person_id=teacher.id, decided_on=date(2026, 1, 1), reason="绝密"))
    with program.read(operator()) as work:
        found = next(iter(eligible(work, "new_talent", ON)))
    hr, leader = Actor(1, "hr", (Grant("hr"),)), Actor(2, "leader", (Grant("leader"),))
    own = Actor(3, "teacher", (Grant("teacher", person_id=teacher.id),))
    shown = {}
    for name, sight in (("hr", Sight.of(hr)), ("leader", Sight.of(leader)), ("own", Sight.of(own, teacher.id))):
        rows = {row.rule: sight.shown(row) for row in found.found.rules}
        shown[name] = rows["age"].actual, rows["conduct"].actual, len(rows["conduct"].records)
    assert shown == {"hr": (41, True, 1), "leader": (None, True, 0), "own": (41, True, 0)}


# ── the document ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_json_of_one_person(program: Program) -> None:
    teacher = complete(program)
    teacher.set(Training, hours_hundredths=35950)
    with program.read(operator()) as work:
        (told,) = [each.as_json(Sight.of(work.actor)) for each in eligible(work, TIER, ON)]
    assert told == {"staff_no": "T1", "verdict": "not_met", "rules": [
        {"rule": "in_service", "verdict": "met", "required": True, "actual": True},
        {"rule": "professional_title", "verdict": "met", "required": "senior", "actual": "senior"},
        {"rule": "teaching_years", "verdict": "met", "required": {"at_least": 10, "at_most": None}, "actual": 16},
        {"rule": "prior_title", "verdict": "met", "actual": ["district_subject_head"],
         "required": ["leading_talent", "famous_teacher", "chief_subject_teacher", "district_subject_head"]},
        {"rule": "result", "verdict": "met",
         "required": {"years": 5, "any_of": [{"level": "district", "grade": "first"},
                                             {"level": "municipal", "grade": None}]},
         "actual": [{"level": "district", "grade": "first", "on": "2024-04-01"}]},
        {"rule": "appraisal", "verdict": "met",
         "required": {"years": [2023, 2024, 2025], "accepted": ["excellent", "qualified"]},
         "actual": {"2023": "qualified", "2024": "qualified", "2025": "qualified"}},
        {"rule": "hours", "verdict": "not_met", "required": 360, "actual": 359.5},
        {"rule": "conduct", "verdict": "met", "required": False, "actual": False},
    ]}


def test_a_tier_without_rules_and_a_date_before_them(program: Program) -> None:
    with program.read(operator()) as work:
        with pytest.raises(UnknownKey):
            eligible(work, "special_grade", ON)
        with pytest.raises(NotInForce):
            eligible(work, TIER, date(2009, 12, 31))
        assert set(candidates.tiers_with_rules(work.book)) == {
            "leading_talent", "famous_teacher", "chief_subject_teacher", "district_subject_head",
            "school_subject_head", "new_talent"}


@pytest.mark.parametrize("number", [1, 40])
def test_eight_statements_for_any_number_of_people(program: Program, number: int) -> None:
    """Seven kinds of record, and the policy book."""
    for place in range(number):
        complete(program, f"T{place}")
    with program.read(operator()) as work, statements(program) as sent:
        assert {each.found.verdict for each in eligible(work, TIER, ON)} == {"met"}
    assert len(sent) == 8
