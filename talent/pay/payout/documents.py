"""The forms a payroll file is kept in: the finance office's table, the bank's table, voucher lines, signature sheets.

No account numbers of people are kept here: the bank's table names staff number and name. The same items give the same
bytes, so that a file can be proved from its items.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import StringIO
from itertools import groupby
from typing import Final

from talent.core.money import plain, uppercase
from talent.workbooks.forms import Cell, Form, write_forms

#: A cell that a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝")
BANK_HEADS: Final = ("序号", "流水号", "工号", "姓名", "金额", "附言")
SIGNATURES: Final = ("制表", "复核", "审批")


@dataclass(frozen=True, slots=True)
class Line:
    """One item as it is printed. ``note`` says of which item it is a reissue."""

    number: int
    reference: str
    school_code: str
    school: str
    staff_no: str
    name: str
    fen: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One payroll file. ``accounts`` are the voucher's debit and credit; ``assumed`` where nobody decided them."""

    bureau: str
    year: int
    number: int
    again: bool
    made_on: str
    made_by: str
    made_at: datetime
    lines: Sequence[Line]
    accounts: Mapping[str, str]
    assumed: bool

    @property
    def total(self) -> int:
        return sum(line.fen for line in self.lines)

    @property
    def title(self) -> str:
        kind = "重发" if self.again else "发放"
        return f"{self.year} 年度帮扶支教激励{kind}表（第 {self.number} 批）"

    @property
    def by_school(self) -> list[tuple[str, str, list[Line]]]:
        """(code, name, lines) of each school, by code."""
        groups = groupby(sorted(self.lines, key=lambda line: (line.school_code, line.number)),
                         key=lambda line: (line.school_code, line.school))
        return [(code, name, list(lines)) for (code, name), lines in groups]


def decimal(fen: int) -> Decimal:
    """Yuan, exactly."""
    return Decimal(fen).scaleb(-2)


def bank_text(sheet: Sheet) -> str:
    """The bank's table: one line for each item, no sum and no title."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(BANK_HEADS)
    for line in sheet.lines:
        writer.writerow([line.number, line.reference, _safe(line.staff_no), _safe(line.name), plain(line.fen),
                         f"{sheet.year}年帮扶支教激励"])
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def bank_csv(sheet: Sheet) -> bytes:
    """In UTF-8, with the mark by which spreadsheets know it."""
    return bank_text(sheet).encode("utf-8-sig")


def bank_csv_gb18030(sheet: Sheet) -> bytes:
    """In GB18030, which banks ask for; it holds every character."""
    return bank_text(sheet).encode("gb18030")


def _notes(sheet: Sheet) -> list[str]:
    return [f"单位：{sheet.bureau}　　制表日期：{sheet.made_on}　　制表人：{sheet.made_by}　　金额单位：元"]


def finance_table(sheet: Sheet) -> bytes:
    """The table as finance offices know it, with its sum in figures and in capitals."""
    rows: list[list[Cell]] = [
        [line.number, line.school, line.staff_no, line.name, decimal(line.fen), line.note] for line in sheet.lines]
    feet: list[list[Cell]] = [
        ["合计", f"{len(sheet.by_school)} 所", f"{len(rows)} 笔", None, decimal(sheet.total), None],
        ["大写", uppercase(sheet.total), None, None, None, None]]
    return write_forms([Form("发放表", sheet.title, ("序号", "学校", "工号", "姓名", "应发", "备注"),
                             (7, 26, 14, 14, 16, 26), rows, _notes(sheet), feet, SIGNATURES)], sheet.made_at)


def voucher(sheet: Sheet) -> bytes:
    """Voucher lines: a debit for each school, one credit, of the same sum."""
    debit, credit = sheet.accounts["debit"], sheet.accounts["credit"]
    rows: list[list[Cell]] = [
        [f"付{name}{sheet.year}年帮扶支教激励", debit, decimal(sum(line.fen for line in lines)), None]
        for _, name, lines in sheet.by_school]
    rows.append([f"付{sheet.year}年帮扶支教激励第{sheet.number}批", credit, None, decimal(sheet.total)])
    notes = _notes(sheet) + (["会计科目为假定值，未经文件确定，记账前请核对。"] if sheet.assumed else [])
    feet: list[list[Cell]] = [["合计", uppercase(sheet.total), decimal(sheet.total), decimal(sheet.total)]]
    title = f"{sheet.year} 年度帮扶支教激励记账凭证（第 {sheet.number} 批）"
    return write_forms([Form("凭证", title, ("摘要", "科目", "借方", "贷方"), (40, 30, 16, 16), rows, notes, feet,
                             ("制单", "复核", "记账"))], sheet.made_at)


def signature_sheets(sheet: Sheet) -> bytes:
    """签领表: a sheet for each school, on which everybody signs for their sum."""
    forms = []
    for code, name, lines in sheet.by_school:
        total = sum(line.fen for line in lines)
        rows: list[list[Cell]] = [[number, line.staff_no, line.name, decimal(line.fen), None, None]
                                  for number, line in enumerate(lines, 1)]
        feet: list[list[Cell]] = [["合计", f"{len(lines)} 笔", None, decimal(total), None, None],
                                  ["大写", uppercase(total), None, None, None, None]]
        title = f"{name}{sheet.year} 年度帮扶支教激励签领表（第 {sheet.number} 批）"
        forms.append(Form(f"{code} {name}", title, ("序号", "工号", "姓名", "金额", "本人签字", "签领日期"),
                          (7, 14, 14, 16, 20, 16), rows, _notes(sheet), feet, ("经办人", "学校负责人", "学校（盖章）")))
    return write_forms(forms, sheet.made_at)


WRITERS: Final[Mapping[str, Callable[[Sheet], bytes]]] = {
    "xlsx": finance_table, "csv": bank_csv, "csv_gb18030": bank_csv_gb18030, "voucher": voucher,
    "signatures": signature_sheets,
}
#: Form → what the file is called, after the title's year and number.
NAMES: Final = {"xlsx": "发放表.xlsx", "csv": "银行代发.csv", "csv_gb18030": "银行代发GB18030.csv",
                "voucher": "凭证.xlsx", "signatures": "签领表.xlsx"}
