"""Proving who is there: the code after the password, the proof before acts that ask for one, and enrolling."""

from typing import ClassVar

import pyotp
import segno
from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from talent.accounts import commands, identities, second_factor
from talent.accounts.queries import Visit
from talent.accounts.rules import LONGEST_PASSWORD
from talent.core.errors import NotAllowed, RuleViolation
from talent.web import kit
from talent.web.login import status_of
from talent.web.security import (
    client_address,
    current_actor,
    current_visit,
    is_own_path,
    open_read,
    open_write,
    program,
    signed_in,
)

pages = Blueprint("proof", __name__)

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none", "autofocus": True}


class CodeForm(kit.BaseForm):
    places: ClassVar = {"factor.wrong": "code", "login.wait": "code"}
    code = StringField(lazy_gettext("验证码"), [InputRequired(), Length(max=20)], render_kw=_CODE)


class PasswordAgainForm(kit.BaseForm):
    places: ClassVar = {"login.refused": "password", "login.wait": "password"}
    password = PasswordField(lazy_gettext("密码"), [InputRequired(), Length(max=LONGEST_PASSWORD)],
                             render_kw={"autocomplete": "current-password", "autofocus": True})


def _visit() -> Visit:
    visit = current_visit()
    if visit is None:
        raise NotAllowed("signed_in")
    return visit


@pages.route("/proof", methods=["GET", "POST"])
@signed_in
def index() -> str | Response | tuple[str, int, dict[str, str]]:
    """Password or code once more, then back to the page at hand."""
    visit, status, headers = _visit(), 200, dict[str, str]()
    form = CodeForm() if visit.has_factor else PasswordAgainForm()

    def prove() -> None:
        nonlocal status, headers
        try:
            _prove(form, visit)
        except RuleViolation as violation:
            again, headers = status_of(violation)
            status = again if headers else status
            raise

    target = request.args.get("next", "")
    done = kit.submit(form, prove, target if is_own_path(target) else url_for("root"))
    page = render_template("proof/index.html", form=form, entering=visit.has_factor and not visit.factor_at,
                           sso=_sso(visit, target))
    return done or (page, status, headers)


def _sso(visit: Visit, target: str) -> str:
    """Where whoever is linked to the provider may prove themselves instead, "" for anybody else."""
    if visit.has_factor or not program().settings.oidc_issuer:
        return ""
    with open_read() as work:
        linked = identities.is_linked(work, visit.actor.user_id)
    return url_for("login.sso_prove", next=target if is_own_path(target) else None) if linked else ""


def _prove(form: CodeForm | PasswordAgainForm, visit: Visit) -> None:
    if isinstance(form, CodeForm):
        second_factor.prove(program(), visit.actor, code=form.code.data or "", token=session["token"])
    else:
        commands.prove_password(program(), visit.actor, password=form.password.data or "",
                                token=session["token"], address=client_address())


@pages.route("/account/factor", methods=["GET", "POST"])
@signed_in
def enrol() -> str | Response:
    """A second factor of one's own: the seed as a picture and as text, confirmed by a first code."""
    if _visit().has_factor:
        return redirect(url_for("login.account"), 303)
    form, codes = CodeForm(), list[str]()

    def confirm() -> None:
        with open_write() as work:
            codes.extend(second_factor.confirm(work, code=form.code.data or "", token=session["token"]))

    if kit.submit(form, confirm, "") is not None:
        return render_template("proof/codes.html", codes=codes)
    with open_read() as work:
        seed = second_factor.proposed_seed(work, session["token"])
    picture = segno.make(_otpauth(seed), error="m").svg_data_uri(scale=5, border=2)
    return render_template("proof/enrol.html", form=form, seed=seed, picture=picture,
                           required=program().settings.needs_second_factor)


def _otpauth(seed: str) -> str:
    return pyotp.TOTP(seed).provisioning_uri(name=current_actor().name, issuer_name=program().settings.bureau)


@pages.post("/account/recovery-codes")
@signed_in
def renew() -> str:
    """New recovery codes; the old ones are void."""
    with open_write() as work:
        codes = second_factor.renew_recovery_codes(work)
    return render_template("proof/codes.html", codes=codes)
