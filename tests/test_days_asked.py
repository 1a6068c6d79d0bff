"""A day the calendar cannot reckon around is wrong usage on the command line, never a traceback."""

import pytest
from click.testing import CliRunner

from talent.cli import main


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "verb",
    [
        ["hours", "--on"],
        ["indicators", "--on"],
        ["tiers", "pyramid", "--on"],
        ["portraits", "build", "--as-of"],
        ["notice-end", "--workdays", "5", "--published"],
    ],
)
def test_a_day_outside_the_calendar_is_wrong_usage(verb: list[str], day: str) -> None:
    answer = CliRunner().invoke(main, [*verb, day])

    assert answer.exit_code == 2
    assert day in answer.stderr
