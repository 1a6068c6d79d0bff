"""The provider's certificate: of a known authority, in time and for its own name, or nothing is said to it."""

import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.browser_client import Site, text
from tests.certificates import Authority, Pair
from tests.conftest import Clock
from tests.oidc_provider import CLIENT, SECRET, Provider
from tests.web.test_login import is_in
from tests.web.test_sso import enter, link

UNREACHABLE = "认证平台现在连不上"
Serve = Callable[[Pair], Provider]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def serve(site: Site, clock: Clock, authority: Authority) -> Iterator[Serve]:
    """Starts the provider with a certificate; the site is told of it and trusts ``authority`` alone."""
    running = list[Provider]()

    def start(pair: Pair) -> Provider:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.certificate, pair.key)
        running.append(provider := Provider(clock, context))
        settings = site.program.settings
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_ca_file = provider.issuer, CLIENT, authority.file
        settings.oidc_client_secret = type(settings.oidc_client_secret)(SECRET)
        return provider

    yield start
    for provider in running:
        provider.stop()


def test_a_certificate_of_the_authority_one_trusts_is_enough(site: Site, serve: Serve, authority: Authority) -> None:
    provider = serve(authority.certify("127.0.0.1"))
    link(site, provider)
    browser = site.browser()
    assert enter(browser, provider).status_code == 303
    assert is_in(browser)


@pytest.mark.parametrize("case", ["of an unknown authority", "expired", "for another name"])
def test_a_certificate_that_proves_nothing_ends_it_and_the_password_still_opens(
    site: Site, serve: Serve, authority: Authority, tmp_path: Path, case: str
) -> None:
    provider = serve({
        "of an unknown authority": lambda: Authority(tmp_path, "stranger").certify("127.0.0.1"),
        "expired": lambda: authority.certify("127.0.0.1", lasts=timedelta(days=-1)),
        "for another name": lambda: authority.certify("sso.example.com")}[case]())
    browser = site.browser()
    response = browser.get("/login/sso")
    assert (response.status_code, UNREACHABLE in text(response)) == (422, True)
    assert (provider.asked, response.headers.get("Location")) == ([], None)
    assert browser.sign_in(site.account("hr").name).status_code == 303
    assert is_in(browser)
