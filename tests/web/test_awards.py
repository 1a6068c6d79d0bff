"""A school splits its allotment on the pages: two persons, its own alone, and what each reader sees of it."""

import re
from datetime import date
from io import BytesIO

import pytest

from talent.core.access import operator
from talent.core.work import Program
from talent.pay.awards.writing import Extra
from talent.people.models import School
from tests.browser_client import Browser, Site, text
from tests.pay.office import Office
from tests.pay.records import send
from tests.pay.splits import NOTICE, Splitting, a_locked_year
from tests.tiers.test_queries import statements

URL = "/pay/awards/2021/A"
PUT_UP = {"start": NOTICE[0].isoformat(), "end": NOTICE[1].isoformat(), "where": "校务公开栏"}


COSTS = {"list": 3, "split": 10, "edit": 10, "home": 12}


@pytest.fixture
def office(program: Program) -> Office:
    return a_locked_year(program)


@pytest.fixture
def school(office: Office) -> Splitting:
    return Splitting(office)


@pytest.fixture
def clerk(site: Site, school: Splitting) -> Browser:
    return enter(site, school.clerk.name)


@pytest.fixture
def head(site: Site, school: Splitting) -> Browser:
    return enter(site, school.head.name)


def enter(site: Site, name: str) -> Browser:
    browser = site.browser()
    assert browser.sign_in(name).status_code == 303
    return browser


def unseen(browser: Browser, url: str) -> dict[str, str]:
    """What the form of a page carries unseen."""
    page = text(browser.get(url))
    return {name: found.group(1) for name in ("version", "seal", "method")
            if (found := re.search(rf'name="{name}"[^>]*value="([^"]*)"', page))}


def fill(browser: Browser, act: str, **fields: object) -> str:
    """An act with a page of its own: done it answers nothing, refused its page."""
    answer = browser.submit(f"{URL}/{act}", {**unseen(browser, f"{URL}/{act}"), **fields})
    return "" if answer.status_code == 303 else text(answer)


def test_from_the_draft_to_the_submission(clerk: Browser, head: Browser, school: Splitting) -> None:
    page = text(clerk.get(URL))
    for shown in ("44,000.00", "总量已锁定，还没有分配", "林知微", "按计入月数", "逐人填写", "假定"):
        assert shown in page, shown
    assert "分配 2021 年激励金" in text(clerk.get("/home/"))
    assert clerk.act(f"{URL}/draw", method="months", version=0).location == URL
    page = text(clerk.get(URL))
    assert "24,000.00" in page and "54.5%" in page and "人民币肆万肆仟元整" in page and "签字" in page
    assert fill(clerk, "edit", extra_no="T4", extra_purpose="协助人员", extra_fen="4,000") == ""
    assert school.sums() == {"T1": 2_181_818, "T2": 1_818_182, "T4": 400_000}
    assert fill(clerk, "notice", **PUT_UP, note="无异议") == ""
    assert "协助人员" in text(clerk.get(URL)) and clerk.get(f"{URL}/submit").status_code == 200
    assert "作分配的人不能自己提交" in fill(clerk, "submit") and school.states() == ["draft"]
    assert "提交 2021 年激励金分配" in text(head.get("/home/"))
    assert "人民币肆万肆仟元整" in text(head.get(f"{URL}/submit"))
    assert fill(head, "submit") == "" and school.states() == ["submitted"]
    page = text(head.get(URL))
    assert "已提交" in page and "撤回草案" not in page and f'{URL}/edit"' not in page
    assert "2021 年激励金" not in text(head.get("/home/"))


def test_another_school_and_other_roles_are_kept_out(site: Site, school: Splitting, office: Office) -> None:
    school.submitted()
    stranger = enter(site, Splitting(office, "B").clerk.name)
    for path in ("", "/edit", "/notice", "/notice/1"):
        assert stranger.get(URL + path).status_code == 404, path
    for act in ("draw", "withdraw"):
        assert stranger.act(f"{URL}/{act}", method="months").status_code == 404
    page = text(stranger.get("/pay/awards"))
    assert "/pay/awards/2021/B" in page and "/pay/awards/2021/A" not in page
    for role in ("admin", "expert"):
        assert site.sign_in(role).get("/pay/awards").status_code == 403
    auditor = site.sign_in("auditor")
    assert auditor.get(URL).status_code == 200 and auditor.act(f"{URL}/draw", method="months").status_code == 403


