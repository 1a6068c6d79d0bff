"""The chain and the ledger on their pages: each office its own act, a school its own lines, and nothing more."""

import re
from io import BytesIO

import pytest

from talent.core.work import Program
from tests.browser_client import Browser, Site, text
from tests.pay.office import Office
from tests.pay.records import close, send


@pytest.fixture
def office(program: Program) -> Office:
    """2021: T1 of A all year, T2 of B from March without an appraisal."""
    send(program, "T1", "A", "2021-01-01", name="林知微")
    send(program, "T2", "B", "2021-03-15", appraisal="", name="周明远")
    return Office(program)


def visit(site: Site, office: Office, name: str) -> Browser:
    """A browser of one of the office's accounts."""
    getattr(office, name)
    browser = site.browser()
    assert browser.sign_in(name).status_code == 303
    return browser


def fields(browser: Browser, url: str) -> dict[str, str]:
    """What the form of a page carries unseen."""
    page = text(browser.get(url))
    return {name: found.group(1) for name in ("version", "seal")
            if (found := re.search(rf'name="{name}"[^>]*value="([^"]*)"', page))}


def test_an_heir_is_led_from_one_school_s_lines_to_the_next(site: Site, office: Office) -> None:
    """A went into B: its principal answers for A, then for B."""
    close(site.program, "A", "2021-07-01", "B")
    batch, head = office.compute(), site.sign_in("principal", school_code="B")
    for code in ("A", "B"):
        led = re.findall(r"/pay/batch/\d+/school/\w+", text(head.get("/pay/?year=2021")))
        assert set(led) == {f"/pay/batch/{batch}/school/{code}"}
        assert head.submit(led[0], {**fields(head, led[0]), "verdict": "confirm"}).status_code == 303
    assert office.state(batch) == "school_confirmed"


def test_the_whole_way_on_the_pages(site: Site, office: Office) -> None:
    batch = office.compute()
    head = site.sign_in("principal", school_code="A")
    own = f"/pay/batch/{batch}/school/A"
    assert "林知微" in text(head.get(own)) and own in text(head.get("/pay/?year=2021"))
    assert "核对 2021 年激励金名单" in text(head.get("/home/"))
    assert head.get(f"/pay/batch/{batch}/school/B").status_code == 404
    assert head.submit(own, {**fields(head, own), "verdict": "confirm"}).status_code == 303
    hr = visit(site, office, "hr")
    by_hr = f"/pay/batch/{batch}/school/B"
    answer = hr.submit(by_hr, {**fields(hr, by_hr), "verdict": "confirm", "signer": "孙校长",
                               "sheet": (BytesIO(b"<svg onload=x>"), "签字.pdf")})
    assert answer.status_code == 200 and "不是 PDF、JPG 或 PNG" in text(answer)
    assert hr.submit(by_hr, {**fields(hr, by_hr), "verdict": "confirm", "signer": "孙校长",
                             "sheet": (BytesIO(b"%PDF-1.7 x"), "签字.pdf")}).status_code == 303
    assert office.state(batch) == "school_confirmed" and "复核激励金" in text(hr.get("/home/"))
    scan = re.search(r"/pay/sheet/\d+", text(hr.get("/pay/?year=2021")))
    assert scan and hr.get(scan.group()).headers["Content-Disposition"].startswith("attachment")
    assert hr.get(scan.group()).data == b"%PDF-1.7 x"
    assert head.get(scan.group()).status_code == 404
    for name, act in (("hr", "review"), ("leader", "approve"), ("finance2", "approve")):
        browser, url = visit(site, office, name), f"/pay/batch/{batch}/{act}"
        seen = fields(browser, url)
        assert browser.submit(url, {**seen, "comment": "看过"}).status_code == 303
        assert browser.submit(url, {**seen, "comment": "再来"}).status_code in (200, 409)  # said, and not done twice
    assert office.state(batch) == "approved"


def test_the_lock_says_what_is_missing_and_then_posts(site: Site, office: Office) -> None:
    batch = office.approved(office.compute())
    finance, hr, leader = (visit(site, office, name) for name in ("finance2", "hr", "leader"))
    lock = f"/pay/batch/{batch}/lock"
    answer = finance.submit(lock, fields(finance, lock))
    for wanted in ("缺考核结果", "假定参数", "没有打开的会计期间"):
        assert wanted in text(answer)
    page = text(hr.get(f"/pay/batch/{batch}/acknowledge"))
    finding = re.search(r'name="finding" value="(\d+)"', page)
    assert finding and "周明远" in page
    assert hr.submit(f"/pay/batch/{batch}/acknowledge", {"finding": finding.group(1)}).status_code == 303
    assert finance.submit(f"/pay/batch/{batch}/assume", {"document": ""}).status_code == 200
    assert finance.submit(f"/pay/batch/{batch}/assume", {"document": "明教〔2022〕3号"}).status_code == 303
    finance.submit("/pay/periods", {"code": "2026-09", "act": "open", "reason": "月结"})
    assert finance.act("/pay/periods/1/approve").status_code == 422
    assert "批准会计期间" in text(leader.get("/home/"))
    assert leader.act("/pay/periods/1/approve").status_code == 303
    assert finance.submit(lock, {**fields(finance, lock), "period": "2026-09"}).status_code == 303
    ledger = text(finance.get("/pay/ledger?period=2026-09"))
    assert ledger.count("计提") >= 2 and "44,000.00" in ledger
    assert "明教〔2022〕3号" in text(finance.get("/pay/?year=2021"))
    assert finance.act("/pay/compute", year="2021").status_code == 422
    send(office.program, "T3", "B", "2021-07-01", name="陈小满")
    answer = finance.act("/pay/compute", year="2021")
    assert answer.location == "/pay/?year=2021&run=2"
    page = text(finance.get(answer.location))
    assert "调整 1 处" in page and "陈小满" in page and "锁定后的调整" in text(finance.get("/pay/?year=2021"))


