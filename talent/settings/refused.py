"""What the book refuses a value for, as findings that can be worded: pydantic's kinds, and the book's own sentences."""

from collections.abc import Mapping
from typing import Any

from talent.core.errors import Finding
from talent.policy.book import Book
from talent.policy.errors import PolicyError

#: Kind of refusal → finding. What is not named here is said in the book's own words.
CODES: Mapping[str, str] = {
    "int_type": "policy.wrong_whole", "int_parsing": "policy.wrong_whole", "int_from_float": "policy.wrong_whole",
    "greater_than_equal": "policy.wrong_least", "less_than_equal": "policy.wrong_most",
    "bool_type": "policy.wrong_flag", "missing": "policy.wrong_missing", "extra_forbidden": "policy.wrong_extra",
    "string_type": "policy.wrong_word", "string_pattern_mismatch": "policy.wrong_code",
    "string_too_short": "policy.wrong_empty", "too_short": "policy.wrong_empty", "string_too_long": "policy.wrong_long",
    "literal_error": "policy.wrong_choice", "union_tag_invalid": "policy.wrong_rule",
    "union_tag_not_found": "policy.wrong_rule", "undefined": "policy.wrong_undefined",
    "calendar": "policy.wrong_calendar", "date_from_datetime_parsing": "policy.wrong_day",
    "date_from_datetime_inexact": "policy.wrong_day", "date_type": "policy.wrong_day",
    "date_parsing": "policy.wrong_day", "a date is written 2021-01-01": "policy.wrong_day",
    'an exact number is an integer, or "0.7" or "1/12" in quotes; a float is not exact': "policy.wrong_exact",
    "a share lies between 0 and 1": "policy.wrong_share", "bands begin at 0 and ascend": "policy.wrong_bands",
    "a table has at least one row and no code twice": "policy.wrong_twice",
    "the minimum is not above the maximum": "policy.shape_reversed",
    "the weights of the criteria sum to 1": "policy.wrong_sum",
    "the tower's rows come before those beside it": "policy.wrong_tower",
    "indicators are numbered 1, 2, 3 … in order": "policy.wrong_numbers",
    "a tier has each kind of rule at most once": "policy.wrong_twice",
    "a day is either off or a make-up day": "policy.wrong_days",
    **dict.fromkeys(("dict_type", "list_type", "tuple_type", "model_type", "model_attributes_type", "mapping_type",
                     "frozen_set_type", "a list of days and of spans such as 2026-10-01..2026-10-07"),
                    "policy.wrong_table"),
}


def finding_of(book: Book, error: PolicyError, told: Mapping[str, Any]) -> Finding:
    """The refusal with the entry, the part of it, and what would do; ``told`` names the entry and shows its value."""
    facts = error.facts
    code = CODES.get(error.kind, "policy.value_refused")
    table = facts.get("table", "")
    return Finding(code, params={
        **told, "problem": error.problem, "place": f"{error.place} " if error.place else "",
        "least": facts.get("ge", ""), "most": facts.get("le", facts.get("max_length", "")),
        "choices": facts.get("expected", facts.get("expected_tags", "")), "code": facts.get("code", ""),
        "document": book.entry(table).label if table in book else table})
