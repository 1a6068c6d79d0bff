"""Assistance as schools propose it: every edge by every party, what is written, and that all of it can be undone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from talent.accounts import commands, passwords
from talent.assistance.models import Assignment
from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.work import Program
from talent.exchange import entries, nomination_lists, nominations, proposal_lists, proposals
from talent.exchange.history import history
from talent.exchange.models import Proposal
from talent.exchange.nomination_rules import Spell, in_years, judge_move, overlapping, years_touched
from talent.exchange.proposal_lists import Narrowed
from talent.exchange.undo import undo
from talent.pay.models import PayBatch
from talent.people.models import Employment
from tests import factories
from tests.exchange.test_entries import HR, added, codes, district
from tests.exchange.test_proposals import clerk, propose, teacher
from tests.pay.records import close
from tests.privacy.people import MOMENT

__all__ = ["district"]
DECIDER = Actor(70, "hr-7", (Grant("hr"),))
DOCUMENT = "区教人〔2026〕15号"
ASKED = {"staff_no": "T1", "host": "柳河小学", "kind": "paired", "started_on": date(2026, 9, 15),
         "ended_on": date(2027, 7, 10)}
NOW = Spell("柳河小学", date(2026, 9, 1), date(2027, 7, 10))


# ── the rules ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("host", "on", "found"), [
    ("河东小学", date(2026, 9, 2), []), ("河东小学", date(2027, 7, 10), []),
    ("河东小学", date(2026, 9, 1), ["nomination.move_outside"]),
    ("河东小学", date(2027, 7, 11), ["nomination.move_outside"]),
    ("柳河小学 ", date(2026, 9, 2), ["nomination.same_host"]), ("河东小学", None, ["nomination.no_day"]),
], ids=["second day", "last day", "first day", "after the end", "the same host", "no day"])
def test_the_host_changes_within_the_spell(host: str, on: date | None, found: list[str]) -> None:
    assert [finding.code for finding in judge_move(NOW, host, on)] == found


@pytest.mark.parametrize(("now", "then", "years"), [
    (None, Spell("x", date(2025, 12, 1), date(2026, 1, 31)), [2025, 2026]),
    (NOW, Spell("x", date(2026, 9, 1), date(2026, 12, 30)), [2026, 2027]),
    (NOW, Spell("x", date(2026, 9, 1), date(2026, 12, 31)), [2027]),
    (NOW, Spell("x", date(2026, 10, 1), date(2027, 7, 10)), []),
    (Spell("x", date(2024, 1, 1), None), Spell("x", date(2024, 1, 1), date(2024, 6, 30)), [2024, 2025, 2026, 2027]),
], ids=["new", "a day of the year before", "from new year on", "another host only", "an open end closed"])
def test_which_locked_years_a_change_touches(now: Spell | None, then: Spell, years: list[int]) -> None:
    assert in_years(years_touched(now, then), [2023, 2024, 2025, 2026, 2027]) == years


def test_spells_overlap_when_they_share_a_day() -> None:
    before, after = Spell("a", date(2026, 1, 1), date(2026, 8, 31)), Spell("b", date(2027, 7, 11))
    touching = Spell("c", date(2027, 7, 10))
    assert overlapping(NOW, [touching, before, after, Spell("d", date(2025, 1, 1))]) == [
        Spell("d", date(2025, 1, 1)), touching]


# ── the way ──────────────────────────────────────────────────────────────────────────────────────────────────


def nominate(program: Program, actor: Actor | None = None, **changed: Any) -> int:
    with program.begin(actor or clerk()) as work:
        return nominations.nominate(work, {**ASKED, **changed}, "自愿报名，校务会同意")


def ask(program: Program, command: Callable[..., int], record_id: int, what: Any) -> int:
    with program.begin(clerk()) as work:
        held = nominations.own_assignment(work, record_id)
        return command(work, record_id, held.version, what, "受援单位来函")


def answer(program: Program, command: Callable[..., Any], number: int, *words: Any, actor: Actor = DECIDER) -> Any:
    version = row(program, number).version
    with program.begin(actor) as work:
        return command(work, number, version, *words)


def row(program: Program, number: int) -> Proposal:
    with program.read(HR) as work:
        found = work.session.get_one(Proposal, number)
        work.session.expunge(found)
        return found


def spells(program: Program) -> list[tuple[str, date, date | None, str]]:
    with program.read(HR) as work:
        return [tuple(each) for each in work.session.execute(
            select(Assignment.host, Assignment.started_on, Assignment.ended_on, Assignment.document_no)
            .order_by(Assignment.started_on))]


def test_a_nomination_is_an_assignment_once_it_is_approved(district: Program) -> None:
    number = nominate(district)
    assert (row(district, number).state, row(district, number).due_on, spells(district)) == (
        "verified", date(2026, 9, 15), [])
    entry = answer(district, nominations.approve, number, DOCUMENT)
    assert spells(district) == [("柳河小学", date(2026, 9, 15), date(2027, 7, 10), DOCUMENT)]
    said = row(district, number)
    assert (said.state, said.document_no, said.record_id, said.entry_id) == (
        "recognised", DOCUMENT, entry.record_id, entry.batch_id)
    with district.read(HR) as work:
        assert {step.action for step in history(work.session, "assistance", entry.record_id)} == {
            "nomination:submit", "nomination:recognise", "add"}
        actions = work.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [each for each in actions if each.startswith("nomination")] == ["nomination:submit", "nomination:approve"]
    with district.begin(HR) as work:
        undo(work, entry.batch_id)
    assert spells(district) == []


def test_an_early_return_changes_the_end_and_keeps_the_document(district: Program) -> None:
    record = added(district, "assistance", ended_on="2027-07-10", document_no="区教人〔2024〕3号").record_id
    number = ask(district, nominations.propose_end, record, date(2026, 10, 31))
    assert row(district, number).due_on == date(2026, 10, 31)
    entry = answer(district, nominations.approve, number, DOCUMENT)
    assert spells(district) == [("柳河小学", date(2024, 9, 1), date(2026, 10, 31), "区教人〔2024〕3号")]
    with district.read(HR) as work:
        steps = history(work.session, "assistance", record)
    assert f"{DOCUMENT} 受援单位来函" in [step.reason for step in steps]
    with district.begin(HR) as work:
        undo(work, entry.batch_id)
    assert spells(district)[0][2] == date(2027, 7, 10)


def test_another_host_ends_one_spell_and_begins_the_next(district: Program) -> None:
    record = added(district, "assistance", ended_on="2027-07-10").record_id
    moved = {"host": "河东小学", "kind": "community", "started_on": date(2026, 11, 1), "ended_on": date(2027, 7, 10)}
    number = ask(district, nominations.propose_move, record, moved)
    assert len(spells(district)) == 1
    entry = answer(district, nominations.approve, number, DOCUMENT)
    assert spells(district) == [("柳河小学", date(2024, 9, 1), date(2026, 10, 31), ""),
                                ("河东小学", date(2026, 11, 1), date(2027, 7, 10), DOCUMENT)]
    assert (row(district, number).record_id, entry.record_id != record) == (record, True)
    with district.begin(HR) as work:
        undo(work, entry.batch_id)
    assert spells(district) == [("柳河小学", date(2024, 9, 1), date(2027, 7, 10), "")]


@pytest.mark.parametrize(("changed", "found"), [
    ({"staff_no": "T3"}, [("nomination.not_yours", "staff_no")]), ({"staff_no": ""}, [("workbooks.required", "staff_no")]),
    ({"staff_no": "", "host": "", "started_on": None}, [
        ("workbooks.required", "staff_no"), ("workbooks.required", "host"), ("workbooks.required", "started_on")]),
    ({"ended_on": date(2026, 9, 1)}, [("record.end_before_start", "ended_on")]),
    ({"host": "", "started_on": None}, [("workbooks.required", "host"), ("workbooks.required", "started_on")]),
], ids=["another school's", "nobody", "nothing at all", "ends before it begins", "empty"])
def test_what_a_nomination_is_refused_for(district: Program, changed: dict[str, Any], found: list[Any]) -> None:
    with pytest.raises(RuleViolation) as refused:
        nominate(district, **changed)
    assert codes(refused.value) == found


def test_a_school_asks_only_for_its_own_spells(district: Program) -> None:
    record = added(district, "assistance", staff_no="T3", sending_school_code="S2").record_id
    with pytest.raises(NotFound):
        ask(district, nominations.propose_end, record, date(2026, 10, 31))
    number = nominate(district)
    with pytest.raises(NotFound):
        answer(district, nominations.withdraw, number, actor=clerk(2))


def test_the_same_is_not_asked_twice(district: Program) -> None:
    record = added(district, "assistance").record_id
    for propose_again in (lambda: nominate(district),
                          lambda: ask(district, nominations.propose_end, record, date(2026, 10, 31))):
        propose_again()
        with pytest.raises(RuleViolation) as refused:
            propose_again()
        assert codes(refused.value) == [("proposal.asked_already", "")]


# ── who answers ──────────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_no_other_edges(district: Program) -> None:
    number = nominate(district)
    for actor, command, words in ((clerk(), nominations.approve, (DOCUMENT,)), (clerk(), nominations.return_, ("不",)),
                                  (DECIDER, nominations.withdraw, ()), (teacher(), nominations.withdraw, ()),
                                  (clerk(role="principal"), nominations.withdraw, ())):
        with pytest.raises(NotAllowed):
            answer(district, command, number, *words, actor=actor)
    for command, words in ((proposals.recognise, ()), (proposals.return_, ("不",)), (proposals.verify, ())):
        actor = clerk() if command is proposals.verify else DECIDER
        with pytest.raises(NotFound):
            answer(district, command, number, *words, actor=actor)
    answer(district, nominations.withdraw, number, actor=clerk())
    for actor, command, words in ((clerk(), nominations.withdraw, ()), (DECIDER, nominations.approve, (DOCUMENT,)),
                                  (DECIDER, nominations.return_, ("不",))):
        with pytest.raises(Conflict):
            answer(district, command, number, *words, actor=actor)
    assert (row(district, number).state, spells(district)) == ("withdrawn", [])


def test_approval_needs_a_document_and_a_return_its_reason(district: Program) -> None:
    number = nominate(district)
    for command, word, code in ((nominations.approve, " ", "nomination.no_document"),
                                (nominations.approve, "x" * 81, "nomination.no_document"),
                                (nominations.return_, " ", "nomination.no_answer")):
        with pytest.raises(RuleViolation) as refused:
            answer(district, command, number, word)
        assert [each.code for each in refused.value.findings] == [code]
    answer(district, nominations.return_, number, "人数已满")
    assert (row(district, number).state, row(district, number).answer) == ("returned", "人数已满")


def test_nobody_approves_what_is_about_themselves(district: Program) -> None:
    number = nominate(district)
    both = Actor(70, "hr-7", (Grant("hr"), Grant("teacher", person_id=1)))
    with pytest.raises(RuleViolation) as refused:
        answer(district, nominations.approve, number, DOCUMENT, actor=both)
    assert codes(refused.value) == [("proposal.own", "")]


def test_who_nominated_decides_by_no_other_account(district: Program) -> None:
    """The office's account of whoever has the school's as well, and of nobody else."""
    school = account_of(district, "T2", "school", school_code="S1")
    number = nominate(district, school)
    with pytest.raises(RuleViolation) as refused:
        answer(district, nominations.approve, number, DOCUMENT, actor=account_of(district, "T2", "hr"))
    assert codes(refused.value) == [("proposal.own", "")]
    answer(district, nominations.approve, number, DOCUMENT, actor=account_of(district, "T3", "hr"))
    assert row(district, number).state == "recognised"


def account_of(program: Program, staff_no: str, role: str, **reach: str) -> Actor:
    """An account of a person who has others too."""
    secret = passwords.seal(program.settings, factories.PASSWORD)
    with program.begin(operator()) as work:
        user = commands.add_user(work, name=f"{role}-{staff_no}", role=role, secret=secret, staff_no=staff_no, **reach)
        return Actor(user.id, user.name, tuple(
            Grant(grant.role, grant.school_id, grant.person_id) for grant in user.grants))


def test_the_heir_of_a_merged_school_asks_of_its_spells(district: Program) -> None:
    """S2 went into S1 today with its people: until then S1 finds nothing of them."""
    record = added(district, "assistance", staff_no="T3", sending_school_code="S2", ended_on="2027-07-10").record_id
    with pytest.raises(NotFound):
        ask(district, nominations.propose_end, record, date(2026, 10, 31))
    close(district, "S2", "2026-09-08", "S1")
    with district.begin(HR) as work:
        work.session.execute(update(Employment).where(Employment.person_id == 3).values(school_id=1))
    number = ask(district, nominations.propose_end, record, date(2026, 10, 31))
    answer(district, nominations.approve, number, DOCUMENT)
    assert [spell[2] for spell in spells(district)] == [date(2026, 10, 31)]


def test_a_spell_changed_meanwhile_is_not_overwritten(district: Program) -> None:
    record = added(district, "assistance", ended_on="2027-07-10").record_id
    number = ask(district, nominations.propose_end, record, date(2026, 10, 31))
    with district.begin(HR) as work:
        entries.correct(work, "assistance", record, 1, {"ended_on": "2027-01-31"}, "更正")
    with pytest.raises(Conflict) as conflict:
        answer(district, nominations.approve, number, DOCUMENT)
    assert conflict.value.params["changed"] == {"ended_on": ("2027-07-10", "2027-01-31", "2026-10-31")}
    answer(district, nominations.approve, number, DOCUMENT, 2)
    assert spells(district)[0][2] == date(2026, 10, 31)


# ── the lists ────────────────────────────────────────────────────────────────────────────────────────────────


def test_nominations_and_what_people_ask_stand_in_lists_of_their_own(district: Program) -> None:
    asked, named = propose(district), nominate(district)
    with district.read(DECIDER) as work:
        assert [line.id for line in nomination_lists.page(work, Narrowed(), is_open=True)[0]] == [named]
        assert [line.id for line in proposal_lists.queue(work, Narrowed())[0]] == [asked]
        desk = nomination_lists.desk(work, work.now)
        assert (desk.of_persons.count, desk.nominations.count, desk.nominations.due_on) == (0, 1, date(2026, 9, 15))
        with pytest.raises(NotFound):
            proposal_lists.detail(work, named)
        with pytest.raises(NotFound):
            nomination_lists.detail(work, asked)
    with district.read(teacher()) as work:
        assert [line.id for line in proposal_lists.own(work)[0]] == [asked]
    with district.read(clerk(2)) as work:
        assert nomination_lists.page(work, Narrowed(), is_open=False) == ([], 0)
        assert nomination_lists.desk(work, MOMENT).nominations.count == 0


def test_what_came_back_waits_at_the_school_that_asked(district: Program) -> None:
    number = nominate(district)
    answer(district, nominations.return_, number, "人数已满")
    for actor, returned in ((clerk(), 1), (clerk(2), 0), (DECIDER, 0)):
        with district.read(actor) as work:
            assert nomination_lists.desk(work, MOMENT).returned == returned


def test_years_are_locked_by_their_batch_alone(district: Program) -> None:
    common: dict[str, Any] = {"convention": "day", "computed_at": MOMENT, "computed_by_name": "x", "book_digest": "x",
                              "content_hash": "x", "total_fen": 0, "parameters": "{}", "snapshot": "{}"}
    with district.begin(HR) as work:
        locked = PayBatch(year=2024, sequence=1, state="locked", **common)
        work.session.add_all([locked, PayBatch(year=2025, sequence=1, state="computed", **common)])
    with district.read(HR) as work:
        assert list(nomination_lists.locked_years(work)) == [2024]
