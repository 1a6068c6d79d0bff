"""A school splits what stands for it: the clerk draws and puts it up, the principal submits."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from talent.core.access import operator
from talent.core.work import Program
from talent.pay.commands import verify
from tests.browser.conftest import Visitor
from tests.browser.splits import UNSPLIT_YEAR, at_home, split_by_school
from tests.browser.test_journeys import LOGINS

pytestmark = pytest.mark.browser


def test_a_school_splits_its_allotment(visit: Callable[..., Visitor], district: Program) -> None:
    """By hand, with a line for somebody who stayed; a fen too little is refused and nothing typed is lost."""
    code = LOGINS["school"].school_code or ""
    split_by_school(district, code)
    address, stayed = f"/pay/awards/{UNSPLIT_YEAR}/{code}", at_home(district, code)[0]
    clerk = visit("school")
    clerk.page.locator(f"main a[href='{address}']").first.click()
    clerk.page.get_by_role("button", name="逐人填写").click()
    first = clerk.page.locator("input[name=served_value]").first
    brought = Decimal(first.input_value().replace(",", ""))
    expect(clerk.page.locator("[data-when=even]")).to_be_visible()
    first.fill(str(brought - 1000))
    expect(clerk.page.locator("[data-when=less]")).to_contain_text("1,000.00")
    clerk.page.locator("input[name=extra_no]").first.fill(stayed)
    clerk.page.locator("input[name=extra_fen]").first.fill("999.99")
    clerk.page.get_by_role("button", name="存为草案").click()
    expect(clerk.page.locator("main")).to_contain_text("名目")  # a line without a purpose is refused
    assert clerk.page.locator("input[name=extra_fen]").first.input_value() == "999.99"
    clerk.page.locator("input[name=extra_purpose]").first.fill("协助人员")
    clerk.page.get_by_role("button", name="存为草案").click()
    expect(clerk.page.locator("#rows")).to_contain_text("还差 0.01 元")
    clerk.page.get_by_role("link", name="改金额和名单").click()
    clerk.page.locator("input[name=extra_fen]").first.fill("1000")
    clerk.page.get_by_role("button", name="存为草案").click()
    expect(clerk.page.locator("#rows")).not_to_contain_text("还差")
    clerk.page.get_by_role("link", name="登记公示").click()
    for name, typed in (("start", "2026-08-24"), ("end", "2026-08-31"), ("where", "校务公开栏")):
        clerk.page.fill(f"input[name={name}]", typed)
    clerk.page.get_by_role("button", name="登记", exact=True).click()
    expect(clerk.page.locator("main")).to_contain_text("没有缺的。")
    assert clerk.page.get_by_role("link", name="提交", exact=True).count() == 0  # whoever drew does not submit
    assert (clerk.overflow(), clerk.problems) == (0, [])
    head = visit("principal", 390, 844)
    head.open(address)
    head.page.get_by_role("link", name="提交", exact=True).click()
    assert head.overflow() <= 0
    head.page.get_by_role("button", name="提交", exact=True).click()
    expect(head.page.locator("main")).to_contain_text("已提交")
    assert head.overflow() <= 0 and head.problems == []
    with district.read(operator()) as work:
        assert verify(work.session) == []
