"""No floating point in money: the syntax tree of every pay module and of core.money says so (rules §2.2)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import talent.core.money
import talent.pay

MONEY = Path(talent.core.money.__file__)
FLOATING = {"math", "numpy", "pandas", "random", "statistics"}
MODULES = [MONEY, *sorted(Path(talent.pay.__file__).parent.rglob("*.py"))]


def inexact(tree: ast.AST) -> Iterator[str]:
    """Everything that makes or reads a float: literals, the name itself, ``/``, ``math`` but its ``floor`` and ``lcm``.

    True division is refused outright, also between fractions: ``Fraction(a, b)`` says the same and cannot
    turn into a float when both happen to be integers.
    """
    for node in ast.walk(tree):
        at = f"line {getattr(node, 'lineno', '?')}"
        match node:
            case ast.Constant(value=float() | complex()):
                yield f"{at}: float literal {node.value!r}"
            case ast.Name(id="float" | "complex"):
                yield f"{at}: {node.id}"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield f"{at}: true division"
            case ast.Attribute(attr="truediv" | "fsum" | "total_seconds" | "timestamp"):
                yield f"{at}: .{node.attr}"
            case ast.Import(names=names) if FLOATING & {name.name for name in names}:
                yield f"{at}: import of a floating module"
            case ast.ImportFrom(module="math", names=names) if {name.name for name in names} - {"floor", "lcm"}:
                yield f"{at}: import from math"
            case ast.ImportFrom(module=module) if module in FLOATING - {"math"}:
                yield f"{at}: import of a floating module"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_float(path: Path) -> None:
    assert list(inexact(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = 0.5",
        "x = float(1)",
        "x = a / b",
        "x /= 2",
        "from math import sqrt",
        "import numpy",
        "x: float = 1",
        "1e2",
    ],
)
def test_the_check_sees(source: str) -> None:
    assert list(inexact(ast.parse(source)))


def test_the_check_lets_exact_arithmetic_pass() -> None:
    source = "from fractions import Fraction\nfrom math import floor\nx = floor(Fraction(1, 3) * 7) // 2"
    assert list(inexact(ast.parse(source))) == []
