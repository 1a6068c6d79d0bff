"""Accounts and roles on both databases: two persons, nobody to oneself, compare-and-set, one audit entry each."""

import json
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from talent.accounts import commands, leaving, passwords, queries, sessions
from talent.accounts.models import RoleGrant, User, UserSession
from talent.core.access import ROLES, Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.work import Program
from tests import factories
from tests.conftest import Clock
from tests.factories import Account, add_account

SECRET = passwords.Secret("not a hash of anything")


def add(program: Program, actor: Actor, name: str, role: str = "hr", **reach: Any) -> int:
    with program.begin(actor) as work:
        return commands.add_user(work, name=name, role=role, secret=SECRET, **reach).id


def admin(program: Program, name: str) -> Actor:
    return factories.actor(program, add_account(program, "admin", name=name))


def two_admins(program: Program) -> tuple[Actor, Actor]:
    return admin(program, "first"), admin(program, "second")


def grants(program: Program, user_id: int) -> list[tuple[str, str, bool]]:
    """(role, state, founding) of an account."""
    with program.read(operator()) as work:
        return [(grant.role, grant.state, grant.founding) for grant in work.session.get_one(User, user_id).grants]


def grant_id(program: Program, user_id: int) -> int:
    with program.read(operator()) as work:
        return work.session.get_one(User, user_id).grants[-1].id


