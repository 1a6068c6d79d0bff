"""What is to be paid, and what a return file says of it, as rules.

Pure. What a school's split gives a person is absolute; what is paid are differences. An item counts as issued until
the bank refuses it; what it refuses stays owed and is issued again alone. Nothing is ever issued twice, and what was
paid too much is named and taken back from that person alone: off their next difference, or given back and recorded.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from talent.core.errors import Finding

CLAUSE: Final = "rules §2.10–11"
#: A file of what was never issued, and one of what the bank refused.
KINDS: Final = ("regular", "reissue")
#: The forms in which a file is kept: the finance office's table, the bank's in two encodings, voucher, signatures.
FORMS: Final = ("xlsx", "csv", "csv_gb18030", "voucher", "signatures")

#: How a sum that was paid too much comes back: by the person's own hand, or off something else they are paid.
MEANS: Final = ("repaid", "deducted")

#: Person and school, by id.
Key = tuple[int, int]


class Issued(NamedTuple):
    """An item as it stands: ``outcome`` is "", ``paid`` or ``failed``; ``replaced`` once it was issued again."""

    item_id: int
    person_id: int
    school_id: int
    sequence: int
    fen: int
    outcome: str
    replaced: bool
    reference: str = ""

    @property
    def key(self) -> Key:
        return self.person_id, self.school_id


@dataclass(frozen=True, slots=True)
class Position:
    """One person at one school: what the split gives, what was paid, what is with the bank, what it refused.

    ``paid`` is what the bank paid less what the person gave back (``returned``).
    """

    award: int = 0
    paid: int = 0
    pending: int = 0
    refused: int = 0
    sequence: int = 0
    returned: int = 0

    @property
    def due(self) -> int:
        """What stands in no file yet."""
        return max(0, self.award - self.paid - self.pending - self.refused)

    @property
    def failed(self) -> int:
        """What the bank refused and is still owed; of a lowered award nothing more than it gives."""
        return min(self.refused, max(0, self.award - self.paid - self.pending))

    @property
    def back(self) -> int:
        """What was paid, or is with the bank, beyond the award: to be taken back, never in a file."""
        return max(0, self.paid + self.pending - self.award)

    @property
    def overpaid(self) -> int:
        """What the person has beyond the award: what can be taken back today."""
        return max(0, self.paid - self.award)

    @property
    def owed(self) -> int:
        """What the person has not received of the award."""
        return max(0, self.award - self.paid)


class Returned(NamedTuple):
    """What a person gave back of what was paid too much."""

    person_id: int
    school_id: int
    sequence: int
    fen: int

    @property
    def key(self) -> Key:
        return self.person_id, self.school_id


def positions(awards: Mapping[Key, int], items: Iterable[Issued], returned: Iterable[Returned] = ()
              ) -> dict[Key, Position]:
    """Where everybody stands who is given something or was issued something."""
    sums: dict[Key, dict[str, int]] = defaultdict(lambda: {"paid": 0, "": 0, "failed": 0})
    sequences: dict[Key, int] = {}
    back: dict[Key, int] = defaultdict(int)
    for item in items:
        sequences[item.key] = max(sequences.get(item.key, 0), item.sequence)
        if not item.replaced:
            sums[item.key][item.outcome] += item.fen
    for each in returned:
        sequences[each.key] = max(sequences.get(each.key, 0), each.sequence)
        back[each.key] += each.fen
    return {key: Position(awards.get(key, 0), sums[key]["paid"] - back[key], sums[key][""], sums[key]["failed"],
                          sequences.get(key, 0), back[key]) for key in sorted(awards.keys() | sequences.keys())}


class Planned(NamedTuple):
    """An item to be made."""

    person_id: int
    school_id: int
    sequence: int
    fen: int
    reissues_id: int | None = None
    reissues: str = ""


def regular(stand: Mapping[Key, Position], held: Iterable[int] = ()) -> list[Planned]:
    """What a new file pays: the differences that stand in none. ``held`` schools wait for a new split."""
    waiting = frozenset(held)
    return [Planned(*key, position.sequence + 1, position.due) for key, position in stand.items()
            if position.due and key[1] not in waiting]


def reissue(stand: Mapping[Key, Position], items: Iterable[Issued], held: Iterable[int] = ()) -> list[Planned]:
    """What the bank refused, each in its own place and no more than is still owed. ``held`` schools wait here too."""
    waiting = frozenset(held)
    left = {key: 0 if key[1] in waiting else position.failed for key, position in stand.items()}
    sequences = {key: position.sequence for key, position in stand.items()}
    made = []
    for item in sorted(items, key=lambda each: each.item_id):
        fen = min(item.fen, left[item.key]) if item.outcome == "failed" and not item.replaced else 0
        if fen:
            left[item.key] -= fen
            sequences[item.key] += 1
            made.append(Planned(*item.key, sequences[item.key], fen, item.item_id, item.reference))
    return made


def references(year: int, number: int, planned: Sequence[Planned]) -> list[str]:
    """One for each item: year, file and row; a reissue keeps the first one's and counts on (``…-R2``)."""
    made = []
    for row, item in enumerate(planned, 1):
        first, _, again = item.reissues.partition("-R")
        made.append(f"{first}-R{int(again or 0) + 1}" if first else f"P{year}{number:03d}{row:05d}")
    return made


