"""What holds for any sheet: order does not matter, nothing but the agreed errors is raised, export is the inverse."""

import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talent.workbooks.cells import CellError, Doubtful, parser_of
from talent.workbooks.guard import FileRefused
from talent.workbooks.headers import HeaderRefused, match
from talent.workbooks.kinds import CellType, Column, PartialDate
from talent.workbooks.reader import read
from talent.workbooks.rows import parse
from talent.workbooks.titles import normalise_title
from talent.workbooks.writer import write_records
from tests.workbooks.staff import GOOD_ID, KINDS, STAFF, parsed, parsed_file, sheet_of

COLUMNS = [
    Column("c", "列", cell_type, choices={"男": "m", "女": "f"} if cell_type is CellType.CHOICE else None)
    for cell_type in CellType
]
DAYS = st.dates(date(1900, 3, 1), date(2099, 12, 31))
HUNDREDTHS = st.integers(0, 4000)
RAW = st.one_of(
    st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.none(), st.datetimes(), st.dates(), st.times(),
    st.timedeltas(), st.text("0123456789０１年月日./-:,eE+ ", max_size=20),
)  # fmt: skip


def taken(column: Column, raw: object) -> Any:
    """The value of a cell, None where it is refused or empty."""
    try:
        value = parser_of(column)(raw)
    except CellError:
        return None
    return value.value if isinstance(value, Doubtful) else value


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map(
    lambda text: taken(Column("t", "文", CellType.TEXT), text)
)
CODES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(
    lambda text: taken(Column("t", "文", CellType.CODE), text)
)
MONTHS = DAYS.map(lambda day: PartialDate(day.replace(day=1), "month"))
RECORDS = st.fixed_dictionaries(
    {
        "name": TEXTS.filter(bool),
        "school_code": CODES.filter(bool),
        "teaching_at": st.none()
        | st.lists(st.text("S0123", min_size=1, max_size=4), min_size=1, unique=True).map(tuple),
        "id_number": st.sampled_from([None, GOOD_ID]),
        "sex": st.sampled_from([None, "male", "female"]),
        "born_on": st.none() | DAYS.map(PartialDate) | MONTHS.filter(lambda month: month.value >= date(1900, 3, 1)),
        "phone": st.none() | st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
        "weekly_hours": st.none() | HUNDREDTHS,
        "rank": st.none() | st.integers(1, 10**12),
        "valid_from": st.none() | DAYS,
        "record_id": st.none(),
        "operation": st.none(),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=8))
def test_what_is_written_is_read_back(records: list[dict[str, Any]]) -> None:
    rows = [{"staff_no": f"{number:04d}", **record} for number, record in enumerate(records)]
    with tempfile.TemporaryDirectory() as folder:
        write_records(Path(folder) / "a.xlsx", [(STAFF, rows)])
        sheet = parsed_file(Path(folder) / "a.xlsx")
    assert [issue for issue in sheet.issues if issue.level == "error"] == []
    assert [row.values for row in sheet.rows] == rows


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.type.value)
@settings(max_examples=200, deadline=None)
@given(raw=RAW)
def test_a_parser_raises_nothing_but_its_error(column: Column, raw: object) -> None:
    taken(column, raw)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_order_of_columns_and_rows_changes_nothing(data: st.DataObject) -> None:
    header = ["工号", "姓名", "学校代码", "性别", "生效日期"]
    cells = st.sampled_from(["", "张三", "男", "2020-09-01", "2020.1", 3.0])
    body = [[f"T{number}", *data.draw(st.tuples(*[cells] * 4))] for number in range(5)]
    columns = data.draw(st.permutations(range(len(header))))
    order = data.draw(st.permutations(range(len(body))))
    plain = parsed([header, *body])
    mixed = parsed([[header[c] for c in columns], *([body[r][c] for c in columns] for r in order)])

    def facts(sheet: Any, places: Any) -> tuple[Any, Any]:
        rows = sorted((row.values for row in (*sheet.rows, *sheet.damaged)), key=lambda values: values["staff_no"])
        return rows, sorted((places[issue.row - 2], issue.column, issue.code) for issue in sheet.issues)

    assert facts(plain, range(5)) == facts(mixed, order)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(RAW.map(lambda raw: "" if raw is None else raw), min_size=3, max_size=3), max_size=6))
def test_any_sheet_ends_in_rows_and_issues(body: list[list[object]]) -> None:
    sheet = sheet_of([["工号", "姓名", "学校代码"], *body])
    layout = match(sheet, KINDS)
    if not isinstance(layout, HeaderRefused):
        parse(sheet, layout)
    match(sheet_of(body), KINDS)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Workbook", "工号,".encode()]), st.binary()
)
def test_any_bytes_are_read_or_refused(start: bytes, rest: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(start + rest)
        file.flush()
        try:
            read(file.name)
        except FileRefused:
            return


@cache
def small_workbook() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write_records(Path(folder) / "a.xlsx", [(STAFF, [{"staff_no": "1", "name": "张三"}])])
        return (Path(folder) / "a.xlsx").read_bytes()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 6000), st.binary(min_size=1, max_size=4))
def test_a_spoilt_workbook_is_read_or_refused(place: int, spoilt: bytes) -> None:
    content = bytearray(small_workbook())
    content[place % len(content) : place % len(content) + len(spoilt)] = spoilt
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        try:
            read(file.name)
        except FileRefused:
            return


@pytest.mark.parametrize(
    "attack",
    [
        "1" * 50_000,
        "(" * 50_000,
        "1," * 25_000,
        "2020-" * 10_000,
        " \t" * 25_000,
        "e" * 50_000,
        "；" * 50_000,
        "*" * 50_000,
        "·a" * 25_000,
    ],
)
def test_long_texts_end_at_once(attack: str) -> None:
    """Patterns are linear: fifty thousand characters would otherwise never end here."""
    for column in COLUMNS:
        taken(column, attack)
    normalise_title(attack)
