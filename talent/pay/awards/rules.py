"""From a school's allotment to each person's award: shares that sum to it, mainly for those who served.

Rules §2.10: largest remainder, ties to the lower key; what goes to people who did not serve is a named line;
less than the policy's minimum share for the participants is a finding.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from talent.core.errors import Finding
from talent.core.money import apportion
from talent.pay.facts import cited
from talent.policy.book import Value


@dataclass(frozen=True, slots=True)
class AwardShare:
    """A claim on the allotment: ``key`` is the staff number, or the name of a line for non-participants.

    ``weight`` may be any exact proportion, or the amount in fen itself: weights that sum to the allotment
    come back unchanged.
    """

    key: str
    weight: Fraction | int
    participant: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class Award:
    """What one share became."""

    key: str
    amount_fen: int
    participant: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class AllotmentSplit:
    """The awards in the order of their shares; they sum to the allotment unless there are refusals."""

    awards: tuple[Award, ...] = ()
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Finding, ...] = ()

    @property
    def participants_fen(self) -> int:
        return sum(award.amount_fen for award in self.awards if award.participant)


def split_allotment(allotment_fen: int, shares: Sequence[AwardShare], minimum_share: Value) -> AllotmentSplit:
    """Split an allotment; ``minimum_share`` is ``paired_assistance.participants_minimum_share`` in force.

    Refused: a negative amount or weight, a key twice, a non-participant line without a name, and an allotment
    with no weight to carry it.
    """
    refusals = _refusals(allotment_fen, shares, minimum_share)
    if refusals:
        return AllotmentSplit(refusals=refusals)
    amounts = apportion(allotment_fen, [share.weight for share in shares], [share.key for share in shares])
    awards = tuple(
        Award(share.key, amount, share.participant, share.name)
        for share, amount in zip(shares, amounts, strict=True)
    )
    split = AllotmentSplit(awards)
    if split.participants_fen >= minimum_share.value * allotment_fen:
        return split
    minority = cited(
        "pay.participants_minority",
        minimum_share,
        level="warning",
        allotment_fen=allotment_fen,
        participants_fen=split.participants_fen,
        minimum_share=str(minimum_share.value),
    )
    return AllotmentSplit(awards, (minority,))


def _refusals(allotment_fen: int, shares: Sequence[AwardShare], rule: Value) -> tuple[Finding, ...]:
    found: list[Finding] = []
    if allotment_fen < 0:
        found.append(cited("pay.allotment_negative", rule, allotment_fen=allotment_fen))
    for key, times in sorted(Counter(share.key for share in shares).items()):
        if times > 1:
            found.append(cited("pay.award_twice", rule, key=key, times=times))
    for share in shares:
        if share.weight < 0:
            found.append(cited("pay.award_negative", rule, key=share.key, weight=str(share.weight)))
        if not share.participant and not share.name.strip():
            found.append(cited("pay.award_unnamed", rule, key=share.key))
    if not found and allotment_fen and not any(share.weight for share in shares):
        found.append(cited("pay.award_nobody", rule, allotment_fen=allotment_fen))
    return tuple(found)
