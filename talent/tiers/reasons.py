"""Why a rule was met, not met or could not be judged, as findings to be worded in the reader's language."""

from typing import Any

from talent.core.errors import Finding, Level
from talent.policy.tables import TierTable
from talent.policy.types import RankTable
from talent.tiers.eligibility import MET, RuleVerdict, TierRules


def reason(row: RuleVerdict, terms: TierRules, tiers: TierTable) -> Finding:
    """``tiers.<rule>.<verdict>`` with what is required and what is there, codes replaced by their labels.

    A rule that is met, or cannot be judged for want of data, is a warning; one not met is an error.
    """
    rule = row.rule
    if rule == "teaching_years" and row.required["at_most"] is not None:
        rule = "teaching_years_between"
    level: Level = "error" if row.verdict == "not_met" else "warning"
    params = {"clause": row.clause, **_facts(row, terms, tiers)}
    return Finding(f"tiers.{rule}.{row.verdict}", row.clause, params, level)


def _facts(row: RuleVerdict, terms: TierRules, tiers: TierTable) -> dict[str, Any]:
    match row.rule:
        case "professional_title":
            titles = terms.professional_titles
            return {
                "required": titles.label(row.required),
                "actual": row.actual and _label(titles, row.actual),
            }
        case "teaching_years" | "age":
            return {**row.required, "actual": _years(row.actual)}
        case "prior_title":
            return {
                "required": [tiers.label(code) for code in row.required],
                "actual": [tiers.label(code) for code in row.actual] or None,
            }
        case "result":
            return {
                "years": row.required["years"],
                "required": [_result(floor, terms) for floor in row.required["any_of"]],
                "actual": [_result(result, terms) for result in row.actual] or None,
            }
        case "appraisal":
            return {
                "years": row.required["years"],
                "missing": [year for year, grade in row.actual.items() if grade is None],
                "below": [
                    year
                    for year, grade in row.actual.items()
                    if grade is not None and grade not in row.required["accepted"]
                ],
            }
        case "hours":
            return {"required_hundredths": row.required, "actual_hundredths": row.actual}
        case _:
            return {"actual": row.actual}


def _years(actual: int | list[int] | None) -> int | str | None:
    return "–".join(map(str, actual)) if isinstance(actual, list) else actual


def _label(table: RankTable, code: str) -> str:
    return table.label(code) if code in table else code


def _result(floor: dict[str, Any], terms: TierRules) -> str:
    grade = floor["grade"]
    return _label(terms.levels, floor["level"]) + (_label(terms.grades, grade) if grade else "")


def shortfalls(rows: tuple[RuleVerdict, ...], terms: TierRules, tiers: TierTable) -> tuple[Finding, ...]:
    """What still lies between a person and the tier: the reasons of the rules not met."""
    return tuple(reason(row, terms, tiers) for row in rows if row.verdict != MET)
