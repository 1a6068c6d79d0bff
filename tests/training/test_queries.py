"""Hours from the records, on both databases: the examples of rules §3, scope, and the cost for few and many."""

from datetime import date
from itertools import count

import pytest

from talent.core.access import Actor, Grant, operator
from talent.core.errors import NotAllowed
from talent.core.periods import Period
from talent.core.work import Program, Work
from talent.people.models import Employment, Person
from talent.people.service import Spell
from talent.training.models import Training
from talent.training.queries import (
    HoursRow,
    PersonHours,
    hours,
    hours_of_records,
    in_hours,
    reaching,
    record_lines,
    shortfall,
)
from talent.training.rules import HoursPolicy, HoursRecord
from tests.factories import add_person, add_school
from tests.people.test_queries import counted

HR = Actor(1, "hr", (Grant("hr"),))
END = date(2022, 8, 31)
_numbers = count(1)


def train(
    program: Program, person_id: int, on: date, hundredths: int, level: str = "district", **values: object
) -> None:
    with program.begin(operator()) as work:
        work.session.add(Training(person_id=person_id, name=f"培训 {next(_numbers)}", level=level, ended_on=on,
                                  hours_hundredths=hundredths, **values))


def row_of(program: Program, on: date, staff_no: str = "T1") -> HoursRow:
    with program.read(HR) as work:
        return next(row for row in hours(work, on) if row.staff_no == staff_no)


@pytest.mark.parametrize(("on", "first"), [
    (date(2022, 8, 31), date(2017, 9, 1)), (date(2024, 2, 29), date(2019, 3, 1)), (date(2025, 2, 28), date(2020, 3, 1)),
])
def test_the_window_holds_its_first_and_last_day_and_no_other(program: Program, on: date, first: date) -> None:
    person = add_person(program)
    for day, worth in ((first, 100), (on, 1000), (date.fromordinal(first.toordinal() - 1), 7),
                       (date.fromordinal(on.toordinal() + 1), 9)):
        train(program, person, day, worth)
    assert row_of(program, on).rolling_hours == 1100


def test_the_cycle_begins_with_its_first_day(program: Program) -> None:
    person = add_person(program)
    train(program, person, date(2020, 12, 31), 7)
    train(program, person, date(2021, 1, 1), 100)
    train(program, person, END, 1000)
    assert row_of(program, END).cycle_hours == 1100


def test_school_hours_are_capped_in_the_cycle_only(program: Program) -> None:
    person = add_person(program)
    train(program, person, END, 16800, "school")
    train(program, person, END, 10000)
    row = row_of(program, END)
    assert (row.rolling_hours, row.cycle_hours) == (26800, 22000)


@pytest.mark.parametrize(("case", "values", "counts"), [
    ("passed", {"result": "passed"}, True), ("no result", {"result": ""}, True),
    ("failed", {"result": "failed"}, False),
    ("not yet recognised", {"state": "school_verified"}, False), ("returned", {"state": "returned"}, False),
    ("new teacher", {"level": "induction"}, False),
])
def test_what_counts(program: Program, case: str, values: dict[str, str], counts: bool) -> None:
    train(program, add_person(program), END, 800, **values)
    row = row_of(program, END)
    assert (row.rolling_hours, row.cycle_hours) == ((800, 800) if counts else (0, 0))


def test_nothing_recorded_is_null_and_never_0(program: Program) -> None:
    person = add_person(program)
    train(program, person, date.fromordinal(END.toordinal() + 1), 800)
    row = row_of(program, END).as_json()
    assert [row[name] for name in ("rolling_hours", "meets_360", "cycle_hours")] == [None, None, None]
    assert row["cycle_target"] == 360


def test_360_is_reached_at_360(program: Program) -> None:
    person = add_person(program)
    train(program, person, END, 35999)
    assert not row_of(program, END).meets_360
    train(program, person, END, 1)
    assert row_of(program, END).meets_360


