"""The policy book: what it holds, when each value is in force, what it refuses, and how it is laid over."""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from talent.core import terms
from talent.core.workdays import SHIPPED_YEARS, shipped_table
from talent.policy.book import Book, Entry, Override, Source, load_book
from talent.policy.errors import NotInForce, PolicyError, UnknownKey
from talent.policy.registry import CALENDAR, ELIGIBILITY, TYPES, family_of
from talent.policy.types import Exact, dump

BOOK = load_book()
ENTRIES = [pytest.param(entry, id=entry.key) for entry in BOOK.entries()]
DOCUMENT = Source("区教育局文件", "某教〔2024〕1号")
AMOUNT = "paired_assistance.yearly_amount"


@pytest.mark.parametrize("entry", ENTRIES)
def test_each_value_is_in_force_from_its_first_day(entry: Entry) -> None:
    for dated in entry.values:
        found = BOOK.at(entry.key, dated.since)
        assert (found.value, found.basis, found.since) == (dated.value, dated.basis, dated.since)


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_day_before_the_first_is_refused_by_name_and_a_later_value_leaves_its_predecessor(
    entry: Entry,
) -> None:
    with pytest.raises(NotInForce) as refused:
        BOOK.at(entry.key, entry.first_date - timedelta(days=1))
    assert (refused.value.key, refused.value.label, refused.value.first) == (
        entry.key,
        entry.label,
        entry.first_date,
    )
    for before, after in zip(entry.values, entry.values[1:], strict=False):
        found = BOOK.at(entry.key, after.since - timedelta(days=1))
        assert (found.value, found.until) == (before.value, after.since)


@pytest.mark.parametrize("entry", ENTRIES)
def test_each_value_survives_being_written_as_json_and_laid_over_its_own_book(entry: Entry) -> None:
    overrides = [
        Override(entry.key, dated.since, dump(dated.value), dated.basis, dated.source)
        for dated in entry.values
    ]
    again = BOOK.overlaid(overrides).entry(entry.key)
    assert [dated.value for dated in again.values] == [dated.value for dated in entry.values]


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_assumption_says_what_nobody_decided(entry: Entry) -> None:
    for dated in entry.values:
        assert dated.source.document
        if dated.basis == "assumed":
            assert dated.source.note, f"{entry.key} on {dated.since}"


def test_every_type_has_its_entry_and_every_tower_tier_its_rules() -> None:
    keys = {entry.key for entry in BOOK}
    assert set(TYPES) == {key for key in keys if family_of(key) is None}
    tower = {row.code for row in BOOK.at("tiers.table", date(2026, 1, 1)).value.tower}
    assert {key.removeprefix(ELIGIBILITY) for key in keys if key.startswith(ELIGIBILITY)} == tower


def test_the_standard_is_enacted_by_the_plan_and_assumed_after_its_term() -> None:
    assert (BOOK.at(AMOUNT, date(2022, 12, 31)).value, BOOK.at(AMOUNT, date(2022, 12, 31)).assumed) == (
        2400000,
        False,
    )
    assert (BOOK.at(AMOUNT, date(2023, 1, 1)).value, BOOK.at(AMOUNT, date(2023, 1, 1)).assumed) == (
        2400000,
        True,
    )
    assert BOOK.entry(AMOUNT).paid_to == "sending_school"


def test_labels_agree_with_the_vocabulary_of_the_workbooks() -> None:
    on = date(2026, 1, 1)
    for key, vocabulary in {
        "tiers.table": terms.TITLE,
        "hours.levels": terms.TRAINING_LEVEL,
        "vocabulary.professional_titles": terms.PROFESSIONAL_TITLE,
        "vocabulary.schooling": terms.SCHOOLING,
        "vocabulary.result_levels": terms.LEVEL,
        "vocabulary.result_grades": terms.GRADE,
        "vocabulary.result_categories": terms.CONTEST_CATEGORY,
    }.items():
        assert {row.label: row.code for row in BOOK.at(key, on).value} == dict(vocabulary), key
    old = BOOK.at("vocabulary.professional_title_aliases", on).value
    assert {word: terms.PROFESSIONAL_TITLE_OLD[word] for word in old} == dict(old)
    conventions = BOOK.at("paired_assistance.conventions", on).value
    assert set(conventions.codes) == set(terms.PAY_CONVENTION.values())


