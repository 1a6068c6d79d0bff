"""Numbers without float arithmetic: whole ones, and quantities kept as int hundredths."""

import re
from decimal import Decimal

from talent.workbooks.text import CellError, clean_text, half_width

_PLAIN = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3}){1,6}(?:\.[0-9]{1,20})?")
_EXPONENT = re.compile(r"[+-]?[0-9.]{1,20}[eE][+-]?[0-9]{1,4}")
_LARGEST = 10**13  # hundredths then still have at most fifteen digits, as many as a sheet keeps
_LONGEST = 60


def parse_integer(raw: object, minimum: int | Decimal | None, maximum: int | Decimal | None) -> int | None:
    """A whole number within the bounds (inclusive)."""
    number = _decimal(raw)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise CellError("workbooks.not_whole")
    return int(_bounded(number, minimum, maximum))


def parse_hundredths(raw: object, minimum: int | Decimal | None, maximum: int | Decimal | None) -> int | None:
    """A number with at most two decimals, times one hundred. The bounds are in the unit of the sheet."""
    number = _decimal(raw)
    if number is None:
        return None
    hundredths = _bounded(number, minimum, maximum).scaleb(2)
    if hundredths != hundredths.to_integral_value():
        raise CellError("workbooks.too_many_decimals")
    return int(hundredths)


def _bounded(number: Decimal, minimum: int | Decimal | None, maximum: int | Decimal | None) -> Decimal:
    if minimum is not None and number < minimum:
        raise CellError("workbooks.too_small", {"minimum": str(minimum)})
    if maximum is not None and number > maximum:
        raise CellError("workbooks.too_big", {"maximum": str(maximum)})
    if abs(number) >= _LARGEST:
        raise CellError("workbooks.too_big", {"maximum": str(_LARGEST)})
    return number


def _decimal(raw: object) -> Decimal | None:
    if isinstance(raw, bool):
        raise CellError("workbooks.not_a_number")
    if isinstance(raw, int | float):
        number = Decimal(raw) if isinstance(raw, int) else Decimal(format(raw, ".15g"))  # what Excel shows
        if not number.is_finite():
            raise CellError("workbooks.not_a_number")
        return number
    if not isinstance(raw, str) and raw is not None:
        raise CellError("workbooks.not_a_number")
    text = half_width(clean_text(raw)).strip().replace("\u2212", "-")
    if not text:
        return None
    if len(text) > _LONGEST:
        raise CellError("workbooks.not_a_number")
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(",", ""))
    raise _why_not(text)


def _why_not(text: str) -> CellError:
    if _EXPONENT.fullmatch(text):
        return CellError("workbooks.exponent")
    unit = text.lstrip("+-0123456789.,").strip()
    if unit and text[0] in "+-0123456789" and not any(char.isdigit() for char in unit):
        return CellError("workbooks.number_with_unit", {"unit": unit[:10]})
    return CellError("workbooks.not_a_number")
