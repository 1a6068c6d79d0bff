"""Objections to a portrait: a teacher's form, the queue of the office, one with its answer."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from talent.core import terms
from talent.core.language import translated
from talent.core.numbers import whole
from talent.core.work import Work
from talent.portraits import objections
from talent.portraits.objection_rules import LONGEST, acts_of
from talent.portraits.objections import ANSWER, OBJECT
from talent.web import kit
from talent.web.kit.words import labels
from talent.web.links import asking_url
from talent.web.portrait_view import parts_named
from talent.web.security import open_read, open_write, permission, today
from talent.web.templating import moment

pages = Blueprint("objections", __name__, url_prefix="/objections")

NUMBER = "/<number:objection_id>"
TONES = {"open": "run", "upheld": "ok", "dismissed": "none", "withdrawn": "none", "lifted": "none"}
DISMISS = "dismiss"


class ObjectionForm(kit.BaseForm):
    """What a teacher objects to: ``part`` is what, and of a dimension or an input which one."""

    part = SelectField(lazy_gettext("对什么有异议"), [InputRequired()], choices=[])
    reason = TextAreaField(lazy_gettext("理由"), [InputRequired(), Length(max=LONGEST)], render_kw={"rows": 5})


class AnswerForm(kit.BaseForm):
    """The answer of the office; ``version``: the objection as it was read."""

    decision = RadioField(lazy_gettext("怎样答复"), [InputRequired()],
                          choices=lambda: kit.offered(_decisions().items()))
    answer = TextAreaField(lazy_gettext("理由"), [InputRequired(), Length(max=LONGEST)], render_kw={"rows": 4})
    version = HiddenField()

    @property
    def read(self) -> int:
        """The version the reader saw; one nobody ever saw when the page carries none."""
        return whole(self.version.data) or -1


def _decisions() -> dict[str, str]:
    upheld = {code: gettext("支持：%(measure)s", measure=translated(word))
              for word, code in terms.OBJECTION_MEASURE.items()}
    return {**upheld, DISMISS: gettext("不支持：画像照常显示")}


def _words(work: Work) -> dict[str, Any]:
    """Codes of objections → words, for pages."""
    return {"state": labels(terms.OBJECTION_STATE), "measure": labels(terms.OBJECTION_MEASURE), "tones": TONES,
            "names": parts_named(work), "moment": moment}


# ── the teacher ──────────────────────────────────────────────────────────────────────────────────────────────


@pages.route("/new", methods=["GET", "POST"])
@permission(OBJECT)
def add() -> str | Response:
    """The form; ``?part=dimension:training`` chooses for the reader."""
    form = ObjectionForm(data={"part": request.args.get("part", "")})
    with open_read() as work:
        objections.own_person(work)
        form.part.choices = kit.offered([("", ""), *((f"{about}:{what}".rstrip(":"), name)
                                                     for (about, what), name in parts_named(work).items())])
        days = work.book.at(objections.DAYS, work.today)

    def save() -> int:
        about, _, what = (form.part.data or "").partition(":")
        with open_write() as work:
            return objections.make(work, about=about, what=what, reason=form.reason.data or "")

    done = kit.submit(form, save, lambda number: url_for(".show", objection_id=number),
                      gettext("已提出，人事科会有人复核并写明理由答复。"))
    return done or render_template("objections/add.html", form=form, days=days, correct_url=asking_url())


@pages.post(f"{NUMBER}/withdraw")
@permission(OBJECT)
def withdraw(objection_id: int) -> Response:
    """The teacher's second thought."""
    return _own_act(lambda work, version: objections.withdraw(work, objection_id=objection_id, version=version),
                    gettext("已撤回异议。"))


@pages.post(f"{NUMBER}/lift")
@permission(OBJECT)
def lift(objection_id: int) -> Response:
    """The teacher wants the portrait back."""
    return _own_act(lambda work, version: objections.lift(work, objection_id=objection_id, version=version),
                    gettext("画像已恢复；参加计算的，从下一次起。"))


def _own_act(command: Callable[[Work, int], None], done: str) -> Response:
    version = whole(request.form.get("version")) or -1
    with open_write() as work:
        command(work, version)
    flash(done, "ok")
    return redirect(url_for("portraits.mine"), 303)


# ── the office ───────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/")
@permission(ANSWER)
def index() -> str:
    """What waits for an answer; ``?all=1`` answered ones too."""
    asked, every = kit.asked_page(), request.args.get("all") == "1"
    with open_read() as work:
        rows, total = objections.queue(work, every=every, offset=asked.offset, limit=asked.size)
        tabs = [{"label": gettext("等答复"), "url": url_for(".index"), "current": not every},
                {"label": gettext("全部"), "url": url_for(".index", all=1), "current": every}]
        return render_template("objections/index.html", page=asked.page(rows, total), tabs=tabs,
                               today=today(), every=every, **_words(work))


@pages.get(NUMBER)
@permission(OBJECT, ANSWER)
def show(objection_id: int) -> str:
    """One objection, its answer, and what the reader may do with it."""
    return _page(objection_id, None)


def _page(objection_id: int, form: AnswerForm | None) -> str:
    with open_read() as work:
        line = objections.detail(work, objection_id)
        party = objections.party_of(work, line.row)
        form = form or AnswerForm(formdata=None, version=line.row.version)
        return render_template(
            "objections/show.html", line=line, form=form, party=party, days=work.book.at(objections.DAYS, work.today),
            acts=acts_of(party, line.row.state) if party else (), today=today(), **_words(work))


@pages.post(f"{NUMBER}/answer")
@permission(ANSWER)
def answer(objection_id: int) -> str | Response:
    """A person's answer with the reason."""
    form = AnswerForm()

    def save() -> None:
        said, measure = form.answer.data or "", form.decision.data or ""
        with open_write() as work:
            if measure == DISMISS:
                objections.dismiss(work, objection_id=objection_id, version=form.read, answer=said)
            else:
                objections.uphold(work, objection_id=objection_id, version=form.read, measure=measure, answer=said)

    done = kit.submit(form, save, url_for(".index"), gettext("已答复，教师会看到理由。"))
    return done or _page(objection_id, form)
