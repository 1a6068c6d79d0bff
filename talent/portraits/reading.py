"""From records to the matrix of a portrait.

The database groups and counts, one statement a kind of record; nothing is read person by person. The *cut-off* of
a run is the last 31 August not after its date, and the window is the three school years that end there: titles,
posts and records are taken as they stood at the cut-off, so a later change moves no earlier run.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from talent.achievements.models import Achievement, ContestResult, Mentoring
from talent.assistance.models import Assignment
from talent.assistance.rules import Month, months_missed, months_on_post
from talent.core.access import Scope
from talent.core.periods import ONE_DAY, Period, add_years, school_year
from talent.core.workdays import WorkCalendar
from talent.people.models import Absence, Collection, Employment, Person
from talent.people.queries import in_service_on
from talent.people.service import LONG_LEAVE, served
from talent.policy.book import Book
from talent.policy.tables import HourColumnTable, TierTable
from talent.portraits.features import COLUMNS, HOURS_COLUMNS, Features, FloatArray, scaled_to_window
from talent.portraits.objected import left_out
from talent.portraits.parameters import TIERS, settings_of
from talent.portraits.settings import PortraitSettings
from talent.tiers.models import Title
from talent.tiers.queries import title_facts
from talent.tiers.rules import TitleFact, highest
from talent.training.models import Training
from talent.training.queries import spells_of
from talent.training.rules import months_in

COLLECTED = {
    "training": HOURS_COLUMNS,
    "results": ("contest_points",),
    "achievements": ("project_points", "papers", "open_lesson_points", "lectures"),
    "mentoring": ("mentees",),
    "assistance": ("assistance_months",),
    "titles": ("tier", "promoted"),
}
"""Kind of record → the columns it fills."""

TEACHERS = ("full_time_teacher", "")
"""Staff categories that get a portrait: full-time teachers, and staff of whom no category is recorded."""

FIRST_DATES: dict[str, tuple[Any, Any]] = {
    "training": (Training.person_id, Training.ended_on),
    "results": (ContestResult.person_id, ContestResult.awarded_on),
    "achievements": (Achievement.person_id, Achievement.achieved_on),
    "mentoring": (Mentoring.person_id, Mentoring.started_on),
    "assistance": (Assignment.person_id, Assignment.started_on),
    "titles": (Title.person_id, Title.term_from),
}
"""Kind of record → whose it is, and its date."""

Amount = tuple[int, str, float]
"""A person, a column, and what a group of records adds to it."""


def cut_off(as_of: date) -> date:
    """The last day of the last school year that was over by the end of ``as_of``."""
    start = school_year(as_of + ONE_DAY).start
    assert start is not None
    return start - ONE_DAY


def window_of(as_of: date, years: int) -> Period:
    """The school years a run looks at: 2026-08-31 or 2026-10-20, 3 → 2023-09-01 … 2026-08-31."""
    after = cut_off(as_of) + ONE_DAY
    return Period(add_years(after, -years), after)


def features(session: Session, as_of: date, book: Book) -> Features:
    """The indicators of every teacher in service at the cut-off, by staff number, scaled to a full window.

    A constant number of statements. Raises ``NotInForce`` before the policy begins.
    """
    end = cut_off(as_of)
    settings = settings_of(book, end)
    reading = _Reading(
        session, book, settings, window_of(as_of, book.at("portraits.window_years", end).value), end
    )
    people = reading.people()
    matrix = _Matrix(people)
    for column in (
        reading.hours(),
        reading.contests(),
        reading.achievements(),
        reading.mentees(),
        reading.assistance(),
        reading.tiers(),
    ):
        matrix.add(column)
    matrix.fill(reading.collecting())
    months = reading.months(people)
    return Features(
        tuple(person.staff_no for person in people), scaled_to_window(matrix.values, months, settings), months
    )


@dataclass(frozen=True, slots=True)
class Someone:
    """A teacher of the run, and the school of the post."""

    person_id: int
    staff_no: str
    school_id: int


class _Matrix:
    """Teachers × ``COLUMNS``: NaN until a record or a kind that was collected says otherwise."""

    def __init__(self, people: Sequence[Someone]) -> None:
        self.people = people
        self.place = {person.person_id: row for row, person in enumerate(people)}
        self.values: FloatArray = np.full((len(people), len(COLUMNS)), np.nan)

    def add(self, amounts: Iterable[Amount]) -> None:
        """Add up what the records say. Sorted first: sums of floats depend on their order."""
        known = sorted(
            (self.place[person], COLUMNS.index(column), amount)
            for person, column, amount in amounts
            if person in self.place
        )
        if not known:
            return
        rows, columns, values = (np.array(part) for part in zip(*known, strict=True))
        self.values[rows, columns] = np.nan_to_num(self.values[rows, columns])
        np.add.at(self.values, (rows, columns), values)

    def fill(self, collecting: dict[str, "Collecting"]) -> None:
        """Nothing recorded is 0 where the school collected the kind, and stays NaN where it did not."""
        schools = np.array([person.school_id for person in self.people], dtype=np.int64)
        for kind, columns in COLLECTED.items():
            asked = collecting[kind].at(schools)
            for column in (COLUMNS.index(name) for name in columns):
                empty = asked & np.isnan(self.values[:, column])
                self.values[empty, column] = 0.0


@dataclass(slots=True)
class Collecting:
    """The schools that collected a kind of record within the window; ``everywhere`` is all of them."""

    everywhere: bool = False
    schools: set[int] = field(default_factory=set)

    def at(self, schools: Any) -> Any:
        """Whether each of the schools did."""
        return np.full(len(schools), True) if self.everywhere else np.isin(schools, list(self.schools))


@dataclass(frozen=True, slots=True)
class _Reading:
    """One run's reading of the records."""

    session: Session
    book: Book
    settings: PortraitSettings
    window: Period
    end: date

    def people(self) -> list[Someone]:
        """Whom the run is about, by staff number."""
        rows = self.session.execute(
            select(Person.id, Person.staff_no, Employment.school_id)
            .join(Employment, Employment.person_id == Person.id)
            .where(in_service_on(self.end), Employment.category.in_(TEACHERS), ~left_out(Person.id))
        )
        return sorted((Someone(*row) for row in rows), key=lambda person: person.staff_no)

    def months(self, people: Iterable[Someone]) -> FloatArray:
        """Months on post within the window, long leave out; a day counts one over the days of its month."""
        spells = spells_of(self.session, self.end)
        periods = (
            (period.intersect(self.window) for period in served(spells[person.person_id], (LONG_LEAVE,)))
            for person in people
        )
        return np.array(
            [float(sum(months_in(span) for span in spans if span is not None)) for spans in periods]
        )

    def _in_window(self, column: Any) -> ColumnElement[bool]:
        return and_(column >= self.window.start, column <= self.end)

    # ---- kinds of record ----

    def hours(self) -> Iterable[Amount]:
        """Recognised hours by the column their level feeds; online ones by the column that takes them."""
        table: HourColumnTable = self.book.at("portraits.hour_columns", self.end).value
        rows = self.session.execute(
            select(Training.person_id, Training.level, Training.mode, func.sum(Training.hours_hundredths))
            .where(
                Training.state == "recognised",
                self._in_window(Training.ended_on),
                Training.result.not_in(self.book.at("hours.discarded_results", self.end).value),
            )
            .group_by(Training.person_id, Training.level, Training.mode)
        )
        for person_id, level, mode, hundredths in rows:
            column = table.column_of(level, online=mode == "online")
            if column is not None:
                yield person_id, column, int(hundredths) / 100

    def contests(self) -> Iterable[Amount]:
        """Points by level, grade and category. The same work counts once, at its highest level, then grade."""
        points = self.settings.points
        best = self._best_results()
        rows = self.session.execute(
            select(best.c.person_id, best.c.level, best.c.grade, best.c.category, func.count())
            .where(best.c.place == 1)
            .group_by(best.c.person_id, best.c.level, best.c.grade, best.c.category)
        )
        for person_id, level, grade, category, count in rows:
            share = points.coached_share if category == "coached" else 1.0
            worth = points.contest_level.get(level, 0.0) * points.contest_grade.get(grade, 0.0)
            yield person_id, "contest_points", count * worth * share

    def _best_results(self) -> Any:
        """Results of the window, numbered within each work from the highest; one without a title is its own work."""
        levels, grades = (
            self.book.at(f"vocabulary.{name}", self.end).value for name in ("result_levels", "result_grades")
        )
        work = case(
            (ContestResult.work_title == "", "#" + cast(ContestResult.id, String)),
            else_="=" + ContestResult.work_title,
        )
        height = (
            case({row.code: row.rank for row in levels}, value=ContestResult.level, else_=-1).desc(),
            case({row.code: row.rank for row in grades}, value=ContestResult.grade, else_=-1).desc(),
            case((ContestResult.category == "coached", 1), else_=0),
            ContestResult.id,
        )
        place = func.row_number().over(partition_by=(ContestResult.person_id, work), order_by=height)
        return (
            select(
                ContestResult.person_id,
                ContestResult.level,
                ContestResult.grade,
                ContestResult.category,
                place.label("place"),
            )
            .where(ContestResult.state == "recognised", self._in_window(ContestResult.awarded_on))
            .subquery()
        )

    def achievements(self) -> Iterable[Amount]:
        """Projects and open lessons by points, papers and lectures by count. No role stated is a member's."""
        points = self.settings.points
        rows = self.session.execute(
            select(Achievement.person_id, Achievement.kind, Achievement.level, Achievement.role, func.count())
            .where(Achievement.state == "recognised", self._in_window(Achievement.achieved_on))
            .group_by(Achievement.person_id, Achievement.kind, Achievement.level, Achievement.role)
        )
        for person_id, kind, level, role, count in rows:
            if kind == "project":
                worth = points.contest_level.get(level, 0.0) * points.project_role[role or "member"]
                yield person_id, "project_points", count * worth
            elif kind == "open_lesson":
                yield person_id, "open_lesson_points", count * points.lesson_level.get(level, 0.0)
            elif kind in ("paper", "lecture"):
                yield person_id, f"{kind}s", float(count)

    def mentees(self) -> Iterable[Amount]:
        """Distinct apprentices of the window."""
        rows = self.session.execute(
            select(Mentoring.person_id, func.count(Mentoring.apprentice_id.distinct()))
            .where(*self._overlapping(Mentoring))
            .group_by(Mentoring.person_id)
        )
        return ((person_id, "mentees", float(count)) for person_id, count in rows)

    def _overlapping(self, model: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Records with both days in that touch the window; an empty end is still going on."""
        return model.started_on <= self.end, or_(
            model.ended_on.is_(None), model.ended_on >= self.window.start
        )

    def assistance(self) -> Iterable[Amount]:
        """Months as pay counts them: enough days on post, not too many absences, no discarded appraisal."""
        rows = self.session.execute(
            select(Assignment.person_id, Assignment.started_on, Assignment.ended_on).where(
                *self._overlapping(Assignment), Assignment.appraisal.not_in(self._pay("discarded_appraisals"))
            )
        )
        spells: dict[int, list[Period]] = defaultdict(list)
        for person_id, started_on, ended_on in rows:
            spells[person_id].append(Period.inclusive(started_on, ended_on))
        absent = self._absent_months()
        counted = (self._pay("convention"), self._pay("month_min_days"))
        for person_id, periods in spells.items():
            months = months_on_post(periods, self.window, *counted, absent.get(person_id, ()))
            yield person_id, "assistance_months", float(months)

    def _pay(self, name: str) -> Any:
        return self.book.at(f"paired_assistance.{name}", self.end).value

    def _absent_months(self) -> dict[int, set[Month]]:
        """Months of the assisting with more working days absent than pay allows."""
        rows = self.session.execute(
            select(Absence.person_id, Absence.started_on, Absence.ended_on).where(
                *self._overlapping(Absence),
                Absence.person_id.in_(select(Assignment.person_id).where(*self._overlapping(Assignment))),
            )
        )
        days: dict[int, set[int]] = defaultdict(set)
        for person_id, started_on, ended_on in rows:
            away = Period.inclusive(started_on, ended_on).intersect(self.window)
            days[person_id].update(away.ordinals if away is not None else ())
        calendar, limit = WorkCalendar(self.book.calendars()), self._pay("absence_limit")
        return {person_id: months_missed(absent, calendar, limit) for person_id, absent in days.items()}

    def tiers(self) -> Iterable[Amount]:
        """The tier at the cut-off, and whether it is higher than on the eve of the window."""
        table: TierTable = self.book.at(TIERS, self.end).value
        titles = [
            title
            for title in title_facts(self.session, self.end, Scope(everyone=True))
            if title.tier in table
        ]
        rank = self.settings.points.tier_rank
        assert self.window.start is not None
        now, before = (highest(titles, day, table) for day in (self.end, self.window.start - ONE_DAY))
        ids = self._ids_of(titles)
        for staff_no in now.keys() | before.keys():
            reached, held = (rank.get(tiers.get(staff_no, ""), 0.0) for tiers in (now, before))
            yield ids[staff_no], "tier", reached
            yield ids[staff_no], "promoted", float(reached > held)

    def _ids_of(self, titles: Iterable[TitleFact]) -> dict[str, int]:
        titled = {title.staff_no for title in titles}
        rows = self.session.execute(
            select(Person.staff_no, Person.id).where(Person.id.in_(select(Title.person_id)))
        )
        return {staff_no: person_id for staff_no, person_id in rows if staff_no in titled}

    # ---- what was collected ----

    def collecting(self) -> dict[str, Collecting]:
        """Kind → where it was collected within the window: as 采集范围 says, else from each school's first record."""
        found = {kind: Collecting() for kind in COLLECTED}
        rows = self.session.execute(
            select(Collection.kind, Collection.school_id, Collection.started_on, Collection.ended_on)
        ).all()
        for kind, school_id, started_on, ended_on in rows:
            if kind in found and Period.inclusive(started_on, ended_on).overlaps(self.window):
                found[kind].everywhere |= school_id is None
                found[kind].schools |= set() if school_id is None else {school_id}
        said = {row.kind for row in rows}
        for kind, (person_id, on) in FIRST_DATES.items():
            if kind not in said:
                found[kind].schools = self._recording(person_id, on)
        return found

    def _recording(self, person_id: Any, on: Any) -> set[int]:
        """Schools whose people had a record by the cut-off, at the school of their post on its day."""
        there = and_(
            Employment.person_id == person_id,
            or_(Employment.valid_from.is_(None), Employment.valid_from <= on),
            or_(Employment.valid_to.is_(None), Employment.valid_to > on),
        )
        return set(
            self.session.scalars(
                select(Employment.school_id).join(person_id.class_, there).where(on <= self.end).distinct()
            )
        )
