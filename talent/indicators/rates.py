"""The district's rates over its teachers as lines of a board: who of whom, the minimum, how many are short."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from talent.indicators.queries import BACKBONE_DENOMINATOR, EXCHANGE_DENOMINATOR, Board
from talent.policy.book import Value


@dataclass(frozen=True, slots=True)
class Rate:
    """``part`` of ``whole`` people. ``of`` names the denominator; ``value`` None: nobody in it, or no such records."""

    code: str
    part: int
    whole: int
    of: str
    value: Fraction | None
    minimum: Value

    @property
    def meets(self) -> bool | None:
        """Whether the minimum is reached, compared exactly; None without data."""
        return None if self.value is None else self.value >= self.minimum.value

    @property
    def short(self) -> int:
        """How many more people would reach the minimum, the others staying as they are."""
        return max(0, ceil(self.minimum.value * self.whole) - self.part)


def rates_of(board: Board, exchange: str = "", backbone: str = "") -> tuple[Rate, ...]:
    """360 hours, certified, exchanged, backbone among them; denominators of the policy unless others are named."""
    counts = board.counts
    exchange = exchange or board.value(EXCHANGE_DENOMINATOR).value
    backbone = backbone or board.value(BACKBONE_DENOMINATOR).value
    found = board.rates(exchange, backbone)
    able = counts.eligible if exchange == "eligible" else counts.teachers
    movers = counts.exchanged if backbone == "exchanged" else counts.eligible_backbone
    return (
        Rate("hours", counts.reaching_hours, counts.teachers, "all", found.training_360_rate,
             board.value("indicators.training_minimum_rate")),
        Rate("certified", counts.certified, counts.teachers, "all", found.certified_rate,
             board.value("indicators.certified_minimum_rate")),
        Rate("exchanged", counts.exchanged, able, exchange, found.exchange_rate,
             board.value("indicators.exchange_minimum_rate")),
        Rate("exchanged_backbone", counts.exchanged_backbone, movers, backbone, found.exchange_backbone_rate,
             board.value("indicators.exchange_backbone_minimum_rate")),
    )
