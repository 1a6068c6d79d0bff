"""Facts stand in a sentence as they are: nothing in them is read as a place for another fact."""

from talent.core.errors import Finding
from talent.words.say import say

HOSTILE = "{name} {0} {self.__class__} %(name)s %s {key!r:>{width}}"


def test_a_brace_in_a_fact_is_printed() -> None:
    reason, hint = say(Finding("pay.award_stranger", params={"key": HOSTILE, "school": "{year}", "year": 2026}))
    assert HOSTILE in reason + hint and "{year}" in reason + hint


def test_a_code_without_words_is_printed_as_it_is() -> None:
    assert say(Finding("{0.__class__} %s", params={"x": 1})) == ("{0.__class__} %s", "")
