"""What a batch was computed from is frozen whole, in parts, and gives the same lines and receipts for ever."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from sqlalchemy import event, text

from talent.core import migrations
from talent.core.access import operator
from talent.core.work import Program
from talent.core.workdays import WorkCalendar
from talent.pay import commands, queries, snapshots
from talent.pay.content import bare_lines, canonical, digest
from talent.pay.facts import Absence, PersonFacts
from talent.pay.models import PayBatch, PayLine, PaySnapshotPart
from talent.pay.rules import CONVENTIONS
from talent.pay.snapshots import PART_SIZE, Facts, Snapshot
from tests import factories
from tests.pay.builders import pay_terms, person, school, sent
from tests.pay.records import compute, send
from tests.pay.test_properties import people, school_maps
from tests.pay.test_rules import CASES, computed

CALENDAR = WorkCalendar()
SCHOOLS = {"A": school("A"), "B": school("B", closed_on=date(2021, 7, 1), merged_into="A")}


def crowd(count: int) -> dict[str, PersonFacts]:
    """People who start a day after one another, every third one absent for a while."""
    return {
        f"T{number:04}": person(
            sent("AB"[number % 2], date(2021, 1, 1) + timedelta(days=number % 300), staff_no=f"T{number:04}"),
            absences=[Absence(date(2021, 3, 1), date(2021, 3, 20))] if number % 3 == 0 else [])
        for number in range(count)
    }


def facts_of(count: int) -> Facts:
    return Facts(2021, crowd(count), SCHOOLS, pay_terms(), CALENDAR)


@pytest.mark.parametrize("count", [0, 1, PART_SIZE, PART_SIZE + 1])
def test_thawed_facts_are_the_frozen_ones(count: int) -> None:
    facts = facts_of(count)
    snapshot = snapshots.freeze(facts, "book")
    again = snapshots.thaw(snapshot.head, snapshot.parts)
    assert (again.year, again.persons, again.schools, again.terms.rates) == (
        facts.year, facts.persons, facts.schools, facts.terms.rates)
    assert snapshots.freeze(again, "book") == snapshot
    assert len(snapshot.parts) == -(-count // PART_SIZE)


@settings(max_examples=30, deadline=None)
@given(people(), school_maps())
def test_thawed_facts_give_the_same_receipts(facts: PersonFacts, schools: dict[str, snapshots.SchoolFact]) -> None:
    before = Facts(2021, {"T1": facts}, schools, pay_terms(), CALENDAR)
    snapshot = snapshots.freeze(before, "book")
    after = snapshots.thaw(snapshot.head, snapshot.parts)
    for code in CONVENTIONS:
        first, second = before.compared()[code], after.compared()[code]
        assert bare_lines(first) == bare_lines(second)
        assert [canonical(line.receipt.as_dict(parameters=False)) for line in first.lines] == [
            canonical(line.receipt.as_dict(parameters=False)) for line in second.lines]


def test_a_person_is_in_the_part_that_says_so() -> None:
    snapshot = snapshots.freeze(facts_of(2 * PART_SIZE + 1), "book")
    for number in (0, PART_SIZE - 1, PART_SIZE, 2 * PART_SIZE):
        part = snapshots.part_of(snapshot.head, f"T{number:04}")
        assert part == number // PART_SIZE
        assert f"T{number:04}" in [staff_no for staff_no, *_ in json.loads(snapshot.parts[part])]


def test_the_head_vouches_for_every_part() -> None:
    snapshot = snapshots.freeze(facts_of(PART_SIZE + 1), "book")
    first, second = snapshot.parts
    assert snapshot.intact
    for parts in ([first], [second, first], [first, second.replace("受援学校", "别的学校")]):
        assert not Snapshot(snapshot.head, parts).intact


def test_a_receipt_never_changes() -> None:
    """The receipts of all golden cases so far (a new case changes the digest too). Where an old one would change,
    ``rules.VERSION`` is raised and old snapshots keep the old rule: what was signed is printed again to the byte."""
    receipts = [line.receipt.as_dict(parameters=False)
                for case in CASES for code in CONVENTIONS for line in computed(case, code).lines]
    assert digest(canonical(receipts)) == "61929a39d573550eae7c337c9bfadc88382eb30adecbefa0f5369a3a783f4dce"


def test_one_receipt_reads_one_part(program: Program) -> None:
    """However many people a batch has."""
    for number in range(3):
        send(program, f"T{number}", "S1", "2021-01-01")
    batch_id = compute(program)
    with program.begin(operator()) as work:
        batch = work.session.get_one(PayBatch, batch_id)
        head = json.loads(batch.snapshot)
        kept = work.session.get_one(PaySnapshotPart, (batch_id, 0))
        rows = json.loads(kept.content)
        parts = [canonical(rows[:1]), canonical(rows[1:])]
        head["parts"] = [["T0", digest(parts[0])], ["T1", digest(parts[1])]]
        batch.snapshot, kept.content = canonical(head), parts[0]
        work.session.add(PaySnapshotPart(batch_id=batch_id, number=1, content=parts[1]))
    read: list[str] = []
    event.listen(program.engine, "before_cursor_execute", lambda *call: read.append(call[2]))
    with program.read(operator()) as work:
        line = work.session.query(PayLine.id).filter_by(batch_id=batch_id, staff_no="T2").scalar()
        read.clear()
        view = queries.receipt_view(work, line)
    assert view.facts.persons.keys() == {"T2"} and view.fen == view.others["month_min_days"] == 2_400_000
    assert len([each for each in read if not each.startswith("BEGIN")]) == 3


def test_a_run_of_the_first_schema_is_rewritten_and_sound(program: Program) -> None:
    """The bytes are those of a run stored when receipts still stood with their lines."""
    person_id, school_id = factories.add_person(program, "T1"), factories.add_school(program, "S1")
    kept = {name: canonical(value) for name, value in json.loads(OLD_RUN_TEXTS.read_text(encoding="utf-8")).items()}
    migrations.downgrade(program.engine, "0004")
    with program.engine.connect().execution_options(writing=True) as connection:
        for statement in OLD_RUN:
            connection.execute(text(statement), {"person": person_id, "school": school_id, **kept})
        connection.commit()
    migrations.upgrade(program.engine)
    with program.read(operator()) as work:
        assert commands.verify(work.session) == []
        batch = work.session.get_one(PayBatch, 1)
        keys = [value["key"].rpartition(".")[2] for value in json.loads(batch.parameters)]
        assert keys[:3] == ["yearly_amount", "accrual_year", "convention"]
        view = queries.receipt_view(work, 1)
    assert (view.fen, view.months, view.receipt["days"]) == (
        2_000_000, tuple(range(3, 13)), [["2021-03-15", "2021-12-31", "受援学校"]])


def test_a_confirmed_run_is_not_thrown_away_on_the_way_back(program: Program) -> None:
    send(program, "T1", "S1", "2021-01-01")
    batch_id = compute(program)
    with program.begin(operator()) as work:
        work.session.get_one(PayBatch, batch_id).state = "approved"
    with pytest.raises(RuntimeError, match="1 pay batches are confirmed"):
        migrations.downgrade(program.engine, "0004")
    migrations.upgrade(program.engine)
    with program.read(operator()) as work:
        assert commands.verify(work.session) == []


OLD_RUN_TEXTS = Path(__file__).parent / "run_of_0001.json"
OLD_RUN = (
    "INSERT INTO pay_batches (id, year, sequence, convention, state, computed_at, computed_by_name, book_digest,"
    " content_hash, total_fen, parameters, snapshot, version) VALUES (1, 2021, 1, 'month_min_days', 'computed',"
    " '2026-11-24 00:00:00', 'operator', 'book', 'old', 2000000, :parameters, :snapshot, 1)",
    "INSERT INTO pay_lines (id, batch_id, person_id, school_id, staff_no, school_code, months, month_count, days,"
    " amount_fen, receipt) VALUES (1, 1, :person, :school, 'T1', 'S1', '[3,4,5,6,7,8,9,10,11,12]', 10, 292, 2000000,"
    " '{}')",
    "INSERT INTO pay_findings (batch_id, person_id, school_id, code, level, clause, params) VALUES (1, :person,"
    " :school, 'pay.appraisal_missing', 'warning', '三年行动方案(2020—2022年) 三(四)', :finding)",
)
