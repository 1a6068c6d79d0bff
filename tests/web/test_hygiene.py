"""What every answer carries and no request can get round, over every route there is."""

import re
import socket
import threading
from collections.abc import Callable, Collection, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import request
from werkzeug.test import TestResponse

from talent.accounts import commands, passwords, second_factor
from talent.accounts.models import User
from talent.app import create_app
from talent.cli.site import server_options
from talent.cli.strict import strict_server
from talent.core.access import operator
from talent.core.work import Program
from talent.web.security import STATIC, public
from tests import factories
from tests.browser_client import Browser, Site
from tests.test_access import NOBODY_THERE
from tests.web.test_login import is_in
from tests.web.test_proof import enrol

CHOSEN = "gravel otter piano"
#: A page takes scripts, styles, frames and forms from this site alone, and nothing written into it.
POLICY = {"default-src": "'self'", "img-src": "'self' data:", "object-src": "'none'", "base-uri": "'self'",
          "form-action": "'self'", "frame-ancestors": "'none'"}


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Headers and cookies do not depend on the database: SQLite alone."""
    path = tmp_path / "talent.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


def answers(
    site: Site, browser: Browser, methods: Collection[str] = ("GET", "HEAD", "OPTIONS", "POST")
) -> Iterator[tuple[str, TestResponse]]:
    """Every route by every method, with ids of nobody; signing out is left out, since it ends the browser's visit."""
    for rule in site.app.url_map.iter_rules():
        address = re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>",
                         lambda found: NOBODY_THERE[found.group(1) or "default"], rule.rule)
        for method in sorted((rule.methods or set()) & set(methods)):
            if rule.endpoint not in STATIC:
                yield f"{method} {rule.rule}", browser.open(address, method=method)


@pytest.mark.parametrize(("role", "methods"), [
    ("nobody", ("GET", "HEAD", "OPTIONS", "POST")), ("hr", ("GET", "POST")),
])
def test_every_route_by_every_method_carries_the_headers(site: Site, role: str, methods: Collection[str]) -> None:
    """Nobody by every method; the office, to whom most pages open, by those that answer with something of their own."""
    browser = site.browser() if role == "nobody" else site.sign_in(role)
    for entry, response in answers(site, browser, methods):
        headers = response.headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy == POLICY, entry
        assert (headers["Cache-Control"], headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == (
            "no-store", "nosniff", "DENY"), entry
        assert headers["Referrer-Policy"] == "same-origin" and "Server" not in headers, entry
        assert "Access-Control-Allow-Origin" not in headers, entry
        assert response.status_code < 500, entry
        kind = headers.get("Content-Type", "")
        assert not kind.startswith("text/") or "charset=utf-8" in kind, entry


def test_over_https_every_answer_asks_for_https(site: Site) -> None:
    for rule in site.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and "<" not in rule.rule:
            response = site.browser().get(rule.rule, base_url="https://localhost")
            assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", rule.rule


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_methods_nobody_needs_are_refused(site: Site, method: str) -> None:
    assert site.browser().open("/login", method=method).status_code == 405


def test_what_is_handed_out_is_a_file_to_keep_and_nothing_to_open(site: Site) -> None:
    factories.add_person(site.program, "T1")
    hr, admin = site.sign_in("hr"), site.sign_in("admin")
    for response in (
        hr.get("/imports/template/appraisals"), hr.act("/records/appraisals/export"),
        admin.submit("/admin/accounts/teachers", {"school_code": ""}),
    ):
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("attachment; filename"), response.headers
        assert not response.headers["Content-Type"].startswith(("text/html", "image/svg", "text/xml"))
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("target", "lands"), [
    ("/people/?q=x", "/people/?q=x"), ("/%2f%2fevil.example", "/%2f%2fevil.example"), ("/a//b", "/a//b"),
    ("//evil.example", "/"), ("///evil.example", "/"), ("/\\evil.example", "/"), ("\\\\evil.example", "/"),
    ("/\t/evil.example", "/"), ("\t//evil.example", "/"), ("/\n/evil.example", "/"), (" //evil.example", "/"),
    ("https://evil.example/", "/"), ("https:evil.example", "/"), ("http:/evil.example", "/"), ("//", "/"),
    ("javascript:alert(1)", "/"), ("data:text/html,x", "/"), ("/\u2028/evil", "/"), ("evil.example", "/"),
])
def test_after_signing_in_only_own_pages_follow(site: Site, target: str, lands: str) -> None:
    account = site.account("hr")
    response = site.browser().sign_in(account.name, url="/login", query_string={"next": target})
    assert (response.status_code, response.location) == (303, lands)


