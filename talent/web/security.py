"""Who is at the door: the visit behind the cookie, the right each route names, and what every answer carries.

A route carries exactly one of :func:`permission`, :func:`signed_in` or :func:`public`. One that names none is closed
to everybody. Rows are narrowed by the queries; this is only the door.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from talent.accounts import queries, rules, tokens
from talent.accounts.commands import NOBODY
from talent.accounts.queries import Visit
from talent.core.access import STEP_UP, Actor
from talent.core.config import LOOPBACK
from talent.core.errors import NotAllowed
from talent.core.language import LANGUAGES, set_language
from talent.core.work import Program, Work

log = logging.getLogger("talent.web")

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = ("public",)
SIGNED_IN = ("signed_in",)
#: The blueprint other systems speak to: a key in the Authorization header, never a cookie.
API = "api"
#: Files of the program itself: no visit is looked up for them.
STATIC = frozenset({"static", "bootstrap.static"})
#: Where somebody with an initial password may go.
BEFORE_NEW_PASSWORD = frozenset({"login.password", "login.leave"})
#: Where somebody may go whose second factor is still to be given, or to be enrolled.
BEFORE_CODE = frozenset({"proof.index", "login.leave"})
BEFORE_FACTOR = frozenset({"proof.enrol", "login.leave"})
#: Where somebody may go who has not read the notice in force: it, what it refers to, all that is held about oneself.
BEFORE_NOTICE = frozenset({
    "privacy.notice", "privacy.acknowledge", "privacy.inventory", "privacy.index", "privacy.mine", "privacy.download",
    "proof.index", "login.sso_prove", "login.sso_proves", "login.leave"})
#: A page for acts that ask for a fresh proof opens only while enough of it is left to fill in a form.
PROOF_FOR_PAGES = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=1)

HEADERS = {
    "Content-Security-Policy": (
        # data: is for the tick marks and arrows that Bootstrap's own style sheet draws.
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000; includeSubDomains"


# ── what a route asks for ────────────────────────────────────────────────────────────────────────────────────


def permission(*rights: str) -> Callable[[View], View]:
    """The view is for those who hold any of ``rights``. Stands below the route decorator."""

    def mark(view: View) -> View:
        view.rights = rights  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(view: View) -> View:
    """The view is for every account."""
    return permission(*SIGNED_IN)(view)


def public(view: View) -> View:
    """The view is for anybody, signed in or not."""
    return permission(*PUBLIC)(view)


def rights_of(app: Flask, endpoint: str) -> tuple[str, ...]:
    """The rights an endpoint names; empty when its author forgot, which closes it."""
    return PUBLIC if endpoint in STATIC else getattr(app.view_functions[endpoint], "rights", ())


# ── what a view uses ─────────────────────────────────────────────────────────────────────────────────────────


def program() -> Program:
    """The running program: settings, clock, database."""
    running: Program = current_app.extensions["talent"]
    return running


def today() -> date:
    """The local day."""
    return program().today


def current_visit() -> Visit | None:
    """The visit of this request, None when nobody is signed in."""
    visit: Visit | None = g.get("visit")
    return visit


def current_actor() -> Actor:
    """Who acts. Raises :class:`NotAllowed` when nobody is signed in."""
    visit = current_visit()
    if visit is None:
        raise NotAllowed(SIGNED_IN[0])
    return visit.actor


@contextmanager
def open_read() -> Iterator[Work]:
    """A work for queries, as the person signed in."""
    with program().read(current_actor()) as work:
        yield work


@contextmanager
def open_write() -> Iterator[Work]:
    """One write transaction, as the person signed in; committed at the end of the block."""
    with program().begin(current_actor()) as work:
        yield work


def client_address() -> str:
    """Where the request comes from, as failures and the audit keep it."""
    return request.remote_addr or ""


def is_own_path(target: str) -> bool:
    """Whether ``target`` leads to a page of this site: one slash first, no host, no back slash, nothing unprintable."""
    if not target.startswith("/") or target.startswith("//") or "\\" in target or not target.isprintable():
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc


# ── the cookie ───────────────────────────────────────────────────────────────────────────────────────────────


def _host_name() -> str:
    """The name asked for, without its port; empty when it is none."""
    try:
        return urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return ""


class HostCookie(SecureCookieSessionInterface):
    """The signed cookie: ``__Host-talent``, Secure; on plain http to this very machine ``talent`` without Secure."""

    digest_method = staticmethod(sha256)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or _host_name() not in LOOPBACK

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-talent" if self.get_cookie_secure(app) else "talent"


def enter(token: str) -> None:
    """Bind this browser to a new session; of the old cookie only the language stays."""
    language = session.get("lang")
    session.clear()
    session["token"] = token
    session["seen"] = program().clock().timestamp()
    if language:
        session["lang"] = language


def leave() -> None:
    """Forget the session in this browser."""
    language = session.get("lang")
    session.clear()
    if language:
        session["lang"] = language


# ── what happens around every view, in this order ────────────────────────────────────────────────────────────


def refuse_strange_host() -> AnyResponse | None:
    """A Host header that is not ours would end in links and caches: 400."""
    if _host_name() in program().settings.allowed_hosts:
        return None
    log.warning("refused: a host that is not ours: %s", request.method)
    return Response("Bad Request: unknown host\n", 400, mimetype="text/plain")


def refuse_nul() -> None:
    """No text of ours holds a NUL, and PostgreSQL stores none: an address or a form with one goes no further.

    A form with files is not read here: a stranger's upload would be, before anybody asked who they are.
    """
    form = request.form if request.mimetype == "application/x-www-form-urlencoded" else {}
    written = (*request.args.values(), *form.values(), *(str(at) for at in (request.view_args or {}).values()))
    if any("\x00" in value for value in written):
        log.warning("refused: a NUL: %s %s", request.method, request.endpoint or "-")
        abort(400)


def choose_language() -> None:
    """``?lang=`` chooses for the visit; Chinese otherwise."""
    asked = request.args.get("lang", "")
    if is_api():
        set_language(language())
        return
    if asked in LANGUAGES and asked != session.get("lang", "zh"):
        session["lang"] = asked
    set_language(language())


def language() -> str:
    """The language of this answer: a person's choice, or what another system says it accepts."""
    if is_api():
        return request.accept_languages.best_match(list(LANGUAGES)) or "zh"
    chosen: str = session.get("lang", "zh")
    return chosen


