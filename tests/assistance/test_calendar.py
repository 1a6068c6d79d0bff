"""A year of assistance: overlaps, gaps, months and who was away, by equality."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.assistance.calendar import (
    Days,
    Spell,
    by_person,
    by_place,
    clipped,
    gaps,
    in_month,
    on_day,
    overlaps,
    people_by_month,
    year_of,
)

JAN, FEB, MAR, DEC = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1), date(2025, 12, 31)


def spell(first: date, last: date | None, number: int = 1, person: int = 1, host: str = "柳河小学") -> Spell:
    return Spell(number, person, "S1", host, "paired", first, last)


def days(*pairs: tuple[date, date]) -> list[Days]:
    return [Days(*pair) for pair in pairs]


@pytest.mark.parametrize(("covered", "twice", "between"), [
    ([], [], []),
    ([(JAN, FEB)], [], []),
    ([(JAN, date(2025, 1, 31)), (FEB, MAR)], [], []),
    ([(JAN, FEB), (FEB, MAR)], [(FEB, FEB)], []),
    ([(JAN, FEB), (date(2025, 2, 3), MAR)], [], [(date(2025, 2, 2), date(2025, 2, 2))]),
    ([(JAN, DEC), (FEB, MAR)], [(FEB, MAR)], []),
    ([(JAN, DEC), (FEB, MAR), (date(2025, 2, 10), date(2025, 4, 1))], [(FEB, date(2025, 4, 1))], []),
    ([(JAN, JAN), (JAN, JAN), (DEC, DEC)], [(JAN, JAN)], [(date(2025, 1, 2), date(2025, 12, 30))]),
], ids=["none", "one", "touching", "one day twice", "one day between", "inside", "three", "equal"])
def test_days_twice_and_days_between(covered, twice, between) -> None:
    assert (overlaps(days(*covered)), gaps(days(*covered))) == (days(*twice), days(*between))


some_days = st.tuples(st.dates(JAN, DEC), st.dates(JAN, DEC)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(some_days, max_size=5))
def test_days_are_as_counted_one_by_one(pairs: list[tuple[date, date]]) -> None:
    covered = clipped([spell(*pair) for pair in pairs], year_of(2025))
    every = [JAN.toordinal() + at for at in range(365)]
    on = {day: sum(first.toordinal() <= day <= last.toordinal() for first, last in pairs) for day in every}
    busy = [day for day in every if on[day]]

    def counted(found: list[Days]) -> list[int]:
        return [day for each in found for day in range(each.first.toordinal(), each.last.toordinal() + 1)]

    assert counted(overlaps(covered)) == [day for day in every if on[day] > 1]
    assert counted(gaps(covered)) == [day for day in every if busy and not on[day] and busy[0] < day < busy[-1]]


def test_an_open_end_runs_on_and_other_years_are_cut_off() -> None:
    assert clipped([spell(date(2024, 9, 1), None), spell(date(2024, 1, 1), date(2024, 12, 31)),
                    spell(DEC, date(2026, 7, 1))], year_of(2025)) == days((JAN, DEC), (DEC, DEC))


def test_a_month_counts_a_person_once() -> None:
    away = [spell(date(2025, 1, 31), FEB), spell(date(2025, 1, 5), date(2025, 1, 6), 2), spell(FEB, FEB, 3, person=2)]
    months = people_by_month(away, 2025)
    assert [set(people) for people in months[:3]] == [{1}, {1, 2}, set()] and len(months) == 12
    assert [each.id for each in in_month(away, 2025, 2)] == [1, 3]


def test_a_day_is_held_by_both_its_ends() -> None:
    away = [spell(JAN, FEB, 1), spell(FEB, MAR, 2), spell(MAR, None, 3)]
    assert [[each.id for each in on_day(away, on)] for on in (JAN, FEB, MAR, date(2030, 1, 1))] == [
        [1], [1, 2], [2, 3], [3]]


def test_people_and_places_have_their_own_gaps() -> None:
    away = [spell(JAN, date(2025, 1, 31), 1), spell(MAR, DEC, 2, host="河东小学"), spell(FEB, None, 3, person=2)]
    people = by_person(away, 2025)
    assert [(each.person_id, each.gaps, each.overlaps) for each in people] == [
        (1, days((FEB, date(2025, 2, 28))), []), (2, [], [])]
    hosts = by_place(away, 2025, lambda each: each.host)
    assert [(each.name, each.people, each.gaps) for each in hosts] == [
        ("柳河小学", {1, 2}, []), ("河东小学", {1}, [])]
