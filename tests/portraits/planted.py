"""Planted districts: teachers of known archetypes, whose records carry every nuisance a real district has.

Zero-inflated counts, school and subject effects, career stages, blended and noise teachers, kinds not
collected at some schools. Shape and contrast of the levels were set by two figures of others: a supervised
classifier that knows the archetypes reaches about .84, .68 and .46 (ARI, cross-validated), plain k-means on
the z-scored indicators about .49, .34 and .20. The method's own figures were seen meanwhile, and its lead
over plain k-means is larger here than on the districts the design was measured on: these districts flatter
it, and prove nothing about others.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from talent.portraits.features import COLUMNS, Features, FloatArray

Labels = NDArray[np.intp]

CONTRAST = {"easy": 1.0, "medium": 0.82, "hard": 0.64}
ODDS_CONTRAST, AMOUNT_CONTRAST = 0.8, 2.2
ENERGY = 0.15
"""Spread of a teacher's overall activity, which no archetype explains."""
BLENDED = {"easy": 0.04, "medium": 0.10, "hard": 0.18}
NOISE = {"easy": 0.02, "medium": 0.04, "hard": 0.06}
NOT_COLLECTED = {"easy": 0.01, "medium": 0.03, "hard": 0.05}
SCHOOLS, SUBJECTS, STAGES = 48, 10, 4

#                       nat  dist  sch  onl  cont  proj  pap  less  ment  lect  asst  tier  prom
_OCCURS = np.array([0.69, 0.94, 0.99, 0.86, 0.56, 0.31, 0.48, 0.59, 0.27, 0.27, 0.15, 0.54, 0.19])
_AMOUNT = np.array([24.0, 60.0, 90.0, 40.0, 3.5, 2.5, 1.7, 1.8, 1.6, 2.0, 9.0, 1.6, 1.0])
_SHAPE = np.array([4.5, 9.0, 12.0, 4.5, 3.6, 4.5, 6.0, 6.0, 7.5, 4.5, 9.0, 9.0, 3.0])

_NAMES = ("trainee", "contest", "research", "mentor", "assistance", "steady", "sparse")
#  Shift of the log-odds of "any at all", archetypes × columns.
_ODDS_SHIFT = np.array(
    [
        [1.8, 1.2, 0.5, 1.6, 0.2, -0.6, -0.4, 0.9, -2.0, -1.2, -0.8, -1.6, 0.2],
        [0.2, 0.2, 0.0, 0.0, 3.0, 0.0, 0.2, 1.8, 0.0, 0.3, -0.5, 0.6, 0.9],
        [0.5, 0.2, 0.0, 0.3, 0.2, 3.2, 2.6, 0.4, 0.2, 1.0, -0.5, 0.7, 0.5],
        [0.4, 0.3, 0.0, 0.0, 0.3, 0.8, 0.4, 0.8, 3.4, 2.6, -0.4, 1.8, 0.2],
        [0.0, 0.0, 0.0, 0.0, -0.3, -0.3, -0.3, 0.2, 0.2, 0.2, 4.6, 0.2, 0.0],
        [0.2, 0.4, 0.5, 0.2, 0.3, 0.2, 0.5, 0.5, 0.2, 0.0, -0.4, 0.4, 0.0],
        [-1.2, -1.0, -0.8, -1.2, -1.6, -1.6, -1.6, -1.6, -1.6, -1.6, -1.2, -1.4, -1.2],
    ]
)
#  Shift of the log of the amount where there is any.
_AMOUNT_SHIFT = np.array(
    [
        [0.6, 0.5, 0.4, 0.7, -0.2, -0.3, -0.2, 0.1, -0.3, -0.4, 0.0, -0.3, 0.0],
        [0.0, 0.0, 0.0, 0.0, 1.1, 0.0, 0.0, 0.6, 0.0, 0.0, 0.0, 0.2, 0.0],
        [0.1, 0.0, 0.0, 0.1, 0.0, 0.9, 0.8, 0.1, 0.0, 0.3, 0.0, 0.2, 0.0],
        [0.1, 0.0, 0.0, 0.0, 0.0, 0.2, 0.1, 0.2, 0.8, 0.8, 0.0, 0.5, 0.0],
        [0.0, -0.1, -0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 0.0, 0.0],
        [0.0, 0.0, 0.1, 0.0, -0.2, -0.1, -0.1, 0.0, -0.1, -0.1, 0.0, 0.0, 0.0],
        [-0.4, -0.5, -0.5, -0.4, -0.4, -0.3, -0.3, -0.3, -0.2, -0.3, -0.2, -0.2, 0.0],
    ]
)
_STAGE_OF = np.array(
    [
        [0.60, 0.25, 0.10, 0.05],
        [0.20, 0.45, 0.25, 0.10],
        [0.10, 0.30, 0.40, 0.20],
        [0.03, 0.12, 0.40, 0.45],
        [0.15, 0.30, 0.35, 0.20],
        [0.15, 0.25, 0.35, 0.25],
        [0.15, 0.20, 0.25, 0.40],
    ]
)
_STAGE_SHIFT = np.array(
    [
        [0.3, 0.3, 0.2, 0.2, 0.0, -0.3, -0.2, 0.3, -0.8, -0.5, -0.2, -0.9, 0.1],
        [0.1, 0.1, 0.0, 0.1, 0.2, 0.0, 0.0, 0.2, -0.2, -0.1, 0.1, 0.0, 0.2],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.1, 0.0, 0.3, 0.2, 0.1, 0.3, 0.0],
        [-0.2, -0.2, -0.1, -0.2, -0.2, 0.0, 0.0, -0.3, 0.4, 0.2, -0.2, 0.4, -0.3],
    ]
)
#  Kinds are collected, or not, as a whole at a school.
_KINDS = ((0, 1, 2, 3), (4,), (5, 6, 7, 9), (8,), (10,))


