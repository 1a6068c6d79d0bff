"""From a matched sheet to rows of values and every issue at once.

Columns are parsed one at a time, each distinct raw value once: a sheet of 100,000 rows holds few different
levels, dates and schools, so the cost per cell is one dictionary look-up.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from talent.core.memory import without_cycle_search
from talent.workbooks.cells import CellError, Doubtful, Parser, parser_of
from talent.workbooks.headers import Field, Layout
from talent.workbooks.issues import Issue, cell_name, shown
from talent.workbooks.kinds import OPERATION, RECORD_ID, CellType, Kind
from talent.workbooks.raw import RawSheet, is_blank

TOTAL_WORDS = frozenset({"合计", "总计", "小计", "共计", "总和", "合计数"})
_PERSONAL = frozenset({CellType.ID_NUMBER, CellType.PHONE})
_CONTROL_NAMES = frozenset({RECORD_ID.name, OPERATION.name})


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """``number`` as Excel shows it; ``values`` by column name. A column absent from the file is absent here,
    an empty cell is None."""

    number: int
    values: dict[str, Any]

    @property
    def deleted(self) -> bool:
        """The row asks for its record to be removed; it then carries the key and the record id only."""
        return self.values.get(OPERATION.name) == "delete"


@dataclass(frozen=True, slots=True)
class ParsedSheet:
    """``rows`` are free of errors; ``damaged`` are the others with the cells that could be read, so that
    further checks may still speak about them. ``count``: rows with content, ignored repetitions included."""

    kind: Kind
    layout: Layout
    rows: list[ParsedRow]
    issues: list[Issue]
    damaged: list[ParsedRow] = field(default_factory=list)
    count: int = 0


def parse(sheet: RawSheet, layout: Layout) -> ParsedSheet:
    """Parse every row below the header. Raises nothing; blank rows are passed over, never the end."""
    with without_cycle_search():
        return _Reading(sheet, layout).result()


class _Reading:
    """The state of one parse: rows with content, values by column, issues by row."""

    def __init__(self, sheet: RawSheet, layout: Layout) -> None:
        self._sheet = sheet
        self._layout = layout
        kept = [
            (index, row)
            for index, row in enumerate(sheet.rows[layout.first_data :], layout.first_data)
            if not is_blank(row)
        ]
        self._rows = [row for _, row in kept]
        self._numbers = [sheet.first_row + index for index, _ in kept]
        self._columns: dict[str, list[Any]] = {}
        self._issues: list[tuple[int, Issue]] = []
        self._failed: dict[int, set[str]] = {}

    def result(self) -> ParsedSheet:
        marked = self._mark_cells()
        for field_ in self._layout.fields:
            self._parse_column(field_)
        skipped = self._skip_empty_and_totals(marked)
        deleted = self._deleted()
        self._forgive_deleted(deleted)
        self._require(skipped, deleted)
        self._check_width(skipped)
        skipped |= self._find_repetitions(skipped, deleted)
        return self._assemble(skipped, deleted)

    # -- cells ---------------------------------------------------------------------------------------

    def _mark_cells(self) -> set[int]:
        """Error cells, formulas without a value and merged cells in the data; returns their rows."""
        at_row = {number: position for position, number in enumerate(self._numbers)}
        at_column = {self._sheet.first_column + item.index: item for item in self._layout.fields}
        marked: set[int] = set()
        for (number, column), code in self._sheet.marks.items():
            if number in at_row and column in at_column:
                self._fail(at_row[number], at_column[column], f"workbooks.{code}", {}, None)
                marked.add(at_row[number])
        for merge in self._sheet.merges:
            marked |= self._mark_merge(merge, at_column)
        return marked

    def _mark_merge(self, merge: tuple[int, int, int, int], at_column: dict[int, Field]) -> set[int]:
        first_row, first_column, last_row, last_column = merge
        covered = range(bisect_left(self._numbers, first_row), bisect_right(self._numbers, last_row))
        fields = [
            item
            for column, item in sorted(at_column.items(), key=itemgetter(0))
            if first_column <= column <= last_column
        ]
        if not covered or not fields:
            return set()
        area = f"{cell_name(first_row, first_column)}:{cell_name(last_row, last_column)}"
        position, item = covered[0], fields[0]
        raw = self._rows[position][item.index]
        issue = self._issue(position, item, raw, "workbooks.merged", {"area": area}, cell=area)
        self._issues.append((position, issue))
        for row in covered:
            self._failed.setdefault(row, set()).update(each.column.name for each in fields)
        return set(covered)

    def _parse_column(self, item: Field) -> None:
        raw = self._raw(item)
        distinct = set(raw)
        if True in distinct or False in distinct:  # they equal 1.0 and 0.0 as keys, so those are looked at too
            raw = [str(cell).upper() if isinstance(cell, bool) else cell for cell in raw]
            distinct = set(raw)
        memo, failures, doubts = _parse_distinct(parser_of(item.column, self._sheet.date1904), distinct)
        self._columns[item.column.name] = list(map(memo.__getitem__, raw))
        if not failures and not doubts:
            return
        for position, cell in enumerate(raw):
            if cell in failures:
                error = failures[cell]
                self._fail(position, item, error.code, error.params, cell)
            elif cell in doubts:
                doubt = doubts[cell]
                issue = self._issue(position, item, cell, doubt.code, doubt.params, level="warning")
                self._issues.append((position, issue))

    def _raw(self, item: Field) -> list[object]:
        return list(map(itemgetter(item.index), self._rows))

    # -- rows ----------------------------------------------------------------------------------------

    def _skip_empty_and_totals(self, marked: set[int]) -> set[int]:
        """Rows filled only in columns that are not read, and totals (which are an error)."""
        skipped = set(self._unfilled()) - marked - self._failed.keys()
        for position, item, word in self._totals():
            self._issues = [entry for entry in self._issues if entry[0] != position]
            issue = self._issue(position, item, word, "workbooks.totals_row", {"word": word})
            self._issues.append((position, issue))
            self._failed.setdefault(position, set()).update(self._columns)
            skipped.discard(position)
        return skipped

    def _unfilled(self) -> Iterator[int]:
        """Rows without a value in any column that is read."""
        columns = list(self._columns.values())
        if all(None in values for values in columns):
            for position, values in enumerate(zip(*columns, strict=True)):
                if values.count(None) == len(values):
                    yield position

    def _totals(self) -> Iterator[tuple[int, Field, str]]:
        """A word for a total in a key column, or anywhere in a row whose required key is empty."""
        found: set[int] = set()
        for item in (each for each in self._layout.fields if each.column.key):
            raw = self._raw(item)
            words = {cell: word for cell in set(raw) if (word := _total_word(cell))}
            values = self._columns[item.column.name]
            unkeyed = item.column.required and None in values
            if not words and not unkeyed:
                continue
            for position, cell in enumerate(raw):
                word = words.get(cell, "")
                if unkeyed and not word and values[position] is None:
                    word = next(filter(None, map(_total_word, self._rows[position])), "")
                if word and position not in found:
                    found.add(position)
                    yield position, item, word

    def _deleted(self) -> set[int]:
        operations = self._columns.get(OPERATION.name, ())
        return {position for position, operation in enumerate(operations) if operation == "delete"}

    def _forgive_deleted(self, deleted: set[int]) -> None:
        """What stands beside the key of a row to be removed does not matter."""
        if not deleted:
            return
        kept = {column.name for column in self._layout.kind.key} | _CONTROL_NAMES
        titles = {item.title for item in self._layout.fields if item.column.name in kept}
        self._issues = [entry for entry in self._issues if entry[0] not in deleted or entry[1].column in titles]
        for position in deleted & self._failed.keys():
            self._failed[position] &= kept
            if not self._failed[position]:
                del self._failed[position]

    def _require(self, skipped: set[int], deleted: set[int]) -> None:
        record_ids = self._columns.get(RECORD_ID.name)
        for item in self._layout.fields:
            values = self._columns[item.column.name]
            if not item.column.required or None not in values:
                continue
            for position, value in enumerate(values):
                if value is not None or position in skipped or item.column.name in self._failed.get(position, ()):
                    continue
                named = record_ids is not None and record_ids[position] is not None
                if position in deleted and (named or not item.column.key):
                    continue
                self._fail(position, item, "workbooks.required", {}, None)

    def _check_width(self, skipped: set[int]) -> None:
        """A comma too many in a text file shifts the cells behind it: say so instead of reading on."""
        if not self._sheet.is_csv:
            return
        header = self._sheet.rows[self._layout.first_data - 1]
        width = max((index for index, title in enumerate(header) if title != ""), default=-1) + 1
        for position, row in enumerate(self._rows):
            if position not in skipped and any(cell != "" for cell in row[width:]):
                issue = self._row_issue(position, "workbooks.row_too_long", {"columns": width})
                self._issues.append((position, issue))
                self._failed.setdefault(position, set())

    def _find_repetitions(self, skipped: set[int], deleted: set[int]) -> set[int]:
        """One key twice: equal rows are ignored with a warning, others are an error naming both rows."""
        ignored: set[int] = set()
        for names in ((RECORD_ID.name,), tuple(column.name for column in self._layout.kind.key)):
            columns = [self._columns[name] for name in names if name in self._columns]
            if not columns:
                continue
            by_id = self._columns.get(RECORD_ID.name) if names != (RECORD_ID.name,) else None
            first: dict[tuple[Any, ...], int] = {}
            for position, key in enumerate(zip(*columns, strict=True)):
                if position in skipped or position in ignored or key.count(None) == len(key):
                    continue
                if position in deleted and by_id is not None and by_id[position] is not None:
                    continue
                if not self._failed.get(position, set()).isdisjoint(names):
                    continue
                before = first.setdefault(key, position)
                if before != position and self._repeated(before, position):
                    ignored.add(position)
        return ignored

    def _repeated(self, first: int, second: int) -> bool:
        """Whether the second row may be ignored; either way an issue is noted."""
        equal = all(values[first] == values[second] for values in self._columns.values())
        equal = equal and first not in self._failed and second not in self._failed
        params = {"first": self._numbers[first], "second": self._numbers[second]}
        code = "workbooks.row_repeated" if equal else "workbooks.key_twice"
        issue = self._row_issue(second, code, params, level="warning" if equal else "error")
        self._issues.append((second, issue))
        if not equal:
            self._failed.setdefault(first, set())
            self._failed.setdefault(second, set())
        return equal

    def _assemble(self, skipped: set[int], deleted: set[int]) -> ParsedSheet:
        names = tuple(self._columns)
        kept = {column.name for column in self._layout.kind.key} | _CONTROL_NAMES
        special = skipped | deleted | self._failed.keys()
        rows: list[ParsedRow] = []
        damaged: list[ParsedRow] = []
        for position, values in enumerate(zip(*self._columns.values(), strict=True)):
            record = dict(zip(names, values, strict=True))
            number = self._numbers[position]
            if position not in special:
                rows.append(ParsedRow(number, record))
                continue
            if position in deleted:
                record = {name: value for name, value in record.items() if name in kept}
            if failed := self._failed.get(position):
                record = {name: value for name, value in record.items() if name not in failed}
            if position not in skipped:
                (damaged if position in self._failed else rows).append(ParsedRow(number, record))
        self._issues.sort(key=lambda entry: entry[0])
        issues = [issue for _, issue in self._issues]
        ignored = sum(issue.code == "workbooks.row_repeated" for issue in issues)
        count = len(rows) + len(damaged) + ignored
        return ParsedSheet(self._layout.kind, self._layout, rows, issues, damaged, count)

    # -- issues --------------------------------------------------------------------------------------

    def _fail(self, position: int, item: Field, code: str, params: Any, raw: object) -> None:
        failed = self._failed.setdefault(position, set())
        if item.column.name not in failed:
            failed.add(item.column.name)
            self._issues.append((position, self._issue(position, item, raw, code, params)))

    def _issue(
        self,
        position: int,
        item: Field,
        raw: object,
        code: str,
        params: Any,
        *,
        cell: str | None = None,
        level: Any = "error",
    ) -> Issue:
        number = self._numbers[position]
        return Issue(
            file=self._sheet.file,
            sheet=self._sheet.name,
            row=number,
            column=item.title,
            cell=cell or cell_name(number, self._sheet.first_column + item.index),
            value=shown(raw, personal=item.column.type in _PERSONAL),
            code=code,
            params=params,
            level=level,
        )

    def _row_issue(self, position: int, code: str, params: Any, level: Any = "error") -> Issue:
        """An issue of a whole row stands at its first key column."""
        fields = self._layout.fields
        item = next((each for each in fields if each.column.key), fields[0])
        return self._issue(position, item, self._rows[position][item.index], code, params, level=level)


def _parse_distinct(
    parser: Parser, distinct: set[object]
) -> tuple[dict[object, Any], dict[object, CellError], dict[object, Doubtful]]:
    """Raw value → value (None where it failed), raw value → error, raw value → warning."""
    memo: dict[object, Any] = {"": None}
    failures: dict[object, CellError] = {}
    doubts: dict[object, Doubtful] = {}
    for cell in distinct:
        try:
            value = parser(cell)
        except CellError as error:
            failures[cell] = error
            value = None
        if isinstance(value, Doubtful):
            doubts[cell] = value
            value = value.value
        memo[cell] = value
    return memo, failures, doubts


def _total_word(cell: object) -> str:
    """合 计： → 合计; '' for anything else."""
    if not isinstance(cell, str) or cell.isascii() or len(cell) > 12:
        return ""
    word = "".join(cell.split()).strip(":：")
    return word if word in TOTAL_WORDS else ""
