"""From a model to every teacher's memberships, and to what each input contributed to them.

Pages show contributions: nothing here, nor in what it imports, needs scikit-learn.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talent.portraits.features import FloatArray
from talent.portraits.mixture import Model, input_terms, model_statistics, posterior
from talent.portraits.settings import PortraitSettings


def memberships(model: Model, inputs: FloatArray, settings: PortraitSettings) -> FloatArray:
    """Posterior of every teacher, teachers × groups, rows summing to 1; worked in chunks of flat memory."""
    answer = np.empty((len(inputs), model.k))
    for first in range(0, len(inputs), settings.chunk_size):
        chunk = slice(first, first + settings.chunk_size)
        answer[chunk] = posterior(model, model_statistics(model, inputs[chunk], settings))[0].T
    return answer


@dataclass(frozen=True, eq=False, slots=True)
class Contributions:
    """Why group ``a`` rather than ``b``: ``prior + terms.sum(axis=1)`` is the log-odds of the memberships.

    ``prior`` (one value a teacher) is what the sizes of the groups say before anything is known of the
    teacher; ``terms`` is teachers × ``INPUTS``, exactly 0 where an input was not collected.
    """

    prior: FloatArray
    terms: FloatArray

    @property
    def log_odds(self) -> FloatArray:
        """Log of the membership in ``a`` over that in ``b``."""
        total: FloatArray = self.prior + self.terms.sum(axis=1)
        return total


def contributions(
    model: Model,
    inputs: FloatArray,
    a: NDArray[np.intp],
    b: NDArray[np.intp],
    settings: PortraitSettings,
) -> Contributions:
    """Split each teacher's log-odds of group ``a`` against ``b`` (0-based, one per teacher) by input."""
    prior = np.log(model.weights[a]) - np.log(model.weights[b])
    return Contributions(prior, input_terms(model, model_statistics(model, inputs, settings), a, b))
