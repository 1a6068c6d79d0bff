"""The model: its EM climbs, missing inputs are silent, and contributions are exact."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from talent.portraits.assign import contributions, memberships
from talent.portraits.features import INPUTS, FloatArray
from talent.portraits.fitting import fit_model
from talent.portraits.mixture import Model, fit, model_statistics, posterior
from talent.portraits.parameters import shipped_settings
from talent.portraits.start import start_responsibilities

SETTINGS = shipped_settings()


@pytest.fixture(scope="module")
def model(inputs: FloatArray, medians: FloatArray) -> Model:
    return fit_model(inputs, 5, 0, medians, SETTINGS)


@pytest.mark.parametrize("k", [2, 5, 8])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_objective_never_falls(inputs: FloatArray, medians: FloatArray, k: int, seed: int) -> None:
    fitted = fit(inputs, start_responsibilities(inputs, k, seed, SETTINGS), medians, SETTINGS)
    steps = np.diff(fitted.objective)
    assert len(steps) > 1
    assert steps.min() > -1e-9 * abs(fitted.objective[-1])


@pytest.mark.parametrize(("squares", "teachers"), [(0.0, 5.0), (50.0, 5.0), (5.0, 50.0)])
def test_the_objective_never_falls_whatever_is_added_to_a_variance(
    inputs: FloatArray, medians: FloatArray, squares: float, teachers: float
) -> None:
    settings = replace(SETTINGS, variance_prior_squares=squares, variance_prior_count=teachers, least_variance=1e-6)
    fitted = fit(inputs, start_responsibilities(inputs, 5, 0, settings), medians, settings)
    assert np.diff(fitted.objective).min() > -1e-9 * abs(fitted.objective[-1])
    assert not np.allclose(fitted.model.variances, fit_model(inputs, 5, 0, medians, SETTINGS).variances, rtol=1e-3)


def test_memberships_sum_to_one(model: Model, inputs: FloatArray) -> None:
    belongs = memberships(model, inputs, SETTINGS)
    np.testing.assert_allclose(belongs.sum(axis=1), 1.0, atol=1e-12)
    assert belongs.min() >= 0


def test_chunks_change_nothing(model: Model, inputs: FloatArray) -> None:
    whole = memberships(model, inputs, SETTINGS)
    chunked = memberships(model, inputs, replace(shipped_settings(), chunk_size=97))
    np.testing.assert_allclose(whole, chunked, rtol=1e-9, atol=1e-15)


def test_the_posterior_is_bayes_rule_term_by_term(model: Model, inputs: FloatArray) -> None:
    """Against the definition written out slowly: density of each known input, group by group."""
    for row in inputs[::97]:
        joint = np.log(model.weights) + np.array(
            [sum(_log_density(model, g, j, value) for j, value in enumerate(row)) for g in range(model.k)]
        )
        expected = np.exp(joint - np.logaddexp.reduce(joint))
        np.testing.assert_allclose(
            memberships(model, row[None], SETTINGS)[0], expected, rtol=1e-8, atol=1e-300
        )


def _log_density(model: Model, group: int, j: int, value: float) -> float:
    if np.isnan(value):
        return 0.0
    mean, spread, rate = model.means[group, j], np.sqrt(model.variances[j]), model.rates[group, j]
    scaled = (value - model.centres[j]) / model.spreads[j]
    if INPUTS[j] in ("hours", "tier"):
        return float(norm.logpdf(np.clip(scaled, -3.5, 3.5), mean, spread))
    if INPUTS[j] == "promoted" or value == 0:
        return float(np.log(rate if value > 0 else 1 - rate))
    logged = (np.log1p(value) - model.centres[j]) / model.spreads[j]
    return float(np.log(rate) + norm.logpdf(logged, mean, spread))


def test_contributions_sum_to_the_log_odds(model: Model, inputs: FloatArray) -> None:
    belongs = memberships(model, inputs, SETTINGS)
    ranked = np.argsort(-belongs, axis=1, kind="stable")
    first, second = ranked[:, 0], ranked[:, 1]
    rows = np.arange(len(inputs))
    split = contributions(model, inputs, first, second, SETTINGS)
    odds = np.log(belongs[rows, first]) - np.log(belongs[rows, second])
    assert np.abs(split.log_odds - odds).max() < 1e-8


def test_what_is_missing_speaks_in_no_term_and_is_not_zero(model: Model, inputs: FloatArray) -> None:
    person = np.where(np.isnan(inputs[:1]), 0.0, inputs[:1])
    groups = np.zeros(1, dtype=np.intp), np.ones(1, dtype=np.intp)
    for j in range(len(INPUTS)):
        silent, zero = person.copy(), person.copy()
        silent[0, j], zero[0, j] = np.nan, 0.0
        assert contributions(model, silent, *groups, SETTINGS).terms[0, j] == 0.0
        others = np.delete(contributions(model, silent, *groups, SETTINGS).terms[0], j)
        np.testing.assert_array_equal(
            others, np.delete(contributions(model, person, *groups, SETTINGS).terms[0], j)
        )
        silence, nothing = memberships(model, silent, SETTINGS), memberships(model, zero, SETTINGS)
        assert not np.allclose(silence, nothing, rtol=1e-6)


def test_who_has_nothing_collected_belongs_by_size_alone(model: Model) -> None:
    unknown = np.full((1, len(INPUTS)), np.nan)
    np.testing.assert_allclose(memberships(model, unknown, SETTINGS)[0], model.weights)


def test_priors_keep_parameters_in_their_range(model: Model) -> None:
    assert model.variances.min() >= SETTINGS.least_variance
    assert model.rates.min() >= SETTINGS.least_rate
    assert model.rates.max() <= 1 - SETTINGS.least_rate
    assert model.weights.sum() == pytest.approx(1.0)


def test_a_model_survives_its_own_description(model: Model, inputs: FloatArray) -> None:
    again = Model.from_dict(model.as_dict())
    np.testing.assert_array_equal(memberships(model, inputs, SETTINGS), memberships(again, inputs, SETTINGS))


def test_renumbered_groups_are_the_same_groups(model: Model, inputs: FloatArray) -> None:
    order = np.array([4, 2, 0, 1, 3])
    belongs = posterior(model, model_statistics(model, inputs, SETTINGS))[0]
    renumbered = posterior(model.reordered(order), model_statistics(model, inputs, SETTINGS))[0]
    np.testing.assert_allclose(renumbered, belongs[order], atol=1e-12)


def test_an_input_nobody_has_and_a_constant_one_do_no_harm(inputs: FloatArray, medians: FloatArray) -> None:
    odd = inputs.copy()
    odd[:, INPUTS.index("lectures")] = np.nan
    odd[:, INPUTS.index("tier")] = 2.0
    odd[:, INPUTS.index("mentees")] = 0.0
    belongs = memberships(fit_model(odd, 4, 0, medians, SETTINGS), odd, SETTINGS)
    np.testing.assert_allclose(belongs.sum(axis=1), 1.0)
