"""The tower on the site: every number opens its people, a date is a date, and each role sees its own."""

import re

import pytest

from talent.core.work import Program
from tests.browser_client import Site, text
from tests.tiers.test_queries import add_title, date, statements

TOWER = "/tiers/"


@pytest.fixture
def district(program: Program) -> Program:
    """A small tower in two schools."""
    add_title(program, "T1", "famous_teacher")
    add_title(program, "T2", "new_talent")
    add_title(program, "T3", "new_talent", date(2023, 12, 1), None, school_code="S2")
    add_title(program, "T3", "special_grade", date(2010, 1, 1), None, school_code="S2")
    add_title(program, "T4", "new_talent", date(2022, 9, 1))
    return program


def names(page: str) -> list[str]:
    """Who stands in the list of people."""
    people = page[page.index('id="people"'):]
    return re.findall(r"师T\d+", people[:people.index("</table>")])


def test_each_number_opens_its_people(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    page = text(hr.get(TOWER))
    assert names(page) == ["师T1", "师T2", "师T3"]
    assert "tier=famous_teacher" in page and "假定" in page and "塔旁另计" in page
    assert names(text(hr.get(f"{TOWER}?tier=new_talent"))) == ["师T2", "师T3"]
    assert names(text(hr.get(f"{TOWER}?tier=special_grade"))) == ["师T3"]
    assert names(text(hr.get(f"{TOWER}?tier=ending"))) == ["师T3"]
    assert names(text(hr.get(f"{TOWER}?change=expired"))) == []
    assert names(text(hr.get(f"{TOWER}?change=new&with=2025-08-01"))) == ["师T1", "师T2"]
    assert names(text(hr.get(f"{TOWER}?change=expired&with=2025-08-01"))) == ["师T4"]


def test_another_day_another_tower(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    page = text(hr.get(f"{TOWER}?on=2024-09-01"))
    assert names(page) == ["师T3", "师T4"] and "回到今天" in page


@pytest.mark.parametrize(("on", "septembers"), [
    ("2010-01-01", []), ("2010-09-01", ["2010"]), ("2012-05-01", ["2010", "2011"]),
    ("2014-09-01", ["2010", "2011", "2012", "2013", "2014"]),
])
def test_the_first_years_there_was_a_tower(site: Site, district: Program, on: str, septembers: list[str]) -> None:
    answer = site.sign_in("hr").get(f"{TOWER}?on={on}")
    assert answer.status_code == 200
    towers = text(answer).partition("近五年的塔")[2].partition("</section>")[0]
    assert re.findall(r"[?&;]on=(\d{4})-09-01", towers) == septembers


def test_a_condition_narrows_every_number(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    assert names(text(hr.get(f"{TOWER}?stage=primary&ownership=public"))) == ["师T1", "师T2", "师T3"]
    assert names(text(hr.get(f"{TOWER}?stage=senior"))) == []
    assert len(names(text(hr.get(f"{TOWER}?stage=unheard-of")))) == 3


@pytest.mark.parametrize("role", ["leader", "auditor"])
def test_who_sees_the_district(site: Site, district: Program, role: str) -> None:
    assert names(text(site.sign_in(role).get(TOWER))) == ["师T1", "师T2", "师T3"]


@pytest.mark.parametrize("role", ["school", "principal"])
def test_a_school_sees_its_own(site: Site, district: Program, role: str) -> None:
    assert names(text(site.sign_in(role, school_code="S2").get(TOWER))) == ["师T3"]


@pytest.mark.parametrize("role", ["finance", "admin", "expert"])
def test_who_sees_nothing(site: Site, district: Program, role: str) -> None:
    assert site.sign_in(role).get(TOWER).status_code == 403


def test_a_teacher_is_led_to_the_own_record(site: Site, district: Program) -> None:
    assert site.sign_in("teacher", staff_no="T1").get(TOWER).status_code in (303, 403)


def test_an_empty_district_is_told_so(site: Site) -> None:
    assert "没有人" in text(site.sign_in("hr").get(TOWER))


def test_the_page_costs_the_same_for_every_district(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    with statements(district) as few:
        hr.get(TOWER)
    for number in range(20):
        add_title(district, f"T1{number}", "new_talent")
    with statements(district) as many:
        hr.get(TOWER)
    assert len(few) == len(many) <= 9
