"""From values back to cells: the inverse of talent/workbooks/cells.py, column by column."""

from collections.abc import Callable
from datetime import date
from typing import Any

from talent.workbooks.kinds import CellType, Column, PartialDate

Renderer = Callable[[Any], str | float]
"""Value (never None) → text, or a number that the column's format shows."""

MULTI_SEPARATOR = "；"
_EPOCH = date(1899, 12, 30)
_FIRST_SAFE_DAY = date(1900, 3, 1)

NUMBER_FORMATS = {
    CellType.INTEGER: "0",
    CellType.DECIMAL: "0.00",
    CellType.DATE: "yyyy-mm-dd",
    CellType.DATE_OR_MONTH: "yyyy-mm-dd",
}
"""Every other type is text ('@'), so that Excel keeps leading zeros and all digits."""

AS_STORED = frozenset({CellType.TEXT, CellType.CODE, CellType.INTEGER, CellType.ID_NUMBER, CellType.PHONE})
"""Types whose value is the cell."""


def renderer_of(column: Column) -> Renderer:
    """The renderer of a column. An unknown code is written as it is rather than lost."""
    labels = column.labels
    match column.type:
        case CellType.CHOICE:
            return lambda code: labels.get(code, code)
        case CellType.MULTI:
            return lambda codes: MULTI_SEPARATOR.join(labels.get(code, code) for code in codes)
        case CellType.DECIMAL:
            return _hundredths
        case CellType.DATE:
            return day_number
        case CellType.DATE_OR_MONTH:
            return _partial_date
        case _:
            return _as_stored


def _as_stored(value: str | int) -> str | int:
    return value


def _hundredths(value: int) -> float:
    """Division of two integers rounds once, to the double whose shortest form is the decimal itself."""
    return value / 100


def _partial_date(value: PartialDate) -> str | float:
    return f"{value.value:%Y-%m}" if value.precision == "month" else day_number(value.value)


def day_number(day: date) -> str | float:
    """The count of days of a real date cell; as text before March 1900, where Excel counts a day too many."""
    return (day - _EPOCH).days if day >= _FIRST_SAFE_DAY else day.isoformat()
