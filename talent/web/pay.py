"""Incentive pay: the batch of a year, a school's lines, what was found, the conventions compared, and the receipt."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from talent.core.access import OPERATOR
from talent.core.errors import NotFound
from talent.core.language import translated
from talent.core.money import uppercase
from talent.core.terms import PAY_STATE, ROLE_NAME, chinese, words_of
from talent.core.work import Work
from talent.pay import commands, comparison, queries
from talent.pay.awards.queries import award_of, own_awards
from talent.pay.chain import LOCKED
from talent.pay.conventions import WHOLE_MONTHS
from talent.pay.facts import YEARLY_AMOUNT
from talent.pay.models import CHAIN, SUPERSEDED, PayBatch
from talent.pay.rules import CONVENTIONS
from talent.web import kit, pay_way, receipt
from talent.web.links import person_url
from talent.web.refusals import worded
from talent.web.security import current_actor, open_read, open_write, permission, program, today
from talent.web.templating import money, signed

pages = Blueprint("pay", __name__, url_prefix="/pay")

STATES = {code: lazy_gettext(word) for code, word in words_of(PAY_STATE).items()}
_COMING = {
    "school_confirmed": lazy_gettext("逐校核对名单"), "hr_reviewed": lazy_gettext("尚未开始"),
    "approved": lazy_gettext("财务、分管领导"), "locked": lazy_gettext("须填文号"),
    "exported": lazy_gettext("交工资系统"), "paid": lazy_gettext("回单核对"),
}
TITLES = {
    "pay.dates_reversed": lazy_gettext("起止日期颠倒，未计发"),
    "pay.absence_reversed": lazy_gettext("缺勤起止日期颠倒"),
    "pay.outside_scope": lazy_gettext("派出单位不属于中小学，计 0 元"),
    "pay.school_unknown": lazy_gettext("学校代码查不到，计 0 元"),
    "pay.school_closed": lazy_gettext("学校已停用，没有并入学校"), "pay.merger_cycle": lazy_gettext("并入关系首尾相接"),
    "pay.appraisal_unqualified": lazy_gettext("考核不合格，不计发"),
    "pay.appraisal_missing": lazy_gettext("没有考核结果，先按合格计"),
    "pay.post_elsewhere": lazy_gettext("派出学校不是编制所在学校"),
}
SIGNATURES = (
    lazy_gettext("经办人（签字）"), lazy_gettext("学校负责人（签字）"), lazy_gettext("学校（盖章）"),
    lazy_gettext("人事科复核（签字）"), lazy_gettext("财务（签字）"), lazy_gettext("分管领导（签字）"),
)


# ── the year ─────────────────────────────────────────────────────────────────────────────────────────────────


def _asked_year(work: Work) -> int:
    """``?year=``, else the newest year with a batch, else the last whole one; one before the standard is refused."""
    known = queries.years(work)
    year = request.args.get("year", known[0] if known else today().year - 1, type=int)
    if not 1 <= year <= today().year + 1:
        raise NotFound("year", year)
    queries.check_year(work, year)
    return year


def _batch(work: Work) -> PayBatch:
    """The batch of the year asked for, or its run ``?run=``; not found when nobody has computed it."""
    year = _asked_year(work)
    batch = _asked_batch(work, year)
    if batch is None:
        raise NotFound("pay_batch", year)
    return batch


def _asked_batch(work: Work, year: int) -> PayBatch | None:
    """The run ``?run=`` of a year, else the batch that counts."""
    run = request.args.get("run", type=int)
    return queries.batch_numbered(work, year, run) if run is not None and 0 < run < 2**31 else queries.latest_batch(
        work, year)


def _run(batch: PayBatch) -> int | None:
    """What keeps an address on this run; nothing where the reader asked for the batch of the year that counts."""
    return batch.sequence if batch.adjusts_id or "run" in request.args else None


def _year_tabs(work: Work, year: int) -> list[dict[str, Any]]:
    first = work.book.first_date(YEARLY_AMOUNT).year
    return [{"label": gettext("%(year)s 年", year=each), "url": url_for(".index", year=each), "current": each == year}
            for each in range(max(today().year, year), first - 1, -1)]


@pages.get("/")
@permission("pay:read")
def index() -> str | Response:
    """The newest batch of a year: where it stands, its sums, its schools, what was found."""
    actor = current_actor()
    scope = actor.require("pay:read")
    if not scope.everyone and not scope.schools:
        return redirect(url_for(".mine"), 303)
    with open_read() as work:
        year = _asked_year(work)
        frame = {"year": year, "tabs": _year_tabs(work, year), "may_compute": actor.may("pay:compute")}
        batch = _asked_batch(work, year)
        if batch is None:
            return render_template("pay/none.html", **frame)
        return render_template("pay/index.html", **frame, **_batch_page(work, batch))


def _batch_page(work: Work, batch: PayBatch) -> dict[str, Any]:
    view, asked = queries.batch_view(work, batch), kit.asked_page(20)
    schools = queries.school_totals(work, batch.id)
    whole = work.require("pay:read").everyone
    way = pay_way.way(work, batch) if whole else pay_way.school_way(work, batch)
    found = _found(work, batch, view, way["document"])
    return {
        **way, "view": view, "batch": view.batch, "run": _run(batch), "chain": _chain(batch, way["notes"]),
        "facts": _facts(view, way, _run(batch)),
        "found": found,
        "page": asked.page(schools[asked.offset:asked.offset + asked.size], len(schools)),
        "conventions": _conventions(comparison.sums(work, batch), batch),
        "parameters": receipt.parameters(view.parameters, None, batch.year),
        "source": receipt.common_source(view.parameters),
        "state": _state(batch, view.assumed, way["document"]), "whole": whole,
        "splits_url": url_for(".splits", year=batch.year) if batch.state in LOCKED and not batch.adjusts_id else "",
        "payout_url": url_for(".payout_year", year=batch.year)
        if batch.state in LOCKED and work.actor.may("payout:read") else "",
        "convention": receipt.convention_name(batch.convention), "computed_by": _computer(batch),
        "errors": sum(item["level"] == "error" for item in found), "printed": _printed(batch),
    }


def _state(batch: PayBatch | queries.ReceiptView, assumed: int, document: str = "") -> str:
    """One sentence on where a batch stands."""
    if batch.state == SUPERSEDED:
        return gettext("这是一次较早的核算，已被后一次替代。")
    following = CHAIN[min(CHAIN.index(batch.state) + 1, len(CHAIN) - 1)]
    if isinstance(batch, queries.ReceiptView) and batch.reversed:
        return gettext("已冲销：后来的调整收回了这一单，以调整后的一单为准。")
    if batch.state in LOCKED:
        return gettext("%(state)s，不再改动；记录有变的作调整。", state=STATES[batch.state])
    said = {"state": STATES[batch.state], "next": STATES[following], "n": assumed}
    if document:
        return gettext("%(state)s，下一步：%(next)s。用了 %(n)s 项假定参数，已按%(document)s具名确认。",
                       **said, document=document)
    return gettext("%(state)s，下一步：%(next)s。用了 %(n)s 项假定参数，锁定前须具名确认并填文号。", **said)


def _chain(batch: PayBatch, noted: Mapping[str, str]) -> list[dict[str, Any]]:
    if batch.state == SUPERSEDED:
        return []
    at = CHAIN.index(batch.state)
    when = f"{batch.computed_at.astimezone(program().zone):%m-%d}"
    notes = {**_COMING, "draft": f"{_computer(batch)} {when}",
             "computed": gettext("第 %(n)s 次 %(day)s", n=batch.sequence, day=when),
             **noted}
    return [{"label": STATES[code], "note": notes[code],
             "state": "done" if place <= at else "now" if place == at + 1 else "todo"}
            for place, code in enumerate(CHAIN)]


def _computer(batch: PayBatch) -> str:
    """Who computed it; the command line has a name for people."""
    return batch.computed_by_name if batch.computed_by is not None else translated(chinese(ROLE_NAME, OPERATOR))


def _facts(view: queries.BatchView, way: Mapping[str, Any], run: int | None) -> list[dict[str, Any]]:
    sums, former, aside = view.totals, view.former, way["aside_fen"]
    people = url_for(".people", year=view.batch.year, run=run)
    since = gettext("比第 %(n)s 次", n=view.former_sequence) if former else ""
    change = f"{since} {_change(sums.fen - former.fen)}" if former else gettext("计入派出学校总量")
    return [
        {"label": gettext("人数"), "value": f"{sums.people:,}", "unit": gettext("人"), "href": people,
         "note": f"{since} {signed(sums.people - former.people)}" if former else gettext("有在岗日的人")},
        {"label": gettext("派出学校"), "value": f"{sums.schools:,}", "unit": gettext("所"), "href": "#schools",
         "note": gettext("并入的学校归并入校")},
        {"label": gettext("计入"), "value": f"{sums.months:,}", "unit": gettext("个月"), "href": people,
         "note": gettext("每月计一次，不重复")},
        {"label": gettext("应计总额"), "value": money(sums.fen), "unit": gettext("元"), "href": "#schools",
         "note": gettext("其中 %(sum)s 元不入账", sum=money(aside)) if aside else change},
        {"label": gettext("假定参数"), "value": str(view.assumed), "unit": gettext("项"), "href": "#parameters",
         "note": gettext("已具名确认") if way["document"] else gettext("锁定前须具名确认")},
    ]


def _change(fen: int) -> str:
    """A change of a sum: +14,000.00, −20.00, 0.00."""
    return f"+{money(fen)}" if fen > 0 else money(fen)


def _found(work: Work, batch: PayBatch, view: queries.BatchView, document: str) -> list[dict[str, Any]]:
    """What was noticed, by kind: how many, and the way to the people."""
    found = [
        {"level": level, "text": TITLES.get(code, code), "count": gettext("%(n)s 条", n=count),
         "url": url_for(".findings", year=batch.year, code=code, run=_run(batch))}
        for code, level, count in queries.finding_counts(work, batch.id)
    ]
    if view.assumed:
        found.append({"level": "warning", "text": gettext("用了假定参数"), "url": "#parameters",
                      "hint": gettext("没有文件规定，已按%(document)s确认", document=document) if document
                      else gettext("没有文件规定，锁定前由专人确认"), "count": gettext("%(n)s 项", n=view.assumed)})
    return found


def _conventions(sums: dict[str, int], batch: PayBatch) -> list[dict[str, Any]]:
    """The five conventions on the same people: sum, and difference from this batch."""
    return [
        {"code": code, "name": receipt.convention_name(code), "fen": sums[code], "mine": code == batch.convention,
         "change": _change(sums[code] - sums[batch.convention])}
        for code in CONVENTIONS
    ]


def _printed(batch: PayBatch | queries.ReceiptView) -> dict[str, date]:
    """What stands above the title on paper: the day the records were read, and today."""
    return {"as_of": batch.computed_at.astimezone(program().zone).date(), "on": today()}


@pages.post("/compute")
@permission("pay:compute")
def compute() -> Response:
    """Compute a year from the records as they are now."""
    year = request.form.get("year", type=int)
    if year is None or not 1 <= year <= today().year + 1:
        raise NotFound("year", request.form.get("year", ""))
    with open_write() as work:
        batch = commands.compute(work, year=year, convention=request.form.get("convention") or None)
        flash(gettext("%(year)s 年第 %(n)s 次核算完成。", year=year, n=batch.sequence), "ok")
        run = None if queries.latest_batch(work, year) is batch else batch.sequence
    return redirect(url_for(".index", year=year, run=run), 303)


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/people")
@permission("pay:read")
def people() -> str:
    """Everybody's lines of a year."""
    return _lines_page("")


