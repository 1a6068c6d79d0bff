"""Documents and clauses in the reader's language."""

import pytest

from talent.core.language import cited, reading_in


@pytest.mark.parametrize(("text", "english"), [
    ("三年行动方案(2020—2022年) 二(九)", "Three-Year Action Plan (2020–2022) Part 2 (9)"),
    ("三年行动方案(2020—2022年)", "Three-Year Action Plan (2020–2022)"),
    ("明教〔2026〕9号 二(九)", "明教〔2026〕9号 二(九)"),
    ("", ""),
], ids=["both", "a document alone", "the bureau's own document", "nothing"])
def test_a_document_with_its_clause(text: str, english: str) -> None:
    assert cited(text) == text
    with reading_in("en"):
        assert cited(text) == english
