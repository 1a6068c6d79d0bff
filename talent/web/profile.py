"""One teacher on one page: what the slices know of a person on a date, put together for reading.

Every figure is that of the date looked at. Whether the reader may see the person is settled first, by
:func:`talent.people.record.profile_of`; after that only the rights of single panels are asked.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext

from talent.assistance.queries import AssignmentRow, assignments_of
from talent.core import terms
from talent.core.language import translated
from talent.core.periods import whole_years
from talent.core.work import Work
from talent.pay import queries as pay
from talent.pay.queries import LineRow
from talent.people import record
from talent.people.record import Profile
from talent.people.service import Spell
from talent.people.standing import Standing
from talent.policy.errors import NotInForce
from talent.policy.tables import TierTable
from talent.portraits import queries as portraits
from talent.portraits.queries import PersonScores
from talent.tiers import queries as tiers
from talent.tiers.candidates import outlook_of
from talent.tiers.ledger import Held
from talent.tiers.lines import RECORDS, lines_of
from talent.tiers.rules import is_in_force, term_end
from talent.training import queries as training
from talent.training.rules import HoursRecord
from talent.web import career, gap, hours_panel, kit
from talent.web.gap import Gap
from talent.web.hours_panel import HoursPanel
from talent.web.kit.words import labels


def words() -> Mapping[str, Mapping[str, str]]:
    """The words of every code the record shows."""
    vocabularies = {
        "stage": terms.TEACHER_STAGE, "professional_title": terms.PROFESSIONAL_TITLE, "status": terms.STATUS,
        "category": terms.STAFF_CATEGORY, "quota": terms.QUOTA_TYPE, "schooling": terms.SCHOOLING,
        "degree": terms.DEGREE, "sex": terms.SEX, "assistance": terms.ASSISTANCE,
        "assistance_appraisal": terms.ASSISTANCE_APPRAISAL, "achievement": terms.ACHIEVEMENT, "grade": terms.GRADE,
        "level": terms.LEVEL, "training_level": terms.TRAINING_LEVEL,
    }
    return {name: labels(vocabulary) for name, vocabulary in vocabularies.items()} | {"state": record_states()}


def record_states() -> dict[str, str]:
    """The words of a record's state, and of what stands in its place: a failed training, a running mentoring."""
    return {**labels(terms.RECORD_STATE), "failed": gettext("不合格，不计"), "running": gettext("进行中"),
            "done": gettext("已结束")}


@dataclass(frozen=True, slots=True)
class TitleShown:
    """The title a person is known by on the date. ``until`` None: as long as the document says."""

    tier: str
    label: str
    until: date | None


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record of any kind; ``state`` is its own, or what stands in its place: failed, running, done."""

    kind: str
    id: int
    on: date
    name: str
    level: str
    detail: str
    hours: int | None
    state: str


@dataclass(frozen=True, slots=True)
class YearOfRecords:
    """The records of one calendar year: how many, and the hours recognised among them (hundredths)."""

    year: int
    count: int
    hours: int


@dataclass(frozen=True, slots=True)
class Records:
    """The records asked for: tabs, one page of lines (newest first) and the years they stand under."""

    tabs: Sequence[Mapping[str, Any]]
    page: kit.Page[Any]
    years: Mapping[int, YearOfRecords]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows. A None is a panel the reader has no right to, or the policy has no answer for."""

    person: Profile
    teaching_years: int | None
    title: TitleShown | None
    hours: HoursPanel | None
    timeline: career.Career
    assignments: Sequence[AssignmentRow] | None
    pay: Sequence[LineRow] | None
    portrait: PersonScores | None
    dimensions: Mapping[str, str]
    records: Records
    gap: Gap | None


def tier_table(work: Work, on: date) -> TierTable | None:
    """The table of tiers, None before the book begins."""
    try:
        return tiers.table_on(work.book, on)
    except NotInForce:
        return None


def read(work: Work, person_id: int, on: date, kind: str, asked: kit.Asked) -> Shown:
    """The record of one person as of ``on``; NotFound when the actor may not see them that day."""
    found = record.record_of(work, person_id, on)
    person, stays, spells = found.profile, found.stays, [stay.spell for stay in found.stays]
    table, lines = tier_table(work, on), lines_of(work, person_id, on)
    titles = titles_of(work, person_id, spells, on, table)
    title = _known_by(titles, on, table)
    assignments = assignments_of(work.session, person_id, on) if work.actor.may("assistance:read") else None
    timeline = career.draw(on, stays, titles, table, assignments or (), _appraisals(lines),
                           labels(terms.PROFESSIONAL_TITLE))
    started = person.teaching_started_on
    return Shown(
        person, None if started is None or started > on else whole_years(started, on),
        title, _hours(work, training.records_of(lines["training"]), spells, on), timeline, assignments,
        _pay(work, person_id, on), *_portrait(work, person_id, on), _records(work, lines, on, kind, asked),
        _gap(work, found.standing, on, lines, titles, table, title),
    )


