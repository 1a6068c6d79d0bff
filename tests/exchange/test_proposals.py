"""What teachers propose of their own records: every edge by every party, and nothing counts before the last."""

import itertools
import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update

from talent.core.access import Actor, Grant
from talent.core.audit import AuditEvent
from talent.core.batches import ImportBatch
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation, TalentError
from talent.core.work import Program
from talent.exchange import entries, proposal_lists, proposals
from talent.exchange.history import history
from talent.exchange.kinds import BY_CODE
from talent.exchange.models import Proposal
from talent.exchange.proposal_lists import Narrowed
from talent.exchange.proposal_rules import BRINGS_IN, CORRECTS, EDGES, ENDS_IN, OPEN, Case, acts_of, held_back, may
from talent.exchange.undo import undo
from talent.people.models import Employment
from talent.training import queries as training
from talent.training.models import Training
from tests import factories
from tests.conftest import Clock
from tests.exchange.test_entries import HR, ROWS, added, codes, district, said, version
from tests.pay.test_races import at_once
from tests.privacy.people import give_numbers

__all__ = ["district"]
TODAY = date(2026, 9, 8)
STATES = ("submitted", "verified", "recognised", "returned", "withdrawn")
REASON = "证书上是 16 学时，编号 津培 2024-118"


def teacher(person_id: int = 1) -> Actor:
    return Actor(90 + person_id, f"teacher-{person_id}", (Grant("teacher", person_id=person_id),))


def clerk(school_id: int = 1, role: str = "school") -> Actor:
    return Actor(80 + school_id, f"clerk-{school_id}", (Grant(role, school_id=school_id),))


def typed(kind: str, **changed: str) -> dict[str, str]:
    return {**{name: value for name, value in ROWS[kind].items() if name != "staff_no"}, **changed}


def propose(program: Program, kind: str = "training", actor: Actor | None = None, **changed: str) -> int:
    """A new record asked for by T1."""
    with program.begin(actor or teacher()) as work:
        return proposals.propose_new(work, kind, typed(kind, **changed), REASON)


def correction(program: Program, record_id: int, **changed: str) -> int:
    with program.begin(teacher()) as work:
        held = proposals.own_record(work, "training", record_id)
        return proposals.propose_correction(
            work, "training", record_id, held.version, {**held.values, **changed}, REASON)


def stored(program: Program, number: int) -> Proposal:
    with program.read(HR) as work:
        row = work.session.get(Proposal, number)
        assert row is not None
        work.session.expunge(row)
        return row


def do(program: Program, actor: Actor, act: Callable[..., Any], number: int, *words: str, **more: Any) -> Any:
    seen = stored(program, number).version
    with program.begin(actor) as work:
        return act(work, number, seen, *words, **more)


def hours(program: Program) -> int:
    """The recognised hours of T1 in hundredths."""
    with program.read(HR) as work:
        return training.evaluation_hours(work, TODAY, [1]).get(1, 0)


def test_nobody_vouches_for_what_is_still_to_come(district: Program) -> None:
    with pytest.raises(RuleViolation) as error:
        propose(district, ended_on="2027-09-08")
    assert [(finding.code, finding.params["field"]) for finding in error.value.findings] == [
        ("record.in_future", "ended_on")]
    propose(district, ended_on="2026-09-08")


def test_of_two_clicks_at_once_one_proposes(district: Program) -> None:
    for number in range(5):
        click = partial(propose, district, name=f"新训{number}")
        assert at_once(click, click) == ["RuleViolation", "done"]
    with district.read(HR) as work:
        assert work.session.scalar(select(func.count()).select_from(Proposal)) == 5


# ── the rules ────────────────────────────────────────────────────────────────────────────────────────────────


def case(state: str, *, has_school: bool = True, left: int = 3) -> Case:
    return Case(state, TODAY + timedelta(days=left), TODAY + timedelta(days=left + 8), has_school)


