"""How schools split their allotment: all schools of a year, a school's own split with its acts, and one's own sum."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, ClassVar

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from talent.core import terms
from talent.core.errors import Conflict, NotFound
from talent.core.language import translated
from talent.core.money import uppercase
from talent.core.numbers import whole
from talent.core.work import Work
from talent.pay.awards import commands, queries
from talent.pay.awards.commands import DRAW, SUBMIT, Place
from talent.pay.awards.queries import OwnAward, SchoolSplit, SplitView
from talent.pay.awards.terms import counts_months, notice_days
from talent.web import kit
from talent.web.pay import pages
from talent.web.pay_way import said
from talent.web.scans import attached, hand_out, keep_scan
from talent.web.security import current_actor, open_read, open_write, permission, today
from talent.web.templating import moment, money, pct

SPLIT = "/awards/<number:year>/<code>"
STATES = {"missing": lazy_gettext("还没有分配"), "draft": lazy_gettext("分配草案"), "submitted": lazy_gettext("已提交"),
          "stale": lazy_gettext("总量已变，待重新分配")}
TONES = {"missing": "warn", "draft": "waiting", "submitted": "ok", "stale": "warn"}
SIGNATURES = (lazy_gettext("经办人（签字）"), lazy_gettext("学校负责人（签字）"), lazy_gettext("学校（盖章）"))


class VersionForm(kit.BaseForm):
    """An act on the draft that somebody saw."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version the page showed, 0 where there was no draft."""
        return whole(self.version.data) or 0


class NoticeForm(VersionForm):
    places: ClassVar[Mapping[str, str]] = {"pay.award_notice_strange": "scan"}
    start = kit.DayField(lazy_gettext("公示开始"), [InputRequired()])
    end = kit.DayField(lazy_gettext("公示结束"), [InputRequired(), kit.not_before("start")])
    where = StringField(lazy_gettext("公示地点或方式"), [InputRequired(), Length(max=200)])
    scan = FileField(lazy_gettext("公示文件"))
    note = TextAreaField(lazy_gettext("备注"), [Length(max=500)])


class SubmitForm(VersionForm):
    seal = HiddenField()
    reason = TextAreaField(lazy_gettext("理由"), [Length(max=500)])


# ── all schools of a year ────────────────────────────────────────────────────────────────────────────────────


@pages.get("/awards")
@permission("award:read")
def splits() -> str | Response:
    """How far every school is with a year; a teacher is led to their own sum."""
    scope = current_actor().require("award:read")
    if not scope.everyone and not scope.schools:
        return redirect(url_for(".own_awards"), 303)
    asked = kit.asked_page()
    states = [(code, str(word)) for code, word in STATES.items()]
    filters = kit.Filters.read([kit.Filter("state", gettext("进度"), states)])
    with open_read() as work:
        years = queries.years(work)
        year = request.args.get("year", years[0] if years else today().year - 1, type=int)
        rows = queries.schools_of(work, year) if year in years else []
        if years and year not in years:
            raise NotFound("year", year)
    tabs = [{"label": gettext("%(year)s 年", year=each), "url": url_for(".splits", year=each), "current": each == year}
            for each in years]
    found = [row for row in rows if filters["state"] in ("", None, row.state)]
    return render_template(
        "awards/schools.html", year=year, tabs=tabs, rows=rows, facts=_facts(rows), filters=filters,
        page=asked.page(found[asked.offset:asked.offset + asked.size], len(found)), states=STATES, tones=TONES,
        moment=moment, share=share, printed=_printed())


def _facts(rows: Sequence[SchoolSplit]) -> list[dict[str, Any]]:
    counts = {state: sum(row.state == state for row in rows) for state in STATES}
    submitted = [row for row in rows if row.state == "submitted"]
    return [
        {"label": gettext("有总量的学校"), "value": str(len(rows)), "unit": gettext("所")},
        {"label": gettext("总量合计"), "value": money(sum(row.allotment_fen for row in rows)), "unit": gettext("元"),
         "note": gettext("账簿上现有的数")},
        {"label": gettext("已提交"), "value": str(len(submitted)), "unit": gettext("所"),
         "note": gettext("%(sum)s 元", sum=money(sum(row.allotment_fen for row in submitted)))},
        {"label": gettext("未分配"), "value": str(len(rows) - len(submitted)), "unit": gettext("所"),
         "note": gettext("其中已有草案 %(n)s 所，总量有变 %(stale)s 所", n=counts["draft"], stale=counts["stale"])},
    ]


def share(part: int, whole: int) -> str:
    """A part of a sum in per cent, — of nothing."""
    return pct(Fraction(part, whole)) if whole else "—"