# ── how far a year is ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SchoolStand:
    """One school of a year in sums: what stands in the ledger, what its split gives, what was paid and is missing.

    ``booked`` is what the ledger says was paid; ``split`` is None where the school has submitted none.
    """

    school_id: int
    code: str
    name: str
    standing: int = 0
    booked: int = 0
    split: int | None = None
    paid: int = 0
    pending: int = 0
    failed: int = 0
    due: int = 0
    back: int = 0

    @property
    def held(self) -> bool:
        """Its split gives more than stands for it: nothing goes out before it is drawn anew."""
        return self.split is not None and self.split > self.standing

    @property
    def issued(self) -> bool:
        """All that stands for it is in files."""
        return (self.split or 0) == self.standing and not self.due

    @property
    def settled(self) -> bool:
        """Ledger, split and bank say the same, of the school and of each of its people."""
        return (self.split or 0) == self.standing == self.paid == self.booked and not self.differences

    @property
    def differences(self) -> list[tuple[str, int]]:
        """(why, fen) of everything that keeps the three from being equal."""
        found = []
        if self.split is None:
            found.append(("no_split", self.standing))
        elif self.split != self.standing:
            found.append(("other_split", self.split - self.standing))
        for why in ("due", "pending", "failed", "back"):
            if fen := getattr(self, why):
                found.append((why, fen))
        if self.booked != self.paid:
            found.append(("booked", self.booked - self.paid))
        return [(why, fen) for why, fen in found if fen]


# ── what a return file says ──────────────────────────────────────────────────────────────────────────────────


class Row(NamedTuple):
    """A row of a return file. ``result`` is ``paid`` or ``failed``."""

    number: int
    reference: str
    staff_no: str
    name: str
    fen: int
    result: str
    reason: str


@dataclass(frozen=True, slots=True)
class Expected:
    """An item a return file may speak of, and what was said of it before."""

    item_id: int
    staff_no: str
    name: str
    fen: int
    outcome: str


class Verdict(NamedTuple):
    """What becomes of a row: ``take``, ``known`` (said before), or why it does not fit."""

    row: Row
    code: str
    item: Expected | None

    @property
    def taken(self) -> bool:
        return self.code == "take"

    @property
    def wrong(self) -> bool:
        return self.code not in ("take", "known")


def match(rows: Iterable[Row], expected: Mapping[str, Expected]) -> list[Verdict]:
    """Each row against the item of its reference; a reference counts once."""
    seen: set[str] = set()
    found = []
    for row in rows:
        item = expected.get(row.reference)
        found.append(Verdict(row, _verdict(row, item, row.reference in seen), item))
        seen.add(row.reference)
    return found


def _verdict(row: Row, item: Expected | None, again: bool) -> str:
    if item is None:
        return "unknown"
    if again:
        return "twice"
    if (row.staff_no and row.staff_no != item.staff_no) or (row.name and row.name != item.name):
        return "wrong_person"
    if row.fen != item.fen:
        return "wrong_sum"
    if item.outcome:
        return "known" if item.outcome == row.result else "contradicts"
    return "take"


def refusals(verdicts: Sequence[Verdict], *, partial: bool) -> list[Finding]:
    """Why a return file cannot be taken over as it is; ``partial``: only the rows that fit, knowingly."""
    taken, wrong = sum(each.taken for each in verdicts), sum(each.wrong for each in verdicts)
    if wrong and not partial:
        return [Finding("payout.rows_wrong", CLAUSE, {"n": wrong, "taken": taken, "field": "partial"})]
    if not taken:
        return [Finding("payout.nothing_new", CLAUSE, {"n": len(verdicts)})]
    return []
