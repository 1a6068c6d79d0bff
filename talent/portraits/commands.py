"""Building a portrait run: read, compute outside any transaction, store as a draft."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from talent.core.access import Actor
from talent.core.periods import add_years
from talent.core.work import Program, Work
from talent.people.models import Person
from talent.policy.book import Book
from talent.portraits import build as method
from talent.portraits.continuity import Previous
from talent.portraits.features import Features
from talent.portraits.mixture import Model
from talent.portraits.models import DRAFT, PortraitRun, PortraitScore
from talent.portraits.parameters import PREFIX, keys_of, settings_of
from talent.portraits.publication import take_turn
from talent.portraits.reading import cut_off, features
from talent.portraits.result import Result
from talent.portraits.rows import as_json, findings, input_digest, score_rows, settings_as_dict
from talent.portraits.settings import PortraitSettings
from talent.portraits.surroundings import Around, Surroundings, surround
from talent.portraits.traits import traits_of

GROWTH_YEARS = 2
PERMISSION = "portrait:build"
LIBRARIES = ("numpy", "scipy", "scikit-learn")
CHUNK = 5_000

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Ancestor:
    """The published run that a new one continues, so that types keep their numbers."""

    run_id: int
    previous: Previous


@dataclass(frozen=True, slots=True)
class Question:
    """All that decides a run, read in one transaction."""

    as_of: date
    k: int | None
    seed: int
    features: Features
    settings: PortraitSettings
    book_digest: str
    ancestor: Ancestor | None
    around: Around
    compares: bool = False

    def answer(self) -> Result:
        """The run, computed: seconds without a transaction."""
        return method.build(
            self.features,
            k=self.k,
            seed=self.seed,
            settings=self.settings,
            previous=self.ancestor.previous if self.ancestor else None,
            compares=self.compares,
        )


@dataclass(frozen=True, slots=True)
class Built:
    """A stored run: its id, and what it found."""

    id: int
    result: Result

    @property
    def k(self) -> int | None:
        return self.result.k

    @property
    def stability(self) -> float | None:
        return self.result.grouping.stability.mean if self.result.grouping else None

    def document(self) -> dict[str, Any]:
        """The JSON of ``talent portraits build``."""
        return document(self.result) | {"run": self.id}


def build(
    program: Program,
    actor: Actor,
    *,
    as_of: date,
    k: int | None = None,
    seed: int = 0,
    compares: bool = False,
    report: Report | None = None,
    once: bool = False,
) -> Built:
    """A draft run of everybody in service at the cut-off of ``as_of``, types unnamed.

    ``k`` None keeps the number of types last published, or proposes one; ``compares`` keeps the evidence for every
    number also where it is given, for the person who must choose. The computing happens between two
    transactions, so nobody who writes waits for it; the right is asked for in both. With ``once`` an equal draft of
    the same person is given back where one waits already.

    Raises ``NotAllowed``; ``RuleViolation`` for a ``k`` under 2 or a negative seed; ``NotInForce`` before the policy.
    """
    say = report or _silent
    say("portraits.stage_read", 0, 3)
    with program.read(actor) as work:
        question = ask(work, as_of=as_of, k=k, seed=seed, compares=compares)
    say("portraits.stage_compute", 1, 3)
    result = question.answer()
    around = surround(result, question.around, question.settings)
    say("portraits.stage_store", 2, 3)
    with program.begin(actor) as work:
        known = _equal_draft(work, question, result) if once else None
        return Built(known or store(work, question, result, around), result)


def run_build(program: Program, actor: Actor, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The task ``portraits.build`` of the worker: ``{"as_of", "k", "seed"}`` in, the run's id and figures out.

    Done twice, since its worker died or the button was pressed again, it stores one draft.
    """
    built = build(
        program,
        actor,
        as_of=date.fromisoformat(payload["as_of"]),
        k=payload.get("k"),
        seed=payload.get("seed", 0),
        compares=True,
        report=report,
        once=True,
    )
    return {"run": built.id, "k": built.k, "stability": built.stability}


def document(result: Result) -> dict[str, Any]:
    """A result as the JSON of ``talent portraits build``; ``run`` is its digest until it is stored."""
    return result.as_dict()


def ask(work: Work, *, as_of: date, k: int | None = None, seed: int = 0, compares: bool = False) -> Question:
    """What a run is computed from, as the records and the policy book stand."""
    work.require(PERMISSION)
    book = work.book
    ancestor = _ancestor(work.session, as_of)
    return Question(
        as_of,
        k,
        seed,
        features(work.session, as_of, book),
        settings_of(book, cut_off(as_of)),
        book.digest(keys_of(book)),
        ancestor,
        _around(work.session, as_of, book),
        compares,
    )


