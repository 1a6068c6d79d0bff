"""A portrait run from the matrix to the result: pure, and the same bytes for the same input and seed."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from talent.core.errors import Finding, RuleViolation
from talent.portraits.assign import memberships
from talent.portraits.choose import Evidence, compare, propose
from talent.portraits.continuity import Descent, Previous, follow, warm_model
from talent.portraits.features import (
    Features,
    FloatArray,
    canonical_order,
    coverage,
    has_enough_data,
    hours_medians,
    ten_inputs,
)
from talent.portraits.fitting import fit_model, sample_rows
from talent.portraits.judge import District, doubts, judge
from talent.portraits.mixture import Model
from talent.portraits.parameters import shipped_settings
from talent.portraits.result import Result
from talent.portraits.scores import ScoreScale
from talent.portraits.settings import PortraitSettings

_CLAUSE = "portrait.method"
_FEWEST_GROUPS = 2
Labels = NDArray[np.intp]


def build(
    features: Features,
    *,
    k: int | None = None,
    seed: int = 0,
    settings: PortraitSettings | None = None,
    previous: Previous | None = None,
    compares: bool = False,
) -> Result:
    """Scores for everyone, and types where the data hold any.

    Args:
        features: teachers in any order; each staff number once.
        k: number of groups; None keeps ``previous``'s, or proposes one and shows the evidence.
        seed: a number from 0 on; with the same features it gives the same bytes.
        settings: weights and thresholds; those of the shipped book when None.
        previous: a published run to continue, so that types keep their numbers.
        compares: keep the evidence for every number of groups also where the number is given.

    Raises:
        RuleViolation: ``k`` under 2 or a negative seed.
    """
    if k is not None and k < _FEWEST_GROUPS:
        raise RuleViolation(Finding("portraits.k_too_small", _CLAUSE, {"k": k, "least": _FEWEST_GROUPS}))
    if seed < 0:
        raise RuleViolation(Finding("portraits.negative_seed", _CLAUSE, {"seed": seed}))
    # Threads add their sums in the order they end: with more than one the bytes would change from run to run.
    with threadpool_limits(1):
        return _Run(_ordered(features), k, seed, settings or shipped_settings(), previous, compares).result()


def fit_and_assign(
    features: Features, *, k: int, seed: int = 0, settings: PortraitSettings | None = None
) -> FloatArray:
    """The method alone, without scores, stability or evidence: memberships, teachers × k, rows as given.

    Groups are in no stated order, and everyone is assigned. This is the part whose time is compared with a
    bare k-means of the same matrix.
    """
    chosen = settings or shipped_settings()
    medians = hours_medians(features)
    inputs = ten_inputs(features, medians, chosen)
    sample = sample_rows(len(inputs), seed, chosen)
    return memberships(fit_model(inputs[sample], k, seed, medians, chosen), inputs, chosen)


def _ordered(features: Features) -> Features:
    order = np.array(sorted(range(len(features)), key=features.staff_no.__getitem__), dtype=np.intp)
    return features.rows(order)


def _run_id(features: Features, k: int | None, seed: int, settings: PortraitSettings) -> str:
    """A digest of all that decides the result, so that equal runs have equal names."""
    digest = hashlib.sha256(repr((features.staff_no, k, seed, settings)).encode())
    digest.update(np.ascontiguousarray(features.values).tobytes())
    if features.months_on_post is not None:
        digest.update(np.ascontiguousarray(features.months_on_post).tobytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Seeds:
    """Independent seeds for the parts of a run, so that one part's draws never move another's."""

    sample: int
    start: int
    halves: int
    judging: int

    @classmethod
    def of(cls, seed: int) -> "_Seeds":
        return cls(*(int(state) >> 1 for state in np.random.SeedSequence(seed).generate_state(4)))


class _Run:
    """One run's working state: rows by staff number, the ten inputs, who can be grouped, who is sampled."""

    def __init__(
        self,
        features: Features,
        k: int | None,
        seed: int,
        settings: PortraitSettings,
        previous: Previous | None,
        compares: bool,
    ) -> None:
        self.features, self.settings, self.previous = features, settings, previous
        self.compares = compares or (k is None and previous is None)
        self.k = k if k is not None or previous is None else previous.model.k
        self.run = _run_id(features, self.k, seed, settings)
        self.seeds = _Seeds.of(seed)
        self.medians = hours_medians(features)
        self.inputs = ten_inputs(features, self.medians, settings)
        self.enough = has_enough_data(features, self.inputs, settings)
        eligible = np.flatnonzero(self.enough)
        self.eligible = eligible[canonical_order(self.inputs[eligible])]
        self.sampled = sample_rows(len(eligible), self.seeds.sample, settings)
        self.sample = self.eligible[self.sampled]
        self.warnings = [
            Finding("portraits.column_missing", _CLAUSE, {"column": name}, "warning")
            for name in features.missing_columns
        ]

    def result(self) -> Result:
        evidence, k = self._number_of_groups()
        groups = np.zeros(len(self.features), dtype=np.intp)
        belongs = np.full((len(groups), k or 0), np.nan)
        grouping = None
        if k is not None:
            model, descents = self._model(k)
            belongs[self.eligible] = memberships(model, self.inputs[self.eligible], self.settings)
            groups[self.eligible] = belongs[self.eligible].argmax(axis=1) + 1
            district = District(
                values=self.features.values[self.eligible],
                inputs=self.inputs[self.eligible],
                sampled=self.sampled,
                medians=self.medians,
            )
            labels = groups[self.eligible] - 1
            grouping = judge(district, model, labels, descents, self.seeds.judging, self.settings)
            self.warnings.extend(doubts(grouping, np.bincount(labels, minlength=k), self.settings))
            if not grouping.is_shown:
                groups[:], belongs[:] = 0, np.nan
        scale = ScoreScale.of(self.inputs, self.settings)
        return Result(
            run=self.run,
            k=k,
            staff_no=self.features.staff_no,
            groups=groups,
            memberships=belongs,
            scores=scale.scores(self.inputs, self.settings),
            coverage=coverage(self.inputs),
            has_enough_data=self.enough,
            eligible=self.eligible,
            inputs=self.inputs,
            scale=scale,
            evidence=evidence,
            grouping=grouping,
            warnings=tuple(self.warnings),
        )

    # ---- the number of groups ----

    def _number_of_groups(self) -> tuple[tuple[Evidence, ...], int | None]:
        """The evidence, if it is wanted or a number had to be proposed, and the number; None for too few teachers."""
        smallest = self.k if self.k is not None else self.settings.k_range[0]
        needed = smallest * self.settings.least_class_size
        if len(self.eligible) < needed:
            self._warn("portraits.too_few_teachers", teachers=len(self.eligible), needed=needed)
            return (), None
        if not self.compares:
            return (), self.k
        evidence = compare(self.inputs[self.sample], self.seeds.halves, self.medians, self.settings)
        return evidence, propose(evidence) if self.k is None else self.k

    # ---- the model and its numbering ----

    def _model(self, k: int) -> tuple[Model, tuple[Descent, ...]]:
        drawn = self.inputs[self.sample]
        if self.previous is not None and self.previous.model.k == k:
            model = warm_model(drawn, self.previous.model, self.medians, self.settings)
            labels = memberships(model, self.inputs[self.eligible], self.settings).argmax(axis=1)
            staff_no = [self.features.staff_no[row] for row in self.eligible]
            order, descents = follow(staff_no, labels, self.previous, self.settings)
            return model.reordered(order), descents
        model = fit_model(drawn, k, self.seeds.start, self.medians, self.settings)
        labels = memberships(model, self.inputs[self.eligible], self.settings).argmax(axis=1)
        return model.reordered(_by_size(model, np.bincount(labels, minlength=k))), ()

    def _warn(self, code: str, **params: object) -> None:
        self.warnings.append(Finding(code, _CLAUSE, params, "warning"))


def _by_size(model: Model, sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Largest group first; equal sizes by their means, so that no number is left to chance."""
    ranked = sorted(
        range(model.k), key=lambda group: (-sizes[group], *model.means[group], *model.rates[group])
    )
    return np.array(ranked, dtype=np.intp)
