"""Stored runs, and what somebody may see of them."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from talent.core.errors import NotFound
from talent.core.work import Work
from talent.portraits.models import PUBLISHED, SUPERSEDED, PortraitRun, PortraitScore
from talent.portraits.scores import DIMENSIONS


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
    """The person's scores in the latest run that stands, None when there is none; one statement.

    A teacher sees only their own. Raises ``NotAllowed`` without any right, ``NotFound`` for somebody else.
    """
    scope = work.require("portrait:read")
    if not scope.everyone and person_id not in scope.persons:
        raise NotFound("person", person_id)
    found = work.session.execute(
        select(PortraitRun, PortraitScore)
        .join(PortraitScore, PortraitScore.run_id == PortraitRun.id)
        .where(PortraitScore.person_id == person_id, PortraitRun.state != SUPERSEDED)
        .order_by(PortraitRun.as_of.desc(), PortraitRun.id.desc())
        .limit(1)
    ).first()
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
        row.person_group if is_out else None,
        tuple(json.loads(row.membership)) if is_out else (),
    )