@pytest.mark.parametrize(("what", "state", "acts"), [
    ("teacher", "submitted", ("withdraw",)), ("teacher", "verified", ()),
    ("school", "submitted", ("verify", "return")), ("school", "verified", ()),
    ("bureau", "submitted", ("return",)), ("bureau", "verified", ("recognise", "return")),
    *((party, state, ()) for party in ("teacher", "school", "bureau") for state in STATES[2:]),
])
def test_each_party_has_its_acts_in_each_state(what: Any, state: str, acts: tuple[str, ...]) -> None:
    assert acts_of((what,), case(state), TODAY) == acts


@pytest.mark.parametrize(("given", "late", "finding"), [
    (case("submitted", left=0), False, "proposal.school_first"), (case("submitted", left=-1), True, None),
    (case("submitted", has_school=False), False, None), (case("verified"), False, None),
], ids=["last day of the school", "the day after", "no school", "verified"])
def test_the_bureau_waits_for_the_school(given: Case, late: bool, finding: str | None) -> None:
    found = held_back("bureau", "recognise", given, TODAY)
    assert (found.code if found else None) == finding
    assert given.school_is_late(TODAY) is late
    assert held_back("bureau", "return", given, TODAY) is None


def test_an_answer_is_overdue_after_its_last_day_while_it_is_owed() -> None:
    assert not Case("verified", TODAY, TODAY, True).is_overdue(TODAY)
    late = TODAY + timedelta(days=1)
    assert [state for state in STATES if Case(state, TODAY, TODAY, True).is_overdue(late)] == list(OPEN)


# ── every edge by every party, on the tables ─────────────────────────────────────────────────────────────────

ACTS: dict[str, Callable[..., Any]] = {
    "withdraw": proposals.withdraw, "verify": proposals.verify, "return": proposals.return_,
    "recognise": proposals.recognise,
}
PARTIES = {"teacher": teacher(), "school": clerk(), "bureau": Actor(70, "hr-7", (Grant("hr"),))}


def in_state(program: Program, state: str) -> int:
    number = propose(program)
    if state in ("verified", "recognised"):
        do(program, clerk(), proposals.verify, number)
    if state == "recognised":
        do(program, PARTIES["bureau"], proposals.recognise, number)
    if state == "returned":
        do(program, clerk(), proposals.return_, number, "缺证书")
    if state == "withdrawn":
        do(program, teacher(), proposals.withdraw, number)
    assert stored(program, number).state == state
    return number


@pytest.mark.parametrize("state", STATES)
def test_there_are_no_other_edges(district: Program, state: str) -> None:
    number = in_state(district, state)
    for (party, actor), (act, command) in itertools.product(PARTIES.items(), ACTS.items()):
        if may(party, act, state):  # type: ignore[arg-type]
            continue
        with pytest.raises((Conflict, NotAllowed)) as refused:
            do(district, actor, command, number, *(["原因"] if act == "return" else []))
        known = {edge for edge in EDGES if edge[0] == party and edge[1] == act}
        assert isinstance(refused.value, Conflict if known else NotAllowed), (party, act)
    assert stored(district, number).state == state


@pytest.mark.parametrize(("party", "act", "state"), [
    (party, act, state) for (party, act), states in EDGES.items() for state in states
    if (party, act, state) != ("bureau", "recognise", "submitted")
])
def test_each_edge_is_taken_once_and_leaves_its_entry(district: Program, party: str, act: str, state: str) -> None:
    number = in_state(district, state)
    words = ["看过证书"] if act != "withdraw" else []
    named = {"answer": words[0]} if act == "recognise" else {}
    do(district, PARTIES[party], ACTS[act], number, *([] if named else words), **named)
    row = stored(district, number)
    assert row.state == ENDS_IN[act]  # type: ignore[index]
    assert (row.note if act == "verify" else row.answer) == "".join(words)
    assert (row.verified_by if act == "verify" else row.decided_by) == PARTIES[party].user_id
    with district.read(HR) as work:
        events = work.session.scalars(select(AuditEvent).where(AuditEvent.action == f"proposal:{act}")).all()
        assert [(event.subject, event.subject_key) for event in events] == [("proposal", str(number))]
    with pytest.raises(Conflict):
        do(district, PARTIES[party], ACTS[act], number, *([] if named else words), **named)


