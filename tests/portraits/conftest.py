"""Planted districts small enough to group in a second, shared by the tests of this room."""

import numpy as np
import pytest

from talent.portraits.features import FloatArray, canonical_order, hours_medians, ten_inputs
from talent.portraits.parameters import shipped_settings
from tests.portraits.planted import District, plant


@pytest.fixture(scope="session")
def district() -> District:
    """1,200 teachers of five archetypes, easy to tell apart, with kinds not collected at some schools."""
    return plant("easy", k=5, seed=3, n=1200)


@pytest.fixture(scope="session")
def hard_district() -> District:
    """1,000 teachers whose archetypes overlap, with more that was not collected."""
    return plant("hard", k=6, seed=4, n=1000)


@pytest.fixture(scope="session")
def inputs(district: District) -> FloatArray:
    """The ten inputs of the easy district in canonical order."""
    made = ten_inputs(district.features, hours_medians(district.features), shipped_settings())
    return made[canonical_order(made)]


@pytest.fixture(scope="session")
def medians(district: District) -> FloatArray:
    """Its medians of hours."""
    return np.asarray(hours_medians(district.features))
