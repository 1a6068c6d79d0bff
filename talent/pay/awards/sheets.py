"""A draft as a workbook to be filled in at the desk: written with the mark of the draft it is of, and read again.

The sheet carries its mark in every row, so that it is known what the person had before them; nothing here touches
the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from talent.core.money import yuan
from talent.pay.awards.merging import Standing, Typed
from talent.pay.awards.writing import LONGEST_PURPOSE
from talent.workbooks.forms import Cell, Form, write_forms
from talent.workbooks.guard import SITE, FileRefused
from talent.workbooks.headers import Layout, match_workbook
from talent.workbooks.issues import Issue, cell_name
from talent.workbooks.kinds import CellType, Column, Kind
from talent.workbooks.reader import read
from talent.workbooks.rows import ParsedRow, parse

#: The largest sum (in yuan) and number of points a cell or a field takes.
MOST_YUAN, MOST_POINTS = 100_000_000, 1_000_000
#: What the column of shares is headed with where it holds points, which are read, and where it only informs.
POINTS, SHARES = "积分", "计入月数或天数"
KIND: Final = Kind("award_split", "分配", (
    Column("staff_no", "工号", CellType.CODE, required=True, key=True, max_length=40),
    Column("name", "姓名", CellType.TEXT, max_length=80),
    Column("points", POINTS, CellType.DECIMAL, minimum=0, maximum=MOST_POINTS),
    Column("fen", "金额", CellType.DECIMAL, required=True, minimum=0, maximum=MOST_YUAN),
    Column("purpose", "名目", CellType.TEXT, max_length=LONGEST_PURPOSE, header_aliases=("用途", "类别")),
    Column("note", "备注", CellType.TEXT),
    Column("mark", "草案标记", CellType.CODE, max_length=80, note="下载时写入，请勿改动"),
))
_WIDTHS: Final = (14, 12, 16, 16, 22, 30, 30)


@dataclass
class Reading:
    """What a workbook says, and every remark on it."""

    rows: list[Typed] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def errors(self) -> list[Issue]:
        return [issue for issue in self.issues if issue.level == "error"]


def read_sheet(path: Path, name: str) -> Reading:
    """Read a filled-in sheet by the ordinary reader's rules. A column of months or days is not a column of points."""
    reading = Reading()
    try:
        matches = match_workbook(read(path, SITE, name=name), [KIND])
    except FileRefused as refused:
        reading.issues.append(Issue(name, "", None, None, None, None, refused.code, refused.params))
        return reading
    reading.issues += [issue for issue in matches.issues if SHARES not in str(issue.params)]
    for sheet, layout in matches.sheets:
        parsed = parse(sheet, layout)
        reading.issues += [issue for issue in parsed.issues if issue.code != "workbooks.totals_row"]
        reading.rows += [_typed(row, layout, sheet.name, sheet.first_column, name) for row in parsed.rows]
    if not reading.rows and not reading.errors:
        reading.issues.append(Issue(name, "", None, None, None, None, "pay.split_empty"))
    return reading


def _typed(row: ParsedRow, layout: Layout, sheet: str, first_column: int, file: str) -> Typed:
    cells = {each.column.name: cell_name(row.number, first_column + each.index) for each in layout.fields}

    def said(name: str) -> str:
        return str(row.values.get(name) or "").strip()

    fen, points = row.values["fen"], row.values.get("points")
    assert isinstance(fen, int)
    return Typed(file, sheet, row.number, cells, said("staff_no"), said("name"),
                 points if isinstance(points, int) else None, fen, said("purpose"), said("mark"))


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────


def write_sheet(
    standing: Standing, school: str, served: Mapping[str, tuple[Cell, int]], method: str, made_at: datetime
) -> bytes:
    """The draft as a workbook; ``served`` says of who served what was counted and what it brought the school."""
    by_points = standing.method == "points"
    heads = [column.header for column in KIND.columns]
    heads[2] = POINTS if by_points else SHARES
    rows = list(_rows(standing, served, by_points))
    total = sum(given.fen for given in standing.given)
    title = f"{school}{standing.year}年度帮扶支教激励分配草案"
    return write_forms([Form(
        KIND.sheet, title, heads, _WIDTHS, rows, _notes(standing, method, by_points),
        [["合计", None, None, _yuan(total), None, None, None]])], made_at)


def _rows(
    standing: Standing, served: Mapping[str, tuple[Cell, int]], by_points: bool
) -> Iterable[Sequence[Cell]]:
    given = {each.staff_no: each for each in standing.given if not each.purpose}
    for staff_no, name in standing.served.items():
        each = given.get(staff_no)
        counted, brought = served[staff_no]
        share = _hundredths(each.points) if each and by_points else counted
        yield [staff_no, name, None if by_points and each is None else share, _yuan(each.fen if each else 0), "",
               f"计入总量 {yuan(brought)} 元", standing.mark]
    for each in standing.given:
        if each.purpose:
            yield [each.staff_no, each.name, None, _yuan(each.fen), each.purpose, "", standing.mark]


def _notes(standing: Standing, method: str, by_points: bool) -> list[str]:
    whole = f"总量 {yuan(standing.allotment_fen)} 元，办法：{method}。"
    how = ("帮扶支教人员改“积分”，金额由系统按积分算；其他人员改“金额”。" if by_points else
           "改“金额”一列；改过的存为逐人填写的草案。")
    return [whole, "“金额”一列合计须等于总量，一分不差；不等的只能存为草案。", how,
            "没有帮扶支教、但由学校列支的人，另起一行写工号、金额和名目；帮扶支教人员的名目空着，不分的写 0。",
            "“草案标记”请勿改动，新加的行可以空着；合计一行不读。改好后在原来的页面上传。"]


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def _hundredths(points: int | None) -> Cell:
    return None if points is None else Decimal(points).scaleb(-2)
