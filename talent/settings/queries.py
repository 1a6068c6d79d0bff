"""The proposals laid before a second person, and what became of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from talent.core.overrides import PolicyOverride
from talent.core.together import NO_DAY
from talent.policy.registry import read_value


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed value; ``value`` is typed as the book types it. ``state``: proposed approved rejected."""

    id: int
    key: str
    since: date
    value: Any
    basis: str
    document: str
    clause: str
    note: str
    state: str
    proposed_by: int
    proposed_at: datetime
    approved_by: int | None
    approved_at: datetime | None


def proposals(session: Session, *, key: str = "", state: str = "") -> Sequence[Proposal]:
    """Proposals of a key and state ("" = any), the latest first."""
    query = select(PolicyOverride).order_by(PolicyOverride.id.desc())
    if key:
        query = query.where(PolicyOverride.key == key)
    if state:
        query = query.where(PolicyOverride.state == state)
    return [_proposal(row) for row in session.scalars(query)]


def _proposal(row: PolicyOverride) -> Proposal:
    value = read_value(row.key, json.loads(row.value), file="override", on=row.since)
    return Proposal(row.id, row.key, row.since, value, row.basis, row.document, row.clause, row.note, row.state,
                    row.proposed_by, row.proposed_at, row.approved_by, row.approved_at)


def waiting(user_id: int | None) -> Select[*tuple[Any, ...]]:
    """How many proposals of others wait for this account's decision, and since when: a statement to be asked."""
    return select(func.count(), func.min(PolicyOverride.proposed_at), NO_DAY).where(
        PolicyOverride.state == "proposed", PolicyOverride.proposed_by != (user_id or 0))
