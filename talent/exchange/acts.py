"""Acts on one person: foreseen in words, then done as a roster row with its day, under a batch of its own.

The row goes the way every row of a workbook goes, so what opens, closes or corrects a period is said once
(:mod:`talent.people.roster`). Undoing the act is undoing its batch.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import not_, select
from sqlalchemy.exc import IntegrityError

from talent.core.batches import ImportBatch
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.work import Work
from talent.exchange import effects
from talent.exchange.act_facts import Asked, Forecast, Standing
from talent.exchange.commands import Outcome, carry_out, new_batch, plan_within
from talent.exchange.kinds import BY_CODE
from talent.exchange.one_row import Typed, at_fields, sheet_of
from talent.exchange.preview import digest_of
from talent.exchange.reading import Reading
from talent.people.models import Employment, Person, School
from talent.people.queries import open_on, school_name_on
from talent.people.roster import CARRIED
from talent.people.rules import ACTS, Act, Held, judge
from talent.workbooks.plan import SheetRead
from talent.workbooks.rows import ParsedRow

CHANGE, IDENTIFY = "person:change", "person:identify"
LONGEST_REASON, LONGEST_DOCUMENT = 500, 80
ROSTER = BY_CODE["teachers"]


# -- find --------------------------------------------------------------------------------------------------------


def right_of(act: str) -> str:
    """The right an act needs: numbers of identity have their own."""
    return IDENTIFY if act == "identity" else CHANGE


def standing(work: Work, person_id: int) -> Standing:
    """The person, for who may act on people; NotFound when there is none."""
    work.require(CHANGE)
    person = work.session.execute(
        select(Person.staff_no, Person.name, Person.former_name).where(Person.id == person_id)).one_or_none()
    rows = work.session.execute(
        select(Employment.valid_from, Employment.valid_to, Employment.status, Employment.left_on, School.code,
               school_name_on(work.today).label("school"))
        .join(School, School.id == Employment.school_id).where(Employment.person_id == person_id)).all()
    if person is None or not rows:
        raise NotFound("person", person_id)
    ordered = sorted(rows, key=lambda row: row.valid_from or date.min)
    periods = tuple(Held(row.valid_from, row.valid_to, row.status, row.left_on, row.school) for row in ordered)
    return Standing(person_id, person.staff_no, person.name, person.former_name, periods,
                    tuple(row.code for row in ordered))


# -- foresee and do ----------------------------------------------------------------------------------------------


def foresee(work: Work, person_id: int, asked: Asked) -> Forecast:
    """What the act would do, in the words of findings; nothing is written. RuleViolation with all that stops it."""
    return _foreseen(work, person_id, asked)[1]


def perform(work: Work, *, person_id: int, asked: Asked, seal: str) -> ImportBatch:
    """Do the act as it was shown: ``seal`` is the forecast's.

    Raises RuleViolation; Conflict when something changed since the forecast; NotFound.
    """
    work.session.scalar(select(Person.id).where(Person.id == person_id).with_for_update())
    outcome, forecast = _foreseen(work, person_id, asked)
    if forecast.seal != seal:
        raise Conflict("act.changed_since")
    batch = written(work, outcome, asked)
    work.record(f"person:{asked.act}", "person", person_id, batch=batch.id, on=asked.on, reason=asked.reason,
                document_no=asked.document_no)
    return batch


def _foreseen(work: Work, person_id: int, asked: Asked) -> tuple[Outcome, Forecast]:
    act = ACTS.get(asked.act)
    if act is None:
        raise NotFound("act", asked.act)
    work.require(right_of(asked.act))
    who = standing(work, person_id)
    findings = [*papers(asked), *_judged(act, who, asked, work.today), *_of_schools(work, act, who, asked)]
    if findings:
        raise RuleViolation(findings)
    row, right = _row(act, who, asked), right_of(asked.act)
    outcome = planned(work, [sheet_of_rows([row], carried=asked.carried)], right)
    if not outcome.changes:
        raise RuleViolation(Finding("act.nothing_changes"))
    inherited = _inherited(work, row, right) if act.dated and who.later(asked.on) else 0
    found = effects.of_act(work, act, who, asked, outcome, inherited)
    return outcome, Forecast(tuple(found), tuple(effects.cells(work, outcome)), digest_of(outcome), inherited > 0)


def _inherited(work: Work, row: Typed, right: str) -> int:
    """How many later periods went on with what the row changes."""
    plans = [planned(work, [sheet_of_rows([row], carried=carried)], right) for carried in (True, False)]
    carried, alone = (outcome.changes for outcome in plans)
    return carried - alone


def _judged(act: Act, who: Standing, asked: Asked, today: date) -> list[Finding]:
    if act.dated and asked.on is None:
        return [Finding("act.no_day", params={"field": "on"})]
    return judge(act, asked.on or today, who.periods, today)


def _of_schools(work: Work, act: Act, who: Standing, asked: Asked) -> Iterator[Finding]:
    """The schools named must be open on the day; who moves or comes back needs one, who moves another one."""
    to = asked.values.get("school_code")
    if act.code in ("transfer", "rehire") and not to:
        yield Finding("act.no_school", params={"field": "school_code"})
    elif act.code == "transfer" and to == who.school_code(asked.on):
        yield Finding("act.same_school", params={"day": asked.on, "field": "school_code"})
    for column in ("school_code", "teaching_schools"):
        codes = [code for code in str(asked.values.get(column) or "").split("；") if code]
        if not codes or asked.on is None:
            continue
        shut = select(school_name_on(asked.on)).where(School.code.in_(codes), not_(open_on(asked.on)))
        for name in work.session.scalars(shut.order_by(School.code)):
            yield Finding("act.school_not_open", params={"school": name, "day": asked.on, "field": column})


def papers(asked: Asked) -> Iterator[Finding]:
    """What is wrong with the reason and the document number."""
    if not asked.reason.strip():
        yield Finding("act.no_reason", params={"field": "reason"})
    if len(asked.reason) > LONGEST_REASON:
        yield Finding("act.too_long", params={"most": LONGEST_REASON, "field": "reason"})
    if len(asked.document_no) > LONGEST_DOCUMENT:
        yield Finding("act.too_long", params={"most": LONGEST_DOCUMENT, "field": "document_no"})


def planned(work: Work, sheets: Sequence[SheetRead], right: str) -> Outcome:
    """The plan of an act's rows; RuleViolation with everything that stops it, each finding at its field."""
    outcome = plan_within(work, Reading(list(sheets)), None, work.require(right))
    kinds = {sheet.sheet: sheet.kind for sheet in sheets}
    errors = [finding for issue in outcome.issues if issue.level == "error"
              for finding in at_fields(kinds.get(issue.sheet, sheets[0].kind), [issue])]
    if errors:
        raise RuleViolation(errors)
    return outcome


