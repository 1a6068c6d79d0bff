"""Addresses nobody would type: an answer in words, never an error of ours."""

import pytest
from werkzeug.routing import IntegerConverter

from tests.browser_client import Site
from tests.test_access import routes

ODD = ["page=-1", "page=abc", "page=99999999999999999999999", "on=abc", "on=1985-01-01", "on=9999-12-31", "year=abc",
       "year=99999", "q=%25_%00", "tier=nothing", "change=nothing", "with=0001-01-01", "q=" + "长" * 2000]
PAGES = ["/people/", "/tiers/", "/pay/", "/imports/", "/policy/", "/home/"]


@pytest.mark.parametrize("path", PAGES)
def test_an_odd_address_is_answered(site: Site, path: str) -> None:
    hr = site.sign_in("hr")
    answers = {query: hr.get(f"{path}?{query}", follow_redirects=True).status_code for query in ODD}
    assert {query: status for query, status in answers.items() if status >= 500} == {}
    assert hr.get(path, follow_redirects=True).status_code == 200, "no odd address spoils the next page"


@pytest.mark.parametrize(("role", "address", "status"), [
    ("auditor", "/audit/?since=0001-01-01&until=9999-12-31", 200), ("hr", "/assistance/hosts/?month=0001-01", 200),
    ("hr", "/assistance/hosts/month?at=x&month=9999-12", 404),
    ("hr", "/assistance/hosts/enter?at=x&month=9999-12", 404),
    ("hr", "/assistance/hosts/workbook?at=x&month=9999-12", 404),
])
def test_the_ends_of_the_calendar_are_answered(site: Site, role: str, address: str, status: int) -> None:
    assert site.sign_in(role).get(address).status_code == status


def test_a_form_with_a_nul_goes_no_further(site: Site) -> None:
    stranger = {"name": "a\x00b", "password": "x"}
    assert site.browser().submit("/login", stranger, page="/login").status_code == 400


def test_no_number_in_an_address_outgrows_a_column(site: Site) -> None:
    numbers = {(rule.rule, name): converter for rule in site.app.url_map.iter_rules()
               for name, converter in rule._converters.items() if isinstance(converter, IntegerConverter)}
    assert len(numbers) > 40
    unbounded = [where for where, number in numbers.items() if number.max is None or number.max >= 2**31]
    assert unbounded == [], "<number:…> is bounded, <int:…> is not"


@pytest.mark.parametrize("nobody", [2**31, 2**63, 10**400])
def test_a_number_beyond_every_column_is_nobodys(site: Site, nobody: int) -> None:
    hr = site.sign_in("hr")
    addresses = {address.replace("999999", str(nobody)) for _entry, method, address in routes(site)
                 if method == "GET" and "999999" in address and not address.startswith("/api/")}
    assert {address: status for address in addresses if (status := hr.get(address).status_code) != 404} == {}
