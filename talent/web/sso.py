"""Signing in through the bureau's provider. Going there and coming back reads only; the form that the browser sends on
by itself does the rest, so that no address opens a session.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from talent.accounts import identities
from talent.accounts.provider import Assertion, Attempt, Provider
from talent.core.errors import Finding, RuleViolation
from talent.web import kit
from talent.web.admin import pages as admin_pages
from talent.web.login import pages
from talent.web.refusals import refusal
from talent.web.security import (
    client_address,
    current_actor,
    enter,
    is_own_path,
    open_read,
    open_write,
    permission,
    program,
    public,
    signed_in,
)

#: How long somebody may take at the provider.
ATTEMPT_LASTS = timedelta(minutes=10)
KEPT = "sso"
#: What somebody went there for → where the form that comes back goes on.
GOES_ON = {"enter": ".sso_enters", "link": ".sso_links", "prove": ".sso_proves"}


class BackForm(kit.BaseForm):
    state = HiddenField()
    code = HiddenField()


class StaffNumberForm(kit.BaseForm):
    places = dict.fromkeys(("identity.not_staff_no", "identity.linked", "identity.taken"), "claim")
    claim = StringField(lazy_gettext("工号"), [InputRequired(), Length(max=80)])


def _provider() -> Provider:
    """The provider of this process; 404 where none is configured."""
    settings = program().settings
    if not settings.oidc_issuer:
        abort(404)
    known: Provider | None = current_app.extensions.get("talent_provider")
    if known is None or known.settings is not settings:
        known = current_app.extensions["talent_provider"] = Provider(settings)
    return known


def _attempt(state: str) -> Attempt:
    return Attempt.of(program().vault, state, url_for(".sso_back", _external=True))


def _go(purpose: str) -> Response:
    state = secrets.token_urlsafe(32)
    address = _provider().address(_attempt(state), anew=purpose == "prove")
    session[KEPT] = {"state": state, "for": purpose, "at": program().clock().timestamp(),
                     "next": request.args.get("next", "")}
    return redirect(address, 303)


@pages.get("/login/sso")
@public
def sso() -> Response:
    """Off to the provider."""
    return _go("enter")


@pages.get("/account/identity")
@signed_in
def sso_link() -> Response:
    """Off to the provider, to link the account signed in; asks for a fresh proof before, not after."""
    current_actor().require_proved()
    return _go("link")


@pages.get("/proof/sso")
@signed_in
def sso_prove() -> Response:
    """Off to the provider, to sign in there anew: the proof of who has no password here."""
    return _go("prove")


@pages.get("/login/sso/back")
@public
def sso_back() -> ResponseReturnValue:
    """What the provider sent back, as a form that the browser sends on."""
    _provider()
    if "error" in request.args or not request.args.get("code"):
        return refusal(RuleViolation(Finding("sso.cancelled")), url_for(".index"))
    purpose = session.get(KEPT, {}).get("for", "enter")
    form = BackForm(formdata=None, state=request.args.get("state", ""), code=request.args["code"])
    return render_template("login/sso.html", form=form, purpose=purpose, action=url_for(GOES_ON[purpose]))


def _said(purpose: str) -> tuple[Assertion, str, datetime]:
    """What the provider says of the attempt this browser began for this purpose, once; the page asked for before; and
    when it began."""
    provider, form, began = _provider(), BackForm(), session.pop(KEPT, None) or {}
    state = form.state.data or ""
    if began.get("for") != purpose:
        raise RuleViolation(Finding("sso.again"))
    late = program().clock().timestamp() - began.get("at", 0) > ATTEMPT_LASTS.total_seconds()
    if late or not hmac.compare_digest(began.get("state", "").encode(), state.encode()) or not state:
        raise RuleViolation(Finding("sso.again"))
    identities.spend(program(), state)
    said = provider.identify(_attempt(state), form.code.data or "", program().clock())
    return said, began.get("next", ""), datetime.fromtimestamp(began["at"], UTC)


@pages.post("/login/sso")
@public
def sso_enters() -> ResponseReturnValue:
    """The second half of signing in."""
    try:
        said, target, _began = _said("enter")
        token = identities.sign_in(program(), said=said, address=client_address(),
                                   former=session.get("token", ""))
    except RuleViolation as violation:
        return refusal(violation, url_for(".index"))
    enter(token)
    return redirect(target if is_own_path(target) else url_for("root"), 303)


@pages.post("/account/identity")
@signed_in
def sso_links() -> ResponseReturnValue:
    """The second half of linking."""
    try:
        said, _target, _began = _said("link")
        with open_write() as work:
            identities.link(work, said=said)
    except RuleViolation as violation:
        return refusal(violation, url_for(".account"))
    flash(gettext("已关联，以后可以用统一身份认证登录。"), "ok")
    return redirect(url_for(".account"), 303)


@pages.post("/proof/sso")
@signed_in
def sso_proves() -> ResponseReturnValue:
    """The second half of proving who is there."""
    try:
        said, target, began_at = _said("prove")
        with open_write() as work:
            identities.prove(work, said=said, began_at=began_at, token=session["token"])
    except RuleViolation as violation:
        return refusal(violation, url_for("proof.index"))
    return redirect(target if is_own_path(target) else url_for("root"), 303)


@pages.post("/account/identity/unlink")
@signed_in
def sso_unlink() -> Response:
    """Cut one's own account off from the provider."""
    with open_write() as work:
        identities.unlink(work, user_id=work.actor.user_id or 0)
    flash(gettext("已取消关联。"), "ok")
    return redirect(url_for(".account"), 303)


@admin_pages.route("/<number:user_id>/identity", methods=["GET", "POST"])
@permission("account:manage")
def identity(user_id: int) -> str | Response:
    """Link somebody by the staff number the provider vouches for; only where the settings name its claim."""
    settings = program().settings
    if not settings.oidc_issuer or not settings.oidc_claim:
        abort(404)
    form = StaffNumberForm()

    def save() -> None:
        with open_write() as work:
            identities.link_by_staff_no(work, user_id=user_id, issuer=settings.oidc_issuer, claim=form.claim.data or "")

    done = kit.submit(form, save, url_for("admin.index"), gettext("已关联；本人下次用统一身份认证登录时生效。"))
    with open_read() as work:
        linked = identities.is_linked(work, user_id)
    return done or render_template("admin/identity.html", form=form, user_id=user_id, linked=linked)


@admin_pages.post("/<number:user_id>/identity/unlink")
@permission("account:manage")
def unlink(user_id: int) -> Response:
    """Cut somebody's account off from the provider."""
    with open_write() as work:
        identities.unlink(work, user_id=user_id)
    flash(gettext("已取消关联，经统一身份认证的登录都已退出。"), "ok")
    return redirect(url_for("admin.index"), 303)
