"""What a split is judged by in the policy book, and what each template shares by."""

from datetime import date
from fractions import Fraction
from typing import Final

from talent.pay.awards.ground import Served
from talent.pay.conventions import WHOLE_MONTHS
from talent.policy.book import Book, Value

MINIMUM_SHARE: Final = "paired_assistance.participants_minimum_share"
NOTICE_DAYS: Final = "paired_assistance.award_notice_days"


def minimum_share(book: Book, year: int) -> Value:
    """The least part of an allotment that goes to those who served, as of the year's first day."""
    return book.at(MINIMUM_SHARE, max(date(year, 1, 1), book.first_date(MINIMUM_SHARE)))


def notice_days(book: Book, on: date) -> Value:
    """How many working days a split is put up for, from a day on."""
    return book.at(NOTICE_DAYS, max(on, book.first_date(NOTICE_DAYS)))


def counts_months(convention: str) -> bool:
    """Whether the year was counted in whole months; else a template shares by days."""
    return convention in WHOLE_MONTHS


def weight_of(method: str, person: Served, convention: str) -> Fraction:
    """A person's share by a template. Who brought the school nothing gets none."""
    if not person.fen:
        return Fraction(0)
    if method == "equal":
        return Fraction(1)
    return Fraction(person.months if counts_months(convention) else person.days)
