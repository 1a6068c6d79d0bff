"""The site over both databases."""

import pytest

from talent.app import create_app
from talent.core.work import Program
from tests.browser_client import Browser, Site


@pytest.fixture
def site(program: Program) -> Site:
    """The site; ``site.sign_in("hr")`` is a browser with that role signed in."""
    app = create_app(program)
    app.test_client_class = Browser
    return Site(app, program)
