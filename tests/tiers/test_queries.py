"""The tower on both databases: terms, states, departures, scope, and a past that stays as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from talent.core.access import Actor, Grant, Scope, operator
from talent.core.errors import NotAllowed
from talent.core.periods import Period
from talent.core.work import Program
from talent.people.models import Employment, Person
from talent.tiers import comparison, queries
from talent.tiers.ledger import Chosen, Terms, read_ledger
from talent.tiers.models import Title, TitleState
from tests.factories import add_person, add_school

ON = date(2026, 9, 8)
EVERYBODY = Scope(everyone=True)


def add_title(program: Program, staff_no: str, tier: str = "district_subject_head", since: date = date(2025, 9, 1),
              until: date | None = None, *states: tuple[str, date | None], school_code: str = "S1") -> int:
    """A title with its later states; the person is made where needed. The person's id."""
    person_id = add_person(program, staff_no, name=f"师{staff_no}", school_code=school_code)
    with program.begin(operator()) as work:
        title = Title(person_id=person_id, tier=tier, recognised_on=since, term_from=since, term_to=until)
        title.states = [TitleState(state=state, changed_on=day) for state, day in states]
        work.session.add(title)
    return person_id


def leave(program: Program, person_id: int, on: date, back: date | None = None) -> None:
    """The person leaves, and may come back; the first period is cut as an import cuts it."""
    with program.begin(operator()) as work:
        first = work.session.scalars(select(Employment).where(Employment.person_id == person_id)).one()
        first.valid_to = on
        same = {"person_id": person_id, "school_id": first.school_id, "stage": "primary"}
        work.session.add(Employment(**same, valid_from=on, valid_to=back, status="transferred_out", left_on=on))
        if back:
            work.session.add(Employment(**same, valid_from=back))


def counts(program: Program, on: date = ON, actor: Actor | None = None) -> dict[str, int]:
    """Tiers with holders."""
    with program.read(actor or operator()) as work:
        return {row["tier"]: row["holders"] for row in queries.document(work, on)["tiers"] if row["holders"]}


