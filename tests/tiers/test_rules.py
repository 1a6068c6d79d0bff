"""The tower and eligibility beyond the golden cases: people once, reasons in words, months for dates."""

from datetime import date, timedelta
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.core.errors import Finding
from talent.core.language import reading_in
from talent.core.periods import Period
from talent.policy.book import load_book
from talent.policy.errors import UnknownKey
from talent.tiers.candidates import Sight
from talent.tiers.eligibility import (
    Candidate,
    ConductBar,
    HeldTitle,
    KnownDate,
    ResultFact,
    TierRules,
    eligibility,
    overall,
    tally,
)
from talent.tiers.reasons import asked, found, near_results, reason, shortfalls
from talent.tiers.rules import (
    Pyramid,
    StateFact,
    TitleFact,
    arts_backbone,
    arts_heads,
    backbone,
    highest,
    in_force,
    is_in_force,
    pyramid,
    spans,
)
from talent.words.say import say
from talent.words.tiers import WORDS

BOOK = load_book()
ON = date(2022, 9, 1)
TABLE = BOOK.at("tiers.table", ON).value
EVERYTHING = Sight(ages=True, cases=True)
SCOPE = BOOK.at("tiers.cultivation_scope", ON).value
ARTS = BOOK.at("vocabulary.art_subjects", ON).value
TIERS = st.sampled_from(TABLE.codes)
DAYS = st.dates(date(2015, 1, 1), date(2027, 12, 31))


def held(staff_no: str, tier: str, subject: str = "") -> TitleFact:
    return TitleFact(staff_no, tier, date(2021, 9, 1), date(2024, 8, 31), subject=subject)


TITLES = st.lists(
    st.builds(
        TitleFact,
        st.sampled_from(["T1", "T2", "T3", "T4"]),
        TIERS,
        DAYS,
        st.none(),
        st.lists(
            st.builds(StateFact, st.sampled_from(["in_office", "suspended", "ended"]), st.none() | DAYS),
            max_size=2,
        ).map(tuple),
        st.lists(st.builds(Period, DAYS), max_size=1).map(tuple),
    ),
    max_size=12,
)


AWAY = st.one_of(
    st.builds(Period, st.none(), DAYS),
    st.builds(Period, DAYS),
    st.builds(lambda start, days: Period(start, start + timedelta(days)), DAYS, st.integers(1, 900)),
)
BROKEN = st.builds(
    TitleFact,
    st.just("T1"),
    TIERS,
    DAYS,
    st.none() | st.dates(date(2016, 1, 1), date(2030, 1, 1)),
    st.lists(
        st.builds(StateFact, st.sampled_from(["in_office", "suspended", "revoked"]), st.none() | DAYS), max_size=4
    ).map(tuple),
    st.lists(AWAY, max_size=3).map(tuple),
)


@given(BROKEN, st.lists(DAYS, max_size=20))
def test_a_title_judged_once_is_judged_as_on_every_date(title: TitleFact, days: list[date]) -> None:
    edges = [state.on for state in title.states] + [day for period in title.away for day in (period.start, period.end)]
    days += [day + timedelta(by) for day in (title.term_from, title.term_to, *edges) if day for by in (-1, 0, 1)]
    held_in = spans(title, TABLE)
    assert {day: any(span.contains(day) for span in held_in) for day in days} == {
        day: is_in_force(title, day, TABLE) for day in days
    }


def test_the_tower_counts_a_person_once_and_honours_beside_it_each_on_its_own() -> None:
    titles = [
        held("T1", "new_talent"),
        held("T1", "famous_teacher"),
        held("T1", "special_grade"),
        held("T1", "municipal_backbone"),
        held("T2", "famous_teacher"),
        held("T3", "municipal_backbone"),
        held("T3", "municipal_backbone"),
        TitleFact("T4", "leading_talent", date(2010, 9, 1)),
    ]
    found = pyramid(titles, ON, TABLE)
    assert list(found.tower) == [row.code for row in TABLE.tower]
    assert {tier: count for tier, count in found.tower.items() if count} == {"famous_teacher": 2}
    assert {tier: count for tier, count in found.beside.items() if count} == {
        "municipal_backbone": 2,
        "special_grade": 1,
    }
    assert found.people == 3
    assert backbone(titles, ON, TABLE) == {"T1", "T2", "T3"}


def test_nobody_is_an_empty_tower() -> None:
    assert pyramid([], ON, TABLE) == Pyramid(
        {row.code: 0 for row in TABLE.tower}, {row.code: 0 for row in TABLE.beside}, 0
    )


def test_backbone_needs_the_flag() -> None:
    assert backbone([held("T1", "new_talent"), held("T2", "school_subject_head")], ON, TABLE) == frozenset()


@given(TITLES, DAYS)
def test_tower_people_are_the_holders_of_tower_titles(titles: list[TitleFact], on: date) -> None:
    found = pyramid(titles, on, TABLE)
    holders = {title.staff_no for title in in_force(titles, on, TABLE) if TABLE.rank(title.tier)}
    assert sum(found.tower.values()) == len(holders) <= found.people


