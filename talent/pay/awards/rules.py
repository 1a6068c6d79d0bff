"""From a school's allotment to each person's award: shares that sum to it, mainly for those who served.

Rules §2.10: largest remainder, ties to the lower key; what goes to people who did not serve is a named line;
less than the policy's minimum share for the participants is a finding.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
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
    return AllotmentSplit(awards, minority(allotment_fen, AllotmentSplit(awards).participants_fen, minimum_share))


def minority(allotment_fen: int, participants_fen: int, minimum_share: Value) -> tuple[Finding, ...]:
    """The finding "mainly": less than the policy's share for those who served; nothing where it is kept."""
    if participants_fen >= minimum_share.value * allotment_fen:
        return ()
    return (cited(
        "pay.participants_minority",
        minimum_share,
        level="warning",
        allotment_fen=allotment_fen,
        participants_fen=participants_fen,
        minimum_share=str(minimum_share.value),
    ),)


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


# ── a whole split: sums that are fixed, and shares in what they leave ────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of a split. With ``weight`` it shares in what the fixed sums leave; else ``fen`` is its sum.

    ``purpose`` names the line of somebody who did not serve, and is empty for who did.
    """

    staff_no: str
    purpose: str = ""
    weight: Fraction | None = None
    fen: int = 0

    @property
    def participant(self) -> bool:
        return not self.purpose


@dataclass(frozen=True, slots=True)
class Division:
    """The claims in order with the sum of each. ``left_fen`` is what they do not take of the allotment."""

    rows: tuple[tuple[Claim, int], ...] = ()
    left_fen: int = 0
    refusals: tuple[Finding, ...] = ()


def divide(allotment_fen: int, claims: Iterable[Claim], minimum_share: Value) -> Division:
    """Split an allotment among claims, whatever their order; fixed sums need not add up to it yet.

    Refused: what :func:`split_allotment` refuses, a person both among those who served and the others, and shares
    for which the fixed sums leave less than nothing.
    """
    ordered = sorted(claims, key=lambda claim: (not claim.participant, claim.purpose, claim.staff_no))
    fixed = sum(claim.fen for claim in ordered if claim.weight is None)
    shared = [claim for claim in ordered if claim.weight is not None]
    refusals = _contradictions(allotment_fen, ordered, fixed if shared else 0, minimum_share)
    if refusals:
        return Division(refusals=refusals)
    split = split_allotment(
        allotment_fen - fixed if shared else 0,
        [AwardShare(claim.staff_no, claim.weight or 0, claim.participant, claim.purpose) for claim in shared],
        minimum_share)
    if split.refusals:
        return Division(refusals=split.refusals)
    amounts = {id(claim): award.amount_fen for claim, award in zip(shared, split.awards, strict=True)}
    rows = tuple((claim, amounts.get(id(claim), claim.fen)) for claim in ordered)
    return Division(rows, allotment_fen - sum(fen for _, fen in rows))


def _contradictions(
    allotment_fen: int, claims: Sequence[Claim], fixed: int, rule: Value
) -> tuple[Finding, ...]:
    served = Counter(claim.staff_no for claim in claims if claim.participant)
    others = Counter(claim.staff_no for claim in claims if not claim.participant)
    found = [cited("pay.award_twice", rule, key=key, times=times)
             for counted in (served, others) for key, times in sorted(counted.items()) if times > 1]
    found += [cited("pay.award_both", rule, key=key) for key in sorted(served.keys() & others.keys())]
    found += [cited("pay.award_negative", rule, key=claim.staff_no, weight=str(claim.fen))
              for claim in claims if claim.fen < 0]
    if fixed > allotment_fen:
        found.append(cited("pay.award_over", rule, fixed_fen=fixed, allotment_fen=allotment_fen))
    return tuple(found)
