"""Proving the splits: each gives out exactly what stood in the ledger when it was submitted, as it was sealed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from talent.core.errors import Finding
from talent.pay.awards.ground import standing_sum
from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.awards.sealing import content_hash
from talent.pay.ledger_models import PayEntry
from talent.people.models import School


def broken(session: Session) -> Iterator[Finding]:
    """Everything that does not hold of splits that were submitted."""
    awards: dict[int, list[PayAward]] = defaultdict(list)
    for award in session.scalars(select(PayAward).order_by(PayAward.distribution_id, PayAward.number)):
        awards[award.distribution_id].append(award)
    by_school: dict[tuple[int, str], list[PayDistribution]] = defaultdict(list)
    rows = session.execute(
        select(PayDistribution, School.code).join(School, School.id == PayDistribution.school_id)
        .where(PayDistribution.state != "draft")
        .order_by(PayDistribution.year, School.code, PayDistribution.sequence)).all()
    for split, code in rows:
        by_school[split.year, code].append(split)
        yield from _split(session, split, code, awards[split.id])
    for (year, code), splits in by_school.items():
        if not _in_order(splits):
            yield Finding("pay.award_order", params={"year": year, "school": code})


def _split(session: Session, split: PayDistribution, code: str, awards: Sequence[PayAward]) -> Iterator[Finding]:
    facts = {"year": split.year, "school": code, "sequence": split.sequence, "allotment_fen": split.allotment_fen}
    awarded = sum(award.fen for award in awards)
    if awarded != split.allotment_fen:
        yield Finding("pay.award_sum", params={**facts, "awarded_fen": awarded})
    stood = session.scalar(
        select(standing_sum()).where(PayEntry.year == split.year, PayEntry.school_id == split.school_id,
                                     PayEntry.id <= split.head)) or 0
    if stood != split.allotment_fen:
        yield Finding("pay.award_not_standing", params={**facts, "standing_fen": int(stood)})
    if content_hash(split, awards) != split.content_hash:
        yield Finding("pay.award_changed", params=facts)
    if split.submitted_by is None or split.submitted_by == split.drawn_by:
        yield Finding("pay.award_hands", params=facts)


def _in_order(splits: Sequence[PayDistribution]) -> bool:
    """Numbered from one without gaps, submitted one after another; the last one alone counts."""
    numbers, heads = [split.sequence for split in splits], [split.head for split in splits]
    states = [split.state for split in splits]
    return (numbers == list(range(1, len(splits) + 1)) and heads == sorted(heads)
            and states == ["superseded"] * (len(splits) - 1) + ["submitted"])
