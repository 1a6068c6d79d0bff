"""Every entry of the book has somebody who reads it, or its page says that nobody does."""

import ast
from functools import cache
from pathlib import Path

import talent
from talent.policy.book import load_book
from talent.policy.registry import FAMILIES, TYPES
from talent.policy.uncomputed import UNCOMPUTED

ROOT = Path(talent.__file__).parent
#: Rooms that name entries without computing with them.
NAMING = frozenset({"policy/registry.py", "policy/checks.py", "policy/shapes.py", "policy/uncomputed.py"})
#: Where names without their first part are read, and which part that is.
PREFIXED = {"portraits.": ("portraits/parameters.py",), "privacy.": ("exchange/proposals.py",),
            "paired_assistance.": ("portraits/reading.py",), "vocabulary.": ("portraits/reading.py",)}


@cache
def strings() -> dict[str, frozenset[str]]:
    """Room → the texts its code holds."""
    found = {}
    for path in ROOT.rglob("*.py"):
        room = path.relative_to(ROOT).as_posix()
        if room not in NAMING and not room.startswith("words/"):
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            found[room] = frozenset(node.value for node in nodes
                                    if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return found


def readers(key: str) -> list[str]:
    """The rooms that read an entry by its whole name, or by its last part where a room puts the first before it."""
    head, _, tail = key.partition(".")
    inventory = (ROOT / "privacy" / "inventory.yaml").read_text(encoding="utf-8")
    return [*(room for room, texts in strings().items() if key in texts),
            *(room for room in PREFIXED.get(f"{head}.", ()) if tail in strings()[room]),
            *(["privacy/inventory.yaml"] if f"key: {key}" in inventory else [])]


def test_every_entry_has_a_reader_or_says_that_it_has_none() -> None:
    unread = {key for key in TYPES if not readers(key)}
    assert unread == UNCOMPUTED
    assert set(TYPES) >= UNCOMPUTED


def test_families_are_read_by_their_prefix() -> None:
    members = {entry.key for entry in load_book()} - set(TYPES)
    assert all(any(key.startswith(family.prefix) for family in FAMILIES) for key in members)


def test_a_reader_is_found_and_a_missing_one_is_not_invented() -> None:
    assert readers("privacy.peer_minimum") == ["portraits/parameters.py"]
    assert "portraits/parameters.py" in readers("portraits.membership_minimum")
    assert readers("portraits.moon") == []
