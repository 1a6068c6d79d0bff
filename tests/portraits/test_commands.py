"""A run from records to rows: what is stored, who may build, what a teacher sees. On both databases."""

import json
from dataclasses import MISSING, fields, replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import func, select

from talent import worker
from talent.core import jobs
from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.errors import NotAllowed, NotFound, RuleViolation
from talent.core.jobs import Job, findings_of
from talent.core.work import Program
from talent.people.models import Employment, Person, School
from talent.policy.book import Override, load_book
from talent.policy.tables import PortraitMethod
from talent.policy.types import dump
from talent.portraits import commands, publication
from talent.portraits.features import COLUMNS, INPUTS
from talent.portraits.models import BUILD, PUBLISHED, SUPERSEDED, PortraitRun, PortraitScore
from talent.portraits.parameters import settings_of, shipped_settings
from talent.portraits.queries import PersonScores, scores_of_person
from talent.portraits.scores import DIMENSIONS, dimension_weights
from talent.portraits.settings import PortraitSettings
from talent.training.models import Training
from talent.words.say import say
from tests import factories
from tests.pay.test_races import at_once, together

AS_OF = date(2026, 9, 8)
END = date(2026, 8, 31)
PEOPLE = 90


@pytest.fixture
def district(program: Program) -> Program:
    """Ninety teachers of one school: every third with much training, every third with little."""
    with program.begin(operator()) as work:
        school = School(code="S1", name="第一小学", kind="primary")
        people = [Person(uid=f"{n:03}", staff_no=f"{n:03}", name=f"{n:03}") for n in range(PEOPLE)]
        work.session.add_all([school, *people])
        work.session.flush()
        for n, person in enumerate(people):
            work.session.add(Employment(person_id=person.id, school_id=school.id, valid_from=date(2010, 9, 1),
                                        category="full_time_teacher"))
            if n % 3:
                work.session.add(Training(person_id=person.id, name="区培", level="district", ended_on=END,
                                          hours_hundredths=10_000 * (n % 3) + n))
    return program


def run_of(program: Program, run_id: int) -> PortraitRun:
    with program.read(operator()) as work:
        run = work.session.get_one(PortraitRun, run_id)
        work.session.expunge(run)
        return run


def person_of(program: Program, staff_no: str) -> int:
    with program.read(operator()) as work:
        return work.session.scalars(select(Person.id).where(Person.staff_no == staff_no)).one()


def see(program: Program, person_id: int, actor: Actor | None = None) -> PersonScores | None:
    with program.read(actor or operator()) as work:
        return scores_of_person(work, person_id)


def turn(program: Program, run_id: int, state: str) -> None:
    with program.begin(operator()) as work:
        work.session.get_one(PortraitRun, run_id).state = state


def test_every_weight_is_the_books() -> None:
    """What the book says of a dimension's weights is what scores are made with; the start has a weight of its own."""
    changed = Override("portraits.dimensions", date(2024, 1, 1), [
        {"code": row.code, "label": row.label, "type_name": row.type_name,
         "columns": {**{name: str(weight) for name, weight in row.columns.items()},
                     **({"promoted": "0.25"} if row.code == "tier" else {})}}
        for row in load_book().at("portraits.dimensions", END).value], "delegated", {"document": "明教〔2024〕1号"})
    shipped, own = settings_of(load_book(), END), settings_of(load_book().overlaid([changed]), END)
    assert shipped.dimensions["tier"] == {"tier": 1.0, "promoted": 0.5} == shipped.start_dimensions()["tier"]
    assert shipped.dimensions["training"] == {"hours": 1.0}
    assert own == replace(shipped, dimensions={**shipped.dimensions, "tier": {"tier": 1.0, "promoted": 0.25}})
    assert dimension_weights(own.dimensions)[DIMENSIONS.index("tier"), INPUTS.index("promoted")] == 0.25
    assert own.start_dimensions() == shipped.start_dimensions()


def test_how_few_are_too_few_is_dated() -> None:
    more = Override("privacy.peer_minimum", date(2025, 9, 1), 12, "delegated", {"document": "明教〔2025〕1号"})
    own = load_book().overlaid([more])
    assert [settings_of(own, on).least_shown for on in (date(2025, 8, 31), END)] == [10, 12]