def test_calendars_agree_with_the_published_ones_day_by_day() -> None:
    calendars = BOOK.calendars()
    assert sorted(calendars) == list(range(2018, SHIPPED_YEARS.stop))
    for year, (days_off, makeup_days) in calendars.items():
        weekdays_off = frozenset(day for day in days_off if day.weekday() < 5)
        assert (weekdays_off, makeup_days) == (shipped_table(year).days_off, shipped_table(year).makeup_days)


# What a file may not say ----------------------------------------------------------------------------------

GOOD = """\
privacy.peer_minimum:
  label: 同组统计的最少人数
  unit: people
  values:
    2020-01-01: {value: 10, basis: assumed, source: {document: 方案}}
    2021-01-01: {value: 12, basis: enacted, source: {document: 文件}}
"""


@pytest.mark.parametrize(
    ("was", "becomes", "key", "on", "problem"),
    [
        ("privacy.peer_minimum", "privacy.pier_minimum", "privacy.pier_minimum", None, "unknown key"),
        ("privacy.peer_minimum", "hours.cycle_years", "hours.cycle_years", None, "begins with privacy."),
        ("label:", "name:", "privacy.peer_minimum", None, "label"),
        (", source: {document: 文件}", "", "privacy.peer_minimum", "2021-01-01", "source"),
        ("{document: 文件}", "{document: ''}", "privacy.peer_minimum", "2021-01-01", "document"),
        ("basis: enacted", "basis: guessed", "privacy.peer_minimum", "2021-01-01", "basis"),
        ("2021-01-01", "2019-01-01", "privacy.peer_minimum", None, "not in order"),
        ("value: 12", "value: twelve", "privacy.peer_minimum", "2021-01-01", "integer"),
        ("value: 12", "value: -1", "privacy.peer_minimum", "2021-01-01", "greater than or equal to 0"),
        ("value: 12", "value: 1.5", "privacy.peer_minimum", "2021-01-01", "integer"),
        ("2021-01-01", "2020-01-01", "", None, "2020-01-01 stands twice"),
        ("values:", "values: [", "", None, "not YAML"),
    ],
)
def test_a_file_is_refused_naming_file_key_and_date(
    tmp_path: Path, was: str, becomes: str, key: str, on: str | None, problem: str
) -> None:
    (tmp_path / "privacy.yaml").write_text(GOOD.replace(was, becomes), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_book(tmp_path)
    assert (refused.value.file, refused.value.key) == ("privacy.yaml", key)
    assert (None if refused.value.on is None else str(refused.value.on)) == on
    assert problem in refused.value.problem


def test_a_good_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "privacy.yaml").write_text(GOOD, encoding="utf-8")
    assert [dated.value for dated in load_book(tmp_path).entry("privacy.peer_minimum").values] == [10, 12]


@given(st.fractions(max_denominator=10**6))
def test_exact_numbers_are_read_back_as_they_were_written(number: Fraction) -> None:
    assert TypeAdapter(Exact).validate_python(dump(number)) == number


@pytest.mark.parametrize("raw", [0.5, True, "1e3", "0.5 ", "1/0", None, "½"])
def test_what_is_not_exact_is_refused(raw: Any) -> None:
    with pytest.raises(ValidationError, match="exact"):
        TypeAdapter(Exact).validate_python(raw)


# The bureau's own values ----------------------------------------------------------------------------------


def amounts(book: Book) -> list[tuple[date, int]]:
    return [(dated.since, dated.value) for dated in book.entry(AMOUNT).values]


def test_an_override_silences_later_assumptions_and_keeps_what_was_enacted() -> None:
    book = BOOK.overlaid([Override(AMOUNT, date(2022, 7, 1), 3000000, "delegated", DOCUMENT)])
    assert amounts(book) == [(date(2020, 1, 1), 2400000), (date(2022, 7, 1), 3000000)]
    assert book.at(AMOUNT, date(2026, 1, 1)).overridden
    assert book.at(AMOUNT, date(2022, 6, 30)).basis == "enacted"
    assert amounts(BOOK) == [(date(2020, 1, 1), 2400000), (date(2023, 1, 1), 2400000)]


def test_of_two_overrides_of_one_day_the_later_wins() -> None:
    since = date(2024, 1, 1)
    book = BOOK.overlaid(
        [Override(AMOUNT, since, value, "delegated", DOCUMENT) for value in (2500000, 2600000)]
    )
    assert book.at(AMOUNT, since).value == 2600000


