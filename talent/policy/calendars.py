"""A year of working days as the State Council set it."""

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from talent.policy.types import PolicyModel


def _span(raw: object) -> tuple[date, ...]:
    """``2026-10-01..2026-10-07`` or a single day, as its days."""
    first, _, last = str(raw).partition("..")
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    return tuple(start + timedelta(days=offset) for offset in range((end - start).days + 1))


def _spans(raw: object) -> frozenset[date]:
    if isinstance(raw, frozenset):
        return raw
    if isinstance(raw, (list, tuple)):
        return frozenset(day for item in raw for day in _span(item))
    raise ValueError("a list of days and of spans such as 2026-10-01..2026-10-07")


def _sorted_days(days: frozenset[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]


DaySet = Annotated[frozenset[date], PlainValidator(_spans), PlainSerializer(_sorted_days)]


class CalendarYear(PolicyModel):
    """Days off and make-up working days of one calendar year, however many notices set them."""

    year: Annotated[int, Field(strict=True, ge=1950, le=2200)]
    days_off: DaySet
    makeup_days: DaySet

    @model_validator(mode="after")
    def _days_of_that_year(self) -> Self:
        if any(day.year != self.year for day in self.days_off | self.makeup_days):
            raise ValueError(f"every day lies in {self.year}")
        if self.days_off & self.makeup_days:
            raise ValueError("a day is either off or a make-up day")
        return self
