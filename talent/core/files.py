"""Uploaded files: kept under random names outside the web root, found by their row, known by their hash."""

import hashlib
import secrets
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant
from talent.core.work import Work

CHUNK = 1 << 20


class StoredFile(Base):
    """One upload. ``name`` is what the user called it and is only ever shown, never used as a path."""

    __tablename__ = "files"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    stored_as: Mapped[str] = mapped_column(String(64), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    owner_id: Mapped[int | None]
    stored_at: Mapped[datetime] = mapped_column(Instant)


def folder(home: Path) -> Path:
    """Where the bytes lie."""
    path = home / "files"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def store(work: Work, home: Path, name: str, stream: BinaryIO) -> StoredFile:
    """Copy ``stream`` to a random name and add its row; the bytes go again if the transaction does not commit."""
    suffix = Path(name).suffix.lower()
    stored_as = secrets.token_hex(16) + (suffix if suffix in (".xlsx", ".xls", ".csv", ".pdf") else "")
    path = folder(home) / stored_as
    work.undo.callback(path.unlink, missing_ok=True)
    digest, size = hashlib.sha256(), 0
    with open(path, "xb") as file:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    row = StoredFile(
        name=name[-255:],
        stored_as=stored_as,
        sha256=digest.hexdigest(),
        size=size,
        owner_id=work.actor.user_id,
        stored_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row
