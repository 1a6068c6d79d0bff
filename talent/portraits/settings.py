"""Every weight, point and threshold of a portrait, as one value that the policy book builds."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordPoints:
    """What one recognised record is worth when records become indicators."""

    contest_level: Mapping[str, float]
    """Points of a contest result or a research project by its level."""
    contest_grade: Mapping[str, float]
    """Factor of a contest result by its grade."""
    coached_share: float
    """Factor of a result won by a pupil the teacher coached, beside one's own (1)."""
    project_role: Mapping[str, float]
    """Factor of a research project by the teacher's role; its level counts as in ``contest_level``."""
    lesson_level: Mapping[str, float]
    """Points of an open lesson by its level."""
    tier_rank: Mapping[str, float]
    """Value of ``tier`` by the title in force at the cut-off; none, or a municipal honour alone, is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitSettings:
    """The fixed method's numbers. One frozen value per run, kept with it, so that a run can be recomputed.

    What somebody may decide stands in the policy book alone (:mod:`talent.portraits.parameters`) and has no value here;
    what only the computation needs has its own.
    """

    points: RecordPoints
    """Worth of single records."""

    window_months: int
    """Months of a full window (three school years); hours, counts and points are scaled to it."""
    least_months: int
    """Fewer months on post than this in the window: data insufficient, scores only."""
    least_coverage: float
    """Smallest share of the ten inputs that must have been collected for a teacher to be given a group."""

    hours_weights: tuple[float, float, float, float]
    """Weight of an hour: national and municipal; district and induction; school-based; online or own."""
    hours_parts_missing: int
    """From this many uncollected kinds of hours on, the hours as a whole are not collected."""
    dimensions: Mapping[str, Mapping[str, float]]
    """Each dimension's inputs and their weights in its score; the weights of single hours stand apart."""
    promotion_weight: float
    """Weight of a promotion where the types start from."""
    cap_quantile: float
    """Linear scores are capped at this quantile of an indicator's non-zero values."""
    full_score_quantile: float
    """A dimension's 100 points stand at this quantile of the teachers with any activity in it."""

    start_clip: tuple[float, float]
    """Range of a standardised linear score in the k-means start."""
    start_runs: int
    """Random starts of that k-means."""
    start_certainty: float
    """First responsibility of a teacher's start group; the rest is spread over all groups."""
    gaussian_clip: float
    """Range of a standardised Gaussian input (hours, tier)."""
    tolerance: float
    """EM ends when the objective rises by less than this, relative to its size."""
    rounds: int
    """EM ends after this many rounds at the latest."""
    weight_prior: float
    """Teachers added to every group before group weights are taken."""
    mean_prior: float
    """Teachers at the district's mean added to every group before a group's mean is taken."""
    variance_prior_squares: float
    """Sum of squares added before a variance is taken."""
    variance_prior_count: float
    """Teachers added before a variance is taken."""
    least_variance: float
    """Floor of a variance (of standardised values)."""
    rate_prior: float
    """Teachers at the district's rate added to every group before a group's rate is taken."""
    least_rate: float
    """Rates stay within this of 0 and 1."""

    sample_size: int
    """Above this many teachers the model is fitted on a seeded sample and all are assigned in chunks."""
    chunk_size: int = 50_000
    """Teachers per chunk of an assignment."""

    bootstraps: int = 8
    """Resampled districts behind a stability figure."""
    stable_mean: float
    """Mean Jaccard under which a grouping is unstable."""
    stable_class: float
    """Jaccard of a single group under which the grouping carries a warning."""
    chance_runs: int = 4
    """Column-shuffled copies of the district that say what chance alone would gain."""
    chance_factor: float = 1.25
    """How many times chance's largest gain in fit the district must show, or it holds no stable types."""

    k_range: tuple[int, int]
    """Numbers of groups that are compared, both ends included."""
    confident_membership: float
    """From this membership on a teacher is shown one type, else as between two."""
    halvings: int = 8
    """Random halvings behind a split-half figure."""
    least_class_share: float
    """No group may hold a smaller share of the grouped teachers."""
    least_class_size: int
    """No group may hold fewer teachers."""
    tree_depth: int = 5
    """Depth of the surrogate tree."""
    tree_leaf: int = 25
    """Fewest teachers in a leaf of the surrogate tree."""
    tree_folds: int = 5
    """Folds of the surrogate tree's cross-validation."""

    least_shown: int
    """Nothing is told of fewer people, nor of what is left when those told of are taken away."""

    continuity_line: float
    """A group whose overlap (Jaccard) with its ancestor is smaller counts as newly defined."""

    def start_dimensions(self) -> Mapping[str, Mapping[str, float]]:
        """Each dimension's inputs with their weights where the types start from: as in the scores, but for the weight
        of a promotion."""
        return {name: {column: self.promotion_weight if column == "promoted" else weight
                       for column, weight in parts.items()} for name, parts in self.dimensions.items()}
