"""The notice: versions by two persons, everybody asked once, nobody's own data held back, who has read it."""

from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from talent.accounts.models import RoleGrant
from talent.accounts.notice_models import Acknowledgement, Notice
from talent.core.access import operator
from talent.core.audit import AuditEvent
from talent.core.errors import Conflict, NotAllowed, RuleViolation
from talent.core.language import reading_in
from talent.core.work import Program
from talent.privacy import notices
from talent.privacy.inventory import inventory
from talent.privacy.notice_rules import MOST_CHARACTERS, Wanted, judge
from talent.privacy.notice_text import blocks, shipped
from tests import factories
from tests.api.conftest import key_of
from tests.browser_client import Browser, Site, text
from tests.conftest import Clock
from tests.tiers.test_queries import statements

NOTICE, BUREAU = "/privacy/notice", "明河区教育局"
TODAY = date(2026, 9, 8)
TEXTS = {"text_zh": "甲", "text_en": "a", "portraits_zh": "乙", "portraits_en": "b"}


@pytest.fixture
def first(program: Program) -> Notice:
    """The shipped version, in force."""
    program.settings.bureau = BUREAU
    with program.begin(operator()) as work:
        row = notices.ship(work, BUREAU)
        assert row is not None
        work.session.expunge(row)
        return row


def next_version(site: Site, on: date = TODAY) -> int:
    """A second version, by two persons; its number."""
    with site.program.begin(factories.actor(site.program, site.account("hr"))) as work:
        body = shipped(work, BUREAU)
        row = notices.propose(work, effective_on=on, document="〔2026〕9号", body=replace(body, text_zh="# 新\n改过"))
        notice_id = row.id
    with site.program.begin(factories.actor(site.program, site.account("leader"))) as work:
        return notices.approve(work, notice_id=notice_id)


def read(browser: Browser, **fields: str) -> None:
    """Acknowledge the version on the page."""
    answer = browser.submit(NOTICE, {"digest": digest_on(browser), **fields})
    assert answer.status_code == 303, text(answer)


def digest_on(browser: Browser) -> str:
    return text(browser.get(NOTICE)).split('name="digest" type="hidden" value="')[1].split('"')[0]


# ── rules and text ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("wanted", "found"), [
    (Wanted(TODAY, "文", TEXTS), []),
    (Wanted(TODAY - timedelta(1), "文", TEXTS), ["notice.day_past"]),
    (Wanted(TODAY + timedelta(1), "文", TEXTS), []),
    (Wanted(TODAY, " ", TEXTS), ["notice.document_missing"]),
    (Wanted(TODAY, "文", {**TEXTS, "text_en": " "}), ["notice.text_missing"]),
    (Wanted(TODAY, "文", {**TEXTS, "text_zh": "字" * (MOST_CHARACTERS + 1)}), ["notice.text_long"]),
    (Wanted(TODAY, "文", {**TEXTS, "text_zh": "旧"}), ["notice.unchanged"]),
], ids=["fine", "yesterday", "tomorrow", "no document", "no English", "long", "nothing new"])
def test_what_a_version_must_satisfy(wanted: Wanted, found: list[str]) -> None:
    latest = Wanted(date(2026, 9, 1), "旧", {**TEXTS, "text_zh": "旧"})
    assert [finding.code for finding in judge(wanted, latest, TODAY)] == found


def test_a_version_does_not_come_before_the_last_one() -> None:
    latest = Wanted(date(2026, 10, 1), "旧", {**TEXTS, "text_zh": "旧"})
    assert [finding.code for finding in judge(Wanted(TODAY, "文", TEXTS), latest, TODAY)] == ["notice.before_latest"]


def test_the_shipped_text_names_every_kind_of_data_in_both_languages(program: Program) -> None:
    with program.read(operator()) as work:
        body = shipped(work, BUREAU)
    for said in asdict(body).values():
        assert "{" not in said and "%(" not in said and said.startswith("# ")
    for sheet in inventory().values():
        assert (f"- {sheet.title}：" in body.text_zh) == sheet.exported, sheet.name
    assert "# Why, what, and for how long" in body.text_en
    assert "- 教职工：证件号码、民族、政治面貌。用于" in body.text_zh and "离岗后保存 5 年" in body.text_zh
    assert "加密" not in body.text_zh.split("# 敏感个人信息")[1].split("- ")[1] and "散列" not in body.text_zh
    assert BUREAU in body.text_zh and "15 天内" in body.text_zh and "15 天内" in body.portraits_zh
    assert not any("一" <= char <= "鿿" for char in body.text_en.replace(BUREAU, "") + body.portraits_en)


def test_a_text_falls_into_blocks() -> None:
    assert blocks("# 一\n甲\n乙\n\n- 子\n- 丑\n# 二\n# 三") == [
        ("heading", ["一"]), ("text", ["甲", "乙"]), ("list", ["子", "丑"]), ("heading", ["二"]), ("heading", ["三"])]


