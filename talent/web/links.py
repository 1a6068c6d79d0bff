"""Addresses of other families' pages: a link is built only to a page that exists and that the reader may open."""

from typing import Any

from flask import current_app, url_for

from talent.web.security import current_actor


def link_to(endpoint: str, **values: Any) -> str:
    """The address of ``endpoint``, "" when there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def person_url(staff_no: str) -> str:
    """A person's own page, "" for readers who may open nobody's."""
    return link_to("people.person", staff_no=staff_no) if current_actor().may("person:read") else ""
