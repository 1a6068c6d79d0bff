"""Two persons change the book: proposed, judged, decided once, in force from its date and never before it."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from talent.accounts.queries import person_behind
from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.overrides import PolicyOverride
from talent.core.work import Program
from talent.settings import commands, queries
from talent.settings.commands import Draft
from tests import factories

KEY = "paired_assistance.month_min_days"
DRAFT = Draft(KEY, 10, date(2027, 1, 1), "delegated", "区帮扶支教方案〔2026〕3 号", "第 4 条")


@pytest.fixture
def people(program: Program) -> tuple[Actor, Actor]:
    """The one who proposes and the second person."""
    hr, leader = (factories.actor(program, factories.add_account(program, role)) for role in ("hr", "leader"))
    return hr, leader


def propose(program: Program, actor: Actor, draft: Draft = DRAFT) -> int:
    with program.begin(actor) as work:
        return commands.propose(work, draft).id


def approve(program: Program, actor: Actor, override_id: int) -> None:
    with program.begin(actor) as work:
        commands.approve(work, override_id=override_id, person_behind=person_behind)


def value(program: Program, on: date, key: str = KEY) -> object:
    with program.read(operator()) as work:
        return work.book.at(key, on).value


def refusal(program: Program, actor: Actor, draft: Draft) -> list[str]:
    with pytest.raises(RuleViolation) as refused:
        propose(program, actor, draft)
    return [finding.code for finding in refused.value.findings]


def test_in_force_from_its_date_once_approved(program: Program, people: tuple[Actor, Actor]) -> None:
    proposed = propose(program, people[0])
    assert value(program, date(2027, 6, 1)) == 15
    approve(program, people[1], proposed)
    assert value(program, date(2027, 1, 1)) == 10
    assert value(program, date(2026, 12, 31)) == 15
    with program.read(operator()) as work:
        dated = work.book.at(KEY, date(2027, 1, 1))
        assert (dated.basis, dated.overridden, dated.source.clause) == ("delegated", True, "第 4 条")


def test_each_act_leaves_one_entry(program: Program, people: tuple[Actor, Actor]) -> None:
    approve(program, people[1], propose(program, people[0]))
    with program.read(operator()) as work:
        asked = select(AuditEvent).where(AuditEvent.subject == "policy").order_by(AuditEvent.id)
        events = work.session.scalars(asked).all()
        assert [(event.action, event.subject_key) for event in events] == [
            ("policy:propose", KEY), ("policy:approve", KEY)]
        assert json.loads(events[1].detail)["value"] == 10


def test_not_by_the_same_account(program: Program, people: tuple[Actor, Actor]) -> None:
    proposed = propose(program, people[0])
    for act in (commands.approve, commands.reject):
        with pytest.raises(RuleViolation) as refused, program.begin(people[0]) as work:
            act(work, override_id=proposed, person_behind=person_behind)
        assert refused.value.findings[0].code == "policy.same_person"


def test_not_by_another_account_of_the_same_person(program: Program, people: tuple[Actor, Actor]) -> None:
    proposed = propose(program, people[0])
    with pytest.raises(RuleViolation) as refused, program.begin(people[1]) as work:
        commands.approve(work, override_id=proposed, person_behind=lambda session, user_id: 7)
    assert refused.value.findings[0].code == "policy.same_person"


def test_who_may_not(program: Program, people: tuple[Actor, Actor]) -> None:
    proposed = propose(program, people[0])
    finance = factories.actor(program, factories.add_account(program, "finance"))
    for outsider in (finance, operator()):
        with pytest.raises(NotAllowed):
            propose(program, outsider)
        with pytest.raises(NotAllowed):
            approve(program, outsider, proposed)
    with pytest.raises(NotAllowed):
        propose(program, people[1])


def test_decided_once(program: Program, people: tuple[Actor, Actor]) -> None:
    proposed = propose(program, people[0])
    approve(program, people[1], proposed)
    for act in (commands.approve, commands.reject):
        with pytest.raises(Conflict), program.begin(people[1]) as work:
            act(work, override_id=proposed, person_behind=person_behind)


def test_of_two_who_decide_at_once_the_second_is_told(program: Program, people: tuple[Actor, Actor]) -> None:
    proposed = propose(program, people[0])
    with pytest.raises(Conflict), program.begin(people[1]) as work:
        row = work.session.get_one(PolicyOverride, proposed)
        work.session.connection().exec_driver_sql("UPDATE policy_overrides SET state = 'rejected'")
        assert row.state == "proposed"
        commands.approve(work, override_id=proposed, person_behind=person_behind)


def test_rejected_changes_nothing(program: Program, people: tuple[Actor, Actor]) -> None:
    proposed = propose(program, people[0])
    with program.begin(people[1]) as work:
        commands.reject(work, override_id=proposed, person_behind=person_behind)
    assert value(program, date(2027, 6, 1)) == 15
    with program.read(operator()) as work:
        assert [item.state for item in queries.proposals(work.session, key=KEY)] == ["rejected"]


def test_only_the_proposer_withdraws(program: Program, people: tuple[Actor, Actor]) -> None:
    proposed = propose(program, people[0])
    stranger = Actor(people[1].user_id, "other", (Grant("hr"),))
    with pytest.raises(RuleViolation), program.begin(stranger) as work:
        commands.withdraw(work, override_id=proposed)
    with program.begin(people[0]) as work:
        commands.withdraw(work, override_id=proposed)
    assert propose(program, people[0])


def test_what_a_proposal_is_refused_for(program: Program, people: tuple[Actor, Actor]) -> None:
    hr = people[0]
    assert refusal(program, hr, replace(DRAFT, value="ten")) == ["policy.wrong_whole"]
    assert refusal(program, hr, replace(DRAFT, value=-1)) == ["policy.wrong_least"]
    assert refusal(program, hr, replace(DRAFT, document=" ", basis="rumour")) == [
        "policy.basis_unknown", "policy.document_missing"]
    convention = replace(DRAFT, key="paired_assistance.convention", value="by_moon")
    assert refusal(program, hr, convention) == ["policy.wrong_undefined"]
    propose(program, hr)
    assert refusal(program, hr, replace(DRAFT, value=12)) == ["policy.already_proposed"]
    with pytest.raises(NotFound):
        propose(program, hr, replace(DRAFT, key="paired_assistance.moon"))


def test_the_value_already_in_force_says_nothing(program: Program, people: tuple[Actor, Actor]) -> None:
    with program.read(operator()) as work:
        known = work.book.at(KEY, DRAFT.since)
    same = Draft(KEY, 15, DRAFT.since, known.basis, known.source.document)
    assert refusal(program, people[0], same) == ["policy.unchanged"]


def test_a_calendar_of_another_year_may_be_loaded(program: Program, people: tuple[Actor, Actor]) -> None:
    key, new_year = "calendar.year.2027", date(2027, 1, 1)
    days = {"year": 2027, "days_off": ["2027-01-01"], "makeup_days": []}
    draft = Draft(key, days, new_year, "enacted", "国务院办公厅通知")
    assert refusal(program, people[0], replace(draft, since=date(2026, 1, 1))) == ["policy.wrong_calendar"]
    approve(program, people[1], propose(program, people[0], draft))
    assert value(program, new_year, key).days_off == {new_year}  # type: ignore[attr-defined]


def test_waiting_counts_the_proposals_of_others(program: Program, people: tuple[Actor, Actor]) -> None:
    propose(program, people[0])
    with program.read(operator()) as work:
        asked = [work.session.execute(queries.waiting(people[number].user_id)).one() for number in (1, 0)]
        assert asked[0][0] == 1 and tuple(asked[1]) == (0, None, None)