def disable(program: Program, user_id: int, _browser: Browser) -> None:
    with program.begin(operator()) as work:
        commands.disable_user(work, user_id=user_id)


def reset(program: Program, user_id: int, _browser: Browser) -> None:
    secret = passwords.seal(program.settings, CHOSEN)
    with program.begin(operator()) as work:
        commands.reset_password(work, user_id=user_id, secret=secret)


def reset_factor(program: Program, user_id: int, _browser: Browser) -> None:
    with program.begin(operator()) as work:
        second_factor.reset(work, user_id=user_id)


def change(_program: Program, _user_id: int, browser: Browser) -> None:
    browser.submit("/password", {"current": factories.PASSWORD, "new": CHOSEN, "again": CHOSEN})


def leave(_program: Program, _user_id: int, browser: Browser) -> None:
    browser.act("/logout")


def leave_everywhere(_program: Program, _user_id: int, browser: Browser) -> None:
    browser.act("/account/sign-out-everywhere")


@pytest.mark.parametrize("ending", [disable, reset, reset_factor, change, leave, leave_everywhere])
def test_a_kept_cookie_is_dead_after(site: Site, ending: Callable[[Program, int, Browser], None]) -> None:
    browser = site.sign_in("hr")
    kept = browser.get_cookie("talent")
    assert kept is not None and is_in(browser)
    ending(site.program, site.account("hr").user_id, browser)
    thief = site.browser()
    thief.set_cookie("talent", kept.value)
    assert not is_in(thief)


def test_a_kept_cookie_has_no_more_than_the_roles_of_now(site: Site) -> None:
    browser = site.sign_in("hr")
    kept = browser.get_cookie("talent")
    with site.program.begin(operator()) as work:
        commands.end_grant(work, grant_id=work.session.get_one(User, site.account("hr").user_id).grants[0].id)
    thief = site.browser()
    assert kept is not None
    thief.set_cookie("talent", kept.value)
    assert thief.get("/people/").status_code == 403


def test_a_cookie_changed_or_of_another_key_is_nothing(site: Site) -> None:
    browser = site.sign_in("hr")
    kept = browser.get_cookie("talent")
    assert kept is not None
    for value in (kept.value[:-1], kept.value + "x", "x" + kept.value, kept.value.replace(".", "", 1)):
        thief = site.browser()
        thief.set_cookie("talent", value)
        assert not is_in(thief)


def test_a_second_factor_enrolled_ends_nothing_of_ones_own(site: Site) -> None:
    browser = site.sign_in("hr")
    enrol(site, browser)
    assert is_in(browser)


@pytest.mark.parametrize(("trusted", "seen"), [("", "127.0.0.1 http"), ("127.0.0.1", "203.0.113.7 https")])
def test_only_a_trusted_proxy_says_who_is_behind_it(site: Site, trusted: str, seen: str) -> None:
    site.program.settings.trusted_proxy = trusted
    app = create_app(site.program)
    app.add_url_rule("/who", "who", public(lambda: f"{request.remote_addr} {request.scheme}"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = strict_server(app, host="127.0.0.1", port=port, **server_options(site.program.settings))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/who", headers={"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"})
    answer = connection.getresponse().read().decode()
    connection.close()
    server.close()
    assert answer == seen
