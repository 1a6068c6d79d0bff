"""A year computed from stored records: the worked examples of the rules, mergers, refusals, recomputing, the check."""

from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.errors import NotAllowed, RuleViolation
from talent.core.work import Program
from talent.pay import commands, content, queries, stored
from talent.pay.models import PayBatch, PayFinding, PayLine, PaySnapshotPart
from talent.words.say import say
from tests import factories
from tests.pay.records import absent, close, compute, send


def document(program: Program, year: int = 2021, convention: str | None = None) -> dict[str, Any]:
    """The year computed and printed."""
    batch_id = compute(program, year, convention)
    with program.read(operator()) as work:
        return queries.document(work, work.session.get_one(PayBatch, batch_id), say)


def amounts(printed: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [tuple(line.values()) for line in printed["lines"]]


def line(staff_no: str, school_code: str, months: list[int], days: int, fen: int) -> dict[str, Any]:
    return {"staff_no": staff_no, "school_code": school_code, "months": months, "days": days, "amount_fen": fen}


@pytest.fixture
def worked_examples(program: Program) -> Program:
    """The worked examples of the rules for 2021, one person each."""
    send(program, "T1", "S1", "2021-01-01", "2021-12-31")
    send(program, "T2", "S1", "2021-03-15", "2021-12-31")
    send(program, "T3", "S1", "2021-02-15", "2021-02-28")
    send(program, "T4", "A", "2021-03-01", "2021-06-30")
    send(program, "T4", "B", "2021-06-15", "2021-08-31")
    return program


def test_the_worked_examples(worked_examples: Program) -> None:
    printed = document(worked_examples)
    assert {key: printed[key] for key in ("year", "convention", "total_fen", "schools", "lines")} == {
        "year": 2021,
        "convention": "month_min_days",
        "total_fen": 5_600_000,
        "schools": [{"school_code": "A", "amount_fen": 800_000}, {"school_code": "B", "amount_fen": 400_000},
                    {"school_code": "S1", "amount_fen": 4_400_000}],
        "lines": [line("T1", "S1", [*range(1, 13)], 365, 2_400_000), line("T2", "S1", [*range(3, 13)], 292, 2_000_000),
                  line("T3", "S1", [], 14, 0), line("T4", "A", [3, 4, 5, 6], 122, 800_000),
                  line("T4", "B", [7, 8], 62, 400_000)],
    }


@pytest.mark.parametrize(("convention", "fen"), [("month_partial", 1_909_677), ("day", 1_920_000)])
def test_the_conventions_that_count_days(worked_examples: Program, convention: str, fen: int) -> None:
    assert amounts(document(worked_examples, convention=convention))[1] == ("T2", "S1", [], 292, fen)


def test_a_leap_year_by_days_is_one_person_year(program: Program) -> None:
    send(program, "T1", "S1", "2024-01-01", "2024-12-31")
    assert amounts(document(program, 2024, "day")) == [("T1", "S1", [], 366, 2_400_000)]


def test_a_merged_school_hands_its_lines_over_from_that_day(program: Program) -> None:
    send(program, "T1", "OLD", "2021-01-01")
    close(program, "OLD", "2021-07-01", into="NEW")
    assert amounts(document(program)) == [("T1", "NEW", [7, 8, 9, 10, 11, 12], 184, 1_200_000),
                                          ("T1", "OLD", [1, 2, 3, 4, 5, 6], 181, 1_200_000)]


def test_a_month_with_more_than_ten_working_days_absent_pays_nothing(program: Program) -> None:
    send(program, "T1", "S1", "2025-01-01")
    absent(program, "T1", "2025-10-10", "2025-10-27")
    months = amounts(document(program, 2025))[0][2]
    assert months == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12]


def test_findings_are_worded_and_name_the_person(program: Program) -> None:
    factories.add_school(program, "K1", "第一幼儿园", kind="kindergarten")
    send(program, "T1", "K1", "2021-01-01")
    send(program, "T2", "S1", "2021-01-01", appraisal="unqualified")
    send(program, "T3", "S1", "2021-01-01", appraisal="")
    printed = document(program)
    assert [(item["staff_no"], item["code"], item["level"]) for item in printed["findings"]] == [
        ("T1", "pay.outside_scope", "error"), ("T2", "pay.appraisal_unqualified", "warning"),
        ("T3", "pay.appraisal_missing", "warning")]
    assert "派出单位 K1（幼儿园）不属于中小学" in printed["findings"][0]["text"]
    assert amounts(printed) == [("T1", "K1", [], 365, 0), ("T3", "S1", [*range(1, 13)], 365, 2_400_000)]


def test_a_post_at_another_school_is_found(program: Program) -> None:
    factories.add_person(program, "T1", school_code="S1")
    send(program, "T1", "S2", "2021-01-01")
    assert [item["code"] for item in document(program)["findings"]] == ["pay.post_elsewhere"]


