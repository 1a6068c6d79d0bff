"""The audit events for those who read them: newest first, narrowed by who, what, on which object and when."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext

from talent.core import audit_list, terms
from talent.core.audit_list import Wanted
from talent.core.language import translated
from talent.core.money import yuan
from talent.exchange.kinds import BY_CODE
from talent.people.schools import names_on
from talent.web import kit
from talent.web.security import open_read, permission, program
from talent.web.templating import DASH

pages = Blueprint("audit", __name__, url_prefix="/audit")
NOBODY: Mapping[Any, str] = {}
#: Name of a detail → the vocabulary of its codes.
CODES: Mapping[str, Mapping[str, str]] = {
    "about": terms.OBJECTION_ABOUT, "act": {**terms.PERIOD_ACT, **terms.PAY_ACT},
    "asks": {**terms.PROPOSAL_ACTION, **terms.NOMINATION}, "came_from": terms.PAY_STATE, "capacity": terms.ROLE_NAME,
    "convention": terms.PAY_CONVENTION, "how": terms.PROOF, "kind": terms.PAYOUT_KIND,
    "measure": terms.OBJECTION_MEASURE, "method": terms.AWARD_METHOD,
    "role": terms.ROLE_NAME, "roles": terms.ROLE_NAME, "state": terms.GRANT_STATE,
}


@pages.get("/")
@permission("audit:read")
def index() -> str:
    """One page of the events."""
    asked, zone = kit.asked_page(), program().zone
    with open_read() as work:
        acts = act_names(audit_list.actions(work))
        filters = kit.Filters.read(_offered(acts))
        rows, total = audit_list.events(work, _wanted(filters), offset=asked.offset, limit=asked.size)
        told = {key for row in rows if isinstance(key := row.detail.get("school_id"), int)}
        schools = names_on(work.session, told, work.today)
    return render_template("audit/index.html", filters=filters, page=asked.page(rows, total), acts=acts, zone=zone,
                           things=terms.words_of(terms.AUDIT_SUBJECT), spelt=partial(spelt, schools=schools))


def spelt(detail: Mapping[str, Any], schools: Mapping[int, str] = NOBODY) -> Iterator[str]:
    """The details of an event line by line: name and value, each thing of a list on its own, nothing empty."""
    words = terms.words_of(terms.AUDIT_DETAIL)

    def said(name: str, value: Any) -> str:
        shown = schools.get(value, "") if name == "school_id" else ""
        return f"{translated(words[name]) if name in words else name} {shown or _plain(name, value)}"

    for name, value in detail.items():
        things = value if isinstance(value, list) and all(isinstance(each, dict) for each in value) else [value]
        for thing in things:
            if thing in (None, "", [], {}):
                continue
            if name == "moved":
                yield from (gettext("%(who)s：%(before)s → %(after)s", who=who, before=_sum(before), after=_sum(after))
                            for who, (before, after) in thing.items())
            elif isinstance(thing, dict):
                listed = gettext("，").join(said(key, each) for key, each in thing.items())
                yield gettext("%(name)s：%(listed)s", name=translated(words.get(name, name)), listed=listed)
            else:
                yield said(name, thing)


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, int) and name.endswith("fen"):
        return _sum(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return gettext("、").join(_word(name, each) for each in value)
    return _word(name, value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _sum(fen: int | None) -> str:
    return DASH if fen is None else gettext("%(yuan)s 元", yuan=yuan(fen))


def _word(name: str, value: str) -> str:
    """A code by its word in the reader's language; what is no code as it was recorded."""
    if name in ("kind", "kinds") and value in BY_CODE:
        return translated(BY_CODE[value].kind.sheet)
    return next((translated(word) for word, code in CODES.get(name, NOBODY).items() if code == value), value)


def act_names(codes: Iterable[str]) -> dict[str, str]:
    """Action → its word in the reader's language; one nobody worded is shown as it is."""
    words = terms.words_of(terms.AUDIT_ACTION)
    return {code: translated(words[code]) if code in words else code for code in codes}


def _offered(acts: dict[str, str]) -> list[kit.Filter]:
    return [
        kit.Filter("actor", gettext("谁（登录名）")),
        kit.Filter("action", gettext("做了什么"), list(acts.items())),
        kit.Filter("key", gettext("对象编号")),
        kit.Filter("since", gettext("从哪天")),
        kit.Filter("until", gettext("到哪天")),
    ]


def _wanted(filters: kit.Filters) -> Wanted:
    return Wanted(actor=filters["actor"], action=filters["action"], key=filters["key"],
                  since=kit.read_date(filters["since"]), until=kit.read_date(filters["until"]))
