"""What a file really is, and whether it may be opened at all; decided before any parser sees it.

Sizes declared in a zip are checked first, then every part is inflated once in a stream that stops at the
first limit crossed, so that neither a bomb nor a million empty rows costs memory.
"""

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from talent.core.errors import TalentError
from talent.workbooks.sheet_scan import (
    OverLimit,
    SheetScan,
    UnreadableXml,
    check_announced_strings,
    check_prolog,
    scan_sheet,
)

MAX_MEMBERS = 200
MAX_RATIO = 100
_RATIO_MATTERS_FROM = 1 << 20
_CHUNK = 1 << 20
_SMALL_PART = 8 << 20
_ZIP = b"PK\x03\x04"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP_STARTS = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head", b"<body", b"<div", b"<style")


class FileRefused(TalentError):
    """The file cannot be taken. ``code`` is worded in talent/words/workbooks.py with ``params``."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self.params: Mapping[str, Any] = params or {}
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may hold: rows and columns of a sheet, bytes once unpacked."""

    rows: int
    columns: int
    unpacked_bytes: int


SITE = Limits(200_000, 200, 200 * 1024**2)
COMMAND_LINE = Limits(2_000_000, 200, 2 * 1024**3)

FileType = Literal["xlsx", "xls", "text"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the guard learnt: the real type, and for .xlsx one scan per sheet name."""

    type: FileType
    scans: Mapping[str, SheetScan] = field(default_factory=dict)
    date1904: bool = False


def check(path: Path | str, limits: Limits = SITE) -> None:
    """Refuse (:class:`FileRefused`) whatever must not be parsed."""
    inspect(path, limits)


def inspect(path: Path | str, limits: Limits = SITE) -> Inspection:
    """As :func:`check`, and hand back what was seen on the way."""
    path = Path(path)
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise FileRefused("workbooks.file_empty")
    if head.startswith(_ZIP):
        return _inspect_zip(path, limits)
    size = path.stat().st_size
    if size > limits.unpacked_bytes:
        raise FileRefused("workbooks.too_large", {"limit_mb": limits.unpacked_bytes >> 20})
    if head.startswith(_OLE2):
        return _inspect_ole2(path)
    return _inspect_text(path, head)


def _inspect_text(path: Path, head: bytes) -> Inspection:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_MARKUP_STARTS):
        raise FileRefused("workbooks.is_web_page")
    if path.suffix.lower() in {".xls", ".xlsx", ".xlsm", ".et"}:
        raise FileRefused("workbooks.not_a_workbook", {"suffix": path.suffix})
    return Inspection("text")


def _inspect_ole2(path: Path) -> Inspection:
    """An .xls. The names of OLE2 streams stand in its directory as UTF-16."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused("workbooks.encrypted")
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise FileRefused("workbooks.macros")
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        raise FileRefused("workbooks.not_a_workbook", {"suffix": path.suffix})
    return Inspection("xls")


def _inspect_zip(path: Path, limits: Limits) -> Inspection:
    try:
        with zipfile.ZipFile(path) as archive:
            members = _checked_members(archive, limits)
            return _inspect_xlsx(archive, members, limits)
    except OverLimit as over:
        raise FileRefused(over.code, over.params) from over
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,  # a compression method zipfile does not know
        LookupError,  # an encoding nobody knows
        RuntimeError,
        OSError,
        ValueError,
        UnreadableXml,
        ParseError,
        DefusedXmlException,
    ) as error:
        if isinstance(error, DefusedXmlException):
            raise FileRefused("workbooks.document_type") from error
        raise FileRefused("workbooks.damaged") from error


def _checked_members(archive: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Members by lower-case name, after the checks the directory alone allows."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise FileRefused("workbooks.too_many_members", {"limit": MAX_MEMBERS})
    by_name: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        name = member.filename.replace("\\", "/")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or name.lower() in by_name:
            raise FileRefused("workbooks.damaged")
        if member.flag_bits & 0x1:
            raise FileRefused("workbooks.encrypted")
        by_name[name.lower()] = member
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise FileRefused("workbooks.too_large", {"limit_mb": limits.unpacked_bytes >> 20})
    if "xl/workbook.xml" not in by_name:
        raise FileRefused("workbooks.not_a_workbook", {"suffix": Path(archive.filename or "").suffix})
    if any(name.endswith("vbaproject.bin") for name in by_name):
        raise FileRefused("workbooks.macros")
    return by_name


def _inspect_xlsx(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], limits: Limits) -> Inspection:
    if b"macroenabled" in _small_part(archive, members, "[content_types].xml").lower():
        raise FileRefused("workbooks.macros")
    workbook = fromstring(_small_part(archive, members, "xl/workbook.xml"), forbid_dtd=True)
    parts = _sheet_parts(workbook, fromstring(_relations(archive, members), forbid_dtd=True))
    scanned: dict[str, SheetScan] = {}
    for name, member in members.items():
        with archive.open(member) as stream:
            if name in parts.values():
                scanned[name] = scan_sheet(stream, limits.rows, limits.columns)
            elif name.endswith((".xml", ".rels", ".vml")):
                head = stream.read(_CHUNK)
                check_prolog(head)
                check_announced_strings(head, member.file_size)
            while stream.read(_CHUNK):  # to the end, so that a lying size or checksum is noticed here
                pass
    _check_ratio(members)
    scans = {sheet: scanned[part] for sheet, part in parts.items() if part in scanned}
    return Inspection("xlsx", scans, _is_1904(workbook))


def _check_ratio(members: Mapping[str, zipfile.ZipInfo]) -> None:
    """After the rows were counted: "too many rows" says more than "packed too tightly"."""
    for member in members.values():
        if member.file_size > _RATIO_MATTERS_FROM and member.file_size > MAX_RATIO * member.compress_size:
            raise FileRefused("workbooks.zip_bomb", {"ratio": MAX_RATIO})


def _small_part(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str) -> bytes:
    member = members.get(name)
    if member is None or member.file_size > _SMALL_PART:
        raise FileRefused("workbooks.damaged")
    return archive.read(member)


def _relations(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> bytes:
    return _small_part(archive, members, "xl/_rels/workbook.xml.rels")


def _sheet_parts(workbook: Element, relations: Element) -> dict[str, str]:
    """Sheet name → lower-case name of its part in the archive."""
    targets: dict[str, str] = {}
    for relation in relations:
        target = relation.get("Target", "").replace("\\", "/").lower()
        targets[relation.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    parts: dict[str, str] = {}
    for element in workbook.iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        relation_id = next((value for key, value in element.items() if key.endswith("}id")), "")
        if relation_id in targets:
            parts[element.get("name", "")] = targets[relation_id]
    return parts


def _is_1904(workbook: Element) -> bool:
    for element in workbook.iter():
        if element.tag.rpartition("}")[2] == "workbookPr":
            return element.get("date1904", "0") in {"1", "true"}
    return False