def test_two_who_decide_at_once_the_second_is_told(district: Program) -> None:
    number = in_state(district, "verified")
    seen = stored(district, number).version
    other = Actor(71, "hr-8", (Grant("hr"),))
    with district.begin(PARTIES["bureau"]) as work:
        proposals.recognise(work, number, seen)
    for act in (proposals.recognise, lambda work, *said: proposals.return_(work, *said, "缺证书")):
        with pytest.raises(Conflict), district.begin(other) as work:
            act(work, number, seen)
    with district.read(HR) as work:
        assert work.session.scalar(select(func.count()).select_from(Training)) == 1
        assert work.session.scalar(select(func.count()).select_from(ImportBatch)) == 1


def test_what_somebody_read_before_it_moved_is_not_decided(district: Program) -> None:
    number = propose(district)
    do(district, clerk(), proposals.verify, number)
    with pytest.raises(Conflict) as refused, district.begin(PARTIES["bureau"]) as work:
        proposals.return_(work, number, 1, "缺证书")
    assert refused.value.what == "proposal"


# ── who may ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_decides_about_oneself(district: Program) -> None:
    number = propose(district)
    clerk_and_teacher = Actor(91, "both", (Grant("school", school_id=1), Grant("teacher", person_id=1)))
    for act, words in ((proposals.verify, ()), (proposals.return_, ("不对",))):
        with pytest.raises(RuleViolation) as refused:
            do(district, clerk_and_teacher, act, number, *words)
        assert codes(refused.value) == [("proposal.own", "")]
    do(district, clerk(), proposals.verify, number)
    account = factories.add_account(district, "teacher", staff_no="T1", name="zhang")
    hr_of_t1 = Actor(account.user_id, "zhang", (Grant("hr"),))  # the account's other role names the person
    with pytest.raises(RuleViolation) as refused:
        do(district, hr_of_t1, proposals.recognise, number)
    assert codes(refused.value) == [("proposal.own", "")]
    assert stored(district, number).state == "verified"


def test_another_schools_clerk_and_another_teacher_find_nothing(district: Program) -> None:
    number = propose(district)
    for actor, act, words in ((clerk(2), proposals.verify, ()), (clerk(2, "principal"), proposals.verify, ()),
                              (clerk(2), proposals.return_, ("不对",)), (teacher(2), proposals.withdraw, ())):
        with pytest.raises(NotFound):
            do(district, actor, act, number, *words)
        with pytest.raises(NotFound), district.read(actor) as work:
            proposal_lists.detail(work, number)
    with district.read(clerk(2)) as work:
        assert proposal_lists.queue(work, Narrowed()) == ([], 0)
        assert proposal_lists.waiting_for(work).count == 0


def test_the_school_of_the_day_verifies(district: Program) -> None:
    number = propose(district)
    with district.begin(HR) as work:
        work.session.execute(update(Employment).where(Employment.person_id == 1).values(school_id=2))
    with pytest.raises(NotFound):
        do(district, clerk(1), proposals.verify, number)
    do(district, clerk(2, "principal"), proposals.verify, number)


def test_without_a_school_it_goes_straight_to_the_bureau(district: Program) -> None:
    number = propose(district)
    with pytest.raises(RuleViolation) as refused:
        do(district, PARTIES["bureau"], proposals.recognise, number)
    assert codes(refused.value) == [("proposal.school_first", "")]
    with district.begin(HR) as work:
        work.session.execute(update(Employment).where(Employment.person_id == 1).values(valid_to=TODAY))
    with district.read(PARTIES["bureau"]) as work:
        assert [line.id for line in proposal_lists.queue(work, Narrowed(waiting=True))[0]] == [number]
    do(district, PARTIES["bureau"], proposals.recognise, number)


