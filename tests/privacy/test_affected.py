"""Who is affected by an incident: everybody whose record could be read, what of it, and what provably was done."""

from datetime import date
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from talent.accounts.models import RoleGrant
from talent.core.access import operator
from talent.core.audit import AuditEvent
from talent.core.errors import RuleViolation
from talent.core.work import Program
from talent.privacy import affected
from talent.privacy.affected import Incident, Report
from talent.privacy.inventory import inventory
from talent.privacy.mine import held_about_me
from tests import factories
from tests.browser_client import Site, text
from tests.conftest import Clock
from tests.privacy.people import fill, give_numbers
from tests.tiers.test_queries import statements

TODAY = date(2026, 9, 8)


def listed(site: Site, account: str = "", since: date = TODAY, until: date = TODAY) -> Report:
    with site.program.begin(factories.actor(site.program, site.account("hr"))) as work:
        return affected.report(work, Incident(account, since, until), form="page")


def people(report: Report) -> list[str]:
    return [each.staff_no for each in report.people]


@pytest.fixture
def filled(site: Site, program: Program) -> int:
    """A teacher about whom every table but that of second factors holds something."""
    return fill(program, "T1", "字样", site.account("teacher").user_id)


def test_a_copy_of_everything_affects_everybody_with_all_that_is_held(
    site: Site, program: Program, filled: int
) -> None:
    factories.add_person(program, "T9", school_code="S2")
    report = listed(site)
    assert (people(report), report.evidence) == (["T1", "T1-X", "T9"], None)
    with program.read(factories.actor(program, site.account("teacher"))) as work:
        held = [each.sheet.title for each in held_about_me(work) if each.rows and each.sheet.name not in affected.APART]
    assert list(report.people[0].tables) == held
    assert report.people[2].tables == tuple(inventory()[name].title for name in ("people", "employments"))


def test_an_account_of_a_school_reached_whoever_was_ever_there(site: Site, program: Program, filled: int) -> None:
    factories.add_person(program, "T9", school_code="S2")
    clerk = site.account("school")
    report = listed(site, clerk.name)
    assert people(report) == ["T1", "T1-X"]
    tables = set(report.people[0].tables)
    assert {"教职工", "培训"} <= tables
    assert not {inventory()[name].title for name in ("conduct_cases", "users")} & tables


def test_a_teachers_account_reached_that_teacher_alone(site: Site, program: Program, filled: int) -> None:
    assert people(listed(site, site.account("teacher").name)) == ["T1"]


@pytest.mark.parametrize(("since", "until", "found"), [
    (date(2026, 9, 1), date(2026, 9, 7), []), (date(2026, 9, 1), TODAY, ["T1"]), (TODAY, date(2026, 9, 30), ["T1"]),
    (date(2026, 9, 9), date(2026, 9, 30), []),
])
def test_only_roles_held_on_one_of_the_days_count(
    site: Site, program: Program, since: date, until: date, found: list[str]
) -> None:
    """Given on the 8th and ended the same day."""
    account = site.account("teacher")
    with program.begin(operator()) as work:
        work.session.execute(update(RoleGrant).where(RoleGrant.user_id == account.user_id).values(
            state="ended", ended_at=work.now, valid_from=TODAY, valid_to=None))
    assert people(listed(site, account.name, since, until)) == found


def test_a_role_that_was_only_proposed_reached_nobody(site: Site, program: Program) -> None:
    factories.add_person(program, "T1")
    account = site.account("expert")
    with program.begin(operator()) as work:
        work.session.add(RoleGrant(user_id=account.user_id, role="hr", state="proposed", founding=False,
                                   granted_at=work.now, valid_from=TODAY))
    assert people(listed(site, account.name)) == []


def test_what_was_done_stands_beside_it(site: Site, program: Program, clock: Clock, filled: int) -> None:
    give_numbers(program, filled, "11010519491231002X", "13812345678")
    hr = site.sign_in("hr")
    hr.act(f"/privacy/number/{filled}/phone", reason="identity")
    with program.begin(factories.actor(program, site.account("hr"))) as work:
        work.record("person:transfer", "person", filled, to="S2")
        work.record("record:export", "records", "training", rows=3)
    clock.move(days=1)
    with program.begin(factories.actor(program, site.account("hr"))) as work:
        work.record("person:transfer", "person", filled, to="S1")
    report = listed(site, site.account("hr").name)
    assert report.evidence is not None
    assert (report.evidence.roles, report.evidence.visits, report.evidence.keys, report.evidence.handed_out) == (
        ("hr",), 1, 0, {"record:export": 1})
    assert dict(report.people[0].acts) == {"person:reveal": 1, "person:transfer": 1}


@pytest.mark.parametrize(("account", "since", "code"), [
    ("nobody", TODAY, "affected.no_account"), ("", date(2026, 9, 9), "affected.order")])
def test_what_cannot_be_listed_is_refused(site: Site, account: str, since: date, code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        listed(site, account, since)
    assert [finding.code for finding in refused.value.findings] == [code]


def test_the_page_and_the_workbook_hold_the_same_people_and_are_both_recorded(
    site: Site, program: Program, filled: int
) -> None:
    hr, asked = site.sign_in("hr"), {"account": "", "since": "2026-09-01", "until": "2026-09-08"}
    page = hr.submit("/privacy/affected", asked)
    assert page.status_code == 200 and all(word in text(page) for word in ("T1-X", "张三", "下载全部 2 人"))
    answer = hr.submit("/privacy/affected/download", asked, page="/privacy/affected")
    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert sheet[0][0] == "整个数据库，2026-09-01 至 2026-09-08：按权限看得到其记录的 2 人。"
    assert [row[:3] for row in sheet[1:]] == [["工号", "姓名", "学校"], ["T1", "张三", "第一小学"],
                                              ["T1-X", "同事", "第一小学"]]
    with program.read(operator()) as work:
        rows = work.session.execute(select(AuditEvent.actor, AuditEvent.subject, AuditEvent.subject_key,
                                           AuditEvent.detail).where(AuditEvent.action == affected.LIST)
                                    .order_by(AuditEvent.id)).all()
    said = '{{"form":"{form}","people":2,"since":"2026-09-01","until":"2026-09-08"}}'
    assert [tuple(row) for row in rows] == [("hr-1", "database", "all", said.format(form=form))
                                            for form in ("page", "xlsx")]


def test_a_refused_form_keeps_what_was_typed(site: Site) -> None:
    hr = site.sign_in("hr")
    page = text(hr.submit("/privacy/affected", {"account": "who", "since": "2026-09-01", "until": "2026-09-08"}))
    assert "没有登录名为“who”的账号" in page and 'value="who"' in page and "下载全部" not in page


def test_the_number_of_questions_does_not_grow_with_people(site: Site, program: Program) -> None:
    hr = site.account("hr").name

    def asked() -> int:
        with statements(program) as seen:
            listed(site, hr)
        return len(seen)

    factories.add_person(program, "T1")
    few = asked()
    for number in range(20):
        factories.add_person(program, f"M{number}")
    assert asked() == few
