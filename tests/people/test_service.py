"""Service from employments: what counts as served."""

from datetime import date

import pytest

from talent.core.periods import Period
from talent.people.service import LONG_LEAVE, Spell, served, status_on

A, B, C, D = (date(year, 9, 1) for year in (2018, 2020, 2022, 2024))


@pytest.mark.parametrize(("case", "spells", "in_service"), [
    ("never employed", [], []),
    ("on post since a day", [Spell(A, None, "on_post")], [Period(A)]),
    ("on post since ever", [Spell(None, None, "on_post")], [Period()]),
    ("retired", [Spell(A, B, "on_post"), Spell(B, None, "retired", B)], [Period(A, B)]),
    ("only the leaving is known", [Spell(A, None, "retired", C)], [Period(A, C)]),
    ("left with no day", [Spell(A, None, "resigned")], []),
    ("came back", [Spell(C, D, "seconded"), Spell(A, B, "on_post")], [Period(A, B), Period(C, D)]),
    ("left before the period opened", [Spell(B, None, "retired", A)], []),
])
def test_service(case: str, spells: list[Spell], in_service: list[Period]) -> None:
    assert served(spells) == in_service


def test_long_leave_can_be_left_out() -> None:
    spells = [Spell(A, B, "on_post"), Spell(B, C, "long_leave"), Spell(C, None, "on_post")]
    assert served(spells, without=(LONG_LEAVE,)) == [Period(A, B), Period(C)]


def test_who_leaves_later_is_still_on_post() -> None:
    assert [status_on("retired", B, day) for day in (A, B)] == ["on_post", "retired"]
    assert status_on("long_leave", None, A) == "long_leave"
