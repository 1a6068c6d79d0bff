"""Schools over time: what they were called, which were open, who worked there."""

from datetime import date

import pytest
from sqlalchemy import event

from talent.core.access import Actor, Grant, Scope, operator
from talent.core.errors import NotAllowed, NotFound
from talent.core.work import Program
from talent.people import record, search, standing
from talent.people.models import Employment, School, SchoolPast
from talent.people.names_of_schools import Past, renamed
from talent.people.schools import SchoolCriteria, find_schools, heirs, names_on, open_schools, school_on
from tests.factories import add_person, add_school

LAST = Past(None, "丙", "nine_year")
PASTS = (Past(date(2010, 9, 1), "甲", "primary", id=1), Past(date(2020, 9, 1), "乙", "primary", id=2))
ON = date(2026, 9, 8)


@pytest.mark.parametrize(("said", "effective", "last", "added", "changed"), [
    ({"name": "丁"}, date(2026, 9, 1), {"name": "丁"}, (date(2026, 9, 1), "丙"), []),
    ({"name": "丙"}, date(2026, 9, 1), {}, None, []),
    ({"name": "丁"}, date(2020, 9, 1), {"name": "丁"}, None, []),
    ({"name": "丁"}, date(2015, 9, 1), {}, (date(2015, 9, 1), "乙"), [(2, {"name": "丁"})]),
    ({"kind": "junior"}, date(2005, 9, 1), {}, (date(2005, 9, 1), "甲"),
     [(1, {"kind": "junior"}), (2, {"kind": "junior"})]),
    ({"name": "乙", "kind": "primary"}, date(2015, 9, 1), {}, None, []),
], ids=["after all", "the same name", "on a day it changed", "into history", "until that next changed", "as it was"])
def test_a_rename_keeps_what_came_before_and_what_comes_after(
    said: dict[str, str], effective: date, last: dict[str, str], added: tuple[date, str] | None,
    changed: list[tuple[int, dict[str, str]]],
) -> None:
    done = renamed(PASTS, LAST, said, effective)
    assert dict(done.last) == last
    assert (None if done.added is None else (done.added.valid_to, done.added.name)) == added
    assert [(past.id, dict(values)) for past, values in done.changed] == changed


@pytest.fixture
def district(program: Program) -> dict[str, int]:
    """S1 was called 甲 until 2020; S2 merged into it in 2024; S3 opens in 2027; two people at S1, one left."""
    ids = {code: add_school(program, code, name) for code, name in
           (("S1", "丙校"), ("S2", "并走的小学"), ("S3", "将来的小学"))}
    for number in ("T1", "T2", "T3"):
        add_person(program, number, f"人{number}", "S1")
    with program.begin(operator()) as work:
        work.session.add(SchoolPast(school_id=ids["S1"], valid_to=date(2020, 9, 1), name="甲校", kind="junior"))
        merged = work.session.get_one(School, ids["S2"])
        merged.closed_on, merged.merged_into_id = date(2024, 9, 1), ids["S1"]
        work.session.get_one(School, ids["S3"]).opened_on = date(2027, 9, 1)
        posts = work.session.query(Employment).order_by(Employment.id).all()
        posts[1].quota_type = "contract"
        posts[2].status, posts[2].left_on = "retired", date(2025, 1, 1)
    return ids


def listed(program: Program, on: date, **criteria: str) -> list[tuple[str, str, str]]:
    with program.read(operator()) as work:
        rows, total = find_schools(work, on, SchoolCriteria(**criteria))
    assert total == len(rows)
    return [(row.code, row.name, row.kind) for row in rows]


def test_a_past_list_has_the_names_and_the_schools_of_its_day(program: Program, district: dict[str, int]) -> None:
    assert listed(program, date(2019, 1, 1)) == [("S1", "甲校", "junior"), ("S2", "并走的小学", "primary")]
    assert listed(program, date(2020, 8, 31))[0] == ("S1", "甲校", "junior")
    assert listed(program, date(2020, 9, 1))[0] == ("S1", "丙校", "primary")
    assert listed(program, ON) == [("S1", "丙校", "primary")]
    assert listed(program, ON, state="closed") == [("S2", "并走的小学", "primary")]
    assert len(listed(program, ON, state="all")) == 2 and len(listed(program, date(2028, 1, 1))) == 2


