"""Draft, reviewed, published, superseded: who may, in which order, and what is kept. On both databases."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.jobs import Job
from talent.core.work import Program
from talent.portraits import publication, queries, runs
from talent.portraits.models import DRAFT, PUBLISHED, REVIEWED, SUPERSEDED, PortraitChoice, PortraitRun
from talent.portraits.rules import Decision
from tests import factories
from tests.portraits.stored import HOURS_ONLY, NAMES, UNSTABLE, Told, add_run

ONE, OTHER = (Actor(user_id, name, (Grant("hr"),)) for user_id, name in ((11, "甲"), (12, "乙")))
GOOD = Decision(k_reason="分得清", names=NAMES)


@pytest.fixture
def person(program: Program) -> int:
    return factories.add_person(program)


def run_of(program: Program, run_id: int) -> PortraitRun:
    with program.read(operator()) as work:
        run = work.session.get_one(PortraitRun, run_id)
        work.session.expunge(run)
        return run


def decide(program: Program, run_id: int, decision: Decision = GOOD, actor: Actor = ONE) -> None:
    with program.begin(actor) as work:
        publication.decide(work, run_id=run_id, version=run_of(program, run_id).version, decision=decision)


def review(program: Program, run_id: int, actor: Actor = OTHER) -> None:
    version = run_of(program, run_id).version
    with program.begin(actor) as work:
        publication.review(work, run_id=run_id, version=version)


def publish(program: Program, run_id: int, actor: Actor = OTHER) -> None:
    version = run_of(program, run_id).version
    with program.begin(actor) as work:
        publication.publish(work, run_id=run_id, version=version)


def refused(act: object, *arguments: object) -> list[str]:
    with pytest.raises(RuleViolation) as raised:
        act(*arguments)  # type: ignore[operator]
    return [finding.code for finding in raised.value.findings]


def test_the_whole_way(program: Program, person: int) -> None:
    run_id = add_run(program, {person: HOURS_ONLY}, Told(built_by=ONE.user_id))
    decide(program, run_id)
    assert run_of(program, run_id).state == DRAFT
    review(program, run_id)
    assert run_of(program, run_id).state == REVIEWED
    publish(program, run_id)
    run = run_of(program, run_id)
    assert (run.state, run.reviewed_by, run.published_by, run.version) == (PUBLISHED, 12, 12, 4)
    decision = json.loads(run.decision)
    assert (decision["names"], decision["k_reason"], decision["by"]) == (list(NAMES), "分得清", 11)
    with program.read(operator()) as work:
        acts = work.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)
                                    .where(AuditEvent.subject == "portrait_run")).all()
    assert acts == ["portrait:decide", "portrait:review", "portrait:publish"]


def test_whoever_built_a_run_neither_reviews_nor_publishes_it(program: Program, person: int) -> None:
    run_id = add_run(program, {person: HOURS_ONLY}, Told(built_by=ONE.user_id))
    decide(program, run_id)
    assert refused(review, program, run_id, ONE) == ["portraits.same_person"]
    review(program, run_id)
    assert refused(publish, program, run_id, ONE) == ["portraits.same_person"]
    assert run_of(program, run_id).state == REVIEWED


def test_a_second_account_of_the_same_person_is_the_same_person(program: Program, person: int) -> None:
    accounts = [factories.add_account(program, "teacher", name=name) for name in ("one", "two")]
    one, two = (Actor(each.user_id, each.name, (Grant("hr"),)) for each in accounts)
    run_id = add_run(program, {person: HOURS_ONLY}, Told(built_by=one.user_id))
    decide(program, run_id, actor=one)
    assert refused(review, program, run_id, two) == ["portraits.same_person"]


def test_a_run_of_the_machine_may_be_decided_and_published_by_one(program: Program, person: int) -> None:
    run_id = add_run(program, {person: HOURS_ONLY})
    decide(program, run_id)
    review(program, run_id, ONE)
    publish(program, run_id, ONE)
    assert run_of(program, run_id).state == PUBLISHED


def test_nothing_is_reviewed_undecided_and_nothing_published_unreviewed(program: Program, person: int) -> None:
    run_id = add_run(program, {person: HOURS_ONLY})
    assert refused(review, program, run_id) == ["portraits.undecided"]
    decide(program, run_id)
    with pytest.raises(Conflict):
        publish(program, run_id)
    review(program, run_id)
    with pytest.raises(Conflict):
        decide(program, run_id, replace(GOOD, k_reason="改主意"))
    assert json.loads(run_of(program, run_id).decision)["k_reason"] == "分得清"


def test_a_decision_names_everything_that_is_missing_and_keeps_nothing(program: Program, person: int) -> None:
    run_id = add_run(program, {person: HOURS_ONLY}, Told(warnings=(UNSTABLE,), evidence=False))
    codes = refused(decide, program, run_id, Decision(names=("区级学科带头人型", "优秀型")))
    assert codes == ["portraits.no_evidence", "portraits.k_reason_missing", "portraits.warning_reason_missing",
                     "portraits.name_is_title", "portraits.name_ranks"]
    assert run_of(program, run_id).decision == "{}"


def test_a_redefined_type_needs_a_new_name(program: Program, person: int) -> None:
    before = add_run(program, {person: HOURS_ONLY}, Told(as_of=date(2025, 8, 31)))
    decide(program, before)
    after = add_run(program, {person: HOURS_ONLY}, Told(previous_id=before, redefined=(2,)))
    assert refused(decide, program, after) == ["portraits.name_kept"]
    decide(program, after, replace(GOOD, names=(NAMES[0], "竞赛带动型")))


def test_the_next_run_supersedes_the_published_one_and_an_earlier_one_may_not(program: Program, person: int) -> None:
    first, second, early = (
        add_run(program, {person: HOURS_ONLY}, Told(as_of=as_of))
        for as_of in (date(2026, 8, 31), date(2026, 8, 31), date(2025, 8, 31)))
    for run_id in (first, second, early):
        decide(program, run_id)
        review(program, run_id)
    publish(program, first)
    publish(program, second)
    assert [run_of(program, run_id).state for run_id in (first, second)] == [SUPERSEDED, PUBLISHED]
    assert refused(publish, program, early) == ["portraits.newer_published"]
    assert [run_of(program, run_id).state for run_id in (second, early)] == [PUBLISHED, REVIEWED]


def test_of_two_who_act_at_once_the_second_is_told(program: Program, person: int) -> None:
    run_id = add_run(program, {person: HOURS_ONLY})
    version = run_of(program, run_id).version
    decide(program, run_id)
    with pytest.raises(Conflict), program.begin(OTHER) as work:
        publication.decide(work, run_id=run_id, version=version, decision=replace(GOOD, k_reason="另一个理由"))
    assert json.loads(run_of(program, run_id).decision)["k_reason"] == "分得清"


def test_a_run_without_types_is_published_for_its_scores(program: Program, person: int) -> None:
    run_id = add_run(program, {person: HOURS_ONLY}, Told(sizes=()))
    assert refused(decide, program, run_id) == ["portraits.nothing_to_decide"]
    review(program, run_id)
    publish(program, run_id)
    with program.read(operator()) as work:
        portrait = queries.portrait_of_person(work, person, work.today)
    assert portrait is not None and portrait.type is None and portrait.dimensions["training"] == 40.0


@pytest.mark.parametrize("role", ["leader", "auditor", "teacher", "principal", "admin", "expert", "finance"])
def test_others_neither_decide_nor_publish(program: Program, person: int, role: str) -> None:
    run_id = add_run(program, {person: HOURS_ONLY})
    actor = Actor(5, role, (Grant(role, school_id=1, person_id=person),))
    for act in (decide, review, publish):
        with pytest.raises(NotAllowed):
            act(program, run_id, actor=actor)
    with pytest.raises(NotAllowed):
        publish(program, run_id, operator())


def test_a_run_nobody_has_is_not_found(program: Program) -> None:
    for act in (publication.review, publication.publish):
        with pytest.raises(NotFound), program.begin(ONE) as work:
            act(work, run_id=99, version=1)


def test_the_list_shows_no_small_group(program: Program, person: int) -> None:
    run_id = add_run(program, {person: HOURS_ONLY}, Told(sizes=(60, 9)))
    with program.read(ONE) as work:
        view = runs.run_view(work, run_id)
        rows, total = runs.runs(work, offset=0, limit=20)
    assert view.chosen is not None
    assert [group.size for group in view.chosen.groups] == [None, None]
    assert (len(rows), total) == (1, 1)


def test_groups_stored_before_they_were_described_are_still_listed(program: Program, person: int) -> None:
    run_id = add_run(program, {person: HOURS_ONLY})
    with program.begin(operator()) as work:
        bare = [{"group": 1, "name": None, "size": 60, "stability": 0.8}]
        work.session.get_one(PortraitRun, run_id).groups = json.dumps(bare)
    with program.read(ONE) as work:
        view = runs.run_view(work, run_id)
    assert view.chosen is not None and [group.size for group in view.chosen.groups] == [60]


# ---- building in the background ----


def test_a_build_is_asked_for_once_at_a_time(program: Program) -> None:
    with program.begin(ONE) as work:
        job = publication.request_build(work, as_of=date(2026, 8, 31), k=5)
        assert json.loads(job.payload) == {"as_of": "2026-08-31", "k": 5, "seed": 0}
    with pytest.raises(Conflict), program.begin(OTHER) as work:
        publication.request_build(work, as_of=date(2026, 8, 31))
    with program.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(Job)) == 1


@pytest.mark.parametrize(("as_of", "k", "code"), [
    (date(2026, 9, 9), None, "portraits.future"), (date(2026, 9, 8), 1, "portraits.k_out_of_range"),
    (date(2026, 9, 8), 21, "portraits.k_out_of_range")])
def test_what_cannot_be_built_is_not_asked_for(program: Program, as_of: date, k: int | None, code: str) -> None:
    with pytest.raises(RuleViolation) as raised, program.begin(ONE) as work:
        publication.request_build(work, as_of=as_of, k=k)
    assert [finding.code for finding in raised.value.findings] == [code]


# ---- hiding ----


def test_a_teacher_hides_and_shows_their_own_type(program: Program, person: int) -> None:
    teacher = Actor(7, "t", (Grant("teacher", person_id=person),))
    for hidden in (True, False, True):
        with program.begin(teacher) as work:
            publication.hide_type(work, is_hidden=hidden)
        with program.read(operator()) as work:
            assert work.session.get_one(PortraitChoice, person).is_hidden is hidden
    with program.read(operator()) as work:
        acts = work.session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "person")
                                    .order_by(AuditEvent.id)).all()
    assert acts[-3:] == ["portrait:hide", "portrait:unhide", "portrait:hide"]
    with pytest.raises(NotAllowed), program.begin(ONE) as work:
        publication.hide_type(work, is_hidden=True)
