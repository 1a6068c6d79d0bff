"""The forecast of a year: the very rules of pay, records and nominations apart, by equality."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.core.workdays import WorkCalendar
from talent.pay.budgets.rules import Asked, Balance, SpellKey, forecast, known_on, summed
from talent.pay.facts import Absence, Assignment, PayTerms, PersonFacts, SchoolFact
from talent.pay.rules import compute_year
from talent.policy.book import load_book

YEAR = 2027
SCHOOLS = {code: SchoolFact(code, "primary") for code in ("S1", "S2")}
TERMS = PayTerms.from_book(load_book(), YEAR)
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)


def spell(
    start: date, end: date | None, staff_no: str = "T1", sending: str = "S1", host: str = "柳河小学"
) -> Assignment:
    return Assignment(staff_no, sending, host, start, end)


def made(persons: dict[str, list[Assignment]], *asked: Asked, absences: dict[str, list[Absence]] | None = None,
         calendar: WorkCalendar | None = None):
    facts = {staff_no: PersonFacts(tuple(spells), tuple((absences or {}).get(staff_no, ())))
             for staff_no, spells in persons.items()}
    return forecast(YEAR, facts, SCHOOLS, TERMS, calendar or WorkCalendar(), asked)


def sums(found) -> list[tuple[str, int, int, int, int]]:
    return [(each.code, each.people, each.fen, each.changed, each.more_fen) for each in found.schools()]


SEPTEMBER = date(2026, 9, 1)


@pytest.mark.parametrize(("persons", "asked", "expected"), [
    ({"T1": [spell(SEPTEMBER, None)]}, (), [("S1", 1, 2_400_000, 0, 0)]),
    ({"T1": [spell(SEPTEMBER, date(YEAR, 6, 30))]}, (), [("S1", 1, 1_200_000, 0, 0)]),
    ({"T1": [spell(SEPTEMBER, date(2026, 12, 31))]}, (), []),
    ({}, (Asked("T2", None, (spell(FIRST, LAST, "T2"),)),), [("S1", 0, 0, 1, 2_400_000)]),
    ({"T1": [spell(SEPTEMBER, None)]},
     (Asked("T1", SpellKey("S1", "柳河小学", SEPTEMBER), (spell(SEPTEMBER, date(YEAR, 3, 31)),)),),
     [("S1", 1, 2_400_000, 1, -1_800_000)]),
    ({"T1": [spell(SEPTEMBER, None)]},
     (Asked("T1", SpellKey("S1", "柳河小学", SEPTEMBER), (spell(SEPTEMBER, date(2026, 12, 31)),)),),
     [("S1", 1, 2_400_000, 1, -2_400_000)]),
    ({}, (Asked("T1", SpellKey("S1", "柳河小学", SEPTEMBER), (spell(SEPTEMBER, date(YEAR, 6, 30)),)),),
     [("S1", 0, 0, 1, 1_200_000)]),
    ({"T1": [spell(SEPTEMBER, date(YEAR, 6, 30))]},
     (Asked("T1", SpellKey("S1", "柳河小学", SEPTEMBER), (
         spell(SEPTEMBER, date(YEAR, 2, 28)), spell(date(YEAR, 3, 1), date(YEAR, 6, 30), host="河东小学"))),),
     [("S1", 1, 1_200_000, 0, 0)]),
    ({"T1": [spell(FIRST, date(YEAR, 6, 30)), spell(date(YEAR, 7, 1), LAST, sending="S2")], "T2": [
        spell(FIRST, LAST, "T2", "S2")]}, (), [("S1", 1, 1_200_000, 0, 0), ("S2", 2, 3_600_000, 0, 0)]),
    ({"T1": [spell(FIRST, LAST)]}, (Asked("T1", None, (spell(FIRST, LAST, host="河东小学"),)),),
     [("S1", 1, 2_400_000, 0, 0)]),
], ids=["open end", "half", "over before", "nominated", "early return", "never gets there", "longer", "moves",
        "two schools", "twice at once"])
def test_what_a_year_comes_to(persons, asked, expected) -> None:
    assert sums(made(persons, *asked)) == expected


def test_records_and_nominations_stay_apart() -> None:
    found = made({"T1": [spell(FIRST, LAST)]}, Asked("T2", None, (spell(date(YEAR, 3, 1), LAST, "T2"),)))
    whole = summed("", found.places)
    assert (whole.people, whole.fen, whole.changed, whole.more_fen, whole.total_fen) == (
        1, 2_400_000, 1, 2_000_000, 4_400_000)
    assert found.months() == [(1, 0), (1, 0), *[(1, 1)] * 10]
    place = next(each for each in found.places if each.staff_no == "T2")
    assert place.known is None and place.then is not None and place.then.months == tuple(range(3, 13))


some_spells = st.lists(st.tuples(
    st.sampled_from(["T1", "T2", "T3"]), st.sampled_from(["S1", "S2"]),
    st.dates(date(2026, 6, 1), date(2027, 12, 31)), st.one_of(st.none(), st.integers(0, 500))), max_size=6)


@given(some_spells, some_spells)
def test_it_is_what_pay_would_say_of_the_same_records(recorded, wished) -> None:
    def of(rows) -> list[Assignment]:
        return [spell(start, None if days is None else date.fromordinal(start.toordinal() + days), who, school, f"{at}")
                for at, (who, school, start, days) in enumerate(rows)]

    persons: dict[str, list[Assignment]] = {}
    for each in of(recorded):
        persons.setdefault(each.staff_no, []).append(each)
    asked = [Asked(each.staff_no, None, (each,)) for each in of(wished)]
    found, everything = made(persons, *asked), {staff_no: list(spells) for staff_no, spells in persons.items()}
    for each in asked:
        everything.setdefault(each.staff_no, []).extend(each.spells)

    def paid(of_whom: dict[str, list[Assignment]]) -> dict[str, int]:
        facts = {staff_no: PersonFacts(tuple(spells)) for staff_no, spells in of_whom.items()}
        return {code: fen for code, fen in compute_year(YEAR, facts, SCHOOLS, TERMS).allotments.items() if fen}

    schools = found.schools()
    assert {each.code: each.fen for each in schools if each.fen} == paid(persons)
    assert {each.code: each.total_fen for each in schools if each.total_fen} == paid(everything)


def test_absences_are_taken_off_where_the_calendar_is_loaded() -> None:
    away = {"T1": [Absence(date(YEAR, 3, 1), date(YEAR, 3, 31))]}
    year = {"T1": [spell(FIRST, LAST)]}
    without = made(year, absences=away)
    assert sums(without) == [("S1", 1, 2_400_000, 0, 0)] and without.uncounted == ("T1",)
    loaded = made(year, absences=away, calendar=WorkCalendar({YEAR: ((), ())}))
    assert sums(loaded) == [("S1", 1, 2_200_000, 0, 0)] and loaded.uncounted == ()
    found = made({}, Asked("T1", None, (spell(FIRST, LAST),)), absences=away)
    assert found.uncounted == ()


def test_a_year_without_its_calendar_is_forecast_but_never_paid() -> None:
    """The same records: pay refuses the year, the forecast is made and names whose absences it left out."""
    away, spells = (Absence(date(YEAR, 3, 1), date(YEAR, 3, 31)),), {"T1": (spell(FIRST, LAST),),
                                                                     "T2": (spell(FIRST, LAST, "T2"),)}
    persons = {"T1": PersonFacts(spells["T1"], away), "T2": PersonFacts(spells["T2"])}
    refused = compute_year(YEAR, persons, SCHOOLS, TERMS, WorkCalendar())
    assert ([each.code for each in refused.refusals], refused.lines) == (["workdays.not_loaded"], ())
    found = forecast(YEAR, persons, SCHOOLS, TERMS, WorkCalendar(), ())
    assert found.uncounted == ("T1",)
    assert [each.code for each in found.findings] == ["pay.appraisal_missing"] * 2
    assert sums(found) == [("S1", 2, 4_800_000, 0, 0)]


def test_of_a_past_day_only_what_had_begun_is_known() -> None:
    facts = {"T1": PersonFacts((spell(SEPTEMBER, None), spell(FIRST, LAST, host="河东小学"))),
             "T2": PersonFacts((spell(date(2026, 9, 2), None, "T2"),))}
    found = known_on(facts, SEPTEMBER)
    assert {staff_no: [each.start for each in kept.assignments] for staff_no, kept in found.items()} == {
        "T1": [SEPTEMBER]}


def test_of_a_past_day_later_absences_are_not_known() -> None:
    begun, later = (Absence(date(YEAR, month, 1), date(YEAR, month, 31)) for month in (3, 5))
    facts = {"T1": PersonFacts((spell(FIRST, LAST),), (begun, later))}
    assert [known_on(facts, date(YEAR, 3, day))["T1"].absences for day in (1, 31)] == [(begun,)] * 2
    assert known_on(facts, date(YEAR, 2, 28))["T1"].absences == ()
    assert known_on(facts, date(YEAR, 5, 1))["T1"].absences == (begun, later)


@pytest.mark.parametrize(("budget", "booked", "left"), [
    (None, {}, None), (0, {}, 0), (2_400_000, {"2028-01": 1_000_000, "2028-02": -200_000}, 1_600_000),
    (100, {"2028-01": 250}, -150), (None, {"2028-01": 250}, None)])
def test_what_is_left_of_a_budget(budget, booked, left) -> None:
    assert Balance("S1", budget, booked).left_fen == left