@dataclass(frozen=True, eq=False)
class District:
    """A district, what was planted in it (``truth``, −1 for noise), and what only an audit may see."""

    features: Features
    truth: Labels
    k: int
    gender: Labels
    school: Labels
    odds: FloatArray
    amounts: FloatArray
    hidden: NDArray[np.bool_]

    @property
    def planted(self) -> NDArray[np.bool_]:
        """Everyone but the noise teachers, who are not scored."""
        planted: NDArray[np.bool_] = self.truth >= 0
        return planted


def plant(
    level: str, *, k: int, seed: int, n: int = 5000, perturbed: float = 0.0, contrast: float | None = None
) -> District:
    """A district of ``n`` teachers and ``k`` archetypes; ``perturbed`` .25 redraws every shift by ±25 %."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(_NAMES))[:k]
    strength = CONTRAST[level] if contrast is None else contrast
    odds_shift, amount_shift = (
        strength * weight * table[chosen] * rng.uniform(1 - perturbed, 1 + perturbed, (k, len(COLUMNS)))
        for weight, table in ((ODDS_CONTRAST, _ODDS_SHIFT), (AMOUNT_CONTRAST, _AMOUNT_SHIFT))
    )
    truth = rng.choice(k, n, p=_shares(rng, k))
    mix = _mix(rng, truth, k, BLENDED[level])
    odds = np.log(_OCCURS / (1 - _OCCURS)) + mix @ odds_shift
    amounts = np.log(_AMOUNT) + mix @ amount_shift
    school, stage = rng.integers(0, SCHOOLS, n), _stages(rng, chosen[truth])
    _add_nuisance(rng, odds, amounts, school, stage)
    noise = rng.random(n) < NOISE[level]
    odds[noise] += rng.normal(0, 1.5, (noise.sum(), len(COLUMNS)))
    amounts[noise] += rng.normal(0, 0.5, (noise.sum(), len(COLUMNS)))
    hidden = _not_collected(rng, school, NOT_COLLECTED[level])
    values = np.where(hidden, np.nan, _draw(rng, odds, amounts))
    features = Features(tuple(f"T{number:07d}" for number in range(n)), values)
    truth[noise] = -1
    return District(features, truth, k, rng.integers(0, 2, n), school, odds, amounts, hidden)


def next_year(district: District, seed: int, *, keeps: float = 0.85) -> tuple[District, NDArray[np.bool_]]:
    """The district with a third of its window replaced, and who kept his archetype."""
    rng = np.random.default_rng(seed)
    n = len(district.features)
    stays = rng.random(n) < keeps
    like = np.where(stays, np.arange(n), rng.permutation(n))
    odds, amounts = district.odds[like], district.amounts[like]
    fresh = _draw(rng, odds, amounts)
    values = district.features.values * 2 / 3 + fresh / 3
    whole = [COLUMNS.index(name) for name in ("papers", "mentees", "lectures")]
    values[:, whole] = np.floor(values[:, whole] + rng.random((n, len(whole))))
    for name in ("tier", "promoted"):
        place = COLUMNS.index(name)
        replaced = rng.random(n) < 1 / 3
        values[:, place] = np.where(replaced, fresh[:, place], district.features.values[:, place])
    features = replace(district.features, values=np.where(district.hidden, np.nan, values))
    truth = np.where(stays, district.truth, district.truth[like])
    later = replace(district, features=features, truth=truth, odds=odds, amounts=amounts)
    return later, truth == district.truth


def shuffled_columns(features: Features, seed: int) -> Features:
    """The null district: every column shuffled on its own, so that nothing but chance is left."""
    rng = np.random.default_rng(seed)
    return replace(
        features, values=np.column_stack([rng.permutation(column) for column in features.values.T])
    )


def z_scored(features: Features) -> FloatArray:
    """The bare counterpart's matrix: indicators in standard deviations, missing ones at the mean."""
    values = features.values
    spread = np.nanstd(values, axis=0)
    standard: FloatArray = np.nan_to_num(
        (values - np.nanmean(values, axis=0)) / np.where(spread > 0, spread, 1.0)
    )
    return standard


