"""A password may be pasted and filled in by a keeper of passwords: nothing stands in its way."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from talent.cli.demo import PASSWORD
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def pasted(visitor: Visitor, field: str, text: str) -> str:
    """What a field holds after a paste from the clipboard."""
    visitor.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    visitor.page.locator(field).focus()
    visitor.page.keyboard.press("Control+V")
    return visitor.page.input_value(field)


def test_pasting_signs_in(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="zh-CN", permissions=["clipboard-read", "clipboard-write"])
    visitor = Visitor(context.new_page(), address, "expert")
    visitor.page.goto(f"{address}/login")
    assert pasted(visitor, "input[name=name]", "expert") == "expert"
    assert pasted(visitor, "input[name=password]", PASSWORD) == PASSWORD
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/home/")
    assert visitor.problems == []
    context.close()


def test_a_keeper_of_passwords_knows_each_field(visit: Callable[..., Visitor]) -> None:
    """By the tokens of HTML: which field is the present password and which the new one."""
    expert = visit("expert")
    expert.open("/password")
    fields = expert.page.locator("input[type=password]")
    assert [fields.nth(at).get_attribute("autocomplete") for at in range(fields.count())] == [
        "current-password", "new-password", "new-password"]
    for at in range(fields.count()):
        fields.nth(at).fill("gravel otter piano lamp")
        assert fields.nth(at).input_value() == "gravel otter piano lamp"
