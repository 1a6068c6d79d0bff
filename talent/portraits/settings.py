"""Every weight, point and threshold of a portrait, as one value that the policy book builds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def _fixed(**items: float) -> Mapping[str, float]:
    return MappingProxyType(items)


@dataclass(frozen=True, slots=True)
class RecordPoints:
    """What one recognised record is worth when records become indicators."""

    contest_level: Mapping[str, float] = field(
        default_factory=lambda: _fixed(
            school=1, district=3, prefectural=4, municipal=6, provincial=6, national=10
        )
    )
    """Points of a contest result or a research project by its level."""
    contest_grade: Mapping[str, float] = field(
        default_factory=lambda: _fixed(special=1, first=1, second=0.7, third=0.5, merit=0.3, shortlisted=0.3)
    )
    """Factor of a contest result by its grade."""
    coached_share: float = 0.5
    """Factor of a result won by a pupil the teacher coached, beside one's own (1)."""
    project_role: Mapping[str, float] = field(default_factory=lambda: _fixed(lead=1, core=0.6, member=0.3))
    """Factor of a research project by the teacher's role; its level counts as in ``contest_level``."""
    lesson_level: Mapping[str, float] = field(
        default_factory=lambda: _fixed(
            school=1, district=2, prefectural=3, municipal=3, provincial=3, national=4
        )
    )
    """Points of an open lesson by its level."""
    tier_rank: Mapping[str, float] = field(
        default_factory=lambda: _fixed(
            new_talent=1,
            school_subject_head=2,
            district_subject_head=3,
            chief_subject_teacher=4,
            famous_teacher=5,
            leading_talent=6,
        )
    )
    """Value of ``tier`` by the title in force at the cut-off; none, or a municipal honour alone, is 0."""


@dataclass(frozen=True, slots=True)
class PortraitSettings:
    """The fixed method's numbers. One frozen value per run, kept with it, so that a run can be recomputed."""

    points: RecordPoints = field(default_factory=RecordPoints)
    """Worth of single records."""

    window_months: int = 36
    """Months of a full window (three school years); hours, counts and points are scaled to it."""
    least_months: int = 24
    """Fewer months on post than this in the window: data insufficient, scores only."""
    least_coverage: float = 0.6
    """Smallest share of the ten inputs that must have been collected for a teacher to be given a group."""

    hours_weights: tuple[float, float, float, float] = (1.0, 0.8, 0.6, 0.5)
    """Weight of an hour: national and municipal; district and induction; school-based; online or own."""
    hours_parts_missing: int = 3
    """From this many uncollected kinds of hours on, the hours as a whole are not collected."""
    promotion_weight: float = 0.5
    """Weight of a promotion beside the tier (1) in the tier dimension."""
    cap_quantile: float = 0.99
    """Linear scores are capped at this quantile of an indicator's non-zero values."""
    full_score_quantile: float = 0.95
    """A dimension's 100 points stand at this quantile of the teachers with any activity in it."""

    start_clip: tuple[float, float] = (-3.0, 3.5)
    """Range of a standardised linear score in the k-means start."""
    start_runs: int = 10
    """Random starts of that k-means."""
    start_certainty: float = 0.9
    """First responsibility of a teacher's start group; the rest is spread over all groups."""
    gaussian_clip: float = 3.5
    """Range of a standardised Gaussian input (hours, tier)."""
    tolerance: float = 1e-6
    """EM ends when the objective rises by less than this, relative to its size."""
    rounds: int = 300
    """EM ends after this many rounds at the latest."""
    weight_prior: float = 1.0
    """Teachers added to every group before group weights are taken."""
    mean_prior: float = 3.0
    """Teachers at the district's mean added to every group before a group's mean is taken."""
    variance_prior: float = 5.0
    """Sum of squares, and number of teachers, added before a variance is taken."""
    least_variance: float = 0.05
    """Floor of a variance (of standardised values)."""
    rate_prior: float = 3.0
    """Teachers at the district's rate added to every group before a group's rate is taken."""
    least_rate: float = 1e-4
    """Rates stay within this of 0 and 1."""

    sample_size: int = 20_000
    """Above this many teachers the model is fitted on a seeded sample and all are assigned in chunks."""
    chunk_size: int = 50_000
    """Teachers per chunk of an assignment."""

    bootstraps: int = 8
    """Resampled districts behind a stability figure."""
    stable_mean: float = 0.75
    """Mean Jaccard under which a grouping is unstable."""
    stable_class: float = 0.60
    """Jaccard of a single group under which the grouping carries a warning."""
    chance_runs: int = 4
    """Column-shuffled copies of the district that say what chance alone would gain."""
    chance_factor: float = 1.25
    """How many times chance's largest gain in fit the district must show, or it holds no stable types."""

    k_range: tuple[int, int] = (4, 8)
    """Numbers of groups that are compared, both ends included."""
    confident_membership: float = 0.7
    """From this membership on a teacher is shown one type, else as between two."""
    halvings: int = 8
    """Random halvings behind a split-half figure."""
    least_class_share: float = 0.03
    """No group may hold a smaller share of the grouped teachers."""
    least_class_size: int = 30
    """No group may hold fewer teachers."""
    tree_depth: int = 5
    """Depth of the surrogate tree."""
    tree_leaf: int = 25
    """Fewest teachers in a leaf of the surrogate tree."""
    tree_folds: int = 5
    """Folds of the surrogate tree's cross-validation."""

    continuity_line: float = 0.5
    """A group whose overlap (Jaccard) with its ancestor is smaller counts as newly defined."""

    def start_dimensions(self) -> Mapping[str, Mapping[str, float]]:
        """Each dimension's inputs and their weights in its linear score, in the order scores are shown."""
        return MappingProxyType(
            {
                "training": {"hours": 1.0},
                "contest": {"contest_points": 1.0},
                "research": {"project_points": 1.0, "papers": 1.0, "open_lesson_points": 1.0},
                "mentoring": {"mentees": 1.0, "lectures": 1.0},
                "assistance": {"assistance_months": 1.0},
                "tier": {"tier": 1.0, "promoted": self.promotion_weight},
            }
        )
