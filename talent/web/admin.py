"""Accounts for administrators: the list, a new one, closing one, and the second person's yes."""

from collections.abc import Mapping
from typing import ClassVar

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from talent.accounts import commands, leaving, passwords, queries, second_factor
from talent.people.schools import open_schools
from talent.web import acting, kit
from talent.web.navigation import role_names
from talent.web.security import current_actor, open_read, open_write, permission, program

pages = Blueprint("admin", __name__, url_prefix="/admin/accounts")

_PASSWORD_PLACES: Mapping[str, str] = dict.fromkeys(
    ("password.short", "password.long", "password.common", "password.about_you"), "password")
_GRANT_PLACES: Mapping[str, str] = {
    "grant.school_missing": "school_code", "grant.school_unwanted": "school_code",
    "grant.school_unknown": "school_code",
    "grant.person_missing": "staff_no", "grant.person_unknown": "staff_no", "grant.role_unknown": "role",
    "grant.not_in_post": "staff_no", "grant.other_person": "staff_no", "grant.school_closed": "school_code",
    "grant.until_past": "until", "grant.held": "role", "account.name_taken": "name", "account.name_shape": "name",
}


def role_choices() -> list[tuple[str, str]]:
    """Code and name of every role that can be given."""
    return list(role_names().items())


class RoleForm(kit.BaseForm):
    places = _GRANT_PLACES
    role = SelectField(lazy_gettext("角色"), [InputRequired()], choices=lambda: kit.offered(role_choices()))
    school_code = SelectField(lazy_gettext("学校"), [Length(max=40)], validate_choice=False)
    staff_no = StringField(lazy_gettext("工号"), [Length(max=40)])
    until = kit.DayField(lazy_gettext("最后一天"), [Optional()])


def offer_schools(form: RoleForm) -> None:
    """The schools open today to choose from, as nobody knows their codes by heart."""
    with open_read() as work:
        form.school_code.choices = acting.schools(open_schools(work.session, work.today))


class AccountForm(RoleForm):
    places: ClassVar[Mapping[str, str]] = {**_GRANT_PLACES, **_PASSWORD_PLACES}
    name = StringField(lazy_gettext("登录名"), [InputRequired(), Length(max=40)])
    display_name = StringField(lazy_gettext("姓名"), [Length(max=80)])
    password = PasswordField(lazy_gettext("初始密码"), [InputRequired()], render_kw={"autocomplete": "new-password"})


class InitialPasswordForm(kit.BaseForm):
    places = _PASSWORD_PLACES
    password = PasswordField(lazy_gettext("初始密码"), [InputRequired()], render_kw={"autocomplete": "new-password"})


@pages.get("/")
@permission("account:list")
def index() -> str:
    """The accounts by name, and the roles that wait for a second person."""
    offered = [kit.Filter("q", gettext("登录名或姓名")), kit.Filter("role", gettext("角色"), role_choices())]
    filters, asked = kit.Filters.read(offered), kit.asked_page()
    with open_read() as work:
        waiting = queries.waiting_grants(work.session, work.actor, work.today)
        together = queries.waiting_teachers(work.session, work.actor)
        rows, total = queries.accounts(work.session, work.actor, work.today, words=filters["q"], role=filters["role"],
                                       offset=asked.offset, limit=asked.size)
    return render_template("admin/index.html", waiting=waiting, together=together, filters=filters,
                           page=asked.page(rows, total), roles=role_names(), me=current_actor().user_id,
                           by_claim=bool(program().settings.oidc_issuer and program().settings.oidc_claim))


