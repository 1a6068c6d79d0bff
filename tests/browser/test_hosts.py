"""A month confirmed by a host through a link, in a real browser: asked by the school, answered without an account."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from talent.core.access import operator
from talent.core.work import Program
from talent.people.models import Absence, Person
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
HOST, MONTH = "东陵区杨柳洼学校", "2024-03"


@pytest.mark.parametrize("width", [1366, 390])
def test_a_host_answers_a_link_and_the_bureau_recognises_it(
    visit: Callable[..., Visitor], browser: Browser, address: str, district: Program, width: int
) -> None:
    month = MONTH if width == 1366 else "2024-04"
    clerk = visit("school", width=width)
    clerk.open(f"/assistance/hosts/?month={month}")
    clerk.page.get_by_role("link", name=f"{HOST}：{month} 到岗确认").click()
    clerk.page.get_by_role("button", name="生成一个链接").click()
    link = clerk.page.locator("#link").inner_text()
    assert clerk.overflow() <= 0
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="zh-CN")
    host = Visitor(context.new_page(), address, "")
    host.page.goto(link)
    expect(host.page.locator("legend")).to_contain_text(f"{month}-01 至 {month}-")
    assert "#" not in host.page.url and host.overflow() <= 0
    host.page.get_by_label("缺勤 1：开始").fill(f"{month}-11")
    host.page.get_by_label("缺勤 1：结束").fill(f"{month}-12")
    host.page.get_by_label("缺勤 1：类型").select_option(label="公假")
    host.page.get_by_label("没有填缺勤的").check()
    host.page.get_by_label("受援单位签字人").fill("赵敏 教务主任")
    host.keep(f"host-sheet-{width}")
    host.page.get_by_role("button", name="提交").click()
    expect(host.page.locator("h1")).to_have_text("已收到，谢谢")
    assert host.problems == []
    host.page.goto(link)
    expect(host.page.locator("main")).to_contain_text("这个确认码不能用")
    context.close()
    hr = visit("hr", width=width)
    hr.open("/assistance/hosts/")
    hr.page.get_by_role("link", name=HOST).first.click()
    hr.page.get_by_role("button", name="认可并写入").click()
    expect(hr.page.locator("main")).to_contain_text("已认可，缺勤和考核结果已写入")
    with district.read(operator()) as work:
        days = work.session.execute(
            select(Absence.started_on, Absence.ended_on).join(Person, Person.id == Absence.person_id)
            .where(Person.staff_no == "0101009", Absence.kind == "official",
                   Absence.started_on == date.fromisoformat(f"{month}-11"))).all()
    assert [(str(first), str(last)) for first, last in days] == [(f"{month}-11", f"{month}-12")]
