"""Header texts as people write them, brought to one form: 「*工 号（必填）」 is 工号."""

import unicodedata

_OPENING = "(【[〔〈<《{"
_CLOSING = ")】]〕〉>》}"
_DROPPED = "*:﹡" + _OPENING + _CLOSING
_LONGEST = 2000


def normalise_title(text: object) -> str:
    """The header without spaces, line breaks, asterisks and bracketed hints, full-width forms folded."""
    if not isinstance(text, str):
        return ""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST])
    return _strip(_without_brackets(folded)) or _strip(folded)


def _strip(text: str) -> str:
    return "".join(char for char in text if not char.isspace() and char not in _DROPPED and char.isprintable())


def _without_brackets(text: str) -> str:
    """Drop bracketed parts, nested ones too; a bracket never closed drops the rest."""
    kept: list[str] = []
    depth = 0
    for char in text:
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(char)
    return "".join(kept)
