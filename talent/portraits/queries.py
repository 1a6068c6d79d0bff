"""One person in the stored runs: scores, peers, growth, and the type of a published run. Nothing is computed anew."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, case, select, true

from talent.core.access import Scope
from talent.core.errors import NotFound
from talent.core.work import Work
from talent.portraits.assign import contributions
from talent.portraits.features import INPUTS
from talent.portraits.mixture import Model
from talent.portraits.models import DRAFT, PUBLISHED, SUPERSEDED, PortraitChoice, PortraitRun, PortraitScore
from talent.portraits.objected import set_aside
from talent.portraits.parameters import settings_of
from talent.portraits.rules import MODEL, PLAIN, Standing, may_see_type, standing_of
from talent.portraits.scores import DIMENSIONS
from talent.portraits.settings import PortraitSettings

READ = "portrait:read"
PUBLISHED_NOW = PortraitRun.state == PUBLISHED
_AUDIBLE = 0.05
"""A smaller term in the log-odds is told among the rest."""


@dataclass(frozen=True, slots=True)
class PersonScores:
    """One person in one run. Scores 0..100, None = not collected; a group only once the run is published."""

    run_id: int
    as_of: date
    state: str
    dimensions: dict[str, float | None]
    coverage: float
    is_insufficient: bool
    group: int | None
    membership: tuple[float, ...]


def scores_of_person(work: Work, person_id: int) -> PersonScores | None:
    """The person's scores in the published run, before the first in the latest draft, None without; one statement.

    A later draft takes no type away. A teacher sees only their
    own, and alone what an upheld objection set aside. Raises ``NotAllowed`` without any right, ``NotFound`` for
    somebody else.
    """
    shown = _is_shown(_scope(work, person_id), person_id)
    found = work.session.execute(_runs_of(person_id, PUBLISHED_NOW, PortraitRun.state != SUPERSEDED, shown)).first()
    if found is None:
        return None
    run, row = found
    is_out = run.state == PUBLISHED
    return PersonScores(
        run.id,
        run.as_of,
        run.state,
        {name: getattr(row, name) for name in DIMENSIONS},
        row.coverage,
        row.is_insufficient,
        _group(run, row) if is_out else None,
        tuple(json.loads(row.membership)) if is_out and _method(run) == MODEL else (),
    )


def _scope(work: Work, person_id: int) -> Scope:
    scope = work.require(READ)
    if not scope.everyone and person_id not in scope.persons:
        raise NotFound("person", person_id)
    return scope


def _is_shown(scope: Scope, person_id: int) -> ColumnElement[bool]:
    """What an upheld objection set aside is for its teacher alone."""
    return true() if person_id in scope.persons else ~set_aside(PortraitScore.person_id)


def _runs_of(
    person_id: int, is_out: ColumnElement[bool], *conditions: ColumnElement[bool]
) -> Select[PortraitRun, PortraitScore]:
    """The person's run that stands: what is published before any draft, whatever its cut-off, then the latest."""
    return (
        select(PortraitRun, PortraitScore)
        .join(PortraitScore, PortraitScore.run_id == PortraitRun.id)
        .where(PortraitScore.person_id == person_id, *conditions)
        .order_by(case((is_out, 0), else_=1), PortraitRun.as_of.desc(), PortraitRun.published_at.desc(),
                  PortraitRun.id.desc())
        .limit(1)
    )


def _method(run: PortraitRun) -> str:
    method: str = json.loads(run.decision).get("method", MODEL)
    return method


def _group(run: PortraitRun, row: PortraitScore) -> int | None:
    return row.plain_group if _method(run) == PLAIN else row.person_group


# ---- the portrait page ----


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """Whom a person is compared with: never fewer than ten. ``subject`` and ``band`` are "" where they were widened."""

    stage: str
    subject: str
    band: str
    size: int
    quartiles: Mapping[str, Sequence[float] | None]
    below: Mapping[str, float | None]
    medians: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Part:
    """One input's part in the first type rather than the second; amounts as recorded, None: not collected."""

    input: str
    term: float
    amount: float | None
    of_type: float | None
    of_peers: float | None


@dataclass(frozen=True, slots=True)
class TypeShown:
    """A published type. Without ``standing`` the contrasting method was chosen, which knows no memberships.

    ``parts`` are the three that speak most for the first type and the two that speak most against it; they, ``rest``
    and ``prior`` (what the sizes of the groups say) sum to ``log_odds``.
    """

    group: int
    names: Mapping[int, str]
    standing: Standing | None
    membership: Sequence[float]
    stability: float
    parts: Sequence[Part]
    rest: float
    rest_count: int
    prior: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class Portrait:
    """Everything a portrait page tells of one person. ``coverage`` and the rest by dimension.

    ``type`` None: no run was published, the person got none, or it is not for this reader (``is_withheld``).
    """

    run_id: int
    as_of: date
    since: date
    state: str
    dimensions: Mapping[str, float | None]
    coverage: Mapping[str, float]
    total_coverage: float
    is_insufficient: bool
    peers: PeerGroup | None
    growth: Sequence[tuple[date, Mapping[str, float | None]]]
    type: TypeShown | None
    has_types: bool
    is_withheld: bool
    is_hidden: bool