def is_api() -> bool:
    """Whether another system asks, not a browser."""
    return request.path.startswith(f"/{API}/")


def find_visit() -> None:
    """Load who is signed in, once per request, from our own row."""
    g.visit = None
    if is_api():
        _find_caller()
        return
    token = session.get("token")
    if token is None or request.endpoint in STATIC:
        return
    now, seen = program().clock(), datetime.fromtimestamp(session.get("seen", 0), UTC)
    if not rules.is_idle(seen, now, timedelta(minutes=program().settings.session_idle_minutes)):
        with program().read(NOBODY) as work:
            g.visit = queries.visit_of(work.session, token, now, work.today)
    if g.visit is None:
        g.visit_ended = True
        leave()
    elif now - seen >= SEEN_EVERY:
        session["seen"] = now.timestamp()


def _find_caller() -> None:
    """Who sent the key in ``Authorization: Bearer …``; a cookie says nothing here, so nothing can be forged with it."""
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        return
    with program().read(NOBODY) as work:
        caller = tokens.caller_of(work.session, sent.token, program().clock(), work.today)
    g.visit = caller.visit if caller is not None else None
    if caller is not None and caller.reads_only and request.method not in ("GET", "HEAD"):
        raise NotAllowed("api:change")


def guard() -> AnyResponse | None:
    """The one choke point: nobody passes without the right the route names."""
    if request.endpoint is None:
        return None  # no such page or method: routing says so
    rights = rights_of(current_app, request.endpoint)
    if rights == PUBLIC:
        return None
    visit = current_visit()
    if visit is None:
        return _to_login()
    first = None if is_api() else _first_step(visit)
    if first is not None:
        return first
    if rights != SIGNED_IN and not any(visit.actor.may(right) for right in rights):
        raise NotAllowed(rights[0] if rights else "route:unnamed")
    if request.method == "GET" and STEP_UP.issuperset(rights) and not _proved_for_a_page(visit):
        return to_proof(request.full_path.rstrip("?"))
    return None


def _first_step(visit: Visit) -> AnyResponse | None:
    """What has to come before anything else: the code, an own password, a second factor of one's own, the notice."""
    settings, now = program().settings, program().clock()
    if visit.has_factor and visit.factor_at is None:
        back = request.full_path.rstrip("?") if request.method == "GET" else ""
        return None if request.endpoint in BEFORE_CODE else to_proof(back)
    old = visit.must_change or rules.password_is_old(settings.password_profile, visit.password_set_at, now)
    if old and not visit.by_provider:
        return None if request.endpoint in BEFORE_NEW_PASSWORD else redirect(url_for("login.password"), 303)
    given = visit.has_factor or visit.factor_at is not None
    if settings.needs_second_factor and not given and rules.needs_factor(visit.actor.roles):
        return None if request.endpoint in BEFORE_FACTOR else redirect(url_for("proof.enrol"), 303)
    if visit.owes_notice and request.endpoint not in BEFORE_NOTICE:
        came_from = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
        return redirect(url_for("privacy.notice", next=came_from), 303)
    return None


def _proved_for_a_page(visit: Visit) -> bool:
    return rules.is_proved(visit.proved_at, program().clock(), PROOF_FOR_PAGES)


def to_proof(back: str) -> AnyResponse:
    """Ask for password or code, then lead back."""
    return redirect(url_for("proof.index", next=back or None), 303)


def is_script() -> bool:
    """Whether the asker reads JSON, not pages."""
    return is_api() or request.accept_mimetypes.best == "application/json" or request.is_json


def _to_login() -> AnyResponse:
    """A page leads to signing in and back; a script is told 401."""
    if is_script():
        raise Unauthorized
    back = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
    return redirect(url_for("login.index", next=back), 303)


def add_headers(response: AnyResponse) -> AnyResponse:
    """Strict headers on everything; only versioned static files may be kept by anybody."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    if request.endpoint not in STATIC:
        response.headers["Cache-Control"] = "no-store"
    elif request.args.get("v") and response.status_code in (200, 304):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
