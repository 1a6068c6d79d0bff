"""What a computation came to, as bytes that stay: bare lines, parameters, and the hash over all of it.

Everything is canonical JSON, so that the same facts and terms give the same text on every machine, and a batch
computed again from its own snapshot can be compared byte by byte (rules §2.11).
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from talent.core.errors import Finding
from talent.pay.rules import YearResult

_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def canonical(content: Any) -> str:
    """JSON with sorted keys and no spaces; Chinese as it is. Floats have no place in it."""
    return _encoder.encode(content)


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


class BareLine(NamedTuple):
    """A line as the table keeps it, without what it came from: ``months`` is canonical JSON."""

    staff_no: str
    school_code: str
    months: str
    month_count: int
    days: int
    amount_fen: int


def bare_lines(result: YearResult) -> list[BareLine]:
    """The lines as they are stored; their receipts are made again from the snapshot when somebody asks."""
    texts: dict[tuple[int, ...], str] = {}
    lines: list[BareLine] = []
    for line in result.lines:
        months = texts.get(line.months)
        if months is None:
            months = texts[line.months] = canonical(line.months)
        lines.append(BareLine(line.staff_no, line.school_code, months, len(line.months), line.days, line.amount_fen))
    return lines


def parameters_text(result: YearResult) -> str:
    """Every parameter of the result with basis and source."""
    return canonical(result.terms.as_list(result.year))


def content_hash(snapshot: str, parameters: str, lines: Iterable[BareLine], findings: Iterable[Finding]) -> str:
    """SHA-256 over the snapshot's digest, parameters, lines by (staff number, school code), and findings."""
    found = [finding.as_dict() for finding in findings]
    return digest("\n".join((digest(snapshot), parameters, canonical(list(lines)), canonical(found))))
