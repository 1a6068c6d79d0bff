"""Everything that changes an account or a role, and signing in: find, permit, judge, change, record.

Signing in and changing a password take the :class:`Program` rather than a work, because the key derivation has to run
between two transactions: read what is known, derive, then write.
"""

from datetime import date, timedelta

from sqlalchemy import select, update

from talent.accounts import allowances, passwords, posts, queries, rules, sessions
from talent.accounts.allowances import FAILURES_OF_AN_ADDRESS
from talent.accounts.models import RoleGrant, SecondFactor, User, UserSession
from talent.accounts.passwords import Secret
from talent.accounts.queries import Credentials
from talent.core.access import ROLES, Actor
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.work import Program, Work
from talent.people.models import Person, School

NOBODY = Actor(None, "anonymous", ())


# ── signing in and out ───────────────────────────────────────────────────────────────────────────────────────


def sign_in(program: Program, *, name: str, password: str, address: str, former: str = "") -> str:
    """Open a session and answer its token, which only the browser keeps; the one it held, ``former``, ends.

    Raises :class:`RuleViolation`: ``login.refused`` (the same whether the name, the password or the account is
    wrong), ``login.wait``, ``login.busy``, ``login.initial_password_over``.
    """
    known = _confirm(program, name, password, address)
    with program.begin(Actor(known.user_id, known.name, ())) as work:
        sessions.forget_failures(work, known.name, address)
        token = sessions.open_session(work, program, known.user_id, address, former=former)
        work.record("account:sign_in", "user", known.name, address=address)
    return token


def change_password(program: Program, actor: Actor, *, current: str, new: str, address: str) -> str:
    """Replace one's own password, end every session and answer the token of a new one.

    Raises :class:`RuleViolation` (``login.*``, ``password.*``) and :class:`Conflict` when it changed meanwhile.
    """
    known = _confirm(program, actor.name, current, address, may_be_over=True)
    assert known.user_id is not None  # a proved account exists
    if current == new:
        raise RuleViolation(Finding("password.unchanged"))
    with program.read(actor) as work:
        about = queries.words_about(work.session, known.user_id)
    secret = passwords.seal(program.settings, new, about)
    with program.begin(actor) as work:
        changed = work.session.execute(
            update(User).where(User.id == known.user_id, User.password_hash == known.password_hash)
            .values(password_hash=secret.hash, password_set_at=work.now, must_change=False, initial_until=None,
                    version=User.version + 1)
        )
        sessions.must_have_changed(changed, "account")
        sessions.end_sessions(work, known.user_id)
        sessions.revoke_keys(work, known.user_id)
        token = sessions.open_session(work, program, known.user_id, address)
        work.record("account:change_password", "user", known.name)
    return token


def prove_password(program: Program, actor: Actor, *, password: str, token: str, address: str) -> None:
    """Prove the session behind ``token`` by giving the password once more, for acts that ask for it.

    Raises :class:`RuleViolation` (``login.*``); an account with a second factor proves itself by that instead.
    """
    _confirm(program, actor.name, password, address)
    with program.begin(actor) as work:
        proved = work.session.execute(
            update(UserSession)
            .where(UserSession.token_sha256 == queries.token_hash(token), UserSession.user_id == actor.user_id,
                   UserSession.ended_at.is_(None),
                   ~select(SecondFactor.user_id).where(SecondFactor.user_id == actor.user_id).exists())
            .values(proved_at=work.now).execution_options(synchronize_session=False)
        )
        sessions.must_have_changed(proved, "session")
        work.record("account:prove", "user", actor.name, how="password")


