"""A school splits its allotment: drawn by one person, put up for notice, submitted by another.

Whoever changes a split holds its school first, so that of two the second sees what the first did; then the split's own
version is compared, so that nobody changes what they have not seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import delete, select, update

from talent.accounts.queries import person_behind
from talent.core.errors import Conflict, NotFound, RuleViolation
from talent.core.work import Work
from talent.core.workdays import WorkCalendar
from talent.pay.awards.ground import Ground, ground_of
from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.awards.rules import minority
from talent.pay.awards.submission import Ready, barred, before_submission, notice_wrong
from talent.pay.awards.terms import minimum_share, notice_days
from talent.pay.awards.writing import Extra, awards_of, ground_to_split, seal, write
from talent.pay.book import take_ledger
from talent.pay.chain import Hand
from talent.pay.chain_commands import hand_of
from talent.pay.years import shut
from talent.people.models import School
from talent.people.schools import spoken_for

DRAW, SUBMIT, READ = "award:draw", "award:submit", "award:read"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose split of which year, and the version of the draft the person saw: 0 where there was none."""

    year: int
    school_id: int
    version: int = 0


def draw(work: Work, *, place: Place, method: str) -> PayDistribution:
    """Split what stands for the school by a template; a draft is drawn anew, its named lines stay."""
    draft = _held(work, place, DRAW)
    ground = ground_to_split(work.session, place.year, place.school_id)
    before = awards_of(work.session, draft) if draft else []
    extras = [Extra(award.staff_no, award.purpose, award.fen) for award in before if award.purpose]
    values = _sums_by_hand(ground, before) if method == "by_hand" else {}
    made = write(work, place.year, place.school_id, draft, ground, method, values, extras)
    work.record("award:draw", "pay_distribution", made.id, year=place.year, school_id=place.school_id, method=method,
                allotment_fen=made.allotment_fen)
    return made


def change(
    work: Work, *, place: Place, method: str, values: Mapping[str, Fraction | int], extras: Sequence[Extra]
) -> PayDistribution:
    """Points or sums of those who served, by staff number, and the named lines of the others.

    The sums need not add up yet: only a submission asks for that. What was up for notice has to go up again.
    """
    draft = _draft(work, place, DRAW)
    ground = ground_to_split(work.session, place.year, place.school_id)
    before = {(award.staff_no, award.purpose): award.fen for award in awards_of(work.session, draft)}
    made = write(work, place.year, place.school_id, draft, ground, method, values, extras)
    after = {(award.staff_no, award.purpose): award.fen for award in awards_of(work.session, made)}
    moved = {f"{key[0]} {key[1]}".strip(): [before.get(key), after.get(key)]
             for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)}
    work.record("award:change", "pay_distribution", made.id, method=method, moved=moved)
    return made


def post_notice(
    work: Work, *, place: Place, start: date, end: date, where: str = "", note: str = "", file_id: int | None = None
) -> None:
    """Keep from when to when, and where, the school put the split up for everybody to see.

    ``file_id`` is the notice itself; without one the notice kept for these same sums stays.
    """
    draft = _draft(work, place, DRAW)
    days = notice_days(work.book, start)
    found = notice_wrong(start, end, days.value, WorkCalendar(work.book.calendars()), work.today)
    if found:
        raise RuleViolation(found)
    draft.notice_from, draft.notice_to, draft.notice_place, draft.note = start, end, where.strip(), note.strip()
    draft.notice_file_id = file_id or draft.notice_file_id
    draft.version += 1
    seal(work.session, draft)
    work.record("award:notice", "pay_distribution", draft.id, start=start.isoformat(), end=end.isoformat(),
                place=where.strip(), file_id=draft.notice_file_id)


