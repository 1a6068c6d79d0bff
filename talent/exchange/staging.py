"""Imports of the site: hand in, preview in the background, accept what was seen, discard.

Nothing but the batch is written before the accept. What a person accepts is what they saw: the token names the
files, the person and the preview, and the outcome is planned again inside the transaction that writes it.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from talent.core import files, jobs
from talent.core.access import Actor
from talent.core.batches import ImportBatch
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.files import StoredFile
from talent.core.jobs import Job
from talent.core.work import Program, Work
from talent.exchange.commands import load, plan
from talent.exchange.preview import Preview, digest_of, issues_as_json, preview_of
from talent.exchange.reading import Reading, read_files
from talent.people.models import School
from talent.workbooks.guard import SITE

PREVIEW, ACCEPT = "import.preview", "import.accept"
TOKEN_LIFE = timedelta(minutes=30)
MOST_FILES = 20
#: What a text file may be said to be written in, where the guess was wrong.
ENCODINGS = ("utf-8", "gb18030", "utf-16")
LONGEST_NAME = 120
#: What a person may have to confirm: warnings, and the encoding of a text file that was guessed.
CONFIRMATIONS = frozenset({"warnings", "encoding"})

Report = Callable[[str, int, int], None]
"""Stage code, done, total."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file handed in: what the user called it, and its bytes."""

    name: str
    stream: BinaryIO


# -- hand in -----------------------------------------------------------------------------------------------------


def stage(
    work: Work, home: Path, uploads: Sequence[Upload], as_of: date | None = None, encoding: str = ""
) -> ImportBatch:
    """Keep the files and ask for their preview.

    Raises RuleViolation: no file, too many, an encoding nobody knows, a day out of reason.
    """
    work.require("record:import")
    _check(work, uploads, as_of, encoding)
    names = _own_names([clean_name(upload.name) for upload in uploads])
    stored = [files.store(work, home, name, upload.stream) for name, upload in zip(names, uploads, strict=True)]
    batch = ImportBatch(
        state="staged", as_of=as_of, encoding=encoding, created_by=work.actor.user_id, created_at=work.now,
        files=json.dumps([{"id": row.id, "name": row.name, "sha256": row.sha256, "size": row.size} for row in stored],
                         ensure_ascii=False))
    work.session.add(batch)
    work.session.flush()
    _ask(work, batch, PREVIEW, {})
    work.record("import:stage", "import", batch.id, files=[row.name for row in stored],
                sha256=[row.sha256 for row in stored])
    return batch


def _check(work: Work, uploads: Sequence[Upload], as_of: date | None, encoding: str) -> None:
    findings = []
    if not uploads:
        findings.append(Finding("import.no_file", params={"field": "files"}))
    if len(uploads) > MOST_FILES:
        findings.append(Finding("import.too_many_files", params={"most": MOST_FILES, "field": "files"}))
    if as_of is not None and not date(1980, 1, 1) <= as_of <= work.today + timedelta(days=366):
        findings.append(Finding("import.as_of_out_of_reason", params={"as_of": as_of, "field": "as_of"}))
    if encoding and encoding not in ENCODINGS:
        findings.append(Finding("workbooks.unknown_encoding", params={"encoding": encoding[:20], "field": "encoding"}))
    if findings:
        raise RuleViolation(findings)


def clean_name(name: str) -> str:
    """What the user called a file, without folders and without characters that no list can show."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if char.isprintable()).strip()
    stem, dot, suffix = shown.rpartition(".")
    if len(shown) > LONGEST_NAME:
        shown = f"{(stem or shown)[:LONGEST_NAME]}{dot}{suffix[:5]}" if dot else shown[:LONGEST_NAME]
    return shown or "无名文件"


def _own_names(names: Sequence[str]) -> list[str]:
    """Two files of one name are told apart, since remarks name the file they are about."""
    seen: dict[str, int] = {}
    told: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{seen[name]}-{name}")
    return told


def _ask(work: Work, batch: ImportBatch, kind: str, payload: Mapping[str, Any]) -> Job:
    """Enqueue a job for the batch, which remembers it as its latest."""
    job = jobs.enqueue(work, kind, {"batch": batch.id, **payload})
    batch.summary = json.dumps({**json.loads(batch.summary or "{}"), "job": job.id}, ensure_ascii=False)
    return job


# -- the batch in hand -------------------------------------------------------------------------------------------


def _own_staged(work: Work, batch_id: int) -> ImportBatch:
    """The actor's own staged batch, held for this transaction; nobody else decides on it."""
    work.require("record:import")
    batch = work.session.scalars(select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()).one_or_none()
    if batch is None or batch.created_by != work.actor.user_id:
        raise NotFound("import", batch_id)
    if batch.state not in ("staged", "refused"):
        raise Conflict("import.not_staged", state=batch.state)
    return batch


