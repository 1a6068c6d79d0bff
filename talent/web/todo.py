"""What waits for somebody, from rows only: each source asks one question and answers with the things to do.

Counts, never lists, so that the page costs the same few statements in every district.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from sqlalchemy import ColumnElement, func, or_, select, true

from talent.accounts.models import RoleGrant
from talent.achievements.models import Achievement, ContestResult
from talent.assistance.models import Assignment
from talent.core.access import Actor, Scope
from talent.core.batches import ImportBatch
from talent.core.jobs import Job
from talent.core.periods import Period
from talent.core.work import Work
from talent.people.models import School
from talent.settings import queries as settings
from talent.tiers import queries as tiers
from talent.training.models import Training
from talent.web.links import link_to

SOON = timedelta(days=90)
REMEMBERED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do. ``due`` is its last day; without one, ``since`` says how long it has waited.

    ``group`` is the family of pages it belongs to, ``url`` is "" where no page can do it yet.
    """

    what: str
    why: str
    whom: str
    group: str
    url: str = ""
    act: str = ""
    due: date | None = None
    since: date | None = None
    detail: str = ""


@dataclass(frozen=True)
class Look:
    """Whose things, and where the clock stands."""

    work: Work
    timezone: str

    @property
    def actor(self) -> Actor:
        return self.work.actor

    def day(self, moment: datetime | None) -> date | None:
        """The local day of a moment."""
        return moment.astimezone(ZoneInfo(self.timezone)).date() if moment else None


Source = Callable[[Look], Iterable[Thing]]


def things(look: Look) -> list[Thing]:
    """Everything that waits for the actor, what is due first in front."""
    found = [thing for source in SOURCES for thing in source(look)]
    return sorted(found, key=lambda thing: (thing.due or date.max, thing.since or date.max))


def grouped(found: Iterable[Thing], today: date) -> dict[str, list[Thing]]:
    """``today``: due by now, or waiting for nothing but a decision; ``week``: due by Sunday; ``later``: the rest."""
    sunday = today + timedelta(days=6 - today.weekday())
    groups: dict[str, list[Thing]] = {"today": [], "week": [], "later": []}
    for thing in found:
        if thing.due is None:
            groups["today" if thing.since else "later"].append(thing)
        else:
            groups["today" if thing.due <= today else "week" if thing.due <= sunday else "later"].append(thing)
    return groups


def imports(look: Look) -> Iterator[Thing]:
    """Workbooks handed in and not yet taken over, and those of late that were refused."""
    scope = look.actor.scope("record:import")
    if not scope:
        return
    mine = true() if scope.everyone else ImportBatch.created_by == look.actor.user_id
    rows = look.work.session.execute(
        select(ImportBatch.state, func.count(), func.min(ImportBatch.created_at))
        .where(mine, or_(ImportBatch.state == "staged",
                         (ImportBatch.state == "refused") & (ImportBatch.created_at >= look.work.now - REMEMBERED)))
        .group_by(ImportBatch.state)
    )
    for state, count, oldest in rows:
        staged = state == "staged"
        yield Thing(gettext("核对导入的表") if staged else gettext("改正没有通过的表"),
                    gettext("核对差异后收下或放弃") if staged else gettext("没有保存任何内容，错误都已标出"),
                    gettext("%(n)s 次导入", n=count), "imports", link_to("imports.index"), gettext("去核对"),
                    since=look.day(oldest))


def jobs(look: Look) -> Iterator[Thing]:
    """Work in the background that the actor asked for: under way, or failed of late."""
    if look.actor.user_id is None:
        return
    rows = look.work.session.execute(
        select(Job.state, func.count(), func.min(Job.requested_at), func.max(Job.stage))
        .where(Job.requested_by == look.actor.user_id,
               or_(Job.state.in_(("queued", "running")),
                   (Job.state == "failed") & (Job.finished_at >= look.work.now - REMEMBERED)))
        .group_by(Job.state)
    )
    for state, count, oldest, stage in rows:
        if state == "failed":
            yield Thing(gettext("看没有办成的后台任务"), gettext("没有改动任何数据，可以再办一次"),
                        gettext("%(n)s 项任务", n=count), "jobs", since=look.day(oldest))
        else:
            yield Thing(gettext("后台正在办"), stage or gettext("排队等候，可以离开"),
                        gettext("%(n)s 项任务", n=count), "jobs")


