"""Stored runs for the office that decides on them, and for those who read the district."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from talent.core.errors import NotFound
from talent.core.views import copied
from talent.core.work import Work
from talent.portraits.features import INPUTS
from talent.portraits.models import PUBLISHED, PortraitRun, PortraitScore
from talent.portraits.parameters import LEAST_SHOWN
from talent.portraits.queries import READ
from talent.portraits.rules import MODEL, PLAIN, open_cells
from talent.portraits.scores import DIMENSIONS

_UNDESCRIBED = {"coverage": None, "profile": [0.0] * len(DIMENSIONS), "medians": [None] * len(INPUTS),
                "proposed": ["balanced"]}
"""What stands in for groups that were stored before they were described."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the list of runs."""

    id: int
    as_of: date
    k: int | None
    has_types: bool
    stability: float | None
    state: str
    created_at: datetime
    created_by_name: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunHead:
    """What a run's page says of the run itself: what it was asked, and who acted."""

    id: int
    version: int
    code: str
    as_of: date
    k: int | None
    seed: int
    state: str
    previous_id: int | None
    input_sha256: str
    created_by: int | None
    created_by_name: str
    created_at: datetime
    reviewed_by_name: str
    reviewed_at: datetime | None
    published_by_name: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a run: ``size`` None where so few must not be shown. ``profile`` in standard deviations."""

    number: int
    name: str
    size: int | None
    stability: float
    coverage: float | None
    profile: Mapping[str, float]
    medians: Mapping[str, float | None]
    proposed: Sequence[str]

    @property
    def strongest(self) -> list[str]:
        """The dimensions in which the group differs most, at most three, the largest difference first."""
        ranked = sorted(self.profile, key=lambda name: -abs(self.profile[name]))
        return [name for name in ranked if abs(self.profile[name]) >= 0.25][:3]


@dataclass(frozen=True, slots=True)
class Method:
    """What a method found: its groups, how well they come back, and their association with traits."""

    code: str
    groups: Sequence[Group]
    stability: float
    worst: float
    audit: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as its page shows it. ``methods``: the model, and the contrasting one where it was computed. The size of a
    group under ``least_shown`` is not told."""

    run: RunHead
    teachers: int
    grouped: int
    methods: Sequence[Method]
    evidence: Sequence[Mapping[str, Any]]
    exceeds_chance: bool | None
    fidelity: float | None
    warnings: Sequence[Mapping[str, Any]]
    decision: Mapping[str, Any]
    least_shown: int

    @property
    def chosen(self) -> Method | None:
        """The method a person chose, else the model; None without types."""
        code = self.decision.get("method", MODEL)
        return next((method for method in self.methods if method.code == code), None)


def runs(work: Work, *, offset: int, limit: int) -> tuple[Sequence[RunRow], int]:
    """Runs, the newest first, and how many there are. Raises ``NotFound`` for whoever sees only themselves."""
    _everyone(work)
    columns = (PortraitRun.id, PortraitRun.as_of, PortraitRun.k, PortraitRun.model, PortraitRun.stability,
               PortraitRun.state, PortraitRun.created_at, PortraitRun.created_by_name, PortraitRun.published_at)
    rows = work.session.execute(
        select(*columns, func.count().over().label("total")).order_by(PortraitRun.id.desc())
        .offset(offset).limit(limit)
    ).all()
    shown = [RunRow(row.id, row.as_of, row.k, row.model != "", row.stability, row.state, row.created_at,
                    row.created_by_name, row.published_at) for row in rows]
    total = rows[0].total if rows else work.session.scalar(select(func.count()).select_from(PortraitRun)) or 0
    return shown, total


def run_view(work: Work, run_id: int) -> RunView:
    """One run. Raises ``NotFound`` when there is none, or for whoever sees only themselves."""
    _everyone(work)
    run = work.session.get(PortraitRun, run_id)
    if run is None:
        raise NotFound("portrait_run", run_id)
    return _view(work, run)


def published_run(work: Work, on: date) -> RunView | None:
    """The run whose types stood on a day, None before the first."""
    _everyone(work)
    run = work.session.scalars(
        select(PortraitRun)
        .where(PortraitRun.as_of <= on, PortraitRun.state == PUBLISHED if on >= work.today
               else PortraitRun.published_at < work.end_of(on))
        .order_by(PortraitRun.as_of.desc(), PortraitRun.published_at.desc()).limit(1)
    ).first()
    return _view(work, run) if run is not None else None


def _everyone(work: Work) -> None:
    if not work.require(READ).everyone:
        raise NotFound("portrait_runs")


def _view(work: Work, run: PortraitRun) -> RunView:
    grouping, decision = json.loads(run.grouping), json.loads(run.decision)
    teachers, grouped = work.session.execute(
        select(func.count(), func.count(PortraitScore.person_group)).where(PortraitScore.run_id == run.id)
    ).one()
    found = {MODEL: json.loads(run.groups)}
    if grouping.get("fallback"):
        found[PLAIN] = grouping["fallback"]["groups"]
    audit = json.loads(run.audit)
    least: int = work.book.at(LEAST_SHOWN, run.as_of).value
    methods = [_method(code, groups, decision, audit.get(code, {}), least) for code, groups in found.items() if groups]
    return RunView(copied(run, RunHead), teachers, grouped, methods, json.loads(run.evidence),
                   grouping.get("exceeds_chance"), grouping.get("fidelity"), json.loads(run.warnings), decision, least)


def _method(
    code: str, groups: Sequence[dict[str, Any]], decision: Mapping[str, Any], audit: Mapping[str, Any],
    least: int,
) -> Method:
    names = decision["names"] if decision.get("method") == code else [""] * len(groups)
    shown = open_cells({item["group"]: item["size"] for item in groups}, least)
    described = [
        Group(item["group"], name, item["size"] if item["group"] in shown else None, item["stability"],
              item["coverage"], dict(zip(DIMENSIONS, item["profile"], strict=True)),
              dict(zip(INPUTS, item["medians"], strict=True)), item["proposed"])
        for item, name in zip((_UNDESCRIBED | item for item in groups), names, strict=True)
    ]
    figures = [item.stability for item in described]
    return Method(code, described, sum(figures) / len(figures), min(figures), audit)
