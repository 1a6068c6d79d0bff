"""Policy values as a person types them: yuan instead of fen, hours instead of their hundredths, 70% or 1/12 for shares.

Tables are typed as JSON. Both ways round: :func:`as_typed` writes what :func:`read_typed` reads.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from talent.core.errors import Finding, RuleViolation
from talent.policy.types import dump

FEN = "fen"
HOURS = "hundredths of an hour"
_HUNDREDTHS = re.compile(r"\d{1,12}(\.\d{1,2})?")
_SHARE = re.compile(r"-?\d{1,9}(\.\d{1,9}|/[1-9]\d{0,8})?")
_PERCENT = re.compile(r"(\d{1,3}(\.\d{1,6})?)%")
_PARTS = re.compile(r"[、，,;；\s]+")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－％／", "0123456789.-%/")
_FLAGS = {"是": True, "否": False, "true": True, "false": False}


def is_in_hundredths(unit: str) -> bool:
    """Whether whole numbers of this unit are kept in hundredths of what people say (fen, hundredths of an hour)."""
    return unit.startswith(FEN) or unit == HOURS


def shape_of(value: Any, unit: str) -> str:
    """How a value of this entry is typed: money hours whole share flag date code words or table."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "money" if unit.startswith(FEN) else "hours" if unit == HOURS else "whole"
    for kind, shape in ((Fraction, "share"), (date, "date"), (str, "code")):
        if isinstance(value, kind):
            return shape
    is_words = isinstance(value, tuple) and all(isinstance(item, str) for item in value)
    return "words" if is_words else "table"


def as_typed(value: Any, unit: str) -> str:
    """The value as it is offered for editing."""
    match shape_of(value, unit):
        case "money" | "hours":
            whole, rest = divmod(value, 100)
            return f"{whole}.{rest:02d}" if rest else str(whole)
        case "flag":
            return "是" if value else "否"
        case "words":
            return "、".join(value)
        case "table":
            return json.dumps(dump(value), ensure_ascii=False, indent=1)
    return str(value)


def read_typed(text: str, shape: str) -> Any:
    """What was typed, as the JSON the book reads. Raises ``RuleViolation`` naming what was expected."""
    try:
        return _READERS[shape](text.strip())
    except (ValueError, RecursionError):
        raise RuleViolation(Finding(f"policy.not_{shape}", params={"typed": text.strip()[:40]})) from None


def _whole(text: str) -> int:
    return int(_plain(text))


def _plain(text: str) -> str:
    return text.translate(_FULL_WIDTH).replace(",", "").replace("，", "")


def _hundredths(text: str) -> int:
    plain = _plain(text)
    if not _HUNDREDTHS.fullmatch(plain):
        raise ValueError(plain)
    return int(Fraction(plain) * 100)


def _share(text: str) -> str:
    plain = _plain(text)
    percent = _PERCENT.fullmatch(plain)
    if percent:
        return str(Fraction(percent.group(1)) / 100)
    if not _SHARE.fullmatch(plain):
        raise ValueError(plain)
    return plain


def _flag(text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise ValueError(text)
    return _FLAGS[text.lower()]


def _date(text: str) -> str:
    return date.fromisoformat(_plain(text)).isoformat()


def _words(text: str) -> list[str]:
    return [word for word in _PARTS.split(text) if word]


def _table(text: str) -> Any:
    return json.loads(text, parse_float=_no_float)


def _no_float(text: str) -> Any:
    raise ValueError(f"{text} is not exact")


_READERS: dict[str, Callable[[str], Any]] = {
    "money": _hundredths, "hours": _hundredths, "whole": _whole, "share": _share, "flag": _flag, "date": _date,
    "code": str, "words": _words, "table": _table,
}
