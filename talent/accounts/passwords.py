"""Argon2 for what people choose: hashing costs time and 19 MiB on purpose, so it never runs inside a write
transaction and at most twice at once in a process; a storm of sign-ins queues here instead of taking the machine down.

A one-time password is drawn by us and has 79 random bits. A slow derivation makes guessing dear where there is little
to guess; here trying all of them is out of reach even at a billion a second, so a keyed hash is enough, and three
thousand slips cost no three thousand derivations. The key lies outside the database, and the name of the account is
part of what is hashed, so that a hash moved to another row opens nothing. Checking one takes as long as checking any
other password: how quick the answer comes tells nobody what kind of password an account has.
"""

import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from talent.accounts import rules
from talent.accounts.commonest import commonest
from talent.core.config import Settings
from talent.core.errors import Finding, RuleViolation
from talent.core.secrets import Vault

AT_ONCE = 2
#: How many more may wait for a turn: each holds a thread of the server, and the other pages need theirs.
IN_LINE = 16
BUSY_SECONDS = 5
PATIENCE_SECONDS = 10.0
#: Sixteen of 31 letters and digits that no one confuses when reading them off paper: 79 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ONE_TIME_PARTS, ONE_TIME_PART = 4, 4
ONE_TIME = "one-time$"

_slots = threading.BoundedSemaphore(AT_ONCE)
_line = threading.BoundedSemaphore(AT_ONCE + IN_LINE)


@dataclass(frozen=True, slots=True)
class Secret:
    """A password that satisfied the rules, as it is stored."""

    hash: str = field(repr=False)


@contextmanager
def slot() -> Iterator[None]:
    """A turn at the key derivation; ``RuleViolation`` ``login.busy`` when too many wait, or none is free in time."""
    if not _line.acquire(blocking=False):
        raise RuleViolation(Finding("login.busy", params={"seconds": BUSY_SECONDS}))
    try:
        if not _slots.acquire(timeout=PATIENCE_SECONDS):
            raise RuleViolation(Finding("login.busy", params={"seconds": int(PATIENCE_SECONDS)}))
        try:
            yield
        finally:
            _slots.release()
    finally:
        _line.release()


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
    findings = rules.judge_password(password, (*about, settings.bureau), settings.password_profile, commonest())
    if findings:
        raise RuleViolation(findings)
    with slot():
        return Secret(_hasher(settings.argon2_time_cost, settings.argon2_memory_kib).hash(password))


def one_time(vault: Vault, name: str) -> tuple[str, Secret]:
    """A fresh one-time password for the account ``name``, and what is stored of it."""
    parts = ("".join(secrets.choice(ALPHABET) for _ in range(ONE_TIME_PART)) for _ in range(ONE_TIME_PARTS))
    password = "-".join(parts)
    return password, Secret(_one_time_hash(vault, name, password))


def _one_time_hash(vault: Vault, name: str, password: str) -> str:
    """As typed from paper: without blanks and dashes, in small letters."""
    typed = "".join(password.split()).replace("-", "").casefold()
    return ONE_TIME + vault.index(f"one-time {name} {typed}")


def matches(settings: Settings, vault: Vault, name: str, known: str | None, password: str) -> bool:
    """Whether ``password`` belongs to the hash ``known`` of the account ``name``; an unknown account takes as long as
    a known one. Call it within :func:`slot`.
    """
    cost = settings.argon2_time_cost, settings.argon2_memory_kib
    drawn = known is not None and known.startswith(ONE_TIME)
    try:
        proved = _hasher(*cost).verify(_nobodys_hash(*cost) if drawn or known is None else known, password)
        return proved and known is not None and not drawn
    except VerificationError:
        return drawn and secrets.compare_digest(known or "", _one_time_hash(vault, name, password))
