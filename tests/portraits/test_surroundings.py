"""What a page will ask of a run, on a planted district: groups described, traits audited, earlier years placed."""

from datetime import date

import numpy as np
import pytest

from talent.portraits.build import build
from talent.portraits.parameters import shipped_settings
from talent.portraits.result import Result
from talent.portraits.rules import MODEL
from talent.portraits.scores import DIMENSIONS
from talent.portraits.surroundings import Around, Surroundings, surround
from talent.portraits.traits import Traits
from tests.portraits.planted import District

LIMITS = {"gender": 0.1, "school": 0.15, "career_band": 0.5}
EARLIER = date(2025, 8, 31)


@pytest.fixture(scope="module")
def result(district: District) -> Result:
    return build(district.features, k=5)


@pytest.fixture(scope="module")
def found(district: District, result: Result) -> Surroundings:
    """Everybody teaches 语文 in one band; the gender recorded is, by mischief, the group itself."""
    groups = dict(zip(result.staff_no, result.groups.tolist(), strict=True))
    traits = {
        staff_no: Traits(row, str(district.school[row]), f"g{groups[staff_no]}", "primary", "语文", "2")
        for row, staff_no in enumerate(district.features.staff_no)
    }
    return surround(result, Around(traits, {EARLIER: district.features}, LIMITS), shipped_settings())


def test_groups_are_described_as_the_result_has_them(result: Result, found: Surroundings) -> None:
    groups = found.groups[MODEL]
    assert [item["size"] for item in groups] == list(result.sizes)
    assert result.grouping is not None
    assert [item["stability"] for item in groups] == list(result.grouping.stability.groups)
    assert all(len(item["profile"]) == len(DIMENSIONS) and item["proposed"] for item in groups)
    weighted = sum(np.array(item["profile"]) * item["size"] for item in groups) / sum(result.sizes)
    np.testing.assert_allclose(weighted, 0.0, atol=0.05)


def test_a_type_that_is_only_a_trait_is_warned_of(found: Surroundings) -> None:
    assert found.audit[MODEL]["gender"]["v"] == pytest.approx(1.0, abs=0.01)
    assert found.audit[MODEL]["school"]["v"] < 0.15
    assert [finding.params["trait"] for finding in found.findings] == ["gender"]


def test_the_same_records_a_year_earlier_stand_where_they_stand_now(result: Result, found: Surroundings) -> None:
    np.testing.assert_array_equal(found.growth[EARLIER], result.scores)


def test_everyone_is_compared_with_the_one_cell_there_is(result: Result, found: Surroundings) -> None:
    assert set(found.peers.keys) == {"primary|语文|2"}
    assert found.peers.cells["primary|语文|2"]["size"] == len(result.staff_no)
    assert np.nanmax(found.peers.below) <= 1.0


def test_a_stable_run_has_no_contrasting_groups(found: Surroundings) -> None:
    assert list(found.groups) == [MODEL] and not found.plain.any()
