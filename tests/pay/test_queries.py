"""Who sees which lines, sums that agree, the conventions side by side, and a receipt that explains its sum."""

from datetime import date

import pytest
from sqlalchemy import event, select

from talent.core.access import Actor, Grant, operator
from talent.core.errors import NotAllowed, NotFound
from talent.core.work import Program
from talent.pay import chain_queries, commands, comparison, queries
from talent.pay.acts import acts_of
from talent.pay.book import answering_schools
from talent.pay.models import PayBatch, PayFinding
from talent.people.models import Person, School, SchoolPast
from tests import factories
from tests.pay.office import Office
from tests.pay.records import close, compute, ends, send


@pytest.fixture
def two_schools(program: Program) -> Program:
    """T1 of A the whole of 2021, T2 of B from 15 March, T3 first at A, then at B."""
    send(program, "T1", "A", "2021-01-01", appraisal="")
    send(program, "T2", "B", "2021-03-15")
    send(program, "T3", "A", "2021-03-01", "2021-06-30")
    send(program, "T3", "B", "2021-06-15", "2021-08-31")
    compute(program)
    return program


def principal(program: Program, code: str) -> Actor:
    return Actor(7, "principal", (Grant("principal", school_id=factories.add_school(program, code)),))


def teacher(program: Program, staff_no: str) -> Actor:
    return Actor(8, "teacher", (Grant("teacher", person_id=factories.add_person(program, staff_no)),))


def seen(program: Program, actor: Actor) -> list[tuple[str, str]]:
    with program.read(actor) as work:
        batch = queries.latest_batch(work, 2021)
        assert batch is not None
        rows, total = queries.lines(work, batch.id)
        assert total == len(rows)
        return [(row.staff_no, row.school_code) for row in rows]


def test_each_role_sees_its_own_lines(two_schools: Program) -> None:
    everything = [("T1", "A"), ("T3", "A"), ("T2", "B"), ("T3", "B")]
    for role in ("finance", "hr", "leader", "auditor"):
        assert seen(two_schools, Actor(9, role, (Grant(role),))) == everything
    assert seen(two_schools, operator()) == everything
    assert seen(two_schools, principal(two_schools, "A")) == [("T1", "A"), ("T3", "A")]
    assert seen(two_schools, teacher(two_schools, "T3")) == [("T3", "A"), ("T3", "B")]


def test_a_finding_leads_to_a_receipt_its_reader_may_open(program: Program) -> None:
    """T3 went from A to B: what is missing at B is told with the receipt at B, which is all that B may see."""
    send(program, "T3", "A", "2021-01-01", "2021-05-31")
    send(program, "T3", "B", "2021-06-01", "2021-12-31", appraisal="")
    batch_id = compute(program)
    for reader in (principal(program, "B"), operator(), teacher(program, "T3")):
        with program.read(reader) as work:
            rows, count = queries.findings(work, batch_id, code="pay.appraisal_missing")
            assert (count, [queries.receipt_view(work, row.line_id or 0).school_code for row in rows]) == (1, ["B"])


def test_a_finding_at_a_merged_school_leads_to_the_heir_s_receipt(program: Program) -> None:
    send(program, "T3", "A", "2021-01-01", "2021-05-31", appraisal="")
    close(program, "A", "2020-09-01", "B")
    batch_id = compute(program)
    with program.read(operator()) as work:
        rows, _ = queries.findings(work, batch_id, code="pay.appraisal_missing")
        assert [queries.receipt_view(work, row.line_id or 0).school_code for row in rows] == ["B"]
    with program.read(principal(program, "A")) as work:
        assert [row.line_id for row in queries.findings(work, batch_id, code="pay.appraisal_missing")[0]] == [None]


