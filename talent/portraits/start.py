"""Where the EM begins: k-means on six linear scores, every dimension of equal weight.

Linear points capped at the 99th percentile, on purpose: a logarithm or a quantile blows up the step from no
award to one, and a single small award then rules the geometry.
"""

import numpy as np
from sklearn.cluster import KMeans

from talent.portraits.features import FloatArray
from talent.portraits.scores import LinearScale, dimension_weights
from talent.portraits.settings import PortraitSettings


def linear_scores(inputs: FloatArray, settings: PortraitSettings) -> FloatArray:
    """Teachers × six dimensions, standardised and clipped; a missing input counts as its median."""
    parts = LinearScale.of(inputs, settings).standardised(inputs)
    scores = parts @ dimension_weights(settings.start_dimensions()).T
    deviations = scores.std(axis=0)
    standardised = (scores - scores.mean(axis=0)) / np.where(deviations > 0, deviations, 1.0)
    clipped: FloatArray = np.clip(standardised, *settings.start_clip)
    return clipped


def start_responsibilities(inputs: FloatArray, k: int, seed: int, settings: PortraitSettings) -> FloatArray:
    """First responsibilities, groups × teachers: mostly the k-means group, a little of every other."""
    means = KMeans(n_clusters=k, n_init=settings.start_runs, random_state=seed)
    labels = means.fit_predict(linear_scores(inputs, settings))
    spread = np.full((k, len(inputs)), (1.0 - settings.start_certainty) / k)
    spread[labels, np.arange(len(inputs))] += settings.start_certainty
    return spread
