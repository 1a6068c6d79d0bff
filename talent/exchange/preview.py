"""What an import would do, small enough to keep with its batch: totals, remarks, old and new values, one digest.

Remarks are kept as codes with their facts and are worded when they are read. Personal numbers are masked before
they come here and sealed values are left out, so a preview holds nothing a list may not show.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from talent.exchange.commands import Outcome
from talent.exchange.kinds import BY_CODE
from talent.people.models import Employment, SchoolPast
from talent.people.roster import PARTIAL
from talent.workbooks.intake import Intake
from talent.workbooks.issues import Issue, without_id_numbers
from talent.workbooks.kinds import CellType, Column
from talent.workbooks.plan import Change, Ref, SheetPlan
from talent.workbooks.rows import ParsedRow

#: Rows listed for each of added, updated and deleted; the totals count all of them.
MOST_ROWS = 1_000
#: Remarks kept with a batch; the totals count all of them.
MOST_ISSUES = 20_000
#: Columns shown of a row that is new.
COLUMNS_OF_NEW = 6
#: Different at every planning of the same rows, or not for eyes.
VOLATILE = ("uid", "replaced_at", "pinyin", "initials", "version")
SEALED = ("_sealed", "_index", "_precision")
PLACE_OF_PERIOD = ("person_id", "valid_from", "valid_to")
PERSONAL = (CellType.ID_NUMBER, CellType.PHONE)
EXTRA_HEADERS = {
    "id_number_masked": "证件号码", "phone_masked": "手机号码", "valid_from": "期间开始", "valid_to": "期间止于",
}

Cell = tuple[str, str, str]
"""Header, old value, new value, as people read them."""


@dataclass
class ChangedRow:
    """One row of a sheet and what it changes. ``since``: the day a new period opens, where one does."""

    action: str
    sheet: str
    row: int
    key: str
    name: str
    school: str
    cells: list[Cell] = field(default_factory=list)
    since: str = ""


@dataclass
class Preview:
    """The outcome of planning, as kept in ``ImportBatch.summary`` (issues apart)."""

    sheets: list[dict[str, Any]]
    errors: int
    bad_rows: int
    warnings: int
    acceptable: bool
    changed: int
    digest: str
    guessed: dict[str, str]
    samples: dict[str, list[str]]
    rows: list[ChangedRow]

    def as_dict(self) -> dict[str, Any]:
        """The preview as JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Preview":
        """The inverse of :meth:`as_dict`."""
        rows = [ChangedRow(**{**row, "cells": [tuple(cell) for cell in row["cells"]]}) for row in data["rows"]]
        return cls(**{**data, "rows": rows})

    @classmethod
    def of_sheets(cls, sheets: list[dict[str, Any]]) -> "Preview":
        """What was loaded without a look before: how much of each sheet, not which rows."""
        errors = sum(sheet["errors"] for sheet in sheets)
        changed = sum(sheet[name] for sheet in sheets for name in ("added", "updated", "deleted"))
        return cls(sheets, errors, bad_rows=0, warnings=0, acceptable=False, changed=changed, digest="", guessed={},
                   samples={}, rows=[])

    def total(self, name: str) -> int:
        """The sum over the sheets of ``rows``, ``added``, ``updated``, ``deleted`` or ``unchanged``."""
        return sum(int(sheet[name]) for sheet in self.sheets)

    @property
    def good_rows(self) -> int:
        """Rows that may go in: what each does is known. An equal row repeated is neither these nor a bad one."""
        return sum(self.total(name) for name in ("added", "updated", "deleted", "unchanged"))


def preview_of(outcome: Outcome, schools: Mapping[int, str]) -> Preview:
    """Sum an outcome up. ``schools``: id → code and name, to show what references pointed at before."""
    errors = [issue for issue in outcome.issues if issue.level == "error"]
    return Preview(
        sheets=outcome.sheets(),
        errors=len(errors),
        bad_rows=len(_bad_rows(outcome, errors)),
        warnings=len(outcome.issues) - len(errors),
        acceptable=outcome.changes > 0 and all(issue.row is not None for issue in errors),
        changed=outcome.changes,
        digest=digest_of(outcome),
        guessed=dict(outcome.guessed),
        samples=dict(outcome.samples),
        rows=list(_listed(outcome.plans, schools)),
    )


def _bad_rows(outcome: Outcome, errors: Iterable[Issue]) -> set[tuple[str, str, int]]:
    """The rows that stay out: those a remark stands at, and the others it is about."""
    told = {(issue.file, issue.sheet, issue.row) for issue in errors if issue.row is not None}
    return told | {(plan.read.file, plan.read.sheet, row.number)
                   for plan in outcome.plans for row in plan.read.parsed.damaged}


def digest_of(outcome: Outcome) -> str:
    """The same for two plannings that would write and refuse the same; other rows' versions do not matter."""
    digest = hashlib.sha256()
    for plan in outcome.plans:
        for change in plan.changes:
            said = [plan.read.file, plan.read.sheet, change.row, change.table, change.action, change.row_id,
                    _steady(change.values), _steady(change.before)]
            digest.update(json.dumps(said, default=_plain, sort_keys=True).encode())
    remarks = sorted((issue.file, issue.sheet, issue.row or 0, issue.code, issue.level) for issue in outcome.issues)
    digest.update(json.dumps(remarks).encode())
    return digest.hexdigest()


def _steady(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in VOLATILE and not name.endswith("_sealed")}


def _plain(value: Any) -> str:
    """A reference by its code: its id is known only once it is written."""
    return value.code if isinstance(value, Ref) else str(value)


# -- issues ------------------------------------------------------------------------------------------------------


