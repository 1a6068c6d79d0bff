"""The plan of the house where import contracts alone cannot say it: the contracts name every room there is."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def contract(name: str) -> dict[str, Any]:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return next(each for each in linter["contracts"] if each["name"] == name)


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_every_room_has_its_floor() -> None:
    assert contract("Imports only fall")["exhaustive"] is True


def test_every_rules_room_is_named_as_pure() -> None:
    rooms = {module(path) for path in (ROOT / "talent").glob("*/*rules.py")}
    assert len(rooms) > 10
    assert rooms - set(contract("Rules are pure")["source_modules"]) == set()


def test_what_is_named_as_pure_is_there() -> None:
    named = contract("Rules are pure")["source_modules"]
    assert [room for room in named if not (ROOT / f"{room.replace('.', '/')}.py").is_file()] == []
    assert len(named) == len(set(named))
