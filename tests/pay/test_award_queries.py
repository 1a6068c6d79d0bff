"""What is read of splits: each within their reach, states by school, one's own sum explained, what waits."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from talent.core.access import Actor
from talent.core.errors import NotAllowed, NotFound
from talent.core.work import Program, Work
from talent.pay.awards import queries, waiting
from talent.pay.awards.writing import Extra
from tests.pay.office import YEAR, Office
from tests.pay.records import send
from tests.pay.splits import Splitting, a_locked_year
from tests.tiers.test_queries import statements


@pytest.fixture
def office(program: Program) -> Office:
    return a_locked_year(program)


@pytest.fixture
def school(office: Office) -> Splitting:
    return Splitting(office)


def teacher(office: Office, staff_no: str) -> Actor:
    return office.actor(f"teacher-{staff_no.lower()}", "teacher", staff_no=staff_no)


def view(program: Program, by: Actor, code: str = "A", number: int = 0) -> queries.SplitView:
    with program.read(by) as work:
        found = queries.split_view(work, YEAR, code, number=number)
        work.session.expunge_all()
        return found


def states(program: Program, by: Actor) -> list[tuple[str, int, int, str, int | None, int | None]]:
    with program.read(by) as work:
        return [(row.code, row.people, row.allotment_fen, row.state, row.submitted_fen, row.participants_fen)
                for row in queries.schools_of(work, YEAR)]


def test_a_school_reads_its_own_split_alone(program: Program, office: Office, school: Splitting) -> None:
    before = view(program, school.clerk)
    assert (before.split, before.left_fen, before.version) == (None, 4_400_000, 0)
    assert [(each.staff_no, each.months, each.fen) for each in before.ground.people] == [
        ("T1", 12, 2_400_000), ("T2", 10, 2_000_000)]
    school.draw()
    school.change("months", extras=[Extra("T4", "协助人员", 400_000)])
    found = view(program, school.head)
    assert [(row.staff_no, row.name, row.purpose, row.fen) for row in found.rows] == [
        ("T1", "林知微", "", 2_181_818), ("T2", "周明远", "", 1_818_182), ("T4", "许怀安", "协助人员", 400_000)]
    assert (found.left_fen, found.participants_fen, found.stale, found.version) == (0, 4_000_000, False, 2)
    assert [finding.code for finding in found.missing] == ["pay.award_notice_missing"] and found.minority == ()
    for by in (office.principal_of("B"), teacher(office, "T1")):
        with pytest.raises(NotFound):
            view(program, by)
    with pytest.raises(NotAllowed):
        view(program, office.actor("expert-1", "expert"))


def test_offices_read_every_school_and_how_far_it_is(program: Program, office: Office, school: Splitting) -> None:
    assert states(program, office.finance) == [
        ("A", 2, 4_400_000, "missing", None, None), ("B", 1, 2_400_000, "missing", None, None)]
    school.draw()
    school.change("months", extras=[Extra("T4", "协助人员", 400_000)])
    assert states(program, office.hr)[0][3] == "draft"
    school.notice()
    school.submit()
    assert states(program, office.leader)[0] == ("A", 2, 4_400_000, "submitted", 4_400_000, 4_000_000)
    assert states(program, office.principal_of("B")) == [("B", 1, 2_400_000, "missing", None, None)]
    assert states(program, teacher(office, "T1")) == []
    send(program, "T5", "A", "2021-07-01", name="沈与之")
    office.locked(office.compute())
    assert states(program, office.auditor)[0] == ("A", 3, 5_600_000, "stale", 4_400_000, 4_000_000)
    assert view(program, office.auditor).stale
    school.submitted()
    assert [view(program, office.auditor, number=number).awarded_fen for number in (1, 2)] == [4_400_000, 5_600_000]


def test_a_teacher_reads_their_own_sum_once_submitted(program: Program, office: Office, school: Splitting) -> None:
    def own(staff_no: str) -> list[queries.OwnAward]:
        with program.read(teacher(office, staff_no)) as work:
            return queries.own_awards(work)

    school.draw()
    school.change("months", extras=[Extra("T4", "协助人员", 400_000)])
    assert own("T1") == []
    school.notice()
    school.submit()
    (award,) = own("T1")
    assert (award.fen, award.weight, award.weights, award.fixed_fen, award.allotment_fen) == (
        2_181_818, Fraction(12), Fraction(22), 400_000, 4_400_000)
    (given,) = own("T4")
    assert (given.fen, given.purpose, given.weight) == (400_000, "协助人员", None)
    assert own("T3") == []


def test_the_sum_beside_a_receipt_is_told_within_reach(program: Program, office: Office, school: Splitting) -> None:
    with program.read(office.finance) as work:
        person_id = queries.split_view(work, YEAR, "A").ground.people[0].person_id

    def told(by: Actor) -> int | None:
        with program.read(by) as work:
            return queries.award_of(work, YEAR, person_id, "A")

    assert told(office.finance) is None
    school.submitted()
    assert [told(by) for by in (office.finance, school.head, teacher(office, "T1"))] == [2_400_000] * 3
    assert [told(by) for by in (office.principal_of("B"), teacher(office, "T2"))] == [None, None]


def test_what_waits_for_a_school_and_for_finance(program: Program, office: Office, school: Splitting) -> None:
    def mine(by: Actor) -> list[tuple[str, int, bool, bool]]:
        with program.read(by) as work:
            return [(each.code, each.fen, each.ready(work.today), each.mine) for each in waiting.to_split(work)]

    def missing() -> tuple[int, int]:
        with program.read(office.finance) as work:
            return waiting.missing_schools(work)

    assert mine(school.clerk) == [("A", 4_400_000, False, False)] and missing() == (YEAR, 2)
    assert mine(office.finance) == []
    school.draw()
    school.notice()
    assert (mine(school.clerk), mine(school.head)) == ([("A", 4_400_000, True, True)], [("A", 4_400_000, True, False)])
    school.submit()
    assert mine(school.clerk) == [] and missing() == (YEAR, 1)
    send(program, "T5", "A", "2021-07-01", name="沈与之")
    office.locked(office.compute())
    assert mine(school.clerk) == [("A", 5_600_000, False, False)] and missing() == (YEAR, 2)


@pytest.mark.parametrize("people", [2, 30])
def test_reading_costs_the_same_whatever_the_numbers(program: Program, people: int) -> None:
    for number in range(people):
        send(program, f"T{number:02}", f"A{number % 3}" if number else "A", "2021-01-01")
    office = Office(program)
    office.locked(office.compute())
    school = Splitting(office)
    school.submitted("equal")
    reads: dict[str, Callable[[Work], object]] = {
        "view": lambda work: queries.split_view(work, YEAR, "A"),
        "schools": lambda work: queries.schools_of(work, YEAR), "own": queries.own_awards,
        "to split": waiting.to_split, "missing": waiting.missing_schools,
    }
    by, found = {"own": teacher(office, "T00"), "to split": school.clerk}, {}
    for name, read in reads.items():
        with program.read(by.get(name, office.finance)) as work, statements(program) as sent:
            read(work)
        found[name] = len(sent)
    assert found == {"view": 8, "schools": 1, "own": 2, "to split": 2, "missing": 1}
