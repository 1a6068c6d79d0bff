"""The mixed latent-class model of the ten inputs and its EM.

Within a group the inputs are independent. Hours and tier are Gaussian (standardised, clipped); counts and
points are hurdles, a Bernoulli of "any at all" times a Gaussian of the standardised log1p among those who
have some; promotion is a Bernoulli. Variances are shared by the groups. A missing input speaks in no term.

With shared variances a group's log-likelihood is linear in a few statistics of a teacher (is it known, does
it occur, its value), so one round of the EM is two matrix products and a softmax, and the share of each input
in a log-odds is exact. Priors act as a few teachers added to every group; the penalised log-likelihood never
falls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talent.portraits.features import HOURS, INPUTS, PROMOTED, TIER, FloatArray
from talent.portraits.settings import PortraitSettings

_ALL = np.arange(len(INPUTS))
_GAUSSIAN = np.array([HOURS, TIER])
_COUNTS = np.setdiff1d(_ALL, [HOURS, TIER, PROMOTED])
_VALUED = np.setdiff1d(_ALL, [PROMOTED])
_OCCURRING = np.setdiff1d(_ALL, _GAUSSIAN)

_KNOWN_PART = slice(0, len(_ALL))
_OCCURS_PART = slice(_KNOWN_PART.stop, _KNOWN_PART.stop + len(_OCCURRING))
_VALUE_PART = slice(_OCCURS_PART.stop, _OCCURS_PART.stop + len(_VALUED))
_WIDTH = _VALUE_PART.stop
_INPUT_OF_STATISTIC = np.concatenate([_ALL, _OCCURRING, _VALUED])


@dataclass(frozen=True, eq=False, slots=True)
class Model:
    """A fitted mixture: everything needed to place any teacher, and nothing else.

    Arrays are indexed by ``INPUTS`` (last axis) and group (first axis of ``means`` and ``rates``).
    ``medians`` are of the four kinds of hours; ``centres`` and ``spreads`` standardise the Gaussian values.
    Entries that a kind of input does not use (the rate of hours, the mean of promotion) hold a neutral
    number.
    """

    medians: FloatArray
    centres: FloatArray
    spreads: FloatArray
    weights: FloatArray
    means: FloatArray
    variances: FloatArray
    rates: FloatArray

    @property
    def k(self) -> int:
        """Number of groups."""
        return len(self.weights)

    def reordered(self, order: NDArray[np.intp]) -> "Model":
        """The same groups numbered in another order."""
        return replace(self, weights=self.weights[order], means=self.means[order], rates=self.rates[order])

    def as_dict(self) -> dict[str, Any]:
        """Plain lists of floats; ``from_dict`` gives back the very same model."""
        return {field.name: getattr(self, field.name).tolist() for field in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Model":
        """The model that :meth:`as_dict` described."""
        return cls(**{field.name: np.array(data[field.name], dtype=np.float64) for field in fields(cls)})


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """A model, its log-likelihood, and the penalised one after each round, which never falls."""

    model: Model
    log_likelihood: float
    objective: tuple[float, ...]


# ---- a teacher's statistics ----


def standardisers(inputs: FloatArray, settings: PortraitSettings) -> tuple[FloatArray, FloatArray]:
    """Centre and spread of each input's Gaussian value (of the positive ones' log1p for counts)."""
    centres, spreads = np.zeros(len(INPUTS)), np.ones(len(INPUTS))
    for j in _VALUED:
        column = inputs[:, j]
        values = column[~np.isnan(column)] if j in _GAUSSIAN else np.log1p(column[column > 0])
        if values.size:
            centres[j] = values.mean()
            spreads[j] = values.std() or 1.0
    return centres, spreads


def statistics(
    inputs: FloatArray, centres: FloatArray, spreads: FloatArray, settings: PortraitSettings
) -> FloatArray:
    """What the model reads of each teacher: which inputs are known, which occur, and their values; else 0."""
    table = np.zeros((len(inputs), _WIDTH), order="F")
    known = ~np.isnan(inputs)
    table[:, _KNOWN_PART] = known
    occurs = np.nan_to_num(inputs) > 0
    table[:, _OCCURS_PART] = occurs[:, _OCCURRING]
    values = (np.nan_to_num(inputs[:, _GAUSSIAN]) - centres[_GAUSSIAN]) / spreads[_GAUSSIAN]
    clipped = np.clip(values, -settings.gaussian_clip, settings.gaussian_clip)
    positions = np.searchsorted(_VALUED, _GAUSSIAN) + _VALUE_PART.start
    table[:, positions] = np.where(known[:, _GAUSSIAN], clipped, 0.0)
    for j in _COUNTS:
        some = occurs[:, j]
        scaled = (np.log1p(inputs[some, j]) - centres[j]) / spreads[j]
        table[some, np.searchsorted(_VALUED, j) + _VALUE_PART.start] = scaled
    return table


def model_statistics(model: Model, inputs: FloatArray, settings: PortraitSettings) -> FloatArray:
    """Statistics of these teachers on the model's own scale."""
    return statistics(inputs, model.centres, model.spreads, settings)


def coefficients(model: Model) -> FloatArray:
    """What each statistic adds to a group's log-likelihood, groups × statistics; shared terms left out."""
    table = np.zeros((model.k, _WIDTH))
    hill = -(model.means**2) / (2.0 * model.variances)
    table[:, _KNOWN_PART][:, _GAUSSIAN] = hill[:, _GAUSSIAN]
    table[:, _KNOWN_PART][:, _OCCURRING] = np.log1p(-model.rates[:, _OCCURRING])
    logits = np.log(model.rates) - np.log1p(-model.rates)
    logits[:, _COUNTS] += hill[:, _COUNTS]
    table[:, _OCCURS_PART] = logits[:, _OCCURRING]
    table[:, _VALUE_PART] = (model.means / model.variances)[:, _VALUED]
    return table