def test_the_bureau_does_not_wait_for_a_school_that_is_late(district: Program, clock: Clock) -> None:
    number = propose(district)
    row = stored(district, number)
    assert (row.school_due_on, row.due_on) == (TODAY + timedelta(days=7), TODAY + timedelta(days=15))
    clock.move(days=7)
    with pytest.raises(RuleViolation):
        do(district, PARTIES["bureau"], proposals.recognise, number)
    clock.move(days=1)
    with district.read(PARTIES["bureau"]) as work:
        assert proposal_lists.waiting_for(work).count == 1
    do(district, PARTIES["bureau"], proposals.recognise, number)


@pytest.mark.parametrize("kind", sorted(BY_CODE))
def test_the_kinds_a_teacher_may_speak_of(district: Program, kind: str) -> None:
    if kind in BRINGS_IN:
        assert propose(district, kind) == 1
    else:
        with pytest.raises(NotFound):
            propose(district, kind if kind in ROWS else "conduct")
    if kind not in ROWS or kind in ("teachers", "schools"):
        return
    other = {"training": {"name": "另一门"}, "mentoring": {"started_on": "2025-09-01"}}.get(kind, {})
    entry = added(district, kind, **other)
    with district.read(teacher()) as work:
        if kind in CORRECTS:
            assert proposals.own_record(work, kind, entry.record_id).record_id == entry.record_id
        else:
            with pytest.raises(NotFound):
                proposals.own_record(work, kind, entry.record_id)
    with pytest.raises(NotFound), district.read(teacher(2)) as work:
        proposals.own_record(work, kind, entry.record_id)


def test_a_proposal_is_of_oneself_whatever_is_typed(district: Program) -> None:
    number = propose(district, staff_no="T2", record_id="1", operation="delete")
    do(district, clerk(), proposals.verify, number)
    entry = do(district, PARTIES["bureau"], proposals.recognise, number)
    with district.read(HR) as work:
        assert work.session.scalars(select(Training.person_id)).all() == [1]
    assert stored(district, number).record_id == entry.record_id
    with pytest.raises(NotAllowed), district.begin(clerk()) as work:
        proposals.propose_new(work, "training", typed("training"), REASON)


# ── nothing counts before the last step ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", ["11010519491231002X", "110105194912310038"], ids=["on record", "nobody's"])
def test_an_id_number_in_a_proposal_is_neither_kept_nor_answered(district: Program, number: str) -> None:
    give_numbers(district, 2, "11010519491231002X", "13812345678")
    with pytest.raises(RuleViolation) as refused:
        propose(district, "mentoring", apprentice_no=number)
    assert [(each.code, each.params) for each in refused.value.findings] == [
        ("proposal.id_number", {"field": "apprentice_no"})]
    with district.read(HR) as work:
        assert work.session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_hours_count_only_once_recognised(district: Program) -> None:
    added(district, name="已有的")
    before = hours(district)
    assert before > 0
    number = propose(district)
    assert hours(district) == before
    do(district, clerk(), proposals.verify, number)
    assert hours(district) == before and len(said(district, "training")) == 1
    do(district, PARTIES["bureau"], proposals.recognise, number)
    assert hours(district) == before + 750


@pytest.mark.parametrize("kind", BRINGS_IN)
def test_what_is_recognised_is_what_an_entry_writes(district: Program, kind: str) -> None:
    entry = added(district, kind)
    expected = said(district, kind)
    with district.begin(HR) as work:
        undo(work, entry.batch_id)
    number = propose(district, kind)
    do(district, clerk(), proposals.verify, number)
    assert said(district, kind) == []
    do(district, PARTIES["bureau"], proposals.recognise, number)
    assert said(district, kind) == expected


