"""Reads the sample's workbooks back as any reader of workbooks would."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from talent.sample import Step

Cells = dict[str, Any]


@dataclass(frozen=True)
class Book:
    """One workbook: the data sheet's title, its headers as written, its rows by bare header, the notice."""

    path: Path
    title: str
    headers: list[str]
    rows: list[Cells]
    notice: str


def read(step: Step) -> Book:
    book = CalamineWorkbook.from_path(str(step.path))
    title, notice = book.sheet_names
    lines = book.get_sheet_by_name(title).to_python()
    headers = [str(cell) for cell in lines[0]]
    bare = [header.rstrip("*") for header in headers]
    rows = [dict(zip(bare, line, strict=True)) for line in lines[1:]]
    said = "".join(str(cell) for line in book.get_sheet_by_name(notice).to_python() for cell in line)
    return Book(step.path, title, headers, rows, said)


def rows_of(books: list[Book], title: str) -> list[Cells]:
    return [row for book in books if book.title == title for row in book.rows]


def day(value: Any) -> date:
    """A real date cell's day; anything else fails the test that asks."""
    assert isinstance(value, date), value
    return value
