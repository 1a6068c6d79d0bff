"""The shapes a policy value can have: exact scalars first, then small tables, one pydantic model each.

Nothing here is a float: shares and points are ``Fraction`` (written as an integer, ``"0.7"`` or ``"1/12"``),
money is integer fen, hours are integer hundredths.  Every value is immutable once it has been read.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    RootModel,
    model_validator,
)

_EXACT = re.compile(r"-?\d+(\.\d+|/[1-9]\d*)?")
_KeyedT = TypeVar("_KeyedT")


def _exact(raw: object) -> Fraction:
    if isinstance(raw, Fraction):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Fraction(raw)
    if isinstance(raw, str) and _EXACT.fullmatch(raw):
        return Fraction(raw)
    raise ValueError('an exact number is an integer, or "0.7" or "1/12" in quotes; a float is not exact')


def _share(value: Fraction) -> Fraction:
    if not 0 <= value <= 1:
        raise ValueError("a share lies between 0 and 1")
    return value


def _day(raw: object) -> object:
    if isinstance(raw, (date, str)):
        return raw
    raise ValueError("a date is written 2021-01-01")


def _frozen(mapping: Mapping[str, _KeyedT]) -> Mapping[str, _KeyedT]:
    return MappingProxyType(dict(mapping))


Whole = Annotated[int, Field(strict=True, ge=0)]
FenPerYear = Whole
HundredthsOfHour = Whole
Years = Whole
Months = Whole
Days = Whole
WorkingDays = Whole
Count = Whole
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, BeforeValidator(_day)]
Code = Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Field(strict=True, min_length=1, max_length=200)]
Exact = Annotated[Fraction, PlainValidator(_exact), PlainSerializer(str)]
Share = Annotated[Exact, AfterValidator(_share)]
Codes = Annotated[tuple[Code, ...], Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]

_as_dict = PlainSerializer(dict)
ExactByCode = Annotated[Mapping[Code, Exact], AfterValidator(_frozen), _as_dict]
ShareByCode = Annotated[Mapping[Code, Share], AfterValidator(_frozen), _as_dict]
CountByCode = Annotated[Mapping[Code, Whole], AfterValidator(_frozen), _as_dict]
CodeByCode = Annotated[Mapping[Code, Code], AfterValidator(_frozen), _as_dict]
AliasTable = Annotated[Mapping[Text, Code], AfterValidator(_frozen), _as_dict]
HoursByLevel = CountByCode
AccrualYear = Literal["calendar_year"]
CertifiedEvidence = Literal["certificate_kind", "certificate_number"]
ExchangeDenominator = Literal["eligible", "all"]
ExchangeBackboneDenominator = Literal["exchanged", "eligible_backbone"]
StaffingRounding = Literal["up_per_school"]
PointsTable = ExactByCode
ByStage = ExactByCode
CodeByStage = CodeByCode


def _ascending(bands: tuple[int, ...]) -> tuple[int, ...]:
    if list(bands) != sorted(set(bands)) or bands[0] != 0:
        raise ValueError("bands begin at 0 and ascend")
    return bands


Bands = Annotated[tuple[Whole, ...], Field(min_length=1), AfterValidator(_ascending)]


class PolicyModel(BaseModel):
    """A value of named parts."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Row(PolicyModel):
    """One line of a table, found by its code and shown by its label."""

    code: Code
    label: Text
    note: str = ""


RowT = TypeVar("RowT", bound=Row)


class Table(RootModel[tuple[RowT, ...]]):
    """Rows in their order, each code once."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        codes = self.codes
        if not codes or len(set(codes)) != len(codes):
            raise ValueError("a table has at least one row and no code twice")
        return self

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(row.code for row in self.root)

    @cached_property
    def _by_code(self) -> dict[str, RowT]:
        """The rows by code, found once: lists ask for them thousands of times."""
        return {row.code: row for row in self.root}

    def __iter__(self) -> Iterator[RowT]:  # type: ignore[override]  # rows, not pydantic's field pairs
        return iter(self.root)

    def __len__(self) -> int:
        return len(self.root)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def row(self, code: str) -> RowT:
        """The row of ``code``; an unknown one raises ``KeyError``."""
        return self._by_code[code]

    def label(self, code: str) -> str:
        return self.row(code).label


class LabelTable(Table[Row]):
    """Codes with their Chinese words."""


class RankRow(Row):
    """A code that stands above or below others; a higher rank is the better one."""

    rank: Whole


class RankTable(Table[RankRow]):
    """An order of codes; two codes may share a rank."""

    def rank(self, code: str) -> int:
        return self.row(code).rank

    def at_least(self, code: str) -> frozenset[str]:
        """The codes that stand as high as ``code`` or higher."""
        floor = self.rank(code)
        return frozenset(row.code for row in self.root if row.rank >= floor)


class CountRange(PolicyModel):
    """Both ends in."""

    minimum: Whole
    maximum: Whole

    @model_validator(mode="after")
    def _not_reversed(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError("the minimum is not above the maximum")
        return self


def dump(value: Any) -> Any:
    """A policy value as JSON keeps it; exact numbers become their text."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {key: dump(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [dump(item) for item in value]
    return str(value) if isinstance(value, (Fraction, date)) else value
