"""The notice about personal information: versions by two persons, and everybody's acknowledgement of the one in force.

A version that is approved never changes again; an acknowledgement is a row that is only added, with the digest of what
was read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from talent.accounts.models import RoleGrant, User
from talent.accounts.notice_models import APPROVED, PROPOSED, REJECTED, Acknowledgement, Notice
from talent.accounts.notices import has_read, in_force_on
from talent.accounts.queries import in_force, person_behind
from talent.core.access import Scope
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.together import NO_DAY
from talent.core.views import copied
from talent.core.work import Work
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on, school_name_on
from talent.privacy.notice_rules import Wanted, judge
from talent.privacy.notice_text import Body, shipped

SHIP, PROPOSE, APPROVE = "notice:ship", "notice:propose", "notice:approve"
COUNT, LIST = "notice:count", "notice:list"


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A version as its pages show it; ``number`` None: not approved yet."""

    id: int
    number: int | None
    effective_on: date
    document: str
    text_zh: str
    text_en: str
    portraits_zh: str
    portraits_en: str
    digest: str
    proposed_by: int | None
    proposed_by_name: str
    proposed_at: datetime


def current(work: Work) -> NoticeView | None:
    """The version in force today, for everybody; one statement."""
    return _one(work, Notice.id == in_force_on(work.today))


def version(work: Work, number: int) -> NoticeView:
    """An approved version, for everybody."""
    found = _one(work, Notice.number == number)
    if found is None:
        raise NotFound("notice", number)
    return found


def versions(work: Work) -> Sequence[NoticeView]:
    """Every approved version, the latest first."""
    rows = work.session.scalars(select(Notice).where(Notice.state == APPROVED).order_by(Notice.number.desc()))
    return [copied(row, NoticeView) for row in rows]


def proposed(work: Work) -> NoticeView | None:
    """The version that waits for a second person, for those who may propose or approve one."""
    if not work.actor.may(PROPOSE) and not work.actor.may(APPROVE):
        return None
    return _one(work, Notice.state == PROPOSED)


def _one(work: Work, wanted: ColumnElement[bool]) -> NoticeView | None:
    row = work.session.scalars(select(Notice).where(wanted)).one_or_none()
    return copied(row, NoticeView) if row is not None else None


def waiting_version(work: Work, notice_id: int) -> NoticeView:
    """A version that waits for a second person; Conflict where somebody decided meanwhile."""
    return copied(_waiting(work, notice_id), NoticeView)


def own_reading(work: Work, notice_id: int) -> datetime | None:
    """When the actor acknowledged a version; None where they did not."""
    return work.session.scalar(select(Acknowledgement.at).where(
        Acknowledgement.notice_id == notice_id, Acknowledgement.user_id == work.actor.user_id))


def waiting(work: Work) -> Select[*tuple[Any, ...]]:
    """How many versions of others wait for the actor's decision, and since when: a statement to be asked."""
    return select(func.count(), func.min(Notice.proposed_at), NO_DAY).where(
        Notice.state == PROPOSED, Notice.proposed_by != (work.actor.user_id or 0))


def body_of(row: Notice | NoticeView) -> Body:
    """What a version says."""
    return Body(row.text_zh, row.text_en, row.portraits_zh, row.portraits_en)


# ── who has read it ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the accounts within reach, how many there are and how many acknowledged the version in force."""

    accounts: int
    read: int


@dataclass(frozen=True, slots=True)
class Owing:
    """Somebody who has not acknowledged the version in force. ``staff_no`` and ``school`` where the account names a
    person in service."""

    login: str
    name: str
    staff_no: str
    school: str


def counts(work: Work) -> Counts:
    """How far the version in force was read; one statement."""
    scope = work.require(COUNT)
    total, read = work.session.execute(
        select(func.count(), func.count().filter(has_read(work.today))).select_from(User)
        .where(_reached(work, scope))).one()
    return Counts(total, read)


def owing(work: Work, *, words: str = "", offset: int = 0, limit: int = 50) -> tuple[list[Owing], int]:
    """One page of who has not acknowledged it, by login name, and how many in all; three statements."""
    found = and_(_reached(work, work.require(LIST)), in_force_on(work.today).is_not(None), ~has_read(work.today))
    if words:
        found = and_(found, or_(User.name.contains(words.casefold(), autoescape=True),
                                User.display_name.contains(words, autoescape=True)))
    total = work.session.scalar(select(func.count()).select_from(User).where(found)) or 0
    users = work.session.execute(select(User.id, User.name, User.display_name).where(found)
                                 .order_by(User.name).offset(offset).limit(limit)).all()
    posts = _posts(work, [user.id for user in users])
    return [Owing(user.name, user.display_name or user.name, *posts.get(user.id, ("", ""))) for user in users], total


def _reached(work: Work, scope: Scope) -> ColumnElement[bool]:
    """Open accounts with a role in force, within the scope: of a school, its offices and whoever serves there."""
    held = select(RoleGrant.user_id).where(in_force(work.today))
    if not scope.everyone:
        serving = select(Employment.person_id).where(in_service_on(work.today),
                                                     Employment.school_id.in_(scope.schools))
        held = held.where(or_(RoleGrant.school_id.in_(scope.schools), RoleGrant.person_id.in_(serving)))
    return and_(User.disabled_at.is_(None), User.id.in_(held))


