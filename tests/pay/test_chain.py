"""The chain of a batch: who may take which edge, what is bound to what, and that one school's trouble is its own."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from talent.core.access import RIGHTS, ROLES, Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.errors import NotAllowed, RuleViolation, TalentError
from talent.core.work import Program
from talent.pay import aside, chain_commands
from talent.pay.acts import acts_of
from talent.pay.book import standing_of
from talent.pay.chain import EDGES, Edge, Hand, Past, Standing, barred, missing
from talent.pay.chain_commands import Seen, Sheet
from talent.pay.chain_models import PayStep
from talent.pay.models import CHAIN, PayBatch
from talent.pay.queries import latest_batch
from tests import factories
from tests.pay.office import Office
from tests.pay.records import send


@pytest.fixture
def office(program: Program) -> Office:
    """2021: T1 and T2 of school A all year, T3 of B from March; T3 has no appraisal yet."""
    send(program, "T1", "A", "2021-01-01")
    send(program, "T2", "A", "2021-01-01")
    send(program, "T3", "B", "2021-03-15", appraisal="")
    return Office(program)


def refused(act: Callable[[], object]) -> str:
    """What an act is refused with: the codes of its findings, or the kind of refusal."""
    with pytest.raises(TalentError) as error:
        act()
    if isinstance(error.value, RuleViolation):
        return ", ".join(finding.code for finding in error.value.findings)
    return type(error.value).__name__


# ── the table, without a database ────────────────────────────────────────────────────────────────────────────

PEOPLE = {"computer": Hand(1, "甲", 11), "reviewer": Hand(2, "乙"), "approver": Hand(3, "丙", 13)}
STRANGER = Hand(9, "丁", 19)
#: Act → to whom it is barred, of those who had a hand in the batch.
BARRED = {
    "confirm": {"computer"}, "dispute": set(), "review": {"computer"},
    "approve": {"computer", "reviewer", "approver"}, "lock": {"computer", "reviewer"}, "return": set(),
    "export": {"approver"}, "settle": {"approver"},
}


def past(*with_lines: int) -> Past:
    hands = {"review": [PEOPLE["reviewer"]], "approve": [PEOPLE["approver"]]}
    return Past(PEOPLE["computer"], hands, frozenset(with_lines))


def test_every_edge_goes_one_step_along_the_chain() -> None:
    onward = [edge for edge in EDGES.values() if edge.act not in ("return", "confirm", "dispute")]
    assert [(edge.start, edge.end) for edge in onward] == [
        ((CHAIN[at],), CHAIN[at + 1]) for at in range(CHAIN.index("school_confirmed"), len(CHAIN) - 1)]
    assert set(BARRED) == set(EDGES)


@pytest.mark.parametrize("act", EDGES)
@pytest.mark.parametrize("who", PEOPLE)
def test_who_had_a_hand_before_is_barred_by_account_and_by_person(act: str, who: str) -> None:
    hand, wanted = PEOPLE[who], ["pay.same_person"] if who in BARRED[act] else []
    assert [finding.code for finding in barred(EDGES[act], hand, past())] == wanted
    if hand.person_id is not None:
        second_account = Hand(99, "另一账号", hand.person_id)
        assert [finding.code for finding in barred(EDGES[act], second_account, past())] == wanted


@pytest.mark.parametrize("edge", EDGES.values(), ids=EDGES)
def test_nobody_handles_their_own_pay_and_strangers_may(edge: Edge) -> None:
    assert barred(edge, STRANGER, past()) == []
    own = [] if edge.own_pay else ["pay.own_line"]
    assert [finding.code for finding in barred(edge, STRANGER, past(19))] == own
    assert [finding.code for finding in barred(edge, Hand(None, "operator"), past())] == ["pay.needs_account"]


@pytest.mark.parametrize("act", ["review", "approve", "lock"])
def test_a_sheet_is_entered_by_somebody_as_free_as_its_signatory(act: str) -> None:
    edge = EDGES[act]
    assert barred(edge, STRANGER, past(), Hand(8, "戊")) == []
    assert [finding.code for finding in barred(edge, STRANGER, past(), STRANGER)] == ["pay.sheet_own"]
    for who in BARRED[act]:
        assert [finding.code for finding in barred(edge, STRANGER, past(), PEOPLE[who])] == ["pay.same_person"]


def test_a_run_that_names_nobody_is_not_reviewed() -> None:
    nobody = Past(Hand(None, "operator"))
    assert [finding.code for finding in barred(EDGES["review"], STRANGER, nobody)] == ["pay.computed_by_nobody"]


def test_what_is_missing_is_said_by_name() -> None:
    waiting = Standing("computed", 3, ("甲校", "乙校"), unacknowledged=2, assumed=4)
    assert [(finding.code, finding.params.get("n")) for finding in missing(waiting)] == [
        ("pay.schools_waiting", 2), ("pay.unacknowledged", 2), ("pay.assumed_unconfirmed", 4)]
    half = Standing("hr_reviewed", approvals=("finance",), assumed=4, document="3号", periods=0)
    assert [(finding.code, finding.params.get("role")) for finding in missing(half)] == [
        ("pay.approval_waiting", "leader"), ("pay.no_open_period", None)]
    assert missing(Standing("locked", periods=0)) == []


@pytest.mark.parametrize("role", ROLES)
def test_the_rights_of_the_chain_are_held_by_few(role: str) -> None:
    held = {right for right in RIGHTS[role] if right.startswith("pay:") and right != "pay:read"}
    assert held == {
        "hr": {"pay:compute", "pay:review", "pay:return", "pay:sheet"}, "leader": {"pay:approve", "pay:return"},
        "finance": {"pay:compute", "pay:approve", "pay:lock", "pay:return", "pay:sheet", "pay:export", "pay:settle"},
        "principal": {"pay:confirm"}, "school": {"pay:confirm"},
    }.get(role, set())
    assert {right for right in RIGHTS["operator"] if right.startswith("pay:")} == {"pay:read", "pay:compute"}


# ── on a database ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_whole_way_to_approved(office: Office) -> None:
    batch = office.compute()
    office.answer(batch, "A")
    assert office.state(batch) == "computed"
    office.answer(batch, "B")
    assert office.state(batch) == "school_confirmed"
    office.do("review", batch, office.hr)
    assert office.state(batch) == "hr_reviewed"
    office.do("approve", batch, office.leader)
    assert office.state(batch) == "hr_reviewed"
    office.do("approve", batch, office.finance2)
    assert office.state(batch) == "approved"
    with office.program.read(operator()) as work:
        acts = [event.action for event in work.session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
    assert [act for act in acts if act.startswith("pay:")] == [
        "pay:compute", "pay:confirm", "pay:confirm", "pay:review", "pay:approve", "pay:approve"]


ACTS_IN_STATE = {
    "computed": {"confirm", "dispute"}, "school_confirmed": {"confirm", "dispute", "review", "return"},
    "hr_reviewed": {"approve", "return"}, "approved": {"return"},
}


@pytest.mark.parametrize("state", ACTS_IN_STATE)
def test_every_other_edge_is_a_conflict(office: Office, state: str) -> None:
    batch = office.compute()
    if state != "computed":
        office.confirm_all(batch)
    if state in ("hr_reviewed", "approved"):
        office.do("review", batch, office.hr)
    if state == "approved":
        office.do("approve", batch, office.leader)
        office.do("approve", batch, office.finance2)
    by = {"review": office.hr2, "approve": office.leader2, "return_": office.hr2}
    tried = {"confirm": lambda: office.answer(batch, "A"), "dispute": lambda: office.answer(batch, "A", "dispute"),
             **{act.rstrip("_"): (lambda act=act: office.do(act, batch, by[act], comment="理由")) for act in by}}
    for act in tried.keys() - ACTS_IN_STATE[state]:
        assert refused(tried[act]) == "Conflict", act
    assert office.state(batch) == state


@pytest.mark.parametrize("act", ["confirm", "review", "approve", "return"])
def test_each_act_is_for_the_roles_that_hold_its_right(office: Office, act: str) -> None:
    batch = office.compute()
    if act != "confirm":
        office.confirm_all(batch)
    if act == "approve":
        office.do("review", batch, office.hr)
    grants = {role: Grant(role, school_id=office.school("A"), person_id=None) for role in (*ROLES, "operator")}
    found = {}
    for role, grant in grants.items():
        actor = Actor(900, role, (grant,))
        if act == "confirm":
            tried = lambda actor=actor: office.answer(batch, "A", by=actor, seen=Seen(0, ""))  # noqa: E731
        else:
            tried = lambda actor=actor: office.do(  # noqa: E731
                act.replace("return", "return_"), batch, actor, seen=Seen(0, ""), comment="x")
        found[role] = refused(tried)
    assert found == {role: "Conflict" if EDGES[act].right in RIGHTS[role] else "NotAllowed" for role in grants}


def test_a_school_answers_for_itself_alone(office: Office) -> None:
    batch = office.compute()
    assert refused(lambda: office.answer(batch, "B", by=office.principal_of("A"))) == "NotFound"
    assert refused(lambda: office.answer(batch, "C", by=office.principal_of("C"))) == "NotFound"
    assert refused(lambda: office.answer(99, "A", seen=Seen(1, ""))) == "NotFound"


def test_the_computer_neither_reviews_nor_approves_under_any_account(office: Office) -> None:
    batch = office.compute(by=office.hr)
    office.confirm_all(batch)
    assert refused(lambda: office.do("review", batch, office.hr)) == "pay.same_person"
    office.do("review", batch, office.hr2)
    second = Actor(office.leader.user_id, "leader", (Grant("leader"),))
    both = Actor(office.hr2.user_id, "hr2", (*office.hr2.grants, Grant("leader")))
    assert refused(lambda: office.do("approve", batch, both)) == "pay.same_person"
    office.do("approve", batch, second)
    twice = Actor(second.user_id, "leader", (Grant("leader"), Grant("finance")))
    assert refused(lambda: office.do("approve", batch, twice)) == "pay.same_person"
    assert refused(lambda: office.do("approve", batch, office.leader2)) == "pay.approved_already"


def test_two_accounts_of_one_person_are_one_person(office: Office) -> None:
    person_id = factories.add_person(office.program, "T9")
    batch = office.compute()
    office.reviewed(batch)
    with office.program.begin(operator()) as work:
        work.session.execute(text("UPDATE role_grants SET person_id = :p WHERE user_id = :u"),
                             {"p": person_id, "u": office.finance.user_id})
    other = Actor(office.leader.user_id, "leader", (Grant("leader"), Grant("teacher", person_id=person_id)))
    assert refused(lambda: office.do("approve", batch, other)) == "pay.same_person"


def test_who_entered_a_sheet_is_barred_by_person_whichever_account(office: Office) -> None:
    person_id = factories.add_person(office.program, "T9")
    batch = office.compute()
    office.confirm_all(batch)
    office.do("review", batch, office.finance2, sheet=office.sheet(office.hr))
    with office.program.begin(operator()) as work:
        work.session.execute(text("UPDATE role_grants SET person_id = :p WHERE user_id = :u"),
                             {"p": person_id, "u": office.finance2.user_id})
    other = Actor(office.leader.user_id, "leader", (Grant("leader"), Grant("teacher", person_id=person_id)))
    assert refused(lambda: office.do("approve", batch, other)) == "pay.same_person"


def test_nobody_handles_their_own_pay(office: Office) -> None:
    batch = office.compute()
    person_id = factories.add_person(office.program, "T1")
    own = Grant("teacher", person_id=person_id)
    head = office.principal_of("A")
    with_line = Actor(head.user_id, head.name, (*head.grants, own))
    assert refused(lambda: office.answer(batch, "A", by=with_line)) == "pay.own_line"
    office.confirm_all(batch)
    hr = Actor(office.hr.user_id, "hr", (Grant("hr"), own))
    assert refused(lambda: office.do("review", batch, hr)) == "pay.own_line"
    assert refused(lambda: office.hold(batch, "T1", by=hr)) == "pay.own_line"


def test_approval_and_lock_ask_for_a_fresh_proof(office: Office) -> None:
    batch = office.reviewed(office.compute())
    stale = Actor(office.leader.user_id, "leader", office.leader.grants, proved=False)
    assert refused(lambda: office.do("approve", batch, stale)) == "NotProved"


def test_a_signed_sheet_asks_for_a_fresh_proof(office: Office) -> None:
    """Answering for oneself does not; answering in another's name does."""
    batch, sheet = office.compute(), office.sheet(office.principal_of("A"))
    stale = Actor(office.hr.user_id, "hr", office.hr.grants, proved=False)
    assert refused(lambda: office.answer(batch, "A", by=stale, sheet=sheet)) == "NotProved"
    office.answer(batch, "A", by=office.hr, sheet=sheet)


