"""The ledger as rules: accounts, what a batch moves, and the digest that links each entry to the one before.

Pure. An entry names the account that is debited, the one that is credited and one sum, so it balances by its very
shape: an entry whose sides differ cannot be written down. Sums are whole fen above zero; nothing is ever changed: a
sum that was wrong is reversed, once, and the right one entered beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple

from talent.pay.content import canonical

#: What the district spends on assistance, and what it owes the sending schools for it.
EXPENSE, DUE_TO_SCHOOL, TREASURY = "expense", "due_to_school", "treasury"
ACCOUNTS: Final = (EXPENSE, DUE_TO_SCHOOL, TREASURY)
KINDS: Final = ("accrual", "reversal", "adjustment", "payment", "reissue", "recovery")
#: Kinds that say what a person brings to a school; the one that stands is the last not reversed.
ACCRUING: Final = ("accrual", "adjustment")
#: Kinds by which money went out: what a file paid at first, and what it paid after the bank had refused it.
PAYING: Final = ("payment", "reissue")
#: Those, and what came back from who was paid too much: money moved, what stands for anybody did not.
MONEY: Final = (*PAYING, "recovery")
GENESIS: Final = "0" * 64

#: Person and school, by id.
Key = tuple[int, int]


class Wanted(NamedTuple):
    """What a batch says of one person at one school."""

    fen: int
    line_id: int | None


class Standing(NamedTuple):
    """The entry that stands for one person at one school, and how many entries there were."""

    entry_id: int | None
    fen: int
    sequence: int


class Movement(NamedTuple):
    """One entry to be made: a reversal of ``reverses_id``, a new sum, or money that went to a person or came back.

    Money counts downwards (-1, -2, …), beside what was accrued for the same person and school.
    """

    kind: str
    person_id: int
    school_id: int
    sequence: int
    fen: int
    line_id: int | None
    reverses_id: int | None

    @property
    def debit(self) -> str:
        if self.kind == "recovery":
            return TREASURY
        return EXPENSE if self.kind in ACCRUING else DUE_TO_SCHOOL

    @property
    def credit(self) -> str:
        if self.kind in PAYING:
            return TREASURY
        return EXPENSE if self.kind == "reversal" else DUE_TO_SCHOOL


NOTHING: Final = Standing(None, 0, 0)


def movements(
    standing: Mapping[Key, Standing], wanted: Mapping[Key, Wanted], *, kind: str, left_out: Iterable[Key] = ()
) -> list[Movement]:
    """What takes the ledger from what stands to what is wanted: reversals and new sums, by person and school.

    Equal sums move nothing. Who is ``left_out`` stays as it stands. Who is no longer ``wanted`` is reversed alone.
    """
    stay, moved = frozenset(left_out), []
    for key in sorted(standing.keys() | wanted.keys()):
        now, then = standing.get(key, NOTHING), wanted.get(key, Wanted(0, None))
        if key in stay or now.fen == then.fen:
            continue
        sequence = now.sequence
        if now.fen:
            sequence += 1
            moved.append(Movement("reversal", *key, sequence, now.fen, then.line_id, now.entry_id))
        if then.fen:
            moved.append(Movement(kind, *key, sequence + 1, then.fen, then.line_id, None))
    return moved


HASHED: Final = ("id", "period_id", "kind", "year", "person_id", "school_id", "sequence", "batch_id", "line_id",
                 "reverses_id", "debit", "credit", "fen", "memo", "posted_by", "posted_by_name", "previous")


def digest_of(row: Mapping[str, object], posted_at: datetime) -> str:
    """SHA-256 over everything an entry says and the digest before it."""
    said = [row[name] for name in HASHED]
    return sha256(canonical([*said, posted_at.astimezone(UTC).isoformat()]).encode()).hexdigest()


# ── periods ──────────────────────────────────────────────────────────────────────────────────────────────────

#: Act → (the state a period must be in, the state it is in afterwards); "" is a period that is not there yet.
PERIOD_ACTS: Final[Mapping[str, tuple[str, str]]] = {
    "open": ("", "open"), "lock": ("open", "locked"), "reopen": ("locked", "open"),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """An act on a period that two persons took, and the number of the last entry when it took effect."""

    act: str
    head: int


def was_open(acts: Iterable[Decided], entry_id: int) -> bool:
    """Whether a period was open when the entry of that number was made."""
    last = next((each.act for each in reversed(list(acts)) if each.head < entry_id), "")
    return last in ("open", "reopen")
