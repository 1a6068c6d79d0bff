"""Knocking one guard out of the running program: a line of a function is replaced, in place, for one child process."""

import ast
import importlib
import inspect
import os
import textwrap
import traceback
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Sweep:
    """The sweep of strangers' things as one role, over the addresses whose entry in the matrix holds one of these."""

    role: str
    entries: tuple[str, ...]

    def __str__(self) -> str:
        return f"the sweep as {self.role} of {', '.join(self.entries)}"


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of the access matrix."""

    role: str
    entries: tuple[str, ...]

    def __str__(self) -> str:
        return f"the matrix as {self.role} of {', '.join(self.entries)}"


@dataclass(frozen=True, slots=True)
class These:
    """Tests by their address."""

    ids: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.ids)


Check = Sweep | Cells | These


@dataclass(frozen=True, slots=True)
class Guard:
    """``was`` stands once in the function at ``place``; ``now`` in its stead lets through what it stopped."""

    name: str
    place: str
    was: str
    now: str
    caught_by: Check


def function_at(place: str) -> types.FunctionType:
    """``package.module:name`` or ``package.module:Class.name``, without what decorators laid around it."""
    module, _, path = place.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = inspect.getattr_static(found, name)
    found = getattr(found, "__func__", found)
    found = inspect.unwrap(found)
    assert isinstance(found, types.FunctionType), place
    return found


def knock_out(guard: Guard) -> None:
    """Give the function the code it would have without the guard: whoever imported it by name has it too."""
    function = function_at(guard.place)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(guard.was) == 1, f"{guard.name}: the guard stands {source.count(guard.was)} times"
    tree = ast.parse(source.replace(guard.was, guard.now))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    made: dict[str, Any] = {}
    exec(compile(tree, f"<{guard.name}>", "exec"), function.__globals__, made)  # our own source, one line changed
    function.__code__ = made[definition.name].__code__


def in_a_child(act: Callable[[], bool]) -> bool:
    """What ``act`` answers in a process of its own, whose changes end with it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            answer = str(act())
        except BaseException:  # the parent tells of it
            answer = traceback.format_exc()
        finally:
            os.write(writing, answer[-4000:].encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    assert told in ("True", "False"), told
    return told == "True"


def passes(ids: tuple[str, ...]) -> bool:
    """Whether these tests pass over SQLite; a test that is not there is no test."""
    code = pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-k", "not postgresql", *ids])
    assert code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED), code
    return code == pytest.ExitCode.OK
