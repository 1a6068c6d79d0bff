"""Values nobody would send, in every name that an address reads: an answer in words, never an error of ours."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.browser_client import Browser, text
from tests.guards.addresses import BESIDE, Asking, Recording, fillings, read_by
from tests.guards.district import NEAR
from tests.guards.sweep import ask, browser_of, rules_of
from tests.guards.test_extra_fields import SENT, Sent, Stage, files, hidden, send, stage
from tests.test_access import rows

__all__ = ["stage"]

#: The ends of the calendar and of a column, digits that Python takes for digits and cannot read.
ENDS = ("0001-01-01", "9999-12-31", "0001-01", "9999-12", "99999999999999999999", "²")
#: Beside them: other digits, no numbers, no days, a NUL, what HTML, SQL and patterns read apart, a text without end.
ODD = (*ENDS, "１２", "-1", "0", "1e400", "NaN", "1.005", "1,000.00", "2026-02-30", "2026-13", "2026-09-08T00:00:00",
       "\x00", "'\"><&%_\\", "長" * 3000, "", " ")
#: The kinds of records whose lists and forms are tried in the ordinary run.
KINDS = ("training", "assistance")
#: Whose pages are opened, each address by the first who may.
READERS = ("hr", "finance", "admin", "leader", "teacher", "school", "principal", "expert", "auditor")
#: What a page was shown with, and sends back unseen.
UNSEEN = ("version", "seen", "page", "run", "no")


def opened(stage: Stage) -> Iterator[tuple[Browser, Asking, set[str]]]:
    """Every page there is, by the first who may open it, with its own things, and the names it reads."""
    stage.put_back()
    matrix, met = rows(), set[tuple[str, str]]()
    for role in READERS:
        browser = stage.browsers.get(role) or browser_of(stage.made, role)
        for method, rule in rules_of(stage.made):
            if method != "GET" or matrix["web", f"GET {rule.rule}"][role] != "in":
                continue
            for own in fillings(rule, stage.made, NEAR):
                if (rule.rule, str(own)) in met:
                    continue
                met.add((rule.rule, str(own)))
                asking = Asking(method, rule.rule, rule.endpoint, own, query=BESIDE.get(rule.rule, {}))
                Recording.asked.clear()
                ask(browser, asking)
                yield browser, asking, read_by(stage.made.site.app, rule) or set(Recording.asked)


def answered(browser: Browser, asking: Asking, query: Mapping[str, str]) -> int:
    return ask(browser, replace(asking, query={**asking.query, **query})).status_code


def test_a_page_answers_whatever_its_address_says(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.made, "kinds", KINDS)
    wrong, asked = [], set()
    for browser, asking, names in opened(stage):
        asked.add(asking.rule)
        wrong += [(asking.rule, odd) for odd in ENDS if answered(browser, asking, dict.fromkeys(names, odd)) >= 500]
    assert wrong == []
    there = {rule.rule for method, rule in rules_of(stage.made) if method == "GET"}
    assert there - asked <= {rule for rule in there if rows()["web", f"GET {rule}"]["nobody"] == "in"}


@pytest.mark.verify
def test_a_page_answers_whatever_one_name_of_its_address_says(stage: Stage) -> None:
    """One name at a time: what is refused for one name hides what another would have done."""
    assert [(asking.rule, name, odd[:20]) for browser, asking, names in opened(stage) for name in sorted(names)
            for odd in ODD if answered(browser, asking, {name: odd}) >= 500] == []


def sent_oddly(stage: Stage, sent: Sent, filled: Mapping[str, Any], name: str, odd: str) -> int:
    """The status of a submission with one field filled oddly, confirmed where it asks to be."""
    stage.put_back()
    for first in sent.before:
        send(stage, first, {})
    path, browser = stage.filled(sent.path), stage.browsers.get(sent.by) or stage.made.site.browser()
    if path.startswith("/api/"):
        return browser.open(path, method="POST", headers=browser.key, json={**filled, name: odd}).status_code
    whole = {**files(filled), "csrf_token": browser.kept_token(), name: odd}
    answer = browser.post(path, data=whole)
    if sent.seen and answer.status_code == 200 and (seal := hidden(text(answer)).get("seal")):
        answer = browser.post(path, data={**whole, **files(filled), name: odd, "seal": seal})
    return answer.status_code


def sendings(stage: Stage) -> Iterator[tuple[Sent, dict[str, Any], set[str]]]:
    """Every valid submission, what it holds, and the names its address reads."""
    for sent in SENT:
        if sent.body:
            continue
        stage.put_back()
        filled: dict[str, Any] = {}
        send(stage, sent, {}, filled)
        if sent.path.startswith("/api/"):
            filled = {name: stage.filled(value) for name, value in sent.fields.items()}
        yield sent, filled, (set(filled) | Recording.asked) - {"csrf_token"}


def test_a_version_nobody_ever_saw_is_answered(stage: Stage) -> None:
    tried = [(sent, filled, name) for sent, filled, names in sendings(stage) for name in UNSEEN if name in names]
    assert len(tried) > 20
    assert [(sent.path, name, odd) for sent, filled, name in tried for odd in ("99999999999999999999", "²", "9" * 5000)
            if sent_oddly(stage, sent, filled, name, odd) >= 500] == []


@pytest.mark.verify
def test_a_form_answers_whatever_one_of_its_fields_says(stage: Stage) -> None:
    assert [(sent.path, name, odd[:20]) for sent, filled, names in sendings(stage) for name in sorted(names)
            for odd in ODD if sent_oddly(stage, sent, filled, name, odd) >= 500] == []
