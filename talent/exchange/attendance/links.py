"""Asking a host by a link: made and revoked by the office, answered once by whoever holds its code, without an account.

The code has 256 bits and is kept as its hash alone. Unknown, used, revoked and expired ones are answered alike.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select, update

from talent.accounts.queries import token_hash
from talent.accounts.sessions import must_have_changed
from talent.core.access import Scope
from talent.core.errors import Finding, NotFound, RuleViolation
from talent.core.work import Work
from talent.exchange.attendance.commands import Sheet, bar_own, put, reach_of
from talent.exchange.attendance.models import HostLink
from talent.exchange.attendance.queries import ENTER, stays
from talent.exchange.attendance.rules import Said, Stay, judge_month
from talent.people.schools import spoken_for
from talent.policy.book import Book

DAYS: Final = "paired_assistance.host_link_days"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link asks: whom the host had in the month. Names and days, nothing else of theirs."""

    host: str
    month: date
    expires_on: date
    stays: Sequence[Stay]


def link_days(book: Book, on: date) -> int:
    """For how many days a link made on a day can be answered."""
    days: int = book.at(DAYS, max(on, book.first_date(DAYS))).value
    return days


def make(work: Work, *, host: str, month: date) -> str:
    """A link about the actor's people at a host in a month; its code, shown this once."""
    scope = work.require(ENTER)
    found = stays(work, host, month, spoken_for(work, scope))
    if not found:
        raise NotFound("host", host)
    bar_own(work, {each.person_id for each in found})
    wrong = judge_month(month, work.today)
    if work.actor.user_id is None:
        wrong.append(Finding("token.no_account"))
    school_id = None if scope.everyone else _asking(work, scope, {each.school_id for each in found})
    if not scope.everyone and school_id is None:
        wrong.append(Finding("attendance.several_schools"))
    if wrong:
        raise RuleViolation(wrong)
    code = secrets.token_urlsafe(32)
    link = HostLink(
        host=host, month=month, school_id=school_id, code_sha256=token_hash(code),
        expires_on=work.today + timedelta(days=link_days(work.book, work.today)), made_by=work.actor.user_id,
        made_by_name=work.actor.signature, made_at=work.now)
    work.session.add(link)
    work.session.flush()
    work.record("attendance:link", "host_link", link.id, host=host, month=f"{month:%Y-%m}",
                expires_on=link.expires_on.isoformat())
    return code


def _asking(work: Work, scope: Scope, schools: Collection[int]) -> int | None:
    """The one school of the scope that speaks for all of these; None where none does."""
    return next((own for own in sorted(scope.schools)
                 if spoken_for(work, Scope(schools=frozenset({own}))).schools.issuperset(schools)), None)


def revoke(work: Work, *, link_id: int) -> tuple[str, date]:
    """End a link before it is answered; the host and month it was about."""
    scope = spoken_for(work, work.require(ENTER))
    link = work.session.get(HostLink, link_id)
    if link is None or not (scope.everyone or link.school_id in scope.schools):
        raise NotFound("link", link_id)
    must_have_changed(work.session.execute(
        update(HostLink).where(HostLink.id == link_id, HostLink.used_at.is_(None), HostLink.revoked_at.is_(None))
        .values(revoked_at=work.now)), "link")
    work.record("attendance:revoke", "host_link", link_id, host=link.host, month=f"{link.month:%Y-%m}")
    return link.host, link.month


# ── whoever holds the code ───────────────────────────────────────────────────────────────────────────────────


def asked(work: Work, code: str) -> Asked:
    """What the holder of a code is asked. Needs no right: the code is one."""
    link = _open(work, code)
    found = stays(work, link.host, link.month, reach_of(work, link))
    if not found:
        raise RuleViolation(Finding("attendance.code", params={"field": "code"}))
    return Asked(link.host, link.month, link.expires_on, [replace(stay, staff_no="", school="") for stay in found])


def answer(work: Work, code: str, *, witness: str, note: str, said: Sequence[Said]) -> int:
    """The host's word on the month, once. The report waits for the bureau like one from a sheet."""
    link = _open(work, code)
    found = asked(work, code).stays
    must_have_changed(work.session.execute(
        update(HostLink).where(HostLink.id == link.id, HostLink.used_at.is_(None), HostLink.revoked_at.is_(None))
        .values(used_at=work.now)), "link")
    made = put(work, Sheet(link.host, link.month, witness, note), found, said, via="link", link=link)
    work.record("attendance:answer", "host_report", made, host=link.host, month=f"{link.month:%Y-%m}",
                people=len(found), absences=sum(len(each.absences) for each in said))
    return made


def _open(work: Work, code: str) -> HostLink:
    link = work.session.scalars(
        select(HostLink).where(HostLink.code_sha256 == token_hash(code), HostLink.used_at.is_(None),
                               HostLink.revoked_at.is_(None), HostLink.expires_on >= work.today)).one_or_none()
    if link is None:
        raise RuleViolation(Finding("attendance.code", params={"field": "code"}))
    return link
