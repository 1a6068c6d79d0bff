"""Every number about people opens the people it counts, on both databases: the lists add up to the board."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest

from talent.core.access import Actor, Grant, operator
from talent.core.errors import NotAllowed, NotFound
from talent.core.work import Program
from talent.indicators import people as people_queries
from talent.indicators.queries import Board, board
from talent.indicators.rules import STAGES, TEACHER_INDICATORS, amount_of
from talent.people.models import Exchange, Person, School
from talent.tiers.models import Title
from talent.training.models import Training
from tests.indicators.test_queries import ON, add, add_pupils, add_school, add_teacher, id_of

LISTED = (*people_queries.LISTS, *people_queries.FLAGS)


@pytest.fixture
def town(program: Program) -> Iterator[Program]:
    """Two primary schools and one of nine years; every kind of teacher, some of them in two schools."""
    p1, p2, n1 = add_school(program, "P1"), add_school(program, "P2"), add_school(program, "N1", "nine_year")
    add_pupils(program, p1, primary=100)
    add_pupils(program, p2, primary=200)
    add_pupils(program, n1, primary=100, junior=100)
    proof = {"certificate_kind": "小学教师资格", "quota_type": "staffed"}
    add_teacher(program, "A", p1, subject="体育", **proof)
    add_teacher(program, "B", p1, teaching_schools="P1；P2；N1", subject="音乐", **proof)
    add_teacher(program, "C", p2, since=date(2022, 9, 1), schooling="", quota_type="contract")
    add_teacher(program, "D", n1, stage="junior", schooling="associate", subject="", quota_type="dispatched")
    add_teacher(program, "E", n1, stage="", **proof)
    add_teacher(program, "F", p1, category="administrator", subject="美术", quota_type="staffed")
    add_teacher(program, "G", n1, stage="junior", subject="美术", teaching_schools="N1；P1；P10", **proof)
    add_school(program, "P10")
    title = {"recognised_on": date(2023, 1, 1), "term_from": date(2023, 1, 1)}
    for key, tier in (("A", "district_subject_head"), ("A", "special_grade"), ("B", "famous_teacher"),
                      ("C", "new_talent"), ("F", "special_grade"), ("G", "district_subject_head")):
        add(program, Title(person_id=id_of(program, Person, key), tier=tier, **title))
    add(program,
        Training(person_id=id_of(program, Person, "A"), name="培训", level="district", ended_on=ON,
                 hours_hundredths=36_000),
        Training(person_id=id_of(program, Person, "B"), name="培训", level="district", ended_on=ON,
                 hours_hundredths=35_999),
        Exchange(person_id=id_of(program, Person, "A"), from_school_id=p1, to_school_id=p2,
                 started_on=date(2024, 9, 1)),
        Exchange(person_id=id_of(program, Person, "C"), from_school_id=p2, to_school_id=p1,
                 started_on=date(2024, 9, 1)))
    yield program


def looked_at(program: Program) -> Board:
    with program.read(operator()) as work:
        return board(work, ON)


def names(program: Program, what: str, *, counted: bool = True, school: str = "") -> list[str]:
    with program.read(operator()) as work:
        found = people_queries.people(work, ON, what, counted=counted, school=school)
    assert len(found.rows) == (found.counted if counted else found.others)
    return [row.member.staff_no for row in found.rows]


@pytest.mark.parametrize(("what", "counted", "others"), [
    ("hours", ["A"], ["D", "G", "B", "C"]),
    ("certified", ["G", "A", "B"], ["D", "C"]),
    ("eligible", ["D", "G", "A", "B"], ["C"]),
    ("exchanged", ["A", "C"], ["D", "G", "B"]),
    ("exchanged_backbone", ["A"], ["C"]),
    ("eligible_backbone", ["A"], ["G", "B"]),
    ("backbone", ["G", "A", "B", "F"], []),
    ("staffed", ["E", "G", "A", "B", "F"], []),
    ("beyond", ["D", "C"], []),
    ("no_quota_type", [], []),
    ("no_stage", ["E"], []),
    ("no_schooling", ["C"], []),
    ("no_subject", ["D"], []),
    ("no_certificate", ["D", "C"], []),
])
def test_who_is_behind_a_number(town: Program, what: str, counted: list[str], others: list[str]) -> None:
    assert names(town, what) == counted
    assert names(town, what, counted=False) == others


def test_the_lists_add_up_to_the_rates(town: Program) -> None:
    counts = looked_at(town).counts
    sizes = {what: (len(names(town, what)), len(names(town, what, counted=False))) for what in people_queries.LISTS}
    assert (sizes["hours"][0], sum(sizes["hours"])) == (counts.reaching_hours, counts.teachers)
    assert (sizes["certified"][0], sum(sizes["certified"])) == (counts.certified, counts.teachers)
    assert (sizes["eligible"][0], sum(sizes["eligible"])) == (counts.eligible, counts.teachers)
    assert sizes["exchanged"][0] == counts.exchanged
    assert (sizes["exchanged_backbone"][0], sum(sizes["exchanged_backbone"])) == (
        counts.exchanged_backbone, counts.exchanged)
    assert sum(sizes["eligible_backbone"]) == counts.eligible_backbone
    assert sizes["backbone"][0] == counts.backbone


def test_the_people_of_a_school_add_up_to_its_amount(town: Program) -> None:
    found = looked_at(town)
    seen: list[Fraction] = []
    with town.read(operator()) as work:
        for school in found.records.schools:
            for stage in STAGES:
                for row in found.policy.thresholds:
                    if row.code not in TEACHER_INDICATORS or not school.pupils.get(stage):
                        continue
                    people = people_queries.teachers_behind(work, found, row.code, school.code, stage)
                    listed = sum((each.member.share() for each in people if each.member.counted), Fraction(0))
                    assert listed == amount_of(school.facts, stage, row, found.policy), (school.code, stage, row.code)
                    seen.append(listed)
    assert sorted(seen) == sorted(map(Fraction, (
        # P1: A and B for schooling, backbone, music and PE; P2: B; N1 primary: B; N1 junior: G
        "4/3", "4/3", "4/3", "1/3", "1/3", "1/3", "1/3", "1/3", "1/3", "1/3", "1/3", "1/3")))


def test_a_code_within_another_is_another_school(town: Program) -> None:
    with town.read(operator()) as work:
        found = board(work, ON)
        at_p1 = people_queries.teachers_behind(work, found, "schooling", "P1", "junior")
        at_p10 = people_queries.teachers_behind(work, found, "schooling", "P10", "primary")
    assert [each.member.staff_no for each in at_p1] == ["G"]
    assert at_p10 == ()


def test_a_list_tells_what_the_number_asks(town: Program) -> None:
    with town.read(operator()) as work:
        (hours,) = people_queries.people(work, ON, "hours").rows
        moved = people_queries.people(work, ON, "exchanged")
        titled = people_queries.people(work, ON, "backbone", school="P1").rows
    assert hours.hours == 36_000
    assert [(row.move.on if row.move else None, row.since) for row in moved.rows] == [
        (date(2024, 9, 1), date(2010, 9, 1)), (date(2024, 9, 1), date(2022, 9, 1))]
    assert set(moved.schools.values()) == {"P1", "P2"}
    assert [[held.fact.tier for held in row.titles] for row in titled] == [
        ["district_subject_head", "special_grade"], ["famous_teacher"], ["special_grade"]]


def test_a_page_at_a_time(town: Program) -> None:
    with town.read(operator()) as work:
        found = people_queries.people(work, ON, "staffed", offset=3, limit=1)
    assert ([row.member.staff_no for row in found.rows], found.counted) == (["B"], 5)
    assert names(town, "staffed", school="N1") == ["E", "G"]


def test_a_number_that_is_not_about_people_has_no_list(town: Program) -> None:
    with town.read(operator()) as work, pytest.raises(NotFound):
        people_queries.people(work, ON, "staff")


@pytest.mark.parametrize("what", LISTED)
def test_names_are_for_those_who_may_see_everybody(program: Program, what: str) -> None:
    school = add_school(program, "S")
    for role in ("teacher", "principal", "finance"):
        actor = Actor(1, role, (Grant(role, school_id=school, person_id=1),))
        with program.read(actor) as work, pytest.raises(NotAllowed):
            people_queries.people(work, ON, what)
    assert id_of(program, School, "S") == school
