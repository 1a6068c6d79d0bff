"""The steps of a piece of work as a page draws them."""

import pytest

from talent.web import kit


@pytest.mark.parametrize(("done", "states"), [
    ((False, False, False), ["now", "todo", "todo"]),
    ((True, False, False), ["done", "now", "todo"]),
    ((True, False, True), ["done", "now", "todo"]),  # a later one done before its turn does not hide the one at hand
    ((True, True, True), ["done", "done", "done"]),
])
def test_the_first_that_is_not_done_is_at_hand(done: tuple[bool, ...], states: list[str]) -> None:
    steps = kit.chain([(f"step {at}", "note", each) for at, each in enumerate(done)])
    assert [step["state"] for step in steps] == states
    assert [(step["label"], step["note"]) for step in steps] == [(f"step {at}", "note") for at in range(3)]
