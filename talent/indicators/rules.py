"""The national indicators (rules §5): facts of schools on a date in, values and verdicts out.

A school is judged per stage: 九年一贯制 is two schools.  None is *no data* and never 0.  Everything is
compared unrounded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Final, Literal, Self

from talent.core.errors import Finding
from talent.core.periods import Period, school_year, whole_years
from talent.indicators.dispersion import Dispersion, dispersion
from talent.policy.book import Book, Value
from talent.policy.tables import IndicatorRow, IndicatorTable

Stage = Literal["primary", "junior"]
STAGES: tuple[Stage, ...] = ("primary", "junior")
TEACHING_POINT = "teaching_point"

# Field of the policy below → key of the book.
KEYS: Final = {
    "thresholds": "indicators.thresholds",
    "reached_minimum": "indicators.reached_minimum",
    "other_minimum_share": "indicators.other_minimum_share",
    "cv_limits": "indicators.cv_limits",
    "excluded_kinds": "indicators.excluded_kinds",
    "teaching_point_minimum": "indicators.teaching_point_minimum",
    "split_weights": "indicators.split_weights",
}


@dataclass(frozen=True)
class IndicatorPolicy:
    """The parameters of the resource indicators on one date; ``values`` keeps each with basis and source."""

    thresholds: IndicatorTable
    reached_minimum: int
    other_minimum_share: Fraction
    cv_limits: Mapping[str, Fraction]
    excluded_kinds: tuple[str, ...]
    teaching_point_minimum: int
    split_weights: Mapping[str, Fraction]
    values: tuple[Value, ...]

    @classmethod
    def in_force(cls, book: Book, on: date) -> Self:
        """The parameters on ``on``; ``NotInForce`` before 教督〔2017〕6号."""
        found = {name: book.at(key, on) for name, key in KEYS.items()}
        return cls(values=tuple(found.values()), **{name: value.value for name, value in found.items()})

    def clause(self, key: str) -> str:
        """Document and clause of one parameter."""
        source = next(value.source for value in self.values if value.key == key)
        return f"{source.document} {source.clause}".strip()


@dataclass(frozen=True, slots=True)
class TeacherShares:
    """Full-time teachers of one stage of one school; one who teaches at n schools is 1/n at each."""

    schooling: Fraction
    backbone: Fraction
    specialists: Fraction


TEACHER_INDICATORS = frozenset(part.name for part in fields(TeacherShares))


@dataclass(frozen=True, slots=True)
class Resources:
    """Premises and equipment: m², m², yuan, rooms. None = not reported."""

    teaching_area: Fraction | None = None
    sports_area: Fraction | None = None
    equipment: Fraction | None = None
    multimedia_rooms: Fraction | None = None


@dataclass(frozen=True)
class SchoolFacts:
    """One school on a date. A stage without an entry has no record of that kind.

    ``pupils`` by stage (高中 too); ``teachers`` by stage, absent when the stage has no teacher record at all;
    ``resources`` by stage, and ``whole`` for what the school reported undivided.
    """

    code: str
    kind: str
    pupils: Mapping[str, int]
    teachers: Mapping[str, TeacherShares] = field(default_factory=dict)
    resources: Mapping[str, Resources] = field(default_factory=dict)
    whole: Resources = Resources()


@dataclass(frozen=True, slots=True)
class SchoolResult:
    """One school at one stage: seven values in order, how many reach, and the verdict (None = no data)."""

    school_code: str
    pupils: int
    values: tuple[Fraction | None, ...]
    reached: int
    passes: bool | None


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """One indicator over the schools of a stage; ``dispersion`` None when no school has data."""

    number: int
    dispersion: Dispersion | None
    cv_limit: Fraction
    meets_cv: bool | None


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage of the district: the schools that take part, and the seven indicators over them."""

    stage: Stage
    indicators: tuple[IndicatorResult, ...]
    school_results: tuple[SchoolResult, ...]

    @property
    def pupils(self) -> int:
        return sum(result.pupils for result in self.school_results)

    def result_of(self, code: str) -> SchoolResult | None:
        """The result of one school, None when it takes no part."""
        return next((result for result in self.school_results if result.school_code == code), None)


def takes_part(school: SchoolFacts, policy: IndicatorPolicy) -> bool:
    """Whether a school is measured: not special or vocational, no teaching point with few pupils."""
    if school.kind in policy.excluded_kinds:
        return False
    return school.kind != TEACHING_POINT or sum(school.pupils.values()) >= policy.teaching_point_minimum


