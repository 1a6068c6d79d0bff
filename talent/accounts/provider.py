"""The sign-in provider of the bureau (OpenID Connect): where to send somebody, and who it says came back.

The program speaks to the provider's own host only: any other address, and any redirect, is refused before a connection
is made. What the provider says counts once its signature, issuer, audience, time and nonce are right. Authlib does the
protocol; it is imported only where a provider is configured.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from talent.core.config import Settings
from talent.core.errors import Finding, RuleViolation
from talent.core.secrets import Vault

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5
#: How long the provider's own description of itself is believed, in seconds.
DESCRIPTION_LIVES = 300.0
LEEWAY_SECONDS = 60
LEEWAY = timedelta(seconds=LEEWAY_SECONDS)
#: The year 5138: no calendar here reaches further than the year 9999.
FURTHEST_SECONDS = 100_000_000_000
#: Signatures by a key pair alone: with a shared secret, or none, whoever holds the client could sign.
ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "ES512")


@dataclass(frozen=True, slots=True)
class Assertion:
    """What the provider vouches for. ``claim``: the value of the claim the settings name; ``strong``: with a second
    factor the settings trust; ``signed_in_at``: when the person last showed it who they are, where it says so."""

    issuer: str
    subject: str
    claim: str
    strong: bool
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back. Nonce and verifier follow from the state and our keys, so that the browser
    keeps the state alone."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str

    @classmethod
    def of(cls, vault: Vault, state: str, redirect_uri: str) -> "Attempt":
        """The attempt behind a state."""
        return cls(state, vault.index(f"sso nonce {state}"), vault.index(f"sso verifier {state}"), redirect_uri)


class Provider:
    """The configured provider, one for each process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._description: tuple[float, Mapping[str, Any]] | None = None

    def address(self, attempt: Attempt, *, anew: bool = False) -> str:
        """Where the browser goes; ``anew``: to sign in again there, whoever is signed in. Raises
        :class:`RuleViolation` ``sso.*``."""
        asked = {"prompt": "login", "max_age": "0"} if anew else {}
        with self._speaking() as session:
            url, _state = session.create_authorization_url(
                self._describe(session)["authorization_endpoint"], state=attempt.state, nonce=attempt.nonce,
                code_verifier=attempt.verifier, redirect_uri=attempt.redirect_uri, **asked)
            return str(url)

    def identify(self, attempt: Attempt, code: str, now: datetime) -> Assertion:
        """Who came back with ``code``. Raises :class:`RuleViolation` ``sso.*``."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.jwk import KeySet

        with self._speaking() as session:
            described = self._describe(session)
            token = session.fetch_token(described["token_endpoint"], code=code, code_verifier=attempt.verifier,
                                        redirect_uri=attempt.redirect_uri, grant_type="authorization_code")
            keys = KeySet.import_key_set(self._read(session, described["jwks_uri"]))
            signed = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
            issuer, client = self.settings.oidc_issuer, self.settings.oidc_client_id
            claims = CodeIDToken(
                signed.claims, signed.header,
                {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client}},
                {"nonce": attempt.nonce, "client_id": client, "access_token": token.get("access_token")})
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
            return self._believed(claims)

    def _believed(self, claims: Mapping[str, Any]) -> Assertion:
        """What of proven claims is used here."""
        subject, named = claims["sub"], self.settings.oidc_claim
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ValueError("sub")
        claim = claims.get(named) if named else None
        return Assertion(self.settings.oidc_issuer, subject, claim if isinstance(claim, str) else "",
                         str(claims.get("acr", "")) in self.settings.trusted_acrs,
                         _instant(claims.get("auth_time")))

    def _describe(self, session: Any) -> Mapping[str, Any]:
        """The discovery document, its issuer being the one configured."""
        if self._description is None or time.monotonic() - self._description[0] > DESCRIPTION_LIVES:
            document = self._read(session, self.settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration")
            if document["issuer"] != self.settings.oidc_issuer:
                raise ValueError("issuer")
            if _origin(document["authorization_endpoint"]) != _origin(self.settings.oidc_issuer):
                raise ValueError("authorization_endpoint")
            self._description = time.monotonic(), document
        return self._description[1]

    @staticmethod
    def _read(session: Any, url: str) -> Any:
        answer = session.get(url, withhold_token=True)
        answer.raise_for_status()
        return answer.json()

    @contextmanager
    def _speaking(self) -> Iterator[Any]:
        """A session that reaches the provider's host alone; what goes wrong in it becomes a refusal."""
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError
        from requests import RequestException

        try:
            with _session(self.settings) as session:
                yield session
        except RequestException as error:
            log.warning("sign-in provider: %s", type(error).__name__)
            raise RuleViolation(Finding("sso.unreachable")) from error
        except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
            log.warning("sign-in provider said something that does not hold: %s", type(error).__name__)
            raise RuleViolation(Finding("sso.not_valid")) from error


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _session(settings: Settings) -> Any:
    """Only the issuer's origin is mounted; no redirect is followed, no proxy or password of the environment used."""
    from authlib.integrations.requests_client import OAuth2Session
    from requests.adapters import BaseAdapter, HTTPAdapter
    from requests.exceptions import InvalidURL

    class Closed(BaseAdapter):
        def send(self, request: Any, *_args: Any, **_kwargs: Any) -> Any:
            raise InvalidURL("not the provider's host")

        def close(self) -> None:
            """Nothing is open."""

    session = OAuth2Session(
        settings.oidc_client_id, settings.oidc_secret, token_endpoint_auth_method="client_secret_basic",  # noqa: S106 a method
        scope="openid", code_challenge_method="S256", default_timeout=TIMEOUT_SECONDS)
    session.trust_env, session.max_redirects = False, 0
    session.adapters.clear()
    session.mount("", Closed())
    scheme, host = _origin(settings.oidc_issuer)
    session.mount(f"{scheme}://{host}/", HTTPAdapter())
    if settings.oidc_ca_file is not None:
        session.verify = str(settings.oidc_ca_file)
    return session


def _instant(seconds: Any) -> datetime | None:
    """A moment of a token; None for what is none."""
    known = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < FURTHEST_SECONDS
    return datetime.fromtimestamp(seconds, UTC) if known else None
