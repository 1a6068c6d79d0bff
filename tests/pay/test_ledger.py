"""The ledger: what a lock posts, corrections after it, periods, and that nothing in it can be changed unnoticed."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from talent.assistance.models import Assignment
from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.overrides import PolicyOverride
from talent.core.work import Program
from talent.pay import commands, content, periods, stored
from talent.pay.facts import YEARLY_AMOUNT
from talent.pay.ledger import Decided, Standing, Wanted, movements, was_open
from talent.pay.models import PayBatch
from talent.words.say import say
from tests.pay.office import Office
from tests.pay.records import ends, send
from tests.pay.test_chain import refused


@pytest.fixture
def office(program: Program) -> Office:
    """2021: T1 of A all year, T2 of B from 15 March, T3 of B for a fortnight (0 fen)."""
    send(program, "T1", "A", "2021-01-01")
    send(program, "T2", "B", "2021-03-15")
    send(program, "T3", "B", "2021-02-15", "2021-02-28")
    return Office(program)


# ── rules, without a database ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("stands", "wanted", "made"), [
    ({}, {(1, 1): Wanted(5, 9)}, [("accrual", 1, 5)]),
    ({}, {(1, 1): Wanted(0, 9)}, []),
    ({(1, 1): Standing(7, 5, 1)}, {(1, 1): Wanted(5, 9)}, []),
    ({(1, 1): Standing(7, 5, 1)}, {(1, 1): Wanted(6, 9)}, [("reversal", 2, 5), ("accrual", 3, 6)]),
    ({(1, 1): Standing(7, 5, 1)}, {}, [("reversal", 2, 5)]),
    ({(1, 1): Standing(None, 0, 2)}, {(1, 1): Wanted(4, 9)}, [("accrual", 3, 4)]),
], ids=["new", "nothing", "same", "other sum", "gone", "back again"])
def test_what_a_batch_moves(stands: dict, wanted: dict, made: list) -> None:
    found = movements(stands, wanted, kind="accrual")
    assert [(move.kind, move.sequence, move.fen) for move in found] == made
    assert movements(stands, wanted, kind="accrual", left_out=[(1, 1)]) == []
    assert all((move.reverses_id == 7) == (move.kind == "reversal") for move in found)


def test_when_a_period_was_open() -> None:
    acts = [Decided("open", 0), Decided("lock", 5), Decided("reopen", 9)]
    assert [was_open(acts, number) for number in (1, 5, 6, 9, 10)] == [True, True, False, False, True]
    assert not was_open([], 1)


# ── locking and posting ──────────────────────────────────────────────────────────────────────────────────────


def test_a_lock_posts_each_line_once_and_the_book_is_sound(office: Office) -> None:
    batch = office.locked(office.compute())
    assert office.state(batch) == "locked"
    assert office.entries() == [("accrual", "T1", "A", 2_400_000), ("accrual", "T2", "B", 2_000_000)]
    assert office.verify() == []
    assert refused(lambda: office.lock(batch)) == "Conflict"
    with office.program.read(operator()) as work:
        last = work.session.scalars(select(AuditEvent.detail).order_by(AuditEvent.id.desc())).first() or ""
        assert '"fen":4400000' in last and '"ledger_head"' in last


def test_a_lock_asks_for_a_document_names_and_an_open_period(office: Office) -> None:
    send(office.program, "T4", "A", "2021-01-01", appraisal="")
    batch = office.approved(office.compute())
    assert refused(lambda: office.lock(batch)) == (
        "pay.unacknowledged, pay.assumed_unconfirmed, pay.no_open_period, pay.period_not_open")
    office.answer_for(batch)
    office.open_period("2026-08")
    assert refused(lambda: office.lock(batch, "2026-09")) == "pay.period_not_open"
    assert refused(lambda: office.lock(batch, "2026-08", by=office.hr)) == "NotAllowed"
    assert refused(lambda: office.lock(batch, "2026-08", by=office.finance)) == "pay.same_person"
    assert office.lock(batch, "2026-08") == 3
    assert office.state(batch) == "locked"


def test_a_person_and_a_school_in_dispute_stay_out_and_come_later(office: Office) -> None:
    batch = office.compute()
    office.hold(batch, "T1")
    office.answer(batch, "B", "dispute")
    office.answer(batch, "A")
    office.do("review", batch, office.hr)
    office.do("approve", batch, office.finance2)
    office.do("approve", batch, office.leader)
    office.answer_for(batch)
    office.open_period()
    assert office.lock(batch) == 0
    ends(office.program, "T2", "2021-12-01")
    adjusting = office.compute()
    office.locked(adjusting)
    assert office.entries() == [("adjustment", "T1", "A", 2_400_000), ("adjustment", "T2", "B", 1_800_000)]
    assert office.verify() == []


def test_other_runs_of_a_locked_year_are_over(office: Office) -> None:
    other = office.compute(convention="day")
    office.locked(office.compute())
    assert office.state(other) == "superseded"
    assert refused(lambda: office.compute(convention="day")) == "pay.year_locked"
    assert refused(office.compute) == "pay.nothing_to_adjust"


# ── corrections after the lock: golden ───────────────────────────────────────────────────────────────────────


def test_a_late_fact_is_a_reversal_and_a_new_line_and_the_old_bytes_stay(office: Office) -> None:
    first = office.locked(office.compute())
    kept = office.entries()
    office.open_period("2026-09", "lock")
    office.open_period("2026-10")
    ends(office.program, "T2", "2021-10-31")
    second = office.compute()
    assert office.state(first) == "locked" and office.entries() == kept
    assert refused(lambda: office.answer(second, "A")) == "NotFound"  # nothing of A's moves: nobody is asked
    office.answer(second, "B")
    office.do("review", second, office.hr)
    office.do("approve", second, office.finance2)
    office.do("approve", second, office.leader)
    office.answer_for(second)
    assert office.lock(second, "2026-10") == 2
    assert office.entries() == [*kept, ("reversal", "T2", "B", 2_000_000), ("adjustment", "T2", "B", 1_600_000)]
    assert office.verify() == []
    with office.program.read(operator()) as work:
        batch = work.session.get_one(PayBatch, first)
        assert content.bare_lines(stored.facts(work.session, batch).result()) == stored.lines(work.session, first)


def test_a_new_rate_inside_the_year_and_a_change_of_school(office: Office) -> None:
    office.locked(office.compute())
    with office.program.begin(operator()) as work:
        work.session.add(PolicyOverride(
            key=YEARLY_AMOUNT, since=date(2021, 7, 1), value="3600000", basis="delegated", document="明教〔2021〕9号",
            state="approved", proposed_by=1, proposed_at=work.now, approved_by=2, approved_at=work.now))
        work.session.execute(
            update(Assignment).where(Assignment.started_on == date(2021, 1, 1)).values(ended_on=date(2021, 6, 30)))
    send(office.program, "T1", "B", "2021-07-01")
    office.locked(office.compute())
    assert office.entries()[2:] == [
        ("reversal", "T1", "A", 2_400_000), ("adjustment", "T1", "A", 1_200_000),
        ("adjustment", "T1", "B", 1_800_000),
        ("reversal", "T2", "B", 2_000_000), ("adjustment", "T2", "B", 2_600_000)]
    ends(office.program, "T2", "2021-03-16")
    office.locked(office.compute())
    assert office.entries()[7:] == [("reversal", "T2", "B", 2_600_000)]
    assert office.verify() == []


def test_a_locked_batch_computes_to_the_same_bytes_after_everything_changed(office: Office) -> None:
    first = office.locked(office.compute())
    ends(office.program, "T1", "2021-05-31")
    with office.program.begin(operator()) as work:
        work.session.execute(text("UPDATE people SET name = '改名'"))
        work.session.execute(text("UPDATE schools SET kind = 'kindergarten'"))
    with office.program.read(operator()) as work:
        batch = work.session.get_one(PayBatch, first)
        again = stored.facts(work.session, batch).result()
        assert content.content_hash(batch.snapshot, content.parameters_text(again), content.bare_lines(again),
                                    again.findings) == batch.content_hash
    assert office.verify() == []


# ── periods ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_period_takes_two_persons_and_a_reason(office: Office) -> None:
    def ask(code: str = "2026-09", act: str = "open", reason: str = "月结", by: Actor | None = None) -> Callable:
        return lambda: office.act(by or office.finance2, lambda work: periods.request(
            work, code=code, act=act, reason=reason))

    assert refused(ask(reason=" ")) == "period.reason_missing"
    assert refused(ask(code="2026-13")) == "period.code_strange"
    assert refused(ask(act="lock")) == "period.state"
    assert refused(ask(by=office.hr)) == "NotAllowed"
    ask()()
    assert refused(ask()) == "Conflict"
    mine = lambda work: periods.approve(work, act_id=1)  # noqa: E731
    assert refused(lambda: office.act(office.finance2, mine)) == "period.same_person"
    office.act(office.leader, mine)
    assert refused(lambda: office.act(office.leader, mine)) == "Conflict"
    assert refused(ask()) == "period.state"
    ask(act="lock")()
    with office.program.read(office.leader) as work:
        last = periods.period_acts(work)[0].id
    office.act(office.leader, lambda work: periods.reject(work, act_id=last))
    with office.program.read(office.finance2) as work:
        assert [(period.code, period.state) for period in periods.all_periods(work)] == [("2026-09", "open")]


def test_two_accounts_of_one_person_do_not_open_a_period(office: Office) -> None:
    send(office.program, "T9", "A", "2020-01-01", "2020-02-01")
    person = office.line(office.compute(year=2020), "T9")
    with office.program.read(operator()) as work:
        person = work.session.scalar(text("SELECT person_id FROM pay_lines WHERE id = :id"), {"id": person})
    office.act(office.finance2, lambda work: periods.request(work, code="2026-09", act="open", reason="月结"))
    with office.program.begin(operator()) as work:
        work.session.execute(text("UPDATE role_grants SET person_id = :p WHERE user_id = :u"),
                             {"p": person, "u": office.finance2.user_id})
    same = Actor(office.leader.user_id, "leader", (Grant("leader", person_id=person),))
    assert refused(lambda: office.act(same, lambda work: periods.approve(work, act_id=1))) == "period.same_person"


def test_a_locked_period_takes_no_entry(office: Office) -> None:
    office.locked(office.compute())
    office.open_period("2026-09", "lock")
    ends(office.program, "T2", "2021-10-31")
    second = office.approved(office.compute())
    office.answer_for(second)
    assert refused(lambda: office.lock(second)) == "pay.no_open_period, pay.period_not_open"
    office.open_period("2026-09", "reopen")
    assert office.lock(second) == 2
    assert office.verify() == []


# ── raw SQL ──────────────────────────────────────────────────────────────────────────────────────────────────

INSERT = ("INSERT INTO pay_entries (id, period_id, kind, year, person_id, school_id, sequence, batch_id, debit, "
          "credit, fen, memo, posted_at, posted_by_name, previous, digest) SELECT {id}, period_id, kind, year, "
          "person_id, school_id, {sequence}, batch_id, debit, credit, {fen}, memo, posted_at, posted_by_name, "
          "'{previous}', digest FROM pay_entries WHERE id = 1")


@pytest.mark.parametrize(("statement", "why"), [
    ("UPDATE pay_entries SET fen = 1", "only added"), ("DELETE FROM pay_entries", "only added"),
    ("UPDATE pay_lines SET amount_fen = 1", "is locked"), ("DELETE FROM pay_lines", "is locked"),
    ("UPDATE pay_batches SET total_fen = 1", "is locked"), ("UPDATE pay_batches SET state = 'computed'", "is locked"),
    ("UPDATE pay_batches SET content_hash = ''", "is locked"), ("DELETE FROM pay_batches", "is locked"),
    ("UPDATE pay_snapshot_parts SET content = '[]'", "is locked"),
    ("INSERT INTO pay_findings (batch_id, code, level, clause, params) VALUES (1, 'x', 'error', '', '{{}}')",
     "is locked"),
    ("UPDATE pay_period_acts SET reason = 'x'", "only decided"), ("DELETE FROM pay_period_acts", "only decided"),
    ("DELETE FROM pay_periods", "only locked"),
    (INSERT.format(id=9, sequence=1, fen=5, previous="x"), "(?i)unique"),
    (INSERT.format(id=9, sequence=2, fen=5, previous="0" * 64), "(?i)unique"),
    (INSERT.format(id=9, sequence=2, fen=0, previous="x"), "(?i)check|fen"),
], ids=lambda value: value[:40] if " " in value else "")
def test_the_database_itself_refuses(office: Office, statement: str, why: str) -> None:
    office.locked(office.compute())
    with pytest.raises((DatabaseError, IntegrityError), match=why), office.program.engine.begin() as connection:
        connection.execute(text(statement.replace("{{}}", "{}")))


def test_the_database_refuses_a_fraction_of_a_fen_and_an_entry_in_a_locked_period(office: Office) -> None:
    office.locked(office.compute())
    if office.program.engine.dialect.name == "sqlite":
        with pytest.raises(DatabaseError, match="fen are whole"), office.program.engine.begin() as connection:
            connection.execute(text(INSERT.format(id=9, sequence=2, fen="1.5", previous="x")))
    office.open_period("2026-09", "lock")
    with pytest.raises(DatabaseError, match="period is locked"), office.program.engine.begin() as connection:
        connection.execute(text(INSERT.format(id=9, sequence=2, fen=5, previous="x")))


GUARDS = {
    "sqlite": ("DROP TRIGGER pay_entries_no_update", "DROP TRIGGER pay_entries_no_delete",
               "DROP TRIGGER pay_batches_locked_no_update", "DROP TRIGGER pay_lines_locked_no_update",
               "DROP TRIGGER pay_period_acts_no_update", "DROP TRIGGER pay_steps_no_update",
               "DROP TRIGGER pay_steps_no_delete"),
    "postgresql": tuple(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in (
        "pay_entries", "pay_batches", "pay_lines", "pay_period_acts", "pay_steps")),
}


OF = "(SELECT {0} FROM users WHERE name = '{1}')"


@pytest.mark.parametrize(("act", "statement"), [
    ("confirm", "UPDATE pay_steps SET user_id = " + OF.format("id", "finance") + " WHERE act = 'confirm'"),
    ("confirm", "UPDATE pay_steps SET person_id = (SELECT person_id FROM pay_lines WHERE staff_no = 'T2') "
                "WHERE act = 'confirm'"),
    ("review", "UPDATE pay_steps SET user_id = " + OF.format("id", "finance") + " WHERE act = 'review'"),
    ("review", "UPDATE pay_steps SET person_id = (SELECT person_id FROM pay_lines WHERE staff_no = 'T2') "
               "WHERE act = 'review'"),
    ("review approve", "UPDATE pay_batches SET computed_by = NULL"),
    ("approve", "UPDATE pay_steps SET person_id = (SELECT person_id FROM pay_lines WHERE staff_no = 'T1') "
                "WHERE act = 'approve'"),
    ("approve", "UPDATE pay_steps SET sheet_id = {scan}, entered_by = " + OF.format("id", "hr")
     + " WHERE act = 'approve' AND capacity = 'leader'"),
    ("lock", "UPDATE pay_steps SET user_id = " + OF.format("id", "hr") + " WHERE act = 'lock'"),
    ("hold", "UPDATE pay_steps SET person_id = (SELECT person_id FROM pay_lines WHERE id = line_id) "
             "WHERE act = 'hold'"),
])
def test_an_act_of_somebody_barred_is_found(office: Office, act: str, statement: str) -> None:
    send(office.program, "T3", "B", "2021-01-01")
    batch = office.compute()
    office.hold(batch, "T3")
    office.locked(batch)
    assert office.verify() == []
    with office.program.engine.begin() as connection:
        for each in (*GUARDS[connection.dialect.name], statement.replace("{scan}", str(office.scan))):
            connection.execute(text(each))
    with office.program.read(operator()) as work:
        found = [finding for finding in commands.verify(work.session) if finding.code == "pay.decision_barred"]
    assert {finding.params["pay_act"] for finding in found} == set(act.split())


@pytest.mark.parametrize(("statement", "code"), [
    ("UPDATE pay_entries SET fen = fen + 1 WHERE id = 1", "pay.entry_changed"),
    ("UPDATE pay_entries SET memo = 'x' WHERE id = 2", "pay.entry_changed"),
    ("DELETE FROM pay_entries WHERE id = 1", "pay.entry_link"),
    ("DELETE FROM pay_entries WHERE id = 2", "pay.ledger_differs"),
    (INSERT.format(id=3, sequence=2, fen=5, previous="x"), "pay.entry_link"),
    ("UPDATE pay_lines SET amount_fen = 1 WHERE staff_no = 'T1'", "pay.ledger_differs"),
    ("UPDATE pay_batches SET state = 'computed'", "pay.entry_of_nothing"),
    ("UPDATE pay_batches SET content_hash = '0'", "pay.decision_missing"),
    ("DELETE FROM pay_steps WHERE act = 'approve' AND capacity = 'leader'", "pay.decision_missing"),
    ("DELETE FROM pay_steps WHERE act = 'review'", "pay.decision_missing"),
    ("UPDATE pay_steps SET user_id = (SELECT user_id FROM pay_steps WHERE act = 'review') WHERE capacity = 'leader'",
     "pay.decision_missing"),
    ("UPDATE pay_period_acts SET head = 99", "pay.entry_after_lock"),
    ("UPDATE pay_periods SET state = 'locked'", "pay.period_undecided"),
], ids=lambda value: value[:40] if " " in value else "")
def test_whoever_gets_past_the_guards_is_found(office: Office, statement: str, code: str) -> None:
    office.locked(office.compute())
    with office.program.engine.begin() as connection:
        for each in (*GUARDS[connection.dialect.name], statement):
            connection.execute(text(each))
    assert code in office.verify()
    with office.program.read(operator()) as work:
        from talent.pay import commands
        assert all("{" not in say(finding)[0] for finding in commands.verify(work.session))
