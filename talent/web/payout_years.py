"""Closing a year with its evidence, and opening it again by two persons."""

from io import BytesIO

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from talent.core import files
from talent.core.errors import NotFound
from talent.pay.payout import closing, queries
from talent.web import kit
from talent.web.pay import pages
from talent.web.payout import YEAR
from talent.web.security import current_actor, open_read, open_write, permission, program
from talent.web.templating import moment

ACT = "/payout/closing/<number:act_id>"


class CloseForm(kit.BaseForm):
    seal = HiddenField()
    reason = TextAreaField(lazy_gettext("说明"), [Length(max=500)])


@pages.get(f"{YEAR}/closing")
@permission("payout:read")
def closing_page(year: int) -> str:
    """Whether the year is closed, its evidence, and what was decided."""
    return _page(year, CloseForm())


@pages.post(f"{YEAR}/close")
@permission("year:close")
def close_year(year: int) -> str | Response:
    """Gather the evidence and close the year as it was seen."""
    form = CloseForm()
    seen = form.seal.data or ""

    def save() -> None:
        with open_read() as work:
            content = closing.gather(work, program().settings, year=year, seen=seen)
        with open_write() as work:
            closing.close(work, program().settings, year=year, content=content, seen=seen,
                          reason=form.reason.data or "")

    return kit.submit(form, save, url_for(".closing_page", year=year),
                      gettext("已结账，证据包已保存。")) or _page(year, form)


@pages.post(f"{YEAR}/reopen")
@permission("year:reopen")
def reopen_year(year: int) -> str | Response:
    """Ask for a closed year to be opened again."""
    form = CloseForm()

    def save() -> None:
        with open_write() as work:
            closing.request(work, year=year, reason=form.reason.data or "")

    return kit.submit(form, save, url_for(".closing_page", year=year),
                      gettext("已提出，等另一个人批准后生效。")) or _page(year, form)


@pages.post(f"{ACT}/<verdict>")
@permission("year:reopen")
def decide_year(act_id: int, verdict: str) -> Response:
    """The second person's yes or no."""
    deciding = {"approve": closing.approve, "reject": closing.reject}.get(verdict)
    if deciding is None:
        raise NotFound("pay_year", act_id)
    with open_write() as work:
        deciding(work, act_id=act_id)
    flash(gettext("已批准，现在生效。") if verdict == "approve" else gettext("已退回，没有改变。"), "ok")
    return redirect(url_for(".payouts"), 303)


@pages.post(f"{ACT}/evidence")
@permission("payout:read")
def evidence(act_id: int) -> FlaskResponse:
    """The evidence as it was gathered; who took it away is on record."""
    with open_write() as work:
        kept = closing.hand_out(work, act_id=act_id)
        name, stored_as = kept.name, kept.stored_as
    content = files.content(program().settings.home, program().vault, stored_as)
    return send_file(BytesIO(content), "application/zip", as_attachment=True, download_name=name)


def _page(year: int, form: CloseForm) -> str:
    with open_read() as work:
        if year not in queries.locked_years(work):
            raise NotFound("pay_year", year)
        state, acts = closing.acts_of_year(work, year)
        if request.method == "GET":
            form.seal.data = closing.seal_of(work, year)
        apart = sum(not school.settled for school in queries.reconciliation(work, year).asked)
    actor = current_actor()
    return render_template(
        "payout/closing.html", year=year, form=form, state_of=state, acts=acts, apart=apart, moment=moment,
        may_close=actor.may("year:close"), may_reopen=actor.may("year:reopen"), me=actor.user_id,
        waiting=any(act.state == "requested" for act in acts))
