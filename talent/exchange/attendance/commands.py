"""A host's word on a month: entered from its signed sheet or given through a link, recognised by somebody else.

Accepted, absences and appraisals are written by the very path of an entry, so each can be undone and no rule stands
twice. What is on record already is not written again.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from talent.accounts.queries import person_behind
from talent.accounts.sessions import must_have_changed
from talent.core.access import Scope
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.terms import ABSENCE, ASSISTANCE_APPRAISAL, chinese
from talent.core.work import Work
from talent.exchange import entries
from talent.exchange.attendance.models import HostLine, HostLink, HostReport
from talent.exchange.attendance.queries import ACCEPT, ENTER, Line, report, stays
from talent.exchange.attendance.rules import Said, Stay, judge, judge_month
from talent.people.models import Person
from talent.people.schools import spoken_for

LONGEST_WITNESS, LONGEST_NOTE, LONGEST_ANSWER = 80, 500, 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was signed: the host, the first of the month, who signed for it, and the scan where there is one."""

    host: str
    month: date
    witness: str
    note: str = ""
    file_id: int | None = None


def enter(work: Work, *, sheet: Sheet, said: Sequence[Said]) -> int:
    """What a signed sheet says of everybody within reach; it waits for somebody else to recognise it."""
    scope = spoken_for(work, work.require(ENTER))
    found = stays(work, sheet.host, sheet.month, scope)
    if not found:
        raise NotFound("host", sheet.host)
    bar_own(work, {each.person_id for each in found})
    made = put(work, sheet, found, said, via="sheet")
    work.record("attendance:enter", "host_report", made, month=f"{sheet.month:%Y-%m}", host=sheet.host,
                people=len(found), absences=sum(len(each.absences) for each in said))
    return made


def put(
    work: Work, sheet: Sheet, found: Sequence[Stay], said: Sequence[Said], *, via: str, link: HostLink | None = None
) -> int:
    """Judge what was said of the stays and keep it; the caller has permitted it.

    Their people are held first, so that of two who say something of a month at once the second sees the first.
    """
    stays_of = {each.assignment_id: each for each in found}
    work.session.execute(select(Person.id).where(Person.id.in_([each.person_id for each in found]))
                         .order_by(Person.id).with_for_update())
    _judged(work, sheet, stays_of, said, by_link=link is not None)
    row = HostReport(
        host=sheet.host, month=sheet.month, via=via, witness=sheet.witness.strip(), note=sheet.note.strip(),
        file_id=sheet.file_id, link_id=link.id if link else None, entered_at=work.now,
        entered_by=None if link else work.actor.user_id, entered_by_name="" if link else work.actor.signature)
    work.session.add(row)
    work.session.flush()
    work.session.add_all(
        HostLine(report_id=row.id, assignment_id=stay.assignment_id, person_id=stay.person_id, first_on=stay.first,
                 last_on=stay.last, appraisal_then=stay.appraisal, appraisal=each.appraisal,
                 absences=json.dumps([[miss.first.isoformat(), miss.last.isoformat(), miss.kind]
                                      for miss in each.absences]))
        for each in said for stay in [stays_of[each.assignment_id]])
    work.session.flush()
    return row.id


def _judged(work: Work, sheet: Sheet, by_spell: Mapping[int, Stay], said: Sequence[Said], *, by_link: bool) -> None:
    wrong = judge_month(sheet.month, work.today)
    if not 0 < len(sheet.witness.strip()) <= LONGEST_WITNESS:
        wrong.append(Finding("attendance.no_witness", params={"most": LONGEST_WITNESS, "field": "witness"}))
    if len(sheet.note) > LONGEST_NOTE:
        wrong.append(Finding("attendance.note_long", params={"most": LONGEST_NOTE, "field": "note"}))
    told = [each.assignment_id for each in said]
    if sorted(told) != sorted(by_spell):
        wrong.append(Finding("attendance.others", params={"host": sheet.host}))
    for each in said:
        if each.assignment_id in by_spell:
            wrong += judge(by_spell[each.assignment_id], each)
    if wrong:
        raise RuleViolation(wrong)
    already = work.session.scalar(
        select(HostReport.id).join(HostLine, HostLine.report_id == HostReport.id)
        .where(HostReport.month == sheet.month, HostReport.state == "waiting", HostLine.assignment_id.in_(told))
        .order_by(HostReport.id).limit(1))
    if already is not None:
        code = "attendance.waits_here" if by_link else "attendance.waits_already"
        raise RuleViolation(Finding(code, params={"number": already}))


