"""The national indicators of a date, from the records: ten statements whatever the number of schools and teachers.

Everything is read as it stood on the date; what the figures mean is decided by :mod:`talent.indicators.rules`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from talent.assistance.models import Assignment
from talent.core.access import Scope
from talent.core.errors import NotAllowed
from talent.core.periods import Period
from talent.core.work import Work
from talent.indicators import rules
from talent.indicators.models import Enrolment, Facility
from talent.indicators.rules import (
    STAGES,
    DistrictCounts,
    IndicatorPolicy,
    Resources,
    SchoolFacts,
    StageResult,
    TeacherShares,
    district_rates,
    exchange_year,
    is_exchange_eligible,
)
from talent.people.models import Collection, Employment, Exchange, Person, School
from talent.people.queries import in_service_on, open_on, school_kind_on
from talent.policy.book import Book
from talent.tiers.queries import table_on, title_facts
from talent.tiers.rules import backbone
from talent.training.models import Training
from talent.training.queries import Window, sums_in
from talent.training.rules import HoursPolicy, hours_view, meets_evaluation, window_of

READ = "indicator:read"
FULL_TIME = "full_time_teacher"
#: The stage of a teacher whose record names none, where the kind of school leaves only one.
STAGE_OF_KIND = {"primary": "primary", "teaching_point": "primary", "junior": "junior", "senior": "senior"}
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Post:
    """Where somebody was employed on the date, and where they taught: one school or several, shared equally."""

    person_id: int
    staff_no: str
    school_id: int
    school_code: str
    teaching: tuple[str, ...]
    stage: str
    subject: str
    category: str
    schooling: str
    is_certified: bool


@dataclass(frozen=True, slots=True)
class Move:
    """An exchange that began in the school year: the school left, and the day."""

    from_school_id: int
    on: date


@dataclass(frozen=True)
class Board:
    """The figures of a date: the schools, each stage over them, the district's rates and the people behind them."""

    on: date
    policy: IndicatorPolicy
    schools: tuple[SchoolFacts, ...]
    stages: tuple[StageResult, ...]
    counts: DistrictCounts
    rates: dict[str, float | int | None]

    def document(self) -> dict[str, Any]:
        """The JSON of ``talent indicators``: unrounded numbers, null where there is no data."""
        return {
            "on": self.on.isoformat(),
            "stages": {stage.stage: _stage_document(stage) for stage in self.stages},
            "district": {**self.rates, "counts": asdict(self.counts)},
        }


def document(work: Work, on: date, book: Book | None = None) -> dict[str, Any]:
    """The indicators of ``on`` as JSON; see :func:`board`."""
    return board(work, on, book).document()


def board(work: Work, on: date, book: Book | None = None) -> Board:
    """The indicators of ``on`` over the whole district, which is the only thing they say.

    Raises ``NotAllowed`` without the right for all schools, ``NotInForce`` before 教督〔2017〕6号.
    """
    if not work.require(READ).everyone:
        raise NotAllowed(READ)
    book = book or work.book
    policy = IndicatorPolicy.in_force(book, on)
    table = table_on(book, on)
    heads = backbone((title for title in title_facts(work.session, on, Scope(everyone=True)) if title.tier in table),
                     on, table)
    posts = _posts(work.session, on, book)
    schools = _schools(work.session, on, book, posts, heads)
    counts, known = _district(work.session, on, book, posts, heads)
    return Board(on, policy, schools, tuple(rules.stage_result(schools, stage, policy) for stage in STAGES), counts,
                 _rates(counts, known, book, on))


# ── schools ──────────────────────────────────────────────────────────────────────────────────────────────────


