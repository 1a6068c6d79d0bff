"""What a school lacks, in people, square metres, yuan and rooms: pure arithmetic on its verdict."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from talent.indicators.rules import IndicatorPolicy, SchoolResult, Stage
from talent.policy.tables import IndicatorRow


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One indicator a school does not reach. ``missing`` whole units bring it to the standard, ``to_floor`` to the
    share that the one indicator allowed below it must have (0: there already)."""

    indicator: IndicatorRow
    value: Fraction
    threshold: Fraction
    missing: int
    to_floor: int


def shortfalls(result: SchoolResult, stage: Stage, policy: IndicatorPolicy) -> tuple[Shortfall, ...]:
    """The indicators with a value below their standard, in order; those without data are not here."""
    return tuple(
        Shortfall(row, value, row.threshold(stage), units(row, value, row.threshold(stage), result.pupils),
                  units(row, value, policy.other_minimum_share * row.threshold(stage), result.pupils))
        for row, value in zip(policy.thresholds, result.values, strict=True)
        if value is not None and value < row.threshold(stage)
    )


def units(row: IndicatorRow, value: Fraction, wanted: Fraction, pupils: int) -> int:
    """Whole people, square metres, yuan or rooms that lift ``value`` to ``wanted``."""
    return max(0, ceil((wanted - value) * pupils / row.per_pupils))
