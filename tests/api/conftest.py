"""Other systems over both databases: each with the key of an account."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from talent.accounts import tokens
from talent.accounts.queries import actor_named
from talent.app import create_app
from talent.core.access import Actor
from talent.core.work import Program
from tests.browser_client import Browser, Site

V1 = "/api/v1"


class Caller:
    """Another system: it sends a key with every request, and no cookie."""

    def __init__(self, client: FlaskClient, secret: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(V1 + path, headers={**self.headers, **options.pop("headers", {})}, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.client.post(V1 + path, headers={**self.headers, **options.pop("headers", {})}, **options)

    def read(self, path: str, **query: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.get(path, query_string=query)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()


Calling = Callable[..., Caller]


@pytest.fixture
def site(program: Program) -> Site:
    """The site whose accounts the keys belong to."""
    app = create_app(program)
    app.test_client_class = Browser
    return Site(app, program)


def actor_of(site: Site, role: str, **reach: Any) -> Actor:
    """The account of a role as it would act in a browser."""
    name = site.account(role, **reach).name
    with site.program.read(Actor(None, "", ())) as work:
        actor = actor_named(work.session, name, work.today)
    assert actor is not None
    return actor


def key_of(
    site: Site, role: str, *, reads_only: bool = True, life: timedelta = timedelta(days=30), **reach: Any
) -> str:
    """A new key of the account of a role."""
    with site.program.begin(actor_of(site, role, **reach)) as work:
        return tokens.issue(work, label="测试系统", expires_on=work.today + life,
                            reads_only=reads_only)


@pytest.fixture
def calling(site: Site) -> Calling:
    """``calling("hr")`` is a system with a key of that role; ``calling()`` has none."""

    def call(role: str = "", **options: Any) -> Caller:
        return Caller(site.app.test_client(use_cookies=False), key_of(site, role, **options) if role else "")

    return call
