"""Stability, the choice of a number, names: the rules a person relies on before publishing."""

import numpy as np
import pytest

from talent.portraits.choose import Evidence, feasible_numbers, is_large_enough, propose
from talent.portraits.continuity import Previous, follow
from talent.portraits.features import FloatArray
from talent.portraits.mixture import Model
from talent.portraits.naming import name_findings, proposed_name
from talent.portraits.parameters import shipped_settings
from talent.portraits.scores import DIMENSIONS
from talent.portraits.stability import Stability, bootstrap_stability, jaccard_table, z_scores

SETTINGS = shipped_settings()


def evidence(k: int, separation: float | None, allowed: bool = True) -> Evidence:
    return Evidence(k, separation, 1 / k, 50, 0.8, allowed)


@pytest.mark.parametrize(
    ("candidates", "k"),
    [
        ([evidence(4, 800.0), evidence(5, 900.0), evidence(6, 700.0)], 5),
        ([evidence(4, 900.0001), evidence(5, 900.0004)], 4),
        ([evidence(4, 800.0), evidence(5, 900.0, allowed=False)], 4),
        ([evidence(4, 800.0, allowed=False), evidence(5, 900.0, allowed=False)], 4),
        ([evidence(4, None), evidence(5, 1.0)], 5),
    ],
    ids=["separates most", "a tie goes to the smaller", "too small a group", "all too small", "no separation"],
)
def test_the_proposal(candidates: list[Evidence], k: int) -> None:
    assert propose(candidates) == k


@pytest.mark.parametrize(("n", "numbers"), [(119, []), (120, [4]), (185, [4, 5, 6]), (5000, [4, 5, 6, 7, 8])])
def test_only_numbers_that_can_be_filled_are_compared(n: int, numbers: list[int]) -> None:
    assert list(feasible_numbers(n, SETTINGS)) == numbers


@pytest.mark.parametrize(
    ("size", "everyone", "large"),
    [(30, 500, True), (29, 500, False), (59, 2000, False), (60, 2000, True)],
)
def test_no_group_under_3_percent_or_30_persons(size: int, everyone: int, large: bool) -> None:
    assert is_large_enough(size, everyone, SETTINGS) is large


@pytest.mark.parametrize(
    ("groups", "unstable", "warning"),
    [((0.9, 0.8), False, False), ((0.95, 0.59), False, True), ((0.74, 0.74), True, True)],
)
def test_the_lines_of_stability(groups: tuple[float, ...], unstable: bool, warning: bool) -> None:
    stability = Stability(float(np.mean(groups)), groups)
    assert stability.is_unstable(SETTINGS) is unstable
    assert stability.needs_warning(SETTINGS) is warning


def test_a_grouping_that_always_returns_is_stable_and_a_random_one_is_not() -> None:
    labels = np.repeat(np.arange(4), 50)
    faithful = bootstrap_stability(labels, 4, lambda rows, seed: 3 - labels[rows], 0, SETTINGS)
    assert faithful == Stability(1.0, (1.0,) * 4)
    chance = bootstrap_stability(
        labels, 4, lambda rows, seed: np.random.default_rng(seed).integers(0, 4, len(rows)), 0, SETTINGS
    )
    assert chance.is_unstable(SETTINGS)


def test_jaccard_of_a_small_table() -> None:
    before, after = np.array([0, 0, 1, 1]), np.array([1, 1, 1, 0])
    np.testing.assert_allclose(jaccard_table(before, after, 2, 2), [[0, 2 / 3], [1 / 2, 1 / 4]])


def test_z_scores_leave_the_unknown_at_the_mean_and_the_constant_at_0() -> None:
    scored = z_scores(np.array([[1.0, 5.0, np.nan], [3.0, 5.0, np.nan], [np.nan, 5.0, np.nan]]))
    assert scored.tolist() == [[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_groups_follow_the_teachers_they_share(inputs: FloatArray) -> None:
    empty = np.zeros((2, 10))
    model = Model(np.zeros(4), np.zeros(10), np.ones(10), np.full(2, 0.5), empty, np.ones(10), empty + 0.5)
    previous = Previous(model, {"a": 1, "b": 1, "c": 2, "d": 2, "gone": 1})
    order, descents = follow(["a", "b", "c", "d", "new"], np.array([1, 1, 0, 1, 0]), previous, SETTINGS)
    assert order.tolist() == [1, 0]
    assert [item.group for item in descents] == [1, 2]
    assert [item.overlap for item in descents] == pytest.approx([2 / 3, 1 / 2])
    assert not any(item.is_redefined for item in descents)


def test_without_shared_teachers_every_type_is_new() -> None:
    empty = np.zeros((2, 10))
    model = Model(np.zeros(4), np.zeros(10), np.ones(10), np.full(2, 0.5), empty, np.ones(10), empty + 0.5)
    _, descents = follow(["x"], np.array([0]), Previous(model, {}), SETTINGS)
    assert all(item.is_redefined for item in descents)


@pytest.mark.parametrize(
    ("standing", "name"),
    [
        ({"contest": 1.2, "research": 0.8, "training": 0.6}, ("contest", "research")),
        ({"tier": 2.0, "mentoring": 0.7}, ("mentoring",)),
        ({"tier": 2.0}, ("balanced",)),
        ({}, ("balanced",)),
        (dict.fromkeys(DIMENSIONS, -0.5), ("sparse",)),
    ],
)
def test_proposed_names(standing: dict[str, float], name: tuple[str, ...]) -> None:
    assert proposed_name(np.array([standing.get(dimension, 0.0) for dimension in DIMENSIONS])) == name


def test_a_name_is_neither_a_title_nor_a_rank() -> None:
    titles, ranks = ["名教师"], ["优秀"]
    refused = [
        name_findings(name, titles=titles, ranking_words=ranks) for name in ("名教师型", "优秀型", "研修型")
    ]
    assert [[finding.code for finding in found] for found in refused] == [
        ["portraits.name_is_title"],
        ["portraits.name_ranks"],
        [],
    ]
