"""Asking for a paper of the board, and making it in the background: read, draw, typeset, keep."""

from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

from talent.core import files, jobs
from talent.core.access import Actor
from talent.core.jobs import Job
from talent.core.language import LANGUAGES, reading_in
from talent.core.work import Program, Work
from talent.reports.content import Paper, Say, board_data
from talent.reports.figures import READ, board
from talent.reports.paper import shipped_font, typeset

KIND = "reports.board"
STAGES = 3
Report = Callable[[str, int, int], None]


def ask(work: Work, *, on: date, language: str = "zh") -> Job:
    """Have the board of a day made into a paper. Raises ``NotInForce`` for a day before the policy begins."""
    work.require(READ)
    work.book.at("tiers.table", on)
    spoken = language if language in LANGUAGES else "zh"
    job = jobs.enqueue(work, KIND, {"on": on.isoformat(), "language": spoken})
    work.record("report:ask", "job", job.id, on=on.isoformat())
    return job


def run(
    program: Program, actor: Actor, payload: Mapping[str, Any], report: Report, say: Say
) -> dict[str, Any]:
    """The job: the same data give the same bytes. Repeated, it makes the paper again."""
    on = date.fromisoformat(payload["on"])
    with reading_in(payload["language"]):
        report("report.reading", 0, STAGES)
        with program.read(actor) as work:
            figures = board(work, on)
            data = board_data(figures, Paper(program.settings.bureau, on, work.today, actor.signature), say)
        report("report.drawing", 1, STAGES)
        # matplotlib takes 1.4 s to import and only papers need it
        from talent.reports.drawings import draw

        pictures = draw(figures, shipped_font())
        report("report.printing", 2, STAGES)
        pdf = typeset("board.typ", data, pictures, program.settings.font_dir)
    name = f"{data['title']} {on.isoformat()}.pdf"
    with program.begin(actor) as work:
        stored = files.store(work, program.settings.home, name, BytesIO(pdf))
        work.record("report:make", "file", stored.id, on=on.isoformat(), sha256=stored.sha256)
        return {"file": stored.id}
