"""Numbers that come back from outside as text: a version in a form, an id in a list of choices, a record number."""

MOST_DIGITS = 9


def whole(text: str | None) -> int | None:
    """The whole number a text is, None for anything else: no sign, no other digits than 0 to 9.

    Ten digits and more are none either: no table here grows to a milliard rows, and reading thousands would raise.
    """
    said = text or ""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS else None
