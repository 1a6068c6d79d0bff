"""A split filled in as a workbook: handed out, handed in again, shown with all it would change before it is kept."""

from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO
from pathlib import Path

from flask import render_template, send_file, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response

from talent.core import files
from talent.core.money import plain
from talent.pay.awards import uploads
from talent.pay.awards.merging import Given
from talent.pay.awards.sheets import Reading, read_sheet
from talent.web import kit
from talent.web.awards import SPLIT, VersionForm, drafted, method_names, number
from talent.web.pay import pages
from talent.web.payout import MIME
from talent.web.security import open_read, open_write, permission
from talent.words.say import say
from talent.workbooks.issues import Issue

ISSUES_SHOWN = 200


class SheetForm(kit.BaseForm):
    file = FileField(lazy_gettext("填好的分配表"), [FileRequired(lazy_gettext("没有选择文件。"))])


@pages.post(f"{SPLIT}/sheet/download")
@permission("award:draw")
def download_split(year: int, code: str) -> Response:
    """The draft as a workbook, a row for each person."""
    with open_write() as work:
        view = drafted(work, year, code)
        method = method_names()[view.split.method] if view.split else ""
        content = uploads.download(work, year=year, code=code, method=method)
    name = gettext("%(school)s：%(year)s 年度分配草案", school=view.school, year=year)
    return send_file(BytesIO(content), MIME["xlsx"], as_attachment=True, download_name=f"{name}.xlsx")


@pages.route(f"{SPLIT}/sheet", methods=["GET", "POST"])
@permission("award:draw")
def split_sheet(year: int, code: str) -> str:
    """Hand in a workbook: every remark on it, else what it would change."""
    form = SheetForm()
    with open_read() as work:
        view = drafted(work, year, code)
    to, reading = url_for(".split", year=year, code=code), Reading()
    if form.validate_on_submit():
        content, name = form.file.data.read(), form.file.data.filename or ""
        with files.as_path(content, Path(name).suffix.lower()) as path:
            reading = read_sheet(path, name)
        if not reading.errors:
            return _preview(year, code, reading, to)
    return render_template("awards/sheet.html", form=form, view=view, to=to, issues=_said(reading.errors),
                           count=len(reading.errors))


def _preview(year: int, code: str, reading: Reading, to: str) -> str:
    """What the sheet would change; the form that keeps it carries what it says, and the version it was held beside."""
    with open_read() as work:
        view, merged = uploads.merged(work, year, code, reading.rows)
    form = VersionForm(formdata=None, data={"version": str(view.version)})
    issues = [*merged.issues, *(issue for issue in reading.issues if issue.level == "warning")]
    return render_template(
        "awards/preview.html", form=form, view=view, merged=merged, to=to, methods=method_names(), plain=plain,
        issues=_said(issues), count=len(issues), points=_points,
        served=[(row.staff_no, _value(merged.method, row)) for row in merged.rows if not row.purpose],
        extras=[(row.staff_no, row.purpose, plain(row.fen)) for row in merged.rows if row.purpose])


def _value(method: str, row: Given) -> str:
    """What the form of the draft would have typed beside a person."""
    return _points(row.points) if method == "points" else plain(row.fen)


def _points(hundredths: int | None) -> str:
    return number(Fraction(hundredths or 0, 100))


def _said(issues: Sequence[Issue]) -> list[tuple[Issue, str, str]]:
    return [(issue, *say(issue)) for issue in issues[:ISSUES_SHOWN]]
