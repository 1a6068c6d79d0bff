"""Every measurement does its work at a small size. What it measures is for the terminal, never for a test."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from talent.bench import ENTRIES, measure, run
from talent.bench.measure import Misled, Size

TINY = Size(cells_rows=40, training_rows=60, training_people=12, assignments=60, teachers=300, board_teachers=120,
            few=10, many=60, starts=1, storm_seconds=1)


@pytest.fixture(autouse=True)
def only_its_own_garbage() -> Iterator[None]:
    """A measurement collects garbage between its sides; that of all other tests is none of its business."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_measures_real_work(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "figures.json"
    figures = run((name,), 1, output, TINY)
    assert figures
    assert all(figure.name.startswith(name) and figure.ours > 0 and figure.counterpart > 0 for figure in figures)
    assert all(figure.ours == figure.counterpart <= 15 for figure in figures if figure.unit == "statements")
    assert [figure["name"] for figure in json.loads(output.read_text())["figures"]] == [each.name for each in figures]
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed] == ["name", *(figure.name for figure in figures)]


@pytest.mark.parametrize(("names", "rounds"), [(("pay", "no-such"), 1), ((), 0)])
def test_a_wrong_call_says_what_there_is(names: tuple[str, ...], rounds: int) -> None:
    with pytest.raises(click.BadParameter):
        run(names, rounds, None, TINY)


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    figure = measure.compared("x", [2.0, 8.0, 3.0], [1.0, 2.0, 2.0], "CPU s", "≤ 2")
    assert figure.cells() == ("x", "2.00", "(1.50–4.00)", "3", "2", "CPU s", "≤ 2")


@pytest.mark.parametrize(("ratio", "target", "told"), [
    (1.3, "≤ 1.3", "≤ 1.3"), (1.31, "≤ 1.3", "≤ 1.3, missed"), (9.0, "", ""),
    (0.6, "≤ 0.5, 0 rows", "≤ 0.5, 0 rows, missed")])
def test_a_target_is_missed_by_what_was_measured(ratio: float, target: str, told: str) -> None:
    assert measure.compared("x", [ratio], [1.0], "CPU s", target).cells()[-1] == told


def test_the_sides_take_turns_and_change_places() -> None:
    order: list[str] = []
    measure.in_turn(2, lambda: order.append("ours"), lambda: order.append("bare"))
    assert order == ["ours", "bare", "bare", "ours"]


def test_work_that_was_not_done_is_no_figure() -> None:
    with pytest.raises(Misled, match="60 rows are added"):
        measure.expect(False, "60 rows are added")