@pytest.mark.parametrize("name", PortraitMethod.model_fields)
def test_each_number_of_the_method_is_computed_with(name: str) -> None:
    method = load_book().at("portraits.method", END).value
    number = getattr(method, name)
    other = number + 1 if isinstance(number, int) else str(number / 2)
    value = {**dump(method), name: other}
    changed = Override("portraits.method", END, value, "delegated", {"document": "明教〔2024〕1号"})
    own, shipped = settings_of(load_book().overlaid([changed]), END), shipped_settings()
    assert len([field for field in fields(own) if getattr(own, field.name) != getattr(shipped, field.name)]) == 1


def test_nothing_that_can_be_decided_has_a_value_in_the_program() -> None:
    own = {field.name for field in fields(PortraitSettings) if field.default is not MISSING}
    assert own == {"chunk_size", "bootstraps", "chance_runs", "chance_factor", "halvings", "tree_depth", "tree_leaf",
                   "tree_folds"}
    assert shipped_settings() == settings_of(load_book(), END)


def test_a_run_is_stored_as_a_draft_with_everybody(district: Program) -> None:
    built = commands.build(district, operator(), as_of=AS_OF, seed=3)
    run = run_of(district, built.id)
    assert (run.state, run.as_of, run.seed, run.code) == ("draft", END, 3, built.result.run)
    assert run.k is None and run.model == "" and run.groups == "[]"  # ninety are too few for four types
    assert [warning["code"] for warning in json.loads(run.warnings)] == ["portraits.too_few_teachers"]
    assert json.loads(run.settings)["points"]["contest_level"]["national"] == 10.0
    assert set(json.loads(run.versions)) == set(commands.LIBRARIES)
    with district.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(PortraitScore)) == PEOPLE
        event = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "portrait:build")).one()
        assert (event.subject_key, json.loads(event.detail)["teachers"]) == (str(built.id), PEOPLE)


def test_a_run_keeps_its_audit_and_the_years_before_on_its_own_scale(district: Program) -> None:
    built = commands.build(district, operator(), as_of=AS_OF)
    run = run_of(district, built.id)
    assert set(json.loads(run.audit)["model"]) == {"gender", "school", "career_band"}
    with district.read(operator()) as work:
        most = work.session.scalars(select(PortraitScore).join(Person, Person.id == PortraitScore.person_id)
                                    .where(Person.staff_no == "089")).one()
        work.session.expunge(most)
    growth = json.loads(most.growth)
    assert list(growth) == ["2024-08-31", "2025-08-31"]
    assert {scores[0] for scores in growth.values()} == {None}  # no school had recorded training by then
    assert (most.peer_cell, json.loads(most.percentiles)) == ("", [None] * len(DIMENSIONS))  # no stage is recorded


def test_evidence_is_kept_for_a_number_that_was_given_where_it_is_asked_for(district: Program) -> None:
    with district.read(operator()) as work:
        question = commands.ask(work, as_of=AS_OF, k=2, compares=True)
    values = question.features.values
    values[:, COLUMNS.index("contest_points")] = np.arange(len(values)) % 2 * 10.0
    values[:, COLUMNS.index("papers")] = np.arange(len(values)) % 5
    for name in ("mentees", "assistance_months", "tier", "promoted"):
        values[:, COLUMNS.index(name)] = 0.0
    settings = replace(question.settings, k_range=(2, 2), halvings=2, bootstraps=1, chance_runs=0)
    result = replace(question, settings=settings).answer()
    assert (result.k, [item.k for item in result.evidence]) == (2, [2])
    assert replace(question, settings=settings, compares=False).answer().evidence == ()


def test_the_rows_say_what_the_result_says(district: Program) -> None:
    built = commands.build(district, operator(), as_of=AS_OF)
    document = built.document()
    assert (document["run"], document["k"], document["groups"]) == (built.id, None, [])
    for teacher in document["teachers"][::17]:
        seen = see(district, person_of(district, teacher["staff_no"]))
        assert seen is not None
        assert seen.dimensions == teacher["dimensions"]
        assert seen.coverage == teacher["coverage"]
        assert seen.dimensions["contest"] is None  # never collected
    nothing, most = (see(district, person_of(district, staff_no)) for staff_no in ("000", "089"))
    assert nothing is not None and nothing.dimensions["training"] == 0.0
    assert most is not None and most.dimensions["training"] == 100.0 and most.is_insufficient