def test_a_correction_changes_one_column_and_can_be_undone(district: Program, clock: Clock) -> None:
    entry = added(district)
    before = said(district, "training")
    clock.move(days=1)
    number = correction(district, entry.record_id, hours_hundredths="１6")
    row = stored(district, number)
    assert json.loads(row.cells) == {"hours_hundredths": "16"} and json.loads(row.seen)["hours_hundredths"] == "7.5"
    clock.move(days=1)
    do(district, clerk(), proposals.verify, number, "核对过证书原件")
    clock.move(days=1)
    written = do(district, PARTIES["bureau"], proposals.recognise, number)
    assert [{**row, "hours_hundredths": 1600, "version": 2} for row in before] == said(district, "training")
    with district.read(HR) as work:
        told = [(step.action, step.reason) for step in history(work.session, "training", entry.record_id)]
        assert told == [("update", REASON), ("proposal:recognise", ""), ("proposal:verify", "核对过证书原件"),
                        ("proposal:submit", REASON), ("add", "补录")]
    with district.begin(HR) as work:
        undo(work, written.batch_id)
    assert [{**row, "version": 3} for row in before] == said(district, "training")
    with district.read(teacher()) as work:
        assert proposal_lists.detail(work, number).undone


def test_a_withdrawal_takes_the_record_off(district: Program) -> None:
    entry = added(district)
    with district.begin(teacher()) as work:
        held = proposals.own_record(work, "training", entry.record_id)
        number = proposals.propose_withdrawal(work, "training", entry.record_id, held.version, "重复登记")
    assert hours(district) == 750
    do(district, clerk(), proposals.verify, number)
    do(district, PARTIES["bureau"], proposals.recognise, number)
    assert hours(district) == 0


def test_a_state_goes_with_its_day(district: Program) -> None:
    """Of a title, the columns of a state are one: a corrected day keeps the state it is the day of."""
    entry = added(district, "titles")
    with district.begin(teacher()) as work:
        held = proposals.own_record(work, "titles", entry.record_id)
        number = proposals.propose_correction(
            work, "titles", entry.record_id, held.version, {**held.values, "changed_on": "2025-01-20"}, REASON)
    assert json.loads(stored(district, number).cells) == {
        "state": "暂停", "changed_on": "2025-01-20", "reason": "核查"}
    do(district, clerk(), proposals.verify, number)
    do(district, PARTIES["bureau"], proposals.recognise, number)
    assert [row["changed_on"] for row in said(district, "titles") if "changed_on" in row] == [date(2025, 1, 20)]


