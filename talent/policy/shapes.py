"""What a value must look like for the program to compute with it, beyond its type: ranges, and codes it must know.

A type says how a value is written. Two persons may still agree on one with which a page cannot be made: a table without
the row a record points at, a weight of nothing, a span of ten thousand years. Such a value is refused before it is
approved; what was approved once is never judged again here, since a book in force must load.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from talent.policy.book import Book, load_book
from talent.policy.registry import ELIGIBILITY
from talent.policy.tables import Dimension, PortraitMethod
from talent.policy.types import Table

Number = int | Fraction
Range = tuple[Number, Number]


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a value does not do: a code to be worded, and its facts."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


#: Both ends in, as the book writes the number; by the unit of the entry, and below by the entry itself.
BY_UNIT: Mapping[str, Range] = {
    "years": (1, 60), "school years": (1, 10), "months": (1, 1200), "days": (1, 366), "working days": (0, 366),
    "hundredths of an hour": (0, 10_000_000), "fen per person-year": (0, 10**10), "people": (1, 1_000_000),
    "pupils": (0, 1_000_000), "points": (0, 1000), "factor": (0, 1000), "times": (1, 100), "reveals": (1, 10_000),
    "weight per pupil": (Fraction(1, 1000), 1000), "pupils per post by stage": (Fraction(1, 10), 1000),
    "pupils per class by stage": (1, 1000), "pupils by kind of school": (1, 1_000_000), "coefficient of variation":
    (Fraction(1, 1000), 10), "person-years per month": (Fraction(1, 366), 1), "person-years": (Fraction(1, 366), 10),
    "Cramér's V": (0, 1), "Jaccard": (0, 1), "mean bootstrap Jaccard": (0, 1), "times per term": (0, 1000),
    "first full teaching year of each band": (0, 60), "table": (0, 1_000_000), "rules": (0, 10_000_000),
}
BY_KEY: Mapping[str, Range] = {
    "paired_assistance.month_min_days": (1, 31), "paired_assistance.absence_limit": (0, 31),
    "hours.cycle_target_step": (1, 10_000_000), "hours.daily_maximum": (1, 2400), "hours.induction_months": (1, 120),
    "indicators.reached_minimum": (0, 7), "portraits.hour_parts_missing_limit": (1, 4), "portraits.k_range": (2, 20),
    "privacy.peer_minimum": (2, 1000), "portraits.scale_months": (1, 120), "portraits.minimum_months": (0, 120),
    "portraits.score_percentile": (Fraction(1, 100), 1), "portraits.group_minimum_share": (0, Fraction(1, 4)),
}
METHOD: Mapping[str, Range] = {
    "start_cap_percentile": (Fraction(1, 100), 1), "start_clip_low": (-100, 0), "start_clip_high": (0, 100),
    "start_promoted_weight": (0, 1000), "kmeans_starts": (1, 1000), "tolerance": (Fraction(1, 10**12), Fraction(1, 10)),
    "rounds": (1, 100_000), "value_clip": (Fraction(1, 10), 100), "class_prior": (0, 10_000),
    "variance_prior_squares": (0, 10_000), "variance_prior_count": (0, 10_000),
    "variance_floor": (Fraction(1, 10**6), 1), "rate_prior_weight": (0, 10_000),
    "rate_floor": (Fraction(1, 10**9), Fraction(1, 10)), "mean_prior_weight": (0, 10_000),
    "sample_size": (1000, 1_000_000), "start_membership": (Fraction(1, 10), Fraction(999, 1000)),
}
#: Exact numbers are multiplied with one another: their parts stay small enough to be written down.
FINEST = 10**12
DAYS = (date(1990, 1, 1), date(2100, 12, 31))
#: Codes the program itself computes by, no more and no fewer.
FIXED = frozenset({
    "paired_assistance.conventions", "portraits.hour_columns", "portraits.dimensions", "portraits.project_role_factors",
    "portraits.contest_category_factors", "indicators.thresholds", "indicators.cv_limits", "indicators.split_weights",
    "indicators.schooling_above", "indicators.class_size_limits", "indicators.school_size_limits", "staffing.ratios",
    "tiers.strata",
})
#: Codes that records carry or the program asks for: others may be added, none may go.
KEPT = frozenset({
    "hours.levels", "tiers.table", "vocabulary.professional_titles", "vocabulary.schooling",
    "vocabulary.result_levels", "vocabulary.result_grades", "vocabulary.result_categories",
    "portraits.other_type_names", "portraits.association_limits", "portraits.contest_level_points",
    "portraits.contest_grade_factors", "portraits.open_lesson_points",
})
#: Inputs of a portrait that stand in a dimension under their own name; those of hours are columns of their own.
INPUTS = frozenset({
    "contest_points", "project_points", "papers", "open_lesson_points", "mentees", "lectures", "assistance_months",
    "tier", "promoted",
})


def misfits(book: Book, key: str, unit: str, value: Any, on: date) -> Iterator[Misfit]:
    """What the program could not compute with, were ``value`` in force from ``on``; nothing for a value that does."""
    yield from _codes(key, value)
    if isinstance(value, PortraitMethod):
        for name, allowed in METHOD.items():
            yield from _numbers(getattr(value, name), allowed, name)
    elif key != "tiers.cultivation_targets" and not key.startswith("calendar."):
        yield from _numbers(value, BY_KEY.get(key, BY_UNIT.get(unit, (0, 1_000_000))))
    yield from _days(value)
    yield from _special(book, key, value, on)


def _codes(key: str, value: Any) -> Iterator[Misfit]:
    if key not in FIXED and key not in KEPT:
        return
    given, known = codes_of(value), codes_of(load_book().entry(key).values[-1].value)
    if lost := [code for code in known if code not in given]:
        yield Misfit("policy.shape_lost", {"codes": lost})
    if key in FIXED and (strange := [code for code in given if code not in known]):
        yield Misfit("policy.shape_strange", {"codes": strange, "known": list(known)})


def codes_of(value: Any) -> Collection[str]:
    """The codes of a table, or of a mapping by code."""
    return value.codes if isinstance(value, Table) else tuple(value)


def _numbers(value: Any, allowed: Range, name: str = "") -> Iterator[Misfit]:
    """Every number within a value, whatever it is made of."""
    least, most = allowed
    for number in numbers_of(value):
        exact = Fraction(number)
        if not least <= exact <= most:
            yield Misfit("policy.shape_range", {"number": _told(number), "least": _told(least), "most": _told(most),
                                                "part": name})
            return
        if exact.denominator > FINEST:
            yield Misfit("policy.shape_fine", {"number": _told(number)})
            return


def numbers_of(value: Any) -> Iterator[Number]:
    """The numbers a value is made of; flags are none."""
    if isinstance(value, bool):
        return
    if isinstance(value, (int, Fraction)):
        yield value
    else:
        for part in _parts(value):
            yield from numbers_of(part)


def _days(value: Any) -> Iterator[Misfit]:
    if isinstance(value, date) and not DAYS[0] <= value <= DAYS[1]:
        yield Misfit("policy.shape_range", {"number": value.isoformat(), "least": DAYS[0].isoformat(),
                                            "most": DAYS[1].isoformat(), "part": ""})
    for part in () if isinstance(value, date) else _parts(value):
        yield from _days(part)


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, Table):
        yield from value
    elif isinstance(value, BaseModel):
        yield from (getattr(value, name) for name in type(value).model_fields)
    elif isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, (tuple, list, frozenset)):
        yield from value


def _told(number: Number) -> str:
    return str(number)


def _special(book: Book, key: str, value: Any, on: date) -> Iterator[Misfit]:
    """What holds of one entry alone."""
    if key == "portraits.dimensions":
        yield from (misfit for row in value for misfit in _dimension(row))
    elif key == "portraits.contest_category_factors" and not value.get("own"):
        yield Misfit("policy.shape_nothing", {"codes": ["own"]})
    elif key == "portraits.hour_columns":
        if lost := _unplaced(value, book.at("hours.levels", on).value.codes):
            yield Misfit("policy.shape_lost", {"codes": lost})
    elif key == "tiers.cultivation_scope" and value.heads_at_least not in _tower(book, on):
        yield Misfit("policy.shape_strange", {"codes": [value.heads_at_least], "known": _tower(book, on)})
    elif key == "tiers.table" and not value.tower:
        yield Misfit("policy.shape_lost", {"codes": ["apex", "body", "base"]})
    elif key.startswith(ELIGIBILITY):
        yield from (misfit for rule in value for misfit in _rule(rule))
    elif isinstance(value, PortraitMethod) and value.start_clip_low >= value.start_clip_high:
        yield Misfit("policy.shape_reversed")


def _dimension(row: Dimension) -> Iterator[Misfit]:
    hours = set(codes_of(load_book().entry("portraits.hour_columns").values[-1].value))
    if strange := sorted(row.columns.keys() - INPUTS - hours):
        yield Misfit("policy.shape_strange", {"codes": strange, "known": sorted(INPUTS | hours)})
    if not any(row.columns.values()):
        yield Misfit("policy.shape_nothing", {"codes": [row.code]})


def _unplaced(columns: Any, levels: Collection[str]) -> list[str]:
    """The levels no column of hours takes."""
    placed = {level for row in columns for level in row.levels}
    return [level for level in levels if level not in placed and level in _shipped_levels()]


def _shipped_levels() -> set[str]:
    rows = load_book().entry("portraits.hour_columns").values[-1].value
    return {level for row in rows for level in row.levels}


def _tower(book: Book, on: date) -> list[str]:
    return [row.code for row in book.at("tiers.table", on).value.tower]


def _rule(rule: Any) -> Iterator[Misfit]:
    for name in ("years", "at_least", "at_most"):
        number = getattr(rule, name, None)
        if isinstance(number, int) and number > 100:
            yield Misfit("policy.shape_range", {"number": str(number), "least": "0", "most": "100", "part": name})
    lowest, highest = getattr(rule, "at_least", None), getattr(rule, "at_most", None)
    if isinstance(lowest, int) and isinstance(highest, int) and lowest > highest:
        yield Misfit("policy.shape_reversed")
