"""The forecast on the site: sums by the rules of pay, nominations apart, every number opens its people."""

import re
from datetime import date

import pytest

from talent.core.access import Actor, Grant
from talent.core.work import Program
from talent.exchange import nomination_lists, nominations
from talent.pay.budgets import queries
from tests import factories
from tests.browser_client import Site, text
from tests.conftest import Clock
from tests.exchange.test_entries import HR, added, district
from tests.tiers.test_queries import statements
from tests.web.test_corrections import plain

__all__ = ["district"]
HOME = "/assistance/forecast"
NEXT = 2027


def nominate(program: Program, by: Actor, staff_no: str, start: str = "2027-03-01", end: str = "2027-12-31") -> int:
    with program.begin(by) as work:
        return nominations.nominate(work, {"staff_no": staff_no, "host": "河东小学", "kind": "结对帮扶",
                                           "started_on": start, "ended_on": end}, "自愿报名")


def clerk_of(program: Program, code: str) -> Actor:
    return Actor(None, "school", (Grant("school", school_id=factories.add_school(program, code)),))


@pytest.fixture
def planned(district: Program) -> Program:
    """T1 away with no end, T3 of another school until June; T2 nominated from March, T1 to come back at the end of
    that month. The clock stands in September 2026."""
    record_id = added(district, "assistance", started_on="2026-09-01").record_id
    added(district, "assistance", staff_no="T3", sending_school_code="S2", started_on="2026-09-01",
          ended_on="2027-06-30")
    clerk = clerk_of(district, "S1")
    nominate(district, clerk, "T2")
    with district.begin(clerk) as work:
        version = nominations.own_assignment(work, record_id).version
        nominations.propose_end(work, record_id, version, date(2027, 3, 31), "提前返回")
    return district


def rows_of(page: str) -> list[list[str]]:
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
            for row in body.split("<tr>")[1:]]


def test_sums_stand_by_school_with_nominations_apart(site: Site, planned: Program) -> None:
    page = text(site.sign_in("finance").get(HOME))
    assert "2027 年支教预测" in page and "假定" in page
    assert [row[1:] for row in rows_of(page)] == [
        ["1", "24,000.00", "2", "2,000.00", "26,000.00"], ["1", "12,000.00", "0", "0.00", "12,000.00"]]
    assert "全部学校合计 2 36,000.00 2 2,000.00 38,000.00" in plain(page)


