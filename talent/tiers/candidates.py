"""Records as the facts the eligibility rules take, and everybody's verdict on a date.

One statement for each kind of record, the same number for one person as for a whole city.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from talent.achievements import queries as achievements
from talent.core.access import Actor, Scope
from talent.core.periods import years_before
from talent.core.work import Work
from talent.people import standing
from talent.people.search import keeps_records
from talent.people.standing import Standing
from talent.policy.book import Book
from talent.policy.eligibility import Appraisal, Result
from talent.policy.registry import ELIGIBILITY
from talent.tiers import eligibility as rules
from talent.tiers.eligibility import (
    Candidate,
    ConductBar,
    Eligibility,
    HeldTitle,
    KnownDate,
    ResultFact,
    RuleVerdict,
    TierRules,
)
from talent.tiers.ledger import Held
from talent.tiers.models import Title
from talent.training import queries as training

READ, TAKE = "eligibility:read", "record:export"
#: What a record of a verdict is called: ``title:12``, ``result:7``, ``conduct:3``.
TITLE, RESULT, CONDUCT = "title", "result", "conduct"


# ── tiers that have rules ────────────────────────────────────────────────────────────────────────────────────


def tiers_with_rules(book: Book) -> tuple[str, ...]:
    """The tiers somebody may apply for, by code; those without rules (beside the tower) are absent."""
    return tuple(entry.key.removeprefix(ELIGIBILITY) for entry in book if entry.key.startswith(ELIGIBILITY))


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Asked:
    """How far back the rules look: the first day of results, the calendar years of appraisals."""

    results_since: date
    years: range

    @classmethod
    def by(cls, terms: Iterable[TierRules]) -> "Asked":
        """What all these tiers together ask for."""
        given = list(terms)
        on = given[0].on
        every = [rule for each in given for rule in each.rules.value]
        results = max((rule.years for rule in every if isinstance(rule, Result)), default=0)
        appraisals = max((rule.years for rule in every if isinstance(rule, Appraisal)), default=0)
        return cls(years_before(on, results), range(on.year - appraisals, on.year))


@dataclass(frozen=True, slots=True)
class Known:
    """Everything the facts of many people are made of, by person id."""

    titles: Mapping[int, tuple[HeldTitle, ...]]
    results: Mapping[int, tuple[ResultFact, ...]]
    appraisals: Mapping[int, Mapping[int, str]]
    hours: Mapping[int, int]
    bars: Mapping[int, tuple[ConductBar, ...]]


def candidates(
    work: Work, on: date, scope: Scope, asked: Asked, person_id: int | None = None
) -> list[tuple[Standing, Candidate]]:
    """Everybody the scope reaches (or one of them) with the facts as they stood on ``on``; seven statements."""
    people = standing.standings(work.session, on, scope, person_id)
    whose = None if scope.everyone and person_id is None else [person.person_id for person in people]
    known = Known(
        _titles(work.session, on, whose), _results(work.session, asked.results_since, on, whose),
        standing.appraisals_in(work.session, asked.years, whose), training.evaluation_hours(work, on, whose),
        _bars(work.session, on, whose),
    )
    return [(person, _candidate(person, known)) for person in people]


def _candidate(person: Standing, known: Known) -> Candidate:
    key = person.person_id
    return Candidate(
        person.staff_no, person.in_service, person.professional_title or None,
        _known_date(person.teaching_started_on, person.teaching_precision),
        _known_date(person.born_on, person.born_precision), known.titles.get(key, ()), known.results.get(key, ()),
        known.appraisals.get(key), known.hours.get(key), known.bars.get(key, ()),
    )


def _known_date(on: date | None, precision: str) -> KnownDate | None:
    return None if on is None else KnownDate(on, precision == "month")


def _titles(session: Session, on: date, whose: Collection[int] | None) -> dict[int, tuple[HeldTitle, ...]]:
    query = select(Title.person_id, Title.id, Title.tier, Title.term_from, Title.document_no).where(
        Title.term_from <= on)
    rows = session.execute((query if whose is None else query.where(Title.person_id.in_(whose)))
                           .order_by(Title.term_from.desc(), Title.id))
    return _grouped((row.person_id, HeldTitle(row.tier, row.term_from, f"{TITLE}:{row.id}", row.document_no))
                    for row in rows)


def _results(
    session: Session, since: date, on: date, whose: Collection[int] | None
) -> dict[int, tuple[ResultFact, ...]]:
    rows = achievements.recognised_results(session, since, on, whose)
    return _grouped(
        (row.person_id, ResultFact(row.level, row.grade, row.awarded_on, f"{RESULT}:{row.id}", row.contest))
        for row in rows
    )


def _bars(session: Session, on: date, whose: Collection[int] | None) -> dict[int, tuple[ConductBar, ...]]:
    found = standing.bars_on(session, on, whose)
    return {person: tuple(ConductBar(bar.decided_on, bar.until, f"{CONDUCT}:{bar.case_id}") for bar in bars)
            for person, bars in found.items()}


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, tuple[Any, ...]]:
    found: dict[int, list[Any]] = {}
    for person, fact in pairs:
        found.setdefault(person, []).append(fact)
    return {person: tuple(facts) for person, facts in found.items()}


# ── verdicts ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a verdict a reader may see besides the verdict itself: ages, and the 师德 cases behind a bar."""

    ages: bool
    cases: bool

    @classmethod
    def of(cls, actor: Actor, person_id: int | None = None) -> "Sight":
        """The actor's, of one person or of a list."""
        own = person_id is not None and person_id in actor.scope(READ).persons
        return cls(keeps_records(actor) or own, actor.scope("conduct:read").everyone)

    def shown(self, row: RuleVerdict) -> RuleVerdict:
        """The verdict of a rule without what this reader may not know."""
        if row.rule == "age" and not self.ages:
            return RuleVerdict(row.rule, row.verdict, row.required, None, row.records, row.clause)
        if row.rule == "conduct" and not self.cases:
            return RuleVerdict(row.rule, row.verdict, row.required, row.actual, (), row.clause)
        return row


