"""Building a portrait run: read, compute outside any transaction, store as a draft."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from talent.core.access import Actor
from talent.core.work import Program, Work
from talent.people.models import Person
from talent.portraits import build as method
from talent.portraits.continuity import Previous
from talent.portraits.features import Features
from talent.portraits.mixture import Model
from talent.portraits.models import PUBLISHED, PortraitRun, PortraitScore
from talent.portraits.parameters import keys_of, settings_of
from talent.portraits.reading import cut_off, features
from talent.portraits.result import Grouping, Result
from talent.portraits.scores import DIMENSIONS
from talent.portraits.settings import PortraitSettings

BUILD = "portraits.build"
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

    def answer(self) -> Result:
        """The run, computed: seconds without a transaction."""
        return method.build(
            self.features,
            k=self.k,
            seed=self.seed,
            settings=self.settings,
            previous=self.ancestor.previous if self.ancestor else None,
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
    report: Report | None = None,
) -> Built:
    """A draft run of everybody in service at the cut-off of ``as_of``, types unnamed.

    ``k`` None keeps the number of types last published, or proposes one. The computing happens between two
    transactions, so nobody who writes waits for it; the right is asked for in both.

    Raises ``NotAllowed``; ``RuleViolation`` for a ``k`` under 2 or a negative seed; ``NotInForce`` before the policy.
    """
    say = report or _silent
    say("read", 0, 3)
    with program.read(actor) as work:
        question = ask(work, as_of=as_of, k=k, seed=seed)
    say("compute", 1, 3)
    result = question.answer()
    say("store", 2, 3)
    with program.begin(actor) as work:
        return Built(store(work, question, result), result)


def run_build(program: Program, actor: Actor, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The task ``portraits.build`` of the worker: ``{"as_of", "k", "seed"}`` in, the run's id and figures out.

    Done twice it stores a second, equal draft, which harms nobody: only a person publishes.
    """
    built = build(
        program,
        actor,
        as_of=date.fromisoformat(payload["as_of"]),
        k=payload.get("k"),
        seed=payload.get("seed", 0),
        report=report,
    )
    return {"run": built.id, "k": built.k, "stability": built.stability}


def document(result: Result) -> dict[str, Any]:
    """A result as the JSON of ``talent portraits build``; ``run`` is its digest until it is stored."""
    return result.as_dict()


def ask(work: Work, *, as_of: date, k: int | None = None, seed: int = 0) -> Question:
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
    )


def _ancestor(session: Session, as_of: date) -> Ancestor | None:
    """The last published run of an earlier cut-off, where it found types."""
    run = session.scalars(
        select(PortraitRun)
        .where(PortraitRun.state == PUBLISHED, PortraitRun.as_of < cut_off(as_of), PortraitRun.model != "")
        .order_by(PortraitRun.as_of.desc(), PortraitRun.id.desc())
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


def store(work: Work, question: Question, result: Result) -> int:
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
        created_by_name=work.actor.name,
        input_sha256=input_digest(question.features),
        book_digest=question.book_digest,
        settings=_json(_settings(question.settings)),
        versions=_json({name: version(name) for name in LIBRARIES}),
        **_findings(result),
    )
    work.session.add(run)
    work.session.flush()
    _insert_scores(work.session, run.id, result)
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


def _findings(result: Result) -> dict[str, Any]:
    """What a run found, as its columns."""
    grouping = result.grouping
    return {
        "stability": grouping.stability.mean if grouping else None,
        "groups": _json(
            [
                {
                    "group": number,
                    "name": None,
                    "size": size,
                    "stability": grouping.stability.groups[number - 1],
                }
                for number, size in enumerate(result.sizes, start=1)
                if grouping
            ]
        ),
        "evidence": _json([item.as_dict() for item in result.evidence]),
        "grouping": _json(_grouping(grouping) if grouping else {}),
        "model": _json(grouping.model.as_dict()) if grouping and grouping.is_shown else "",
        "scale": _json(
            {
                "full": result.scale.full.tolist(),
                "linear": {name: part.tolist() for name, part in asdict(result.scale.linear).items()},
            }
        ),
        "warnings": _json([finding.as_dict() for finding in result.warnings]),
    }


def _grouping(grouping: Grouping) -> dict[str, Any]:
    fallback = grouping.fallback
    return {
        "is_shown": grouping.is_shown,
        "exceeds_chance": grouping.exceeds_chance,
        "fidelity": grouping.fidelity,
        "group_stability": list(grouping.stability.groups),
        "fallback": {"stability": asdict(fallback.stability), "labels": fallback.labels.tolist()}
        if fallback
        else None,
        "profiles": grouping.profiles.tolist(),
        "descents": [asdict(descent) for descent in grouping.descents],
    }


def _insert_scores(session: Session, run_id: int, result: Result) -> None:
    """Everybody's row, in bulk."""
    ids: dict[str, int] = {
        row.staff_no: row.id for row in session.execute(select(Person.staff_no, Person.id))
    }
    rows: list[dict[str, Any]] = []
    for row in _score_rows(result, ids):
        rows.append({"run_id": run_id, **row})
        if len(rows) == CHUNK:
            session.execute(insert(PortraitScore), rows)
            rows = []
    if rows:
        session.execute(insert(PortraitScore), rows)


def _score_rows(result: Result, ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    columns = (
        result.staff_no,
        result.groups.tolist(),
        result.memberships.tolist(),
        result.scores.tolist(),
        result.coverage.tolist(),
        result.has_enough_data.tolist(),
        result.inputs.tolist(),
    )
    for staff_no, group, membership, scores, coverage, is_enough, inputs in zip(*columns, strict=True):
        yield {
            "person_id": ids[staff_no],
            "person_group": group or None,
            "membership": _json(membership if group else []),
            **dict(zip(DIMENSIONS, map(_known, scores), strict=True)),
            "coverage": min(max(coverage, 0.0), 1.0),
            "is_insufficient": not is_enough,
            "inputs": _json([_known(value) for value in inputs]),
        }


def _known(value: float) -> float | None:
    """NaN, not collected, as null."""
    return None if value != value else value


def input_digest(known: Features) -> str:
    """SHA-256 of the matrix a run read, so that it can be told whether the records have changed since."""
    digest = hashlib.sha256(json.dumps(known.staff_no, ensure_ascii=False).encode())
    digest.update(np.ascontiguousarray(known.values).tobytes())
    if known.months_on_post is not None:
        digest.update(np.ascontiguousarray(known.months_on_post).tobytes())
    return digest.hexdigest()


def _settings(settings: PortraitSettings) -> dict[str, Any]:
    """Settings by name. ``asdict`` copies deeply, which the read-only tables of points refuse."""
    named = {name: getattr(settings, name) for name in settings.__slots__}
    points = ((name, getattr(settings.points, name)) for name in settings.points.__slots__)
    return {
        **named,
        "points": {name: dict(value) if isinstance(value, Mapping) else value for name, value in points},
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Progress nobody asked for."""
