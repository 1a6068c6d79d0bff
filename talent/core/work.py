"""One unit of work: a session, who acts, the clock and the policy book. Commands take it first and never commit."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from talent.core import audit
from talent.core.access import Actor, Scope
from talent.core.config import Settings
from talent.core.database import open_engine, reading, writing
from talent.core.overrides import book_in_force
from talent.core.secrets import Vault
from talent.policy.book import Book


def utc_now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


@dataclass
class Work:
    """What a command needs and nothing more. ``zone`` is where a day begins; ``undo`` takes what a rollback must undo
    beside the database."""

    session: Session
    actor: Actor
    now: datetime
    today: date
    vault: Vault
    zone: ZoneInfo
    undo: ExitStack = field(default_factory=ExitStack)
    events: list[audit.Event] = field(default_factory=list)

    @cached_property
    def book(self) -> Book:
        """The policy book in force, read once per work."""
        return book_in_force(self.session)

    def end_of(self, day: date) -> datetime:
        """The instant at which a local day is over."""
        return datetime.combine(day + timedelta(days=1), time.min, self.zone)

    def require(self, permission: str) -> Scope:
        """The actor's scope for ``permission``, or NotAllowed."""
        return self.actor.require(permission)

    def require_proved(self) -> None:
        """:class:`NotProved` unless the actor showed lately who they are."""
        self.actor.require_proved()

    def record(self, action: str, subject: str, key: object, **detail: Any) -> None:
        """The audit entry of a command: its fifth beat, written with the commit."""
        self.events.append(audit.Event(
            self.now, self.actor.user_id, self.actor.name, action, subject, str(key)[:120],
            audit.as_json(detail)))


@dataclass
class Program:
    """The running program: settings, database and keys, opened once per process."""

    settings: Settings
    clock: Callable[[], datetime] = field(default=utc_now)

    @cached_property
    def engine(self) -> Engine:
        """The database, opened on first use."""
        return open_engine(self.settings.url)

    @cached_property
    def vault(self) -> Vault:
        """The keys for personal numbers."""
        return Vault(self.settings.key("field"), self.settings.key("index"), self.settings.older_key("field"))

    @cached_property
    def audit_key(self) -> bytes:
        """The key that links audit events into a chain."""
        return self.settings.key("audit")

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where the district's days begin and end."""
        return self.settings.zone

    @property
    def today(self) -> date:
        """The local day: periods are local dates, instants are UTC."""
        return self.clock().astimezone(self.zone).date()

    def _work(self, session: Session, actor: Actor) -> Work:
        return Work(session, actor, self.clock(), self.today, self.vault, self.zone)

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[Work]:
        """One write transaction, committed at the end of the block; any error leaves nothing behind."""
        with ExitStack() as undo:
            with writing(self.engine) as session:
                work = self._work(session, actor)
                undo.push(work.undo)
                yield work
                session.flush()
                audit.append(session, work.events, self.audit_key)
            work.undo.pop_all()  # committed: there is nothing to undo

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Work]:
        """A work for queries only: nothing done in it is kept."""
        with reading(self.engine) as session:
            yield self._work(session, actor)
