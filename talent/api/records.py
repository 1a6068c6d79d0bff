"""Schools, people and their records on a date, of those the account may see. Numbers of identity are never told."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from spectree import Response as Answers

from talent.api.door import Paged, Rows, operations, spec
from talent.exchange import listing
from talent.exchange.listing import Narrowed
from talent.people import schools, search
from talent.people.schools import SchoolCriteria
from talent.people.search import Criteria
from talent.web.security import open_read, permission

RECORDS = ["records"]
Word = Annotated[str, Field(max_length=80)]


class FromRow(BaseModel):
    """Built from the row of a query."""

    model_config = ConfigDict(from_attributes=True)


class School(FromRow):
    """A school as it was on the date; ``staff`` are those in service whose post stood here."""

    id: int
    code: str
    name: str
    kind: str
    ownership: str
    area: str
    community: str
    opened_on: date | None
    closed_on: date | None
    staff: int


class SchoolsPage(Rows):
    schools: list[School]


class OfSchools(Paged):
    q: Word = ""
    kind: Word = ""


@operations.get("/schools")
@permission("school:read")
@spec.validate(resp=Answers(HTTP_200=SchoolsPage), tags=RECORDS)
def all_schools(query: OfSchools) -> SchoolsPage:
    """The schools open on the date."""
    with open_read() as work:
        rows, total = schools.find_schools(work, query.day, SchoolCriteria(query.q, query.kind), offset=query.offset,
                                           limit=query.size)
    return SchoolsPage(**Rows.facts(query, total), schools=[School.model_validate(row) for row in rows])


class Person(FromRow):
    """A person as things stood on the date."""

    id: int
    staff_no: str
    name: str
    school: str
    subject: str
    stage: str
    professional_title: str
    post: str
    status: str


class PeoplePage(Rows):
    people: list[Person]


class OfPeople(Paged):
    """``q``: a name, its pinyin or a staff number from its beginning. Without ``status``: everybody in service."""

    q: Word = ""
    school: Word = ""
    status: Word = ""


@operations.get("/people")
@permission("person:list")
@spec.validate(resp=Answers(HTTP_200=PeoplePage), tags=RECORDS)
def people(query: OfPeople) -> PeoplePage:
    """The people of the date, by school."""
    with open_read() as work:
        rows, total = search.find_people(work, query.day, Criteria(query.q, query.school, status=query.status),
                                         offset=query.offset, limit=query.size)
    return PeoplePage(**Rows.facts(query, total), people=[Person.model_validate(row) for row in rows])


class Record(BaseModel):
    """``values`` by column; ``state`` tells whether the record counts on the date."""

    id: int
    staff_no: str
    name: str
    school: str
    state: str
    values: dict[str, Any]


class RecordsPage(Rows):
    kind: str
    records: list[Record]


class OfRecords(Paged):
    q: Word = ""
    school: Word = ""
    year: Annotated[int | None, Field(ge=1900, le=9998)] = None


@operations.get("/records/<kind>")
@permission("record:read")
@spec.validate(resp=Answers(HTTP_200=RecordsPage), tags=RECORDS)
def records(kind: str, query: OfRecords) -> RecordsPage:
    """The ledger of a kind: training, results, achievements, mentoring, titles, assistance, absences and so on."""
    with open_read() as work:
        ledger = listing.ledger_of(work, kind)
        lines, total = listing.lines(work, ledger, query.day, Narrowed(query.q, query.school, query.year),
                                     offset=query.offset, limit=query.size)
    shown = [Record(id=line.id, staff_no=line.staff_no, name=line.name, school=line.school, state=line.state,
                    values=dict(line.values)) for line in lines]
    return RecordsPage(**Rows.facts(query, total), kind=kind, records=shown)
