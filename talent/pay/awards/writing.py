"""Putting a draft's sums down: judged by the rules, every row anew, and the digest over them."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from talent.core.errors import Finding, NotFound, RuleViolation
from talent.core.work import Work
from talent.pay.awards.ground import Ground, Served, ground_of, staff_in
from talent.pay.awards.models import METHODS, PayAward, PayDistribution
from talent.pay.awards.rules import Claim, Division, divide
from talent.pay.awards.sealing import content_hash
from talent.pay.awards.submission import CLAUSE
from talent.pay.awards.terms import minimum_share, weight_of
from talent.pay.facts import cited
from talent.people.models import School
from talent.policy.book import Value

#: No split has more lines for people who did not serve, and no purpose is longer.
MOST_EXTRAS, LONGEST_PURPOSE = 500, 60


class Extra(NamedTuple):
    """A named line: a sum for somebody of the school who did not serve, and what for."""

    staff_no: str
    purpose: str
    fen: int


def awards_of(session: Session, split: PayDistribution) -> Sequence[PayAward]:
    """The sums of a split in its order."""
    return session.scalars(
        select(PayAward).where(PayAward.distribution_id == split.id).order_by(PayAward.number)
        .execution_options(populate_existing=True)).all()


def ground_to_split(session: Session, year: int, school_id: int) -> Ground:
    """What stands for the school; refused where nothing does, and nothing was split before."""
    ground = ground_of(session, year, school_id)
    if ground.batch_id is None:
        raise RuleViolation(Finding("pay.award_not_locked", CLAUSE, {"year": year}))
    submitted = select(PayDistribution.id).where(
        PayDistribution.year == year, PayDistribution.school_id == school_id, PayDistribution.state == "submitted")
    if not ground.allotment_fen and session.scalar(submitted) is None:
        raise RuleViolation(Finding("pay.award_nothing", CLAUSE, {"year": year}))
    return ground


def write(
    work: Work, year: int, school_id: int, draft: PayDistribution | None, ground: Ground, method: str,
    values: Mapping[str, Fraction | int], extras: Sequence[Extra]
) -> PayDistribution:
    """Divide and store: a new draft, or the draft with every sum anew. Its notice is void: it was of other sums."""
    if method not in METHODS:
        raise NotFound("method", method)
    extras = [Extra(extra.staff_no.strip(), extra.purpose.strip(), extra.fen) for extra in extras]
    people = {person.staff_no: (person.person_id, person.name) for person in ground.people}
    others = staff_in(work.session, school_id, year, {extra.staff_no for extra in extras}) if extras else {}
    found = [*_strangers(work.session, school_id, year, values, people, extras, others),
             *_ill_named(extras, minimum_share(work.book, year))]
    claims = [*_claims(ground, method, values), *(Claim(*extra[:2], fen=extra.fen) for extra in extras)]
    division = divide(ground.allotment_fen, claims, minimum_share(work.book, year))
    if found or division.refusals:
        raise RuleViolation([*found, *division.refusals])
    split = draft or PayDistribution(
        year=year, school_id=school_id, sequence=_next_sequence(work.session, year, school_id), state="draft",
        version=0)
    _put(work, split, ground, method)
    _put_rows(work.session, split, division, {**others, **people})
    seal(work.session, split)
    return split


def _put_rows(
    session: Session, split: PayDistribution, division: Division, known: Mapping[str, tuple[int, str]]
) -> None:
    session.execute(delete(PayAward).where(PayAward.distribution_id == split.id))
    rows = [
        {"distribution_id": split.id, "number": number, "person_id": known[claim.staff_no][0],
         "staff_no": claim.staff_no, "participant": claim.participant, "purpose": claim.purpose,
         "weight": "" if claim.weight is None else str(claim.weight), "fen": fen}
        for number, (claim, fen) in enumerate(division.rows, 1)]
    if rows:
        session.execute(insert(PayAward), rows)


def _put(work: Work, split: PayDistribution, ground: Ground, method: str) -> None:
    split.batch_id, split.head, split.allotment_fen = ground.batch_id or 0, ground.head, ground.allotment_fen
    split.method, split.version = method, split.version + 1
    split.notice_from = split.notice_to = split.notice_file_id = None
    split.notice_place = ""
    split.drawn_by, split.drawn_by_name, split.drawn_at = work.actor.user_id or 0, work.actor.signature, work.now
    split.content_hash = split.content_hash or ""
    work.session.add(split)
    work.session.flush()


def seal(session: Session, split: PayDistribution) -> None:
    """Put the digest over the split as it stands now."""
    session.flush()
    split.content_hash = content_hash(split, awards_of(session, split))
    session.flush()


def _next_sequence(session: Session, year: int, school_id: int) -> int:
    return (session.scalar(select(func.max(PayDistribution.sequence)).where(
        PayDistribution.year == year, PayDistribution.school_id == school_id)) or 0) + 1


def _claims(ground: Ground, method: str, values: Mapping[str, Fraction | int]) -> Iterable[Claim]:
    for person in ground.people:
        if method == "by_hand":
            yield Claim(person.staff_no, fen=int(values.get(person.staff_no, 0)))
        else:
            yield Claim(person.staff_no, weight=_weight(ground, method, person, values))


def _weight(ground: Ground, method: str, person: Served, values: Mapping[str, Fraction | int]) -> Fraction:
    if method == "points" and values:
        return Fraction(values.get(person.staff_no, 0))
    return weight_of(method, person, ground.convention)


def _strangers(
    session: Session, school_id: int, year: int, values: Mapping[str, object], people: Mapping[str, object],
    extras: Sequence[Extra], others: Mapping[str, object],
) -> Iterable[Finding]:
    """Points or sums of who did not serve, and named lines of who was never at the school."""
    not_served = sorted(values.keys() - people.keys())
    unknown = sorted({extra.staff_no for extra in extras} - others.keys() - people.keys())
    if not_served or unknown:
        name = session.scalar(select(School.name).where(School.id == school_id)) or ""
        yield from (Finding("pay.award_not_served", CLAUSE, {"key": key, "school": name, "year": year})
                    for key in not_served)
        yield from (Finding("pay.award_stranger", CLAUSE, {"key": key, "school": name, "year": year})
                    for key in unknown)


def _ill_named(extras: Sequence[Extra], rule: Value) -> Iterable[Finding]:
    if len(extras) > MOST_EXTRAS:
        yield Finding("pay.award_many", CLAUSE, {"most": MOST_EXTRAS})
    for extra in extras:
        if not extra.purpose:
            yield cited("pay.award_unnamed", rule, key=extra.staff_no)
        elif len(extra.purpose) > LONGEST_PURPOSE:
            yield Finding("pay.award_purpose_long", CLAUSE, {"key": extra.staff_no, "most": LONGEST_PURPOSE})