@given(TITLES, DAYS, st.randoms())
def test_the_order_of_the_titles_changes_nothing(titles: list[TitleFact], on: date, random: object) -> None:
    shuffled = list(titles)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert pyramid(shuffled, on, TABLE) == pyramid(titles, on, TABLE)
    assert highest(shuffled, on, TABLE) == highest(titles, on, TABLE)


@given(TITLES, DAYS, st.sampled_from(["suspended", "revoked", "ended"]), st.integers(1, 900))
def test_what_happens_later_does_not_change_a_past_date(
    titles: list[TitleFact], on: date, state: str, days: int
) -> None:
    later = on + timedelta(days)
    after = [
        TitleFact(
            title.staff_no,
            title.tier,
            title.term_from,
            title.term_to,
            (*title.states, StateFact(state, max(later, title.term_from))),
            (*title.away, Period(later)),
        )
        for title in titles
    ]
    assert pyramid(after, on, TABLE) == pyramid(titles, on, TABLE)


def test_cultivation_counts_arts_titles() -> None:
    titles = [
        held("T1", "district_subject_head", "音乐"),
        held("T2", "school_subject_head", "美术"),
        held("T3", "famous_teacher", "数学"),
        held("T4", "special_grade", "舞蹈"),
        held("T5", "new_talent", "书法"),
    ]
    born = {"T1": date(1976, 9, 2), "T2": date(1976, 9, 1), "T4": date(1990, 1, 1)}
    assert arts_heads(titles, ON, TABLE, SCOPE, ARTS) == {"T1"}
    assert arts_backbone(titles, ON, TABLE, SCOPE, ARTS, born) == {"T1", "T4"}


@pytest.mark.parametrize(
    ("on", "years"),
    [
        (date(2022, 8, 31), (14, 14)),
        (date(2022, 9, 1), (14, 15)),
        (date(2022, 9, 29), (14, 15)),
        (date(2022, 9, 30), (15, 15)),
    ],
)
def test_years_from_a_month_are_a_range_while_its_day_decides(on: date, years: tuple[int, int]) -> None:
    assert KnownDate(date(2007, 9, 12), month_only=True).years(on) == years


def test_an_honour_beside_the_tower_has_no_rules_of_its_own() -> None:
    with pytest.raises(UnknownKey):
        TierRules.in_force(BOOK, "special_grade", ON)


GOOD = Candidate(
    "T1",
    True,
    "full_senior",
    KnownDate(date(2000, 9, 1)),
    KnownDate(date(1978, 1, 1)),
    (
        HeldTitle("leading_talent", date(2015, 9, 1), "title:1"),
        HeldTitle("new_talent", date(2009, 9, 1), "title:2"),
    ),
    (
        ResultFact("municipal", "second", date(2022, 1, 1), "result:1"),
        ResultFact("national", "first", date(2022, 2, 1), "result:2"),
    ),
    {2019: "qualified", 2020: "excellent", 2021: "qualified"},
    40000,
)
BARE = Candidate("T2", True)
BARRED = Candidate(
    "T3",
    False,
    "third",
    KnownDate(date(2022, 1, 1)),
    KnownDate(date(1950, 1, 1)),
    (),
    (),
    {2019: "basic", 2020: "unqualified"},
    0,
    (ConductBar(date(2022, 1, 1), None, "conduct:9"),),
)


def test_a_rule_tells_what_is_required_what_is_there_and_the_records_it_counted() -> None:
    found = {row.rule: row for row in eligibility(GOOD, TierRules.in_force(BOOK, "leading_talent", ON)).rules}
    assert list(found) == [
        "in_service",
        "professional_title",
        "teaching_years",
        "prior_title",
        "result",
        "appraisal",
        "hours",
        "conduct",
    ]
    assert found["prior_title"].records == ("title:1",)
    assert found["result"].records == ("result:2",)
    assert (found["teaching_years"].required, found["teaching_years"].actual) == (
        {"at_least": 15, "at_most": None},
        22,
    )
    assert (found["hours"].required, found["hours"].actual) == (36000, 40000)
    assert found["appraisal"].actual == {"2019": "qualified", "2020": "excellent", "2021": "qualified"}
    assert {row.clause for row in found.values()} == {"三年行动方案(2020—2022年) 二(九)"}


def test_a_bare_record_lacks_data_and_is_not_judged_short() -> None:
    found = eligibility(BARE, TierRules.in_force(BOOK, "new_talent", ON))
    assert found.verdict == "no_data"
    assert [row.rule for row in found.rules if row.verdict == "met"] == ["in_service", "conduct"]


def test_hours_suffice_without_a_teaching_date_only_when_they_always_would() -> None:
    terms = TierRules.in_force(BOOK, "school_subject_head", ON)
    for hours, verdict in ((36000, "met"), (35999, "no_data"), (0, "no_data")):
        rows = eligibility(Candidate("T1", True, hours=hours), terms).rules
        assert next(row.verdict for row in rows if row.rule == "hours") == verdict