@dataclass(frozen=True, slots=True)
class Judged:
    """One person's verdict for a tier."""

    person: Standing
    found: Eligibility

    def as_json(self, sight: Sight) -> dict[str, Any]:
        """As ``talent tiers eligible`` writes it: hours in hours."""
        return {
            "staff_no": self.person.staff_no, "verdict": self.found.verdict,
            "rules": [_as_json(sight.shown(row)) for row in self.found.rules],
        }


def _as_json(row: RuleVerdict) -> dict[str, Any]:
    required, actual = row.required, row.actual
    if row.rule == "hours":
        required, actual = training.in_hours(required), None if actual is None else training.in_hours(actual)
    return {"rule": row.rule, "verdict": row.verdict, "required": required, "actual": actual}


def eligible(work: Work, tier: str, on: date, *, takes: bool = False) -> Iterator[Judged]:
    """Everybody the actor may see, or (``takes``) take along, by staff number, judged for ``tier`` on ``on``; seven
    statements.

    Also who is not in service on it: the rule says so. ``UnknownKey`` for a tier without rules.
    """
    scope, terms = work.require(READ), TierRules.in_force(work.book, tier, on)
    scope = scope & work.require(TAKE) if takes else scope
    people = candidates(work, on, scope, Asked.by([terms]))
    return (Judged(person, rules.eligibility(facts, terms)) for person, facts in people)


# ── one person ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Outlook:
    """One person's facts, and the verdict for every tier of the tower in table order."""

    person: Standing
    facts: Candidate
    verdicts: Sequence[tuple[TierRules, Eligibility]]


def outlook(work: Work, person_id: int, on: date) -> Outlook | None:
    """All tiers for one person, with every result ever won; None for somebody out of the actor's sight."""
    scope, terms = work.actor.scope(READ), _terms(work.book, on)
    if not scope or not terms:
        return None
    asked = Asked(date.min, Asked.by(terms).years)
    found = candidates(work, on, scope, asked, person_id)
    return next((_outlook(person, facts, terms) for person, facts in found), None)


def outlook_of(
    work: Work, person: Standing, on: date, lines: Mapping[str, Sequence[Any]], titles: Iterable[Held]
) -> Outlook | None:
    """As :func:`outlook`, of somebody whose records by ``on`` are read already; no statement.

    ``lines`` by kind, in the columns all kinds of records share. The caller has settled that the actor may see the
    person; None without the right to know who is eligible.
    """
    terms = _terms(work.book, on)
    if not terms or not work.actor.may(READ):
        return None
    key, years = person.person_id, Asked.by(terms).years
    graded = {int(line.name): line.detail for line in lines["appraisal"] if int(line.name) in years}
    hours = training.evaluation_of(work, training.records_of(lines["training"]), on)
    known = Known(
        {key: tuple(HeldTitle(held.fact.tier, held.fact.term_from, f"{TITLE}:{held.title_id}", held.document_no)
                    for held in titles)},
        {key: tuple(ResultFact(line.level, line.detail, line.on, f"{RESULT}:{line.id}", line.name)
                    for line in lines["contest"] if line.state == "recognised")},
        {key: graded} if graded else {}, {} if hours is None else {key: hours},
        {key: tuple(ConductBar(line.on, date.fromisoformat(line.name) if line.name else None, f"{CONDUCT}:{line.id}")
                    for line in sorted(lines["conduct"], key=lambda line: line.on))},
    )
    return _outlook(person, _candidate(person, known), terms)


def _terms(book: Book, on: date) -> list[TierRules]:
    """The rules of every tier of the tower that has some, in table order."""
    known = tiers_with_rules(book)
    return [TierRules.in_force(book, row.code, on) for row in book.at("tiers.table", on).value.tower
            if row.code in known]


def _outlook(person: Standing, facts: Candidate, terms: Sequence[TierRules]) -> Outlook:
    return Outlook(person, facts, [(each, rules.eligibility(facts, each)) for each in terms])
