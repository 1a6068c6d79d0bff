"""A sheet as it stands in the file, before anything is understood."""

from dataclasses import dataclass, field

from talent.workbooks.sheet_scan import MarkCode


@dataclass(frozen=True, slots=True)
class RawSheet:
    """Cells as python-calamine gives them. ``rows[0]`` is the row Excel numbers ``first_row``, and its first
    cell stands in the zero-based column ``first_column``. ``marks`` and ``merges`` use row numbers and
    zero-based columns of the sheet; a merge is (first row, first column, last row, last column)."""

    name: str
    rows: list[list[object]]
    file: str = ""
    first_row: int = 1
    first_column: int = 0
    date1904: bool = False
    hidden: bool = False
    is_csv: bool = False
    hidden_rows: int = 0
    marks: dict[tuple[int, int], MarkCode] = field(default_factory=dict)
    merges: tuple[tuple[int, int, int, int], ...] = ()

    def number(self, index: int) -> int:
        """Index into ``rows`` → the row number Excel shows."""
        return self.first_row + index


def is_blank(row: list[object]) -> bool:
    """No cell holds more than white space."""
    return all(isinstance(cell, str) and (not cell or cell.isspace()) for cell in row)
