"""Whom a host has in a month, what it said of them so far, and the reports to look at."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from talent.assistance.models import Assignment
from talent.core.access import Scope
from talent.core.database import Instant
from talent.core.errors import NotFound
from talent.core.files import StoredFile
from talent.core.periods import add_months
from talent.core.work import Work
from talent.exchange.attendance.models import HostLine, HostLink, HostReport
from talent.exchange.attendance.rules import Missed, Stay, last_of, not_recorded
from talent.people.models import Absence, Person, School
from talent.people.queries import school_name_on
from talent.people.schools import spoken_for

READ, ENTER, ACCEPT = "attendance:read", "attendance:enter", "attendance:accept"


def sent_within(scope: Scope) -> ColumnElement[bool]:
    """The part of a query of assignments whose sending school the scope reaches."""
    return true() if scope.everyone else Assignment.sending_school_id.in_(scope.schools)


def _touching(month: date) -> ColumnElement[bool]:
    return and_(Assignment.started_on <= last_of(month),
                or_(Assignment.ended_on.is_(None), Assignment.ended_on >= month))


# ── one host and month ───────────────────────────────────────────────────────────────────────────────────────


def stays(work: Work, host: str, month: date, scope: Scope) -> list[Stay]:
    """Whom the host has in the month, as far as the scope reaches, by sending school and staff number; one statement.

    The caller has asked for the scope.
    """
    end = last_of(month)
    rows = work.session.execute(
        select(Assignment, Person.staff_no, Person.name, school_name_on(end).label("school"))
        .join(Person, Person.id == Assignment.person_id).join(School, School.id == Assignment.sending_school_id)
        .where(Assignment.host == host, _touching(month), sent_within(scope))
        .order_by(School.code, Person.staff_no, Assignment.started_on))
    return [Stay(spell.id, spell.person_id, staff_no, name, school, max(spell.started_on, month),
                 min(spell.ended_on or end, end), spell.ended_on is not None and spell.ended_on <= end, spell.appraisal,
                 spell.sending_school_id)
            for spell, staff_no, name, school in rows]


def recorded_absences(work: Work, people: Iterable[int], month: date) -> dict[int, list[tuple[date, date]]]:
    """The absences on record with a day in the month, by person; one statement."""
    found: dict[int, list[tuple[date, date]]] = {}
    rows = work.session.execute(
        select(Absence.person_id, Absence.started_on, Absence.ended_on)
        .where(Absence.person_id.in_(list(people)), Absence.started_on <= last_of(month), Absence.ended_on >= month)
        .order_by(Absence.started_on))
    for person_id, first, last in rows:
        found.setdefault(person_id, []).append((first, last))
    return found


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link of the host and month. ``open``: it can still be answered."""

    id: int
    made_by_name: str
    made_at: datetime
    expires_on: date
    open: bool
    used: bool
    revoked: bool


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as lists show it."""

    id: int
    host: str
    month: date
    via: str
    state: str
    witness: str
    entered_by_name: str
    entered_at: datetime
    people: int


@dataclass(frozen=True, slots=True)
class HostMonth:
    """A host's month: whom it has, what it said, how it was asked."""

    host: str
    month: date
    stays: Sequence[Stay]
    reports: Sequence[ReportRow]
    links: Sequence[LinkRow]
    confirmed: frozenset[int]


def host_month(work: Work, host: str, month: date) -> HostMonth:
    """Everything on one host and month within reach; NotFound where nobody within reach is there."""
    scope = spoken_for(work, work.require(READ))
    found = stays(work, host, month, scope)
    if not found:
        raise NotFound("host", host)
    reports = _reports(work, scope, HostReport.host == host, HostReport.month == month)
    asking = spoken_for(work, work.actor.scope(ENTER))
    links = work.session.scalars(
        select(HostLink).where(HostLink.host == host, HostLink.month == month, _link_reach(asking))
        .order_by(HostLink.id.desc()))
    shown = [LinkRow(row.id, row.made_by_name, row.made_at, row.expires_on,
                     row.used_at is None and row.revoked_at is None and row.expires_on >= work.today,
                     row.used_at is not None, row.revoked_at is not None) for row in links]
    confirmed = frozenset(spell for (_, where, spell), (state, _) in _said_of(work, scope, month).items()
                          if where == host and state == "accepted")
    return HostMonth(host, month, found, reports, shown, confirmed)


