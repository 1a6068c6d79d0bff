"""The words of a vocabulary as a page shows them."""

from collections.abc import Mapping

from talent.core import terms
from talent.core.language import translated


def labels(vocabulary: Mapping[str, str]) -> dict[str, str]:
    """Code → word in the reader's language."""
    return {code: translated(word) for code, word in terms.words_of(vocabulary).items()}
