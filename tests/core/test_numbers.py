"""Numbers that come back from outside as text."""

import pytest

from talent.core.numbers import whole


@pytest.mark.parametrize(("text", "number"), [
    ("0", 0), ("17", 17), ("007", 7), ("999999999", 999_999_999), ("1000000000", None), ("9" * 5000, None),
    ("", None), (None, None), ("-1", None), ("+1", None), ("1.0", None), (" 1", None), ("²", None), ("１", None),
    ("٣", None), ("一", None),
])
def test_only_a_short_row_of_digits_is_a_number(text: str | None, number: int | None) -> None:
    assert whole(text) == number