def _confirm(program: Program, name: str, password: str, address: str, *, may_be_over: bool = False) -> Credentials:
    """The account that ``password`` proves; a failure is counted, recorded and refused."""
    folded, network = rules.folded_name(name), rules.network_of(address)
    with passwords.slot():
        # Read within the slot: tries sent at the same moment see the failures of those before them.
        with program.read(NOBODY) as work:
            known = queries.credentials_of(work.session, folded, work.vault.index(folded), network)
            now = work.now
            seconds = allowances.seconds_left(work.session, FAILURES_OF_AN_ADDRESS, network, now)
        if seconds:
            raise RuleViolation(Finding("login.address_wait", params={"seconds": seconds}))
        if known.last_failed_at is not None:
            left = rules.waiting_time(known.fails, known.last_failed_at, now)
            if left > timedelta(0):
                raise RuleViolation(Finding("login.wait", params={"seconds": -(-left // timedelta(seconds=1))}))
        proved = passwords.matches(program.settings, program.vault, known.name, known.password_hash, password)
        if not proved or known.disabled:
            _refuse(program, known, folded, address, "password" if not proved else "disabled")
    assert known.password_set_at is not None  # a proved account has a password
    if not may_be_over and rules.initial_password_is_over(
        known.must_change, known.password_set_at, now, known.initial_until
    ):
        with program.begin(NOBODY) as work:
            work.record("account:sign_in_refused", "user", known.name, address=address, reason="initial_password_over")
        raise RuleViolation(Finding("login.slip_over" if known.initial_until else "login.initial_password_over"))
    return known


def _refuse(program: Program, known: Credentials, folded: str, address: str, reason: str) -> None:
    """Count and record a failure in a transaction of its own, which must outlive the refusal."""
    with program.begin(NOBODY) as work:
        network = rules.network_of(address)
        fails = sessions.count_failure(work, work.vault.index(folded), network)
        allowances.count(work, FAILURES_OF_AN_ADDRESS, network)
        work.record("account:sign_in_refused", "user", known.name or "unknown", address=address, fails=fails,
                    reason=reason if known.user_id is not None else "unknown")
    raise RuleViolation(Finding("login.refused"))


# ── accounts ─────────────────────────────────────────────────────────────────────────────────────────────────


def add_user(
    work: Work, *, name: str, role: str, secret: Secret, school_code: str | None = None, staff_no: str | None = None,
    display_name: str = "", must_change: bool = True, until: date | None = None,
) -> User:
    """Add an account with one role. ``secret`` comes from :func:`passwords.seal`, made before the transaction.

    ``until`` is the last day of the role; without it the role ends with the post.

    The role is in force at once while fewer than two administrators exist; afterwards it is proposed and a second
    person approves it. Raises :class:`RuleViolation` (``account.*``, ``grant.*``).
    """
    folded = rules.folded_name(name)
    school, person, findings = _reach(work, school_code, staff_no)
    taken = work.session.scalar(select(User.id).where(User.name == folded)) is not None
    work.require("account:manage")
    findings += rules.judge_name(folded) + _judge_role(role, school_code, staff_no)
    findings += _judge_post(work, school, person, until)
    if taken:
        findings.append(Finding("account.name_taken", params={"name": folded}))
    if findings:
        raise RuleViolation(findings)
    user = User(
        name=folded, display_name=display_name or (person.name if person else ""), password_hash=secret.hash,
        password_set_at=work.now, must_change=must_change, created_at=work.now, created_by=work.actor.user_id,
    )
    work.session.add(user)
    work.session.flush()
    grant = _grant(work, user, role, school, person, until)
    work.record("account:add", "user", folded, role=role, school=school_code, staff_no=staff_no, state=grant.state,
                **_until(until))
    return user


def disable_user(work: Work, *, user_id: int) -> None:
    """Close an account: its sessions end with the next request of each."""
    user = _user(work, user_id)
    work.require("account:manage")
    if user.id == work.actor.user_id:
        raise RuleViolation(Finding("account.not_oneself"))
    _judge_remaining_admins(work, user)
    changed = work.session.execute(
        update(User).where(User.id == user.id, User.disabled_at.is_(None))
        .values(disabled_at=work.now, version=User.version + 1)
    )
    sessions.must_have_changed(changed, "account")
    ended = sessions.end_sessions(work, user.id)
    work.record("account:disable", "user", user.name, sessions=ended)


def enable_user(work: Work, *, user_id: int) -> None:
    """Open a closed account again. Its roles are proposed anew where a second person is needed."""
    user = _user(work, user_id)
    work.require("account:manage")
    alone = grants_alone(work)
    changed = work.session.execute(
        update(User).where(User.id == user.id, User.disabled_at.is_not(None))
        .values(disabled_at=None, version=User.version + 1)
    )
    sessions.must_have_changed(changed, "account")
    if not alone:
        work.session.execute(
            update(RoleGrant).where(RoleGrant.user_id == user.id, RoleGrant.state == "active")
            .values(state="proposed", founding=False, granted_by=work.actor.user_id, granted_at=work.now,
                    approved_by=None, approved_at=None)
        )
    work.record("account:enable", "user", user.name, roles="active" if alone else "proposed")


def reset_password(work: Work, *, user_id: int, secret: Secret) -> None:
    """Give an account a new initial password, to be replaced within a day; its sessions end."""
    user = _user(work, user_id)
    work.require("account:manage")
    if user.id == work.actor.user_id:
        raise RuleViolation(Finding("account.not_oneself"))
    user.password_hash, user.password_set_at, user.must_change = secret.hash, work.now, True
    user.initial_until = None
    user.version += 1
    sessions.revoke_keys(work, user.id)
    ended = sessions.end_sessions(work, user.id)
    work.record("account:reset_password", "user", user.name, sessions=ended)


def _user(work: Work, user_id: int) -> User:
    user = work.session.get(User, user_id)
    if user is None:
        raise NotFound("account", user_id)
    return user


def _judge_remaining_admins(work: Work, leaving: User) -> None:
    """An administrator cannot shrink the circle to where one person grants alone; the local operator may."""
    held = any(grant.role == "admin" and grant.state == "active" for grant in leaving.grants)
    if held and work.actor.user_id is not None and not rules.needs_second_person(_admins(work) - 1):
        raise RuleViolation(Finding("account.last_two_admins"))


# ── roles ────────────────────────────────────────────────────────────────────────────────────────────────────


def grant_role(
    work: Work, *, user_id: int, role: str, school_code: str | None = None, staff_no: str | None = None,
    until: date | None = None,
) -> RoleGrant:
    """Give an account one more role, proposed or at once as in :func:`add_user`."""
    user = _user(work, user_id)
    school, person, findings = _reach(work, school_code, staff_no)
    work.require("account:manage")
    posts.end_what_is_over(work, user_id=user.id)
    findings += _judge_role(role, school_code, staff_no) + _judge_post(work, school, person, until)
    known = queries.person_behind(work.session, user.id)
    if person is not None and known not in (None, person.id):
        findings.append(Finding("grant.other_person", params={"name": user.name, "staff_no": person.staff_no}))
    if user.id == work.actor.user_id:
        findings.append(Finding("grant.to_oneself"))
    if any(_is_same(grant, role, school, person) for grant in user.grants):
        findings.append(Finding("grant.held", params={"role": role, "name": user.name}))
    if findings:
        raise RuleViolation(findings)
    grant = _grant(work, user, role, school, person, until)
    work.record("role:grant", "user", user.name, role=role, school=school_code, staff_no=staff_no, state=grant.state,
                **_until(until))
    return grant


def approve_grant(work: Work, *, grant_id: int) -> None:
    """Put a proposed role in force: the second person's act."""
    grant = _open_grant(work, grant_id)
    work.require("account:manage")
    findings = rules.judge_approval(_party(work, work.actor.user_id), _party(work, grant.granted_by),
                                    rules.Party(grant.user_id, grant.person_id or queries.person_behind(
                                        work.session, grant.user_id)))
    if work.session.scalar(select(queries.is_over(work.today)).select_from(RoleGrant).where(RoleGrant.id == grant.id)):
        findings.append(Finding("grant.over", params={"name": grant.user.name, "role": grant.role}))
    if findings:
        raise RuleViolation(findings)
    changed = work.session.execute(
        update(RoleGrant).where(RoleGrant.id == grant.id, RoleGrant.state == "proposed")
        .values(state="active", approved_by=work.actor.user_id, approved_at=work.now)
    )
    sessions.must_have_changed(changed, "grant")
    work.record("role:approve", "user", grant.user.name, role=grant.role)


def end_grant(work: Work, *, grant_id: int) -> None:
    """Decline a proposed role, or take one away from now on."""
    grant = _open_grant(work, grant_id)
    work.require("account:manage")
    if grant.user_id == work.actor.user_id:
        raise RuleViolation(Finding("account.not_oneself"))
    before = grant.state
    if grant.role == "admin" and before == "active":
        _judge_remaining_admins(work, grant.user)
    changed = work.session.execute(
        update(RoleGrant).where(RoleGrant.id == grant.id, RoleGrant.state == before)
        .values(state="ended", ended_by=work.actor.user_id, ended_at=work.now,
                valid_to=max(grant.valid_from, work.today))
    )
    sessions.must_have_changed(changed, "grant")
    work.record("role:end", "user", grant.user.name, role=grant.role, was=before)


def _open_grant(work: Work, grant_id: int) -> RoleGrant:
    grant = work.session.get(RoleGrant, grant_id)
    if grant is None:
        raise NotFound("grant", grant_id)
    if grant.state == "ended":
        raise Conflict("grant")
    return grant


def _party(work: Work, user_id: int | None) -> rules.Party:
    return rules.Party(user_id, queries.person_behind(work.session, user_id))


def _is_same(grant: RoleGrant, role: str, school: School | None, person: Person | None) -> bool:
    return (grant.state != "ended" and grant.role == role and grant.school_id == (school.id if school else None)
            and grant.person_id == (person.id if person else None))


def _reach(work: Work, school_code: str | None, staff_no: str | None) -> (
    tuple[School | None, Person | None, list[Finding]]
):
    """The school and the person a grant names, and what could not be found."""
    findings = []
    school = person = None
    if school_code:
        school = work.session.scalars(select(School).where(School.code == school_code)).one_or_none()
        if school is None:
            findings.append(Finding("grant.school_unknown", params={"school_code": school_code}))
    if staff_no:
        person = work.session.scalars(select(Person).where(Person.staff_no == staff_no)).one_or_none()
        if person is None:
            findings.append(Finding("grant.person_unknown", params={"staff_no": staff_no}))
    return school, person, findings


def _judge_role(role: str, school_code: str | None, staff_no: str | None) -> list[Finding]:
    if role not in ROLES:
        return [Finding("grant.role_unknown", params={"role": role, "roles": " ".join(ROLES)})]
    return rules.judge_grant(role, school=bool(school_code), person=bool(staff_no))


def _judge_post(work: Work, school: School | None, person: Person | None, until: date | None) -> list[Finding]:
    """A grant is for a post held now, and does not end before it begins."""
    findings = []
    if person is not None and not queries.serves(work.session, person.id, school.id if school else None, work.today):
        findings.append(Finding("grant.not_in_post", params={
            "name": person.name, "staff_no": person.staff_no, "place": school.name if school else ""}))
    if school is not None and school.closed_on is not None and school.closed_on <= work.today:
        findings.append(Finding("grant.school_closed", params={"name": school.name, "closed_on": school.closed_on}))
    if until is not None and until < work.today:
        findings.append(Finding("grant.until_past", params={"until": until}))
    return findings


def _until(until: date | None) -> dict[str, date]:
    return {} if until is None else {"until": until}


def grants_alone(work: Work) -> bool:
    """Whether a grant counts at once, nobody else being there to approve it."""
    return not rules.needs_second_person(_admins(work))


def _admins(work: Work) -> int:
    """How many administrators there are, counted after every other grant being given just now."""
    work.session.execute(select(RoleGrant.id).where(RoleGrant.role == "admin", RoleGrant.state == "active")
                         .with_for_update())
    return queries.count_admins(work.session, work.today)


def _grant(
    work: Work, user: User, role: str, school: School | None, person: Person | None, until: date | None
) -> RoleGrant:
    alone = grants_alone(work)
    grant = RoleGrant(
        user_id=user.id, role=role, school_id=school.id if school else None, person_id=person.id if person else None,
        valid_from=work.today,
        valid_to=until + timedelta(days=1) if until else None,
        state="active" if alone else "proposed", founding=alone,
        granted_by=work.actor.user_id, granted_at=work.now,
    )
    work.session.add(grant)
    work.session.flush()
    return grant
