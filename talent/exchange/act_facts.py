"""What acts on people and schools are made of: what is asked, whom an act finds, what it would do."""

from dataclasses import dataclass, field
from datetime import date

from talent.core.errors import Finding
from talent.exchange.one_row import Typed
from talent.exchange.preview import Cell
from talent.people.rules import Act, Held, held_on, possible
from talent.people.service import status_on


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for: the act, its day (None for a correction), the roster columns it fills, why.

    ``carried``: later periods that only went on with the old go on with the new.
    """

    act: str
    on: date | None = None
    values: Typed = field(default_factory=dict)
    reason: str = ""
    document_no: str = ""
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an act would do: sentences, old and new values, and the seal of exactly this outcome.

    ``later``: there are later periods that went on with what changes, so the choice to carry it on can be offered.
    """

    effects: tuple[Finding, ...]
    cells: tuple[Cell, ...]
    seal: str
    later: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A person as an act finds them. ``periods`` sorted, with the code of each one's school beside."""

    id: int
    staff_no: str
    name: str
    former_name: str
    periods: tuple[Held, ...]
    codes: tuple[str, ...]

    def status(self, on: date) -> str | None:
        """The status of the day, None without a period."""
        held = held_on(self.periods, on)
        return None if held is None else status_on(held.status, held.left_on, on)

    def school_code(self, on: date | None) -> str:
        """The school of the day; of the last period where no day is meant."""
        held = held_on(self.periods, on) if on is not None else self.periods[-1]
        return self.codes[self.periods.index(held)] if held is not None else self.codes[0]

    def later(self, on: date | None) -> tuple[Held, ...]:
        """The periods that begin after the day."""
        return tuple(held for held in self.periods if on is not None and held.since is not None and held.since > on)

    def possible(self, on: date) -> tuple[Act, ...]:
        """The acts that can be done on the day."""
        return possible(self.status(on))
