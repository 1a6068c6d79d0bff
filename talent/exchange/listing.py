"""The records of one ledger on a date: narrowed, searched, sorted, paged, exported, of those the actor may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased

from talent.core.access import Scope
from talent.core.errors import NotFound
from talent.core.work import Work
from talent.exchange import export
from talent.exchange.ledgers import BY_KIND, Ledger
from talent.people.models import Employment, Person, School
from talent.people.queries import current_on, school_name_on, within
from talent.people.search import matching
from talent.tiers import queries as tiers
from talent.tiers.ledger import Held, read_ledger
from talent.tiers.rules import IN_OFFICE, is_in_force, state_on, term_end


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed by; "" leaves it open. ``chosen``: column → code. ``state`` is that of the record."""

    words: str = ""
    school_code: str = ""
    year: int | None = None
    state: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a list. ``values`` by column name, people and schools by name; ``state`` is the standing's."""

    id: int
    person_id: int
    staff_no: str
    name: str
    school: str
    values: Mapping[str, Any]
    state: str


def ledger_of(work: Work, kind: str) -> Ledger:
    """The ledger of a kind, which the actor must have the right to read."""
    if kind not in BY_KIND:
        raise NotFound("ledger", kind)
    work.require(BY_KIND[kind].right)
    return BY_KIND[kind]


def lines(
    work: Work, ledger: Ledger, on: date, narrowed: Narrowed, *, sort: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Line], int]:
    """One page of the records of ``on`` and how many there are. A fixed number of statements."""
    table, found = ledger.intake.table, _found(work, ledger, on, narrowed)
    total = work.session.scalar(_joined(select(func.count()), table, on).where(found)) or 0
    names, columns, extra = _columns(ledger, table, on)
    query = _joined(select(table.c.id, table.c.person_id, Person.staff_no, Person.name, school_name_on(on),
                           *columns), table, on, extra)
    rows = work.session.execute(query.where(found).order_by(*_order(ledger, table, sort)).offset(offset).limit(limit))
    found_lines = [_line(row, dict(zip(names, row[5:], strict=True)), ledger, on) for row in rows]
    return (_titles(work, found_lines, on) if ledger.standing == "title" else found_lines), total


def _line(row: Sequence[Any], values: Mapping[str, Any], ledger: Ledger, on: date) -> Line:
    record_id, person_id, staff_no, name, school = row[:5]
    return Line(record_id, person_id, staff_no, name, school or "", values, _standing(ledger, values, on))


def schools_in_reach(work: Work, ledger: Ledger, on: date) -> list[tuple[str, str]]:
    """Code and name on the day of the schools a list can be narrowed to; none for who sees one person or one school."""
    scope = work.require(ledger.right)
    if not scope.everyone and len(scope.schools) < 2:
        return []
    query = select(School.code, school_name_on(on)).order_by(School.code)
    rows = work.session.execute(query if scope.everyone else query.where(School.id.in_(scope.schools)))
    return [(code, name) for code, name in rows]


def export_found(work: Work, ledger: Ledger, on: date, narrowed: Narrowed, path: Path) -> int:
    """Write the records of the list as a workbook that can be imported again; answers how many. Leaves an entry.

    Of two roles of one account each reaches as far as it does: what may be read, but not taken along, stays out.
    """
    table, takes = ledger.intake.table, within(work.require("record:export"))
    wanted = _joined(select(table.c.id), table, on).where(_found(work, ledger, on, narrowed), takes)
    return export.export_some(work, ledger.intake, wanted, path)


@dataclass(frozen=True, slots=True)
class Whose:
    """The person a record is about, with the school of the day."""

    person_id: int
    staff_no: str
    name: str
    school: str


def whose(work: Work, ledger: Ledger, record_id: int, on: date) -> Whose:
    """Whose record it is, for who may see that person on ``on``; NotFound otherwise."""
    table = ledger.intake.table
    row = work.session.execute(
        _joined(select(Person.id, Person.staff_no, Person.name, school_name_on(on).label("school")), table, on)
        .where(table.c.id == record_id, within(work.require(ledger.right)))).one_or_none()
    if row is None:
        raise NotFound(ledger.kind, record_id)
    return Whose(row.id, row.staff_no, row.name, row.school or "")


def names_of(work: Work, ledger: Ledger, values: Mapping[str, str], on: date) -> dict[str, str]:
    """Column → the name of the school or person whose code ``values`` hold, schools as called on ``on``; two
    statements at most."""
    pointed = {name: (what, values[name]) for name, (_attribute, what) in ledger.intake.references.items()
               if values.get(name)}
    found: dict[tuple[str, str], str] = {}
    for what, key, name in (("school", School.code, school_name_on(on)), ("person", Person.staff_no, Person.name)):
        codes = [code for each, code in pointed.values() if each == what]
        if codes:
            rows = work.session.execute(select(key, name).where(key.in_(codes)))
            found |= {(what, code): said for code, said in rows}
    return {column: found.get(where, "") for column, where in pointed.items()}