def test_a_return_voids_everything_and_needs_a_reason(office: Office) -> None:
    batch = office.approved(office.compute())
    assert refused(lambda: office.do("return_", batch, office.hr, comment=" ")) == "pay.reason_missing"
    office.do("return_", batch, office.hr, comment="A 校少一人")
    assert office.state(batch) == "computed"
    with office.program.read(operator()) as work:
        acts = acts_of(work.session, work.session.get_one(PayBatch, batch))
        assert (acts.answers, acts.approvals, acts.of("review")) == ({}, (), [])
    office.confirm_all(batch)
    assert refused(lambda: office.do("approve", batch, office.leader)) == "Conflict"
    office.do("review", batch, office.hr2)
    office.do("approve", batch, office.leader)
    assert office.state(batch) == "hr_reviewed"


def test_what_was_seen_must_still_stand(office: Office) -> None:
    batch = office.compute()
    old = office.seen(batch)
    office.confirm_all(batch)
    assert refused(lambda: office.do("review", batch, office.hr, seen=old)) == "Conflict"
    now = office.seen(batch)
    assert refused(lambda: office.do("review", batch, office.hr, seen=Seen(now.version, "0" * 64))) == "Conflict"
    office.do("review", batch, office.hr, seen=now)
    assert refused(lambda: office.do("review", batch, office.hr, seen=now)) == "Conflict"


