"""What stands around a run's result when it is shown: audit, peers, growth, and how each group differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from talent.core.errors import Finding
from talent.portraits.audit import association_findings, associations
from talent.portraits.features import Features, FloatArray, hours_medians, ten_inputs
from talent.portraits.naming import proposed_name
from talent.portraits.peers import Peers, compare_with_peers
from talent.portraits.result import Labels, Result
from talent.portraits.rules import MODEL, PLAIN
from talent.portraits.settings import PortraitSettings
from talent.portraits.stability import Stability
from talent.portraits.start import linear_scores
from talent.portraits.traits import Traits

_NOBODY = Traits(0, "", "", "", "", "")


@dataclass(frozen=True, slots=True)
class Around:
    """What a run is read with: traits by staff number, earlier years' indicators by cut-off, the audit's lines."""

    traits: Mapping[str, Traits]
    earlier: Mapping[date, Features]
    limits: Mapping[str, float]


@dataclass(frozen=True, eq=False, slots=True)
class Surroundings:
    """Rows in the order of the result. ``groups`` and ``audit`` by method; ``plain`` is the other method's group, 0
    for nobody's; ``growth`` is cut-off → teachers × dimensions."""

    groups: Mapping[str, list[dict[str, Any]]]
    plain: Labels
    audit: Mapping[str, Mapping[str, Any]]
    findings: tuple[Finding, ...]
    peers: Peers
    growth: Mapping[date, FloatArray]


def surround(result: Result, around: Around, settings: PortraitSettings) -> Surroundings:
    """Everything a page will ask of the run, computed once and outside any transaction."""
    people = [around.traits.get(staff_no, _NOBODY) for staff_no in result.staff_no]
    plain = _plain_groups(result)
    labels = {MODEL: result.groups} | ({PLAIN: plain} if plain.any() else {})
    audit = {method: associations(_traits(people), of.tolist(), around.limits) for method, of in labels.items()}
    return Surroundings(
        groups={method: _described(result, method, of, settings) for method, of in labels.items() if of.any()},
        plain=plain,
        audit=audit,
        findings=tuple(association_findings(audit[MODEL])),
        peers=compare_with_peers([(one.stage, one.subject, one.band) for one in people], result.scores, result.inputs,
                                 settings.least_shown),
        growth={end: _on_scale(result, known, settings) for end, known in around.earlier.items()},
    )


def _traits(people: Sequence[Traits]) -> dict[str, list[str]]:
    return {"gender": [one.gender for one in people], "school": [one.school for one in people],
            "career_band": [one.band for one in people]}


def _plain_groups(result: Result) -> Labels:
    """The contrasting method's groups, 1..k by row; nobody's where the run shows no types."""
    groups = np.zeros(len(result.staff_no), dtype=np.intp)
    grouping = result.grouping
    if grouping is not None and grouping.fallback is not None and grouping.is_shown:
        groups[result.eligible] = grouping.fallback.labels + 1
    return groups


def _described(result: Result, method: str, labels: Labels, settings: PortraitSettings) -> list[dict[str, Any]]:
    """Each group's size, stability, profile (district's standard deviations), medians and proposed name."""
    stability = _stability(result, method)
    profiles = linear_scores(result.inputs[result.eligible], settings)
    of = labels[result.eligible]
    described = []
    for number in range(1, len(stability.groups) + 1):
        mine = result.eligible[of == number]
        profile = profiles[of == number].mean(axis=0) if len(mine) else np.zeros(profiles.shape[1])
        described.append({
            "group": number, "size": len(mine), "stability": stability.groups[number - 1],
            "profile": profile.tolist(), "medians": _medians(result.inputs[mine], settings.least_shown),
            "coverage": float(result.coverage[mine].mean()) if len(mine) else None,
            "proposed": list(proposed_name(profile)),
        })
    return described


def _stability(result: Result, method: str) -> Stability:
    grouping = result.grouping
    assert grouping is not None
    if method == MODEL:
        return grouping.stability
    assert grouping.fallback is not None
    return grouping.fallback.stability


def _medians(inputs: FloatArray, least: int) -> list[float | None]:
    known = [column[~np.isnan(column)] for column in inputs.T]
    return [float(np.median(column)) if len(column) >= least else None for column in known]


def _on_scale(result: Result, known: Features, settings: PortraitSettings) -> FloatArray:
    """Scores of an earlier cut-off on this run's scale, so that the movement of peers is nobody's loss."""
    scores = result.scale.scores(ten_inputs(known, hours_medians(known), settings), settings)
    place = {staff_no: row for row, staff_no in enumerate(known.staff_no)}
    answer = np.full(result.scores.shape, np.nan)
    for row, staff_no in enumerate(result.staff_no):
        if staff_no in place:
            answer[row] = scores[place[staff_no]]
    return answer