def test_a_list_is_searched_by_the_names_and_kinds_of_its_day(program: Program, district: dict[str, int]) -> None:
    assert [row[0] for row in listed(program, date(2019, 1, 1), words="甲")] == ["S1"]
    assert listed(program, ON, words="甲") == [] and [row[0] for row in listed(program, ON, words="S1")] == ["S1"]
    assert [row[0] for row in listed(program, date(2019, 1, 1), kind="junior")] == ["S1"]
    assert listed(program, ON, kind="junior") == [] and listed(program, ON, words="%") == []


def test_staff_are_those_in_service_that_day(program: Program, district: dict[str, int]) -> None:
    with program.read(operator()) as work:
        now, then = (find_schools(work, on, SchoolCriteria())[0][0] for on in (ON, date(2024, 12, 31)))
    assert (now.staffed, now.others, now.unsaid, now.staff) == (1, 1, 0, 2)
    assert (then.staffed, then.staff) == (2, 3)


def test_one_school_tells_nothing_later_than_the_day(program: Program, district: dict[str, int]) -> None:
    with program.read(operator()) as work:
        early, late = (school_on(work, district["S1"], on) for on in (date(2019, 1, 1), ON))
        gone, then = (school_on(work, district["S2"], on) for on in (ON, date(2024, 8, 31)))
        with pytest.raises(NotFound):
            school_on(work, district["S3"], ON)
    assert [(called.name, called.since, called.until) for called in late.names] == [
        ("甲校", None, date(2020, 9, 1)), ("丙校", date(2020, 9, 1), None)]
    assert [called.name for called in early.names] == ["甲校"] and early.absorbed == ()
    assert late.absorbed == ((district["S2"], "并走的小学", date(2024, 9, 1)),)
    assert gone.successor == (district["S1"], "丙校") and gone.row.closed_on == date(2024, 9, 1)
    assert then.successor is None and then.row.closed_on is None


def test_people_stand_at_the_school_as_it_was_called_that_day(program: Program, district: dict[str, int]) -> None:
    then_on = date(2019, 1, 1)
    with program.read(operator()) as work:
        then, now = (search.find_people(work, on, search.Criteria())[0][0] for on in (then_on, ON))
        assert (then.school, now.school) == ("甲校", "丙校")
        stand = {on: standing.standings(work.session, on, Scope(everyone=True))[0].school for on in (then_on, ON)}
        assert stand == {then_on: "甲校", ON: "丙校"}
        profile = record.profile_of(work, now.id, then_on)
        assert profile.post is not None and profile.post.school == "甲校"
        assert [name for _, name in search.schools_offered(work, date(2019, 1, 1))] == ["甲校"]
        assert open_schools(work.session, date(2019, 1, 1)) == [("S1", "甲校"), ("S2", "并走的小学")]
        assert names_on(work.session, [district["S1"]], ON) == {district["S1"]: "丙校"}
        assert heirs(work.session, district["S1"]) == {district["S1"], district["S2"]}


def test_a_school_office_reads_its_own_school_and_teachers_none(program: Program, district: dict[str, int]) -> None:
    office = Actor(7, "office", (Grant("school", school_id=district["S1"]),))
    with program.read(office) as work:
        assert [row.code for row in find_schools(work, date(2019, 1, 1), SchoolCriteria())[0]] == ["S1"]
        with pytest.raises(NotFound):
            school_on(work, district["S2"], ON)
    with program.read(Actor(8, "teacher", (Grant("teacher", person_id=1),))) as work, pytest.raises(NotAllowed):
        find_schools(work, ON, SchoolCriteria())


@pytest.mark.parametrize("more", [1, 40])
def test_the_list_takes_two_statements_however_long(program: Program, district: dict[str, int], more: int) -> None:
    for number in range(more):
        add_school(program, f"N{number:03}", f"小学{number}")
    statements: list[str] = []
    with program.read(operator()) as work:
        event.listen(program.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        find_schools(work, ON, SchoolCriteria(), limit=10)
    assert len([text for text in statements if text.startswith("SELECT")]) == 2
