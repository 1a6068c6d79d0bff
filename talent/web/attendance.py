"""到岗确认: hosts by month, a host's month with its sheet and links, and what the bureau recognises."""

import tempfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from talent.core import files, terms
from talent.core.errors import NotFound
from talent.core.numbers import whole
from talent.core.periods import add_months
from talent.exchange.attendance import commands, links, queries, sheet
from talent.exchange.attendance.commands import LONGEST_ANSWER, Sheet
from talent.exchange.attendance.queries import ACCEPT, ENTER, READ, HostMonth
from talent.exchange.attendance.rules import last_of
from talent.exchange.attendance.sheet import Reading
from talent.web import kit
from talent.web.attendance_form import Row, SignedSheetForm, UploadForm, read_month, rows_of, said_of
from talent.web.kit.words import labels
from talent.web.ledgers import XLSX, tabs
from talent.web.scans import attached, hand_out, keep_scan
from talent.web.security import current_actor, open_read, open_write, permission, today
from talent.web.templating import moment
from talent.words.say import say

pages = Blueprint("attendance", __name__, url_prefix="/assistance/hosts")

REPORT = "/report/<number:report_id>"
#: How far a host is with a month.
STATES = {"missing": lazy_gettext("未确认"), "waiting": lazy_gettext("待认可"), "accepted": lazy_gettext("已确认")}
TONES = {"missing": "warn", "waiting": "waiting", "accepted": "ok", "returned": "bad"}
SIGNATURES = (lazy_gettext("受援单位经办人（签字）"), lazy_gettext("受援单位负责人（签字）"),
              lazy_gettext("受援单位（盖章）"))


class AnswerForm(kit.BaseForm):
    version = HiddenField()
    answer = TextAreaField(lazy_gettext("答复"), [Length(max=LONGEST_ANSWER)])


class PlaceForm(kit.BaseForm):
    """A host and a month, as the page had them."""

    at = HiddenField()
    month = HiddenField()


# ── the month ────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/")
@permission(READ)
def index() -> str:
    """Every host with somebody in the last months that are over; ``?month=`` is the last one shown."""
    asked, newest = kit.asked_page(), queries.months_before(today(), 1)[0]
    last = min(read_month(request.args.get("month", "")) or newest, newest)
    months = queries.months_before(add_months(last, 1), queries.ASKED_FOR)
    filters = kit.Filters.read([
        kit.Filter("q", gettext("受援单位")),
        kit.Filter("state", gettext("状态"), [(code, str(word)) for code, word in STATES.items()])])
    with open_read() as work:
        hosts, waiting = queries.hosts_of(work, months), queries.open_reports(work)
    found = [(host, by_month) for host, by_month in hosts.items() if (filters["q"] or "") in host
             and filters["state"] in ("", None, *(each.state for each in by_month.values()))]
    told = [each.state for by_month in hosts.values() for each in by_month.values()]
    return render_template(
        "attendance/index.html", months=months, waiting=waiting, moment=moment, tabs=tabs("attendance.index"),
        filters=filters, counts={code: told.count(code) for code in STATES}, states=STATES, tones=TONES,
        earlier=kit.url_with(month=f"{add_months(months[-1], -1):%Y-%m}", page=None),
        later=kit.url_with(month=f"{min(add_months(last, len(months)), newest):%Y-%m}", page=None)
        if last < newest else "",
        page=asked.page(found[asked.offset:asked.offset + asked.size], len(found)))


def _asked_place() -> tuple[str, date]:
    """The host and month of the address; NotFound for a month that is none."""
    month = read_month(request.args.get("month", ""))
    if month is None:
        raise NotFound("month", request.args.get("month", ""))
    return request.args.get("at", ""), month


def _to(host: str, month: date) -> str:
    return url_for(".show", at=host, month=f"{month:%Y-%m}")


@pages.get("/month")
@permission(READ)
def show() -> str:
    """A host's month: the sheet to be signed, what came back, how it was asked."""
    host, month = _asked_place()
    with open_read() as work:
        view = queries.host_month(work, host, month)
    return _month_page(view)


def _month_page(view: HostMonth, link: str = "") -> str:
    g.nav_entry = "pay.index"
    may_enter = current_actor().may(ENTER)
    return render_template(
        "attendance/month.html", view=view, link=link, may_enter=may_enter, moment=moment, tones=TONES,
        words={"state": labels(terms.ATTENDANCE_STATE), "via": labels(terms.ATTENDANCE_VIA),
               "appraisal": labels(terms.ASSISTANCE_APPRAISAL)},
        place={"at": view.host, "month": f"{view.month:%Y-%m}"}, signatures=SIGNATURES, today=today(),
        over=last_of(view.month) <= today())


# ── entering what was signed ─────────────────────────────────────────────────────────────────────────────────


@pages.route("/enter", methods=["GET", "POST"])
@permission(ENTER)
def enter() -> str | Response:
    """What the signed sheet says, with its scan."""
    host, month = _asked_place()
    form = SignedSheetForm()
    with open_read() as work:
        stays = queries.host_month(work, host, month).stays

    def save() -> int:
        with open_write() as work:
            said = said_of(stays)
            scan = keep_scan(work, form.scan.data, "attendance.scan_strange") if attached(form.scan.data) else None
            signed = Sheet(host, month, form.witness.data or "", form.note.data or "", scan)
            return commands.enter(work, sheet=signed, said=said)

    return kit.submit(form, save, lambda made: url_for(".report", report_id=made),
                      gettext("已登记，等另一位认可；认可以后缺勤和考核结果才写入。")) or _enter_page(
        host, month, form, rows_of(stays))


