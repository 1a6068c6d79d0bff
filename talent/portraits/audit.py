"""Are the types only another word for who somebody is? Association of the groups with traits the method never reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from talent.core.errors import Finding

_CLAUSE = "portrait.fairness"


def cramers_v(trait: Sequence[object], groups: Sequence[int]) -> float | None:
    """Association of a trait with the groups, 0..1, corrected for the size of the table; None when one is constant."""
    _, rows = np.unique(np.array([str(value) for value in trait]), return_inverse=True)
    _, columns = np.unique(np.array(groups), return_inverse=True)
    high, wide = (int(part.max()) + 1 if part.size else 0 for part in (rows, columns))
    if min(high, wide) < 2:
        return None
    table = np.bincount(rows * wide + columns, minlength=high * wide).reshape(high, wide)
    total = table.sum()
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / total
    phi = float(((table - expected) ** 2 / expected).sum() / total)
    excess = max(0.0, phi - (high - 1) * (wide - 1) / (total - 1))
    return float(np.sqrt(excess / (min(high, wide) - 1)))


def associations(
    traits: Mapping[str, Sequence[object]], groups: Sequence[int], limits: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """Trait → association, its line, and of how many people the trait is known; ``""`` and None are not known.

    ``groups`` are 1..k, 0 for nobody's. Only these figures leave the audit: no table of people does.
    """
    found = {}
    for trait, limit in limits.items():
        known = [(value, group) for value, group in zip(traits[trait], groups, strict=True)
                 if group and value not in ("", None)]
        v = cramers_v([value for value, _ in known], [group for _, group in known]) if known else None
        found[trait] = {"v": v, "limit": limit, "people": len(known)}
    return found


def association_findings(found: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    """A warning for every association beyond its line."""
    for trait, item in found.items():
        if item["v"] is not None and item["v"] > item["limit"]:
            params = {"trait": trait, "v": item["v"], "limit": item["limit"]}
            yield Finding("portraits.association", _CLAUSE, params, "warning")
