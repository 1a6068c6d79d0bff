"""What a sheet may hold: one declaration per column feeds reading, templates, exports and drop-downs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from talent.workbooks.titles import normalise_title

CODE_SHEET = "代码表"
NOTES_SHEET = "说明"
ERRORS_SHEET = "错误"
NOTES_TITLE = "填写说明（导入时不读取本表）"
ERRORS_TITLE = "错误清单（导入时不读取本表）"

_NO_ALIASES: Mapping[str, str] = MappingProxyType({})


class CellType(Enum):
    """How the text of a cell is understood; the value a parsed row carries stands behind the dash."""

    TEXT = "text"  # str, trimmed
    CODE = "code"  # str: school codes, staff numbers; leading zeros stay
    CHOICE = "choice"  # str: the English code of one of ``choices``
    MULTI = "multi"  # tuple[str, ...]: values separated by ；;、
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # int hundredths of the unit in the sheet
    DATE = "date"  # date
    DATE_OR_MONTH = "date_or_month"  # PartialDate
    ID_NUMBER = "id_number"  # str of 18 characters, or a mask as exported
    PHONE = "phone"  # str of digits, or a mask as exported


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date that may be known to the month only; then ``value`` is its first day."""

    value: date
    precision: Literal["day", "month"] = "day"


@dataclass(frozen=True, eq=False, kw_only=True)
class _Rules:
    """The optional part of a column's declaration."""

    required: bool = False
    key: bool = False
    choices: Mapping[str, str] | None = None
    aliases: Mapping[str, str] = field(default_factory=lambda: _NO_ALIASES)
    header_aliases: tuple[str, ...] = ()
    note: str = ""
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    max_length: int = 500


@dataclass(frozen=True, eq=False)
class Column(_Rules):
    """One column.

    ``choices`` maps the Chinese label to the code stored; ``aliases`` maps further spellings to a label or
    a code. ``minimum`` and ``maximum`` are in the unit of the sheet (hours, not hundredths), inclusive.
    """

    name: str
    header: str
    type: CellType

    def __post_init__(self) -> None:
        if self.type is CellType.CHOICE and not self.choices:
            raise ValueError(f"column {self.name}: a choice needs its choices")
        known = self.choices or {}
        for alias, target in self.aliases.items():
            if target not in known and target not in known.values():
                raise ValueError(f"column {self.name}: alias {alias} leads to the unknown {target}")

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Code → the label it is written with (the first one declared)."""
        labels: dict[str, str] = {}
        for label, code in (self.choices or {}).items():
            labels.setdefault(code, label)
        return labels

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Every accepted spelling → code."""
        known = dict(self.choices or {})
        return known | {alias: known.get(target, target) for alias, target in self.aliases.items()}

    @property
    def titles(self) -> tuple[str, ...]:
        """The normalised headers this column answers to."""
        return tuple(normalise_title(title) for title in (self.header, *self.header_aliases))


RECORD_ID = Column("record_id", "记录号", CellType.CODE, note="导出时写入，请勿改动；有记录号时以它为准")
OPERATION = Column(
    "operation",
    "操作",
    CellType.CHOICE,
    choices={"删除": "delete"},
    note="留空为新增或修改；填“删除”则删去这一条",
)
CONTROL_COLUMNS = (RECORD_ID, OPERATION)


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of sheet: its code, the usual name of the sheet, and its columns in order."""

    code: str
    sheet: str
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        titles = [title for column in self.all_columns for title in column.titles]
        names = [column.name for column in self.all_columns]
        for what in (titles, names):
            twice = {item for item in what if what.count(item) > 1}
            if twice:
                raise ValueError(f"kind {self.code}: {sorted(twice)} declared twice")

    @cached_property
    def all_columns(self) -> tuple[Column, ...]:
        """The declared columns and the two that exported files also carry (记录号, 操作)."""
        return (*self.columns, *CONTROL_COLUMNS)

    @cached_property
    def by_title(self) -> Mapping[str, Column]:
        """Normalised header or alias → column."""
        return {title: column for column in self.all_columns for title in column.titles}

    @cached_property
    def required(self) -> tuple[Column, ...]:
        """The columns a sheet of this kind must have."""
        return tuple(column for column in self.columns if column.required)

    @cached_property
    def key(self) -> tuple[Column, ...]:
        """The columns that identify a row."""
        return tuple(column for column in self.columns if column.key)

    def column(self, name: str) -> Column:
        """The column called ``name``; KeyError when there is none."""
        for column in self.all_columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.code} has no column {name}")
