"""From a raw cell to a value: one parser per type of column. They raise :class:`CellError` only."""

import difflib
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from talent.workbooks.dates import parse_date, parse_partial_date
from talent.workbooks.identity import parse_id_number, parse_phone
from talent.workbooks.kinds import CellType, Column
from talent.workbooks.numbers import parse_hundredths, parse_integer
from talent.workbooks.text import (
    CellError,
    Doubtful,
    checked_text,
    clean_text,
    half_width,
    lost_digits,
    parse_text,
    private_characters,
)

__all__ = ["CellError", "Doubtful", "Parser", "parser_of"]

Parser = Callable[[object], Any]
"""Raw cell → value, None for an empty cell, :class:`Doubtful` for a value with a warning."""

_SEPARATORS = re.compile("[；;、]")
_EXPONENT = re.compile(r"[0-9](?:\.[0-9]{1,20})?[eE]\+[0-9]{1,3}")
_NAMED_CHOICES = 12
_LONGEST_CHOICE = 40


def parser_of(column: Column, date1904: bool = False) -> Parser:
    """The parser of a column, its choices and bounds already bound."""
    match column.type:
        case CellType.TEXT:
            return partial(parse_text, max_length=column.max_length)
        case CellType.CODE:
            return partial(parse_code, max_length=column.max_length)
        case CellType.CHOICE:
            return partial(_parse_choice, choices=_Choices(column))
        case CellType.MULTI:
            return partial(_parse_multi, choices=_Choices(column) if column.choices else None, column=column)
        case CellType.INTEGER:
            return partial(parse_integer, minimum=column.minimum, maximum=column.maximum)
        case CellType.DECIMAL:
            return partial(parse_hundredths, minimum=column.minimum, maximum=column.maximum)
        case CellType.DATE:
            return partial(parse_date, date1904=date1904)
        case CellType.DATE_OR_MONTH:
            return partial(parse_partial_date, date1904=date1904)
        case CellType.ID_NUMBER:
            return parse_id_number
        case CellType.PHONE:
            return parse_phone


def parse_code(raw: object, max_length: int) -> str | Doubtful | None:
    """A code: any text with its leading zeros; a number that lost digits or became a date is refused."""
    if not isinstance(raw, str):
        if lost_digits(raw):
            raise CellError("workbooks.code_digits_lost")
        if raw is not None and not isinstance(raw, int | float):
            raise CellError("workbooks.code_became_date")
    text = half_width(clean_text(raw)).strip()
    if _EXPONENT.fullmatch(text):
        raise CellError("workbooks.code_digits_lost")
    return checked_text(text, max_length)


class _Choices:
    """The spellings of a column, looked up without regard to spaces and full-width forms."""

    def __init__(self, column: Column) -> None:
        self._codes: Mapping[str, str] = {_folded(text): code for text, code in column.spellings.items()}
        self._labels = list(column.labels.values())

    def code(self, text: str) -> str:
        found = self._codes.get(_folded(text))
        if found is None:
            raise self._unknown(text)
        return found

    def _unknown(self, text: str) -> CellError:
        allowed = "、".join(self._labels[:_NAMED_CHOICES]) + ("…" if len(self._labels) > _NAMED_CHOICES else "")
        close = difflib.get_close_matches(text[:_LONGEST_CHOICE], self._labels, n=1, cutoff=0.5)
        if close:
            return CellError("workbooks.choice_close", {"allowed": allowed, "suggestion": close[0]})
        return CellError("workbooks.choice_unknown", {"allowed": allowed})


def _folded(text: str) -> str:
    return "".join(half_width(text).split())


def _parse_choice(raw: object, choices: _Choices) -> str | None:
    text = clean_text(raw)
    return choices.code(text) if text else None


def _parse_multi(raw: object, choices: _Choices | None, column: Column) -> tuple[str, ...] | Doubtful | None:
    """Several values, each once, in the order written."""
    if lost_digits(raw):
        raise CellError("workbooks.code_digits_lost")
    text = clean_text(raw)
    if len(text) > column.max_length:
        raise CellError("workbooks.text_too_long", {"limit": column.max_length, "length": len(text)})
    parts = [cleaned for part in _SEPARATORS.split(text) if (cleaned := clean_text(part))]
    if not parts:
        return None
    values = tuple(dict.fromkeys(parts if choices is None else map(choices.code, parts)))
    if private := private_characters(text):
        return Doubtful(values, "workbooks.private_character", {"characters": private})
    return values
