"""The web program: pages, error pages, headers, languages, put together once per process."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy
from flask import Flask, Response, redirect
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from talent import api
from talent.core.language import CATALOGUES
from talent.core.work import Program
from talent.web import (
    achievements,
    admin,
    affected,
    assistance,
    attendance,
    audit,
    awards,
    awards_edit,
    awards_sheet,
    away_board,
    board,
    budgets,
    corrections,
    eligible,
    entries,
    forecast,
    home,
    host,
    imports,
    inbox,
    indicators,
    jobs,
    kit,
    ledgers,
    limits,
    login,
    navigation,
    nominations,
    notices,
    objections,
    pay,
    pay_chain,
    pay_ledger,
    payout,
    payout_books,
    payout_recover,
    payout_returns,
    payout_years,
    people,
    people_acts,
    policy,
    portraits,
    privacy,
    proof,
    refusals,
    retention,
    reveal,
    school_acts,
    schools,
    security,
    sso,
    teachers,
    templating,
    tiers,
    tokens,
    training,
)
from talent.web.security import current_actor, public, signed_in

PACKAGE = Path(__file__).resolve().parent
#: The families of pages. Each module offers ``pages``, a blueprint; two of one family offer the same.
PAGES = (
    login,
    sso,
    admin,
    teachers,
    people,
    people_acts,
    schools,
    school_acts,
    training,
    achievements,
    ledgers,
    entries,
    corrections,
    nominations,
    attendance,
    host,
    assistance,
    forecast,
    budgets,
    away_board,
    imports,
    jobs,
    home,
    board,
    tiers,
    eligible,
    pay,
    pay_chain,
    pay_ledger,
    awards,
    awards_edit,
    awards_sheet,
    payout,
    payout_books,
    payout_recover,
    payout_returns,
    payout_years,
    indicators,
    policy,
    portraits,
    objections,
    audit,
    privacy,
    notices,
    reveal,
    retention,
    affected,
    proof,
    tokens,
)


def templates_folder(package: Path = PACKAGE) -> Path:
    """Where the templates are: inside an installed package, beside it in a checkout."""
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise FileNotFoundError(f"no templates in {package} or beside it; is the installation complete?")


def create_app(program: Program) -> Flask:
    """The Flask application over ``program``. Its keys must exist (``talent init``)."""
    app = Flask("talent", root_path=str(PACKAGE), template_folder=str(templates_folder()))
    app.extensions["talent"] = program
    _configure(app, program)
    _extend(app)
    _surround(app)
    kit.install_numbers(app)
    for pages in dict.fromkeys(module.pages for module in PAGES):
        app.register_blueprint(pages)
    api.install(app)
    app.add_url_rule("/", "root", root)
    app.add_url_rule("/healthz", "healthz", health)
    refusals.install(app)
    return app


def _configure(app: Flask, program: Program) -> None:
    settings = program.settings
    app.config.update(
        SECRET_KEY=settings.key("session"),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=settings.upload_bytes,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the cookie it is bound to
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
        BABEL_TRANSLATION_DIRECTORIES=str(CATALOGUES),
    )
    app.session_interface = security.HostCookie()


def _extend(app: Flask) -> None:
    Bootstrap5(app)
    Babel(app, locale_selector=security.language)
    templating.install(app, refusals.worded)
    app.context_processor(lambda: {"frame": navigation.frame()})
    app.url_defaults(_with_version(app))


def _surround(app: Flask) -> None:
    """What runs around every view; the order matters: the guard comes when all others agree."""
    app.before_request(security.refuse_strange_host)
    app.before_request(security.refuse_nul)
    app.before_request(security.choose_language)
    app.before_request(security.find_visit)
    app.extensions["csrf"] = csrf = CSRFProtect(app)
    csrf.exempt(api.operations)  # a key in a header, which no other site can send
    app.before_request(security.guard)
    app.before_request(limits.keep(limits.Pace()))
    app.before_request(inbox.forget_after_an_act)
    app.after_request(security.add_headers)


def _with_version(app: Flask) -> Any:
    """Static addresses carry a digest of their file, so that browsers may keep them for a year."""

    @cache
    def digest(folder: str, filename: str) -> str:
        path = Path(folder) / filename
        return sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint not in security.STATIC or "filename" not in values:
            return
        owner = app if endpoint == "static" else app.blueprints[endpoint.partition(".")[0]]
        version = digest(str(owner.static_folder), values["filename"])
        if version:
            values.setdefault("v", version)

    return add_version


@signed_in
def root() -> AnyResponse:
    """The first page of whoever is signed in."""
    return redirect(navigation.home_url(current_actor()), 303)


@public
def health() -> Response:
    """200 and ``ok`` when the database answers."""
    with security.program().engine.connect() as connection:
        connection.execute(sqlalchemy.text("SELECT 1"))
    return Response("ok", mimetype="text/plain")
