"""A district made in bulk for measurements: a program in a folder, schools, people on post, their assignments."""

import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from talent.assistance.models import Assignment
from talent.core.access import operator
from talent.core.config import Settings
from talent.core.work import Program
from talent.people.models import Employment, Person, School
from talent.schema import metadata

SCHOOL_SIZE = 50
PAY_YEAR = 2025
_DATABASE = "talent.db"


def empty(folder: Path) -> Program:
    """A program with every table and no row, on SQLite in ``folder``; quick to sign in to."""
    folder.mkdir(parents=True, exist_ok=True)
    program = _open(folder)
    program.settings.make_keys()
    metadata.create_all(program.engine)
    return program


def _open(folder: Path) -> Program:
    # Named in full, so that a database in the environment is never the one measured.
    return Program(Settings(home=folder, database_url=f"sqlite:///{folder / _DATABASE}", hosts="localhost",
                            argon2_time_cost=1, argon2_memory_kib=8192))


def copy(program: Program, folder: Path) -> Program:
    """The same rows and keys again in a new ``folder``: every round writes into an equal database."""
    program.engine.dispose()  # the last connection takes the journal back into the file
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(program.settings.home, folder)
    return _open(folder)


def database(program: Program) -> Path:
    """The file of the program's database."""
    return program.settings.home / _DATABASE


def fill(program: Program, model: type[Any], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows of one table in one transaction."""
    table: Table = model.__table__
    with program.begin(operator()) as work:
        work.session.execute(insert(table), list(rows))


def staff_no(number: int) -> str:
    """The staff number of the person whose row is ``number``."""
    return f"{number:07d}"


def settle(program: Program, people: int) -> None:
    """People 1..``people``, all on post since 2015, at schools of fifty."""
    schools = range(1, school_of(people) + 1)
    fill(program, School, ({"id": each, "code": f"{each:04d}", "name": f"第{each}小学", "kind": "primary",
                            "ownership": "public", "area": "urban"} for each in schools))
    numbers = range(1, people + 1)
    fill(program, Person, ({"id": each, "uid": f"uid{each}", "staff_no": staff_no(each), "name": f"教师{each}",
                            "pinyin": f"jiaoshi{each}", "initials": "js"} for each in numbers))
    fill(program, Employment, ({
        "person_id": each, "school_id": school_of(each), "valid_from": date(2015, 9, 1), "stage": "primary",
        "subject": "语文", "category": "full_time_teacher", "quota_type": "staffed", "professional_title": "first",
    } for each in numbers))


def school_of(person: int) -> int:
    """The id of the school a person of :func:`settle` is at."""
    return (person - 1) // SCHOOL_SIZE + 1


def send(program: Program, people: int) -> None:
    """Everybody of ``settle`` on assistance for the twelve months of :data:`PAY_YEAR`, found qualified."""
    fill(program, Assignment, ({
        "person_id": each, "sending_school_id": school_of(each), "host": "受援学校", "kind": "paired",
        "started_on": date(PAY_YEAR, 1, 1), "ended_on": date(PAY_YEAR, 12, 31), "appraisal": "qualified",
    } for each in range(1, people + 1)))
