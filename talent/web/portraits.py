"""Portraits: runs and what a person decides on them, the published types, and one teacher's own page."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from talent.core import terms
from talent.core.access import OPERATOR
from talent.core.errors import Finding, NotAllowed
from talent.core.jobs import JobView
from talent.core.language import translated
from talent.core.numbers import whole
from talent.core.work import Work
from talent.people import record
from talent.portraits import objections, publication, queries, runs
from talent.portraits.models import DRAFT, PUBLISHED, REVIEWED, SUPERSEDED
from talent.portraits.rules import LONGEST_NAME, MODEL, PLAIN, Decision
from talent.portraits.runs import RunHead, RunView
from talent.web import kit, portrait_view
from talent.web.jobs import stage_of
from talent.web.kit.words import labels
from talent.web.pictures import Measure
from talent.web.refusals import worded
from talent.web.security import current_actor, open_read, open_write, permission, today
from talent.web.templating import moment, num, pct

pages = Blueprint("portraits", __name__, url_prefix="/portraits")

RUN = "<number:run_id>"
TONES = {DRAFT: "none", REVIEWED: "run", PUBLISHED: "ok", SUPERSEDED: "none"}
METHOD_NAMES = {MODEL: lazy_gettext("混合类型模型（本方法）"), PLAIN: lazy_gettext("对照方法（K 均值）")}


class BuildForm(kit.BaseForm):
    as_of = kit.DayField(lazy_gettext("截止日"), [InputRequired()])
    k = IntegerField(lazy_gettext("类数"), [Optional(), NumberRange(min=2, max=20)])


class DecisionForm(kit.BaseForm):
    version = HiddenField()
    k_reason = TextAreaField(lazy_gettext("为什么分这么多类"), [InputRequired(), Length(max=500)])
    method = RadioField(lazy_gettext("用哪种方法"), choices=kit.offered(METHOD_NAMES.items()), default=MODEL)
    warning_reason = TextAreaField(lazy_gettext("对提醒的说明"), [Optional(), Length(max=500)])


# ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/")
@permission("portrait:read")
def index() -> str | Response:
    """The published types and every run; a teacher is led to their own page."""
    scope = current_actor().require("portrait:read")
    if not scope.everyone:
        return redirect(url_for(".mine"), 303)
    return _index(BuildForm(as_of=today()))


@pages.post("/build")
@permission("portrait:build")
def build() -> str | Response:
    """Have a draft built in the background."""
    form = BuildForm()

    def save() -> None:
        with open_write() as work:
            publication.request_build(work, as_of=form.as_of.data or today(), k=form.k.data)

    return kit.submit(form, save, url_for(".index")) or _index(form)


def _index(form: BuildForm) -> str:
    asked, on = kit.asked_page(20), kit.as_of(today()).on
    with open_read() as work:
        rows, total = runs.runs(work, offset=asked.offset, limit=asked.size)
        view = runs.published_run(work, on)
        job = publication.last_job(work)
        failed = job.findings if job is not None and job.state == "failed" else []
        waits = job if job is not None and job.waits else None
        return render_template(
            "portraits/index.html", on=on, form=form, page=asked.page(rows, total), view=view,
            cards=_cards(work, view) if view else [], names=_dimensions(work), job=waits,
            may_answer=work.actor.may(objections.ANSWER),
            stage=_stage(waits), mine=waits is not None and waits.requested_by == work.actor.user_id,
            refusals=[worded(finding) for finding in failed], may_build=work.actor.may("portrait:build"),
            states=labels(terms.PORTRAIT_STATE), tones=TONES, moment=moment, by=_name)


def _stage(job: JobView | None) -> str:
    if job is None:
        return ""
    return stage_of(job) if job.stage else worded(Finding("portraits.waiting"))[0]


def _name(name: str) -> str:
    """Who acted; the operator of the server has a word."""
    return translated(terms.chinese(terms.ROLE_NAME, OPERATOR)) if name in ("", OPERATOR) else name


def _dimensions(work: Work) -> dict[str, str]:
    return {row.code: translated(row.label) for row in work.book.at("portraits.dimensions", work.today).value}


def _proposed(work: Work, codes: Sequence[str]) -> str:
    """A proposed name: one strength, or two joined."""
    book = work.book
    words = {row.code: row.type_name for row in book.at("portraits.dimensions", work.today).value}
    words |= {row.code: row.label for row in book.at("portraits.other_type_names", work.today).value}
    named = [words[code] for code in codes]
    return named[0] if len(named) == 1 else f"{named[0].removesuffix('型')}兼{named[1]}"


def _cards(work: Work, view: RunView) -> list[dict[str, Any]]:
    """The groups of the method chosen, each with its name: approved, kept from last year, or proposed."""
    method = view.chosen
    if method is None:
        return []
    before = publication.names_before(work, view.run.previous_id)
    return [{"group": group, "name": group.name or before.get(group.number) or _proposed(work, group.proposed),
             "approved": bool(group.name)} for group in method.groups]


# ── one run ──────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get(f"/run/{RUN}")
@permission("portrait:read")
def run(run_id: int) -> str:
    """What a run found, what speaks for its number of types, and where it stands."""
    return _run(run_id, None)


@pages.post(f"/run/{RUN}/decide")
@permission("portrait:publish")
def decide(run_id: int) -> str | Response:
    """Keep the method, the names and the reasons."""
    with open_read() as work:
        form = _form(work, runs.run_view(work, run_id), filled=True)

    def save() -> None:
        names = tuple(field.data or "" for field in _name_fields(form))
        decision = Decision(form.k_reason.data or "", form.method.data or MODEL, form.warning_reason.data or "", names)
        with open_write() as work:
            publication.decide(work, run_id=run_id, version=_version(form.version.data), decision=decision)

    done = gettext("已保存。请另一位复核。")
    return kit.submit(form, save, url_for(".run", run_id=run_id), done) or _run(run_id, form)


@pages.post(f"/run/{RUN}/review")
@permission("portrait:publish")
def review(run_id: int) -> Response:
    """Confirm a decided draft, as another person than its builder."""
    with open_write() as work:
        publication.review(work, run_id=run_id, version=_sent_version())
    return redirect(url_for(".run", run_id=run_id), 303)


@pages.post(f"/run/{RUN}/publish")
@permission("portrait:publish")
def publish(run_id: int) -> Response:
    """Let teachers see the types."""
    with open_write() as work:
        publication.publish(work, run_id=run_id, version=_sent_version())
    return redirect(url_for(".run", run_id=run_id), 303)


def _version(sent: str | None) -> int:
    """The version a form was shown with; anything else matches none."""
    return whole(sent) or 0


def _sent_version() -> int:
    return _version(request.form.get("version"))


def _name_fields(form: DecisionForm) -> list[Any]:
    return [field for field in form if field.name.startswith("name_")]


def _form(work: Work, view: RunView, *, filled: bool = False) -> DecisionForm:
    """The decision's form with a field for each group's name; ``filled`` reads what was sent."""
    cards = _cards(work, view)
    fields = {
        f"name_{card['group'].number}": StringField(
            gettext("第 %(n)s 类的名称", n=card["group"].number), [InputRequired(), Length(max=LONGEST_NAME)],
            default=card["name"])
        for card in cards
    }
    made: type[DecisionForm] = type("DecisionForm", (DecisionForm,), fields)
    if filled:
        return made()
    kept = {name: view.decision.get(name) for name in ("k_reason", "method", "warning_reason")}
    return made(formdata=None, version=view.run.version, **{name: value for name, value in kept.items() if value})


def _run(run_id: int, form: DecisionForm | None) -> str:
    actor = current_actor()
    with open_read() as work:
        view = runs.run_view(work, run_id)
        run = view.run
        decides = run.state == DRAFT and actor.may("portrait:publish") and bool(view.methods)
        return render_template(
            "portraits/run.html", view=view, run=run, cards=_cards(work, view), names=_dimensions(work),
            form=(form or _form(work, view)) if decides else None, facts=_facts(view), chain=_chain(run),
            measures=_measures(view), warnings=_warnings(view), audit=_audit(view), methods=METHOD_NAMES,
            may_publish=actor.may("portrait:publish"), built_by_me=_built_by_me(run), by=_name, moment=moment,
            states=labels(terms.PORTRAIT_STATE), tones=TONES)


def _built_by_me(run: RunHead) -> bool:
    return run.created_by is not None and run.created_by == current_actor().user_id


def _facts(view: RunView) -> list[dict[str, Any]]:
    chosen = view.chosen
    return [
        {"label": gettext("有得分的教师"), "value": num(view.teachers), "unit": gettext("人")},
        {"label": gettext("分到类型"), "value": num(view.grouped) if chosen else None, "unit": gettext("人"),
         "note": gettext("其余数据不足") if chosen else gettext("没有稳定的类型")},
        {"label": gettext("类数"), "value": num(view.run.k) if chosen else None},
        {"label": gettext("稳定性"), "value": num(chosen.stability, 2) if chosen else None,
         "note": gettext("最低一类 %(rate)s", rate=num(chosen.worst, 2)) if chosen else ""},
        {"label": gettext("简化树吻合"), "value": pct(view.fidelity, 0) if view.fidelity is not None else None},
    ]


def _chain(run: RunHead) -> list[dict[str, str]]:
    notes = [(run.created_by_name, run.created_at), (run.reviewed_by_name, run.reviewed_at),
             (run.published_by_name, run.published_at)]
    words, order = labels(terms.PORTRAIT_STATE), (DRAFT, REVIEWED, PUBLISHED)
    reached = order.index(PUBLISHED if run.state == SUPERSEDED else run.state)
    steps = []
    for place, (state, (name, at)) in enumerate(zip(order, notes, strict=True)):
        tone = "todo" if place > reached else "now" if place == reached and run.state != SUPERSEDED else "done"
        steps.append({"label": words[state], "state": tone, "note": f"{_name(name)} {moment(at)}" if at else ""})
    if run.state == SUPERSEDED:
        steps.append({"label": words[SUPERSEDED], "state": "now", "note": ""})
    return steps


def _measures(view: RunView) -> list[Measure]:
    """Evidence for the numbers, side by side."""
    told = {"separation": gettext("分离度（CH）"), "split_half": gettext("折半一致"),
            "smallest": gettext("最小一类（人）"), "fidelity": gettext("简化树吻合")}
    return [Measure(label, [(item["k"], item[name]) for item in view.evidence], view.run.k)
            for name, label in told.items()] if view.evidence else []


def _warnings(view: RunView) -> list[Mapping[str, str]]:
    said = [(item["level"], *worded(Finding.from_dict(dict(item)))) for item in view.warnings]
    return [{"level": level, "text": text, "hint": hint} for level, text, hint in said]


def _audit(view: RunView) -> list[dict[str, Any]]:
    """Association of the chosen method's groups with what it never reads."""
    traits = labels(terms.PORTRAIT_TRAIT)
    audit = view.chosen.audit if view.chosen else {}
    return [{"label": traits[trait], **item} for trait, item in audit.items()]


