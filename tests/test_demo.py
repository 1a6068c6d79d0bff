"""The sample district by the ordinary import: seeds nobody tuned it to, out and in again without a change."""

from datetime import date
from pathlib import Path

import pytest

from talent.cli.demo import compute, import_steps
from talent.core.access import operator
from talent.core.work import Program
from talent.exchange.commands import load
from talent.exchange.export import export_workbook
from talent.exchange.kinds import BY_CODE
from talent.exchange.reading import read_files
from talent.sample import build
from talent.workbooks.guard import COMMAND_LINE

TODAY = date(2026, 9, 8)


@pytest.mark.parametrize("seed", [41, 977])
def test_a_district_comes_in_is_computed_and_goes_out_unchanged(program: Program, tmp_path: Path, seed: int) -> None:
    steps = build(tmp_path / "sample", seed=seed, teachers=60, today=TODAY)
    first = import_steps(program, steps)
    assert first.added > 2_000 and first.unchanged == 0
    again = import_steps(program, steps)
    assert (again.added, again.updated, again.unchanged) == (0, 0, again.rows)
    assert len(compute(program, TODAY)) == 5
    path = tmp_path / "全部.xlsx"
    with program.begin(operator()) as work:
        exported = export_workbook(work, list(BY_CODE), path)
    with program.begin(operator()) as work:
        outcome = load(work, read_files([path], COMMAND_LINE), as_of=None)
    assert [issue for issue in outcome.issues if issue.level == "error"] == []
    assert (outcome.changes, sum(sheet["unchanged"] for sheet in outcome.sheets())) == (0, exported)