def submit(work: Work, *, place: Place, seen: str, reason: str = "") -> None:
    """What the school decided: from now on this is what its people are paid. The former split is superseded."""
    draft = _draft(work, place, SUBMIT)
    if draft.content_hash != seen:
        raise Conflict("pay_distribution", name=draft.drawn_by_name)
    take_ledger(work.session)
    ground, awards = ground_of(work.session, place.year, place.school_id), awards_of(work.session, draft)
    drawer = Hand(draft.drawn_by, draft.drawn_by_name, person_behind(work.session, draft.drawn_by))
    ready = Ready(
        draft.allotment_fen, ground.allotment_fen, sum(award.fen for award in awards), draft.notice_to, work.today,
        minority(draft.allotment_fen, sum(award.fen for award in awards if award.participant),
                 minimum_share(work.book, place.year)), reason)
    given = frozenset(award.person_id for award in awards if award.fen)
    found = [*shut(work.session, place.year), *before_submission(ready),
             *barred(hand_of(work.session, work.actor), drawer, given)]
    if found:
        raise RuleViolation(found)
    _hand_over(work, draft, ground, reason if ready.minority else "")
    work.record("award:submit", "pay_distribution", draft.id, year=place.year, school_id=place.school_id,
                sequence=draft.sequence, allotment_fen=draft.allotment_fen, awards=len(awards),
                content_hash=draft.content_hash, reason=draft.minority_reason)


def withdraw(work: Work, *, place: Place) -> None:
    """Throw a draft away; what was submitted before it stays."""
    draft = _draft(work, place, DRAW)
    work.session.execute(delete(PayAward).where(PayAward.distribution_id == draft.id))
    work.session.execute(delete(PayDistribution).where(PayDistribution.id == draft.id))
    work.record("award:withdraw", "pay_distribution", draft.id, year=place.year, school_id=place.school_id,
                sequence=draft.sequence, content_hash=draft.content_hash)


# ── what the acts share ──────────────────────────────────────────────────────────────────────────────────────


def _draft(work: Work, place: Place, right: str) -> PayDistribution:
    """The draft the person saw; a conflict where there is none any more."""
    draft = _held(work, place, right)
    if draft is None:
        raise Conflict("pay_distribution_gone")
    return draft


def _held(work: Work, place: Place, right: str) -> PayDistribution | None:
    """The draft of a school in the actor's reach, if there is one; the school is held until the transaction ends."""
    scope = spoken_for(work, work.require(right))
    known = work.session.scalar(select(School.id).where(School.id == place.school_id).with_for_update(key_share=True))
    if known is None or not (scope.everyone or known in scope.schools):
        raise NotFound("school", place.school_id)
    draft = work.session.scalars(
        select(PayDistribution)
        .where(PayDistribution.year == place.year, PayDistribution.school_id == place.school_id,
               PayDistribution.state == "draft").execution_options(populate_existing=True)).first()
    if draft is not None and draft.version != place.version:
        raise Conflict("pay_distribution" if place.version else "pay_distribution_drawn", name=draft.drawn_by_name)
    if draft is None and place.version:
        raise Conflict("pay_distribution_gone")
    return draft


def _sums_by_hand(ground: Ground, before: Sequence[PayAward]) -> dict[str, int]:
    """What entering sums one by one begins with: the sums so far, else what each person brought the school."""
    so_far = {award.staff_no: award.fen for award in before if award.participant}
    return {person.staff_no: so_far.get(person.staff_no, 0) if so_far else person.fen for person in ground.people}


def _hand_over(work: Work, draft: PayDistribution, ground: Ground, reason: str) -> None:
    """The former split gives way, the draft takes its place."""
    work.session.execute(
        update(PayDistribution)
        .where(PayDistribution.year == draft.year, PayDistribution.school_id == draft.school_id,
               PayDistribution.state == "submitted")
        .values(state="superseded", version=PayDistribution.version + 1)
        .execution_options(synchronize_session=False))
    taken = work.session.execute(
        update(PayDistribution)
        .where(PayDistribution.id == draft.id, PayDistribution.state == "draft",
               PayDistribution.version == draft.version, PayDistribution.content_hash == draft.content_hash)
        .values(state="submitted", version=draft.version + 1, head=ground.head, batch_id=ground.batch_id,
                minority_reason=reason.strip(), submitted_by=work.actor.user_id, submitted_by_name=work.actor.signature,
                submitted_at=work.now)
        .execution_options(synchronize_session=False))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("pay_distribution", name=draft.drawn_by_name)
    work.session.refresh(draft)