def test_everybody_in_service_is_there_and_nobody_else(program: Program) -> None:
    school = add_school(program)
    add_person(program, "T1")
    with program.begin(operator()) as work:
        for staff_no, status, left_on in (("gone", "retired", END), ("going", "retired", date(2022, 9, 1)),
                                          ("ill", "long_leave", None)):
            person = Person(uid=staff_no, staff_no=staff_no, name=staff_no)
            work.session.add(person)
            work.session.flush()
            work.session.add(Employment(person_id=person.id, school_id=school, valid_from=date(2010, 9, 1),
                                        status=status, left_on=left_on))
    with program.read(HR) as work:
        assert [row.staff_no for row in hours(work, END)] == ["T1", "going", "ill"]


@pytest.mark.parametrize(("case", "spells", "target"), [
    ("all of the cycle", [(date(2015, 9, 1), None, "on_post")], 36000),
    ("since ever", [(None, None, "on_post")], 36000),
    ("came after a year", [(date(2022, 1, 1), None, "on_post")], 28800),
    ("half a year of leave", [(date(2015, 9, 1), date(2021, 7, 1), "on_post"),
                              (date(2021, 7, 1), date(2022, 1, 1), "long_leave"),
                              (date(2022, 1, 1), None, "on_post")], 32400),
    ("on leave now: the future is served", [(date(2015, 9, 1), date(2022, 7, 1), "on_post"),
                                            (date(2022, 7, 1), None, "long_leave")], 34800),
    ("a change after the date is not known", [(date(2015, 9, 1), date(2023, 1, 1), "on_post"),
                                              (date(2023, 1, 1), None, "long_leave")], 36000),
])
def test_the_target_follows_the_months_served(
    program: Program, case: str, spells: list[tuple[date | None, date | None, str]], target: int
) -> None:
    school = add_school(program)
    with program.begin(operator()) as work:
        person = Person(uid="u", staff_no="T9", name="某")
        work.session.add(person)
        work.session.flush()
        work.session.add_all(Employment(person_id=person.id, school_id=school, valid_from=first, valid_to=last,
                                        status=status) for first, last, status in spells)
    assert row_of(program, END, "T9").cycle_target == target


def test_json_is_in_hours_and_not_rounded(program: Program) -> None:
    train(program, add_person(program), END, 7450)
    assert row_of(program, END).as_json() == {
        "staff_no": "T1", "rolling_hours": 74.5, "meets_360": False, "cycle_hours": 74.5, "cycle_target": 360}
    assert [repr(in_hours(value)) for value in (43600, 33, 0)] == ["436", "0.33", "0"]


@pytest.mark.parametrize(("grant", "seen"), [
    (("hr",), ["T1", "T2"]), (("leader",), ["T1", "T2"]), (("auditor",), ["T1", "T2"]),
    (("school", 1), ["T1"]), (("principal", 1), ["T1"]), (("teacher", None, 2), ["T2"]),
])
def test_the_scope_of_a_role(program: Program, grant: tuple[object, ...], seen: list[str]) -> None:
    first, second = add_person(program, "T1", school_code="S1"), add_person(program, "T2", school_code="S2")
    train(program, first, END, 100)
    train(program, second, END, 200)
    with program.read(Actor(9, "x", (Grant(*grant),))) as work:  # type: ignore[arg-type]
        rows = hours(work, END)
    assert [(row.staff_no, row.rolling_hours) for row in rows] == [(no, {"T1": 100, "T2": 200}[no]) for no in seen]


@pytest.mark.parametrize("role", ["finance", "admin", "expert"])
def test_other_roles_see_no_hours(program: Program, role: str) -> None:
    with program.read(Actor(9, "x", (Grant(role),))) as work, pytest.raises(NotAllowed):
        hours(work, END)


