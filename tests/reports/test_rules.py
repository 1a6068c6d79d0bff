"""What the board counts: months away, terms ending, hours in steps, the dates it looks back to."""

from datetime import date

import pytest

from talent.core.periods import Period
from talent.policy.book import load_book
from talent.reports.rules import (
    Spell,
    away_by_month,
    ending_by_month,
    firsts_of_september,
    in_steps,
    months_up_to,
)
from talent.tiers.rules import StateFact, TitleFact

TABLE = load_book().at("tiers.table", date(2026, 1, 1)).value


@pytest.mark.parametrize(("on", "days"), [
    (date(2026, 9, 1), ["2025-09-01", "2026-09-01"]), (date(2026, 9, 8), ["2025-09-01", "2026-09-01", "2026-09-08"]),
    (date(2026, 8, 31), ["2024-09-01", "2025-09-01", "2026-08-31"]),
])
def test_the_latest_firsts_of_september_and_the_day(on: date, days: list[str]) -> None:
    assert [day.isoformat() for day in firsts_of_september(on, 2, date(2010, 1, 1))] == days


def test_nothing_before_the_policy_begins() -> None:
    assert firsts_of_september(date(2010, 10, 1), 8, date(2010, 1, 1)) == [date(2010, 9, 1), date(2010, 10, 1)]


def test_months_end_with_that_of_the_day() -> None:
    assert months_up_to(date(2026, 1, 31), 3) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]


def test_who_was_away_on_a_day_of_the_month() -> None:
    """Both days count, a person counts once by the latest assignment, and nothing after the date is told."""
    spells = [
        Spell(1, "paired", date(2026, 1, 31), date(2026, 2, 28)), Spell(2, "paired", date(2025, 9, 1), None),
        Spell(2, "community", date(2026, 2, 10), date(2026, 2, 20)), Spell(3, "paired", date(2026, 3, 10), None),
        Spell(4, "community", date(2026, 3, 9), date(2027, 1, 1)),
    ]
    months = [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert away_by_month(spells, months, date(2026, 3, 9)) == [
        {"paired": (2,)}, {"paired": (1, 2)}, {"paired": (1,), "community": (2,)}, {"paired": (2,), "community": (4,)}]


def test_titles_end_in_the_month_of_their_last_day_while_held() -> None:
    titles = [
        (1, TitleFact("T1", "new_talent", date(2023, 9, 1))),
        (2, TitleFact("T2", "new_talent", date(2023, 9, 1), date(2026, 9, 1))),
        (3, TitleFact("T3", "famous_teacher", date(2023, 9, 1), None, (StateFact("revoked", date(2026, 8, 31)),))),
        (4, TitleFact("T4", "famous_teacher", date(2024, 1, 1), date(2027, 1, 1))),
        (5, TitleFact("T5", "special_grade", date(2000, 1, 1))), (6, TitleFact("T6", "unheard_of", date(2023, 9, 1))),
        (7, TitleFact("T7", "new_talent", date(2023, 9, 1), away=(Period(date(2025, 1, 1), None),))),
        (8, TitleFact("T8", "special_grade", date(2000, 1, 1), date(2026, 8, 1))),
    ]
    months = ending_by_month(titles, 2026, TABLE)
    assert {place: month for place, month in enumerate(months, 1) if month} == {
        8: {"new_talent": (1,), "special_grade": (8,)}, 9: {"new_talent": (2,)}}


def test_hours_stand_in_steps_and_no_data_in_none() -> None:
    steps = in_steps({1: 0, 2: 5999, 3: 6000, 4: 36000, 5: 59999, 6: 60000, 7: 99999, 8: None})
    assert {start: people for start, people in steps if people} == {
        0: (1, 2), 6000: (3,), 36000: (4,), 54000: (5,), 60000: (6, 7)}
    assert len(steps) == 11
