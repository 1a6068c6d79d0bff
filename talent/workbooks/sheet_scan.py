"""One pass over the XML of a sheet: limits, error cells, formulas nobody calculated, hidden rows.

Python-calamine gives '' for an error cell and for a formula without a stored value, and it allocates the
whole rectangle up to the furthest cell; both must be known before it is called. Chunks that hold nothing
unusual are dismissed by a few byte searches; only the others are walked cell by cell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, Any, Literal

from talent.workbooks.issues import column_index, column_letters

MarkCode = Literal["error_cell", "formula_without_value", "external_link"]

_CHUNK = 1 << 16  # small enough to stay in the processor's cache through the searches
_LONGEST_ROW = 32 << 20
_ROOT = re.compile(rb"<[A-Za-z]")
_PREFIXED_ROOT = re.compile(rb"<[A-Za-z][\w.-]*:worksheet[\s>]")
_TAG = re.compile(rb"<(?:[A-Za-z][\w.-]{0,20}:)?(row|c)(\s[^<>]*|)(/?)>")
_POSITION = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,20})([0-9]{0,30})([^\"'<>]*)[\"']")
_ANNOUNCED = re.compile(rb"\suniqueCount\s*=\s*[\"']([^\"'<>]*)")
_SMALLEST_STRING = len(b"<si/>")
_TYPE = re.compile(rb"\st\s*=\s*[\"'](\w{1,20})[\"']")
_FORMULA = re.compile(rb"<(?:[A-Za-z][\w.-]{0,20}:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:[A-Za-z][\w.-]{0,20}:)?v(?:\s[^<>]*)?>[^<]")
_STRING_VALUE = re.compile(rb"<(?:[A-Za-z][\w.-]{0,20}:)?v[\s/>]")
_EXTERNAL = re.compile(rb"\[[0-9]{1,6}\]")
_HIDDEN_ROW = re.compile(rb"<row [^<>]*\bhidden=\"(?:1|true)\"")
_KEPT_MARKS = 100_000


class UnreadableXml(Exception):
    """A part that is not the plain XML of a workbook."""


class OverLimit(Exception):
    """A sheet, or its XML, goes beyond what is allowed."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self.params = params or {}
        super().__init__(code)


@dataclass(slots=True)
class SheetScan:
    """``marks``: (row number, zero-based column) → what is wrong with the cell."""

    rows: int = 0
    hidden_rows: int = 0
    marks: dict[tuple[int, int], MarkCode] = field(default_factory=dict)


def check_prolog(head: bytes) -> None:
    """Refuse a document type (entity bombs) and encodings in which one could hide."""
    root = _ROOT.search(head)
    if b"\0" in head[:4096] or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableXml
    prolog = head[: root.start()] if root else head
    if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
        raise OverLimit("workbooks.document_type")
    if root is None and len(head) >= _CHUNK:
        raise UnreadableXml


def check_announced_strings(head: bytes, size: int) -> None:
    """The parser reserves room for as many shared strings as are announced, and aborts where there is none."""
    announced = _ANNOUNCED.search(head, 0, head.find(b"<si"))
    if announced and (not announced[1].isdigit() or int(announced[1][:30]) * _SMALLEST_STRING > size):
        raise UnreadableXml


def scan_sheet(stream: IO[bytes], max_rows: int, max_columns: int) -> SheetScan:
    """Read the whole part. OverLimit as soon as a limit is crossed; memory stays at a few chunks."""
    scan = _Scanner(max_rows, max_columns)
    chunk = stream.read(_CHUNK)
    check_prolog(chunk)
    prefixed = _PREFIXED_ROOT.search(chunk[:4096]) is not None
    row_tag = b":row" if prefixed else b"<row"
    pieces: list[bytes] = []  # what was read since the last row began
    while chunk:
        begins = chunk.rfind(b"<", 0, chunk.rfind(row_tag) + 1)
        if begins >= 0:
            scan.take(b"".join([*pieces, chunk[:begins]]), prefixed)
            pieces, chunk = [], chunk[begins:]
        pieces.append(chunk)
        if len(pieces) * _CHUNK > _LONGEST_ROW:
            raise UnreadableXml
        chunk = stream.read(_CHUNK)
    scan.take(b"".join(pieces), prefixed)
    return scan.result