# ── one teacher ──────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/mine")
@permission("portrait:read")
def mine() -> str:
    """The reader's own portrait."""
    person_id = current_actor().person_id
    if person_id is None:
        raise NotAllowed("portrait:read")
    return _portrait(person_id)


@pages.get("/person/<number:person_id>")
@permission("portrait:read")
def show(person_id: int) -> str:
    """One teacher's portrait."""
    return _portrait(person_id)


@pages.post("/mine/hide")
@permission("portrait:hide")
def hide() -> Response:
    """Hide the type from the school, or let it be seen again."""
    with open_write() as work:
        publication.hide_type(work, is_hidden=request.form.get("hidden") == "1")
    return redirect(url_for(".mine"), 303)


def _portrait(person_id: int) -> str:
    on, own = kit.as_of(today()).on, person_id == current_actor().person_id
    with open_read() as work:
        portrait = queries.portrait_of_person(work, person_id, on)
        person = record.profile_of(work, person_id, on)
        shown = portrait_view.show(work, portrait, person_id) if portrait else None
        return render_template(
            "portraits/show.html", on=on, own=own, person=person, p=portrait, shown=shown, signed=portrait_view.signed,
            may_hide=own and current_actor().may("portrait:hide"),
            may_object=own and current_actor().may(objections.OBJECT), made=_objections(work, own),
            aside=None if portrait else objections.standing(work, person_id))


def _objections(work: Work, own: bool) -> list[dict[str, Any]]:
    """The reader's own objections, as lines."""
    if not own or not work.actor.may(objections.OBJECT):
        return []
    names, states = portrait_view.parts_named(work), labels(terms.OBJECTION_STATE)
    return [{"text": names[row.about, row.what], "value": states[row.state], "note": row.answer,
             "href": url_for("objections.show", objection_id=row.id)} for row in objections.own(work)]
