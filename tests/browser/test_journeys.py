"""One journey per role, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from talent import worker
from talent.core.access import operator
from talent.core.work import Program
from talent.people.models import Appraisal, Person
from talent.sample import logins
from tests.browser.conftest import SEED, TEACHERS, TODAY, Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
LOGINS = {login.role: login for login in logins(seed=SEED, teachers=TEACHERS, today=TODAY)}


def test_the_hr_office_uploads_looks_and_accepts(visit: Visit, district: Program, tmp_path: Path) -> None:
    with district.read(operator()) as work:
        staff_no = work.session.scalars(select(Person.staff_no).order_by(Person.id)).first()
    sheet = tmp_path / "年度考核.csv"
    sheet.write_text(f"工号,年度,考核结果\n{staff_no},1999,优秀\n", encoding="utf-8-sig")
    hr = visit("hr")
    hr.open("/imports/")
    hr.page.set_input_files("input[type=file]", str(sheet))
    hr.page.locator("form[enctype='multipart/form-data'] button.btn-primary").click()
    assert worker.run_once(district)
    hr.page.reload()
    expect(hr.page.locator("main")).to_contain_text("新增")
    hr.page.locator("form[action$='/accept'] button").first.click()
    assert worker.run_once(district)
    hr.page.reload()
    expect(hr.page.locator("main")).to_contain_text("撤销")
    with district.read(operator()) as work:
        assert work.session.scalars(select(Appraisal.result).where(Appraisal.year == 1999)).all() == ["excellent"]
    assert hr.problems == []


def test_the_hr_office_finds_a_teacher_by_pinyin_and_reads_the_profile(visit: Visit, district: Program) -> None:
    with district.read(operator()) as work:
        name, pinyin = work.session.execute(
            select(Person.name, Person.pinyin).where(Person.staff_no == LOGINS["teacher"].staff_no)
        ).one()
    hr = visit("hr")
    hr.open(f"/people/?q={pinyin}")
    hr.page.get_by_role("link", name=name).first.click()
    expect(hr.page.locator("h1")).to_contain_text(name)
    assert hr.problems == []


def test_a_teacher_sees_only_the_own_record(visit: Visit, district: Program) -> None:
    teacher = visit("teacher")
    teacher.open("/people/mine")
    expect(teacher.page.locator("h1")).to_contain_text(LOGINS["teacher"].staff_no or "")
    response = teacher.page.goto(teacher.address + "/people/")
    assert response is not None and response.status == 403


def test_finance_computes_and_opens_a_receipt(visit: Visit) -> None:
    finance = visit("finance")
    finance.open("/pay/?year=2025")
    expect(finance.page.locator("main")).to_contain_text("2025")
    finance.page.locator("main a[href*='/pay/school/']").first.click()
    finance.page.locator("main a[href*='/pay/line/']").first.click()
    expect(finance.page.locator("h1")).to_contain_text("算账单")
    expect(finance.page.locator("main")).to_contain_text("人民币")
    assert finance.problems == []


def test_the_pyramid_opens_its_people_on_a_past_date(visit: Visit) -> None:
    hr = visit("hr")
    hr.open("/tiers/?on=2024-09-01")
    expect(hr.page.locator("body")).to_have_class(re.compile("is-past"))
    hr.page.locator("main a[href*='tier=district_subject_head']").first.click()
    expect(hr.page.locator("main table:visible a[href*='/people/']").first).to_be_visible()
    assert hr.problems == []


PAGES = {
    "hr": [
        "/home/",
        "/people/",
        "/tiers/",
        "/imports/",
        "/policy/",
        "/pay/?year=2025",
        "/policy/paired_assistance.yearly_amount",
        "/corrections/all",
    ],
    "teacher": ["/home/", "/people/mine", "/pay/mine", "/policy/", "/corrections/mine", "/corrections/new",
                "/corrections/new?kind=results"],
    "finance": ["/home/", "/pay/?year=2025", "/policy/"],
    "school": ["/home/", "/people/", "/imports/", "/pay/?year=2025", "/corrections/"],
    "admin": ["/home/", "/admin/accounts/", "/admin/accounts/new", "/account"],
    "auditor": ["/home/", "/people/", "/tiers/", "/imports/"],
}


@pytest.mark.parametrize("role", PAGES)
def test_no_page_is_wider_than_a_phone_and_none_complains(visit: Visit, role: str) -> None:
    phone = visit(role, 390, 844)
    wide = {}
    for path in PAGES[role]:
        phone.open(path)
        if phone.overflow() > 0:
            wide[path] = phone.overflow()
    assert (wide, phone.problems) == ({}, [])


#: Per picture of columns: how far it runs out of its frame to the left and to the right, in CSS pixels.
OUT_OF_FRAME = """() => [...document.querySelectorAll('.tl-scroll:has(> .tl-columns)')].map(frame => {
    const seen = frame.getBoundingClientRect(), drawn = frame.firstElementChild.getBoundingClientRect();
    return [Math.max(0, Math.round(seen.left - drawn.left)), Math.max(0, Math.round(drawn.right - seen.right))];
})"""


def test_a_phone_shows_every_column_of_the_year_and_the_latest_months(visit: Visit) -> None:
    phone = visit("leader", 390, 844)
    phone.open("/board/")
    *short, long = phone.page.evaluate(OUT_OF_FRAME)
    assert short == [[0, 0]] * 3, "tower, terms ending in a year, steps of hours"
    assert long[0] > 0 and long[1] == 0, "people away, month after month, begins at this month"


#: Whether the tabs in use lie within what is seen of their rows.
IN_SIGHT = """() => [...document.querySelectorAll('.tl-tabs > [aria-current]')]
    .map(tab => [tab.parentElement.getBoundingClientRect(), tab.getBoundingClientRect()])
    .map(([row, own]) => row.left <= own.left && own.right <= row.right)"""


def test_a_phone_shows_the_tab_in_use(visit: Visit) -> None:
    phone = visit("finance", 390, 844)
    phone.open("/assistance/budget?year=2021")
    assert (phone.page.evaluate(IN_SIGHT), phone.overflow()) == ([True, True], 0)


#: Of a picture as wide as a desk: how far its last bar, and its frame, reach in CSS pixels.
LAST_BAR = """() => {
    const frame = document.querySelector('.tl-scroll:has(> .is-full)');
    return [...frame.querySelectorAll('rect')].map(bar => bar.getBoundingClientRect().right)
        .reduce((a, b) => Math.max(a, b)) - frame.getBoundingClientRect().left;
}"""


def test_a_phone_begins_a_year_at_the_last_month_with_somebody(visit: Visit) -> None:
    """In 2025 everybody who was away came back in the summer; the months after it are empty."""
    phone = visit("hr", 390, 844)
    phone.open("/assistance/board?on=2025-06-30")
    assert 200 < phone.page.evaluate(LAST_BAR) < 390
