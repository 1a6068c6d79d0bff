"""Training hours beyond the golden cases: windows, months and targets by property; caps, findings."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.core.periods import ONE_DAY, Period, days_in_month
from talent.policy.book import Override, Source, load_book
from talent.training.rules import (
    HoursPolicy,
    HoursRecord,
    HoursView,
    LevelHours,
    cycle_of,
    cycle_target,
    daily_finding,
    hours_view,
    induction_window,
    meets_evaluation,
    months_in,
    months_served,
    rolling_window,
    window_of,
)
from talent.words.training import WORDS

BOOK = load_book()
POLICY = HoursPolicy.in_force(BOOK, date(2022, 8, 31))
DAYS = st.dates(date(2012, 1, 1), date(2040, 12, 31))
SPANS = st.lists(
    st.tuples(DAYS, st.integers(1, 900)).map(lambda pair: Period(pair[0], pair[0] + timedelta(pair[1]))),
    max_size=6,
)


def by_walking(served: list[Period], on: date) -> Fraction:
    """Months of the cycle served, one day after another."""
    return sum(
        (
            Fraction(1, days_in_month(day.year, day.month))
            for day in cycle_of(on, POLICY)
            if day > on or any(period.contains(day) for period in served)
        ),
        Fraction(0),
    )


@given(DAYS)
def test_a_cycle_holds_its_day_and_joins_the_next_without_a_gap(on: date) -> None:
    cycle = cycle_of(on, POLICY)
    assert cycle.contains(on)
    assert cycle.end is not None
    assert cycle_of(cycle.end, POLICY).start == cycle.end
    assert months_in(cycle) == 60


@given(DAYS)
def test_the_rolling_window_moves_by_a_day_and_ends_with_it(on: date) -> None:
    window = rolling_window(on, 5)
    assert window.last == on
    assert window.days in (1826, 1827)
    later = rolling_window(on + ONE_DAY, 5)
    assert window.start is not None and later.start is not None and window.start <= later.start


def test_a_cycle_may_start_within_a_year() -> None:
    source = Source("区教育局文件")
    values = [
        Override("hours.cycle_start", date(2020, 1, 1), "2021-09-01", "delegated", source),
        Override("hours.cycle_years", date(2020, 1, 1), 3, "delegated", source),
    ]
    policy = HoursPolicy.in_force(BOOK.overlaid(values), date(2024, 8, 31))
    assert cycle_of(date(2024, 8, 31), policy) == Period(date(2021, 9, 1), date(2024, 9, 1))
    assert cycle_of(date(2024, 9, 1), policy) == Period(date(2024, 9, 1), date(2027, 9, 1))
    assert cycle_of(date(2021, 8, 31), policy) == Period(date(2018, 9, 1), date(2021, 9, 1))
    assert cycle_target(36, policy) == 36000


@given(SPANS, DAYS)
def test_months_served_are_those_counted_day_by_day(served: list[Period], on: date) -> None:
    assert months_served(served, on, POLICY) == by_walking(served, on)


@given(SPANS, DAYS, st.randoms())
def test_order_and_overlap_of_the_records_change_nothing(
    served: list[Period], on: date, random: object
) -> None:
    doubled = served + served
    random.shuffle(doubled)  # type: ignore[attr-defined]
    assert months_served(doubled, on, POLICY) == months_served(served, on, POLICY)


@given(SPANS, DAYS)
def test_a_target_is_a_multiple_of_half_an_hour_within_a_quarter_of_it(
    served: list[Period], on: date
) -> None:
    months = months_served(served, on, POLICY)
    target = cycle_target(months, POLICY)
    assert target % 50 == 0
    assert -25 < target - 600 * months <= 25


def test_an_exact_quarter_hour_is_rounded_up() -> None:
    assert cycle_target(Fraction(1, 24), POLICY) == 50
    assert cycle_target(Fraction(1, 24) - Fraction(1, 10**9), POLICY) == 0


def test_an_open_period_has_no_months() -> None:
    with pytest.raises(ValueError, match="open"):
        months_in(Period(date(2021, 1, 1)))


def test_a_capped_level_shows_what_lies_beyond_its_cap() -> None:
    view = hours_view("cycle", {"school": 15000, "national": 4000, "induction": 12000}, POLICY)
    assert view.levels == (
        LevelHours("national", 4000, 4000),
        LevelHours("municipal", 0, 0),
        LevelHours("district", 0, 0),
        LevelHours("school", 15000, 12000),
        LevelHours("self", 0, 0),
    )
    assert (view.hours, view.recorded, view.apart) == (16000, 19000, 12000)
    assert view.levels[3].over == 3000


def test_nothing_recorded_is_an_empty_view() -> None:
    assert hours_view("evaluation", {}, POLICY) == HoursView(
        tuple(LevelHours(code, 0, 0) for code in ("national", "municipal", "district", "school", "self")), 0
    )


def test_the_minimum_is_reached_to_the_hundredth() -> None:
    assert meets_evaluation(36000, POLICY)
    assert not meets_evaluation(35999, POLICY)


def test_the_cycle_view_counts_from_the_cycle_to_the_day() -> None:
    assert window_of("cycle", date(2022, 8, 31), POLICY) == Period(date(2021, 1, 1), date(2022, 9, 1))


def test_induction_is_due_in_the_first_year() -> None:
    assert induction_window(date(2021, 9, 1), POLICY) == Period(date(2021, 9, 1), date(2022, 9, 1))
    assert POLICY.induction_minimum == 12000


@pytest.mark.parametrize(
    ("start", "hours", "days"),
    [(date(2022, 3, 1), 1601, 2), (None, 801, 1), (date(2022, 3, 2), 801, 1)],
    ids=["two days", "no start is one day", "one day"],
)
def test_more_than_eight_hours_a_day_is_noticed(start: date | None, hours: int, days: int) -> None:
    record = HoursRecord("district", date(2022, 3, 2), hours, start=start)
    finding = daily_finding(record, POLICY)
    assert finding is not None
    assert (finding.code, finding.level) == ("training.over_daily_maximum", "warning")
    assert finding.params["days"] == days
    assert WORDS[finding.code][0].format(**finding.params)


@pytest.mark.parametrize(
    "record",
    [
        HoursRecord("district", date(2022, 3, 2), 800),
        HoursRecord("district", date(2022, 3, 2), 1600, start=date(2022, 3, 1)),
        HoursRecord("district", date(2022, 3, 2), 9999, start=date(2022, 3, 3)),
    ],
    ids=["eight hours in a day", "sixteen in two", "dates reversed, refused elsewhere"],
)
def test_eight_hours_a_day_are_not(record: HoursRecord) -> None:
    assert daily_finding(record, POLICY) is None


def test_the_policy_names_what_nobody_decided() -> None:
    assumed = {value.key for value in POLICY.assumed}
    assert {"hours.cycle_start", "hours.cycle_caps"} <= assumed
    assert "hours.evaluation_minimum" not in assumed