def _enter_page(host: str, month: date, form: SignedSheetForm, rows: Sequence[Row], read: Reading | None = None) -> str:
    g.nav_entry = "pay.index"
    issues = [(issue, *say(issue)) for issue in read.issues] if read is not None else []
    return render_template(
        "attendance/enter.html", form=form, upload=UploadForm(formdata=None), rows=rows, host=host, month=month,
        place={"at": host, "month": f"{month:%Y-%m}"}, to=_to(host, month), kinds=labels(terms.ABSENCE),
        appraisals=labels(terms.ASSISTANCE_APPRAISAL), issues=issues, is_read=read is not None)


@pages.get("/workbook")
@permission(ENTER)
def workbook() -> Response:
    """The month as a workbook for the host to fill in."""
    host, month = _asked_place()
    with open_read() as work:
        stays = queries.host_month(work, host, month).stays
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        sheet.write(path, stays)
        name = gettext("%(host)s %(month)s 到岗确认.xlsx", host=host, month=f"{month:%Y-%m}")
        return send_file(BytesIO(path.read_bytes()), mimetype=XLSX, as_attachment=True, download_name=name)


@pages.post("/workbook")
@permission(ENTER)
def read_workbook() -> str | Response:
    """Put what a filled workbook says into the form; nothing is saved."""
    host, month = _asked_place()
    upload = UploadForm()
    with open_read() as work:
        stays = queries.host_month(work, host, month).stays
    form = SignedSheetForm(formdata=None)
    if not upload.validate_on_submit():
        form.refusals.extend(str(text) for text in upload.file.errors)
        return _enter_page(host, month, form, rows_of(stays))
    content, name = upload.file.data.read(), upload.file.data.filename or ""
    with files.as_path(content, Path(name).suffix.lower()) as path:
        found = sheet.read_sheet(path, name, stays)
    return _enter_page(host, month, form, rows_of(stays, found.said), found)


# ── asking by a link ─────────────────────────────────────────────────────────────────────────────────────────


@pages.post("/link")
@permission(ENTER)
def make_link() -> str | Response:
    """A link for the host, shown on this answer alone."""
    form = PlaceForm()
    host, month = form.at.data or "", read_month(form.month.data or "")
    if month is None or not form.validate_on_submit():
        raise NotFound("month", form.month.data or "")
    with open_write() as work:
        code = links.make(work, host=host, month=month)
    with open_read() as work:
        view = queries.host_month(work, host, month)
    return _month_page(view, link=f"{url_for('host.index', _external=True)}#{code}")


@pages.post("/link/<number:link_id>/revoke")
@permission(ENTER)
def revoke_link(link_id: int) -> Response:
    """End a link nobody has answered."""
    with open_write() as work:
        host, month = links.revoke(work, link_id=link_id)
    flash(gettext("链接已作废，拿着它的人打不开了。"), "ok")
    return redirect(_to(host, month), 303)


# ── a report ─────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get(REPORT)
@permission(READ)
def report(report_id: int) -> str:
    """What the host said, and what recognising it writes."""
    return _report_page(report_id, AnswerForm())


@pages.post(f"{REPORT}/accept")
@permission(ACCEPT)
def accept(report_id: int) -> str | Response:
    """Recognise it: absences and appraisals are written."""
    form = AnswerForm()

    def save() -> None:
        with open_write() as work:
            commands.accept(work, report_id=report_id, version=whole(form.version.data) or 0,
                            answer=form.answer.data or "")

    return kit.submit(form, save, url_for(".report", report_id=report_id),
                      gettext("已认可，缺勤和考核结果已写入。")) or _report_page(report_id, form)


@pages.post(f"{REPORT}/return")
@permission(ACCEPT)
def send_back(report_id: int) -> str | Response:
    """Send it back with the reason."""
    form = AnswerForm()

    def save() -> None:
        with open_write() as work:
            commands.return_(work, report_id=report_id, version=whole(form.version.data) or 0,
                             answer=form.answer.data or "")

    return kit.submit(form, save, url_for(".report", report_id=report_id), gettext("已退回，理由已记下。")) or (
        _report_page(report_id, form))


@pages.get(f"{REPORT}/scan")
@permission(READ)
def scan(report_id: int) -> FlaskResponse:
    """The signed sheet as it was handed in."""
    with open_read() as work:
        name, stored_as = queries.scan_of(work, report_id)
    return hand_out(name, stored_as)


def _report_page(report_id: int, form: AnswerForm) -> str:
    with open_read() as work:
        view = queries.report(work, report_id)
        may_decide = view.row.state == "waiting" and work.actor.may(ACCEPT)
    if request.method == "GET":
        form.version.data = str(view.version)
    g.nav_entry = "pay.index"
    return render_template(
        "attendance/report.html", view=view, form=form, may_decide=may_decide, moment=moment, tones=TONES,
        place={"at": view.row.host, "month": f"{view.row.month:%Y-%m}"}, kinds=labels(terms.ABSENCE),
        words={"state": labels(terms.ATTENDANCE_STATE), "via": labels(terms.ATTENDANCE_VIA),
               "appraisal": labels(terms.ASSISTANCE_APPRAISAL)})
