"""Three sample districts of different seed, size and day, written once and read back once."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from talent.sample import Login, Step, build, logins
from tests.sample.reading import Book, read


@dataclass(frozen=True)
class Written:
    """A district on disk: what was asked for, the steps, the workbooks read back, the logins."""

    seed: int
    teachers: int
    today: date
    steps: list[Step]
    books: list[Book]
    logins: list[Login]


@pytest.fixture(
    scope="session",
    params=[(2026, 300, date(2026, 11, 24)), (7, 60, date(2026, 9, 8)), (41, 60, date(2024, 2, 29))],
    ids=["seed 2026, 300 in November", "seed 7, 60 in September", "seed 41, 60 on a leap day"],
)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    seed, teachers, today = request.param
    folder: Path = tmp_path_factory.mktemp(f"sample{seed}")
    steps = build(folder, seed=seed, teachers=teachers, today=today)
    accounts = logins(seed=seed, teachers=teachers, today=today)
    return Written(seed, teachers, today, steps, [read(step) for step in steps], accounts)
