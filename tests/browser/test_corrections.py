"""A teacher corrects one field on a phone; school and bureau answer; the profile shows it."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import select

from talent.core.access import operator
from talent.core.work import Program
from talent.people.models import Person
from talent.training.models import Training
from tests.browser.conftest import Visitor
from tests.browser.test_journeys import LOGINS

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
MOST_CLICKS = 5


def latest_training(district: Program) -> tuple[int, str]:
    """Number and name of what the teacher's profile lists first among the trainings."""
    with district.read(operator()) as work:
        row = work.session.execute(
            select(Training.id, Training.name).join(Person, Person.id == Training.person_id)
            .where(Person.staff_no == LOGINS["teacher"].staff_no)
            .order_by(Training.ended_on.desc(), Training.id.desc()).limit(1)).one()
        return row[0], row[1]


def serious(visitor: Visitor) -> list[str]:
    """What axe-core calls serious or critical on the page at hand."""
    found = Axe().run(visitor.page).response["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]


def test_a_teacher_corrects_one_field_on_a_phone(visit: Visit, district: Program) -> None:
    record_id, name = latest_training(district)
    phone, clicks = visit("teacher", 390, 844), 0

    def click(role: str, label: str) -> None:
        nonlocal clicks
        with phone.page.expect_navigation():  # a page between two documents has no width to measure
            phone.page.get_by_role(role, name=label).first.click()  # type: ignore[arg-type]
        clicks += 1
        assert phone.overflow() <= 0, phone.page.url

    phone.open("/people/mine?kind=training")
    click("link", name)
    click("link", "这条不对")
    phone.page.fill("input[name=hours_hundredths]", "61.5")
    phone.page.fill("textarea[name=why]", "证书上是 61.5 学时")
    assert serious(phone) == []
    click("button", "提出更正")
    assert clicks <= MOST_CLICKS
    expect(phone.page.locator("main")).to_contain_text("待学校核实")
    number = phone.page.url.rsplit("/", 1)[1]
    answered(visit, "school", number, "核实无误")
    answered(visit, "hr", number, "认定")
    phone.open("/people/mine?kind=training")
    expect(phone.page.locator("#records tbody")).to_contain_text("61.5")
    with district.read(operator()) as work:
        stored = work.session.scalars(select(Training.hours_hundredths).where(Training.id == record_id)).one()
    assert (stored, phone.problems) == (6150, [])


def answered(visit: Visit, role: str, number: str, button: str) -> None:
    """An office goes from 待办 to the queue, opens the proposal and answers it."""
    office = visit(role)
    office.page.locator("main a[href='/corrections/']").click()
    office.page.locator(f"main a[href='/corrections/{number}']").click()
    expect(office.page.locator("main")).to_contain_text("61.5")
    assert serious(office) == []
    office.page.get_by_role("button", name=button, exact=True).click()
    office.page.wait_for_url(re.compile("/corrections/$"))
    assert (serious(office), office.problems) == ([], [])
