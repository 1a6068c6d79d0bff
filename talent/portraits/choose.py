"""How many groups: the evidence for each number side by side, and a proposal that a person decides on.

The data never "say" a number. Separation (Calinski-Harabasz of the k-means start), agreement of models fitted on
random halves, the smallest group and the fidelity of a small tree are shown together; the number whose start
separates most is proposed, among those that leave no group too small.

Agreement of halves is shown but does not propose: the model always halves best with few groups, so on planted
districts its favourite lay within one of the truth in two of three only, the separation's in nine of ten and more.
Halves are compared on the teachers whom both would show one type: the rest are shown as "between two", whatever
the number.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.tree import DecisionTreeClassifier

from talent.portraits.assign import memberships
from talent.portraits.features import FloatArray
from talent.portraits.fitting import fit_model
from talent.portraits.settings import PortraitSettings
from talent.portraits.start import linear_scores, start_responsibilities

Labels = NDArray[np.intp]
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one number of groups. None: too few teachers or groups to tell."""

    k: int
    separation: float | None
    """Calinski-Harabasz of the k-means start on its linear scores; comparable within a district only."""
    split_half: float
    """Mean ARI of the groups that two random halves' models give, where both are confident."""
    smallest: int
    """Teachers in the smallest group."""
    fidelity: float | None
    """Cross-validated share of teachers whom the surrogate tree puts in the model's group."""
    is_allowed: bool
    """Whether every group is large enough."""

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, keyed by name."""
        return asdict(self)


def compare(
    inputs: FloatArray, seed: int, medians: FloatArray, settings: PortraitSettings
) -> tuple[Evidence, ...]:
    """The evidence for every number of ``k_range`` that so many teachers could fill."""
    scores = linear_scores(inputs, settings)
    numbers = feasible_numbers(len(inputs), settings)
    agreements = [split_half(inputs, k, seed, medians, settings) for k in numbers]
    answer = []
    for k, agreement in zip(numbers, agreements, strict=True):
        model = fit_model(inputs, k, seed, medians, settings)
        labels = memberships(model, inputs, settings).argmax(axis=1)
        sizes = np.bincount(labels, minlength=k)
        smallest = int(sizes.min())
        separation = _separation(scores, start_responsibilities(inputs, k, seed, settings).argmax(axis=0))
        fidelity = surrogate_fidelity(inputs, labels, seed, settings)
        allowed = is_large_enough(smallest, len(labels), settings)
        answer.append(Evidence(k, separation, agreement, smallest, fidelity, allowed))
    return tuple(answer)


def _separation(scores: FloatArray, labels: Labels) -> float | None:
    """Spread between groups over spread within, or None when everyone is in one group."""
    return float(calinski_harabasz_score(scores, labels)) if np.ptp(labels) > 0 else None


def feasible_numbers(n: int, settings: PortraitSettings) -> range:
    """The numbers of ``k_range`` for which ``n`` teachers can fill every group."""
    lowest, highest = settings.k_range
    return range(lowest, min(highest, n // settings.least_class_size) + 1)


def propose(evidence: Sequence[Evidence]) -> int:
    """The allowed number whose k-means start separates most, the smaller of equals (to three decimals).

    If every number leaves a group too small, the fewest groups are: the run then carries a warning.
    """
    candidates = [item for item in evidence if item.is_allowed]
    if not candidates:
        return min(item.k for item in evidence)
    return max(candidates, key=lambda item: (round(item.separation or 0.0, _DECIMALS), -item.k)).k


def is_large_enough(size: int, everyone: int, settings: PortraitSettings) -> bool:
    """Whether a group holds its least number and share of all grouped teachers."""
    return size >= max(settings.least_class_size, settings.least_class_share * everyone)


def split_half(
    inputs: FloatArray, k: int, seed: int, medians: FloatArray, settings: PortraitSettings
) -> float:
    """Mean ARI, over random halvings, of the groups the two halves' models give to all rows both are sure of.

    Every number of groups is judged on the same halvings. A halving without any such teacher counts 0.
    """
    rng = np.random.default_rng(seed)
    agreements = []
    for _ in range(settings.halvings):
        shuffled = rng.permutation(len(inputs))
        start = int(rng.integers(2**31))
        halves = (np.sort(half) for half in np.array_split(shuffled, 2))
        models = [fit_model(inputs[half], k, start, medians, settings) for half in halves]
        one, other = (memberships(model, inputs, settings) for model in models)
        sure = np.minimum(one.max(axis=1), other.max(axis=1)) >= settings.confident_membership
        agreement = adjusted_rand_score(one[sure].argmax(axis=1), other[sure].argmax(axis=1))
        agreements.append(agreement if sure.any() else 0.0)
    return float(np.mean(agreements))


def surrogate_fidelity(
    inputs: FloatArray, labels: Labels, seed: int, settings: PortraitSettings
) -> float | None:
    """Cross-validated accuracy of a small tree on the ten inputs against the model's groups."""
    present, encoded = np.unique(labels, return_inverse=True)
    if len(present) < 2 or np.bincount(encoded).min() < settings.tree_folds:
        return None
    tree = DecisionTreeClassifier(
        max_depth=settings.tree_depth, min_samples_leaf=settings.tree_leaf, random_state=seed
    )
    folds = StratifiedKFold(settings.tree_folds, shuffle=True, random_state=seed)
    return float(cross_val_score(tree, inputs, encoded, cv=folds).mean())
