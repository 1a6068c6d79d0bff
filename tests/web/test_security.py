"""The guard and what every answer carries, over real HTTP on both databases."""

import logging
import re
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask, abort, request
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from talent.app import create_app, templates_folder
from talent.core.access import RIGHTS, ROLES
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.work import Program
from talent.web.navigation import MOST_ENTRIES
from talent.web.security import PUBLIC, SIGNED_IN, is_own_path, public, rights_of
from tests.browser_client import Browser, Site, text
from tests.guards.district import dump

CSP = ("default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
       "frame-ancestors 'none'")


def _raise(error: Exception) -> NoReturn:
    raise error


@pytest.fixture
def trouble(program: Program) -> Site:
    """The site with pages that go wrong in each way a page can."""
    app = create_app(program)
    app.test_client_class = Browser
    failures = {
        "missing": NotFound("person", 7), "taken": Conflict("grant"), "unknown-conflict": Conflict("thing"),
        "rule": RuleViolation([Finding("grant.same_person"), Finding("grant.to_oneself")]),
        "locked": OperationalError("SELECT 1", {}, Exception("database is locked")),
        "broken": ZeroDivisionError("secret detail"),
    }
    for name, failure in failures.items():
        app.add_url_rule(f"/{name}", name, public(lambda failure=failure: _raise(failure)))
    app.add_url_rule("/teapot", "teapot", public(lambda: abort(418)))
    app.add_url_rule("/upload", "upload", public(lambda: request.get_data()), methods=["POST"])
    app.add_url_rule("/forgotten", "forgotten", lambda: "nobody named a right")
    return Site(app, program)


