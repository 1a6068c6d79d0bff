"""Months of assistance: how many days make one, and which absences take one away."""

from datetime import date, timedelta

import pytest

from talent.assistance.rules import days_needed, months_missed, months_on_post
from talent.core.periods import Period
from talent.core.workdays import WorkCalendar
from talent.pay.conventions import WHOLE_MONTHS, YearCount
from tests.pay.builders import pay_terms

YEAR = Period(date(2021, 1, 1), date(2022, 1, 1))


@pytest.mark.parametrize(("convention", "least", "length", "needed"), [
    ("month_min_days", 15, 31, 15), ("month_min_days", 30, 28, 28), ("month_any_day", 15, 31, 1),
    ("month_full", 15, 28, 28), ("month_full", 15, 31, 31), ("month_partial", 15, 30, 15), ("day", 15, 30, 15),
])
def test_days_that_make_a_month(convention: str, least: int, length: int, needed: int) -> None:
    assert days_needed(convention, least, length) == needed


@pytest.mark.parametrize(("convention", "months"), [("month_min_days", 2), ("month_any_day", 3), ("month_full", 1)])
def test_months_on_post(convention: str, months: int) -> None:
    """Fourteen days of January; February but for one day, by two spells that overlap; all of March."""
    spells = [Period.inclusive(date(2021, 1, 18), date(2021, 1, 31)),
              Period.inclusive(date(2021, 2, 2), date(2021, 2, 20)),
              Period.inclusive(date(2021, 2, 10), date(2021, 3, 31))]
    assert months_on_post(spells, YEAR, convention, 15) == months
    assert months_on_post(spells, YEAR, convention, 15, {(2021, 3)}) == months - 1
    assert months_on_post(spells, Period(date(2021, 3, 1), date(2021, 4, 1)), convention, 15) == 1


@pytest.mark.parametrize("convention", WHOLE_MONTHS)
@pytest.mark.parametrize("least", [1, 15, 29, 31])
def test_pay_counts_the_same_months(convention: str, least: int) -> None:
    """Pay and portraits tell one number for the same days."""
    terms = pay_terms(month_min_days=least).with_convention(convention)
    start, end = date(2021, 1, 20), date(2021, 6, 28)
    paid = YearCount(2021, terms).person_year(((start.toordinal(), end.toordinal() + 1, 0),), (True,))
    told = months_on_post([Period.inclusive(start, end)], YEAR, convention, least)
    assert len(paid.shares[0].months) == told
    if least > 28:
        assert 2 in paid.shares[0].months


def test_absences_take_a_month_away() -> None:
    """Eleven working days of March 2021 from Monday the first; a year nobody loaded has no working days."""
    calendar, monday = WorkCalendar(), date(2021, 3, 1)
    absent = {(monday + timedelta(days=day)).toordinal() for day in range(15)}
    assert months_missed(absent, calendar, 10) == {(2021, 3)}
    assert months_missed(absent, calendar, 11) == set()
    assert months_missed({date(1970, 3, day).toordinal() for day in range(1, 29)}, calendar, 0) == set()