def test_every_number_opens_its_people_and_their_receipt(site: Site, planned: Program) -> None:
    finance = site.sign_in("finance")
    page = text(finance.get(HOME))
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/assistance/forecast/people[^"]+)"', page)]
    asked = next(link for link in links if "of=asked" in link and "school=S1" in link)
    opened = rows_of(text(finance.get(asked)))
    assert [(row[0], *row[3:]) for row in opened] == [
        ("T1", "1—12 月", "365", "24,000.00", "−18,000.00"), ("T2", "3—12 月", "306", "—", "20,000.00")]
    june = rows_of(text(finance.get(next(link for link in links if "month=6" in link and "of=" not in link))))
    assert [row[0] for row in june] == ["T1", "T2", "T3"]
    receipts = re.findall(r'href="(/assistance/forecast/T[^"]+)"', text(finance.get(asked)))
    shown = [plain(text(finance.get(link.replace("&amp;", "&")))) for link in receipts]
    assert ["24,000.00 元 ÷ 12 × 12 个月 = 24,000.00 元" in page for page in shown] == [True, False, False]
    assert "24,000.00 元 ÷ 12 × 3 个月 = 6,000.00 元" in shown[1] and "照学校所提、尚未批准" in shown[1]
    assert "24,000.00 元 ÷ 12 × 10 个月 = 20,000.00 元" in shown[2]


def test_a_move_asked_for_changes_no_sum(site: Site, planned: Program) -> None:
    record_id = added(planned, "assistance", staff_no="T2", started_on="2026-09-01", ended_on="2027-06-30").record_id
    clerk = clerk_of(planned, "S1")
    finance = site.sign_in("finance")
    before = rows_of(text(finance.get(HOME)))
    with planned.begin(clerk) as work:
        nominations.propose_move(work, record_id, nominations.own_assignment(work, record_id).version, {
            "host": "河西小学", "kind": "结对帮扶", "started_on": date(2027, 3, 1), "ended_on": date(2027, 6, 30),
        }, "来函")
    assert rows_of(text(finance.get(HOME))) == before
    shown = plain(text(finance.get(f"{HOME}/T2/S1?of=asked")))
    assert "柳河小学 2027-01-01 至 2027-02-28" in shown and "2027-03-01 至 2027-12-31" in shown


def test_a_past_day_knows_what_had_begun_and_was_asked_by_then(site: Site, planned: Program) -> None:
    hr = site.sign_in("hr")
    number = nominate(planned, clerk_of(planned, "S2"), "T3", "2027-07-01")
    with planned.begin(HR) as work:
        nominations.return_(work, number, 1, "人数已满")
    now = rows_of(text(hr.get(f"{HOME}?year=2027")))
    assert [row[3] for row in now] == ["2", "0"]
    before = text(hr.get(f"{HOME}?year=2027&on=2026-08-31"))
    assert "这一年还没有登记或提名的支教" in before
    later = text(hr.get(f"{HOME}?year=2027&on=2026-09-01"))
    assert [row[1:3] for row in rows_of(later)] == [["1", "24,000.00"], ["1", "12,000.00"]]


def test_of_a_past_day_absences_count_for_who_was_nominated_then(district: Program, clock: Clock) -> None:
    """T2, absent all September, was asked for then and is away by now; what began later is not known on the day."""
    number = nominate(district, clerk_of(district, "S1"), "T2", "2026-09-10", "2026-12-31")
    added(district, "absences", staff_no="T2", started_on="2026-09-01", ended_on="2026-09-30")
    added(district, "absences", staff_no="T2", started_on="2026-12-01", ended_on="2026-12-31")
    clock.move(days=30)
    with district.begin(Actor(70, "hr-7", (Grant("hr"),))) as work:
        nominations.approve(work, number, 1, "区教人〔2026〕15号")
    sums = []
    for day in (date(2026, 9, 8), date(2026, 10, 8)):
        with district.read(HR) as work:
            found = queries.forecast(work, 2026, day, nomination_lists.asked_on(work, day)).forecast
            sums += [(each.code, each.fen, each.more_fen) for each in found.schools()]
    assert sums == [("S1", 0, 600_000), ("S1", 400_000, 0)]


def test_a_school_sees_its_own_and_others_nothing(site: Site, planned: Program) -> None:
    for role, school, seen in (("school", "S1", [("T1", "S1"), ("T2", "S1")]), ("principal", "S2", [("T3", "S2")])):
        browser = site.sign_in(role, school_code=school)
        assert len(rows_of(text(browser.get(HOME)))) == 1
        people = text(browser.get(f"{HOME}/people"))
        assert sorted(set(re.findall(rf"{HOME}/(T\d)/(S\d)", people))) == seen
        for staff_no, code in [("T1", "S1"), ("T2", "S1"), ("T3", "S2"), ("T9", "S1")]:
            wanted = 200 if (staff_no, code) in seen else 404
            assert browser.get(f"{HOME}/{staff_no}/{code}").status_code == wanted
    for role in ("teacher", "expert", "admin"):
        reach = {"staff_no": "T1"} if role == "teacher" else {}
        browser = site.sign_in(role, **reach)
        assert {browser.get(path).status_code for path in (HOME, f"{HOME}/people", f"{HOME}/T1/S1")} == {403}


def test_absences_in_a_year_without_its_calendar_are_named(site: Site, planned: Program) -> None:
    added(planned, "absences", started_on="2027-03-01", ended_on="2027-03-31")
    hr = site.sign_in("hr")
    page = text(hr.get(HOME))
    assert "有 1 人登记的缺勤没有扣" in plain(page)
    link = re.findall(r'href="([^"]+of=uncounted)"', page)[0].replace("&amp;", "&")
    assert [row[0] for row in rows_of(text(hr.get(link)))] == ["T1"]
    assert "登记的缺勤没有扣" in text(hr.get(f"{HOME}/T1/S1"))


@pytest.mark.parametrize("path", ["/assistance/budget?year=2027", "/assistance/board"])
def test_wherever_the_forecast_stands_it_names_what_it_left_out(site: Site, planned: Program, path: str) -> None:
    hr = site.sign_in("hr")
    assert "没有扣" not in text(hr.get(path))
    added(planned, "absences", started_on="2027-03-01", ended_on="2027-03-31")
    page = text(hr.get(path))
    assert "2027 年的工作日历还没有导入，有 1 人登记的缺勤没有扣" in plain(page) and "of=uncounted" in page


@pytest.mark.parametrize("query", ["year=1999", "year=abc", "year=2099&month=13&of=x&school=S9", "page=99999999"])
def test_odd_questions_get_the_next_year(site: Site, planned: Program, query: str) -> None:
    hr = site.sign_in("hr")
    assert "2027 年" in text(hr.get(f"{HOME}?{query}")) and "2027 年" in text(hr.get(f"{HOME}/people?{query}"))


def test_a_year_before_the_standard_is_not_offered(site: Site, planned: Program) -> None:
    years = re.findall(r"year=(\d+)&amp;on=[\d-]+\"[^>]*>\d+ 年<", text(site.sign_in("hr").get(f"{HOME}?year=2019")))
    assert years == [str(year) for year in range(2027, 2019, -1)]


def test_more_people_take_no_more_statements(site: Site, planned: Program) -> None:
    hr = site.sign_in("hr")

    def counts() -> list[int]:
        found = []
        for path in ("", "/people", "/T1/S1"):
            with statements(planned) as sent:
                assert hr.get(f"{HOME}{path}").status_code == 200
            found.append(len(sent))
        return found

    few = counts()
    for number in range(12):
        factories.add_person(planned, f"N{number}", "新人", f"S{number % 4}")
        added(planned, "assistance", staff_no=f"N{number}", sending_school_code=f"S{number % 4}",
              started_on="2026-09-01", ended_on="2027-06-30")
    assert counts() == few and max(few) <= 10, few
