"""Everything held about oneself: every table, nothing of anybody else, numbers whole only in the file."""

import json
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from talent.accounts.models import RoleGrant
from talent.core.access import operator
from talent.core.audit import AuditEvent
from talent.core.work import Program
from talent.people.models import Person
from talent.privacy.inventory import inventory
from talent.privacy.mine import held_about_me
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.conftest import Clock
from tests.privacy.people import fill, give_numbers
from tests.tiers.test_queries import statements

MINE, OTHERS = "本人字样", "别人字样"
NUMBER, PHONE = "11010519491231002X", "13812345678"


@pytest.fixture
def teacher(site: Site, program: Program) -> Browser:
    """A signed-in teacher about whom every table but that of second factors holds something, beside another one."""
    account = site.account("teacher")
    other = factories.add_account(program, "teacher", name="other", staff_no="T2")
    person = fill(program, "T1", MINE, account.user_id)
    give_numbers(program, person, NUMBER, PHONE)
    give_numbers(program, fill(program, "T2", OTHERS, other.user_id), "110105194912310038", "13912345678")
    browser = site.browser()
    assert browser.sign_in(account.name).status_code == 303
    return browser


def test_every_table_is_in_the_copy(teacher: Browser, site: Site, program: Program) -> None:
    actor = factories.actor(program, site.account("teacher"))
    with program.read(actor) as work:
        held = {each.sheet.name: len(each.rows) for each in held_about_me(work)}
    assert set(held) == {name for name, sheet in inventory().items() if sheet.exported}
    assert [name for name, rows in held.items() if not rows] == ["second_factors"]


def test_an_account_that_was_only_proposed_as_mine_is_not_mine(teacher: Browser, site: Site, program: Program) -> None:
    stranger = factories.add_account(program, "hr", name="stranger")
    with program.begin(operator()) as work:
        person = work.session.scalars(select(Person.id).where(Person.staff_no == "T1")).one()
        work.session.add(RoleGrant(user_id=stranger.user_id, role="teacher", person_id=person, state="proposed",
                                   founding=False, granted_at=work.now, valid_from=work.today))
    actor = factories.actor(program, site.account("teacher"))
    with program.read(actor) as work:
        held = {each.sheet.name: each.rows for each in held_about_me(work)}
    assert "stranger" not in str(held["users"]) and len(held["users"]) == 1


@pytest.mark.parametrize("form", ["json", "xlsx"])
def test_the_file_holds_all_of_mine_and_nothing_of_others(teacher: Browser, form: str) -> None:
    answer = teacher.submit("/privacy/mine/download", {"form": form}, page="/privacy/mine")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    said = answer.get_data(as_text=True) if form == "json" else cells(answer.get_data())
    for word in (f"{MINE}训", f"{MINE}受援", f"{MINE}事由", f"{MINE}届", f"{MINE}址", NUMBER, PHONE, "1,234.56", "7.5"):
        assert word in said, word
    assert OTHERS not in said and "13912345678" not in said and "139" not in said.replace("2139", "")


def cells(content: bytes) -> str:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return "\n".join(str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()
                     for cell in row)


def test_the_page_masks_numbers_and_says_why_and_who_looked(teacher: Browser) -> None:
    page = text(teacher.get("/privacy/mine"))
    assert "110*************2X" in page and NUMBER not in page and PHONE not in page
    assert "核对身份、避免重复建档" in page and "离岗后保存" in page and f"{MINE}由" in page
    assert OTHERS not in page


def test_a_download_asks_for_a_fresh_proof_and_is_recorded(
    teacher: Browser, site: Site, program: Program, clock: Clock
) -> None:
    clock.move(minutes=20)
    answer = teacher.submit("/privacy/mine/download", {"form": "json"}, page="/privacy/mine")
    assert answer.status_code == 303 and "/proof" in answer.headers["Location"]
    with program.read(operator()) as work:
        assert work.session.query(AuditEvent).filter_by(action="mydata:export").count() == 0
    teacher = site.browser()
    teacher.sign_in(site.account("teacher").name)
    teacher.submit("/privacy/mine/download", {"form": "json"}, page="/privacy/mine")
    with program.read(operator()) as work:
        event = work.session.query(AuditEvent).filter_by(action="mydata:export").one()
        assert json.loads(event.detail) == {"form": "json"}


def test_one_statement_a_table(teacher: Browser, site: Site, program: Program) -> None:
    actor = factories.actor(program, site.account("teacher"))
    with program.read(actor) as work, statements(program) as seen:
        tables = len(list(held_about_me(work)))
    assert len(seen) == tables + 1  # and the names of the schools


def test_an_account_without_a_person_has_no_such_page(site: Site) -> None:
    hr = site.sign_in("hr")
    assert hr.get("/privacy/mine").status_code == 403
    answer = hr.get("/privacy/")
    assert answer.status_code == 200 and "为什么收、谁能看、保存多久" in text(answer)
