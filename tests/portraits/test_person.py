"""One person's portrait from stored rows: type, contributions, peers, who sees what. On both databases."""

import math
from datetime import date

import pytest
from sqlalchemy import event, update

from talent.core.access import Actor, Grant, operator
from talent.core.errors import NotAllowed, NotFound
from talent.core.work import Program
from talent.portraits import publication, queries, runs
from talent.portraits.models import PortraitRun, PortraitScore
from talent.portraits.queries import Portrait, portrait_of_person, scores_of_person
from talent.portraits.rules import Decision, Standing
from tests import factories
from tests.conftest import Clock
from tests.portraits.stored import HOURS_ONLY, IN_BETWEEN, NAMES, Told, add_run

HR = Actor(12, "hr", (Grant("hr"),))
TODAY = date(2026, 9, 8)


@pytest.fixture
def person(program: Program) -> int:
    return factories.add_person(program)


def put_out(program: Program, run_id: int, method: str = "model") -> None:
    decision = Decision(k_reason="分得清", names=NAMES, method=method, warning_reason="看过")
    with program.begin(HR) as work:
        publication.decide(work, run_id=run_id, version=1, decision=decision)
    for version, act in ((2, publication.review), (3, publication.publish)):
        with program.begin(HR) as work:
            act(work, run_id=run_id, version=version)


def see(program: Program, person: int, actor: Actor = HR, on: date = TODAY) -> Portrait | None:
    with program.read(actor) as work:
        return portrait_of_person(work, person, on)


def test_a_draft_shows_scores_and_no_type(program: Program, person: int) -> None:
    add_run(program, {person: HOURS_ONLY})
    seen = see(program, person)
    assert seen is not None
    assert (seen.type, seen.has_types, seen.state) == (None, False, "draft")
    assert seen.dimensions["contest"] == 40.0
    assert (seen.since, seen.as_of) == (date(2023, 9, 1), date(2026, 8, 31))


def test_a_published_type_with_its_exact_reasons(program: Program, person: int) -> None:
    put_out(program, add_run(program, {person: HOURS_ONLY}))
    seen = see(program, person)
    assert seen is not None and seen.type is not None
    shown = seen.type
    assert shown.standing == Standing(1, 2, True)
    assert shown.names == dict(enumerate(NAMES, start=1))
    assert shown.stability == pytest.approx(0.8)
    assert [part.input for part in shown.parts] == ["hours", "contest_points"]
    assert (shown.parts[0].amount, shown.parts[0].of_type, shown.parts[0].of_peers) == (11.5, 12.0, 11.0)
    told = sum(part.term for part in shown.parts) + shown.rest + shown.prior
    assert told == pytest.approx(shown.log_odds, abs=1e-12)
    assert shown.log_odds == pytest.approx(math.log(shown.membership[0] / shown.membership[1]), abs=1e-8)


def test_whoever_is_between_two_is_said_to_be(program: Program, person: int) -> None:
    put_out(program, add_run(program, {person: IN_BETWEEN}))
    seen = see(program, person)
    assert seen is not None and seen.type is not None and seen.type.standing is not None
    assert not seen.type.standing.is_clear


def test_the_contrasting_method_shows_its_group_and_no_membership(program: Program, person: int) -> None:
    put_out(program, add_run(program, {person: HOURS_ONLY}, Told(fallback=True)), "plain")
    seen = see(program, person)
    assert seen is not None and seen.type is not None
    assert (seen.type.group, seen.type.standing, seen.type.parts) == (2, None, ())
    with program.read(HR) as work:
        scores = scores_of_person(work, person)
    assert scores is not None and (scores.group, scores.membership) == (2, ())


def test_a_later_draft_of_the_same_cut_off_takes_no_type_away(program: Program, person: int) -> None:
    published = add_run(program, {person: HOURS_ONLY})
    put_out(program, published)
    add_run(program, {person: HOURS_ONLY})
    seen = see(program, person)
    assert seen is not None and seen.run_id == published and seen.type is not None
    with program.read(HR) as work:
        scores = scores_of_person(work, person)
    assert scores is not None and (scores.run_id, scores.group) == (published, 1)