def _no_job_under_way(work: Work, batch: ImportBatch) -> None:
    job = work.session.get(Job, json.loads(batch.summary).get("job"))
    if job is not None and job.state in ("queued", "running"):
        raise Conflict("import.under_way")


def preview_again(work: Work, batch_id: int, encoding: str = "") -> Job:
    """Ask for a fresh preview of the same files, perhaps decoded otherwise."""
    batch = _own_staged(work, batch_id)
    _no_job_under_way(work, batch)
    if encoding and encoding not in ENCODINGS:
        raise RuleViolation(Finding("workbooks.unknown_encoding", params={"encoding": encoding[:20]}))
    batch.encoding = encoding or batch.encoding
    batch.state, batch.summary, batch.issues = "staged", "{}", "[]"
    return _ask(work, batch, PREVIEW, {})


def discard(work: Work, batch_id: int) -> list[str]:
    """Give a staged batch up. Answers the names its files are stored under, to remove once this is committed."""
    batch = _own_staged(work, batch_id)
    _no_job_under_way(work, batch)
    batch.state, batch.summary, batch.issues = "discarded", "{}", "[]"
    work.record("import:discard", "import", batch.id)
    ids = [file["id"] for file in json.loads(batch.files)]
    return list(work.session.scalars(select(StoredFile.stored_as).where(StoredFile.id.in_(ids))))


def remove_files(home: Path, stored: Sequence[str]) -> None:
    """Delete the bytes of discarded uploads."""
    for name in stored:
        (files.folder(home) / name).unlink(missing_ok=True)


# -- the token ---------------------------------------------------------------------------------------------------


def token_for(work: Work, batch_id: int, digest: str) -> str:
    """What the accept must bring back: good for these files, this person and this preview, for 30 minutes."""
    until = int((work.now + TOKEN_LIFE).timestamp())
    return f"{until}.{_sealed(work, work.session.get_one(ImportBatch, batch_id), digest, until)}"


def _sealed(work: Work, batch: ImportBatch, digest: str, until: int) -> str:
    hashes = [file["sha256"] for file in json.loads(batch.files)]
    return work.vault.index(json.dumps(["import-token", batch.id, hashes, work.actor.user_id, digest, until]))


def _check_token(work: Work, batch: ImportBatch, digest: str, token: str) -> None:
    written, _dot, sealed = token.partition(".")
    until = int(written) if written.isascii() and written.isdigit() and len(written) < 12 else 0
    if not hmac.compare_digest(sealed.encode(), _sealed(work, batch, digest, until).encode()):
        raise Conflict("import.token_strange")
    if datetime.fromtimestamp(until, work.now.tzinfo) < work.now:
        raise Conflict("import.token_over")


# -- accept ------------------------------------------------------------------------------------------------------


def accept(
    work: Work, batch_id: int, token: str, good_rows_only: bool = False, confirmed: frozenset[str] = CONFIRMATIONS
) -> Job:
    """Ask for the batch to be written as previewed.

    ``confirmed``: which of :data:`CONFIRMATIONS` the person ticked. Raises Conflict for a token of somebody else, of
    another preview or too old, and for a batch already decided; RuleViolation for errors and for missing ticks.
    """
    batch = _own_staged(work, batch_id)
    _no_job_under_way(work, batch)
    seen = preview_kept(batch)
    if seen is None:
        raise Conflict("import.no_preview")
    _check_token(work, batch, seen.digest, token)
    findings = list(_missing(seen, good_rows_only, confirmed))
    if findings:
        raise RuleViolation(findings)
    return _ask(work, batch, ACCEPT, {"digest": seen.digest, "good_rows_only": good_rows_only})


def _missing(seen: Preview, good_rows_only: bool, confirmed: frozenset[str]) -> list[Finding]:
    findings = []
    if not seen.acceptable:
        findings.append(Finding("import.nothing_to_accept"))
    elif seen.errors and not good_rows_only:
        findings.append(Finding("import.has_errors", params={"rows": seen.bad_rows}))
    if seen.warnings and "warnings" not in confirmed:
        findings.append(Finding("import.warnings_unread", params={"count": seen.warnings, "field": "warnings"}))
    if seen.guessed and "encoding" not in confirmed:
        findings.append(Finding("import.encoding_unconfirmed", params={"field": "encoding"}))
    return findings


