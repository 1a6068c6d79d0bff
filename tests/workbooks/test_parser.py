"""What the child that reads old workbooks says is read as plain data, whatever it is."""

import json
import pickle
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from talent.workbooks import parser
from talent.workbooks.guard import FileRefused
from talent.workbooks.parser import Parsed, heard

CELLS = [None, "工号", "", True, 7, -1, 0.1, 1e300, date(2026, 9, 8), datetime(2026, 9, 8, 9, 30, 1, 5), time(23, 59),
         timedelta(days=-2, microseconds=3), timedelta(hours=30)]


class Bomb:
    """What a pickle may do when it is read."""

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path("taken"),)


def test_every_cell_comes_back_as_it_was() -> None:
    sheets = [Parsed("表一", True, 2, [CELLS, []], [(0, 1, 2, 3)]), Parsed("空", False, 0, [], [])]
    told = heard(json.dumps(sheets, default=parser._in_words).encode())
    assert told == sheets
    assert [type(cell) for cell in told[0].rows[0]] == [type(cell) for cell in CELLS]


@pytest.mark.parametrize(("said", "code"), [
    (b'{"refused": "workbooks.encrypted", "params": {}}', "workbooks.encrypted"),
    (b'{"refused": "workbooks.too_many_rows", "params": {"limit": 9, "x": "{0}"}}', "workbooks.too_many_rows"),
    (b'{"refused": "pay.anything", "params": {}}', "workbooks.damaged"),
    (b'{"refused": ["x"], "params": {}}', "workbooks.damaged"),
    (b"{}", "workbooks.damaged"), (b"", "workbooks.damaged"), (b"[1]", "workbooks.damaged"),
    (b"[" * 100_000, "workbooks.damaged"),
    ('[["表", false, 0, [[["d", "2026-99-01"]]], []]]'.encode(), "workbooks.damaged"),
    ('[["表", false, 0, [[["x", "1"]]], []]]'.encode(), "workbooks.damaged"),
    ('[["表", false, 0, [[["s", "9999999999999999999999"]]], []]]'.encode(), "workbooks.damaged"),
    ('[["表", false, 0, [[{"a": 1}]], []]]'.encode(), "workbooks.damaged"),
    ('[["表", false, 0, [], [[1, 2]]]]'.encode(), "workbooks.damaged"),
    (pickle.dumps(Bomb()), "workbooks.damaged"),
])
def test_a_child_that_was_taken_over_can_only_be_refused(
    said: bytes, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileRefused) as refused:
        heard(said)
    assert refused.value.code == code
    assert set(refused.value.params) <= {"limit"}
    assert list(tmp_path.iterdir()) == []
