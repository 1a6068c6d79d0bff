"""What comes with a page: its icons drawn in it, its style sheets and scripts packed."""

import gzip
import re

import pytest

from tests.browser_client import Site, text

SHEETS = re.compile(r'(?:href|src)="(/[^"]*static/[^"]+\.(?:css|js)[^"]*)"')


@pytest.mark.parametrize("path", ["/people/", "/tiers/", "/account"])
def test_every_icon_of_a_page_is_drawn_in_it_once(site: Site, path: str) -> None:
    page = text(site.sign_in("hr").get(path))
    used, drawn = re.findall(r'<use href="#([^"]+)"', page), re.findall(r'<symbol id="([^"]+)"', page)
    assert len(set(used)) > 5 and sorted(drawn) == sorted(set(used))
    assert "bootstrap-icons.svg" not in page


def test_style_sheets_and_scripts_are_packed_for_who_can_unpack_them(site: Site) -> None:
    browser = site.sign_in("hr")
    addresses = SHEETS.findall(text(browser.get("/home/")))
    assert len(addresses) == 6
    for address in addresses:
        plain, packed = browser.get(address), browser.get(address, headers={"Accept-Encoding": "gzip"})
        assert (plain.content_encoding, packed.content_encoding) == (None, "gzip")
        assert gzip.decompress(packed.data) == plain.data
        assert packed.content_length == len(packed.data) < len(plain.data) / 2
        assert "Accept-Encoding" in plain.vary and "Accept-Encoding" in packed.vary


def test_a_page_is_not_packed_with_its_token(site: Site) -> None:
    page = site.sign_in("hr").get("/account", headers={"Accept-Encoding": "gzip"})
    assert page.content_encoding is None and "csrf_token" in text(page)