@pages.route("/new", methods=["GET", "POST"])
@permission("account:manage")
def add() -> str | Response:
    """A new account with its first role."""
    form = AccountForm()

    def save() -> None:
        name = form.name.data or ""
        secret = passwords.seal(program().settings, form.password.data or "",
                                (name, form.display_name.data or "", form.staff_no.data or ""))
        with open_write() as work:
            commands.add_user(work, name=name, role=form.role.data, secret=secret,
                              school_code=form.school_code.data or None, staff_no=form.staff_no.data or None,
                              display_name=form.display_name.data or "", until=form.until.data)

    offer_schools(form)
    done = kit.submit(form, save, url_for(".index"), gettext("账号已建好。初始密码 24 小时内有效，首次登录须更换。"))
    return done or render_template("admin/add.html", form=form)


@pages.route("/<number:user_id>/role", methods=["GET", "POST"])
@permission("account:manage")
def add_role(user_id: int) -> str | Response:
    """One more role for an account."""
    name, form = _name(user_id), RoleForm()

    def save() -> None:
        with open_write() as work:
            commands.grant_role(work, user_id=user_id, role=form.role.data, school_code=form.school_code.data or None,
                                staff_no=form.staff_no.data or None, until=form.until.data)

    offer_schools(form)
    done = kit.submit(form, save, url_for(".index"), gettext("角色已记下；需要第二人同意的，列在上面等候。"))
    return done or render_template("admin/role.html", form=form, name=name)


@pages.route("/<number:user_id>/password", methods=["GET", "POST"])
@permission("account:manage")
def reset_password(user_id: int) -> str | Response:
    """A new initial password for somebody who forgot theirs."""
    name, form = _name(user_id), InitialPasswordForm()

    def save() -> None:
        with open_read() as work:
            about = queries.words_about(work.session, user_id)
        secret = passwords.seal(program().settings, form.password.data or "", about)
        with open_write() as work:
            commands.reset_password(work, user_id=user_id, secret=secret)

    done = kit.submit(form, save, url_for(".index"), gettext("初始密码已重设，24 小时内有效；原来的登录都已退出。"))
    return done or render_template("admin/password.html", form=form, name=name)


def _name(user_id: int) -> str:
    """The login name an address speaks of."""
    with open_read() as work:
        return queries.name_of(work, user_id)


@pages.post("/<number:user_id>/factor/reset")
@permission("account:manage")
def reset_factor(user_id: int) -> Response:
    """Take a lost second factor away."""
    with open_write() as work:
        second_factor.reset(work, user_id=user_id)
    return _back(gettext("手机验证码已取消，本人下次登录时重新设置；原来的登录都已退出。"))


@pages.post("/<number:user_id>/sessions/end")
@permission("account:manage")
def end_sessions(user_id: int) -> Response:
    """Sign somebody out everywhere; the account stays open."""
    with open_write() as work:
        leaving.end_sessions(work, user_id=user_id)
    return _back(gettext("所有登录都已退出；账号照常可用。"))


@pages.post("/<number:user_id>/disable")
@permission("account:manage")
def disable(user_id: int) -> Response:
    """Close an account at once."""
    with open_write() as work:
        commands.disable_user(work, user_id=user_id)
    return _back(gettext("账号已停用，所有登录都已退出。"))


@pages.post("/<number:user_id>/enable")
@permission("account:manage")
def enable(user_id: int) -> Response:
    """Open a closed account again."""
    with open_write() as work:
        commands.enable_user(work, user_id=user_id)
    return _back(gettext("账号已恢复；它的角色由第二人同意后生效。"))


@pages.post("/grants/<number:grant_id>/approve")
@permission("account:manage")
def approve(grant_id: int) -> Response:
    """The second person's yes."""
    with open_write() as work:
        commands.approve_grant(work, grant_id=grant_id)
    return _back(gettext("已同意，角色现在生效。"))


@pages.post("/grants/<number:grant_id>/end")
@permission("account:manage")
def end(grant_id: int) -> Response:
    """The second person's no, or the end of a role."""
    with open_write() as work:
        commands.end_grant(work, grant_id=grant_id)
    return _back(gettext("角色已取消。"))


def _back(said: str) -> Response:
    flash(said, "ok")
    return redirect(url_for(".index"), 303)
