"""The tables of the trade: training levels, titles, review, indicators and portraits, one model each."""

from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from talent.policy.types import (
    Code,
    Count,
    Day,
    Exact,
    ExactByCode,
    Flag,
    PolicyModel,
    Row,
    Share,
    Table,
    Text,
    Whole,
    Years,
)


class HoursLevelRow(Row):
    """A training level and the views its hours enter."""

    views: tuple[Literal["evaluation", "cycle"], ...]


class HoursLevelTable(Table[HoursLevelRow]):
    """Training levels in the order they are shown."""

    def counted_in(self, view: str) -> frozenset[str]:
        """The levels whose hours enter ``view`` (``evaluation`` or ``cycle``)."""
        return frozenset(row.code for row in self.root if view in row.views)


class TierRow(Row):
    """A title: where it stands, how long a term lasts (None: as its document says) and how it is numbered."""

    stratum: Literal["apex", "body", "base", "beside"]
    level: Literal["municipal", "district", "school"]
    ordinal: Literal["期", "届"] = "期"
    backbone: Flag
    term_months: Annotated[int, Field(strict=True, ge=1)] | None = None
    colour_rank: Whole


class TierTable(Table[TierRow]):
    """The tower from its apex down, then the honours that stand beside it."""

    @model_validator(mode="after")
    def _tower_first(self) -> Self:
        beside = [row.stratum == "beside" for row in self.root]
        if beside != sorted(beside):
            raise ValueError("the tower's rows come before those beside it")
        return self

    @property
    def tower(self) -> tuple[TierRow, ...]:
        return tuple(row for row in self.root if row.stratum != "beside")

    @property
    def beside(self) -> tuple[TierRow, ...]:
        return tuple(row for row in self.root if row.stratum == "beside")

    @property
    def backbone(self) -> frozenset[str]:
        """The tiers whose holders count as 县级以上骨干."""
        return frozenset(row.code for row in self.root if row.backbone)

    def rank(self, code: str) -> int:
        """Steps from the ground: 1 for the tower's lowest tier, up to the apex; 0 beside the tower."""
        return self._ranks.get(code, 0)

    @cached_property
    def _ranks(self) -> dict[str, int]:
        tower = self.tower
        return {row.code: len(tower) - place for place, row in enumerate(tower)}

    def at_least(self, code: str) -> frozenset[str]:
        """The tower tiers at ``code`` or above it in table order."""
        tower = [row.code for row in self.tower]
        return frozenset(tower[: tower.index(code) + 1])


class CultivationTargets(PolicyModel):
    """Numbers of titled arts teachers to be trained by a day."""

    by: Day
    art_heads: Whole
    art_backbone: Whole


class CultivationScope(PolicyModel):
    """Who counts towards the cultivation targets."""

    heads_at_least: Code
    backbone_maximum_age: Years


class Criterion(Row):
    """What an expert scores, and its weight in the total."""

    weight: Share


class CriteriaTable(Table[Criterion]):
    """Review criteria; the weights sum to one."""

    @model_validator(mode="after")
    def _weights_sum_to_one(self) -> Self:
        if sum((row.weight for row in self.root), Fraction(0)) != 1:
            raise ValueError("the weights of the criteria sum to 1")
        return self


class Duty(Row):
    """What a holder owes in one term."""

    per_term: Whole


class DutyTable(Table[Duty]):
    """Duties of a term."""


class IndicatorRow(Row):
    """A resource indicator: thresholds are per ``per_pupils`` pupils, unrounded."""

    number: Annotated[int, Field(strict=True, ge=1)]
    unit: Text
    per_pupils: Annotated[int, Field(strict=True, ge=1)]
    primary: Exact
    junior: Exact

    def threshold(self, stage: str) -> Fraction:
        return self.primary if stage == "primary" else self.junior


class IndicatorTable(Table[IndicatorRow]):
    """The resource indicators in the order of their numbers."""

    @model_validator(mode="after")
    def _numbered_in_order(self) -> Self:
        if [row.number for row in self.root] != list(range(1, len(self.root) + 1)):
            raise ValueError("indicators are numbered 1, 2, 3 … in order")
        return self


class HourColumn(Row):
    """A portrait column fed by training levels, with its weight in the hours input."""

    levels: tuple[Code, ...]
    weight: Exact
    takes_online: Flag = False


class HourColumnTable(Table[HourColumn]):
    """Portrait columns of training hours; at most one of them takes online training of any level."""

    @property
    def online(self) -> str | None:
        return next((row.code for row in self.root if row.takes_online), None)

    def column_of(self, level: str, *, online: bool = False) -> str | None:
        """The column a record of ``level`` feeds, None when no column takes it."""
        if online and self.online is not None:
            return self.online
        return next((row.code for row in self.root if level in row.levels), None)


class Dimension(Row):
    """A side of the portrait: its columns with their weights, and the name a type strong in it is offered."""

    type_name: Text
    columns: ExactByCode


class DimensionTable(Table[Dimension]):
    """The scored dimensions in display order."""


class PortraitMethod(PolicyModel):
    """Constants of the start and of the one EM that follows it."""

    start_cap_percentile: Share
    start_clip_low: Exact
    start_clip_high: Exact
    start_membership: Share
    start_promoted_weight: Exact
    kmeans_starts: Count
    tolerance: Exact
    rounds: Count
    value_clip: Exact
    class_prior: Exact
    variance_prior_squares: Exact
    variance_prior_count: Exact
    variance_floor: Exact
    rate_prior_weight: Exact
    rate_floor: Exact
    mean_prior_weight: Exact
    sample_size: Count
