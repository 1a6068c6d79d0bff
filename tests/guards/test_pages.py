"""Every page of the site opened by everybody who may: what it is made from, and which language it speaks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from html.parser import HTMLParser
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
from tests.guards.district import NEAR, WORDS, District, a_site, build
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
_CHINESE = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
#: What people of the district typed, besides what begins with the word of its owner: names stay as they are written.
TYPED = ("某某区教育局", "语文", "研修成长型", "竞赛见长型", "明教〔2026〕9号", "明教〔2026〕10号", "月结", "测试系统",
         "理由", "明教〔2022〕3号", "名单不符", '"level": "校本"')
_TYPED = re.compile("|".join((*(rf"{word}[\u4e00-\u9fff]*" for word in WORDS), *map(re.escape, TYPED))))
#: Attributes that are read out or shown; a value is typed, or a code that only the program reads.
READ_OUT = frozenset({"title", "aria-label", "alt", "placeholder", "data-l", "content", "data-confirm"})
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


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


def test_every_page_offers_to_sign_out(walk: Walk) -> None:
    assert [(role, address) for role, address, page in walk.pages
            if role != "nobody" and 'action="/logout"' not in page] == []


# ── the language ─────────────────────────────────────────────────────────────────────────────────────────────


class Reader(HTMLParser):
    """The Chinese words of a page outside elements that say they are Chinese, and besides what people typed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        chinese = given["lang"].startswith("zh") if "lang" in given else self._chinese
        if not chinese:
            self.found += [word for name in READ_OUT & given.keys() for word in self._words(given[name])]
        if tag not in VOID:
            self._open.append((tag, chinese))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._chinese:
            self.found += self._words(data)

    @property
    def _chinese(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    @staticmethod
    def _words(text: str) -> list[str]:
        return re.findall(rf".{{0,20}}{_CHINESE}+", _TYPED.sub("", text))


@pytest.mark.parametrize(("page", "found"), [
    ('<p>NEARQ校 and <b lang="zh">大写</b></p>', []),
    ('<p lang="zh">中<i lang="en">of 文</i></p>', ["of 文"]),
    ('<a aria-label="Download 培训"><br>ok</a>', ["Download 培训"]),
    ("<p>NEARQ校（S1）</p>", ["（S1）"]),
    ('<option value="小学">Primary</option>', []),
])
def test_what_is_chinese_in_a_page(page: str, found: list[str]) -> None:
    assert Reader(page).found == found


def test_english_pages_are_english(walk: Walk) -> None:
    """What the district's people wrote stays as it is; all the program says is in the reader's language."""
    chinese = {(role, address): found for role, address, page in walk.pages if (found := Reader(page).found)}
    assert chinese == {}
