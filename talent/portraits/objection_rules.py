"""What an objection and its answer must satisfy, and who takes it from which state to which. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from talent.core.errors import Finding

Act = Literal["withdraw", "dismiss", "uphold", "lift"]
Party = Literal["teacher", "office"]
CLAUSE = "个人信息保护法第二十四条"
OPEN = "open"
#: (who, act) → the state it starts from and the one it ends in.
EDGES: Mapping[tuple[Party, Act], tuple[str, str]] = {
    ("teacher", "withdraw"): (OPEN, "withdrawn"),
    ("teacher", "lift"): ("upheld", "lifted"),
    ("office", "dismiss"): (OPEN, "dismissed"),
    ("office", "uphold"): (OPEN, "upheld"),
}
LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Case:
    """Where an objection stands."""

    state: str
    due_on: date

    def is_overdue(self, on: date) -> bool:
        """Whether an answer is owed since before ``on``."""
        return self.state == OPEN and on > self.due_on


def acts_of(party: Party, state: str) -> tuple[Act, ...]:
    """What somebody may do with an objection in this state."""
    return tuple(act for (who, act), (before, _after) in EDGES.items() if who == party and before == state)


def judge_objection(about: str, what: str, reason: str, parts: Mapping[str, Collection[str]]) -> list[Finding]:
    """``parts``: for each thing one may object to, the codes of its parts; none for the whole."""
    found = []
    known = parts.get(about)
    if known is None or (what not in known if known else what != ""):
        found.append(Finding("objection.of_nothing", CLAUSE, {"field": "part"}))
    return found + _judge_words(reason, "objection.no_reason", "reason")


def judge_answer(answer: str, measure: str, measures: Collection[str], act: Act) -> list[Finding]:
    """An answer has its reason; an upheld objection says what follows."""
    found = _judge_words(answer, "objection.no_answer", "answer")
    if act == "uphold" and measure not in measures:
        found.append(Finding("objection.no_measure", CLAUSE, {"field": "decision"}))
    return found


def _judge_words(text: str, missing: str, field: str) -> list[Finding]:
    if not text.strip():
        return [Finding(missing, CLAUSE, {"field": field})]
    return [Finding("objection.too_long", CLAUSE, {"field": field, "most": LONGEST})] if len(text) > LONGEST else []