def test_a_school_is_called_as_in_the_year_of_the_batch(two_schools: Program) -> None:
    school_id = factories.add_school(two_schools, "A")
    person_id = factories.add_person(two_schools, "T3")
    with two_schools.begin(operator()) as work:
        work.session.add_all(SchoolPast(school_id=school_id, valid_to=day, name=name, kind="primary") for day, name in (
            (date(2021, 12, 31), "前名"), (date(2022, 1, 1), "当年名"), (date(2023, 9, 1), "后名")))
        work.session.add(PayFinding(batch_id=1, code="pay.no_record", clause="", params="{}", level="warning",
                                    person_id=person_id, school_id=school_id))
    with two_schools.read(operator()) as work:
        assert queries.school_total(work, 1, "A").name == "当年名"
        assert {row.school for row in queries.lines(work, 1, school_code="A")[0]} == {"当年名"}
        assert [row.school for row in queries.lines_of_person(work, person_id) if row.school_code == "A"] == ["当年名"]
        assert {row.school for row in queries.findings(work, 1, code="pay.no_record")[0]} == {"当年名"}
        line = queries.lines(work, 1, school_code="A")[0][0]
        assert queries.receipt_view(work, line.id).school == "当年名"
        acts = acts_of(work.session, work.session.get_one(PayBatch, 1))
        assert answering_schools(work.session, acts)[school_id] == ("A", "当年名")
    with two_schools.read(principal(two_schools, "A")) as work:
        assert chain_queries.school_part(work, 1, "A").name == "当年名"


def test_a_school_is_paid_for_as_what_it_was_that_year(program: Program) -> None:
    send(program, "T1", "A", "2021-01-01")
    send(program, "T2", "B", "2021-01-01")
    with program.begin(operator()) as work:
        for code, then, now in (("A", "primary", "kindergarten"), ("B", "kindergarten", "primary")):
            school = work.session.scalars(select(School).where(School.code == code)).one()
            school.kind = now
            work.session.add(SchoolPast(school_id=school.id, valid_to=date(2024, 9, 1), name="前名", kind=then))
    past, later = compute(program, 2021), compute(program, 2025)
    with program.read(operator()) as work:
        paid = [{row.staff_no for row in queries.lines(work, batch)[0] if row.fen} for batch in (past, later)]
    assert paid == [{"T1"}, {"T2"}]


@pytest.mark.parametrize("role", ["admin", "expert"])
def test_the_others_see_nothing(two_schools: Program, role: str) -> None:
    with pytest.raises(NotAllowed):
        seen(two_schools, Actor(9, role, (Grant(role),)))


def test_a_foreign_receipt_is_not_found(two_schools: Program) -> None:
    with two_schools.read(operator()) as work:
        batch = queries.latest_batch(work, 2021)
        assert batch is not None
        foreign = next(row.id for row in queries.lines(work, batch.id)[0] if row.staff_no == "T2")
    for actor in (principal(two_schools, "A"), teacher(two_schools, "T1")):
        with two_schools.read(actor) as work, pytest.raises(NotFound):
            queries.receipt_view(work, foreign)


def test_sums_agree_in_every_scope(two_schools: Program) -> None:
    for actor, fen in ((operator(), 5_600_000), (principal(two_schools, "B"), 2_400_000)):
        with two_schools.read(actor) as work:
            batch = queries.latest_batch(work, 2021)
            assert batch is not None
            totals = queries.totals(work, batch.id)
            schools = queries.school_totals(work, batch.id)
            assert totals.fen == sum(school.fen for school in schools) == fen
            assert totals.months == sum(school.months for school in schools)
            assert totals.schools == len(schools)
            assert comparison.sums(work, batch)["month_min_days"] == fen


def test_five_conventions_on_the_same_people(two_schools: Program) -> None:
    with two_schools.read(operator()) as work:
        batch = queries.latest_batch(work, 2021)
        assert batch is not None
        assert comparison.sums(work, batch) == {
            "month_min_days": 5_600_000, "month_any_day": 5_600_000, "month_full": 5_400_000,
            "month_partial": 5_509_677, "day": 2_400_000 + 1_920_000 + 1_209_863,
        }
        lines = comparison.lines(work, batch, queries.lines(work, batch.id)[0])
        assert sum(amounts["day"] for _, amounts in lines) == comparison.sums(work, batch)["day"]


def test_findings_reach_the_school_that_can_mend_them(two_schools: Program) -> None:
    """T1 of A has no appraisal; T3 was sent by B, the post being at A."""
    for actor, count in ((operator(), 2), (principal(two_schools, "A"), 1), (principal(two_schools, "B"), 1)):
        with two_schools.read(actor) as work:
            batch = queries.latest_batch(work, 2021)
            assert batch is not None
            assert sum(number for *_, number in queries.finding_counts(work, batch.id)) == count
            assert queries.findings(work, batch.id)[1] == count


