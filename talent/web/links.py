"""Addresses of pages that may not be part of this installation: a link is built only to a page that exists."""

from typing import Any

from flask import current_app, url_for


def link_to(endpoint: str, **values: Any) -> str:
    """The address of ``endpoint``, "" when there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def person_url(staff_no: str) -> str:
    """A person's own page."""
    return link_to("people.person", staff_no=staff_no)
