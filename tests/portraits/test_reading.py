"""Records into indicators: every figure of a small district by hand, on both databases."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event, update

from talent.achievements.models import Achievement, ContestResult, Mentoring
from talent.assistance.models import Assignment
from talent.core.access import operator
from talent.core.database import Base
from talent.core.periods import Period
from talent.core.work import Program
from talent.people.models import Absence, Collection, Employment, Person, School
from talent.portraits.features import COLUMNS, Features
from talent.portraits.reading import COLLECTED, cut_off, features, window_of
from talent.tiers.models import Title
from talent.training.models import Training

END = date(2026, 8, 31)
FIRST = date(2023, 9, 1)
EVE = date(2023, 8, 31)
LONG_AGO = date(2010, 9, 1)


def add(program: Program, *rows: Base) -> None:
    with program.begin(operator()) as work:
        work.session.add_all(rows)


def add_teacher(program: Program, staff_no: str, school_code: str = "S1", **values: Any) -> int:
    with program.begin(operator()) as work:
        session = work.session
        school = session.query(School).filter_by(code=school_code).one_or_none()
        if school is None:
            school = School(code=school_code, name=school_code, kind="primary")
            session.add(school)
        person = Person(uid=staff_no, staff_no=staff_no, name=staff_no)
        session.add(person)
        session.flush()
        facts = {"valid_from": LONG_AGO, "category": "full_time_teacher"} | values
        session.add(Employment(person_id=person.id, school_id=school.id, **facts))
        return person.id


def school_of(program: Program, code: str = "S1") -> int:
    with program.read(operator()) as work:
        return work.session.query(School.id).filter_by(code=code).scalar()


def read(program: Program, as_of: date = END) -> Features:
    with program.read(operator()) as work:
        return features(work.session, as_of, work.book)


def row(found: Features, staff_no: str = "A") -> dict[str, float | None]:
    values = found.values[found.staff_no.index(staff_no)].tolist()
    return {name: None if value != value else value for name, value in zip(COLUMNS, values, strict=True)}


def training(person: int, name: str, level: str, hours: int, on: date = END, **values: Any) -> Training:
    return Training(person_id=person, name=name, level=level, ended_on=on, hours_hundredths=hours, **values)


def result(person: int, contest: str, level: str, grade: str, work_title: str = "", **values: Any) -> ContestResult:
    return ContestResult(person_id=person, contest=contest, level=level, grade=grade, work_title=work_title,
                         **({"awarded_on": END} | values))


def achievement(person: int, kind: str, name: str, level: str = "school", role: str = "", **values: Any) -> Achievement:
    return Achievement(person_id=person, kind=kind, name=name, level=level, role=role,
                       **({"achieved_on": END} | values))


@pytest.mark.parametrize(("as_of", "last"), [
    (date(2026, 8, 31), END), (date(2026, 8, 30), date(2025, 8, 31)), (date(2026, 9, 1), END),
    (date(2027, 6, 30), END),
])
def test_the_cut_off_is_the_last_school_year_that_was_over(as_of: date, last: date) -> None:
    assert cut_off(as_of) == last
    assert window_of(as_of, 3) == Period(date(last.year - 3, 9, 1), date(last.year, 9, 1))


def test_hours_by_level_with_online_apart(program: Program) -> None:
    a = add_teacher(program, "A")
    add(program, training(a, "国培", "national", 1_050), training(a, "市培", "municipal", 1_000),
        training(a, "区培", "district", 2_000), training(a, "新任", "induction", 500),
        training(a, "校本", "school", 700), training(a, "自主", "self", 300),
        training(a, "网课", "national", 4_000, mode="online"),
        training(a, "不合格", "national", 9_900, result="failed"),
        training(a, "未认定", "national", 9_900, state="submitted"))
    found = row(read(program))
    assert [found[name] for name in COLLECTED["training"]] == [20.5, 25.0, 7.0, 43.0]


@pytest.mark.parametrize(("on", "counts"), [(EVE, False), (FIRST, True), (END, True), (date(2026, 9, 1), False)])
def test_the_window_holds_both_its_days(program: Program, on: date, counts: bool) -> None:
    a = add_teacher(program, "A")
    add(program, training(a, "区培", "district", 1_000, on), achievement(a, "paper", "论文", achieved_on=on),
        result(a, "竞赛", "district", "first", awarded_on=on),
        *(Collection(kind=kind, started_on=LONG_AGO) for kind in COLLECTED))
    found = row(read(program))
    assert (found["hours_district"], found["papers"], found["contest_points"]) == (
        (10.0, 1.0, 3.0) if counts else (0.0, 0.0, 0.0))


def test_the_same_work_counts_once_at_its_highest(program: Program) -> None:
    a = add_teacher(program, "A")
    add(program, result(a, "区赛", "district", "special", "《背影》"),
        result(a, "市赛", "municipal", "third", "《背影》"),
        result(a, "国赛", "national", "second", "《春》", category="coached"),
        result(a, "校赛", "school", "first"), result(a, "又一校赛", "school", "merit"),
        result(a, "未认定", "national", "first", "《秋》", state="returned"))
    assert row(read(program))["contest_points"] == pytest.approx(6 * 0.5 + 10 * 0.7 * 0.5 + 1 + 0.3)


def test_achievements_and_apprentices(program: Program) -> None:
    a, b, c = (add_teacher(program, name) for name in "ABC")
    add(program, achievement(a, "project", "市课题", "municipal", "lead"),
        achievement(a, "project", "区课题", "district", "core"), achievement(a, "project", "校课题", "school"),
        achievement(a, "open_lesson", "区课", "district"), achievement(a, "open_lesson", "国课", "national"),
        achievement(a, "paper", "甲"), achievement(a, "paper", "乙"), achievement(a, "lecture", "丙"),
        achievement(a, "honour", "丁"),
        Mentoring(person_id=a, apprentice_id=b, started_on=date(2022, 9, 1), ended_on=FIRST),
        Mentoring(person_id=a, apprentice_id=b, started_on=date(2025, 9, 1)),
        Mentoring(person_id=a, apprentice_id=c, started_on=date(2022, 9, 1), ended_on=EVE))
    found = row(read(program))
    assert found["project_points"] == pytest.approx(6 + 3 * 0.6 + 0.3)
    assert (found["open_lesson_points"], found["papers"], found["lectures"], found["mentees"]) == (6.0, 2.0, 1.0, 1.0)


def test_months_of_assistance_count_as_pay_counts_them(program: Program) -> None:
    a, b = add_teacher(program, "A"), add_teacher(program, "B")
    school = school_of(program)

    def spell(person: int, first: date, last: date | None, host: str = "受援校", **values: Any) -> Assignment:
        return Assignment(person_id=person, sending_school_id=school, host=host, kind="paired", started_on=first,
                          ended_on=last, **values)

    add(program,
        spell(a, date(2023, 7, 1), date(2023, 10, 14)),  # September; October has 14 days
        spell(a, date(2024, 3, 1), date(2024, 3, 8)), spell(a, date(2024, 3, 5), date(2024, 3, 15), "另一校"),
        spell(a, date(2025, 3, 1), date(2025, 4, 30)),  # April: more than ten working days absent
        spell(a, date(2026, 1, 1), date(2026, 2, 28), appraisal="unqualified"),
        Absence(person_id=a, started_on=date(2025, 4, 1), ended_on=date(2025, 4, 20)),
        spell(b, date(2026, 8, 17), None))
    found = read(program)
    assert row(found)["assistance_months"] == 3.0  # September 2023, March 2024 (15 days), March 2025
    assert row(found, "B")["assistance_months"] == 1.0


def title(person: int, tier: str, first: date, last: date | None = None) -> Title:
    return Title(person_id=person, tier=tier, recognised_on=first, term_from=first, term_to=last)


def test_tier_at_the_cut_off_and_whether_it_rose(program: Program) -> None:
    ids = {name: add_teacher(program, name) for name in ("ROSE", "STAYED", "LATER", "NONE", "CITY")}
    add(program,
        title(ids["ROSE"], "new_talent", date(2022, 1, 1), date(2024, 12, 31)),
        title(ids["ROSE"], "district_subject_head", date(2025, 1, 1), date(2027, 12, 31)),
        title(ids["STAYED"], "school_subject_head", date(2021, 9, 1), date(2024, 8, 31)),
        title(ids["STAYED"], "school_subject_head", date(2024, 9, 1), date(2027, 8, 31)),
        title(ids["LATER"], "leading_talent", date(2026, 9, 1)),
        title(ids["CITY"], "special_grade", date(2020, 1, 1)))
    found = read(program)
    assert {name: (row(found, name)["tier"], row(found, name)["promoted"]) for name in ids} == {
        "ROSE": (3.0, 1.0), "STAYED": (2.0, 0.0), "LATER": (0.0, 0.0), "NONE": (0.0, 0.0), "CITY": (0.0, 0.0)}


def test_three_states_of_collection(program: Program) -> None:
    a, _, _ = add_teacher(program, "A"), add_teacher(program, "B"), add_teacher(program, "C", "S2")
    add(program, Collection(kind="achievements", school_id=school_of(program), started_on=date(2020, 1, 1)),
        Collection(kind="results", started_on=LONG_AGO, ended_on=EVE),
        achievement(a, "paper", "甲"), training(a, "区培", "district", 1_000, date(2015, 1, 1)))
    found = read(program)
    assert (row(found, "A")["papers"], row(found, "B")["papers"], row(found, "C")["papers"]) == (1.0, 0.0, None)
    # No row for training: S1 collects it from its first record on, S2 never did.
    assert (row(found, "A")["hours_district"], row(found, "C")["hours_district"]) == (0.0, None)
    # Collected until the eve of the window, and mentoring by nobody at all.
    assert (row(found, "A")["contest_points"], row(found, "A")["mentees"]) == (None, None)


def test_a_short_time_on_post_is_scaled_and_named(program: Program) -> None:
    a = add_teacher(program, "A", valid_from=date(2025, 3, 1))
    add_teacher(program, "B")
    add(program, training(a, "区培", "district", 1_000), achievement(a, "paper", "甲"))
    found = read(program)
    assert found.months_on_post is not None
    assert found.months_on_post.tolist() == [18.0, 36.0]
    assert (row(found)["hours_district"], row(found)["papers"]) == (20.0, 2.0)


def test_long_leave_is_no_time_on_post(program: Program) -> None:
    a = add_teacher(program, "A", valid_to=date(2024, 9, 1))
    add(program, Employment(person_id=a, school_id=school_of(program), valid_from=date(2024, 9, 1),
                            category="full_time_teacher", status="long_leave"))
    months = read(program).months_on_post
    assert months is not None
    assert months.tolist() == [12.0]


def test_who_is_in_a_run(program: Program) -> None:
    add_teacher(program, "A")
    add_teacher(program, "OFFICE", category="administrator")
    add_teacher(program, "GONE", status="retired", left_on=END)
    add_teacher(program, "LEAVING", status="retired", left_on=date(2026, 9, 1))
    add_teacher(program, "NEW", valid_from=date(2026, 9, 1))
    assert read(program, date(2026, 9, 8)).staff_no == ("A", "LEAVING")


def test_a_later_change_moves_no_earlier_run(program: Program) -> None:
    a = add_teacher(program, "A")
    add_teacher(program, "B", "S2")
    add(program, training(a, "区培", "district", 1_000), achievement(a, "paper", "甲"))
    before = read(program)
    with program.begin(operator()) as work:
        work.session.execute(update(Employment).where(Employment.person_id == a).values(valid_to=date(2026, 9, 1)))
    add(program, Employment(person_id=a, school_id=school_of(program, "S2"), valid_from=date(2026, 9, 1),
                            category="administrator"),
        training(a, "后来", "district", 5_000, date(2026, 9, 1)), title(a, "leading_talent", date(2026, 9, 1)))
    after = read(program)
    assert after.staff_no == before.staff_no
    np.testing.assert_array_equal(after.values, before.values)


def test_statements_do_not_grow_with_the_district(program: Program) -> None:
    def count() -> int:
        seen: list[str] = []

        def note(*arguments: Any) -> None:
            seen.append(arguments[2])

        event.listen(program.engine, "before_cursor_execute", note)
        read(program)
        event.remove(program.engine, "before_cursor_execute", note)
        return len(seen)

    add_teacher(program, "A")
    before = count()
    for number in range(5):
        person = add_teacher(program, f"M{number}", f"S{number}")
        add(program, training(person, "区培", "district", 1_000), title(person, "new_talent", FIRST))
    assert count() == before
