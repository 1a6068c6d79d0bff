"""Imports as commands: load at once (the command line), or stage, look, and accept (the site)."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from talent.core.access import Scope
from talent.core.batches import ImportBatch
from talent.core.errors import Finding
from talent.core.memory import without_cycle_search
from talent.core.numbers import whole
from talent.core.work import Work
from talent.exchange.apply import write
from talent.exchange.directory import Directory
from talent.exchange.kinds import BY_CODE, INTAKES
from talent.exchange.reading import Reading
from talent.exchange.records import RecordPlanner
from talent.exchange.remarks import remarks
from talent.exchange.roster import RosterPlanner
from talent.exchange.schools import SchoolPlanner
from talent.exchange.titles import TitlePlanner
from talent.workbooks.issues import Issue
from talent.workbooks.plan import SheetPlan, SheetRead

PLANNERS = {"schools": SchoolPlanner, "titles": TitlePlanner}


@dataclass
class Outcome:
    """What an import did or would do."""

    plans: list[SheetPlan]
    issues: list[Issue]
    batch_id: int | None = None
    guessed: Mapping[str, str] = field(default_factory=dict)
    samples: Mapping[str, list[str]] = field(default_factory=dict)
    likely: Mapping[tuple[str, str], str] = field(default_factory=dict)
    accepted: bool = False

    @property
    def refused(self) -> bool:
        """Whether something stops it."""
        return any(issue.level == "error" for issue in self.issues)

    @property
    def changes(self) -> int:
        """Rows it would write."""
        return sum(len(plan.changes) for plan in self.plans)

    def sheets(self) -> list[dict[str, Any]]:
        """Per sheet what interfaces promise: file, sheet, kind (of one refused for its headers the likely one, where
        there is one), rows, added, updated, unchanged, errors."""
        planned = [
            {
                "file": plan.read.file,
                "sheet": plan.read.sheet,
                "kind": plan.kind_code,
                "rows": plan.read.parsed.count,
                "added": plan.added,
                "updated": plan.updated,
                "deleted": plan.deleted,
                "unchanged": plan.unchanged,
                "errors": plan.errors,
            }
            for plan in self.plans
        ]
        seen = {(entry["file"], entry["sheet"]) for entry in planned}
        refused = Counter(
            (issue.file, issue.sheet)
            for issue in self.issues
            if issue.level == "error" and (issue.file, issue.sheet) not in seen
        )
        return planned + [
            {
                "file": file,
                "sheet": sheet,
                "kind": self.likely.get((file, sheet)),
                "rows": 0,
                "added": 0,
                "updated": 0,
                "deleted": 0,
                "unchanged": 0,
                "errors": errors,
            }
            for (file, sheet), errors in refused.items()
        ]


def plan(work: Work, reading: Reading, as_of: date | None) -> Outcome:
    """What loading these sheets would do, for whom the actor may import; nothing is written."""
    return plan_within(work, reading, as_of, work.require("record:import"))


# Plans are as large as their sheets and as free of cycles: searching them took a quarter of the time.
@without_cycle_search()
def plan_within(work: Work, reading: Reading, as_of: date | None, scope: Scope) -> Outcome:
    """What loading these sheets would do within ``scope``, which the caller has asked for; nothing is written."""
    sheets: dict[str, list[SheetRead]] = {}
    for sheet in reading.sheets:
        sheets.setdefault(sheet.kind.code, []).append(sheet)
    directory = Directory(work, scope, _wanted(reading.sheets), _numbered(reading.sheets))
    plans: list[SheetPlan] = []
    for intake in INTAKES:
        mine = sheets.get(intake.kind.code, [])
        if not mine:
            continue
        if not scope.everyone and not intake.school_may_load:
            plans.extend(_not_yours(sheet) for sheet in mine)
        elif intake.kind.code == "teachers":
            plans.extend(RosterPlanner(work, directory, mine, as_of).plan())
        else:
            planner = PLANNERS.get(intake.kind.code, RecordPlanner)
            plans.extend(planner(work.session, intake, directory, mine).plan())
    for each in plans:
        remarks(work, each)
    issues = [*reading.issues, *(issue for each in plans for issue in each.all_issues())]
    return Outcome(plans, issues, guessed=reading.guessed, samples=reading.samples, likely=reading.likely)


def _wanted(sheets: Iterable[SheetRead]) -> Iterable[str]:
    """Every staff number the sheets mention."""
    for sheet in sheets:
        references = BY_CODE[sheet.kind.code].references
        names = [name for name, (_attribute, what) in references.items() if what == "person"]
        if sheet.kind.code == "teachers":
            names = ["staff_no", "id_number"]
        for row in sheet.all_rows:
            for name in names:
                if written := row.values.get(name):
                    yield written


def _numbered(sheets: Iterable[SheetRead]) -> Iterable[int]:
    """The record numbers of people on roster sheets: their staff number may be what changes."""
    for sheet in sheets:
        if sheet.kind.code == "teachers":
            for row in sheet.rows:
                if (number := whole(row.values.get("record_id"))) is not None:
                    yield number


def _not_yours(sheet: SheetRead) -> SheetPlan:
    """Nothing is said of the rows of a sheet that is not theirs to hand in: mending them would help nobody."""
    refused = SheetPlan(replace(sheet, parsed=replace(sheet.parsed, issues=[])))
    refused.note(Finding("import.kind_not_yours", params={"kind": sheet.kind.sheet}))
    return refused


@without_cycle_search()
def load(
    work: Work, reading: Reading, *, as_of: date | None, good_rows_only: bool = False, batch: ImportBatch | None = None
) -> Outcome:
    """Plan and, unless something stops it, write: everything or nothing. The same file again changes nothing.

    With ``good_rows_only`` rows with errors are left out, which the batch records; a file or sheet that cannot be read
    at all still refuses the whole. ``batch`` is the staged batch being accepted, where there is one.
    """
    outcome = plan(work, reading, as_of)
    if outcome.refused and not (good_rows_only and _only_rows(outcome.issues)):
        return outcome
    outcome.accepted = True
    if not outcome.changes:
        return outcome
    batch = batch or new_batch(work, as_of, sorted({plan.read.file for plan in outcome.plans}))
    batch.good_rows_only = good_rows_only and outcome.refused
    carry_out(work, outcome, batch)
    work.record("import:accept", "import", batch.id, sheets=outcome.sheets(), good_rows_only=batch.good_rows_only)
    return outcome


def carry_out(work: Work, outcome: Outcome, batch: ImportBatch) -> None:
    """Write what was planned, all of it under ``batch``, which is accepted with that."""
    batch.state, batch.accepted_by, batch.accepted_at = "accepted", work.actor.user_id, work.now
    batch.summary = json.dumps(outcome.sheets(), ensure_ascii=False)
    work.session.flush()
    write(work.session, outcome.plans, batch.id)
    outcome.batch_id = batch.id


def _only_rows(issues: Iterable[Issue]) -> bool:
    return all(issue.row is not None for issue in issues if issue.level == "error")


def new_batch(
    work: Work, as_of: date | None, files: Sequence[str], *, source: str = "file", reason: str = ""
) -> ImportBatch:
    """A batch of the actor's, not yet carried out."""
    batch = ImportBatch(
        state="accepted",
        source=source,
        reason=reason,
        as_of=as_of,
        files=json.dumps(files, ensure_ascii=False),
        created_by=work.actor.user_id,
        created_at=work.now,
    )
    work.session.add(batch)
    return batch
