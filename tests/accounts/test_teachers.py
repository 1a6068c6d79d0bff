"""Accounts for a whole staff room: who gets one, what is stored, what a slip opens and for how long."""

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select, update

from talent.accounts import commands, passwords, queries, reissue, teachers
from talent.accounts.models import RoleGrant, User
from talent.cli import main
from talent.core.access import Grant, operator
from talent.core.errors import Conflict, RuleViolation
from talent.core.work import Program
from talent.people.models import Employment, Person
from talent.reports import slips
from talent.schema import metadata
from tests import factories
from tests.accounts.test_commands import admin, codes, entries, two_admins
from tests.conftest import MORNING, Clock

ADDRESS = "10.0.0.1"
CHOSEN = "gravel otter piano"


def drawn(program: Program, school_code: str = "", days: int = 14) -> teachers.Slips:
    with program.read(operator()) as work:
        return teachers.draw(work, school_code=school_code, days=days)


def add(program: Program, made: teachers.Slips) -> int:
    with program.begin(operator()) as work:
        return teachers.add(work, drawn=made)


def staff(program: Program) -> None:
    for number, school in (("T1", "S1"), ("T2", "S1"), ("T3", "S2")):
        factories.add_person(program, number, f"教师{number}", school_code=school)


def test_everybody_in_service_without_an_account_gets_one(program: Program) -> None:
    staff(program)
    factories.add_account(program, "teacher", staff_no="T1")
    factories.add_person(program, "T4")
    with program.begin(operator()) as work:
        gone = work.session.scalar(select(Person.id).where(Person.staff_no == "T4"))
        work.session.execute(update(Employment).where(Employment.person_id == gone)
                             .values(status="retired", left_on=MORNING.date()))
    made = drawn(program)
    assert [(slip.of.login, slip.of.school_code) for slip in made.slips] == [("t2", "S1"), ("t3", "S2")]
    assert add(program, made) == 2
    with program.read(operator()) as work:
        actor = queries.actor_named(work.session, "t2", work.today)
        assert actor is not None
        assert actor.grants == (Grant("teacher", None, made.slips[0].of.person_id),)
        assert teachers.staff_room(work).newcomers == ()
    said = {"accounts": 1, "until": str(MORNING + timedelta(days=14)), "state": "active"}
    assert [entry[0::2] for entry in entries(program)[-2:]] == [
        ("account:add_teachers", "S1"), ("account:add_teachers", "S2")]
    assert {key: entries(program)[-1][3][key] for key in ("accounts", "state")} == {
        key: said[key] for key in ("accounts", "state")}
    with pytest.raises(RuleViolation) as refused:
        drawn(program)
    assert codes(refused) == ["slips.nobody_new"]


def test_a_slip_opens_once_and_must_be_replaced(program: Program) -> None:
    staff(program)
    made = drawn(program, "S1")
    add(program, made)
    slip = made.slips[0]
    assert re.fullmatch(r"(?:[2-9a-hjkmnp-z]{4}-){3}[2-9a-hjkmnp-z]{4}", slip.password)
    token = commands.sign_in(program, name="T1", password=slip.password, address=ADDRESS)
    with program.read(operator()) as work:
        visit = queries.visit_of(work.session, token, work.now, work.today)
    assert visit is not None and visit.must_change
    typed = slip.password.upper().replace("-", " ")
    commands.change_password(program, visit.actor, current=typed, new=CHOSEN, address=ADDRESS)
    with pytest.raises(RuleViolation) as refused:
        commands.sign_in(program, name="T1", password=slip.password, address=ADDRESS)
    assert codes(refused) == ["login.refused"]
    commands.sign_in(program, name="T1", password=CHOSEN, address=ADDRESS)


def test_a_slip_opens_no_other_account_even_with_its_hash_moved(program: Program) -> None:
    staff(program)
    made = drawn(program, "S1")
    add(program, made)
    with program.begin(operator()) as work:
        first = work.session.scalar(select(User.password_hash).where(User.name == "t1"))
        work.session.execute(update(User).where(User.name == "t2").values(password_hash=first))
    with pytest.raises(RuleViolation):
        commands.sign_in(program, name="T2", password=made.slips[0].password, address=ADDRESS)


@pytest.mark.parametrize(("hours", "opens"), [(14 * 24 - 1, True), (14 * 24, False)])
def test_a_slip_is_good_for_its_days(program: Program, clock: Clock, hours: int, opens: bool) -> None:
    staff(program)
    made = drawn(program, "S1")
    add(program, made)
    clock.move(hours=hours)
    if opens:
        commands.sign_in(program, name="t1", password=made.slips[0].password, address=ADDRESS)
    else:
        with pytest.raises(RuleViolation) as refused:
            commands.sign_in(program, name="t1", password=made.slips[0].password, address=ADDRESS)
        assert codes(refused) == ["login.slip_over"]


