"""What is short, how large schools and classes may be, how many posts pupils are worth: tables of cases."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from talent.indicators.facts import Enrolled, Posts, Records, SchoolRecord
from talent.indicators.rules import IndicatorPolicy, SchoolResult, passes, reached
from talent.indicators.shortfall import shortfalls
from talent.indicators.sizes import class_size, school_size
from talent.indicators.staffing import Staffing, district_staffing, staffing_of
from talent.policy.book import load_book

BOOK = load_book()
ON = date(2022, 6, 30)
POLICY = IndicatorPolicy.in_force(BOOK, ON)
STANDARDS = [row.primary for row in POLICY.thresholds]
LIMITS = BOOK.at("indicators.school_size_limits", ON).value
CLASSES = BOOK.at("indicators.class_size_limits", ON).value
RATIOS = BOOK.at("staffing.ratios", ON).value


def result(pupils: int, **changed: str | None) -> SchoolResult:
    """A school on every standard but those changed (``i2="0.55"`` is the value of indicator 2, None has no data)."""
    values = tuple(
        None if (given := changed.get(f"i{number}", "")) is None else Fraction(given) if given else standard
        for number, standard in enumerate(STANDARDS, 1))
    return SchoolResult("S", pupils, values, reached(values, STANDARDS), passes(values, STANDARDS, POLICY))


@pytest.mark.parametrize(("pupils", "changed", "expected"), [
    (1000, {}, []),
    (705, {"i2": "0.71"}, [(2, 3, 1)]),  # 2.04 people more, 0.99 to the floor
    (700, {"i2": "0.5"}, [(2, 4, 3)]),
    (763, {"i5": "5.85"}, [(5, 1259, 401)]),
    (903, {"i6": "1440"}, [(6, 505_680, 234_780)]),
    (1000, {"i7": "2.29"}, [(7, 1, 0)]),
    (1000, {"i1": None, "i3": "0.8"}, [(3, 1, 0)]),
    (3, {"i3": "0"}, [(3, 1, 1)]),
], ids=["nothing", "people", "below the floor", "square metres", "yuan", "rooms", "beside no data", "one teacher"])
def test_whole_units_that_bring_a_school_to_the_standard(
    pupils: int, changed: Mapping[str, str | None], expected: list[tuple[int, int, int]]
) -> None:
    found = shortfalls(result(pupils, **changed), "primary", POLICY)
    assert [(each.indicator.number, each.missing, each.to_floor) for each in found] == expected


@pytest.mark.parametrize("number", range(1, 8))
def test_what_is_short_is_enough_and_one_less_is_not(number: int) -> None:
    row = tuple(POLICY.thresholds)[number - 1]
    school = result(997, **{f"i{number}": str(row.primary / 3)})
    (each,) = shortfalls(school, "primary", POLICY)
    per_unit = Fraction(row.per_pupils, 997)
    assert each.value + each.missing * per_unit >= row.primary > each.value + (each.missing - 1) * per_unit
    floor = row.primary * POLICY.other_minimum_share
    assert each.value + each.to_floor * per_unit >= floor > each.value + (each.to_floor - 1) * per_unit


@pytest.mark.parametrize(("kind", "pupils", "expected"), [
    ("primary", {"primary": 2000}, (2000, 2000, True)),
    ("primary", {"primary": 2001}, (2001, 2000, False)),
    ("nine_year", {"primary": 1500, "junior": 1000}, (2500, 2500, True)),
    ("nine_year", {"primary": 1501, "junior": 1000}, (2501, 2500, False)),
    ("complete_secondary", {"junior": 1900, "senior": 3000}, (1900, 2000, True)),
    ("twelve_year", {"primary": 1300, "junior": 1100, "senior": 900}, (2400, 2500, True)),
    ("teaching_point", {"primary": 40}, (40, 2000, True)),
    ("senior", {"senior": 3000}, None),
    ("primary", {}, None),
])
def test_a_school_is_as_large_as_its_compulsory_stages(
    kind: str, pupils: Mapping[str, int], expected: tuple[int, int, bool] | None
) -> None:
    found = school_size(kind, pupils, LIMITS)
    assert (None if found is None else (found.pupils, found.limit, found.meets)) == expected


@pytest.mark.parametrize(("stage", "pupils", "classes", "expected"), [
    ("primary", 450, 10, (Fraction(45), True)), ("primary", 451, 10, (Fraction(451, 10), False)),
    ("junior", 500, 10, (Fraction(50), True)), ("junior", 500, None, (None, None)), ("junior", 5, 0, (None, None)),
])
def test_class_size(
    stage: str, pupils: int, classes: int | None, expected: tuple[Fraction | None, bool | None]
) -> None:
    found = class_size(stage, pupils, classes, CLASSES)
    assert (found.average, found.meets) == expected


def school(code: str, pupils: Mapping[str, int], posts: int | None, **staff: int) -> SchoolRecord:
    enrolled = {stage: Enrolled(ON, count, None) for stage, count in pupils.items()}
    return SchoolRecord(1, code, code, "nine_year", enrolled, {}, {}, staff,
                        None if posts is None else Posts(ON, posts, ""))


def test_four_numbers_of_a_school_and_of_the_district() -> None:
    first = school("A", {"primary": 869, "junior": 529}, 113, staffed=100, beyond=11, no_quota_type=2)
    second = school("B", {}, None, staffed=3)
    nothing = school("C", {}, None)
    assert staffing_of(first, RATIOS) == Staffing(85, 113, 100, 11, 2)
    assert staffing_of(second, RATIOS) == Staffing(None, None, 3, 0, 0)
    assert staffing_of(nothing, RATIOS) is None
    assert district_staffing(Records((first, second, nothing), None, {}), RATIOS) == Staffing(85, 113, 103, 11, 2)
    ceiling = Records((first, second), Posts(ON, 90, "号"), {})
    assert district_staffing(ceiling, RATIOS).granted == 90
    assert district_staffing(Records((), None, {}), RATIOS) == Staffing(None, None, 0, 0, 0)
