"""Stored uploads: bytes and row stay together or go together."""

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
from cryptography.exceptions import InvalidTag
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
    home = program.settings.home
    return rows, [files.content(home, program.vault, path.name) for path in files.folder(home).iterdir()]


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


def sealed_file(program: Program, content: bytes) -> Path:
    store(program, io.BytesIO(content))
    return next(files.folder(program.settings.home).iterdir())


@pytest.mark.parametrize("size", [0, 1, files.CHUNK - 1, files.CHUNK, 2 * files.CHUNK + 5])
def test_the_disk_holds_no_plain_byte_and_all_of_them_come_back(program: Program, size: int) -> None:
    plain = b"11010519491231002X" * (size // 18) + b"." * (size % 18)
    path = sealed_file(program, plain)
    assert b"110105" not in path.read_bytes()
    assert files.content(program.settings.home, program.vault, path.name) == plain


def cut(content: bytes) -> bytes:
    """Without its last piece: the length and an empty ciphertext."""
    return content[: -(4 + 12 + 16)]


@pytest.mark.parametrize("damage", [
    lambda content: content[:-1], cut, lambda content: content[: len(files.HEAD)],
    lambda content: content[:-1] + bytes([content[-1] ^ 1]), lambda content: content + content[-32:],
], ids=["cut", "without its end", "empty", "changed", "longer"])
def test_a_damaged_file_does_not_open(program: Program, damage) -> None:  # type: ignore[no-untyped-def]
    path = sealed_file(program, b"a" * (files.CHUNK + 1))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InvalidTag):
        files.content(program.settings.home, program.vault, path.name)


def test_a_file_in_the_place_of_another_does_not_open(program: Program) -> None:
    path = sealed_file(program, b"content")
    other = path.with_name("ab.xlsx")
    path.rename(other)
    with pytest.raises(InvalidTag):
        files.content(program.settings.home, program.vault, other.name)


def test_a_parser_reads_it_at_a_path_that_is_no_file_on_the_disk(program: Program) -> None:
    path = sealed_file(program, b"content")
    with files.readable(program.settings.home, program.vault, path.name) as plain:
        assert plain.suffix == ".xlsx" and plain.read_bytes() == b"content"
        read = "import sys; print(open(sys.argv[1], 'rb').read())"
        child = subprocess.run([sys.executable, "-c", read, str(plain)], capture_output=True, text=True, check=True)
        assert child.stdout.strip() == "b'content'"
        assert plain.is_symlink() and "memfd" in str(plain.resolve())
    assert not plain.exists()


def test_files_of_before_are_read_and_sealed_with_the_key_in_use(program: Program) -> None:
    folder = files.folder(program.settings.home)
    (folder / "old.csv").write_bytes(b"plain")
    store(program, io.BytesIO(b"content"))
    (folder / ".old.csv.fresh").write_bytes(b"half")  # of a run that was killed
    fresh = replace(program.vault, field_key=b"k" * 32, older_key=program.vault.field_key)
    assert files.reseal(program.settings.home, fresh) == 2
    assert len(list(folder.iterdir())) == 2
    after = replace(fresh, older_key=None)
    assert files.content(program.settings.home, after, "old.csv") == b"plain"
    assert b"plain" not in (folder / "old.csv").read_bytes()
