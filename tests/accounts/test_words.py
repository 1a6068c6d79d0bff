"""Every code of this slice can be said, and every word belongs to a code."""

import re
from pathlib import Path

from talent import accounts, web
from talent.words.accounts import WORDS

SOURCES = "\n".join(path.read_text("utf-8") for path in (
    *Path(accounts.__path__[0]).glob("*.py"), Path(web.__path__[0]) / "sso.py"))


def test_codes_and_words_are_the_same_set() -> None:
    found = set(re.findall(r'"((?:login|password|account|grant|factor|identity|slips|sso)\.[a-z_]+)"', SOURCES))
    raised = re.findall(r'(?:Conflict\(|changed, |ended, |proved, )"([a-z]+)"\)', SOURCES)
    refused = {f"conflict.{what}" for what in raised}
    assert found | refused == set(WORDS)
