"""Peers for display, and the audit: no cell under ten, none by subtraction, no trait in disguise."""

from collections import Counter

import numpy as np
import pytest

from talent.portraits.audit import association_findings, associations, cramers_v
from talent.portraits.peers import Cell, cells_of, compare_with_peers

BIG: Cell = ("primary", "语文", "2")


def people(*cells: tuple[int, Cell]) -> list[Cell]:
    return [cell for number, cell in cells for _ in range(number)]


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        (people((12, BIG)), {BIG: 12}),
        (people((12, BIG), (9, ("primary", "音乐", "2"))), {("primary", "", "2"): 21}),
        (people((30, BIG), (12, ("primary", "数学", "2")), (9, ("primary", "音乐", "2"))),
         {BIG: 30, ("primary", "", "2"): 21}),
        (people((30, BIG), (6, ("primary", "数学", "3")), (6, ("primary", "音乐", "1"))),
         {BIG: 30, ("primary", "", ""): 12}),
        (people((9, BIG)), {(): 9}),
        (people((30, BIG), (4, ("primary", "语文", ""))), {("primary", "", ""): 34}),
        (people((30, BIG), (12, ("primary", "", "2"))), {BIG: 30, ("primary", "", "2"): 12}),
        (people((30, BIG), (4, ("", "语文", "2"))), {(): 34}),
    ],
    ids=["large enough", "a small subject takes its neighbour along", "the smaller neighbour only",
         "small bands share the stage", "too few", "band not known", "subject not known", "stage not known"],
)
def test_cells_widen_until_they_are_large_enough(full: list[Cell], shown: dict[Cell, int]) -> None:
    assert Counter(cells_of(full, 10)) == shown


def test_no_cell_is_small_nor_what_is_left_of_a_wider_one() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        full = [(str(rng.choice(["primary", "junior", ""])), str(rng.choice(["语文", "数学", "音乐", ""])),
                 str(rng.choice(["0", "1", "2", ""]))) for _ in range(int(rng.integers(5, 200)))]
        shown = set(cells_of(full, 10)) - {()}
        size = {cell: sum(all(a in ("", b) for a, b in zip(cell, one, strict=True)) for one in full) for cell in shown}
        assert all(count >= 10 for count in size.values())
        for cell in shown:
            inner = [other for other in shown if other != cell
                     and all(a in ("", b) for a, b in zip(cell, other, strict=True))]
            narrowest = [one for one in inner if not any(
                wider != one and wider in inner and all(a in ("", b) for a, b in zip(wider, one, strict=True))
                for wider in inner)]
            left = size[cell] - sum(size[one] for one in narrowest)
            assert left == 0 or left >= 10


def test_quartiles_and_shares_of_a_cell_by_hand() -> None:
    scores = np.array([[float(n)] for n in range(11)])
    inputs = np.array([[float(n), np.nan if n < 2 else 1.0] for n in range(11)])
    found = compare_with_peers([BIG] * 11, scores, inputs, 10)
    cell = found.cells["primary|语文|2"]
    assert cell == {"size": 11, "quartiles": [[2.5, 7.5]], "medians": [5.0, None]}
    assert found.keys == ("primary|语文|2",) * 11
    assert found.below[:, 0].tolist() == [n / 10 for n in range(11)]


def test_the_book_says_how_few_are_too_few() -> None:
    full = people((12, BIG), (8, ("primary", "数学", "1")))
    assert Counter(cells_of(full, 8)) == {BIG: 12, ("primary", "数学", "1"): 8}
    assert Counter(cells_of(full, 13)) == {("primary", "", ""): 20}
    assert compare_with_peers(full, np.ones((20, 1)), np.ones((20, 1)), 21).cells == {}


def test_what_was_collected_of_too_few_peers_has_no_range() -> None:
    scores = np.full((12, 1), np.nan)
    scores[:9] = 1.0
    found = compare_with_peers([BIG] * 12, scores, np.zeros((12, 1)), 10)
    assert found.cells["primary|语文|2"]["quartiles"] == [None]
    assert np.isnan(found.below).all()


def test_association_is_1_for_the_trait_itself_and_0_by_chance() -> None:
    groups = [1, 2] * 100
    assert cramers_v(["a", "b"] * 100, groups) == pytest.approx(1.0, abs=0.01)
    assert cramers_v(["a", "a", "b", "b"] * 50, groups) == 0.0
    assert cramers_v(["a"] * 200, groups) is None


def test_the_audit_leaves_out_whoever_has_no_group_or_no_trait() -> None:
    found = associations({"gender": ["f", "m", "f", "m", "", "m"]}, [1, 2, 1, 2, 1, 0], {"gender": 0.1})
    assert found["gender"]["people"] == 4
    assert found["gender"]["v"] > 0.1
    assert [finding.params["trait"] for finding in association_findings(found)] == ["gender"]
    assert not list(association_findings({"gender": {"v": 0.1, "limit": 0.1}, "school": {"v": None, "limit": 0.1}}))
