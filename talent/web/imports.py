"""Imports: hand workbooks in, look at what they would change, accept or discard, undo."""

import io
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileRequired, MultipleFileField
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, SelectField

from talent.core import files
from talent.core.access import Actor
from talent.core.errors import Finding, NotFound
from talent.core.language import translated
from talent.exchange import queries, staging
from talent.exchange.kinds import BY_CODE, INTAKES
from talent.exchange.preview import ChangedRow, Preview
from talent.exchange.queries import BatchDetail
from talent.exchange.staging import Upload
from talent.exchange.undo import undo as take_back
from talent.web import kit
from talent.web.jobs import stage_of
from talent.web.security import current_actor, open_read, open_write, permission, program
from talent.web.templating import moment
from talent.words.say import say
from talent.workbooks.guard import SITE, FileRefused
from talent.workbooks.issues import Issue
from talent.workbooks.kinds import Kind
from talent.workbooks.reader import read
from talent.workbooks.writer import write_report, write_template

pages = Blueprint("imports", __name__, url_prefix="/imports")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH = "<number:batch_id>"
ERRORS_SHOWN = 200
STATES = {
    "staged": lazy_gettext("待确认"), "refused": lazy_gettext("不能入库"), "accepted": lazy_gettext("已入库"),
    "undone": lazy_gettext("已撤销"), "discarded": lazy_gettext("已放弃"),
}
DONE = {"added": lazy_gettext("新增"), "updated": lazy_gettext("更正"), "deleted": lazy_gettext("撤回"), "": ""}
TONES = {"staged": "run", "refused": "bad", "accepted": "ok", "undone": "none", "discarded": "none"}
ENCODING_NAMES = [("utf-8", "UTF-8"), ("gb18030", "GB18030（GBK）"), ("utf-16", "UTF-16")]


class UploadForm(kit.BaseForm):
    files = MultipleFileField(lazy_gettext("工作簿"), [FileRequired(lazy_gettext("没有选择文件。"))])
    as_of = kit.DayField(lazy_gettext("生效日期"))


class AcceptForm(kit.BaseForm):
    token = HiddenField()
    good_rows_only = HiddenField()
    warnings = BooleanField(lazy_gettext("提醒已看过，照此入库"))
    encoding = BooleanField(lazy_gettext("上面的文字读得对"))


class EncodingForm(kit.BaseForm):
    encoding = SelectField(lazy_gettext("文件的编码"), choices=kit.offered(ENCODING_NAMES))


# ── the list and handing in ──────────────────────────────────────────────────────────────────────────────────


@pages.get("/")
@permission("import:read")
def index() -> str:
    """The form to hand workbooks in, the templates, and past imports."""
    return _index(UploadForm())


@pages.post("/")
@permission("record:import")
def upload() -> str | Response:
    """Keep the files and have them previewed."""
    form = UploadForm()

    def save() -> int:
        handed = [Upload(item.filename, item.stream) for item in form.files.data or () if item and item.filename]
        with open_write() as work:
            return staging.stage(work, program().settings.home, handed, form.as_of.data).id

    return kit.submit(form, save, lambda batch_id: url_for(".batch", batch_id=batch_id)) or _index(form)


def _index(form: UploadForm) -> str:
    asked, actor = kit.asked_page(20), current_actor()
    source = "form" if request.args.get("source") == "form" else "file"
    states = [(code, str(word)) for code, word in STATES.items()]
    filters = kit.Filters.read([kit.Filter("state", gettext("状态"), states)])
    with open_read() as work:
        rows, total = queries.batches(work.session, actor, source=source, offset=asked.offset, limit=asked.size,
                                      state=filters["state"] if source == "file" else "")
    return render_template("imports/index.html", form=form, page=asked.page(rows, total), states=STATES, tones=TONES,
                           kinds=_kinds_for(actor), may_import=actor.may("record:import"), moment=moment,
                           source=source, filters=filters, sheets=_sheets(), done=DONE)