def test_another_year_is_loaded_as_an_override() -> None:
    with pytest.raises(UnknownKey):
        BOOK.at(f"{CALENDAR}2027", date(2027, 1, 1))
    days = {"year": 2027, "days_off": ["2027-01-01..2027-01-03"], "makeup_days": ["2027-02-06"]}
    override = Override(
        f"{CALENDAR}2027", date(2027, 1, 1), days, "enacted", {"document": "通知", "clause": "", "note": ""}
    )
    book = BOOK.overlaid([override])
    assert book.calendars()[2027] == (
        frozenset(date(2027, 1, day) for day in (1, 2, 3)),
        frozenset({date(2027, 2, 6)}),
    )
    assert book.entry(f"{CALENDAR}2027").label == "2027 年工作日历"


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("paired_assistance.amount", 1, "unknown key"),
        (AMOUNT, 24000.0, "integer"),
        ("paired_assistance.convention", "month_half", "paired_assistance.conventions"),
        ("hours.cycle_caps", {"evening": 100}, "hours.levels"),
        ("portraits.contest_level_points", {"galactic": 1}, "vocabulary.result_levels"),
        (f"{ELIGIBILITY}grand_master", [{"rule": "in_service"}], "tiers.table"),
        (
            f"{ELIGIBILITY}new_talent",
            [{"rule": "professional_title", "at_least": "top"}],
            "vocabulary.professional_titles",
        ),
        (f"{ELIGIBILITY}new_talent", [{"rule": "height"}], "in_service"),
        (f"{ELIGIBILITY}new_talent", [{"rule": "conduct"}, {"rule": "conduct"}], "at most once"),
        ("rounds.criteria", [{"code": "a", "label": "甲", "weight": "0.9"}], "sum to 1"),
        ("portraits.career_bands", [0, 9, 4], "ascend"),
        ("portraits.k_range", {"minimum": 9, "maximum": 8}, "not above"),
        (f"{CALENDAR}2027", {"year": 2026, "days_off": [], "makeup_days": []}, "2026"),
        ("privacy.dominance_limit", "3/2", "between 0 and 1"),
    ],
)
def test_an_override_is_checked_like_a_shipped_value(key: str, value: Any, problem: str) -> None:
    with pytest.raises(PolicyError) as refused:
        BOOK.overlaid([Override(key, date(2027, 1, 1), value, "delegated", DOCUMENT)])
    assert (refused.value.file, refused.value.key) == ("override", key)
    assert problem in refused.value.problem


@pytest.mark.parametrize(
    ("basis", "source", "problem"), [("rumoured", DOCUMENT, "basis"), ("enacted", Source(" "), "document")]
)
def test_an_override_names_its_basis_and_its_document(basis: str, source: Source, problem: str) -> None:
    with pytest.raises(PolicyError, match=problem):
        BOOK.overlaid([Override(AMOUNT, date(2027, 1, 1), 2400000, basis, source)])


def test_nothing_in_the_book_can_be_changed() -> None:
    caps = BOOK.at("hours.cycle_caps", date(2026, 1, 1)).value
    with pytest.raises(TypeError):
        caps["school"] = 0
    with pytest.raises(ValidationError):
        BOOK.at("tiers.table", date(2026, 1, 1)).value.row("new_talent").backbone = True
    assert BOOK.overlaid([]) is BOOK


def test_a_digest_tells_values_and_sources_apart_and_nothing_else() -> None:
    changed = BOOK.overlaid([Override(AMOUNT, date(2024, 1, 1), 2400000, "delegated", DOCUMENT)])
    assert BOOK.digest() == load_book().digest() != changed.digest()
    assert (
        BOOK.digest([AMOUNT, "hours.levels"])
        == BOOK.digest(["hours.levels", AMOUNT])
        != BOOK.digest([AMOUNT])
    )
    assert BOOK.digest(["hours.levels"]) == changed.digest(["hours.levels"])


def test_tiers_stand_in_table_order() -> None:
    table = BOOK.at("tiers.table", date(2026, 1, 1)).value
    assert [table.rank(row.code) for row in table] == [6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0]
    assert table.at_least("chief_subject_teacher") == {
        "leading_talent",
        "famous_teacher",
        "chief_subject_teacher",
    }
    assert "new_talent" not in table.backbone
    assert "municipal_backbone" in table.backbone


def test_hours_feed_the_column_of_their_level_and_online_ones_the_online_column() -> None:
    columns = BOOK.at("portraits.hour_columns", date(2026, 1, 1)).value
    assert columns.column_of("municipal") == "hours_national"
    assert columns.column_of("municipal", online=True) == "hours_online"
    assert columns.column_of("unknown") is None