@contextmanager
def statements(program: Program) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(*call: Any) -> None:
        if not call[2].startswith("BEGIN"):
            sent.append(call[2])

    event.listen(program.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(program.engine, "before_cursor_execute", note)


def test_the_document(program: Program) -> None:
    add_title(program, "T1", "new_talent")
    add_title(program, "T1", "famous_teacher")
    add_title(program, "T1", "special_grade", date(1999, 1, 1))
    add_title(program, "T2", "jinmen_teacher")
    with program.read(operator()) as work:
        told = queries.document(work, ON)
    assert list(told) == ["on", "tiers", "people"] and (told["on"], told["people"]) == ("2026-09-08", 2)
    assert [row["tier"] for row in told["tiers"]][:2] == ["leading_talent", "famous_teacher"]
    assert {row["tier"]: row["holders"] for row in told["tiers"] if row["holders"]} == {
        "famous_teacher": 1, "special_grade": 1, "jinmen_teacher": 1}
    assert len(told["tiers"]) == 11


@pytest.mark.parametrize(("on", "held"), [
    (date(2022, 8, 31), False), (date(2022, 9, 1), True), (date(2025, 8, 31), True), (date(2025, 9, 1), False),
])
def test_an_empty_end_is_the_tier_s_term(program: Program, on: date, held: bool) -> None:
    add_title(program, "T1", since=date(2022, 9, 1))
    assert bool(counts(program, on)) is held


def test_states_count_from_their_day_and_without_one_from_the_start(program: Program) -> None:
    add_title(program, "T1", "famous_teacher", date(2025, 9, 1), None, ("suspended", date(2026, 3, 1)),
              ("in_office", date(2026, 6, 1)))
    add_title(program, "T2", "new_talent", date(2025, 9, 1), None, ("revoked", None))
    assert [counts(program, day) for day in (date(2026, 2, 28), date(2026, 3, 1), ON)] == [
        {"famous_teacher": 1}, {}, {"famous_teacher": 1}]


def test_leaving_ends_a_title_for_good(program: Program) -> None:
    person = add_title(program, "T1", "famous_teacher", date(2024, 9, 1))
    leave(program, person, date(2025, 3, 1), back=date(2025, 9, 1))
    assert [bool(counts(program, day)) for day in (date(2025, 2, 28), date(2025, 3, 1), ON)] == [True, False, False]
    add_title(program, "T1", "new_talent", date(2025, 6, 1))
    assert [counts(program, day) for day in (date(2025, 7, 1), ON)] == [{}, {"new_talent": 1}]


def test_leaving_recorded_on_the_old_period_counts_from_its_day(program: Program) -> None:
    person = add_title(program, "T1")
    with program.begin(operator()) as work:
        post = work.session.scalars(select(Employment).where(Employment.person_id == person)).one()
        post.status, post.left_on = "retired", date(2026, 3, 1)
    assert [bool(counts(program, day)) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [True, False]


def test_a_past_date_keeps_its_answer(program: Program) -> None:
    """Whatever is recorded later: a state, a departure, a transfer, another title."""
    first = add_title(program, "T1", "famous_teacher", date(2024, 9, 1))
    second = add_title(program, "T2", "new_talent", date(2024, 9, 1))
    past = date(2025, 1, 1)
    school = Actor(9, "school", (Grant("school", school_id=add_school(program, "S1")),))
    before = counts(program, past), counts(program, past, school)
    leave(program, first, date(2026, 1, 1))
    elsewhere = add_school(program, "S2", "第二小学")
    with program.begin(operator()) as work:
        post = work.session.scalars(select(Employment).where(Employment.person_id == second)).one()
        post.valid_to = date(2026, 1, 1)
        work.session.add(Employment(person_id=second, school_id=elsewhere, valid_from=date(2026, 1, 1)))
        title = work.session.scalars(select(Title).where(Title.person_id == second)).one()
        title.states.append(TitleState(state="revoked", changed_on=date(2026, 2, 1)))
    add_title(program, "T2", "leading_talent", date(2026, 1, 1))
    assert (counts(program, past), counts(program, past, school)) == before == (
        {"famous_teacher": 1, "new_talent": 1},) * 2
    assert counts(program, ON, school) == {}


def test_a_school_sees_its_own_and_others_nothing(program: Program) -> None:
    add_title(program, "T1")
    add_title(program, "T2", school_code="S2")
    own = Actor(9, "school", (Grant("principal", school_id=add_school(program, "S2")),))
    assert counts(program, ON, own) == {"district_subject_head": 1}
    with program.read(own) as work:
        rows, total = queries.holders(work, ON, queries.TOWER)
        assert ([row.holder.staff_no for row in rows], total) == (["T2"], 1)
        assert [fact.staff_no for fact in queries.title_facts(work.session, ON, work.require("title:read"))] == ["T2"]
    with pytest.raises(NotAllowed):
        counts(program, ON, Actor(9, "finance", (Grant("finance"),)))


def test_lists_come_in_pages_and_count_a_person_at_the_highest(program: Program) -> None:
    for number in range(5):
        add_title(program, f"T{number}", "new_talent")
    add_title(program, "T3", "famous_teacher")
    with program.read(operator()) as work:
        rows, total = queries.holders(work, ON, "new_talent", offset=2, limit=2)
        assert ([row.holder.staff_no for row in rows], total) == (["T2", "T4"], 4)
        assert rows[0].term_end == date(2028, 8, 31) and rows[0].place.school == "第一小学"
        assert queries.holders(work, ON, "new_talent", chosen=Chosen(subject="数学"))[1] == 0
        assert queries.full_time_teachers(work.session, ON, EVERYBODY) == 5


def test_highest_titles_and_those_of_one_person(program: Program) -> None:
    first, second = add_title(program, "T1", "new_talent"), add_title(program, "T2", "special_grade")
    add_title(program, "T1", "famous_teacher", date(2020, 9, 1))
    with program.read(operator()) as work:
        assert queries.highest_titles(work.session, [first, second], ON) == {first: "new_talent"}
        assert queries.highest_titles(work.session, [], ON) == {}
        assert [title.fact.tier for title in queries.titles_of_person(work.session, first)] == [
            "new_talent", "famous_teacher"]


def test_two_dates_against_each_other(program: Program) -> None:
    add_title(program, "new", "new_talent", date(2026, 3, 1))
    add_title(program, "rose", "new_talent", date(2024, 9, 1))
    add_title(program, "rose", "famous_teacher", date(2026, 3, 1))
    add_title(program, "fell", "famous_teacher", date(2023, 3, 1))
    add_title(program, "fell", "new_talent", date(2025, 3, 1))
    add_title(program, "expired", "new_talent", date(2023, 3, 1))
    add_title(program, "revoked", "new_talent", date(2025, 3, 1), None, ("revoked", date(2026, 1, 1)))
    leave(program, add_title(program, "left", "new_talent", date(2025, 3, 1)), date(2026, 1, 1))
    add_title(program, "stays", "new_talent", date(2025, 3, 1))
    with program.read(operator()) as work:
        ledger, table = read_ledger(work.session, ON), queries.table_on(work.book, ON)
        sides = [comparison.side(ledger, day, table, EVERYBODY) for day in (date(2025, 9, 8), ON)]
        found = {change: [row.holder.staff_no for row in rows]
                 for change, rows in comparison.changes(ledger, *sides).items() if rows}
    assert found == {"new": ["new"], "rose": ["rose"], "fell": ["fell"], "expired": ["expired"],
                     "gone": ["left", "revoked"]}
    assert len(sides[1].seen) - len(sides[0].seen) == 1 - 3


@pytest.mark.parametrize("number", [10, 300])
def test_two_statements_for_any_number_of_titles(program: Program, number: int) -> None:
    school = add_school(program, "S1")
    with program.begin(operator()) as work:
        for at in range(number):
            person = Person(uid=f"u{at}", staff_no=f"T{at:03d}", name="师")
            work.session.add(person)
            work.session.flush()
            work.session.add(Employment(person_id=person.id, school_id=school, valid_from=date(2015, 9, 1)))
            work.session.add(Title(person_id=person.id, tier="new_talent", recognised_on=date(2025, 9, 1),
                                   term_from=date(2025, 9, 1), states=[TitleState(state="in_office")]))
    with program.read(operator()) as work, statements(program) as sent:
        assert len(queries.title_facts(work.session, ON, EVERYBODY)) == number
        assert len(sent) == 2


@pytest.mark.parametrize(("since", "until", "ends"), [
    (date(2023, 9, 9), None, True), (date(2023, 9, 8), None, False),  # the tier's 36 months: last day 09-08, 09-07
    (date(2023, 12, 7), None, True), (date(2023, 12, 9), None, False),
    (date(2020, 1, 1), date(2026, 9, 8), True), (date(2020, 1, 1), date(2026, 9, 7), False),
    (date(2026, 1, 1), date(2026, 12, 7), True), (date(2026, 1, 1), date(2026, 12, 8), False),
])
def test_titles_ending(program: Program, since: date, until: date | None, ends: bool) -> None:
    add_title(program, "T1", "new_talent", since, until)
    add_title(program, "T2", "special_grade", since, None)
    with program.read(operator()) as work:
        rows, _table = queries.titles_ending(work.session, Period(ON, date(2026, 12, 8)), work.book, EVERYBODY)
    assert [row.holder.staff_no for row in rows] == ["T1"] * ends


def test_a_ledger_of_some_days_answers_as_a_whole_one(program: Program) -> None:
    """What is left out was over before; who left before and came back is remembered."""
    for number in range(40):
        since = date(2018, 1, 1) + timedelta(83 * number)
        add_title(program, f"T{number}", "new_talent", since, None if number % 2 else since + timedelta(900))
    leave(program, add_title(program, "gone", "famous_teacher", date(2023, 9, 1)), date(2023, 10, 1), date(2024, 1, 1))
    days = [date(2024, 9, 1) + timedelta(61 * place) for place in range(13)]
    with program.read(operator()) as work:
        table, tables = queries.table_on(work.book, ON), queries.tables_of(work.book)
        whole = read_ledger(work.session, ON)
        some = read_ledger(work.session, terms=Terms(ON, since=days[0], tables=tables))
    assert len(some.titles) < len(whole.titles)
    for day in days:
        found = some.in_force(day, table, EVERYBODY)
        assert found == whole.in_force(day, table, EVERYBODY)
        assert [some.place(title.holder.person_id, day) for title in found] == [
            whole.place(title.holder.person_id, day) for title in found]