def test_the_same_records_give_the_same_run(district: Program) -> None:
    first, again = (run_of(district, commands.build(district, operator(), as_of=as_of).id) for as_of in (END, AS_OF))
    assert first.id != again.id
    assert (first.code, first.input_sha256, first.scale) == (again.code, again.input_sha256, again.scale)


def test_a_build_done_twice_by_the_worker_stores_one_draft(district: Program) -> None:
    """Its worker died after storing: the next one finds the draft. New records make a new one."""
    hr = factories.actor(district, factories.add_account(district, "hr"))
    payload = {"as_of": AS_OF.isoformat(), "k": None, "seed": 0}
    first, again = (commands.run_build(district, hr, payload, lambda *_: None)["run"] for _ in range(2))
    assert first == again
    with district.begin(operator()) as work:
        work.session.scalars(select(Training)).first().hours_hundredths += 100  # type: ignore[union-attr]
    assert commands.run_build(district, hr, payload, lambda *_: None)["run"] != first


def test_a_build_for_a_day_before_the_policy_is_refused_in_words(district: Program) -> None:
    hr = factories.actor(district, factories.add_account(district, "hr"))
    early = date(2001, 9, 8)
    with pytest.raises(RuleViolation) as raised, district.begin(hr) as work:
        publication.request_build(work, as_of=early)
    assert [(found.code, found.params["field"]) for found in raised.value.findings] == [
        ("policy.not_in_force", "as_of")]
    with district.begin(hr) as work:
        job = jobs.enqueue(work, BUILD, {"as_of": early.isoformat(), "k": None, "seed": 0}).id
    worker.run_once(district)
    with district.read(operator()) as work:
        said = findings_of(work.session.get_one(Job, job))
    assert [found.code for found in said] == ["policy.not_in_force"] and say(said[0])


def test_two_clicks_ask_for_one_build(district: Program) -> None:
    hr = factories.actor(district, factories.add_account(district, "hr"))

    def click() -> None:
        with district.begin(hr) as work:
            publication.request_build(work, as_of=AS_OF)

    together(district, "INSERT INTO jobs")
    assert at_once(click, click) == ["conflict", "done"]


def test_a_group_is_seen_only_once_published(district: Program) -> None:
    built = commands.build(district, operator(), as_of=AS_OF)
    person = person_of(district, "001")
    with district.begin(operator()) as work:
        score = work.session.scalars(select(PortraitScore).where(PortraitScore.person_id == person)).one()
        score.person_group, score.membership = 2, "[0.25,0.75]"
    draft = see(district, person)
    assert draft is not None and (draft.group, draft.membership) == (None, ())
    turn(district, built.id, PUBLISHED)
    published = see(district, person)
    assert published is not None and (published.group, published.membership) == (2, (0.25, 0.75))
    turn(district, built.id, SUPERSEDED)
    assert see(district, person) is None


def test_a_teacher_sees_only_their_own(district: Program) -> None:
    commands.build(district, operator(), as_of=AS_OF)
    mine, other = person_of(district, "001"), person_of(district, "002")
    teacher = Actor(7, "t", (Grant("teacher", person_id=mine),))
    seen = see(district, mine, teacher)
    assert seen is not None and tuple(seen.dimensions) == DIMENSIONS
    with pytest.raises(NotFound):
        see(district, other, teacher)
    with pytest.raises(NotAllowed):
        see(district, mine, Actor(8, "p", (Grant("principal", school_id=1),)))


def test_who_may_not_build_stores_nothing(district: Program) -> None:
    for role in ("teacher", "leader", "admin"):
        with pytest.raises(NotAllowed):
            commands.build(district, Actor(1, role, (Grant(role, person_id=1),)), as_of=AS_OF)
    with pytest.raises(RuleViolation):
        commands.build(district, operator(), as_of=AS_OF, k=1)
    with district.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(PortraitRun)) == 0


def test_the_task_of_the_worker(district: Program) -> None:
    stages: list[str] = []
    done = commands.run_build(district, operator(), {"as_of": "2026-09-08"}, lambda stage, *_: stages.append(stage))
    assert done == {"run": 1, "k": None, "stability": None}
    assert stages == [f"portraits.stage_{stage}" for stage in ("read", "compute", "store")]


def test_the_digest_follows_the_matrix(district: Program) -> None:
    with district.read(operator()) as work:
        question = commands.ask(work, as_of=AS_OF)
    digest = commands.input_digest(question.features)
    question.features.values[0, 0] = np.float64(1.0)
    assert commands.input_digest(question.features) != digest
