"""Every spelling of a date people use in sheets; what has two readings is refused with both."""

import re
from datetime import date, timedelta
from typing import Literal

from talent.workbooks.issues import plain_number
from talent.workbooks.kinds import PartialDate
from talent.workbooks.text import CellError, Doubtful, clean_text, half_width

_TIME = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?"
_DAY = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
_DAY_IN_WORDS = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]?")
_DAY_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})月?")
_MONTH_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})")
_YEAR = re.compile(r"[0-9]{4}年?")
_SHORT_YEAR = re.compile(r"'?[0-9]{2}[-/.年][0-9]{1,2}(?:[-/.月][0-9]{1,2}日?|月)?")
_SERIAL = re.compile(r"[0-9]{5}")
_TWO_READINGS = re.compile(r"([0-9]{4})\.1")
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_FIRST_SAFE_DAY = date(1900, 3, 1)  # before it Excel counts a 29 February 1900 that never was
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LONGEST = 40

_Precision = Literal["day", "month"]


def parse_date(raw: object, date1904: bool = False) -> date | Doubtful | None:
    """A day. A month is refused (``workbooks.month_without_day``)."""
    parsed = parse_partial_date(raw, date1904)
    if parsed is None:
        return None
    partial = parsed.value if isinstance(parsed, Doubtful) else parsed
    if partial.precision == "month":
        raise CellError("workbooks.month_without_day", {"month": f"{partial.value:%Y-%m}"})
    if isinstance(parsed, Doubtful):
        return Doubtful(partial.value, parsed.code, parsed.params)
    return partial.value


def parse_partial_date(raw: object, date1904: bool = False) -> PartialDate | Doubtful | None:
    """A day, or a month kept as a month, never as its first day."""
    if isinstance(raw, date):
        return _of_date_cell(date(raw.year, raw.month, raw.day), date1904)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _of_number(raw, date1904)
    text = half_width(clean_text(raw))
    if not text:
        return None
    return _of_text(text)


def _of_date_cell(day: date, date1904: bool) -> PartialDate:
    if not date1904 and day < _FIRST_SAFE_DAY:
        raise CellError("workbooks.date_out_of_range", {"first": _FIRST_YEAR, "last": _LAST_YEAR})
    return PartialDate(_in_range(day))


def _of_number(number: float, date1904: bool) -> PartialDate | Doubtful:
    """20200901, 202009 and 1990.01 typed as numbers; five digits are a day count, said as a warning."""
    text = plain_number(number)
    if not _SERIAL.fullmatch(text):
        return _of_text(text)
    day = (_EPOCH_1904 if date1904 else _EPOCH_1900) + timedelta(days=int(text))
    return Doubtful(PartialDate(_in_range(day)), "workbooks.date_serial", {"number": text, "date": day.isoformat()})


def _of_text(text: str) -> PartialDate:
    if len(text) > _LONGEST:
        raise CellError("workbooks.not_a_date")
    spaceless = "".join(text.split())
    if match := _DAY.fullmatch(text):
        return PartialDate(_day(match[1], match[3], match[4]))
    if match := _DAY_IN_WORDS.fullmatch(spaceless) or _DAY_COMPACT.fullmatch(spaceless):
        return PartialDate(_day(*match.groups()))
    if match := _TWO_READINGS.fullmatch(spaceless):
        raise CellError("workbooks.date_two_readings", {"first": f"{match[1]}-01", "second": f"{match[1]}-10"})
    if match := _MONTH.fullmatch(spaceless) or _MONTH_COMPACT.fullmatch(spaceless):
        return PartialDate(_day(match[1], match[2], "1"), "month")
    raise CellError(_why_not(spaceless))


def _why_not(text: str) -> str:
    if _YEAR.fullmatch(text):
        return "workbooks.year_without_month"
    if _SHORT_YEAR.fullmatch(text):
        return "workbooks.short_year"
    if _SERIAL.fullmatch(text):
        return "workbooks.date_serial_as_text"
    return "workbooks.not_a_date"


def _day(year: str, month: str, day: str) -> date:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        raise CellError("workbooks.date_out_of_range", {"first": _FIRST_YEAR, "last": _LAST_YEAR})
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        named = f"{year}-{int(month):02}-{int(day):02}"
        raise CellError("workbooks.no_such_day", {"date": named}) from error


def _in_range(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise CellError("workbooks.date_out_of_range", {"first": _FIRST_YEAR, "last": _LAST_YEAR})
    return day