def written(work: Work, outcome: Outcome, asked: Asked) -> ImportBatch:
    """Write the plan under a batch that keeps the act, its day, its document and the reason."""
    batch = new_batch(work, asked.on, [], source="form", reason=asked.reason.strip())
    try:
        with work.session.begin_nested():
            carry_out(work, outcome, batch)
    except IntegrityError as error:  # somebody came first
        raise RuleViolation(Finding("act.not_stored")) from error
    sheets: list[dict[str, Any]] = json.loads(batch.summary)
    sheets[0] |= {"act": asked.act, "document_no": asked.document_no.strip()}
    batch.summary = json.dumps(sheets, ensure_ascii=False)
    return batch


# -- the rows ----------------------------------------------------------------------------------------------------


def sheet_of_rows(rows: Sequence[Typed], *, carried: bool = False) -> SheetRead:
    """Roster rows as one sheet."""
    read = [sheet_of(ROSTER.kind, row) for row in rows]
    numbered = []
    for number, sheet in enumerate(read, 2):
        numbered += [ParsedRow(number, {**row.values, **({CARRIED: True} if carried else {})}) for row in sheet.rows]
    parsed = [sheet.parsed for sheet in read]
    whole = replace(parsed[0], rows=numbered, count=sum(each.count for each in parsed),
                    issues=[issue for each in parsed for issue in each.issues])
    return replace(read[0], parsed=whole)


def _row(act: Act, who: Standing, asked: Asked) -> Typed:
    """The roster row that says the act: who, where, and only what it changes."""
    row: dict[str, Any] = {
        "record_id": str(who.id), "staff_no": who.staff_no, "name": who.name,
        "school_code": who.school_code(asked.on if act.dated else None), **dict(asked.values),
    }
    if act.dated:
        row["effective_on"] = asked.on
    if act.status:
        row |= {"status": act.status, "left_on": asked.on if act.leaves else None}
    if act.code in ("transfer", "rehire"):
        row = {"teaching_schools": None, **row, "arrived_on": asked.on}
    if act.code == "name":
        row["former_name"] = with_former(who.name, who.former_name)
    return row


def with_former(name: str, former: str) -> str:
    """The former names once ``name`` is one of them, the latest first."""
    names = [name, *(old for old in former.replace("；", "、").split("、") if old and old != name)]
    return "、".join(names)


def transfer_row(person: Mapping[str, Any], school_code: str, on: date) -> Typed:
    """The row of somebody who moves with a whole school."""
    return {"record_id": str(person["id"]), "staff_no": person["staff_no"], "name": person["name"],
            "school_code": school_code, "teaching_schools": None, "arrived_on": on, "effective_on": on}
