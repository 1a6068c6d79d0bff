"""Do the groups come back, and is there anything but chance to group?

Two questions before any type is shown. Bootstrap (Hennig): the district is drawn again with replacement and
grouped anew; each group's best overlap (Jaccard) with a new one says how far it is a property of the
district. Chance: the inputs are shuffled one by one, which leaves every column as it was and no type at all;
a district whose model gains no more than such a copy's holds none.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from talent.portraits.assign import memberships
from talent.portraits.features import FloatArray
from talent.portraits.fitting import fit_model
from talent.portraits.mixture import fit
from talent.portraits.settings import PortraitSettings
from talent.portraits.start import start_responsibilities

Labels = NDArray[np.intp]
Grouping = Callable[[NDArray[np.intp], int], Labels]
"""Groups the rows given (repeats allowed) under a seed: their labels, 0-based, in the same order."""


@dataclass(frozen=True, slots=True)
class Stability:
    """Mean Jaccard of each group over the resampled districts, and of all groups."""

    mean: float
    groups: tuple[float, ...]

    def is_unstable(self, settings: PortraitSettings) -> bool:
        """Whether the grouping as a whole is under the line."""
        return self.mean < settings.stable_mean

    def needs_warning(self, settings: PortraitSettings) -> bool:
        """Whether the grouping, or any group of it, is under its line."""
        return self.is_unstable(settings) or min(self.groups) < settings.stable_class


def model_grouping(inputs: FloatArray, k: int, medians: FloatArray, settings: PortraitSettings) -> Grouping:
    """The method itself, as something to resample."""

    def group(rows: NDArray[np.intp], seed: int) -> Labels:
        drawn = inputs[rows]
        model = fit_model(drawn, k, seed, medians, settings)
        labels: Labels = memberships(model, drawn, settings).argmax(axis=1)
        return labels

    return group


def plain_grouping(values: FloatArray, k: int, settings: PortraitSettings) -> Grouping:
    """The fallback: k-means on the z-scored indicators, an uncollected one at its mean."""

    def group(rows: NDArray[np.intp], seed: int) -> Labels:
        means = KMeans(n_clusters=k, n_init=settings.start_runs, random_state=seed)
        labels: Labels = means.fit_predict(z_scores(values[rows])).astype(np.intp)
        return labels

    return group


def z_scores(values: FloatArray) -> FloatArray:
    """Each column in standard deviations from its mean; NaN at the mean, a constant column 0."""
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values - np.where(known, values, 0.0).sum(axis=0) / count, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    return centred / np.where(spread > 0, spread, 1.0)


def bootstrap_stability(
    labels: Labels, k: int, grouping: Grouping, seed: int, settings: PortraitSettings
) -> Stability:
    """How well ``grouping``'s own ``labels`` (0..k−1) of all rows come back on resampled rows."""
    rng = np.random.default_rng(seed)
    overlaps = np.empty((settings.bootstraps, k))
    for draw in range(settings.bootstraps):
        rows = np.sort(rng.integers(0, len(labels), len(labels)))
        again = grouping(rows, _seed(rng))
        once, first = np.unique(rows, return_index=True)
        overlaps[draw] = best_jaccard(labels[once], again[first], k)
    groups = overlaps.mean(axis=0)
    return Stability(float(groups.mean()), tuple(groups.tolist()))


def jaccard_table(before: Labels, after: Labels, rows: int, columns: int) -> FloatArray:
    """Jaccard overlap of every group before with every group after, on the same teachers."""
    both = np.bincount(before * columns + after, minlength=rows * columns).reshape(rows, columns)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
    overlap: FloatArray = both / np.maximum(either, 1)
    return overlap


def best_jaccard(before: Labels, after: Labels, k: int) -> FloatArray:
    """Of each group before, the overlap with the most similar group after."""
    best: FloatArray = jaccard_table(before, after, k, int(after.max()) + 1).max(axis=1)
    return best


def exceeds_chance(
    inputs: FloatArray, k: int, seed: int, medians: FloatArray, settings: PortraitSettings
) -> bool:
    """Whether the model gains clearly more here than on copies whose columns were shuffled one by one."""
    rng = np.random.default_rng(seed)
    gained = _gain(inputs, k, seed, medians, settings)
    for _ in range(settings.chance_runs):
        copy = np.column_stack([rng.permutation(column) for column in inputs.T])
        if gained < settings.chance_factor * _gain(copy, k, _seed(rng), medians, settings):
            return False
    return True


def _gain(inputs: FloatArray, k: int, seed: int, medians: FloatArray, settings: PortraitSettings) -> float:
    """Log-likelihood of ``k`` groups over that of one, which is the same for shuffled columns."""
    grouped = fit(inputs, start_responsibilities(inputs, k, seed, settings), medians, settings)
    one = fit(inputs, np.ones((1, len(inputs))), medians, replace(settings, rounds=1))
    return grouped.log_likelihood - one.log_likelihood


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))
