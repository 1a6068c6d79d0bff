"""Taking a pay batch along its chain: review, approval, lock and return, a school's answer, and what goes beside."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from talent.accounts.queries import holders
from talent.core.access import RIGHTS
from talent.core.errors import Finding, NotFound, RuleViolation
from talent.core.numbers import whole
from talent.core.work import Work
from talent.pay import aside, chain_commands, chain_queries, periods, posting
from talent.pay.acts import acts_of
from talent.pay.chain import EDGES
from talent.pay.chain_commands import Seen, Sheet
from talent.pay.models import PayBatch
from talent.pay.queries import BatchHead, assumptions, head_of, totals
from talent.web import kit, receipt
from talent.web.pay import pages
from talent.web.pay_way import act_name, step_moment, wanted
from talent.web.refusals import worded
from talent.web.scans import attached, hand_out, keep_scan
from talent.web.security import current_actor, open_read, open_write, permission

BATCH = "/batch/<number:batch_id>"
DOES: Mapping[str, Callable[..., object]] = {
    "review": chain_commands.review, "approve": chain_commands.approve, "return": chain_commands.return_,
    "lock": posting.lock,
}
TITLES = {
    "review": lazy_gettext("人事复核"), "approve": lazy_gettext("批准"), "lock": lazy_gettext("锁定并记账"),
    "return": lazy_gettext("退回"),
}
TELLS = {
    "review": lazy_gettext("您看过名单、月份、问题和暂缓的各行；核算人不能复核。"),
    "approve": lazy_gettext("财务和分管领导各批准一次；批准的就是下面的内容指纹，内容一变就作废。"),
    "lock": lazy_gettext("锁定后不再改动，暂缓的各行不入账；以后有变只作冲销和补记。"),
    "return": lazy_gettext("回到已计算：学校确认、复核、批准全部作废，要重新办理。"),
}
DONE = {
    "review": lazy_gettext("已复核，等财务和分管领导批准。"), "approve": lazy_gettext("已批准。"),
    "lock": lazy_gettext("已锁定并记账。"), "return": lazy_gettext("已退回，理由已记下。"),
}


class StepForm(kit.BaseForm):
    """An act on a batch: what was seen, a remark, and where it was paper the scan and who signed it."""

    places: ClassVar[Mapping[str, str]] = {"pay.sheet_missing": "sheet", "pay.sheet_strange": "sheet",
                                           "pay.sheet_signatory": "signatory", "pay.sheet_own": "signatory"}
    version = HiddenField()
    seal = HiddenField()
    period = SelectField(lazy_gettext("记入会计期间"), validate_choice=False)
    comment = TextAreaField(lazy_gettext("意见"), [Length(max=500)])
    signatory = SelectField(lazy_gettext("签字人"), validate_choice=False)
    signer = StringField(lazy_gettext("签字人姓名"), [Length(max=80)])
    sheet = FileField(lazy_gettext("签字表扫描件"))

    @property
    def seen(self) -> Seen:
        """What the page showed."""
        return Seen(whole(self.version.data) or 0, self.seal.data or "")


class AsideForm(kit.BaseForm):
    version = HiddenField()
    comment = TextAreaField(lazy_gettext("理由"), [Length(max=500)])


class AssumeForm(kit.BaseForm):
    document = StringField(lazy_gettext("批准文件的名称或文号"), [InputRequired(), Length(max=200)])
    comment = TextAreaField(lazy_gettext("说明"), [Length(max=500)])


def _signatories(people: Sequence[tuple[int, str]]) -> list[SelectChoice]:
    """Whose signature a scanned sheet may bear; nobody's, where the act is one's own."""
    return kit.offered([("", "—"), *((str(key), name) for key, name in people)])


def back_to(batch: PayBatch | BatchHead) -> str:
    """The page of a batch."""
    return url_for("pay.index", year=batch.year, run=batch.sequence if batch.adjusts_id else None)


# ── acts on the whole batch ──────────────────────────────────────────────────────────────────────────────────


@pages.route(f"{BATCH}/<act>", methods=["GET", "POST"])
@permission("pay:review", "pay:approve", "pay:lock", "pay:return", "pay:sheet")
def step(batch_id: int, act: str) -> str | Response:
    """One act of the district on a batch, with what it does and what is still missing."""
    if act not in DOES:
        raise NotFound("pay_batch", batch_id)
    form = StepForm()

    def save() -> None:
        with open_write() as work:
            sheet = {} if act == "return" else {"sheet": _sheet(work, form, EDGES[act].right)}
            period = {"period": form.period.data or ""} if act == "lock" else {}
            DOES[act](work, batch_id=batch_id, seen=form.seen, comment=form.comment.data or "", **sheet, **period)

    with open_read() as work:
        batch = chain_queries.find_batch(work, batch_id)
        to = back_to(batch)
        shown = _step_page(work, batch, act, form) if request.method == "GET" else {}
    done = kit.submit(form, save, to, str(DONE[act]))
    if done:
        return done
    if not shown:
        with open_read() as work:
            shown = _step_page(work, chain_queries.find_batch(work, batch_id), act, form)
    return render_template("pay/act.html", form=form, act=act, to=to, **shown)


def _step_page(work: Work, batch: PayBatch, act: str, form: StepForm) -> dict[str, Any]:
    view, sums = chain_queries.chain_view(work, batch), totals(work, batch.id)
    if request.method == "GET":
        form.version.data, form.seal.data = str(batch.version), view.acts.seal
    opened = periods.open_periods(work.session)
    form.period.choices = kit.offered((code, code) for code in opened)
    if request.method == "GET" and opened:
        form.period.data = opened[-1]
    right = EDGES[act].right
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    form.signatory.choices = _signatories(holders(work.session, roles, work.today))
    moved = chain_queries.differences(work, view.acts) if batch.adjusts_id else []
    asked = view.missing if act == "lock" else [
        finding for finding in view.missing if finding.code != "pay.no_open_period"]
    return {
        "batch": head_of(batch), "title": str(TITLES[act]), "tells": str(TELLS[act]), "sums": sums,
        "seal": view.acts.seal, "held": len(view.acts.held), "disputed": view.standing.disputed,
        "missing": wanted(asked, batch.id, work.actor), "differences": moved, "aside_fen": view.aside_fen,
        "by_sheet": act != "return" and work.actor.may("pay:sheet"),
    }


def _sheet(work: Work, form: StepForm, right: str) -> Sheet | None:
    """The scan handed in, kept; None where nobody signed on paper, which who holds ``right`` need not."""
    item, signatory, name = form.sheet.data, form.signatory.data or "", (form.signer.data or "").strip()
    for_another = not work.actor.may(right) and work.actor.may("pay:sheet")
    if not attached(item):
        if signatory or name or for_another:
            raise RuleViolation(Finding("pay.sheet_missing"))
        return None
    work.require("pay:sheet")
    return Sheet(keep_scan(work, item, "pay.sheet_strange"), whole(signatory), name)


# ── a school's answer ────────────────────────────────────────────────────────────────────────────────────────


@pages.route(f"{BATCH}/school/<code>", methods=["GET", "POST"])
@permission("pay:confirm", "pay:sheet")
def answer(batch_id: int, code: str) -> str | Response:
    """A school's own lines, to confirm or to dispute."""
    form = StepForm()
    with open_read() as work:
        part = chain_queries.school_part(work, batch_id, code)
        roles = [role for role, rights in RIGHTS.items() if "pay:confirm" in rights]
        form.signatory.choices = _signatories(holders(work.session, roles, work.today, part.school_id))
        to = back_to(part.batch)
    if request.method == "GET":
        form.version.data, form.seal.data = str(part.batch.version), part.seal
    verdict = chain_commands.dispute if request.form.get("verdict") == "dispute" else chain_commands.confirm

    def save() -> None:
        with open_write() as work:
            verdict(work, batch_id=batch_id, school_id=part.school_id, seen=form.seen, comment=form.comment.data or "",
                    sheet=_sheet(work, form, EDGES["confirm"].right))

    done = kit.submit(form, save, to, gettext("已记下%(school)s的答复。", school=part.name))
    own = current_actor().may("pay:confirm")
    return done or render_template("pay/answer.html", form=form, part=part, own=own, to=to, act_name=act_name,
                                   by_sheet=current_actor().may("pay:sheet"), moment=step_moment)


