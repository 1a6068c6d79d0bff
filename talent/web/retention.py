"""到期清理: what is due to go, and the two persons it takes."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from talent.accounts.queries import person_behind
from talent.core import terms
from talent.core.work import Work
from talent.privacy import retention as runs
from talent.privacy.keeping import period_told
from talent.web import kit
from talent.web.kit.words import labels
from talent.web.privacy import pages, tabs
from talent.web.security import current_actor, open_read, open_write, permission, today
from talent.web.templating import moment

RUN = "<number:run_id>"
TONES = {"proposed": "run", "approved": "run", "rejected": "none", "done": "ok", "stale": "warn"}


@pages.get("/retention")
@permission(runs.READ)
def retention() -> str:
    """The dry run of today, what waits, and what was done."""
    actor = current_actor()
    with open_read() as work:
        planned, done = runs.preview(work, today()), runs.runs(work)
        periods = {each.kind.code: _period(work, each.kind.key) for each in planned}
        waits = next((row for row in done if row.state == "proposed"), None)
        return render_template(
            "privacy/retention.html", planned=planned, done=done, periods=periods, waits=waits,
            on=today(), kinds=labels(terms.RETENTION), states=labels(terms.RETENTION_STATE), tones=TONES, moment=moment,
            tabs=tabs("retention"), may={right for right in (runs.PROPOSE, runs.APPROVE) if actor.may(right)},
            mine=waits is not None and waits.proposed_by == actor.user_id)


def _period(work: Work, key: str) -> dict[str, Any]:
    value = work.book.at(key, work.today)
    return {"text": period_told(value.value), "basis": value.basis}


@pages.get("/retention/due/<code>")
@permission(runs.READ)
def due(code: str) -> str:
    """What is due of one class."""
    asked = kit.asked_page()
    with open_read() as work:
        rows, total = runs.listed(work, code, today(), offset=asked.offset, limit=asked.size)
    return render_template("privacy/due.html", title=labels(terms.RETENTION)[code], page=asked.page(rows, total),
                           on=today(), tabs=tabs("retention"))


@pages.post("/retention/propose")
@permission(runs.PROPOSE)
def propose() -> Response:
    """Put what is due before a second person."""
    with open_write() as work:
        runs.propose(work)
    flash(gettext("已提出，请另一位批准。"), "ok")
    return redirect(url_for(".retention"), 303)


@pages.post(f"/retention/{RUN}/approve")
@permission(runs.APPROVE)
def approve(run_id: int) -> Response:
    """Have it carried out."""
    return _decided(runs.approve, run_id, gettext("已批准，后台正在清理。"))


@pages.post(f"/retention/{RUN}/reject")
@permission(runs.APPROVE)
def reject(run_id: int) -> Response:
    """Turn it down."""
    return _decided(runs.reject, run_id, gettext("已退回，没有清理。"))


def _decided(decide: Callable[..., None], run_id: int, said: str) -> Response:
    """The second person's act, and back to where it was asked for."""
    with open_write() as work:
        decide(work, run_id=run_id, person_behind=person_behind)
    flash(said, "ok")
    return redirect(url_for(".retention"), 303)