def test_a_new_run_asks_only_the_schools_whose_lines_changed(office: Office) -> None:
    first = office.compute()
    office.answer(first, "A")
    send(office.program, "T4", "B", "2021-01-01")
    second = office.compute()
    assert (office.state(first), office.state(second)) == ("superseded", "computed")
    with office.program.read(operator()) as work:
        acts = acts_of(work.session, work.session.get_one(PayBatch, second))
        assert standing_of(work.session, acts, assumed=0).waiting == ("第一小学",)
        assert set(acts.answers) == {office.school("A")} and acts.steps[0].carried_from is not None
    office.answer(second, "B")
    assert office.state(second) == "school_confirmed"


def test_what_was_held_stays_held_in_a_new_run(office: Office) -> None:
    first = office.compute()
    office.hold(first, "T1")
    office.hold(first, "T2")
    office.hold(first, "T2", act="release")
    send(office.program, "T4", "B", "2021-01-01")
    second = office.compute(by=office.finance3)
    with office.program.read(operator()) as work:
        acts = acts_of(work.session, work.session.get_one(PayBatch, second))
        (kept,) = acts.held.values()
        assert kept.line_id == office.line(second, "T1")
        assert (kept.user_name, kept.comment, kept.carried_from is not None) == ("hr", "待核", True)
    office.locked(second)
    assert [staff_no for _, staff_no, *_ in office.entries()] == ["T2", "T3", "T4"]
    assert office.verify() == []


