"""A host's month as a workbook: handed out to be filled in, and read back into the form, where a person looks at it.

Nothing is saved from a file: what it says stands in the form beside what is wrong with it, to be signed for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from talent.core.terms import ABSENCE, ASSISTANCE_APPRAISAL, chinese
from talent.exchange.attendance.rules import Missed, Said, Stay
from talent.workbooks.issues import Issue
from talent.workbooks.kinds import CellType, Column, Kind
from talent.workbooks.rows import ParsedRow
from talent.workbooks.single import rows_of
from talent.workbooks.tables import Table, write_tables

KIND: Final = Kind("attendance", "到岗确认", (
    Column("staff_no", "工号", CellType.CODE, required=True, max_length=40),
    Column("name", "姓名", CellType.TEXT, max_length=80),
    Column("first_on", "缺勤开始", CellType.DATE),
    Column("last_on", "缺勤结束", CellType.DATE),
    Column("kind", "缺勤类型", CellType.CHOICE, choices=ABSENCE),
    Column("appraisal", "考核结果", CellType.CHOICE, choices=ASSISTANCE_APPRAISAL),
))


@dataclass
class Reading:
    """What a sheet says of each stay, and every remark on it."""

    said: dict[int, Said] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)


def write(path: Path, stays: Sequence[Stay]) -> None:
    """A row for each person: those without an absence were on post, further absences are further rows."""
    heads = [column.header for column in KIND.columns]
    rows = [(stay.staff_no, stay.name, None, None, None,
             chinese(ASSISTANCE_APPRAISAL, stay.appraisal) if stay.ends else None) for stay in stays]
    write_tables(path, [Table(KIND.sheet, heads, rows)])


def read_sheet(path: Path, name: str, stays: Sequence[Stay]) -> Reading:
    """Read it against whom the host has; nothing here touches the database."""
    reading = Reading()
    for sheet, row in rows_of(path, name, KIND, reading.issues):
        _take(reading, row, stays, Issue(name, sheet, row.number, "工号", None, row.values["staff_no"], ""))
    return reading


def _take(reading: Reading, row: ParsedRow, stays: Sequence[Stay], about: Issue) -> None:
    values: Mapping[str, Any] = row.values
    number, first, last = str(values["staff_no"]).removeprefix("'"), values.get("first_on"), values.get("last_on")
    own = [stay for stay in stays if stay.staff_no == number]
    if not own or (values.get("name") and values["name"] != own[0].name):
        code = "attendance.not_here" if not own else "attendance.other_name"
        reading.issues.append(_at(about, code, {"staff_no": number}))
        return
    stay = _meant(own, first, reading.said)
    before = reading.said.get(stay.assignment_id, Said(stay.assignment_id))
    absences = list(before.absences)
    if first is not None:
        absences.append(Missed(first, last or first, values.get("kind") or ""))
    elif last is not None or values.get("kind"):
        reading.issues.append(_at(about, "attendance.no_start", {"staff_no": number}))
    appraisal = values.get("appraisal") or before.appraisal
    if appraisal and not stay.ends:
        who = {"who": stay.called, "start": stay.first, "end": stay.last}
        reading.issues.append(_at(about, "attendance.goes_on", who))
    reading.said[stay.assignment_id] = Said(stay.assignment_id, absences, appraisal if stay.ends else "")


def _meant(own: Sequence[Stay], first: date | None, said: Mapping[int, Said]) -> Stay:
    """Which of a person's stays a row is about: the one that holds the day, without a day the next in order."""
    if first is not None:
        return next((each for each in own if each.first <= first <= each.last), own[0])
    return next((each for each in own if each.assignment_id not in said), own[0])


def _at(about: Issue, code: str, params: Mapping[str, Any]) -> Issue:
    return Issue(about.file, about.sheet, about.row, about.column, about.cell, about.value, code, params)
