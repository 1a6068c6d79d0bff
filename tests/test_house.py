"""The plan of the house where import contracts alone cannot say it: the contracts name every room there is."""

import ast
import re
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


#: What a door may know of the database: which errors mean that it is away.
ASKS = {"talent.web.refusals": {"sqlalchemy.exc"}}


def asked_in(source: str) -> tuple[set[str], list[str]]:
    """The modules of SQLAlchemy that a source imports, and what it does with the session of a work itself."""
    nodes = list(ast.walk(ast.parse(source)))
    imported = {name for node in nodes for name in (
        [node.module or ""] if isinstance(node, ast.ImportFrom) else
        [alias.name for alias in node.names] if isinstance(node, ast.Import) else [])}
    return ({name for name in imported if name.split(".")[0] == "sqlalchemy"},
            [ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)
             and isinstance(node.value, ast.Attribute) and node.value.attr == "session"])


def test_the_pages_ask_the_database_nothing_themselves() -> None:
    files = list((ROOT / "talent" / "web").rglob("*.py"))
    found = {module(path): asked_in(path.read_text(encoding="utf-8")) for path in files}
    assert len(found) > 60
    assert {name: known for name, (known, _) in found.items() if known} == ASKS
    assert {name: asked for name, (_, asked) in found.items() if asked} == {}


def test_a_question_in_a_page_is_found() -> None:
    asked = "import sqlalchemy.orm\nfrom sqlalchemy import select\nwork.session.scalar(select(1)); session.get('lang')"
    assert asked_in(asked) == ({"sqlalchemy", "sqlalchemy.orm"}, ["work.session.scalar"])


def test_the_time_zone_is_the_settings_alone() -> None:
    """Doors ask the work or the program where a day begins."""
    makers = [module(path) for path in (ROOT / "talent").rglob("*.py") if "ZoneInfo(" in path.read_text("utf-8")]
    assert makers == ["talent.core.config"]


# ── what no line may do ──────────────────────────────────────────────────────────────────────────────────────


def test_the_linter_forbids_shells_and_evaluated_strings() -> None:
    """Only with a reason beside it may a line do what the rules named S forbid, and these none may at all."""
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"] and [code for code in lint["ignore"] if code.startswith("S")] == ["S101"]
    assert {name for name, codes in lint["per-file-ignores"].items() if "S" in codes} == {"tests/*"}
    for path in (ROOT / "talent").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "shell=True" not in source and "import pickle" not in source, path
        assert not re.search(r"noqa: S(102|301|307|602|605)", source), path


def test_the_script_writes_text_and_never_markup() -> None:
    script = (ROOT / "talent" / "static" / "talent.js").read_text(encoding="utf-8")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setTimeout\(['\"]"
    assert re.findall(forbidden, script) == [] and "textContent" in script
    assert re.findall(r"__proto__|\.prototype\b|setAttribute\(['\"]on", script) == []
