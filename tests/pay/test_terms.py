"""Pay terms as the policy book gives them for a year (rules §2.1, §2.5, §2.12)."""

from datetime import date
from fractions import Fraction

import pytest

from talent.pay.conventions import CONVENTIONS
from talent.pay.facts import TERM_KEYS, YEARLY_AMOUNT, PayTerms
from talent.pay.rules import compute_year
from talent.policy.book import Override, load_book

from .builders import DEFAULTS, pay_terms, person, school, sent

BOOK = load_book()
SCHOOLS = {"A": school("A")}


def test_the_shipped_terms_are_those_of_the_rules() -> None:
    terms = PayTerms.from_book(BOOK, 2021)
    assert {field: getattr(terms, field).value for field in TERM_KEYS} == DEFAULTS
    assert (
        tuple(row.code for row in BOOK.at("paired_assistance.conventions", date(2021, 1, 1)).value)
        == CONVENTIONS
    )


@pytest.mark.parametrize(
    ("on", "fen", "basis"),
    [
        (date(2020, 1, 1), 2_400_000, "enacted"),
        (date(2022, 12, 31), 2_400_000, "enacted"),
        (date(2023, 1, 1), 2_400_000, "assumed"),
    ],
)
def test_the_standard_is_enacted_for_the_plans_term_and_assumed_after_it(
    on: date, fen: int, basis: str
) -> None:
    rate = PayTerms.from_book(BOOK, on.year).rate(on)
    assert rate is not None and (rate.value, rate.basis, rate.key) == (fen, basis, YEARLY_AMOUNT)


def test_there_is_no_standard_the_day_before_the_plan() -> None:
    terms = PayTerms.from_book(BOOK, 2019)
    assert terms.rate(date(2019, 12, 31)) is None
    assert [finding.code for finding in compute_year(2019, {}, SCHOOLS, terms).refusals] == [
        "pay.year_before_plan"
    ]


def test_an_assumed_standard_is_among_the_assumptions_of_its_years_only() -> None:
    keys_2022, keys_2023 = (
        [value.key for value in PayTerms.from_book(BOOK, year).assumed(year)] for year in (2022, 2023)
    )
    assert YEARLY_AMOUNT not in keys_2022
    assert keys_2023[0] == YEARLY_AMOUNT


def test_a_bureaus_own_rate_is_paid_from_its_day() -> None:
    source = {"document": "和教〔2024〕18号", "clause": "二"}
    own = BOOK.overlaid([Override(YEARLY_AMOUNT, date(2024, 7, 1), 3_000_000, "delegated", source)])
    persons = {"T1": person(sent("A", date(2024, 1, 1), date(2024, 12, 31)))}
    terms = PayTerms.from_book(own, 2024)
    assert compute_year(2024, persons, SCHOOLS, terms).total_fen == 2_700_000
    assert [value.basis for value in terms.values(2024)][:2] == ["assumed", "delegated"]


def test_another_convention_can_be_asked_for() -> None:
    terms = PayTerms.from_book(BOOK, 2021, convention="day")
    assert (terms.convention.value, terms.convention.basis) == ("day", "assumed")
    assert pay_terms(month_share=Fraction(1, 10)).month_share.value == Fraction(1, 10)
