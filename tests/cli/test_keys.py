"""Changing keys: nothing is lost at any moment, and the older key opens nothing afterwards."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary, select

from talent.cli import keys, main
from talent.core.access import operator
from talent.core.batches import ChangeImage
from talent.core.secrets import Vault
from talent.core.work import Program
from talent.exchange.apply import from_image
from talent.exchange.undo import undo
from talent.people.models import Person
from talent.people.numbers import place_of
from talent.schema import metadata
from tests.exchange.test_roster import SCHOOLS, TEACHER, imported

NUMBER, NEW_NUMBER, PHONE = "11010519491231002X", "110105194912310038", "13812345678"


def test_every_sealed_column_is_known_to_the_change() -> None:
    in_schema = {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns
                 if isinstance(column.type, LargeBinary)}
    assert {(sealed.table.name, sealed.column.key) for sealed in keys.SEALED} == in_schema


@pytest.fixture
def home(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A person whose number was changed by a second import, and the command line in that home."""
    imported(program, tmp_path, "schools", SCHOOLS)
    for number in (NUMBER, NEW_NUMBER):
        imported(program, tmp_path, "teachers", [{**TEACHER, "证件号码": number, "手机号码": PHONE}])
    monkeypatch.setenv("TALENT_HOME", str(program.settings.home))
    monkeypatch.setenv("TALENT_DATABASE_URL", program.settings.url)
    return program


def opened(program: Program, vault: Vault) -> list[tuple[str, str]]:
    """Every sealed value of people and of their images: where it stood, and what it says."""
    found = []
    with program.read(operator()) as work:
        person = work.session.scalars(select(Person)).one()
        for field in ("id_number", "phone"):
            found.append((field, vault.open(getattr(person, f"{field}_sealed"), place_of(person.uid, field))))
        for image in work.session.scalars(select(ChangeImage).where(ChangeImage.table_name == "people")):
            for side in (image.before, image.after):
                values = from_image(Person.__table__, side)
                if values.get("id_number_sealed"):
                    place = place_of(person.uid, "id_number")
                    found.append(("image", vault.open(values["id_number_sealed"], place)))
    return found


EVERYTHING = [("id_number", NEW_NUMBER), ("phone", PHONE), ("image", NUMBER), ("image", NEW_NUMBER)]


def test_after_a_change_the_new_key_opens_everything_and_the_older_nothing(home: Program) -> None:
    older = home.vault
    assert opened(home, older) == EVERYTHING
    result = CliRunner().invoke(main, ["keys", "rotate"])
    assert result.exit_code == 0, result.output
    fresh = Vault(home.settings.key("field"), home.settings.key("index"))
    assert fresh.field_key != older.field_key and not home.settings.older_key_file("field").exists()
    assert opened(home, fresh) == EVERYTHING
    with pytest.raises(InvalidTag):
        opened(home, older)
    with Program(home.settings).begin(operator()) as work:
        undo(work, 3)
    with home.read(operator()) as work:
        person = work.session.scalars(select(Person)).one()
        assert fresh.open(person.id_number_sealed or b"", place_of(person.uid, "id_number")) == NUMBER


def test_a_change_cut_off_before_anything_was_sealed_is_finished_by_the_next(home: Program) -> None:
    older = home.vault
    home.settings.begin_key_change("field")
    between = Program(home.settings).vault
    assert opened(home, between) == EVERYTHING  # the site keeps working meanwhile
    assert CliRunner().invoke(main, ["keys", "rotate"]).exit_code == 0
    after = Program(home.settings).vault
    assert after.older_key is None and after.field_key == between.field_key != older.field_key
    assert opened(home, after) == EVERYTHING


def test_a_change_cut_off_after_everything_was_sealed_is_finished_by_the_next(home: Program) -> None:
    home.settings.begin_key_change("field")
    with Program(home.settings).begin(operator()) as work:
        keys.reseal(work.session, work.vault)
    assert CliRunner().invoke(main, ["keys", "rotate"]).exit_code == 0
    assert opened(home, Program(home.settings).vault) == EVERYTHING


def test_a_value_moved_to_another_row_does_not_open(home: Program) -> None:
    with home.read(operator()) as work:
        person = work.session.scalars(select(Person)).one()
        with pytest.raises(InvalidTag):
            work.vault.open(person.id_number_sealed or b"", place_of("somebody-else", "id_number"))
        with pytest.raises(InvalidTag):
            work.vault.open(person.id_number_sealed or b"", place_of(person.uid, "phone"))
