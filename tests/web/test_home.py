"""待办 on the site: real rows only, for whom they wait, a button only where a page exists."""

import re
from datetime import date, timedelta

import pytest

from talent.accounts.models import RoleGrant
from talent.assistance.models import Assignment
from talent.core.access import ROLES, operator
from talent.core.batches import ImportBatch
from talent.core.jobs import Job
from talent.core.overrides import PolicyOverride
from talent.core.work import Program
from talent.pay import commands as pay
from talent.pay.models import PayLine
from talent.people.models import Employment
from talent.training.models import Training
from talent.web.todo import Thing, grouped
from tests import factories
from tests.browser_client import Site, text
from tests.conftest import Clock
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


@pytest.mark.parametrize("role", [role for role in ROLES if role != "teacher"])
def test_nothing_waits_in_an_empty_district(site: Site, role: str) -> None:
    page = text(site.sign_in(role).get(HOME))
    assert "都办完了" in page and "tl-table" not in page


def test_what_waits_for_the_personnel_office(site: Site, program: Program) -> None:
    hr = site.account("hr")
    person = add_title(program, "T1", "new_talent", date(2023, 12, 1))
    add(program, *(batch(program, state, hr.user_id) for state in ("staged", "refused", "accepted")),
        Assignment(person_id=person, sending_school_id=factories.add_school(program), host="远方小学", kind="paired",
                   started_on=date(2025, 9, 1), ended_on=date(2026, 7, 1)),
        PolicyOverride(key="x", since=TODAY, value="1", basis="assumed", document="d", proposed_by=99,
                       proposed_at=program.clock()),
        Job(kind="k", payload="{}", state="failed", requested_by=hr.user_id, requested_at=program.clock(),
            finished_at=program.clock()))
    page = text(site.sign_in("hr").get(HOME))
    for what in ("核对导入的表", "改正没有通过的表", "已等 3 天", "批准政策参数", "补帮扶支教考核结果", "称号任期届满",
                 "2026-11-30", "看没有办成的后台任务", "督促学时不足的教师", "核算帮扶支教激励金", "2 个单位月"):
        assert what in page
    assert "9 件事等您办" in page
    only = text(site.sign_in("hr").get(f"{HOME}?group=policy"))
    assert "批准政策参数" in only and "核对导入的表" not in only


def test_a_task_under_way_says_in_words_what_it_does(site: Site, program: Program) -> None:
    hr = site.account("hr")
    add(program, Job(kind="k", payload="{}", state="running", stage="import.reading", requested_by=hr.user_id,
                     requested_at=program.clock()))
    page = text(site.sign_in("hr").get(HOME))
    assert "正在读文件" in page and "import.reading" not in page


def test_one_does_not_wait_for_oneself(site: Site, program: Program) -> None:
    hr = site.account("hr")
    add(program, PolicyOverride(key="x", since=TODAY, value="1", basis="assumed", document="d",
                                proposed_by=hr.user_id, proposed_at=program.clock()))
    assert "都办完了" in text(site.sign_in("hr").get(HOME))
    assert "批准政策参数" in text(site.sign_in("leader").get(HOME))


def test_a_school_sees_its_own(site: Site, program: Program) -> None:
    own, other = site.account("school", school_code="S1"), factories.add_school(program, "S2", "第二小学")
    person = add_title(program, "T2", "new_talent", date(2023, 12, 1), school_code="S2")
    train(program, person)
    add(program, batch(program, "staged", own.user_id + 1),
        Assignment(person_id=person, sending_school_id=other, host="远方小学", kind="paired",
                   started_on=date(2025, 9, 1), ended_on=date(2026, 7, 1)))
    assert "都办完了" in text(site.sign_in("school").get(HOME))
    add(program, batch(program, "staged", own.user_id))
    assert "核对导入的表" in text(site.sign_in("school").get(HOME))


