"""A school's names and kinds over time. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Past:
    """A name and a kind held until ``valid_to`` (None: the last ones, on the school's own row)."""

    valid_to: date | None
    name: str
    kind: str
    id: int = 0
    version: int = 1


@dataclass(slots=True)
class Renaming:
    """What a rename does: values of the school's own row, a past to add, pasts to change."""

    last: Mapping[str, str] = field(default_factory=dict)
    added: Past | None = None
    changed: list[tuple[Past, Mapping[str, str]]] = field(default_factory=list)


def renamed(pasts: Sequence[Past], last: Past, said: Mapping[str, str], effective: date) -> Renaming:
    """From ``effective`` until it next changed, the school is what ``said`` says; ``pasts`` by their ends.

    What came before stays, and so does a later change of the same thing.
    """
    holding, *later = [*(past for past in pasts if past.valid_to is not None and past.valid_to > effective), last]
    before = _as_said(holding)
    left = {name: value for name, value in said.items() if before[name] != value}
    done = Renaming()
    if left and all(past.valid_to != effective for past in pasts):
        done.added = Past(effective, holding.name, holding.kind)
    for past in (holding, *later):
        left = {name: value for name, value in left.items() if _as_said(past)[name] == before[name]}
        if left and past is last:
            done.last = left
        elif left:
            done.changed.append((past, left))
    return done


def _as_said(past: Past) -> dict[str, str]:
    return {"name": past.name, "kind": past.kind}
