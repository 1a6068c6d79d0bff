"""A record typed on a page as the sheet of one row it would be in a workbook: the same cells, the same parser."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from talent.core.errors import Finding
from talent.workbooks.headers import Field, Layout
from talent.workbooks.issues import Issue
from talent.workbooks.kinds import CellType, Column, Kind, PartialDate
from talent.workbooks.plan import SheetRead
from talent.workbooks.raw import RawSheet
from talent.workbooks.render import MULTI_SEPARATOR
from talent.workbooks.rows import parse

Typed = Mapping[str, str | date | None]
"""Column name → what was typed. A choice may be given by its code, a day as a date."""


def sheet_of(kind: Kind, *rows: Typed) -> SheetRead:
    """The sheet that says one row after the other; a required column always stands in it: its emptiness is noticed.

    Columns that were not typed are absent: the record keeps what it has there. Raises ``KeyError`` for a name that is
    no column of the kind.
    """
    named = {name: kind.column(name) for values in rows for name in values}
    columns = [column for column in kind.all_columns if column.required or column.name in named]
    cells: list[list[object]] = [[typed(column, values.get(column.name)) for column in columns] for values in rows]
    fields = tuple(Field(column, place, column.header) for place, column in enumerate(columns))
    headers: list[object] = [column.header for column in columns]
    sheet = RawSheet(kind.sheet, [headers, *cells])
    return SheetRead("", kind.sheet, 0, parse(sheet, Layout(kind, fields, 1, 1)))


def typed(column: Column, value: Any) -> str:
    """A value as one would type it: what a record holds, a code, a date, or text that was typed already."""
    if value is None:
        return ""
    if isinstance(value, PartialDate):
        return value.value.isoformat()[: 7 if value.precision == "month" else 10]
    if isinstance(value, tuple):
        return MULTI_SEPARATOR.join(column.labels.get(part, part) for part in value)
    if column.type is CellType.DECIMAL and isinstance(value, int):
        whole, rest = divmod(value, 100)
        return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    if column.type is CellType.CHOICE:
        return column.labels.get(value, str(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def at_fields(kind: Kind, issues: Iterable[Issue]) -> list[Finding]:
    """What was noticed about the row, each naming its field (the column) in place of a cell."""
    names = {column.header: column.name for column in kind.all_columns}
    return [_finding(names.get(issue.column or "", ""), issue) for issue in issues]


def _finding(field: str, issue: Issue) -> Finding:
    params = {**issue.params, "field": field} if field else issue.params
    return Finding(issue.code, str(issue.params.get("clause") or ""), params, issue.level)


def all_required(kind: Kind) -> list[Finding]:
    """What is said of a form with nothing in it: a sheet would pass over its blank row."""
    return [Finding("workbooks.required", params={"field": column.name}) for column in kind.required]