def input_terms(model: Model, table: FloatArray, a: NDArray[np.intp], b: NDArray[np.intp]) -> FloatArray:
    """Each input's term in the log-odds of group ``a`` against ``b``, per teacher (row of statistics)."""
    per_group = coefficients(model)
    parts = table * (per_group[a] - per_group[b])
    to_input = _INPUT_OF_STATISTIC[:, None] == _ALL
    terms: FloatArray = parts @ to_input
    return terms


# ---- the two steps ----


def posterior(model: Model, table: FloatArray) -> tuple[FloatArray, float]:
    """Memberships, groups × teachers, and the sum of the log of what normalised them."""
    joint = coefficients(model) @ table.T
    joint += np.log(model.weights)[:, None]
    top = joint.max(axis=0)
    joint -= top
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    joint /= total
    return joint, float(top.sum() + np.log(total).sum())


@dataclass(frozen=True, eq=False, slots=True)
class _Sums:
    """What stays the same in every round: totals over all teachers, per input."""

    squares: FloatArray
    """Sum of squared Gaussian values."""
    valued: FloatArray
    """Teachers with a Gaussian value."""
    rates: FloatArray
    """The district's share of teachers with any, among those known."""

    @classmethod
    def of(cls, table: FloatArray) -> "_Sums":
        squares, rates = np.zeros(len(INPUTS)), np.full(len(INPUTS), 0.5)
        squares[_VALUED] = (table[:, _VALUE_PART] ** 2).sum(axis=0)
        known, occurs = table[:, _KNOWN_PART].sum(axis=0), table[:, _OCCURS_PART].sum(axis=0)
        rates[_OCCURRING] = occurs / np.maximum(known[_OCCURRING], 1.0)
        valued = known.copy()
        valued[_OCCURRING] = occurs
        return cls(squares, valued, rates)


def maximise(
    model: Model, responsibilities: FloatArray, table: FloatArray, sums: _Sums, settings: PortraitSettings
) -> Model:
    """The M-step: groups that explain best what the responsibilities say, priors included."""
    counted = responsibilities.sum(axis=1) + settings.weight_prior
    totals = responsibilities @ table
    known, occurs = totals[:, _KNOWN_PART], totals[:, _OCCURS_PART]
    means, rates = np.zeros_like(known), np.full_like(known, 0.5)
    valued = known.copy()
    valued[:, _OCCURRING] = occurs
    values = totals[:, _VALUE_PART]
    means[:, _VALUED] = values / (valued[:, _VALUED] + settings.mean_prior)
    squares = sums.squares.copy()
    squares[_VALUED] -= (means[:, _VALUED] * values).sum(axis=0)
    variances = (squares + settings.variance_prior_squares) / (sums.valued + settings.variance_prior_count)
    prior = settings.rate_prior
    overall = sums.rates[_OCCURRING]
    rates[:, _OCCURRING] = (occurs + prior * overall) / (known[:, _OCCURRING] + prior)
    return replace(
        model,
        weights=counted / counted.sum(),
        means=means,
        variances=np.maximum(variances, settings.least_variance),
        rates=np.clip(rates, settings.least_rate, 1.0 - settings.least_rate),
    )


def _log_likelihood(model: Model, normaliser: float, sums: _Sums) -> float:
    """What the softmax left over plus the terms that all groups share."""
    squares, valued, variances = sums.squares[_VALUED], sums.valued[_VALUED], model.variances[_VALUED]
    return normaliser - 0.5 * float((squares / variances + valued * np.log(2.0 * np.pi * variances)).sum())


def _log_prior(model: Model, sums: _Sums, settings: PortraitSettings) -> float:
    """The logarithm of the priors, up to a constant: with the log-likelihood, what each round raises."""
    variances = model.variances[_VALUED]
    pull = settings.mean_prior * (model.means[:, _VALUED] ** 2).sum(axis=0) + settings.variance_prior_squares
    spread = -0.5 * float((pull / variances + settings.variance_prior_count * np.log(variances)).sum())
    rates, overall = model.rates[:, _OCCURRING], sums.rates[_OCCURRING]
    rate = settings.rate_prior * float((overall * np.log(rates) + (1 - overall) * np.log1p(-rates)).sum())
    return spread + rate + settings.weight_prior * float(np.log(model.weights).sum())


def fit(
    inputs: FloatArray, responsibilities: FloatArray, medians: FloatArray, settings: PortraitSettings
) -> Fit:
    """Run one EM from the given responsibilities (groups × teachers) until it has converged.

    ``inputs`` is teachers × ``INPUTS``; ``medians`` only travel with the model. No randomness is used.
    """
    centres, spreads = standardisers(inputs, settings)
    table = statistics(inputs, centres, spreads, settings)
    sums = _Sums.of(table)
    empty = np.zeros((len(responsibilities), len(INPUTS)))
    model = Model(medians, centres, spreads, np.ones(len(empty)), empty, np.ones(len(INPUTS)), empty)
    likelihood, history = 0.0, list[float]()
    for _ in range(settings.rounds):
        model = maximise(model, responsibilities, table, sums, settings)
        responsibilities, normaliser = posterior(model, table)
        likelihood = _log_likelihood(model, normaliser, sums)
        history.append(likelihood + _log_prior(model, sums, settings))
        if len(history) > 1 and history[-1] - history[-2] < settings.tolerance * abs(history[-1]):
            break
    return Fit(model, likelihood, tuple(history))
