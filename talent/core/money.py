"""Money as integer fen: written, rounded once, shared out to the last fen.  No floating point anywhere."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Any

FEN_PER_YUAN = 100
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")


def yuan(fen: int) -> str:
    """An amount for the eye: ``2400000`` → ``24,000.00``."""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def plain(fen: int) -> str:
    """An amount for a program or a field: ``2400000`` → ``24000.00``."""
    return yuan(fen).replace(",", "")


def uppercase(fen: int) -> str:
    """An amount for a voucher: ``1800000`` → ``人民币壹万捌仟元整``.

    Follows 支付结算办法 附一 and, where it offers two spellings, its first: one 零 for a run of zeros,
    零 between 元 and a 角 when the yuan digit is 0, 整 only after whole yuan.
    """
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    words = _spell(whole) + "元" if whole or not rest else ""
    return "人民币" + ("负" if fen < 0 else "") + words + _spell_rest(whole, *divmod(rest, 10))


def _spell_rest(whole: int, jiao: int, fen: int) -> str:
    """What follows 元: 整, or the 角 and 分."""
    if not jiao and not fen:
        return "整"
    gap = "零" if whole and (not jiao or whole % 10 == 0) else ""
    return gap + (f"{_DIGITS[jiao]}角" if jiao else "") + (f"{_DIGITS[fen]}分" if fen else "")


def _spell(number: int) -> str:
    """A whole number in capital numerals, by the great places 亿 and 万 and then digit by digit."""
    for place, name in ((10**8, "亿"), (10**4, "万")):
        if number >= place:
            high, low = divmod(number, place)
            gap = "零" if low and low < place // 10 else ""
            return _spell(high) + name + gap + (_spell(low) if low else "")
    digits = zip(f"{number:04d}", _PLACES, strict=True)
    text = "".join("零" if digit == "0" else _DIGITS[int(digit)] + place for digit, place in digits)
    while "零零" in text:
        text = text.replace("零零", "零")
    return text.strip("零") or "零"


def round_half_up(amount: Fraction | int) -> int:
    """The nearest integer, a half going up: 0.5 → 1, -0.5 → 0."""
    return floor(amount + Fraction(1, 2))


def apportion(total_fen: int, weights: Sequence[Fraction | int], keys: Sequence[Any]) -> list[int]:
    """Share ``total_fen`` in proportion to ``weights`` by largest remainder; the shares sum to it exactly.

    Equal remainders go to the lower key.  Negative amounts, and a positive total with no weight, raise
    ``ValueError``: a reversal negates the lines it undoes, it is never apportioned again.
    """
    if total_fen < 0 or any(weight < 0 for weight in weights):
        raise ValueError("neither the total nor a weight can be negative")
    whole = sum(weights, Fraction(0))
    if not whole:
        if total_fen:
            raise ValueError(f"{total_fen} fen and nobody to take them: every weight is zero")
        return [0] * len(weights)
    return largest_remainder([Fraction(total_fen * weight, whole) for weight in weights], total_fen, keys)


def largest_remainder(exact: Sequence[Fraction], total: int, keys: Sequence[Any]) -> list[int]:
    """Each exact amount floored, and what is then missing from ``total`` given to the largest fractions.

    Equal fractions go to the lower key.  ``total`` must lie within one unit per amount of the floors' sum.
    """
    shares = [floor(amount) for amount in exact]
    missing = total - sum(shares)
    if not 0 <= missing <= len(shares):
        raise ValueError(f"a total of {total} is no rounding of the exact sum {sum(exact, Fraction(0))}")
    order = sorted(range(len(shares)), key=lambda at: (shares[at] - exact[at], keys[at]))
    for at in order[:missing]:
        shares[at] += 1
    return shares
