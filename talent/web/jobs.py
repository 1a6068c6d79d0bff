"""How far a piece of background work is, for the person who asked for it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, url_for

from talent.core.errors import Finding
from talent.core.jobs import JobView, own_job
from talent.exchange import staging
from talent.portraits.models import BUILD
from talent.reports import commands as reports
from talent.web.security import open_read, signed_in
from talent.words.say import say

pages = Blueprint("jobs", __name__, url_prefix="/jobs")


def _import_page(payload: Mapping[str, Any]) -> str:
    return url_for("imports.batch", batch_id=payload["batch"])


#: Kind of job → where its result is seen. A family of pages with background work adds its line here.
RESULTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    staging.PREVIEW: _import_page,
    staging.ACCEPT: _import_page,
    reports.KIND: lambda payload: url_for("board.reports"),
    BUILD: lambda _payload: url_for("portraits.index"),
}


def stage_of(job: JobView) -> str:
    """What a job is at, in words."""
    return say(Finding(job.stage or "import.waiting"))[0]


@pages.get("/<number:job_id>")
@signed_in
def progress(job_id: int) -> dict[str, Any]:
    """``{stage, done, total, left, next}`` for the page that waits; ``next`` once there is something to see."""
    with open_read() as work:
        job = own_job(work, job_id)
    shown = None if job.waits else RESULTS.get(job.kind)
    return {"stage": stage_of(job), "done": job.done, "total": job.total, "left": "",
            "next": shown(job.payload) if shown else None}
