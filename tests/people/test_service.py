"""Service from employments: what counts as served."""

from datetime import date

import pytest

from talent.core.periods import Period
from talent.people.service import LONG_LEAVE, Spell, away, last_day, presence, served, status_on

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


@pytest.mark.parametrize(("case", "spells", "out"), [
    ("on post", [Spell(A, None, "on_post")], ()),
    ("retired", [Spell(A, B, "on_post"), Spell(B, None, "retired", B)], (Period(B),)),
    ("only the leaving is known", [Spell(A, None, "retired", C)], (Period(C),)),
    ("left with no day", [Spell(A, B, "resigned")], (Period(A, B),)),
    ("leaves when the period is over", [Spell(A, B, "retired", B)], ()),
    ("came back", [Spell(A, B, "transferred_out", A), Spell(B, None, "on_post")], (Period(A, B),)),
    ("nobody knows when", [Spell(None, B, "resigned")], (Period(None, B),)),
])
def test_away(case: str, spells: list[Spell], out: tuple[Period, ...]) -> None:
    assert away(spells) == out


@pytest.mark.parametrize(("case", "spells", "day"), [
    ("on post", [Spell(A, None, "on_post")], None),
    ("retired", [Spell(A, B, "on_post"), Spell(B, None, "retired", B)], date(2020, 8, 31)),
    ("only the leaving is known", [Spell(A, None, "retired", B)], date(2020, 8, 31)),
    ("retired, and a later row says so again", [Spell(A, B, "retired", B), Spell(B, None, "retired", B)],
     date(2020, 8, 31)),
    ("leaves later", [Spell(A, None, "retired", D)], None),
    ("came back", [Spell(A, B, "resigned", B), Spell(B, None, "on_post")], None),
    ("nobody knows when", [Spell(None, None, "resigned")], None),
])
def test_the_last_day_of_service(case: str, spells: list[Spell], day: date | None) -> None:
    assert last_day(spells, C) == day


def test_a_leaving_parts_a_period() -> None:
    assert presence(Spell(A, C, "retired", B)) == [(Period(A, B), True), (Period(B, C), False)]


def test_long_leave_can_be_left_out() -> None:
    spells = [Spell(A, B, "on_post"), Spell(B, C, "long_leave"), Spell(C, None, "on_post")]
    assert served(spells, without=(LONG_LEAVE,)) == [Period(A, B), Period(C)]


def test_who_leaves_later_is_still_on_post() -> None:
    assert [status_on("retired", B, day) for day in (A, B)] == ["on_post", "retired"]
    assert status_on("long_leave", None, A) == "long_leave"