class _Scanner:
    """Keeps the position between chunks; a chunk always begins with a row."""

    def __init__(self, max_rows: int, max_columns: int) -> None:
        self.result = SheetScan()
        self._max_rows = max_rows
        self._max_columns = max_columns
        self._unlike = _unlike_pattern(max_rows, max_columns)
        self._row = 0
        self._column = -1

    def take(self, chunk: bytes, prefixed: bool) -> None:
        row_tag = b":row" if prefixed else b"<row"
        self.result.rows += chunk.count(row_tag)
        if self.result.rows > self._max_rows + 1:  # one for the header
            raise OverLimit("workbooks.too_many_rows", {"limit": self._max_rows})
        if _holds(chunk, b"h", b"hidden="):
            self.result.hidden_rows += len(_HIDDEN_ROW.findall(chunk))
        if prefixed or self._unusual(chunk):
            self._walk(chunk)
        elif last := _POSITION.search(chunk, chunk.rfind(row_tag)):
            self._row = int(last[2] or 0)

    def _unusual(self, chunk: bytes) -> bool:
        return (_holds(chunk, b"f", b"<f") or _holds(chunk, b"e", b'"e"') or _holds(chunk, b"'", b"'e'")
                or self._unlike.search(chunk) is not None)

    def _walk(self, chunk: bytes) -> None:
        tags = _TAG.finditer(chunk)
        tag = next(tags, None)
        while tag is not None:
            following = next(tags, None)
            kind, attributes, closed = tag.groups()
            position = _POSITION.search(attributes)
            if position and position[3]:
                raise UnreadableXml
            if kind == b"row":
                self._row = int(position[2] or 0) if position else self._row + 1
                self._column = -1
            else:
                self._place(position)
                body = b"" if closed else chunk[tag.end() : following.start() if following else len(chunk)]
                self._judge(attributes, body)
            tag = following

    def _place(self, position: re.Match[bytes] | None) -> None:
        if position is None:
            self._column += 1
        elif not position[1] or not position[2]:
            raise UnreadableXml
        else:
            self._row, self._column = int(position[2]), column_index(position[1].decode("ascii"))
        if self._row > self._max_rows + 1:
            raise OverLimit("workbooks.too_many_rows", {"limit": self._max_rows})
        if self._column >= self._max_columns:
            raise OverLimit("workbooks.too_many_columns", {"limit": self._max_columns})

    def _judge(self, attributes: bytes, body: bytes) -> None:
        type_ = _TYPE.search(attributes)
        cell_type = type_[1] if type_ else b"n"
        code: MarkCode | None = None
        if cell_type == b"e":
            code = "error_cell"
        elif formula := _FORMULA.search(body):
            stored = (_STRING_VALUE if cell_type == b"str" else _VALUE).search(body)
            if stored is None:
                code = "formula_without_value"
            elif _EXTERNAL.search(body, formula.start(), stored.start()):
                code = "external_link"
        if code and len(self.result.marks) < _KEPT_MARKS:
            self.result.marks[self._row, self._column] = code


def _holds(chunk: bytes, rare: bytes, mark: bytes) -> bool:
    """Whether ``mark`` stands in the chunk. One byte of it, rare in plain sheets, is sought ten times as fast."""
    return rare in chunk and mark in chunk


@lru_cache
def _unlike_pattern(max_rows: int, max_columns: int) -> re.Pattern[bytes]:
    """A cell unlike ``<c r="B7"``: without a position, written in another way, or not surely within the limits.

    The walk decides on those: 199,999 is surely within 200,000 rows, 200,000 is looked at.
    """
    column = _surely_below(column_letters(max_columns), "A", "[A-Z]")
    row = _surely_below(str(max_rows), "0", "[0-9]")
    return re.compile(f'<c(?! r="{column}{row}")'.encode("ascii"))


def _surely_below(limit: str, lowest: str, any_one: str) -> str:
    """Fewer characters than the limit has, or as many that begin with a lower one."""
    more = len(limit) - 1
    shorter = [any_one if more == 1 else f"{any_one}{{1,{more}}}"] if more else []
    lower = [f"[{lowest}-{chr(ord(limit[0]) - 1)}]{any_one}{{{more}}}"] if limit[0] > lowest else []
    return f"(?:{'|'.join([*shorter, *lower])})"
