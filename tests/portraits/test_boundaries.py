"""What a portrait must never reach: pay, titles and tiers; and what a page must never import."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import talent

PACKAGE = Path(talent.__file__).parent
DECIDING = ("pay", "tiers", "people", "training", "achievements", "assistance", "accounts", "settings", "exchange")


def sources(folder: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((PACKAGE / folder).rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    names = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("folder", DECIDING)
def test_nothing_that_decides_about_people_reads_a_portrait(folder: str) -> None:
    for path, tree in sources(folder):
        assert not [name for name in imported(tree) if name.startswith("talent.portraits")], path
        assert "portrait_" not in path.read_text(encoding="utf-8"), f"{path} names a table of portraits"


def test_portraits_change_nothing_but_their_own_tables() -> None:
    """They call no command of another room, and insert or update nothing but portraits (and ask for their job)."""
    for path, tree in sources("portraits"):
        foreign = [name for name in imported(tree) if name.startswith("talent.") and "portraits" not in name]
        assert not [name for name in foreign if name.endswith((".commands", ".intake"))], path
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("insert", "update"):
                target = node.args[0]
                assert isinstance(target, ast.Name) and target.id.startswith("Portrait"), (path, node.lineno)


def test_pages_start_without_scikit_learn_and_pandas() -> None:
    """They read stored results: importing the whole site, portraits included, takes none of the heavy libraries."""
    code = "import sys, talent.app, talent.portraits.queries, talent.portraits.runs, talent.portraits.publication; " \
           "print(sorted({'sklearn', 'pandas', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
