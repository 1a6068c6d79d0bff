"""What an act would do, told before it is done: which period closes and opens, what ends, whose figures move."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import or_, select

from talent.assistance.models import Assignment
from talent.core.access import Scope
from talent.core.errors import Finding
from talent.core.periods import ONE_DAY
from talent.core.work import Work
from talent.exchange.act_facts import Asked, Standing
from talent.exchange.commands import Outcome
from talent.exchange.preview import Cell, preview_of
from talent.people.models import Employment, Person, School
from talent.people.queries import school_name_on
from talent.people.rules import Act, Held, held_on
from talent.policy.errors import NotInForce
from talent.tiers.ledger import read_ledger
from talent.tiers.queries import table_on
from talent.tiers.rules import term_end
from talent.workbooks.plan import Change, Ref


def cells(work: Work, outcome: Outcome) -> list[Cell]:
    """Header, old and new value of everything that changes, each once."""
    rows = work.session.execute(select(School.id, School.code, School.name))
    labels = {row.id: f"{row.code} {row.name}" for row in rows}
    found = [cell for row in preview_of(outcome, labels).rows for cell in row.cells]
    return list(dict.fromkeys(found))


def of_act(
    work: Work, act: Act, who: Standing, asked: Asked, outcome: Outcome, inherited: int
) -> Iterator[Finding]:
    """The consequences of one act on one person, in the order a person would ask. ``inherited``: later periods that
    went on with what changes."""
    if asked.on is None:
        yield from _of_correction(who, outcome)
        return
    now = held_on(who.periods, asked.on)
    if now is None:
        return
    yield from _periods(now, asked.on)
    yield from _schools(work, act, now, asked.on, outcome)
    if act.leaves:
        yield from _titles(work, who.id, asked.on)
    if act.leaves or act.code == "transfer":
        yield from _assistance(work, act, who.id, asked.on)
    yield from _later(who, asked, inherited)
    if asked.on < work.today:
        yield told("past_changes", level="warning", since=asked.on)


def told(what: str, level: str = "info", **facts: object) -> Finding:
    """A consequence; a warning is one that needs thought. None of them stops anything."""
    return Finding(f"effect.{what}", "", facts, "warning" if level == "warning" else "error")


def _of_correction(who: Standing, outcome: Outcome) -> Iterator[Finding]:
    for change in _changes(outcome, Person.__tablename__):
        if "name" in change.values:
            yield told("name_kept", old=who.name)
        if "staff_no" in change.values:
            yield told("staff_no_kept", old=who.staff_no)
        if change.before.get("id_number_masked"):
            yield told("id_number_kept", old=change.before["id_number_masked"])
    for change in _changes(outcome, Employment.__tablename__):
        if change.values.get("valid_from"):
            yield told("first_day_moves", since=change.values["valid_from"])
    yield told("all_days_change", level="warning")


def _changes(outcome: Outcome, table: str) -> list[Change]:
    return [change for plan in outcome.plans for change in plan.changes if change.table == table]


def _periods(now: Held, on: date) -> Iterator[Finding]:
    if now.since == on:
        yield told("amends", since=on, school=now.school)
        return
    last = on - ONE_DAY
    yield told("closes", since=now.since, last=last, school=now.school) if now.since else told(
        "closes_old", last=last, school=now.school)
    yield told("opens_until", since=on, until=now.until) if now.until else told("opens", since=on)


def _schools(work: Work, act: Act, now: Held, on: date, outcome: Outcome) -> Iterator[Finding]:
    """Whose numbers of staff, quota and indicators the person counts in from the day on."""
    if act.leaves:
        yield told("figures_leave", since=on, school=now.school)
        return
    for change in _changes(outcome, Employment.__tablename__):
        to = change.values.get("school_id")
        if isinstance(to, Ref) and (change.action == "add" or "valid_from" not in change.values):
            name = work.session.scalar(select(school_name_on(on)).where(School.id == to.id)) or to.name
            if act.code == "rehire":
                yield told("figures_join", since=on, to=name)
            elif act.code == "transfer":
                yield told("figures_move", since=on, school=now.school, to=name)
            return


def _titles(work: Work, person_id: int, on: date) -> Iterator[Finding]:
    """Titles in force end by themselves with 离岗日期."""
    try:
        table = table_on(work.book, on)
    except NotInForce:
        return
    for title in read_ledger(work.session, on, (person_id,)).in_force(on, table, Scope(everyone=True)):
        end = term_end(title.fact, table)
        facts = {"title": title.fact.tier, "on": on}
        yield told("title_ends", level="warning", **facts, until=end) if end else told(
            "honour_ends", level="warning", **facts)


def _assistance(work: Work, act: Act, person_id: int, on: date) -> Iterator[Finding]:
    rows = work.session.execute(
        select(Assignment.host, Assignment.started_on, school_name_on(on).label("school"))
        .join(School, School.id == Assignment.sending_school_id)
        .where(Assignment.person_id == person_id, or_(Assignment.ended_on.is_(None), Assignment.ended_on >= on))
        .order_by(Assignment.started_on))
    for row in rows:
        what = "assistance_open" if act.leaves else "assistance_sender"
        yield told(what, level="warning", host=row.host, since=row.started_on, school=row.school)


def _later(who: Standing, asked: Asked, inherited: int) -> Iterator[Finding]:
    later = who.later(asked.on)
    if inherited and asked.carried:
        yield told("later_carried", count=inherited)
    kept = later[inherited:] if asked.carried else later
    if kept:
        yield told("later_kept", level="warning", count=len(kept), since=kept[0].since, school=kept[0].school,
                    status=kept[0].status)