def _gap(
    work: Work, person: Standing, on: date, lines: Mapping[str, list[Any]], titles: Iterable[Held],
    table: TierTable | None, title: TitleShown | None,
) -> Gap | None:
    """What lacks to the next tier; None without the rights, before the rules, for who does not serve that day."""
    if table is None or not person.in_service or not work.actor.may("title:read"):
        return None
    try:
        looked = outlook_of(work, person, on, lines, titles)
    except NotInForce:
        return None
    return None if looked is None else gap.of_outlook(work, looked, table, title.tier if title else "")


def titles_of(work: Work, person_id: int, spells: Iterable[Spell], on: date, table: TierTable | None) -> list[Held]:
    if table is None or not work.actor.may("title:read"):
        return []
    held = tiers.titles_of_person(work.session, person_id, spells)
    return [title for title in held if title.fact.term_from <= on and title.fact.tier in table]


def _known_by(titles: Iterable[Held], on: date, table: TierTable | None) -> TitleShown | None:
    if table is None:
        return None
    best = tiers.best_titles((title for title in titles if is_in_force(title.fact, on, table)), on, table)
    return next((TitleShown(title.fact.tier, translated(table.row(title.fact.tier).label), term_end(title.fact, table))
                 for title in best.values()), None)


def _hours(work: Work, records: Collection[HoursRecord], spells: Sequence[Spell], on: date) -> HoursPanel | None:
    if not work.actor.may("hours:read"):
        return None
    try:
        return hours_panel.panel_of(work, records, spells, on)
    except NotInForce:
        return None


def _pay(work: Work, person_id: int, on: date) -> Sequence[LineRow] | None:
    """The incentive lines of the latest year there is. A year that was not over on a past date is not told."""
    if not work.actor.may("pay:read"):
        return None
    lines = [line for line in pay.lines_of_person(work, person_id) if line.year < on.year or on >= work.today]
    return [line for line in lines if line.year == lines[0].year]


def _portrait(work: Work, person_id: int, on: date) -> tuple[PersonScores | None, Mapping[str, str]]:
    """The scores of the run in force, and the names of their dimensions; a run of a later day is not told."""
    scope = work.actor.scope("portrait:read")
    if not scope.everyone and person_id not in scope.persons:
        return None, {}
    scores = portraits.scores_of_person(work, person_id)
    if scores is None or scores.as_of > on:
        return None, {}
    rows = work.book.at("portraits.dimensions", scores.as_of).value
    return scores, {row.code: translated(row.label) for row in rows}


# ── records ──────────────────────────────────────────────────────────────────────────────────────────────────


def _appraisals(lines: Mapping[str, list[Any]]) -> list[tuple[int, str]]:
    """Calendar year and grade, oldest first."""
    return sorted((int(line.name), line.detail) for line in lines["appraisal"])


def _records(work: Work, lines: Mapping[str, list[Any]], on: date, kind: str, asked: kit.Asked) -> Records:
    """One page of the lines asked for, with the numbers of the whole."""
    kind = kind if kind in RECORDS else ""
    discarded = _discarded(work, on)
    of_all = [RecordLine(line.kind, line.id, line.on, line.name, line.level, line.detail, line.hours,
                         "failed" if line.kind == "training" and line.detail in discarded else line.state)
              for each in RECORDS for line in lines[each]]
    wanted = sorted((line for line in of_all if kind in ("", line.kind)), key=lambda line: line.on, reverse=True)
    counts = Counter(line.kind for line in of_all)
    return Records(_tabs(counts, kind), asked.page(wanted[asked.offset:asked.offset + asked.size], len(wanted)),
                   _years(wanted))


def _discarded(work: Work, on: date) -> Collection[str]:
    """The results of training that count nowhere."""
    try:
        results: Collection[str] = work.book.at("hours.discarded_results", on).value
    except NotInForce:
        return ()
    return results


def _years(lines: Iterable[RecordLine]) -> dict[int, YearOfRecords]:
    years: dict[int, YearOfRecords] = {}
    for line in lines:
        known = years.get(line.on.year, YearOfRecords(line.on.year, 0, 0))
        counted = line.hours or 0 if line.state == "recognised" else 0
        years[line.on.year] = YearOfRecords(known.year, known.count + 1, known.hours + counted)
    return years


def _tabs(counts: Mapping[str, int], kind: str) -> list[dict[str, Any]]:
    named = {"": gettext("全部"), "training": gettext("研修"), "contest": gettext("竞赛"),
             "achievement": gettext("成果"), "mentoring": gettext("带教")}
    return [
        {"label": label, "url": kit.url_with(kind=code or None) + "#records", "current": code == kind,
         "count": counts[code] if code else sum(counts.values())}
        for code, label in named.items()
    ]
