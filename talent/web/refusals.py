"""Every refusal as a page: what happened, why, what to do. Commands raise; only here does it become a status."""

import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, flash, jsonify, render_template, request, session, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, Unauthorized

from talent.accounts import refused
from talent.core.access import RIGHTS
from talent.core.errors import Conflict, Finding, NotAllowed, NotFound, NotProved, RuleViolation, TooOften
from talent.core.language import in_a_row
from talent.policy.errors import NotInForce
from talent.web.navigation import role_names
from talent.web.security import current_visit, is_own_path, is_script, program, to_proof
from talent.words.say import all_words, say

log = logging.getLogger("talent.web")

#: Statuses with a page of their own in templates/errors; the others share refusal.html.
OWN_PAGE = frozenset({403, 404, 409, 413, 429, 500, 503})
RETRY_SECONDS = 10
#: The database is locked, full or away.
UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout)

Answer = tuple[Any, int] | tuple[Any, int, Mapping[str, str]]


def worded(finding: Finding) -> tuple[str, str]:
    """A finding as whole sentences, as pages show them."""
    reason, hint = say(finding)
    return _sentence(reason), _sentence(hint)


def _sentence(text: str) -> str:
    """With its full stop, so that two of them can stand beside each other."""
    return text if not text or text[-1] in "。.；;？?" else text + gettext("。")


def _page(
    status: int, title: str, reason: str, hint: str = "", actions: Sequence[Mapping[str, str]] = (),
    findings: Sequence[Finding] = (),
) -> Answer:
    """The refusal as a page, or as problem+json for a script: the same words, with the codes beside them."""
    if is_script():
        return _problem(status, title, reason, hint, findings), status
    template = f"errors/{status}.html" if status in OWN_PAGE else "errors/refusal.html"
    offered = actions or [{"label": gettext("回到首页"), "url": url_for("root"), "kind": "line"}]
    page = render_template(template, title=title, reason=reason, hint=hint, actions=offered,
                           refusal_icon="info-circle", refusal_tag=str(status))
    return page, status


def _problem(status: int, title: str, reason: str, hint: str, findings: Sequence[Finding]) -> Response:
    """RFC 9457: what happened, why, what to do, and every finding with its code."""
    body: dict[str, Any] = {"title": title, "status": status, "detail": reason, "hint": hint}
    if findings:
        body["findings"] = [
            {"code": finding.code, "clause": finding.clause, "reason": reason, "hint": hint,
             **({"field": finding.params["field"]} if "field" in finding.params else {})}
            for finding in findings for reason, hint in [worded(finding)]]
    answer = jsonify(body)
    answer.mimetype = "application/problem+json"
    return answer


def roles_with(permission: str) -> list[str]:
    """The names of the roles that hold a right."""
    return [name for role, name in role_names().items() if permission in RIGHTS[role]]


def _tell(why: str) -> None:
    """Into the program's log, for whoever watches it: the number of the account and the page, not what was sent."""
    visit = current_visit()
    account = None if visit is None else visit.actor.user_id
    log.warning("refused: %s: account %s: %s %s", why, account or "-", request.method, request.endpoint or "-")


def _keep(error: NotAllowed) -> None:
    """Into the audit, as far as the database can be written to: it may be the very thing that is full."""
    visit = current_visit()
    if visit is None:
        return
    try:
        refused.keep(program(), visit.actor, error.permission, f"{request.method} {request.url_rule}")
    except UNAVAILABLE as failed:
        log.warning("refusal not recorded: %s %s: %s", request.method, request.endpoint, type(failed).__name__)


def not_allowed(error: NotAllowed) -> Answer:
    """403, naming the roles that may; the auditor sees that somebody tried."""
    visit = current_visit()
    _keep(error)
    if visit is not None and not visit.actor.grants:
        return _page(403, gettext("您现在没有有效的角色"),
                     gettext("授权要由第二位管理员同意；调动、离岗或到期的，授权已随之结束。"),
                     gettext("请联系管理员；同意之后刷新即可。"))
    roles = gettext("、").join(roles_with(error.permission))
    reason = gettext("这件事由%(roles)s办理。", roles=roles) if roles else gettext("目前没有角色可以这样做。")
    return _page(403, gettext("您不能打开这一页"), reason, gettext("如果这是您的工作，请管理员给您的账号加上角色。"))


def not_proved(_error: NotProved) -> Any:
    """Ask who is there, then lead back to the page the act came from."""
    if is_script():
        return _page(401, gettext("请先确认是您本人"), gettext("这一步要在确认身份后 15 分钟内办理。"))
    flash(gettext("这一步要先确认是您本人；确认后请再点一次，刚才没有办理。"), "warn")
    came_from = urlsplit(request.referrer or "")
    back = f"{came_from.path}?{came_from.query}".rstrip("?")
    return to_proof(back if is_own_path(back) else "")


def too_often(error: TooOften) -> Answer:
    """429, and when to come back."""
    _tell("too often")
    page = _page(429, gettext("请慢一点"), gettext("短时间内次数太多，这一次没有办理。"),
                 gettext("请过 %(n)s 秒再试；别人不受影响。", n=error.seconds))
    return page[0], 429, {"Retry-After": str(error.seconds)}


