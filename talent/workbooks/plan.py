"""What an import would do, as data: changes per row and remarks, before anything is written."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from talent.core.errors import Finding
from talent.workbooks.issues import Issue, cell_name, shown
from talent.workbooks.kinds import CellType, Column, Kind, PartialDate
from talent.workbooks.rows import ParsedRow, ParsedSheet

Action = Literal["add", "update", "delete"]


@dataclass(slots=True, eq=False)
class Ref:
    """A school or a person that rows point at: stored already, or coming with this import (then ``id`` is set when
    it is written). One object for one of them, so that a comparison is one of identity and a key may hold it."""

    id: int | None
    code: str
    name: str


@dataclass(slots=True)
class Change:
    """One row of one table to add, update or delete. Values may hold :class:`Ref` in place of ids."""

    table: str
    action: Action
    values: dict[str, Any]
    row: int | None = None
    row_id: int | None = None
    version: int = 1
    before: Mapping[str, Any] = field(default_factory=dict)
    ref: Ref | None = None


@dataclass(frozen=True)
class SheetRead:
    """One sheet as read: where it stood and what its rows say."""

    file: str
    sheet: str
    first_column: int
    parsed: ParsedSheet

    @property
    def kind(self) -> Kind:
        """The kind of the sheet."""
        return self.parsed.kind

    @property
    def rows(self) -> list[ParsedRow]:
        """Its rows without errors of reading."""
        return self.parsed.rows

    @property
    def all_rows(self) -> Iterator[ParsedRow]:
        """Its rows, those with errors of reading last."""
        return itertools.chain(self.parsed.rows, self.parsed.damaged)


@dataclass
class SheetPlan:
    """One sheet: its rows sorted into what they would do."""

    read: SheetRead
    changes: list[Change] = field(default_factory=list)
    added: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    bad_rows: set[int] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)

    @property
    def kind_code(self) -> str:
        """The kind of the sheet."""
        return self.read.kind.code

    @property
    def rows(self) -> list[ParsedRow]:
        """The rows reading found no error in."""
        return self.read.rows

    def note(self, finding: Finding, row: ParsedRow | None = None, column: str | None = None) -> None:
        """Turn a finding about a row (and column) into a remark with its cell."""
        field_ = next((each for each in self.read.parsed.layout.fields if each.column.name == column), None)
        title = cell = value = None
        if row is not None and field_ is not None:
            title = field_.title
            cell = cell_name(row.number, self.read.first_column + field_.index)
            raw = row.values.get(field_.column.name)
            personal = field_.column.type in (CellType.ID_NUMBER, CellType.PHONE)
            value = shown(_as_written(field_.column, raw), personal)
        elif column is not None:
            title = self.read.kind.column(column).header
        number = row.number if row is not None else None
        if finding.level == "error" and number is not None:
            self.bad_rows.add(number)
        self.issues.append(
            Issue(
                self.read.file,
                self.read.sheet,
                number,
                title,
                cell,
                value,
                finding.code,
                {**finding.params, "clause": finding.clause},
                finding.level,
            )
        )

    def all_issues(self) -> Iterable[Issue]:
        """What reading found, then what planning found."""
        yield from self.read.parsed.issues
        yield from self.issues

    @property
    def errors(self) -> int:
        """Remarks that stop the import."""
        return sum(issue.level == "error" for issue in self.all_issues())


def _as_written(column: Column, value: Any) -> Any:
    """A parsed value near enough to what the user wrote to be recognised."""
    if isinstance(value, tuple):
        return "；".join(value)
    if isinstance(value, PartialDate):
        return value.value.isoformat()[: 7 if value.precision == "month" else 10]
    if column.type is CellType.CHOICE and value is not None:
        return column.labels.get(value, value)
    return value
