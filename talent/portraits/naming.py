"""What a type may be called: a proposal from how the group differs, and names nobody may approve.

A name describes work, in the words of what the records show. It is never an official title and never ranks.
"""

from collections.abc import Collection

import numpy as np

from talent.core.errors import Finding
from talent.portraits.features import FloatArray
from talent.portraits.scores import DIMENSIONS

_CLAUSE = "portrait.names"
_CLEAR, _CLOSE = 0.5, 0.25
_NAMELESS = "tier"
"""A group that stands out by tier only is not named for it: a type is never a title."""


def proposed_name(profile: FloatArray) -> tuple[str, ...]:
    """Codes of a proposed name: up to two dimensions that stand out, else ``balanced`` or ``sparse``.

    ``profile`` is the group's mean of each of ``DIMENSIONS`` in the district's standard deviations.
    """
    strongest = [
        DIMENSIONS[place] for place in np.argsort(-profile, kind="stable") if profile[place] >= _CLEAR
    ]
    named = tuple(name for name in strongest if name != _NAMELESS)[:2]
    return named or (("sparse",) if profile.mean() < -_CLOSE else ("balanced",))


def name_findings(name: str, *, titles: Collection[str], ranking_words: Collection[str]) -> list[Finding]:
    """Why a name must not be approved: it is an official title, contains one, or ranks people."""
    refused = [("portraits.name_is_title", word) for word in titles if word in name]
    refused += [("portraits.name_ranks", word) for word in ranking_words if word in name]
    return [Finding(code, _CLAUSE, {"name": name, "word": word}) for code, word in refused]