@pytest.mark.parametrize(("year", "convention", "code"), [
    (2019, None, "pay.year_before_plan"), (2021, "by_the_hour", "pay.convention_unknown")])
def test_refusals_leave_nothing(program: Program, year: int, convention: str | None, code: str) -> None:
    send(program, "T1", "S1", "2019-01-01")
    with pytest.raises(RuleViolation) as refused:
        compute(program, year, convention)
    assert [finding.code for finding in refused.value.findings] == [code]
    with program.read(operator()) as work:
        assert work.session.scalars(select(PayBatch)).all() == []


def test_a_year_without_calendar_is_refused_only_when_somebody_was_absent(program: Program) -> None:
    send(program, "T1", "S1", "2032-01-01")
    assert document(program, 2032)["total_fen"] == 2_400_000
    absent(program, "T1", "2032-03-01", "2032-03-02")
    with pytest.raises(RuleViolation, match=r"workdays\.not_loaded"):
        compute(program, 2032)


def test_only_those_who_may_compute(program: Program) -> None:
    with pytest.raises(NotAllowed), program.begin(Actor(1, "principal", (Grant("principal", school_id=1),))) as work:
        commands.compute(work, year=2021)


def test_a_new_run_takes_the_place_of_the_former_one_with_the_same_bytes(worked_examples: Program) -> None:
    program = worked_examples
    first, second, other = compute(program), compute(program), compute(program, convention="day")
    with program.read(operator()) as work:
        batches = {batch.id: batch for batch in work.session.scalars(select(PayBatch))}
        assert [(batches[key].sequence, batches[key].state) for key in (first, second, other)] == [
            (1, "superseded"), (2, "computed"), (3, "computed")]
        assert batches[first].content_hash == batches[second].content_hash != batches[other].content_hash
        assert batches[first].snapshot == batches[second].snapshot
        again = stored.facts(work.session, batches[first]).result()
        assert content.bare_lines(again) == stored.lines(work.session, first)


def test_every_run_leaves_an_audit_entry(program: Program) -> None:
    compute(program)
    with program.read(operator()) as work:
        assert work.session.scalars(select(AuditEvent.action)).all() == ["pay:compute"]


def test_a_sound_ledger_passes_the_check(worked_examples: Program) -> None:
    absent(worked_examples, "T1", "2021-03-01", "2021-03-02")
    send(worked_examples, "T9", "S1", "2021-01-01", appraisal="")
    compute(worked_examples)
    compute(worked_examples, convention="day")
    with worked_examples.read(operator()) as work:
        assert commands.verify(work.session) == []


@pytest.mark.parametrize(("change", "codes"), [
    (update(PayLine).where(PayLine.staff_no == "T1").values(amount_fen=1),
     {"pay.ledger_total", "pay.ledger_hash", "pay.ledger_line"}),
    (update(PayBatch).values(total_fen=1), {"pay.ledger_total"}),
    (update(PayBatch).values(content_hash="0" * 64), {"pay.ledger_hash"}),
    (update(PayBatch).values(parameters="[]"), {"pay.ledger_hash", "pay.ledger_parameters"}),
    (update(PayLine).where(PayLine.staff_no == "T1").values(days=1), {"pay.ledger_hash", "pay.ledger_line"}),
    (update(PayBatch).values(snapshot=func.replace(PayBatch.snapshot, '"rules":1', '"rules":2')), {"pay.ledger_hash"}),
    (update(PaySnapshotPart).values(content=func.replace(PaySnapshotPart.content, "受援学校", "别的学校")),
     {"pay.ledger_snapshot"}),
    (update(PayFinding).values(level="error"), {"pay.ledger_hash", "pay.ledger_findings"}),
], ids=["amount", "total", "hash", "parameters", "days", "head", "part", "finding"])
def test_the_check_names_what_was_tampered_with(worked_examples: Program, change: Any, codes: set[str]) -> None:
    send(worked_examples, "T9", "S1", "2021-01-01", appraisal="")
    compute(worked_examples)
    with worked_examples.begin(operator()) as work:
        work.session.execute(change)
    with worked_examples.read(operator()) as work:
        found = commands.verify(work.session)
    assert {finding.code for finding in found} == codes
    assert all("2021 年第 1 次核算" in say(finding)[0] for finding in found)


def test_the_number_of_statements_does_not_grow_with_the_lines(program: Program) -> None:
    counted: list[int] = []
    event.listen(program.engine, "before_cursor_execute", lambda *_: counted.append(1))

    def statements() -> int:
        counted.clear()
        compute(program)
        return len(counted)

    for number in range(10):
        send(program, f"T{number}", "S1", "2021-01-01", appraisal="")
    compute(program)  # so that both runs counted replace one
    few = statements()
    for number in range(10, 200):
        send(program, f"T{number}", "S1", "2021-01-01", appraisal="")
    assert statements() == few
