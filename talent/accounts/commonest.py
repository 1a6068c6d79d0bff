"""The passwords that leaked lists hold most often: thirty thousand of them, from a package that ships them."""

from functools import cache


@cache
def commonest() -> frozenset[str]:
    """Folded. Read when a password is set, not before: it takes three hundredths of a second."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word.casefold() for word in FREQUENCY_LISTS["passwords"])