def entries(program: Program) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(action, actor, key, detail) of the whole audit."""
    with program.read(operator()) as work:
        rows = work.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        return [(row.action, row.actor, row.subject_key, json.loads(row.detail)) for row in rows]


def codes(violation: pytest.ExceptionInfo[RuleViolation]) -> list[str]:
    return [finding.code for finding in violation.value.findings]


def test_until_two_administrators_exist_a_role_counts_at_once(program: Program) -> None:
    first = add(program, operator(), "first", "admin")
    second = add(program, operator(), "second", "admin")
    third = add(program, operator(), "third", "hr")
    assert grants(program, first) == [("admin", "active", True)]
    assert grants(program, second) == [("admin", "active", True)]
    assert grants(program, third) == [("hr", "proposed", False)]
    school = {"school": None, "staff_no": None}
    assert entries(program) == [
        ("account:add", "operator", "first", {**school, "role": "admin", "state": "active"}),
        ("account:add", "operator", "second", {**school, "role": "admin", "state": "active"}),
        ("account:add", "operator", "third", {**school, "role": "hr", "state": "proposed"}),
    ]


def test_a_proposed_role_counts_once_another_administrator_agrees(program: Program) -> None:
    first, second = two_admins(program)
    user = add(program, first, "third")
    with program.read(first) as work:
        proposed = queries.actor_named(work.session, "third", work.today)
    assert proposed == Actor(user, "third", ())
    with program.begin(second) as work:
        commands.approve_grant(work, grant_id=grant_id(program, user))
    with program.read(first) as work:
        approved = queries.actor_named(work.session, "third", work.today)
    assert approved == Actor(user, "third", (Grant("hr"),))
    assert entries(program)[-1] == ("role:approve", "second", "third", {"role": "hr"})


def test_nobody_approves_what_they_proposed(program: Program) -> None:
    first, _ = two_admins(program)
    user = add(program, first, "third")
    with pytest.raises(RuleViolation) as refused, program.begin(first) as work:
        commands.approve_grant(work, grant_id=grant_id(program, user))
    assert codes(refused) == ["grant.same_person"]
    assert grants(program, user) == [("hr", "proposed", False)]


def test_the_operator_never_approves(program: Program) -> None:
    first, _ = two_admins(program)
    user = add(program, first, "third")
    with pytest.raises(RuleViolation) as refused, program.begin(operator()) as work:
        commands.approve_grant(work, grant_id=grant_id(program, user))
    assert codes(refused) == ["grant.operator_never_approves"]


def test_nobody_gives_or_approves_an_own_role(program: Program) -> None:
    first, second = two_admins(program)
    with pytest.raises(RuleViolation) as refused, program.begin(first) as work:
        commands.grant_role(work, user_id=first.user_id or 0, role="finance")
    assert codes(refused) == ["grant.to_oneself"]
    with program.begin(second) as work:
        commands.grant_role(work, user_id=first.user_id or 0, role="finance")
    with pytest.raises(RuleViolation) as refused, program.begin(first) as work:
        commands.approve_grant(work, grant_id=grant_id(program, first.user_id or 0))
    assert codes(refused) == ["grant.to_oneself"]


def test_two_accounts_of_one_person_are_one_person(program: Program) -> None:
    first, second = two_admins(program)
    person = factories.add_person(program, "T9")
    with program.begin(operator()) as work:
        work.session.execute(update(RoleGrant).where(RoleGrant.user_id.in_([first.user_id, second.user_id]))
                             .values(person_id=person))
    user = add(program, first, "third")
    with pytest.raises(RuleViolation) as refused, program.begin(second) as work:
        commands.approve_grant(work, grant_id=grant_id(program, user))
    assert codes(refused) == ["grant.same_person"]


def test_the_second_click_finds_it_done(program: Program) -> None:
    first, second = two_admins(program)
    user = add(program, first, "third")
    waiting = grant_id(program, user)
    with program.begin(second) as work:
        commands.approve_grant(work, grant_id=waiting)
    with pytest.raises(Conflict), program.begin(second) as work:
        commands.approve_grant(work, grant_id=waiting)
    assert [entry[0] for entry in entries(program)].count("role:approve") == 1


def test_a_declined_role_never_counts(program: Program) -> None:
    first, second = two_admins(program)
    user = add(program, first, "third")
    with program.begin(second) as work:
        commands.end_grant(work, grant_id=grant_id(program, user))
    assert grants(program, user) == [("hr", "ended", False)]
    with pytest.raises(Conflict), program.begin(second) as work:
        commands.approve_grant(work, grant_id=grant_id(program, user))
    assert entries(program)[-1] == ("role:end", "second", "third", {"role": "hr", "was": "proposed"})


def test_an_ended_role_may_be_given_again(program: Program) -> None:
    first, second = two_admins(program)
    user = add(program, first, "third")
    with pytest.raises(RuleViolation) as refused, program.begin(second) as work:
        commands.grant_role(work, user_id=user, role="hr")
    assert codes(refused) == ["grant.held"]
    with program.begin(second) as work:
        commands.end_grant(work, grant_id=grant_id(program, user))
    with program.begin(second) as work:
        commands.grant_role(work, user_id=user, role="hr")
    assert grants(program, user) == [("hr", "ended", False), ("hr", "proposed", False)]


@pytest.mark.parametrize(("name", "role", "reach", "expected"), [
    ("x", "hr", {}, ["account.name_shape"]),
    ("new", "king", {}, ["grant.role_unknown"]),
    ("new", "school", {}, ["grant.school_missing"]),
    ("new", "school", {"school_code": "S9"}, ["grant.school_unknown"]),
    ("new", "hr", {"school_code": "S1"}, ["grant.school_unwanted"]),
    ("new", "teacher", {}, ["grant.person_missing"]),
    ("new", "teacher", {"staff_no": "T9"}, ["grant.person_unknown"]),
    ("HR-1", "hr", {}, ["account.name_taken"]),
    ("x", "teacher", {}, ["account.name_shape", "grant.person_missing"]),
])
def test_add_user_refuses_with_every_reason(
    program: Program, name: str, role: str, reach: dict[str, str], expected: list[str]
) -> None:
    factories.add_school(program, "S1")
    add_account(program, "hr")
    before = entries(program)
    with pytest.raises(RuleViolation) as refused:
        add(program, operator(), name, role, **reach)
    assert codes(refused) == expected
    assert entries(program) == before


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_only_administrators_manage_accounts(program: Program, role: str) -> None:
    account = add_account(program, role)
    actor, other = factories.actor(program, account), add_account(program, "hr", name="other")
    acts = [
        lambda work: commands.add_user(work, name="new", role="hr", secret=SECRET),
        lambda work: commands.grant_role(work, user_id=other.user_id, role="finance"),
        lambda work: commands.disable_user(work, user_id=other.user_id),
        lambda work: commands.enable_user(work, user_id=other.user_id),
        lambda work: commands.reset_password(work, user_id=other.user_id, secret=SECRET),
        lambda work: leaving.end_sessions(work, user_id=other.user_id),
        lambda work: commands.approve_grant(work, grant_id=grant_id(program, other.user_id)),
        lambda work: commands.end_grant(work, grant_id=grant_id(program, other.user_id)),
        lambda work: queries.accounts(work.session, work.actor, work.today),
        lambda work: queries.waiting_grants(work.session, work.actor, work.today),
    ]
    for act in acts:
        with pytest.raises(NotAllowed), program.begin(actor) as work:
            act(work)


def test_the_circle_of_administrators_does_not_shrink_to_one(program: Program) -> None:
    first, second = two_admins(program)
    for act in (
        lambda work: commands.disable_user(work, user_id=second.user_id or 0),
        lambda work: commands.end_grant(work, grant_id=grant_id(program, second.user_id or 0)),
    ):
        with pytest.raises(RuleViolation) as refused, program.begin(first) as work:
            act(work)
        assert codes(refused) == ["account.last_two_admins"]
    third = admin(program, "third")
    with program.begin(first) as work:
        commands.disable_user(work, user_id=third.user_id or 0)
    assert entries(program)[-1] == ("account:disable", "first", "third", {"sessions": 0})


def test_a_closed_account_opens_with_its_roles_proposed_anew(program: Program) -> None:
    first, second = two_admins(program)
    account = add_account(program, "hr")
    with program.begin(first) as work:
        commands.disable_user(work, user_id=account.user_id)
    with pytest.raises(Conflict), program.begin(first) as work:
        commands.disable_user(work, user_id=account.user_id)
    with program.begin(first) as work:
        commands.enable_user(work, user_id=account.user_id)
    assert grants(program, account.user_id) == [("hr", "proposed", False)]
    with program.begin(second) as work:
        commands.approve_grant(work, grant_id=grant_id(program, account.user_id))
    assert grants(program, account.user_id) == [("hr", "active", False)]


def test_nobody_closes_the_own_account(program: Program) -> None:
    first, _ = two_admins(program)
    with pytest.raises(RuleViolation) as refused, program.begin(first) as work:
        commands.disable_user(work, user_id=first.user_id or 0)
    assert codes(refused) == ["account.not_oneself"]


def test_unknown_accounts_and_grants_are_not_found(program: Program) -> None:
    first = admin(program, "first")
    for act in (
        lambda work: commands.disable_user(work, user_id=999),
        lambda work: commands.approve_grant(work, grant_id=999),
    ):
        with pytest.raises(NotFound), program.begin(first) as work:
            act(work)


def test_a_role_counts_from_its_day_to_the_day_before_its_end(program: Program, clock: Clock) -> None:
    account = add_account(program, "hr")
    clock.move(days=1)
    with program.begin(operator()) as work:
        work.session.execute(update(RoleGrant).values(valid_from=work.today, valid_to=work.today.replace(day=20)))

    def roles() -> tuple[str, ...]:
        with program.read(operator()) as work:
            actor = queries.actor_named(work.session, account.name, work.today)
            return actor.roles if actor else ("nobody",)

    days = {}
    for days_on, label in ((-1, "before"), (1, "first"), (10, "last"), (1, "after")):
        clock.move(days=days_on)
        days[label] = roles()
    assert days == {"before": (), "first": ("hr",), "last": ("hr",), "after": ()}


def test_a_reset_password_ends_the_sessions_and_must_be_replaced(program: Program) -> None:
    account = add_account(program, "hr")
    token = commands.sign_in(program, name=account.name, password=account.password, address="10.0.0.1")
    with program.begin(admin(program, "first")) as work:
        commands.reset_password(work, user_id=account.user_id, secret=SECRET)
    with program.read(operator()) as work:
        assert queries.visit_of(work.session, token, work.now, work.today) is None
        assert work.session.get_one(User, account.user_id).must_change
    assert entries(program)[-1] == ("account:reset_password", "first", "hr-1", {"sessions": 1})


def test_an_account_closed_between_check_and_entry_stays_out(program: Program) -> None:
    account = add_account(program, "hr")
    known = commands._confirm(program, account.name, account.password, "10.0.0.1")
    with program.begin(operator()) as work:
        commands.disable_user(work, user_id=account.user_id)
    with pytest.raises(RuleViolation), program.begin(operator()) as work:
        sessions.open_session(work, program, known.user_id, "10.0.0.1")
    with program.read(operator()) as work:
        assert work.session.scalars(select(UserSession)).all() == []


def _row(account: Account, other: Account, **values: Any) -> dict[str, Any]:
    return {"user_id": account.user_id, "role": "finance", "state": "proposed", "founding": False,
            "granted_by": other.user_id, **values}


@pytest.mark.parametrize(("case", "values"), [
    ("a role nobody knows", {"role": "king"}),
    ("a school clerk of no school", {"role": "school"}),
    ("a teacher who is nobody", {"role": "teacher"}),
    ("given to oneself", {"granted_by": "self"}),
    ("approved by who proposed", {"state": "active", "approved_by": "other", "approved_at": "now"}),
    ("approved by who receives", {"state": "active", "approved_by": "self", "approved_at": "now"}),
    ("active without approval", {"state": "active"}),
    ("approved without a moment", {"state": "active", "approved_by": "third"}),
    ("ended without a moment", {"state": "ended"}),
])
def test_the_database_itself_refuses(program: Program, case: str, values: dict[str, Any]) -> None:
    account, other, third = (add_account(program, "hr", name=name) for name in ("self", "other", "third"))
    ids = {"self": account.user_id, "other": other.user_id, "third": third.user_id}
    with pytest.raises(IntegrityError), program.begin(operator()) as work:
        meant = {key: ids.get(value, work.now if value == "now" else value) for key, value in values.items()}
        row = {**_row(account, other), "valid_from": work.today, "granted_at": work.now, **meant}
        work.session.execute(insert(RoleGrant).values(row))


def test_a_closed_account_acts_in_nothing(program: Program) -> None:
    """Neither in a job it asked for, nor by a sheet it signed, nor at the command line."""
    account = add_account(program, "hr")
    with program.read(operator()) as work:
        named, known = (queries.actor_named(work.session, account.name, work.today),
                        queries.actor_of(work.session, account.user_id, work.today))
        assert named is not None and named == known and named.roles == ("hr",)
    with program.begin(admin(program, "first")) as work:
        commands.disable_user(work, user_id=account.user_id)
    with program.read(operator()) as work:
        assert queries.actor_named(work.session, account.name, work.today) is None
        assert queries.actor_of(work.session, account.user_id, work.today) is None
