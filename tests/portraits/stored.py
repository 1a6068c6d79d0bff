"""Runs as rows, made by hand: two groups whose model, memberships and figures a test can follow."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select

from talent.core.access import operator
from talent.core.errors import Finding
from talent.core.work import Program
from talent.people.models import Person
from talent.portraits.assign import memberships
from talent.portraits.features import INPUTS
from talent.portraits.mixture import Model
from talent.portraits.models import DRAFT, PortraitRun, PortraitScore
from talent.portraits.parameters import shipped_settings
from talent.portraits.scores import DIMENSIONS

END = date(2026, 8, 31)
NAMES = ("研修成长型", "竞赛见长型")
UNSTABLE = Finding("portraits.unstable", "", {"model_mean": 0.7, "model_worst": 0.5, "plain_mean": 0.9,
                                              "plain_worst": 0.8}, "warning")


def two_groups() -> Model:
    """Group 1 has more hours, group 2 more contests; nothing else tells them apart."""
    empty = np.zeros((2, len(INPUTS)))
    means, rates = empty.copy(), empty + 0.5
    means[:, INPUTS.index("hours")] = [0.8, -0.8]
    rates[:, INPUTS.index("contest_points")] = [0.2, 0.7]
    ones = np.ones(len(INPUTS))
    return Model(np.zeros(4), np.full(len(INPUTS), 10.0), ones, np.array([0.6, 0.4]), means, ones, rates)


def group(number: int, size: int) -> dict[str, Any]:
    """A group as a run keeps it."""
    return {"group": number, "size": size, "stability": 0.9 - number / 10, "coverage": 0.95,
            "profile": [1.5, 0.0, 0.0, -0.5, 0.0, 0.0] if number == 1 else [0.0, 2.0, 0.0, 0.0, 0.0, 0.0],
            "medians": [12.0] + [1.0] * 9, "proposed": ["training"] if number == 1 else ["contest"]}


@dataclass(frozen=True)
class Told:
    """What may differ between the runs of a test."""

    as_of: date = END
    built_by: int | None = None
    sizes: Sequence[int] = (60, 40)
    warnings: Sequence[Finding] = ()
    fallback: bool = False
    evidence: bool = True
    previous_id: int | None = None
    redefined: Sequence[int] = ()


def add_run(program: Program, inputs: Mapping[int, Sequence[float | None]], told: Told | None = None) -> int:
    """A draft in which the persons named have these ten inputs."""
    told = told or Told()
    evidence = [{"k": k, "separation": 100.0 + k, "split_half": 0.9, "smallest": 40, "fidelity": 0.8,
                 "is_allowed": True} for k in (2, 3)] if told.evidence else []
    groups = [group(number, size) for number, size in enumerate(told.sizes, start=1)]
    grouping = {"is_shown": True, "exceeds_chance": True, "fidelity": 0.8,
                "fallback": {"groups": groups} if told.fallback else None,
                "descents": [{"group": number, "overlap": 0.3, "is_redefined": True} for number in told.redefined]}
    cell = {"size": 33, "quartiles": [[10.0, 30.0]] * len(DIMENSIONS), "medians": [11.0] + [0.0] * 9}
    model = two_groups()
    with program.begin(operator()) as work:
        run = PortraitRun(
            code="c", as_of=told.as_of, k=len(groups) or None, seed=0, state=DRAFT, previous_id=told.previous_id,
            created_at=work.now, created_by=told.built_by, created_by_name="hr" if told.built_by else "operator",
            input_sha256="0" * 64, book_digest="0" * 64, settings="{}", versions="{}", stability=0.8,
            groups=json.dumps(groups), evidence=json.dumps(evidence), grouping=json.dumps(grouping),
            model=json.dumps(model.as_dict()) if groups else "",
            warnings=json.dumps([finding.as_dict() for finding in told.warnings]),
            peers=json.dumps({"primary|语文|2": cell}),
            audit=json.dumps({"model": {"gender": {"v": 0.02, "limit": 0.1, "people": 100}}}),
        )
        work.session.add(run)
        work.session.flush()
        for person_id, row in inputs.items():
            known = np.array([[np.nan if value is None else value for value in row]])
            belongs = memberships(model, known, shipped_settings())[0].tolist() if groups else []
            work.session.add(PortraitScore(
                run_id=run.id, person_id=person_id, person_group=int(np.argmax(belongs)) + 1 if belongs else None,
                membership=json.dumps(belongs), coverage=0.9, is_insufficient=False, inputs=json.dumps(row),
                plain_group=2 if told.fallback else None, peer_cell="primary|语文|2",
                percentiles=json.dumps([0.6] * len(DIMENSIONS)),
                growth=json.dumps({"2025-08-31": [20.0] * len(DIMENSIONS)}),
                **dict.fromkeys(DIMENSIONS, 40.0)))
        return run.id


def person_of(program: Program, staff_no: str) -> int:
    """The id of a staff number."""
    with program.read(operator()) as work:
        return work.session.scalars(select(Person.id).where(Person.staff_no == staff_no)).one()


HOURS_ONLY = [11.5, 0.0, *[0.0] * 6, 0.0, 0.0]
"""Ten inputs that clearly belong to the first group."""
IN_BETWEEN = [10.3, 3.0, *[0.0] * 6, 0.0, 0.0]
"""Ten inputs that belong to neither clearly."""