def _sheets() -> dict[str, str]:
    """Kind → what its sheet is called."""
    return {code: translated(intake.kind.sheet) for code, intake in BY_CODE.items()}


def _kinds_for(actor: Actor) -> list[Kind]:
    """The kinds of sheet the actor may load."""
    everything = actor.scope("record:import").everyone
    return [intake.kind for intake in INTAKES if everything or intake.school_may_load]


@pages.get("/template/<kind>")
@permission("record:import")
def template(kind: str) -> Response:
    """An empty workbook of one kind."""
    known = next((each for each in _kinds_for(current_actor()) if each.code == kind), None)
    if known is None:
        raise NotFound("kind", kind)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, [known])
        return _workbook(path, gettext("%(kind)s模板.xlsx", kind=known.sheet))


def _workbook(path: Path, name: str) -> Response:
    return send_file(io.BytesIO(path.read_bytes()), mimetype=XLSX, as_attachment=True, download_name=name)


# ── one import ───────────────────────────────────────────────────────────────────────────────────────────────


@pages.get(f"/batch/{BATCH}")
@permission("import:read")
def batch(batch_id: int) -> str:
    """What an import would change, or what became of it."""
    return _batch(batch_id, AcceptForm())


@pages.post(f"/batch/{BATCH}/accept")
@permission("record:import")
def accept(batch_id: int) -> str | Response:
    """Have the import written as it was shown."""
    form = AcceptForm()

    def save() -> None:
        ticked = frozenset(name for name in staging.CONFIRMATIONS if form[name].data)
        with open_write() as work:
            staging.accept(work, batch_id, form.token.data or "", form.good_rows_only.data == "1", ticked)

    return kit.submit(form, save, url_for(".batch", batch_id=batch_id)) or _batch(batch_id, form)


@pages.post(f"/batch/{BATCH}/again")
@permission("record:import")
def again(batch_id: int) -> Response:
    """Preview the same files once more, perhaps decoded otherwise."""
    with open_write() as work:
        staging.preview_again(work, batch_id, request.form.get("encoding", ""))
    return redirect(url_for(".batch", batch_id=batch_id), 303)


@pages.post(f"/batch/{BATCH}/discard")
@permission("record:import")
def discard(batch_id: int) -> Response:
    """Give the import up and remove its files."""
    with open_write() as work:
        stored = staging.discard(work, batch_id)
    staging.remove_files(program().settings.home, stored)
    flash(gettext("已放弃，上传的文件已删除，没有保存任何一行。"), "ok")
    return redirect(url_for(".index"), 303)


@pages.post(f"/batch/{BATCH}/undo")
@permission("record:undo")
def undo(batch_id: int) -> Response:
    """Take an accepted import back."""
    with open_write() as work:
        done = take_back(work, batch_id)
    flash(gettext("已撤销：%(restored)s 行恢复原样，%(removed)s 行删去，%(kept)s 行因后来有改动而保留。",
                  restored=done.restored, removed=done.removed, kept=len(done.kept)), "ok")
    return redirect(url_for(".batch", batch_id=batch_id), 303)


@pages.get(f"/report/{BATCH}")
@permission("record:import")
def report(batch_id: int) -> Response:
    """The user's own workbook with the bad cells marked (``?file=`` counts from 1)."""
    number = request.args.get("file", 1, type=int)
    with open_read() as work:
        uploads = queries.uploads_of(work.session, work.actor, batch_id)
        detail = queries.batch(work.session, work.actor, batch_id)
        if not 1 <= number <= len(uploads):
            raise NotFound("file", number)
        name, stored, encoding = uploads[number - 1].name, uploads[number - 1].stored_as, detail.encoding
    home = program().settings.home
    if not (files.folder(home) / stored).is_file():
        raise NotFound("file", number)
    try:
        with files.readable(home, program().vault, stored) as path:
            source = read(path, SITE, encoding=encoding or None, name=name)
    except FileRefused as refused:
        raise NotFound("file", number) from refused
    worded = [(issue, *say(issue)) for issue in detail.issues if issue.file == name]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.xlsx"
        write_report(target, source, worded)
        return _workbook(target, gettext("%(name)s（标红）.xlsx", name=Path(name).stem))


