"""What a rule asks, what is there, and why it was met, not met or could not be judged: findings for the door to say.

Labels of the policy book come in the reader's language, so findings are made right before they are said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from talent.core.errors import Finding, Level
from talent.core.language import in_a_row, translated
from talent.core.periods import ONE_DAY, years_before
from talent.core.terms import APPRAISAL, words_of
from talent.policy import eligibility as kinds
from talent.policy.tables import TierTable
from talent.policy.types import RankTable
from talent.tiers.eligibility import MET, Candidate, ResultFact, RuleVerdict, TierRules, reaches


def reason(row: RuleVerdict, terms: TierRules, tiers: TierTable) -> Finding:
    """``tiers.<rule>.<verdict>`` with what is required and what is there, codes replaced by their labels.

    A rule that is met, or cannot be judged for want of data, is a warning; one not met is an error.
    """
    level: Level = "error" if row.verdict == "not_met" else "warning"
    params = {"clause": row.clause, **_facts(row, terms, tiers)}
    return Finding(f"tiers.{_name(row)}.{row.verdict}", row.clause, params, level)


def shortfalls(rows: Iterable[RuleVerdict], terms: TierRules, tiers: TierTable) -> tuple[Finding, ...]:
    """What still lies between a person and the tier: the reasons of the rules not met."""
    return tuple(reason(row, terms, tiers) for row in rows if row.verdict != MET)


def asked(row: RuleVerdict, terms: TierRules, tiers: TierTable) -> Finding:
    """``tiers.<rule>.asked``: the requirement alone, in a few words."""
    name = _name(row)
    if row.rule == "prior_title":
        name = _breadth(row.required, tiers)
    return Finding(f"tiers.{name}.asked", row.clause, _facts(row, terms, tiers))


def found(row: RuleVerdict, terms: TierRules, tiers: TierTable, near: "Near | None" = None) -> tuple[Finding, ...]:
    """``tiers.<rule>.found.…``: what is there, in a few words; for results also what nearly counted."""
    facts = _facts(row, terms, tiers)
    ending = str(row.verdict)
    if row.rule == "result" and row.verdict != MET:
        if near is not None:
            return _nearly(near, facts, terms)
        ending = "short"
    elif row.verdict == "no_data" and row.actual is not None:
        ending += "_yet"  # something is there, but not what decides
    elif row.rule == "age" and row.actual is None and row.verdict != "no_data":
        ending = "withheld"
    elif row.rule in ("professional_title", "teaching_years", "age", "hours") and row.verdict == "not_met":
        ending = "met"  # a value is told the same way, enough or not
    return (Finding(f"tiers.{row.rule}.found.{ending}", row.clause, facts),)


def _name(row: RuleVerdict) -> str:
    if row.rule == "teaching_years" and row.required["at_most"] is not None:
        return "teaching_years_between"
    return row.rule


def _breadth(required: list[str], tiers: TierTable) -> str:
    """How a list of titles is best told: any title, one tier and those above it, or the list."""
    if set(required) >= set(tiers.codes):
        return "prior_title_any"
    lowest = min(required, key=lambda code: tiers.rank(code) or len(tiers))
    return "prior_title_above" if set(required) == tiers.at_least(lowest) else "prior_title"


def _facts(row: RuleVerdict, terms: TierRules, tiers: TierTable) -> dict[str, Any]:
    match row.rule:
        case "professional_title":
            titles = terms.professional_titles
            return {
                "required": _label(titles, row.required),
                "actual": row.actual and _label(titles, row.actual),
            }
        case "teaching_years" | "age":
            return {**row.required, "actual": _years(row.actual)}
        case "prior_title":
            labels = [_label(tiers, code) for code in row.required]
            return {
                "required": labels,
                "lowest": labels[-1],
                "actual": [_label(tiers, code) for code in row.actual] or None,
            }
        case "result":
            return {
                "years": row.required["years"],
                "required": [_result(floor, terms) for floor in row.required["any_of"]],
                "floors": translated("，或").join(_floor(floor, terms) for floor in row.required["any_of"]),
                "actual": [_result(result, terms) for result in row.actual] or None,
                "best": _result(max(row.actual, key=lambda each: _worth(each, terms)), terms) if row.actual else None,
            }
        case "appraisal":
            return _appraisal_facts(row)
        case "hours":
            return {"required_hundredths": row.required, "actual_hundredths": row.actual}
        case _:
            return {"actual": row.actual}


def _appraisal_facts(row: RuleVerdict) -> dict[str, Any]:
    accepted, words = row.required["accepted"], words_of(APPRAISAL)
    grades = {year: translated(words.get(grade, grade)) for year, grade in row.actual.items() if grade is not None}
    below = [year for year, grade in row.actual.items() if grade is not None and grade not in accepted]
    return {
        "years": row.required["years"],
        "since": str(row.required["years"][0]),
        "until": str(row.required["years"][-1]),
        "missing": [year for year, grade in row.actual.items() if grade is None],
        "below": below,
        "grades": list(grades.values()),
        "below_grades": [f"{year} {grades[year]}" for year in below],
    }


def _years(actual: int | list[int] | None) -> int | str | None:
    return "–".join(map(str, actual)) if isinstance(actual, list) else actual


def _label(table: RankTable | TierTable, code: str) -> str:
    return translated(table.label(code)) if code in table else code


def _result(given: Mapping[str, Any], terms: TierRules) -> str:
    level, grade = _label(terms.levels, given["level"]), given["grade"]
    if not grade:
        return level
    return in_a_row((level, _label(terms.grades, grade)))


def _floor(given: Mapping[str, Any], terms: TierRules) -> str:
    told = _result(given, terms)
    return told if given["grade"] else translated("{level}及以上").format(level=told)


def _worth(result: Mapping[str, Any], terms: TierRules) -> tuple[int, int]:
    return (terms.levels.rank(result["level"]) if result["level"] in terms.levels else 0,
            terms.grades.rank(result["grade"]) if result["grade"] in terms.grades else 0)


# ── results that nearly counted ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Near:
    """Results that do not satisfy the rule: how many are recent enough, the best of them, and the newest that is
    good enough but too old."""

    recent: int
    best: ResultFact | None
    too_old: ResultFact | None


def near_results(candidate: Candidate, terms: TierRules) -> Near | None:
    """What nearly counted, None for a tier that asks for no result."""
    rule = next((rule for rule in terms.rules.value if isinstance(rule, kinds.Result)), None)
    if rule is None:
        return None
    first = years_before(terms.on + ONE_DAY, rule.years)
    known = [result for result in candidate.results if result.on <= terms.on]
    recent = [result for result in known if result.on >= first]
    old = [result for result in known
           if result.on < first and any(reaches(result, floor, terms) for floor in rule.any_of)]
    return Near(len(recent), max(recent, key=lambda result: _worth(_plain(result), terms), default=None),
                max(old, key=lambda result: result.on, default=None))


def _nearly(near: Near, facts: Mapping[str, Any], terms: TierRules) -> tuple[Finding, ...]:
    findings = []
    if near.best is None:
        findings.append(Finding("tiers.result.found.none", terms.clause, facts))
    else:
        told = {**facts, "count": near.recent, "best": _of(near.best, terms)}
        findings.append(Finding("tiers.result.found.not_met", terms.clause, told))
    if near.too_old is not None:
        told = {**facts, "year": str(near.too_old.on.year), "best": _of(near.too_old, terms)}
        findings.append(Finding("tiers.result.found.too_old", terms.clause, told))
    return tuple(findings)


def _of(result: ResultFact, terms: TierRules) -> str:
    return _result(_plain(result), terms)


def _plain(result: ResultFact) -> dict[str, str]:
    return {"level": result.level, "grade": result.grade}
