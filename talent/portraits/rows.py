"""A result as the rows it is kept in."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from talent.portraits.features import Features
from talent.portraits.result import Grouping, Result
from talent.portraits.rules import MODEL, PLAIN
from talent.portraits.scores import DIMENSIONS
from talent.portraits.settings import PortraitSettings
from talent.portraits.surroundings import Surroundings


def findings(result: Result, around: Surroundings) -> dict[str, Any]:
    """What a run found, as its columns."""
    grouping = result.grouping
    return {
        "stability": grouping.stability.mean if grouping else None,
        "groups": as_json(around.groups.get(MODEL, [])),
        "evidence": as_json([item.as_dict() for item in result.evidence]),
        "grouping": as_json(_grouping(grouping, around) if grouping else {}),
        "model": as_json(grouping.model.as_dict()) if grouping and grouping.is_shown else "",
        "scale": as_json(
            {
                "full": result.scale.full.tolist(),
                "linear": {name: part.tolist() for name, part in asdict(result.scale.linear).items()},
            }
        ),
        "warnings": as_json([finding.as_dict() for finding in (*result.warnings, *around.findings)]),
        "audit": as_json(around.audit),
        "peers": as_json(around.peers.cells),
    }


def _grouping(grouping: Grouping, around: Surroundings) -> dict[str, Any]:
    fallback = grouping.fallback
    return {
        "is_shown": grouping.is_shown,
        "exceeds_chance": grouping.exceeds_chance,
        "fidelity": grouping.fidelity,
        "group_stability": list(grouping.stability.groups),
        "fallback": {"stability": asdict(fallback.stability), "groups": around.groups.get(PLAIN, [])}
        if fallback
        else None,
        "descents": [asdict(descent) for descent in grouping.descents],
    }


def score_rows(result: Result, around: Surroundings, ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    columns = (
        result.staff_no,
        result.groups.tolist(),
        result.memberships.tolist(),
        result.scores.tolist(),
        result.coverage.tolist(),
        result.has_enough_data.tolist(),
        result.inputs.tolist(),
        around.plain.tolist(),
        around.peers.keys,
        around.peers.below.tolist(),
    )
    growth = {end.isoformat(): scores.tolist() for end, scores in around.growth.items()}
    for place, (staff_no, group, membership, scores, coverage, is_enough, inputs, plain, cell, below) in enumerate(
        zip(*columns, strict=True)
    ):
        yield {
            "person_id": ids[staff_no],
            "person_group": group or None,
            "membership": as_json(membership if group else []),
            **dict(zip(DIMENSIONS, map(_known, scores), strict=True)),
            "coverage": min(max(coverage, 0.0), 1.0),
            "is_insufficient": not is_enough,
            "inputs": as_json([_known(value) for value in inputs]),
            "plain_group": plain or None,
            "peer_cell": cell,
            "percentiles": as_json([_known(value) for value in below]),
            "growth": as_json({end: [_known(value) for value in known[place]] for end, known in growth.items()}),
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


def settings_as_dict(settings: PortraitSettings) -> dict[str, Any]:
    """Settings by name. ``asdict`` copies deeply, which the read-only tables of points refuse."""
    named = {name: getattr(settings, name) for name in settings.__slots__}
    points = ((name, getattr(settings.points, name)) for name in settings.points.__slots__)
    return {
        **named,
        "dimensions": {name: dict(parts) for name, parts in settings.dimensions.items()},
        "points": {name: dict(value) if isinstance(value, Mapping) else value for name, value in points},
    }


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