def _posts(session: Session, on: date, book: Book) -> list[Post]:
    """Everybody in service on the date, by staff number; one statement."""
    by_number = book.at("indicators.certified_evidence", on).value == "certificate_number"
    evidence = Employment.certificate_no if by_number else Employment.certificate_kind
    rows = session.execute(
        select(Person.id, Person.staff_no, Employment.school_id, School.code, school_kind_on(on),
               Employment.teaching_schools, Employment.stage, Employment.subject, Employment.category,
               Employment.schooling, evidence)
        .join(Employment, Employment.person_id == Person.id).join(School, School.id == Employment.school_id)
        .where(in_service_on(on)).order_by(Person.staff_no)
    )
    return [
        Post(person_id, staff_no, school_id, code, _codes(teaching) or (code,), stage or STAGE_OF_KIND.get(kind, ""),
             subject, category, schooling, bool(proof))
        for person_id, staff_no, school_id, code, kind, teaching, stage, subject, category, schooling, proof in rows
    ]


def _codes(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for part in written.split("；") if (code := part.strip())))


def _schools(
    session: Session, on: date, book: Book, posts: Iterable[Post], heads: frozenset[str]
) -> tuple[SchoolFacts, ...]:
    """The schools open on the date with pupils, teachers and premises; three statements."""
    rows = session.execute(
        select(School.id, School.code, school_kind_on(on).label("kind")).where(open_on(on)).order_by(School.code)).all()
    pupils: dict[int, dict[str, int]] = defaultdict(dict)
    for school_id, stage, count in session.execute(
        _latest(Enrolment, on, Enrolment.school_id, Enrolment.stage, Enrolment.pupils)
    ):
        pupils[school_id][stage] = count
    teachers = teacher_shares(posts, heads, _Counting.in_force(book, on))
    resources = _resources(session, on)
    return tuple(
        SchoolFacts(
            row.code, row.kind, pupils[row.id],
            _by_stage(teachers.get(row.code), pupils[row.id]),
            {stage: own for stage, own in resources.get(row.id, {}).items() if stage},
            resources.get(row.id, {}).get("", Resources()),
        )
        for row in rows
    )


def _latest(model: Any, on: date, *columns: Any) -> Any:
    """The rows of each school's and stage's latest statistics date not after the day."""
    last = (
        select(model.school_id, model.stage, func.max(model.counted_on).label("counted_on"))
        .where(model.counted_on <= on).group_by(model.school_id, model.stage).subquery()
    )
    same = and_(model.school_id == last.c.school_id, model.stage == last.c.stage,
                model.counted_on == last.c.counted_on)
    return select(*columns).join(last, same)


def _resources(session: Session, on: date) -> dict[int, dict[str, Resources]]:
    """School → stage → what it reported last; "" is the whole school, which silences older rows of its stages."""
    found: dict[int, dict[str, tuple[date, Resources]]] = defaultdict(dict)
    for school_id, stage, counted_on, teaching, sports, equipment, rooms in session.execute(
        _latest(Facility, on, Facility.school_id, Facility.stage, Facility.counted_on,
                Facility.teaching_area_hundredths, Facility.sports_area_hundredths, Facility.equipment_fen,
                Facility.multimedia_rooms)
    ):
        own = Resources(_hundredths(teaching), _hundredths(sports), _hundredths(equipment),
                        None if rooms is None else Fraction(rooms))
        found[school_id][stage] = counted_on, own
    return {
        school_id: {stage: own for stage, (counted_on, own) in rows.items()
                    if not stage or counted_on >= rows.get("", (counted_on,))[0]}
        for school_id, rows in found.items()
    }


def _hundredths(value: int | None) -> Fraction | None:
    """Stored hundredths of a square metre, or fen, as square metres or yuan."""
    return None if value is None else Fraction(value, _HUNDRED)


@dataclass(frozen=True, slots=True)
class _Counting:
    """Which full-time teachers the first and the third indicator count."""

    schooling: Mapping[str, frozenset[str]]
    subjects: frozenset[str]

    @classmethod
    def in_force(cls, book: Book, on: date) -> "_Counting":
        ranks = book.at("vocabulary.schooling", on).value
        least = book.at("indicators.schooling_above", on).value
        subjects = (*book.at("indicators.specialist_subjects", on).value,
                    *book.at("indicators.specialist_subject_additions", on).value)
        return cls({stage: ranks.at_least(code) for stage, code in least.items()}, frozenset(subjects))

    def shares(self, post: Post, heads: frozenset[str]) -> tuple[bool, bool, bool]:
        """Whether a teacher counts for schooling, backbone and PE, music or art."""
        return (post.schooling in self.schooling.get(post.stage, ()), post.staff_no in heads,
                post.subject in self.subjects)


