"""Text files: which encoding (strictly, never with replacement characters), and rows of equal width."""

import codecs
import csv
import io
import re

from talent.workbooks.guard import FileRefused, Limits

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")


def decode(content: bytes, encoding: str | None = None) -> tuple[str, str, bool]:
    """Text, encoding, and whether the encoding was a guess a person should confirm.

    A byte order mark decides; then strict UTF-8, since five of seven short words in UTF-8 are also valid
    GB18030; then strict GB18030. FileRefused names the byte offset (from 0) where neither holds.
    """
    text, used, guessed = _decode(content, encoding)
    if "\0" in text:
        raise FileRefused("workbooks.nul_byte", {"offset": content.find(b"\0")})
    return text, used, guessed


def _decode(content: bytes, encoding: str | None) -> tuple[str, str, bool]:
    for mark, name in _BOMS:
        if content.startswith(mark):
            return _strict(content[len(mark) :], name, len(mark)), name, False
    if encoding is not None:
        return _strict(content, _known(encoding)), encoding, False
    try:
        return content.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        _refuse_mixture(content)
        return _strict(content, "gb18030"), "gb18030", True


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise FileRefused("workbooks.unknown_encoding", {"encoding": encoding[:40]}) from error


def _strict(content: bytes, encoding: str, skipped: int = 0) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        params = {"encoding": encoding, "offset": error.start + skipped}
        raise FileRefused("workbooks.not_in_encoding", params) from error
    except (LookupError, ValueError) as error:  # an encoding that is not one of text
        raise FileRefused("workbooks.unknown_encoding", {"encoding": encoding}) from error


def _refuse_mixture(content: bytes) -> None:
    """Lines surely in UTF-8 (ideographs decode) beside lines that are not: two files pasted together."""
    in_utf8 = False
    first_other: int | None = None
    offset = 0
    for line in content.split(b"\n"):
        if not line.isascii():
            try:
                in_utf8 |= _IDEOGRAPH.search(line.decode("utf-8")) is not None
            except UnicodeDecodeError as error:
                if first_other is None:
                    first_other = offset + error.start
        if in_utf8 and first_other is not None:
            raise FileRefused("workbooks.mixed_encoding", {"offset": first_other})
        offset += len(line) + 1


def split_rows(text: str, limits: Limits) -> list[list[object]]:
    """Rows padded to one width. The separator is whichever of comma, tab, semicolon leads the first lines."""
    head = text[:4000]
    delimiter = max(",\t;", key=head.count)
    rows: list[list[object]] = []
    width = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(list(row))
            width = max(width, len(row))
            if len(rows) > limits.rows + 1:
                raise FileRefused("workbooks.too_many_rows", {"limit": limits.rows})
            if width > limits.columns:
                raise FileRefused("workbooks.too_many_columns", {"limit": limits.columns})
    except csv.Error as error:
        raise FileRefused("workbooks.broken_csv", {"line": reader.line_num}) from error
    for padded in rows:
        padded.extend([""] * (width - len(padded)))
    return rows
