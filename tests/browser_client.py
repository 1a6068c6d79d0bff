"""A test client that behaves like a browser: it takes the token from the page before it sends a form."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from talent.core.work import Program
from tests import factories
from tests.factories import PASSWORD, Account

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def text(response: TestResponse) -> str:
    """The page as text."""
    return response.get_data(as_text=True)


class Browser(FlaskClient):
    """One browser with its cookies; ``key`` is the header by which another system of its account would speak."""

    key: Mapping[str, str] = MappingProxyType({})
    first_token = ""

    def token(self, page: str) -> str:
        """The CSRF token of a page that holds a form."""
        found = _TOKEN.search(text(self.get(page)))
        assert found, f"{page} shows no form"
        return found.group(1)

    def kept_token(self) -> str:
        """A token good for this session: that of its first form, since one walk over all addresses needs no other."""
        if not self.first_token:
            self.first_token = self.token("/account" if self.get("/account").status_code == 200 else "/login")
        return self.first_token

    def submit(self, url: str, fields: dict[str, Any] | None = None, *, page: str = "", **options: Any) -> TestResponse:
        """POST ``fields`` to ``url`` with the token of ``page`` (else of ``url`` itself)."""
        return self.post(url, data={"csrf_token": self.token(page or url), **(fields or {})}, **options)

    def act(self, url: str, **fields: Any) -> TestResponse:
        """POST to an address that has no page of its own, as a signed-in person."""
        return self.submit(url, fields, page="/account")

    def sign_in(self, name: str, password: str = PASSWORD, url: str = "/login", **options: Any) -> TestResponse:
        """Fill in the sign-in form."""
        return self.submit(url, {"name": name, "password": password}, **options)


class Site:
    """The site under test and the people who visit it."""

    def __init__(self, app: Flask, program: Program) -> None:
        self.app, self.program = app, program
        self._accounts: dict[str, Account] = {}

    def browser(self) -> Browser:
        """Somebody's browser, not signed in."""
        browser = self.app.test_client()
        assert isinstance(browser, Browser)
        return browser

    def account(self, role: str, **reach: Any) -> Account:
        """The account of a role, made on first use."""
        if role not in self._accounts:
            self._accounts[role] = factories.add_account(self.program, role, **reach)
        return self._accounts[role]

    def sign_in(self, role: str, **reach: Any) -> Browser:
        """A browser in which the account of ``role`` is signed in."""
        browser = self.browser()
        response = browser.sign_in(self.account(role, **reach).name)
        assert response.status_code == 303, text(response)
        return browser