def issues_as_json(issues: Iterable[Issue]) -> str:
    """Errors first and sheet by sheet, row by row, each as its code and facts; at most :data:`MOST_ISSUES`."""
    met: dict[tuple[str, str], int] = {}
    ordered = sorted(issues, key=lambda issue: (
        issue.level != "error", met.setdefault((issue.file, issue.sheet), len(met)), issue.row or 0))[:MOST_ISSUES]
    return json.dumps([asdict(issue) for issue in ordered], ensure_ascii=False, default=str)


def issues_from_json(text: str) -> list[Issue]:
    """The inverse of :func:`issues_as_json`; dates among the facts come back as their ISO text."""
    return [Issue(**issue) for issue in json.loads(text)]


# -- rows --------------------------------------------------------------------------------------------------------


def _listed(plans: Iterable[SheetPlan], schools: Mapping[int, str]) -> Iterator[ChangedRow]:
    by_code = dict(label.split(" ", 1) for label in schools.values())
    listed: Counter[str] = Counter()
    for plan in plans:
        intake = BY_CODE[plan.kind_code]
        rows = {row.number: row for row in plan.rows}
        by_row: dict[int, list[Change]] = {}
        for change in plan.changes:
            if change.row is not None:
                by_row.setdefault(change.row, []).append(change)
        for number, changes in by_row.items():
            action = _action(intake, changes)
            listed[action] += 1
            if listed[action] <= MOST_ROWS:
                row = rows[number]
                school = by_code.get(row.values.get("school_code") or "", "")
                yield ChangedRow(action, plan.read.sheet, number, _key(intake, row), _name(row), school,
                                 _row_cells(intake, action, row, changes, schools), _since(action, changes))


def _action(intake: Intake, changes: Iterable[Change]) -> str:
    """What happens to the record itself; rows of its history follow it."""
    own = [change.action for change in changes if change.table == intake.table.name]
    return own[0] if own else "update"


def _row_cells(
    intake: Intake, action: str, row: ParsedRow, changes: Iterable[Change], schools: Mapping[int, str]
) -> list[Cell]:
    if action == "add":
        return _new_cells(intake, row)
    if action == "delete":
        return []
    cells = [cell for change in changes if not _keeps_a_name(change) for cell in cells_of(intake, change, schools)]
    # That the period before ends where the new one begins goes without saying.
    return [cell for cell in cells if cell[0] != EXTRA_HEADERS["valid_to"] or not _since(action, changes)]


def _since(action: str, changes: Iterable[Change]) -> str:
    """The day on which a known person's new period opens, or a school takes another name."""
    opened = (change.values["valid_to" if _keeps_a_name(change) else "valid_from"] for change in changes
              if _opens_a_period(change) or _keeps_a_name(change))
    return next((day.isoformat() for day in opened), "") if action == "update" else ""


def _opens_a_period(change: Change) -> bool:
    return change.table == Employment.__tablename__ and change.action == "add" and bool(change.values.get("valid_from"))


def _keeps_a_name(change: Change) -> bool:
    """Whether the change only keeps what a school was called before."""
    return change.table == SchoolPast.__tablename__ and change.action == "add"


def _key(intake: Intake, row: ParsedRow) -> str:
    return without_id_numbers(_text(intake.kind.key[0], row.values.get(intake.kind.key[0].name)))


def _name(row: ParsedRow) -> str:
    return str(row.values.get("person_name") or row.values.get("name") or "")


def _new_cells(intake: Intake, row: ParsedRow) -> list[Cell]:
    named = "person_name" if row.values.get("person_name") else "name"
    first = {intake.kind.key[0].name, named}
    said = [(column, row.values.get(column.name)) for column in intake.kind.columns
            if column.name not in first and column.type not in PERSONAL]
    filled = [(column.header, "", without_id_numbers(_text(column, value)))
              for column, value in said if value not in (None, "")]
    return filled[:COLUMNS_OF_NEW]


def cells_of(intake: Intake, change: Change, schools: Mapping[int, str]) -> Iterator[Cell]:
    """What a change says as columns with their old and new value, leaving out what is not for eyes."""
    columns = {(intake.references[column.name][0] if column.name in intake.references else column.name): column
               for column in intake.kind.columns}
    for name in change.values:
        if name in VOLATILE or name.endswith(SEALED) or (change.action == "add" and name in PLACE_OF_PERIOD):
            continue
        column = columns.get(name)
        header = column.header if column else EXTRA_HEADERS.get(name, "")
        old = _shown(column, name, change.before, schools)
        new = _shown(column, name, change.values, schools)
        if header and old != new:
            yield header, old, new


def _shown(column: Column | None, name: str, values: Mapping[str, Any], schools: Mapping[int, str]) -> str:
    value = values.get(name)
    if isinstance(value, Ref):
        return f"{value.code} {value.name}".strip()
    if name.endswith("school_id") or name == "merged_into_id":
        return schools.get(value, "") if value is not None else ""
    if isinstance(value, date) and values.get(PARTIAL.get(name, "")) == "month":
        return value.isoformat()[:7]
    return _text(column, value)


def _text(column: Column | None, value: Any) -> str:
    """A value as the sheet would write it."""
    if value is None or value == "":
        return ""
    if isinstance(value, tuple):
        return "；".join(value)
    if column is not None and column.choices:
        return column.labels.get(value, str(value))
    if column is not None and column.type is CellType.DECIMAL:
        whole, rest = divmod(value, 100)
        return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    inner = getattr(value, "value", value)
    if isinstance(inner, date):
        return inner.isoformat()[: 7 if getattr(value, "precision", "day") == "month" else 10]
    return str(value)
