"""Every finding of this room can be said, with the facts it carries."""

import re
from pathlib import Path

import talent.portraits
from talent.core.errors import Finding
from talent.portraits.scores import DIMENSIONS
from talent.words.portraits import DIMENSION_NAMES, RANKING_WORDS, TYPE_NAMES, WORDS
from talent.words.say import say

JUDGING = ("build", "features", "judge", "naming")
"""The modules whose quoted codes are findings; elsewhere they may name parameters or rights."""

FOLDER = Path(talent.portraits.__path__[0])
SOURCES = [(FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in JUDGING]
CODES = {code for source in SOURCES for code in re.findall(r'"(portraits\.[a-z_]+)"', source)}


def test_every_code_has_words() -> None:
    assert set(WORDS) >= CODES
    everywhere = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    assert set(WORDS) >= set(re.findall(r'Finding\(\s*"(portraits\.[a-z_]+)"', everywhere))
    assert set(WORDS) >= {f"conflict.{what}" for what in re.findall(r'Conflict\("(\w+)"', everywhere)}


def test_a_finding_with_figures_is_said_with_two_decimals() -> None:
    finding = Finding("portraits.association", params={"trait": "gender", "v": 0.1234, "limit": 0.1})
    assert say(finding)[0] == "类型与“性别”的关联 0.12 超过提示线 0.10"
    figures = {"model_mean": 0.705, "model_worst": 0.5, "plain_mean": 0.9, "plain_worst": 0.8}
    assert "本方法平均 0.70" in say(Finding("portraits.unstable", params=figures))[0]


def test_every_dimension_and_proposed_name_has_a_chinese_name() -> None:
    assert tuple(DIMENSION_NAMES) == DIMENSIONS
    assert set(TYPE_NAMES) == {*DIMENSIONS, "balanced", "sparse"} - {"tier"}


def test_no_proposed_name_ranks() -> None:
    assert not [name for name in TYPE_NAMES.values() for word in RANKING_WORDS if word in name]