@pages.get("/school/<code>")
@permission("pay:read")
def school(code: str) -> str:
    """One school's lines of a year."""
    return _lines_page(code)


def _lines_page(code: str) -> str:
    asked = kit.asked_page()
    with open_read() as work:
        batch = _batch(work)
        total = queries.school_total(work, batch.id, code) if code else None
        rows, count = queries.lines(work, batch.id, school_code=code, offset=asked.offset, limit=asked.size)
        sums = total or queries.totals(work, batch.id)
        return render_template(
            "pay/lines.html", batch=queries.head_of(batch), run=_run(batch), school=total, page=asked.page(rows, count),
            months=receipt.month_ranges, sums=sums,
            convention=receipt.convention_name(batch.convention), printed=_printed(batch))


@pages.get("/compare")
@permission("pay:read")
def compare() -> str:
    """Every line under each of the five conventions."""
    asked = kit.asked_page()
    with open_read() as work:
        batch = _batch(work)
        rows, count = queries.lines(work, batch.id, offset=asked.offset, limit=asked.size)
        return render_template(
            "pay/compare.html", batch=queries.head_of(batch), run=_run(batch),
            page=asked.page(comparison.lines(work, batch, rows), count), sums=comparison.sums(work, batch),
            names=[(code, receipt.convention_name(code)) for code in CONVENTIONS],
            may_choose=work.actor.may("policy:propose"), printed=_printed(batch))


