"""What a run must never group by, read for two purposes only: the audit of its types, and peers for display."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from talent.core.periods import whole_years
from talent.people.models import Employment, Person
from talent.people.queries import in_service_on
from talent.policy.book import Book


@dataclass(frozen=True, slots=True)
class Traits:
    """One person at the cut-off; ``""`` where not recorded. ``band`` is the number of the career band, as text."""

    person_id: int
    school: str
    gender: str
    stage: str
    subject: str
    band: str


def traits_of(session: Session, end: date, book: Book) -> dict[str, Traits]:
    """Staff number → traits of everybody in service at the cut-off; one statement."""
    bands = book.at("portraits.career_bands", end).value
    rows = session.execute(
        select(Person.staff_no, Person.id, Employment.school_id, Person.sex, Employment.stage, Employment.subject,
               Person.teaching_started_on)
        .join(Employment, Employment.person_id == Person.id)
        .where(in_service_on(end))
    )
    return {
        row.staff_no: Traits(row.id, str(row.school_id), row.sex, row.stage, row.subject,
                             _band(row.teaching_started_on, end, bands))
        for row in rows
    }


def _band(started_on: date | None, end: date, bands: tuple[int, ...]) -> str:
    """Which band the full years of teaching fall in."""
    if started_on is None or started_on > end:
        return ""
    return str(bisect_right(bands, whole_years(started_on, end)) - 1)
