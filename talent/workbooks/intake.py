"""What one kind of sheet means to one table: declared by the slices, carried out by ``exchange``."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import String, Table

from talent.core.errors import Finding
from talent.workbooks.kinds import Column, Kind

Values = Mapping[str, Any]
Referent = Literal["person", "school"]

CHECKED_ONLY = "person_name"


def nothing_to_check(_values: Values) -> Iterable[Finding]:
    """The check of a kind whose cells say everything."""
    return ()


@dataclass(frozen=True)
class Intake:
    """One kind of sheet and the table its rows go to.

    A column fills the attribute of its own name; ``references`` names the columns that point at a person or a school
    instead (column → attribute, what it points at). ``key`` are the attributes that identify a row. ``check`` looks
    at one row's values as a whole. Texts may be as long as the table holds.
    """

    kind: Kind
    model: type[Any]
    key: tuple[str, ...]
    references: Mapping[str, tuple[str, Referent]] = field(default_factory=dict)
    check: Callable[[Values], Iterable[Finding]] = nothing_to_check
    school_may_load: bool = False

    def __post_init__(self) -> None:
        columns = tuple(self._bounded(column) for column in self.kind.columns)
        object.__setattr__(self, "kind", replace(self.kind, columns=columns))

    def _bounded(self, column: Column) -> Column:
        stored = self.table.columns.get(column.name)
        length = stored.type.length if stored is not None and isinstance(stored.type, String) else None
        return replace(column, max_length=length) if length else column

    @property
    def table(self) -> Table:
        """The table the rows go to."""
        table: Table = self.model.__table__
        return table

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """Attributes of the table that the sheet fills, key first; columns the table does not have are left out."""
        named = [
            self.references[column.name][0] if column.name in self.references else column.name
            for column in self.kind.columns
        ]
        return tuple(name for name in dict.fromkeys((*self.key, *named)) if name in self.table.columns)

    def blank(self, attribute: str) -> Any:
        """What an empty cell is stored as: the empty text where the table wants a text, else nothing."""
        column = self.table.columns[attribute]
        return "" if isinstance(column.type, String) and not column.nullable else None


def in_order(start: str, end: str) -> Callable[[Values], Iterable[Finding]]:
    """A check that ``end`` (where given) is not before ``start``."""

    def check(values: Values) -> Iterable[Finding]:
        first, last = values.get(start), values.get(end)
        if first is not None and last is not None and last < first:
            yield Finding("record.end_before_start", params={"start": first, "end": last, "column": end})

    return check
