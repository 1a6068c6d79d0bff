"""Who is affected by a misused account or a copy that got out: asked for, shown once, and taken along as a workbook."""

import io
from collections.abc import Mapping
from datetime import date

from flask import render_template, send_file
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from talent.core import terms
from talent.core.errors import RuleViolation
from talent.core.language import translated
from talent.privacy import affected, paper
from talent.privacy.affected import LIST, Affected, Incident, Report
from talent.web import kit
from talent.web.audit import act_names
from talent.web.privacy import XLSX, pages, tabs
from talent.web.security import open_write, permission

#: People of the list on the page; the workbook has all of them.
MOST_SHOWN = 200


class IncidentForm(kit.BaseForm):
    account = StringField(lazy_gettext("哪个账号（登录名）"), [Length(max=40)])
    since = kit.DayField(lazy_gettext("从哪天"), [InputRequired()])
    until = kit.DayField(lazy_gettext("到哪天"), [InputRequired(), kit.not_before("since")])

    @property
    def incident(self) -> Incident:
        """What happened, once the form is valid."""
        return Incident(self.account.data or "", self.since.data or date.max, self.until.data or date.min)


@pages.get("/affected", endpoint="affected")
@permission(LIST)
def ask() -> str:
    """Which account, or everything, and which days."""
    return _page(IncidentForm(), None)


@pages.post("/affected", endpoint="list_affected")
@permission(LIST)
def show() -> str:
    """The list, with what is known of the account."""
    form = IncidentForm()
    return _page(form, _report(form, "page"))


@pages.post("/affected/download", endpoint="download_affected")
@permission(LIST)
def download() -> str | Response:
    """The same as a workbook, everybody in it."""
    form = IncidentForm()
    found = _report(form, "xlsx")
    if found is None:
        return _page(form, None)
    rows = [[row.staff_no, row.name, row.school, _told(row), _acts(row.acts)] for row in found.people]
    headers = [gettext("工号"), gettext("姓名"), gettext("学校"), gettext("看得到的"), gettext("做过的")]
    content = paper.written([paper.Page(gettext("受影响的人"), _note(found), headers, rows)])
    name = gettext("受影响的人 %(since)s 至 %(until)s", since=found.incident.since, until=found.incident.until)
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=f"{name}.xlsx")


def _report(form: IncidentForm, taken_as: str) -> Report | None:
    """The report a valid form asks for; None where it, or the command, refused."""
    if not form.validate_on_submit():
        return None
    try:
        with open_write() as work:
            return affected.report(work, form.incident, form=taken_as)
    except RuleViolation as violation:
        form.refuse(violation.findings)
        return None


def _page(form: IncidentForm, found: Report | None) -> str:
    roles = terms.words_of(terms.ROLE_NAME)
    held = [translated(roles[role]) for role in found.evidence.roles] if found and found.evidence else []
    return render_template("privacy/affected.html", form=form, found=found, most=MOST_SHOWN, told=_told, acts=_acts,
                           roles=gettext("、").join(held), tabs=tabs("affected"))


def _told(row: Affected) -> str:
    return gettext("、").join(translated(title) for title in row.tables)


def _acts(acts: Mapping[str, int]) -> str:
    """查看完整号码 2、调动 1."""
    words = act_names(acts)
    return gettext("、").join(f"{words[act]} {times}" for act, times in acts.items())


def _note(found: Report) -> str:
    whose = gettext("账号 %(name)s", name=found.incident.account) if found.incident.account else gettext("整个数据库")
    return gettext("%(whose)s，%(since)s 至 %(until)s：按权限看得到其记录的 %(n)s 人。", whose=whose,
                   since=found.incident.since, until=found.incident.until, n=len(found.people))
