"""Acts on one person: what can be done on the date, each its own short form, and what was done so far."""

from typing import Any, ClassVar

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from talent.core import terms
from talent.core.errors import NotFound
from talent.exchange import acts, entries, person_history
from talent.exchange.act_facts import Asked, Forecast, Standing
from talent.exchange.acts import CHANGE, ROSTER
from talent.people.rules import ACTS
from talent.people.schools import open_schools
from talent.web import acting
from talent.web.acting import ActForm, CorrectionForm, choices
from talent.web.imports import STATES
from talent.web.kit.words import labels
from talent.web.links import link_to
from talent.web.security import current_actor, open_read, open_write, permission, today
from talent.web.templating import moment

PERSON = "<number:person_id>"
pages = Blueprint("people_acts", __name__, url_prefix=f"/people/{PERSON}/acts")


class TransferForm(ActForm):
    fields: ClassVar[tuple[str, ...]] = ("school_code", "stage", "subject", "post")
    school_code = SelectField(lazy_gettext("调往"), [InputRequired()])
    stage = SelectField(lazy_gettext("学段"), choices=lambda: choices(terms.TEACHER_STAGE))
    subject = StringField(lazy_gettext("任教学科"), [Length(max=80)])
    post = StringField(lazy_gettext("职务"), [Length(max=80)])


class PostForm(ActForm):
    fields: ClassVar[tuple[str, ...]] = (
        "stage", "subject", "category", "post", "professional_title", "quota_type", "schooling", "degree",
        "certificate_kind", "certificate_no")
    stage = SelectField(lazy_gettext("学段"), choices=lambda: choices(terms.TEACHER_STAGE))
    subject = StringField(lazy_gettext("任教学科"), [Length(max=80)])
    category = SelectField(lazy_gettext("人员类别"), choices=lambda: choices(terms.STAFF_CATEGORY))
    post = StringField(lazy_gettext("职务"), [Length(max=80)])
    professional_title = SelectField(lazy_gettext("职称"), choices=lambda: choices(terms.PROFESSIONAL_TITLE))
    quota_type = SelectField(lazy_gettext("编制类别"), choices=lambda: choices(terms.QUOTA_TYPE))
    schooling = SelectField(lazy_gettext("学历"), choices=lambda: choices(terms.SCHOOLING))
    degree = SelectField(lazy_gettext("学位"), choices=lambda: choices(terms.DEGREE))
    certificate_kind = StringField(lazy_gettext("教师资格种类"), [Length(max=40)])
    certificate_no = StringField(lazy_gettext("教师资格证号"), [Length(max=40)])


class TeachingForm(ActForm):
    fields = ("teaching_schools",)
    first = SelectField(lazy_gettext("任教学校"))
    second = SelectField(lazy_gettext("第二所"))
    third = SelectField(lazy_gettext("第三所"))

    @property
    def teaching_schools(self) -> Any:
        """The schools chosen, as the sheet writes them."""
        return "；".join(dict.fromkeys(code for each in (self.first, self.second, self.third) if (code := each.data)))


class RehireForm(PostForm):
    fields = ("school_code", *PostForm.fields)
    school_code = SelectField(lazy_gettext("到哪所学校"), [InputRequired()])


class NameForm(CorrectionForm):
    fields = ("name",)
    name = StringField(lazy_gettext("新的姓名"), [InputRequired(), Length(max=80)])


class StaffNoForm(CorrectionForm):
    fields = ("staff_no",)
    staff_no = StringField(lazy_gettext("新的工号"), [InputRequired(), Length(max=40)])


class IdentityForm(CorrectionForm):
    fields = ("id_number",)
    id_number = StringField(lazy_gettext("新的证件号码"), [InputRequired(), Length(max=18)])


class FactsForm(CorrectionForm):
    fields = ("sex", "born_on", "ethnicity", "politics", "work_started_on", "teaching_started_on", "arrived_on",
              "phone")
    sex = SelectField(lazy_gettext("性别"), choices=lambda: choices(terms.SEX))
    born_on = StringField(lazy_gettext("出生日期"), [Length(max=20)])
    ethnicity = StringField(lazy_gettext("民族"), [Length(max=20)])
    politics = StringField(lazy_gettext("政治面貌"), [Length(max=40)])
    work_started_on = StringField(lazy_gettext("参加工作日期"), [Length(max=20)])
    teaching_started_on = StringField(lazy_gettext("从教日期"), [Length(max=20)])
    arrived_on = StringField(lazy_gettext("到校日期"), [Length(max=20)])
    phone = StringField(lazy_gettext("手机"), [Length(max=20)])


