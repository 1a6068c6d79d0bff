"""Accounts as administrators see them: two browsers, two persons."""

import pytest

from talent.accounts import teachers
from talent.core.access import ROLES, operator
from talent.core.work import Program
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.conftest import Clock
from tests.factories import PASSWORD

LIST = "/admin/accounts/"
NEW = {"name": "Wang.Min", "display_name": "王敏", "role": "finance", "password": "gravel otter piano",
       "school_code": "", "staff_no": ""}


@pytest.fixture
def admins(site: Site) -> tuple[Browser, Browser]:
    """Two administrators, each in an own browser."""
    browsers = []
    for name in ("first", "second"):
        account = factories.add_account(site.program, "admin", name=name)
        browser = site.browser()
        browser.sign_in(account.name)
        browsers.append(browser)
    return browsers[0], browsers[1]


def test_one_proposes_the_other_agrees(site: Site, admins: tuple[Browser, Browser]) -> None:
    first, second = admins
    assert first.submit(f"{LIST}new", NEW).location == LIST
    newcomer = site.browser()
    newcomer.sign_in("wang.min", NEW["password"])
    chosen = "window radio kettle"
    newcomer.submit("/password", {"current": NEW["password"], "new": chosen, "again": chosen})
    assert "您现在没有有效的角色" in text(newcomer.get(LIST))
    waiting = _approve_url(second)
    assert _approve_url(first) == ""
    refused = first.act(waiting)
    assert refused.status_code == 422 and "由提出人以外的另一位管理员同意" in text(refused)
    assert second.act(waiting).location == LIST
    assert "等第二人同意" not in text(second.get(LIST))
    assert "财务科" in text(newcomer.get("/account"))
    assert second.act(waiting).status_code == 409


def _approve_url(browser: Browser) -> str:
    """Where this browser's list lets it approve, "" when it offers nothing."""
    page = text(browser.get(LIST))
    lines = [part.split('"')[0] for part in page.split('action="') if part.split('"')[0].endswith("/approve")]
    return lines[0] if lines else ""


def test_a_new_account_names_every_mistake_at_its_field(admins: tuple[Browser, Browser]) -> None:
    page = text(admins[0].submit(f"{LIST}new", {**NEW, "name": "first", "role": "school"}))
    assert 'href="#name"' in page and "“first”已经有人用" in page
    assert 'href="#school_code"' in page and "“学校办公室”要写明是哪所学校" in page
    assert 'value="王敏"' in page


def test_a_weak_initial_password_is_refused(admins: tuple[Browser, Browser]) -> None:
    page = text(admins[0].submit(f"{LIST}new", {**NEW, "password": "wang.min2026"}))
    assert "密码里有与账号有关的" in page


def test_closing_and_opening_an_account(site: Site, admins: tuple[Browser, Browser]) -> None:
    hr = site.sign_in("hr")
    user_id = site.account("hr").user_id
    assert admins[0].act(f"{LIST}{user_id}/disable").location == LIST
    assert hr.get("/account").status_code == 303
    assert "已停用" in text(admins[0].get(LIST))
    assert admins[0].act(f"{LIST}{user_id}/enable").location == LIST
    assert admins[1].act(_approve_url(admins[1])).location == LIST
    assert site.browser().sign_in("hr-1").status_code == 303


def test_a_reset_password_replaces_the_old_one(site: Site, admins: tuple[Browser, Browser]) -> None:
    account = site.account("hr")
    url = f"{LIST}{account.user_id}/password"
    assert admins[0].submit(url, {"password": "window radio kettle"}).location == LIST
    assert site.browser().sign_in("hr-1", PASSWORD).status_code == 401
    browser = site.browser()
    browser.sign_in("hr-1", "window radio kettle")
    assert browser.get("/account").location == "/password"


def test_one_more_role(site: Site, admins: tuple[Browser, Browser]) -> None:
    account = site.account("hr")
    url = f"{LIST}{account.user_id}/role"
    assert admins[0].submit(url, {"role": "finance"}).location == LIST
    assert "财务科" in text(admins[1].get(LIST))
    assert admins[0].get(f"{LIST}999/role").status_code == 404


def test_the_list_is_narrowed_by_name_and_role(site: Site, admins: tuple[Browser, Browser]) -> None:
    for role in ("hr", "finance"):
        site.account(role)
    names = ("first", "second", "hr-1", "finance-1")

    def shown(query: str) -> list[str]:
        page = text(admins[0].get(LIST + query))
        return [name for name in names if f'<td class="key">{name}</td>' in page]

    assert shown("") == list(names)
    assert shown("?q=FIN") == ["finance-1"]
    assert shown("?role=admin") == ["first", "second"]
    assert shown("?q=%25") == []


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_no_other_role_comes_near(site: Site, role: str) -> None:
    browser = site.sign_in(role)
    for url in (LIST, f"{LIST}new", f"{LIST}1/role", f"{LIST}1/password"):
        response = browser.get(url)
        assert response.status_code == 403
        assert "这件事由系统管理员办理" in text(response)
    for url in (f"{LIST}1/disable", f"{LIST}1/enable", f"{LIST}grants/1/approve", f"{LIST}grants/1/end"):
        assert browser.act(url).status_code == 403
    assert "账号" not in [line.strip() for line in text(browser.get("/account")).splitlines()]


def test_slips_that_lapsed_are_issued_again_for_a_school(site: Site, program: Program, clock: Clock) -> None:
    for number in ("T1", "T2"):
        factories.add_person(program, number, f"师{number}")
    with program.begin(operator()) as work:
        teachers.add(work, drawn=teachers.draw(work, days=14))
    assert "没有失效的密码条" in text(site.sign_in("admin").get("/admin/accounts/slips"))
    clock.move(hours=15 * 24)
    admin = site.sign_in("admin")
    assert "密码条已失效的，共 2 人" in text(admin.get("/admin/accounts/slips"))
    answer = admin.submit("/admin/accounts/slips", {"school_code": "S1"})
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
    assert "没有失效的密码条" in text(admin.get("/admin/accounts/slips"))


def test_a_school_is_chosen_by_its_name(site: Site, program: Program) -> None:
    """An administrator sees no list of schools, and nobody knows their codes by heart."""
    factories.add_school(program, "0016", "西园高级中学")
    admin = site.sign_in("admin")
    page = text(admin.get("/admin/accounts/new"))
    assert '<option value="0016">西园高级中学（0016）</option>' in page
    sent = {**NEW, "role": "school", "school_code": "0016"}
    assert admin.submit("/admin/accounts/new", sent).status_code == 303
    assert "西园高级中学" in text(admin.get("/admin/accounts/"))
    assert '<option value="0016">' in text(admin.get(f"/admin/accounts/{site.account('admin').user_id}/role"))