def _batch(batch_id: int, form: AcceptForm) -> str:
    actor = current_actor()
    with open_read() as work:
        detail = queries.batch(work.session, actor, batch_id)
        shared = {"detail": detail, "row": detail.row, "states": STATES, "tones": TONES, "moment": moment}
        job, seen, state = detail.job, detail.preview, detail.row.state
        if job is not None and job.waits and state in ("staged", "refused"):
            return render_template("imports/waiting.html", **shared, stage=stage_of(job))
        if seen is not None and detail.row.mine and state == "staged":
            form.token.data = staging.token_for(work, batch_id, seen.digest)
            form.good_rows_only.data = "1" if seen.errors else ""
        may_undo = state == "accepted" and actor.may("record:undo")
        forecast = queries.undo_forecast(work.session, actor, batch_id) if may_undo else None
        failed = job.findings if job is not None and job.state == "failed" else []
        return render_template(
            "imports/batch.html", **shared, seen=seen, form=form, forecast=forecast,
            refusals=[say(finding) for finding in failed],
            encoding_form=EncodingForm(formdata=None, encoding=_guess(seen)),
            mine=detail.row.mine and actor.may("record:import"), **_parts(detail))


def _guess(seen: Preview | None) -> str:
    return next(iter(seen.guessed.values()), "utf-8") if seen is not None else "utf-8"


def _parts(detail: BatchDetail) -> Mapping[str, Any]:
    """The lists of the page: errors, and what the tab in hand shows."""
    seen = detail.preview
    counts = {"update": seen.total("updated"), "add": seen.total("added"), "delete": seen.total("deleted"),
              "warning": seen.warnings} if seen is not None else {}
    tabs = [name for name, count in counts.items() if count and seen is not None and (seen.rows or name == "warning")]
    tab = request.args.get("tab", "")
    tab = tab if tab in tabs else next(iter(tabs), "")
    rows = [row for row in seen.rows if row.action == tab] if seen is not None else []
    filters = kit.Filters.read([kit.Filter("column", gettext("列"), _changed_columns(rows) if tab == "update" else ())])
    if tab == "update" and filters["column"]:
        rows = [row for row in rows if any(cell[0] == filters["column"] for cell in row.cells)]
    errors = [issue for issue in detail.issues if issue.level == "error"]
    warnings = [issue for issue in detail.issues if issue.level == "warning"]
    return {"errors": [_worded(issue) for issue in errors[:ERRORS_SHOWN]], "tabs": tabs, "tab": tab, "counts": counts,
            "filters": filters, "page": _paged(rows, warnings, tab),
            "kinds": _sheets(), "done": DONE}


def _changed_columns(rows: list[ChangedRow]) -> list[tuple[str, str]]:
    """The columns that change, the most frequent first, each with its count."""
    headers = Counter(cell[0] for row in rows for cell in row.cells)
    return [(name, f"{name} {count}") for name, count in headers.most_common()]


def _paged(rows: list[ChangedRow], warnings: list[Issue], tab: str) -> kit.Page[Any]:
    asked = kit.asked_page(50)
    if tab == "warning":
        shown = [_worded(issue) for issue in warnings[asked.offset : asked.offset + asked.size]]
        return asked.page(shown, len(warnings))
    return asked.page(rows[asked.offset : asked.offset + asked.size], len(rows))


def _worded(issue: Issue) -> dict[str, Any]:
    reason, hint = say(Finding(issue.code, params=issue.params))
    return {"file": issue.file, "sheet": issue.sheet, "row": issue.row, "cell": issue.cell, "column": issue.column,
            "value": issue.value, "reason": reason, "hint": hint}
