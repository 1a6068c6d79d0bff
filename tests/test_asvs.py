"""The table of OWASP ASVS 5.0, levels 1 and 2: complete, without blanks, and every test it names exists."""

import ast
import csv
import re
from collections import Counter
from pathlib import Path

from talent.core.config import Settings

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "security" / "asvs.csv"
STATES = {"pass", "partial", "n/a", "open"}


def rows() -> list[dict[str, str]]:
    with open(TABLE, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_requirement_has_its_row() -> None:
    table = rows()
    assert len({row["id"] for row in table}) == len(table) == 253
    assert Counter(row["level"] for row in table) == {"1": 70, "2": 183}
    assert [row["id"] for row in table if not re.fullmatch(r"V\d+\.\d+\.\d+", row["id"])] == []


def test_no_cell_is_blank_and_every_state_is_known() -> None:
    for row in rows():
        assert list(row) == ["id", "level", "status", "evidence", "note"]
        assert all(value and value == value.strip() for value in row.values()), row
        assert row["status"] in STATES, row
        if row["status"] in ("pass", "partial"):
            assert row["evidence"] != "—", row


def test_what_is_named_exists() -> None:
    for row in rows():
        path, _, name = row["evidence"].partition("::")
        if path == "—":
            continue
        assert (ROOT / path).is_file(), row
        if name:
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, row


def test_settings_named_exist() -> None:
    known = {f"TALENT_{name}".upper() for name in Settings.model_fields}
    texts = [*(row["note"] for row in rows()), (TABLE.parent / "accounts.md").read_text(encoding="utf-8")]
    named = {setting for text in texts for setting in re.findall(r"TALENT_[A-Z0-9_]+(?<!_)(?!\w|\*|_)", text)}
    assert named - known == set()
