"""Every finding of the pay rules has words, and every name in the words is among the finding's facts."""

from collections.abc import Iterator
from datetime import date
from string import Formatter

from talent.core.errors import Finding
from talent.core.workdays import not_loaded
from talent.pay.awards.rules import AwardShare, split_allotment
from talent.pay.facts import Absence
from talent.pay.rules import compute_year
from talent.words.pay import WORDS
from talent.words.workdays import WORDS as WORKDAY_WORDS

from .builders import pay_terms, person, sent
from .test_award import HALF
from .test_rules import CASES, ORDINARY, computed


def every_finding() -> Iterator[Finding]:
    """At least one of each code the slice's rules can give."""
    for case in CASES:
        yield from computed(case, "month_min_days").findings
    reversed_dates = person(
        sent("A", date(2021, 5, 1), date(2021, 4, 1)),
        sent("A", date(2021, 3, 1)),
        absences=[Absence(date(2021, 3, 31), date(2021, 3, 1))],
    )
    yield from compute_year(2021, {"T1": reversed_dates}, ORDINARY, pay_terms()).findings
    yield from compute_year(2019, {}, ORDINARY, pay_terms()).refusals
    yield from compute_year(2021, {}, ORDINARY, pay_terms(convention="quarter")).refusals
    others = AwardShare("others", 3, participant=False)
    named = AwardShare("others", 3, participant=False, name="其他人员")
    for allotment_fen, shares in (
        (-1, []),
        (1, []),
        (1, [AwardShare("T1", -1)]),
        (1, [AwardShare("T1", 1), others, others]),
        (100, [AwardShare("T1", 1), named]),
    ):
        split = split_allotment(allotment_fen, shares, HALF)
        yield from (*split.refusals, *split.findings)


def names_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_words_and_findings_match_one_to_one() -> None:
    assert {finding.code for finding in every_finding()} == set(WORDS)


def test_the_words_name_only_facts_the_finding_has() -> None:
    for finding in every_finding():
        for sentence in WORDS[finding.code]:
            assert names_in(sentence) <= finding.params.keys(), finding.code


def test_each_reason_cites_its_clause_and_each_hint_says_what_to_do() -> None:
    for code, (reason, hint) in WORDS.items():
        assert "clause" in names_in(reason), code
        assert hint.startswith(("请", "如")), code


def test_a_year_not_loaded_is_named() -> None:
    finding = not_loaded(2027, (2025, 2026))
    reason, hint = (sentence.format_map(finding.params) for sentence in WORKDAY_WORDS[finding.code])
    assert "2027" in reason and "2026" in reason and "2027" in hint
