"""Signing in over real HTTP: what opens, what stays shut, what is written down."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select, update

from talent.accounts import commands, leaving
from talent.accounts.models import LoginFailure, User, UserSession
from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.work import Program
from talent.people.models import Person
from tests.browser_client import Browser, Site, text
from tests.conftest import Clock
from tests.factories import PASSWORD, add_account, add_person

WRONG = "not the pass word"
REFUSED = "登录名或密码不对"
WAIT = "连续几次没有登录成功"


def events(program: Program, *actions: str) -> list[tuple[str, str, str, str]]:
    """(action, actor, key, detail) of the audit, oldest first."""
    with program.read(operator()) as work:
        rows = work.session.scalars(
            select(AuditEvent).where(AuditEvent.action.in_(actions)).order_by(AuditEvent.id)).all()
        return [(row.action, row.actor, row.subject_key, row.detail) for row in rows]


def count(program: Program, table: type[Any]) -> int:
    with program.read(operator()) as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def is_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


def test_sign_in_opens_the_site_and_leaves_one_entry(site: Site) -> None:
    account = site.account("hr")
    browser = site.browser()
    response = browser.sign_in(account.name)
    assert (response.status_code, response.location) == (303, "/")
    assert browser.get("/").status_code == 303
    assert is_in(browser)
    assert events(site.program, "account:sign_in", "account:sign_in_refused") == [
        ("account:sign_in", "hr-1", "hr-1", '{"address":"127.0.0.1"}')]


def test_wrong_password_and_unknown_name_read_the_same(site: Site) -> None:
    account = site.account("hr")
    wrong = site.browser().sign_in(account.name, WRONG)
    unknown = site.browser().sign_in("nobody", WRONG)
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert REFUSED in text(wrong)
    without_name = [text(page).replace(name, "") for page, name in ((wrong, account.name), (unknown, "nobody"))]
    assert _without_tokens(without_name[0]) == _without_tokens(without_name[1])
    assert events(site.program, "account:sign_in_refused") == [
        ("account:sign_in_refused", "anonymous", "hr-1", '{"address":"127.0.0.1","fails":1,"reason":"password"}'),
        ("account:sign_in_refused", "anonymous", "unknown", '{"address":"127.0.0.1","fails":1,"reason":"unknown"}'),
    ]


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf_token" not in line)


def test_a_name_is_found_however_it_is_typed(site: Site) -> None:
    account = site.account("hr")
    assert site.browser().sign_in(f" {account.name.upper()} ").status_code == 303


def test_a_cookie_replayed_after_leaving_is_dead(site: Site) -> None:
    browser = site.sign_in("hr")
    kept = browser.get_cookie("talent")
    assert kept is not None
    response = browser.act("/logout")
    assert (response.status_code, response.location) == (303, "/login")
    thief = site.browser()
    thief.set_cookie("talent", kept.value)
    assert not is_in(thief)
    assert events(site.program, "account:sign_out") == [("account:sign_out", "hr-1", "hr-1", "{}")]


def test_signing_in_again_makes_a_new_session(site: Site) -> None:
    browser = site.sign_in("hr")
    first = browser.get_cookie("talent")
    browser.sign_in("hr-1", page="/account")
    assert count(site.program, UserSession) == 2
    second = browser.get_cookie("talent")
    assert first is not None and second is not None and first.value != second.value


def test_signing_in_over_an_open_session_ends_it_whoever_has_it(site: Site) -> None:
    browser, elsewhere = site.sign_in("hr"), site.sign_in("hr")
    kept = browser.get_cookie("talent")
    browser.sign_in(site.account("leader").name, page="/account")
    assert kept is not None and is_in(browser) and is_in(elsewhere)
    thief = site.browser()
    thief.set_cookie("talent", kept.value)
    assert not is_in(thief)


@pytest.mark.parametrize("way", ["/logout", "/account/sign-out-everywhere"])
def test_going_leaves_nothing_to_go_back_to(site: Site, way: str) -> None:
    gone = site.sign_in("hr").act(way)
    assert (gone.location, gone.headers["Clear-Site-Data"]) == ("/login", '"cache", "storage"')


def test_a_disabled_account_is_out_with_its_next_request(site: Site) -> None:
    browser = site.sign_in("hr")
    with site.program.begin(operator()) as work:
        commands.disable_user(work, user_id=site.account("hr").user_id)
    assert browser.get("/account").location == "/login?next=/account"
    again = site.browser().sign_in("hr-1")
    assert again.status_code == 401 and REFUSED in text(again)


def test_a_role_taken_away_is_gone_with_the_next_request(site: Site) -> None:
    browser = site.sign_in("admin")
    assert browser.get("/admin/accounts/").status_code == 200
    with site.program.begin(operator()) as work:
        user = work.session.get_one(User, site.account("admin").user_id)
        commands.end_grant(work, grant_id=user.grants[0].id)
    assert browser.get("/admin/accounts/").status_code == 403


def test_idle_half_an_hour_ends_the_visit(site: Site, clock: Clock) -> None:
    browser = site.sign_in("hr")
    for _ in range(3):
        clock.move(minutes=29)
        assert is_in(browser)
    clock.move(minutes=30)
    assert not is_in(browser)


def test_twelve_hours_end_even_a_busy_visit(site: Site, clock: Clock) -> None:
    browser = site.sign_in("hr")
    for _ in range(29):
        clock.move(minutes=24)
        assert is_in(browser)
    clock.move(minutes=24)
    assert not is_in(browser)


def test_a_clock_set_back_ends_the_visit(site: Site, clock: Clock) -> None:
    browser = site.sign_in("hr")
    clock.move(minutes=10)
    assert is_in(browser)
    clock.move(hours=-1)
    assert not is_in(browser)


def test_an_old_copy_of_the_cookie_goes_stale_while_its_owner_works(site: Site, clock: Clock) -> None:
    browser = site.sign_in("hr")
    kept = browser.get_cookie("talent")
    assert kept is not None
    for _ in range(2):
        clock.move(minutes=20)
        assert is_in(browser)
    thief = site.browser()
    thief.set_cookie("talent", kept.value)
    assert not is_in(thief)
    assert is_in(browser)


def test_five_failures_delay_this_address_and_no_other(site: Site, clock: Clock) -> None:
    account = site.account("hr")
    stranger = site.browser()
    for _ in range(5):
        assert stranger.sign_in(account.name, WRONG).status_code == 401
    delayed = stranger.sign_in(account.name)
    assert (delayed.status_code, delayed.headers["Retry-After"]) == (429, "30")
    assert WAIT in text(delayed)
    elsewhere = site.browser().sign_in(account.name, environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    assert elsewhere.status_code == 303
    clock.move(seconds=31)
    assert stranger.sign_in(account.name, WRONG).status_code == 401
    assert stranger.sign_in(account.name).headers["Retry-After"] == "60"
    clock.move(seconds=61)
    assert stranger.sign_in(account.name).status_code == 303
    assert count(site.program, LoginFailure) == 0


def test_an_unknown_name_is_delayed_alike(site: Site) -> None:
    browser = site.browser()
    statuses = [browser.sign_in("nobody", WRONG).status_code for _ in range(6)]
    assert statuses == [401, 401, 401, 401, 401, 429]


def test_what_was_typed_as_a_name_is_kept_nowhere(site: Site) -> None:
    site.browser().sign_in("my secret password", WRONG)
    with site.program.read(operator()) as work:
        kept = [row.name_index for row in work.session.scalars(select(LoginFailure))]
        said = [row.detail + row.subject_key for row in work.session.scalars(select(AuditEvent))]
    assert not [line for line in kept + said if "secret" in line]


@pytest.mark.parametrize(("next_page", "lands"), [
    ("/account", "/account"),
    ("/account?x=1", "/account?x=1"),
    ("//evil.example", "/"),
    ("/\\evil.example", "/"),
    ("/\t/evil.example", "/"),
    ("https://evil.example/", "/"),
    ("javascript:alert(1)", "/"),
    ("account", "/"),
    ("", "/"),
])
def test_only_own_pages_follow_a_sign_in(site: Site, next_page: str, lands: str) -> None:
    account = site.account("hr")
    response = site.browser().sign_in(account.name, url="/login", query_string={"next": next_page})
    assert (response.status_code, response.location) == (303, lands)


def test_an_initial_password_must_be_replaced_first(site: Site) -> None:
    account = site.account("hr", must_change=True)
    browser = site.browser()
    browser.sign_in(account.name)
    assert browser.get("/account").location == "/password"
    chosen = "gravel otter piano"
    fields = {"current": PASSWORD, "new": chosen, "again": chosen}
    assert browser.submit("/password", fields).location == "/"
    assert is_in(browser)
    assert site.browser().sign_in(account.name).status_code == 401
    assert site.browser().sign_in(account.name, chosen).status_code == 303
    assert events(site.program, "account:change_password") == [("account:change_password", "hr-1", "hr-1", "{}")]


def test_an_initial_password_is_good_for_a_day(site: Site, clock: Clock) -> None:
    account = site.account("hr", must_change=True)
    clock.move(hours=24)
    response = site.browser().sign_in(account.name)
    assert response.status_code == 401
    assert "初始密码超过 24 小时" in text(response)


@pytest.mark.parametrize(("fields", "said"), [
    ({"current": WRONG}, REFUSED),
    ({"again": "something else"}, "两次填的不一样"),
    ({"new": "short", "again": "short"}, "密码太短"),
    ({"new": PASSWORD, "again": PASSWORD}, "新密码与原密码相同"),
    ({"new": "password2026", "again": "password2026"}, "常见密码"),
])
def test_a_new_password_is_refused_at_its_field(site: Site, fields: dict[str, str], said: str) -> None:
    browser = site.sign_in("hr")
    good = {"current": PASSWORD, "new": "gravel otter piano", "again": "gravel otter piano"}
    response = browser.submit("/password", {**good, **fields})
    assert response.status_code == 200
    assert said in text(response)
    assert site.browser().sign_in("hr-1").status_code == 303


@pytest.mark.parametrize("new", ["linzhiwei-26", "0104567-26ok", "林知微二零二六年好记", "deputylin-99"])
def test_a_new_password_is_made_of_nobodys_own_words(site: Site, program: Program, new: str) -> None:
    """Name, its pinyin, staff number, and what the account calls itself."""
    add_person(program, "0104567", name="林知微")
    account = add_account(program, "teacher", name="lin", staff_no="0104567")
    with program.begin(operator()) as work:
        work.session.execute(update(Person).values(pinyin="linzhiwei"))
        work.session.execute(update(User).values(display_name="Deputy Lin"))
    browser = site.browser()
    browser.sign_in(account.name)
    page = text(browser.submit("/password", {"current": PASSWORD, "new": new, "again": new}))
    assert "密码里有与账号有关的" in page
    good = dict.fromkeys(("new", "again"), "gravel otter piano")
    assert browser.submit("/password", {"current": PASSWORD, **good}).status_code == 303


def test_a_new_password_ends_the_other_sessions(site: Site) -> None:
    other, browser = site.sign_in("hr"), site.sign_in("hr")
    chosen = "gravel otter piano"
    browser.submit("/password", {"current": PASSWORD, "new": chosen, "again": chosen})
    assert is_in(browser)
    assert not is_in(other)


def test_signing_out_everywhere(site: Site) -> None:
    other, browser = site.sign_in("hr"), site.sign_in("hr")
    browser.act("/account/sign-out-everywhere")
    assert not is_in(other)
    assert not is_in(browser)
    assert events(site.program, "account:end_sessions") == [
        ("account:end_sessions", "hr-1", "hr-1", '{"sessions":2}')]


def test_one_of_ones_own_sign_ins_is_ended_and_nobody_elses(site: Site) -> None:
    other, browser, strange = site.sign_in("hr"), site.sign_in("hr"), site.sign_in("leader")
    page = text(browser.get("/account"))
    listed = re.findall(r"/account/sessions/(\d+)/end", page)
    assert page.count("这一次") == 1 and len(listed) == 1  # the one that asks is not offered
    assert strange.act(f"/account/sessions/{listed[0]}/end").status_code == 404
    assert is_in(other)
    assert browser.act(f"/account/sessions/{listed[0]}/end").location == "/account"
    assert not is_in(other) and is_in(browser) and is_in(strange)
    assert browser.act(f"/account/sessions/{listed[0]}/end").status_code == 404
    assert events(site.program, "account:end_session") == [
        ("account:end_session", "hr-1", "hr-1", '{"address":"127.0.0.1"}')]


def test_an_administrator_signs_somebody_out_everywhere(site: Site) -> None:
    admin, hr = site.sign_in("admin"), site.sign_in("hr")
    user_id = site.account("hr").user_id
    assert f"/admin/accounts/{user_id}/sessions/end" in text(admin.get("/admin/accounts/"))
    assert admin.act(f"/admin/accounts/{user_id}/sessions/end").status_code == 303
    assert not is_in(hr) and is_in(admin) and site.browser().sign_in("hr-1").status_code == 303


def test_the_table_never_holds_the_token(site: Site) -> None:
    browser = site.sign_in("hr")
    with browser.session_transaction() as cookie:
        token = cookie["token"]
    with site.program.read(operator()) as work:
        kept = work.session.scalars(select(UserSession)).one()
        assert len(kept.token_sha256) == 64
        assert token not in (kept.token_sha256, kept.address)


def test_language_is_chosen_for_the_visit(client: Browser) -> None:
    assert ">English</a>" in text(client.get("/login"))
    assert ">中文</a>" in text(client.get("/login?lang=en"))
    assert ">中文</a>" in text(client.get("/login"))
    assert ">English</a>" in text(client.get("/login?lang=zh"))
    assert ">English</a>" in text(client.get("/login?lang=xx"))


def test_language_survives_signing_in(site: Site) -> None:
    account = site.account("hr")
    browser = site.browser()
    browser.get("/login?lang=en")
    browser.sign_in(account.name)
    assert ">中文</a>" in text(browser.get("/account"))


def test_an_admin_acts_under_the_own_name(site: Site) -> None:
    account = site.account("admin")
    actor = Actor(account.user_id, account.name, (Grant("admin"),))
    with site.program.begin(actor) as work:
        leaving.end_sessions(work, user_id=account.user_id)
    assert events(site.program, "account:end_sessions") == [
        ("account:end_sessions", "admin-1", "admin-1", '{"sessions":0}')]
