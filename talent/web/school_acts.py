"""Acts on schools: open one, rename, close, merge, correct; shown with their consequences before they are done."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from talent.core import terms
from talent.core.errors import NotFound
from talent.exchange import entries, school_acts
from talent.exchange.act_facts import Forecast
from talent.exchange.school_acts import CHANGE, SCHOOLS
from talent.people.schools import open_schools
from talent.web import acting
from talent.web.acting import ActForm, CorrectionForm, choices
from talent.web.links import link_to
from talent.web.security import open_read, open_write, permission, today

pages = Blueprint("school_acts", __name__, url_prefix="/schools")
SCHOOL = "<number:school_id>"


class OpenForm(ActForm):
    fields = ("code", "name", "kind", "ownership", "area", "community")
    code = StringField(lazy_gettext("学校代码"), [InputRequired(), Length(max=40)])
    name = StringField(lazy_gettext("学校名称"), [InputRequired(), Length(max=120)])
    kind = SelectField(lazy_gettext("办学类型"), [InputRequired()], choices=lambda: choices(terms.SCHOOL_KIND))
    ownership = SelectField(lazy_gettext("办学性质"), choices=lambda: choices(terms.OWNERSHIP))
    area = SelectField(lazy_gettext("城乡"), choices=lambda: choices(terms.AREA))
    community = StringField(lazy_gettext("区域发展共同体"), [Length(max=80)])


class RenameForm(ActForm):
    fields = ("name", "kind")
    name = StringField(lazy_gettext("新的校名"), [InputRequired(), Length(max=120)])
    kind = SelectField(lazy_gettext("办学类型"), [InputRequired()], choices=lambda: choices(terms.SCHOOL_KIND))


class MergeForm(ActForm):
    fields = ("merged_into_code",)
    merged_into_code = SelectField(lazy_gettext("并入"), [InputRequired()])


class FactsForm(CorrectionForm):
    fields = ("name", "kind", "ownership", "area", "community", "opened_on")
    name = StringField(lazy_gettext("学校名称"), [InputRequired(), Length(max=120)])
    kind = SelectField(lazy_gettext("办学类型"), [InputRequired()], choices=lambda: choices(terms.SCHOOL_KIND))
    ownership = SelectField(lazy_gettext("办学性质"), choices=lambda: choices(terms.OWNERSHIP))
    area = SelectField(lazy_gettext("城乡"), choices=lambda: choices(terms.AREA))
    community = StringField(lazy_gettext("区域发展共同体"), [Length(max=80)])
    opened_on = StringField(lazy_gettext("启用日期"), [Length(max=20)])


FORMS: dict[str, type[ActForm]] = {
    "open": OpenForm, "rename": RenameForm, "close": ActForm, "merge": MergeForm, "correct": FactsForm,
}
PREFILLED = ("rename", "correct")
NAMES = {
    "open": lazy_gettext("开办学校"), "rename": lazy_gettext("改名、改办学类型"),
    "merge": lazy_gettext("并入另一所学校"), "close": lazy_gettext("停办"), "correct": lazy_gettext("更正登记"),
}
HINTS = {
    "open": lazy_gettext("生效日期是启用日期。"), "rename": lazy_gettext("此前各日的名单仍用原名。"),
    "merge": lazy_gettext("在职人员同日全部转过去，一次办完。"),
    "close": lazy_gettext("生效日期是停办的第一天；那天不能还有在职人员。"),
    "correct": lazy_gettext("登记错的，改成一直该有的样子。"),
}


@pages.get("/new")
@permission(CHANGE)
def new() -> str:
    """The form to open a school."""
    with open_read() as work:
        before, form = _opened(work, None, "open", fill=True)
    return _page(None, before, "open", form, None)


@pages.post("/new")
@permission(CHANGE)
def open_one() -> str | Response:
    """Show what opening would do, then open it."""
    return _do(None, "open")


@pages.get(f"/{SCHOOL}/<act>")
@permission(CHANGE)
def act(school_id: int, act: str) -> str:
    """The form of one act."""
    with open_read() as work:
        before, form = _opened(work, school_id, act, fill=True)
    return _page(school_id, before, act, form, None)


@pages.post(f"/{SCHOOL}/<act>")
@permission(CHANGE)
def do(school_id: int, act: str) -> str | Response:
    """Show what the act would do; once exactly that was seen, do it."""
    return _do(school_id, act)


def _do(school_id: int | None, act: str) -> str | Response:
    with open_read() as work:
        before, form = _opened(work, school_id, act, fill=False)
        forecast = None
        if form.validate_on_submit():
            asked = form.asked(act, before if act in PREFILLED else None)
            forecast = acting.foreseen(form, lambda: school_acts.foresee(work, school_id, asked))
    if not acting.is_confirmed(form, forecast):
        return _page(school_id, before, act, form, forecast)
    with open_write() as work:
        batch, done_to = school_acts.perform(work, school_id=school_id, asked=asked, seal=form.seal.data or "")
        batch_id = batch.id
    flash(gettext("已办：%(act)s。导入记录第 %(number)s 号，可以在那里撤销。", act=NAMES[act], number=batch_id), "ok")
    return redirect(url_for("schools.show", school_id=done_to), 303)


def _opened(work: Any, school_id: int | None, act: str, *, fill: bool) -> tuple[dict[str, str], ActForm]:
    """What the school's row says and the form of the act with its choices."""
    if act not in FORMS or (act == "open") is not (school_id is None):
        raise NotFound("act", act)
    work.require(CHANGE)
    before = dict(entries.stored(work, SCHOOLS, school_id).values) if school_id is not None else {}
    form = FORMS[act](data=before if fill and act in PREFILLED else None)
    if "merged_into_code" in form:
        form["merged_into_code"].choices = acting.schools(
            [school for school in open_schools(work.session, today()) if school[0] != before["code"]])
    return before, form


def _page(school_id: int | None, before: dict[str, str], act: str, form: ActForm, forecast: Forecast | None) -> str:
    form.seal.data = forecast.seal if forecast is not None else ""
    return render_template("school_acts/form.html", school_id=school_id, name=before.get("name", ""), act=act,
                           form=form, forecast=forecast, names=NAMES, hints=HINTS, told=acting.consequences(forecast),
                           link_to=link_to, dated="on" in form)
