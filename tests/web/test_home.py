"""待办 on the site: real rows only, for whom they wait, a button only where a page exists."""

from datetime import date, timedelta

import pytest

from talent.accounts.models import RoleGrant
from talent.assistance.models import Assignment
from talent.core.access import ROLES, operator
from talent.core.batches import ImportBatch
from talent.core.jobs import Job
from talent.core.overrides import PolicyOverride
from talent.core.work import Program
from talent.training.models import Training
from talent.web.todo import Thing, grouped
from tests import factories
from tests.browser_client import Site, text
from tests.tiers.test_queries import add_title, statements

HOME = "/home/"
TODAY = date(2026, 9, 8)  # a Tuesday


def add(program: Program, *rows: object) -> None:
    with program.begin(operator()) as work:
        work.session.add_all(rows)


def batch(program: Program, state: str, by: int | None = None) -> ImportBatch:
    return ImportBatch(state=state, files="[]", created_by=by, created_at=program.clock() - timedelta(days=3))


@pytest.mark.parametrize(("due", "since", "group"), [
    (TODAY, None, "today"), (date(2026, 9, 1), None, "today"), (date(2026, 9, 13), None, "week"),
    (date(2026, 9, 14), None, "later"), (None, TODAY, "today"), (None, None, "later"),
], ids=["due today", "overdue", "due on Sunday", "due on Monday", "waits for a decision", "no hurry"])
def test_things_stand_where_they_are_due(due: date | None, since: date | None, group: str) -> None:
    thing = Thing("", "", "", "", due=due, since=since)
    assert [name for name, found in grouped([thing], TODAY).items() if found] == [group]


@pytest.mark.parametrize("role", ROLES)
def test_nothing_waits_in_an_empty_district(site: Site, role: str) -> None:
    page = text(site.sign_in(role).get(HOME))
    assert "都办完了" in page and "tl-table" not in page


def test_what_waits_for_the_personnel_office(site: Site, program: Program) -> None:
    hr = site.account("hr")
    person = add_title(program, "T1", "new_talent", date(2023, 12, 1))
    add(program, batch(program, "staged"), batch(program, "refused"), batch(program, "accepted"),
        Assignment(person_id=person, sending_school_id=factories.add_school(program), host="远方小学", kind="paired",
                   started_on=date(2025, 9, 1), ended_on=date(2026, 7, 1)),
        PolicyOverride(key="x", since=TODAY, value="1", basis="assumed", document="d", proposed_by=99,
                       proposed_at=program.clock()),
        Job(kind="k", payload="{}", state="failed", requested_by=hr.user_id, requested_at=program.clock(),
            finished_at=program.clock()))
    page = text(site.sign_in("hr").get(HOME))
    for what in ("核对导入的表", "改正没有通过的表", "已等 3 天", "批准政策参数", "补帮扶支教考核结果", "称号任期届满",
                 "2026-11-30", "看没有办成的后台任务"):
        assert what in page
    assert "6 件事等您办" in page
    only = text(site.sign_in("hr").get(f"{HOME}?group=policy"))
    assert "批准政策参数" in only and "核对导入的表" not in only


def test_one_does_not_wait_for_oneself(site: Site, program: Program) -> None:
    hr = site.account("hr")
    add(program, PolicyOverride(key="x", since=TODAY, value="1", basis="assumed", document="d",
                                proposed_by=hr.user_id, proposed_at=program.clock()))
    assert "都办完了" in text(site.sign_in("hr").get(HOME))
    assert "批准政策参数" in text(site.sign_in("leader").get(HOME))


def test_a_school_sees_its_own(site: Site, program: Program) -> None:
    own, other = site.account("school", school_code="S1"), factories.add_school(program, "S2", "第二小学")
    person = add_title(program, "T2", "new_talent", date(2023, 12, 1), school_code="S2")
    add(program, batch(program, "staged", own.user_id + 1),
        Assignment(person_id=person, sending_school_id=other, host="远方小学", kind="paired",
                   started_on=date(2025, 9, 1), ended_on=date(2026, 7, 1)))
    assert "都办完了" in text(site.sign_in("school").get(HOME))
    add(program, batch(program, "staged", own.user_id))
    assert "核对导入的表" in text(site.sign_in("school").get(HOME))


def test_a_teacher_sees_what_came_back_and_what_runs_out(site: Site, program: Program) -> None:
    person = add_title(program, "T1", "new_talent", date(2023, 12, 1))
    add_title(program, "T2", "new_talent", date(2023, 11, 1))
    add(program, Training(person_id=person, name="研修", level="district", ended_on=TODAY, hours_hundredths=800,
                          state="returned"))
    page = text(site.sign_in("teacher", staff_no="T1").get(HOME))
    assert "您的称号快到期了" in page and "看退回的记录" in page and "2 件事等您办" in page


def test_an_administrator_sees_the_roles_to_agree_to(site: Site, program: Program) -> None:
    admin, other = site.account("admin"), site.account("hr")
    add(program, RoleGrant(user_id=other.user_id, role="finance", state="proposed", valid_from=TODAY,
                           granted_at=program.clock()))
    assert "同意角色授权" in text(site.sign_in("admin").get(HOME))
    assert admin.role == "admin"


def test_the_page_costs_the_same_for_every_district(site: Site, program: Program) -> None:
    hr = site.sign_in("hr")
    with statements(program) as few:
        hr.get(HOME)
    for number in range(12):
        add_title(program, f"T{number}", "new_talent", date(2023, 12, 1))
        add(program, batch(program, "staged"))
    with statements(program) as many:
        hr.get(HOME)
    assert len(many) == len(few) <= 12
