"""The book itself: read the YAML, check every value, answer for a date, lay a bureau's own values over it.

A book never changes; :meth:`Book.overlaid` makes another one.  Asking before an entry's first day raises
``NotInForce`` by name, so that a year nobody regulated is refused and never guessed.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal, get_args

from talent.policy.checks import check_references
from talent.policy.documents import read_entries
from talent.policy.errors import NotInForce, PolicyError, UnknownKey
from talent.policy.registry import CALENDAR, family_of, read_value
from talent.policy.types import dump

Basis = Literal["enacted", "delegated", "assumed"]
BASES: frozenset[str] = frozenset(get_args(Basis))


@dataclass(frozen=True, slots=True)
class Source:
    """Who decided: a document, the clause in it (or its number), and what to know about the reading."""

    document: str
    clause: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of an entry from ``since`` on; ``overridden`` when the bureau entered it on the site."""

    since: date
    value: Any
    basis: Basis
    source: Source
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter with all its values, earliest first."""

    key: str
    label: str
    unit: str
    values: tuple[Dated, ...]
    paid_to: str = ""
    note: str = ""

    @property
    def first_date(self) -> date:
        return self.values[0].since


@dataclass(frozen=True, slots=True)
class Value:
    """What an entry says on a date; it holds on ``[since, until)``, None = until further notice."""

    key: str
    label: str
    unit: str
    value: Any
    basis: Basis
    source: Source
    since: date
    until: date | None = None
    overridden: bool = False

    @property
    def assumed(self) -> bool:
        """Nobody decided this: it is our default, and shown as such wherever its result is shown."""
        return self.basis == "assumed"

    def as_dict(self) -> dict[str, Any]:
        """The value as a receipt or a page keeps it: JSON types only."""
        source = {"document": self.source.document, "clause": self.source.clause, "note": self.source.note}
        return {
            "key": self.key,
            "label": self.label,
            "unit": self.unit,
            "value": dump(self.value),
            "basis": self.basis,
            "source": source,
            "since": self.since.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Override:
    """A value the bureau decided for itself. ``value`` is JSON as the YAML would write it."""

    key: str
    since: date
    value: Any
    basis: str
    source: Source | Mapping[str, str]


class Book:
    """Entries by key. Build one with :func:`load_book`."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.key: entry for entry in sorted(entries, key=lambda entry: entry.key)}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, sorted by key."""
        return tuple(self._entries.values())

    def entry(self, key: str) -> Entry:
        """The entry of ``key``; ``UnknownKey`` when the book has none."""
        try:
            return self._entries[key]
        except KeyError:
            raise UnknownKey(key) from None

    def first_date(self, key: str) -> date:
        """The first day ``key`` has a value."""
        return self.entry(key).first_date

    def at(self, key: str, on: date) -> Value:
        """The value of ``key`` on a day; ``NotInForce`` before its first one, ``UnknownKey`` for no entry."""
        entry = self.entry(key)
        place = bisect_right(entry.values, on, key=lambda dated: dated.since)
        if place == 0:
            raise NotInForce(key, entry.label, on, entry.first_date)
        dated = entry.values[place - 1]
        until = entry.values[place].since if place < len(entry.values) else None
        return Value(
            key,
            entry.label,
            entry.unit,
            dated.value,
            dated.basis,
            dated.source,
            dated.since,
            until,
            dated.overridden,
        )

    def calendars(self) -> dict[int, tuple[frozenset[date], frozenset[date]]]:
        """Year → (days off, make-up days) of every year whose working days are loaded."""
        years = (entry.values[-1].value for entry in self if entry.key.startswith(CALENDAR))
        return {year.year: (year.days_off, year.makeup_days) for year in years}

    def overlaid(self, overrides: Iterable[Override]) -> "Book":
        """This book with the bureau's values laid over it, checked like the shipped ones.

        An override replaces the value of the same date (of two overrides the later one given wins) and
        silences shipped *assumed* values of later dates: those are defaults only until the bureau speaks.
        A key of a family, such as the calendar of another year, may be new.  Raises ``PolicyError``.
        """
        by_key: dict[str, dict[date, Dated]] = {}
        for override in overrides:
            by_key.setdefault(override.key, {})[override.since] = _dated_override(override)
        if not by_key:
            return self
        changed = {key: _overlay(self._entries.get(key), key, values) for key, values in by_key.items()}
        book = Book({**self._entries, **changed}.values())
        check_references(
            ((entry.key, [dated.value for dated in entry.values]) for entry in book), file="override"
        )
        return book

    def digest(self, keys: Iterable[str] | None = None) -> str:
        """SHA-256 of the values, bases and sources of ``keys`` (None: the whole book)."""
        chosen = sorted(self._entries if keys is None else set(keys))
        content = [
            [
                key,
                [
                    [
                        dated.since.isoformat(),
                        dump(dated.value),
                        dated.basis,
                        dated.source.document,
                        dated.source.clause,
                    ]
                    for dated in self.entry(key).values
                ],
            ]
            for key in chosen
        ]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _dated_override(override: Override) -> Dated:
    source = override.source if isinstance(override.source, Source) else Source(**override.source)
    where = {"file": "override", "key": override.key, "on": override.since}
    if override.basis not in BASES:
        raise PolicyError(f"basis {override.basis!r} is none of enacted, delegated, assumed", **where)  # type: ignore[arg-type]
    if not source.document.strip():
        raise PolicyError("a value needs the document it rests on", **where)  # type: ignore[arg-type]
    value = read_value(override.key, override.value, file="override", on=override.since)
    return Dated(override.since, value, override.basis, source, overridden=True)  # type: ignore[arg-type]


def _overlay(entry: Entry | None, key: str, values: dict[date, Dated]) -> Entry:
    if entry is None:
        family = family_of(key)
        if family is None:
            raise PolicyError("unknown key", file="override", key=key)
        entry = Entry(key, family.label.format(member=key.removeprefix(family.prefix)), family.unit, ())
    first = min(values)
    kept = {
        dated.since: dated
        for dated in entry.values
        if dated.overridden or dated.basis != "assumed" or dated.since < first
    }
    merged = {**kept, **values}
    return replace(entry, values=tuple(merged[since] for since in sorted(merged)))


def _read_book(folder: Traversable) -> Book:
    entries: dict[str, Entry] = {}
    for file, key, document in read_entries(folder):
        values = tuple(
            Dated(
                since,
                read_value(key, dated.value, file=file, on=since),
                dated.basis,
                Source(dated.source.document, dated.source.clause, dated.source.note),
            )
            for since, dated in document.values.items()
        )
        entries[key] = Entry(key, document.label, document.unit, values, document.paid_to, document.note)
    check_references(
        ((key, [dated.value for dated in entry.values]) for key, entry in entries.items()), file=str(folder)
    )
    return Book(entries.values())


@cache
def _shipped_book() -> Book:
    return _read_book(files("talent.policy"))


def load_book(folder: Traversable | None = None) -> Book:
    """The shipped book, read once per process; ``folder`` reads another set of files afresh.

    Raises ``PolicyError`` naming file, key and date.
    """
    return _shipped_book() if folder is None else _read_book(folder)
