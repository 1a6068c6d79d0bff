"""Acts on a school: open, rename, close, merge, correct. Each is rows of workbooks under a batch of its own.

A merger is one act: the school closes into the other and everybody in service moves there on that day, so that nobody
is forgotten and undoing it brings all of them back.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, literal, or_, select

from talent.accounts.models import RoleGrant
from talent.assistance.models import Assignment
from talent.core.batches import ImportBatch
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.terms import IN_SERVICE
from talent.core.work import Work
from talent.exchange.act_facts import Asked, Forecast
from talent.exchange.acts import papers, planned, sheet_of_rows, transfer_row, written
from talent.exchange.commands import Outcome
from talent.exchange.effects import cells, told
from talent.exchange.kinds import BY_CODE
from talent.exchange.one_row import sheet_of
from talent.exchange.preview import digest_of
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on, school_name_on
from talent.people.school_rules import ACTS, Heir, SchoolFacts, judge
from talent.people.schools import heirs
from talent.workbooks.plan import SheetRead

CHANGE = "school:change"
SCHOOLS = BY_CODE["schools"]


def standing(work: Work, school_id: int) -> School:
    """The school, for who may act on schools; NotFound when there is none."""
    work.require(CHANGE)
    school = work.session.get(School, school_id)
    if school is None:
        raise NotFound("school", school_id)
    return school


def foresee(work: Work, school_id: int | None, asked: Asked) -> Forecast:
    """What the act would do; nothing is written. No id: the school is being opened. RuleViolation with all refusals."""
    return _foreseen(work, school_id, asked)[1]


def perform(work: Work, *, school_id: int | None, asked: Asked, seal: str) -> tuple[ImportBatch, int]:
    """Do the act as it was shown; the batch and the school. Raises RuleViolation, Conflict, NotFound."""
    if school_id is not None:
        work.session.scalar(select(School.id).where(School.id == school_id).with_for_update())
    outcome, forecast = _foreseen(work, school_id, asked)
    if forecast.seal != seal:
        raise Conflict("act.changed_since")
    batch = written(work, outcome, asked)
    if school_id is None:
        school_id = work.session.scalars(select(School.id).where(School.batch_id == batch.id)).one()
    work.record(f"school:{asked.act}", "school", school_id, batch=batch.id, on=asked.on, reason=asked.reason,
                document_no=asked.document_no, people=_moved(outcome))
    return batch, school_id


def _moved(outcome: Outcome) -> int:
    return sum(plan.updated for plan in outcome.plans if plan.kind_code == "teachers")


def _foreseen(work: Work, school_id: int | None, asked: Asked) -> tuple[Outcome, Forecast]:
    if asked.act not in ACTS or (asked.act == "open") is not (school_id is None):
        raise NotFound("act", asked.act)
    school = None if school_id is None else standing(work, school_id)
    work.require(CHANGE)
    findings = [*papers(asked), *_judged(work, school, asked)]
    if findings:
        raise RuleViolation(findings)
    outcome = planned(work, list(_sheets(work, school, asked)), CHANGE)
    if not outcome.changes:
        raise RuleViolation(Finding("act.nothing_changes"))
    if school is None and not any(plan.added for plan in outcome.plans):
        raise RuleViolation(Finding("school_act.code_taken", params={"field": "code"}))
    effects = tuple(_effects(work, school, asked, outcome))
    shown = [cell for cell in cells(work, outcome)] if asked.act != "merge" else []
    return outcome, Forecast(effects, tuple(shown), digest_of(outcome))


# -- judge -------------------------------------------------------------------------------------------------------


def _judged(work: Work, school: School | None, asked: Asked) -> list[Finding]:
    if asked.act == "correct":
        return []
    if asked.on is None:
        return [Finding("act.no_day", params={"field": "on"})]
    return judge(asked.act, asked.on, None if school is None else _facts(work, school, asked, asked.on), work.today)


def _facts(work: Work, school: School, asked: Asked, on: date) -> SchoolFacts:
    staying = select(func.count()).where(Employment.school_id == school.id, in_service_on(on))
    here = select(Employment.person_id).where(Employment.school_id == school.id, in_service_on(on))
    arriving = select(func.count(Employment.person_id.distinct())).where(
        Employment.school_id == school.id, Employment.valid_from > on, Employment.status.in_(IN_SERVICE),
        Employment.person_id.not_in(here))
    return SchoolFacts(school.opened_on, school.closed_on, work.session.scalar(staying) or 0,
                       work.session.scalar(arriving) or 0, _heir(work, school, asked))


def _heir(work: Work, school: School, asked: Asked) -> Heir | None:
    code = asked.values.get("merged_into_code")
    heir = work.session.scalars(select(School).where(School.code == code)).one_or_none() if code else None
    if heir is None:
        return None
    return Heir(heir.name, heir.opened_on, heir.closed_on, heir.id in heirs(work.session, school.id))


# -- the rows ----------------------------------------------------------------------------------------------------


def _sheets(work: Work, school: School | None, asked: Asked) -> Iterator[SheetRead]:
    values = dict(asked.values)
    if school is None:
        yield sheet_of(SCHOOLS.kind, {**values, "opened_on": asked.on})
        return
    row: dict[str, Any] = {"record_id": str(school.id), "code": school.code, "name": school.name,
                           "kind": school.kind, **values}
    if asked.act == "rename":
        row["effective_on"] = asked.on
    elif asked.act in ("close", "merge"):
        row["closed_on"] = asked.on
    yield sheet_of(SCHOOLS.kind, row)
    if asked.act == "merge" and asked.on is not None:
        people = _people(work, school.id, asked.on)
        if people:
            moved = [transfer_row(person, str(values["merged_into_code"]), asked.on) for person in people]
            yield sheet_of_rows(moved, carried=True)


def _people(work: Work, school_id: int, on: date) -> list[Mapping[str, Any]]:
    """Everybody in service at the school on the day."""
    rows = work.session.execute(
        select(Person.id, Person.staff_no, Person.name).join(Employment, Employment.person_id == Person.id)
        .where(Employment.school_id == school_id, in_service_on(on)).order_by(Person.staff_no))
    return [dict(row) for row in rows.mappings()]


# -- what it would do --------------------------------------------------------------------------------------------


def _effects(work: Work, school: School | None, asked: Asked, outcome: Outcome) -> Iterator[Finding]:
    on = asked.on
    if school is None or on is None:
        yield told("school_opens", since=on, name=asked.values.get("name")) if on else told(
            "all_days_change", level="warning")
        return
    called = work.session.scalar(select(school_name_on(on)).where(School.id == school.id))
    if asked.act == "rename":
        yield told("school_renamed", since=on, school=called)
    else:
        yield told("school_closes", since=on, school=called)
        yield from _of_closing(work, school, asked, on, outcome)
    if on < work.today:
        yield told("past_changes", level="warning", since=on)


def _of_closing(work: Work, school: School, asked: Asked, on: date, outcome: Outcome) -> Iterator[Finding]:
    heir = work.session.scalar(select(school_name_on(on)).where(School.code == asked.values.get("merged_into_code")))
    count = work.session.scalar
    if heir:
        rows = work.session.execute(
            select(Employment.quota_type, func.count()).where(Employment.school_id == school.id, in_service_on(on))
            .group_by(Employment.quota_type)).all()
        quotas = {quota_type: number for quota_type, number in rows}
        yield told("merger_moves", count=_moved(outcome), to=heir, staffed=quotas.get("staffed", 0),
                   others=quotas.get("contract", 0) + quotas.get("dispatched", 0))
        yield told("merger_quota", level="warning", to=heir)
    sent = count(select(func.count()).select_from(Assignment).where(
        Assignment.sending_school_id == school.id, or_(Assignment.ended_on.is_(None), Assignment.ended_on >= on)))
    if sent:
        yield told("assistance_goes_on", count=sent, to=heir) if heir else told(
            "assistance_ends", level="warning", count=sent)
    elsewhere = count(select(func.count()).where(
        Employment.school_id != school.id, in_service_on(on),
        (literal("；") + Employment.teaching_schools + "；").contains(f"；{school.code}；", autoescape=True)))
    if elsewhere:
        yield told("taught_from_elsewhere", level="warning", count=elsewhere)
    accounts = count(select(func.count()).where(RoleGrant.school_id == school.id, RoleGrant.state == "active"))
    if accounts:
        yield told("accounts_stay", level="warning", count=accounts)
