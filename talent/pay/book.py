"""The ledger as it is read: what stands for a year, what a batch would move, and how far the batch is."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from talent.pay.acts import Acts
from talent.pay.chain import OPEN
from talent.pay.chain import Standing as BatchStanding
from talent.pay.ledger import ACCRUING, GENESIS, Key, Movement, Standing, Wanted, movements
from talent.pay.ledger_models import PayEntry, PayPeriod
from talent.pay.models import PayBatch, PayFinding, PayLine
from talent.pay.rules import NEEDS_ACKNOWLEDGEMENT
from talent.people.models import School
from talent.people.queries import school_name_on

#: PostgreSQL's advisory lock of the ledger: any number, the same in every process.
LEDGER_LOCK = 7_264_114


def take_ledger(session: Session) -> None:
    """Let nobody else append until the transaction ends. SQLite's writers queue by themselves."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LEDGER_LOCK})


def ledger_head(session: Session) -> tuple[int, str]:
    """Number and digest of the last entry; 0 and zeros before the first."""
    row = session.execute(select(PayEntry.id, PayEntry.digest).order_by(PayEntry.id.desc()).limit(1)).first()
    return (row.id, row.digest) if row else (0, GENESIS)


def standing(session: Session, year: int) -> dict[Key, Standing]:
    """What stands in the ledger for a year, by person and school."""
    return stands(session.execute(
        select(PayEntry.id, PayEntry.kind, PayEntry.person_id, PayEntry.school_id, PayEntry.sequence, PayEntry.fen)
        .where(PayEntry.year == year).order_by(PayEntry.id)).all())


def stands(rows: Iterable[Any]) -> dict[Key, Standing]:
    """Entries in order → what stands after them."""
    found: dict[Key, Standing] = {}
    for row in rows:
        key = (row.person_id, row.school_id)
        if row.kind in ACCRUING:
            found[key] = Standing(row.id, row.fen, row.sequence)
        elif row.kind == "reversal":
            found[key] = Standing(None, 0, row.sequence)
    return found


def kind_of(batch: PayBatch) -> str:
    """What the entries of a batch are."""
    return "accrual" if batch.adjusts_id is None else "adjustment"


def planned(session: Session, acts: Acts) -> list[Movement]:
    """What locking the batch would post as things stand."""
    wanted, left_out = wanted_by(session, acts)
    stand = standing(session, acts.batch.year)
    return movements(stand, wanted, kind=kind_of(acts.batch), left_out=[*left_out, *disputed_among(acts, stand)])


def wanted_by(session: Session, acts: Acts) -> tuple[dict[Key, Wanted], set[Key]]:
    """What the lines of a batch say by person and school, and which of them are held out."""
    rows = session.execute(
        select(PayLine.id, PayLine.person_id, PayLine.school_id, PayLine.amount_fen)
        .where(PayLine.batch_id == acts.batch.id)).all()
    wanted = {(person, school): Wanted(fen, line) for line, person, school, fen in rows}
    disputed = set(acts.disputed)
    left_out = {(person, school) for line, person, school, _ in rows if line in acts.held or school in disputed}
    return wanted, left_out


def disputed_among(acts: Acts, stand: Iterable[Key]) -> set[Key]:
    """What stands at a school that disputes the batch stays as it is."""
    disputed = set(acts.disputed)
    return {key for key in stand if key[1] in disputed}


def _all_moves(session: Session, acts: Acts) -> list[Movement]:
    """What an adjustment is about, held out or not."""
    wanted, _ = wanted_by(session, acts)
    return movements(standing(session, acts.batch.year), wanted, kind=kind_of(acts.batch))


# ── how far a batch is ───────────────────────────────────────────────────────────────────────────────────────


def answering_schools(session: Session, acts: Acts) -> dict[int, tuple[str, str]]:
    """Id → (code, name that year) of the schools that are asked, by code: those with lines, or something to adjust."""
    if acts.batch.adjusts_id is None:
        asked = School.id.in_(select(PayLine.school_id).where(PayLine.batch_id == acts.batch.id))
    else:
        asked = School.id.in_({move.school_id for move in _all_moves(session, acts)})
    called = school_name_on(date(acts.batch.year, 12, 31))
    rows = session.execute(select(School.id, School.code, called).where(asked).order_by(School.code))
    return {school_id: (code, name) for school_id, code, name in rows}


def to_acknowledge(session: Session, acts: Acts) -> list[int]:
    """The findings nobody has answered for yet; those of persons nothing is posted for need no answer."""
    found = session.execute(
        select(PayFinding.id, PayFinding.person_id)
        .where(PayFinding.batch_id == acts.batch.id, PayFinding.code.in_(NEEDS_ACKNOWLEDGEMENT))
        .order_by(PayFinding.id)).all()
    waiting = [(finding_id, person) for finding_id, person in found if finding_id not in acts.acknowledged]
    if not waiting or (acts.batch.adjusts_id is None and not acts.held and not acts.disputed):
        return [finding_id for finding_id, _ in waiting]
    moved = {move.person_id for move in planned(session, acts)}
    return [finding_id for finding_id, person in waiting if person in moved]


def standing_of(
    session: Session, acts: Acts, *, assumed: int, asked: Mapping[int, tuple[str, str]] | None = None
) -> BatchStanding:
    """How far the batch is, for its page and for the rules; ``asked``: its answering schools, where they are known."""
    if acts.batch.state not in OPEN:
        return BatchStanding(acts.batch.state)
    schools = answering_schools(session, acts) if asked is None else asked
    names = {school_id: name for school_id, (_, name) in schools.items()}
    periods = session.scalar(select(func.count()).select_from(PayPeriod).where(PayPeriod.state == "open")) or 0
    return BatchStanding(
        acts.batch.state, len(names), tuple(name for key, name in names.items() if key not in acts.answers),
        tuple(names[key] for key in acts.disputed if key in names), len(acts.held),
        len(to_acknowledge(session, acts)), assumed, acts.document, acts.approvals, periods)
