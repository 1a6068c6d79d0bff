"""Reading a file that holds sheets of one kind alone, such as what a bank or a host sends back."""

from collections.abc import Iterator
from pathlib import Path

from talent.workbooks.guard import SITE, FileRefused
from talent.workbooks.headers import match_workbook
from talent.workbooks.issues import Issue
from talent.workbooks.kinds import Kind
from talent.workbooks.reader import read
from talent.workbooks.rows import ParsedRow, parse


def rows_of(path: Path, name: str, kind: Kind, issues: list[Issue]) -> Iterator[tuple[str, ParsedRow]]:
    """(sheet, row) of every row without an error; what is wrong goes to ``issues``, a file that cannot be read too."""
    try:
        matches = match_workbook(read(path, SITE, name=name), [kind])
    except FileRefused as refused:
        issues.append(Issue(name, "", None, None, None, None, refused.code, refused.params))
        return
    issues += matches.issues
    for sheet, layout in matches.sheets:
        parsed = parse(sheet, layout)
        issues += parsed.issues
        yield from ((sheet.name, row) for row in parsed.rows)