# ── beside the chain ─────────────────────────────────────────────────────────────────────────────────────────


@pages.route(f"{BATCH}/acknowledge", methods=["GET", "POST"])
@permission("pay:review")
def acknowledge(batch_id: int) -> str | Response:
    """Findings that somebody has to answer for by name before the lock."""
    form = AsideForm()

    def save() -> None:
        chosen = [key for sent in request.form.getlist("finding") if (key := whole(sent)) is not None]
        with open_write() as work:
            aside.acknowledge(work, batch_id=batch_id, finding_ids=chosen, comment=form.comment.data or "")

    with open_read() as work:
        batch = chain_queries.find_batch(work, batch_id)
        rows = [(key, worded(finding)[0], name) for key, finding, name in chain_queries.unacknowledged(work, batch)]
        head, to = head_of(batch), back_to(batch)
    done = kit.submit(form, save, to, gettext("已具名知悉。"))
    return done or render_template("pay/acknowledge.html", form=form, batch=head, rows=rows, to=to)


@pages.route(f"{BATCH}/assume", methods=["GET", "POST"])
@permission("pay:lock")
def assume(batch_id: int) -> str | Response:
    """The document that allows the assumed parameters, by name."""
    form = AssumeForm()

    def save() -> None:
        with open_write() as work:
            aside.assume(work, batch_id=batch_id, document=form.document.data or "", comment=form.comment.data or "")

    with open_read() as work:
        batch = chain_queries.find_batch(work, batch_id)
        known, said = acts_of(work.session, batch).document, receipt.parameters(assumptions(batch), None, batch.year)
        head, to = head_of(batch), back_to(batch)
    done = kit.submit(form, save, to, gettext("已具名确认，文号已记下。"))
    return done or render_template("pay/assume.html", form=form, batch=head, to=to, known=known, assumed=said)


