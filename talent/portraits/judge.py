"""Whether a model's types may be shown to anyone, and what a person must know before publishing them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from talent.core.errors import Finding
from talent.portraits.choose import is_large_enough, surrogate_fidelity
from talent.portraits.continuity import Descent
from talent.portraits.features import FloatArray
from talent.portraits.mixture import Model
from talent.portraits.result import Fallback, Grouping
from talent.portraits.settings import PortraitSettings
from talent.portraits.stability import (
    Stability,
    bootstrap_stability,
    exceeds_chance,
    model_grouping,
    plain_grouping,
    z_scores,
)

_CLAUSE = "portrait.stability"
Labels = NDArray[np.intp]


@dataclass(frozen=True, eq=False, slots=True)
class District:
    """Teachers who can be grouped: their indicators, their inputs, and which rows the model was fitted on."""

    values: FloatArray
    inputs: FloatArray
    sampled: NDArray[np.intp]
    medians: FloatArray


def judge(
    district: District,
    model: Model,
    labels: Labels,
    descents: tuple[Descent, ...],
    seed: int,
    settings: PortraitSettings,
) -> Grouping:
    """Stability, chance and fidelity of the model's ``labels`` (0-based, one per row of the district).

    Nobody is given a type when both methods come back too rarely, or when shuffled columns would gain as
    much.
    """
    drawn, drawn_labels = district.inputs[district.sampled], labels[district.sampled]
    again = model_grouping(drawn, model.k, district.medians, settings)
    stability = bootstrap_stability(drawn_labels, model.k, again, seed, settings)
    fallback = _fallback(district, model.k, seed, settings) if stability.needs_warning(settings) else None
    real = exceeds_chance(drawn, model.k, seed, district.medians, settings)
    stable = not stability.is_unstable(settings) or (
        fallback is not None and not fallback.stability.is_unstable(settings)
    )
    return Grouping(
        model=model,
        stability=stability,
        fallback=fallback,
        exceeds_chance=real,
        fidelity=surrogate_fidelity(drawn, drawn_labels, seed, settings),
        descents=descents,
        is_shown=real and stable,
    )


def doubts(grouping: Grouping, sizes: NDArray[np.intp], settings: PortraitSettings) -> Iterator[Finding]:
    """What a person must read, and sign with a reason where it matters, before the types are published."""
    for group, size in enumerate(sizes.tolist(), start=1):
        if not is_large_enough(size, int(sizes.sum()), settings):
            yield _warning("portraits.small_group", group=group, size=size)
    if grouping.fallback is not None:
        figures = {**_figures("model", grouping.stability), **_figures("plain", grouping.fallback.stability)}
        yield _warning("portraits.unstable", **figures)
    if not grouping.exceeds_chance:
        yield _warning("portraits.chance_only")
    if not grouping.is_shown:
        yield _warning("portraits.no_stable_types")
    for descent in grouping.descents:
        if descent.is_redefined:
            yield _warning("portraits.type_redefined", group=descent.group, overlap=descent.overlap)


def _fallback(district: District, k: int, seed: int, settings: PortraitSettings) -> Fallback:
    """Plain k-means on the z-scored indicators, of the same rows, and how well it comes back."""
    standard = z_scores(district.values)
    means = KMeans(n_clusters=k, n_init=settings.start_runs, random_state=seed).fit(
        standard[district.sampled]
    )
    labels = means.predict(standard).astype(np.intp)
    again = plain_grouping(district.values[district.sampled], k, settings)
    return Fallback(bootstrap_stability(labels[district.sampled], k, again, seed, settings), labels)


def _figures(method: str, stability: Stability) -> dict[str, float]:
    return {f"{method}_mean": stability.mean, f"{method}_worst": min(stability.groups)}


def _warning(code: str, **params: float) -> Finding:
    return Finding(code, _CLAUSE, params, "warning")