def test_a_draft_of_a_later_cut_off_takes_no_published_portrait_away(program: Program, person: int) -> None:
    published = add_run(program, {person: HOURS_ONLY}, Told(as_of=date(2025, 8, 31)))
    put_out(program, published)
    add_run(program, {person: HOURS_ONLY})
    seen = see(program, person)
    assert seen is not None and (seen.run_id, seen.state) == (published, "published") and seen.type is not None
    with program.read(HR) as work:
        scores = scores_of_person(work, person)
    assert scores is not None and (scores.run_id, scores.group) == (published, 1)


def test_a_past_date_shows_the_run_that_stood_then(program: Program, clock: Clock, person: int) -> None:
    early = add_run(program, {person: HOURS_ONLY}, Told(as_of=date(2025, 8, 31)))
    clock.move(days=1)
    put_out(program, early)  # on 9 September
    clock.move(days=2)
    late = add_run(program, {person: HOURS_ONLY})
    put_out(program, late)  # on 11 September
    clock.move(days=5)
    days = (date(2026, 9, 16), date(2026, 9, 11), date(2026, 9, 10), date(2026, 9, 9), date(2026, 9, 8))
    seen = [see(program, person, on=on) for on in days]
    assert [(one.run_id, one.state, one.type is not None) for one in seen if one] == [
        (late, "published", True), (late, "published", True), (early, "superseded", True), (early, "superseded", True),
        (early, "draft", False)]
    assert see(program, person, on=date(2026, 9, 7)) is None
    with program.read(HR) as work:
        out = [view.run.id if (view := runs.published_run(work, on)) else None for on in days]
    assert out == [late, late, early, early, None]


def test_peers_growth_and_coverage(program: Program, person: int) -> None:
    inputs = [None, *HOURS_ONLY[1:]]
    put_out(program, add_run(program, {person: inputs}))
    seen = see(program, person)
    assert seen is not None and seen.peers is not None
    assert (seen.peers.stage, seen.peers.subject, seen.peers.band, seen.peers.size) == ("primary", "语文", "2", 33)
    assert seen.peers.quartiles["training"] == [10.0, 30.0]
    assert [(end, scores["tier"]) for end, scores in seen.growth] == [(date(2025, 8, 31), 20.0),
                                                                    (date(2026, 8, 31), 40.0)]
    assert seen.coverage["training"] == 0.0 and seen.coverage["research"] == 1.0
    with program.begin(operator()) as work:
        work.session.execute(update(PortraitScore).values(peer_cell=""))
    alone = see(program, person)
    assert alone is not None and alone.peers is None


def test_who_sees_a_portrait(program: Program, person: int) -> None:
    put_out(program, add_run(program, {person: HOURS_ONLY}))
    other = factories.add_person(program, "T2", "李四")
    for role in ("hr", "leader", "auditor"):
        seen = see(program, person, Actor(1, role, (Grant(role),)))
        assert seen is not None and seen.type is not None
    mine = see(program, person, Actor(2, "t", (Grant("teacher", person_id=person),)))
    assert mine is not None and mine.type is not None
    with pytest.raises(NotFound):
        see(program, person, Actor(3, "t", (Grant("teacher", person_id=other),)))
    for role in ("principal", "school", "expert", "finance", "admin"):
        with pytest.raises(NotAllowed):
            see(program, person, Actor(4, role, (Grant(role, school_id=1),)))


def test_a_hidden_type_stays_with_the_teacher_and_the_district(program: Program, person: int) -> None:
    put_out(program, add_run(program, {person: HOURS_ONLY}))
    teacher = Actor(2, "t", (Grant("teacher", person_id=person),))
    with program.begin(teacher) as work:
        publication.hide_type(work, is_hidden=True)
    for actor in (teacher, HR):
        seen = see(program, person, actor)
        assert seen is not None and seen.is_hidden and seen.type is not None


def test_statements_do_not_grow_with_the_district(program: Program, person: int) -> None:
    def count() -> int:
        seen: list[str] = []
        listener = lambda *arguments: seen.append(arguments[2])  # noqa: E731
        event.listen(program.engine, "before_cursor_execute", listener)
        see(program, person)
        event.remove(program.engine, "before_cursor_execute", listener)
        return len(seen)

    put_out(program, add_run(program, {person: HOURS_ONLY}))
    alone = count()
    with program.begin(operator()) as work:
        work.session.execute(update(PortraitRun).values(code="d"))
    others = {factories.add_person(program, f"M{number}"): HOURS_ONLY for number in range(20)}
    add_run(program, {person: HOURS_ONLY, **others}, Told(as_of=date(2025, 8, 31)))
    assert count() == alone
    assert queries.READ == "portrait:read"
