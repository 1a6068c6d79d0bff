"""Paying out a locked year: how far it is, drawing a payroll file, the file with what the bank said, settling."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, send_file, url_for
from flask_babel import gettext, lazy_gettext, to_user_timezone
from werkzeug.wrappers import Response
from wtforms import HiddenField

from talent.core import files
from talent.core.errors import NotFound
from talent.core.money import uppercase
from talent.core.work import Work
from talent.pay.payout import commands, documents, queries
from talent.pay.payout.queries import YearView
from talent.pay.payout.rules import KINDS, SchoolStand
from talent.reports import signing
from talent.web import kit
from talent.web.pay import pages
from talent.web.security import current_actor, open_read, open_write, permission, program
from talent.web.templating import moment, money

YEAR = "/payout/<number:year>"
FILE = "/payout/file/<number:payout_id>"
MIME = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
FORMS = {
    "xlsx": lazy_gettext("发放表（财务）"), "csv": lazy_gettext("银行代发表（UTF-8）"),
    "csv_gb18030": lazy_gettext("银行代发表（GB18030）"), "voucher": lazy_gettext("记账凭证"),
    "signatures": lazy_gettext("各校签领表"),
}
OUTCOMES = {"paid": lazy_gettext("已付"), "failed": lazy_gettext("银行退回"), "pending": lazy_gettext("等银行回盘")}
TONES = {"paid": "ok", "failed": "bad", "pending": "waiting"}
WHYS = {
    "no_split": lazy_gettext("学校还没有提交分配"), "other_split": lazy_gettext("分配与账簿总量不一致，等学校重新分配"),
    "due": lazy_gettext("还没有制发放批"), "pending": lazy_gettext("在银行，等回盘"),
    "failed": lazy_gettext("银行退回，待重发"), "back": lazy_gettext("多付，待扣回"),
    "booked": lazy_gettext("账簿与银行结果不一致"),
}


class DrawForm(kit.BaseForm):
    seal = HiddenField()


def kind_names() -> dict[str, str]:
    """Kind of file → its name."""
    return {"regular": gettext("发放"), "reissue": gettext("重发")}


# ── the year ─────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/payout/")
@permission("payout:read")
def payouts() -> Response:
    """The newest year that was locked."""
    with open_read() as work:
        years = queries.locked_years(work)
    if not years:
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".payout_year", year=years[0]), 303)


@pages.get(YEAR)
@permission("payout:read")
def payout_year(year: int) -> str:
    """A year between schools and bank: steps, files, returns, and what is owed."""
    with open_read() as work:
        view, years = queries.year_view(work, year), queries.locked_years(work)
    tabs = [{"label": gettext("%(year)s 年", year=each), "url": url_for(".payout_year", year=each),
             "current": each == year} for each in years]
    return render_template(
        "payout/year.html", view=view, year=year, tabs=tabs, chain=_steps(view), facts=_facts(view),
        open_points=_open_points(view.book.asked, year), acts=_acts(view, year), kinds=kind_names(), moment=moment,
        may_settle=current_actor().may("pay:settle") and not view.closed)


def _steps(view: YearView) -> list[dict[str, Any]]:
    """How far the year is: locked, split, in files, answered, settled."""
    book, sums = view.book, view.totals
    schools = len(book.asked)
    split = bool(schools) and all(school.split == school.standing for school in book.asked)
    paid = split and not sums["pending"] and not sums["failed"] and not sums["due"]
    steps = [
        (gettext("锁定"), gettext("已记入账簿"), True),
        (gettext("学校分配"), gettext("%(n)s / %(total)s 所", n=view.split_schools, total=schools), split),
        (gettext("制发放批"), gettext("%(n)s 批", n=len(view.files)), book.issued),
        (gettext("银行回盘"), gettext("%(n)s 次", n=sum(row.state == "accepted" for row in view.returns)), paid),
        (gettext("付清"), gettext("三方一致"), set(view.states) == {"paid"}),
    ]
    return kit.chain(steps)


def _facts(view: YearView) -> list[dict[str, Any]]:
    sums, year = view.totals, view.book.year

    def of(label: str, name: str, note: str, why: str, tone: str = "") -> dict[str, Any]:
        return {"label": label, "value": money(sums[name]), "unit": gettext("元"), "note": note,
                "href": url_for(".payout_people", year=year, why=why or None), "tone": tone if sums[name] else ""}

    return [
        of(gettext("学校分配合计"), "split", gettext("账簿总量 %(sum)s", sum=money(sums["standing"])), ""),
        of(gettext("银行已付"), "paid", gettext("回盘收下后记账"), "paid"),
        of(gettext("在银行"), "pending", gettext("等回盘"), "pending"),
        of(gettext("待重发"), "failed", gettext("银行退回，仍欠本人"), "failed", "bad"),
        of(gettext("待扣回"), "back", gettext("多付的，不从别人处扣"), "back", "bad"),
    ]


def _open_points(schools: Sequence[SchoolStand], year: int) -> list[dict[str, Any]]:
    """What keeps ledger, splits and bank from being equal, by kind."""
    found: dict[str, tuple[int, int]] = {}
    for school in schools:
        for why, fen in school.differences:
            count, total = found.get(why, (0, 0))
            found[why] = count + 1, total + fen
    urls = {"no_split": url_for(".reconcile", year=year), "other_split": url_for(".reconcile", year=year)}
    return [{"level": "error" if why in ("failed", "back", "booked") else "warning", "text": str(WHYS[why]),
             "hint": gettext("%(n)s 所学校，%(sum)s 元", n=count, sum=money(total)), "count": gettext("去看"),
             "url": urls.get(why) or url_for(".payout_people", year=year, why=why if why in queries.WHYS else None)}
            for why, (count, total) in found.items()]


def _acts(view: YearView, year: int) -> list[tuple[str, str]]:
    """(label, address) of what this reader can do now."""
    acts: list[tuple[str, str]] = []
    if view.closed:
        return acts
    if current_actor().may("pay:export"):
        if view.regular.items:
            acts.append((gettext("制发放批（%(n)s 笔）", n=len(view.regular.items)),
                         url_for(".draw", year=year, kind="regular")))
        if view.again.items:
            acts.append((gettext("重发（%(n)s 笔）", n=len(view.again.items)),
                         url_for(".draw", year=year, kind="reissue")))
    if current_actor().may("pay:settle") and any(row.pending for row in view.files):
        acts.append((gettext("上传回盘"), url_for(".upload_return", year=year)))
    return acts


@pages.post(f"{YEAR}/settle")
@permission("pay:settle")
def settle(year: int) -> Response:
    """All is paid, and the three accounts agree."""
    with open_write() as work:
        commands.settle(work, year=year)
    return redirect(url_for(".payout_year", year=year), 303)


# ── drawing a file ───────────────────────────────────────────────────────────────────────────────────────────


@pages.route(f"{YEAR}/draw/<kind>", methods=["GET", "POST"])
@permission("pay:export")
def draw(year: int, kind: str) -> str | Response:
    """What a file would pay, and the act of making it."""
    if kind not in KINDS:
        raise NotFound("payout", kind)
    form = DrawForm()

    def save() -> int:
        with open_write() as work:
            return commands.draw(work, program().settings, year=year, kind=kind, seen=form.seal.data or "").id

    done = kit.submit(form, save, lambda made: url_for(".payout_file", payout_id=made),
                      gettext("发放批已制成，下载后送银行。"))
    return done or _draw_page(year, kind, form)


def _draw_page(year: int, kind: str, form: DrawForm) -> str:
    asked = kit.asked_page()
    with open_read() as work:
        planned = queries.planned(work, year, kind)
    if request.method == "GET":
        form.seal.data = planned.seal
    book = planned.book
    rows = [(book.schools[item.school_id], book.who[item.person_id, item.school_id], item)
            for item in planned.items[asked.offset:asked.offset + asked.size]]
    return render_template("payout/draw.html", year=year, kind=kind, kinds=kind_names(), form=form, plan=planned,
                           page=asked.page(rows, len(planned.items)), uppercase=uppercase(planned.total),
                           held=[school for school in book.asked
                                 if school.held or (kind == "regular" and school.split is None)])


# ── one file ─────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get(FILE)
@permission("payout:read")
def payout_file(payout_id: int) -> str:
    """A payroll file: its sum and fingerprint, its forms, and every item with what the bank said."""
    asked = kit.asked_page()
    filters = kit.Filters.read([kit.Filter("outcome", gettext("结果"), [(code, str(word)) for code, word in
                                                                        OUTCOMES.items()])])
    with open_read() as work:
        view = queries.file_view(work, payout_id, outcome=filters["outcome"], offset=asked.offset, limit=asked.size)
    return render_template(
        "payout/file.html", view=view, payout=view.payout, filters=filters, page=asked.page(view.items, view.total),
        kinds=kind_names(), outcomes=OUTCOMES, tones=TONES, moment=moment, uppercase=uppercase(view.payout.total_fen),
        forms=[(form, FORMS[form]) for form in FORMS if form in view.forms])


@pages.post(f"{FILE}/download/<form>")
@permission("payout:read")
def download(payout_id: int, form: str) -> FlaskResponse:
    """The bytes as they were made; who took them away is on record."""
    with open_write() as work:
        name, stored_as = _stored(work, payout_id, form)
    content = files.content(program().settings.home, program().vault, stored_as)
    return send_file(BytesIO(content), MIME["csv" if form.startswith("csv") else "xlsx"], as_attachment=True,
                     download_name=name)


def _stored(work: Work, payout_id: int, form: str) -> tuple[str, str]:
    if form not in documents.NAMES:
        raise NotFound("pay_payout", payout_id)
    kept = commands.hand_out(work, payout_id=payout_id, form=form)
    return kept.name, kept.stored_as


@pages.post(f"{FILE}/paper")
@permission("payout:read")
def signature_paper(payout_id: int) -> FlaskResponse:
    """The signature sheets as paper, a page or more for each school; the same items make the same pages."""
    with open_write() as work:
        payout, schools = commands.hand_out_paper(work, payout_id=payout_id)
        sheet = signing.Sheet(
            program().settings.bureau, payout.year, payout.number, to_user_timezone(payout.drawn_at).date(),
            [signing.School(name, [signing.Line(item.staff_no, item.name, item.fen) for item in items])
             for name, items in schools])
    name = gettext("%(year)s 年帮扶支教激励第 %(n)s 批签领表.pdf", year=sheet.year, n=sheet.number)
    return send_file(BytesIO(signing.paper(program().settings, sheet)), "application/pdf", as_attachment=True,
                     download_name=name)
