"""Many rows at once: stored as few are, in the same transaction, with the same errors."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from talent.core.access import operator
from talent.core.batches import ImportBatch
from talent.core.errors import Conflict
from talent.core.work import Program
from talent.exchange import bulk
from talent.people.models import Person, PersonAlias
from talent.training.models import Training
from talent.workbooks.plan import Ref
from tests import factories
from tests.conftest import MORNING

TEXTS = ("研修", "a\tb\nc\\N", "\\.", "", "𠮷・买买提·吐尔逊", "'; --")


def rows(person: Any, count: int) -> list[dict[str, Any]]:
    return [
        {"person_id": person, "name": f"{number}{TEXTS[number % 6]}", "level": "district", "hours_hundredths": number,
         "started_on": None if number % 3 else date(2024, 5, 1), "ended_on": date(2024, 5, 2), "theme": TEXTS[number % 6]}
        for number in range(count)
    ]  # fmt: skip


@pytest.fixture
def person_id(program: Program) -> int:
    factories.add_school(program)
    return factories.add_person(program)


def stored(program: Program) -> list[Any]:
    columns = [column for column in Training.__table__.columns if column.name != "id"]
    with program.read(operator()) as work:
        return list(work.session.execute(select(*columns).order_by(Training.hours_hundredths)).all())


def test_many_rows_are_stored_as_few_are(program: Program, person_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with program.begin(operator()) as work:
        batch = ImportBatch(state="accepted", files="[]", created_at=work.now)
        work.session.add(batch)
        work.session.flush()
        batch_id = batch.id
    kept = []
    for many in (bulk.MANY, 10_000):  # at once, then the ordinary way
        monkeypatch.setattr(bulk, "MANY", many)
        with program.begin(operator()) as work:
            work.session.execute(delete(Training))
            person = Ref(person_id, "", "")
            bulk.insert_rows(work.session.connection(), Training.__table__, rows(person, 600), {"batch_id": batch_id})
        kept.append(stored(program))
    assert len(kept[0]) == 600 and kept[0] == kept[1]
    assert kept[0][3].name == "3" + TEXTS[3] and (kept[0][3].state, kept[0][3].version) == ("recognised", 1)


def test_moments_and_bytes_come_back(program: Program, person_id: int) -> None:
    people = [{"uid": f"u{number}", "staff_no": f"x{number}", "name": "甲", "phone_sealed": bytes([number % 256, 0, 9])}
              for number in range(600)]
    aliases = [{"person_id": person_id, "kind": "staff_no", "value": str(number), "replaced_at": MORNING}
               for number in range(600)]
    with program.begin(operator()) as work:
        bulk.insert_rows(work.session.connection(), Person.__table__, people, {})
        bulk.insert_rows(work.session.connection(), PersonAlias.__table__, aliases, {})
    with program.read(operator()) as work:
        assert work.session.scalar(select(Person.phone_sealed).where(Person.staff_no == "x7")) == bytes([7, 0, 9])
        moments: set[datetime] = set(work.session.scalars(select(PersonAlias.replaced_at)))
    assert moments == {MORNING}


def test_a_row_the_table_refuses_takes_all_back_as_the_usual_error(program: Program, person_id: int) -> None:
    twice = [*rows(person_id, 600), rows(person_id, 1)[0]]
    with pytest.raises(IntegrityError), program.begin(operator()) as work:
        bulk.insert_rows(work.session.connection(), Training.__table__, twice, {})
    with program.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(Training)) == 0


@pytest.mark.parametrize("count", [1, 600])
def test_a_reference_nobody_wrote_is_a_conflict(program: Program, count: int) -> None:
    with pytest.raises(Conflict, match="referent_missing"), program.begin(operator()) as work:
        nobody = Ref(None, "0101", "")
        bulk.insert_rows(work.session.connection(), Training.__table__, rows(nobody, count), {})
