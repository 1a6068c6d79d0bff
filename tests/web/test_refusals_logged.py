"""What the program's log tells of attempts around the controls: that they were made, never what was sent."""

import logging
from collections.abc import Callable

import pytest

from tests.browser_client import Browser, Site


def overlong(browser: Browser) -> object:
    """A form larger than the site takes."""
    browser.application.config["MAX_CONTENT_LENGTH"] = 1_000
    return browser.act("/login", name="x" * 2_000)


#: What is tried → what the log says of it; ``#`` stands for the number of the account.
TRIED: dict[str, tuple[Callable[[Browser], object], str]] = {
    "another's record": (lambda browser: browser.get("/people/4711"),
                         "refused: not there or out of reach: account #: GET people.show"),
    "a form from elsewhere": (lambda browser: browser.post("/corrections/new", data={"why": "王小明"}),
                              "refused: no token of this visit: account #: POST corrections.add"),
    "a form too large": (overlong, "refused: too large: account -: POST login.index"),
    "a script without a key": (lambda browser: browser.get("/api/v1/schools"),
                               "refused: no key: account -: GET api.all_schools"),
    "a strange host": (lambda browser: browser.get("/", headers={"Host": "evil.example"}),
                       "refused: a host that is not ours: GET"),
    "a NUL": (lambda browser: browser.get("/people/?q=%00王小明"), "refused: a NUL: GET people.index"),
}


@pytest.mark.parametrize("tried", TRIED)
def test_an_attempt_is_told_without_what_was_sent(site: Site, caplog: pytest.LogCaptureFixture, tried: str) -> None:
    browser, (attempt, told) = site.sign_in("teacher"), TRIED[tried]
    with caplog.at_level(logging.WARNING, "talent"):
        attempt(browser)
    said = told.replace("#", str(site.account("teacher").user_id))
    assert [record.getMessage() for record in caplog.records] == [said]
    assert "王小明" not in caplog.text and "4711" not in caplog.text


def test_going_too_fast_is_told(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.program.settings.searches_per_minute = 1
    browser = site.sign_in("hr")
    with caplog.at_level(logging.WARNING, "talent"):
        answers = [browser.get("/people/?q=王").status_code for _ in range(2)]
    assert answers == [200, 429]
    assert [record.getMessage() for record in caplog.records] == [
        f"refused: too often: account {site.account('hr').user_id}: GET people.index"]


def test_an_honest_page_is_not_told(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "talent"):
        assert site.sign_in("teacher").get("/account").status_code == 200
    assert caplog.records == []
