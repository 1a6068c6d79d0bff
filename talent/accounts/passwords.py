"""Argon2 and nothing else: hashing costs 100 ms and 64 MiB on purpose, so it never runs inside a write transaction
and at most twice at once in a process; a storm of sign-ins queues here instead of taking the machine down.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from talent.accounts import rules
from talent.core.config import Settings
from talent.core.errors import Finding, RuleViolation

AT_ONCE = 2
PATIENCE_SECONDS = 10.0

_slots = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Secret:
    """A password that satisfied the rules, as it is stored."""

    hash: str = field(repr=False)


@contextmanager
def slot() -> Iterator[None]:
    """A turn at the key derivation; ``RuleViolation`` ``login.busy`` when none comes free in time."""
    if not _slots.acquire(timeout=PATIENCE_SECONDS):
        raise RuleViolation(Finding("login.busy", params={"seconds": int(PATIENCE_SECONDS)}))
    try:
        yield
    finally:
        _slots.release()


@lru_cache
def _hasher(time_cost: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


@lru_cache
def _nobodys_hash(time_cost: int, memory_kib: int) -> str:
    return _hasher(time_cost, memory_kib).hash("no account has this password")


def seal(settings: Settings, password: str, about: Iterable[str] = ()) -> Secret:
    """Judge ``password`` against the words ``about`` the account and hash it.

    Raises :class:`RuleViolation` (``password.*``, ``login.busy``). Call it before opening a write transaction.
    """
    findings = rules.judge_password(password, (*about, settings.bureau), settings.password_profile)
    if findings:
        raise RuleViolation(findings)
    with slot():
        return Secret(_hasher(settings.argon2_time_cost, settings.argon2_memory_kib).hash(password))


def matches(settings: Settings, known: str | None, password: str) -> bool:
    """Whether ``password`` belongs to the hash ``known``; an unknown account takes as long as a known one.

    Call it within :func:`slot`.
    """
    cost = settings.argon2_time_cost, settings.argon2_memory_kib
    try:
        return _hasher(*cost).verify(known or _nobodys_hash(*cost), password) and known is not None
    except VerificationError:
        return False
