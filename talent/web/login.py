"""Signing in, leaving, one's own account and a new password."""

from collections.abc import Mapping
from typing import ClassVar

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from talent.accounts import commands, identities, leaving, queries
from talent.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from talent.core.errors import RuleViolation
from talent.web import kit
from talent.web.navigation import home_url, languages, role_names
from talent.web.security import (
    client_address,
    current_actor,
    current_visit,
    enter,
    is_own_path,
    open_read,
    open_write,
    program,
    public,
    signed_in,
)
from talent.web.security import (
    leave as forget,
)
from talent.web.templating import moment

pages = Blueprint("login", __name__)

#: Refusals that are about the moment: too many tries, too many people.
WAITING = ("login.wait", "login.address_wait", "login.busy")


class LoginForm(kit.BaseForm):
    name = StringField(lazy_gettext("登录名"), [InputRequired(), Length(max=80)],
                       render_kw={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"})
    password = PasswordField(lazy_gettext("密码"), [InputRequired(), Length(max=LONGEST_PASSWORD)],
                             render_kw={"autocomplete": "current-password"})


class PasswordForm(kit.BaseForm):
    places: ClassVar[Mapping[str, str]] = {
        "login.refused": "current", "login.wait": "current", "password.short": "new", "password.long": "new",
        "password.common": "new", "password.about_you": "new", "password.unchanged": "new",
    }
    current = PasswordField(lazy_gettext("现在的密码"), [InputRequired(), Length(max=LONGEST_PASSWORD)],
                            render_kw={"autocomplete": "current-password"})
    new = PasswordField(lazy_gettext("新密码"), [InputRequired()], render_kw={"autocomplete": "new-password"})
    again = PasswordField(lazy_gettext("再输一次新密码"), [InputRequired(), EqualTo("new")],
                          render_kw={"autocomplete": "new-password"})


@pages.route("/login", methods=["GET", "POST"])
@public
def index() -> str | Response | tuple[str, int, dict[str, str]]:
    """The sign-in form; afterwards the page asked for, if it is one of ours."""
    visit = current_visit()
    if visit is not None and request.method == "GET":
        return redirect(home_url(visit.actor), 303)
    form = LoginForm()
    status, headers = 200, dict[str, str]()
    if form.validate_on_submit():
        try:
            token = commands.sign_in(program(), name=form.name.data or "", password=form.password.data or "",
                                     address=client_address(), former=session.get("token", ""))
        except RuleViolation as violation:
            form.refuse(violation.findings)
            status, headers = status_of(violation)
        else:
            enter(token)
            target = request.args.get("next", "")
            return redirect(target if is_own_path(target) else url_for("root"), 303)
    return render_template("login/index.html", form=form, languages=languages(), sso=_sso()), status, headers


def _sso() -> str:
    """Where the button of the sign-in provider leads, with the page asked for; "" where there is none."""
    target = request.args.get("next", "")
    here = program().settings.oidc_issuer
    return url_for(".sso", next=target if is_own_path(target) else None) if here else ""


def status_of(violation: RuleViolation) -> tuple[int, dict[str, str]]:
    """401, or 429 with the seconds to wait."""
    waiting = next((finding for finding in violation.findings if finding.code in WAITING), None)
    return (401, {}) if waiting is None else (429, {"Retry-After": str(waiting.params["seconds"])})


@pages.post("/logout")
@signed_in
def leave() -> Response:
    """End this session on the server and forget it here."""
    with open_write() as work:
        leaving.sign_out(work, token=session["token"])
    return _gone()


def _gone() -> Response:
    """To the door, with nothing left behind: no page to go back to, no store."""
    forget()
    response = redirect(url_for(".index"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@pages.get("/account")
@signed_in
def account() -> str:
    """One's own account: roles, password, signing out everywhere."""
    with open_read() as work:
        grants = queries.grants_of(work.session, work.actor, work.today)
        linked = identities.is_linked(work, work.actor.user_id)
        opened = queries.open_sessions(work, session["token"])
    return render_template("login/account.html", visit=current_visit(), grants=grants, roles=role_names(),
                           sso=bool(program().settings.oidc_issuer), linked=linked, opened=opened, moment=moment)


@pages.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> str | Response:
    """A new password; the first thing to do with an initial one."""
    form = PasswordForm()

    def change() -> None:
        enter(commands.change_password(program(), current_actor(), current=form.current.data or "",
                                       new=form.new.data or "", address=client_address()))

    done = kit.submit(form, change, url_for("root"), gettext("密码已更换，别处的登录都已退出。"))
    return done or render_template("login/password.html", form=form, visit=current_visit(), least=SHORTEST_PASSWORD)


@pages.post("/account/sessions/<number:session_id>/end")
@signed_in
def leave_elsewhere(session_id: int) -> Response:
    """End one of one's sign-ins, on another machine."""
    with open_write() as work:
        leaving.end_session(work, session_id=session_id)
    flash(gettext("那一处的登录已退出。"), "ok")
    return redirect(url_for(".account"), 303)


@pages.post("/account/sign-out-everywhere")
@signed_in
def leave_everywhere() -> Response:
    """End all one's sessions, this one too."""
    with open_write() as work:
        leaving.end_sessions(work, user_id=work.actor.user_id or 0)
    return _gone()
