"""Splitting a school's allotment: to the fen, mainly for those who served (rules §2.10)."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.pay.awards.rules import AwardShare, Claim, divide, split_allotment

from .builders import stated

HALF = stated("paired_assistance.participants_minimum_share", Fraction(1, 2))


def amounts(allotment_fen: int, *shares: AwardShare) -> list[int]:
    return [award.amount_fen for award in split_allotment(allotment_fen, shares, HALF).awards]


def test_the_missing_fen_go_to_the_lower_staff_numbers() -> None:
    assert amounts(
        2_400_000, *(AwardShare(key, 1) for key in ("T7", "T1", "T4", "T2", "T3", "T6", "T5"))
    ) == [
        342_857,
        342_857 + 1,
        342_857,
        342_857,
        342_857,
        342_857,
        342_857,
    ]


def test_amounts_that_already_sum_come_back_unchanged() -> None:
    assert amounts(1_000, AwardShare("T1", 613), AwardShare("T2", 387)) == [613, 387]


def test_a_share_for_others_is_a_named_line() -> None:
    split = split_allotment(
        1_000_000,
        [AwardShare("T1", 9), AwardShare("others", 1, participant=False, name="教研组协作奖励")],
        HALF,
    )
    assert [(award.key, award.name, award.amount_fen) for award in split.awards] == [
        ("T1", "", 900_000),
        ("others", "教研组协作奖励", 100_000),
    ]
    assert (split.findings, split.participants_fen) == ((), 900_000)


@pytest.mark.parametrize(
    ("participants", "others", "codes"),
    [
        (5_000, 5_000, []),
        (4_999, 5_001, ["pay.participants_minority"]),
        (0, 1, ["pay.participants_minority"]),
    ],
    ids=["exactly half", "a fen below half", "nothing"],
)
def test_mainly_means_at_least_half(participants: int, others: int, codes: list[str]) -> None:
    shares = [
        AwardShare("T1", participants),
        AwardShare("others", others, participant=False, name="其他人员"),
    ]
    split = split_allotment(10_000, shares, HALF)
    assert [finding.code for finding in split.findings] == codes
    assert sum(award.amount_fen for award in split.awards) == 10_000


def test_the_minority_finding_names_both_sums() -> None:
    shares = [AwardShare("T1", 1), AwardShare("others", 3, participant=False, name="其他人员")]
    (finding,) = split_allotment(10_000, shares, HALF).findings
    assert finding.level == "warning"
    assert (finding.params["allotment_fen"], finding.params["participants_fen"]) == (10_000, 2_500)


@pytest.mark.parametrize(
    ("allotment_fen", "shares", "codes"),
    [
        (-1, [AwardShare("T1", 1)], ["pay.allotment_negative"]),
        (100, [AwardShare("T1", 1), AwardShare("T1", 2)], ["pay.award_twice"]),
        (100, [AwardShare("T1", 2), AwardShare("T2", -1)], ["pay.award_negative"]),
        (100, [AwardShare("T1", 2), AwardShare("x", 1, participant=False)], ["pay.award_unnamed"]),
        (100, [AwardShare("T1", 0)], ["pay.award_nobody"]),
        (100, [], ["pay.award_nobody"]),
    ],
    ids=["negative allotment", "key twice", "negative share", "nameless line", "no weight", "no shares"],
)
def test_a_split_that_makes_no_sense_is_refused(
    allotment_fen: int, shares: list[AwardShare], codes: list[str]
) -> None:
    split = split_allotment(allotment_fen, shares, HALF)
    assert [finding.code for finding in split.refusals] == codes
    assert split.awards == ()


def test_an_empty_allotment_needs_no_shares() -> None:
    assert split_allotment(0, [], HALF).refusals == ()
    assert amounts(0, AwardShare("T1", 0)) == [0]


@given(st.integers(0, 10**10), st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_awards_sum_to_the_allotment(allotment_fen: int, weights: list[int]) -> None:
    shares = [AwardShare(f"T{number:03}", weight) for number, weight in enumerate(weights)]
    split = split_allotment(allotment_fen, shares, HALF)
    if split.refusals:
        assert not any(weights)
    else:
        assert sum(award.amount_fen for award in split.awards) == allotment_fen


# ── a whole split ────────────────────────────────────────────────────────────────────────────────────────────

WEIGHTS = st.fractions(0, 1000, max_denominator=12)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    """People who served, sharing by any weights, and named lines of others."""
    served = draw(st.lists(WEIGHTS, min_size=1, max_size=20))
    others = draw(st.lists(st.integers(0, 10**7), max_size=8))
    return [*(Claim(f"T{number:03}", weight=weight) for number, weight in enumerate(served)),
            *(Claim(f"X{number:03}", "协助人员", fen=fen) for number, fen in enumerate(others))]


@given(st.integers(0, 10**10), claims(), st.randoms())
def test_any_draw_sums_to_the_allotment_and_order_changes_nothing(
    allotment_fen: int, drawn: list[Claim], random: Random
) -> None:
    division = divide(allotment_fen, drawn, HALF)
    if division.refusals:
        assert sum(claim.fen for claim in drawn) > allotment_fen or not any(claim.weight for claim in drawn)
        return
    assert sum(fen for _, fen in division.rows) == allotment_fen and division.left_fen == 0
    assert [fen for claim, fen in division.rows if claim.purpose] == [claim.fen for claim in drawn if claim.purpose]
    shuffled = list(drawn)
    random.shuffle(shuffled)
    assert divide(allotment_fen, shuffled, HALF) == division


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**8), max_size=20))
def test_sums_by_hand_come_back_with_what_they_leave(allotment_fen: int, sums: list[int]) -> None:
    division = divide(allotment_fen, [Claim(f"T{number:03}", fen=fen) for number, fen in enumerate(sums)], HALF)
    assert [fen for _, fen in division.rows] == sums
    assert division.left_fen == allotment_fen - sum(sums)
