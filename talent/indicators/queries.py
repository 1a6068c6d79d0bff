"""The national indicators of a date, from the records: as many statements for six thousand teachers as for six.

Everything is read as it stood on the date; what the figures mean is decided by :mod:`talent.indicators.rules`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from talent.core.errors import NotAllowed, NotFound
from talent.core.work import Work
from talent.indicators import district, rules
from talent.indicators.facts import Records, SchoolRecord, read_records
from talent.indicators.rules import (
    STAGES,
    DistrictCounts,
    DistrictRates,
    IndicatorPolicy,
    Stage,
    StageResult,
    district_rates,
)
from talent.indicators.sizes import ClassSize, SchoolSize, class_size, school_size
from talent.indicators.staff import Counting
from talent.policy.book import Book, Value
from talent.tiers.queries import backbone_on

READ = "indicator:read"
EXCHANGE_DENOMINATOR = "indicators.exchange_denominator"
BACKBONE_DENOMINATOR = "indicators.exchange_backbone_denominator"


@dataclass(frozen=True)
class Board:
    """The figures of a date: the schools, each stage over them, and the people behind the district's rates.

    ``counting`` says which teachers count; ``kept`` names the kinds of record anybody kept by then: a
    rate over another kind has no data.
    """

    on: date
    book: Book
    policy: IndicatorPolicy
    counting: Counting
    records: Records
    stages: Mapping[str, StageResult]
    counts: DistrictCounts
    kept: frozenset[str]

    @cached_property
    def schools(self) -> Mapping[str, SchoolRecord]:
        """The schools open on the date, by code."""
        return {school.code: school for school in self.records.schools}

    def school(self, code: str) -> SchoolRecord:
        """One of them; NotFound for a code that was not open."""
        if code not in self.schools:
            raise NotFound("school", code)
        return self.schools[code]

    def value(self, key: str) -> Value:
        """A parameter on the date."""
        return self.book.at(key, self.on)

    def rates(self, exchange: str = "", backbone: str = "") -> DistrictRates:
        """The district's rates; under the denominators of the policy unless others are named."""
        found = district_rates(
            self.counts, exchange_denominator=exchange or self.value(EXCHANGE_DENOMINATOR).value,
            backbone_denominator=backbone or self.value(BACKBONE_DENOMINATOR).value)
        return DistrictRates(
            found.training_360_rate if "training" in self.kept else None, found.certified_rate,
            found.exchange_rate if "exchanges" in self.kept else None,
            found.exchange_backbone_rate if "exchanges" in self.kept else None, found.backbone_count)

    def document(self) -> dict[str, Any]:
        """The JSON of ``talent indicators``: unrounded numbers, null where there is no data."""
        rates = {name: _number(value) for name, value in asdict(self.rates()).items()}
        return {
            "on": self.on.isoformat(),
            "stages": {stage: _stage_document(result) for stage, result in self.stages.items()},
            "district": {**rates, "counts": asdict(self.counts)},
        }


def document(work: Work, on: date, book: Book | None = None) -> dict[str, Any]:
    """The indicators of ``on`` as JSON; see :func:`board`."""
    return board(work, on, book).document()


def board(work: Work, on: date, book: Book | None = None) -> Board:
    """The indicators of ``on`` over the whole district, which is the only thing they say.

    Raises ``NotAllowed`` without the right for all schools, ``NotInForce`` before 教督〔2017〕6号.
    """
    permit(work)
    book = book or work.book
    policy = IndicatorPolicy.in_force(book, on)
    heads = backbone_on(work.session, on, book)
    counting = Counting.in_force(book, on, heads)
    records = read_records(work.session, on, counting)
    facts = [school.facts for school in records.schools]
    results: dict[str, StageResult] = {stage: rules.stage_result(facts, stage, policy) for stage in STAGES}
    counts = _counts(work, on, book, records, counting, heads)
    return Board(on, book, policy, counting, records, results, counts, district.collected(work.session, on))


def sizes_of(board: Board, school: SchoolRecord) -> tuple[SchoolSize, tuple[ClassSize, ...]] | None:
    """Size and classes of a school with pupils of 小学 or 初中; None for special and vocational schools and others."""
    size = school_size(school.kind, school.pupils, board.value("indicators.school_size_limits").value)
    if size is None or school.kind in board.policy.excluded_kinds:
        return None
    limits = board.value("indicators.class_size_limits").value
    return size, tuple(
        class_size(stage, row.pupils, row.classes, limits)
        for stage in STAGES if (row := school.enrolled.get(stage)) is not None and row.pupils)


def permit(work: Work) -> None:
    """The right over all schools: what one school has says nothing about evenness."""
    if not work.require(READ).everyone:
        raise NotAllowed(READ)


def counting_of(work: Work, on: date) -> tuple[Counting, frozenset[int]]:
    """The conditions by which people count on the date, and the 骨干 among them."""
    heads = backbone_on(work.session, on, work.book)
    return Counting.in_force(work.book, on, heads), heads


def stage_named(code: str) -> Stage:
    """A stage that is evaluated; NotFound for any other word."""
    for stage in STAGES:
        if stage == code:
            return stage
    raise NotFound("stage", code)


def _counts(
    work: Work, on: date, book: Book, records: Records, counting: Counting, heads: frozenset[int]
) -> DistrictCounts:
    sums = records.compulsory
    moved = district.exchanges(work.session, on, book, counting)
    return DistrictCounts(
        teachers=sums["teachers"],
        reaching_hours=district.teachers_reaching(work.session, on, book, counting),
        certified=sums["certified"],
        eligible=len(moved.eligible),
        eligible_backbone=len(moved.eligible & heads),
        exchanged=len(moved.exchanged),
        exchanged_backbone=len(moved.exchanged.keys() & heads),
        backbone=len(heads),
    )


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _stage_document(stage: StageResult) -> dict[str, Any]:
    return {
        "schools": len(stage.school_results),
        "pupils": stage.pupils,
        "indicators": [
            {
                "number": row.number,
                "mean": _number(row.dispersion.mean) if row.dispersion else None,
                "sd": row.dispersion.sd if row.dispersion else None,
                "cv": row.dispersion.cv if row.dispersion else None,
                "cv_limit": float(row.cv_limit),
                "meets_cv": row.meets_cv,
            }
            for row in stage.indicators
        ],
        "school_results": [
            {"school_code": row.school_code, "values": [_number(value) for value in row.values],
             "reached": row.reached, "passes": row.passes}
            for row in stage.school_results
        ],
    }


def _number(value: Fraction | int | None) -> float | int | None:
    """A JSON number; counts stay whole."""
    return float(value) if isinstance(value, Fraction) else value
