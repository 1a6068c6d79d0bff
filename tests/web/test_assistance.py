"""The calendar of assistance on the site: by person, school and host; a school sees its own people."""

import re

import pytest

from talent.core.work import Program
from talent.exchange import entries
from tests.browser_client import Site, text
from tests.exchange.test_entries import HR, ROWS, added, district
from tests.tiers.test_queries import statements
from tests.web.test_corrections import plain

__all__ = ["district"]
HOME = "/assistance/calendar"


@pytest.fixture
def away(district: Program) -> Program:
    """T1 twice at once and then a gap, T2 from autumn on; T3 of another school."""
    added(district, "assistance", started_on="2025-09-01", ended_on="2026-03-31")
    added(district, "assistance", started_on="2026-03-01", ended_on="2026-04-30", host="河东小学")
    added(district, "assistance", started_on="2026-06-01", ended_on="2026-06-30", host="河东小学")
    with district.begin(HR) as work:
        entries.add(work, "assistance", {**ROWS["assistance"], "staff_no": "T2", "started_on": "2026-12-01",
                                         "kind": "区域发展共同体"}, "补录")
    added(district, "assistance", staff_no="T3", sending_school_code="S2", started_on="2026-01-01",
          ended_on="2026-05-31")
    return district


def test_overlaps_and_gaps_stand_in_words_and_pictures(site: Site, away: Program) -> None:
    page = text(site.sign_in("hr").get(f"{HOME}?year=2026&on=2026-12-31"))
    assert "2026 年支教日历" in page and "截至 2026-12-31，3 人" in plain(page)
    assert "重叠 2026-03-01 至 2026-03-31" in plain(page) and "间隔 2026-05-01 至 2026-05-31" in plain(page)
    assert page.count('class="twice" x="16.16%"') == 1 and 'class="gap" x="32.88%"' in page
    assert re.findall(r'href="/records/assistance/(\d+)\?', page) == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(("query", "names"), [
    ("only=overlap", ["张三"]), ("only=gap", ["张三"]), ("month=5", ["王五"]), ("month=12", ["李四"]),
    ("kind=community", ["李四"]), ("school=S2", ["王五"]), ("host=河东小学", ["张三"]), ("q=T3", ["王五"]),
    ("month=13&only=x&year=1&_scheme=x&endpoint=x", ["张三", "李四", "王五"]), ("year=2027", ["李四"]),
    ("year=2019", []),
])
def test_the_calendar_is_narrowed(site: Site, away: Program, query: str, names: list[str]) -> None:
    page = text(site.sign_in("hr").get(f"{HOME}?on=2026-12-31&{query}"))
    assert [name for name in ("张三", "李四", "王五") if f">{name}</a>" in page] == names


def test_a_past_date_knows_only_what_had_begun(site: Site, away: Program) -> None:
    hr = site.sign_in("hr")
    page = text(hr.get(f"{HOME}?on=2026-04-01"))
    assert "截至 2026-04-01，2 人" in plain(page) and "李四" not in page and "有间隔 0 人" in plain(page)


def test_months_open_their_people(site: Site, away: Program) -> None:
    hr = site.sign_in("hr")
    page = text(hr.get(f"{HOME}/hosts?on=2026-12-31&year=2026"))
    found = [address.replace("&amp;", "&") for address in re.findall(r'href="([^"]+)" tabindex="-1"', page)]
    assert [re.findall(r"month=(\d+)", address)[0] for address in found] == [
        "1", "2", "3", "4", "5", "12", "3", "4", "6"]
    assert "2026-05-01 至 2026-05-31" in page
    opened = text(hr.get(found[6]))
    assert ">张三</a>" in opened and ">王五</a>" not in opened
    schools = text(hr.get(f"{HOME}/schools?on=2026-12-31&year=2026&only=gap"))
    assert plain(schools).count("2026-07-01 至 2026-11-30") == 1 and "S2" not in schools.split("<tbody>")[1]


def test_the_day_opens_who_is_away_on_it(site: Site, away: Program) -> None:
    hr = site.sign_in("hr")
    board = text(hr.get("/assistance/board?on=2026-03-15"))
    assert "当天在外 2 人" in plain(board) and "合计 0 2 2" in plain(board)
    rows = re.findall(r'<td class="key">(.*?)</td>.*?<b>(.*?)</b>', board, re.S)
    assert [(host, re.sub(r"<[^>]+>", "", number)) for host, number in rows] == [("柳河小学", "2"), ("河东小学", "1")]
    link = re.findall(r'href="([^"]+)"', rows[0][1])[0].replace("&amp;", "&")
    opened = text(hr.get(link))
    assert [name for name in ("张三", "李四", "王五") if f">{name}</a>" in opened] == ["张三", "王五"]
    empty = text(hr.get("/assistance/board?on=2025-08-31"))
    assert "当天在外 0 人" in plain(empty) and "这一天没有人在外支教" in empty and "没有登记预算" in empty


def test_the_board_of_a_school_is_its_own_and_takes_few_statements(site: Site, away: Program) -> None:
    school = site.sign_in("school", school_code="S2")
    assert "当天在外 1 人" in plain(text(school.get("/assistance/board?on=2026-03-15")))
    assert site.sign_in("teacher", staff_no="T1").get("/assistance/board").status_code == 403
    hr = site.sign_in("hr")

    def count() -> int:
        with statements(away) as sent:
            assert hr.get("/assistance/board?on=2026-03-15").status_code == 200
        return len(sent)

    few = count()
    for number in range(12):
        added(away, "assistance", staff_no="T2", started_on=f"2026-{number + 1:02d}-02", ended_on="2026-12-30",
              host=f"{number} 号学校")
    assert count() == few <= 12, few


def test_everybody_sees_their_own(site: Site, away: Program) -> None:
    for role, school, seen in (("school", "S1", ["张三", "李四"]), ("principal", "S2", ["王五"]),
                               ("finance", None, ["张三", "李四", "王五"])):
        browser = site.sign_in(role, **({"school_code": school} if school else {}))
        for path in ("", "/schools", "/hosts"):
            page = text(browser.get(f"{HOME}{path}?on=2026-12-31&year=2026"))
            if not path:
                assert [name for name in ("张三", "李四", "王五") if name in page] == seen
            assert f"，{len(seen)} 人" in plain(page)
    assert site.sign_in("expert").get(HOME).status_code == site.sign_in("admin").get(HOME).status_code == 403


def test_a_fuller_calendar_takes_no_more_statements(site: Site, away: Program) -> None:
    hr = site.sign_in("hr")

    def counts() -> list[int]:
        found = []
        for path in ("", "/schools", "/hosts"):
            with statements(away) as sent:
                hr.get(f"{HOME}{path}?on=2026-12-31&year=2026")
            found.append(len(sent))
        return found

    few = counts()
    for number in range(12):
        added(away, "assistance", staff_no="T2", started_on=f"2026-{number + 1:02d}-02", ended_on="2026-12-30",
              host=f"{number} 号学校")
    assert counts() == few and max(few) <= 5, few
