"""Six dimension scores, 0..100: capped linear points over the 95th percentile of the active teachers.

No total and no rank is ever made of them. The scale is a value of its own, so that a teacher's years can be
shown on one fixed scale, where the movement of his peers is not his loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from talent.portraits.features import HOURS, INPUTS, FloatArray
from talent.portraits.settings import PortraitSettings

DIMENSIONS = ("training", "contest", "research", "mentoring", "assistance", "tier")
"""The scored dimensions in the order they are shown."""


def dimension_weights(made_of: Mapping[str, Mapping[str, float]]) -> FloatArray:
    """Weight of each input in each dimension's linear score: ``DIMENSIONS`` × ``INPUTS``."""
    return np.array([[made_of[name].get(column, 0.0) for column in INPUTS] for name in DIMENSIONS])


@dataclass(frozen=True, eq=False, slots=True)
class LinearScale:
    """Cap, centre and spread of each input's linear points (hours before the root), one value an input."""

    caps: FloatArray
    medians: FloatArray
    means: FloatArray
    deviations: FloatArray

    @classmethod
    def of(cls, inputs: FloatArray, settings: PortraitSettings) -> "LinearScale":
        """The scale of these teachers; an input nobody has stands at 0 with spread 1."""
        points = _linear(inputs)
        columns = range(points.shape[1])
        known = [points[~np.isnan(points[:, j]), j] for j in columns]
        caps = np.array([_cap(column, settings.cap_quantile) for column in known])
        capped = [np.minimum(column, cap) for column, cap in zip(known, caps, strict=True)]
        medians = np.array([np.median(column) if column.size else 0.0 for column in capped])
        means = np.array([column.mean() if column.size else 0.0 for column in capped])
        return cls(caps, medians, means, np.array([_spread(column) for column in capped]))

    def capped(self, inputs: FloatArray) -> FloatArray:
        """Linear points, capped; NaN stays NaN."""
        return np.minimum(_linear(inputs), self.caps)

    def standardised(self, inputs: FloatArray) -> FloatArray:
        """Capped points in standard deviations from the mean, a missing one at its median."""
        points = self.capped(inputs)
        filled = np.where(np.isnan(points), self.medians, points)
        return (filled - self.means) / self.deviations


@dataclass(frozen=True, eq=False, slots=True)
class ScoreScale:
    """What turns inputs into scores: the linear scale and the points that are worth 100 in each dimension."""

    linear: LinearScale
    full: FloatArray

    @classmethod
    def of(cls, inputs: FloatArray, settings: PortraitSettings) -> "ScoreScale":
        """The scale of these teachers: everyone with data sets the spread, the active ones the 100."""
        linear = LinearScale.of(inputs, settings)
        points = _dimension_points(linear, inputs, settings)
        active = [column[column > 0] for column in points.T]
        full = [
            np.quantile(column, settings.full_score_quantile) if column.size else 1.0 for column in active
        ]
        return cls(linear, np.array(full))

    def scores(self, inputs: FloatArray, settings: PortraitSettings) -> FloatArray:
        """Teachers × ``DIMENSIONS``, 0..100; NaN where nothing of a dimension was collected."""
        return np.minimum(_dimension_points(self.linear, inputs, settings) / self.full, 1.0) * 100.0


def _linear(inputs: FloatArray) -> FloatArray:
    """Inputs as linear points: hours before the root."""
    points = inputs.copy()
    points[:, HOURS] **= 2
    return points


def _cap(column: FloatArray, quantile: float) -> float:
    nonzero = column[column > 0]
    return float(np.quantile(nonzero, quantile)) if nonzero.size else 0.0


def _spread(column: FloatArray) -> float:
    deviation = float(column.std()) if column.size else 0.0
    return deviation if deviation > 0 else 1.0


def _dimension_points(linear: LinearScale, inputs: FloatArray, settings: PortraitSettings) -> FloatArray:
    """Weighted points per dimension in units of spread, from 0; missing inputs' weight goes to the others."""
    points = linear.capped(inputs) / linear.deviations
    weights = dimension_weights(settings.dimensions)
    known = ~np.isnan(points)
    collected = known @ weights.T
    total = np.where(known, points, 0.0) @ weights.T
    share = collected / weights.sum(axis=1)
    renormalised: FloatArray = np.divide(total, share, out=np.full_like(total, np.nan), where=share > 0)
    return renormalised
