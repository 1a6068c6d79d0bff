"""Money as integer fen: written for the eye, for a voucher, rounded once, shared out exactly.

``apportionment_cases.json`` restates published cases of the largest-remainder method as data: those of
martinlackner/apportionment (MIT License, Copyright (c) Martin Lackner; examples of Balinski and Young 1975)
and one worked example of the method that several libraries carry.
"""

import json
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.core.money import apportion, largest_remainder, plain, round_half_up, uppercase, yuan

CASES = json.loads((Path(__file__).parent / "apportionment_cases.json").read_text(encoding="utf-8"))
WEIGHTS = st.lists(st.fractions(min_value=0, max_value=1000, max_denominator=400), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (-5, "-0.05"),
        (2400000, "24,000.00"),
        (1909677, "19,096.77"),
        (-1909677, "-19,096.77"),
        (123456789012, "1,234,567,890.12"),
    ],
)
def test_yuan(fen: int, text: str) -> None:
    assert (yuan(fen), plain(fen)) == (text, text.replace(",", ""))


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角"),
        (55, "伍角伍分"),
        (100, "壹元整"),
        (101, "壹元零壹分"),
        (1000, "壹拾元整"),
        (1010, "壹拾元零壹角"),
        (10100, "壹佰零壹元整"),
        (32504, "叁佰贰拾伍元零肆分"),
        (140950, "壹仟肆佰零玖元伍角"),
        (168032, "壹仟陆佰捌拾元零叁角贰分"),
        (600714, "陆仟零柒元壹角肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (1800000, "壹万捌仟元整"),
        (1909677, "壹万玖仟零玖拾陆元柒角柒分"),
        (10700053, "壹拾万柒仟元零伍角叁分"),
        (1000700000, "壹仟万柒仟元整"),
        (100000100, "壹佰万零壹元整"),
        (1001000000, "壹仟零壹万元整"),
        (10000000000, "壹亿元整"),
        (10000000100, "壹亿零壹元整"),
        (10001000000, "壹亿零壹万元整"),
        (11000000000, "壹亿壹仟万元整"),
        (100001000000000, "壹万亿壹仟万元整"),
        (100100000000000, "壹万零壹拾亿元整"),
        (100000000000000, "壹万亿元整"),
        (-2400000, "负贰万肆仟元整"),
        (-1, "负壹分"),
    ],
)
def test_uppercase(fen: int, words: str) -> None:
    """The six examples of 支付结算办法 附一, from 1,409.50 to 325.04, and our own edges."""
    assert uppercase(fen) == "人民币" + words


def test_no_two_amounts_share_a_spelling() -> None:
    amounts = [*range(0, 20000), *range(100 * 9_990, 100 * 12_000, 37), *range(10**10, 10**10 + 30000, 7)]
    assert len({uppercase(fen) for fen in amounts}) == len(set(amounts))


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        (Fraction(1, 2), 1),
        (Fraction(3, 2), 2),
        (Fraction(5, 2), 3),
        (Fraction(-1, 2), 0),
        (Fraction(-3, 2), -1),
        (Fraction(499999, 1000000), 0),
        (7, 7),
    ],
)
def test_round_half_up(amount: Fraction | int, rounded: int) -> None:
    assert round_half_up(amount) == rounded


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_published_apportionments(case: dict[str, Any]) -> None:
    assert apportion(case["seats"], case["votes"], range(len(case["votes"]))) == case["expected"]


def test_equal_remainders_go_to_the_lower_key_wherever_it_stands() -> None:
    assert apportion(100, [1, 1, 1], ["T03", "T01", "T02"]) == [33, 34, 33]
    assert apportion(101, [1, 1, 1], ["T03", "T01", "T02"]) == [33, 34, 34]


def test_weights_that_are_the_amounts_come_back_unchanged() -> None:
    assert apportion(1000, [333, 333, 334], "abc") == [333, 333, 334]


def test_nothing_can_be_shared_among_nobody() -> None:
    assert apportion(0, [0, 0], "ab") == [0, 0]
    assert apportion(0, [], "") == []
    with pytest.raises(ValueError, match="every weight is zero"):
        apportion(1, [0, 0], "ab")
    with pytest.raises(ValueError, match="negative"):
        apportion(-1, [1], "a")
    with pytest.raises(ValueError, match="negative"):
        apportion(1, [2, -1], "ab")


def test_a_total_far_from_the_exact_sum_is_refused() -> None:
    with pytest.raises(ValueError, match="no rounding"):
        largest_remainder([Fraction(1, 2), Fraction(1, 2)], 3, "ab")


@given(st.integers(0, 10**12), WEIGHTS)
def test_shares_sum_exactly_and_stay_within_one_fen_of_their_quota(
    total: int, weights: list[Fraction]
) -> None:
    whole = sum(weights, Fraction(0))
    if not whole:
        return
    shares = apportion(total, weights, range(len(weights)))
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - total * weight / whole) < 1
        assert weight or not share


@given(st.integers(0, 10**9), WEIGHTS, st.randoms(use_true_random=False))
def test_shares_follow_their_keys_when_rows_are_shuffled(
    total: int, weights: list[Fraction], random: Random
) -> None:
    if not sum(weights):
        return
    rows = list(enumerate(weights))
    expected = dict(zip(range(len(rows)), apportion(total, weights, range(len(rows))), strict=True))
    random.shuffle(rows)
    keys = [key for key, _ in rows]
    assert dict(zip(keys, apportion(total, [weight for _, weight in rows], keys), strict=True)) == expected