def preview_kept(batch: ImportBatch) -> Preview | None:
    """The preview a batch carries, once there is one. Of files loaded at once, by the terminal, the sheets alone."""
    kept = json.loads(batch.summary or "{}")
    if isinstance(kept, dict):
        return Preview.from_dict(kept["preview"]) if "preview" in kept else None
    return Preview.of_sheets(kept) if batch.source == "file" else None


# -- in the background -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Held:
    """What a background step needs to know of its batch."""

    state: str
    as_of: date | None
    reading: Reading


def read_batch(program: Program, actor: Actor, batch_id: int, report: Report) -> _Held:
    """Read the files of a batch; no transaction is open meanwhile."""
    report("import.reading", 0, 3)
    with program.read(actor) as work:
        batch = work.session.get(ImportBatch, batch_id)
        if batch is None:
            raise NotFound("import", batch_id)
        state, as_of, encoding, listed = batch.state, batch.as_of, batch.encoding, json.loads(batch.files)
        stored = {row.id: row.stored_as for row in work.session.scalars(
            select(StoredFile).where(StoredFile.id.in_([file["id"] for file in listed])))}
    if state not in ("staged", "refused"):
        return _Held(state, as_of, Reading())
    home, names = program.settings.home, [file["name"] for file in listed]
    if not all(file["id"] in stored and (files.folder(home) / stored[file["id"]]).is_file() for file in listed):
        raise Conflict("import.files_gone")
    with ExitStack() as opened:
        paths = [opened.enter_context(files.readable(home, program.vault, stored[file["id"]])) for file in listed]
        return _Held(state, as_of, read_files(paths, SITE, encoding=encoding or None, names=names))


def run_preview(program: Program, actor: Actor, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Plan a staged batch outside any write transaction and keep what was found with it."""
    batch_id = payload["batch"]
    held = read_batch(program, actor, batch_id, report)
    if held.state not in ("staged", "refused"):
        return {"batch": batch_id}
    _keep_fresh_preview(program, actor, batch_id, held, report)
    return {"batch": batch_id}


def _keep_fresh_preview(program: Program, actor: Actor, batch_id: int, held: _Held, report: Report) -> None:
    report("import.planning", 1, 3)
    with program.read(actor) as work:
        outcome = plan(work, held.reading, held.as_of)
        found = preview_of(outcome, _school_labels(work))
    issues = issues_as_json(outcome.issues)
    report("import.keeping", 2, 3)
    with program.begin(actor) as work:
        batch = _own_staged(work, batch_id)
        kept = json.loads(batch.summary)
        batch.summary = json.dumps({"job": kept.get("job"), "preview": found.as_dict()}, ensure_ascii=False)
        batch.issues = issues
        batch.state = "refused" if found.errors and not found.acceptable else "staged"


def _school_labels(work: Work) -> dict[int, str]:
    schools = work.session.execute(select(School.id, School.code, School.name))
    return {id_: f"{code} {name}" for id_, code, name in schools}


def run_accept(program: Program, actor: Actor, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Plan again and write, in one transaction, if the outcome is still the one that was accepted.

    Raises Conflict ``import.changed_since_preview`` after keeping the new preview for another look.
    """
    batch_id = payload["batch"]
    held = read_batch(program, actor, batch_id, report)
    if held.state == "accepted":  # the worker before this one wrote it and died before saying so
        return {"batch": batch_id}
    report("import.writing", 2, 3)
    try:
        with program.begin(actor) as work:
            _write(work, batch_id, held, payload)
    except Conflict as conflict:
        if conflict.what not in ("import.changed_since_preview", "import.row_changed"):
            raise
        _keep_fresh_preview(program, actor, batch_id, held, report)
        raise Conflict("import.changed_since_preview") from conflict
    return {"batch": batch_id}


def _write(work: Work, batch_id: int, held: _Held, payload: Mapping[str, Any]) -> None:
    batch = _own_staged(work, batch_id)
    seen = batch.summary
    outcome = load(work, held.reading, as_of=held.as_of, good_rows_only=payload["good_rows_only"], batch=batch)
    if outcome.batch_id is None or digest_of(outcome) != payload["digest"]:
        raise Conflict("import.changed_since_preview")
    batch.summary = seen  # the whole preview stays readable, not only its totals
