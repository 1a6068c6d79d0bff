"""The records a rule counted, by name: what the gap of a person rests on, each leading to where it stands."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from talent.core.language import translated
from talent.core.terms import APPRAISAL, GRADE, LEVEL, words_of
from talent.policy.tables import TierTable
from talent.tiers.eligibility import Candidate, ConductBar, HeldTitle, ResultFact, RuleVerdict


@dataclass(frozen=True, slots=True)
class Counted:
    """One record: what it is, when, and the page it stands on ("" for none)."""

    text: str
    when: str = ""
    url: str = ""


def counted_records(person_id: int, facts: Candidate, row: RuleVerdict, table: TierTable) -> list[Counted]:
    """The records behind one answer. Which of them the reader may see, the verdict's own keys say."""
    page = url_for("people.show", person_id=person_id)
    match row.rule:
        case "hours" if facts.hours is not None:
            return [Counted(gettext("近五年的培训记录"), "", f"{page}?kind=training#records")]
        case "appraisal":
            words: Mapping[str, str] = words_of(APPRAISAL)
            return [Counted(translated(words.get(grade, grade)), year) for year, grade in row.actual.items() if grade]
        case "result":
            told = _named(facts.results, row, _result)
            return [Counted(*each, f"{page}?kind=contest#records") for each in told]
        case "prior_title":
            return [Counted(*each) for each in _named(facts.titles, row, lambda title: _title(title, table))]
        case "conduct":
            return [Counted(*each) for each in _named(facts.bars, row, _bar)]
        case _:
            return []


def _named(facts: tuple, row: RuleVerdict, told: Callable[..., tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return (told(fact) for fact in facts if fact.record in row.records)


def _result(result: ResultFact) -> tuple[str, str]:
    level, grade = words_of(LEVEL)[result.level], words_of(GRADE)[result.grade]
    return gettext("%(name)s，%(level)s %(grade)s", name=result.contest, level=translated(level),
                   grade=translated(grade)), result.on.isoformat()


def _title(title: HeldTitle, table: TierTable) -> tuple[str, str]:
    named = filter(None, (translated(table.label(title.tier)), title.document_no))
    return gettext("，").join(named), gettext("%(day)s 起", day=title.term_from.isoformat())


def _bar(bar: ConductBar) -> tuple[str, str]:
    until = gettext("限制至 %(day)s", day=bar.until.isoformat()) if bar.until else gettext("没有期限")
    return until, gettext("%(day)s 决定", day=bar.decided_on.isoformat())
