"""Workbooks handed in by another system: staged, previewed in the background, accepted as seen, undone."""

import io
from datetime import date
from hashlib import sha256
from typing import Annotated, Any

from flask import request
from pydantic import BaseModel, Field
from spectree import Response as Answers

from talent.api.door import Parameters, once, operations, spec
from talent.core.errors import Finding, RuleViolation
from talent.core.work import Work
from talent.exchange import queries, staging
from talent.exchange.queries import BatchDetail
from talent.exchange.staging import Upload
from talent.exchange.undo import undo as take_back
from talent.web.security import open_read, permission, program
from talent.words.say import say
from talent.workbooks.issues import Issue

IMPORTS = ["imports"]
BATCH = f"<int(max={2**31 - 1}):batch_id>"


class Handed(Parameters):
    """``name`` is what the file is called, with its ending; ``as_of`` opens dated periods."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    as_of: date | None = None
    encoding: Annotated[str, Field(max_length=20)] = ""


class Staged(BaseModel):
    """Ask for the import by this number: it is ``ready`` once its preview has been made."""

    batch: int


@operations.post("/imports")
@permission("record:import")
@spec.validate(resp=Answers(HTTP_202=Staged), tags=IMPORTS)
def hand_in(query: Handed) -> tuple[Staged, int]:
    """Hand in one workbook as the body of the request. Nothing is saved before it is accepted."""
    body = request.get_data(cache=False)
    if not body:
        raise RuleViolation(Finding("import.no_file", params={"field": "body"}))

    def act(work: Work) -> dict[str, int]:
        upload = Upload(query.name, io.BytesIO(body))
        return {"batch": staging.stage(work, program().settings.home, [upload], query.as_of, query.encoding).id}

    return Staged(**once(act, query.model_dump_json(), sha256(body).digest())), 202


class Remark(BaseModel):
    """An error or a warning, in words, with where it is."""

    level: str
    file: str
    sheet: str
    cell: str
    column: str
    value: str
    reason: str
    hint: str


class ImportState(BaseModel):
    """What an import would change, or what became of it. ``token`` is what accepting it must bring back."""

    batch: int
    state: str
    ready: bool
    sheets: list[dict[str, Any]]
    errors: int
    warnings: int
    issues: list[Remark]
    token: str | None


@operations.get(f"/imports/{BATCH}")
@permission("import:read")
@spec.validate(resp=Answers(HTTP_200=ImportState), tags=IMPORTS)
def state(batch_id: int) -> ImportState:
    """What an import would change, with every remark; or what became of it."""
    with open_read() as work:
        detail = queries.batch(work.session, work.actor, batch_id)
        return _state(detail, _token(work, detail))


def _token(work: Work, detail: BatchDetail) -> str | None:
    if detail.preview is None or not detail.row.mine or detail.row.state != "staged" or _is_under_way(detail):
        return None
    return staging.token_for(work, detail.row.id, detail.preview.digest)


def _is_under_way(detail: BatchDetail) -> bool:
    return detail.job is not None and detail.job.waits


def _state(detail: BatchDetail, token: str | None) -> ImportState:
    seen = detail.preview
    return ImportState(
        batch=detail.row.id, state=detail.row.state, ready=not _is_under_way(detail), token=token,
        sheets=seen.sheets if seen is not None else [], errors=seen.errors if seen is not None else 0,
        warnings=seen.warnings if seen is not None else 0, issues=[_remark(issue) for issue in detail.issues])


def _remark(issue: Issue) -> Remark:
    reason, hint = say(issue)
    return Remark(level=issue.level, file=issue.file, sheet=issue.sheet, cell=issue.cell or "",
                  column=issue.column or "", value=str(issue.value or ""), reason=reason, hint=hint)


class Accepted(Parameters):
    """``confirmed``: "warnings" and "encoding", where the preview has them and a person has read them."""

    token: Annotated[str, Field(max_length=200)]
    good_rows_only: bool = False
    confirmed: tuple[str, ...] = ()


@operations.post(f"/imports/{BATCH}/accept")
@permission("record:import")
@spec.validate(resp=Answers(HTTP_202=Staged), tags=IMPORTS)
def accept(batch_id: int, json: Accepted) -> tuple[Staged, int]:
    """Have the import written as it was previewed."""
    confirmed = frozenset(json.confirmed) & staging.CONFIRMATIONS

    def act(work: Work) -> dict[str, int]:
        staging.accept(work, batch_id, json.token, json.good_rows_only, confirmed)
        return {"batch": batch_id}

    return Staged(**once(act, json.model_dump_json())), 202


class Undone(BaseModel):
    """Rows back to their old values, rows removed, rows kept because somebody touched them since."""

    batch: int
    restored: int
    removed: int
    kept: int


@operations.post(f"/imports/{BATCH}/undo")
@permission("record:undo")
@spec.validate(resp=Answers(HTTP_200=Undone), tags=IMPORTS)
def undo(batch_id: int) -> Undone:
    """Take an accepted import back."""

    def act(work: Work) -> dict[str, int]:
        done = take_back(work, batch_id)
        return {"batch": batch_id, "restored": done.restored, "removed": done.removed, "kept": len(done.kept)}

    return Undone(**once(act))