@pytest.mark.parametrize("people", [10, 300])
def test_the_cost_does_not_grow_with_the_people(program: Program, people: int) -> None:
    school = add_school(program)
    with program.begin(operator()) as work:
        crowd = [Person(uid=f"u{number}", staff_no=f"T{number:04}", name="某") for number in range(people)]
        work.session.add_all(crowd)
        work.session.flush()
        work.session.add_all(Employment(person_id=one.id, school_id=school, valid_from=date(2015, 9, 1))
                             for one in crowd)
        work.session.add_all(Training(person_id=one.id, name="同一活动", level="district", ended_on=END,
                                      hours_hundredths=4000) for one in crowd)
    with program.read(HR) as work:
        work.book  # noqa: B018  read once per work, whatever is asked
        with counted(program) as seen:
            rows = hours(work, END)
    assert (len(seen), len(rows), {row.rolling_hours for row in rows}) == (3, people, {4000})


# ── one person ───────────────────────────────────────────────────────────────────────────────────────────────


def hours_of(work: Work, person_id: int, spells: list[Spell], on: date) -> PersonHours:
    """The views from the person's own record lines, as the profile reads them."""
    lines = work.session.execute(record_lines(person_id, on))
    records = [HoursRecord(line.level, line.on, line.hours, result=line.detail, state=line.state) for line in lines]
    return hours_of_records(work, records, spells, on)


def test_both_cycles_of_a_person(program: Program) -> None:
    person = add_person(program)
    train(program, person, date(2024, 5, 1), 16800, "school")
    train(program, person, date(2026, 2, 1), 3050)
    train(program, person, date(2026, 3, 1), 12000, "induction")
    with program.read(HR) as work:
        told = hours_of(work, person, [Spell(date(2015, 9, 1), None, "on_post")], date(2026, 9, 8))
    assert told.window == Period(date(2021, 9, 9), date(2026, 9, 9))
    assert (told.evaluation.hours, told.evaluation.apart, told.missing, told.met) == (19850, 12000, 16150, False)
    assert (told.current.cycle.start, told.current.view.hours, told.current.target) == (date(2026, 1, 1), 3050, 36000)
    assert told.last is not None
    assert (told.last.view.hours, told.last.view.recorded, told.last.target) == (12000, 16800, 36000)


def test_who_came_in_this_cycle_has_no_last_one(program: Program) -> None:
    person = add_person(program)
    with program.read(HR) as work:
        told = hours_of(work, person, [Spell(date(2026, 2, 1), None, "on_post")], date(2026, 9, 8))
    assert told.last is None


def test_the_first_cycle_of_the_book_has_none_before(program: Program) -> None:
    person = add_person(program)
    with program.read(HR) as work:
        told = hours_of(work, person, [Spell(date(2005, 9, 1), None, "on_post")], date(2012, 9, 8))
    assert told.last is not None or told.current.target == 36000


def test_who_reaches_the_minimum_is_told_alike_by_everybody_s_list_by_the_filter_and_by_the_person(
    program: Program,
) -> None:
    on = date(2026, 9, 8)
    cases: dict[str, list[tuple[date, int, str, dict[str, object]]]] = {
        "T1": [(on, 36000, "district", {})], "T2": [(on, 35999, "district", {})],
        "T3": [(date(2021, 9, 9), 36000, "school", {})], "T4": [(date(2021, 9, 8), 36000, "school", {})],
        "T5": [(on, 36000, "induction", {})], "T6": [(on, 36000, "district", {"result": "failed"})],
        "T7": [(on, 36000, "district", {"state": "returned"})], "T9": [],
        "T8": [(on, 30000, "self", {}), (on, 6000, "school", {})],
    }
    people = {staff_no: add_person(program, staff_no) for staff_no in cases}
    for staff_no, records in cases.items():
        for day, hundredths, level, values in records:
            train(program, people[staff_no], day, hundredths, level, **values)
    with program.read(HR) as work:
        there = {row.staff_no for row in hours(work, on) if row.meets_360}
        ids = set(work.session.scalars(reaching(HoursPolicy.in_force(work.book, on), on)))
        short = {staff_no: shortfall(work, person, on) for staff_no, person in people.items()}
    assert there == {"T1", "T3", "T8"}
    assert {people[staff_no] for staff_no in there} == ids
    assert {staff_no for staff_no, missing in short.items() if not missing} == there
    assert (short["T2"], short["T9"]) == (1, 36000)
