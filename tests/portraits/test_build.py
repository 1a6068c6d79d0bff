"""A run end to end: what it promises whatever the district."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from talent.core.errors import RuleViolation
from talent.portraits.build import build, fit_and_assign
from talent.portraits.continuity import Previous
from talent.portraits.features import COLUMNS, Features
from talent.portraits.parameters import shipped_settings
from talent.portraits.result import Result
from talent.portraits.scores import DIMENSIONS
from tests.portraits.planted import District, next_year, shuffled_columns


@pytest.fixture(scope="module")
def result(district: District) -> Result:
    return build(district.features, k=5, seed=7)


def as_bytes(result: Result) -> bytes:
    return json.dumps(result.as_dict(), ensure_ascii=False, allow_nan=False).encode()


def types(result: Result) -> dict[str, int]:
    return dict(zip(result.staff_no, result.groups.tolist(), strict=True))


def codes(result: Result) -> list[str]:
    return [finding.code for finding in result.warnings]


def test_the_same_input_and_seed_give_the_same_bytes(district: District, result: Result) -> None:
    assert as_bytes(build(district.features, k=5, seed=7)) == as_bytes(result)


def test_rows_in_another_order_give_the_same_bytes(district: District, result: Result) -> None:
    order = np.random.default_rng(1).permutation(len(district.features))
    assert as_bytes(build(district.features.rows(order), k=5, seed=7)) == as_bytes(result)


def test_other_staff_numbers_move_nobody(district: District, result: Result) -> None:
    """Staff numbers may carry a school's number: they only name rows."""
    numbers = np.random.default_rng(2).permutation(len(district.features))
    renamed = replace(district.features, staff_no=tuple(f"N{number:05d}" for number in numbers))
    again = types(build(renamed, k=5, seed=7))
    old = types(result)
    assert [again[name] for name in renamed.staff_no] == [old[name] for name in district.features.staff_no]