# ── narrowing ────────────────────────────────────────────────────────────────────────────────────────────────


def _joined(
    query: Select[*tuple[Any, ...]], table: Table, on: date, extra: Sequence[tuple[Any, Any]] = ()
) -> Select[*tuple[Any, ...]]:
    """The records with their people and the post of the day, where there is one."""
    joined = query.select_from(table).join(Person, Person.id == table.c.person_id)
    joined = joined.outerjoin(Employment, and_(Employment.person_id == table.c.person_id, current_on(Employment, on)))
    joined = joined.outerjoin(School, School.id == Employment.school_id)
    for target, how in extra:
        joined = joined.outerjoin(target, how)
    return joined


def _found(work: Work, ledger: Ledger, on: date, narrowed: Narrowed) -> ColumnElement[bool]:
    table, scope = ledger.intake.table, work.require(ledger.right)
    parts = [_reached(scope), _known(ledger, table, on), _of_year(ledger, table, narrowed.year)]
    parts += [table.c[name] == code for name, code in narrowed.chosen.items() if code and name in ledger.filters]
    if narrowed.school_code:
        parts.append(School.code == narrowed.school_code)
    if narrowed.state and ledger.standing == "record":
        parts.append(table.c.state == narrowed.state)
    if narrowed.words.strip():
        texts = (table.c[name].contains(narrowed.words.strip(), autoescape=True) for name in ledger.searched)
        parts.append(or_(matching(work, narrowed.words), *texts))
    return and_(*parts)


def _reached(scope: Scope) -> ColumnElement[bool]:
    return within(scope) if scope else false()


def _known(ledger: Ledger, table: Table, on: date) -> ColumnElement[bool]:
    """The record's day has come by ``on``; its year is over."""
    column = table.c[ledger.dated]
    return column < on.year if ledger.by_year else column <= on


def _of_year(ledger: Ledger, table: Table, year: int | None) -> ColumnElement[bool]:
    if year is None:
        return true()
    column = table.c[ledger.dated]
    return column == year if ledger.by_year else column.between(date(year, 1, 1), date(year, 12, 31))


def _order(ledger: Ledger, table: Table, sort: str) -> list[ColumnElement[Any]]:
    key, descending = (sort or f"-{ledger.dated}").lstrip("-"), (sort or "-").startswith("-")
    people: dict[str, ColumnElement[Any]] = {
        "name": Person.pinyin.expression, "staff_no": Person.staff_no.expression, "school": School.code.expression,
    }
    first = people[key] if key in people else table.c[key]
    # Of one day the one entered last stands first, and every order is a whole one, so that pages never overlap.
    return [first.desc() if descending else first, table.c.id.desc()]


# ── a line ───────────────────────────────────────────────────────────────────────────────────────────────────


def _columns(ledger: Ledger, table: Table, on: date) -> tuple[list[str], list[Any], list[tuple[Any, Any]]]:
    """Names and expressions of the columns shown, and the joins that name what they point at as on the day."""
    names: list[str] = []
    columns: list[Any] = []
    extra: list[tuple[Any, Any]] = []
    for name in ledger.shown:
        if name in ledger.intake.references:
            attribute, what = ledger.intake.references[name]
            target: Any = aliased(Person if what == "person" else School)
            extra.append((target, target.id == table.c[attribute]))
            columns.append(target.name if what == "person" else school_name_on(on, target))
        elif name in table.columns:
            columns.append(table.c[name])
        else:
            continue
        names.append(name)
    for name in ("state", "result", "ended_on"):
        if name in table.columns and name not in names and ledger.standing in ("record", "span"):
            names.append(name)
            columns.append(table.c[name])
    return names, columns, extra


def _standing(ledger: Ledger, values: Mapping[str, Any], on: date) -> str:
    if ledger.standing == "record":
        discarded = ledger.kind == "training" and values["result"] == "failed"
        return "failed" if discarded and values["state"] == "recognised" else str(values["state"])
    if ledger.standing == "span":
        return "running" if values["ended_on"] is None or values["ended_on"] >= on else "done"
    return ""


def _titles(work: Work, found: Sequence[Line], on: date) -> list[Line]:
    """Titles with the term the book gives them and their standing on the day."""
    people = {line.person_id for line in found}
    held = {title.title_id: title for title in read_ledger(work.session, on, people).titles} if people else {}
    table = tiers.table_on(work.book, on)
    return [replace(line, values={**line.values, "term_to": _end(held[line.id], table)},
                    state=_held(held[line.id], on, table)) for line in found]


def _end(title: Held, table: Any) -> date | None:
    return term_end(title.fact, table) if title.fact.tier in table else title.fact.term_to


def _held(title: Held, on: date, table: Any) -> str:
    """in_office, or why the title is not held: its state, its term over, its holder gone."""
    state = state_on(title.fact, on)
    if state != IN_OFFICE or title.fact.tier not in table or is_in_force(title.fact, on, table):
        return state
    end = term_end(title.fact, table)
    return "expired" if end is not None and end < on else "gone"
