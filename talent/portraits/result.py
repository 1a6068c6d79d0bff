"""What a run of the portraits found, as arrays for the database and as the JSON of ``portraits build``."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talent.core.errors import Finding
from talent.portraits.choose import Evidence
from talent.portraits.continuity import Descent
from talent.portraits.features import BoolArray, FloatArray
from talent.portraits.mixture import Model
from talent.portraits.scores import DIMENSIONS, ScoreScale
from talent.portraits.stability import Stability

Labels = NDArray[np.intp]


@dataclass(frozen=True, eq=False, slots=True)
class Fallback:
    """The plain method at the same number of groups, for the person who must choose.

    ``labels`` are 0-based, one per row of :attr:`Result.eligible`.
    """

    stability: Stability
    labels: Labels


@dataclass(frozen=True, eq=False, slots=True)
class Grouping:
    """The district's types: the model and all that was found out about it.

    ``fallback`` is there when the model, or one group of it, came back too rarely; ``is_shown`` is False when
    no type may be given to anyone, because neither method is stable or chance explains the groups.
    """

    model: Model
    stability: Stability
    fallback: Fallback | None
    exceeds_chance: bool
    fidelity: float | None
    descents: tuple[Descent, ...]
    is_shown: bool


@dataclass(frozen=True, eq=False, slots=True)
class Result:
    """One run. Rows stand in the order of ``staff_no``, ascending; groups are numbered 1..k, 0 is none.

    ``memberships`` is teachers × k and ``inputs`` teachers × ``INPUTS`` (NaN: not collected); a teacher
    without a group has a row of NaN memberships. ``eligible`` are the rows that could be grouped, in the
    order of their content (not of staff numbers). ``scores`` is teachers × ``DIMENSIONS``, 0..100 or NaN.
    """

    run: str
    k: int | None
    staff_no: tuple[str, ...]
    groups: Labels
    memberships: FloatArray
    scores: FloatArray
    coverage: FloatArray
    has_enough_data: BoolArray
    eligible: Labels
    inputs: FloatArray
    scale: ScoreScale
    evidence: tuple[Evidence, ...]
    grouping: Grouping | None
    warnings: tuple[Finding, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Teachers in each group, in the order of their numbers; nothing when nobody has a group."""
        if self.k is None or not self.groups.any():
            return ()
        return tuple(np.bincount(self.groups, minlength=self.k + 1)[1:].tolist())

    def as_dict(self) -> dict[str, Any]:
        """The JSON document of ``portraits build``: plain numbers, teachers by staff number, groups 1..k."""
        grouping = self.grouping
        return {
            "run": self.run,
            "k": self.k,
            "groups": [
                {"group": number, "name": None, "size": size}
                for number, size in enumerate(self.sizes, start=1)
            ],
            "stability": grouping.stability.mean if grouping else None,
            "group_stability": list(grouping.stability.groups) if grouping else [],
            "fallback": asdict(grouping.fallback.stability) if grouping and grouping.fallback else None,
            "exceeds_chance": grouping.exceeds_chance if grouping else None,
            "fidelity": grouping.fidelity if grouping else None,
            "evidence": [item.as_dict() for item in self.evidence],
            "warnings": [finding.as_dict() for finding in self.warnings],
            "teachers": self._teachers(),
        }

    def _teachers(self) -> list[dict[str, Any]]:
        rows = zip(
            self.staff_no,
            self.groups.tolist(),
            self.memberships.tolist(),
            self.scores.tolist(),
            self.coverage.tolist(),
            strict=True,
        )
        return [
            {
                "staff_no": staff_no,
                "group": group or None,
                "membership": membership if group else [],
                "coverage": coverage,
                "dimensions": {
                    name: None if score != score else score
                    for name, score in zip(DIMENSIONS, scores, strict=True)
                },
            }
            for staff_no, group, membership, scores, coverage in rows
        ]