def test_the_run_furthest_along_the_chain_is_the_one_that_counts(office: Office) -> None:
    approved, newer = office.compute(), office.compute(convention="day")
    office.approved(approved)
    office.confirm_all(newer)
    with office.program.read(operator()) as work:
        assert [getattr(latest_batch(work, year), "id", None) for year in (2021, 2020)] == [approved, None]


def test_a_hold_goes_with_its_line(office: Office) -> None:
    first = office.compute()
    office.hold(first, "T1")
    with office.program.begin(operator()) as work:
        work.session.execute(text("UPDATE assignments SET appraisal = 'unqualified' WHERE person_id = "
                                  "(SELECT id FROM people WHERE staff_no = 'T1')"))
    second = office.compute()
    with office.program.read(operator()) as work:
        assert acts_of(work.session, work.session.get_one(PayBatch, second)).held == {}


def test_a_confirmation_is_not_carried_to_a_run_of_the_one_who_confirmed(office: Office) -> None:
    """Whoever computed it may not confirm it: that binds what is carried over as it does a click."""
    first = office.compute()
    office.answer(first, "A")
    head = office.principal_of("A")
    both = Actor(head.user_id, head.name, (*head.grants, Grant("finance")))
    second = office.compute(by=both)
    with office.program.read(operator()) as work:
        assert acts_of(work.session, work.session.get_one(PayBatch, second)).answers == {}
    assert refused(lambda: office.answer(second, "A", by=both)) == "pay.same_person"