def method_names() -> dict[str, str]:
    """Code → name of every way to split."""
    return {code: translated(word) for word, code in terms.AWARD_METHOD.items()}


def _printed() -> dict[str, Any]:
    return {"as_of": today(), "on": today()}


# ── a school's own split ─────────────────────────────────────────────────────────────────────────────────────


@pages.get(SPLIT)
@permission("award:read")
def split(year: int, code: str) -> str:
    """What the school has to split, and its draft or what it submitted, with the next act."""
    with open_read() as work:
        view = queries.split_view(work, year, code, number=request.args.get("no", 0, type=int))
        days = notice_days(work.book, work.today)
    own = view.split is not None and view.split.drawn_by == current_actor().user_id
    draft = view.split is not None and view.split.state == "draft"
    return render_template(
        "awards/split.html", view=view, missing=said(view.missing), minority=said(view.minority), draft=draft,
        steps=_steps(view), facts=_split_facts(view), methods=method_names(), share=share, moment=moment,
        states={code: translated(word) for word, code in terms.AWARD_STATE.items()}, notice_days=days, own=own,
        by_months=counts_months(view.ground.convention), uppercase=uppercase(view.awarded_fen), printed=_printed(),
        signatures=SIGNATURES, may_draw=DRAW in view.may, may_submit=SUBMIT in view.may,
        to=url_for(".splits", year=year))


def _steps(view: SplitView) -> list[dict[str, Any]]:
    """Where the split stands: drawn, put up, submitted."""
    row = view.split
    done = row is not None and row.state != "draft"
    waits = any(each.code in ("pay.award_notice_missing", "pay.award_notice_running") for each in view.missing)
    drawn = _by(row.drawn_by_name, row.drawn_at) if row else gettext("学校经办人")
    noticed = gettext("至 %(day)s", day=row.notice_to) if row and row.notice_to else gettext("尚未登记")
    submitted = _by(row.submitted_by_name, row.submitted_at) if row and done else gettext("须另一人")
    steps = [
        (gettext("锁定总量"), gettext("%(sum)s 元", sum=money(view.ground.allotment_fen)), True),
        (gettext("作分配草案"), drawn, row is not None), (gettext("校内公示"), noticed, row is not None and not waits),
        (gettext("提交"), submitted, done),
    ]
    return kit.chain(steps)


def _by(name: str, at: datetime | None) -> str:
    return f"{name} {moment(at)[5:10]}"


def _split_facts(view: SplitView) -> list[dict[str, Any]]:
    whole, left = view.split.allotment_fen if view.split else view.ground.allotment_fen, view.left_fen
    lines = url_for(".school", code=view.code, year=view.year)
    facts = [{"label": gettext("本校总量"), "value": money(whole), "unit": gettext("元"), "href": lines,
              "note": gettext("点开看逐人算账单")}]
    if view.split is None:
        return [*facts, {"label": gettext("帮扶支教人员"), "value": str(len(view.ground.people)), "unit": gettext("人"),
                         "href": lines, "note": gettext("还没有分配")}]
    given = view.participants_fen
    return [
        *facts,
        {"label": gettext("已分"), "value": money(view.awarded_fen), "unit": gettext("元"), "href": "#rows",
         "note": gettext("%(n)s 行", n=len(view.rows))},
        {"label": gettext("多分") if left < 0 else gettext("还差"), "value": money(abs(left)), "unit": gettext("元"),
         "tone": "bad" if left else "", "note": gettext("须一分不差")},
        {"label": gettext("帮扶支教人员所得"), "value": share(given, whole), "href": "#rows",
         "note": gettext("%(sum)s 元，须占主要部分", sum=money(given))},
    ]


def _place(work: Work, year: int, code: str, version: int) -> Place:
    return Place(year, queries.school_in_reach(work, year, code).id, version)


@pages.post(f"{SPLIT}/draw")
@permission("award:draw")
def draw_split(year: int, code: str) -> Response:
    """A draft by one of the templates; a draft there is drawn anew."""
    method = request.form.get("method", "")
    with open_write() as work:
        commands.draw(work, place=_place(work, year, code, VersionForm().seen), method=method)
    if method in ("points", "by_hand"):
        return redirect(url_for(".edit_split", year=year, code=code), 303)
    flash(gettext("已作分配草案，各人之和等于总量。"), "ok")
    return redirect(url_for(".split", year=year, code=code), 303)


@pages.post(f"{SPLIT}/withdraw")
@permission("award:draw")
def withdraw_split(year: int, code: str) -> Response:
    """Throw the draft away."""
    with open_write() as work:
        commands.withdraw(work, place=_place(work, year, code, VersionForm().seen))
    flash(gettext("已撤回分配草案；已提交的不受影响。"), "ok")
    return redirect(url_for(".split", year=year, code=code), 303)