def test_a_line_is_held_from_its_receipt(site: Site, office: Office) -> None:
    batch = office.compute()
    line, hr = office.line(batch, "T1"), visit(site, office, "hr")
    page = text(hr.get(f"/pay/line/{line}"))
    assert "暂缓这一行" in page
    assert hr.act(f"/pay/line/{line}/hold", version="1", comment="").status_code == 422
    assert hr.act(f"/pay/line/{line}/hold", version="1", comment="待查").status_code == 303
    assert "这一行已暂缓" in text(hr.get(f"/pay/line/{line}")) and "暂缓 1 行" in text(hr.get("/pay/?year=2021"))
    other = site.sign_in("principal", school_code="B")
    assert other.act(f"/pay/line/{line}/release", version="1").status_code == 404
    assert hr.act(f"/pay/batch/{batch}/remark", comment="请核对").status_code == 303
    assert "请核对" in text(hr.get("/pay/?year=2021"))


def test_odd_forms_are_refused_without_a_fault(site: Site, office: Office) -> None:
    batch = office.reviewed(office.compute())
    leader = visit(site, office, "leader")
    url = f"/pay/batch/{batch}/approve"
    for sent in ({}, {"version": "x", "seal": "y"}, {"version": "9" * 30}, {"version": "-1", "signatory": "7"}):
        assert leader.submit(url, sent).status_code in (200, 403, 409)
    assert leader.get(f"/pay/batch/{batch}/nothing").status_code == 404
    assert leader.get("/pay/?year=2021&run=99").status_code == 404
    assert office.state(batch) == "hr_reviewed"


def test_who_answers_for_a_school_is_told_what_paper_it_takes(site: Site, office: Office) -> None:
    """The form comes back with what was typed, instead of a page that says one may not open it."""
    batch = office.compute()
    hr, url = visit(site, office, "hr"), f"/pay/batch/{batch}/school/B"
    assert "您替学校登记" in text(hr.get(url))
    answer = hr.submit(url, {**fields(hr, url), "verdict": "confirm", "comment": "电话里核对过"})
    assert answer.status_code == 200
    assert "没有附上签字表的扫描件" in text(answer) and "电话里核对过" in text(answer)
    head = site.sign_in("principal", school_code="B")
    assert "您替学校登记" not in text(head.get(url))


def test_what_the_lock_leaves_out_is_said_before_and_after(site: Site, office: Office) -> None:
    """24,000.00 of T1 stand, T2's school disputes its 20,000.00: what is signed is what will be booked."""
    batch = office.compute()
    office.answer(batch, "A")
    office.answer(batch, "B", "dispute", comment="三月已返校")
    finance = visit(site, office, "finance2")
    office.do("review", batch, office.hr)
    page = text(finance.get(f"/pay/batch/{batch}/approve"))
    assert "44,000.00" in page and "20,000.00" in page and "锁定时入账（元）" in page and "24,000.00" in page
    page = text(finance.get("/pay/?year=2021"))
    assert "其中 20,000.00 元不入账" in page and "锁定时入账 24,000.00 元，不入账 20,000.00 元" in page
    office.do("approve", batch, office.finance2)
    office.do("approve", batch, office.leader)
    office.answer_for(batch)
    office.open_period()
    office.lock(batch)
    page = text(finance.get("/pay/?year=2021"))
    assert "锁定时入账 24,000.00 元，没有入账 20,000.00 元" in page and "没有缺的" not in page
    assert "没有文件规定，已按明教〔2022〕3号确认" in page and "已具名确认" in page
    assert "学校提出异议 <span class=\"tl-muted\">第一小学 " in page


def test_a_batch_says_what_its_assumptions_are_and_that_they_are_answered_for(site: Site, office: Office) -> None:
    batch = office.compute()
    finance, leader = visit(site, office, "finance2"), visit(site, office, "leader")
    page = text(finance.get(f"/pay/batch/{batch}/assume"))
    assert "/policy/paired_assistance.convention" in page and "/policy/paired_assistance.year_limit" not in page
    before = text(finance.get("/pay/?year=2021"))
    assert "锁定前须具名确认并填文号" in before and "确认假定参数" in before
    assert 'href="/pay/periods"' in before and f'href="/pay/batch/{batch}/assume">去办' in before
    assert f'href="/pay/batch/{batch}/assume"' not in text(leader.get("/pay/?year=2021"))
    office.answer_for(batch)
    after = text(finance.get("/pay/?year=2021"))
    assert "已按明教〔2022〕3号具名确认" in after and "改批准文号" in after
    assert "须具名确认" not in after and "锁定前由专人确认" not in after