def portrait_of_person(work: Work, person_id: int, on: date) -> Portrait | None:
    """The portrait as of ``on``, from the run that stood then; None without one. Two statements and the book.

    Raises ``NotAllowed`` without any right, ``NotFound`` for somebody out of sight.
    """
    scope = _scope(work, person_id)
    found = work.session.execute(_runs_of(
        person_id, *_stood(work, on), PortraitRun.as_of <= on, _is_shown(scope, person_id))).first()
    if found is None:
        return None
    run, row = found
    settings = settings_of(work.book, run.as_of)
    choice = work.session.get(PortraitChoice, person_id)
    is_hidden = choice is not None and choice.is_hidden
    is_open = may_see_type(is_own=person_id in scope.persons, everyone=scope.everyone, is_hidden=is_hidden)
    is_out, group = _was_out(work, run, on), _group(run, row)
    inputs: list[float | None] = json.loads(row.inputs)
    peers = _peers(run, row)
    margin = float(work.book.at("portraits.margin_minimum", run.as_of).value)
    shown = _type(run, row, group, peers, settings, margin) if is_out and is_open and group is not None else None
    return Portrait(
        run_id=run.id,
        as_of=run.as_of,
        since=_since(run.as_of, work.book.at("portraits.window_years", run.as_of).value),
        state=run.state if is_out or run.published_at is None else DRAFT,
        dimensions={name: getattr(row, name) for name in DIMENSIONS},
        coverage=_coverage(inputs, settings),
        total_coverage=row.coverage,
        is_insufficient=row.is_insufficient,
        peers=peers,
        growth=_growth(run, row),
        type=shown,
        has_types=is_out and bool(json.loads(run.decision)),
        is_withheld=is_out and not is_open and group is not None,
        is_hidden=is_hidden,
    )


def _stood(work: Work, on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether a run was published by the day, and whether it was there: on a past day only what was done by then."""
    if on >= work.today:
        return PUBLISHED_NOW, PortraitRun.state != SUPERSEDED
    over = work.end_of(on)
    return PortraitRun.published_at < over, PortraitRun.created_at < over


def _was_out(work: Work, run: PortraitRun, on: date) -> bool:
    return run.published_at is not None and (on >= work.today or run.published_at < work.end_of(on))


def _since(end: date, years: int) -> date:
    """The first day of a window that ends on a 31 August."""
    return date(end.year - years, 9, 1)


def _coverage(inputs: Sequence[float | None], settings: PortraitSettings) -> dict[str, float]:
    """Share of each dimension's inputs that were collected, by their weight."""
    known = {name for name, value in zip(INPUTS, inputs, strict=True) if value is not None}
    return {
        name: sum(weight for column, weight in parts.items() if column in known) / sum(parts.values())
        for name, parts in settings.dimensions.items()
    }


def _peers(run: PortraitRun, row: PortraitScore) -> PeerGroup | None:
    cell: dict[str, Any] | None = json.loads(run.peers).get(row.peer_cell) if row.peer_cell else None
    if cell is None:
        return None
    stage, subject, band = row.peer_cell.split("|")
    return PeerGroup(
        stage, subject, band, cell["size"], dict(zip(DIMENSIONS, cell["quartiles"], strict=True)),
        dict(zip(DIMENSIONS, json.loads(row.percentiles), strict=True)),
        dict(zip(INPUTS, cell["medians"], strict=True)),
    )


def _growth(run: PortraitRun, row: PortraitScore) -> list[tuple[date, Mapping[str, float | None]]]:
    """Earlier cut-offs and this one, oldest first, all on this run's scale; years before the teacher left out."""
    earlier = [(date.fromisoformat(end), dict(zip(DIMENSIONS, scores, strict=True)))
               for end, scores in sorted(json.loads(row.growth).items())]
    return [*earlier, (run.as_of, {name: getattr(row, name) for name in DIMENSIONS})]


def _type(
    run: PortraitRun, row: PortraitScore, group: int, peers: PeerGroup | None, settings: PortraitSettings, margin: float
) -> TypeShown:
    decision, grouping = json.loads(run.decision), json.loads(run.grouping)
    names = dict(enumerate(decision["names"], start=1))
    if decision["method"] == PLAIN:
        stability = grouping["fallback"]["groups"][group - 1]["stability"]
        return TypeShown(group, names, None, (), stability, (), 0.0, 0, 0.0, 0.0)
    groups, membership = json.loads(run.groups), json.loads(row.membership)
    standing = standing_of(membership, settings.confident_membership, margin)
    stability = groups[group - 1]["stability"]
    if standing is None or standing.second is None:
        return TypeShown(group, names, standing, membership, stability, (), 0.0, 0, 0.0, 0.0)
    terms, prior = _split(json.loads(run.model), json.loads(row.inputs), standing, settings)
    parts = _strongest(terms)
    amounts, medians = json.loads(row.inputs), groups[group - 1]["medians"]
    shown = [Part(name, terms[name], amounts[INPUTS.index(name)], medians[INPUTS.index(name)],
                  peers.medians[name] if peers else None) for name in parts]
    rest = sum(term for name, term in terms.items() if name not in parts)
    return TypeShown(group, names, standing, membership, stability, shown, rest, len(terms) - len(parts), prior,
                     prior + sum(terms.values()))


def _split(
    model: Mapping[str, Any], inputs: Sequence[float | None], standing: Standing, settings: PortraitSettings
) -> tuple[dict[str, float], float]:
    """Each input's term in the log-odds of the first type against the second, and the groups' sizes'."""
    row = np.array([[np.nan if value is None else value for value in inputs]])
    first, second = np.array([standing.first - 1]), np.array([(standing.second or 1) - 1])
    split = contributions(Model.from_dict(model), row, first, second, settings)
    return dict(zip(INPUTS, split.terms[0].tolist(), strict=True)), float(split.prior[0])


def _strongest(terms: Mapping[str, float], most_for: int = 3, most_against: int = 2) -> list[str]:
    """The inputs that speak most for, then those that speak most against."""
    ranked = sorted((name for name in terms if abs(terms[name]) >= _AUDIBLE), key=lambda name: -terms[name])
    speaking = [name for name in ranked if terms[name] > 0][:most_for]
    return speaking + [name for name in reversed(ranked) if terms[name] < 0][:most_against]
