"""Keys for other systems, on one's own account page: issued once, listed, revoked."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from talent.accounts import tokens
from talent.web import kit
from talent.web.security import open_read, open_write, permission

pages = Blueprint("tokens", __name__, url_prefix="/account/tokens")


class TokenForm(kit.BaseForm):
    label = StringField(lazy_gettext("用在哪里"), [InputRequired(), Length(max=40)])
    expires_on = kit.DayField(lazy_gettext("有效期至"), [InputRequired()])
    reads_only = BooleanField(lazy_gettext("只读，不能上传和办理"), default=True)


@pages.get("/")
@permission(tokens.USE)
def index() -> str:
    """The actor's keys and the form for a new one."""
    return _index(TokenForm())


@pages.post("/")
@permission(tokens.USE)
def issue() -> str | Response:
    """A new key, shown in this answer and never again."""
    form, secrets = TokenForm(), list[str]()

    def save() -> None:
        with open_write() as work:
            last = form.expires_on.data or work.today
            secrets.append(tokens.issue(work, label=form.label.data or "", expires_on=last,
                                        reads_only=bool(form.reads_only.data)))

    if kit.submit(form, save, "") is None:
        return _index(form)
    return _index(TokenForm(formdata=None), secrets[0])


@pages.post("/<number:token_id>/revoke")
@permission(tokens.USE)
def revoke(token_id: int) -> Response:
    """End a key of one's own."""
    with open_write() as work:
        tokens.revoke(work, token_id=token_id)
    flash(gettext("令牌已作废。"), "ok")
    return redirect(url_for(".index"), 303)


def _index(form: TokenForm, secret: str = "") -> str:
    with open_read() as work:
        rows = tokens.tokens(work)
    return render_template("tokens/index.html", form=form, rows=rows, secret=secret)