def test_a_teacher_reads_the_own_sum_alone(site: Site, school: Splitting) -> None:
    school.submitted()
    teacher = site.sign_in("teacher", staff_no="T2", school_code="A")
    assert teacher.get("/pay/awards").location == "/pay/awards/mine"
    page = text(teacher.get("/pay/awards/mine"))
    assert "44,000.00 元 × 本人 10 ÷ 全体 22" in page and "20,000.00" in page
    assert "林知微" not in page and "24,000.00" not in page
    assert teacher.get(URL).status_code == 404
    own = re.search(r"/pay/line/\d+", text(teacher.get("/pay/mine")))
    assert own and "/pay/awards/mine" in text(teacher.get(own.group()))


def test_what_the_school_gave_stands_beside_what_it_was_given_for_one(site: Site, school: Splitting) -> None:
    """What counts towards the school's sum is not what one gets: both are said, and where the second comes from."""
    school.draw()
    teacher = site.sign_in("teacher", staff_no="T2", school_code="A")
    before = text(teacher.get("/pay/mine"))
    assert "计入学校总量（元）" in before and "学校还没有提交分配" in before
    school.change("months", extras=[Extra("T4", "代课", 440_000)])
    school.notice()
    school.submit()
    after = text(teacher.get("/pay/mine"))
    assert "20,000.00" in after and '<a class="tl-fig" href="/pay/awards/mine">18,000.00</a>' in after


def test_a_teacher_of_whom_nothing_was_decided_is_told_so(site: Site, school: Splitting) -> None:
    school.draw()
    assert "学校还没有分给您的" in text(site.sign_in("teacher", staff_no="T1", school_code="A").get("/pay/awards/mine"))


def typed(first: str, second: str) -> dict[str, list[str]]:
    """The values typed beside T1 and T2."""
    return {"served_no": ["T1", "T2"], "served_value": [first, second]}


def test_sums_and_points_are_typed_person_by_person(clerk: Browser, school: Splitting) -> None:
    assert clerk.act(f"{URL}/draw", method="by_hand", version=0).location == f"{URL}/edit"
    assert fill(clerk, "edit", **typed("24,000.00", "19999.99")) == ""
    assert school.sums() == {"T1": 2_400_000, "T2": 1_999_999} and "还差 0.01 元" in text(clerk.get(URL))
    assert "44,000.00" in fill(clerk, "submit") and school.states() == ["draft"]
    assert clerk.act(f"{URL}/draw", method="points", version=2).location == f"{URL}/edit"
    assert fill(clerk, "edit", **typed("2.5", "7.5")) == ""
    assert school.sums() == {"T1": 1_100_000, "T2": 3_300_000}


@pytest.mark.parametrize(("method", "fields", "told"), [
    ("by_hand", typed("24000", "20,000.00x"), "20,000.00x"),
    ("by_hand", typed("24000.001", "1"), "24000.001"),
    ("by_hand", typed("-5", "1"), "-5"),
    ("by_hand", {"served_no": "T9", "served_value": "5"}, "T9"),
    ("months", {"extra_no": "T9", "extra_purpose": "协助人员", "extra_fen": "5"}, "T9"),
    ("months", {"extra_no": "T4", "extra_purpose": " ", "extra_fen": "5"}, "T4"),
    ("months", {"extra_no": "T4", "extra_purpose": "协助人员", "extra_fen": "99999"}, "99999"),
], ids=["letters", "part of a fen", "less than nothing", "who did not serve", "a stranger", "no purpose", "above all"])
def test_what_cannot_be_taken_stays_typed_and_is_explained(
    clerk: Browser, school: Splitting, method: str, fields: dict[str, object], told: str
) -> None:
    school.draw(method)
    before = school.sums()
    page = fill(clerk, "edit", **fields)
    assert "tl-summary" in page and told in page and school.sums() == before


def test_a_version_that_is_past_is_a_conflict(clerk: Browser, school: Splitting) -> None:
    school.draw()
    old = unseen(clerk, f"{URL}/edit")
    school.change("months", extras=[Extra("T4", "协助人员", 100)])
    assert clerk.submit(f"{URL}/edit", old).status_code == 409
    assert clerk.act(f"{URL}/withdraw", version=old["version"]).status_code == 409
    assert school.sums()["T4"] == 100


def test_a_minority_for_those_who_served_needs_its_reason(clerk: Browser, head: Browser, school: Splitting) -> None:
    school.draw()
    school.change("months", extras=[Extra("T4", "管理人员", 3_000_000)])
    school.notice()
    assert "主要用于" in text(clerk.get(URL))
    page = fill(head, "submit")
    assert "理由" in page and school.states() == ["draft"]
    assert fill(head, "submit", reason="教代会通过") == ""
    assert "教代会通过" in text(clerk.get(URL))


