"""Asking for strangers' things: who asks, how an answer is compared, and what must never stand in one."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from talent.core.access import RIGHTS
from tests.api.conftest import key_of as api_key
from tests.browser_client import Browser
from tests.factories import Account
from tests.guards.addresses import (
    NAMES_NOBODY,
    STRANGERS,
    Asking,
    Names,
    Pair,
    Recording,
    fillings,
    pairs,
    place_of,
    read_by,
    with_the_rest,
)
from tests.guards.district import COUNTING, FAR, MATE, NEAR, NUMBERS, TABLES, District, a_site, build, dump
from tests.test_access import rows

#: Of a person: their name, their numbers, their school. Whoever manages accounts sees these; the rest is record.
_WHO = "名|号|校|S|友|表|旧校"
_EVERYBODYS, _RECORDS = "|".join((NEAR, MATE, FAR)), rf"({NEAR}|{MATE}|{FAR})(?!{_WHO})"
_SEALED = "|".join((*(number for pair in NUMBERS.values() for number in pair), rf"({MATE}|{FAR})(码|主体|败|址|键)"))
#: What a key is called stands in the audit alone.
_SECRET = rf"{_SEALED}|({MATE}|{FAR})钥"
#: What must never stand in an answer to a role.
CANARIES = {
    "teacher": rf"{FAR}|{MATE}|{_SECRET}", "principal": rf"{FAR}|{_SECRET}", "school": rf"{FAR}|{_SECRET}",
    "nobody": f"{_EVERYBODYS}|{_SECRET}", "expert": f"{_EVERYBODYS}|{_SECRET}", "admin": f"{_RECORDS}|{_SECRET}",
    "finance": rf"({_EVERYBODYS})(训|赛|文(?!号)|事由|请|补|痕|旧号|页|据|前|后|编|异|派)|{_SECRET}",
    "leader": rf"({_EVERYBODYS})(事由|痕)|{_SECRET}", "auditor": rf"({_EVERYBODYS})事由|{_SEALED}", "hr": _SECRET,
}
#: Own acts that are carried out although a stranger's thing is named in the query: what is left of it is one's own.
ACTS_WITHOUT_IT = {"/records/<kind>/export": "a list narrowed to a school that is not offered is the whole list"}
_TOKEN = re.compile(r'(name="csrf_token"[^>]*value=|name="csrf-token" content=)"[^"]+"')


def browser_of(made: District, role: str) -> Browser:
    """The browser, and where the role may have one the key, of the account of a role at the near school."""
    site = made.site
    browser = site.browser()
    if role == "nobody":
        return browser
    actor = made.account(role, NEAR)
    site._accounts[role] = Account(actor.user_id or 0, actor.name, role)
    assert browser.sign_in(actor.name).status_code == 303
    if "api:use" in RIGHTS[role]:
        browser.key = {"Authorization": f"Bearer {api_key(site, role, reads_only=False)}"}
    return browser


def ask(browser: Browser, asking: Asking) -> TestResponse:
    """Send it as a browser would, or as another system where the address is for those."""
    address = asking.address(browser.application)
    if asking.rule.startswith("/api/"):
        body: dict[str, Any] = {"json": dict(asking.body)} if asking.method == "POST" else {}
        return browser.open(address, method=asking.method, headers=browser.key, **body)
    if asking.method == "GET":
        return browser.get(address)
    return browser.post(address, data={"csrf_token": browser.kept_token(), **asking.body})


def said(response: TestResponse) -> str:
    """The body as text; a workbook is unpacked."""
    content = response.get_data()
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as book:
            return "\n".join(book.read(name).decode() for name in sorted(book.namelist()) if "docProps" not in name)
    return content.decode(errors="replace")


def told(response: TestResponse, given: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """Status, where it leads and what it says, without the values that were sent and without what is new each time."""
    where, text = response.headers.get("Location", ""), _TOKEN.sub("", said(response))
    return response.status_code, without(where, given), without(text, given)


def without(text: str, given: tuple[str, ...]) -> str:
    for value in given:
        if value.isdecimal():
            text = re.sub(rf'(?<=[/="]){value}(?=[/?&"#]|$)', "¤", text)
        else:
            for form in {value, quote(value), escape(value), quote(quote(value))}:
                text = text.replace(form, "¤")
    return text


def rules_of(made: District) -> Iterator[tuple[str, Rule]]:
    for rule in made.site.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


# ── which names an address reads ─────────────────────────────────────────────────────────────────────────────

def learn_names(folder: Path, template: Path, kinds: tuple[str, ...]) -> Names:
    """Every name an address asked its query or its form for, tried by those who have strangers, in a district of its
    own. Of fewer kinds than there are, an address is tried by one role alone."""
    made, found = build(a_site(folder, template, Recording)), defaultdict[tuple[str, str, str], set[str]](set)
    made.kinds, app = kinds, made.site.app
    matrix = rows()
    for role in reversed(STRANGERS):  # who may do most comes first
        browser = browser_of(made, role)
        browser.kept_token()
        for method, rule in rules_of(made):
            if matrix["web", f"{method} {rule.rule}"][role] != "in" or rule.rule in NAMES_NOBODY:
                continue
            for own in fillings(rule, made, NEAR):
                asking = with_the_rest(Asking(method, rule.rule, rule.endpoint, own))
                if kinds != tuple(TABLES) and place_of(asking) in found:
                    continue
                Recording.asked.clear()
                ask(browser, asking)
                found[place_of(asking)] |= read_by(app, rule) or Recording.asked
    made.site.program.engine.dispose()
    return dict(found)


# ── the sweep ────────────────────────────────────────────────────────────────────────────────────────────────


def swept(
    made: District, names: Names, role: str, wanted: Callable[[str], bool] = lambda entry: True
) -> tuple[list[tuple[str, ...]], int]:
    """What is wrong with the answers to one role, and how many questions were asked; ``wanted`` says which of the
    matrix."""
    wrong, questions, matrix = list[tuple[str, ...]](), 0, rows()
    browser, canary = browser_of(made, role), re.compile(CANARIES[role])
    before = dump(made.site.program, COUNTING | {"user_sessions"})
    for method, rule in rules_of(made):
        entry = f"{method} {rule.rule}"
        if not wanted(entry) or (method == "POST" and rule.rule in NAMES_NOBODY):
            continue
        inside = matrix["web", entry][role] == "in"
        for pair in asked_of(made, role, method, rule, inside, names):
            questions += 1
            wrong += [(role, method, pair.foreign.address(made.site.app), each)
                      for each in compared(browser, pair, canary, rule.rule)]
        if inside and method == "GET":
            opened = list(read(made, browser, rule))
            questions += len(opened)
            wrong += [(role, method, page, f"canary {found.group()}") for page, said_there in opened
                      if (found := canary.search(said_there))]
    after = dump(made.site.program, COUNTING | {"user_sessions"})
    wrong += [(role, "wrote", name, repr(changed)) for name in after
              if (changed := set(after[name]) ^ set(before[name])) and not is_an_export(name, changed)]
    return wrong, questions


def asked_of(
    made: District, role: str, method: str, rule: Rule, inside: bool, names: Names
) -> Iterator[Pair]:
    """What a role is tried with at an address: strangers' things, or where the door is shut the far ones once."""
    if inside:
        yield from pairs(rule, method, role, made, names)
    if inside or not made.shut:
        return
    for filled in fillings(rule, made, FAR):
        asking = Asking(method, rule.rule, rule.endpoint, filled)
        given = tuple(str(value) for value in filled.values() if isinstance(value, str))
        yield Pair(asking, asking, given)
        return


