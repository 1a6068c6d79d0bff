"""Whom a teacher is compared with: same stage, subject and career band; wider where that would be too few.

Only sizes, quartiles and medians of a cell are kept, and the share of peers below somebody: no extreme, no name.
Cells are for display alone and never reach the method.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from talent.portraits.features import FloatArray
from talent.portraits.rules import open_cells

Cell = tuple[str, ...]
"""(stage, subject, band); a wider one has "" for what it does not ask; () shows nothing."""

_NOWHERE: Cell = ("?",)
_WIDENING = ((True, False, False), (True, False, True), (True, True, True))
"""Which parts a cell asks, from the widest: stage; stage and band; all three."""


@dataclass(frozen=True, slots=True)
class Peers:
    """Cells by key; each teacher's key, "" for none; the share of peers below, teachers × dimensions."""

    cells: Mapping[str, Mapping[str, Any]]
    keys: tuple[str, ...]
    below: FloatArray


def cells_of(full: Sequence[Cell], least: int) -> list[Cell]:
    """The narrowest open cell of each teacher, from (stage, subject, band) with "" where not known.

    A wider cell holds everybody of its kind, also those whom a narrower one shows; so what is left of it when the
    narrower ones are taken away must not be few either. Judged from above: in a closed cell nothing narrower opens.
    """
    chains = [[_widened(cell, keep) for keep in _WIDENING] for cell in full]
    opened: set[Cell] = {()}
    for level in range(len(_WIDENING)):
        sizes: dict[Cell, Counter[Cell]] = {}
        for chain in chains:
            parent = chain[level - 1] if level else ()
            if parent in opened:
                sizes.setdefault(parent, Counter())[chain[level]] += 1
        for children in sizes.values():
            opened |= open_cells(children, least, {_NOWHERE})
    return [next((cell for cell in reversed(chain) if cell in opened), ()) for chain in chains]


def _widened(cell: Cell, keep: tuple[bool, ...]) -> Cell:
    """The cell with the parts kept, or nowhere when one of them is not known."""
    if not all(part for part, kept in zip(cell, keep, strict=True) if kept):
        return _NOWHERE
    return tuple(part if kept else "" for part, kept in zip(cell, keep, strict=True))


def compare_with_peers(full: Sequence[Cell], scores: FloatArray, inputs: FloatArray, least: int) -> Peers:
    """Everybody's cell and standing; ``scores`` teachers × dimensions, ``inputs`` teachers × inputs. Of fewer than
    ``least`` people nothing is told."""
    shown = cells_of(full, least)
    members: dict[Cell, list[int]] = {cell: [] for cell in shown if cell}
    for cell in members:
        members[cell] = [place for place, of in enumerate(full) if _is_within(of, cell)]
    below = np.full(scores.shape, np.nan)
    cells = {}
    for cell, rows in members.items():
        cells[key_of(cell)] = {"size": len(rows), "quartiles": _quartiles(scores[rows], least),
                               "medians": _medians(inputs[rows], least)}
        mine = [place for place, of in enumerate(shown) if of == cell]
        below[mine] = _below(scores[mine], scores[rows], least)
    return Peers(cells, tuple(key_of(cell) for cell in shown), below)


def _is_within(full: Cell, cell: Cell) -> bool:
    return all(part in ("", own) for part, own in zip(cell, full, strict=True))


def key_of(cell: Cell) -> str:
    """A cell as the key it is stored under."""
    return "|".join(cell)


def _known(column: FloatArray) -> FloatArray:
    return column[~np.isnan(column)]


def _quartiles(scores: FloatArray, least: int) -> list[list[float] | None]:
    """25 % and 75 % of each dimension, None where it was collected of too few."""
    known = [_known(column) for column in scores.T]
    return [np.quantile(column, [0.25, 0.75]).tolist() if len(column) >= least else None for column in known]


def _medians(inputs: FloatArray, least: int) -> list[float | None]:
    known = [_known(column) for column in inputs.T]
    return [float(np.median(column)) if len(column) >= least else None for column in known]


def _below(mine: FloatArray, everyone: FloatArray, least: int) -> FloatArray:
    """Share of the others in the cell whose score is lower, per dimension."""
    shares = np.full(mine.shape, np.nan)
    for j, column in enumerate(everyone.T):
        known = np.sort(_known(column))
        if len(known) >= least:
            found = np.searchsorted(known, mine[:, j], side="left") / (len(known) - 1)
            shares[:, j] = np.where(np.isnan(mine[:, j]), np.nan, found)
    return shares
