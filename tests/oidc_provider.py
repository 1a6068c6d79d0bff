"""An honest OpenID Connect provider on this machine: real HTTP, a real key pair, real codes used once, PKCE checked.

What a test wants it to get wrong is put into ``wrong``: claims of the next tokens, or ``key`` to sign with another key.
"""

import base64
import hashlib
import json
import secrets
import ssl
import threading
from collections.abc import Callable
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "talent-test", "a secret only the two of us have"


@cache
def _keys() -> tuple[RSAKey, RSAKey]:
    """The provider's key and a stranger's of the same name, made once: it takes a moment."""
    return RSAKey.generate_key(2048, {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "one"})


class Provider:
    """Serves until :meth:`stop`, over TLS where it is given. ``who`` is signed in there: the claims of their tokens."""

    def __init__(self, clock: Callable[[], datetime], tls: ssl.SSLContext | None = None) -> None:
        self.clock, self.who, self.wrong = clock, {"sub": "u-1"}, dict[str, Any]()
        self.key, self.stranger = _keys()
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.redirect_to = ""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, b"")

            def do_POST(self) -> None:
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.issuer = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_port}/realm"
        self.described = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys"}
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End the server."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def authorize(self, address: str) -> dict[str, str]:
        """What the person's browser is sent back with, having gone to ``address`` and signed in there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(self.described["authorization_endpoint"] + "?")
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        """One request of the site."""
        path = request.path.removeprefix("/realm")
        self.asked.append(path)
        if self.redirect_to:
            request.send_response(302)
            request.send_header("Location", self.redirect_to)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        answers: dict[str, Callable[[], Any]] = {
            "/.well-known/openid-configuration": lambda: self.described,
            "/keys": lambda: KeySet([self.key]).as_dict(private=False),
            "/token": lambda: self.token(request, {key: value[0] for key, value in parse_qs(body.decode()).items()}),
        }
        content = json.dumps(answers[path]()).encode() if path in answers else b"{}"
        request.send_response(200 if b'"error"' not in content else 400)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def token(self, request: BaseHTTPRequestHandler, sent: dict[str, str]) -> dict[str, Any]:
        """The token of a code, once, for the client that can prove itself and began the attempt."""
        basic = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if request.headers.get("Authorization") not in (f"Basic {basic}", f"Basic {plain}"):
            return {"error": "invalid_client"}
        if asked is None or challenge != asked["code_challenge"] or sent["redirect_uri"] != asked["redirect_uri"]:
            return {"error": "invalid_grant"}
        now = int(self.clock().timestamp())
        wrong = dict(self.wrong)
        key = self.stranger if wrong.pop("key", None) else self.key
        claims = {"iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": asked["nonce"], **self.who,
                  **({"auth_time": now} if "max_age" in asked else {}), **wrong}
        return {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer",
                "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)}

    def address_back(self, address: str) -> str:
        """The way back as the browser asks for it."""
        return "/login/sso/back?" + urlencode(self.authorize(address))
