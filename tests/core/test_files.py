"""Stored uploads: bytes and row stay together or go together."""

import io
from typing import BinaryIO

import pytest
from sqlalchemy import func, select

from talent.core import files
from talent.core.access import operator
from talent.core.files import StoredFile
from talent.core.work import Program


class Broken(io.BytesIO):
    """An upload whose second piece never comes."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise ConnectionResetError
        return super().read(3)


def kept(program: Program) -> tuple[int, list[bytes]]:
    """Rows, and what lies in the folder."""
    with program.read(operator()) as work:
        rows = work.session.scalar(select(func.count()).select_from(StoredFile)) or 0
    return rows, [path.read_bytes() for path in files.folder(program.settings.home).iterdir()]


def store(program: Program, stream: BinaryIO, failing: bool = False) -> None:
    with program.begin(operator()) as work:
        files.store(work, program.settings.home, "名册.xlsx", stream)
        if failing:
            raise ZeroDivisionError


def test_what_is_committed_stays(program: Program) -> None:
    store(program, io.BytesIO(b"content"))
    assert kept(program) == (1, [b"content"])


def test_the_bytes_go_when_the_transaction_rolls_back(program: Program) -> None:
    store(program, io.BytesIO(b"before"))
    with pytest.raises(ZeroDivisionError):
        store(program, io.BytesIO(b"content"), failing=True)
    assert kept(program) == (1, [b"before"])


def test_half_an_upload_leaves_nothing(program: Program) -> None:
    with pytest.raises(ConnectionResetError):
        store(program, Broken(b"content"))
    assert kept(program) == (0, [])