def share_of_stage(pupils: Mapping[str, int], stage: str, weights: Mapping[str, Fraction]) -> Fraction:
    """The part of an undivided resource that falls to ``stage``: pupils weighted 1 : 1.1 : 1.32, 0..1."""
    if 0 < pupils.get(stage, 0) == sum(pupils.values()):  # most schools have one stage
        return Fraction(1)
    weighed = {name: count * weights.get(name, Fraction(1)) for name, count in pupils.items()}
    total = sum(weighed.values(), Fraction(0))
    return weighed.get(stage, Fraction(0)) / total if total else Fraction(0)


def resource_at(school: SchoolFacts, stage: str, name: str, policy: IndicatorPolicy) -> Fraction | None:
    """A resource at one stage: as reported for it, else its share of the whole school's, else None."""
    own: Fraction | None = getattr(school.resources.get(stage, Resources()), name)
    if own is not None:
        return own
    whole: Fraction | None = getattr(school.whole, name)
    return None if whole is None else whole * share_of_stage(school.pupils, stage, policy.split_weights)


def amount_of(
    school: SchoolFacts, stage: str, indicator: IndicatorRow, policy: IndicatorPolicy
) -> Fraction | None:
    """What an indicator counts at one stage of a school, before it is divided by pupils; None = no data."""
    if indicator.code in TEACHER_INDICATORS:
        teachers = school.teachers.get(stage)
        return None if teachers is None else getattr(teachers, indicator.code)
    return resource_at(school, stage, indicator.code, policy)


Amounts = tuple[Fraction | None, ...]


def amounts_of(school: SchoolFacts, stage: str, policy: IndicatorPolicy) -> Amounts:
    """What each indicator counts at one stage of a school, in the order of their numbers."""
    return tuple(amount_of(school, stage, row, policy) for row in policy.thresholds)


def school_result(
    school: SchoolFacts, stage: Stage, policy: IndicatorPolicy, amounts: Amounts | None = None
) -> SchoolResult:
    """The seven values and the verdict of a school with pupils at ``stage``; ``amounts`` if known already."""
    pupils = school.pupils[stage]
    counted = amounts_of(school, stage, policy) if amounts is None else amounts
    values = tuple(
        None if amount is None else amount * row.per_pupils / pupils
        for row, amount in zip(policy.thresholds, counted, strict=True)
    )
    thresholds = [row.threshold(stage) for row in policy.thresholds]
    return SchoolResult(
        school.code, pupils, values, reached(values, thresholds), passes(values, thresholds, policy)
    )


def reached(values: Sequence[Fraction | None], thresholds: Sequence[Fraction]) -> int:
    """How many values reach their threshold; one without data does not."""
    pairs = zip(values, thresholds, strict=True)
    return sum(value is not None and value >= threshold for value, threshold in pairs)


def passes(
    values: Sequence[Fraction | None], thresholds: Sequence[Fraction], policy: IndicatorPolicy
) -> bool | None:
    """Six of seven reached and the other not under 85 % of its threshold; None when one has no data."""
    if None in values:
        return None
    if reached(values, thresholds) < policy.reached_minimum:
        return False
    floors = (policy.other_minimum_share * threshold for threshold in thresholds)
    return all(value is not None and value >= floor for value, floor in zip(values, floors, strict=True))


def stage_result(schools: Iterable[SchoolFacts], stage: Stage, policy: IndicatorPolicy) -> StageResult:
    """One stage of the district, schools sorted by code."""
    taking_part = sorted(
        (school for school in schools if school.pupils.get(stage, 0) > 0 and takes_part(school, policy)),
        key=lambda school: school.code,
    )
    counted = [(school, amounts_of(school, stage, policy)) for school in taking_part]
    limit = policy.cv_limits[stage]
    indicators = []
    for place, row in enumerate(policy.thresholds):
        resources = ((school.pupils[stage], amounts[place]) for school, amounts in counted)
        spread = dispersion(((pupils, x) for pupils, x in resources if x is not None), row.per_pupils)
        meets = None if spread is None else spread.within(limit)
        indicators.append(IndicatorResult(row.number, spread, limit, meets))
    results = tuple(school_result(school, stage, policy, amounts) for school, amounts in counted)
    return StageResult(stage, tuple(indicators), results)