def test_verdicts_are_tallied() -> None:
    terms = TierRules.in_force(BOOK, "leading_talent", ON)
    people = [eligibility(candidate, terms) for candidate in (GOOD, BARRED, BARRED)]
    assert tally(people) == {"met": 1, "not_met": 2, "no_data": 0}


@given(st.lists(st.sampled_from(["met", "not_met", "no_data"])))
def test_not_met_decides_before_no_data_before_met(verdicts: list[str]) -> None:
    expected = next((worst for worst in ("not_met", "no_data") if worst in verdicts), "met")
    assert overall(verdicts) == expected  # type: ignore[arg-type]


def _told(candidate: Candidate, tier: str, sight: Sight = EVERYTHING) -> list[Finding]:
    """Every sentence that can be said of a candidate."""
    terms = TierRules.in_force(BOOK, tier, ON)
    near = near_results(candidate, terms)
    return [
        finding
        for row in map(sight.shown, eligibility(candidate, terms).rules)
        for finding in (reason(row, terms, TABLE), asked(row, terms, TABLE), *found(row, terms, TABLE, near),
                        *found(row, terms, TABLE))
    ]


def test_every_reason_a_rule_can_give_has_its_words() -> None:
    month = Candidate("T4", True, teaching_since=KnownDate(date(2019, 9, 1), True),
                      born=KnownDate(date(1986, 9, 9), True), hours=15000)
    young = Candidate("T5", True, teaching_since=KnownDate(date(2018, 9, 1)), born=KnownDate(date(1995, 1, 1)),
                      hours=100, results=(ResultFact("school", "first", date(2022, 1, 1)),))
    faded = Candidate("T6", True, results=(ResultFact("national", "first", date(2016, 1, 1)),))
    told = [each for row in TABLE.tower for person in (GOOD, BARE, BARRED, month, young, faded)
            for each in _told(person, row.code)]
    told += _told(young, "new_talent", Sight(ages=False, cases=False))
    for finding in told:
        needed = {name for text in WORDS[finding.code] for _, name, _, _ in Formatter().parse(text) if name}
        assert needed <= set(finding.params), finding.code
    assert set(WORDS) - {finding.code for finding in told} == {"tiers.prior_title.asked"}


def test_requirements_are_told_shortly() -> None:
    terms = TierRules.in_force(BOOK, "chief_subject_teacher", ON)
    told = {row.rule: say(asked(row, terms, TABLE))[0] for row in eligibility(GOOD, terms).rules}
    assert told == {
        "in_service": "截止日在职", "professional_title": "职称高级及以上", "teaching_years": "从教满 10 年",
        "prior_title": "曾任区级学科带头人及以上", "result": "近 5 年竞赛区县级一等奖，或市级及以上",
        "appraisal": "2019—2021 年度考核合格", "hours": "近五年认定学时满 360", "conduct": "没有师德限制",
    }
    lowest = TierRules.in_force(BOOK, "district_subject_head", ON)
    rows = {row.rule: row for row in eligibility(GOOD, lowest).rules}
    assert say(asked(rows["prior_title"], lowest, TABLE))[0] == "曾有塔上或市级以上任一称号"


def test_results_that_nearly_counted_are_told() -> None:
    terms = TierRules.in_force(BOOK, "chief_subject_teacher", ON)
    won = (ResultFact("district", "second", date(2022, 1, 1)), ResultFact("district", "third", date(2021, 1, 1)),
           ResultFact("municipal", "third", date(2017, 9, 1)), ResultFact("national", "first", date(2010, 1, 1)))
    person = Candidate("T7", True, results=won)
    row = next(row for row in eligibility(person, terms).rules if row.rule == "result")
    told = [say(each)[0] for each in found(row, terms, TABLE, near_results(person, terms))]
    assert told == ["近 5 年 2 项，最高区县级二等奖", "2017 年的市级三等奖已过 5 年"]
    with reading_in("en"):
        told = [say(each)[0] for each in found(row, terms, TABLE, near_results(person, terms))]
    assert "District or county level Second prize" in told[0] and "Municipal Third prize" in told[1]


def test_shortfalls_are_the_reasons_of_what_is_not_met() -> None:
    terms = TierRules.in_force(BOOK, "chief_subject_teacher", ON)
    findings = {
        finding.code: finding for finding in shortfalls(eligibility(BARRED, terms).rules, terms, TABLE)
    }
    assert set(findings) == {
        "tiers.in_service.not_met",
        "tiers.professional_title.not_met",
        "tiers.teaching_years.not_met",
        "tiers.prior_title.not_met",
        "tiers.result.not_met",
        "tiers.appraisal.not_met",
        "tiers.conduct.not_met",
    }
    assert findings["tiers.result.not_met"].params["required"] == ["区县级一等奖", "市级"]
    assert findings["tiers.appraisal.not_met"].params["below"] == ["2019", "2020"]
    assert findings["tiers.professional_title.not_met"].params["actual"] == "三级"
