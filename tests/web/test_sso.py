"""Signing in through a real OpenID Connect provider on this machine, and every way in which it must not work."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from talent.accounts import commands
from talent.accounts.identities import _bind, link_by_staff_no
from talent.accounts.models import Identity, UserSession
from talent.accounts.provider import Assertion
from talent.core.access import operator
from talent.core.audit import AuditEvent
from talent.core.config import Settings
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.conftest import Clock
from tests.oidc_provider import CLIENT, SECRET, Provider
from tests.web.test_login import events, is_in

INVALID = "没有通过核验"
AGAIN = "已经用过、放得太久，或者不是从这台浏览器开始的"
UNLINKED = "还没有与本站的账号关联"


@pytest.fixture
def provider(site: Site, clock: Clock) -> Iterator[Provider]:
    """The provider, with the site told of it."""
    provider = Provider(clock)
    settings = site.program.settings
    settings.oidc_issuer, settings.oidc_client_id = provider.issuer, CLIENT
    settings.oidc_client_secret = type(settings.oidc_client_secret)(SECRET)
    yield provider
    provider.stop()


def back(browser: Browser, provider: Provider, start: str = "/login/sso") -> dict[str, str]:
    """Go there and come back: the fields of the form the browser sends on."""
    away = browser.get(start)
    assert away.status_code == 303, text(away)
    page = text(browser.get(provider.address_back(away.location)))
    assert "data-send" in page
    return dict(re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', page)) | {
        "action": re.findall(r'action="(/[^"]+)" data-send', page)[0]}


def send(browser: Browser, fields: dict[str, str]) -> TestResponse:
    return browser.post(fields["action"], data=fields)


def enter(browser: Browser, provider: Provider, start: str = "/login/sso") -> TestResponse:
    return send(browser, back(browser, provider, start))


def link(site: Site, provider: Provider, role: str = "hr") -> Browser:
    """The account of a role, linked by its owner."""
    browser = site.sign_in(role)
    response = enter(browser, provider, "/account/identity")
    assert (response.status_code, response.location) == (303, "/account"), text(response)
    return browser


def identities(site: Site) -> list[tuple[str | None, str | None]]:
    with site.program.read(operator()) as work:
        return [(row.subject, row.claim) for row in work.session.scalars(select(Identity))]


def test_without_a_provider_there_is_no_such_door(site: Site) -> None:
    browser = site.browser()
    assert "统一身份" not in text(browser.get("/login"))
    assert [browser.get(url).status_code for url in ("/login/sso", "/login/sso/back")] == [404, 404]


def test_linked_once_it_opens_the_account(site: Site, provider: Provider) -> None:
    link(site, provider)
    browser = site.browser()
    assert 'href="/login/sso"' in text(browser.get("/login"))
    response = enter(browser, provider, "/login/sso?next=/people/")
    assert (response.status_code, response.location) == (303, "/people/")
    assert is_in(browser)
    said = json.loads(events(site.program, "account:sign_in")[-1][3])
    assert said == {"address": "127.0.0.1", "provider": provider.issuer}
    assert [event[0:3] for event in events(site.program, "identity:link")] == [("identity:link", "hr-1", "hr-1")]


def test_somebody_not_linked_is_told_how_to_be_and_nothing_is_linked(site: Site, provider: Provider) -> None:
    factories.add_person(site.program, "T1", "张三")
    site.account("teacher", staff_no="T1")
    provider.who = {"sub": "u-9", "name": "张三", "preferred_username": "teacher-1", "email": "t1@x.cn",
                    "phone_number": "1"}
    response = enter(site.browser(), provider)
    assert (response.status_code, UNLINKED in text(response)) == (422, True)
    assert identities(site) == []
    assert json.loads(events(site.program, "account:sign_in_refused")[-1][3])["reason"] == "unlinked"


@pytest.mark.parametrize(("case", "wrong"), [
    ("another nonce", {"nonce": "another"}),
    ("another issuer", {"iss": "http://127.0.0.1/other"}),
    ("for another site", {"aud": "somebody-else"}),
    ("for several, by another", {"aud": [CLIENT, "b"], "azp": "b"}),
    ("expired", {"exp": 1_000_000_000}),
    ("from the future", {"nbf": 4_000_000_000}),
    ("signed by a stranger", {"key": "stranger"}),
    ("no subject", {"sub": ""}),
    ("a subject that is no text", {"sub": 7}),
])
def test_what_does_not_hold_opens_nothing(site: Site, provider: Provider, case: str, wrong: dict[str, Any]) -> None:
    link(site, provider)
    provider.wrong = wrong
    browser = site.browser()
    response = enter(browser, provider)
    assert (response.status_code, INVALID in text(response)) == (422, True), case
    assert not is_in(browser)


def test_an_answer_counts_once_even_with_its_cookie(site: Site, provider: Provider) -> None:
    link(site, provider)
    browser = site.browser()
    fields = back(browser, provider)
    kept = browser.get_cookie("talent")
    assert kept is not None
    assert send(browser, fields).status_code == 303
    thief = site.browser()
    thief.set_cookie("talent", kept.value)
    before = len(provider.asked)
    response = send(thief, fields)
    assert (response.status_code, AGAIN in text(response)) == (422, True)
    assert len(provider.asked) == before, "a replay never reaches the provider"
    assert not is_in(thief)


def test_an_answer_belongs_to_the_browser_that_began(site: Site, provider: Provider) -> None:
    link(site, provider)
    stolen = back(site.browser(), provider)
    other = site.browser()
    mine = back(other, provider)
    response = send(other, {**mine, "state": stolen["state"], "code": stolen["code"]})
    assert (response.status_code, AGAIN in text(response)) == (422, True)


def test_a_code_of_another_attempt_opens_nothing(site: Site, provider: Provider) -> None:
    link(site, provider)
    stolen, other = back(site.browser(), provider), site.browser()
    response = send(other, {**back(other, provider), "code": stolen["code"]})
    assert (response.status_code, INVALID in text(response)) == (422, True)


def test_ten_minutes_is_long_enough(site: Site, provider: Provider, clock: Clock) -> None:
    link(site, provider)
    browser = site.browser()
    fields = back(browser, provider)
    clock.move(minutes=10, seconds=1)
    assert AGAIN in text(send(browser, fields))


def test_coming_back_opens_nothing_by_its_address(site: Site, provider: Provider) -> None:
    link(site, provider)
    browser = site.browser()
    away = browser.get("/login/sso").location
    browser.get(provider.address_back(away))
    assert not is_in(browser)
    with site.program.read(operator()) as work:
        assert len(work.session.scalars(select(UserSession)).all()) == 1
    assert browser.post("/login/sso", data={"state": "x", "code": "y"}).status_code == 400


def test_saying_no_at_the_provider_is_no_error(site: Site, provider: Provider) -> None:
    response = site.browser().get("/login/sso/back?error=access_denied&state=x")
    assert (response.status_code, "没有在认证平台上登录" in text(response)) == (422, True)


def test_a_closed_account_stays_closed(site: Site, provider: Provider) -> None:
    link(site, provider)
    with site.program.begin(operator()) as work:
        commands.disable_user(work, user_id=site.account("hr").user_id)
    response = enter(site.browser(), provider)
    assert (response.status_code, "这个账号不能登录" in text(response)) == (422, True)


@pytest.mark.parametrize(("acr", "asks"), [("", True), ("password", True), ("mfa", False)])
def test_a_second_factor_is_still_asked_unless_the_providers_is_trusted(
    site: Site, provider: Provider, acr: str, asks: bool
) -> None:
    link(site, provider)
    site.program.settings.second_factor, site.program.settings.oidc_acr = "required", "mfa, phishing-resistant"
    provider.who = {"sub": "u-1", "acr": acr}
    browser = site.browser()
    enter(browser, provider)
    assert browser.get("/people/").location == ("/account/factor" if asks else None)


def test_linking_asks_for_a_fresh_proof(site: Site, provider: Provider, clock: Clock) -> None:
    browser = site.sign_in("hr")
    clock.move(minutes=16)
    response = browser.get("/account/identity")
    assert response.location.startswith("/proof")
    assert identities(site) == []


def test_one_identity_opens_one_account(site: Site, provider: Provider) -> None:
    link(site, provider)
    response = enter(site.sign_in("finance"), provider, "/account/identity")
    assert (response.status_code, "已经关联了别的账号" in text(response)) == (422, True)
    again = enter(site.sign_in("hr"), provider, "/account/identity")
    assert "已经关联了统一身份" in text(again)


def test_cutting_the_link_ends_what_came_through_it(site: Site, provider: Provider) -> None:
    owner = link(site, provider)
    browser = site.browser()
    enter(browser, provider)
    assert owner.act("/account/identity/unlink").location == "/account"
    assert (is_in(browser), is_in(owner)) == (False, True)
    assert UNLINKED in text(enter(site.browser(), provider))


def test_an_administrator_links_by_the_own_staff_number_alone(site: Site, provider: Provider) -> None:
    site.program.settings.oidc_claim = "employee_no"
    teacher, admin = site.account("teacher", staff_no="T1"), site.sign_in("admin")
    factories.add_person(site.program, "T2")
    url = f"/admin/accounts/{teacher.user_id}/identity"
    assert "不是账号 teacher-1 本人的工号" in text(admin.submit(url, {"claim": "T2"}))
    assert admin.submit(url, {"claim": "T1"}).location == "/admin/accounts/"
    provider.who = {"sub": "u-7", "employee_no": "T2"}
    assert UNLINKED in text(enter(site.browser(), provider))
    provider.who = {"sub": "u-7", "employee_no": "T1"}
    browser = site.browser()
    assert enter(browser, provider).status_code == 303
    assert identities(site) == [("u-7", "T1")]
    provider.who = {"sub": "u-8", "employee_no": "T1"}
    assert UNLINKED in text(enter(site.browser(), provider)), "from then on the subject alone counts"


def test_of_two_subjects_with_one_claim_the_first_alone_is_bound(site: Site, provider: Provider) -> None:
    account = site.account("teacher", staff_no="T1")
    with site.program.begin(factories.actor(site.program, site.account("admin"))) as work:
        link_by_staff_no(work, user_id=account.user_id, issuer="i", claim="T1")
        assert _bind(work, account.user_id, Assertion("i", "first", "T1", False))
        assert not _bind(work, account.user_id, Assertion("i", "second", "T1", False))


def test_nobody_links_themselves_as_administrator(site: Site, provider: Provider) -> None:
    site.program.settings.oidc_claim = "employee_no"
    admin = site.sign_in("admin")
    url = f"/admin/accounts/{site.account('admin').user_id}/identity"
    assert "不能对自己的账号这样做" in text(admin.submit(url, {"claim": "T1"}))


@pytest.mark.parametrize("where", ["http://127.0.0.1:9/", "http://localhost/", "https://evil.example/"])
def test_no_redirect_is_followed(site: Site, provider: Provider, where: str) -> None:
    provider.redirect_to = where
    response = site.browser().get("/login/sso")
    assert (response.status_code, "现在连不上" in text(response)) == (422, True)


@pytest.mark.parametrize("endpoint", ["token_endpoint", "jwks_uri"])
def test_no_other_host_is_spoken_to(site: Site, provider: Provider, clock: Clock, endpoint: str) -> None:
    link(site, provider)
    site.app.extensions.pop("talent_provider")
    stranger = Provider(clock)
    provider.described[endpoint] = f"{stranger.issuer}/token"
    response = enter(site.browser(), provider)
    assert "现在连不上" in text(response)
    assert stranger.asked == []
    stranger.stop()


@pytest.mark.parametrize(("name", "value"), [
    ("issuer", "http://127.0.0.1/other"), ("authorization_endpoint", "https://evil.example/authorize"),
])
def test_a_description_of_somebody_else_is_not_believed(
    site: Site, provider: Provider, name: str, value: str
) -> None:
    provider.described[name] = value
    response = site.browser().get("/login/sso")
    assert (response.status_code, INVALID in text(response)) == (422, True)


def test_the_address_gives_away_neither_nonce_nor_verifier_of_another(site: Site, provider: Provider) -> None:
    first, second = (parse_qs(urlsplit(site.browser().get("/login/sso").location).query) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
    assert "code_verifier" not in first


@pytest.mark.parametrize("values", [
    {"oidc_issuer": "http://idp.example", "oidc_client_id": "a"},
    {"oidc_issuer": "https://idp.example"},
    {"oidc_issuer": "https://user:pass@idp.example", "oidc_client_id": "a"},
    {"oidc_issuer": "idp.example", "oidc_client_id": "a"},
])
def test_a_provider_that_could_be_listened_to_is_refused_at_the_start(values: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        Settings(**values)


def test_the_secret_is_in_no_audit_line(site: Site, provider: Provider) -> None:
    link(site, provider)
    with site.program.read(operator()) as work:
        said = " ".join(row.detail for row in work.session.scalars(select(AuditEvent)))
    assert SECRET not in said and "u-1" not in said


# ── a fresh sign-in there as the proof here ──────────────────────────────────────────────────────────────────

PROVE = "/proof/sso?next=/admin/accounts/new"


def stale(site: Site, provider: Provider, clock: Clock, role: str = "admin") -> Browser:
    """A browser that came in through the provider, so long ago that acts ask for a proof."""
    link(site, provider, role)
    browser = site.browser()
    enter(browser, provider)
    clock.move(minutes=16)
    assert browser.get("/admin/accounts/new").location.startswith("/proof")
    return browser


def test_who_has_no_password_proves_themselves_at_the_provider(
    site: Site, provider: Provider, clock: Clock
) -> None:
    browser = stale(site, provider, clock)
    assert "/proof/sso?next=/admin/accounts/new" in text(browser.get("/proof?next=/admin/accounts/new"))
    asked = parse_qs(urlsplit(browser.get(PROVE).location).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    response = enter(browser, provider, PROVE)
    assert (response.status_code, response.location) == (303, "/admin/accounts/new")
    assert browser.get("/admin/accounts/new").status_code == 200
    assert json.loads(events(site.program, "account:prove")[-1][3]) == {"how": "provider"}
    assert "max_age" not in site.browser().get("/login/sso").location


@pytest.mark.parametrize(("wrong", "said"), [
    ({"auth_time": 1_788_000_000}, "没有重新核验"), ({"auth_time": None}, "没有重新核验"),
    ({"auth_time": "1788829200"}, "没有重新核验"), ({"auth_time": 4_000_000_000}, "没有重新核验"),
    ({"sub": "u-2"}, "另一个身份"),
], ids=["signed in long ago", "no word of when", "not a number", "in the future", "somebody else"])
def test_what_is_no_proof(
    site: Site, provider: Provider, clock: Clock, wrong: dict[str, Any], said: str
) -> None:
    browser = stale(site, provider, clock)
    provider.wrong = wrong
    response = enter(browser, provider, PROVE)
    assert (response.status_code, said in text(response) or INVALID in text(response)) == (422, True)
    assert browser.get("/admin/accounts/new").location.startswith("/proof")
    assert events(site.program, "account:prove") == []


def test_a_sign_in_for_another_purpose_proves_nothing(site: Site, provider: Provider, clock: Clock) -> None:
    browser = stale(site, provider, clock)
    fields = back(browser, provider, "/login/sso")
    response = send(browser, {**fields, "action": "/proof/sso"})
    assert (response.status_code, AGAIN in text(response)) == (422, True)


def test_who_is_not_linked_is_asked_for_the_password_alone(
    site: Site, provider: Provider, clock: Clock
) -> None:
    browser = site.sign_in("admin")
    clock.move(minutes=16)
    assert "/proof/sso" not in text(browser.get("/proof"))
    response = enter(browser, provider, PROVE)
    assert (response.status_code, "另一个身份" in text(response)) == (422, True)
