"""Every code has a sentence, and every sentence only names what its code carries."""

import re
import string
from pathlib import Path

import talent.workbooks
from talent.words.workbooks import WORDS

_CODE = re.compile(r'"(workbooks\.[a-z_]+)"')


def test_every_code_is_worded_and_every_word_is_used() -> None:
    sources = [path.read_text("utf-8") for path in Path(talent.workbooks.__path__[0]).glob("*.py")]
    used = {code for source in sources for code in _CODE.findall(source)}
    used |= {f"workbooks.{mark}" for mark in ("error_cell", "formula_without_value", "external_link")}
    assert used == WORDS.keys()


def test_sentences_are_complete() -> None:
    for reason, hint in WORDS.values():
        assert reason and hint
        for _, name, spec, _ in string.Formatter().parse(reason + hint):
            assert name is None or (name.isidentifier() and not spec)
