"""Finance takes back what was paid too much."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from talent.core.work import Program
from tests.browser.conftest import Visitor
from tests.browser.paid import PAID_YEAR, pay_out

pytestmark = pytest.mark.browser


def test_what_was_paid_too_much_comes_back(visit: Callable[..., Visitor], district: Program) -> None:
    pay_out(district)
    cashier = visit("cashier")
    cashier.open(f"/pay/payout/{PAID_YEAR}/people?why=back")
    cashier.page.locator("main a[href*='/recover/']").first.click()
    expect(cashier.page.locator("main")).to_contain_text("多付 1,000.00 元")
    cashier.page.get_by_label("收回金额").fill("400")
    cashier.page.get_by_label("凭据号").fill("缴款书 0042")
    cashier.page.get_by_role("button", name="登记并记账").click()
    expect(cashier.page.locator("main")).to_contain_text("多付 600.00 元")
    expect(cashier.page.locator("main")).to_contain_text("缴款书 0042")
    assert cashier.overflow() <= 0 and cashier.problems == []
