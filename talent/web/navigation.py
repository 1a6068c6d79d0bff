"""The rail at the left and the way home, from one table: an entry is shown to those who may, once its page exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from flask import current_app, g, request, session, url_for
from flask_babel import LazyString, gettext, lazy_gettext

from talent.accounts.queries import Visit
from talent.core.access import ROLES, Actor
from talent.core.language import LANGUAGES, translated
from talent.core.terms import ROLE_NAME, chinese
from talent.web import inbox, kit
from talent.web.security import BEFORE_NOTICE, current_visit, program

MOST_ENTRIES = 8
INBOX = "home.index"
#: Families that stand under another one's entry.
UNDER = {"nominations": "pay", "attendance": "pay", "assistance": "pay", "schools": "people", "people_acts": "people",
         "school_acts": "people", "objections": "portraits"}
#: Families that tell of now only, or of a year of their own.
UNDATED = frozenset({"login", "admin", "home", "imports", "jobs", "pay", "people_acts", "school_acts", "audit",
                     "proof", "privacy", "corrections", "nominations", "attendance", "objections",
                     "host"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go. ``who``: ``others`` needs the right over more than oneself, ``self`` over one's own person."""

    label: LazyString
    endpoint: str
    icon: str
    permission: str = ""
    who: Literal["others", "self"] = "others"


ENTRIES = (
    Entry(lazy_gettext("待办"), INBOX, "check2-square"),
    Entry(lazy_gettext("我的档案"), "people.mine", "person-vcard", "person:read", "self"),
    Entry(lazy_gettext("我的申请"), "corrections.mine", "flag", "proposal:write", "self"),
    Entry(lazy_gettext("教师"), "people.index", "people", "person:list"),
    Entry(lazy_gettext("研修"), "training.index", "mortarboard", "hours:read"),
    Entry(lazy_gettext("竞赛与成果"), "achievements.index", "trophy", "record:read"),
    Entry(lazy_gettext("梯队"), "tiers.index", "bar-chart-steps", "title:read"),
    Entry(lazy_gettext("帮扶支教"), "pay.index", "signpost-split", "pay:read"),
    Entry(lazy_gettext("我的激励金"), "pay.mine", "signpost-split", "pay:read", "self"),
    Entry(lazy_gettext("画像"), "portraits.index", "pentagon", "portrait:read"),
    Entry(lazy_gettext("我的画像"), "portraits.mine", "pentagon", "portrait:read", "self"),
    Entry(lazy_gettext("监测"), "indicators.index", "speedometer2", "indicator:read"),
    Entry(lazy_gettext("看板"), "board.index", "bar-chart-line", "board:read"),
    Entry(lazy_gettext("更正申请"), "corrections.index", "flag", "proposal:read"),
    Entry(lazy_gettext("账号"), "admin.index", "person-gear", "account:list"),
    Entry(lazy_gettext("审计记录"), "audit.index", "shield-check", "audit:read"),
    Entry(lazy_gettext("导入"), "imports.index", "file-earmark-arrow-up", "record:import"),
    Entry(lazy_gettext("政策参数"), "policy.index", "sliders", "policy:read"),
    Entry(lazy_gettext("个人信息"), "privacy.index", "shield-lock"),
)


def _is_for(entry: Entry, actor: Actor) -> bool:
    if not entry.permission:
        return True
    scope = actor.scope(entry.permission)
    return bool(scope.persons) if entry.who == "self" else scope.everyone or bool(scope.schools)


def entries_for(actor: Actor) -> Iterator[Entry]:
    """What the actor may open, in the order of the table."""
    return (entry for entry in ENTRIES if entry.endpoint in current_app.view_functions and _is_for(entry, actor))


def home_url(actor: Actor) -> str:
    """The first page that is the actor's, or their account when no role is in force yet."""
    return next((url_for(entry.endpoint) for entry in entries_for(actor)), url_for("login.account"))


def role_names() -> dict[str, str]:
    """Code → name of every role an account can hold, in the reader's language."""
    return {role: translated(chinese(ROLE_NAME, role)) for role in ROLES}


def _place(actor: Actor, schools: tuple[str, ...]) -> str:
    names = role_names()
    return " · ".join([*schools, *(names[role] for role in actor.roles)])


def _search_url(actor: Actor) -> str:
    people = next((entry for entry in entries_for(actor) if entry.endpoint == "people.index"), None)
    return url_for(people.endpoint) if people else ""


def languages() -> list[kit.Language]:
    """The languages of the site, each leading to the page at hand."""
    now = session.get("lang", "zh")
    return [kit.Language(code, label, kit.url_with(lang=code), code == now) for code, label in LANGUAGES.items()]


def _offered(visit: Visit) -> tuple[Entry, ...]:
    """Nothing before an own password; before the notice is read, what may be read until then."""
    if visit.must_change and not visit.by_provider:
        return ()
    return tuple(entry for entry in entries_for(visit.actor)
                 if not visit.owes_notice or entry.endpoint in BEFORE_NOTICE)


def frame() -> kit.Frame:
    """What ``base.html`` shows around this page."""
    visit, bureau = current_visit(), program().settings.bureau
    if visit is None:
        return kit.Frame(bureau, languages=languages())
    actor, here, counted = visit.actor, request.blueprint, inbox.counted()
    offered = _offered(visit)
    shown, more = offered[:MOST_ENTRIES], offered[MOST_ENTRIES:]
    return kit.Frame(
        bureau,
        actor_name=visit.actor.signature,
        actor_place=_place(actor, visit.school_names),
        nav=[_item(entry, here, shown, counted.number if counted else 0) for entry in shown],
        more=[_item(entry, here, more, 0) for entry in more],
        inbox=counted.number if counted else 0,
        inbox_at=counted.at if counted else "",
        inbox_url=url_for(INBOX) if INBOX in current_app.view_functions and not visit.owes_notice else "",
        as_of=None if here in UNDATED else kit.as_of(program().today),
        search_url="" if visit.owes_notice else _search_url(actor),
        search_hint=gettext("姓名、拼音或工号"),
        account_url=url_for("login.account"),
        logout_url=url_for("login.leave"),
        languages=languages(),
    )


def _item(entry: Entry, here: str | None, shown: tuple[Entry, ...], waiting: int) -> kit.NavItem:
    return kit.NavItem(str(entry.label), url_for(entry.endpoint), entry.icon, _is_here(entry, here, shown),
                       waiting if entry.endpoint == INBOX else 0)


def _is_here(entry: Entry, blueprint: str | None, shown: tuple[Entry, ...]) -> bool:
    """The page itself, the entry a page says it belongs to, or the only entry of its family this reader has."""
    if "nav_entry" in g:
        return bool(entry.endpoint == g.nav_entry)
    if entry.endpoint == request.endpoint:
        return True
    above = UNDER.get(blueprint or "", blueprint)
    family = [other for other in shown if other.endpoint.split(".")[0] == above]
    return len(family) == 1 and family[0] is entry