FORMS: dict[str, type[ActForm]] = {
    "transfer": TransferForm, "post": PostForm, "teaching": TeachingForm, "rehire": RehireForm, "name": NameForm,
    "staff_no": StaffNoForm, "identity": IdentityForm, "facts": FactsForm,
}
#: Acts whose form opens with what stands there, and says only what was changed in it.
PREFILLED = ("post", "facts", "transfer")
NAMES = {
    "transfer": lazy_gettext("调动"), "post": lazy_gettext("岗位、职称变动"), "teaching": lazy_gettext("任教学校"),
    "leave": lazy_gettext("长假"), "second": lazy_gettext("借调"), "return": lazy_gettext("返岗"),
    "retire": lazy_gettext("退休"), "move_out": lazy_gettext("调出本区"), "resign": lazy_gettext("离职"),
    "rehire": lazy_gettext("重新入职、返聘"), "name": lazy_gettext("更正姓名"), "staff_no": lazy_gettext("更正工号"),
    "identity": lazy_gettext("更正证件号码"), "facts": lazy_gettext("更正基本情况"),
}
HINTS = {
    "transfer": lazy_gettext("调到区内另一所学校，编制随人走。"),
    "post": lazy_gettext("从那天起换学段、学科、职务、职称、编制类别、学历或教师资格。"),
    "teaching": lazy_gettext("编制不动，在别校或几所学校任课。"),
    "leave": lazy_gettext("仍在职，编制仍在本校。"), "second": lazy_gettext("仍在职；理由里写明借调到哪里。"),
    "return": lazy_gettext("长假或借调结束，回到岗位。"), "retire": lazy_gettext("生效日期是不在岗的第一天。"),
    "move_out": lazy_gettext("生效日期是不在岗的第一天；理由里写明调往哪里。"),
    "resign": lazy_gettext("生效日期是不在岗的第一天。"), "rehire": lazy_gettext("离开后又回来，接着原来的档案。"),
    "name": lazy_gettext("原名留作曾用名。"), "staff_no": lazy_gettext("原工号留作别名，旧文件照旧能对上。"),
    "identity": lazy_gettext("加密保存，页面上只显示首尾。"),
    "facts": lazy_gettext("出生日期、手机等登记错的，改成一直该有的样子。"),
}


@pages.get("/")
@permission(CHANGE)
def index(person_id: int) -> str:
    """What can be done today, the periods, and what was done."""
    on = today()
    with open_read() as work:
        who = acts.standing(work, person_id)
        periods, done = person_history.periods_of(work, person_id), person_history.done_to(work, person_id)
    return render_template("people_acts/index.html", who=who, on=on, possible=who.possible(on), periods=periods,
                           done=done, names=NAMES, hints=HINTS, moment=moment, states=STATES, link_to=link_to,
                           status=who.status(on), words=_words(), may_identify=current_actor().may(acts.IDENTIFY))


def _words() -> dict[str, dict[str, str]]:
    return {"status": labels(terms.STATUS), "stage": labels(terms.TEACHER_STAGE), "quota": labels(terms.QUOTA_TYPE),
            "professional_title": labels(terms.PROFESSIONAL_TITLE)}


@pages.get("/<act>")
@permission(CHANGE)
def act(person_id: int, act: str) -> str:
    """The form of one act."""
    with open_read() as work:
        who, _, form = _opened(work, person_id, act, fill=True)
    return _page(who, act, form, None)


@pages.post("/<act>")
@permission(CHANGE)
def do(person_id: int, act: str) -> str | Response:
    """Show what the act would do; once exactly that was seen, do it."""
    with open_read() as work:
        who, before, form = _opened(work, person_id, act, fill=False)
        forecast = None
        if form.validate_on_submit():
            asked = _asked(form, act, before)
            forecast = acting.foreseen(form, lambda: acts.foresee(work, person_id, asked))
    if not acting.is_confirmed(form, forecast):
        return _page(who, act, form, forecast)
    with open_write() as work:
        acts.perform(work, person_id=person_id, asked=asked, seal=form.seal.data or "")
    flash(gettext("已办：%(name)s，%(act)s。", name=who.name, act=NAMES[act]), "ok")
    return redirect(url_for(".index", person_id=person_id), 303)


def _opened(work: Any, person_id: int, act: str, *, fill: bool) -> tuple[Standing, dict[str, str], ActForm]:
    """The person, what their latest row says, and the form of the act with its choices."""
    if act not in ACTS:
        raise NotFound("act", act)
    work.require(acts.right_of(act))
    who = acts.standing(work, person_id)
    before = dict(entries.stored(work, ROSTER, person_id).values)
    form = FORMS.get(act, ActForm)(data=before if fill and act in PREFILLED else None)
    offered = open_schools(work.session, today())
    for name in ("school_code", "first", "second", "third"):
        if name in form:
            form[name].choices = acting.schools(offered)
    if fill and act == "transfer":
        form["school_code"].data = ""
    if fill and act == "teaching":
        for field, code in zip((form["first"], form["second"], form["third"]),
                               [code for code in before["teaching_schools"].split("；") if code], strict=False):
            field.data = code
    return who, before, form


def _asked(form: ActForm, act: str, before: dict[str, str]) -> Asked:
    if isinstance(form, TeachingForm):
        return Asked(act, form.on.data, {"teaching_schools": form.teaching_schools}, form.reason.data or "",
                          form.document_no.data or "", bool(form.carried.data))
    return form.asked(act, before if act in PREFILLED else None)


def _page(who: Standing, act: str, form: ActForm, forecast: Forecast | None) -> str:
    form.seal.data = forecast.seal if forecast is not None else ""
    return render_template("people_acts/form.html", who=who, act=act, form=form, forecast=forecast, names=NAMES,
                           hints=HINTS, told=acting.consequences(forecast), link_to=link_to, on=today(),
                           status=who.status(today()), words=_words(), dated="on" in form)