# ── everybody ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", ["hr", "teacher", "expert", "finance"])
def test_the_notice_comes_first_once(site: Site, program: Program, first: Notice, role: str) -> None:
    browser = site.sign_in(role)
    answer = browser.get("/account?x=1")
    assert (answer.status_code, answer.location) == (303, f"{NOTICE}?next=/account?x%3D1")
    assert browser.get("/home/").location == f"{NOTICE}?next=/home/"
    page = text(browser.get(answer.location))
    assert "我已阅读" in page and BUREAU in page and 'href="/home/"' not in page
    read(browser, next="/account?x=1")
    assert browser.get("/account").status_code == 200 and site.sign_in(role).get("/account").status_code == 200
    page = text(browser.get(NOTICE))
    assert "我已阅读" not in page and "已阅读</span> 2026-09-08 09:00" in page
    with program.read(operator()) as work:
        row = work.session.scalars(select(Acknowledgement)).one()
        assert (row.user_id, row.number, row.digest) == (site.account(role).user_id, 1, first.digest)
        assert work.session.scalar(select(func.count()).select_from(AuditEvent).where(
            AuditEvent.action == "notice:acknowledge")) == 1


def test_where_one_was_going_is_a_page_of_this_site(site: Site, first: Notice) -> None:
    browser = site.sign_in("hr")
    answer = browser.submit(NOTICE, {"digest": first.digest, "next": "https://evil.example/"})
    assert answer.location == "/"


def test_nobodys_own_data_waits_for_it(site: Site, first: Notice) -> None:
    teacher = site.sign_in("teacher")
    for path in ("/privacy/mine", "/privacy/", "/privacy/inventory", f"{NOTICE}?lang=en"):
        assert teacher.get(path).status_code == 200, path
    answer = teacher.submit("/privacy/mine/download", {"form": "json"}, page="/privacy/mine")
    assert answer.status_code == 200 and "张三" in text(answer)
    assert teacher.submit("/logout", page=NOTICE).location == "/login"
    assert site.sign_in("hr").get("/privacy/mine").status_code == 403


def test_a_post_elsewhere_is_not_done(site: Site, first: Notice) -> None:
    browser = site.sign_in("admin")
    answer = browser.submit("/account/sign-out-everywhere", page=NOTICE)
    assert (answer.status_code, answer.location) == (303, NOTICE)
    assert browser.get(NOTICE).status_code == 200


def test_other_systems_are_not_asked_to_read(site: Site, first: Notice) -> None:
    key = {"Authorization": f"Bearer {key_of(site, 'hr')}"}
    assert site.browser().get("/api/v1/notice-end?published=2026-09-01", headers=key).status_code != 303


def test_what_was_replaced_meanwhile_is_not_acknowledged(site: Site, first: Notice) -> None:
    browser = site.sign_in("finance")
    seen = digest_on(browser)
    next_version(site)
    assert browser.submit(NOTICE, {"digest": seen}).status_code == 409
    assert "改过" in text(browser.get(NOTICE))


def test_the_section_on_portraits_is_for_teachers(site: Site, first: Notice) -> None:
    assert "关于画像的说明" in text(site.sign_in("teacher").get(NOTICE))
    assert "关于画像的说明" not in text(site.sign_in("finance").get(NOTICE))


def test_without_any_notice_nothing_is_asked(site: Site) -> None:
    browser = site.sign_in("hr")
    assert browser.get("/account").status_code == 200 and "还没有告知书" in text(browser.get(NOTICE))
    assert browser.submit(NOTICE, {"digest": ""}, page="/account").status_code == 409


def test_ones_own_copy_says_what_was_acknowledged(site: Site, first: Notice) -> None:
    teacher = site.sign_in("teacher")
    read(teacher)
    page = text(teacher.get("/privacy/mine"))
    assert "告知书的确认" in page and first.digest in page


def test_what_is_published_and_acknowledged_stays(site: Site, program: Program, first: Notice) -> None:
    read(site.sign_in("hr"))
    for change in (update(Notice).values(text_zh="另"), delete(Notice), update(Acknowledgement).values(number=9),
                   delete(Acknowledgement)):
        with pytest.raises(DatabaseError, match="stay as they are"), program.begin(operator()) as work:
            work.session.execute(change)


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_shipped_once(program: Program, first: Notice) -> None:
    with program.begin(operator()) as work:
        assert notices.ship(work, BUREAU) is None
    hr = factories.actor(program, factories.add_account(program, "hr"))
    with pytest.raises(NotAllowed), program.begin(hr) as work:
        notices.ship(work, BUREAU)


