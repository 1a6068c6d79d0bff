"""What the page of a batch says about its way: notes on the chain, what is missing, the acts this reader can do."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext, lazy_gettext

from talent.core import terms
from talent.core.access import Actor
from talent.core.errors import Finding
from talent.core.language import translated
from talent.core.work import Work
from talent.pay import aside, chain_queries, queries
from talent.pay.acts import acts_of
from talent.pay.book import answering_schools
from talent.pay.chain import OPEN
from talent.pay.chain_models import PayStep
from talent.pay.chain_queries import ChainView, StepShown
from talent.pay.models import PayBatch
from talent.people.schools import spoken_for
from talent.web.navigation import role_names
from talent.web.refusals import worded
from talent.web.templating import moment

LABELS = {"review": lazy_gettext("复核"), "approve": lazy_gettext("批准"), "lock": lazy_gettext("锁定并记账"),
          "return": lazy_gettext("退回")}
NOTHING: dict[str, Any] = {
    "chained": None, "notes": {}, "missing": [], "acts": [], "differences": [], "adjustments": [], "part_url": "",
    "may_remark": False, "state_next": "", "answer_url": False, "document": "", "aside_fen": 0,
}
#: What a batch may wait for → where it is done, and the right to do it there.
WAYS: dict[str, tuple[str, str]] = {
    "pay.no_open_period": (".period_list", "period:request"), "pay.assumed_unconfirmed": (".assume", "pay:lock"),
    "pay.unacknowledged": (".acknowledge", "pay:review"),
}


def act_name(act: str) -> str:
    """An act in the reader's language."""
    return translated(terms.chinese(terms.PAY_ACT, act))


def step_moment(step: PayStep | StepShown) -> str:
    """When an act was done, in local time; the year is the batch's."""
    return moment(step.at)[5:]


def _shared() -> dict[str, Any]:
    return {**NOTHING, "act_name": act_name, "step_moment": step_moment, "roles": role_names()}


def way(work: Work, batch: PayBatch) -> dict[str, Any]:
    """The way of a batch for those who see all of it."""
    view, actor = chain_queries.chain_view(work, batch), work.actor
    acts = [(act, str(LABELS[act]), url_for(".step", batch_id=batch.id, act=act)) for act in view.offered]
    if batch.state in OPEN and view.standing.unacknowledged and actor.may("pay:review"):
        acts.append(("acknowledge", gettext("具名知悉"), url_for(".acknowledge", batch_id=batch.id)))
    if batch.state in OPEN and view.standing.assumed and actor.may("pay:lock"):
        said = gettext("改批准文号") if view.standing.document else gettext("确认假定参数")
        acts.append(("assume", said, url_for(".assume", batch_id=batch.id)))
    differences = chain_queries.differences(work, view.acts) if batch.adjusts_id and batch.state in OPEN else []
    return {
        **_shared(), "chained": view.shown, "notes": notes(view), "acts": acts,
        "missing": wanted(view.missing, batch.id, actor),
        "document": view.acts.document, "aside_fen": view.aside_fen,
        "differences": differences, "adjustments": _adjustments(work, batch), "state_next": _next(view),
        "may_remark": batch.state in OPEN and any(map(actor.may, ("pay:review", "pay:approve", "pay:lock"))),
        "answer_url": actor.may("pay:sheet"),
    }


def school_way(work: Work, batch: PayBatch) -> dict[str, Any]:
    """What a school has to do with a batch: answer for its own lines, and for those of schools that went into it."""
    schools = spoken_for(work, work.actor.scope("pay:confirm")).schools
    if not schools or batch.state not in ("computed", "school_confirmed"):
        return _shared()
    acts = acts_of(work.session, batch)
    asked = answering_schools(work.session, acts)
    mine = sorted((key in acts.answers, code) for key, (code, _) in asked.items() if key in schools)
    return {**_shared(), "part_url": url_for(".answer", batch_id=batch.id, code=mine[0][1]) if mine else ""}


def said(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """What is missing, for the kit's list."""
    return [{"level": "warning", "text": reason, "hint": hint}
            for reason, hint in (worded(finding) for finding in findings)]


def wanted(findings: Sequence[Finding], batch_id: int, actor: Actor) -> list[dict[str, Any]]:
    """What a batch waits for, with the way there for those who can do it."""
    told = said(findings)
    for item, finding in zip(told, findings, strict=True):
        endpoint, right = WAYS.get(finding.code, ("", ""))
        if right and actor.may(right):
            here = url_for(endpoint) if endpoint == ".period_list" else url_for(endpoint, batch_id=batch_id)
            item.update(url=here, count=gettext("去办"))
    return told


def _next(view: ChainView) -> str:
    """How many schools have answered, while they are asked."""
    standing = view.standing
    if standing.state != "computed":
        return ""
    return gettext("学校确认 %(n)s / %(total)s", n=standing.schools - len(standing.waiting), total=standing.schools)


def notes(view: ChainView) -> dict[str, str]:
    """Under each state of the chain: by whom and when, or how far it is."""
    found: dict[str, str] = {}
    if view.standing.state == "computed":
        found["school_confirmed"] = _next(view)
    elif view.acts.answers:
        found["school_confirmed"] = gettext("%(n)s 所", n=len(view.acts.answers))
    for act, state in (("review", "hr_reviewed"), ("lock", "locked")):
        for step in view.acts.of(act)[-1:]:
            found[state] = f"{step.user_name} {step_moment(step)[:5]}"
    if signed := view.acts.of("approve"):
        found["approved"] = gettext("、").join(step.user_name for step in signed)
    return found


def _adjustments(work: Work, batch: PayBatch) -> list[tuple[str, str, str]]:
    """The runs that put this batch right, with the address of each and where it stands."""
    states = terms.words_of(terms.PAY_STATE)
    return [(gettext("第 %(n)s 次核算", n=each.sequence), url_for(".index", year=each.year, run=each.sequence),
             translated(states[each.state])) for each in queries.adjustments(work, batch.id)]


def aside_of(work: Work, line_id: int) -> dict[str, Any] | None:
    """Whether a line is held out, for those who may hold it or let it in again."""
    held = aside.holding_of(work, line_id)
    return None if held is None else {"held": held.is_held, "version": held.version, "by": held.by, "why": held.why}
