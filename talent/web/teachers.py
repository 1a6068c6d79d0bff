"""Accounts for all teachers of a school, or of the district: how many lack one, and the slips with their passwords."""

from collections.abc import Callable, Iterable
from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectChoice, SelectField

from talent.accounts import reissue, teachers
from talent.accounts.teachers import Newcomer, Slips
from talent.core.errors import RuleViolation
from talent.reports import slips
from talent.web import kit
from talent.web.admin import pages
from talent.web.kit.words import with_code
from talent.web.refusals import worded
from talent.web.security import open_read, open_write, permission, program

KINDS = {"pdf": "application/pdf", "zip": "application/zip"}


class TeachersForm(kit.BaseForm):
    school_code = SelectField(lazy_gettext("学校"), choices=[])


def _schools(counts: Iterable[tuple[str, str, int]]) -> list[SelectChoice]:
    return kit.offered([("", gettext("全区")), *((code, with_code(name, code)) for code, name, _n in counts)])


@pages.route("/teachers", methods=["GET", "POST"])
@permission("account:manage")
def add_teachers() -> str | Response:
    """Who would get an account; posting makes the accounts and answers with their slips, this once."""
    with open_read() as work:
        found = teachers.staff_room(work)
    form, counts = TeachersForm(), _counts(found.newcomers)
    form.school_code.choices = _schools(counts)
    if form.validate_on_submit():
        try:
            return _made(form.school_code.data or "", teachers.draw, teachers.add)
        except RuleViolation as violation:
            form.refuse(violation.findings)
    return render_template("admin/teachers.html", form=form, counts=counts, days=program().settings.slip_days,
                           total=len(found.newcomers), passed_over=[worded(each) for each in found.passed_over])


@pages.route("/slips", methods=["GET", "POST"])
@permission("account:manage")
def again() -> str | Response:
    """Whose slip lapsed unused; posting answers with new ones, this once."""
    with open_read() as work:
        found = reissue.lapsed(work)
    form, counts = TeachersForm(), _counts(found)
    form.school_code.choices = _schools(counts)
    if form.validate_on_submit():
        try:
            return _made(form.school_code.data or "", reissue.redraw, reissue.reissue)
        except RuleViolation as violation:
            form.refuse(violation.findings)
    return render_template("admin/slips.html", form=form, counts=counts, days=program().settings.slip_days,
                           total=len(found))


def _counts(found: Iterable[Newcomer]) -> list[tuple[str, str, int]]:
    """(code, name, how many people) of each school."""
    counts: dict[tuple[str, str], int] = {}
    for person in found:
        counts[person.school_code, person.school] = counts.get((person.school_code, person.school), 0) + 1
    return [(code, name, count) for (code, name), count in counts.items()]


def _made(school_code: str, draw: Callable[..., Slips], write: Callable[..., int]) -> Response:
    """Paper first, then the accounts, then the one answer that holds the passwords."""
    settings = program().settings
    with open_read() as work:
        drawn = draw(work, school_code=school_code, days=settings.slip_days)
    name, content = slips.download(settings, drawn, request.host_url)
    with open_write() as work:
        write(work, drawn=drawn)
    return send_file(BytesIO(content), KINDS[name.rpartition(".")[2]], as_attachment=True, download_name=name)


@pages.post("/grants/<number:grant_id>/approve-all")
@permission("account:manage")
def approve_all(grant_id: int) -> Response:
    """The second person's yes to all proposals made together."""
    with open_write() as work:
        count = teachers.approve(work, grant_id=grant_id)
    flash(gettext("已同意 %(n)s 位教师，角色现在生效。", n=count), "ok")
    return redirect(url_for(".index"), 303)


@pages.post("/grants/<number:grant_id>/decline-all")
@permission("account:manage")
def decline_all(grant_id: int) -> Response:
    """The second person's no to all of them."""
    with open_write() as work:
        count = teachers.decline(work, grant_id=grant_id)
    flash(gettext("%(n)s 项授权已取消。", n=count), "ok")
    return redirect(url_for(".index"), 303)
