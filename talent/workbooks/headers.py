"""Where the header row stands, and which kind of sheet it announces."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from talent.workbooks.issues import Issue, cell_name
from talent.workbooks.kinds import Column, Kind
from talent.workbooks.raw import RawSheet, is_blank
from talent.workbooks.reader import Workbook
from talent.workbooks.titles import normalise_title

_HEADER_WITHIN = 20
_NAMED_EXTRAS = 20


@dataclass(frozen=True, slots=True)
class Field:
    """One matched column: its index in the raw rows and its header as written."""

    column: Column
    index: int
    title: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet is laid out. ``first_data`` indexes ``sheet.rows``; ``issues`` holds warnings only."""

    kind: Kind
    fields: tuple[Field, ...]
    header_row: int
    first_data: int
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class HeaderRefused:
    """No kind fits. ``near``: the sheet is clearly meant as ``kind`` and lacks or doubles headers; otherwise
    it may be notes. ``kind`` is the likely one; None where the sheet has no required header of any."""

    issues: tuple[Issue, ...]
    kind: Kind | None = None
    near: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """The sheets of a workbook that are to be read, and what there is to say about the others: ``likely`` is the
    kind each of those was probably meant as, by the sheet's name."""

    sheets: list[tuple[RawSheet, Layout]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    likely: dict[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One reading of the head of a sheet: the titles per column if ``last`` is the last header row."""

    last: int
    titles: tuple[str, ...]
    written: tuple[str, ...]


def match(sheet: RawSheet, kinds: Sequence[Kind]) -> Layout | HeaderRefused:
    """Find the header row within the first twenty rows and the kind most of whose required headers it has.

    Where several kinds qualify, headers few kinds have weigh most; the sheet's name breaks ties.
    """
    best = _best(sheet, kinds)
    if best is None:
        return HeaderRefused((_issue(sheet, "workbooks.sheet_empty", level="warning"),))
    kind, candidate = best
    missing = [column.header for column in kind.required if not set(column.titles) & set(candidate.titles)]
    if 2 * len(missing) >= max(len(kind.required), 1) and missing:
        params = {"expected": kind.sheet, "missing": "、".join(missing), "known": _known(kinds)}
        likely = kind if len(missing) < len(kind.required) else None
        return HeaderRefused((_issue(sheet, "workbooks.no_header", params),), likely)
    fields, problems = _fields(sheet, kind, candidate)
    if missing:
        params = {"kind": kind.sheet, "missing": "、".join(missing)}
        number = sheet.number(candidate.last)
        problems.insert(0, _issue(sheet, "workbooks.header_missing", params, row=number))
    if problems:
        return HeaderRefused(tuple(problems), kind, near=True)
    return Layout(
        kind=kind,
        fields=fields,
        header_row=sheet.number(candidate.last),
        first_data=candidate.last + 1,
        issues=tuple(_warnings(sheet, candidate, fields)),
    )


def match_workbook(workbook: Workbook, kinds: Sequence[Kind]) -> Matches:
    """Match every sheet. Empty sheets and notes are passed over with a warning if any other sheet fits;
    otherwise what was expected is an error."""
    found = Matches()
    passed: list[Issue] = []
    for sheet in workbook.sheets:
        outcome = match(sheet, kinds)
        if isinstance(outcome, Layout):
            found.sheets.append((sheet, outcome))
            found.issues.extend(outcome.issues)
            continue
        if outcome.kind is not None:
            found.likely[sheet.name] = outcome.kind
        (found.issues if outcome.near else passed).extend(outcome.issues)
    if found.sheets:
        found.issues.extend(_passed_over(issue) for issue in passed)
    elif not found.issues:
        errors = [issue for issue in passed if issue.level == "error"]
        found.issues.extend(errors or [_nothing(workbook, kinds)])
    return found


def _best(sheet: RawSheet, kinds: Sequence[Kind]) -> tuple[Kind, _Candidate] | None:
    spread = Counter(title for kind in kinds for title in kind.by_title)
    best: tuple[tuple[bool, Fraction, bool, Fraction], Kind, _Candidate] | None = None
    for candidate in _candidates(sheet):
        present = set(candidate.titles)
        for kind in kinds:
            rank = _rank(kind, present, spread, hinted=normalise_title(sheet.name) == normalise_title(kind.sheet))
            if best is None or rank > best[0]:
                best = rank, kind, candidate
    return best and best[1:]


def _rank(
    kind: Kind, present: set[str], spread: Counter[str], *, hinted: bool
) -> tuple[bool, Fraction, bool, Fraction]:
    """Qualifies; weight of its headers found; the sheet bears its name; share of required headers found."""
    required = [column for column in kind.required if present & set(column.titles)]
    share = Fraction(len(required), len(kind.required) or 1)
    found = present & set(kind.by_title)
    weight = sum((Fraction(1, spread[title]) for title in found), Fraction(0))
    return share > Fraction(1, 2), weight, hinted, share


def _candidates(sheet: RawSheet) -> Iterator[_Candidate]:
    """Each of the first rows alone, then with the row above it (groups above their columns)."""
    above: tuple[str, ...] = ()
    for index, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        if is_blank(row):
            above = ()
            continue
        written = tuple(cell if isinstance(cell, str) else "" for cell in row)
        yield _Candidate(index, tuple(map(normalise_title, written)), written)
        if above:
            yield _two_rows(index, above, written)
        above = written


def _two_rows(index: int, above: tuple[str, ...], below: tuple[str, ...]) -> _Candidate:
    """The lower title where there is one, else the upper (cells merged downwards)."""
    written = tuple(low if low.strip() else high for high, low in zip(above, below, strict=False))
    return _Candidate(index, tuple(map(normalise_title, written)), written)


def _fields(sheet: RawSheet, kind: Kind, candidate: _Candidate) -> tuple[tuple[Field, ...], list[Issue]]:
    """The matched columns, and an error for every header that stands twice."""
    fields: dict[str, Field] = {}
    problems: list[Issue] = []
    for index, title in enumerate(candidate.titles):
        column = kind.by_title.get(title)
        if column is None:
            continue
        written = _one_line(candidate.written[index])
        first = fields.setdefault(column.name, Field(column, index, written))
        if first.index != index:
            number = sheet.number(candidate.last)
            cells = [cell_name(number, sheet.first_column + place) for place in (first.index, index)]
            params = {"header": column.header, "first": cells[0], "second": cells[1]}
            problems.append(_issue(sheet, "workbooks.header_twice", params, row=number, column=written, cell=cells[1]))
    return tuple(fields.values()), problems


def _warnings(sheet: RawSheet, candidate: _Candidate, fields: Iterable[Field]) -> Iterator[Issue]:
    used = {field.index for field in fields}
    extras = [_one_line(text) for index, text in enumerate(candidate.written) if text.strip() and index not in used]
    if extras:
        named = "、".join(extras[:_NAMED_EXTRAS]) + ("…" if len(extras) > _NAMED_EXTRAS else "")
        row = sheet.number(candidate.last)
        yield _issue(sheet, "workbooks.unknown_columns", {"headers": named}, row=row, level="warning")
    if sheet.hidden:
        yield _issue(sheet, "workbooks.sheet_hidden", level="warning")
    if sheet.hidden_rows:
        yield _issue(sheet, "workbooks.hidden_rows", {"count": sheet.hidden_rows}, level="warning")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"


def _known(kinds: Iterable[Kind]) -> str:
    return "、".join(kind.sheet for kind in kinds)


def _passed_over(issue: Issue) -> Issue:
    code = "workbooks.sheet_empty" if issue.code == "workbooks.sheet_empty" else "workbooks.sheet_skipped"
    return Issue(issue.file, issue.sheet, None, None, None, None, code, issue.params, "warning")


def _nothing(workbook: Workbook, kinds: Iterable[Kind]) -> Issue:
    return Issue(workbook.file, "", None, None, None, None, "workbooks.nothing_to_read", {"known": _known(kinds)})


def _issue(
    sheet: RawSheet,
    code: str,
    params: Mapping[str, object] | None = None,
    *,
    row: int | None = None,
    column: str | None = None,
    cell: str | None = None,
    level: Literal["error", "warning"] = "error",
) -> Issue:
    return Issue(sheet.file, sheet.name, row, column, cell, None, code, params or {}, level)
