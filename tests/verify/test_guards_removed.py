"""Guards taken out one by one: for each, what should notice does. Run with ``pytest -m verify``.

Every question to the sweep and the matrix is first asked with all guards in place, so that one which always fails
proves nothing; that named tests pass with every guard in place is what the ordinary run says.
"""

import shutil
from pathlib import Path

import pytest

from talent.core.access import ROLES
from tests.guards.addresses import Names
from tests.guards.district import NEAR, TABLES, District, a_site, build
from tests.guards.sweep import browser_of, learn_names, swept
from tests.test_access import outcome, routes, rows
from tests.verify.mutants import Cells, Check, Guard, Sweep, These, in_a_child, knock_out, passes

pytestmark = pytest.mark.verify
BATCH = "<number:batch_id>"


def these(*ids: str) -> These:
    return These(ids)


GUARDS = (
    # the door
    Guard("the right of a route", "talent.web.security:guard",
          "if rights != SIGNED_IN and not any(visit.actor.may(right) for right in rights):", "if False:",
          Cells("expert", ("GET /admin/accounts/new", "GET /pay/mine", "GET /privacy/notice/new"))),
    Guard("a route that names no right", "talent.web.security:guard", "if rights == PUBLIC:",
          "if rights == PUBLIC or not rights:", these("tests/web/test_security.py")),
    Guard("a page that asks for a fresh proof", "talent.web.security:guard",
          'if request.method == "GET" and STEP_UP.issuperset(rights) and not _proved_for_a_page(visit):', "if False:",
          these("tests/web/test_proof.py", "tests/web/test_admin.py", "tests/privacy/test_reveal.py")),
    Guard("the code before anything else", "talent.web.security:_first_step",
          "if visit.has_factor and visit.factor_at is None:", "if False:", these("tests/web/test_proof.py")),
    Guard("an own password before anything else", "talent.web.security:_first_step",
          "if old and not visit.by_provider:", "if False:", these("tests/web/test_login.py")),
    Guard("the host asked for", "talent.web.security:refuse_strange_host",
          "if _host_name() in program().settings.allowed_hosts:", "if True:",
          these("tests/web/test_security.py::test_only_own_hosts_are_answered")),
    Guard("the token of a form", "flask_wtf.csrf:CSRFProtect.protect", 'if request.method not in '
          'current_app.config["WTF_CSRF_METHODS"]:', "if True:",
          these("tests/web/test_security.py::test_a_form_without_its_token_does_nothing")),
    Guard("a key that only reads", "talent.web.security:_find_caller", 'if caller is not None and caller.reads_only '
          'and request.method not in ("GET", "HEAD"):', "if False:", these("tests/api/test_keys.py")),
    Guard("where a sign-in leads", "talent.web.security:is_own_path",
          'if not target.startswith("/") or target.startswith("//") or "\\\\" in target or not target.isprintable():',
          "if False:", these("tests/web/test_security.py::test_own_paths")),
    # the right and the proof behind the door
    Guard("the right of a command", "talent.core.access:Actor.require", "if not scope:", "if False:",
          these("tests/accounts/test_commands.py")),
    Guard("the fresh proof of a command", "talent.core.access:Actor.require", "if permission in STEP_UP:", "if False:",
          these("tests/pay/test_chain.py")),
    Guard("the proof of a key", "talent.accounts.tokens:issue", "work.actor.require_proved()", "pass",
          these("tests/api/test_keys.py")),
    Guard("the proof of a signed sheet", "talent.pay.chain_commands:_signature", "work.require_proved()", "pass",
          these("tests/pay/test_chain.py")),
    # whose it is
    Guard("the people a scope reaches", "talent.people.queries:within",
          "parts.append(Employment.school_id.in_(scope.schools))", "return true()",
          Sweep("school", ("/people/staff", "/training/", "/records/<kind>/"))),
    Guard("one person's record", "talent.people.record:_is_seen", "return scope.everyone or", "return True or",
          Sweep("teacher", ("GET /people/<number:person_id>",))),
    Guard("the schools a scope reaches", "talent.people.schools:within_schools", "true() if scope.everyone else",
          "true() if True else", Sweep("principal", ("GET /schools/",))),
    Guard("whose a record is", "talent.exchange.listing:whose", "within(work.require(ledger.right))", "True",
          Sweep("teacher", ("GET /records/<kind>/<number:record_id>",))),
    Guard("who may write a record", "talent.exchange.entries:reaches",
          "return work.session.scalar(found.limit(1)) is not None", "return True",
          these("tests/exchange/test_entries.py")),
    Guard("a proposal of another school", "talent.exchange.proposals:found",
          "row.person_id in scope.persons or entries.reaches(work, scope, row.person_id)", "True",
          these("tests/exchange/test_proposals.py")),
    Guard("a record of one's own", "talent.exchange.proposals:own_record", "if held.person_id != own_person(work):",
          "if False:", Sweep("teacher", ("/corrections/new",))),
    Guard("lines of pay", "talent.pay.queries:reach", "if scope.everyone:", "if True:",
          Sweep("principal", ("GET /pay/line", "GET /pay/people"))),
    Guard("a school's part of a batch", "talent.pay.chain_queries:school_part",
          "if not any(scope.everyone or school.id in scope.schools for scope in scopes):", "if False:",
          Sweep("principal", (f"GET /pay/batch/{BATCH}/school",))),
    Guard("a school's answer", "talent.pay.chain_commands:_answer",
          "if not scope.everyone and school_id not in scope.schools:", "if False:", these("tests/pay/test_chain.py")),
    Guard("a line taken out", "talent.pay.aside:_set_aside",
          "if line is None or not (scope.everyone or line.school_id in scope.schools):", "if line is None:",
          Sweep("principal", ("POST /pay/line",))),
    Guard("a signed sheet", "talent.pay.chain_queries:sheet_of", "or not scope.everyone:", ":",
          Sweep("teacher", ("GET /pay/sheet",))),
    Guard("a portrait", "talent.portraits.queries:_scope",
          "if not scope.everyone and person_id not in scope.persons:", "if False:",
          these("tests/portraits/test_person.py")),
    Guard("an import of another", "talent.exchange.queries:_visible", "true() if scope.everyone else",
          "true() if True else", Sweep("school", ("GET /imports/batch", "GET /api/v1/imports"))),
    Guard("the files of an import", "talent.exchange.queries:uploads_of", "if not detail.row.mine:", "if False:",
          Sweep("hr", ("GET /imports/report",))),
    Guard("who decides on an import", "talent.exchange.staging:_own_staged",
          "if batch is None or batch.created_by != work.actor.user_id:", "if batch is None:",
          Sweep("hr", (f"POST /imports/batch/{BATCH}/discard",))),
    Guard("people a sheet may name", "talent.exchange.directory:Directory._load_people", "if not scope.everyone:",
          "if False:", these("tests/guards/test_strangers.py::test_a_row_about_a_stranger_is_a_row_about_nobody")),
    Guard("rows of an export", "talent.exchange.export:_within", "if scope.everyone:", "if True:",
          these("tests/exchange/test_records.py")),
    Guard("a job of another", "talent.core.jobs:own_job", "or job.requested_by != work.actor.user_id:", ":",
          Sweep("auditor", ("GET /jobs/",))),
    Guard("a paper of another", "talent.reports.queries:paper_of", "or job.requested_by != work.actor.user_id):", "):",
          Sweep("leader", ("GET /board/reports/<",))),
    Guard("a key of another", "talent.accounts.tokens:revoke", "ApiToken.user_id == work.actor.user_id, ", "",
          Sweep("hr", ("POST /account/tokens/<",))),
    Guard("hours of others", "talent.training.queries:hours", "within(scope)", "True",
          Sweep("school", ("GET /api/v1/hours",))),
    # two persons
    Guard("nobody twice along the chain", "talent.pay.chain:_barred",
          "if any(hand.is_same(other) for other in past.of(act)):", "if False:", these("tests/pay/test_chain.py")),
    Guard("nobody's own pay", "talent.pay.chain:_barred", "if not edge.own_pay and hand.person_id in past.people:",
          "if False:", these("tests/pay/test_chain.py")),
    Guard("a sheet entered by its signatory", "talent.pay.chain:barred",
          "if entered_by.user_id is None or entered_by.is_same(hand):", "if False:", these("tests/pay/test_chain.py")),
    Guard("a period by one person", "talent.pay.periods:_same_person",
          "if work.actor.user_id is None or hand_of(work.session, work.actor).is_same(asked):", "if False:",
          these("tests/pay/test_ledger.py")),
    Guard("a value by one person", "talent.settings.commands:_judge_second",
          "if work.actor.user_id is None or work.actor.user_id == row.proposed_by or same_person:", "if False:",
          these("tests/settings/test_commands.py")),
    Guard("a retention by one person", "talent.privacy.retention:_waiting",
          "if work.actor.user_id is None or work.actor.user_id == row.proposed_by or same:", "if False:",
          these("tests/privacy/test_retention.py")),
    Guard("a portrait by one person", "talent.portraits.publication:_second_person",
          "if work.actor.user_id is None or work.actor.user_id == run.created_by or same_person:", "if False:",
          these("tests/portraits/test_publication.py")),
    Guard("a role by one person", "talent.accounts.rules:judge_approval", "if approver.is_same(granter):", "if False:",
          these("tests/accounts/test_commands.py", "tests/accounts/test_rules.py")),
    Guard("a proposal about oneself", "talent.exchange.proposals:is_oneself", "return row.person_id in mine or",
          "return False and", these("tests/exchange/test_proposals.py")),
    # splits, payouts, budgets
    Guard("whose split it is", "talent.pay.awards.commands:_held",
          "if known is None or not (scope.everyone or known in scope.schools):", "if known is None:",
          these("tests/pay/test_awards.py")),
    Guard("a split by one person", "talent.pay.awards.submission:barred", "if submitter.is_same(drawer):", "if False:",
          these("tests/pay/test_awards.py", "tests/pay/test_award.py")),
    Guard("one's own share", "talent.pay.awards.submission:barred", "if submitter.person_id in people:", "if False:",
          these("tests/pay/test_awards.py", "tests/pay/test_award.py")),
    Guard("a payout by who approved it", "talent.pay.payout.commands:bars", "for finding in barred(edge, hand, past):",
          "for finding in ():", these("tests/pay/payout/test_payout.py")),
    Guard("a recovery from oneself", "talent.pay.payout.recoveries:recover", "*bars(work, EDGE, year, {key[0]}), ", "",
          these("tests/pay/payout/test_recoveries.py")),
    Guard("a year by one person", "talent.pay.payout.closing:_waiting",
          "if work.actor.user_id is None or hand_of(work.session, work.actor).is_same(asked):", "if False:",
          these("tests/pay/payout/test_closing.py")),
    Guard("a budget somebody changed", "talent.pay.budgets.commands:enter", "if last != head:", "if False:",
          these("tests/web/test_budgets.py")),
    # what hosts say
    Guard("whom a school sent", "talent.exchange.attendance.queries:sent_within", "true() if scope.everyone else",
          "true() if True else", Sweep("school", ("GET /assistance/hosts/report", "GET /assistance/hosts/month"))),
    Guard("a sheet of several schools", "talent.exchange.attendance.queries:report", "whole = len(found) ==",
          "whole = True or len(found) ==", these("tests/web/test_attendance.py")),
    Guard("a month by one person", "talent.exchange.attendance.commands:_bar_same",
          "if entered_by is not None and (", "if False and (", these("tests/exchange/test_attendance.py")),
    Guard("a month of one's own", "talent.exchange.attendance.commands:bar_own", "if _own_person(work) in people:",
          "if False:", these("tests/exchange/test_attendance.py")),
    Guard("a code that was used", "talent.exchange.attendance.links:_open", "HostLink.used_at.is_(None),", "",
          these("tests/exchange/test_attendance.py")),
    Guard("a code that was revoked", "talent.exchange.attendance.links:_open", "HostLink.revoked_at.is_(None),", "",
          these("tests/exchange/test_attendance.py")),
    # sign-ins
    Guard("a sign-in of another", "talent.accounts.leaving:end_session", "row.user_id != work.actor.user_id or", "",
          Sweep("hr", ("POST /account/sessions",))),
    Guard("all sign-ins of another", "talent.accounts.leaving:end_sessions", 'work.require("account:manage")', "pass",
          these("tests/accounts/test_commands.py")),
    # the visit
    Guard("a session that was ended", "talent.accounts.queries:visit_of", "UserSession.ended_at.is_(None),", "",
          these("tests/web/test_login.py")),
    Guard("a session that is over", "talent.accounts.queries:visit_of", "UserSession.expires_at > now", "True",
          these("tests/web/test_login.py")),
    Guard("a closed account", "talent.accounts.queries:_with_grants", ".where(User.disabled_at.is_(None))", "",
          these("tests/accounts/test_commands.py")),
    Guard("a key that was revoked", "talent.accounts.tokens:caller_of", "ApiToken.revoked_at.is_(None),", "",
          these("tests/api/test_keys.py")),
    Guard("wrong passwords wait", "talent.accounts.rules:delay_after", "if fails < FREE_FAILURES:", "if True:",
          these("tests/accounts/test_rules.py")),
    # numbers
    Guard("numbers for who keeps records", "talent.people.search:keeps_records",
          'return actor.scope("record:import").everyone', "return True", these("tests/web/test_people.py")),
    Guard("a reason for a number", "talent.privacy.reveal:_missing", "if reason not in REASONS:", "if False:",
          these("tests/privacy/test_reveal.py")),
    Guard("a hidden type", "talent.portraits.rules:may_see_type", "return is_own or everyone or not is_hidden",
          "return True", these("tests/portraits/test_person.py", "tests/portraits/test_rules.py")),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[District, Path]:
    """The district with an account for everybody who asks, and the folder of its database."""
    folder = tmp_path_factory.mktemp("guarded")
    made = build(a_site(folder, sqlite_template))
    for role in ROLES:
        made.account(role, NEAR)
    made.site.program.engine.dispose()
    shutil.copyfile(folder / "talent.db", folder / "kept.db")
    return made, folder


@pytest.fixture
def made(built: tuple[District, Path]) -> District:
    """The district as it was before a guard was out: without one, something may have been written."""
    made, folder = built
    made.site.program.engine.dispose()
    for left in folder.glob("talent.db-*"):
        left.unlink()
    shutil.copyfile(folder / "kept.db", folder / "talent.db")
    return made


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Names:
    return learn_names(tmp_path_factory.mktemp("names"), sqlite_template, tuple(TABLES))


def stays_green(check: Check, made: District, names: Names) -> bool:
    """Whether nothing is noticed."""
    match check:
        case These(ids):
            return passes(ids)
        case Sweep(role, entries):
            wrong, questions = swept(made, names, role, lambda entry: any(part in entry for part in entries))
            assert questions, "the sweep asked nothing"
            return not wrong
        case Cells(role, entries):
            browser, matrix = browser_of(made, role), rows()
            asked = [(entry, method, address) for entry, method, address in routes(made.site) if entry in entries]
            assert len(asked) == len(entries)
            return all(outcome(browser, method, address) == matrix["web", entry][role]
                       for entry, method, address in asked)


def test_there_are_enough() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS) >= 30


@pytest.mark.parametrize("check", dict.fromkeys(
    guard.caught_by for guard in GUARDS if not isinstance(guard.caught_by, These)), ids=str)
def test_with_every_guard_in_place_nothing_is_wrong(check: Check, made: District, names: Names) -> None:
    assert in_a_child(lambda: stays_green(check, made, names))


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.name} - caught by {guard.caught_by}")
def test_a_guard_taken_out_is_missed(guard: Guard, made: District, names: Names) -> None:
    def without() -> bool:
        knock_out(guard)
        return stays_green(guard.caught_by, made, names)

    assert not in_a_child(without)
