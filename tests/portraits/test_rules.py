"""What may be shown and published: small cells, standings, decisions. No database."""

from dataclasses import replace

import pytest

from talent.portraits.rules import (
    Decidable,
    Decision,
    Standing,
    decision_findings,
    may_see_type,
    open_cells,
    standing_of,
)


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"a": 10, "b": 12}, "ab"),
        ({"a": 9, "b": 12, "c": 40}, "c"),
        ({"a": 9, "b": 9, "c": 40}, "c"),
        ({"a": 10, "b": 9, "c": 11}, "c"),
        ({"a": 3}, ""),
        ({"a": 3, "b": 10}, ""),
        ({}, ""),
    ],
    ids=["all large", "one small closes the next", "two small hide each other", "the smaller of two closes",
         "alone", "nothing left to hide behind", "nobody"],
)
def test_small_cells_are_closed_and_no_subtraction_opens_them(sizes: dict[str, int], shown: str) -> None:
    opened = open_cells(sizes, 10)
    assert opened == frozenset(shown)
    left = sum(sizes.values()) - sum(sizes[key] for key in opened)
    assert left == 0 or left >= 10 or not opened


def test_a_cell_that_is_closed_for_another_reason_counts_as_hidden() -> None:
    assert open_cells({"?": 4, "b": 12, "c": 40}, 10, {"?"}) == {"c"}
    assert open_cells({"?": 14, "b": 12}, 10, {"?"}) == {"b"}


@pytest.mark.parametrize(
    ("membership", "standing"),
    [
        ((0.7, 0.3), Standing(1, 2, True)),
        ((0.69, 0.31), Standing(1, 2, False)),
        ((0.1, 0.72, 0.18), Standing(2, 3, True)),
        ((0.5, 0.5), Standing(1, 2, False)),
        ((), None),
    ],
)
def test_a_type_stands_alone_from_its_membership_on(
    membership: tuple[float, ...], standing: Standing | None
) -> None:
    assert standing_of(membership, 0.7, 0.2) == standing


def test_a_small_lead_is_between_two_whatever_the_membership() -> None:
    assert standing_of((0.55, 0.45), 0.5, 0.2) == Standing(1, 2, False)
    assert standing_of((0.61, 0.39), 0.5, 0.2) == Standing(1, 2, True)


@pytest.mark.parametrize(
    ("own", "everyone", "hidden", "seen"),
    [(True, False, True, True), (False, True, True, True), (False, False, True, False), (False, False, False, True)],
    ids=["the teacher", "the district", "a school, hidden", "a school, open"],
)
def test_who_sees_a_type(own: bool, everyone: bool, hidden: bool, seen: bool) -> None:
    assert may_see_type(is_own=own, everyone=everyone, is_hidden=hidden) is seen


RUN = Decidable(groups=2, has_evidence=True, has_fallback=False, has_warnings=False, titles=["名教师"],
                forbidden=["优秀"])
GOOD = Decision(k_reason="分得清", names=("研修成长型", "竞赛见长型"))


@pytest.mark.parametrize(
    ("decision", "run", "codes"),
    [
        (GOOD, RUN, []),
        (replace(GOOD, k_reason=""), RUN, ["k_reason_missing"]),
        (GOOD, replace(RUN, has_evidence=False), ["no_evidence"]),
        (GOOD, replace(RUN, has_warnings=True), ["warning_reason_missing"]),
        (replace(GOOD, warning_reason="看过"), replace(RUN, has_warnings=True), []),
        (replace(GOOD, method="plain"), RUN, ["method_unknown"]),
        (replace(GOOD, method="plain"), replace(RUN, has_fallback=True), []),
        (replace(GOOD, method="other"), replace(RUN, has_fallback=True), ["method_unknown"]),
        (replace(GOOD, names=("研修成长型",)), RUN, ["name_missing"]),
        (replace(GOOD, names=("研修型", "研修型")), RUN, ["name_repeated"]),
        (replace(GOOD, names=("名教师", "竞赛见长型")), RUN, ["name_is_title"]),
        (replace(GOOD, names=("研修型", "优秀型")), RUN, ["name_ranks"]),
        (replace(GOOD, names=("研" * 21, "竞赛型")), RUN, ["name_long"]),
        (GOOD, replace(RUN, kept={2: "竞赛见长型"}), ["name_kept"]),
        (Decision(), replace(RUN, has_warnings=True),
         ["k_reason_missing", "warning_reason_missing", "name_missing", "name_missing"]),
    ],
)
def test_what_a_decision_needs(decision: Decision, run: Decidable, codes: list[str]) -> None:
    assert [finding.code for finding in decision_findings(decision, run)] == [f"portraits.{code}" for code in codes]


def test_a_finding_about_a_name_stands_at_its_field() -> None:
    found = decision_findings(replace(GOOD, names=("研修成长型", "名教师型")), RUN)
    assert [finding.params["field"] for finding in found] == ["name_2"]