def _posts(work: Work, accounts: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    """Account → staff number and school of today, where it names a person in service."""
    rows = work.session.execute(
        select(RoleGrant.user_id, Person.staff_no, school_name_on(work.today))
        .join(Person, Person.id == RoleGrant.person_id).join(Employment, Employment.person_id == Person.id)
        .join(School, School.id == Employment.school_id)
        .where(RoleGrant.user_id.in_(accounts), in_force(work.today), in_service_on(work.today)))
    return {user_id: (staff_no, school) for user_id, staff_no, school in rows}


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────


def ship(work: Work, bureau: str) -> Notice | None:
    """Put the shipped text in force as the first version, where there is none at all; what was written, if anything."""
    work.require(SHIP)
    if work.session.scalar(select(Notice.id).limit(1)) is not None:
        return None
    row = Notice(effective_on=work.today, is_shipped=True, proposed_at=work.now, proposed_by_name=work.actor.signature,
                 state=APPROVED, number=1, approved_at=work.now, approved_by_name=work.actor.signature,
                 **asdict(shipped(work, bureau)))
    row.digest = body_of(row).digest(1, row.effective_on, "")
    work.session.add(row)
    work.session.flush()
    work.record(SHIP, "notice", 1, digest=row.digest)
    return row


def propose(work: Work, *, effective_on: date, document: str, body: Body) -> Notice:
    """Lay a version before a second person. Raises ``RuleViolation``; ``Conflict`` while another one waits."""
    work.require(PROPOSE)
    wanted = Wanted(effective_on, document, asdict(body))
    _judge(work, wanted)
    row = Notice(effective_on=effective_on, document=document.strip(), proposed_by=work.actor.user_id,
                 proposed_by_name=work.actor.signature, proposed_at=work.now, **asdict(body))
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError as error:
        raise Conflict("notice_open") from error
    work.record(PROPOSE, "notice", f"proposal {row.id}", effective_on=effective_on, document=row.document)
    return row


def approve(work: Work, *, notice_id: int) -> int:
    """Publish a proposed version: the second person's act; its number. From its day on everybody is asked to read it.
    """
    work.require(APPROVE)
    row = _waiting(work, notice_id)
    _judge_second(work, row)
    _judge(work, Wanted(row.effective_on, row.document, asdict(body_of(row))))
    number = (work.session.scalar(select(func.max(Notice.number))) or 0) + 1
    digest = body_of(row).digest(number, row.effective_on, row.document)
    _turn(work, row, state=APPROVED, number=number, digest=digest, approved_by=work.actor.user_id,
          approved_by_name=work.actor.signature, approved_at=work.now)
    work.record(APPROVE, "notice", number, effective_on=row.effective_on, document=row.document, digest=digest)
    return number


def reject(work: Work, *, notice_id: int) -> None:
    """Turn a proposed version down: also the second person's act."""
    work.require(APPROVE)
    row = _waiting(work, notice_id)
    _judge_second(work, row)
    _turn(work, row, state=REJECTED)
    work.record("notice:reject", "notice", f"proposal {row.id}")


def withdraw(work: Work, *, notice_id: int) -> None:
    """Take one's own proposal back before anybody decided."""
    work.require(PROPOSE)
    row = _waiting(work, notice_id)
    if row.proposed_by != work.actor.user_id:
        raise RuleViolation(Finding("notice.not_yours"))
    _turn(work, row, state=REJECTED)
    work.record("notice:withdraw", "notice", f"proposal {row.id}")


def _waiting(work: Work, notice_id: int) -> Notice:
    row = work.session.get(Notice, notice_id)
    if row is None:
        raise NotFound("notice", notice_id)
    if row.state != PROPOSED:
        raise Conflict("notice")
    return row


def _judge(work: Work, wanted: Wanted) -> None:
    latest = next(iter(versions(work)), None)
    known = Wanted(latest.effective_on, latest.document, asdict(body_of(latest))) if latest is not None else None
    findings = judge(wanted, known, work.today)
    if findings:
        raise RuleViolation(findings)


def _judge_second(work: Work, row: Notice) -> None:
    """The second person is a named account of another person than the one who proposed."""
    mine = person_behind(work.session, work.actor.user_id)
    same = mine is not None and mine == person_behind(work.session, row.proposed_by)
    if work.actor.user_id is None or work.actor.user_id == row.proposed_by or same:
        raise RuleViolation(Finding("notice.same_person"))


def _turn(work: Work, row: Notice, **values: Any) -> None:
    """Compare-and-set: of two people who decide at once the second is told."""
    changed = work.session.execute(
        update(Notice).where(Notice.id == row.id, Notice.state == PROPOSED).values(**values)
        .execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("notice")


# ── everybody ────────────────────────────────────────────────────────────────────────────────────────────────


def acknowledge(work: Work, *, digest: str) -> None:
    """Keep that the actor read the version in force; ``digest`` says which one they saw. Done twice it is done once.

    Raises ``Conflict`` when another version came into force meanwhile.
    """
    row = current(work)
    if row is None or row.digest != digest or work.actor.user_id is None:
        raise Conflict("notice_changed")
    if own_reading(work, row.id) is not None:
        return
    assert row.number is not None  # a version in force is approved
    try:
        with work.session.begin_nested():
            work.session.add(Acknowledgement(notice_id=row.id, user_id=work.actor.user_id, number=row.number,
                                             digest=row.digest, at=work.now))
    except IntegrityError:  # the other of two clicks came first
        return
    work.record("notice:acknowledge", "notice", row.number, digest=row.digest)