def test_a_reset_is_good_for_a_day_whatever_the_slip_said(program: Program, clock: Clock) -> None:
    staff(program)
    add(program, drawn(program, "S1"))
    secret = passwords.seal(program.settings, CHOSEN)
    with program.begin(operator()) as work:
        user = work.session.scalars(select(User).where(User.name == "t1")).one()
        commands.reset_password(work, user_id=user.id, secret=secret)
    clock.move(hours=24)
    with pytest.raises(RuleViolation) as refused:
        commands.sign_in(program, name="t1", password=CHOSEN, address=ADDRESS)
    assert codes(refused) == ["login.initial_password_over"]


def test_the_password_stands_nowhere_in_the_database(program: Program, tmp_path: Path) -> None:
    staff(program)
    made = drawn(program)
    name, content = slips.download(program.settings, made)
    add(program, made)
    with program.read(operator()) as work:
        stored = " ".join(str(tuple(row)) for table in metadata.tables.values()
                          for row in work.session.execute(select(table)))
    secret = {form for slip in made.slips for form in (slip.password, slip.password.replace("-", ""))}
    assert [form for form in secret if form in stored] == []
    kept = [path.read_bytes() for path in program.settings.home.rglob("*") if path.is_file()]
    assert [form for form in secret if any(form.encode() in found for found in kept)] == []
    assert repr(made).count("password=") == 0
    assert name == "教师账号密码条.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["S1_第一小学.pdf", "S2_第一小学.pdf"]
        assert archive.read("S1_第一小学.pdf").startswith(b"%PDF")


def test_who_cannot_have_the_staff_number_as_a_name_is_said(program: Program) -> None:
    for number in ("T1", "t1", "T 3", "TAKEN", "T5"):
        factories.add_person(program, number, f"教师{number}")
    factories.add_account(program, "hr", name="taken")
    made = drawn(program)
    assert [slip.of.staff_no for slip in made.slips] == ["T5"]
    assert sorted((finding.code, finding.params["staff_no"]) for finding in made.passed_over) == [
        ("slips.name_shape", "T 3"), ("slips.name_taken", "T1"), ("slips.name_taken", "TAKEN"),
        ("slips.name_taken", "t1")]


def test_a_staff_room_that_changed_meanwhile_writes_nothing(program: Program) -> None:
    staff(program)
    made = drawn(program)
    factories.add_account(program, "teacher", staff_no="T1")
    with pytest.raises(Conflict):
        add(program, made)
    with program.read(operator()) as work:
        assert set(work.session.scalars(select(User.name))) == {"teacher-1"}


def test_a_name_no_font_has_is_printed_with_the_printers_mark(program: Program) -> None:
    factories.add_person(program, "T1", "李\U000e0101")
    made = drawn(program)
    assert slips.download(program.settings, made)[1].startswith(b"%PDF")


def test_with_two_administrators_another_one_says_yes_to_all(program: Program) -> None:
    staff(program)
    first, second = two_admins(program)
    with program.begin(first) as work:
        made = teachers.draw(work, days=14)
        teachers.add(work, drawn=made)
    with program.read(second) as work:
        waiting = queries.waiting_teachers(work.session, work.actor)
        assert [(row.number, row.granted_by, row.mine) for row in waiting] == [(3, "first", False)]
        assert queries.waiting_grants(work.session, work.actor, work.today) == []
    first_id = waiting[0].first_id
    with pytest.raises(RuleViolation) as refused, program.begin(first) as work:
        teachers.approve(work, grant_id=first_id)
    assert codes(refused) == ["grant.same_person"]
    with program.begin(second) as work:
        assert teachers.approve(work, grant_id=first_id) == 3
    assert entries(program)[-1][3] == {"role": "teacher", "grants": 3}
    with pytest.raises(Conflict), program.begin(second) as work:
        teachers.approve(work, grant_id=first_id)


def test_nobody_approves_the_own_grant_among_many(program: Program) -> None:
    staff(program)
    first, second = two_admins(program)
    with program.begin(first) as work:
        teachers.add(work, drawn=teachers.draw(work, days=14))
    with program.begin(operator()) as work:
        mine = work.session.scalar(select(Person.id).where(Person.staff_no == "T2"))
        work.session.execute(update(RoleGrant).where(RoleGrant.user_id == second.user_id).values(person_id=mine))
        waiting = queries.waiting_teachers(work.session, work.actor)
    with program.begin(second) as work:
        assert teachers.approve(work, grant_id=waiting[0].first_id) == 2
        assert work.session.scalars(select(RoleGrant.person_id).where(RoleGrant.state == "proposed")).all() == [mine]