def test_a_confirmation_is_not_carried_to_a_run_that_pays_the_one_who_confirmed(office: Office) -> None:
    head, person_id = office.principal_of("A"), factories.add_person(office.program, "T9", school_code="B")
    first = office.compute()
    with office.program.begin(operator()) as work:
        work.session.execute(text("UPDATE role_grants SET person_id = :p WHERE user_id = :u"),
                             {"p": person_id, "u": head.user_id})
    office.answer(first, "A")
    send(office.program, "T9", "B", "2021-01-01")
    second = office.compute()
    with office.program.read(operator()) as work:
        assert acts_of(work.session, work.session.get_one(PayBatch, second)).answers == {}


def test_a_run_that_people_signed_is_returned_before_it_is_computed_again(office: Office) -> None:
    batch = office.reviewed(office.compute())
    assert refused(lambda: office.compute(by=office.hr2)) == "pay.batch_signed"
    office.do("return_", batch, office.leader, comment="补录考核")
    again = office.compute(by=office.hr2)
    assert (office.state(batch), office.state(again)) == ("superseded", "computed")


def test_a_disputing_school_holds_up_nobody_and_may_change_its_mind(office: Office) -> None:
    batch = office.compute()
    assert refused(lambda: office.answer(batch, "B", "dispute", comment="")) == "pay.reason_missing"
    office.answer(batch, "B", "dispute")
    office.answer(batch, "A")
    assert office.state(batch) == "school_confirmed"
    seen = office.seen(batch)
    office.answer(batch, "B")
    assert refused(lambda: office.do("review", batch, office.hr, seen=seen)) == "Conflict"
    office.do("review", batch, office.hr)
    with office.program.read(operator()) as work:
        assert acts_of(work.session, work.session.get_one(PayBatch, batch)).disputed == []


def test_a_line_taken_out_costs_a_new_review_and_no_school_a_click(office: Office) -> None:
    batch = office.approved(office.compute())
    office.hold(batch, "T1")
    assert office.state(batch) == "school_confirmed"
    assert refused(lambda: office.hold(batch, "T1")) == "pay.held_already"
    office.hold(batch, "T1", act="release")
    with office.program.read(operator()) as work:
        acts = acts_of(work.session, work.session.get_one(PayBatch, batch))
        assert (len(acts.answers), acts.approvals, acts.held) == (2, (), {})
    assert refused(lambda: office.hold(batch, "T1", act="release")) == "pay.not_held"


def test_who_may_take_a_line_out(office: Office) -> None:
    batch = office.compute()
    office.hold(batch, "T3", by=office.principal_of("B"))
    assert refused(lambda: office.hold(batch, "T1", by=office.principal_of("B"))) == "NotFound"
    assert refused(lambda: office.hold(batch, "T1", by=office.finance2)) == "NotAllowed"
    office.reviewed(batch)
    assert refused(lambda: office.hold(batch, "T1", by=office.principal_of("A"))) == "Conflict"


