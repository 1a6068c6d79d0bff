"""What is offered for editing is read back as the same value, for every entry of the shipped book."""

from datetime import date

import pytest

from talent.core.errors import RuleViolation
from talent.policy.book import load_book
from talent.policy.registry import read_value
from talent.settings.typed import as_typed, read_typed, shape_of

ENTRIES = [(entry.key, entry.unit, dated) for entry in load_book() for dated in entry.values]


@pytest.mark.parametrize(("key", "unit", "dated"), ENTRIES, ids=[f"{key}-{dated.since}" for key, _, dated in ENTRIES])
def test_a_value_typed_and_read_back_is_the_same(key: str, unit: str, dated: object) -> None:
    value, since = dated.value, dated.since  # type: ignore[attr-defined]
    raw = read_typed(as_typed(value, unit), shape_of(value, unit))
    assert read_value(key, raw, file="test", on=since) == value


@pytest.mark.parametrize(("shape", "typed", "read"), [
    ("money", "24,000", 2_400_000), ("money", "２４０００．５", 2_400_050), ("hours", "7.5", 750),
    ("whole", " 15 ", 15),
    ("share", "70%", "7/10"), ("share", "1/12", "1/12"), ("share", "0.7", "0.7"), ("share", "100%", "1"),
    ("flag", "是", True), ("date", "2026-01-01", date(2026, 1, 1).isoformat()),
    ("words", "体育、音乐 美术", ["体育", "音乐", "美术"]),
    ("table", '{"a": "0.5"}', {"a": "0.5"}),
])
def test_people_type_as_they_speak(shape: str, typed: str, read: object) -> None:
    assert read_typed(typed, shape) == read


@pytest.mark.parametrize(("shape", "typed"), [
    ("money", "两万四"), ("money", "24000.005"), ("money", "-1"), ("hours", "1e3"), ("whole", "15.5"),
    ("share", "七成"),
    ("share", "1/0"), ("flag", "也许"), ("date", "2026-13-01"), ("table", "{"), ("table", '{"a": 0.5}'),
    ("table", "[" * 30_000),
])
def test_what_cannot_be_read_is_refused_by_name(shape: str, typed: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        read_typed(typed, shape)
    assert [finding.code for finding in refused.value.findings] == [f"policy.not_{shape}"]