def gaps(schools: Iterable[SchoolFacts], stage: Stage, policy: IndicatorPolicy) -> tuple[Finding, ...]:
    """Why a school with pupils at ``stage`` takes no part, or lacks a value; sorted by school code."""
    findings: list[Finding] = []
    for school in sorted(schools, key=lambda school: school.code):
        if school.pupils.get(stage, 0) > 0:
            findings += (
                _gaps_of(school, stage, policy) if takes_part(school, policy) else [_left_out(school, policy)]
            )
    return tuple(findings)


def _left_out(school: SchoolFacts, policy: IndicatorPolicy) -> Finding:
    clause = policy.clause("indicators.excluded_kinds")
    params = {"school_code": school.code, "school_kind": school.kind, "clause": clause}
    if school.kind in policy.excluded_kinds:
        return Finding("indicators.kind_excluded", clause, params, "warning")
    counts = {"pupils": sum(school.pupils.values()), "minimum": policy.teaching_point_minimum}
    return Finding("indicators.teaching_point_small", clause, {**params, **counts}, "warning")


def _gaps_of(school: SchoolFacts, stage: Stage, policy: IndicatorPolicy) -> list[Finding]:
    place = {"school_code": school.code, "stage": stage}
    lacking = [row for row in policy.thresholds if amount_of(school, stage, row, policy) is None]
    findings = [
        Finding("indicators.no_facility", params={**place, "indicator": row.code}, level="warning")
        for row in lacking
        if row.code not in TEACHER_INDICATORS
    ]
    if any(row.code in TEACHER_INDICATORS for row in lacking):
        findings.insert(0, Finding("indicators.no_teacher_record", params=place, level="warning"))
    return findings


@dataclass(frozen=True, slots=True)
class DistrictCounts:
    """People behind the district's rates: 小学 and 初中 full-time teachers in service on the date.

    ``eligible`` could be exchanged, ``exchanged`` were in the school year; ``…_backbone`` hold a title.
    """

    teachers: int
    reaching_hours: int
    certified: int
    eligible: int
    eligible_backbone: int
    exchanged: int
    exchanged_backbone: int
    backbone: int


@dataclass(frozen=True, slots=True)
class DistrictRates:
    """The district's rates, 0..1; None where nobody is in the denominator."""

    training_360_rate: Fraction | None
    certified_rate: Fraction | None
    exchange_rate: Fraction | None
    exchange_backbone_rate: Fraction | None
    backbone_count: int


def district_rates(
    counts: DistrictCounts, *, exchange_denominator: str = "eligible", backbone_denominator: str = "exchanged"
) -> DistrictRates:
    """The rates under the denominators named by ``indicators.exchange_denominator`` and its sister."""
    teachers = counts.eligible if exchange_denominator == "eligible" else counts.teachers
    movers = counts.exchanged if backbone_denominator == "exchanged" else counts.eligible_backbone
    return DistrictRates(
        training_360_rate=rate(counts.reaching_hours, counts.teachers),
        certified_rate=rate(counts.certified, counts.teachers),
        exchange_rate=rate(counts.exchanged, teachers),
        exchange_backbone_rate=rate(counts.exchanged_backbone, movers),
        backbone_count=counts.backbone,
    )


def rate(part: int, whole: int) -> Fraction | None:
    """``part`` of ``whole``; None when there is no whole."""
    return Fraction(part, whole) if whole else None


def is_exchange_eligible(at_school_since: date, until: date, years: int) -> bool:
    """Whether somebody has taught ``years`` whole years at one school.

    ``until`` is the statistics date; for somebody exchanged in that school year, the day the exchange began,
    with ``at_school_since`` of the school left: else nobody who was exchanged would have been eligible.
    """
    return whole_years(at_school_since, until) >= years


def exchange_year(on: date) -> Period:
    """The school year whose exchanges count on ``on``: those that *began* in it, each once."""
    return school_year(on)


def staffing_quota(pupils: Mapping[str, int], ratios: Mapping[str, Fraction]) -> int:
    """测算编制 of one school: pupils over the stage's ratio, summed over its stages, then rounded up once."""
    return ceil(
        sum((count / ratios[stage] for stage, count in pupils.items() if stage in ratios), Fraction(0))
    )


def is_class_size_met(pupils: int, classes: int | None, limit: int) -> bool | None:
    """Whether a stage's average class is no larger than ``limit``; None without classes."""
    return pupils <= classes * limit if classes else None