def _own_person(work: Work) -> int | None:
    return work.actor.person_id or person_behind(work.session, work.actor.user_id)


def bar_own(work: Work, people: Collection[int]) -> None:
    """Nobody has a part in what is said of themselves."""
    if _own_person(work) in people:
        raise RuleViolation(Finding("attendance.own"))


# ── the bureau ───────────────────────────────────────────────────────────────────────────────────────────────


def accept(work: Work, *, report_id: int, version: int, answer: str = "") -> list[int]:
    """The bureau's yes: writes what is not on record yet. The batches it was written under.

    Conflict ``attendance.stale`` when a spell of it is gone, or has other days in the month or another appraisal than
    when it was entered.
    """
    work.require(ACCEPT)
    view = report(work, report_id)
    _bar_same(work, report_id)
    bar_own(work, {line.person_id for line in view.lines})
    _decide(work, report_id, version, "accepted", answer)
    reason = f"{view.row.host} {view.row.month:%Y-%m} 到岗确认第 {report_id} 号"[:entries.LONGEST_REASON]
    written = [batch for line in view.lines for batch in _written(work, line, reason)]
    work.record("attendance:accept", "host_report", report_id, month=f"{view.row.month:%Y-%m}", host=view.row.host,
                batches=written, answer=answer.strip())
    return written


def _written(work: Work, line: Line, reason: str) -> list[int]:
    stay = line.stay
    if stay is None or line.stale:
        raise Conflict("attendance.stale", name=line.name, staff_no=line.staff_no, first=line.first, last=line.last)
    made = [entries.add(work, "absences", {
        "staff_no": line.staff_no, "started_on": each.first.isoformat(), "ended_on": each.last.isoformat(),
        "kind": chinese(ABSENCE, each.kind)}, reason).batch_id for each in line.new]
    if line.appraisal and line.appraisal != stay.appraisal:
        now = entries.held(work, "assistance", line.assignment_id, lock=True)
        word = {"appraisal": chinese(ASSISTANCE_APPRAISAL, line.appraisal)}
        made.append(entries.correct(work, "assistance", line.assignment_id, now.version, word, reason).batch_id)
    return made


def return_(work: Work, *, report_id: int, version: int, answer: str) -> None:
    """The bureau's no, with its reason; the host's word can be entered anew."""
    work.require(ACCEPT)
    view = report(work, report_id)
    bar_own(work, {line.person_id for line in view.lines})
    if not answer.strip():
        raise RuleViolation(Finding("attendance.no_answer", params={"field": "answer"}))
    _decide(work, report_id, version, "returned", answer)
    work.record("attendance:return", "host_report", report_id, month=f"{view.row.month:%Y-%m}", host=view.row.host,
                answer=answer.strip())


def _bar_same(work: Work, report_id: int) -> None:
    """Nobody recognises what they entered or asked for."""
    row = work.session.get_one(HostReport, report_id)
    asked = work.session.get(HostLink, row.link_id) if row.link_id else None
    entered_by, own = asked.made_by if asked else row.entered_by, _own_person(work)
    if entered_by is not None and (entered_by == work.actor.user_id or (
            own is not None and own == person_behind(work.session, entered_by))):
        raise RuleViolation(Finding("attendance.same_person"))


def _decide(work: Work, report_id: int, version: int, state: str, answer: str) -> None:
    if len(answer) > LONGEST_ANSWER:
        raise RuleViolation(Finding("attendance.note_long", params={"most": LONGEST_ANSWER, "field": "answer"}))
    must_have_changed(work.session.execute(
        update(HostReport).where(HostReport.id == report_id, HostReport.version == version,
                                 HostReport.state == "waiting")
        .values(state=state, version=version + 1, decided_by=work.actor.user_id,
                decided_by_name=work.actor.signature, decided_at=work.now, answer=answer.strip())), "report")


def reach_of(work: Work, link: HostLink) -> Scope:
    """Whose people a link asks about."""
    own = Scope(everyone=True) if link.school_id is None else Scope(schools=frozenset({link.school_id}))
    return spoken_for(work, own)
