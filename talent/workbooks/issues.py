"""What was noticed in a file, as data: where it stands, what stood there (personal numbers masked), the code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

_LOOKS_LIKE_ID = re.compile(r"[0-9]{15}(?:[0-9]{2}[0-9Xx])?", re.ASCII)
_MASK = re.compile(r"[0-9]{0,6}\*{3,18}[0-9Xx]{0,4}", re.ASCII)
_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class Issue:
    """One remark on a file. ``column`` is the header as the user wrote it, ``row`` the number Excel shows."""

    file: str
    sheet: str
    row: int | None
    column: str | None
    cell: str | None
    value: str | None
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    level: Literal["error", "warning"] = "error"


def mask(text: str) -> str:
    """Keep the first three and the last two characters; of a short text nothing."""
    if len(text) < 8:
        return "*" * max(len(text), 3)
    return text[:3] + "*" * (len(text) - 5) + text[-2:]


def is_masked(text: str) -> bool:
    """Whether a cell carries a mask as exported, such as 120*************1X."""
    return _MASK.fullmatch(text) is not None


def shown(raw: object, personal: bool = False) -> str | None:
    """A raw cell as an issue may quote it: shortened, masked when personal or when it looks like an ID."""
    if raw is None or raw == "":
        return None
    text = str(raw).strip() if not isinstance(raw, float) else plain_number(raw)
    if personal:
        return mask(text)
    text = without_id_numbers(text[: 2 * _LONGEST_VALUE])
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def without_id_numbers(text: str) -> str:
    """The text with everything that looks like an ID number masked, wherever it was typed."""
    return _LOOKS_LIKE_ID.sub(lambda match: mask(match.group()), text)


def plain_number(number: float) -> str:
    """A number as a person would type it: 12 for 12.0, never with more digits than the sheet holds."""
    whole = abs(number) < 10**15 and number == int(number)
    return str(int(number)) if whole else repr(number)


def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A → 0, AA → 26; the inverse of :func:`column_letters`."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell_name(row: int, column: int) -> str:
    """Row number as shown and zero-based column → E388."""
    return f"{column_letters(column)}{row}"
