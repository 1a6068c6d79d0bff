"""How to measure: sides taken in turn, round after round; the ratio of each pair; the median and its spread."""

import gc
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

Result = TypeVar("Result")
Clock = Callable[[], float]

CPU: Clock = time.process_time
WALL: Clock = time.perf_counter
#: How a target begins: with the greatest ratio that meets it.
MOST = re.compile(r"≤ ([\d.]+)")


@dataclass(frozen=True, slots=True)
class Size:
    """How much work is measured; the defaults are those of the targets, tests take a handful of each."""

    cells_rows: int = 100_000
    training_rows: int = 100_000
    training_people: int = 2_000
    assignments: int = 20_000
    teachers: int = 5_000
    board_teachers: int = 6_000
    few: int = 10
    many: int = 10_000
    starts: int = 5
    storm_seconds: float = 12


@dataclass(frozen=True, slots=True)
class Setting:
    """What an entry is given: an empty folder of its own, the number of rounds, the amount of work."""

    folder: Path
    rounds: int
    size: Size


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured ratio. ``low`` and ``high`` are the least and the greatest of the rounds; ``ours`` and
    ``counterpart`` are medians in ``unit``; ``target`` is empty where none was set."""

    name: str
    ratio: float
    low: float
    high: float
    ours: float
    counterpart: float
    unit: str
    target: str

    @property
    def missed(self) -> bool:
        """Whether this measurement stays behind its target."""
        most = MOST.match(self.target)
        return most is not None and self.ratio > float(most[1])

    def cells(self) -> tuple[str, ...]:
        """The figure as the texts of a line; the target says so where it was missed this time."""
        return (self.name, f"{self.ratio:.2f}", f"({self.low:.2f}–{self.high:.2f})", f"{self.ours:.4g}",
                f"{self.counterpart:.4g}", self.unit, f"{self.target}, missed" if self.missed else self.target)


def compared(name: str, ours: Sequence[float], bare: Sequence[float], unit: str, target: str = "") -> Figure:
    """The figure of both sides' rounds: the median of the ratios within each round, not the ratio of medians, so that
    a slow minute of the machine, which both sides of a round share, cancels out."""
    ratios = [mine / its for mine, its in zip(ours, bare, strict=True)]
    return Figure(name, median(ratios), min(ratios), max(ratios), median(ours), median(bare), unit, target)


def in_turn(
    rounds: int, ours: Callable[[], Result], bare: Callable[[], Result]
) -> tuple[list[Result], list[Result]]:
    """Both sides once a round; who goes first changes, so that neither always finds the caches warm."""
    mine: list[Result] = []
    its: list[Result] = []
    sides = [(ours, mine), (bare, its)]
    for _ in range(rounds):
        for side, results in sides:
            results.append(side())
        sides.reverse()
    return mine, its


@dataclass(slots=True)
class Stopwatch:
    """What :func:`timed` measured, in seconds; 0 until its block has ended."""

    seconds: float = 0.0


@contextmanager
def timed(clock: Clock = CPU) -> Iterator[Stopwatch]:
    """Time a block: ``with timed() as watch: …``. The rubbish of what came before is collected first."""
    gc.collect()
    watch, started = Stopwatch(), clock()
    yield watch
    watch.seconds = clock() - started


class Misled(RuntimeError):
    """The work measured did not do what the figure would claim."""


def expect(fulfilled: bool, claim: str) -> None:
    """Raise :class:`Misled` unless the work did what it is timed for."""
    if not fulfilled:
        raise Misled(claim)
