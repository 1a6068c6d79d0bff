"""What waits at the desk: workbooks handed in, work in the background, and what a second person must agree to."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from flask_babel import gettext

from talent.accounts import queries as accounts
from talent.core import jobs
from talent.core.errors import Finding
from talent.core.together import ask
from talent.exchange import queries as imports
from talent.portraits import objections
from talent.privacy import notices, retention, reveal
from talent.settings import queries as settings
from talent.web.links import link_to
from talent.web.todo.things import Look, Thing
from talent.words.say import say

REMEMBERED = timedelta(days=7)


def desk(look: Look) -> Iterator[Thing]:
    """Workbooks handed in and not yet taken over, work in the background, and what of both failed of late; asked in
    one statement."""
    since = look.work.now - REMEMBERED
    parts = {"import": imports.waiting(look.actor, since), "job": jobs.waiting(look.actor.user_id, since)}
    asked = {what: part for what, part in parts.items() if part is not None}
    for state, count, oldest, stage, what in ask(look.work.session, asked):
        yield _import_thing(look, state, count, oldest) if what == "import" else _job_thing(
            look, state, count, oldest, stage)


def _import_thing(look: Look, state: str, count: int, oldest: datetime) -> Thing:
    staged = state == "staged"
    return Thing(gettext("核对导入的表") if staged else gettext("改正没有通过的表"),
                 gettext("核对差异后收下或放弃") if staged else gettext("没有保存任何内容，错误都已标出"),
                 gettext("%(n)s 次导入", n=count), "imports", link_to("imports.index", state=state), gettext("去核对"),
                 since=look.day(oldest))


def _job_thing(look: Look, state: str, count: int, oldest: datetime, stage: str) -> Thing:
    if state == "failed":
        return Thing(gettext("看没有办成的后台任务"), gettext("没有改动任何数据，可以再办一次"),
                     gettext("%(n)s 项任务", n=count), "jobs", since=look.day(oldest))
    doing = say(Finding(stage))[0] if stage else gettext("排队等候，可以离开")
    return Thing(gettext("后台正在办"), doing, gettext("%(n)s 项任务", n=count), "jobs")


def decisions(look: Look) -> Iterator[Thing]:
    """What other people proposed or objected to and a person decides; asked in one statement."""
    asked = {"policy": ("policy:approve", settings.waiting(look.actor.user_id)),
             "objection": (objections.ANSWER, objections.waiting()),
             "erasure": (retention.APPROVE, retention.waiting(look.work)),
             "notice": (notices.APPROVE, notices.waiting(look.work))}
    allowed = {what: part for what, (right, part) in asked.items() if look.actor.may(right)}
    for count, oldest, due, what in ask(look.work.session, allowed):
        if count:
            yield _decision(look, what, count, oldest, due)


def _decision(look: Look, what: str, count: int, oldest: datetime, due: date | None) -> Thing:
    since = look.day(oldest)
    if what == "objection":
        return Thing(gettext("答复对画像的异议"), gettext("复核后支持或不支持，都写明理由"),
                     gettext("%(n)s 份异议", n=count), "portraits", link_to("objections.index"), gettext("去答复"),
                     due=due)
    if what == "policy":
        return Thing(gettext("批准政策参数"), gettext("另一位提出的值，由您批准或退回"),
                     gettext("%(n)s 项参数", n=count), "policy", link_to("policy.index"), gettext("去批准"),
                     since=since)
    if what == "notice":
        return Thing(gettext("批准新的告知书"), gettext("另一位提出的一版，读过再批准或退回"), gettext("一版"),
                     "privacy", link_to("privacy.notice"), gettext("去看"), since=since)
    return Thing(gettext("批准到期清理"), gettext("另一位提出的，由您批准或退回"),
                 gettext("%(n)s 次", n=count), "privacy", link_to("privacy.retention"), gettext("去批准"), since=since)


def grants(look: Look) -> Iterator[Thing]:
    """Roles another administrator proposed."""
    if not look.actor.may("account:manage"):
        return
    count, oldest = accounts.grants_to_decide(look.work)
    if count:
        yield Thing(gettext("同意角色授权"), gettext("另一位管理员提出的角色，由您同意才生效"),
                    gettext("%(n)s 项授权", n=count), "admin", link_to("admin.index"), gettext("去同意"),
                    since=look.day(oldest))


def reveals(look: Look) -> Iterator[Thing]:
    """Somebody looked at many whole numbers within an hour: for who reads the audit, and who can close an account."""
    reads = look.actor.may("audit:read")
    if not reads and not look.actor.may("account:manage"):
        return
    count, first = reveal.alarms_since(look.work, look.work.now - REMEMBERED)
    if count:
        url = link_to("audit.index", action=reveal.ALARM) if reads else link_to("admin.index")
        yield Thing(gettext("查问多次查看完整号码的人"), gettext("一小时内看的号码超过提醒线；理由在审计里"),
                    gettext("%(n)s 次", n=count), "admin", url, gettext("去看"), since=look.day(first))
