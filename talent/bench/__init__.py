"""Measurements of this program, each against the least that could do the same work, in one run on one machine.

A machine's seconds prove nothing on another; the ratio to a bare counterpart measured in turn does. Everything is
built in temporary folders on SQLite, whatever the environment says: no measurement touches a real home.
"""

import json
import platform
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from os import cpu_count
from pathlib import Path

import click

from talent.bench import imports, indicators, ledger, pages, pay, portraits, sign_in, start, workbooks
from talent.bench.measure import Figure, Setting, Size

#: Name → what measures it. In the order in which a run without names takes them.
ENTRIES: Mapping[str, Callable[[Setting], list[Figure]]] = {
    "read-xlsx": workbooks.reading,
    "parse-xlsx": workbooks.parsing,
    "import-training": imports.training,
    "pay": pay.year,
    "ledger": ledger.posted,
    "portraits": portraits.fit,
    "indicators": indicators.board,
    "statements": pages.statements,
    "pages": pages.growth,
    "sign-ins": sign_in.storm,
    "help": start.help_text,
}

FULL = Size()
HEADINGS = ("name", "ratio", "(min–max)", "ours", "counterpart", "unit", "target")


def run(names: Sequence[str], rounds: int, output: Path | None, size: Size = FULL) -> list[Figure]:
    """Measure the entries named (all when none are), print a line on each figure, write JSON to ``output``.

    Raises ``click.BadParameter`` for a name that is not an entry or fewer rounds than one.
    """
    unknown = sorted(set(names) - set(ENTRIES))
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}; 可测 · there are: {', '.join(ENTRIES)}")
    if rounds < 1:
        raise click.BadParameter(f"--rounds {rounds}: 至少一轮 · at least one")
    figures: list[Figure] = []
    click.echo(_line(HEADINGS))
    for name in names or ENTRIES:
        with tempfile.TemporaryDirectory(prefix="talent-bench-") as folder:
            for figure in ENTRIES[name](Setting(Path(folder), rounds, size)):
                figures.append(figure)
                click.echo(_line(figure.cells()))
    if output is not None:
        output.write_text(_document(figures, rounds, size), encoding="utf-8")
    return figures


def _line(cells: Sequence[str]) -> str:
    name, ratio, spread, ours, bare, unit, target = cells
    return f"{name:<24} {ratio:>6} {spread:<13} {ours:>10} {bare:>11} {unit:<10} {target}".rstrip()


def _document(figures: Sequence[Figure], rounds: int, size: Size) -> str:
    document = {
        "python": platform.python_version(), "system": platform.system(), "machine": platform.machine(),
        "processors": cpu_count(), "rounds": rounds, "size": asdict(size),
        "figures": [asdict(figure) for figure in figures],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