@pages.get("/findings")
@permission("pay:read")
def findings() -> str:
    """What was found in a year's batch, in words, each with its person."""
    asked = kit.asked_page()
    with open_read() as work:
        batch = _batch(work)
        options = [(code, str(TITLES.get(code, code))) for code, _, _ in queries.finding_counts(work, batch.id)]
        filters = kit.Filters.read([kit.Filter("code", gettext("问题"), options)])
        rows, count = queries.findings(work, batch.id, code=filters["code"], offset=asked.offset, limit=asked.size)
        return render_template("pay/findings.html", batch=queries.head_of(batch), run=_run(batch), filters=filters,
                               page=asked.page(_said(rows), count), printed=_printed(batch))


def _said(rows: Sequence[queries.FindingRow]) -> list[dict[str, Any]]:
    said = []
    for row in rows:
        reason, hint = worded(row.finding)
        text = (gettext("%(name)s，%(school)s。%(reason)s", name=row.name, school=row.school, reason=reason)
                if row.name and row.school else f"{row.name} {reason}".strip())
        said.append({"level": row.finding.level, "text": text, "hint": hint,
                     "url": url_for(".line", line_id=row.line_id) if row.line_id else "",
                     "count": gettext("算账单") if row.line_id else ""})
    return said


@pages.get("/mine")
@permission("pay:read")
def mine() -> str:
    """The reader's own lines of all years."""
    person_id = current_actor().person_id
    with open_read() as work:
        rows = queries.lines_of_person(work, person_id) if person_id is not None else []
        given = {(row.year, row.school): row.fen for row in own_awards(work) if not row.purpose} if rows else {}
    return render_template("pay/mine.html", rows=rows, months=receipt.month_ranges, states=STATES, given=given,
                           locked=LOCKED, convention_name=receipt.convention_name)


