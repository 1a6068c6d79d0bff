"""The board on the site: each number opens its people, the date is a date, a report is made and fetched."""

import re

import pytest

from talent import worker
from talent.core.work import Program
from tests.browser_client import Browser, Site, text
from tests.reports.district import add_district
from tests.tiers.test_queries import add_title, statements

BOARD = "/board/"


@pytest.fixture
def district(program: Program) -> Program:
    add_district(program)
    return program


def page(browser: Browser, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200, text(response)
    return text(response)


def names(shown: str) -> list[str]:
    people = shown[shown.index('id="people"'):]
    return re.findall(r"师T\d+", people[:people.index("</table>")])


def test_every_picture_has_a_finding_an_axis_and_a_table(site: Site, district: Program) -> None:
    shown = page(site.sign_in("leader"), BOARD)
    headings = re.findall(r"<h2>(.*?)</h2>", shown)
    assert headings == [
        "塔上 1 人，与 2019-09-01 一样多", "2026 年有 1 个称号任期届满，8 月最多，1 个",
        "50.0% 的人近五年满 360 学时，3 所学校中 1 所人人都满", "1 人不满 360 学时，其中 1 人只差 60 以内",
        "2026-09 有 1 人在外帮扶支教，与一年前一样多"]
    assert shown.count("<summary>表格</summary>") == 5 and "假定" in shown and "人，各年 9 月 1 日" in shown


@pytest.mark.parametrize(("query", "there"), [
    ("of=met&key=S1", ["师T1"]), ("of=short&key=S1", ["师T2"]), ("of=short&key=S3", ["师T4"]),
    ("of=unrecorded", ["师T4"]), ("of=step&key=30000", ["师T2"]), ("of=step&key=36000", ["师T1", "师T3"]),
    ("of=away&key=2025-09&part=paired", ["师T1"]), ("of=away&key=2025-09&part=community", []),
    ("of=ending&key=8&part=famous_teacher", ["师T1"]), ("of=ending&key=9&part=famous_teacher", []),
])
def test_a_number_opens_its_people(site: Site, district: Program, query: str, there: list[str]) -> None:
    assert names(page(site.sign_in("hr"), f"{BOARD}people?{query}")) == there


@pytest.mark.parametrize("query", [
    "", "of=nothing", "of=met&key=S9", "of=step&key=1", "of=away&key=2020-01&part=paired", "of=away&key=2025-09",
    "of=ending&key=13&part=new_talent", "of=ending&key=8&part=none",
])
def test_a_number_that_is_not_shown_is_not_found(site: Site, district: Program, query: str) -> None:
    assert site.sign_in("hr").get(f"{BOARD}people?{query}").status_code == 404


def test_every_link_of_the_pictures_opens(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    links = set(re.findall(r'href="(/board/people\?[^"]+|/tiers/\?[^"]+)"', page(hr, BOARD)))
    assert len(links) >= 12
    for link in links:
        assert hr.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_past_date_has_its_own_board(site: Site, district: Program) -> None:
    shown = page(site.sign_in("hr"), f"{BOARD}?on=2024-09-01")
    assert "塔上 2 人，比 2017-09-01 多 2 人" in shown and "2024 年没有称号任期届满" in shown


def test_the_board_costs_the_same_for_every_district(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    with statements(district) as few:
        page(hr, BOARD)
    for number in range(20):
        add_title(district, f"X{number}", "new_talent")
    with statements(district) as many:
        page(hr, BOARD)
    assert len(few) == len(many) == 8


def test_a_report_is_asked_for_waited_for_and_fetched(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    assert "还没有生成过报告" in page(hr, f"{BOARD}reports")
    assert hr.act(f"{BOARD}reports").location == f"{BOARD}reports"
    waiting = page(hr, f"{BOARD}reports")
    assert "等待生成" in waiting and "下载 PDF" not in waiting
    job = re.search(r'data-poll="(/jobs/\d+)"', waiting)
    assert job is not None and hr.get(job.group(1)).json["next"] is None
    worker.run_once(district)
    assert hr.get(job.group(1)).json["next"] == f"{BOARD}reports"
    link = re.search(r'href="(/board/reports/\d+)"', page(hr, f"{BOARD}reports"))
    assert link is not None
    fetched = hr.get(link.group(1))
    assert fetched.mimetype == "application/pdf" and fetched.data.startswith(b"%PDF-")
    assert "attachment" in fetched.headers["Content-Disposition"]
    for role in ("leader", "auditor"):
        assert site.sign_in(role).get(link.group(1)).status_code == 404


def test_those_who_may_find_the_board_from_their_tasks(site: Site, district: Program) -> None:
    assert f'href="{BOARD}"' in page(site.sign_in("hr"), "/home/")
    assert f'href="{BOARD}"' not in page(site.sign_in("school"), "/home/")
