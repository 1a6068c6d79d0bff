"""The settings of a run from the policy book: every weight, point and threshold that somebody can decide."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any

from talent.policy.book import Book, load_book
from talent.policy.tables import DimensionTable, PortraitMethod, TierTable
from talent.portraits.features import HOURS_COLUMNS
from talent.portraits.settings import PortraitSettings, RecordPoints

PREFIX = "portraits."
TIERS = "tiers.table"
LEAST_SHOWN = "privacy.peer_minimum"
OTHER_KEYS = (
    TIERS,
    LEAST_SHOWN,
    "paired_assistance.convention",
    "paired_assistance.month_min_days",
    "paired_assistance.absence_limit",
    "paired_assistance.discarded_appraisals",
    "hours.discarded_results",
    "vocabulary.result_levels",
    "vocabulary.result_grades",
)


def keys_of(book: Book) -> tuple[str, ...]:
    """Every key a run rests on."""
    return (*(entry.key for entry in book if entry.key.startswith(PREFIX)), *OTHER_KEYS)


def settings_of(book: Book, on: date) -> PortraitSettings:
    """The settings in force on a day; numbers of pure computation keep their defaults."""

    def at(name: str) -> Any:
        return book.at(PREFIX + name, on).value

    method: PortraitMethod = at("method")
    weights = {row.code: float(row.weight) for row in at("hour_columns")}
    national, district, school, online = (weights[column] for column in HOURS_COLUMNS)
    numbers = at("k_range")
    return PortraitSettings(
        points=_points(book, on),
        dimensions=_dimensions(at("dimensions")),
        window_months=at("scale_months"),
        least_months=at("minimum_months"),
        least_coverage=float(at("coverage_minimum")),
        hours_weights=(national, district, school, online),
        hours_parts_missing=at("hour_parts_missing_limit"),
        full_score_quantile=float(at("score_percentile")),
        stable_mean=float(at("stability_minimum")),
        stable_class=float(at("group_stability_minimum")),
        k_range=(numbers.minimum, numbers.maximum),
        confident_membership=float(at("membership_minimum")),
        least_class_share=float(at("group_minimum_share")),
        least_class_size=at("group_minimum_people"),
        least_shown=book.at(LEAST_SHOWN, on).value,
        continuity_line=float(at("continuity_minimum")),
        **_method(method),
    )


@cache
def shipped_settings() -> PortraitSettings:
    """The settings of the shipped book as it stands last: for a file of features, which belongs to no district."""
    return settings_of(load_book(), date.max)


def _dimensions(table: DimensionTable) -> Mapping[str, Mapping[str, float]]:
    """The columns of hours are one input, weighted among themselves by their own table."""
    return MappingProxyType({row.code: MappingProxyType({
        **({"hours": 1.0} if row.columns.keys() & set(HOURS_COLUMNS) else {}),
        **{name: float(weight) for name, weight in row.columns.items() if name not in HOURS_COLUMNS}})
        for row in table})


def _method(method: PortraitMethod) -> dict[str, Any]:
    """The constants of the start and of the EM under the names the method gives them."""
    return {
        "promotion_weight": float(method.start_promoted_weight),
        "cap_quantile": float(method.start_cap_percentile),
        "start_clip": (float(method.start_clip_low), float(method.start_clip_high)),
        "start_runs": method.kmeans_starts,
        "start_certainty": float(method.start_membership),
        "gaussian_clip": float(method.value_clip),
        "tolerance": float(method.tolerance),
        "rounds": method.rounds,
        "weight_prior": float(method.class_prior),
        "mean_prior": float(method.mean_prior_weight),
        "variance_prior_squares": float(method.variance_prior_squares),
        "variance_prior_count": float(method.variance_prior_count),
        "least_variance": float(method.variance_floor),
        "rate_prior": float(method.rate_prior_weight),
        "least_rate": float(method.rate_floor),
        "sample_size": method.sample_size,
    }


def _points(book: Book, on: date) -> RecordPoints:
    tiers: TierTable = book.at(TIERS, on).value
    categories = book.at(PREFIX + "contest_category_factors", on).value
    return RecordPoints(
        contest_level=_floats(book.at(PREFIX + "contest_level_points", on).value),
        contest_grade=_floats(book.at(PREFIX + "contest_grade_factors", on).value),
        coached_share=float(categories["coached"] / categories["own"]),
        project_role=_floats(book.at(PREFIX + "project_role_factors", on).value),
        lesson_level=_floats(book.at(PREFIX + "open_lesson_points", on).value),
        tier_rank=MappingProxyType({row.code: float(tiers.rank(row.code)) for row in tiers.tower}),
    )


def _floats(points: Mapping[str, Fraction]) -> Mapping[str, float]:
    return MappingProxyType({code: float(value) for code, value in points.items()})