def policy(look: Look) -> Iterator[Thing]:
    """Policy values other people proposed."""
    if not look.actor.may("policy:approve"):
        return
    count, oldest = settings.waiting_for(look.work.session, look.actor.user_id)
    if count:
        yield Thing(gettext("批准政策参数"), gettext("另一位提出的值，由您批准或退回"),
                    gettext("%(n)s 项参数", n=count), "policy", link_to("policy.index"), gettext("去批准"),
                    since=look.day(oldest))


def grants(look: Look) -> Iterator[Thing]:
    """Roles another administrator proposed."""
    if not look.actor.may("account:manage"):
        return
    count, oldest = look.work.session.execute(
        select(func.count(), func.min(RoleGrant.granted_at))
        .where(RoleGrant.state == "proposed", RoleGrant.user_id != (look.actor.user_id or 0),
               or_(RoleGrant.granted_by.is_(None), RoleGrant.granted_by != (look.actor.user_id or 0)))
    ).one()
    if count:
        yield Thing(gettext("同意角色授权"), gettext("另一位管理员提出的角色，由您同意才生效"),
                    gettext("%(n)s 项授权", n=count), "admin", link_to("admin.index"), gettext("去同意"),
                    since=look.day(oldest))


def endings(look: Look) -> Iterator[Thing]:
    """Titles in force whose term runs out within the next months."""
    scope = look.actor.scope("title:read")
    if not scope or not _acts_on_titles(look.actor):
        return
    coming = Period.inclusive(look.work.today, look.work.today + SOON)
    ending, table = tiers.titles_ending(look.work.session, coming, look.work.book, scope)
    if not ending:
        return
    first = min(row.term_end for row in ending if row.term_end is not None)
    if not scope.everyone and not scope.schools:
        yield Thing(gettext("您的称号快到期了"), table.label(ending[0].title.fact.tier),
                    gettext("本人"), "tiers", link_to("people.mine"), gettext("去看"), due=first)
        return
    people = {row.holder.person_id for row in ending}
    yield Thing(gettext("称号任期届满"), gettext("90 天内到期 %(n)s 项，最早的在期限那一天", n=len(ending)),
                gettext("%(n)s 人", n=len(people)), "tiers", link_to("tiers.index", tier="ending"),
                gettext("去看"), due=first)


def _acts_on_titles(actor: Actor) -> bool:
    return actor.may("record:import") or bool(actor.scope("title:read").persons)


def appraisals(look: Look) -> Iterator[Thing]:
    """Assistance that is over and has no 考核结果 yet."""
    scope = look.actor.scope("record:import")
    if not scope:
        return
    count, schools, oldest = look.work.session.execute(
        select(func.count(), func.count(Assignment.sending_school_id.distinct()), func.min(Assignment.ended_on))
        .join(School, School.id == Assignment.sending_school_id)
        .where(Assignment.ended_on <= look.work.today, Assignment.appraisal == "", _sent_by(scope))
    ).one()
    if count:
        yield Thing(gettext("补帮扶支教考核结果"), gettext("最早的 %(day)s 结束；缺考核结果的先按暂计", day=oldest),
                    gettext("%(n)s 人次", n=count), "pay", link_to("imports.index"), gettext("去补录"),
                    detail=gettext("%(n)s 所派出学校", n=schools))


def _sent_by(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everyone else Assignment.sending_school_id.in_(scope.schools)


def returned(look: Look) -> Iterator[Thing]:
    """A teacher's own records that came back."""
    persons = look.actor.scope("person:read").persons
    if not persons:
        return
    parts = [select(func.count()).select_from(model).where(model.person_id.in_(persons), model.state == "returned")
             .scalar_subquery() for model in _RECORDS]
    total = look.work.session.scalar(select(sum(parts[1:], parts[0])))
    if total:
        yield Thing(gettext("看退回的记录"), gettext("退回的记录不计入，改正后再报"), gettext("%(n)s 条记录", n=total),
                    "people", link_to("people.mine"), gettext("去看"), since=look.work.today)


_RECORDS: tuple[Any, ...] = (Training, ContestResult, Achievement)
SOURCES: tuple[Source, ...] = (imports, jobs, policy, grants, endings, appraisals, returned)
