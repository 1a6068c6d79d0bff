"""Objections on the site: a teacher's form, the office's queue and answer, nothing for anybody else."""

import pytest
from sqlalchemy import select, update

from talent.accounts.models import User
from talent.core.access import operator
from talent.core.audit import AuditEvent
from talent.core.work import Program
from tests import factories
from tests.browser_client import Site, text
from tests.conftest import Clock
from tests.portraits.stored import HOURS_ONLY, add_run
from tests.portraits.test_objections import make
from tests.tiers.test_queries import statements


@pytest.fixture
def person(program: Program) -> int:
    """A teacher with a portrait."""
    person_id = factories.add_person(program)
    add_run(program, {person_id: HOURS_ONLY})
    return person_id


def test_from_the_teachers_page_to_the_answer(site: Site, program: Program, person: int) -> None:
    mine, hr = site.sign_in("teacher"), site.sign_in("hr")
    assert "/objections/new" in text(mine.get("/portraits/mine"))
    assert "答复对画像的异议" not in text(hr.get("/home/"))
    form = text(mine.get("/objections/new"))
    assert "申请更正记录" in form and "/corrections/new" in form and "15 天内答复" in form and "假定" in form
    assert "请填这一项" in text(mine.submit("/objections/new", {"part": "dimension:training"}))
    sent = mine.submit("/objections/new", {"part": "dimension:training", "reason": "线上研修没有算"})
    assert sent.location == "/objections/1"
    home = text(hr.get("/home/"))
    assert "答复对画像的异议" in home and "2026-09-23" in home
    assert "线上研修没有算" in text(hr.get("/objections/"))
    page = text(hr.get("/objections/1"))
    assert "一个方面：研修学习" in page and "线上研修没有算" in page
    refused = hr.submit("/objections/1/answer", {"decision": "dismiss", "answer": "", "version": "1"},
                        page="/objections/1")
    assert refused.status_code == 200 and "请填这一项" in text(refused)
    done = hr.submit("/objections/1/answer", {"decision": "leave_out", "answer": "确有遗漏", "version": "1"},
                     page="/objections/1")
    assert done.location == "/objections/"
    assert "看对画像异议的答复" in text(mine.get("/home/"))
    assert "确有遗漏" in text(mine.get("/objections/1")) and "确有遗漏" in text(mine.get("/portraits/mine"))
    assert "教师对画像提出异议，已获支持" in text(hr.get(f"/portraits/person/{person}"))
    assert "满分 100" not in text(hr.get(f"/people/{person}"))
    assert "恢复画像" in text(mine.get("/objections/1"))
    assert mine.act("/objections/1/lift", version="2").location == "/portraits/mine"
    assert "教师对画像提出异议" not in text(hr.get(f"/portraits/person/{person}"))


def test_who_answered_is_called_as_people_call_them(site: Site, program: Program, person: int) -> None:
    """The teacher reads the name; the audit keeps the login."""
    mine, hr, login = site.sign_in("teacher"), site.sign_in("hr"), site.account("hr").name
    with program.begin(operator()) as work:
        work.session.execute(update(User).where(User.name == login).values(display_name="人事科 林岚"))
    make(program, person)
    done = hr.submit("/objections/1/answer", {"decision": "dismiss", "answer": "学时已全部计入", "version": "1"},
                     page="/objections/1")
    assert done.location == "/objections/"
    page = text(mine.get("/objections/1"))
    assert "人事科 林岚 于 " in page and f"{login} 于 " not in page
    with program.read(operator()) as work:
        assert work.session.scalars(
            select(AuditEvent.actor).where(AuditEvent.action == "portrait:dismiss")).all() == [login]


def test_others_see_no_objection(site: Site, program: Program, person: int) -> None:
    factories.add_account(program, "teacher", name="other", staff_no="T2")
    make(program, person)
    other = site.browser()
    other.sign_in("other")
    assert other.get("/objections/1").status_code == 404
    assert site.sign_in("auditor").get("/objections/1").status_code == 403


def test_the_queue_tells_what_is_late_and_costs_the_same(site: Site, program: Program, clock: Clock) -> None:
    people = [factories.add_person(program, f"T{number}", f"师{number}") for number in range(6)]
    add_run(program, dict.fromkeys(people, HOURS_ONLY))
    hr, seen = site.sign_in("hr"), []
    for some in (people[:1], people[1:]):
        for each in some:
            make(program, each)
        with statements(program) as sent:
            page = text(hr.get("/objections/"))
        seen.append(len(sent))
    assert seen[0] == seen[1] and page.count("余 15 天") == 6
    clock.move(hours=16 * 24)
    assert text(site.sign_in("hr").get("/objections/")).count("超期 1 天") == 6
