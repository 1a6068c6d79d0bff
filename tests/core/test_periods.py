"""Calendar arithmetic at its edges: leap days, month ends, school years, open bounds."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.core.periods import (
    ONE_DAY,
    Period,
    add_months,
    add_years,
    calendar_year,
    days_in_month,
    days_in_year,
    month_range,
    months_of,
    school_year,
    whole_years,
    years_before,
)

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
BOUNDS = st.none() | DAYS


def test_a_period_holds_its_first_day_and_not_its_end() -> None:
    period = Period(date(2021, 3, 1), date(2021, 4, 1))
    assert [period.contains(day) for day in (date(2021, 2, 28), date(2021, 3, 1), date(2021, 3, 31))] == [
        False,
        True,
        True,
    ]
    assert not period.contains(date(2021, 4, 1))
    assert (period.last, period.days) == (date(2021, 3, 31), 31)
    assert list(period) == [date(2021, 3, day) for day in range(1, 32)]


def test_open_bounds_hold_everything_on_their_side() -> None:
    assert Period().contains(date.min) and Period().contains(date.max)
    assert Period(None, date(2021, 1, 1)).contains(date(1949, 10, 1))
    assert Period(date(2021, 1, 1), None).last is None
    with pytest.raises(ValueError, match="open period"):
        _ = Period(date(2021, 1, 1), None).days


@pytest.mark.parametrize("end", [date(2021, 1, 1), date(2020, 12, 31)])
def test_an_empty_period_is_refused(end: date) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        Period(date(2021, 1, 1), end)


def test_an_inclusive_record_becomes_half_open() -> None:
    assert Period.inclusive(date(2021, 1, 1), date(2021, 12, 31)) == calendar_year(2021)
    assert Period.inclusive(date(2021, 1, 1), None) == Period(date(2021, 1, 1))
    assert Period.inclusive(None, date.max) == Period()


def test_neighbours_do_not_overlap() -> None:
    march, april = month_range(2021, 3), month_range(2021, 4)
    assert not march.overlaps(april)
    assert march.intersect(april) is None
    assert march.intersect(Period(date(2021, 3, 15))) == Period(date(2021, 3, 15), date(2021, 4, 1))
    assert Period().intersect(march) == march


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2000, 2, 29), date(2021, 2, 28), 20),
        (date(2000, 2, 29), date(2021, 3, 1), 21),
        (date(2000, 2, 29), date(2024, 2, 28), 23),
        (date(2000, 2, 29), date(2024, 2, 29), 24),
        (date(1986, 9, 1), date(2021, 8, 31), 34),
        (date(1986, 9, 1), date(2021, 9, 1), 35),
        (date(2021, 9, 1), date(2021, 9, 1), 0),
        (date(2022, 9, 1), date(2021, 9, 1), 0),
    ],
)
def test_whole_years(born: date, on: date, years: int) -> None:
    assert whole_years(born, on) == years


@pytest.mark.parametrize(
    ("on", "months", "then"),
    [
        (date(2021, 1, 15), 1, date(2021, 2, 15)),
        (date(2021, 1, 31), 1, date(2021, 3, 1)),
        (date(2021, 12, 31), 2, date(2022, 3, 1)),
        (date(2022, 9, 1), 36, date(2025, 9, 1)),
        (date(2024, 2, 29), 36, date(2027, 3, 1)),
        (date(2021, 1, 31), -2, date(2020, 12, 1)),
        (date(2020, 12, 31), -10, date(2020, 3, 1)),
    ],
)
def test_add_months(on: date, months: int, then: date) -> None:
    assert add_months(on, months) == then


def test_the_first_day_of_a_five_year_window() -> None:
    """Rules §3: the day after the count date, minus five years."""
    assert years_before(date(2022, 8, 31) + ONE_DAY, 5) == date(2017, 9, 1)
    assert years_before(date(2024, 2, 29) + ONE_DAY, 5) == date(2019, 3, 1)
    assert years_before(date(2024, 2, 28) + ONE_DAY, 5) == date(2019, 3, 1)
    assert add_years(date(2020, 2, 29), 4) == date(2024, 2, 29)


def test_a_year_is_its_twelve_months() -> None:
    months = months_of(2024)
    assert (months[0].start, months[-1].end) == (date(2024, 1, 1), date(2025, 1, 1))
    assert sum(month.days for month in months) == days_in_year(2024) == 366
    assert days_in_year(2100) == 365
    assert [days_in_month(year, 2) for year in (2023, 2024)] == [28, 29]


@pytest.mark.parametrize(
    ("on", "first"),
    [
        (date(2021, 8, 31), date(2020, 9, 1)),
        (date(2021, 9, 1), date(2021, 9, 1)),
        (date(2022, 1, 1), date(2021, 9, 1)),
    ],
)
def test_school_year(on: date, first: date) -> None:
    assert school_year(on) == Period(first, date(first.year + 1, 9, 1))


@given(BOUNDS, BOUNDS, BOUNDS, BOUNDS, DAYS)
def test_an_intersection_holds_exactly_the_shared_days(
    a: date | None, b: date | None, c: date | None, d: date | None, on: date
) -> None:
    if (a and b and a >= b) or (c and d and c >= d):
        return
    left, right = Period(a, b), Period(c, d)
    both = left.intersect(right)
    assert (both is not None and both.contains(on)) == (left.contains(on) and right.contains(on))
    assert left.overlaps(right) == right.overlaps(left)


@given(DAYS, DAYS)
def test_completed_years_are_those_whose_anniversary_has_come(since: date, on: date) -> None:
    years = whole_years(since, on)
    if on >= since:
        assert add_years(since, years) <= on < add_years(since, years + 1)
    else:
        assert years == 0
