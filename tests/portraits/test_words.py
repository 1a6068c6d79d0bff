"""Every finding of this room can be said, with the facts it carries."""

import re
from pathlib import Path

import talent.portraits
from talent.portraits.scores import DIMENSIONS
from talent.words.portraits import DIMENSION_NAMES, RANKING_WORDS, TYPE_NAMES, WORDS

JUDGING = ("build", "features", "judge", "naming")
"""The modules whose quoted codes are findings; elsewhere they may name parameters or rights."""

FOLDER = Path(talent.portraits.__path__[0])
SOURCES = [(FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in JUDGING]
CODES = {code for source in SOURCES for code in re.findall(r'"(portraits\.[a-z_]+)"', source)}


def test_every_code_has_words() -> None:
    assert set(WORDS) >= CODES


def test_every_dimension_and_proposed_name_has_a_chinese_name() -> None:
    assert tuple(DIMENSION_NAMES) == DIMENSIONS
    assert set(TYPE_NAMES) == {*DIMENSIONS, "balanced", "sparse"} - {"tier"}


def test_no_proposed_name_ranks() -> None:
    assert not [name for name in TYPE_NAMES.values() for word in RANKING_WORDS if word in name]
