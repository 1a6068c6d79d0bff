"""Who did what to which object, when, and with which figures: rows that are only ever added."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from talent.core.database import Base, Instant


class AuditEvent(Base):
    """One act that mattered. ``detail`` is JSON and never holds a plain personal number."""

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "subject", "subject_key"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    user_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_key: Mapped[str] = mapped_column(String(120))
    detail: Mapped[str] = mapped_column(Text, default="{}")


def as_json(detail: Mapping[str, Any]) -> str:
    """Stable JSON: sorted keys, Chinese as it is, dates in ISO form."""
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))


def add_event(
    session: Session,
    *,
    at: datetime,
    user_id: int | None,
    actor: str,
    action: str,
    subject: str,
    key: object,
    detail: Mapping[str, Any],
) -> None:
    """Write one event in the caller's transaction, so a rolled-back act leaves none."""
    session.add(
        AuditEvent(
            at=at,
            user_id=user_id,
            actor=actor,
            action=action,
            subject=subject,
            subject_key=str(key),
            detail=as_json(detail),
        )
    )
