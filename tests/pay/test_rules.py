"""The pay rules on golden cases worked by hand, and what surrounds a figure: refusals, findings, receipts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from talent.core.workdays import WorkCalendar
from talent.pay.facts import Absence, Assignment, PayTerms
from talent.pay.rules import CONVENTIONS, NEEDS_ACKNOWLEDGEMENT, YearResult, compare, compute_year

from .builders import STANDARD, pay_terms, person, school, sent

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
ORDINARY = {code: school(code) for code in ("A", "B", "C", "Z")}
CALENDAR = WorkCalendar()
WHOLE_2021 = sent("A", date(2021, 1, 1), date(2021, 12, 31))


@dataclass(frozen=True)
class Golden:
    """One case under one convention."""

    case: Mapping[str, Any]
    convention: str
    lines: Mapping[str, Mapping[str, Any]]

    def __str__(self) -> str:
        return f"{self.case['name']} [{self.convention}]"


def golden_cases() -> Iterator[Golden]:
    for case in CASES:
        expected = case["expected"]
        for convention in CONVENTIONS:
            lines = expected.get(convention, expected.get("every"))
            if lines is not None:
                yield Golden(case, convention, lines)


def months_of(text: str) -> tuple[int, ...]:
    """``1-3,5`` → 1, 2, 3, 5."""
    spans = [part.partition("-") for part in str(text).split(",") if part]
    return tuple(month for first, _, last in spans for month in range(int(first), int(last or first) + 1))


def expected_lines(golden: Golden) -> list[tuple[str, tuple[int, ...], int, int]]:
    whole_months = golden.convention.startswith("month_") and golden.convention != "month_partial"
    return sorted(
        (code, months_of(line.get("months", "")) if whole_months else (), line["days"], line["fen"])
        for code, line in golden.lines.items()
    )


def computed(case: Mapping[str, Any], convention: str) -> YearResult:
    schools = dict(ORDINARY)
    for given in case.get("schools", ()):
        facts = {"kind": "primary", **given}
        schools.pop(facts["code"], None)
        if not facts.pop("unknown", False):
            schools[facts["code"]] = school(**facts)
    assignments = [
        Assignment(
            "T1",
            given["sending"],
            given.get("host", "受援学校"),
            given["start"],
            given.get("end"),
            given.get("appraisal", "qualified"),
            given.get("post"),
        )
        for given in case["assignments"]
    ]
    absences = [Absence(first, last) for first, last in case.get("absences", ())]
    terms = pay_terms(case.get("rates", dict(STANDARD)).items(), convention=convention)
    persons = {"T1": person(*assignments, absences=absences)}
    return compute_year(case["year"], persons, schools, terms, CALENDAR)


@pytest.mark.parametrize("golden", list(golden_cases()), ids=str)
def test_golden(golden: Golden) -> None:
    result = computed(golden.case, golden.convention)
    lines = [(line.school_code, line.months, line.days, line.amount_fen) for line in result.lines]
    assert lines == expected_lines(golden)
    assert sorted(finding.code for finding in result.findings) == sorted(golden.case.get("findings", []))
    assert result.refusals == ()
    assert result.total_fen == sum(line["fen"] for line in golden.lines.values())


def test_every_case_cites_its_clause() -> None:
    assert [case["name"] for case in CASES if not case.get("clause")] == []
    assert len({case["name"] for case in CASES}) == len(CASES) >= 30


def test_a_year_before_the_standard_is_refused_by_name() -> None:
    result = compute_year(2019, {"T1": person(sent("A", date(2019, 1, 1)))}, ORDINARY, pay_terms())
    (refusal,) = result.refusals
    assert (refusal.code, refusal.params["year"], refusal.params["first"]) == (
        "pay.year_before_plan",
        2019,
        "2020-01-01",
    )
    assert refusal.clause == "三年行动方案(2020—2022年) 三(四)"
    assert (result.lines, result.findings) == ((), ())


def test_a_year_in_which_the_standard_begins_late_is_refused_too() -> None:
    terms = pay_terms([(date(2021, 7, 1), 2_400_000)])
    assert [finding.code for finding in compute_year(2021, {}, ORDINARY, terms).refusals] == [
        "pay.year_before_plan"
    ]


def test_a_convention_nobody_knows_is_refused() -> None:
    result = compute_year(2021, {}, ORDINARY, pay_terms(convention="quarter"))
    assert [(finding.code, finding.params["convention"]) for finding in result.refusals] == [
        ("pay.convention_unknown", "quarter")
    ]


@pytest.mark.parametrize("calendar", [None, WorkCalendar(shipped=[2020])], ids=["none", "without 2021"])
def test_absence_in_a_year_without_calendar_refuses_the_year(calendar: WorkCalendar | None) -> None:
    absent = person(WHOLE_2021, absences=[Absence(date(2021, 3, 1), date(2021, 3, 2))])
    result = compute_year(2021, {"T1": absent, "T2": absent}, ORDINARY, pay_terms(), calendar)
    assert [(finding.code, finding.params["year"]) for finding in result.refusals] == [
        ("workdays.not_loaded", 2021)
    ]
    assert result.lines == ()


@pytest.mark.parametrize(
    "absence",
    [Absence(date(2020, 3, 1), date(2020, 3, 31)), Absence(date(2021, 6, 1), date(2021, 6, 30))],
    ids=["in another year", "in a month not on post"],
)
def test_an_absence_that_cannot_matter_asks_no_calendar(absence: Absence) -> None:
    persons = {"T1": person(sent("A", date(2021, 3, 1), date(2021, 4, 30)), absences=[absence])}
    result = compute_year(2021, persons, ORDINARY, pay_terms(), None)
    assert [(line.amount_fen, line.receipt.person.calendar_version) for line in result.lines] == [
        (400_000, None)
    ]


def test_reversed_dates_are_findings_and_own_nothing() -> None:
    wrong = sent("A", date(2021, 5, 1), date(2021, 4, 1))
    absence = Absence(date(2021, 3, 31), date(2021, 3, 1))
    persons = {"T1": person(wrong, sent("B", date(2021, 3, 1), date(2021, 3, 31)), absences=[absence])}
    result = compute_year(2021, persons, ORDINARY, pay_terms(), CALENDAR)
    assert [finding.code for finding in result.findings] == ["pay.dates_reversed", "pay.absence_reversed"]
    assert [(line.school_code, line.amount_fen) for line in result.lines] == [("B", 200_000)]


def test_a_finding_names_who_which_record_and_the_clause() -> None:
    persons = {"T1": person(sent("A", date(2021, 1, 1), appraisal=None, host="红旗小学"))}
    (finding,) = compute_year(2021, persons, ORDINARY, pay_terms()).findings
    assert finding.as_dict() == {
        "code": "pay.appraisal_missing",
        "clause": "三年行动方案(2020—2022年) 三(四)",
        "params": {
            "clause": "三年行动方案(2020—2022年) 三(四)",
            "staff_no": "T1",
            "sending_code": "A",
            "host": "红旗小学",
            "start": "2021-01-01",
            "end": None,
        },
        "level": "warning",
    }
    assert finding.code in NEEDS_ACKNOWLEDGEMENT


def test_allotments_sum_the_lines_of_each_school_zero_lines_included() -> None:
    persons = {
        "T2": person(sent("B", date(2021, 1, 1), date(2021, 6, 30), staff_no="T2")),
        "T1": person(WHOLE_2021),
        "T3": person(sent("C", date(2021, 2, 15), date(2021, 2, 28), staff_no="T3")),
        "T4": person(sent("A", date(2021, 1, 1), date(2021, 1, 31), staff_no="T4")),
    }
    result = compute_year(2021, persons, ORDINARY, pay_terms())
    assert [line.staff_no for line in result.lines] == ["T1", "T2", "T3", "T4"]
    assert result.allotments == {"A": 2_600_000, "B": 1_200_000, "C": 0}
    assert result.total_fen == 3_800_000


def test_the_five_conventions_stand_side_by_side_on_the_same_people() -> None:
    """Rules §2.5; the figures are those of the worked example from 15 March."""
    persons = {"T1": person(sent("A", date(2021, 3, 15), date(2021, 12, 31)))}
    results = compare(2021, persons, ORDINARY, pay_terms())
    assert {code: result.total_fen for code, result in results.items()} == {
        "month_min_days": 2_000_000,
        "month_any_day": 2_000_000,
        "month_full": 1_800_000,
        "month_partial": 1_909_677,
        "day": 1_920_000,
    }
    assert all(result.terms.convention.value == code for code, result in results.items())


def test_other_parameters_are_obeyed() -> None:
    persons = {"T1": person(sent("A", date(2021, 3, 15), date(2021, 12, 31)))}
    twenty_days = compute_year(2021, persons, ORDINARY, pay_terms(month_min_days=20))
    assert twenty_days.lines[0].months == tuple(range(4, 13))
    tenths = compute_year(2021, {"T1": person(WHOLE_2021)}, ORDINARY, pay_terms(month_share=Fraction(1, 10)))
    assert (tenths.total_fen, tenths.lines[0].months) == (2_400_000, tuple(range(1, 13)))
    absences = [Absence(date(2021, 3, 1), date(2021, 3, 3))]
    strict = {"T1": person(WHOLE_2021, absences=absences)}
    result = compute_year(2021, strict, ORDINARY, pay_terms(absence_limit=2), CALENDAR)
    assert result.total_fen == 2_200_000


def test_a_receipt_explains_the_line_and_survives_json() -> None:
    """Rules §2.12."""
    persons = {
        "T1": person(
            sent("A", date(2021, 6, 1), date(2021, 7, 10), host="甲校"),
            sent("B", date(2021, 7, 5), date(2021, 8, 10), host="乙校", appraisal=None),
            absences=[Absence(date(2021, 6, 1), date(2021, 6, 30))],
        )
    }
    result = compute_year(2021, persons, ORDINARY, pay_terms(), CALENDAR)
    receipt = result.lines[1].receipt.as_dict()
    assert json.loads(json.dumps(receipt)) == receipt
    assert receipt["days"] == [["2021-07-11", "2021-08-10", "乙校"]]
    assert [(row["month"], row["on_post"], row["owned"], row["verdict"]) for row in receipt["months"]] == [
        (6, 30, 0, "absent"),
        (7, 31, 21, "counted"),
        (8, 10, 10, "too_few_days"),
    ]
    assert [(row["absent_workdays"], row["owner"], row["rate_fen"]) for row in receipt["months"]] == [
        (21, "A", 2_400_000),
        (0, "B", 2_400_000),
        (0, "B", 2_400_000),
    ]
    assert receipt["findings"] == ["pay.appraisal_missing"]
    assert receipt["calendar"] == CALENDAR.versions([2021])[2021]
    assert [parameter["key"].rpartition(".")[2] for parameter in receipt["parameters"]] == [
        "yearly_amount",
        "accrual_year",
        "convention",
        "month_min_days",
        "month_share",
        "year_limit",
        "absence_limit",
        "school_kinds",
        "discarded_appraisals",
        "participants_minimum_share",
    ]
    assert {"basis", "source", "since"} <= receipt["parameters"][0].keys()
    assert "parameters" not in result.lines[1].receipt.as_dict(parameters=False)


def test_a_receipt_shows_the_rounding() -> None:
    persons = {
        "T1": person(
            sent("A", date(2021, 3, 1), date(2021, 6, 30)), sent("B", date(2021, 7, 1), date(2021, 8, 31))
        )
    }
    result = compute_year(2021, persons, ORDINARY, pay_terms(convention="day"))
    first, second = (line.receipt.rounding() for line in result.lines)
    assert first == {
        "rule": "half_up_per_person_then_largest_fraction",
        "person_exact_fen": str(Fraction(2_400_000 * 184, 365)),
        "person_fen": 1_209_863,
        "exact_fen": str(Fraction(2_400_000 * 122, 365)),
        "floor_fen": 802_191,
        "added_fen": 1,
    }
    assert (second["floor_fen"], second["added_fen"]) == (407_671, 0)


def test_a_month_in_which_the_rate_changes_has_two_rows_under_day() -> None:
    terms = pay_terms([(date(2020, 1, 1), 2_400_000), (date(2021, 7, 15), 3_600_000)], convention="day")
    persons = {"T1": person(sent("A", date(2021, 7, 1), date(2021, 7, 31)))}
    (line,) = compute_year(2021, persons, ORDINARY, terms).lines
    rows = [(row["month"], row["on_post"], row["rate_fen"]) for row in line.receipt.months()]
    assert rows == [(7, 14, 2_400_000), (7, 17, 3_600_000)]
    assert [value.value for value in terms.values(2021)][:2] == [2_400_000, 3_600_000]
    assert [value.value for value in terms.values(2022)][:3] == [3_600_000, "calendar_year", "day"]


def test_a_convention_tried_out_is_assumed() -> None:
    terms: PayTerms = pay_terms()
    assert terms.with_convention("month_min_days") is terms
    assert terms.with_convention("day").convention.basis == "assumed"
    assert [value.value for value in terms.assumed(2021)][:2] == ["calendar_year", "month_min_days"]


def test_of_equal_starts_at_one_school_the_lower_host_owns_the_day() -> None:
    """Rules §2.7: by (start, sending school, host); a longer record keeps what is left."""
    start, end = date(2021, 3, 1), date(2021, 3, 31)
    persons = {"T1": person(sent("A", start, end, host="b"), sent("A", start, date(2021, 3, 20), host="a"))}
    (line,) = compute_year(2021, persons, ORDINARY, pay_terms()).lines
    assert line.receipt.days() == (
        (start, date(2021, 3, 20), "a"),
        (date(2021, 3, 21), end, "b"),
    )
