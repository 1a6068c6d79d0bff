"""What an import would do, as data: changes per row and remarks, before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from talent.core.errors import Finding
from talent.workbooks.issues import Issue, cell_name, shown
from talent.workbooks.kinds import CellType
from talent.workbooks.rows import ParsedRow, ParsedSheet

Action = Literal["add", "update", "delete"]


@dataclass(slots=True)
class Ref:
    """A school or a person that rows point at: stored already, or coming with this import (then ``id`` is set when
    it is written)."""

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


@dataclass
class SheetPlan:
    """One sheet: its rows sorted into what they would do."""

    parsed: ParsedSheet
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
        return self.parsed.kind.code

    def note(self, finding: Finding, row: ParsedRow | None = None, column: str | None = None) -> None:
        """Turn a finding about a row (and column) into a remark with its cell."""
        header = cell = value = None
        if row is not None and column is not None:
            index = self.parsed.layout.columns.get(column)
            header = self.parsed.kind.column(column).header
            personal = self.parsed.kind.column(column).type in (CellType.ID_NUMBER, CellType.PHONE)
            raw = row.values.get(column)
            value = shown(raw if not isinstance(raw, tuple) else "；".join(raw), personal)
            cell = cell_name(row.number, index) if index is not None else None
        number = row.number if row is not None else None
        if finding.level == "error" and number is not None:
            self.bad_rows.add(number)
        self.issues.append(Issue(self.parsed.layout.file, self.parsed.layout.sheet, number, header, cell, value,
                                 finding.code, {**finding.params, "clause": finding.clause}, finding.level))

    def all_issues(self) -> Iterable[Issue]:
        """What reading found, then what planning found."""
        yield from self.parsed.issues
        yield from self.issues

    @property
    def errors(self) -> int:
        """Remarks that stop the import."""
        return sum(issue.level == "error" for issue in self.all_issues())