def out_of_reach(error: NotFound) -> Answer:
    """404 for a thing that is not there or not theirs; the log cannot tell which either."""
    _tell("not there or out of reach")
    return not_found(error)


def not_found(_error: NotFound | HTTPException) -> Answer:
    """404: missing and out of sight look the same."""
    return _page(404, gettext("没有找到这一页"), gettext("它不存在，或者不在您能看到的范围内。"),
                 gettext("请核对地址，或从左边的栏目进入。"))


def conflict(error: Conflict) -> Answer:
    """409: somebody came first."""
    reason, hint = gettext("您打开之后，这里已被别人改过。"), gettext("请重新打开看现在的情况，再决定要不要改。")
    if f"conflict.{error.what}" in all_words():
        reason, hint = worded(Finding(f"conflict.{error.what}", params=error.params))
    return _page(409, gettext("没有改成"), reason, hint)


def rule_violation(error: RuleViolation) -> Answer:
    """422: a rule said no to an act that had no form to say it on."""
    said = [worded(finding) for finding in error.findings]
    return _page(422, gettext("没有办成"), in_a_row(reason for reason, _ in said),
                 in_a_row(dict.fromkeys(hint for _, hint in said)), findings=error.findings)


def refusal(error: RuleViolation, back: str) -> Answer:
    """422 with a way back, where an act has no form of its own to say it on."""
    said = [worded(finding) for finding in error.findings]
    return _page(422, gettext("没有办成"), in_a_row(reason for reason, _ in said),
                 in_a_row(dict.fromkeys(hint for _, hint in said)),
                 [{"label": gettext("返回"), "url": back, "kind": "line"}])


def not_in_force(error: NotInForce) -> Answer:
    """422: a date before the policy begins. The date is forgotten, so that the next page is of today again."""
    session.pop("on", None)
    facts = {"label": error.label, "first": error.first, "on": error.on}
    return rule_violation(RuleViolation(Finding("policy.not_in_force", params=facts)))


def too_large(_error: HTTPException) -> Answer:
    """413."""
    _tell("too large")
    return _page(413, gettext("文件太大"), gettext("这次提交超过了本站的上限，没有保存。"),
                 gettext("请拆成几个文件分次导入，或请管理员在服务器上用命令行导入。"))


def csrf_missing(_error: CSRFError) -> Answer:
    """400: the page was older than the visit, or came from elsewhere."""
    _tell("no token of this visit")
    return _page(400, gettext("这一页已经过期"), gettext("它打开得太久，或者不是从本站提交的，所以没有办理。"),
                 gettext("请返回重新打开那一页再提交。浏览器须允许本站的 Cookie。"))


def unavailable(error: Exception) -> Answer:
    """503: the database is locked, full or away. Nothing was saved, so trying again is safe."""
    cause = getattr(error, "orig", None) or error
    log.error("database unavailable: %s %s: %s", request.method, request.endpoint, cause)
    page = _page(503, gettext("现在办不了"), gettext("数据库正忙或暂时连不上，这次没有保存任何内容。"),
                 gettext("请过一会儿再试；一直如此请告诉管理员。"))
    return page[0], 503, {"Retry-After": str(RETRY_SECONDS)}


def no_key(_error: Unauthorized) -> Answer:
    """401 for a script: it brought no key, or one that opens nothing any more."""
    _tell("no key")
    page = _page(401, gettext("请先登录"), gettext("请求里没有令牌，或者令牌已过期、已作废、账号已停用。"),
                 gettext("在“我的账号 › 接口令牌”里取一个，放在 Authorization: Bearer 后面。"))
    return page[0], 401, {"WWW-Authenticate": "Bearer"}


def http_error(error: HTTPException) -> Any:
    """What routing and parsing refuse: the same plain page; redirects pass."""
    if error.code is None or error.code < 400:
        return error
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    page = _page(error.code, gettext("这次请求办不了"), gettext("地址或提交的内容不是本站能理解的。"),
                 gettext("请从页面上的按钮进入。"))
    return page[0], error.code, kept


def unexpected(error: Exception) -> Answer:
    """500: our fault. The reader gets a number, the log the trace under that number."""
    number = secrets.token_hex(4).upper()
    log.error("incident %s: %s %s", number, request.method, request.endpoint, exc_info=error)
    return _page(500, gettext("这一页出了差错"), gettext("已记下，编号 %(number)s。没有保存任何内容。", number=number),
                 gettext("请把编号告诉管理员。"))


def install(app: Flask) -> None:
    """Answer every error of this program with its page."""
    app.register_error_handler(NotAllowed, not_allowed)
    app.register_error_handler(NotProved, not_proved)
    app.register_error_handler(NotFound, out_of_reach)
    app.register_error_handler(TooOften, too_often)
    app.register_error_handler(404, not_found)
    app.register_error_handler(401, no_key)
    app.register_error_handler(Conflict, conflict)
    app.register_error_handler(RuleViolation, rule_violation)
    app.register_error_handler(NotInForce, not_in_force)
    app.register_error_handler(413, too_large)
    app.register_error_handler(CSRFError, csrf_missing)
    for unavailable_kind in UNAVAILABLE:
        app.register_error_handler(unavailable_kind, unavailable)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected)