def test_a_version_takes_two_persons_and_asks_again(site: Site, first: Notice) -> None:
    hr = site.sign_in("hr")
    read(hr)
    page = text(hr.get(f"{NOTICE}/new"))
    assert "谁在处理您的个人信息" in page and "重新写出" not in page
    fields = {**TEXTS, "effective_on": "2026-09-09", "document": "明教〔2026〕9号"}
    assert hr.submit(f"{NOTICE}/new", fields).location == NOTICE
    proposed = f"{NOTICE}/proposed/2"
    page = text(hr.get(proposed))
    assert "您提出的，由另一位批准" in page and "批准并公布" not in page
    assert hr.act(f"{proposed}/approve").status_code == 422
    leader = site.sign_in("leader")
    read(leader)
    assert "批准新的告知书" in text(leader.get("/home/")) and "批准新的告知书" not in text(hr.get("/home/"))
    assert leader.act(f"{proposed}/approve").location == NOTICE
    assert leader.get("/home/").status_code == 200, "it is not in force yet"
    assert "2026-09-09 起生效" in text(leader.get(NOTICE)) and leader.get(f"{NOTICE}/2").status_code == 200


def test_from_its_day_on_everybody_reads_it(site: Site, program: Program, clock: Clock, first: Notice) -> None:
    read(site.sign_in("hr"))
    assert next_version(site, date(2026, 9, 9)) == 2
    assert site.sign_in("hr").get("/account").status_code == 200
    clock.move(hours=24)
    browser = site.sign_in("hr")
    assert browser.get("/account").status_code == 303
    read(browser)
    assert browser.get("/account").status_code == 200
    with program.read(operator()) as work:
        assert list(work.session.scalars(select(Acknowledgement.number).order_by(Acknowledgement.id))) == [1, 2]


def test_two_accounts_of_one_person_are_one(site: Site, program: Program, first: Notice) -> None:
    person = factories.add_person(program, "T1")
    hr, leader = site.account("hr"), site.account("leader")
    with program.begin(operator()) as work:
        for account in (hr, leader):
            work.session.execute(update(RoleGrant).where(RoleGrant.user_id == account.user_id)
                                 .values(person_id=person))
    with pytest.raises(RuleViolation):
        next_version(site)


def test_one_version_waits_at_a_time_and_is_withdrawn_or_rejected(site: Site, program: Program, first: Notice) -> None:
    hr = factories.actor(program, site.account("hr"))
    leader = factories.actor(program, site.account("leader"))

    def propose(word: str) -> int:
        with program.begin(hr) as work:
            body = replace(notices.body_of(first), text_zh=word)
            return notices.propose(work, effective_on=TODAY, document="文", body=body).id

    waiting = propose("甲")
    with pytest.raises(Conflict):
        propose("乙")
    with program.begin(hr) as work:
        notices.withdraw(work, notice_id=waiting)
    waiting = propose("丙")
    with program.begin(leader) as work:
        notices.reject(work, notice_id=waiting)
    for act in (notices.approve, notices.reject):
        with pytest.raises(Conflict), program.begin(leader) as work:
            act(work, notice_id=waiting)
    with program.read(hr) as work:
        assert [row.number for row in notices.versions(work)] == [1] and notices.proposed(work) is None


def test_a_text_that_the_inventory_outgrew_is_offered_anew(site: Site, program: Program, first: Notice) -> None:
    next_version(site)
    hr = site.sign_in("hr")
    read(hr)
    assert "按现在的清单重新写出" in text(hr.get(f"{NOTICE}/new"))
    with reading_in("zh"):
        assert "谁在处理您的个人信息" in text(hr.get(f"{NOTICE}/new?anew=1"))


# ── who has read it ──────────────────────────────────────────────────────────────────────────────────────────


def test_who_has_not_read_it(site: Site, program: Program, first: Notice) -> None:
    for number, school in (("T1", "S1"), ("T2", "S1"), ("T3", "S2")):
        factories.add_person(program, number, f"师{number}", school)
        factories.add_account(program, "teacher", name=number.lower(), staff_no=number)
    for browser in (site.sign_in("hr"), site.sign_in("school"), site.sign_in("auditor")):
        read(browser)
    done = site.browser()
    done.sign_in("t1")
    read(done)

    page = text(site.sign_in("hr").get(f"{NOTICE}/owing"))
    assert "师T2" in page and "师T3" in page and "师T1" not in page and "6 个账号里 4 个已阅读" in page
    page = text(site.sign_in("school").get(f"{NOTICE}/owing"))
    assert "师T2" in page and "师T3" not in page and "3 个账号里 2 个已阅读" in page
    assert "4 / 6 个账号已阅读" in text(site.sign_in("auditor").get(NOTICE))
    assert site.sign_in("auditor").get(f"{NOTICE}/owing").status_code == 403
    assert "个账号已阅读" not in text(done.get(NOTICE))
    assert "没有符合条件的" in text(site.sign_in("hr").get(f"{NOTICE}/owing?q=nobody"))


def test_the_list_costs_the_same_for_every_district(site: Site, program: Program, first: Notice) -> None:
    hr, seen = site.sign_in("hr"), []
    read(hr)
    for start in (0, 8):
        for number in range(start, start + 2 + start):
            factories.add_person(program, f"T{number}", f"师{number}")
            factories.add_account(program, "teacher", name=f"t{number}", staff_no=f"T{number}")
        with statements(program) as sent:
            assert hr.get(f"{NOTICE}/owing").status_code == 200
        seen.append(len(sent))
    assert seen[0] == seen[1] <= 7