def compared(browser: Browser, pair: Pair, canary: re.Pattern[str], rule: str) -> Iterator[str]:
    given = pair.given
    answer = ask(browser, pair.foreign)
    foreign = told(answer, given)
    if found := canary.search("\n".join(map(str, foreign))):
        yield f"canary {found.group()}"
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    if pair.foreign is not pair.missing and rule not in ACTS_WITHOUT_IT:
        missing = told(ask(browser, pair.missing), given)
        if missing != foreign:
            yield f"{foreign[0]} instead of {missing[0]}: {difference(foreign, missing)}"


def difference(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """The first place where two answers differ."""
    left, right = "\n".join(map(str, one)), "\n".join(map(str, other))
    at = next((place for place, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), 0)
    return f"{left[max(at - 40, 0):at + 60]!r} {right[max(at - 40, 0):at + 60]!r}"


def read(made: District, browser: Browser, rule: Rule) -> Iterator[tuple[str, str]]:
    """What the pages say that a role opens of its own things, and of everybody's where nothing is a stranger's to it:
    address, text."""
    for filled in fillings(rule, made, NEAR):
        asking = Asking("GET", rule.rule, rule.endpoint, filled)
        yield asking.address(made.site.app), said(ask(browser, asking))


def is_an_export(table: str, added: set[tuple[Any, ...]]) -> bool:
    """Whether all that was written is that a list of one's own was exported."""
    return table == "audit_events" and all("record:export" in row for row in added)
