"""Addresses of other families' pages: a link is built only to a page that exists and that the reader may open."""

from typing import Any

from flask import current_app, url_for

from talent.exchange.proposal_rules import BRINGS_IN
from talent.exchange.proposals import WRITE
from talent.web.security import current_actor


def link_to(endpoint: str, **values: Any) -> str:
    """The address of ``endpoint``, "" when there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def asking_url(person_id: int | None = None, kind: str = "") -> str:
    """Where the reader asks for a record of their own; "" for who may not, or looks at somebody else's."""
    actor = current_actor()
    if not actor.may(WRITE) or person_id not in (None, actor.person_id) or kind not in ("", *BRINGS_IN):
        return ""
    return link_to("corrections.add", **({"kind": kind} if kind else {}))


def person_url(staff_no: str) -> str:
    """A person's own page, "" for readers who may open nobody's."""
    return link_to("people.person", staff_no=staff_no) if current_actor().may("person:read") else ""
