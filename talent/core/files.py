"""Uploaded files: kept sealed under random names outside the web root, found by their row, known by their hash.

A roster holds everybody's ID number, so the disk and its backups hold ciphertext alone: pieces of a mebibyte, each
bound to its file and its place in it, the last one marked. To be read by a parser that wants a path, a file is opened
in memory.
"""

import hashlib
import os
import secrets
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant
from talent.core.secrets import Vault
from talent.core.work import Work

CHUNK = 1 << 20
#: How a sealed file begins; one that begins otherwise is of the time before and is read as it is.
HEAD = b"talent sealed 1\n"
_LENGTH = struct.Struct(">I")
_FRESH = ".fresh"


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

    def pieces() -> Iterator[bytes]:
        nonlocal size
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    with open(path, "xb") as file:
        _seal(file, pieces(), work.vault, stored_as)
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


def _seal(file: BinaryIO, pieces: Iterator[bytes], vault: Vault, stored_as: str) -> None:
    """Write the pieces, each with its length; an empty last one says that nothing was cut off."""
    file.write(HEAD)
    number = 0
    for number, piece in enumerate(pieces, 1):
        _write_piece(file, vault.seal_bytes(piece, _place(stored_as, number)))
    _write_piece(file, vault.seal_bytes(b"", _place(stored_as, number + 1, last=True)))


def _write_piece(file: BinaryIO, sealed: bytes) -> None:
    file.write(_LENGTH.pack(len(sealed)) + sealed)


def _place(stored_as: str, number: int, last: bool = False) -> str:
    return f"files/{stored_as}/{number}{'/last' if last else ''}"


def content(home: Path, vault: Vault, stored_as: str) -> bytes:
    """The bytes as they were handed in.

    Raises :class:`cryptography.exceptions.InvalidTag` when the file was changed, cut or exchanged.
    """
    sealed = (folder(home) / stored_as).read_bytes()
    if not sealed.startswith(HEAD):
        return sealed
    at, number, found = len(HEAD), 1, []
    while True:
        head = sealed[at : at + _LENGTH.size]
        if len(head) < _LENGTH.size:
            vault.open_bytes(b"\0" * 64, _place(stored_as, number))  # cut between two pieces: opens nowhere
        end = at + _LENGTH.size + _LENGTH.unpack(head)[0]
        last = end >= len(sealed)
        found.append(vault.open_bytes(sealed[at + _LENGTH.size : end], _place(stored_as, number, last)))
        if last:
            return b"".join(found)
        at, number = end, number + 1


@contextmanager
def readable(home: Path, vault: Vault, stored_as: str) -> Iterator[Path]:
    """A path at which the plain bytes can be read meanwhile, also by a child process; they never touch a disk."""
    with as_path(content(home, vault, stored_as), Path(stored_as).suffix) as path:
        yield path


@contextmanager
def as_path(plain: bytes, suffix: str) -> Iterator[Path]:
    """The same of bytes at hand, before they are stored."""
    with tempfile.TemporaryDirectory(prefix="talent-read-") as name:
        path = Path(name) / f"file{suffix}"
        if not hasattr(os, "memfd_create"):  # not Linux: a file of nobody else's, gone in a moment
            path.write_bytes(plain)
            yield path
            return
        memory = os.memfd_create("talent")
        try:
            with open(memory, "wb", closefd=False) as file:
                file.write(plain)
            path.symlink_to(f"/proc/{os.getpid()}/fd/{memory}")
            yield path
        finally:
            os.close(memory)


def reseal(home: Path, vault: Vault) -> int:
    """Seal every file with the key in use, also those that still lie plain; how many. Safe to repeat."""
    count = 0
    for left in folder(home).glob(f".*{_FRESH}"):  # of a run that was cut off before it took its file's place
        left.unlink()
    for path in sorted(folder(home).iterdir()):
        plain, fresh = content(home, vault, path.name), path.with_name(f".{path.name}{_FRESH}")
        with open(fresh, "wb") as file:
            _seal(file, iter([plain]), vault, path.name)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
        count += 1
    return count