def test_the_notice_is_kept_and_handed_out(site: Site, clerk: Browser, school: Splitting) -> None:
    school.draw()
    assert "不是 PDF、JPG 或 PNG" in fill(clerk, "notice", **PUT_UP, scan=(BytesIO(b"<svg onload=x>"), "公示.pdf"))
    assert fill(clerk, "notice", **PUT_UP, scan=(BytesIO(b"%PDF-1.7 x"), "公示.pdf")) == ""
    assert f"{URL}/notice/1" in text(clerk.get(URL))
    assert fill(clerk, "notice", **PUT_UP, note="无异议") == ""
    kept = site.sign_in("finance").get(f"{URL}/notice/1")
    assert kept.data == b"%PDF-1.7 x" and kept.headers["Content-Disposition"].startswith("attachment")
    assert clerk.get(f"{URL}/notice/2").status_code == 404
    school.change("months", extras=[Extra("T4", "协助人员", 100)])
    assert clerk.get(f"{URL}/notice/1").status_code == 404


def test_a_notice_too_short_is_refused_with_the_day_it_may_end(clerk: Browser, school: Splitting) -> None:
    school.draw()
    page = fill(clerk, "notice", start="2026-09-07", end="2026-09-08", where="校务公开栏")
    assert "2026-09-14" in page and "校务公开栏" in page


def test_how_far_all_schools_are(site: Site, school: Splitting, office: Office) -> None:
    finance = site.sign_in("finance")
    assert "2 所未分配" in text(finance.get("/home/"))
    school.submitted()
    Splitting(office, "B").draw()
    page = text(finance.get("/pay/awards"))
    for shown in ("68,000.00", "已提交", "分配草案", "100.0%"):
        assert shown in page, shown
    assert "/pay/awards/2021/B" not in text(finance.get("/pay/awards?state=submitted"))
    assert "1 所未分配" in text(finance.get("/home/"))
    assert "/pay/awards?year=2021" in text(finance.get("/pay/?year=2021"))
    assert finance.get("/pay/awards?year=1999").status_code == 404


def test_a_year_without_anything_locked(site: Site) -> None:
    assert "还没有可以分配的" in text(site.sign_in("finance").get("/pay/awards"))
    assert site.sign_in("hr").get(URL).status_code == 404


def test_a_page_costs_the_same_whatever_it_lists(site: Site, program: Program, school: Splitting) -> None:
    """Statements of a page, of two people and two schools, then of many more."""
    school.draw()
    assert asked(site, program, school) == COSTS
    for number in range(4):
        send(program, f"M{number}", "A", "2022-01-01")
        send(program, f"N{number}", f"S{number}", "2022-01-01")
    school.office.locked(school.office.compute(year=2022))
    more = Splitting(school.office, year=2022)
    more.draw()
    assert len(more.sums()) == 6
    assert asked(site, program, more) == COSTS


def asked(site: Site, program: Program, school: Splitting) -> dict[str, int]:
    url, finance, clerk = f"/pay/awards/{school.year}/A", site.sign_in("finance"), enter(site, school.clerk.name)
    found = {}
    for name, browser, path in (("list", finance, f"/pay/awards?year={school.year}"), ("split", clerk, url),
                                ("edit", clerk, f"{url}/edit"), ("home", clerk, "/home/")):
        browser.get(path)
        with statements(program) as sent:
            assert browser.get(path).status_code == 200
        found[name] = len(sent)
    return found


def test_a_school_s_code_changes_after_the_year_was_computed(site: Site, program: Program, school: Splitting) -> None:
    """The run keeps the old one; the pages still open, and lead to the school by the one it has now."""
    school.submitted()
    with program.begin(operator()) as work:
        work.session.get_one(School, school.school_id).code = "Z1"
    finance = site.sign_in("finance")
    assert "24,000.00" in text(finance.get("/pay/compare?year=2021"))
    page = text(finance.get("/pay/line/1"))
    links = [link for link in re.findall(r'href="([^"]+)"', page) if "Z1" in link]
    assert sorted(links) == ["/pay/awards/2021/Z1", "/pay/school/Z1?year=2021"]
    assert {finance.get(link).status_code for link in links} == {200} and "派出 A " in page


def test_the_notice_over_leads_to_the_submission(head: Browser, school: Splitting) -> None:
    school.draw()
    school.notice((date(2026, 9, 1), date(2026, 9, 8)))
    assert "办完 2021 年激励金分配" in text(head.get("/home/"))
    assert "公示" in fill(head, "submit") and school.states() == ["draft"]
