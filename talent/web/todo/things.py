"""A thing to do, and whoever looks for what waits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from talent.core.access import Actor
from talent.core.work import Work


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do. ``due`` is its last day; without one, ``since`` says how long it has waited.

    ``group`` is the family of pages it belongs to, ``url`` is "" where no page can do it yet.
    """

    what: str
    why: str
    whom: str
    group: str
    url: str = ""
    act: str = ""
    due: date | None = None
    since: date | None = None
    detail: str = ""


@dataclass(frozen=True)
class Look:
    """Whose things, and where the clock stands."""

    work: Work

    @property
    def actor(self) -> Actor:
        return self.work.actor

    def day(self, moment: datetime | None) -> date | None:
        """The local day of a moment."""
        return moment.astimezone(self.work.zone).date() if moment else None


Source = Callable[[Look], Iterable[Thing]]


def grouped(found: Iterable[Thing], today: date) -> dict[str, list[Thing]]:
    """``today``: due by now, or waiting for nothing but a decision; ``week``: due by Sunday; ``later``: the rest."""
    sunday = today + timedelta(days=6 - today.weekday())
    groups: dict[str, list[Thing]] = {"today": [], "week": [], "later": []}
    for thing in found:
        if thing.due is None:
            groups["today" if thing.since else "later"].append(thing)
        else:
            groups["today" if thing.due <= today else "week" if thing.due <= sunday else "later"].append(thing)
    return groups
