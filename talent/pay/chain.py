"""The way of a batch as rules: which act leads where, whose hand it takes, and what must be there first (rules §2.11).

Pure. An act is judged by *person*: an account is barred when it, or the person behind it, already had a hand in an
act that this one controls.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from talent.core.errors import Finding

CLAUSE: Final = "rules §2.11"
#: What the two who approve approve as, in the order in which they are named.
CAPACITIES: Final = ("finance", "leader")


@dataclass(frozen=True, slots=True)
class Edge:
    """One act on a whole batch: from which states, to which, by which right, barred to whom."""

    act: str
    right: str
    start: tuple[str, ...]
    end: str
    barred: tuple[str, ...] = ()
    #: Whether somebody with a line of their own in the batch may do it.
    own_pay: bool = False


#: Every edge of the chain. What is not here is no edge: any other act in any other state is a conflict.
EDGES: Final[Mapping[str, Edge]] = {
    edge.act: edge
    for edge in (
        Edge("confirm", "pay:confirm", ("computed", "school_confirmed"), "school_confirmed", ("compute",)),
        Edge("dispute", "pay:confirm", ("computed", "school_confirmed"), "school_confirmed", own_pay=True),
        Edge("review", "pay:review", ("school_confirmed",), "hr_reviewed", ("compute",)),
        Edge("approve", "pay:approve", ("hr_reviewed",), "approved", ("compute", "review", "approve")),
        Edge("lock", "pay:lock", ("approved",), "locked", ("compute", "review")),
        Edge("return", "pay:return", ("school_confirmed", "hr_reviewed", "approved"), "computed", own_pay=True),
        Edge("export", "pay:export", ("locked",), "exported", ("approve",)),
        Edge("settle", "pay:settle", ("exported",), "paid", ("approve",)),
    )
}
#: Acts that change what is approved: approvals before them bind nothing any more.
VOIDING: Final = ("return", "hold", "release", "confirm", "dispute")
#: Acts beside the chain: a line taken out or let in again, findings and assumptions answered for, a remark.
BESIDE: Final = ("hold", "release", "acknowledge", "assume", "comment")
ACTS: Final = (*EDGES, *BESIDE)
#: States in which something may still be decided about a batch.
OPEN: Final = ("computed", "school_confirmed", "hr_reviewed", "approved")
#: States in which a batch carries decisions that a new run must not wipe out silently.
SIGNED: Final = OPEN[1:]
LOCKED: Final = ("locked", "exported", "paid")
#: Every state on the way, in order.
CHAIN_ORDER: Final = (*OPEN, *LOCKED)


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose act it is: the account, and the person behind it where one is known."""

    user_id: int | None
    name: str
    person_id: int | None = None

    def is_same(self, other: "Hand") -> bool:
        """Whether both are one human being, as far as accounts can tell."""
        by_account = self.user_id is not None and self.user_id == other.user_id
        return by_account or (self.person_id is not None and self.person_id == other.person_id)


@dataclass(frozen=True, slots=True)
class Past:
    """What stands of a batch: who computed it, whose acts are valid, who has a line in it."""

    computer: Hand
    hands: Mapping[str, Sequence[Hand]] = field(default_factory=dict)
    people: frozenset[int] = frozenset()

    def of(self, act: str) -> Sequence[Hand]:
        """Everybody who had a hand in an act."""
        return (self.computer,) if act == "compute" else self.hands.get(act, ())


def barred(edge: Edge, hand: Hand, past: Past, entered_by: Hand | None = None) -> list[Finding]:
    """Why this hand may not do that act; nothing when it may.

    With ``entered_by`` the hand signed on paper and somebody else entered the sheet: who enters it is bound by the
    same bars, so that nobody walks the chain alone on paper; for a school's answer it is enough to be another person.
    """
    if hand.user_id is None and entered_by is None:
        return [Finding("pay.needs_account", CLAUSE)]
    found = list(_barred(edge, hand, past))
    if entered_by is not None:
        if entered_by.user_id is None or entered_by.is_same(hand):
            found.append(Finding("pay.sheet_own", CLAUSE, {"name": hand.name}))
        elif edge.act not in ("confirm", "dispute"):
            found.extend(_barred(edge, entered_by, past))
    return found


def _barred(edge: Edge, hand: Hand, past: Past) -> Iterable[Finding]:
    if edge.act in ("review", "approve") and past.computer.user_id is None:
        yield Finding("pay.computed_by_nobody", CLAUSE)
    for act in edge.barred:
        if any(hand.is_same(other) for other in past.of(act)):
            yield Finding("pay.same_person", CLAUSE, {"name": hand.name, "pay_act": act})
    if not edge.own_pay and hand.person_id in past.people:
        yield Finding("pay.own_line", CLAUSE, {"name": hand.name})


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a batch is: what has been answered, and what has not."""

    state: str
    schools: int = 0
    waiting: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    held: int = 0
    unacknowledged: int = 0
    assumed: int = 0
    document: str = ""
    approvals: tuple[str, ...] = ()
    periods: int = 1


def missing(standing: Standing) -> list[Finding]:
    """What stands between a batch and its next state, and what will be asked for before the lock."""
    found: list[Finding] = []
    if standing.state == "computed" and standing.waiting:
        facts = {"n": len(standing.waiting), "total": standing.schools, "schools": list(standing.waiting[:8])}
        found.append(Finding("pay.schools_waiting", CLAUSE, facts))
    if standing.state == "hr_reviewed":
        found += [Finding("pay.approval_waiting", CLAUSE, {"role": role})
                  for role in CAPACITIES if role not in standing.approvals]
    if standing.state in OPEN:
        found += before_lock(standing)
    return found


def before_lock(standing: Standing) -> list[Finding]:
    """What a lock asks for beside the approvals (rules §2.4, §2.11)."""
    found = []
    if standing.unacknowledged:
        found.append(Finding("pay.unacknowledged", "rules §2.4", {"n": standing.unacknowledged}))
    if standing.assumed and not standing.document:
        found.append(Finding("pay.assumed_unconfirmed", "rules §2.3", {"n": standing.assumed}))
    if not standing.periods:
        found.append(Finding("pay.no_open_period", CLAUSE))
    return found