# ── the receipt ──────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/line/<number:line_id>")
@permission("pay:read")
def line(line_id: int) -> str:
    """The receipt of one line (算账单), one page of A4 on paper."""
    with open_read() as work:
        view = queries.receipt_view(work, line_id)
        aside = pay_way.aside_of(work, line_id)
        award = award_of(work, view.year, view.person_id, view.code_now) if view.state in LOCKED else None
    assumed = sum(value["basis"] == "assumed" for value in view.parameters)
    said = [worded(finding) for finding in view.findings]
    return render_template(
        "pay/line.html", view=view, aside=aside, award=award, state=_state(view, assumed),
        uppercase=uppercase(view.fen),
        formula=receipt.formula(view), rounding=receipt.rounding(view), months=receipt.months(view),
        parameters=receipt.parameters(view.parameters, view.receipt["calendar"], view.year),
        grounds=_grounds(view.parameters), source=receipt.common_source(view.parameters),
        whole_months=view.convention in WHOLE_MONTHS,
        others=[{"name": receipt.convention_name(code), "fen": fen, "mine": code == view.convention}
                for code, fen in view.others.items()],
        findings=[{"level": finding.level, "text": reason, "hint": hint}
                  for finding, (reason, hint) in zip(view.findings, said, strict=True)],
        absent=sum(row["absent_workdays"] for row in view.receipt["months"]), signatures=SIGNATURES,
        computed=f"{view.computed_at.astimezone(program().zone):%Y-%m-%d %H:%M}",
        printed=_printed(view), person_url=person_url(view.staff_no), own=current_actor().person_id == view.person_id)


def _grounds(parameters: Sequence[Any]) -> list[str]:
    """How many parameters rest on what: 文件 2, 假定 4."""
    names = {"enacted": gettext("文件"), "delegated": gettext("授权"), "assumed": gettext("假定")}
    counts = {basis: sum(value["basis"] == basis for value in parameters) for basis in names}
    return [f"{names[basis]} {count}" for basis, count in counts.items() if count]
