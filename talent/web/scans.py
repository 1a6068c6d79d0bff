"""Scans handed in with an act: what is taken, and handed out again to be saved, never shown."""

from io import BytesIO
from typing import BinaryIO, cast

from flask import Response, send_file
from werkzeug.datastructures import FileStorage

from talent.core import files
from talent.core.errors import Finding, NotFound, RuleViolation
from talent.core.work import Work
from talent.web.security import program

#: How a PDF, a JPEG and a PNG begin.
MAGIC = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def attached(item: FileStorage | None) -> bool:
    """Whether a file was chosen."""
    return bool(item and item.filename)


def keep_scan(work: Work, item: FileStorage, strange: str) -> int:
    """Keep a scan and answer its file; ``strange`` is the finding for what is no scan."""
    if not item.stream.read(8).startswith(MAGIC):
        raise RuleViolation(Finding(strange))
    item.stream.seek(0)
    return files.store(work, program().settings.home, item.filename or "", cast("BinaryIO", item.stream)).id


def hand_out(name: str, stored_as: str) -> Response:
    """A kept scan as a file to be saved."""
    if not (files.folder(program().settings.home) / stored_as).is_file():
        raise NotFound("sheet", name)
    plain = BytesIO(files.content(program().settings.home, program().vault, stored_as))
    return send_file(plain, mimetype="application/octet-stream", as_attachment=True, download_name=name)
