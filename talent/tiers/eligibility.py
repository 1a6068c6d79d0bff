"""Who may apply for a tier (rules §1): each rule answers met, not met or no data, with what it looked at.

Facts come in as they stand on the round's cut-off date; the rules come from the policy book, one list per
tier.  Codes and numbers go out: ``required`` and ``actual`` are JSON values, worded at the door.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from talent.core.periods import ONE_DAY, Period, add_months, whole_years, years_before
from talent.policy import eligibility as kinds
from talent.policy.book import Book, Value
from talent.policy.registry import ELIGIBILITY
from talent.policy.types import RankTable

Verdict = Literal["met", "not_met", "no_data"]
MET: Verdict = "met"
NOT_MET: Verdict = "not_met"
NO_DATA: Verdict = "no_data"

TITLES = "vocabulary.professional_titles"
LEVELS = "vocabulary.result_levels"
GRADES = "vocabulary.result_grades"


@dataclass(frozen=True, slots=True)
class KnownDate:
    """A date as it was recorded: a day, or only a month (``on`` is then any day of it)."""

    on: date
    month_only: bool = False

    def years(self, on: date) -> tuple[int, int]:
        """Fewest and most whole years completed on ``on``; equal unless the unknown day decides."""
        if not self.month_only:
            years = whole_years(self.on, on)
            return years, years
        first = self.on.replace(day=1)
        return whole_years(add_months(first, 1) - ONE_DAY, on), whole_years(first, on)


@dataclass(frozen=True, slots=True)
class HeldTitle:
    """A title ever recognised: what counts is the day its term began."""

    tier: str
    term_from: date
    record: str = ""
    document_no: str = ""


@dataclass(frozen=True, slots=True)
class ResultFact:
    """A recognised contest result."""

    level: str
    grade: str
    on: date
    record: str = ""
    contest: str = ""


@dataclass(frozen=True, slots=True)
class ConductBar:
    """A 师德 decision and the last day of its bar, None = indefinite; both days in."""

    decided_on: date
    until: date | None = None
    record: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person on a cut-off date. None = not recorded; ``hours`` None = no training record at all.

    ``appraisals`` is calendar year → grade; ``hours`` are those of the evaluation view, in hundredths.
    """

    staff_no: str
    in_service: bool
    professional_title: str | None = None
    teaching_since: KnownDate | None = None
    born: KnownDate | None = None
    titles: tuple[HeldTitle, ...] = ()
    results: tuple[ResultFact, ...] = ()
    appraisals: Mapping[int, str] | None = None
    hours: int | None = None
    bars: tuple[ConductBar, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What one rule found: the records it counted, and the clause it rests on."""

    rule: str
    verdict: Verdict
    required: Any
    actual: Any
    records: tuple[str, ...] = ()
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """A person's verdict for one tier, rule by rule in the policy's order."""

    staff_no: str
    tier: str
    verdict: Verdict
    rules: tuple[RuleVerdict, ...]


@dataclass(frozen=True, slots=True)
class TierRules:
    """The rules of one tier on a cut-off date, with the orders they compare by."""

    tier: str
    on: date
    rules: Value
    professional_titles: RankTable
    levels: RankTable
    grades: RankTable

    @classmethod
    def in_force(cls, book: Book, tier: str, on: date) -> "TierRules":
        """The rules of ``tier`` on a day; ``UnknownKey`` for one without rules (beside the tower)."""
        orders = (book.at(key, on).value for key in (TITLES, LEVELS, GRADES))
        return cls(tier, on, book.at(f"{ELIGIBILITY}{tier}", on), *orders)

    @property
    def clause(self) -> str:
        return f"{self.rules.source.document} {self.rules.source.clause}".strip()


def eligibility(candidate: Candidate, terms: TierRules) -> Eligibility:
    """Every rule of the tier applied to one person; any not met decides, else any without data."""
    verdicts = tuple(_judge(rule, candidate, terms) for rule in terms.rules.value)
    return Eligibility(candidate.staff_no, terms.tier, overall(row.verdict for row in verdicts), verdicts)


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict of many: not met before no data before met."""
    found = set(verdicts)
    return NOT_MET if NOT_MET in found else NO_DATA if NO_DATA in found else MET


Found = tuple[Verdict, Any, Any, tuple[str, ...]]
"""Verdict, required, actual, records counted."""


def _in_service(rule: kinds.InService, candidate: Candidate, terms: TierRules) -> Found:
    return _yes(candidate.in_service), True, candidate.in_service, ()


def _professional_title(rule: kinds.ProfessionalTitle, candidate: Candidate, terms: TierRules) -> Found:
    held = candidate.professional_title
    if not held:
        return NO_DATA, rule.at_least, None, ()
    return _yes(held in terms.professional_titles.at_least(rule.at_least)), rule.at_least, held, ()


def _teaching_years(rule: kinds.TeachingYears, candidate: Candidate, terms: TierRules) -> Found:
    required = {"at_least": rule.at_least, "at_most": rule.at_most}

    def suffices(years: int) -> bool:
        return years >= rule.at_least and (rule.at_most is None or years <= rule.at_most)

    return *_by_years(candidate.teaching_since, terms.on, suffices, required), ()


def _age(rule: kinds.Age, candidate: Candidate, terms: TierRules) -> Found:
    return *_by_years(
        candidate.born, terms.on, lambda age: age <= rule.at_most, {"at_most": rule.at_most}
    ), ()


def _by_years(
    since: KnownDate | None, on: date, suffices: Callable[[int], bool], required: Any
) -> tuple[Verdict, Any, Any]:
    """A rule on whole years: where only the month is known and the day would decide, there is no data."""
    if since is None:
        return NO_DATA, required, None
    fewest, most = since.years(on)
    answers = {suffices(fewest), suffices(most)}
    verdict = NO_DATA if len(answers) > 1 else _yes(answers.pop())
    return verdict, required, fewest if fewest == most else [fewest, most]


def _prior_title(rule: kinds.PriorTitle, candidate: Candidate, terms: TierRules) -> Found:
    held = [title for title in candidate.titles if title.term_from <= terms.on and title.tier in rule.any_of]
    actual = list(dict.fromkeys(title.tier for title in held))
    return _yes(bool(held)), list(rule.any_of), actual, tuple(title.record for title in held)


def _result(rule: kinds.Result, candidate: Candidate, terms: TierRules) -> Found:
    window = Period(years_before(terms.on + ONE_DAY, rule.years), terms.on + ONE_DAY)
    counted = [
        result
        for result in candidate.results
        if window.contains(result.on) and any(reaches(result, floor, terms) for floor in rule.any_of)
    ]
    required = {
        "years": rule.years,
        "any_of": [{"level": floor.level_at_least, "grade": floor.grade_at_least} for floor in rule.any_of],
    }
    actual = [
        {"level": result.level, "grade": result.grade, "on": result.on.isoformat()} for result in counted
    ]
    return _yes(bool(counted)), required, actual, tuple(result.record for result in counted)


def reaches(result: ResultFact, floor: kinds.ResultFloor, terms: TierRules) -> bool:
    """Whether a result is at the level of the floor or above, and at its grade where it names one."""
    high_enough = result.level in terms.levels.at_least(floor.level_at_least)
    grade = floor.grade_at_least
    return high_enough and (grade is None or result.grade in terms.grades.at_least(grade))


def _appraisal(rule: kinds.Appraisal, candidate: Candidate, terms: TierRules) -> Found:
    years = range(terms.on.year - rule.years, terms.on.year)
    grades = {year: (candidate.appraisals or {}).get(year) for year in years}
    required = {"years": list(years), "accepted": list(rule.accepted)}
    if any(grade is not None and grade not in rule.accepted for grade in grades.values()):
        verdict = NOT_MET
    else:
        verdict = NO_DATA if None in grades.values() else MET
    return verdict, required, {str(year): grade for year, grade in grades.items()}, ()


def _hours(rule: kinds.Hours, candidate: Candidate, terms: TierRules) -> Found:
    """The full minimum, or less in the first years, in hundredths; the full suffices with no 从教日期."""
    fewest, most = candidate.teaching_since.years(terms.on) if candidate.teaching_since else (0, None)
    least = min(rule.minimum, rule.per_year * fewest)
    full = rule.minimum if most is None else min(rule.minimum, rule.per_year * most)
    hours = candidate.hours
    if hours is None:
        return NO_DATA, full, None, ()
    verdict = MET if hours >= full else NOT_MET if hours < least else NO_DATA
    return verdict, full, hours, ()


def _conduct(rule: kinds.Conduct, candidate: Candidate, terms: TierRules) -> Found:
    """Only whether a bar stands; how many is told by nothing but the records, which not every reader sees."""
    bars = [bar for bar in candidate.bars if Period.inclusive(bar.decided_on, bar.until).contains(terms.on)]
    return _yes(not bars), False, bool(bars), tuple(bar.record for bar in bars)


def _yes(answer: bool) -> Verdict:
    return MET if answer else NOT_MET


_JUDGES: Mapping[str, Callable[[Any, Candidate, TierRules], Found]] = {
    "in_service": _in_service,
    "professional_title": _professional_title,
    "teaching_years": _teaching_years,
    "prior_title": _prior_title,
    "result": _result,
    "appraisal": _appraisal,
    "hours": _hours,
    "conduct": _conduct,
    "age": _age,
}


def _judge(rule: kinds.EligibilityRule, candidate: Candidate, terms: TierRules) -> RuleVerdict:
    verdict, required, actual, records = _JUDGES[rule.rule](rule, candidate, terms)
    return RuleVerdict(rule.rule, verdict, required, actual, tuple(filter(None, records)), terms.clause)


def tally(people: Sequence[Eligibility]) -> dict[Verdict, int]:
    """How many meet the rules, do not, or cannot be judged."""
    return {
        verdict: sum(person.verdict == verdict for person in people) for verdict in (MET, NOT_MET, NO_DATA)
    }
