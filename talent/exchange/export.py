"""Records out, in the columns they come in by: export → edit → import shows only the difference."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from talent.core.access import Scope
from talent.core.work import Work
from talent.exchange.kinds import BY_CODE
from talent.people.models import Employment, Person, School
from talent.people.queries import current_on
from talent.people.roster import PARTIAL
from talent.tiers.intake import STATE_COLUMNS
from talent.tiers.models import TitleState
from talent.workbooks.intake import CHECKED_ONLY, Intake
from talent.workbooks.kinds import Kind, PartialDate

BATCH = 2_000
Record = Mapping[str, Any]


def export_workbook(work: Work, kinds: Sequence[str], path: Path) -> int:
    """Write the actor's part of the records of ``kinds``; answers the number of rows. Leaves an audit entry."""
    # Only exports need XlsxWriter, which costs 0.2 s.
    from talent.workbooks.writer import write_records

    scope = work.require("record:export")
    if "conduct" in kinds:
        work.require("conduct:read")
    counter = [0]
    sheets: list[tuple[Kind, Iterable[Record]]] = [
        (BY_CODE[kind].kind, _counted(records(work, BY_CODE[kind], scope), counter)) for kind in kinds
    ]
    write_records(path, sheets)
    work.record("record:export", "export", path.name, kinds=list(kinds), rows=counter[0])
    return counter[0]


def export_some(work: Work, intake: Intake, wanted: Select[*tuple[Any, ...]], path: Path) -> int:
    """Write the records of one kind whose ids ``wanted`` selects; answers their number. Leaves an audit entry."""
    from talent.workbooks.writer import write_records

    query, names = _query(work, intake, Scope(everyone=True))
    rows = work.session.execute(
        query.where(intake.table.c.id.in_(wanted)).execution_options(yield_per=BATCH))
    counter = [0]
    write_records(path, [(intake.kind, _counted((_record(names, row) for row in rows), counter))])
    work.record("record:export", "export", path.name, kinds=[intake.kind.code], rows=counter[0])
    return counter[0]


def _counted(rows: Iterable[Record], counter: list[int]) -> Iterator[Record]:
    for row in rows:
        counter[0] += 1
        yield row


def records(work: Work, intake: Intake, scope: Scope) -> Iterator[Record]:
    """Rows of one kind by column name, in a stable order, read in portions."""
    if intake.kind.code == "teachers":
        yield from _teachers(work, scope)
        return
    query, names = _query(work, intake, scope)
    for row in work.session.execute(query.execution_options(yield_per=BATCH)):
        yield _record(names, row)


def record_of(work: Work, intake: Intake, record_id: int) -> Record | None:
    """One row of one kind by column name, whoever's it is; None when there is none."""
    if intake.kind.code == "teachers":
        return next(_teachers(work, Scope(everyone=True), record_id), None)
    query, names = _query(work, intake, Scope(everyone=True))
    row = work.session.execute(query.where(intake.table.c.id == record_id)).one_or_none()
    return None if row is None else _record(names, row)


def _record(names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    return {name: value if value != "" else None for name, value in zip(names, row, strict=True)}


def _query(work: Work, intake: Intake, scope: Scope) -> tuple[Select[Any], list[str]]:
    table = intake.table
    columns: list[Any] = [table.c.id]
    names = ["record_id"]
    joined: Any = table
    for column in intake.kind.columns:
        if column.name in intake.references:
            attribute, what = intake.references[column.name]
            target: Any = aliased(Person if what == "person" else School)
            joined = joined.outerjoin(target, table.c[attribute] == target.id)
            columns.append(target.staff_no if what == "person" else target.code)
            if column.name == "staff_no":
                columns.append(target.name)
                names += ["staff_no", CHECKED_ONLY]
                continue
        elif column.name in table.columns:
            columns.append(table.c[column.name])
        else:
            continue
        names.append(column.name)
    if intake.kind.code == "titles":
        latest = (
            select(func.max(TitleState.id)).where(TitleState.title_id == table.c.id).correlate(table).scalar_subquery()
        )
        joined = joined.outerjoin(TitleState, TitleState.id == latest)
        columns += [getattr(TitleState, name) for name in STATE_COLUMNS]
        names += STATE_COLUMNS
    query = select(*columns).select_from(joined).order_by(table.c.id)
    return _within(work, query, table, scope), names


def _within(work: Work, query: Select[Any], table: Any, scope: Scope) -> Select[Any]:
    if scope.everyone:
        return query
    if "person_id" in table.columns:
        own = select(Employment.person_id).where(
            Employment.school_id.in_(scope.schools), current_on(Employment, work.today)
        )
        return query.where(table.c.person_id.in_(own))
    key = "school_id" if "school_id" in table.columns else "id"
    return query.where(table.c[key].in_(scope.schools))


def _teachers(work: Work, scope: Scope, person_id: int | None = None) -> Iterator[Record]:
    """One row a person (or one person's): the latest period, which is the one a row without 生效日期 corrects.

    Whose rows a school gets is decided by where they are today: who comes next month is not its own yet.
    """
    columns = _roster_columns()
    query = (
        select(*columns.values())
        .select_from(Employment)
        .join(Person, Person.id == Employment.person_id)
        .join(School, School.id == Employment.school_id)
        .where(_is_latest())
        .order_by(Person.id)
    )
    if person_id is not None:
        query = query.where(Person.id == person_id)
    if not scope.everyone:
        here = select(Employment.person_id).where(
            Employment.school_id.in_(scope.schools), current_on(Employment, work.today))
        query = query.where(Person.id.in_(here))
    for row in work.session.execute(query.execution_options(yield_per=BATCH)):
        yield _as_written(_record(list(columns), row))


def _roster_columns() -> dict[str, Any]:
    """Column of the sheet → where it is stored: on the person or on the period; numbers as they are masked."""
    stored = {column.key: getattr(Employment, column.key) for column in Employment.__table__.columns}
    stored |= {column.key: getattr(Person, column.key) for column in Person.__table__.columns}
    named = (*(column.name for column in BY_CODE["teachers"].kind.columns), *PARTIAL.values())
    return {name: stored[name] for name in named if name in stored} | {
        "record_id": Person.id,
        "school_code": School.code,
        "id_number": Person.id_number_masked,
        "phone": Person.phone_masked,
    }


def _is_latest() -> ColumnElement[bool]:
    """No other period of the person begins later; one without a beginning is the first."""
    later = aliased(Employment)
    begins_later = or_(
        Employment.valid_from.is_(None),
        and_(later.valid_from.is_not(None), later.valid_from > Employment.valid_from),
    )
    same_person = and_(later.person_id == Employment.person_id, later.id != Employment.id)
    return ~select(later.id).where(same_person, begins_later).exists()


def _as_written(record: dict[str, Any]) -> Record:
    """Months as months, several schools as several."""
    for name, precision in PARTIAL.items():
        if record[name] is not None:
            record[name] = PartialDate(record[name], record.pop(precision) or "day")
    if record["teaching_schools"] is not None:
        record["teaching_schools"] = tuple(record["teaching_schools"].split("；"))
    return record
