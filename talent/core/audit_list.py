"""Reading the audit events: one page of them, narrowed by who, what, on which object and when."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from talent.core.audit import AuditEvent
from talent.core.periods import FIRST_DAY, LAST_DAY, ONE_DAY
from talent.core.work import Work


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; empty means everything. Days are local and both in."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    key: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as a page shows it; ``detail`` as recorded."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    subject_key: str
    detail: Mapping[str, Any]


def events(
    work: Work, wanted: Wanted, *, offset: int = 0, limit: int = 50
) -> tuple[list[EventRow], int]:
    """One page of the events, newest first, and how many there are in all; two statements. Needs ``audit:read``."""
    work.require("audit:read")
    conditions = list(_conditions(wanted, work.zone))
    total = work.session.scalar(select(func.count()).select_from(AuditEvent).where(*conditions)) or 0
    rows = work.session.execute(
        select(AuditEvent.id, AuditEvent.at, AuditEvent.actor, AuditEvent.action, AuditEvent.subject,
               AuditEvent.subject_key, AuditEvent.detail)
        .where(*conditions).order_by(AuditEvent.id.desc()).offset(offset).limit(limit)
    )
    return [EventRow(*row[:-1], json.loads(row.detail)) for row in rows], total


def actions(work: Work) -> Sequence[str]:
    """Every action there is an event of, for the filter. Needs ``audit:read``."""
    work.require("audit:read")
    return work.session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)).all()


def _conditions(wanted: Wanted, timezone: ZoneInfo) -> Iterator[ColumnElement[bool]]:
    if wanted.actor:
        yield AuditEvent.actor.contains(wanted.actor, autoescape=True)
    if wanted.action:
        yield AuditEvent.action == wanted.action
    if wanted.subject:
        yield AuditEvent.subject == wanted.subject
    if wanted.key:
        yield AuditEvent.subject_key == wanted.key
    if wanted.since:
        yield AuditEvent.at >= datetime.combine(max(wanted.since, FIRST_DAY), time.min, timezone)
    if wanted.until:
        yield AuditEvent.at < datetime.combine(min(wanted.until, LAST_DAY) + ONE_DAY, time.min, timezone)