def _readable(app: Flask) -> list[str]:
    """Every page that can be read without knowing an object, and some that name one."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint not in
             ("static", "bootstrap.static") and not rule.endpoint.startswith("api.")]
    return [re.sub("<[^>]+>", "1", rule.rule) for rule in rules]


# ── rights ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_route_names_its_right(site: Site) -> None:
    known = {right for rights in RIGHTS.values() for right in rights} | {*PUBLIC, *SIGNED_IN}
    named = {endpoint: rights_of(site.app, endpoint) for endpoint in site.app.view_functions}
    assert {endpoint for endpoint, rights in named.items() if not rights} == set()
    assert {right for rights in named.values() for right in rights} - known == set()


def test_only_these_pages_are_public(site: Site) -> None:
    named = {endpoint for endpoint in site.app.view_functions if rights_of(site.app, endpoint) == PUBLIC}
    assert named == {"api.openapi", "static", "bootstrap.static", "healthz", "login.index", "login.sso",
                     "login.sso_back", "login.sso_enters", "host.index", "host.answer"}


def test_a_route_that_names_no_right_is_closed_to_everybody(trouble: Site) -> None:
    assert trouble.browser().get("/forgotten").status_code == 303
    assert trouble.sign_in("admin").get("/forgotten").status_code == 403


def test_without_signing_in_a_page_leads_to_the_door_and_back(client: Browser) -> None:
    assert client.get("/account?x=1").location == "/login?next=/account?x%3D1"
    assert client.get("/").location == "/login"
    assert client.get("/account", headers={"Accept": "application/json"}).status_code == 401


def test_a_visit_costs_one_statement(site: Site) -> None:
    browser, seen = site.sign_in("school"), list[str]()
    event.listen(site.program.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    browser.get("/")
    assert len([statement for statement in seen if statement.lstrip().startswith("SELECT")]) == 1


@pytest.mark.parametrize(("database_url", "role"), [*(("sqlite", role) for role in ROLES), ("postgresql", "hr")],
                         indirect=["database_url"])
def test_reading_never_writes(site: Site, role: str) -> None:
    """But for the audit of what was refused. A page does the same on both databases: on one, one role is enough."""
    browser = site.sign_in(role)
    before = dump(site.program)
    for url in _readable(site.app):
        for query in ("", "?lang=en&on=2025-09-01&page=2"):
            assert browser.get(url + query).status_code in (200, 303, 403, 404)
    assert dump(site.program) == before


@pytest.mark.parametrize("role", ROLES)
def test_the_rail_has_no_dead_links(site: Site, role: str) -> None:
    browser = site.sign_in(role)
    rail = text(browser.get("/account")).split('id="rail"')[1].split("</nav>")[0]
    links = re.findall(r'<a href="([^"]+)"', rail)
    entries = [link for link in links if "lang=" not in link and link != "/account"]
    assert len(entries) <= MOST_ENTRIES
    assert [browser.get(link).status_code for link in entries] == [200] * len(entries)


# ── forms ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("token", [None, "", "nonsense"])
def test_a_form_without_its_token_does_nothing(site: Site, token: str | None) -> None:
    browser = site.sign_in("hr")
    before = dump(site.program)
    response = browser.post("/logout", data={} if token is None else {"csrf_token": token})
    assert response.status_code == 400
    assert "这一页已经过期" in text(response)
    assert dump(site.program) == before
    assert browser.get("/account").status_code == 200


def test_a_token_of_another_visit_does_nothing(site: Site) -> None:
    browser, other = site.sign_in("hr"), site.sign_in("finance")
    assert browser.post("/logout", data={"csrf_token": other.token("/account")}).status_code == 400


def test_every_unsafe_method_asks_for_the_token(site: Site) -> None:
    """The interface for other systems takes no cookie, so there is nothing to forge: it asks for its key instead."""
    browser = site.sign_in("admin")
    unsafe = [(rule, method) for rule in site.app.url_map.iter_rules()
              for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"})]
    for rule, method in unsafe:
        url = re.sub("<[^>]+>", "1", rule.rule)
        refused = 401 if rule.endpoint.startswith("api.") else 400
        assert (rule.endpoint, browser.open(url, method=method).status_code) == (rule.endpoint, refused)


@pytest.mark.parametrize(("target", "own"), [
    ("/", True), ("/people/?q=张", True), ("/a#b", True), ("/a//b", True), ("/a?u=http://x", True),
    ("", False), ("a", False), ("//x", False), ("///x", False), ("/\\x", False), ("/a\\b", False), ("\\/x", False),
    ("/\tx", False), ("/a\n", False), ("http://x/", False), ("http:/x", False), (" /a", False), ("/\u202ea", False),
])
def test_own_paths(target: str, own: bool) -> None:
    assert is_own_path(target) is own


# ── headers, hosts, cookies ──────────────────────────────────────────────────────────────────────────────────


def test_every_page_carries_the_headers(site: Site) -> None:
    browser = site.sign_in("hr")
    for url in ("/account", "/login", "/nowhere", "/admin/accounts/", "/healthz"):
        headers = browser.get(url).headers
        assert {name: headers[name] for name in (
            "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control",
        )} == {
            "Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
        }


def test_pages_have_nothing_inline_and_nothing_from_elsewhere(site: Site) -> None:
    browser = site.sign_in("admin")
    for url in ("/login", "/account", "/password", "/admin/accounts/", "/admin/accounts/new", "/nowhere"):
        page = text(browser.get(url))
        assert re.findall(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", page) == []
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]+', page) == []


def test_static_files_are_kept_by_version(client: Browser) -> None:
    addresses = re.findall(r'(?:href|src)="(/[^"#]*static/[^"#]+)', text(client.get("/login")))
    assert addresses
    for address in addresses:
        assert re.search(r"\?v=[0-9a-f]{10}$", address), address
        response = client.get(address)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")


@pytest.mark.parametrize(("host", "status"), [
    ("localhost", 200), ("127.0.0.1:8080", 200), ("LOCALHOST", 200),
    ("evil.example", 400), ("localhost.evil.example", 400), ("evil.example:80@localhost", 400), ("[::1", 400),
])
def test_only_own_hosts_are_answered(client: Browser, host: str, status: int) -> None:
    response = client.get("/healthz", headers={"Host": host, "X-Forwarded-Host": "evil.example"})
    assert response.status_code == status
    assert "evil" not in text(response)


def test_the_cookie_on_this_machine_and_behind_a_certificate(site: Site) -> None:
    plain = site.browser().get("/login").headers["Set-Cookie"]
    assert plain.startswith("talent=") and plain.endswith("; HttpOnly; Path=/; SameSite=Lax")
    secure = site.browser().get("/login", base_url="https://localhost").headers
    assert secure["Set-Cookie"].startswith("__Host-talent=")
    assert secure["Set-Cookie"].endswith("; Secure; HttpOnly; Path=/; SameSite=Lax")
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_the_cookie_is_secure_on_any_other_host(site: Site) -> None:
    site.program.settings.hosts = "talent.example"
    headers = site.browser().get("/login", base_url="http://talent.example").headers
    assert headers["Set-Cookie"].startswith("__Host-talent=")
    assert headers["Set-Cookie"].endswith("; Secure; HttpOnly; Path=/; SameSite=Lax")


# ── errors as pages ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("url", "status", "said"), [
    ("/missing", 404, "没有找到这一页"),
    ("/nowhere", 404, "没有找到这一页"),
    ("/taken", 409, "这项授权已经有人处理"),
    ("/unknown-conflict", 409, "已被别人改过"),
    ("/rule", 422, "不能给自己授权"),
    ("/locked", 503, "没有保存任何内容"),
    ("/broken", 500, "这一页出了差错"),
    ("/teapot", 418, "这次请求办不了"),
    ("/logout", 405, "这次请求办不了"),
])
def test_a_refusal_is_a_page(trouble: Site, url: str, status: int, said: str) -> None:
    response = trouble.browser().get(url)
    assert (response.status_code, said in text(response)) == (status, True)


def test_missing_and_out_of_sight_look_the_same(trouble: Site) -> None:
    browser = trouble.sign_in("hr")
    token = re.compile(r'(name="csrf_token"[^>]*value=|name="csrf-token" content=)"[^"]+"')  # it holds the second
    pages = [token.sub("", text(browser.get(url)).replace(url, "")) for url in ("/missing", "/nowhere")]
    assert pages[0] == pages[1]


def test_a_failure_shows_a_number_and_logs_the_trace(trouble: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "talent.web"):
        page = text(trouble.browser().get("/broken"))
    found = re.search(r"编号 ([0-9A-F]{8})", page)
    assert found and "secret detail" not in page and "Traceback" not in page
    record = caplog.records[0]
    assert (record.getMessage(), record.exc_info is not None) == (f"incident {found.group(1)}: GET broken", True)


def test_a_busy_database_says_when_to_come_back(trouble: Site) -> None:
    assert trouble.browser().get("/locked").headers["Retry-After"] == "10"


def test_an_upload_beyond_the_limit(trouble: Site) -> None:
    browser = trouble.sign_in("hr")
    trouble.app.config["MAX_CONTENT_LENGTH"] = 1000
    response = browser.post("/upload", data=b"x" * 2000, headers={"X-CSRFToken": browser.token("/account")},
                            content_type="application/octet-stream")
    assert (response.status_code, "文件太大" in text(response)) == (413, True)


def test_healthz(client: Browser) -> None:
    response = client.get("/healthz")
    assert (response.status_code, text(response)) == (200, "ok")


def test_templates_lie_in_the_package_or_beside_it(tmp_path: Path) -> None:
    package = tmp_path / "talent"
    beside, inside = tmp_path / "templates", package / "templates"
    with pytest.raises(FileNotFoundError):
        templates_folder(package)
    for folder in (beside, inside):
        folder.mkdir(parents=True)
        (folder / "base.html").touch()
        assert templates_folder(package) == folder
