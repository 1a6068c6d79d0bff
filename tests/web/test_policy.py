"""The policy book on the site: every value with its source, changed by two browsers."""

import re

import pytest

from talent.core.access import ROLES
from talent.policy.book import load_book
from tests.browser_client import Browser, Site, text

BOOK = "/policy/"
KEY = "paired_assistance.yearly_amount"
NEW = {"value": "30000", "since": "2027-01-01", "basis": "delegated", "document": "区方案〔2026〕8 号",
       "clause": "第 2 条"}


def acts(browser: Browser) -> list[str]:
    """Where this browser's list lets it decide."""
    return [part.split('"')[0] for part in text(browser.get(BOOK)).split('action="')[1:]
            if "/proposals/" in part.split('"')[0]]


@pytest.mark.parametrize("role", ROLES)
def test_everybody_may_read_it(site: Site, role: str) -> None:
    response = site.sign_in(role).get(BOOK)
    assert response.status_code == 200 and "24,000.00 元/人年" in text(response)


def test_every_entry_has_its_page(site: Site) -> None:
    hr = site.sign_in("hr")
    for entry in load_book():
        page = text(hr.get(f"{BOOK}{entry.key}"))
        assert entry.label in page and entry.values[-1].source.document in page
    assert hr.get(f"{BOOK}no.such").status_code == 404


def test_the_book_is_told_in_english_too(site: Site) -> None:
    """Labels, documents, clauses, notes, units, tables: no Chinese is left in any entry."""
    hr = site.sign_in("hr")
    hr.get(f"{BOOK}?lang=en")
    pages = {BOOK: text(hr.get(BOOK))} | {entry.key: text(hr.get(f"{BOOK}{entry.key}")) for entry in load_book()}
    told = {key: page.split("<main")[1].split("</main>")[0].replace(site.program.settings.bureau, "")
            for key, page in pages.items()}
    left = {key: re.findall("[\u3400-\u9fff]+", page) for key, page in told.items()}
    assert {key: words for key, words in left.items() if words} == {}
    assert "Three-Year Action Plan" in pages["paired_assistance.yearly_amount"]
    assert KEY in text(hr.get(f"{BOOK}?q=incentive")) and KEY in text(hr.get(f"{BOOK}?q=奖励性绩效"))


def test_filters(site: Site) -> None:
    hr = site.sign_in("hr")
    page = text(hr.get(f"{BOOK}?heading=hours&basis=enacted"))
    assert "hours.evaluation_minimum" in page and "hours.cycle_caps" not in page and "tiers.table" not in page
    assert KEY in text(hr.get(f"{BOOK}?q=奖励性绩效"))
    assert "没有符合条件的参数" in text(hr.get(f"{BOOK}?own=yes"))


def test_one_proposes_another_approves_and_the_past_stays(site: Site) -> None:
    hr, leader = site.sign_in("hr"), site.sign_in("leader")
    assert hr.submit(f"{BOOK}{KEY}/propose", NEW).status_code == 303
    assert [url for url in acts(hr) if url.endswith("/withdraw")] == acts(hr)
    approve = next(url for url in acts(leader) if url.endswith("/approve"))
    refused = hr.act(approve)
    assert refused.status_code == 422 and "提出人以外的另一个人批准" in text(refused)
    assert leader.act(approve).status_code == 303
    assert leader.act(approve).status_code == 409
    assert "30,000.00 元/人年" in text(hr.get(f"{BOOK}?on=2027-01-01"))
    past = text(hr.get(f"{BOOK}?on=2026-12-31"))
    assert "24,000.00 元/人年" in past and "30,000.00" not in past
    page = text(hr.get(f"{BOOK}{KEY}"))
    assert "区方案〔2026〕8 号" in page and "本区已定" in page


def test_a_proposal_names_every_mistake_at_its_field(site: Site) -> None:
    hr = site.sign_in("hr")
    page = text(hr.submit(f"{BOOK}{KEY}/propose", {**NEW, "value": "三万"}))
    assert 'href="#value"' in page and "“三万”不是金额" in page and "区方案〔2026〕8 号" in page
    page = text(hr.submit(f"{BOOK}{KEY}/propose", {**NEW, "document": "", "since": "明年"}))
    assert 'href="#document"' in page and 'href="#since"' in page


def test_turned_down_and_taken_back(site: Site) -> None:
    hr, leader = site.sign_in("hr"), site.sign_in("leader")
    hr.submit(f"{BOOK}{KEY}/propose", NEW)
    assert leader.act(next(url for url in acts(leader) if url.endswith("/reject"))).status_code == 303
    assert "没有采用" in text(hr.get(f"{BOOK}{KEY}"))
    hr.submit(f"{BOOK}{KEY}/propose", NEW)
    assert hr.act(next(url for url in acts(hr) if url.endswith("/withdraw"))).status_code == 303
    assert acts(leader) == []


def test_a_calendar_of_the_next_year(site: Site) -> None:
    hr, leader = site.sign_in("hr"), site.sign_in("leader")
    assert "载入 2027 年工作日历" in text(hr.get(BOOK))
    days = '{"year": 2027, "days_off": ["2027-01-01..2027-01-03"], "makeup_days": []}'
    hr.submit(f"{BOOK}calendar.year.2027/propose", {**NEW, "value": days})
    leader.act(next(url for url in acts(leader) if url.endswith("/approve")))
    assert "01-01—01-03" in text(hr.get(f"{BOOK}calendar.year.2027"))
    assert "载入 2028 年工作日历" in text(hr.get(BOOK))


@pytest.mark.parametrize("role", ["teacher", "finance", "school", "leader", "auditor"])
def test_who_may_not_propose(site: Site, role: str) -> None:
    assert site.sign_in(role).get(f"{BOOK}{KEY}/propose").status_code == 403


def test_addresses_nobody_has(site: Site) -> None:
    hr, leader = site.sign_in("hr"), site.sign_in("leader")
    assert hr.get(f"{BOOK}no.such/propose").status_code == 404
    assert leader.act(f"{BOOK}proposals/7/approve").status_code == 404


def test_an_entry_nobody_computes_with_says_so(site: Site) -> None:
    hr = site.sign_in("hr")
    for page in ("/policy/rounds.criteria", "/policy/rounds.criteria/propose"):
        assert "程序还没有按这一项计算的功能" in text(hr.get(page))
    assert "程序还没有" not in text(hr.get("/policy/privacy.peer_minimum"))
    assert text(hr.get("/policy/?heading=rounds")).count("程序不按它计算") == 9
    assert "程序不按它计算" not in text(hr.get("/policy/?heading=staffing"))
