"""The list of people: on a date, within a scope, searched, sorted, paged; at the same cost for ten as for hundreds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event

from talent.core.access import Actor, Grant, operator
from talent.core.errors import NotAllowed, NotFound
from talent.core.work import Program
from talent.people.models import Employment, Person, PersonAlias
from talent.people.names import initials_of, pinyin_of
from talent.people.record import profile_of, record_of
from talent.people.search import Criteria, find_people, schools_offered, subjects_offered
from tests.factories import add_school

ON = date(2026, 9, 8)
MOVED = date(2025, 9, 1)
HR = Actor(1, "hr", (Grant("hr"),))
ID_NUMBER = "12010019900101001X"


def join(program: Program, staff_no: str, name: str, *periods: dict[str, object], **person: object) -> int:
    """A person with the employments given; each names its ``school``."""
    schools = {str(period["school"]): add_school(program, str(period["school"])) for period in periods}
    with program.begin(operator()) as work:
        known = Person(uid=f"uid-{staff_no}", staff_no=staff_no, name=name, pinyin=pinyin_of(name),
                       initials=initials_of(name), **person)
        work.session.add(known)
        work.session.flush()
        for period in periods:
            facts = {"stage": "primary", "subject": "语文", **period}
            facts["school_id"] = schools[str(facts.pop("school"))]
            work.session.add(Employment(person_id=known.id, **facts))
        return known.id


@contextmanager
def counted(program: Program) -> Iterator[list[str]]:
    """The SELECT statements sent meanwhile."""
    seen: list[str] = []

    def note(*args: object) -> None:
        if str(args[2]).lstrip().startswith("SELECT"):
            seen.append(str(args[2]))

    event.listen(program.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(program.engine, "before_cursor_execute", note)


@pytest.fixture
def staff(program: Program) -> Program:
    """A few people: one who moved, one on long leave, one who left, one who will leave, rare characters."""
    join(program, "0001", "单晓云", {"school": "S1", "valid_from": date(2015, 9, 1), "valid_to": MOVED},
         {"school": "S2", "valid_from": MOVED, "professional_title": "senior"},
         id_number_index=program.vault.index(ID_NUMBER))
    join(program, "0002", "张𠮷", {"school": "S1", "valid_from": date(2018, 9, 1), "professional_title": "first",
                                  "status": "long_leave"})
    join(program, "0003", "张三", {"school": "S1", "valid_from": None, "subject": "数学", "stage": "junior",
                                  "professional_title": "full_senior"})
    join(program, "B-4", "阿依古丽·买买提", {"school": "S2", "valid_from": date(2020, 9, 1), "valid_to": MOVED},
         {"school": "S2", "valid_from": MOVED, "status": "retired", "left_on": MOVED})
    join(program, "0005", "李四", {"school": "S2", "valid_from": date(2010, 9, 1), "status": "transferred_out",
                                  "left_on": date(2026, 12, 1)})
    return program


def names(program: Program, actor: Actor = HR, on: date = ON, sort: str = "staff_no", **criteria: str) -> list[str]:
    with program.read(actor) as work:
        return [row.name for row in find_people(work, on, Criteria(**criteria), sort=sort)[0]]


def test_everybody_in_service_on_the_date(staff: Program) -> None:
    assert names(staff) == ["单晓云", "张𠮷", "张三", "李四"]
    assert names(staff, on=date(2025, 8, 31)) == ["单晓云", "张𠮷", "张三", "李四", "阿依古丽·买买提"]
    assert names(staff, on=date(2012, 1, 1)) == ["张三", "李四"]
    assert names(staff, on=date(2026, 12, 1)) == ["单晓云", "张𠮷", "张三"]


def test_a_past_date_shows_the_school_of_that_day(staff: Program) -> None:
    with staff.read(HR) as work:
        [today] = find_people(work, ON, Criteria(words="单"))[0]
        [before] = find_people(work, date(2025, 8, 31), Criteria(words="单"))[0]
    assert today.professional_title == "senior"
    assert before.professional_title == ""
    assert names(staff, school_code="S1", on=date(2025, 8, 31), words="单") == ["单晓云"]
    assert names(staff, school_code="S1", words="单") == []


def test_a_school_sees_its_own_people_of_the_date(staff: Program) -> None:
    office = Actor(2, "school", (Grant("school", school_id=add_school(staff, "S1")),))
    assert names(staff, office) == ["张𠮷", "张三"]
    assert names(staff, office, on=date(2025, 8, 31)) == ["单晓云", "张𠮷", "张三"]


@pytest.mark.parametrize("role", ["teacher", "finance", "admin", "expert"])
def test_without_the_right_there_is_no_list(staff: Program, role: str) -> None:
    with staff.read(Actor(3, role, (Grant(role, person_id=1),))) as work, pytest.raises(NotAllowed):
        find_people(work, ON, Criteria())


@pytest.mark.parametrize(("words", "found"), [
    ("张", ["张𠮷", "张三"]), ("张三", ["张三"]), ("三", []), ("shan", ["单晓云"]), ("ShanXiao", ["单晓云"]),
    ("shan xiao", ["单晓云"]), ("sxy", ["单晓云"]), ("zs", ["张三"]), ("000", ["单晓云", "张𠮷", "张三", "李四"]),
    ("0003", ["张三"]), ("3", []), ("%", []), ("_", []), ("old-7", ["李四"]), (" 李四 ", ["李四"]),
    ("张\U0010ffff", []), ("'", []),
])
def test_words_are_looked_for_from_their_beginning(staff: Program, words: str, found: list[str]) -> None:
    with staff.begin(operator()) as work:
        person = work.session.query(Person).filter_by(staff_no="0005").one()
        work.session.add(PersonAlias(person_id=person.id, kind="staff_no", value="old-7", replaced_at=work.now))
    assert names(staff, words=words) == found


def test_an_id_number_is_found_whole_and_by_the_office_only(staff: Program) -> None:
    assert names(staff, words=ID_NUMBER) == ["单晓云"]
    assert names(staff, words=ID_NUMBER.lower()) == ["单晓云"]
    assert names(staff, words=ID_NUMBER[:17]) == []
    for role in ("leader", "auditor"):
        assert names(staff, Actor(4, role, (Grant(role),)), words=ID_NUMBER) == []
    clerk = Actor(5, "school", (Grant("school", school_id=add_school(staff, "S2")),))
    assert names(staff, clerk, words=ID_NUMBER) == []


@pytest.mark.parametrize(("criteria", "found"), [
    ({"stage": "junior"}, ["张三"]), ({"subject": "数学"}, ["张三"]), ({"professional_title": "first"}, ["张𠮷"]),
    ({"status": "long_leave"}, ["张𠮷"]), ({"status": "retired"}, ["阿依古丽·买买提"]),
    ({"status": "on_post"}, ["单晓云", "张三", "李四"]), ({"status": "transferred_out"}, []),
    ({"school_code": "S1", "stage": "primary"}, ["张𠮷"]),
])
def test_filters(staff: Program, criteria: dict[str, str], found: list[str]) -> None:
    assert names(staff, **criteria) == found


def test_sorting(staff: Program) -> None:
    assert names(staff, sort="name") == ["李四", "单晓云", "张三", "张𠮷"]
    assert names(staff, sort="professional_title")[:3] == ["张三", "单晓云", "张𠮷"]
    assert names(staff, sort="-staff_no")[0] == "李四"
    assert names(staff, sort="nonsense") == names(staff, sort="school")


def test_what_can_be_chosen_is_what_the_actor_sees(staff: Program) -> None:
    office = Actor(2, "school", (Grant("school", school_id=add_school(staff, "S1")),))
    with staff.read(office) as work:
        assert [code for code, _ in schools_offered(work, ON)] == ["S1"]
        assert subjects_offered(work, ON) == ["数学", "语文"] or subjects_offered(work, ON) == ["语文", "数学"]


def test_pages_hold_everybody_once(program: Program) -> None:
    for number in range(7):
        join(program, f"T{number}", "同名", {"school": "S1", "valid_from": date(2020, 9, 1)})
    with program.read(HR) as work:
        pages = [find_people(work, ON, Criteria(), sort="name", offset=start, limit=3) for start in (0, 3, 6, 9)]
    assert [len(rows) for rows, _ in pages] == [3, 3, 1, 0]
    assert {total for _, total in pages} == {7}
    assert [row.staff_no for rows, _ in pages for row in rows] == [f"T{number}" for number in range(7)]


@pytest.mark.parametrize("people", [10, 300])
def test_the_list_costs_two_statements(program: Program, people: int) -> None:
    _crowd(program, people)
    with program.read(HR) as work, counted(program) as seen:
        rows, total = find_people(work, ON, Criteria(words="T"), limit=50)
    assert (len(seen), len(rows), total) == (2, min(people, 50), people)


def _crowd(program: Program, people: int) -> None:
    school_id = add_school(program, "S1")
    with program.begin(operator()) as work:
        crowd = [Person(uid=f"u{number}", staff_no=f"T{number:04}", name="同名") for number in range(people)]
        work.session.add_all(crowd)
        work.session.flush()
        work.session.add_all(Employment(person_id=person.id, school_id=school_id, valid_from=date(2020, 9, 1))
                             for person in crowd)


# ── one person ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_out_of_sight_is_as_missing_as_one_unknown(staff: Program) -> None:
    office = Actor(2, "school", (Grant("school", school_id=add_school(staff, "S1")),))
    with staff.read(HR) as work:
        moved = find_people(work, ON, Criteria(words="单"))[0][0].id
    with staff.read(office) as work:
        assert profile_of(work, moved, date(2025, 8, 31)).name == "单晓云"
        for person_id in (moved, 999_999):
            with pytest.raises(NotFound):
                profile_of(work, person_id, ON)


def test_personal_numbers_are_for_the_office_and_the_person(staff: Program) -> None:
    me = Actor(6, "me", (Grant("teacher", person_id=1),))
    readers = {"hr": HR, "me": me, "auditor": Actor(7, "a", (Grant("auditor"),)),
               "school": Actor(8, "s", (Grant("school", school_id=add_school(staff, "S2")),))}
    told = {}
    for name, actor in readers.items():
        with staff.read(actor) as work:
            told[name] = profile_of(work, 1, ON).personal is not None
    assert told == {"hr": True, "me": True, "auditor": False, "school": False}


def test_a_day_before_the_person_came_has_no_post(staff: Program) -> None:
    with staff.read(HR) as work:
        assert profile_of(work, 2, date(2010, 1, 1)).post is None


def test_a_career_tells_nothing_later_than_the_date(staff: Program) -> None:
    with staff.read(HR) as work:
        before = record_of(work, 1, date(2025, 8, 31)).stays
        after = record_of(work, 1, ON).stays
    assert [(stay.spell.valid_from, stay.spell.valid_to) for stay in before] == [(date(2015, 9, 1), None)]
    assert [(stay.spell.valid_from, stay.spell.valid_to) for stay in after] == [
        (date(2015, 9, 1), MOVED), (MOVED, None)]