@pages.post(f"{BATCH}/remark")
@permission("pay:review", "pay:approve", "pay:lock")
def remark(batch_id: int) -> Response:
    """A remark for everybody who works on the batch."""
    with open_write() as work:
        batch = chain_queries.find_batch(work, batch_id)
        aside.remark(work, batch_id=batch_id, comment=(request.form.get("comment") or "")[:500])
        to = back_to(batch)
    flash(gettext("已记下。"), "ok")
    return redirect(to, 303)


@pages.post("/line/<number:line_id>/<act>")
@permission("pay:review", "pay:confirm")
def set_aside(line_id: int, act: str) -> Response:
    """Take one line out of the lock, or let it in again."""
    known: dict[str, Callable[..., None]] = {"hold": aside.hold, "release": aside.release}
    doing = known.get(act)
    if doing is None:
        raise NotFound("pay_line", line_id)
    version = whole(request.form.get("version")) or 0
    with open_write() as work:
        doing(work, line_id=line_id, version=version, comment=(request.form.get("comment") or "")[:500])
    flash(gettext("已暂缓这一行，其余不受影响。") if act == "hold" else gettext("已解除暂缓。"), "ok")
    return redirect(url_for(".line", line_id=line_id), 303)


@pages.get("/sheet/<number:step_id>")
@permission("pay:read")
def sheet(step_id: int) -> FlaskResponse:
    """The scan of a signed sheet, to be saved."""
    with open_read() as work:
        kept = chain_queries.sheet_of(work, step_id)
    return hand_out(*kept)
