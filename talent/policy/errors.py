"""What the policy book refuses, always by name. The room imports nothing of the program: hence its own."""

from collections.abc import Mapping
from datetime import date
from typing import Any


class PolicyError(ValueError):
    """A value that cannot be taken into the book.

    ``file`` is the YAML file (or ``override``), ``key`` and ``on`` say where, ``problem`` says what is wrong;
    ``kind`` names the problem, ``place`` the part of the value, and ``facts`` are its particulars, for whoever words it
    in another language.
    """

    def __init__(
        self, problem: str, *, file: str, key: str = "", on: date | None = None, kind: str = "", place: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.problem = problem
        self.kind, self.place, self.facts = kind, place, dict(facts or {})
        self.file = file
        self.key = key
        self.on = on
        place = " · ".join(str(part) for part in (file, key, on) if part)
        super().__init__(f"{place}: {problem}")


class UnknownKey(LookupError):
    """The book has no entry of this name: a typing error in code, or a working-day calendar not loaded."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"no policy entry {key!r}")


class NotInForce(LookupError):
    """The entry has no value yet on the day asked for; ``first`` is the first day it has one."""

    def __init__(self, key: str, label: str, on: date, first: date) -> None:
        self.key = key
        self.label = label
        self.on = on
        self.first = first
        super().__init__(f"{key} ({label}) has no value on {on}; its first day is {first}")
