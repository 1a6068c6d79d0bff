"""English is complete: every text a user reads has its translation, with the same facts in it."""

import re

import pytest

from talent.core.language import reading_in, translated
from talent.words.say import all_words
from tests.catalogue import stored, texts

FACTS = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w+)")


def test_every_text_has_its_english() -> None:
    known = {message.id: message.string for message in stored() if message.id}
    assert [text for text in texts() if not known.get(text)] == []


def test_no_translation_is_of_a_text_nobody_reads() -> None:
    read = set(texts())
    assert [message.id for message in stored() if message.id and message.id not in read] == []


def test_translations_name_the_same_facts() -> None:
    wrong = {
        message.id: message.string
        for message in stored()
        if message.id and sorted(FACTS.findall(str(message.id))) != sorted(FACTS.findall(str(message.string)))
    }
    assert wrong == {}


@pytest.mark.parametrize("code", ["record.no_such_school", "roster.name_differs", "pay.year_before_plan"])
def test_a_refusal_is_worded_in_the_reader_s_language(code: str) -> None:
    reason, _hint = all_words()[code]
    with reading_in("en"):
        assert translated(reason) != reason
    assert translated(reason) == reason