def test_what_another_handed_in_waits_for_them(site: Site, program: Program) -> None:
    """Nobody else decides on a staged workbook; one's own are a click away, and nothing else beside them."""
    hr, clerk = site.account("hr"), site.account("school")
    add(program, batch(program, "staged", clerk.user_id))
    office = site.sign_in("hr")
    assert "都办完了" in text(office.get(HOME))
    add(program, batch(program, "staged", hr.user_id), batch(program, "refused", hr.user_id))
    assert 'href="/imports/?state=staged"' in text(office.get(HOME))
    assert text(office.get("/imports/?state=refused")).count("/imports/batch/") == 1
    assert "没有这样的导入" in text(office.get("/imports/?state=undone"))


def test_a_teacher_sees_what_runs_out(site: Site, program: Program) -> None:
    for number, since in (("T1", date(2023, 12, 1)), ("T2", date(2023, 11, 1))):
        add_title(program, number, "new_talent", since)
    page = text(site.sign_in("teacher", staff_no="T1").get(HOME))
    for what in ("您的称号快到期了", "补足培训学时", "补登教师资格", "3 件事等您办"):
        assert what in page


@pytest.mark.parametrize("role", ROLES)
def test_seeing_what_waits_asks_for_no_fresh_proof(site: Site, clock: Clock, role: str) -> None:
    """The proof of a quarter of an hour ago opens no act, but one's own first page it does."""
    browser = site.sign_in(role)
    clock.move(minutes=16)
    assert browser.get(HOME).status_code == 200


def test_an_administrator_sees_the_roles_to_agree_to(site: Site, program: Program) -> None:
    admin, other = site.account("admin"), site.account("hr")
    add(program, RoleGrant(user_id=other.user_id, role="finance", state="proposed", valid_from=TODAY,
                           granted_at=program.clock()))
    assert "同意角色授权" in text(site.sign_in("admin").get(HOME))
    assert admin.role == "admin"


def test_the_page_costs_the_same_for_every_district(site: Site, program: Program) -> None:
    hr, own = site.sign_in("hr"), site.account("hr").user_id
    with statements(program) as few:
        hr.get(HOME)
    for number in range(12):
        add_title(program, f"T{number}", "new_talent", date(2023, 12, 1))
        add(program, batch(program, "staged", own))
    with statements(program) as many:
        hr.get(HOME)
    assert len(many) == len(few) <= 13


# ── hours and certificates ───────────────────────────────────────────────────────────────────────────────────


def train(program: Program, person_id: int, hundredths: int = 36000) -> None:
    add(program, Training(person_id=person_id, name="研修", level="district", ended_on=TODAY,
                          hours_hundredths=hundredths))


def told(site: Site, role: str, what: str, **reach: str) -> str:
    """The row of a thing as plain text, "" when it does not wait."""
    page = text(site.sign_in(role, **reach).get(HOME))
    row = next((row for row in page.split("<tr>") if f"<b>{what}</b>" in row), "")
    return " ".join(re.sub(r"<[^>]+>", " ", row.split("</tr>")[0]).split())


def test_who_is_short_of_hours(site: Site, program: Program) -> None:
    """The number, and the list it opens: full-time teachers in service, each school its own."""
    people = {number: factories.add_person(program, number, f"师{number}", school)
              for number, school in (("T1", "S1"), ("T2", "S1"), ("T3", "S2"), ("T4", "S2"))}
    train(program, people["T2"])
    train(program, people["T3"], 35950)
    with program.begin(operator()) as work:
        work.session.query(Employment).filter_by(person_id=people["T4"]).one().category = "worker"
    assert "2 人 没有期限 看名单" in told(site, "hr", "督促学时不足的教师")
    assert "1 人 没有期限 看名单" in told(site, "school", "督促学时不足的教师", school_code="S1")
    assert told(site, "leader", "督促学时不足的教师") == told(site, "finance", "督促学时不足的教师") == ""
    for role, names in (("hr", ["师T1", "师T3"]), ("school", ["师T1"]), ("leader", ["师T1", "师T3"])):
        page = text(site.sign_in(role, school_code="S1").get("/people/?hours=short"))
        assert re.findall(r"师T\d", page) == names and f"符合条件 {len(names)} 人" in page
    assert "还差 0.5 学时到 360（教督〔2017〕6号 第9项）" in told(site, "teacher", "补足培训学时", staff_no="T3")


