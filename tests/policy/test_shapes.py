"""Whatever value two persons may put in force, every reader of the book goes on working."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talent.core.language import reading_in, translated
from talent.core.periods import Period, add_months
from talent.indicators.rules import IndicatorPolicy, Resources, SchoolFacts, TeacherShares, stage_result
from talent.indicators.staff import Counting
from talent.indicators.staffing import staffing_quota
from talent.pay.facts import PayTerms
from talent.pay.rules import compare
from talent.policy.book import Book, load_book
from talent.policy.registry import family_of
from talent.policy.shapes import misfits
from talent.policy.types import dump
from talent.portraits.features import COLUMNS, Features, hours_medians, scaled_to_window, ten_inputs
from talent.portraits.parameters import settings_of
from talent.portraits.reading import window_of
from talent.portraits.scores import ScoreScale
from talent.portraits.start import start_responsibilities
from talent.settings.commands import Draft, judge_value
from talent.settings.typed import as_typed, read_typed, shape_of
from talent.tiers.eligibility import Candidate, KnownDate, TierRules, eligibility
from talent.training.rules import (
    HoursPolicy,
    cycle_target,
    hours_view,
    induction_window,
    months_served,
)
from talent.training.rules import (
    window_of as hours_window,
)
from talent.web import policy_values
from talent.words.say import say
from tests.pay.builders import person, school, sent

BOOK = load_book()
SINCE, ON = date(2027, 1, 1), date(2027, 9, 1)
KEYS = [entry.key for entry in BOOK if not entry.key.startswith("calendar.")]
APP = Flask(__name__)
Babel(APP)
LONG = "9" * 30
ORDINARY = {"A": school("A")}


def everything_works(book: Book) -> None:
    """Each computation that rests on the book, on a little of everything; whatever is wrong raises."""
    _hours(book)
    _pay(book)
    _indicators(book)
    _portraits(book)
    _titles(book)
    for entry in book:
        if entry.key.startswith("privacy.keep_"):
            add_months(ON, -book.at(entry.key, ON).value)
        elif entry.key.startswith("privacy.") and entry.key.endswith("_days"):
            ON + timedelta(days=book.at(entry.key, ON).value)
    with APP.test_request_context():
        for entry in book:
            for dated in entry.values:
                policy_values.worded(book, entry.key, entry.unit, dated.value)


def _hours(book: Book) -> None:
    policy = HoursPolicy.in_force(book, ON)
    months = months_served([Period(date(2010, 9, 1), None)], ON, policy)
    assert cycle_target(months, policy) >= 0
    induction_window(ON, policy)
    for view in ("evaluation", "cycle"):
        assert hours_window(view, ON, policy).start is not None  # type: ignore[arg-type]
        assert hours_view(view, {"national": 100, "school": 50_000}, policy).hours >= 0  # type: ignore[arg-type]


def _pay(book: Book) -> None:
    terms = PayTerms.from_book(book, 2027)
    sums = compare(2027, {"T1": person(sent("A", date(2027, 1, 1), date(2027, 12, 31)))}, ORDINARY, terms)
    assert all(not result.refusals and result.total_fen >= 0 for result in sums.values())


def _indicators(book: Book) -> None:
    policy = IndicatorPolicy.in_force(book, ON)
    Counting.in_force(book, ON)
    shares = TeacherShares(Fraction(40), Fraction(10), Fraction(9))
    one = SchoolFacts("P1", "nine_year", {"primary": 900, "junior": 400}, {"primary": shares, "junior": shares},
                      whole=Resources(*map(Fraction, (9000, 9000, 5_000_000, 40))))
    for stage in ("primary", "junior"):
        stage_result([one], stage, policy)  # type: ignore[arg-type]
    assert staffing_quota({"primary": 900, "junior": 400}, book.at("staffing.ratios", ON).value) >= 0
    for stage in ("primary", "junior"):
        assert book.at("indicators.class_size_limits", ON).value[stage] > 0


def _portraits(book: Book) -> None:
    chosen = settings_of(book, ON)
    window_of(ON, book.at("portraits.window_years", ON).value)
    values = np.random.default_rng(7).integers(0, 9, (40, len(COLUMNS))).astype(float)
    months = np.full(40, 30.0)
    features = Features(tuple(map(str, range(40))), scaled_to_window(values, months, chosen), months)
    inputs = ten_inputs(features, hours_medians(features), chosen)
    assert np.isfinite(ScoreScale.of(inputs, chosen).scores(inputs, chosen)).all()
    assert np.isfinite(start_responsibilities(inputs, 3, 1, chosen)).all()
    names = {row.code for row in book.at("portraits.other_type_names", ON).value}
    assert {"balanced", "sparse"} <= names


def _titles(book: Book) -> None:
    table = book.at("tiers.table", ON).value
    assert table.at_least(book.at("tiers.cultivation_scope", ON).value.heads_at_least)
    someone = Candidate("T1", True, "senior", KnownDate(date(2005, 9, 1), "day"), KnownDate(date(1980, 1, 1), "day"),
                        appraisals={2026: "excellent"}, hours=40_000)
    for tier in table.tower:
        if f"tiers.eligibility.{tier.code}" in book:
            eligibility(someone, TierRules.in_force(book, tier.code, ON))


# ── what somebody might type ─────────────────────────────────────────────────────────────────────────────────

NUMBERS = st.sampled_from([0, 1, -1, 2, 7, 31, 32, 366, 5000, 10**6, 10**12, 10**30, 0.5])
EXACTS = st.sampled_from(["0", "1", "-1", "0.5", "1/3", "1/999999999999999989", "1000000000000", "2.5", "-0.1"])


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something may be changed in a value as JSON: every scalar, every row, every key."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield (*path, key)
            yield from leaves(value[key], (*path, key))
    else:
        yield path


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """A value of the book with one thing changed, gone, or twice there."""
    key = draw(st.sampled_from(KEYS))
    value = deepcopy(dump(BOOK.entry(key).values[-1].value))
    path = draw(st.sampled_from(sorted(set(leaves(value)), key=repr)))
    if not path:
        return Draft(key, draw(_instead(value)), SINCE, "delegated", "明教〔2027〕1号")
    *way, last = path
    holder = value
    for step in way:
        holder = holder[step]
    match draw(st.sampled_from(["change", "drop", "rename"])):
        case "drop":
            del holder[last]
        case "rename" if isinstance(holder, dict):
            holder["strange"] = holder.pop(last)
        case _:
            holder[last] = draw(_instead(holder[last]))
    return Draft(key, value, SINCE, "delegated", "明教〔2027〕1号")


def _instead(value: Any) -> st.SearchStrategy[Any]:
    if isinstance(value, bool):
        return st.just(not value)
    if isinstance(value, int):
        return NUMBERS
    if isinstance(value, str) and value.replace("/", "").replace(".", "").replace("-", "").isdigit() and len(value) < 8:
        return EXACTS
    if isinstance(value, str):
        return st.sampled_from(["strange", "", "0001-01-01", "9999-12-31", "school", "primary", "apex", "beside", LONG])
    return st.sampled_from([None, [], {}])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(draft=drafts())
def test_what_is_accepted_stops_nothing(draft: Draft) -> None:
    found = judge_value(BOOK, draft)
    if any(finding.code != "policy.unchanged" for finding in found):
        assert "policy.value_refused" not in {finding.code for finding in found}, "say it in the reader's words"
        return
    everything_works(BOOK.overlaid([draft.override]))


def test_everything_works_as_shipped() -> None:
    everything_works(BOOK)
    assert [misfit for entry in BOOK for dated in entry.values
            for misfit in misfits(BOOK, entry.key, entry.unit, dated.value, dated.since)] == []


@pytest.mark.parametrize(("key", "change", "code"), [
    ("hours.evaluation_years", lambda _: 5000, "policy.shape_range"),
    ("hours.cycle_target_step", lambda _: 0, "policy.shape_range"),
    ("paired_assistance.year_limit", lambda _: -1, "policy.shape_range"),
    ("paired_assistance.month_share", lambda _: "1/999999999999999989", "policy.shape_range"),
    ("indicators.other_minimum_share", lambda _: "1/999999999999999989", "policy.shape_fine"),
    ("staffing.ratios", lambda now: {**now, "primary": "0"}, "policy.shape_range"),
    ("indicators.cv_limits", lambda now: {"primary": now["primary"]}, "policy.shape_lost"),
    ("indicators.split_weights", lambda now: {**now, "moon": "1"}, "policy.shape_strange"),
    ("indicators.thresholds", lambda now: [{**row, "code": "moons"} if row["number"] == 7 else row for row in now],
     "policy.shape_lost"),
    ("tiers.table", lambda now: now[:-1], "policy.shape_lost"),
    ("portraits.contest_category_factors", lambda now: {**now, "own": "0"}, "policy.shape_nothing"),
    ("portraits.dimensions", lambda now: [{**row, "columns": {"papers": "0"}} for row in now], "policy.shape_nothing"),
    ("portraits.method", lambda now: {**now, "variance_floor": "0"}, "policy.shape_range"),
    ("tiers.cultivation_scope", lambda now: {**now, "backbone_maximum_age": 10**9}, "policy.shape_range"),
    ("tiers.eligibility.new_talent", lambda now: [
        {**row, "at_least": 9} if row["rule"] == "teaching_years" else row for row in now], "policy.shape_reversed"),
    ("privacy.correction_days", lambda _: 10**6, "policy.shape_range"),
    ("hours.levels", lambda _: "moon", "policy.wrong_table"),
    ("hours.cycle_years", lambda _: "five", "policy.wrong_whole"),
    ("hours.cycle_years", lambda _: -1, "policy.wrong_least"),
    ("privacy.dominance_limit", lambda _: "3/2", "policy.wrong_share"),
    ("privacy.dominance_limit", lambda _: 0.5, "policy.wrong_exact"),
    ("hours.cycle_start", lambda _: 5, "policy.wrong_day"),
    ("portraits.career_bands", lambda _: [0, 9, 4], "policy.wrong_bands"),
    ("portraits.k_range", lambda _: {"minimum": 8, "maximum": 4}, "policy.shape_reversed"),
    ("portraits.k_range", lambda _: {"minimum": 8}, "policy.wrong_missing"),
    ("portraits.k_range", lambda now: {**now, "moon": 4}, "policy.wrong_extra"),
    ("rounds.criteria", lambda now: now[:-1], "policy.wrong_sum"),
    ("tiers.table", lambda now: [now[-1], *now[:-1]], "policy.wrong_tower"),
    ("hours.levels", lambda now: [*now, now[0]], "policy.wrong_twice"),
    ("indicators.certified_evidence", lambda _: "moon", "policy.wrong_choice"),
    ("paired_assistance.convention", lambda _: "by_moon", "policy.wrong_undefined"),
    ("tiers.eligibility.new_talent", lambda now: [*now, {"rule": "moon"}], "policy.wrong_rule"),
])
def test_a_refusal_says_which_entry_and_how_it_is_written(key: str, change: Any, code: str) -> None:
    entry = BOOK.entry(key)
    now = dump(entry.values[-1].value)
    found = judge_value(BOOK, Draft(key, change(now), SINCE, "delegated", "明教〔2027〕1号"))
    assert found[0].code == code
    assert found[0].params["label"] == entry.label
    for language in ("zh", "en"):
        with reading_in(language):
            reason, hint = say(found[0])
            assert translated(entry.label) in reason and hint and "{" not in reason
            assert (language == "zh") is bool(re.search("[一-鿿]", reason))
    shown = as_typed(entry.values[-1].value, entry.unit)
    assert shown.startswith(found[0].params["example"]) and found[0].params["example"]


def test_a_new_member_of_a_family_is_judged_like_the_others() -> None:
    assert family_of("tiers.eligibility.moon") is not None
    rules = dump(BOOK.entry("tiers.eligibility.new_talent").values[-1].value)
    found = judge_value(BOOK, Draft("tiers.eligibility.moon", rules, SINCE, "delegated", "明教〔2027〕1号"))
    assert [finding.code for finding in found] == ["policy.wrong_undefined"]  # no such tier


def test_what_is_typed_by_hand_reaches_the_judge() -> None:
    unit, now = BOOK.entry("staffing.ratios").unit, BOOK.entry("staffing.ratios").values[-1].value
    typed = json.dumps({**json.loads(as_typed(now, unit)), "junior": "-1"})
    draft = Draft("staffing.ratios", read_typed(typed, shape_of(now, unit)), SINCE, "delegated", "明教〔2027〕1号")
    assert [finding.code for finding in judge_value(BOOK, draft)] == ["policy.shape_range"]
