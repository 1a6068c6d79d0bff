"""Working days against the published notices, day by day, and the end of a public notice.

``holidays_2007_2026.json`` restates the days off and make-up days of the State Council's notices from
NateScarlet/holiday-cn (MIT License, Copyright (c) 2019 NateScarlet), as data, by the year a day lies in.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.core.errors import RuleViolation
from talent.core.periods import calendar_year
from talent.core.workdays import SHIPPED_YEARS, WorkCalendar, YearTable, shipped_table

PUBLISHED = json.loads((Path(__file__).parent / "holidays_2007_2026.json").read_text(encoding="utf-8"))
CALENDAR = WorkCalendar()


def published_days(year: int, kind: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[str(year)][kind])


def is_published_workday(day: date) -> bool:
    """The naive reading of the notices, without the code under test."""
    if day in published_days(day.year, "work"):
        return True
    return day.weekday() < 5 and day not in published_days(day.year, "off")


def test_every_shipped_year_is_one_whose_notice_is_here() -> None:
    assert list(map(str, SHIPPED_YEARS)) == list(PUBLISHED)
    assert CALENDAR.years == tuple(SHIPPED_YEARS)


@pytest.mark.parametrize("year", SHIPPED_YEARS)
def test_every_day_of_a_shipped_year_is_as_published(year: int) -> None:
    off, worked = published_days(year, "off"), published_days(year, "work")
    differing = [
        day
        for day in calendar_year(year)
        if CALENDAR.is_workday(day) != (day in worked or (day.weekday() < 5 and day not in off))
    ]
    assert differing == []
    weekend = {day for day in worked if day.weekday() >= 5}  # the notices also say when ordinary work resumes
    assert shipped_table(year).makeup_days == weekend


@pytest.mark.parametrize(
    ("published", "workdays", "end"),
    [
        (date(2026, 9, 18), 5, date(2026, 9, 24)),
        (date(2026, 4, 30), 5, date(2026, 5, 11)),
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2025, 12, 29), 5, date(2026, 1, 6)),
        (date(2026, 9, 19), 1, date(2026, 9, 20)),
        (date(2026, 10, 1), 1, date(2026, 10, 8)),
    ],
    ids=[
        "a make-up Sunday counts",
        "over the May holiday",
        "over the Spring Festival",
        "over the turn of the year, with a make-up Sunday",
        "published on a Saturday, ends on the make-up Sunday",
        "published on a holiday",
    ],
)
def test_the_end_of_a_notice(published: date, workdays: int, end: date) -> None:
    """Rules §1 "Working days": the first three are its worked examples."""
    assert CALENDAR.notice_end(published, workdays) == end


@given(st.dates(date(2018, 1, 1), date(2025, 12, 1)), st.integers(1, 40))
def test_a_notice_ends_with_its_nth_working_day(published: date, workdays: int) -> None:
    end = CALENDAR.notice_end(published, workdays)
    after = [published + timedelta(days=offset) for offset in range(1, (end - published).days + 1)]
    assert sum(map(is_published_workday, after)) == workdays
    assert is_published_workday(end)


@given(st.dates(date(2018, 1, 1), date(2020, 12, 31)), st.integers(-3, 400))
def test_working_days_between_two_days_are_counted_one_by_one(first: date, length: int) -> None:
    days = [first + timedelta(days=offset) for offset in range(length)]
    last = first + timedelta(days=length - 1)
    assert CALENDAR.workdays_between(first, last) == sum(map(is_published_workday, days))


@pytest.mark.parametrize("year", [2006, 2027, 2030])
def test_a_year_that_is_not_loaded_is_refused_by_name(year: int) -> None:
    with pytest.raises(RuleViolation) as refusal:
        CALENDAR.is_workday(date(year, 6, 1))
    (finding,) = refusal.value.findings
    assert (finding.code, finding.params) == ("workdays.not_loaded", {"year": year, "last_loaded": 2026})
    assert not CALENDAR.has(year)


def test_a_notice_that_runs_into_a_year_not_loaded_is_refused() -> None:
    assert CALENDAR.notice_end(date(2026, 12, 30), 1) == date(2026, 12, 31)
    with pytest.raises(RuleViolation, match=r"workdays\.not_loaded"):
        CALENDAR.notice_end(date(2026, 12, 30), 2)
    with pytest.raises(ValueError, match="at least one working day"):
        CALENDAR.notice_end(date(2026, 9, 18), 0)


def test_a_year_an_administrator_enters_is_loaded() -> None:
    makeup = date(2027, 1, 3)
    calendar = WorkCalendar({2027: ({date(2027, 1, 1)}, {makeup})})
    assert calendar.notice_end(date(2026, 12, 31), 2) == date(2027, 1, 4)
    assert calendar.is_workday(makeup) and not calendar.is_workday(date(2027, 1, 1))
    assert not CALENDAR.has(2027)


def test_an_entered_year_wins_over_the_shipped_one() -> None:
    entered = YearTable(2026, frozenset(), frozenset())
    assert WorkCalendar({2026: entered}).is_workday(date(2026, 10, 1))
    assert not CALENDAR.is_workday(date(2026, 10, 1))


def test_a_calendar_may_ship_no_year_at_all() -> None:
    assert WorkCalendar(shipped=()).years == ()
    with pytest.raises(RuleViolation):
        WorkCalendar(shipped=()).workdays_between(date(2026, 1, 1), date(2026, 1, 2))


def test_the_version_names_the_source_and_follows_the_days() -> None:
    shipped = CALENDAR.versions([2026])[2026]
    same = WorkCalendar({2026: (published_days(2026, "off"), published_days(2026, "work"))}).versions([2026])
    other = WorkCalendar({2026: (published_days(2026, "off"), ())}).versions([2026])
    assert shipped.startswith("holidays-")
    assert shipped.partition(":")[2] == same[2026].partition(":")[2] != other[2026].partition(":")[2]


def test_a_table_survives_json() -> None:
    table = shipped_table(2026)
    assert YearTable.from_dict(json.loads(json.dumps(table.as_dict()))) == table


def test_a_table_that_contradicts_itself_is_refused() -> None:
    day = date(2027, 1, 3)
    with pytest.raises(ValueError, match="2027-01-03 is given both"):
        YearTable(2027, frozenset({day}), frozenset({day}))
    with pytest.raises(ValueError, match="no day of the calendar of 2026"):
        YearTable(2026, frozenset({day}), frozenset())
