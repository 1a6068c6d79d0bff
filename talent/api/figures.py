"""Figures on a date: hours, the pyramid, who may apply, the national indicators, working days, the policy book."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field
from spectree import Response as Answers

from talent.api.door import OnDate, Paged, Parameters, Rows, operations, spec
from talent.core.errors import NotFound
from talent.core.periods import FIRST_DAY, LAST_DAY
from talent.core.workdays import WorkCalendar
from talent.indicators import queries as indicators
from talent.policy.errors import NotInForce, UnknownKey
from talent.tiers import candidates
from talent.tiers import queries as tiers
from talent.tiers.candidates import Sight
from talent.training import queries as training
from talent.web.security import open_read, permission

FIGURES = ["figures"]


class HoursOfTeacher(BaseModel):
    """Hours in hours; null where nothing is recorded."""

    staff_no: str
    rolling_hours: float | None
    meets_360: bool | None
    cycle_hours: float | None
    cycle_target: float | None


class HoursPage(Rows):
    teachers: list[HoursOfTeacher]


@operations.get("/hours")
@permission("hours:read")
@spec.validate(resp=Answers(HTTP_200=HoursPage), tags=FIGURES)
def hours(query: Paged) -> HoursPage:
    """Training hours of everyone in service on the date, in both views."""
    with open_read() as work:
        rows = training.hours(work, query.day)
    shown = [HoursOfTeacher(**row.as_json()) for row in query.of(rows)]
    return HoursPage(**Rows.facts(query, len(rows)), teachers=shown)


class TierHolders(BaseModel):
    tier: str
    holders: int


class Pyramid(BaseModel):
    """The tower counts each person once; ``people`` are those with any title in force."""

    on: date
    tiers: list[TierHolders]
    people: int


@operations.get("/tiers/pyramid")
@permission("title:read")
@spec.validate(resp=Answers(HTTP_200=Pyramid), tags=FIGURES)
def pyramid(query: OnDate) -> Pyramid:
    """Holders of each title on the date."""
    with open_read() as work:
        return Pyramid(**tiers.document(work, query.day))


class OfTier(Paged):
    tier: Annotated[str, Field(max_length=40)]


class RuleOfTeacher(BaseModel):
    rule: str
    verdict: str
    required: Any
    actual: Any


class VerdictOfTeacher(BaseModel):
    staff_no: str
    verdict: str
    rules: list[RuleOfTeacher]


class VerdictsPage(Rows):
    tier: str
    teachers: list[VerdictOfTeacher]


@operations.get("/tiers/eligible")
@permission("eligibility:read")
@spec.validate(resp=Answers(HTTP_200=VerdictsPage), tags=FIGURES)
def eligible(query: OfTier) -> VerdictsPage:
    """Who may apply for a tier on the cut-off date: each rule met, not_met or no_data."""
    with open_read() as work:
        try:
            people = list(candidates.eligible(work, query.tier, query.day))
        except UnknownKey as unknown:
            raise NotFound("tier", query.tier) from unknown
        sight = Sight.of(work.actor)
    shown = [VerdictOfTeacher(**each.as_json(sight)) for each in query.of(people)]
    return VerdictsPage(**Rows.facts(query, len(people)), tier=query.tier, teachers=shown)


class Indicators(BaseModel):
    """Unrounded numbers, rates 0..1, null where there is no data."""

    on: date
    stages: dict[str, Any]
    district: dict[str, Any]


@operations.get("/indicators")
@permission("indicator:read")
@spec.validate(resp=Answers(HTTP_200=Indicators), tags=FIGURES)
def national(query: OnDate) -> Indicators:
    """The national indicators of 教督〔2017〕6号 on a statistics date."""
    with open_read() as work:
        return Indicators(**indicators.document(work, query.day))


class Notice(Parameters):
    published: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
    workdays: Annotated[int, Field(ge=1, le=250)]


class NoticeEnd(BaseModel):
    ends: date


@operations.get("/notice-end")
@permission("policy:read")
@spec.validate(resp=Answers(HTTP_200=NoticeEnd), tags=FIGURES)
def notice_end(query: Notice) -> NoticeEnd:
    """The last day of a public notice; the day of publication is not counted."""
    with open_read() as work:
        calendar = WorkCalendar(work.book.calendars())
    return NoticeEnd(ends=calendar.notice_end(query.published, query.workdays))


class PolicyValue(BaseModel):
    """``basis``: enacted, delegated or assumed."""

    key: str
    label: str
    unit: str
    value: Any
    basis: str
    source: dict[str, str]
    since: date


class Policy(BaseModel):
    on: date
    parameters: list[PolicyValue]


@operations.get("/policy")
@permission("policy:read")
@spec.validate(resp=Answers(HTTP_200=Policy), tags=FIGURES)
def policy(query: OnDate) -> Policy:
    """The parameters in force on the date, each with its basis and source."""
    found = []
    with open_read() as work:
        for entry in work.book:
            try:
                found.append(PolicyValue(**work.book.at(entry.key, query.day).as_dict()))
            except NotInForce:
                continue
    return Policy(on=query.day, parameters=found)
