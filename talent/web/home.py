"""待办: what waits for whoever is signed in, and nothing else."""

from collections import Counter

from flask import Blueprint, render_template, request
from flask_babel import gettext

from talent.web import inbox, kit, todo
from talent.web.links import link_to
from talent.web.security import current_actor, open_read, signed_in

pages = Blueprint("home", __name__, url_prefix="/home")


def group_names() -> dict[str, str]:
    """Code → name of the families things belong to."""
    return {
        "imports": gettext("导入"), "people": gettext("教师"), "tiers": gettext("梯队"), "pay": gettext("帮扶支教"),
        "training": gettext("研修"), "policy": gettext("政策参数"), "admin": gettext("账号"),
        "portraits": gettext("画像"), "privacy": gettext("个人信息"), "jobs": gettext("后台任务"),
    }


@pages.get("/")
@signed_in
def index() -> str:
    """Everything that waits, by when; ``?group=`` narrows it to one family."""
    with open_read() as work:
        found, today = todo.things(todo.Look(work)), work.today
    inbox.remember(len(found))
    names, counts = group_names(), Counter(thing.group for thing in found)
    asked = request.args.get("group", "")
    asked = asked if asked in counts else ""
    shown = [thing for thing in found if asked in ("", thing.group)]
    tabs = [{"label": gettext("全部"), "url": kit.url_with(group=None), "current": not asked, "count": len(found)}]
    tabs += [{"label": names[code], "url": kit.url_with(group=code), "current": asked == code, "count": counts[code]}
             for code in names if counts[code]]
    groups = todo.grouped(shown, today)
    actor = current_actor()
    beside = {name: link_to(endpoint) if actor.may(right) else ""
              for name, endpoint, right in (("board_url", "board.index", "board:read"),
                                            ("import_url", "imports.index", "record:import"))}
    return render_template("home/index.html", **beside, tabs=tabs, groups=groups, total=len(found),
                           today=today, due=sum(1 for thing in found if thing.due is not None and thing.due <= today))
