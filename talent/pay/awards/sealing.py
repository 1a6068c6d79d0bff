"""The digest over a split: what a school decides is exactly this."""

from collections.abc import Iterable
from typing import Protocol

from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.content import canonical, digest


class Sum(Protocol):
    """A sum of a split, as its row has it."""

    number: int
    person_id: int
    staff_no: str
    participant: bool
    purpose: str
    weight: str
    fen: int


def content_hash(split: PayDistribution, awards: Iterable[PayAward | Sum]) -> str:
    """SHA-256 over the year, the school, the sum, how it was shared, its notice, and every award in order."""
    days = [day.isoformat() if day else None for day in (split.notice_from, split.notice_to)]
    return digest(canonical([
        split.year, split.school_id, split.sequence, split.allotment_fen, split.method, *days, split.notice_place,
        split.notice_file_id, split.note,
        [[award.number, award.person_id, award.staff_no, award.participant, award.purpose, award.weight, award.fen]
         for award in sorted(awards, key=lambda award: award.number)]]))
