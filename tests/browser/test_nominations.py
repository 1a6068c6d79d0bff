"""A school names somebody for assistance; the office returns it without a reason, is refused, and approves."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from talent.assistance.models import Assignment
from talent.core.access import operator
from talent.core.work import Program
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on
from tests.browser.conftest import TODAY, Visitor
from tests.browser.test_corrections import serious
from tests.browser.test_journeys import LOGINS

pytestmark = pytest.mark.browser
HOST, DOCUMENT, WHY = "青石湾小学", "明教人〔2026〕18号", "本人报名，支部会议通过"


def somebody(district: Program) -> tuple[str, str]:
    """Staff number and name of a teacher of the office's school who has no account."""
    with district.read(operator()) as work:
        row = work.session.execute(
            select(Person.staff_no, Person.name)
            .join(Employment, Employment.person_id == Person.id).join(School, School.id == Employment.school_id)
            .where(School.code == LOGINS["school"].school_code, in_service_on(TODAY),
                   Employment.category == "full_time_teacher",
                   Person.staff_no.not_in([login.staff_no for login in LOGINS.values() if login.staff_no]))
            .order_by(Person.id).limit(1)).one()
        return row[0], row[1]


def test_a_nomination_is_refused_a_return_without_a_reason_and_approved(
    visit: Callable[..., Visitor], district: Program
) -> None:
    staff_no, name = somebody(district)
    school = visit("school")
    school.open("/assistance/nominations/")
    school.page.get_by_role("link", name="提名").first.click()
    for field, typed in (("staff_no", staff_no), ("host", HOST), ("started_on", "2026-10-12"),
                         ("ended_on", "2027-07-09"), ("why", WHY)):
        school.page.fill(f"main [name={field}]", typed)
    school.page.select_option("main [name=kind]", label="结对帮扶")
    school.page.get_by_role("button", name="提交人事科").click()
    school.page.wait_for_url(re.compile(r"/assistance/nominations/\d+$"))
    expect(school.page.locator("main")).to_contain_text(HOST)

    hr = visit("hr")
    hr.open("/assistance/nominations/")
    hr.page.get_by_role("link", name=name).first.click()
    expect(hr.page.locator("main")).to_contain_text(WHY)
    hr.page.fill("[name=document_no]", DOCUMENT)
    hr.page.get_by_role("button", name="退回", exact=True).click()
    expect(hr.page.locator("main")).to_contain_text("退回要写明理由")
    expect(hr.page.locator("[name=document_no]")).to_have_value(DOCUMENT)
    assert (serious(hr), hr.overflow()) == ([], 0)
    hr.page.get_by_role("button", name="批准", exact=True).click()
    hr.page.wait_for_url(re.compile("/assistance/nominations/$"))
    expect(hr.page.locator("main")).to_contain_text("已批准")
    with district.read(operator()) as work:
        stored = work.session.execute(
            select(Assignment.host, Assignment.document_no, Assignment.appraisal)
            .join(Person, Person.id == Assignment.person_id)
            .where(Person.staff_no == staff_no, Assignment.host == HOST)).all()
    assert [tuple(row) for row in stored] == [(HOST, DOCUMENT, "")]
    assert (school.problems, hr.problems) == ([], [])
