"""Incentive pay against a naive reference that walks every day; and what must never change."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talent.core.workdays import WorkCalendar
from talent.pay.facts import Absence, Assignment, PayTerms, PersonFacts, SchoolFact
from talent.pay.rules import CONVENTIONS, YearResult, compute_year

from .builders import pay_terms, person, school

CALENDAR = WorkCalendar()
YEARS = (2021, 2024)
KINDS_IN_SCOPE = {"primary", "junior", "special"}
RATES = ((date(2020, 1, 1), 2_400_000), (date(2021, 8, 12), 3_123_457), (date(2024, 3, 1), 2_999_999))


def days_from(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


# --- the reference: day by day, sharing nothing with the code under test but the calendar


def reference(
    year: int, facts: PersonFacts, schools: Mapping[str, SchoolFact], terms: PayTerms
) -> dict[str, tuple[tuple[int, ...], int, int]]:
    """School → (counted months, owned days, fen) by the letter of rules §2.4–2.9."""
    convention = terms.convention.value
    owner = owned_days(year, facts, schools)
    year_days = days_from(date(year, 1, 1), date(year, 12, 31))
    exact: dict[str, Fraction] = defaultdict(Fraction)
    months: dict[str, list[int]] = defaultdict(list)
    for month in range(1, 13):
        days = [day for day in year_days if day.month == month]
        on_post = [day for day in days if day in owner]
        if absent_in(facts, days) > 10:
            continue
        if convention in ("month_partial", "day"):
            for day in on_post:
                whole = len(days) * 12 if convention == "month_partial" else len(year_days)
                rate = rate_on(days[0] if convention == "month_partial" else day)
                exact[owner[day][0]] += Fraction(rate, whole)
            continue
        needed = {"month_min_days": 15, "month_any_day": 1, "month_full": len(days)}[convention]
        if len(on_post) >= needed:
            winner = most_days(on_post, owner)
            exact[winner] += Fraction(rate_on(days[0]), 12)
            months[winner].append(month)
    return rounded(exact, months, owner, schools)


def owned_days(
    year: int, facts: PersonFacts, schools: Mapping[str, SchoolFact]
) -> dict[date, tuple[str, tuple[date, str, str]]]:
    """Day → (school, key of the owning assignment)."""
    owner = {}
    for day in days_from(date(year, 1, 1), date(year, 12, 31)):
        keys = [
            (item.start, item.sending_code, item.host)
            for item in facts.assignments
            if item.appraisal != "unqualified" and item.start <= day and (item.end is None or day <= item.end)
        ]
        if keys:
            owner[day] = (successor(min(keys)[1], day, schools), min(keys))
    return owner


def successor(code: str, day: date, schools: Mapping[str, SchoolFact]) -> str:
    at, seen = code, {code}
    while (closed := schools[at].closed_on) and closed <= day:
        following = schools[at].merged_into
        if following is None:
            return at
        if following in seen:
            return code
        at = following
        seen.add(at)
    return at


def most_days(on_post: Iterable[date], owner: Mapping[date, tuple[str, tuple[date, str, str]]]) -> str:
    """The school with most of the days; of equals the one whose earliest assignment sorts first."""
    days: dict[str, int] = defaultdict(int)
    first: dict[str, tuple[tuple[date, str, str], date]] = {}
    for day in on_post:
        code, key = owner[day]
        days[code] += 1
        first[code] = min(first.get(code, (key, day)), (key, day))
    return min(days, key=lambda code: (-days[code], first[code]))


def absent_in(facts: PersonFacts, days: Iterable[date]) -> int:
    return sum(
        CALENDAR.is_workday(day) for day in days if any(a.start <= day <= a.end for a in facts.absences)
    )


def rate_on(day: date) -> int:
    return max((since, fen) for since, fen in RATES if since <= day)[1]


def rounded(
    exact: Mapping[str, Fraction],
    months: Mapping[str, list[int]],
    owner: Mapping[date, tuple[str, tuple[date, str, str]]],
    schools: Mapping[str, SchoolFact],
) -> dict[str, tuple[tuple[int, ...], int, int]]:
    codes = sorted({code for code, _ in owner.values()})
    paid = {code: schools[code].kind in KINDS_IN_SCOPE for code in codes}
    amounts = {code: exact[code] if paid[code] and code in exact else Fraction(0) for code in codes}
    fen = {code: floor(amount) for code, amount in amounts.items()}
    missing = floor(sum(amounts.values()) + Fraction(1, 2)) - sum(fen.values())
    for code in sorted(codes, key=lambda code: (fen[code] - amounts[code], code))[:missing]:
        fen[code] += 1
    return {
        code: (
            tuple(months.get(code, ())) if paid[code] else (),
            sum(school_code == code for school_code, _ in owner.values()),
            fen[code],
        )
        for code in codes
    }


# --- made-up people


@st.composite
def stretches(draw: st.DrawFn, longest: int = 500) -> tuple[date, date]:
    start = draw(st.dates(date(2020, 6, 1), date(2025, 3, 1)))
    return start, start + timedelta(days=draw(st.integers(0, longest)))


@st.composite
def people(draw: st.DrawFn, codes: str = "ABCK", appraisals: bool = True) -> PersonFacts:
    assignments = []
    for start, end in draw(st.lists(stretches(), min_size=1, max_size=6)):
        assignments.append(
            Assignment(
                "T1",
                draw(st.sampled_from(codes)),
                draw(st.sampled_from(["甲校", "乙校"])),
                start,
                draw(st.sampled_from([end, end, end, None])),
                draw(st.sampled_from(["qualified", "excellent", None, "unqualified"]))
                if appraisals
                else "qualified",
            )
        )
    absences = [Absence(start, end) for start, end in draw(st.lists(stretches(45), max_size=4))]
    return person(*assignments, absences=absences)


@st.composite
def school_maps(draw: st.DrawFn) -> dict[str, SchoolFact]:
    """Four schools, K a kindergarten; any may have closed, with a successor, without, or in a circle."""
    return {
        code: school(
            code,
            "kindergarten" if code == "K" else "primary",
            closed_on=draw(st.none() | st.dates(date(2020, 1, 1), date(2025, 1, 1))),
            merged_into=draw(st.sampled_from([None, *(other for other in "ABCK" if other != code)])),
        )
        for code in "ABCK"
    }


OPEN_SCHOOLS = {code: school(code) for code in "ABCK"}


def computed(year: int, facts: PersonFacts, schools: Mapping[str, SchoolFact], terms: PayTerms) -> YearResult:
    result = compute_year(year, {"T1": facts}, schools, terms, CALENDAR)
    assert result.refusals == ()
    return result


def as_table(result: YearResult) -> dict[str, tuple[tuple[int, ...], int, int]]:
    return {line.school_code: (line.months, line.days, line.amount_fen) for line in result.lines}


@pytest.mark.parametrize("convention", CONVENTIONS)
@settings(max_examples=80, deadline=None)
@given(year=st.sampled_from(YEARS), facts=people(), schools=school_maps())
def test_intervals_equal_the_day_by_day_reference(
    convention: str, year: int, facts: PersonFacts, schools: dict[str, SchoolFact]
) -> None:
    terms = pay_terms(RATES, convention=convention)
    assert as_table(computed(year, facts, schools, terms)) == reference(year, facts, schools, terms)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(YEARS), people(), school_maps(), st.sampled_from(CONVENTIONS))
def test_a_person_never_exceeds_one_person_year(
    year: int, facts: PersonFacts, schools: dict[str, SchoolFact], convention: str
) -> None:
    result = computed(year, facts, schools, pay_terms(convention=convention))
    months = [month for line in result.lines for month in line.months]
    assert len(months) == len(set(months)) <= 12
    assert sum(line.days for line in result.lines) <= 366
    assert 0 <= result.total_fen <= 2_400_000


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(YEARS), people(), school_maps(), st.sampled_from(CONVENTIONS))
def test_lines_sum_to_the_half_up_of_the_exact_sum_and_stay_within_a_fen(
    year: int, facts: PersonFacts, schools: dict[str, SchoolFact], convention: str
) -> None:
    result = computed(year, facts, schools, pay_terms(RATES, convention=convention))
    exact = sum((line.exact for line in result.lines), Fraction(0))
    assert result.total_fen == floor(exact + Fraction(1, 2))
    for line in result.lines:
        assert abs(line.amount_fen - line.exact) < 1
        assert line.exact or not line.amount_fen


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(YEARS),
    people(),
    school_maps(),
    st.sampled_from(CONVENTIONS),
    st.randoms(use_true_random=False),
)
def test_shuffled_records_change_nothing(
    year: int, facts: PersonFacts, schools: dict[str, SchoolFact], convention: str, random: Random
) -> None:
    terms = pay_terms(RATES, convention=convention)
    assignments, absences = list(facts.assignments), list(facts.absences)
    random.shuffle(assignments)
    random.shuffle(absences)
    first = computed(year, facts, schools, terms)
    second = computed(year, person(*assignments, absences=absences), schools, terms)
    assert [line.receipt.as_dict() for line in first.lines] == [
        line.receipt.as_dict() for line in second.lines
    ]
    assert first.findings == second.findings


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(YEARS), people(appraisals=False), st.sampled_from(CONVENTIONS), st.data())
def test_splitting_a_record_in_adjacent_parts_changes_no_persons_pay(
    year: int, facts: PersonFacts, convention: str, data: st.DataObject
) -> None:
    """Which school is paid may change where records overlap, for a part starts later; the sum may not."""
    chosen = data.draw(st.sampled_from(facts.assignments))
    last = chosen.end or date(2025, 12, 31)
    if last == chosen.start:
        return
    cut = data.draw(st.dates(chosen.start, last - timedelta(days=1)))
    parts = [replace(chosen, end=cut), replace(chosen, start=cut + timedelta(days=1))]
    others = list(facts.assignments)
    others.remove(chosen)
    split = person(*others, *parts, absences=facts.absences)
    terms = pay_terms(RATES, convention=convention)
    whole, divided = (computed(year, each, OPEN_SCHOOLS, terms) for each in (facts, split))
    assert divided.total_fen == whole.total_fen
    if not others:
        assert as_table(divided) == as_table(whole)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(YEARS), st.lists(people(), min_size=1, max_size=5), school_maps())
def test_people_do_not_touch_each_other(
    year: int, crowd: list[PersonFacts], schools: dict[str, SchoolFact]
) -> None:
    terms = pay_terms(RATES)
    persons = {f"T{number}": facts for number, facts in enumerate(crowd)}
    together = compute_year(year, persons, schools, terms, CALENDAR)
    alone = [
        (staff_no, line.school_code, line.amount_fen)
        for staff_no, facts in sorted(persons.items())
        for line in compute_year(year, {staff_no: facts}, schools, terms, CALENDAR).lines
    ]
    assert [(line.staff_no, line.school_code, line.amount_fen) for line in together.lines] == alone
    assert sum(together.allotments.values()) == together.total_fen
