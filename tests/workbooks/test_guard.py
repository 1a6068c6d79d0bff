"""Every file that must be refused, refused before a parser sees it."""

import tracemalloc
import zipfile
from pathlib import Path

import pytest

from talent.workbooks.guard import COMMAND_LINE, SITE, FileRefused, Limits, check, inspect
from tests.workbooks.staff import HEADER, write_sheet_xml, write_xlsx

SMALL = Limits(rows=10, columns=30, unpacked_bytes=10 << 20)


def refusal(path: Path, limits: Limits = SITE) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        check(path, limits)
    return caught.value


def test_an_ordinary_workbook_passes(tmp_path: Path) -> None:
    found = inspect(write_xlsx(tmp_path / "a.xlsx", {"教职工": [HEADER]}))
    assert found.type == "xlsx"
    assert found.scans["教职工"].rows == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("nothing at all", b"", "workbooks.file_empty"),
        ("a web page called .xls", b"\n<html><table></table></html>", "workbooks.is_web_page"),
        ("XML of Excel 2003", b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "workbooks.is_web_page"),
        ("a text called .xls", b"a,b\n1,2\n", "workbooks.not_a_workbook"),
        ("a zip cut short", b"PK\x03\x04 and no more", "workbooks.damaged"),
        ("an encrypted package", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         "workbooks.encrypted"),
        ("an .xls with macros", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT_CUR".encode("utf-16-le"),
         "workbooks.macros"),
        ("another OLE2 file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
         "workbooks.not_a_workbook"),
    ],
)  # fmt: skip
def test_content_decides_not_the_name(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / "upload.xls"
    path.write_bytes(content)
    assert refusal(path).code == code


@pytest.mark.parametrize(
    ("name", "member", "code"),
    [
        ("macros", "xl/vbaProject.bin", "workbooks.macros"),
        ("a path outside", "../evil.xml", "workbooks.damaged"),
        ("an absolute path", "/etc/passwd", "workbooks.damaged"),
        ("one part twice", "XL/WORKBOOK.xml", "workbooks.damaged"),
    ],
)
def test_members_that_do_not_belong(tmp_path: Path, name: str, member: str, code: str) -> None:
    assert refusal(write_sheet_xml(tmp_path / "a.xlsx", b"", more={member: b"x"})).code == code


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(tmp_path / "a.xlsx").code == "workbooks.not_a_workbook"


def test_a_macro_workbook_renamed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, {"教职工": [HEADER]})
    with zipfile.ZipFile(path) as archive:
        types = archive.read("[Content_Types].xml").replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
    assert refusal(write_sheet_xml(path, b"", more={"[Content_Types].xml": types})).code == "workbooks.macros"


def test_ten_thousand_members(tmp_path: Path) -> None:
    more = {f"xl/extra{number}.xml": b"" for number in range(201)}
    assert refusal(write_sheet_xml(tmp_path / "a.xlsx", b"", more=more)).params == {"limit": 200}


@pytest.mark.parametrize("part", ["sheet", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_a_document_type_is_refused_wherever_it_stands(tmp_path: Path, part: str) -> None:
    bomb = b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;">]>'
    if part == "sheet":
        path = write_sheet_xml(tmp_path / "a.xlsx", b"", prolog=bomb)
    else:
        path = write_sheet_xml(
            tmp_path / "a.xlsx", b"", more={part: b'<?xml version="1.0"?>' + bomb + b"<x>&lol1;</x>"}
        )
    assert refusal(path).code == "workbooks.document_type"


def test_utf16_parts_cannot_hide_one(tmp_path: Path) -> None:
    hidden = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><sst/>'.encode("utf-16")
    assert refusal(write_sheet_xml(tmp_path / "a.xlsx", b"", more={"xl/sharedStrings.xml": hidden})).code == (
        "workbooks.damaged"
    )


def test_what_unpacks_too_large_is_refused_by_its_directory(tmp_path: Path) -> None:
    path = write_sheet_xml(tmp_path / "a.xlsx", b"", more={"xl/media/a.bin": bytes(11 << 20)})
    assert refusal(path, SMALL).code == "workbooks.too_large"


def test_what_is_packed_too_tightly_is_a_bomb(tmp_path: Path) -> None:
    path = write_sheet_xml(tmp_path / "a.xlsx", b"", more={"xl/media/a.bin": bytes(5 << 20)})
    assert refusal(path, SMALL).code == "workbooks.zip_bomb"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("many rows", b"<row/>" * 12, "workbooks.too_many_rows"),
        ("styled empties", b'<row r="1"><c r="A1" s="1"/></row>' * 12, "workbooks.too_many_rows"),
        ("one cell far below", b'<row r="1"><c r="A1048576"><v>1</v></c></row>', "workbooks.too_many_rows"),
        ("one cell far right", b'<row r="1"><c r="XFD1"><v>1</v></c></row>', "workbooks.too_many_columns"),
        ("just too far right", b'<row r="1"><c r="AE1"><v>1</v></c></row>', "workbooks.too_many_columns"),
        ("lower case", b'<row r="1"><c r="xfd1"><v>1</v></c></row>', "workbooks.too_many_columns"),
        ("other quotes", b"<row r='1'><c s='1' r='XFD1'><v>1</v></c></row>", "workbooks.too_many_columns"),
        ("cells without names", b"<row>" + b"<c><v>1</v></c>" * 31 + b"</row>", "workbooks.too_many_columns"),
    ],
)
def test_limits_of_a_sheet_however_it_is_written(tmp_path: Path, name: str, body: bytes, code: str) -> None:
    assert refusal(write_sheet_xml(tmp_path / "a.xlsx", body), SMALL).code == code


