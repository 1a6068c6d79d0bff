"""Runs of the incentive: listed, read line by line within one's reach, computed. Deciding on one is for persons."""

from typing import Annotated

from pydantic import BaseModel, Field
from spectree import Response as Answers

from talent.api.door import Paged, Parameters, Rows, once, operations, spec
from talent.core.errors import NotFound
from talent.core.work import Work
from talent.pay import commands, queries
from talent.pay.models import PayBatch
from talent.web.security import open_read, permission

PAY = ["pay"]


class Batch(BaseModel):
    """A run of a year. Sums are over the lines that the account may see; money is integer fen."""

    batch: int
    year: int
    sequence: int
    convention: str
    state: str
    content_hash: str
    people: int
    total_fen: int


class Batches(BaseModel):
    batches: list[Batch]


def _read(work: Work, year: int) -> Batch:
    batch = queries.latest_batch(work, year)
    if batch is None:
        raise NotFound("pay_batch", year)
    return _told(work, batch)


def _told(work: Work, batch: PayBatch) -> Batch:
    seen = queries.totals(work, batch.id)
    return Batch(batch=batch.id, year=batch.year, sequence=batch.sequence, convention=batch.convention,
                 state=batch.state, content_hash=batch.content_hash, people=seen.people, total_fen=seen.fen)


@operations.get("/pay/batches")
@permission("pay:read")
@spec.validate(resp=Answers(HTTP_200=Batches), tags=PAY)
def batches() -> Batches:
    """The run in force of every year, newest year first."""
    with open_read() as work:
        return Batches(batches=[_read(work, year) for year in queries.years(work)])


class Line(BaseModel):
    """One person at one sending school; ``months`` are the counted ones, 1..12."""

    staff_no: str
    name: str
    school_code: str
    school: str
    months: list[int]
    days: int
    amount_fen: int


class LinesPage(Rows):
    batch: Batch
    lines: list[Line]


class OfYear(Paged):
    school: Annotated[str, Field(max_length=80)] = ""


@operations.get("/pay/years/<int(max=2147483647):year>/lines")
@permission("pay:read")
@spec.validate(resp=Answers(HTTP_200=LinesPage), tags=PAY)
def lines(year: int, query: OfYear) -> LinesPage:
    """The lines of the run in force of a year."""
    with open_read() as work:
        batch = _read(work, year)
        rows, total = queries.lines(work, batch.batch, school_code=query.school, offset=query.offset, limit=query.size)
    shown = [Line(staff_no=row.staff_no, name=row.name, school_code=row.school_code, school=row.school,
                  months=list(row.months), days=row.days, amount_fen=row.fen) for row in rows]
    return LinesPage(**Rows.facts(query, total), batch=batch, lines=shown)


class Wanted(Parameters):
    """Without a convention: the one in force."""

    year: Annotated[int, Field(ge=1, le=9998)]
    convention: Annotated[str | None, Field(max_length=40)] = None


@operations.post("/pay/batches")
@permission("pay:compute")
@spec.validate(resp=Answers(HTTP_201=Batch), tags=PAY)
def compute(json: Wanted) -> tuple[Batch, int]:
    """Compute a draft run of the year from the records as they are."""

    def act(work: Work) -> dict[str, object]:
        return _told(work, commands.compute(work, year=json.year, convention=json.convention)).model_dump()

    return Batch(**once(act, str(json.year), json.convention or "")), 201
