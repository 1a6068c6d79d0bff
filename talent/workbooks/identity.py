"""Resident identity numbers (GB 11643: 18 characters, MOD 11-2) and telephone numbers."""

import re
from datetime import date
from functools import lru_cache

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from talent.workbooks.issues import is_masked
from talent.workbooks.text import CellError, Doubtful, clean_text, half_width, lost_digits

_ID = re.compile(r"[0-9]{17}[0-9X]")
_EXPONENT = re.compile(r"[0-9](?:\.[0-9]{1,20})?[eE]\+?[0-9]{1,3}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{9,11}")
_COUNTRY_CODE = re.compile(r"(?:\+|00)86")


def parse_id_number(raw: object) -> str | Doubtful | None:
    """Eighteen characters with a good check digit. An unknown region is a warning, since none of the
    published tables is complete; a mask as exported is handed on as it is."""
    if lost_digits(raw):
        raise CellError("workbooks.id_digits_lost")
    text = "".join(half_width(clean_text(raw)).split()).upper()
    if not text:
        return None
    if is_masked(text):
        return text
    _check_form(text)
    if text[-1] != ric.calc_check_digit(text):
        raise CellError("workbooks.id_digits_lost" if text.endswith("000") else "workbooks.id_check_digit")
    if not _has_birth_date(text):
        raise CellError("workbooks.id_birth_date")
    return text if _region_known(text[:10]) else Doubtful(text, "workbooks.id_region")


def _check_form(text: str) -> None:
    if _EXPONENT.fullmatch(text):
        raise CellError("workbooks.id_digits_lost")
    if len(text) == 15 and text.isdecimal():
        raise CellError("workbooks.id_fifteen_digits")
    if not _ID.fullmatch(text):
        raise CellError("workbooks.id_form", {"length": len(text)})


def _has_birth_date(number: str) -> bool:
    try:
        return 1900 <= date(int(number[6:10]), int(number[10:12]), int(number[12:14])).year <= 2099
    except ValueError:
        return False


@lru_cache(maxsize=65_536)
def _region_known(region_and_year: str) -> bool:
    """The first ten characters: the county table changes with the year of birth."""
    try:
        return bool(ric.get_birth_place(f"{region_and_year}01010000"))
    except ValidationError:
        return False


def parse_phone(raw: object) -> str | Doubtful | None:
    """Digits of a mobile number, or of a landline with its area code; a mask is handed on."""
    text = "".join(half_width(clean_text(raw)).replace("-", "").split())
    if not text:
        return None
    if is_masked(text):
        return text
    text = _COUNTRY_CODE.sub("", text, count=1) if text.startswith(("+", "00")) else text
    if not (_MOBILE.fullmatch(text) or _LANDLINE.fullmatch(text)):
        raise CellError("workbooks.phone_form")
    return text
