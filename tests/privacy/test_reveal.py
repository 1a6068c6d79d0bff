"""Whole numbers: only with a reason and a fresh proof, once, with an entry each; many within an hour are noticed."""

import json

import pytest
from sqlalchemy import select

from talent.core.access import ROLES, operator
from talent.core.audit import AuditEvent
from talent.core.errors import RuleViolation
from talent.core.work import Program
from talent.people.models import Person
from talent.privacy import reveal
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.conftest import Clock
from tests.privacy.people import give_numbers

NUMBER, PHONE = "11010519491231002X", "13812345678"


@pytest.fixture
def person(program: Program) -> int:
    person_id = factories.add_person(program, "T1")
    give_numbers(program, person_id, NUMBER, PHONE)
    return person_id


def address(person_id: int, field: str = "id_number") -> str:
    return f"/privacy/number/{person_id}/{field}"


def events(program: Program, action: str) -> list[dict[str, object]]:
    with program.read(operator()) as work:
        rows = work.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id))
        return [{"actor": row.actor, "key": row.subject_key, **json.loads(row.detail)} for row in rows]


def look(browser: Browser, person_id: int, field: str = "id_number", **said: str) -> str:
    return text(browser.submit(address(person_id, field), {"reason": "identity", **said}))


def test_a_number_is_shown_once_with_its_reason_in_the_audit(site: Site, program: Program, person: int) -> None:
    hr = site.sign_in("hr")
    before = text(hr.get(address(person)))
    assert NUMBER not in before and "110*************2X" in before
    answer = hr.submit(address(person), {"reason": "identity", "words": "核对学历"})
    assert NUMBER in text(answer) and answer.headers["Cache-Control"] == "no-store"
    assert PHONE in look(hr, person, "phone")
    assert NUMBER not in text(hr.get(address(person)))
    assert events(program, "person:reveal") == [
        {"actor": "hr-1", "key": str(person), "field": "id_number", "reason": "核对身份：核对学历"},
        {"actor": "hr-1", "key": str(person), "field": "phone", "reason": "核对身份"},
    ]
    with program.read(operator()) as work:
        assert NUMBER not in "".join(work.session.scalars(select(AuditEvent.detail)))


@pytest.mark.parametrize(("said", "told"), [
    ({"reason": ""}, "请填这一项"), ({"reason": "curious"}, "请从列出的里面选"),
    ({"reason": "other"}, "没有写明理由"), ({"reason": "other", "words": "看"}, "至少 4 个字"),
])
def test_without_a_reason_there_is_no_number(
    site: Site, program: Program, person: int, said: dict[str, str], told: str
) -> None:
    page = look(site.sign_in("hr"), person, **said)
    assert told in page and NUMBER not in page and events(program, "person:reveal") == []


@pytest.mark.parametrize("role", [role for role in ROLES if role != "hr"])
def test_nobody_else_sees_a_number(site: Site, person: int, role: str) -> None:
    browser = site.sign_in(role)
    assert browser.get(address(person)).status_code == 403
    assert browser.act(address(person), reason="identity").status_code == 403
    assert NUMBER not in text(browser.get(f"/people/{person}"))


def test_it_asks_for_a_fresh_proof(site: Site, program: Program, person: int, clock: Clock) -> None:
    hr = site.sign_in("hr")
    clock.move(minutes=16)
    assert "/proof" in hr.get(address(person)).headers["Location"]
    answer = hr.act(address(person), reason="identity")
    assert "/proof" in answer.headers["Location"] and events(program, "person:reveal") == []


@pytest.mark.parametrize("field", ["staff_no", "uid", "id_number_sealed"])
def test_only_numbers_are_numbers(site: Site, person: int, field: str) -> None:
    assert site.sign_in("hr").get(address(person, field)).status_code == 404


def test_a_person_without_a_number_is_not_found(site: Site, program: Program) -> None:
    assert site.sign_in("hr").get(address(factories.add_person(program, "T9"))).status_code == 404


@pytest.mark.parametrize("reason", ["", "curious"])
def test_the_command_itself_asks_for_a_reason_that_is_one(
    program: Program, site: Site, person: int, reason: str
) -> None:
    with pytest.raises(RuleViolation) as refused, program.begin(factories.actor(program, site.account("hr"))) as work:
        reveal.reveal(work, person_id=person, field="phone", reason=reason, words="核对学历")
    assert [each.code for each in refused.value.findings] == ["reveal.no_reason"]
    assert events(program, "person:reveal") == []


def test_a_ciphertext_of_another_row_does_not_open(site: Site, program: Program, person: int) -> None:
    other = factories.add_person(program, "T2", name="李四")
    give_numbers(program, other, "110105194912310038", "13912345678")
    with program.begin(operator()) as work:
        mine, theirs = (work.session.get_one(Person, each) for each in (person, other))
        mine.phone_sealed, theirs.phone_sealed = theirs.phone_sealed, mine.phone_sealed
    answer = site.sign_in("hr").submit(address(person, "phone"), {"reason": "contact"})
    assert answer.status_code == 500 and "13912345678" not in text(answer)


def test_the_one_too_many_is_noticed_once_an_hour(site: Site, program: Program, person: int, clock: Clock) -> None:
    hr, auditor, admin = site.sign_in("hr"), site.sign_in("auditor"), site.sign_in("admin")
    for _ in range(20):
        look(hr, person)
    assert events(program, "person:reveal_alarm") == [] and "查问" not in text(auditor.get("/home/"))
    for _ in range(3):
        look(hr, person)
    assert events(program, "person:reveal_alarm") == [{"actor": "hr-1", "key": "hr-1", "count": 21, "limit": 20}]
    for browser in (auditor, admin):
        assert "查问多次查看完整号码的人" in text(browser.get("/home/"))
    assert "查问" not in text(hr.get("/home/"))
    clock.move(hours=8 * 24)
    assert "查问" not in text(site.sign_in("auditor").get("/home/"))


def test_the_page_of_a_person_leads_there(site: Site, person: int) -> None:
    page = text(site.sign_in("hr").get(f"/people/{person}"))
    assert address(person) in page and address(person, "phone") in page and NUMBER not in page
    assert "/privacy/number" not in text(site.sign_in("auditor").get(f"/people/{person}"))