def _around(session: Session, as_of: date, book: Book) -> Around:
    """Traits at the cut-off, and the years before it as far as the policy reaches."""
    end = cut_off(as_of)
    earlier = [add_years(end, -years) for years in range(GROWTH_YEARS, 0, -1)]
    first = max(entry.values[0].since for entry in book if entry.key.startswith(PREFIX))
    limits = book.at("portraits.association_limits", end).value
    return Around(
        traits_of(session, end, book),
        {day: features(session, day, book) for day in earlier if day >= first},
        {trait: float(limit) for trait, limit in limits.items()},
    )


def _ancestor(session: Session, as_of: date) -> Ancestor | None:
    """The last published run of an earlier cut-off, where it found types."""
    run = session.scalars(
        select(PortraitRun)
        .where(
            PortraitRun.published_at.is_not(None), PortraitRun.as_of < cut_off(as_of), PortraitRun.model != ""
        )
        .order_by(PortraitRun.as_of.desc(), PortraitRun.published_at.desc(), PortraitRun.id.desc())
        .limit(1)
    ).first()
    if run is None:
        return None
    groups = session.execute(
        select(Person.staff_no, PortraitScore.person_group)
        .join(Person, Person.id == PortraitScore.person_id)
        .where(PortraitScore.run_id == run.id, PortraitScore.person_group.is_not(None))
    )
    model = Model.from_dict(json.loads(run.model))
    return Ancestor(run.id, Previous(model, {row.staff_no: row.person_group for row in groups}))


# ── storing ──────────────────────────────────────────────────────────────────────────────────────────────────


def store(work: Work, question: Question, result: Result, around: Surroundings) -> int:
    """Keep a computed run as a draft, with everybody's scores; the id of the run."""
    work.require(PERMISSION)
    run = PortraitRun(
        code=result.run,
        as_of=cut_off(question.as_of),
        k=result.k,
        seed=question.seed,
        previous_id=question.ancestor.run_id if question.ancestor else None,
        created_at=work.now,
        created_by=work.actor.user_id,
        created_by_name=work.actor.signature,
        input_sha256=input_digest(question.features),
        book_digest=question.book_digest,
        settings=as_json(settings_as_dict(question.settings)),
        versions=as_json({name: version(name) for name in LIBRARIES}),
        **findings(result, around),
    )
    work.session.add(run)
    work.session.flush()
    _insert_scores(work.session, run.id, result, around)
    work.record(
        "portrait:build",
        "portrait_run",
        run.id,
        as_of=run.as_of,
        k=run.k,
        seed=run.seed,
        code=run.code,
        teachers=len(result.staff_no),
        stability=run.stability,
        input_sha256=run.input_sha256,
    )
    return run.id


def _equal_draft(work: Work, question: Question, result: Result) -> int | None:
    """The draft of the same person, computed from the same, that nobody decided on; other builds wait meanwhile."""
    work.require(PERMISSION)
    take_turn(work.session)
    return work.session.scalar(
        select(PortraitRun.id)
        .where(
            PortraitRun.state == DRAFT,
            PortraitRun.decision == "{}",
            PortraitRun.code == result.run,
            PortraitRun.as_of == cut_off(question.as_of),
            PortraitRun.created_by == work.actor.user_id,
            PortraitRun.previous_id == (question.ancestor.run_id if question.ancestor else None),
            PortraitRun.input_sha256 == input_digest(question.features),
            PortraitRun.book_digest == question.book_digest,
            PortraitRun.evidence == as_json([item.as_dict() for item in result.evidence]),
        )
        .order_by(PortraitRun.id.desc())
        .limit(1)
    )


def _insert_scores(session: Session, run_id: int, result: Result, around: Surroundings) -> None:
    """Everybody's row, in bulk."""
    ids: dict[str, int] = {
        row.staff_no: row.id for row in session.execute(select(Person.staff_no, Person.id))
    }
    rows: list[dict[str, Any]] = []
    for row in score_rows(result, around, ids):
        rows.append({"run_id": run_id, **row})
        if len(rows) == CHUNK:
            session.execute(insert(PortraitScore), rows)
            rows = []
    if rows:
        session.execute(insert(PortraitScore), rows)


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Progress nobody asked for."""