def drafted(work: Work, year: int, code: str) -> SplitView:
    """The school's draft with its sums; a conflict where it was submitted or withdrawn meanwhile."""
    view = queries.split_view(work, year, code)
    if not view.version:
        raise Conflict("pay_distribution_gone")
    return view


@pages.route(f"{SPLIT}/notice", methods=["GET", "POST"])
@permission("award:draw")
def split_notice(year: int, code: str) -> str | Response:
    """From when to when, and where, the school put its draft up."""
    form = NoticeForm()
    with open_read() as work:
        view, days = drafted(work, year, code), notice_days(work.book, work.today)
    if request.method == "GET" and view.split:
        form.version.data = str(view.version)
        form.start.data, form.end.data = view.split.notice_from, view.split.notice_to
        form.where.data, form.note.data = view.split.notice_place, view.split.note

    def save() -> None:
        with open_write() as work:
            place, scan = _place(work, year, code, form.seen), form.scan.data
            kept = keep_scan(work, scan, "pay.award_notice_strange") if attached(scan) else None
            start, end = form.start.data or work.today, form.end.data or work.today  # both are required
            commands.post_notice(work, place=place, start=start, end=end, file_id=kept, where=form.where.data or "",
                                 note=form.note.data or "")

    to = url_for(".split", year=year, code=code)
    done = kit.submit(form, save, to, gettext("已登记校内公示。"))
    return done or render_template("awards/notice.html", form=form, view=view, days=days, to=to)


@pages.get(f"{SPLIT}/notice/<number:number>")
@permission("award:read")
def split_notice_file(year: int, code: str, number: int) -> FlaskResponse:
    """The school's notice as it was handed in, to be saved."""
    with open_read() as work:
        kept = queries.notice_file(work, year, code, number)
    return hand_out(*kept)


@pages.route(f"{SPLIT}/submit", methods=["GET", "POST"])
@permission("award:submit")
def submit_split(year: int, code: str) -> str | Response:
    """The school's decision, by somebody who did not draw it."""
    form = SubmitForm()
    with open_read() as work:
        view = drafted(work, year, code)
    form.reason.flags.required = bool(view.minority)  # shown where it is asked for alone; the command insists
    if request.method == "GET" and view.split:
        form.version.data, form.seal.data = str(view.version), view.split.content_hash

    def save() -> None:
        with open_write() as work:
            commands.submit(work, place=_place(work, year, code, form.seen), seen=form.seal.data or "",
                            reason=form.reason.data or "")

    to = url_for(".split", year=year, code=code)
    done = kit.submit(form, save, to, gettext("已提交，按这份分配发放。"))
    return done or render_template(
        "awards/submit.html", form=form, view=view, to=to, missing=said(view.missing), minority=said(view.minority),
        uppercase=uppercase(view.awarded_fen), share=share)


# ── one's own ────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/awards/mine")
@permission("award:read")
def own_awards() -> str:
    """What the reader was given by their school, and how it came about."""
    with open_read() as work:
        rows = queries.own_awards(work)
    return render_template("awards/mine.html", rows=[(row, explained(row)) for row in rows], moment=moment)


def explained(row: OwnAward) -> str:
    """How a sum came about, in one sentence, without anybody else's."""
    if row.weight is None:
        if row.purpose:
            return gettext("学校在总量 %(sum)s 元里列支的一行。", sum=money(row.allotment_fen))
        return gettext("学校在总量 %(sum)s 元里逐人写定。", sum=money(row.allotment_fen))
    facts = {"sum": money(row.allotment_fen - row.fixed_fen), "mine": number(row.weight), "all": number(row.weights),
             "fen": money(row.fen)}
    sentence: Mapping[str, str] = {
        "months": gettext("%(sum)s 元 × 本人 %(mine)s ÷ 全体 %(all)s（按计入的月或天）= %(fen)s 元", **facts),
        "points": gettext("%(sum)s 元 × 本人 %(mine)s 分 ÷ 全体 %(all)s 分 = %(fen)s 元", **facts),
        "equal": gettext("%(sum)s 元 ÷ %(all)s 人 = %(fen)s 元", **facts),
    }
    return sentence[row.method]


def number(exact: Fraction) -> str:
    """A weight as people write it: 12, 2.5, else as a fraction."""
    hundredths = exact * 100
    if exact.denominator == 1 or hundredths.denominator != 1:
        return str(exact)
    return "{}.{:02d}".format(*divmod(int(hundredths), 100)).rstrip("0")
