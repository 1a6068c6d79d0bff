"""How long the terminal lets a person wait for its help, against a bare program of the same library."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from talent.bench.measure import WALL, Figure, Setting, compared, expect, in_turn, timed

#: The folder that holds the package, installed or not: ``-m`` looks in the folder it is started in.
_AROUND = Path(__file__).resolve().parents[2]
_BARE = """
import click
main = click.Group()
for number in range({verbs}):
    main.add_command(click.Command(f"verb{{number}}", help="What it does."))
main()
"""


def help_text(setting: Setting) -> list[Figure]:
    """``help``: ``talent --help`` from start to end of the process."""
    ours = [sys.executable, "-m", "talent", "--help"]
    bare = [sys.executable, "-c", _BARE.format(verbs=_verbs()), "--help"]
    starts = setting.size.starts
    return [compared("help", *in_turn(setting.rounds, lambda: _wait(ours, starts), lambda: _wait(bare, starts)),
                     "wall s", "≤ 2")]


def _verbs() -> int:
    """How many verbs the program shows; asked of another process, since the terminal is a floor above this room."""
    count = "from talent.cli import VERBS; print(len(VERBS))"
    return int(subprocess.run(  # noqa: S603 our own interpreter and words
        [sys.executable, "-c", count], cwd=_AROUND, capture_output=True, check=True).stdout)


def _wait(command: Sequence[str], starts: int) -> float:
    """Seconds of one start, the mean of several."""
    with timed(WALL) as watch:
        for _ in range(starts):
            done = subprocess.run(command, cwd=_AROUND, capture_output=True, check=False)  # noqa: S603 our own commands
            expect(done.returncode == 0 and bool(done.stdout), "the help is printed")
    return watch.seconds / starts
