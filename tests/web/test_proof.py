"""The second factor and the proof before acts that ask for one, over real HTTP."""

import re

import pyotp
import pytest
from sqlalchemy import select

from talent.accounts.models import RecoveryCode, SecondFactor, User
from talent.accounts.second_factor import place
from talent.core.access import operator
from tests.browser_client import Browser, Site, text
from tests.conftest import Clock
from tests.web.test_login import events, is_in

WRONG = "验证码不对"


def code_of(site: Site, seed: str, steps: int = 0) -> str:
    return pyotp.TOTP(seed).generate_otp(int(site.program.clock().timestamp()) // 30 + steps)


def seed_on(page: str) -> str:
    found = re.search(r'<code class="tl-raw">([A-Z2-7 ]+)</code>', page)
    assert found
    return found.group(1).replace(" ", "")


def enrol(site: Site, browser: Browser) -> tuple[str, list[str]]:
    """Enrol the account signed in; its seed and its recovery codes."""
    seed = seed_on(text(browser.get("/account/factor")))
    page = text(browser.submit("/account/factor", {"code": code_of(site, seed)}))
    codes = re.findall(r"<li><code class=\"tl-raw\">([\w-]+)</code>", page)
    assert len(set(codes)) == 10
    return seed, codes


def test_after_enrolling_the_password_alone_opens_nothing(site: Site, clock: Clock) -> None:
    seed, _codes = enrol(site, site.sign_in("hr"))
    clock.move(minutes=1)
    browser = site.sign_in("hr")
    for address in ("/people/", "/account", "/account/factor", "/password", "/home/"):
        response = browser.get(address)
        assert response.status_code == 303 and response.location.startswith("/proof"), address
    assert browser.post("/imports/", data={"csrf_token": browser.token("/proof")}).location.startswith("/proof")
    assert WRONG in text(browser.submit("/proof", {"code": "000000"}))
    response = browser.submit("/proof?next=/people/", {"code": code_of(site, seed)})
    assert (response.status_code, response.location) == (303, "/people/")
    assert is_in(browser)
    assert [event[0] for event in events(site.program, "account:prove", "account:prove_refused")] == [
        "account:prove_refused", "account:prove"]


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_one_step_to_either_side(site: Site, clock: Clock, steps: int, good: bool) -> None:
    seed, _codes = enrol(site, site.sign_in("hr"))
    clock.move(minutes=5)
    browser = site.sign_in("hr")
    browser.submit("/proof", {"code": code_of(site, seed, steps)})
    assert is_in(browser) is good


def test_a_code_counts_once(site: Site, clock: Clock) -> None:
    seed, _codes = enrol(site, site.sign_in("hr"))
    clock.move(minutes=5)
    first, second = site.sign_in("hr"), site.sign_in("hr")
    first.submit("/proof", {"code": code_of(site, seed)})
    assert WRONG in text(second.submit("/proof", {"code": code_of(site, seed)}))
    assert WRONG in text(second.submit("/proof", {"code": code_of(site, seed, -1)}))  # older than one used
    assert is_in(first) and not is_in(second)


def test_a_recovery_code_counts_once_and_a_new_set_voids_the_old(site: Site, clock: Clock) -> None:
    browser = site.sign_in("hr")
    _seed, codes = enrol(site, browser)
    fresh = re.findall(r"<li><code class=\"tl-raw\">([\w-]+)</code>", text(browser.act("/account/recovery-codes")))
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    one, other = site.sign_in("hr"), site.sign_in("hr")
    assert WRONG in text(one.submit("/proof", {"code": codes[0]}))
    one.submit("/proof", {"code": fresh[0].upper()})
    assert is_in(one)
    assert WRONG in text(other.submit("/proof", {"code": fresh[0]}))


def test_wrong_codes_make_their_owner_wait_and_nobody_else(site: Site, clock: Clock) -> None:
    seed, _codes = enrol(site, site.sign_in("hr"))
    clock.move(minutes=5)
    browser = site.sign_in("hr")
    for _ in range(5):
        assert WRONG in text(browser.submit("/proof", {"code": "000000"}))
    assert "请等 30 秒" in text(browser.submit("/proof", {"code": code_of(site, seed)}))
    assert is_in(site.sign_in("finance"))
    clock.move(seconds=31)
    browser.submit("/proof", {"code": code_of(site, seed)})
    assert is_in(browser)


def test_the_seed_is_sealed_to_its_row(site: Site) -> None:
    seed, codes = enrol(site, site.sign_in("hr"))
    with site.program.read(operator()) as work:
        row = work.session.scalars(select(SecondFactor)).one()
        assert work.vault.open(row.seed_sealed, place(row.user_id)) == seed
        assert seed.encode() not in row.seed_sealed
        stored = set(work.session.scalars(select(RecoveryCode.code_index)))
    assert len(stored) == 10 and not stored & set(codes)


def test_where_it_is_required_everybody_but_teachers_enrols_first(site: Site) -> None:
    site.program.settings.second_factor = "required"
    hr, teacher = site.sign_in("hr"), site.sign_in("teacher")
    assert is_in(teacher)
    response = hr.get("/people/")
    assert (response.status_code, response.location) == (303, "/account/factor")
    enrol(site, hr)
    assert is_in(hr)


@pytest.mark.parametrize(("hosts", "needed"), [
    ("127.0.0.1,localhost", False), ("localhost,talent.minghe.example", True),
])
def test_a_site_with_a_name_needs_it(site: Site, hosts: str, needed: bool) -> None:
    site.program.settings.hosts = hosts
    assert site.program.settings.needs_second_factor is needed


def test_an_administrator_takes_a_lost_factor_away(site: Site, clock: Clock) -> None:
    enrol(site, site.sign_in("hr"))
    lost, admin = site.account("hr"), site.sign_in("admin")
    clock.move(minutes=1)
    waiting = site.sign_in("hr")
    assert admin.act(f"/admin/accounts/{lost.user_id}/factor/reset").status_code == 303
    assert waiting.get("/proof").location == "/login?next=/proof"
    assert is_in(site.sign_in("hr"))
    assert events(site.program, "account:reset_factor") == [
        ("account:reset_factor", "admin-1", "hr-1", '{"sessions":2}')]


def test_acts_on_accounts_ask_for_a_fresh_proof(site: Site, clock: Clock) -> None:
    other, admin = site.account("finance"), site.sign_in("admin")
    clock.move(minutes=16)
    response = admin.act(f"/admin/accounts/{other.user_id}/disable")
    assert (response.status_code, response.location) == (303, "/proof")
    assert admin.get("/admin/accounts/new").location == "/proof?next=/admin/accounts/new"
    with site.program.read(operator()) as work:
        assert work.session.get_one(User, other.user_id).disabled_at is None
    assert "登录名或密码不对" in text(admin.submit("/proof", {"password": "not this one"}))
    response = admin.submit("/proof?next=/admin/accounts/new", {"password": site.account("admin").password})
    assert response.location == "/admin/accounts/new"
    assert admin.act(f"/admin/accounts/{other.user_id}/disable").location == "/admin/accounts/"
    with site.program.read(operator()) as work:
        assert work.session.get_one(User, other.user_id).disabled_at is not None


def test_whoever_has_a_second_factor_proves_by_it_not_by_the_password(site: Site, clock: Clock) -> None:
    browser = site.sign_in("admin")
    seed, _codes = enrol(site, browser)
    clock.move(minutes=16)
    assert "验证码" in text(browser.get("/proof"))
    response = browser.submit("/proof", {"password": site.account("admin").password})
    assert response.status_code == 200  # the form asks for the code
    assert browser.get("/admin/accounts/new").status_code == 303
    browser.submit("/proof", {"code": code_of(site, seed)})
    assert browser.get("/admin/accounts/new").status_code == 200


def test_a_way_back_leads_to_this_site_alone(site: Site) -> None:
    browser = site.sign_in("hr")
    password = site.account("hr").password
    for evil in ("//evil.example", "https://evil.example/", "/\\evil.example", "/%09/evil"):
        response = browser.submit(f"/proof?next={evil}", {"password": password}, page="/proof")
        assert response.location in ("/", "/%09/evil"), evil
