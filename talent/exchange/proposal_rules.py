"""Who takes a proposal from which state to which: pure, one table of edges and what holds one back.

The way is submitted → verified by the school → recognised by the bureau; either may return it with a reason, and the
teacher may take it back until the school has spoken. What a school itself proposes of its people's assistance has its
word already: the bureau answers, and the school may take it back until then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from talent.core.errors import Finding

Act = Literal["withdraw", "verify", "return", "recognise"]
Party = Literal["teacher", "school", "bureau"]

OPEN = ("submitted", "verified")
#: Kinds a teacher may bring in, and kinds of which they may say that a record is wrong. 师德处理 is in neither.
BRINGS_IN = ("training", "results", "achievements", "mentoring")
CORRECTS = (*BRINGS_IN, "titles", "assistance", "absences", "appraisals", "exchanges")
#: (who, act) → the states it may start from; and the state each act ends in.
EDGES: Mapping[tuple[Party, Act], tuple[str, ...]] = {
    ("teacher", "withdraw"): ("submitted",),
    ("school", "verify"): ("submitted",),
    ("school", "return"): ("submitted",),
    ("bureau", "return"): OPEN,
    ("bureau", "recognise"): OPEN,
}
NOMINATED: Mapping[tuple[Party, Act], tuple[str, ...]] = {
    ("school", "withdraw"): ("verified",),
    ("bureau", "return"): ("verified",),
    ("bureau", "recognise"): ("verified",),
}
ENDS_IN: Mapping[Act, str] = {
    "withdraw": "withdrawn", "verify": "verified", "return": "returned", "recognise": "recognised",
}


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules know of a proposal: its state, its last days, whether its person has a school today.

    ``nominated``: the school proposed it, not its person.
    """

    state: str
    school_due_on: date
    due_on: date
    has_school: bool
    nominated: bool = False

    def school_is_late(self, on: date) -> bool:
        """Whether the school let its days pass."""
        return self.state == "submitted" and on > self.school_due_on

    def is_overdue(self, on: date) -> bool:
        """Whether an answer is owed since before ``on``."""
        return self.state in OPEN and on > self.due_on


def may(party: Party, act: Act, state: str, *, nominated: bool = False) -> bool:
    """Whether there is such an edge at all."""
    return state in (NOMINATED if nominated else EDGES).get((party, act), ())


def held_back(party: Party, act: Act, case: Case, on: date) -> Finding | None:
    """Why an edge that exists may not be taken yet, None when it may.

    The bureau recognises what the school verified. Without the school's word it does so only where there is no school
    to give it, or the school let its days pass: a teacher must not wait for an office that does not answer.
    """
    if (party, act) != ("bureau", "recognise") or case.state != "submitted":
        return None
    if not case.has_school or case.school_is_late(on):
        return None
    return Finding("proposal.school_first", params={"until": case.school_due_on})


def acts_of(parties: tuple[Party, ...], case: Case, on: date) -> tuple[Act, ...]:
    """The acts these parties may take now, for the buttons of a page."""
    acts: tuple[Act, ...] = ("verify", "recognise", "return", "withdraw")
    return tuple(act for act in acts if any(
        may(party, act, case.state, nominated=case.nominated) and held_back(party, act, case, on) is None
        for party in parties))
