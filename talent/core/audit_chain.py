"""Proving the audit chain: every link against the one before, and the whole against anchors kept outside the database.

An edit, a deletion, an insertion or a changed order breaks a link. A tail cut off breaks none, so the newest link is
written down now and then, signed, in ``TALENT_HOME/audit/anchors``: whoever can change the database alone cannot
shorten the chain behind the last anchor. A copy of that file elsewhere guards against whoever owns the machine.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from talent.core.audit import GENESIS, AuditEvent, digest_of, last_link
from talent.core.config import Settings
from talent.core.database import reading
from talent.core.errors import Finding
from talent.core.work import Program

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """One signed line: the chain had this many events, the newest with this digest, at this moment."""

    number: int
    digest: str
    at: str
    seal: str

    @property
    def line(self) -> str:
        """As the file keeps it."""
        return f"{self.number} {self.digest} {self.at} {self.seal}\n"

    def is_ours(self, key: bytes) -> bool:
        """Whether the line was written with the key and not changed since."""
        return hmac.compare_digest(self.seal, _seal(key, self.number, self.digest, self.at))


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at. ``broken`` is the first thing wrong; ``before_chain`` counts events older than the chain."""

    events: int
    before_chain: int
    anchors: int
    broken: Finding | None = None


def _seal(key: bytes, number: int, digest: str, at: str) -> str:
    return hmac.new(key, f"anchor {number} {digest} {at}".encode(), hashlib.sha256).hexdigest()


def anchors_file(settings: Settings) -> Path:
    """Where the anchors of this machine are."""
    return settings.home / "audit" / "anchors"


def anchor(program: Program) -> Anchor | None:
    """Write the newest link down, unless nothing was added since the last anchor; None then."""
    with reading(program.engine) as session:
        number, digest = last_link(session)
    path = anchors_file(program.settings)
    known = read_anchors(path)
    if number == 0 or (known and known[-1].number == number and known[-1].digest == digest):
        return None
    at = program.clock().astimezone(UTC).isoformat(timespec="seconds")
    made = Anchor(number, digest, at, _seal(program.audit_key, number, digest, at))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(path, "a", encoding="ascii") as file:
        file.write(made.line)
    path.chmod(0o600)
    return made


def read_anchors(path: Path) -> list[Anchor]:
    """The anchors of a file, oldest first; a damaged line comes back as one that nobody signed."""
    if not path.exists():
        return []
    return [_anchor_of(line) for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line]


def _anchor_of(line: str) -> Anchor:
    parts = line.split(" ")
    if len(parts) != 4 or not parts[0].isdecimal():
        return Anchor(0, "", line[:40], "")
    return Anchor(int(parts[0]), *parts[1:])


def verify(program: Program) -> Proof:
    """Walk the whole chain in order, then hold it against the anchors; constant memory."""
    anchors = read_anchors(anchors_file(program.settings))
    wanted: dict[int, list[Anchor]] = {}
    for each in anchors:
        wanted.setdefault(each.number, []).append(each)
    with reading(program.engine) as session:
        before = session.scalar(select(func.count()).where(AuditEvent.digest == "")) or 0
        last, broken = 0, None
        for link, finding in _links(session, program.audit_key, wanted):
            last, broken = link, finding
            if broken:
                break
    return Proof(last, before, len(anchors), broken or _missing(anchors, last, program.audit_key))


def _links(
    session: Session, key: bytes, anchors: Mapping[int, Sequence[Anchor]]
) -> Iterator[tuple[int, Finding | None]]:
    """Every event's number, with what is wrong at it."""
    rows = session.scalars(
        select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=AT_ONCE))
    previous, expected = GENESIS, None
    for row in rows:
        if expected is not None and row.id != expected:
            yield row.id, Finding("audit.gap", params={"number": expected, "next": row.id})
        elif row.digest or previous != GENESIS:
            yield row.id, _link_broken(row, previous, key) or _not_as_anchored(row, anchors.get(row.id, ()))
            previous = row.digest
        else:  # older than the chain, unless an anchor says otherwise: nobody anchored a row without a link
            yield row.id, _not_as_anchored(row, anchors.get(row.id, ()))
        expected = row.id + 1
        session.expunge(row)


def _link_broken(row: AuditEvent, previous: str, key: bytes) -> Finding | None:
    facts = {"number": row.id, "action": row.action, "at": row.at.isoformat(timespec="seconds")}
    if row.previous != previous:
        return Finding("audit.link_broken", params=facts)
    if not hmac.compare_digest(row.digest, digest_of(row, key)):
        return Finding("audit.changed", params=facts)
    return None


def _not_as_anchored(row: AuditEvent, known: Sequence[Anchor]) -> Finding | None:
    """Every anchor of a number counts: a tail cut and grown again to it is anchored anew, beside the old one."""
    for each in known:
        if each.digest != (row.digest or GENESIS):
            return Finding("audit.anchor_differs", params={"number": row.id, "at": each.at})
    return None


def _missing(anchors: list[Anchor], last: int, key: bytes) -> Finding | None:
    """An anchor nobody signed, or one beyond the end: the tail was cut."""
    for each in anchors:
        if not each.is_ours(key):
            return Finding("audit.anchor_strange", params={"number": each.number, "at": each.at})
        if each.number > last:
            return Finding("audit.tail_cut", params={"number": each.number, "last": last, "at": each.at})
    return None