def test_a_missing_appraisal_is_answered_for_by_name(office: Office) -> None:
    batch = office.compute()

    def open_() -> int:
        with office.program.read(operator()) as work:
            return standing_of(work.session, acts_of(work.session, work.session.get_one(PayBatch, batch)),
                               assumed=0).unacknowledged

    assert open_() == 1
    office.hold(batch, "T3")
    assert open_() == 0
    office.hold(batch, "T3", act="release")
    office.answer_for(batch)
    assert open_() == 0
    assert refused(lambda: office.act(office.finance2, lambda work: aside.acknowledge(
        work, batch_id=batch, finding_ids=[1]))) == "NotAllowed"
    assert refused(lambda: office.act(office.finance2, lambda work: aside.assume(
        work, batch_id=batch, document=" "))) == "pay.document_missing"


def test_a_signed_sheet_stands_for_an_absent_person(office: Office) -> None:
    batch = office.compute()
    office.answer(batch, "A", by=office.hr, sheet=office.sheet(office.principal_of("A")))
    office.answer(batch, "B", by=office.finance2, sheet=office.sheet(name="孙校长"))
    office.do("review", batch, office.hr)
    office.do("approve", batch, office.finance2)
    leader = office.sheet(office.leader)
    assert refused(lambda: office.do("approve", batch, office.finance2, sheet=leader)) == "pay.same_person"
    assert refused(lambda: office.do("approve", batch, office.hr, sheet=leader)) == "pay.same_person"
    assert refused(lambda: office.do("approve", batch, office.principal_of("A"), sheet=leader)) == "NotAllowed"
    assert refused(lambda: office.do("approve", batch, office.hr2, sheet=office.sheet(name="局长"))) == \
        "pay.sheet_signatory"
    office.do("approve", batch, office.hr2, sheet=leader)
    assert office.state(batch) == "approved"
    with office.program.read(operator()) as work:
        last = work.session.scalars(select(PayStep).order_by(PayStep.id.desc())).first()
        assert last is not None
        assert (last.user_name, last.entered_by_name, last.sheet_id) == ("leader", "hr2", office.scan)


def test_a_sheet_of_somebody_without_the_right_is_refused(office: Office) -> None:
    batch = office.compute()
    for signatory in (office.principal_of("B"), office.hr2):
        assert refused(lambda signatory=signatory: office.answer(
            batch, "A", by=office.hr, sheet=office.sheet(signatory))) == "pay.sheet_signatory"
    assert refused(lambda: office.answer(batch, "A", by=office.hr, sheet=office.sheet(office.hr))) == \
        "pay.sheet_signatory"


@pytest.mark.parametrize("change", [
    "UPDATE pay_steps SET comment = 'x'", "DELETE FROM pay_steps",
    "UPDATE pay_steps SET user_id = 99 WHERE act = 'confirm'"])
def test_steps_are_only_added_even_by_raw_sql(office: Office, change: str) -> None:
    office.confirm_all(office.compute())
    with pytest.raises(DatabaseError, match="only added"), office.program.engine.begin() as connection:
        connection.execute(text(change))


def test_a_remark_is_for_those_who_work_on_it(office: Office) -> None:
    batch = office.compute()
    office.act(office.leader, lambda work: aside.remark(work, batch_id=batch, comment="请先看 B 校"))
    assert refused(lambda: office.act(office.principal_of("A"), lambda work: aside.remark(
        work, batch_id=batch, comment="x"))) == "NotAllowed"


def test_the_operator_never_signs(office: Office) -> None:
    batch = office.reviewed(office.compute())
    with pytest.raises(NotAllowed):
        office.do("approve", batch, operator())
    with pytest.raises(NotAllowed), office.program.begin(operator()) as work:
        chain_commands.confirm(work, batch_id=batch, school_id=1, seen=Seen(1, ""), sheet=Sheet(1, None, "x"))


@pytest.mark.parametrize("act", ["review", "approve", "return_"])
def test_nothing_is_found_of_a_batch_that_is_not_there(office: Office, act: str) -> None:
    by = office.leader if act == "approve" else office.hr
    assert refused(lambda: office.do(act, 99, by, seen=Seen(1, ""), comment="x")) == "NotFound"
