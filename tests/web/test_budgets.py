"""Budgets of assistance: entered under a document, only ever added, beside the forecast and what was booked."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError
from werkzeug.test import TestResponse

from talent.accounts.models import User
from talent.assistance.models import Assignment
from talent.core.access import operator
from talent.core.audit import AuditEvent
from talent.core.work import Program
from talent.exchange import entries
from talent.pay.budgets import commands
from talent.pay.budgets.commands import Paper
from talent.pay.budgets.models import PayBudget
from talent.pay.ledger_models import PayEntry
from tests import factories
from tests.browser_client import Browser, Site
from tests.browser_client import text as page_of
from tests.exchange.test_entries import HR, added, district
from tests.pay.office import Office
from tests.pay.payout.bank import Bank, rows_for, split
from tests.tiers.test_queries import statements
from tests.web.test_corrections import plain
from tests.web.test_forecast import planned, rows_of

__all__ = ["district", "planned"]
HOME = "/assistance/budget"
ENTER = f"{HOME}/enter"
DAY = "2026-09-01"


def fields_of(browser: Browser, sums: dict[str, str], **changed: Any) -> dict[str, Any]:
    page = page_of(browser.get(f"{ENTER}?year=2027"))
    seen = re.findall(r'name="seen"[^>]*value="(\d+)"', page)[0]
    return {"document_no": "区财教〔2026〕21号", "document_on": DAY, "seen": seen, "budget_code": list(sums),
            "budget_yuan": list(sums.values()), **changed}


def enter(browser: Browser, sums: dict[str, str], **changed: Any) -> TestResponse:
    return browser.submit(f"{ENTER}?year=2027", fields_of(browser, sums, **changed))


def stored(program: Program) -> list[tuple[str, int, int, str]]:
    with program.read(operator()) as work:
        return [tuple(row) for row in work.session.execute(text(
            "SELECT code, pay_budgets.sequence, fen, document_no FROM pay_budgets "
            "JOIN schools ON schools.id = school_id WHERE year = 2027 ORDER BY pay_budgets.id"))]


def test_who_entered_it_is_called_as_people_call_them(site: Site, planned: Program) -> None:
    """The page names them; the audit keeps the login."""
    finance, login = site.sign_in("finance"), site.account("finance").name
    with site.program.begin(operator()) as work:
        work.session.execute(update(User).where(User.name == login).values(display_name="财务科 周岩"))
    assert enter(finance, {"S1": "30,000.00", "S2": ""}).status_code == 303
    with site.program.read(operator()) as work:
        assert work.session.scalars(select(PayBudget.entered_by_name)).all() == ["财务科 周岩"]
        assert work.session.scalars(
            select(AuditEvent.actor).where(AuditEvent.action == "budget:enter")).all() == [login]
    assert "财务科 周岩" in page_of(finance.get(f"{HOME}/school/S1?year=2027"))


def test_a_budget_stands_beside_the_forecast(site: Site, planned: Program) -> None:
    finance = site.sign_in("finance")
    filled = page_of(finance.get(f"{ENTER}?year=2027&fill=forecast"))
    assert re.findall(r'name="budget_yuan" value="([^"]*)"', filled) == ["26,000.00", "12,000.00"]
    assert enter(finance, {"S1": "30,000.00", "S2": ""}).status_code == 303
    page = page_of(finance.get(f"{HOME}?year=2027"))
    assert [row[1:] for row in rows_of(page)] == [
        ["26,000.00", "30,000.00 区财教〔2026〕21号", "— 还没有记账", "30,000.00", "0.0%"],
        ["12,000.00", "— 没有登记预算", "— 还没有记账", "— 没有登记预算", "— 没有登记预算"]]
    assert "全部学校合计 38,000.00 30,000.00 — 30,000.00 0.0%" in plain(page)


def test_every_school_that_may_send_in_the_year_can_be_given_one(site: Site, planned: Program) -> None:
    """One that opens or closes within the year among them, one of another year or kind not."""
    for code, facts in {
        "N1": {"opened_on": date(2027, 12, 31)}, "N2": {"opened_on": date(2028, 1, 1)},
        "N3": {"closed_on": date(2027, 1, 2)}, "N4": {"closed_on": date(2027, 1, 1)}, "N5": {"kind": "kindergarten"},
    }.items():
        factories.add_school(planned, code, **facts)
    page = page_of(site.sign_in("finance").get(f"{ENTER}?year=2027"))
    assert re.findall(r'name="budget_code" value="(\w+)"', page) == ["N1", "N3", "S1", "S2"]


def test_rows_are_only_added_and_what_did_not_change_is_not(site: Site, planned: Program) -> None:
    finance = site.sign_in("finance")
    enter(finance, {"S1": "30000", "S2": "12000"})
    enter(finance, {"S1": "30000.00", "S2": "9000.5"}, document_no="区财教〔2026〕30号")
    assert stored(planned) == [("S1", 1, 3_000_000, "区财教〔2026〕21号"), ("S2", 1, 1_200_000, "区财教〔2026〕21号"),
                               ("S2", 2, 900_050, "区财教〔2026〕30号")]
    history = rows_of(page_of(finance.get(f"{HOME}/school/S2?year=2027")))
    assert [row[:3] for row in history] == [
        ["区财教〔2026〕30号", DAY, "9,000.50"], ["区财教〔2026〕21号", DAY, "12,000.00"]]
    with planned.read(operator()) as work:
        events = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "budget:enter")).all()
        assert len(events) == 2 and '"after_fen":3900050' in events[1].detail
    for statement in ("UPDATE pay_budgets SET fen = 1", "DELETE FROM pay_budgets"):
        with pytest.raises(DatabaseError, match="only added"), planned.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(("sums", "changed", "said"), [
    ({"S1": "3万"}, {}, "学校 S1 的金额“3万”读不出来"), ({"S1": "1.005"}, {}, "读不出来"),
    ({"S1": "-1"}, {}, "读不出来"),
    ({"S1": ""}, {}, "没有一所学校的金额和现在的不同"), ({"S9": "1"}, {}, "没有代码是“S9”的学校"),
    ({"S1": "77"}, {"document_no": ""}, "请填这一项"), ({"S1": "77"}, {"document_on": "2026-12-31"}, "在今天"),
    ({"S1": "77"}, {"document_on": "昨天"}, "不是日期"),
])
def test_what_does_not_do_is_said_and_nothing_typed_is_lost(
    site: Site, planned: Program, sums: dict[str, str], changed: dict[str, str], said: str
) -> None:
    answer = page_of(enter(site.sign_in("finance"), sums, **changed))
    assert said in plain(answer) and stored(planned) == []
    typed = re.findall(r'name="budget_code" value="S1"><input[^>]*value="([^"]*)"', answer)
    assert typed == [sums.get("S1", "")]


def test_of_two_who_enter_at_once_the_second_is_told(site: Site, planned: Program) -> None:
    finance = site.sign_in("finance")
    fields = fields_of(finance, {"S1": "30000"})
    with planned.begin(Office(planned).actor("other", "finance")) as work:
        commands.enter(work, year=2027, paper=Paper("甲", work.today), sums={"S1": 100}, head=0)
    answer = finance.submit(f"{ENTER}?year=2027", fields)
    assert answer.status_code == 409 and "别人又登记了" in page_of(answer) and len(stored(planned)) == 1
    again = {**fields, "seen": re.findall(r'name="seen"[^>]*value="(\d+)"', page_of(answer))[0]}
    assert finance.submit(f"{ENTER}?year=2027", again).status_code == 303 and len(stored(planned)) == 2
    assert finance.submit(f"{ENTER}?year=2027", {**fields, "seen": "x"}).status_code == 409


def test_a_past_day_knows_the_budget_of_that_day(site: Site, planned: Program) -> None:
    finance = site.sign_in("finance")
    enter(finance, {"S1": "30000"})
    assert "30,000.00" not in page_of(finance.get(f"{HOME}?year=2027&on=2026-08-31"))
    assert "30,000.00" not in page_of(finance.get(f"{HOME}/school/S1?year=2027&on=2026-08-31"))


@pytest.fixture
def booked(planned: Program) -> Program:
    """2021 locked: T1 of S1 half a year; the budget for it was smaller."""
    added(planned, "assistance", started_on="2021-01-01", ended_on="2021-06-30", host="旧校", appraisal="合格")
    office = Office(planned)
    office.locked(office.compute(year=2021))
    with planned.begin(office.finance) as work:
        commands.enter(work, year=2021, paper=Paper("区财教〔2020〕1号", work.today), sums={"S1": 1_000_000}, head=0)
    return planned


def test_what_was_booked_stands_by_month_and_opens_its_entries(site: Site, booked: Program) -> None:
    finance = site.sign_in("auditor")
    page = page_of(finance.get(f"{HOME}?year=2021"))
    assert [row[1:] for row in rows_of(page)] == [
        ["12,000.00", "10,000.00 区财教〔2020〕1号", "12,000.00", "12,000.00", "−2,000.00 超出", "120.0%"]]
    assert '<rect class="bad" y="4" width="88.0"' in page and '<line class="limit" x1="73.3"' in page
    link = re.findall(r'href="([^"]+period=2026-09)"', page)[0].replace("&amp;", "&")
    opened = page_of(finance.get(link))
    assert rows_of(opened.split("记账明细")[1]) == [["1", "2026-09", "计提", "T1", "张三", "12,000.00"]]
    assert finance.get(re.findall(r'href="(/pay/line/\d+)"', opened)[0]).status_code == 200
    before = page_of(finance.get(f"{HOME}?year=2021&on=2026-08-31"))
    assert "还没有记账" in before and "超出" not in before


def test_payments_are_no_spending_and_an_adjustment_is(site: Site, planned: Program) -> None:
    """Paid out by the bank nothing more is spent; a month taken back after the lock is spent no more."""
    def shown() -> list[str]:
        return rows_of(page_of(site.sign_in("auditor").get(f"{HOME}?year=2021")))[0][1:]

    added(planned, "assistance", started_on="2021-01-01", ended_on="2021-06-30", host="旧校", appraisal="合格")
    bank = Bank(planned, 2021)
    bank.locked(bank.compute(year=2021))
    with planned.begin(bank.finance) as work:
        commands.enter(work, year=2021, paper=Paper("区财教〔2020〕1号", work.today), sums={"S1": 1_000_000}, head=0)
    before = shown()
    split(planned, "S1", {"T1": 1_200_000}, 2021)
    sent = bank.draw()
    bank.accept(bank.stage(rows_for(bank.items(sent), {})))
    assert shown() == before == [
        "12,000.00", "10,000.00 区财教〔2020〕1号", "12,000.00", "12,000.00", "−2,000.00 超出", "120.0%"]
    with planned.begin(HR) as work:
        spell = work.session.scalars(select(Assignment.id).where(Assignment.host == "旧校")).one()
        held = entries.held(work, "assistance", spell)
        entries.correct(work, "assistance", spell, held.version, {"ended_on": "2021-05-31"}, "提前返回")
    bank.locked(bank.compute(year=2021))
    assert shown() == ["10,000.00", "10,000.00 区财教〔2020〕1号", "10,000.00", "10,000.00", "0.00", "100.0%"]
    with planned.read(operator()) as work:
        kinds = {kind: fen for kind, fen in work.session.execute(
            select(PayEntry.kind, func.sum(PayEntry.fen)).group_by(PayEntry.kind))}
    assert kinds == {"accrual": 1_200_000, "payment": 1_200_000, "reversal": 1_200_000, "adjustment": 1_000_000}


def test_a_school_sees_its_own_and_only_finance_enters(site: Site, booked: Program) -> None:
    for role, code, other in (("school", "S1", "S2"), ("principal", "S2", "S1")):
        browser = site.sign_in(role, school_code=code)
        page = page_of(browser.get(f"{HOME}?year=2021"))
        assert ("10,000.00" in page) is (code == "S1")
        assert browser.get(f"{HOME}/school/{code}?year=2021").status_code == 200
        assert browser.get(f"{HOME}/school/{other}?year=2021").status_code == 404
        assert browser.get(ENTER).status_code == 403
    for role in ("hr", "leader", "auditor"):
        browser = site.sign_in(role)
        assert browser.get(HOME).status_code == 200 and browser.get(ENTER).status_code == 403
        assert browser.act(f"{ENTER}?year=2027", document_no="甲", document_on=DAY).status_code == 403
    assert site.sign_in("finance").get(f"{HOME}/school/S77").status_code == 404


def test_more_schools_take_no_more_statements(site: Site, booked: Program) -> None:
    finance = site.sign_in("finance")

    def counts() -> list[int]:
        found = []
        for path in ("?year=2027", "/school/S1?year=2021", "/enter?year=2027"):
            with statements(booked) as sent:
                assert finance.get(f"{HOME}{path}").status_code == 200
            found.append(len(sent))
        return found

    enter(finance, {"S1": "1"})
    few = counts()
    for number in range(20, 32):
        factories.add_person(booked, f"N{number}", "新人", f"S{number}")
        added(booked, "assistance", staff_no=f"N{number}", sending_school_code=f"S{number}", started_on="2026-09-01",
              ended_on="2027-06-30")
    enter(finance, {f"S{number}": "1" for number in range(20, 32)})
    with booked.read(operator()) as work:
        assert len(work.session.scalars(select(PayBudget)).all()) == 14
    assert counts() == few and max(few) <= 13, few
