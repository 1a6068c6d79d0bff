"""Backups: everything comes back, a damaged one is known, the keys lie apart."""

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from talent.cli import archive
from talent.core import files, migrations
from talent.core.access import operator
from talent.core.config import Settings
from talent.core.files import StoredFile
from talent.core.work import Program
from talent.people.models import Person
from tests.cli.test_verbs import SCHOOLS, TEACHERS, Terminal, terminal  # noqa: F401  # a fixture
from tests.factories import add_person

NUMBER = "11010519491231002X"


@pytest.fixture
def filled(terminal: Terminal, program: Program) -> Program:  # noqa: F811  # the fixture imported above
    terminal.load("学校", SCHOOLS)
    terminal.load(
        "教职工",
        TEACHERS.replace("工号,", "证件号码,工号,")
        .replace("0101,张三", f"{NUMBER},0101,张三")
        .replace("\n0102", "\n,0102"),
    )
    with program.begin(operator()) as work:
        files.store(work, program.settings.home, "名单.xlsx", io.BytesIO(b"content"))
    return program


def uploads(program: Program) -> dict[str, bytes]:
    """What every row of a file leads to."""
    with program.read(operator()) as work:
        rows = work.session.execute(select(StoredFile.name, StoredFile.stored_as)).all()
        return {name: files.content(program.settings.home, work.vault, stored_as) for name, stored_as in rows}


def restored(program: Program, file: Path, folder: Path, url: str) -> Program:
    other = Program(Settings(home=folder / "restored", database_url=url))
    archive.read(other, file, archive.keys_file(file))
    return other


def empty_url(program: Program, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if program.engine.dialect.name == "sqlite":
        return f"sqlite:///{tmp_path / 'restored.db'}"
    url: str = request.getfixturevalue("empty_postgres")
    return url


@pytest.fixture
def empty_postgres(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("postgres").empty()
    return url


def test_what_was_saved_comes_back(filled: Program, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    file = tmp_path / "backup.tar"
    rows = archive.write(filled, file)
    other = restored(filled, file, tmp_path, empty_url(filled, tmp_path, request))
    with filled.read(operator()) as before, other.read(operator()) as after:
        query = select(Person.staff_no, Person.name, Person.id_number_sealed).order_by(Person.id)
        assert before.session.execute(query).all() == after.session.execute(query).all()
        person = after.session.scalars(select(Person).where(Person.staff_no == "0101")).one()
        assert after.vault.open(person.id_number_sealed or b"", f"people/{person.uid}/id_number") == NUMBER
    assert rows > 5 and uploads(other) == uploads(filled) == {"名单.xlsx": b"content"}
    other.engine.dispose()


def test_neither_the_backup_nor_the_database_holds_a_plain_number(filled: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    archive.write(filled, file)
    assert NUMBER.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0 and archive.keys_file(file).stat().st_mode & 0o077 == 0


def test_a_damaged_backup_is_refused(filled: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    archive.write(filled, file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(archive.NotRestored):
        restored(filled, file, tmp_path, f"sqlite:///{tmp_path / 'restored.db'}")


def test_a_home_in_use_is_never_written_over(filled: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    archive.write(filled, file)
    with pytest.raises(archive.NotRestored):
        archive.read(filled, file, archive.keys_file(file))


def test_files_that_come_and_go_meanwhile_are_those_of_the_copied_rows(
    filled: Program, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database is copied one file is discarded with its row, one uploaded, one half written."""
    (files.folder(filled.settings.home) / "half").write_bytes(b"not commit")
    name = "_sqlite_out" if filled.engine.dialect.name == "sqlite" else "_tables_out"
    copy_out = getattr(archive, name)

    def meanwhile(program: Program, work: Path) -> Any:
        with program.begin(operator()) as late:
            files.store(late, program.settings.home, "后来.xlsx", io.BytesIO(b"late"))
        told = copy_out(program, work)
        with program.begin(operator()) as discarding:
            gone = discarding.session.scalars(select(StoredFile).where(StoredFile.name == "名单.xlsx")).one()
            discarding.session.delete(gone)
        (files.folder(program.settings.home) / gone.stored_as).unlink()
        (files.folder(program.settings.home) / "half").write_bytes(b"still not committed")
        return told

    monkeypatch.setattr(archive, name, meanwhile)
    file = tmp_path / "backup.tar"
    archive.write(filled, file)
    other = restored(filled, file, tmp_path, empty_url(filled, tmp_path, request))
    assert uploads(other) == {"名单.xlsx": b"content", "后来.xlsx": b"late"}
    assert len(list(files.folder(other.settings.home).iterdir())) == 2
    other.engine.dispose()


def test_a_backup_of_an_older_version_comes_back_and_is_brought_up(
    program: Program, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    add_person(program, "T1", name="旧版人")
    migrations.downgrade(program.engine, "0012")
    file = tmp_path / "backup.tar"
    rows = archive.write(program, file)
    other = restored(program, file, tmp_path, empty_url(program, tmp_path, request))
    assert migrations.stored(other.engine) == "0012"
    migrations.upgrade(other.engine)
    with other.read(operator()) as work:
        assert list(work.session.scalars(select(Person.name))) == ["旧版人"] and rows == 3
    add_person(other, "T2")
    other.engine.dispose()