def test_the_document_keeps_its_promise(result: Result) -> None:
    document = result.as_dict()
    assert {"run", "k", "groups", "stability", "teachers"} <= set(document)
    assert document["k"] == 5
    assert [group["group"] for group in document["groups"]] == [1, 2, 3, 4, 5]
    sizes = [group["size"] for group in document["groups"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == sum(teacher["group"] is not None for teacher in document["teachers"])
    staff = [teacher["staff_no"] for teacher in document["teachers"]]
    assert staff == sorted(staff)
    for teacher in document["teachers"]:
        assert tuple(teacher["dimensions"]) == DIMENSIONS
        assert all(score is None or 0 <= score <= 100 for score in teacher["dimensions"].values())
        if teacher["group"] is None:
            assert teacher["membership"] == []
        else:
            assert sum(teacher["membership"]) == pytest.approx(1, abs=1e-9)
            assert teacher["membership"][teacher["group"] - 1] == max(teacher["membership"])


def test_planted_archetypes_are_found(district: District, result: Result) -> None:
    assert result.grouping is not None
    assert result.grouping.stability.mean > 0.85
    assert result.grouping.exceeds_chance
    planted = district.planted & (result.groups > 0)
    assert adjusted_rand_score(district.truth[planted], result.groups[planted]) > 0.6


def test_too_little_data_gives_scores_but_no_type(district: District) -> None:
    features = district.features
    values = features.values.copy()
    values[0, 4:9] = np.nan
    months = np.full(len(features), 36.0)
    months[1] = 23
    built = build(replace(features, values=values, months_on_post=months), k=5)
    assert built.groups[:2].tolist() == [0, 0]
    assert not built.has_enough_data[:2].any()
    assert built.as_dict()["teachers"][0]["group"] is None
    assert not np.isnan(built.scores[1]).all()
    assert built.groups[built.has_enough_data].min() == 1


def test_not_collected_is_not_zero(district: District, result: Result) -> None:
    place = COLUMNS.index("contest_points")
    values = district.features.values.copy()
    values[0, place] = np.nan
    silent = build(replace(district.features, values=values), k=5, seed=7)
    values = values.copy()
    values[0, place] = 0.0
    nothing = build(replace(district.features, values=values), k=5, seed=7)
    contest = DIMENSIONS.index("contest")
    assert np.isnan(silent.scores[0, contest])
    assert nothing.scores[0, contest] == 0
    assert silent.coverage[0] < nothing.coverage[0]


@pytest.mark.parametrize("k", [None, 4, 6])
def test_a_district_of_shuffled_columns_gives_nobody_a_type(district: District, k: int | None) -> None:
    built = build(shuffled_columns(district.features, 5), k=k)
    assert not built.groups.any()
    assert built.as_dict()["groups"] == []
    assert "portraits.no_stable_types" in codes(built)
    assert np.isfinite(built.scores).any()


def test_an_unstable_model_shows_the_figures_of_both_methods(hard_district: District) -> None:
    built = build(hard_district.features, k=6)
    assert built.grouping is not None
    assert built.grouping.stability.needs_warning(shipped_settings())
    assert built.grouping.fallback is not None
    assert "portraits.unstable" in codes(built)
    assert built.as_dict()["fallback"]["mean"] == built.grouping.fallback.stability.mean
    assert len(built.grouping.fallback.labels) == len(built.eligible)


def test_a_number_is_proposed_from_shown_evidence(district: District) -> None:
    built = build(district.features, seed=7)
    assert built.k is not None
    assert abs(built.k - district.k) <= 1
    assert [item.k for item in built.evidence] == [4, 5, 6, 7, 8]
    assert [item["k"] for item in built.as_dict()["evidence"]] == [4, 5, 6, 7, 8]


@pytest.mark.parametrize(("n", "k"), [(0, None), (1, None), (119, None), (149, 5), (0, 5)])
def test_too_few_teachers_are_scored_but_not_grouped(district: District, n: int, k: int | None) -> None:
    built = build(district.features.rows(slice(0, n)), k=k)
    document = built.as_dict()
    assert len(document["teachers"]) == n
    assert document["k"] is None
    assert document["groups"] == []
    assert "portraits.too_few_teachers" in codes(built)


def test_a_group_that_is_too_small_is_said(district: District) -> None:
    built = build(district.features, k=9, settings=replace(shipped_settings(), least_class_share=0.2))
    assert "portraits.small_group" in codes(built)


def test_a_missing_column_is_said_and_counts_as_not_collected(district: District) -> None:
    values = district.features.values.copy()
    values[:, COLUMNS.index("lectures")] = np.nan
    lacking = replace(district.features, values=values, missing_columns=("lectures",))
    built = build(lacking, k=5)
    assert "portraits.column_missing" in codes(built)
    assert built.coverage.max() == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"k": 1}, "portraits.k_too_small"),
        ({"seed": -1}, "portraits.negative_seed"),
    ],
)
def test_what_cannot_be_asked(district: District, arguments: dict[str, int], code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        build(district.features, **arguments)  # type: ignore[arg-type]
    assert [finding.code for finding in refused.value.findings] == [code]


def test_a_sample_assigns_the_rest_as_the_whole_would(district: District) -> None:
    whole = fit_and_assign(district.features, k=5).argmax(axis=1)
    sampled = fit_and_assign(
        district.features, k=5, settings=replace(shipped_settings(), sample_size=800, chunk_size=333)
    )
    assert adjusted_rand_score(whole, sampled.argmax(axis=1)) > 0.8
    truth, planted = district.truth, district.planted
    loss = adjusted_rand_score(truth[planted], whole[planted]) - adjusted_rand_score(
        truth[planted], sampled.argmax(axis=1)[planted]
    )
    assert loss < 0.05


def test_a_sampled_run_groups_everyone(district: District) -> None:
    built = build(district.features, k=5, settings=replace(shipped_settings(), sample_size=700))
    assert (built.groups > 0).all() == built.has_enough_data.all()


def test_next_year_keeps_numbers_and_says_where_groups_come_from(district: District, result: Result) -> None:
    assert result.grouping is not None
    later, unchanged = next_year(district, seed=8)
    before = types(result)
    following = build(later.features, seed=7, previous=Previous(result.grouping.model, before))
    assert following.k == 5
    after = types(following)
    kept = [
        after[name] == before[name] for name, same in zip(result.staff_no, unchanged, strict=True) if same
    ]
    assert np.mean(kept) > 0.8
    assert following.grouping is not None
    assert [descent.group for descent in following.grouping.descents] == [1, 2, 3, 4, 5]


def test_another_number_of_groups_than_last_year_starts_afresh(district: District, result: Result) -> None:
    assert result.grouping is not None
    previous = Previous(result.grouping.model, types(result))
    fresh = build(district.features, k=4, seed=7, previous=previous)
    assert fresh.k == 4
    assert fresh.grouping is not None
    assert fresh.grouping.descents == ()
    np.testing.assert_array_equal(fresh.groups, build(district.features, k=4, seed=7).groups)


def test_features_must_fit_their_columns() -> None:
    with pytest.raises(ValueError, match="values must be"):
        Features(("T1",), np.zeros((1, 3)))
