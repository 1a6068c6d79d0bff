"""Grants end with the post: with the next reading, and in the table once swept."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from talent.accounts import commands, posts, queries
from talent.accounts.models import RoleGrant, User
from talent.cli.checks import examine
from talent.core.access import operator
from talent.core.errors import RuleViolation
from talent.core.work import Program, Work
from talent.people.models import Employment, School
from tests import factories
from tests.accounts.test_commands import SECRET, admin, codes, entries, grant_id, two_admins
from tests.conftest import MORNING, Clock

TODAY = MORNING.date()
DAY = timedelta(days=1)


def bound(program: Program, role: str) -> int:
    """An account whose grant names the person T1, at S1 for a role of a school."""
    factories.add_person(program, "T1", school_code="S1")
    reach = {"school_code": "S1"} if role in factories.SCHOOL_ROLES else {}
    with program.begin(operator()) as work:
        return commands.add_user(work, name="bound", role=role, secret=SECRET, staff_no="T1", **reach).id


def employment(**values: Any) -> Callable[[Work], None]:
    return lambda work: work.session.execute(update(Employment).values(**values)) and None


def transferred(work: Work) -> None:
    """From today on at another school."""
    old = work.session.query(Employment).one()
    old.valid_to = TODAY
    other = School(code="S2", name="第二小学", kind="primary", ownership="public", area="urban")
    work.session.add(other)
    work.session.flush()
    work.session.add(Employment(person_id=old.person_id, school_id=other.id, valid_from=TODAY, stage="primary"))


def closed(work: Work) -> None:
    work.session.execute(update(School).where(School.code == "S1").values(closed_on=TODAY))


def roles(program: Program, name: str = "bound") -> tuple[str, ...]:
    with program.read(operator()) as work:
        actor = queries.actor_named(work.session, name, work.today)
    return actor.roles if actor else ("nobody",)


def over(program: Program) -> int:
    with program.read(operator()) as work:
        return posts.count_over(work.session, work.today)


RETIRES_TOMORROW = employment(status="retired", left_on=TODAY + DAY)
RETIRED = employment(status="retired", left_on=TODAY)
RESIGNED = employment(status="resigned", left_on=TODAY)
MOVED_OUT = employment(status="transferred_out", left_on=TODAY)
ON_LEAVE = employment(status="long_leave")
UNTIL_TODAY = employment(valid_to=TODAY)


@pytest.mark.parametrize(("role", "case", "change", "lasts"), [
    ("principal", "retires tomorrow", RETIRES_TOMORROW, True),
    ("principal", "retired today", RETIRED, False),
    ("school", "resigned", RESIGNED, False),
    ("school", "left the district", MOVED_OUT, False),
    ("school", "on long leave", ON_LEAVE, True),
    ("principal", "at another school from today", transferred, False),
    ("teacher", "at another school from today", transferred, True),
    ("hr", "at another school from today", transferred, True),
    ("teacher", "retired today", RETIRED, False),
    ("expert", "resigned", RESIGNED, False),
    ("finance", "no period after yesterday", UNTIL_TODAY, False),
    ("principal", "the school is closed from today", closed, False),
])
def test_a_grant_lasts_as_long_as_the_post(
    program: Program, role: str, case: str, change: Callable[[Work], None], lasts: bool
) -> None:
    bound(program, role)
    assert roles(program) == (role,)
    with program.begin(operator()) as work:
        change(work)
    assert roles(program) == ((role,) if lasts else ()), case
    assert over(program) == (0 if lasts else 1)


def test_the_sweep_closes_what_is_over_with_a_line_each(program: Program) -> None:
    user = bound(program, "principal")
    with program.begin(operator()) as work:
        commands.add_user(work, name="else", role="hr", secret=SECRET)
        RETIRED(work)
    assert posts.sweep(program) == 1
    assert posts.sweep(program) == 0
    assert over(program) == 0
    with program.read(operator()) as work:
        grant = work.session.get_one(User, user).grants[0]
        assert (grant.state, grant.ended_by, grant.valid_to) == ("ended", None, TODAY)
    assert entries(program)[-1] == (
        "role:end", "operator", "bound", {"role": "principal", "was": "active", "reason": "post"})
    assert roles(program, "else") == ("hr",)


def test_a_role_with_a_last_day_counts_through_it(program: Program, clock: Clock) -> None:
    with program.begin(operator()) as work:
        commands.add_user(work, name="bound", role="expert", secret=SECRET, until=TODAY + DAY)
    clock.move(days=1)
    assert roles(program) == ("expert",)
    clock.move(days=1)
    assert roles(program) == ()
    assert posts.sweep(program) == 1
    with program.read(operator()) as work:
        assert work.session.query(RoleGrant).one().valid_to == TODAY + 2 * DAY
    assert entries(program)[-1][3] == {"role": "expert", "was": "active", "reason": "time"}


def test_a_role_that_ran_out_may_be_given_again_before_the_sweep(program: Program, clock: Clock) -> None:
    with program.begin(operator()) as work:
        user = commands.add_user(work, name="bound", role="expert", secret=SECRET, until=TODAY).id
    clock.move(days=1)
    with program.begin(operator()) as work:
        commands.grant_role(work, user_id=user, role="expert")
    assert roles(program) == ("expert",)


def test_the_doctor_counts_them(program: Program) -> None:
    def said() -> bool:
        return next(check.ok for check in examine(program) if check.name == "grants")

    bound(program, "school")
    assert said()
    with program.begin(operator()) as work:
        RETIRED(work)
    assert not said()
    posts.sweep(program)
    assert said()


@pytest.mark.parametrize(("case", "change", "reach", "until", "expected"), [
    ("somebody who left", RETIRED, {"staff_no": "T1"}, None, ["grant.not_in_post"]),
    ("somebody of another school", transferred, {"staff_no": "T1"}, None, ["grant.not_in_post"]),
    ("a closed school", closed, {}, None, ["grant.school_closed"]),
    ("a last day that is past", ON_LEAVE, {"staff_no": "T1"}, TODAY - DAY, ["grant.until_past"]),
])
def test_a_grant_is_for_a_post_held_now(
    program: Program, case: str, change: Callable[[Work], None], reach: dict[str, str], until: date | None,
    expected: list[str],
) -> None:
    factories.add_person(program, "T1", school_code="S1")
    with program.begin(operator()) as work:
        change(work)
    with pytest.raises(RuleViolation) as refused, program.begin(operator()) as work:
        commands.add_user(work, name="bound", role="principal", secret=SECRET, school_code="S1", until=until, **reach)
    assert codes(refused) == expected, case


def test_a_proposal_whose_post_ended_is_not_approved(program: Program) -> None:
    first, second = two_admins(program)
    user = bound(program, "principal")
    with program.begin(operator()) as work:
        RETIRED(work)
    with pytest.raises(RuleViolation) as refused, program.begin(second) as work:
        commands.approve_grant(work, grant_id=grant_id(program, user))
    assert codes(refused) == ["grant.over"]
    assert posts.sweep(program) == 1
    assert entries(program)[-1][3] == {"role": "principal", "was": "proposed", "reason": "post"}
    assert first.user_id != user


def test_an_account_belongs_to_one_person(program: Program) -> None:
    user = bound(program, "teacher")
    factories.add_person(program, "T2")
    with pytest.raises(RuleViolation) as refused, program.begin(operator()) as work:
        commands.grant_role(work, user_id=user, role="teacher", staff_no="T2")
    assert codes(refused) == ["grant.other_person"]


def test_whose_account_it_is_outlives_the_role(program: Program) -> None:
    first = admin(program, "first")
    user = bound(program, "teacher")
    with program.begin(first) as work:
        commands.end_grant(work, grant_id=grant_id(program, user))
        person = work.session.get_one(User, user).grants[0].person_id
        assert queries.person_behind(work.session, user) == person