@pytest.mark.parametrize(("wrong", "found"), [
    ({"hours_hundredths": "很多"}, "hours_hundredths"), ({"name": ""}, "name"), ({"started_on": "2024-06-01"}, "ended_on"),
])
def test_what_is_typed_is_judged_at_once(district: Program, wrong: dict[str, str], found: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        propose(district, **wrong)
    assert [field for _code, field in codes(refused.value)] == [found]
    entry = added(district)
    with pytest.raises(RuleViolation) as refused:
        propose(district)
    assert codes(refused.value) == [("entry.on_record", "staff_no")]
    with pytest.raises(RuleViolation) as refused:
        correction(district, entry.record_id)
    assert codes(refused.value) == [("entry.nothing_changed", "")]
    with district.read(HR) as work:
        assert work.session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_a_reason_is_asked_for_on_the_way_in_and_on_the_way_back(district: Program) -> None:
    with pytest.raises(RuleViolation) as refused, district.begin(teacher()) as work:
        proposals.propose_new(work, "training", typed("training"), "  ")
    assert codes(refused.value) == [("entry.no_reason", "why")]
    number = propose(district)
    with pytest.raises(RuleViolation) as refused:
        do(district, clerk(), proposals.return_, number, "  ")
    assert codes(refused.value) == [("proposal.no_answer", "answer")]


def test_the_same_is_asked_once_while_it_is_open(district: Program) -> None:
    entry = added(district, name="别的")
    first, second = propose(district), correction(district, entry.record_id, hours_hundredths="16")
    for again in (lambda: propose(district), lambda: correction(district, entry.record_id, hours_hundredths="17")):
        with pytest.raises(RuleViolation) as refused:
            again()
        assert codes(refused.value) == [("proposal.asked_already", "")]
    do(district, teacher(), proposals.withdraw, first)
    do(district, clerk(), proposals.return_, second, "证书上是 7.5")
    assert propose(district) and correction(district, entry.record_id, hours_hundredths="17")


# ── the record moved meanwhile ───────────────────────────────────────────────────────────────────────────────


def test_a_record_that_changed_meanwhile_is_shown_before_it_is_decided(district: Program) -> None:
    entry = added(district)
    number = correction(district, entry.record_id, hours_hundredths="16")
    do(district, clerk(), proposals.verify, number)
    with district.begin(HR) as work:
        entries.correct(work, "training", entry.record_id, 1, {"hours_hundredths": "8"}, "看错")
    with pytest.raises(Conflict) as refused:
        do(district, PARTIES["bureau"], proposals.recognise, number)
    assert refused.value.what == "proposal.stale"
    assert refused.value.params["changed"] == {"hours_hundredths": ("7.5", "8", "16")}
    assert hours(district) == 800 and stored(district, number).state == "verified"
    do(district, PARTIES["bureau"], proposals.recognise, number, seen=version(district, "training", entry.record_id))
    assert hours(district) == 1600


def test_a_record_that_is_gone_can_only_be_returned(district: Program) -> None:
    entry = added(district)
    number = correction(district, entry.record_id, hours_hundredths="16")
    do(district, clerk(), proposals.verify, number)
    with district.begin(HR) as work:
        entries.withdraw(work, "training", entry.record_id, 1, "重复")
    with pytest.raises(RuleViolation) as refused:
        do(district, PARTIES["bureau"], proposals.recognise, number)
    assert codes(refused.value) == [("proposal.record_gone", "")]
    do(district, PARTIES["bureau"], proposals.return_, number, "这一条重复，已撤回")


# ── any order of clicks ──────────────────────────────────────────────────────────────────────────────────────


def test_any_order_of_clicks_counts_what_was_recognised(district: Program) -> None:
    """A hundred acts in any order: hours are always those of the recognised, and closed proposals never move."""
    chance, counted, closed = random.Random(8), 0, {}
    numbers = [propose(district, name=f"研修{each}") for each in range(12)]
    for _ in range(100):
        number, act = chance.choice(numbers), chance.choice(list(ACTS))
        actor = chance.choice(list(PARTIES.values()))
        try:
            do(district, actor, ACTS[act], number, *(["原因"] if act == "return" else []))
            counted += act == "recognise"
        except TalentError:
            pass
        state = stored(district, number).state
        assert closed.get(number, state) == state
        if state not in OPEN:
            closed[number] = state
    assert hours(district) == 750 * counted > 0


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_queue_is_narrowed_and_ordered_by_its_clock(district: Program, clock: Clock) -> None:
    first = propose(district, name="早的")
    clock.move(days=3)
    second = propose(district, "results")
    done = propose(district, name="办完的")
    do(district, clerk(), proposals.return_, done, "缺证书")
    third = propose(district, "mentoring", teacher(3), apprentice_no="T1")
    bureau = PARTIES["bureau"]

    def found(actor: Actor, **narrowed: Any) -> list[int]:
        with district.read(actor) as work:
            lines, total = proposal_lists.queue(work, Narrowed(**narrowed))
            assert total == len(lines)
            return [line.id for line in lines]

    assert found(bureau) == [first, second, third, done] and found(clerk(1)) == [first, second, done]
    assert found(bureau, state="returned") == [done] and found(bureau, kind="mentoring") == [third]
    assert found(bureau, words="王五") == [third] and found(bureau, school_code="S2") == [third]
    assert found(bureau, waiting=True) == [] and found(clerk(1), waiting=True) == [first, second]
    clock.move(days=13)
    assert found(bureau, overdue=True) == [first] and found(bureau, waiting=True) == [first, second, third]
    with district.read(bureau) as work:
        counted = proposal_lists.waiting_for(work)
        assert (counted.count, counted.overdue, counted.due_on) == (3, 1, TODAY + timedelta(days=15))
    with district.read(teacher()) as work:
        assert [line.id for line in proposal_lists.own(work)[0]] == [done, second, first]
        answers = proposal_lists.answered(work, work.now - timedelta(days=30))
        assert {state: count for state, (count, _first) in answers.items()} == {"returned": 1}
        assert proposal_lists.answered(work, work.now) == {}