def raw_z_labels(features: Features, k: int, seed: int = 0) -> Labels:
    """Plain k-means on the z-scored indicators."""
    return np.asarray(KMeans(k, n_init=10, random_state=seed).fit_predict(z_scored(features)), dtype=np.intp)


def _shares(rng: np.random.Generator, k: int) -> FloatArray:
    shares = 0.4 / k + 0.6 * rng.dirichlet(np.full(k, 4.0))
    normed: FloatArray = shares / shares.sum()
    return normed


def _mix(rng: np.random.Generator, truth: Labels, k: int, blended: float) -> FloatArray:
    mix = np.eye(k)[truth]
    rows = np.flatnonzero(rng.random(len(truth)) < blended)
    other = (truth[rows] + rng.integers(1, k, len(rows))) % k
    share = rng.uniform(0.3, 0.5, len(rows))
    mix[rows, truth[rows]] = 1 - share
    mix[rows, other] = share
    return mix


def _stages(rng: np.random.Generator, archetype: Labels) -> Labels:
    limits = _STAGE_OF.cumsum(axis=1)[archetype]
    stages: Labels = (rng.random(len(archetype))[:, None] > limits[:, :-1]).sum(axis=1)
    return stages


def _add_nuisance(
    rng: np.random.Generator, odds: FloatArray, amounts: FloatArray, school: Labels, stage: Labels
) -> None:
    subject = rng.integers(0, SUBJECTS, len(odds))
    width = len(COLUMNS)
    odds += rng.normal(0, 0.35, (SCHOOLS, width))[school] + rng.normal(0, 0.2, (SUBJECTS, width))[subject]
    amounts += rng.normal(0, 0.20, (SCHOOLS, width))[school] + rng.normal(0, 0.1, (SUBJECTS, width))[subject]
    energy = rng.normal(0, ENERGY, (len(odds), 1))
    odds += _STAGE_SHIFT[stage] + 2 * energy
    amounts += energy


def _draw(rng: np.random.Generator, odds: FloatArray, amounts: FloatArray) -> FloatArray:
    """One window's records: hours and points in tenths, counts and tiers whole."""
    occurs = rng.random(odds.shape) < 1 / (1 + np.exp(-odds))
    values = np.exp(amounts) * rng.gamma(_SHAPE, 1 / _SHAPE, odds.shape)
    for name in ("papers", "mentees", "lectures", "open_lesson_points", "assistance_months", "tier"):
        place = COLUMNS.index(name)
        values[:, place] = np.maximum(np.round(values[:, place]), 1)
    values[:, COLUMNS.index("assistance_months")] = values[:, COLUMNS.index("assistance_months")].clip(1, 36)
    values[:, COLUMNS.index("tier")] = values[:, COLUMNS.index("tier")].clip(1, 6)
    values[:, COLUMNS.index("promoted")] = 1
    return np.where(occurs, np.maximum(np.round(values, 1), 0.1), 0.0)


def _not_collected(rng: np.random.Generator, school: Labels, share: float) -> NDArray[np.bool_]:
    hidden = np.zeros((len(school), len(COLUMNS)), dtype=bool)
    for columns in _KINDS:
        schools = rng.random(SCHOOLS) < share
        hidden[:, list(columns)] |= schools[school][:, None]
    return hidden
