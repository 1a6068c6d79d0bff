"""Codes one entry borrows from another: a tier, grade or training level that nobody defined is refused."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from talent.policy.eligibility import (
    EligibilityRule,
    PriorTitle,
    ProfessionalTitle,
    Result,
)
from talent.policy.errors import PolicyError
from talent.policy.registry import ELIGIBILITY

Borrowed = Iterable[tuple[str, str]]
"""Pairs of (the entry that defines a code, the code)."""


def _rule_codes(rule: EligibilityRule) -> Borrowed:
    match rule:
        case ProfessionalTitle(at_least=code):
            yield "vocabulary.professional_titles", code
        case PriorTitle(any_of=tiers):
            yield from (("tiers.table", tier) for tier in tiers)
        case Result(any_of=floors):
            for floor in floors:
                yield "vocabulary.result_levels", floor.level_at_least
                if floor.grade_at_least is not None:
                    yield "vocabulary.result_grades", floor.grade_at_least


def _keys_of(vocabulary: str) -> Callable[[Mapping[str, Any]], Borrowed]:
    return lambda value: ((vocabulary, code) for code in value)


def _values_of(vocabulary: str) -> Callable[[Mapping[str, str]], Borrowed]:
    return lambda value: ((vocabulary, code) for code in value.values())


BORROWERS: dict[str, Callable[[Any], Borrowed]] = {
    "paired_assistance.convention": lambda code: [("paired_assistance.conventions", code)],
    "hours.cycle_caps": _keys_of("hours.levels"),
    "tiers.table": lambda table: (("tiers.strata", row.stratum) for row in table),
    "tiers.cultivation_scope": lambda scope: [("tiers.table", scope.heads_at_least)],
    "indicators.schooling_above": _values_of("vocabulary.schooling"),
    "vocabulary.professional_title_aliases": _values_of("vocabulary.professional_titles"),
    "portraits.hour_columns": lambda table: (
        ("hours.levels", level) for row in table for level in row.levels
    ),
    "portraits.contest_level_points": _keys_of("vocabulary.result_levels"),
    "portraits.contest_grade_factors": _keys_of("vocabulary.result_grades"),
    "portraits.contest_category_factors": _keys_of("vocabulary.result_categories"),
    "portraits.open_lesson_points": _keys_of("vocabulary.result_levels"),
}


def _borrowed(key: str, value: Any) -> Borrowed:
    if key.startswith(ELIGIBILITY):
        yield "tiers.table", key.removeprefix(ELIGIBILITY)
        for rule in value:
            yield from _rule_codes(rule)
    elif key in BORROWERS:
        yield from BORROWERS[key](value)


def check_references(entries: Iterable[tuple[str, Sequence[Any]]], *, file: str) -> None:
    """Refuse a code its own table does not define on any date; ``entries`` are (key, its dated values)."""
    values = dict(entries)
    defined = {
        table: {code for value in values.get(table, ()) for code in value.codes}
        for table in (
            "paired_assistance.conventions",
            "hours.levels",
            "tiers.strata",
            "tiers.table",
            "vocabulary.professional_titles",
            "vocabulary.schooling",
            "vocabulary.result_levels",
            "vocabulary.result_grades",
            "vocabulary.result_categories",
        )
    }
    for key, dated in values.items():
        for value in dated:
            for table, code in _borrowed(key, value):
                if code not in defined[table]:
                    raise PolicyError(f"{code!r} is not in {table}", file=file, key=key, kind="undefined",
                                      facts={"code": code, "table": table})