def teacher_shares(
    posts: Iterable[Post], heads: frozenset[str], counting: _Counting
) -> dict[str, dict[str, TeacherShares]]:
    """School → stage → its full-time teachers; a school with any staff record stands, with nothing if need be."""
    sums: dict[str, dict[str, list[Fraction]]] = defaultdict(dict)
    for post in posts:
        sums[post.school_code]
        if post.category != FULL_TIME:
            continue
        part, counted = Fraction(1, len(post.teaching)), counting.shares(post, heads)
        for code in post.teaching:
            total = sums[code].setdefault(post.stage, [Fraction(0)] * 3)
            sums[code][post.stage] = [kept + part * one for kept, one in zip(total, counted, strict=True)]
    return {code: {stage: TeacherShares(*total) for stage, total in stages.items()} for code, stages in sums.items()}


def _by_stage(known: Mapping[str, TeacherShares] | None, pupils: Iterable[str]) -> dict[str, TeacherShares]:
    """Teachers at every stage with pupils: none at one stage is 0, no staff record at all is no data."""
    if known is None:
        return {}
    nobody = TeacherShares(Fraction(0), Fraction(0), Fraction(0))
    return {stage: known.get(stage, nobody) for stage in pupils}


# ── district ─────────────────────────────────────────────────────────────────────────────────────────────────


def _district(
    session: Session, on: date, book: Book, posts: Iterable[Post], heads: frozenset[str]
) -> tuple[DistrictCounts, frozenset[str]]:
    """The people behind the rates, and which kinds of record anybody kept by then; five statements."""
    teachers = [post for post in posts if post.category == FULL_TIME and post.stage in STAGES]
    reaching = _reaching_hours(session, on, book)
    moves = _moves(session, on, book)
    since = Arrivals(session, on)
    years = book.at("indicators.exchange_years", on).value
    eligible = [post for post in teachers if _is_eligible(post, moves.get(post.person_id), since, on, years)]
    exchanged = [post for post in teachers if post.person_id in moves]
    counts = DistrictCounts(
        teachers=len(teachers),
        reaching_hours=sum(post.person_id in reaching for post in teachers),
        certified=sum(post.is_certified for post in teachers),
        eligible=len(eligible),
        eligible_backbone=sum(post.staff_no in heads for post in eligible),
        exchanged=len(exchanged),
        exchanged_backbone=sum(post.staff_no in heads for post in exchanged),
        backbone=len(heads),
    )
    return counts, _collected(session, on)


def _reaching_hours(session: Session, on: date, book: Book) -> frozenset[int]:
    """The persons whose rolling window reaches the minimum; one grouped statement."""
    policy = HoursPolicy.in_force(book, on)
    window = Window(window_of("evaluation", on, policy), policy)
    return frozenset(
        person_id for person_id, (sums,) in sums_in(session, [window]).items()
        if meets_evaluation(hours_view("evaluation", sums, policy).hours, policy)
    )


def _moves(session: Session, on: date, book: Book) -> dict[int, Move]:
    """Person → the first exchange that began in the school year of the date; assistance too where policy says so."""
    year = exchange_year(on)
    found = [(row.person_id, Move(row.from_school_id, row.started_on)) for row in session.execute(
        select(Exchange.person_id, Exchange.from_school_id, Exchange.started_on).where(*_began(Exchange, year)))]
    if book.at("indicators.assistance_counts_as_exchange", on).value:
        found += [(row.person_id, Move(row.sending_school_id, row.started_on)) for row in session.execute(
            select(Assignment.person_id, Assignment.sending_school_id, Assignment.started_on)
            .where(*_began(Assignment, year)))]
    return dict(sorted(found, key=lambda pair: (pair[1].on, pair[1].from_school_id), reverse=True))