def test_a_teacher_with_hours_and_a_certificate_has_nothing_to_do(site: Site, program: Program) -> None:
    person = factories.add_person(program, "T1")
    train(program, person)
    with program.begin(operator()) as work:
        work.session.query(Employment).one().certificate_kind = "小学教师资格"
    assert "都办完了" in text(site.sign_in("teacher", staff_no="T1").get(HOME))


# ── incentive ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def assisted(program: Program) -> int:
    """A teacher who assisted from 2023 to 2025; the appraisal is missing."""
    person = factories.add_person(program, "T1")
    add(program, Assignment(person_id=person, sending_school_id=factories.add_school(program), host="远方小学",
                            kind="paired", started_on=date(2023, 9, 1), ended_on=date(2025, 6, 30)))
    return person


def test_years_to_compute_and_runs_to_look_through(site: Site, program: Program, assisted: int) -> None:
    for role in ("finance", "hr"):
        assert "2023、2024、2025 年有帮扶支教，还没有核算 3 人次" in told(site, role, "核算帮扶支教激励金")
    with program.begin(operator()) as work:
        pay.compute(work, year=2024)
        pay.compute(work, year=2024)
        pay.compute(work, year=2025)
    for role in ("finance", "hr"):
        assert "2023 年有帮扶支教，还没有核算 1 人次" in told(site, role, "核算帮扶支教激励金")
        assert "第 2 次核算，都是提示，确认前请看一遍 1 条" in told(site, role, "看 2024 年激励金核算的问题")
        assert "第 1 次核算" in told(site, role, "看 2025 年激励金核算的问题")
    for role in ("leader", "school", "teacher", "auditor"):
        assert told(site, role, "核算帮扶支教激励金") == told(site, role, "看 2024 年激励金核算的问题") == ""


def test_a_new_receipt_is_announced_to_its_person(site: Site, program: Program, assisted: int, clock: Clock) -> None:
    teacher = site.sign_in("teacher", staff_no="T1")
    assert "算账单" not in text(teacher.get(HOME))
    with program.begin(operator()) as work:
        pay.compute(work, year=2025)
        line = work.session.query(PayLine.id).filter_by(person_id=assisted).scalar()
    page = text(teacher.get(HOME))
    assert "看您的激励金算账单" in page and f'href="/pay/line/{line}"' in page and "2025 年的已经算出" in page
    clock.move(days=31)
    assert "算账单" not in text(site.sign_in("teacher", staff_no="T1").get(HOME))


# ── the number beside the inbox ──────────────────────────────────────────────────────────────────────────────


def inbox(page: str) -> str:
    """The number in the bar, "" for none."""
    found = re.findall(r'<span class="tl-count">(\d+)</span>', page)
    rail = re.findall(r'<span class="n">(\d+)</span></a>', page.split("</nav>")[0])
    assert rail[:1] == found
    return "".join(found)


def test_the_number_is_what_home_counted_and_costs_nothing(site: Site, program: Program, clock: Clock) -> None:
    hr, own = site.sign_in("hr"), site.account("hr").user_id
    add(program, batch(program, "staged", own), batch(program, "refused", own))
    assert inbox(text(hr.get("/policy/"))) == ""
    with statements(program) as without:
        hr.get("/policy/")
    assert inbox(text(hr.get(HOME))) == inbox(text(hr.get("/policy/"))) == "2"
    with statements(program) as having:
        page = text(hr.get("/policy/"))
    assert len(having) == len(without) and "09:00 打开待办时数的" in page
    clock.move(minutes=14)
    assert inbox(text(hr.get("/policy/"))) == "2"
    clock.move(minutes=2)
    assert inbox(text(hr.get("/policy/"))) == ""


def test_an_act_forgets_the_number(site: Site, program: Program) -> None:
    hr = site.sign_in("hr")
    add(program, batch(program, "staged", site.account("hr").user_id))
    hr.get(HOME)
    assert inbox(text(hr.get("/policy/"))) == "1"
    hr.act("/policy/proposals/9999/approve")
    assert inbox(text(hr.get("/policy/"))) == ""
