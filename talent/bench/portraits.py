"""The portraits' method, fit and assignment, against a bare k-means of the same matrix."""

import numpy as np
from threadpoolctl import threadpool_limits

from talent.bench.measure import Figure, Setting, compared, expect, in_turn, timed
from talent.portraits.features import COLUMNS, Features, FloatArray

GROUPS = 6
#: Share of teachers with any at all, and the mean of those who have some; one pair a column, in their order.
_OCCURS = (0.7, 0.95, 0.99, 0.85, 0.55, 0.3, 0.5, 0.6, 0.3, 0.3, 0.15, 0.55, 0.2)
_MEANS = (24.0, 60.0, 90.0, 40.0, 3.5, 2.5, 1.7, 1.8, 1.6, 2.0, 9.0, 1.6, 1.0)
_SHAPE, _SPREAD, _NOT_COLLECTED = 5.0, 0.8, 0.02


def fit(setting: Setting) -> list[Figure]:
    """``portraits``: memberships of everybody. Scores, stability and evidence for k are outside, as the target says."""
    # scikit-learn takes a second to import: only this entry waits for it, and outside the time.
    from sklearn.cluster import KMeans

    from talent.portraits.build import fit_and_assign

    features = planted(setting.size.teachers, seed=GROUPS)
    matrix = standardised(features)

    def ours() -> float:
        with timed() as watch:
            belongs = fit_and_assign(features, k=GROUPS)
        expect(belongs.shape == (len(features), GROUPS), "everybody is assigned")
        return watch.seconds

    def bare() -> float:
        with timed() as watch:
            KMeans(GROUPS, n_init=10, random_state=0).fit(matrix)
        return watch.seconds

    # One thread on both sides: spinning threads would add CPU seconds that are no work.
    with threadpool_limits(1):
        return [compared("portraits", *in_turn(setting.rounds, ours, bare), "CPU s", "≤ 5 (5,000)")]


def planted(teachers: int, *, seed: int) -> Features:
    """Teachers of :data:`GROUPS` kinds: zero-inflated amounts, each kind with its own odds and means."""
    draw = np.random.default_rng(seed)
    kind = draw.integers(0, GROUPS, teachers)
    shifts = draw.normal(0, _SPREAD, (2, GROUPS, len(COLUMNS)))
    odds = np.log(np.array(_OCCURS) / (1 - np.array(_OCCURS))) + 2 * shifts[0][kind]
    means = np.array(_MEANS) * np.exp(shifts[1][kind])
    amounts = np.round(draw.gamma(_SHAPE, means / _SHAPE), 1) + 0.1
    amounts[:, COLUMNS.index("tier")] = amounts[:, COLUMNS.index("tier")].round().clip(1, 6)
    amounts[:, COLUMNS.index("promoted")] = 1
    values = np.where(draw.random(odds.shape) < 1 / (1 + np.exp(-odds)), amounts, 0.0)
    values[draw.random(odds.shape) < _NOT_COLLECTED] = np.nan
    return Features(tuple(f"T{number:07d}" for number in range(teachers)), values)


def standardised(features: Features) -> FloatArray:
    """The counterpart's matrix: indicators in standard deviations, what was not collected at the mean."""
    values = features.values
    spread = np.nanstd(values, axis=0)
    matrix: FloatArray = np.nan_to_num((values - np.nanmean(values, axis=0)) / np.where(spread > 0, spread, 1.0))
    return matrix
