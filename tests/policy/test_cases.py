"""The golden cases beside this file: what the rules say of given facts on a date, under the shipped book."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from talent.core.periods import Period
from talent.core.workdays import WorkCalendar
from talent.policy.book import load_book
from talent.tiers.eligibility import (
    Candidate,
    ConductBar,
    HeldTitle,
    KnownDate,
    ResultFact,
    TierRules,
    eligibility,
)
from talent.tiers.rules import StateFact, TitleFact, is_in_force
from talent.training import rules as training

BOOK = load_book()
CASES = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def hundredths(hours: float | int | None) -> int | None:
    return None if hours is None else int(Decimal(str(hours)) * 100)


def known(raw: date | str | None) -> KnownDate | None:
    """A day, or a month such as ``2007-09``."""
    if raw is None or isinstance(raw, date):
        return None if raw is None else KnownDate(raw)
    return KnownDate(date.fromisoformat(f"{raw}-15"), month_only=True)


def spans(raw: list[list[date | None]]) -> tuple[Period, ...]:
    return tuple(Period.inclusive(first, last) for first, last in raw)


def window(period: Period) -> dict[str, date | None]:
    return {"first": period.start, "last": period.last}


def rolling_window(on: date, facts: Mapping[str, Any]) -> Any:
    return window(training.window_of("evaluation", on, training.HoursPolicy.in_force(BOOK, on)))


def cycle(on: date, facts: Mapping[str, Any]) -> Any:
    return window(training.cycle_of(on, training.HoursPolicy.in_force(BOOK, on)))


def hours(on: date, facts: Mapping[str, Any]) -> Any:
    policy = training.HoursPolicy.in_force(BOOK, on)
    records = [training.HoursRecord(**{**row, "hours": hundredths(row["hours"])}) for row in facts["records"]]
    views = {
        view: training.hours_view(
            view, training.sums_by_level(records, training.window_of(view, on, policy), policy), policy
        )
        for view in ("evaluation", "cycle")
    }
    shown = {view: float(Fraction(found.hours, 100)) for view, found in views.items()}
    return {**shown, "apart": float(Fraction(views["evaluation"].apart, 100))}


def cycle_target(on: date, facts: Mapping[str, Any]) -> Any:
    policy = training.HoursPolicy.in_force(BOOK, on)
    months = training.months_served(spans(facts["served"]), on, policy)
    return {"months": str(months), "target": training.cycle_target(months, policy) / 100}


def in_force(on: date, facts: Mapping[str, Any]) -> Any:
    states = tuple(StateFact(state, day) for state, day in facts.get("states", ()))
    title = TitleFact(
        "T1", facts["tier"], facts["from"], facts.get("to"), states, spans(facts.get("away", []))
    )
    return is_in_force(title, on, BOOK.at("tiers.table", on).value)


BASE: Mapping[str, Any] = {
    "in_service": True,
    "professional_title": "senior",
    "teaching_since": date(2000, 9, 1),
    "born": date(1978, 1, 1),
    "titles": [["chief_subject_teacher", date(2015, 9, 1)]],
    "results": [["municipal", "first", date(2021, 6, 1)]],
    "appraisals": {2019: "qualified", 2020: "excellent", 2021: "qualified"},
    "hours": 400,
    "bars": [],
}


def eligible(on: date, facts: Mapping[str, Any]) -> Any:
    given = {**BASE, **facts}
    candidate = Candidate(
        "T1",
        given["in_service"],
        given["professional_title"],
        known(given["teaching_since"]),
        known(given["born"]),
        tuple(HeldTitle(*title) for title in given["titles"]),
        tuple(ResultFact(*result) for result in given["results"]),
        given["appraisals"],
        hundredths(given["hours"]),
        tuple(ConductBar(*bar) for bar in given["bars"]),
    )
    found = eligibility(candidate, TierRules.in_force(BOOK, facts["tier"], on))
    lists = {
        verdict: [row.rule for row in found.rules if row.verdict == verdict]
        for verdict in ("not_met", "no_data")
    }
    return {"verdict": found.verdict, **{verdict: rules for verdict, rules in lists.items() if rules}}


def notice_end(on: date, facts: Mapping[str, Any]) -> Any:
    return WorkCalendar(BOOK.calendars(), shipped=()).notice_end(
        on, BOOK.at("rounds.notice_workdays", on).value
    )


RULES: dict[str, Callable[[date, Mapping[str, Any]], Any]] = {
    "rolling_window": rolling_window,
    "cycle": cycle,
    "hours": hours,
    "cycle_target": cycle_target,
    "in_force": in_force,
    "eligibility": eligible,
    "notice_end": notice_end,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}: {case['name']}")
def test_golden_case(case: Mapping[str, Any]) -> None:
    assert RULES[case["rule"]](case["as_of"], case.get("facts", {})) == case["expected"], case["clause"]
