"""The same types next year: begin from last year's model, then number the groups as their ancestors.

"Cluster once, then classify" keeps labels but goes stale; grouping anew keeps fit but loses the labels. So
the EM starts from last year's memberships of this year's teachers, and groups are matched to their ancestors
by the teachers they share. A group that shares too few with its ancestor is a new type and needs a new name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from talent.portraits.assign import memberships
from talent.portraits.features import FloatArray
from talent.portraits.mixture import Model, fit
from talent.portraits.settings import PortraitSettings
from talent.portraits.stability import jaccard_table

Labels = NDArray[np.intp]


@dataclass(frozen=True, eq=False, slots=True)
class Previous:
    """The run to continue: its model, and each teacher's group in it, 1..k (nobody without a group)."""

    model: Model
    groups: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Descent:
    """Where a group comes from: the share (Jaccard) of teachers it has in common with its ancestor."""

    group: int
    overlap: float
    is_redefined: bool


def warm_model(inputs: FloatArray, previous: Model, medians: FloatArray, settings: PortraitSettings) -> Model:
    """One EM that starts where the previous model puts these teachers; the number of groups stays."""
    responsibilities = memberships(previous, inputs, settings).T
    return fit(inputs, responsibilities, medians, settings).model


def follow(
    staff_no: Sequence[str], labels: Labels, previous: Previous, settings: PortraitSettings
) -> tuple[NDArray[np.intp], tuple[Descent, ...]]:
    """Number groups as their ancestors, by the best one-to-one overlap of the teachers in both runs.

    ``labels`` are 0-based, −1 for nobody's group. Returns the order that renumbers the model's groups (the
    group at position p becomes group p, 0-based) and each group's descent (1-based).
    """
    k = previous.model.k
    pairs = [
        (previous.groups[number] - 1, int(label))
        for number, label in zip(staff_no, labels, strict=True)
        if label >= 0 and number in previous.groups
    ]
    before, after = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    overlap = jaccard_table(before, after, k, k)
    _, order = linear_sum_assignment(overlap, maximize=True)
    shared = overlap[np.arange(k), order]
    line = settings.continuity_line
    return order, tuple(Descent(p + 1, float(shared[p]), bool(shared[p] < line)) for p in range(k))
