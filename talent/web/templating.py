"""Jinja for this site: strict templates, how figures and dates are written, the pictures' geometry."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import Flask
from flask_babel import gettext, to_user_timezone
from jinja2 import StrictUndefined
from markupsafe import Markup

from talent.core.language import in_a_row, translated
from talent.web import kit, pictures, statics

#: No data: never 0, never empty.
DASH = "—"
MINUS = "−"


def _grouped(value: int) -> str:
    return f"{MINUS if value < 0 else ''}{abs(value):,}"


def money(fen: int | None) -> str:
    """Integer fen as 24,000.00."""
    if fen is None:
        return DASH
    return f"{MINUS if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def hours(hundredths: int | None) -> str:
    """Hundredths of an hour as 436 or 74.5."""
    if hundredths is None:
        return DASH
    whole = money(hundredths)
    return whole.rstrip("0").rstrip(".")


def num(value: int | float | Decimal | Fraction | None, places: int = 0) -> str:
    """A number with thousands parted and ``places`` decimals, halves away from zero."""
    if value is None:
        return DASH
    # Whole numbers all the way: a board has thousands of figures, and a Fraction is reduced at every step.
    numerator, denominator = value.as_integer_ratio()
    digits = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    whole, rest = divmod(digits, 10**places)
    sign = MINUS if value < 0 and digits else ""
    return f"{sign}{whole:,}.{rest:0{places}d}" if places else f"{sign}{whole:,}"


def pct(rate: float | Fraction | Decimal | None, places: int = 1) -> str:
    """A rate of 0 to 1 as 31.4%."""
    return DASH if rate is None else f"{num(Fraction(rate) * 100, places)}%"


def signed(value: int | None) -> str:
    """A change: +12, −3, 0."""
    if value is None:
        return DASH
    return f"+{value:,}" if value > 0 else _grouped(value)


def day(on: date | None) -> str:
    """2026-09-01, for tables; of an instant, the day it was here."""
    if isinstance(on, datetime):
        on = to_user_timezone(on).date()
    return DASH if on is None else on.isoformat()


def moment(at: datetime | None) -> str:
    """An instant in local time, to the minute."""
    return DASH if at is None else str(to_user_timezone(at).strftime("%Y-%m-%d %H:%M"))


def month(on: date | None) -> str:
    """2026-09."""
    return DASH if on is None else f"{on.year}-{on.month:02d}"


def day_cn(on: date | None) -> str:
    """2026年9月1日, for prose."""
    if on is None:
        return DASH
    return gettext("%(year)d年%(month)d月%(day)d日", year=on.year, month=on.month, day=on.day)


def literal(text: str) -> Markup:
    """A file name, a code or a raw value: no gaps are set between its Chinese and Latin characters."""
    return Markup('<span class="tl-raw">{}</span>').format(text)


FILTERS = {
    "money": money,
    "hours": hours,
    "num": num,
    "pct": pct,
    "signed": signed,
    "day": day,
    "month": month,
    "day_cn": day_cn,
    "literal": literal,
    "translated": translated,
    "in_a_row": in_a_row,
}


def install(app: Flask, worded: kit.Worded) -> None:
    """Prepare ``app``'s templates. Call it after Babel and Bootstrap; ``worded`` says a finding in words."""
    app.extensions[kit.WORDING] = worded
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    globals_: dict[str, Any] = {"pictures": pictures, "url_with": kit.url_with}
    app.jinja_env.globals.update(globals_)
    statics.install(app)
