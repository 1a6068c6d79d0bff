"""One person on a date: who they are, where they were, how their years were appraised. Nothing later is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, Select, String, and_, cast, literal, null, or_, select

from talent.core.access import Scope
from talent.core.errors import NotFound
from talent.core.terms import IN_SERVICE
from talent.core.work import Work
from talent.people.models import Appraisal, Employment, Person, School
from talent.people.queries import current_on, in_service_on, school_name_on, within
from talent.people.search import FULL_TIME, keeps_records
from talent.people.service import Spell, status_on
from talent.people.standing import Standing, standing_of

READ = "person:read"


@dataclass(frozen=True, slots=True)
class Personal:
    """What only the person and the office that keeps the records see; numbers are masked. ``""``/None: not recorded."""

    id_number: str
    phone: str
    sex: str
    born_on: date | None
    born_precision: str
    ethnicity: str
    politics: str
    former_name: str


@dataclass(frozen=True, slots=True)
class Post:
    """The employment that held the day."""

    school: str
    stage: str
    subject: str
    category: str
    post: str
    quota_type: str
    professional_title: str
    schooling: str
    degree: str
    certificate_kind: str
    arrived_on: date | None
    status: str
    left_on: date | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A person on a date. ``post`` None: nothing known of that day; ``personal`` None: not for this reader."""

    id: int
    staff_no: str
    name: str
    teaching_started_on: date | None
    teaching_precision: str
    work_started_on: date | None
    post: Post | None
    personal: Personal | None

    @property
    def in_service(self) -> bool:
        """Whether the person was in service on the date."""
        return self.post is not None and self.post.status in IN_SERVICE


@dataclass(frozen=True, slots=True)
class Stay:
    """One employment of a career; ``valid_to`` after the date looked at is not known then."""

    spell: Spell
    school: str
    professional_title: str


_PERSON = (Person.id, Person.staff_no, Person.name, Person.teaching_started_on, Person.teaching_started_precision,
           Person.work_started_on, Person.id_number_masked, Person.phone_masked, Person.sex, Person.born_on,
           Person.born_precision, Person.ethnicity, Person.politics, Person.former_name)
_POST = (Employment.stage, Employment.subject, Employment.category, Employment.post,
         Employment.quota_type, Employment.professional_title, Employment.schooling, Employment.degree,
         Employment.certificate_kind, Employment.arrived_on, Employment.status, Employment.left_on,
         Employment.valid_from, Employment.valid_to, Employment.school_id)


@dataclass(frozen=True, slots=True)
class Record:
    """What the roster says of one person: for the reader, for the rules, and the employments, oldest first."""

    profile: Profile
    standing: Standing
    stays: Sequence[Stay]


def record_of(work: Work, person_id: int, on: date) -> Record:
    """The person as of ``on``, and the employments that had begun by then; one statement.

    One out of the actor's sight on that day is as missing as one unknown: NotFound.
    """
    scope = work.require(READ)
    begun = or_(Employment.valid_from.is_(None), Employment.valid_from <= on)
    rows = work.session.execute(
        select(*_PERSON, *_POST, Employment.id.label("employment_id"), School.code,
               school_name_on(on).label("school"))
        .select_from(Person)
        .outerjoin(Employment, and_(Employment.person_id == Person.id, begun))
        .outerjoin(School, School.id == Employment.school_id)
        .where(Person.id == person_id)
        .order_by(Employment.valid_from, Employment.id)
    ).all()
    posts = [row for row in rows if row.employment_id is not None]
    now = next((row for row in posts if row.valid_to is None or row.valid_to > on), None)
    if not rows or not _is_seen(scope, person_id, now):
        raise NotFound("person", person_id)
    row = rows[0]
    personal = _personal(row) if keeps_records(work.actor) or person_id in scope.persons else None
    profile = Profile(row.id, row.staff_no, row.name, row.teaching_started_on, row.teaching_started_precision,
                      row.work_started_on, None if now is None else _post(now, on), personal)
    return Record(profile, standing_of(row, now, on), _stays(posts, on))


def _is_seen(scope: Scope, person_id: int, now: Any) -> bool:
    """Whether the scope reaches somebody whose post of the day is ``now``, as ``within`` asks the database."""
    return scope.everyone or person_id in scope.persons or (now is not None and now.school_id in scope.schools)


def profile_of(work: Work, person_id: int, on: date) -> Profile:
    """The person as of ``on``; one out of the actor's sight on that day is as missing as one unknown: NotFound."""
    return record_of(work, person_id, on).profile


def _personal(row: Any) -> Personal:
    return Personal(row.id_number_masked, row.phone_masked, row.sex, row.born_on, row.born_precision, row.ethnicity,
                    row.politics, row.former_name)


def _post(row: Any, on: date) -> Post:
    left_on = row.left_on if row.left_on is not None and row.left_on <= on else None
    return Post(row.school, row.stage, row.subject, row.category, row.post, row.quota_type,
                row.professional_title, row.schooling, row.degree, row.certificate_kind, row.arrived_on,
                status_on(row.status, row.left_on, on), left_on)


def _stays(posts: Iterable[Any], on: date) -> list[Stay]:
    stays = [Stay(Spell(row.valid_from, _known_by(row.valid_to, on), row.status, row.left_on), row.school,
                  row.professional_title) for row in posts]
    return sorted(stays, key=lambda stay: stay.spell.valid_from or date.min)


def _known_by(day: date | None, on: date) -> date | None:
    return day if day is not None and day <= on else None


def appraisal_lines(person_id: int, on: date) -> Select[*tuple[Any, ...]]:
    """The yearly appraisals, in the columns all kinds of records share: ``name`` is the calendar year, ``detail`` the
    grade. A year is appraised when it is over, and on no day."""
    return select(
        literal("appraisal").label("kind"), Appraisal.id.label("id"), cast(null(), Date).label("on"),
        cast(Appraisal.year, String).label("name"), cast(literal(""), String).label("level"),
        Appraisal.result.label("detail"), cast(null(), Integer).label("hours"),
        cast(literal(""), String).label("state"),
    ).where(Appraisal.person_id == person_id, Appraisal.year < on.year)


def lacks_certificate(work: Work) -> bool:
    """Whether the actor's own post of today is a full-time teacher's and says nothing of a certificate."""
    persons = work.actor.scope(READ).persons
    return bool(persons) and work.session.scalar(
        select(Employment.id).where(
            Employment.person_id.in_(persons), in_service_on(work.today), Employment.category == FULL_TIME,
            Employment.certificate_kind == "").limit(1)) is not None


def person_numbered(work: Work, staff_no: str, on: date) -> int:
    """The id of a staff number within the actor's sight on ``on``; else NotFound."""
    found = work.session.scalar(
        select(Person.id)
        .outerjoin(Employment, and_(Employment.person_id == Person.id, current_on(Employment, on)))
        .where(Person.staff_no == staff_no, within(work.require(READ)))
    )
    if found is None:
        raise NotFound("person", staff_no)
    return found
