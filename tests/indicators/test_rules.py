"""The national indicators: values, verdicts, splits, exclusions, the worked example, the rates."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.core.periods import Period
from talent.indicators.dispersion import dispersion, square_root
from talent.indicators.rules import (
    DistrictCounts,
    DistrictRates,
    IndicatorPolicy,
    Resources,
    SchoolFacts,
    TeacherShares,
    district_rates,
    exchange_year,
    gaps,
    is_class_size_met,
    is_exchange_eligible,
    passes,
    resource_at,
    school_result,
    share_of_stage,
    staffing_quota,
    stage_result,
    takes_part,
)
from talent.policy.book import load_book
from talent.policy.errors import NotInForce
from talent.words.indicators import WORDS

BOOK = load_book()
ON = date(2022, 6, 30)
POLICY = IndicatorPolicy.in_force(BOOK, ON)
PRIMARY = [row.primary for row in POLICY.thresholds]
SCHOOLS = st.lists(
    st.tuples(st.integers(1, 3000), st.fractions(0, 10**6, max_denominator=100)), min_size=1, max_size=30
)


def whole(**amounts: int) -> Resources:
    return Resources(**{name: Fraction(amount) for name, amount in amounts.items()})


FULL = whole(teaching_area=4500, sports_area=7500, equipment=2_000_000, multimedia_rooms=23)
TEACHERS = TeacherShares(Fraction(42), Fraction(10), Fraction(9))


def primary_school(code: str = "P1", **changes: Any) -> SchoolFacts:
    """A primary school of 1,000 pupils that reaches all seven thresholds exactly."""
    facts: dict[str, Any] = {"pupils": {"primary": 1000}, "teachers": {"primary": TEACHERS}, "whole": FULL}
    return SchoolFacts(code, **{"kind": "primary", **facts, **changes})


# One school -----------------------------------------------------------------------------------------------


def test_a_school_on_every_threshold_passes() -> None:
    result = school_result(primary_school(), "primary", POLICY)
    assert result.values == tuple(PRIMARY)
    assert (result.reached, result.passes) == (7, True)


@pytest.mark.parametrize(
    ("factors", "reached", "verdict"),
    [
        ({}, 7, True),
        ({4: "0.85"}, 6, True),
        ({4: "0.8499999"}, 6, False),
        ({2: "0.99", 4: "0.99"}, 5, False),
        ({2: None}, 6, None),
        ({2: None, 4: "0.1", 5: "0.1"}, 4, None),
        ({2: None, 4: None}, 5, None),
    ],
    ids=[
        "all",
        "other at 85 %",
        "other just under",
        "five",
        "one missing",
        "failing and missing",
        "two missing",
    ],
)
def test_six_of_seven_and_the_other_at_least_85_percent(
    factors: Mapping[int, str | None], reached: int, verdict: bool | None
) -> None:
    values = [
        None
        if number in factors and factors[number] is None
        else threshold * Fraction(factors.get(number) or 1)
        for number, threshold in enumerate(PRIMARY, start=1)
    ]
    assert passes(values, PRIMARY, POLICY) is verdict
    assert (
        sum(value is not None and value >= floor for value, floor in zip(values, PRIMARY, strict=True))
        == reached
    )


def test_a_school_with_pupils_and_no_teacher_record_has_no_data_for_the_first_three() -> None:
    result = school_result(primary_school(teachers={}), "primary", POLICY)
    assert result.values == (None, None, None, *PRIMARY[3:])
    assert (result.reached, result.passes) == (4, None)


def test_teachers_none_of_whom_is_backbone_are_zero_and_not_missing() -> None:
    result = school_result(
        primary_school(teachers={"primary": replace(TEACHERS, backbone=Fraction(0))}), "primary", POLICY
    )
    assert (result.values[1], result.reached, result.passes) == (Fraction(0), 6, False)


# Two schools in one, and those that are out ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("pupils", "shares"),
    [
        ({"primary": 600, "junior": 300}, {"primary": Fraction(600, 930), "junior": Fraction(330, 930)}),
        ({"junior": 500, "senior": 500}, {"junior": Fraction(10, 22), "senior": Fraction(12, 22)}),
        ({"primary": 100, "junior": 100, "senior": 100},
         {"primary": Fraction(100, 342), "junior": Fraction(110, 342), "senior": Fraction(132, 342)}),
        ({"primary": 0, "junior": 10}, {"primary": Fraction(0), "junior": Fraction(1)}),
        ({}, {"primary": Fraction(0)}),
    ],
    ids=["nine-year 1:1.1", "secondary 1:1.2", "twelve-year 1:1.1:1.32", "one stage only", "nobody"],
)  # fmt: skip
def test_what_cannot_be_told_apart_is_split_by_weighted_pupils(
    pupils: Mapping[str, int], shares: Mapping[str, Fraction]
) -> None:
    assert {stage: share_of_stage(pupils, stage, POLICY.split_weights) for stage in shares} == shares


def test_a_stage_keeps_what_was_reported_for_it_and_shares_the_rest() -> None:
    school = SchoolFacts(
        "N1", "nine_year", {"primary": 600, "junior": 300},
        resources={"junior": whole(sports_area=5000)}, whole=whole(sports_area=9300, teaching_area=9300),
    )  # fmt: skip
    assert resource_at(school, "junior", "sports_area", POLICY) == 5000
    assert resource_at(school, "junior", "teaching_area", POLICY) == 3300
    assert resource_at(school, "primary", "sports_area", POLICY) == 6000
    assert resource_at(school, "primary", "equipment", POLICY) is None


def test_a_nine_year_school_is_judged_at_each_stage_by_its_own_teachers() -> None:
    school = primary_school(
        "N1", kind="nine_year", pupils={"primary": 1000, "junior": 100}, teachers={"primary": TEACHERS}
    )
    primary, junior = (
        stage_result([school], stage, POLICY).school_results[0] for stage in ("primary", "junior")
    )
    assert (primary.pupils, junior.pupils) == (1000, 100)
    assert primary.values[0] == Fraction("4.2")
    assert junior.values[0] is None


@pytest.mark.parametrize(
    ("kind", "pupils", "part"),
    [
        ("special", 100, False),
        ("vocational", 100, False),
        ("teaching_point", 49, False),
        ("teaching_point", 50, True),
        ("primary", 12, True),
    ],
)
def test_who_takes_part(kind: str, pupils: int, part: bool) -> None:
    school = primary_school(kind=kind, pupils={"primary": pupils})
    assert takes_part(school, POLICY) is part
    found = stage_result([school], "primary", POLICY)
    assert (len(found.school_results), found.pupils) == ((1, pupils) if part else (0, 0))


def test_a_stage_is_made_of_the_schools_with_pupils_in_the_order_of_their_codes() -> None:
    schools = [primary_school("P2"), primary_school("P1"), primary_school("P0", pupils={"primary": 0})]
    found = stage_result(schools, "primary", POLICY)
    assert [result.school_code for result in found.school_results] == ["P1", "P2"]
    assert found.pupils == 2000
    assert [row.number for row in found.indicators] == [1, 2, 3, 4, 5, 6, 7]
    assert all(row.meets_cv and row.dispersion and row.dispersion.cv == 0 for row in found.indicators)
    assert found.indicators[0].dispersion.mean == Fraction("4.2")  # type: ignore[union-attr]


def test_a_school_without_data_stays_out_of_the_mean_and_nobody_at_all_is_no_data() -> None:
    schools = [primary_school("P1"), primary_school("P2", teachers={}, pupils={"primary": 9000})]
    teachers, area = (
        stage_result(schools, "primary", POLICY).indicators[place].dispersion for place in (0, 3)
    )
    assert teachers is not None and (teachers.schools, teachers.mean) == (1, Fraction("4.2"))
    assert area is not None and area.schools == 2
    nobody = stage_result([], "primary", POLICY)
    assert [(row.dispersion, row.meets_cv) for row in nobody.indicators] == [(None, None)] * 7


def test_gaps_say_why_a_school_is_out_or_has_no_value() -> None:
    schools = [
        primary_school("P3", teachers={}, whole=replace(FULL, equipment=None)),
        primary_school("P1", kind="special"),
        primary_school("P2", kind="teaching_point", pupils={"primary": 20}),
        primary_school("P4"),
    ]
    found = gaps(schools, "primary", POLICY)
    assert [(finding.params["school_code"], finding.code) for finding in found] == [
        ("P1", "indicators.kind_excluded"),
        ("P2", "indicators.teaching_point_small"),
        ("P3", "indicators.no_teacher_record"),
        ("P3", "indicators.no_facility"),
    ]
    assert {finding.code for finding in found} < set(WORDS)
    assert all(WORDS[finding.code][0].format(**finding.params) for finding in found)
    assert gaps(schools, "junior", POLICY) == ()


# Dispersion -----------------------------------------------------------------------------------------------


def test_the_worked_example_of_the_national_method() -> None:
    spread = dispersion(zip((45, 37, 89, 76, 55), map(Fraction, (279, 137, 935, 160, 402)), strict=True))
    assert spread is not None and spread.cv is not None
    assert (round(float(spread.mean), 6), round(spread.cv, 6)) == (6.334437, 0.515257)
    assert spread.within(Fraction("0.50")) is False
    assert spread.within(Fraction("0.52")) is True


def test_a_coefficient_on_the_limit_is_within_it() -> None:
    spread = dispersion([(1, Fraction(1)), (1, Fraction(3))])
    assert spread is not None
    assert (spread.mean, spread.variance, spread.cv) == (Fraction(2), Fraction(1), 0.5)
    assert spread.within(Fraction(1, 2)) is True
    assert spread.within(Fraction(1, 2) - Fraction(1, 10**30)) is False


def test_nothing_anywhere_has_no_coefficient() -> None:
    spread = dispersion([(10, Fraction(0)), (20, Fraction(0))])
    assert spread is not None
    assert (spread.mean, spread.sd) == (Fraction(0), 0.0)
    assert (spread.cv, spread.within(Fraction(1, 2))) == (None, None)
    assert dispersion([(0, Fraction(5))]) is None


@given(SCHOOLS)
def test_the_one_pass_variance_is_that_of_the_definition(schools: list[tuple[int, Fraction]]) -> None:
    total = sum(pupils for pupils, _ in schools)
    mean = sum((x for _, x in schools), Fraction(0)) / total
    spread = dispersion(schools)
    assert spread is not None
    assert spread.mean == mean
    assert spread.variance == sum(Fraction(pupils, total) * (x / pupils - mean) ** 2 for pupils, x in schools)


@given(SCHOOLS, st.integers(1, 1000))
def test_neither_order_nor_unit_changes_the_coefficient(
    schools: list[tuple[int, Fraction]], scale: int
) -> None:
    spread, scaled = dispersion(schools), dispersion(reversed(schools), scale)
    assert spread is not None and scaled is not None
    assert (scaled.mean, scaled.cv) == (spread.mean * scale, spread.cv)


@given(SCHOOLS, st.integers(1, 50))
def test_a_school_of_the_average_draws_the_others_together(
    schools: list[tuple[int, Fraction]], pupils: int
) -> None:
    spread = dispersion(schools)
    assert spread is not None
    wider = dispersion([*schools, (pupils, spread.mean * pupils)])
    assert wider is not None
    assert wider.mean == spread.mean
    assert wider.variance <= spread.variance


@given(st.fractions(0, 10**12))
def test_roots_are_right_to_the_last_digit_of_a_float(number: Fraction) -> None:
    assert square_root(number) == pytest.approx(sqrt(number), rel=1e-15)


def test_a_published_district_table_is_consistent_with_our_limits(extra_data: Path) -> None:
    with (extra_data / "cv_published" / "jiujiang_2023_primary_7ind.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [Fraction(row["小学阈值"]) for row in rows] == PRIMARY
    for row in rows:
        mean, sd = Fraction(row["全县平均值"]), Fraction(row["标准差"])
        # Two schools of equal size at mean ± sd have exactly the published mean and deviation.
        spread = dispersion([(1, mean - sd), (1, mean + sd)])
        assert spread is not None and spread.cv == pytest.approx(float(row["差异系数"]), abs=1e-6)
        assert spread.within(POLICY.cv_limits["primary"]) is (row["差异系数达标_<=0.50"] == "True")
        assert (mean >= Fraction(row["小学阈值"])) is (row["均值达标"] == "True")


# The district ---------------------------------------------------------------------------------------------

COUNTS = DistrictCounts(
    teachers=400, reaching_hours=396, certified=400, eligible=150, eligible_backbone=30, exchanged=15,
    exchanged_backbone=6, backbone=60,
)  # fmt: skip


def test_rates_are_exact_and_their_denominators_switchable() -> None:
    assert district_rates(COUNTS) == DistrictRates(
        Fraction(99, 100), Fraction(1), Fraction(1, 10), Fraction(2, 5), 60
    )
    switched = district_rates(COUNTS, exchange_denominator="all", backbone_denominator="eligible_backbone")
    assert (switched.exchange_rate, switched.exchange_backbone_rate) == (Fraction(15, 400), Fraction(1, 5))


def test_nobody_to_divide_by_is_no_data() -> None:
    assert district_rates(DistrictCounts(0, 0, 0, 0, 0, 0, 0, 0)) == DistrictRates(None, None, None, None, 0)


@pytest.mark.parametrize(("until", "eligible"), [(date(2021, 8, 31), False), (date(2021, 9, 1), True)])
def test_six_whole_years_at_one_school_make_eligible(until: date, eligible: bool) -> None:
    assert is_exchange_eligible(date(2015, 9, 1), until, 6) is eligible


def test_exchanges_count_in_the_school_year_of_the_date() -> None:
    assert exchange_year(ON) == Period(date(2021, 9, 1), date(2022, 9, 1))


@pytest.mark.parametrize(
    ("pupils", "posts"),
    [
        ({"primary": 1900}, 100),
        ({"primary": 1901}, 101),
        ({"primary": 950, "junior": 135}, 60),
        ({"primary": 10, "junior": 10}, 2),
        ({"senior": 1250}, 100),
        ({"preschool": 500}, 0),
        ({}, 0),
    ],
    ids=["even", "one more pupil", "two stages", "summed before rounding", "senior", "no ratio", "nobody"],
)
def test_staffing_quota_sums_stages_and_rounds_up_once(pupils: Mapping[str, int], posts: int) -> None:
    assert staffing_quota(pupils, BOOK.at("staffing.ratios", ON).value) == posts


@pytest.mark.parametrize(
    ("pupils", "classes", "met"), [(450, 10, True), (451, 10, False), (451, 0, None), (1, None, None)]
)
def test_class_size_is_an_average_and_unknown_without_classes(
    pupils: int, classes: int | None, met: bool | None
) -> None:
    assert (
        is_class_size_met(pupils, classes, BOOK.at("indicators.class_size_limits", ON).value["primary"])
        is met
    )


def test_the_indicators_are_refused_before_they_were_published() -> None:
    with pytest.raises(NotInForce):
        IndicatorPolicy.in_force(BOOK, date(2017, 4, 18))
