"""Which colour class stands for what, and how wide a text is drawn: shared by all pictures."""

import unicodedata

#: Layer of each tower tier, counted from the base. One that is not here is layer 0, grey.
TIER_LAYERS = {
    "leading_talent": 6,
    "famous_teacher": 5,
    "chief_subject_teacher": 4,
    "district_subject_head": 3,
    "school_subject_head": 2,
    "new_talent": 1,
}

#: Tones that need light text on top of them; every other tone carries ink.
_DARK = frozenset({"s1", "s2", "t6", "t5", "t2"})


def layer_of(tier: str) -> int:
    """Layer of a tier code, 1 at the base to 6 at the apex; 0 for titles beside the tower."""
    return TIER_LAYERS.get(tier, 0)


def tone_class(tone: str) -> str:
    """CSS class of a tone: ``s1``–``s6`` as they are, a tier code as ``t<layer>``."""
    return tone if tone[:1] == "s" and tone[1:].isdigit() else f"t{layer_of(tone)}"


def text_class(tone: str) -> str:
    """CSS class of text standing on a tone: ``on-dark`` or ``on-light``."""
    return "on-dark" if tone_class(tone) in _DARK else "on-light"


def text_width(text: str, size: float = 12) -> float:
    """Estimated width of ``text`` in user units: a full-width character is one em, others six tenths."""
    ems = sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.6 for char in text)
    return ems * size


def clipped(text: str, room: float, size: float = 12) -> str:
    """``text`` if it fits into ``room``, else its longest beginning with an ellipsis, else nothing."""
    if text_width(text, size) <= room:
        return text
    for end in range(len(text) - 1, 0, -1):
        if text_width(text[:end] + "…", size) <= room:
            return text[:end] + "…"
    return ""


def r1(value: float) -> float:
    """Rounded to a tenth of a unit: finer than a pixel, short in the markup, stable in tests."""
    return round(value, 1)
