"""The words of a vocabulary as a page shows them."""

from collections.abc import Mapping

from flask_babel import gettext

from talent.core import terms
from talent.core.language import translated


def labels(vocabulary: Mapping[str, str]) -> dict[str, str]:
    """Code → word in the reader's language."""
    return {code: translated(word) for code, word in terms.words_of(vocabulary).items()}


def with_code(name: str, code: str) -> str:
    """A name with what tells it from others of the same name."""
    return gettext("%(name)s（%(code)s）", name=name, code=code)
