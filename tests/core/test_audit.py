"""The audit chain: whatever is changed in it is found, and nothing is left of an act that failed."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DatabaseError, ProgrammingError
from sqlalchemy.orm import Session

from talent.core import audit_chain, database
from talent.core.access import operator
from talent.core.audit import GENESIS, AuditEvent
from talent.core.work import Program

GUARDS = {
    "sqlite": ("DROP TRIGGER audit_events_no_update", "DROP TRIGGER audit_events_no_delete"),
    "postgresql": ("ALTER TABLE audit_events DISABLE TRIGGER ALL",),
}


def act(program: Program, *keys: str) -> None:
    with program.begin(operator()) as work:
        for key in keys:
            work.record("policy:propose", "policy", key, value="甲" * 3)


def unguarded(program: Program, *statements: str) -> None:
    """What somebody with the whole database in hand could do."""
    with program.engine.begin() as connection:
        for statement in (*GUARDS[program.engine.dialect.name], *statements):
            connection.execute(text(statement))


def found(program: Program) -> tuple[str, int] | None:
    broken = audit_chain.verify(program).broken
    return None if broken is None else (broken.code, broken.params["number"])


def rows(program: Program) -> list[AuditEvent]:
    with program.read(operator()) as work:
        found = work.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        work.session.expunge_all()
        return list(found)


def test_events_count_without_gaps_and_each_names_the_one_before(program: Program) -> None:
    act(program, "a", "b")
    act(program, "c")
    events = rows(program)
    assert [(event.id, event.subject_key) for event in events] == [(1, "a"), (2, "b"), (3, "c")]
    assert [event.previous for event in events] == [GENESIS, events[0].digest, events[1].digest]
    assert audit_chain.verify(program) == audit_chain.Proof(3, 0, 0)


def test_an_act_that_fails_leaves_no_event_and_no_gap(program: Program) -> None:
    act(program, "a")
    with pytest.raises(ZeroDivisionError), program.begin(operator()) as work:
        work.record("policy:propose", "policy", "b")
        raise ZeroDivisionError
    act(program, "c")
    assert [(event.id, event.subject_key) for event in rows(program)] == [(1, "a"), (2, "c")]


@pytest.mark.parametrize("statement", [
    "UPDATE audit_events SET actor = 'x' WHERE id = 1",
    "DELETE FROM audit_events WHERE id = 2",
])
def test_the_database_itself_refuses_to_change_or_delete(program: Program, statement: str) -> None:
    act(program, "a", "b")
    with pytest.raises(DatabaseError, match="only added"), Session(program.engine) as session:
        session.execute(text(statement))
    assert audit_chain.verify(program).broken is None


@pytest.mark.parametrize(("statements", "finding"), [
    (["UPDATE audit_events SET detail = '{}' WHERE id = 3"], ("audit.changed", 3)),
    (["UPDATE audit_events SET actor = 'hr' WHERE id = 1"], ("audit.changed", 1)),
    (["DELETE FROM audit_events WHERE id = 3"], ("audit.gap", 3)),
    (["DELETE FROM audit_events WHERE id = 3", "UPDATE audit_events SET id = id - 1 WHERE id > 3"],
     ("audit.link_broken", 3)),
    (["UPDATE audit_events SET id = 99 WHERE id = 2", "UPDATE audit_events SET id = 2 WHERE id = 3",
      "UPDATE audit_events SET id = 3 WHERE id = 99"], ("audit.link_broken", 2)),
    (["DELETE FROM audit_events WHERE id > 3"], ("audit.tail_cut", 5)),
    (["DELETE FROM audit_events"], ("audit.tail_cut", 5)),
    (["UPDATE audit_events SET digest = '', previous = ''"], ("audit.anchor_differs", 5)),
], ids=["detail edited", "actor edited", "deleted", "deleted and renumbered", "reordered", "tail cut",
        "all deleted", "blanked"])
def test_tampering_is_found_where_it_happened(
    program: Program, statements: list[str], finding: tuple[str, int]
) -> None:
    act(program, "a", "b", "c", "d", "e")
    audit_chain.anchor(program)
    assert found(program) is None
    unguarded(program, *statements)
    assert found(program) == finding


def test_a_tail_cut_and_grown_again_is_found(program: Program) -> None:
    act(program, "a", "b", "c")
    audit_chain.anchor(program)
    unguarded(program, "DELETE FROM audit_events WHERE id > 1")
    act(program, "x", "y", "z")
    assert found(program) == ("audit.anchor_differs", 3)
    audit_chain.anchor(program)
    assert found(program) == ("audit.anchor_differs", 3), "a new anchor of the number does not hide the old one"


def test_an_event_written_without_the_key_is_found(program: Program) -> None:
    act(program, "a")
    digest = rows(program)[0].digest
    unguarded(program, "INSERT INTO audit_events"
                       " (id, at, actor, action, subject, subject_key, detail, previous, digest) SELECT"
                       f" 2, at, actor, action, subject, 'b', detail, '{digest}', '{'f' * 64}' FROM audit_events")
    assert found(program) == ("audit.changed", 2)


def test_an_anchor_is_written_once_per_link_and_only_by_us(program: Program) -> None:
    assert audit_chain.anchor(program) is None
    act(program, "a")
    made = audit_chain.anchor(program)
    assert made is not None and (made.number, made.digest) == (1, rows(program)[0].digest)
    assert audit_chain.anchor(program) is None
    path = audit_chain.anchors_file(program.settings)
    assert path.stat().st_mode & 0o077 == 0
    path.write_text(path.read_text().replace(made.digest, "0" * 64))
    assert found(program) == ("audit.anchor_differs", 1)
    path.write_text("0 no line of ours\n")
    assert found(program) == ("audit.anchor_strange", 0)


def test_twenty_writers_at_once_make_one_chain(program: Program) -> None:
    start = threading.Barrier(20)

    def write(key: str) -> Callable[[], None]:
        def run() -> None:
            start.wait()
            act(program, key)
        return run

    threads = [threading.Thread(target=write(str(number))) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {event.subject_key for event in rows(program)} == {str(number) for number in range(20)}
    assert audit_chain.verify(program) == audit_chain.Proof(20, 0, 0)


def test_events_older_than_the_chain_are_counted_apart(program: Program) -> None:
    with program.begin(operator()) as work:
        work.session.add(AuditEvent(id=1, at=work.now - timedelta(days=1), actor="hr", action="pay:compute",
                                    subject="pay", subject_key="1"))
    act(program, "a")
    assert audit_chain.verify(program) == audit_chain.Proof(2, 1, 0)


def test_the_role_of_the_site_may_add_events_and_nothing_else(program: Program) -> None:
    if program.engine.dialect.name == "sqlite":
        return  # one file has no roles; the triggers stand alone there
    act(program, "a")
    role = "talent_site"
    with program.engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}" if _has_role(connection, role) else f"CREATE ROLE {role}"))
    database.grant_site_role(program.engine, role)
    with program.engine.begin() as connection:
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        connection.execute(text("UPDATE schools SET name = name"))
        assert connection.execute(text("SELECT count(*) FROM audit_events")).scalar() == 1
    for statement in ("UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events",
                      "DROP TABLE schools", "ALTER TABLE audit_events DISABLE TRIGGER ALL"):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), \
                program.engine.begin() as connection:
            connection.execute(text(f"SET LOCAL ROLE {role}"))
            connection.execute(text(statement))


def _has_role(connection: Connection, role: str) -> bool:
    return bool(connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar())