def _began(model: Any, year: Period) -> tuple[ColumnElement[bool], ...]:
    return model.started_on >= year.start, model.started_on < year.end


class Arrivals:
    """Since when people have been at one school: 到校日期, else the first day of their unbroken time there."""

    def __init__(self, session: Session, on: date) -> None:
        rows = session.execute(
            select(Employment.person_id, Employment.school_id, Employment.valid_from, Employment.arrived_on)
            .where(or_(Employment.valid_from.is_(None), Employment.valid_from <= on))
            .order_by(Employment.person_id, func.coalesce(Employment.valid_from, date.min))
        )
        self._since = {
            person: self._stays([(row.school_id, row.valid_from, row.arrived_on) for row in found])
            for person, found in groupby(rows, key=lambda row: row.person_id)
        }

    @staticmethod
    def _stays(rows: list[tuple[int, date | None, date | None]]) -> dict[int, date | None]:
        """School → arrival at its latest stay. A 到校日期 carried over from the school before says nothing."""
        stays: dict[int, date | None] = {}
        carried: date | None = None
        for school_id, stay in groupby(rows, key=lambda row: row[0]):
            periods = list(stay)
            said = [arrived for _, _, arrived in periods if arrived is not None and arrived != carried]
            stays[school_id] = said[-1] if said else periods[0][1]
            carried = periods[-1][2] or carried
        return stays

    def at(self, person_id: int, school_id: int) -> date | None:
        """Arrival at a school, None when nothing tells."""
        return self._since.get(person_id, {}).get(school_id)


def _is_eligible(post: Post, move: Move | None, since: Arrivals, on: date, years: int) -> bool:
    """Long enough at one school: for somebody exchanged, at the school left, up to the day."""
    school_id, until = (post.school_id, on) if move is None else (move.from_school_id, move.on)
    arrived = since.at(post.person_id, school_id)
    return arrived is not None and is_exchange_eligible(arrived, until, years)


def _collected(session: Session, on: date) -> frozenset[str]:
    """Kinds of record kept by then: 采集范围 says so, or there is one; one statement."""
    def said(kind: str) -> ColumnElement[bool]:
        return select(Collection.id).where(Collection.kind == kind, Collection.started_on <= on).exists()

    training = select(Training.id).where(Training.ended_on <= on).exists()
    exchanges = select(Exchange.id).where(Exchange.started_on < exchange_year(on).end).exists()
    row = session.execute(select(said("training") | training, said("exchanges") | exchanges)).one()
    return frozenset(kind for kind, is_kept in zip(("training", "exchanges"), row, strict=True) if is_kept)


def _rates(counts: DistrictCounts, known: frozenset[str], book: Book, on: date) -> dict[str, float | int | None]:
    """The rates as JSON numbers; one whose kind of record nobody kept has no data."""
    rates = district_rates(
        counts,
        exchange_denominator=book.at("indicators.exchange_denominator", on).value,
        backbone_denominator=book.at("indicators.exchange_backbone_denominator", on).value,
    )
    return {
        "training_360_rate": _number(rates.training_360_rate) if "training" in known else None,
        "certified_rate": _number(rates.certified_rate),
        "exchange_rate": _number(rates.exchange_rate) if "exchanges" in known else None,
        "exchange_backbone_rate": _number(rates.exchange_backbone_rate) if "exchanges" in known else None,
        "backbone_count": rates.backbone_count,
    }


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _stage_document(stage: StageResult) -> dict[str, Any]:
    return {
        "schools": len(stage.school_results),
        "pupils": stage.pupils,
        "indicators": [
            {
                "number": row.number,
                "mean": _number(row.dispersion.mean) if row.dispersion else None,
                "sd": row.dispersion.sd if row.dispersion else None,
                "cv": row.dispersion.cv if row.dispersion else None,
                "cv_limit": float(row.cv_limit),
                "meets_cv": row.meets_cv,
            }
            for row in stage.indicators
        ],
        "school_results": [
            {"school_code": row.school_code, "values": [_number(value) for value in row.values],
             "reached": row.reached, "passes": row.passes}
            for row in stage.school_results
        ],
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
