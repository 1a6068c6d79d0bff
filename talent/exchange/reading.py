"""Files into parsed sheets: nothing here touches the database, so it runs before any transaction opens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from talent.exchange.kinds import KINDS
from talent.workbooks.guard import FileRefused, Limits
from talent.workbooks.headers import match_workbook
from talent.workbooks.issues import Issue
from talent.workbooks.plan import SheetRead
from talent.workbooks.reader import first_values, read
from talent.workbooks.rows import parse


@dataclass
class Reading:
    """What the files hold: sheets by kind, remarks on files and headers, the encodings that were guessed with a few
    texts as they were decoded, and of sheets refused for their headers (file, sheet) the likely kind."""

    sheets: list[SheetRead] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    guessed: dict[str, str] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)
    likely: dict[tuple[str, str], str] = field(default_factory=dict)


def read_files(
    paths: Sequence[Path], limits: Limits, *, encoding: str | None = None, names: Sequence[str] | None = None
) -> Reading:
    """Read every sheet of every file. ``names`` are what the user called the files, where they lie under others."""
    reading = Reading()
    for path, name in zip(paths, names or [path.name for path in paths], strict=True):
        try:
            _read_file(path, name, limits, encoding, reading)
        except FileRefused as refused:
            reading.issues.append(Issue(name, "", None, None, None, None, refused.code, refused.params))
    return reading


def _read_file(path: Path, name: str, limits: Limits, encoding: str | None, reading: Reading) -> None:
    workbook = read(path, limits, encoding=encoding, name=name)
    if workbook.encoding_guessed and workbook.encoding:
        reading.guessed[name] = workbook.encoding
        reading.samples[name] = first_values(workbook)
    matches = match_workbook(workbook, KINDS)
    reading.issues.extend(matches.issues)
    reading.likely.update({(name, sheet): kind.code for sheet, kind in matches.likely.items()})
    for sheet, layout in matches.sheets:
        reading.sheets.append(SheetRead(name, sheet.name, sheet.first_column, parse(sheet, layout)))
