"""The nine kinds of eligibility rule; a tier's list of them is one entry of the book (rules §1)."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from talent.policy.types import Code, Codes, HundredthsOfHour, PolicyModel, Whole, Years


class InService(PolicyModel):
    """In service (在岗, 长假 or 借调) on the cut-off date."""

    rule: Literal["in_service"]


class ProfessionalTitle(PolicyModel):
    """职称 at this rank or above."""

    rule: Literal["professional_title"]
    at_least: Code


class TeachingYears(PolicyModel):
    """Whole teaching years on the cut-off date, both ends in."""

    rule: Literal["teaching_years"]
    at_least: Years
    at_most: Years | None = None


class PriorTitle(PolicyModel):
    """One of these titles ever held: its term began on or before the cut-off date."""

    rule: Literal["prior_title"]
    any_of: Codes


class ResultFloor(PolicyModel):
    """A contest result at this level or above, with this grade or above (None: any grade)."""

    level_at_least: Code
    grade_at_least: Code | None = None


class Result(PolicyModel):
    """A recognised result of the last ``years`` years that reaches one of the floors."""

    rule: Literal["result"]
    years: Years
    any_of: Annotated[tuple[ResultFloor, ...], Field(min_length=1)]


class Appraisal(PolicyModel):
    """年度考核 of the calendar years before the cut-off's year, all of an accepted grade."""

    rule: Literal["appraisal"]
    years: Annotated[int, Field(strict=True, ge=1)]
    accepted: Codes


class Hours(PolicyModel):
    """Hours of the evaluation view: ``minimum``, or ``per_year`` for each full teaching year if less."""

    rule: Literal["hours"]
    minimum: HundredthsOfHour
    per_year: HundredthsOfHour


class Conduct(PolicyModel):
    """No 师德 bar on the cut-off date."""

    rule: Literal["conduct"]


class Age(PolicyModel):
    """Whole years of age on the cut-off date at most."""

    rule: Literal["age"]
    at_most: Whole


EligibilityRule = Annotated[
    InService | ProfessionalTitle | TeachingYears | PriorTitle | Result | Appraisal | Hours | Conduct | Age,
    Field(discriminator="rule"),
]


def _each_rule_once(rules: tuple[EligibilityRule, ...]) -> tuple[EligibilityRule, ...]:
    names = [rule.rule for rule in rules]
    if len(set(names)) != len(names):
        raise ValueError("a tier has each kind of rule at most once")
    return rules


EligibilityRules = Annotated[
    tuple[EligibilityRule, ...], Field(min_length=1), AfterValidator(_each_rule_once)
]
