"""Addresses nobody would type: an answer in words, never an error of ours."""

import pytest

from tests.browser_client import Site

ODD = ["page=-1", "page=abc", "page=99999999999999999999999", "on=abc", "on=1985-01-01", "on=9999-12-31", "year=abc",
       "year=99999", "q=%25_%00", "tier=nothing", "change=nothing", "with=0001-01-01", "q=" + "长" * 2000]
PAGES = ["/people/", "/tiers/", "/pay/", "/imports/", "/policy/", "/home/"]


@pytest.mark.parametrize("path", PAGES)
def test_an_odd_address_is_answered(site: Site, path: str) -> None:
    hr = site.sign_in("hr")
    answers = {query: hr.get(f"{path}?{query}", follow_redirects=True).status_code for query in ODD}
    assert {query: status for query, status in answers.items() if status >= 500} == {}
    assert hr.get(path, follow_redirects=True).status_code == 200, "no odd address spoils the next page"


def test_a_form_with_a_nul_goes_no_further(site: Site) -> None:
    stranger = {"name": "a\x00b", "password": "x"}
    assert site.browser().submit("/login", stranger, page="/login").status_code == 400