def test_declining_all_leaves_none_in_force(program: Program) -> None:
    staff(program)
    first, second = two_admins(program)
    with program.begin(first) as work:
        teachers.add(work, drawn=teachers.draw(work, days=14))
        waiting = queries.waiting_teachers(work.session, work.actor)
    with program.begin(second) as work:
        assert teachers.decline(work, grant_id=waiting[0].first_id) == 3
    with program.read(operator()) as work:
        assert set(work.session.scalars(select(RoleGrant.state).where(RoleGrant.role == "teacher"))) == {"ended"}


def test_a_bigger_staff_room_costs_no_more_statements(program: Program) -> None:
    admin(program, "first")
    counts = []
    for numbers in (range(100, 103), range(200, 230)):
        for number in numbers:
            factories.add_person(program, f"T{number}")
        sent: list[str] = []
        event.listen(program.engine, "before_cursor_execute", note := lambda *args, sent=sent: sent.append(args[2]))
        add(program, drawn(program))
        event.remove(program.engine, "before_cursor_execute", note)
        counts.append(len(sent))
    assert counts[0] == counts[1]


# ── slips that lapsed ────────────────────────────────────────────────────────────────────────────────────────


def again(program: Program, school_code: str = "") -> teachers.Slips:
    with program.read(operator()) as work:
        return reissue.redraw(work, school_code=school_code, days=14)


def write_again(program: Program, made: teachers.Slips) -> int:
    with program.begin(operator()) as work:
        return reissue.reissue(work, drawn=made)


def opens(program: Program, login: str, password: str) -> bool:
    try:
        return bool(commands.sign_in(program, name=login, password=password, address=ADDRESS))
    except RuleViolation:
        return False


def test_only_slips_that_lapsed_unused_are_issued_again(program: Program, clock: Clock) -> None:
    staff(program)
    first = drawn(program)
    add(program, first)
    used = first.slips[0]
    token = commands.sign_in(program, name=used.of.login, password=used.password, address=ADDRESS)
    with program.read(operator()) as work:
        visit = queries.visit_of(work.session, token, work.now, work.today)
    assert visit is not None
    commands.change_password(program, visit.actor, current=used.password, new=CHOSEN, address=ADDRESS)
    with pytest.raises(RuleViolation, match="none_lapsed"):
        again(program)
    clock.move(hours=14 * 24)
    made = again(program)
    assert [(slip.of.login, slip.of.school_code) for slip in made.slips] == [("t2", "S1"), ("t3", "S2")]
    assert [slip.of.login for slip in again(program, "S2").slips] == ["t3"]
    assert write_again(program, made) == 2
    slip = made.slips[0]
    assert opens(program, "t2", slip.password) and not opens(program, "t2", first.slips[1].password)
    assert opens(program, "t1", CHOSEN)
    said = [entry for entry in entries(program) if entry[0] == "account:reissue_slips"]
    assert [(entry[2], entry[3]["accounts"]) for entry in said] == [("S1", 1), ("S2", 1)]
    with pytest.raises(Conflict):
        write_again(program, made)


def test_who_was_reset_meanwhile_keeps_that_password(program: Program, clock: Clock) -> None:
    staff(program)
    add(program, drawn(program))
    clock.move(hours=14 * 24)
    made = again(program)
    with program.begin(operator()) as work:
        user = work.session.scalars(select(User).where(User.name == "t2")).one()
        commands.reset_password(work, user_id=user.id, secret=passwords.seal(program.settings, CHOSEN))
    with pytest.raises(Conflict):
        write_again(program, made)
    assert opens(program, "t2", CHOSEN) and not opens(program, "t3", made.slips[2].password)


def test_the_command_line_writes_the_slips_for_its_owner_alone(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff(program)
    monkeypatch.setenv("TALENT_HOME", str(program.settings.home))
    monkeypatch.setenv("TALENT_DATABASE_URL", program.settings.database_url)
    target = tmp_path / "slips.pdf"
    done = CliRunner().invoke(main, ["user", "add-teachers", "--school", "S1", "-o", str(target)])
    assert (done.exit_code, target.read_bytes()[:4]) == (0, b"%PDF")
    assert target.stat().st_mode & 0o777 == 0o600
    again = CliRunner().invoke(main, ["user", "add-teachers", "-o", str(target)])
    assert again.exit_code == 2
    refused = CliRunner().invoke(main, ["user", "add-teachers", "--school", "S1", "-o", str(tmp_path / "b.pdf")])
    assert (refused.exit_code, "都已有账号" in refused.stderr) == (1, True)
