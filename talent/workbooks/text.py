"""Texts of cells: trimmed, free of invisible characters, otherwise exactly as written.

Compatibility folding (NFKC) is never applied to a text: it would change the characters of a name.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from talent.workbooks.issues import plain_number

_TRIMMED = " \u3000\xa0\n"
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NAME_DOT = re.compile(r"(?<=\w)[•・‧](?=\w)")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FIRST_UNSAFE_FLOAT = 10**15


class CellError(Exception):
    """A cell that cannot be taken: a code of talent/words/workbooks.py and what its sentence names."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self.params: Mapping[str, Any] = params or {}
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A value taken with a warning."""

    value: Any
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


def clean_text(raw: object) -> str:
    """A raw cell as trimmed text; '' when nothing is left. CellError for bidi and control characters."""
    text = raw if isinstance(raw, str) else _as_written(raw)
    if not text.isprintable():
        text = _visible(text)
    text = text.strip(_TRIMMED)
    if not text or text.isspace():
        return ""
    return text if text.isascii() else _NAME_DOT.sub("\u00b7", text)


def _as_written(raw: object) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return plain_number(raw)
    if isinstance(raw, datetime):
        midnight = raw.time() == time.min
        return raw.date().isoformat() if midnight else raw.isoformat(" ", timespec="seconds")
    if isinstance(raw, date | time):
        return raw.isoformat()
    if isinstance(raw, timedelta):
        return f"{raw.total_seconds():.0f}s"
    return str(raw)


def _visible(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if bidi := _BIDI.search(text):
        raise CellError("workbooks.bidi_character", {"character": _code_point(bidi.group())})
    for char in text:
        category = unicodedata.category(char)
        forbidden = (category == "Cc" and char not in "\n\t") or category == "Cs" or ord(char) & 0xFFFE == 0xFFFE
        if forbidden:
            raise CellError("workbooks.control_character", {"character": _code_point(char)})
    return _INVISIBLE.sub("", text)


def _code_point(char: str) -> str:
    return f"U+{ord(char):04X}"


def private_characters(text: str) -> str:
    """Characters of a private area, which look otherwise on every machine: U+E863 …; '' when none."""
    if text.isprintable():
        return ""
    return " ".join(dict.fromkeys(_code_point(char) for char in text if unicodedata.category(char) == "Co"))


def half_width(text: str) -> str:
    """Full-width ASCII as ASCII (１２ → 12); no other script is touched."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def lost_digits(raw: object) -> bool:
    """A number of more digits than a spreadsheet keeps: what is shown is not what was typed."""
    return isinstance(raw, int | float) and abs(raw) >= _FIRST_UNSAFE_FLOAT


def parse_text(raw: object, max_length: int) -> str | Doubtful | None:
    """Any text. A private-use character is a warning."""
    return checked_text(clean_text(raw), max_length)


def checked_text(text: str, max_length: int) -> str | Doubtful | None:
    """A text that is clean already: its length, and a warning for a private-use character."""
    if not text:
        return None
    if len(text) > max_length:
        raise CellError("workbooks.text_too_long", {"limit": max_length, "length": len(text)})
    if private := private_characters(text):
        return Doubtful(text, "workbooks.private_character", {"characters": private})
    return text
