"""Encodings, row numbers, and what of a workbook is read."""

import codecs
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from talent.workbooks.guard import FileRefused, Limits
from talent.workbooks.kinds import CODE_SHEET, NOTES_SHEET, NOTES_TITLE
from talent.workbooks.reader import first_values, read
from tests.workbooks.staff import write_xlsx

TEXT = "工号,姓名\n0148,买买提·吐尔逊\n0149,王五\n"


@pytest.mark.parametrize(
    ("content", "encoding", "guessed"),
    [
        (TEXT.encode(), "utf-8", False),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8", False),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le", False),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be", False),
        (TEXT.encode("gb18030"), "gb18030", True),
    ],
)
def test_each_encoding_gives_the_same_rows(tmp_path: Path, content: bytes, encoding: str, guessed: bool) -> None:
    path = tmp_path / "stored"
    path.write_bytes(content)
    book = read(path, name="教职工.csv")
    assert (book.encoding, book.encoding_guessed) == (encoding, guessed)
    assert book.sheets[0].name == "教职工"
    assert book.sheets[0].rows == [["工号", "姓名"], ["0148", "买买提·吐尔逊"], ["0149", "王五"]]


def test_short_words_in_utf8_are_not_taken_for_gb18030(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("工号,姓名\n1,王五\n".encode())
    assert read(tmp_path / "a.csv").sheets[0].rows[1] == ["1", "王五"]


def test_a_person_can_confirm_a_guess_by_what_was_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.encode("gb18030"))
    assert first_values(read(tmp_path / "a.csv")) == ["买买提·吐尔逊", "王五"]


@pytest.mark.parametrize(
    ("name", "content", "code", "params"),
    [
        ("UTF-8 then GB18030", "工号,张三\n".encode() + "1,王五\n".encode("gb18030"), "workbooks.mixed_encoding",
         {"offset": 16}),
        ("GB18030 then UTF-8", "1,王五\n".encode("gb18030") + "工号,张三\n".encode(), "workbooks.mixed_encoding",
         {"offset": 2}),
        ("neither", b"a,b\n\xff\xff\n", "workbooks.not_in_encoding", {"encoding": "gb18030", "offset": 4}),
        ("NUL", b"a,b\n1,\x00\n", "workbooks.nul_byte", {"offset": 6}),
        ("a quote never closed", b'a,b\n"1,2\n', "workbooks.broken_csv", {"line": 2}),
        ("too many columns", b"," * 9, "workbooks.too_many_columns", {"limit": 5}),
        ("too many rows", b"a\n" * 9, "workbooks.too_many_rows", {"limit": 5}),
    ],
)  # fmt: skip
def test_texts_that_cannot_be_read(
    tmp_path: Path, name: str, content: bytes, code: str, params: dict[str, object]
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        read(tmp_path / "a.csv", Limits(5, 5, 1000))
    assert (refused.value.code, refused.value.params) == (code, params)


def test_a_named_encoding_is_taken_at_its_word(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.encode("gb18030"))
    assert read(tmp_path / "a.csv", encoding="gb18030").encoding_guessed is False
    for encoding in ("utf-8", "no such encoding", "base64"):
        with pytest.raises(FileRefused):
            read(tmp_path / "a.csv", encoding=encoding)


def test_tabs_and_quoted_line_breaks(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('工号\t姓名\n1\t"王\n五"\n', encoding="utf-16")
    assert read(tmp_path / "a.csv").sheets[0].rows == [["工号", "姓名"], ["1", "王\n五"]]


def test_row_and_column_numbers_count_empty_space(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet("教职工").write_string(4, 2, "工号")
    sheet = read(tmp_path / "a.xlsx").sheets[0]
    assert [sheet.number(index) for index, row in enumerate(sheet.rows) if "工号" in row] == [5]
    assert sheet.first_column == 2


def test_days_counted_from_1904(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"date_1904": True}) as book:
        book.add_worksheet().write_number(0, 0, 44075, book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet = read(tmp_path / "a.xlsx").sheets[0]
    assert sheet.date1904
    assert sheet.rows == [[date(2024, 9, 2)]]


def test_the_sheets_we_add_ourselves_are_left_out(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"教职工": [["工号"]], NOTES_SHEET: [[NOTES_TITLE]], CODE_SHEET: [["男"]]})
    assert [sheet.name for sheet in read(path).sheets] == ["教职工", CODE_SHEET]
    path = write_xlsx(tmp_path / "b.xlsx", {NOTES_SHEET: [["工号"]]})
    assert [sheet.name for sheet in read(path).sheets] == [NOTES_SHEET]


def test_an_xls_that_would_abort_the_process_is_only_damaged(tmp_path: Path) -> None:
    """The parser dies of it, in a process of its own."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le")
    (tmp_path / "a.xls").write_bytes(head + bytes(range(256)) * 8)
    with pytest.raises(FileRefused) as refused:
        read(tmp_path / "a.xls")
    assert refused.value.code == "workbooks.damaged"