@pytest.mark.parametrize(
    ("limits", "position", "code"),
    [
        (SITE, b"GR200001", None),
        (SITE, b"GS1", "workbooks.too_many_columns"),
        (SITE, b"ZZ7", "workbooks.too_many_columns"),
        (SITE, b"AAA7", "workbooks.too_many_columns"),
        (SITE, b"A200002", "workbooks.too_many_rows"),
        (SITE, b"AB300000", "workbooks.too_many_rows"),
        (SITE, b"A1000000", "workbooks.too_many_rows"),
        (COMMAND_LINE, b"GR2000001", None),
        (COMMAND_LINE, b"A2000002", "workbooks.too_many_rows"),
        (COMMAND_LINE, b"A10000000", "workbooks.too_many_rows"),
        (Limits(5, 3, 1 << 20), b"C6", None),
        (Limits(5, 3, 1 << 20), b"C7", "workbooks.too_many_rows"),
        (Limits(5, 3, 1 << 20), b"D1", "workbooks.too_many_columns"),
    ],
)
def test_a_cell_on_the_limit_passes_and_the_next_does_not(
    tmp_path: Path, limits: Limits, position: bytes, code: str | None
) -> None:
    path = write_sheet_xml(tmp_path / "a.xlsx", b'<row r="1"><c r="' + position + b'"><v>1</v></c></row>')
    if code is None:
        check(path, limits)
    else:
        assert refusal(path, limits).code == code


def test_announced_strings_must_fit_the_part(tmp_path: Path) -> None:
    """The parser would reserve terabytes, and the process would be gone."""
    path = tmp_path / "a.xlsx"
    for announced in (b"99999999999", b"many"):
        strings = b'<?xml version="1.0"?><sst count="1" uniqueCount="' + announced + b'"><si><t>x</t></si></sst>'
        assert refusal(write_sheet_xml(path, b"", more={"xl/sharedStrings.xml": strings})).code == "workbooks.damaged"


@pytest.mark.parametrize("cell", [b'r="A4294967295"', b'r="A99999999999999999999"', b'r=" A1"', b'r="7"'])
def test_positions_no_program_writes(tmp_path: Path, cell: bytes) -> None:
    path = write_sheet_xml(tmp_path / "a.xlsx", b'<row r="1"><c ' + cell + b"><v>1</v></c></row>")
    assert refusal(path).code in {"workbooks.damaged", "workbooks.too_many_rows"}


def test_an_encoding_nobody_knows(tmp_path: Path) -> None:
    more = {"xl/workbook.xml": b'<?xml version="1.0" encoding="UT0-8"?><workbook/>'}
    assert refusal(write_sheet_xml(tmp_path / "a.xlsx", b"", more=more)).code == "workbooks.damaged"


def test_a_million_rows_cost_no_memory(tmp_path: Path) -> None:
    body = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n) for n in range(1, 250_000))
    path = write_sheet_xml(tmp_path / "a.xlsx", body)
    tracemalloc.start()
    assert refusal(path).params == {"limit": 200_000}
    assert tracemalloc.get_traced_memory()[1] < 30 << 20
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "cell", "mark"),
    [
        ("an error", b'<c r="B2" t="e"><v>#REF!</v></c>', "error_cell"),
        ("an error in other quotes", b"<c r=\"B2\" t='e'><v>#REF!</v></c>", "error_cell"),
        ("an error with blanks", b'<c r="B2" t = "e"><v>#REF!</v></c>', "error_cell"),
        ("a formula nobody calculated", b'<c r="B2"><f>1+1</f></c>', "formula_without_value"),
        ("an empty value beside it", b'<c r="B2"><f>1+1</f><v></v></c>', "formula_without_value"),
        ("another file", b'<c r="B2"><f>[1]Sheet1!A1</f><v>4</v></c>', "external_link"),
    ],
)
def test_cells_the_parser_would_show_as_empty_are_marked(tmp_path: Path, name: str, cell: bytes, mark: str) -> None:
    body = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c>' + cell + b"</row>"
    assert inspect(write_sheet_xml(tmp_path / "a.xlsx", body)).scans["教职工"].marks == {(2, 1): mark}


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="B2"><f>1+1</f><v>2</v></c>',
        b'<c r="B2" t="str"><f>IF(A1="","",1)</f><v></v></c>',
        b'<c r="B2"><f t="shared" si="0"/><v>3</v></c>',
    ],
)
def test_calculated_formulas_are_ordinary_cells(tmp_path: Path, cell: bytes) -> None:
    path = write_sheet_xml(tmp_path / "a.xlsx", b'<row r="2">' + cell + b"</row>")
    assert inspect(path).scans["教职工"].marks == {}


def test_positions_hold_across_chunks(tmp_path: Path) -> None:
    """The walk begins in the middle of the sheet, where rows carry no numbers of their own."""
    body = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 60_001))
    body += b'<row><c><v>1</v></c><c t="e"><v>#N/A</v></c></row>'
    assert inspect(write_sheet_xml(tmp_path / "a.xlsx", body)).scans["教职工"].marks == {(60_001, 1): "error_cell"}
