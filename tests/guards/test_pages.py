"""Every page of the site opened by everybody who may: what it is made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import before_render_template
from jinja2 import Template

from talent.core.access import ROLES
from talent.core.database import Base
from talent.pay.models import PayBatch
from tests.browser.pages import is_page
from tests.guards.addresses import Asking, fillings
from tests.guards.district import NEAR, District, a_site, build
from tests.guards.sweep import ask, browser_of, rules_of, said
from tests.test_access import rows

#: The kinds of records whose lists and forms are opened: each shows something the others do not.
KINDS = ("titles", "assistance", "conduct")
#: Who opens every page that is theirs in the ordinary run; of the others one opens what these have not.
#: ``pytest -m verify`` lets everybody open everything.
ORDINARY = ("hr", "teacher")
#: What Flask itself hands to every template.
ALWAYS = frozenset({"request", "session", "g", "config"})
DEEP = 6


@dataclass
class Walk:
    """What was seen: pages as (role, address, text), and rows as (template, where among what it was given)."""

    pages: list[tuple[str, str, str]]
    rows: set[tuple[str, str]]

    def note(self, _app: Any, template: Template, context: Mapping[str, Any], **_more: Any) -> None:
        """A template is about to be rendered."""
        given = ((name, value) for name, value in context.items() if name not in ALWAYS)
        self.rows |= {(template.name or "", each) for name, value in given for each in rows_within(value, name)}


def rows_within(value: Any, path: str, deep: int = DEEP) -> Iterator[str]:
    """Where rows of a table can be reached from a value that is handed to a template."""
    if isinstance(value, Base):
        yield f"{path}: {type(value).__name__}"
    elif deep == 0 or isinstance(value, (str, bytes, int)):
        return
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from rows_within(each, f"{path}[{key if isinstance(key, str) else ''}]", deep - 1)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from rows_within(each, f"{path}[]", deep - 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from rows_within(getattr(value, part.name), f"{path}.{part.name}", deep - 1)


def walked(made: District, roles: tuple[str, ...]) -> Walk:
    """Every page opened in English: by the ordinary ones whatever is theirs, by the others what nobody opened yet."""
    walk, matrix, opened = Walk([], set()), rows(), set[str]()
    before_render_template.connect(walk.note, made.site.app)
    for role in roles:
        browser = browser_of(made, role)
        browser.get("/login?lang=en")
        for method, rule in rules_of(made):
            again = rule.rule in opened and roles != ROLES and role not in ORDINARY
            if method != "GET" or not is_page(rule) or matrix["web", f"GET {rule.rule}"][role] != "in" or again:
                continue
            for filled in fillings(rule, made, NEAR):
                asking = Asking("GET", rule.rule, rule.endpoint, filled)
                answer = ask(browser, asking)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    opened.add(rule.rule)
                    walk.pages.append((role, asking.address(made.site.app), said(answer)))
    return walk


@pytest.fixture(scope="module", params=["some", pytest.param("everybody", marks=pytest.mark.verify)])
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Walk:
    """One walk for all questions about it, over SQLite alone: templates know no database."""
    made = build(a_site(tmp_path_factory.mktemp("pages"), sqlite_template))
    made.kinds = KINDS
    others = tuple(role for role in ROLES if role not in ORDINARY)
    return walked(made, (*ORDINARY, *others, "nobody") if request.param == "some" else ROLES)


def test_a_row_among_views_is_found() -> None:
    assert list(rows_within({"page": [("", PayBatch())]}, "given")) == ["given[page][][]: PayBatch"]


def test_no_template_is_handed_a_row(walk: Walk) -> None:
    """A row could be changed, or ask the database for more; pages get copies."""
    assert len(walk.pages) > 100
    assert walk.rows == set()