def test_a_receipt_tells_a_school_nothing_found_at_another(two_schools: Program) -> None:
    """T3's line at A; what was found of T3 concerns the spell that B sent."""
    for actor, found in ((operator(), 1), (principal(two_schools, "A"), 0), (teacher(two_schools, "T3"), 1)):
        with two_schools.read(actor) as work:
            batch = queries.latest_batch(work, 2021)
            assert batch is not None
            line = next(row for row in queries.lines(work, batch.id)[0] if (row.staff_no, row.school_code) == (
                "T3", "A"))
            assert len(queries.receipt_view(work, line.id).findings) == found


def test_a_persons_lines_leave_replaced_runs_out(two_schools: Program) -> None:
    compute(two_schools)
    person_id = factories.add_person(two_schools, "T3")
    with two_schools.read(teacher(two_schools, "T3")) as work:
        rows = queries.lines_of_person(work, person_id)
    assert [(row.year, row.school_code, row.months, row.fen) for row in rows] == [
        (2021, "A", (3, 4, 5, 6), 800_000), (2021, "B", (7, 8), 400_000)]


def test_a_receipt_carries_everything_its_sum_came_from(two_schools: Program) -> None:
    with two_schools.read(operator()) as work:
        batch = queries.latest_batch(work, 2021)
        assert batch is not None
        row = next(row for row in queries.lines(work, batch.id)[0] if row.staff_no == "T2")
        view = queries.receipt_view(work, row.id)
    assert view.fen == 2_000_000 and view.months == tuple(range(3, 13))
    assert view.receipt["days"] == [["2021-03-15", "2021-12-31", "受援学校"]]
    assert view.others == {"month_min_days": 2_000_000, "month_any_day": 2_000_000, "month_full": 1_800_000,
                           "month_partial": 1_909_677, "day": 1_920_000}
    standard = view.parameters[0]
    assert (standard["value"], standard["basis"], standard["source"]["clause"]) == (2_400_000, "enacted", "三(四)")


def test_a_changed_staff_number_leaves_the_batch_as_it_was(two_schools: Program) -> None:
    person_id = factories.add_person(two_schools, "T1")
    with two_schools.begin(operator()) as work:
        person = work.session.get_one(Person, person_id)
        person.staff_no = "T1-new"
    with two_schools.read(operator()) as work:
        assert commands.verify(work.session) == []
        assert work.session.get_one(PayBatch, 1).total_fen == 5_600_000


def test_the_number_of_statements_does_not_grow_with_the_lines(program: Program) -> None:
    counted: list[int] = []
    event.listen(program.engine, "before_cursor_execute", lambda *_: counted.append(1))

    def statements() -> int:
        compute(program)
        counted.clear()
        with program.read(operator()) as work:
            batch = queries.latest_batch(work, 2021)
            assert batch is not None
            queries.batch_view(work, batch)
            queries.school_totals(work, batch.id)
            rows, _ = queries.lines(work, batch.id, limit=500)
            queries.findings(work, batch.id, limit=500)
            queries.receipt_view(work, rows[0].id)
        return len(counted)

    for number in range(10):
        send(program, f"T{number:03}", "S1", "2021-01-01", appraisal="")
    compute(program)
    few = statements()
    for number in range(10, 200):
        send(program, f"T{number:03}", "S1", "2021-01-01", appraisal="")
    assert statements() == few


def test_a_line_that_was_taken_back_says_so(two_schools: Program) -> None:
    """Of the locked year only what an adjustment reversed; of the adjustment nothing."""
    office = Office(two_schools)
    first = office.locked(office.compute())
    ends(two_schools, "T2", "2021-10-31")
    second = office.compute()
    office.locked(second)
    with two_schools.read(operator()) as work:
        rows = [(line.staff_no, line.school_code, line.reversed) for line in queries.lines(work, first)[0]]
        newer = {line.staff_no: line.reversed for line in queries.lines(work, second)[0]}
        back = queries.receipt_view(work, office.line(first, "T2"))
    assert rows == [("T1", "A", False), ("T3", "A", False), ("T2", "B", True), ("T3", "B", False)]
    assert (newer["T2"], back.reversed) == (False, True)
