"""Who did what to which object, when, and with which figures: rows that are only ever added.

A unit of work gathers its events and writes them last, just before it commits: so a rolled-back act leaves none, and
the lock that keeps the chain in one line is held for an instant and never while another row is waited for.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from talent.core.database import Base, Instant

#: What the first link holds in place of a predecessor's digest.
GENESIS = "0" * 64
#: PostgreSQL's advisory lock of the chain: any number, the same in every process.
CHAIN_LOCK = 7_264_113


class AuditEvent(Base):
    """One act that mattered. ``detail`` is JSON and never holds a plain personal number.

    ``id`` counts without gaps. ``digest`` is a keyed hash over the row and ``previous``, the digest before it; both
    are empty in rows older than the chain. The database itself refuses to change or delete a row.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(None, "subject", "subject_key"),
        Index(None, "at"),
        Index("uq_audit_events_previous", "previous", unique=True, sqlite_where=text("previous <> ''"),
              postgresql_where=text("previous <> ''")),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    user_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_key: Mapped[str] = mapped_column(String(120))
    detail: Mapped[str] = mapped_column(Text, default="{}")
    previous: Mapped[str] = mapped_column(String(64), default="", server_default="")
    digest: Mapped[str] = mapped_column(String(64), default="", server_default="")


@dataclass(frozen=True, slots=True)
class Event:
    """An act to be recorded when its transaction commits."""

    at: datetime
    user_id: int | None
    actor: str
    action: str
    subject: str
    subject_key: str
    detail: str


def as_json(detail: Mapping[str, Any]) -> str:
    """Stable JSON: sorted keys, Chinese as it is, dates in ISO form."""
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))


def append(session: Session, events: Iterable[Event], key: bytes) -> None:
    """Add the events to the chain in the caller's transaction, which should commit right after."""
    events = list(events)
    if not events:
        return
    if session.get_bind().dialect.name == "postgresql":
        # SQLite's writers queue by themselves; here the chain needs its own queue, released by the commit.
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    last, previous = last_link(session)
    for number, event in enumerate(events, last + 1):
        row = AuditEvent(
            id=number, at=event.at, user_id=event.user_id, actor=event.actor, action=event.action,
            subject=event.subject, subject_key=event.subject_key, detail=event.detail, previous=previous,
        )
        previous = row.digest = digest_of(row, key)
        session.add(row)
    session.flush()


def last_link(session: Session) -> tuple[int, str]:
    """Number and digest of the newest event; 0 and :data:`GENESIS` before the first."""
    row = session.execute(select(AuditEvent.id, AuditEvent.digest).order_by(AuditEvent.id.desc()).limit(1)).first()
    return (row.id, row.digest or GENESIS) if row else (0, GENESIS)


def digest_of(row: Any, key: bytes) -> str:
    """The keyed hash over what the row says and what came before it (64 hex digits)."""
    at = row.at.astimezone(UTC).isoformat()
    said = [row.id, at, row.user_id, row.actor, row.action, row.subject, row.subject_key, row.detail, row.previous]
    return hmac.new(key, json.dumps(said, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()
