"""Fitting the model: which rows, where the EM starts."""

import numpy as np
from numpy.typing import NDArray

from talent.portraits.features import FloatArray
from talent.portraits.mixture import Model, fit
from talent.portraits.settings import PortraitSettings
from talent.portraits.start import start_responsibilities


def sample_rows(n: int, seed: int, settings: PortraitSettings) -> NDArray[np.intp]:
    """Which of ``n`` rows a model is fitted on: all, or a seeded sample in ascending order."""
    if n <= settings.sample_size:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, settings.sample_size, replace=False))


def fit_model(
    inputs: FloatArray, k: int, seed: int, medians: FloatArray, settings: PortraitSettings
) -> Model:
    """K-means start, one EM. The rows are taken as they are: sample and order them before."""
    return fit(inputs, start_responsibilities(inputs, k, seed, settings), medians, settings).model
