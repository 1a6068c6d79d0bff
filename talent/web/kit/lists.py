"""Lists: the page asked for, the filters in use, and addresses that keep both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request

T = TypeVar("T")


def url_with(**changes: Any) -> str:
    """This page's address with its query changed: None removes a key, and any change begins at page 1."""
    query = {key: value for key, value in request.args.items() if key != "page"}
    query |= {key: value for key, value in changes.items() if value is not None}
    kept = {key: value for key, value in query.items() if not (key in changes and changes[key] is None)}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: ``number`` from 1, ``size`` rows at most, ``total`` rows in all."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Position of the first row shown, 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """Position of the last row shown."""
        return (self.number - 1) * self.size + len(self.items) if self.items else 0

    def url(self, number: int) -> str:
        """Address of page ``number`` with the same filters."""
        return url_with(page=number if number > 1 else None)

    @property
    def previous_url(self) -> str:
        """Address of the page before, "" on the first."""
        return self.url(self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        """Address of the page after, "" on the last."""
        return self.url(self.number + 1) if self.number < self.pages else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page the reader asked for, as a query wants it."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """Rows to skip."""
        return (self.number - 1) * self.size

    def page(self, items: Sequence[T], total: int) -> Page[T]:
        """The page once its rows are known."""
        return Page(items, self.number, self.size, total)


#: No list is longer; a larger number would leave the integers of the database.
LAST_PAGE = 1_000_000


def asked_page(size: int = 50) -> Asked:
    """``?page=`` of this request; anything that is no page number is the first."""
    number = request.args.get("page", 1, type=int)
    return Asked(number if 0 < number < LAST_PAGE else 1, size)


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing to narrow a list by; without ``options`` it is a text to search for."""

    name: str
    label: str
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, and the address without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list with what was chosen. ``sort`` is a column key, ``-`` before it descends."""

    offered: Sequence[Filter]
    chosen: Mapping[str, str]
    sort: str = ""

    @classmethod
    def read(cls, offered: Sequence[Filter], sortable: Sequence[str] = (), default: str = "") -> "Filters":
        """From this request; values not offered are ignored, so an old bookmark still opens."""
        chosen = {}
        for item in offered:
            value = request.args.get(item.name, "").strip()
            if value and (not item.options or value in dict(item.options)):
                chosen[item.name] = value
        sort = request.args.get("sort", "")
        return cls(offered, chosen, sort if sort.lstrip("-") in sortable else default)

    def __getitem__(self, name: str) -> str:
        """What was chosen for ``name``, "" for nothing."""
        return self.chosen.get(name, "")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What else the address says, such as the year, which a choice leaves as it is."""
        own = {"page", "sort", *(item.name for item in self.offered)}
        return [(name, value) for name, value in request.args.items() if name not in own]

    @property
    def chips(self) -> list[Chip]:
        """The filters in use, in the order offered."""
        return [
            Chip(
                item.label,
                dict(item.options).get(self[item.name], self[item.name]),
                url_with(**{item.name: None}),
            )
            for item in self.offered
            if self[item.name]
        ]

    @property
    def clear_url(self) -> str:
        """This list without any of its filters."""
        return url_with(**dict.fromkeys(item.name for item in self.offered))

    def sort_url(self, key: str) -> str:
        """Address sorted by ``key``; asked again it turns round."""
        return url_with(sort=f"-{key}" if self.sort == key else key)