def _link_reach(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everyone else HostLink.school_id.in_(scope.schools)


def _reports(work: Work, scope: Scope, *conditions: ColumnElement[bool]) -> list[ReportRow]:
    rows = work.session.execute(
        select(HostReport, func.count(HostLine.id)).join(HostLine, HostLine.report_id == HostReport.id)
        .outerjoin(Assignment, Assignment.id == HostLine.assignment_id)
        .where(sent_within(scope), *conditions).group_by(HostReport.id).order_by(HostReport.id.desc()))
    return [ReportRow(row.id, row.host, row.month, row.via, row.state, row.witness, row.entered_by_name,
                      row.entered_at, people) for row, people in rows]


def open_reports(work: Work) -> list[ReportRow]:
    """The reports within reach that nobody has recognised, of any month; one statement."""
    return _reports(work, spoken_for(work, work.require(READ)), HostReport.state == "waiting")


# ── all hosts of a month ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class HostState:
    """How far a host is with a month: its spells within reach, how many are confirmed, how many wait; since when."""

    people: int
    confirmed: int
    waiting: int
    since: date | None = None

    @property
    def state(self) -> str:
        """``missing`` as long as nothing was said of somebody."""
        if self.confirmed + self.waiting < self.people:
            return "missing"
        return "waiting" if self.waiting else "accepted"


def hosts_of(work: Work, months: Sequence[date]) -> dict[str, dict[date, HostState]]:
    """Host → month → how far it is, for the months in which it has somebody, by name; two statements."""
    scope = spoken_for(work, work.require(READ))
    said = _said_of(work, scope, *months)
    spells = work.session.execute(
        select(Assignment.host, Assignment.id, Assignment.started_on, Assignment.ended_on)
        .where(or_(*(_touching(month) for month in months)), sent_within(scope)).order_by(Assignment.host)).all()
    told: dict[str, dict[date, list[tuple[str, date] | None]]] = {}
    for host, spell, first, last in spells:
        for month in months:
            if first <= last_of(month) and (last is None or last >= month):
                told.setdefault(host, {}).setdefault(month, []).append(said.get((month, host, spell)))
    return {host: {month: _state(own) for month, own in by_month.items()} for host, by_month in told.items()}


def _state(told: Sequence[tuple[str, date] | None]) -> HostState:
    known = [each for each in told if each is not None]
    states = [state for state, _ in known]
    return HostState(len(told), states.count("accepted"), states.count("waiting"),
                     max((day for _, day in known), default=None))


def _said_of(work: Work, scope: Scope, *months: date) -> Mapping[tuple[date, str, int], tuple[str, date]]:
    """(month, host, assignment) → the furthest state of what was said, and since when: accepted before waiting."""
    rows = work.session.execute(
        select(HostReport.month, HostReport.host, HostLine.assignment_id, HostReport.state,
               func.coalesce(HostReport.decided_at, HostReport.entered_at, type_=Instant))
        .join(HostReport, HostReport.id == HostLine.report_id)
        .join(Assignment, Assignment.id == HostLine.assignment_id)
        .where(HostReport.month.in_(months), HostReport.state.in_(("waiting", "accepted")), sent_within(scope))
        .order_by(HostReport.state.desc(), HostReport.id))
    return {(month, host, spell): (state, at.astimezone(work.zone).date()) for month, host, spell, state, at in rows}


#: Months that are asked for again and again, once they are over.
ASKED_FOR = 3


def months_before(today: date, count: int) -> list[date]:
    """The first days of the last months that are over, the latest first."""
    return [add_months(today.replace(day=1), -back) for back in range(1, count + 1)]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits at a desk: months of hosts that nothing, or not all, was said of, and reports to accept."""

    missing: int
    reports: int
    oldest: datetime | None


def waiting(work: Work) -> Waiting:
    """Of the last months, within reach; one statement. Nothing is asked for where nobody enters it."""
    scope = spoken_for(work, work.actor.scope(ENTER))
    missing = [select(func.count(Assignment.host.distinct())).where(
        _touching(month), sent_within(scope), ~_told(month)).scalar_subquery()
        for month in months_before(work.today, ASKED_FOR)]
    to_accept = HostReport.state == "waiting" if work.actor.may(ACCEPT) else false()
    *counts, reports, oldest = work.session.execute(select(
        *missing, select(func.count(HostReport.id)).where(to_accept).scalar_subquery(),
        select(func.min(HostReport.entered_at)).where(to_accept).scalar_subquery())).one()
    return Waiting(sum(counts), reports, oldest)


def _told(month: date) -> ColumnElement[bool]:
    return select(HostLine.id).join(HostReport, HostReport.id == HostLine.report_id).where(
        HostLine.assignment_id == Assignment.id, HostReport.month == month, HostReport.state != "returned").exists()


# ── one report ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a report. ``stay`` is the spell as it stands, None where it is gone or has no day in the month.

    ``new``: the days of absence that acceptance would record. ``stale``: the spell is not what it was when this was
    entered, by its days in the month or its 考核结果.
    """

    staff_no: str
    name: str
    assignment_id: int
    person_id: int
    stay: Stay | None
    first: date
    last: date
    absences: Sequence[Missed]
    new: Sequence[Missed]
    appraisal: str
    stale: bool


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report with its lines within reach. ``whole``: they are all, so that note, answer and scan are for the reader
    too; otherwise those stay empty."""

    row: ReportRow
    version: int
    whole: bool
    note: str
    file_id: int | None
    entered_by: int | None
    decided_by_name: str
    decided_at: datetime | None
    answer: str
    link_by_name: str
    lines: Sequence[Line] = field(default=())


def report(work: Work, report_id: int) -> ReportView:
    """One report, for who may see any of its lines; NotFound otherwise."""
    scope = spoken_for(work, work.require(READ))
    rows = _reports(work, scope, HostReport.id == report_id)
    if not rows:
        raise NotFound("report", report_id)
    row, kept = rows[0], work.session.get_one(HostReport, report_id)
    by_spell = {each.assignment_id: each for each in stays(work, row.host, row.month, scope)}
    found = work.session.execute(
        select(HostLine, Person.staff_no, Person.name).join(Person, Person.id == HostLine.person_id)
        .outerjoin(Assignment, Assignment.id == HostLine.assignment_id)
        .where(HostLine.report_id == report_id, sent_within(scope)).order_by(HostLine.id)).all()
    whole = len(found) == work.session.scalar(
        select(func.count()).select_from(HostLine).where(HostLine.report_id == report_id))
    recorded = recorded_absences(work, [line.person_id for line, _, _ in found], row.month)
    asked = work.session.get(HostLink, kept.link_id) if kept.link_id else None
    return ReportView(
        row, kept.version, whole, kept.note if whole else "", kept.file_id if whole else None, kept.entered_by,
        kept.decided_by_name, kept.decided_at, kept.answer if whole else "", asked.made_by_name if asked else "",
        [_line(line, staff_no, name, by_spell, recorded) for line, staff_no, name in found])


def _line(line: HostLine, staff_no: str, name: str, by_spell: Mapping[int, Stay],
          recorded: dict[int, list[tuple[date, date]]]) -> Line:
    """A line; what it would record counts as recorded for the person's next one."""
    absences, stay = absences_of(line), by_spell.get(line.assignment_id)
    known = recorded.setdefault(line.person_id, [])
    new = not_recorded(absences, known)
    known += [(each.first, each.last) for each in new]
    then = line.first_on, line.last_on, line.appraisal_then
    stale = stay is None or (stay.first, stay.last, stay.appraisal) != then
    return Line(staff_no, name, line.assignment_id, line.person_id, stay, line.first_on, line.last_on, absences, new,
                line.appraisal, stale)


def absences_of(line: HostLine) -> list[Missed]:
    """What a stored line says."""
    return [Missed(date.fromisoformat(first), date.fromisoformat(last), kind)
            for first, last, kind in json.loads(line.absences)]


def scan_of(work: Work, report_id: int) -> tuple[str, str]:
    """(name, stored as) of the signed sheet; NotFound where none was handed in."""
    view = report(work, report_id)
    kept = work.session.get(StoredFile, view.file_id) if view.file_id else None
    if kept is None:
        raise NotFound("sheet", report_id)
    return kept.name, kept.stored_as
