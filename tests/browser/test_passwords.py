"""What people do with the fields of passwords: paste, let a manager fill them in, look at what they typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from talent.cli.demo import PASSWORD
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
#: As a manager of passwords does: the value set from outside, and the page told of it.
FILL = """(field, value) => {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, {bubbles: true}));
}"""
FIELD = "input[name=password]"


@pytest.fixture
def door(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    page.goto(f"{address}/login")
    return page


def test_a_password_can_be_pasted(door: Page) -> None:
    door.fill("input[name=name]", PASSWORD)
    door.press("input[name=name]", "Control+a")
    door.press("input[name=name]", "Control+c")
    door.press(FIELD, "Control+v")
    expect(door.locator(FIELD)).to_have_value(PASSWORD)
    door.fill("input[name=name]", "hr")
    door.press(FIELD, "Enter")
    door.wait_for_url("**/home/")


def test_a_manager_of_passwords_fills_them_in(door: Page) -> None:
    assert [door.locator(f"input[autocomplete={word}]").count() for word in ("username", "current-password")] == [1, 1]
    door.eval_on_selector("input[autocomplete=username]", FILL, "hr")
    door.eval_on_selector("input[autocomplete=current-password]", FILL, PASSWORD)
    door.click("button.btn-primary")
    door.wait_for_url("**/home/")


def test_what_is_typed_is_hidden_until_its_owner_wants_to_see_it(door: Page) -> None:
    field, button = door.locator(FIELD), door.get_by_role("button", name="显示密码：密码")
    expect(field).to_have_attribute("type", "password")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.press("Enter")
    expect(field).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(field).to_have_attribute("type", "password")


def test_an_open_field_is_closed_before_it_is_sent(door: Page) -> None:
    door.get_by_role("button", name="显示密码：密码").click()
    expect(door.locator(FIELD)).to_have_attribute("type", "text")
    door.evaluate("document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())")
    door.click("button.btn-primary")
    expect(door.locator(FIELD)).to_have_attribute("type", "password")


def test_nothing_is_wider_than_a_phone(door: Page) -> None:
    assert door.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_the_new_password_is_told_from_the_present_one(visit: Callable[..., Visitor]) -> None:
    expert = visit("expert")
    expert.open("/password")
    fields = expert.page.locator("input[type=password]")
    assert [fields.nth(at).get_attribute("autocomplete") for at in range(fields.count())] == [
        "current-password", "new-password", "new-password"]
