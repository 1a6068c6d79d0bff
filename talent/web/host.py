"""The page of a host without an account: a code opens one month, once.

The code stands behind the ``#`` of the link, which no server sees; a script moves it into the form, or one types it in.
"""


from flask import Blueprint, render_template
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from talent.accounts.commands import NOBODY
from talent.core import terms
from talent.core.errors import RuleViolation
from talent.exchange.attendance import links
from talent.exchange.attendance.links import Asked
from talent.web import kit
from talent.web.attendance_form import SheetForm, rows_of, said_of
from talent.web.kit.words import labels
from talent.web.navigation import languages
from talent.web.security import program, public

pages = Blueprint("host", __name__, url_prefix="/host")

LONGEST_CODE = 100


class CodeForm(kit.BaseForm):
    code = StringField(lazy_gettext("确认码"), [InputRequired(), Length(max=LONGEST_CODE)],
                       render_kw={"autocapitalize": "none", "spellcheck": "false", "data-from-fragment": ""})


class HostForm(SheetForm):
    code = StringField(validators=[InputRequired(), Length(max=LONGEST_CODE)])


@pages.route("/", methods=["GET", "POST"])
@public
def index() -> str:
    """Asks for the code, then shows the month it is about."""
    form = CodeForm()
    if form.validate_on_submit():
        try:
            with program().read(NOBODY) as work:
                found = links.asked(work, (form.code.data or "").strip())
        except RuleViolation as violation:
            form.refuse(violation.findings)
        else:
            answer = HostForm(formdata=None)
            answer.code.data = (form.code.data or "").strip()
            return _sheet(found, answer)
    return render_template("host/index.html", form=form, languages=languages())


@pages.post("/answer")
@public
def answer() -> str | Response:
    """The host's word, once."""
    form = HostForm()
    code = (form.code.data or "").strip()
    try:
        with program().read(NOBODY) as work:
            found = links.asked(work, code)
        if form.validate_on_submit():
            with program().begin(NOBODY) as work:
                links.answer(work, code, witness=form.witness.data or "", note=form.note.data or "",
                             said=said_of(found.stays))
            return render_template("host/done.html", found=found)
    except RuleViolation as violation:
        if any(finding.code == "attendance.code" for finding in violation.findings):
            again = CodeForm(formdata=None)
            again.refuse(violation.findings)
            return render_template("host/index.html", form=again, languages=languages())
        form.refuse(violation.findings)
    return _sheet(found, form)


def _sheet(found: Asked, form: HostForm) -> str:
    return render_template("host/sheet.html", found=found, form=form, rows=rows_of(found.stays),
                           kinds=labels(terms.ABSENCE), appraisals=labels(terms.ASSISTANCE_APPRAISAL))
