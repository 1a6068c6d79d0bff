"""Proposals on the site: a teacher asks, the school verifies, the bureau recognises; everybody else finds nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from talent.core.work import Program
from talent.exchange import entries
from talent.exchange.models import Proposal
from talent.exchange.proposal_rules import CORRECTS
from talent.training.models import Training
from tests.browser_client import Browser, Site, text
from tests.conftest import Clock
from tests.exchange.test_entries import HR, ROWS, district
from tests.exchange.test_proposals import correction, propose
from tests.tiers.test_queries import statements

__all__ = ["district"]
QUEUE, MINE, NEW = "/corrections/", "/corrections/mine", "/corrections/new"
TYPED = {name: value for name, value in ROWS["training"].items() if name != "staff_no"} | {
    "level": "school", "result": "passed", "hours_hundredths": "7.5"}


@pytest.fixture
def record(district: Program) -> int:
    """A training of T1 as the office entered it."""
    with district.begin(HR) as work:
        return entries.add(work, "training", ROWS["training"], "补录").record_id


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1]).split())


def answer(browser: Browser, number: int, act: str, words: str = "", **options: object) -> str:
    """Answer a proposal from its own page, as a person does."""
    page = text(browser.get(f"{QUEUE}{number}"))
    hidden = {name: re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)[0] for name in ("version", "seen")}
    return text(browser.act(f"{QUEUE}{number}/{act}", answer=words, **hidden, **options))


def state_of(program: Program, number: int = 1) -> str:
    with program.read(HR) as work:
        return work.session.scalars(select(Proposal.state).where(Proposal.id == number)).one()


# ── the way ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_correction_goes_its_way(site: Site, district: Program, record: int) -> None:
    mine = site.sign_in("teacher", staff_no="T1")
    shown = text(mine.get(f"/records/training/{record}"))
    assert "这条不对" in shown and f"{NEW}?kind=training&amp;record_id={record}" in shown
    form = f"{NEW}?kind=training&record_id={record}"
    assert 'value="7.5"' in text(mine.get(form)) and "staff_no" not in text(mine.get(form))
    sent = mine.submit(form, {**TYPED, "hours_hundredths": "16", "why": "证书上是 16 学时", "version": "1"})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{QUEUE}1")
    shown = plain(text(mine.get(f"{QUEUE}1")))
    assert "申请改动 1 项" in shown and "学时 7.5 16" in shown and "其余" in shown
    assert "2026-09-23 前答复 余 15 天" in shown
    assert "15 天内答复 假定" in shown and "撤回申请" in shown and "核实无误" not in shown
    school = site.sign_in("school")
    assert "张三" in text(school.get(QUEUE)) and "核实教师的更正申请" in text(school.get("/home/"))
    assert "认定教师的更正申请" not in text(site.sign_in("hr").get("/home/"))
    answer(school, 1, "verify", "核对过证书原件")
    hr = site.sign_in("hr")
    assert "认定教师的更正申请" in text(hr.get("/home/")) and "核对过证书原件" in text(hr.get(f"{QUEUE}1"))
    answer(hr, 1, "recognise")
    assert state_of(district) == "recognised"
    assert "看已认定的申请" in text(mine.get("/home/")) and "已认定" in text(mine.get(MINE))
    told = plain(text(mine.get(f"/records/training/{record}")))
    assert "学时 7.5 → 16 理由：证书上是 16 学时" in told and "本人申请" in told and "学校核实" in told
    assert "看这次录入" in text(hr.get(f"{QUEUE}1")) and "看这次录入" not in text(mine.get(f"{QUEUE}1"))


def test_who_mends_what_no_proposal_reaches_is_said(site: Site, district: Program, record: int) -> None:
    """A degree or a phone number is the office's to change: the teacher is told whom to go to."""
    mine, office = site.sign_in("teacher", staff_no="T1"), site.sign_in("hr")
    said = "有误或有变的，请告诉学校办公室，由人事科更正"
    assert "由人事科更正" in plain(text(mine.get(NEW)))
    assert said in plain(text(mine.get("/people/mine"))) and said not in plain(text(office.get("/people/1")))


def test_a_new_record_and_its_return(site: Site, district: Program) -> None:
    mine, school = site.sign_in("teacher", staff_no="T1"), site.sign_in("principal")
    empty = text(mine.submit(f"{NEW}?kind=training", {}))
    assert empty.count('class="error"') == 5 and "没有写理由" in empty
    mine.submit(f"{NEW}?kind=training", {**TYPED, "why": "结业证书 2024-7"})
    shown = text(school.get(f"{QUEUE}1"))
    assert "申请补登的一条" in shown and "学科德育" in shown and "结业证书 2024-7" in shown
    refused = answer(school, 1, "return")
    assert "退回要写明理由" in refused and state_of(district) == "submitted"
    answer(school, 1, "return", "请附证书")
    assert "看退回的申请" in text(mine.get("/home/"))
    again = re.search(rf'href="({NEW}[^"]+again=1)"', text(mine.get(f"{QUEUE}1")))
    assert again and "请附证书" in text(mine.get(MINE))
    assert 'value="学科德育"' in text(mine.get(again.group(1).replace("&amp;", "&")))


def test_the_second_button_asks_for_the_record_to_go(site: Site, district: Program, record: int) -> None:
    mine = site.sign_in("teacher", staff_no="T1")
    form = f"{NEW}?kind=training&record_id={record}"
    mine.submit(form, {**TYPED, "why": "重复登记", "version": "1", "act": "withdraw"})
    shown = plain(text(mine.get(f"{QUEUE}1")))
    assert "申请撤回的一条" in shown and "认定后这一条不再计入" in shown
    answer(mine, 1, "withdraw")
    assert state_of(district) == "withdrawn" and "已撤回" in text(mine.get(MINE))


def test_a_record_changed_meanwhile_is_shown_before_a_second_yes(
    site: Site, district: Program, record: int, clock: Clock
) -> None:
    number = correction(district, record, hours_hundredths="16")
    answer(site.sign_in("school"), number, "verify")
    hr = site.sign_in("hr")
    seen = re.findall(r'name="(version|seen)"[^>]*value="(\d+)"', text(hr.get(f"{QUEUE}{number}")))
    with district.begin(HR) as work:
        entries.correct(work, "training", record, 1, {"hours_hundredths": "8"}, "看错")
    second = hr.act(f"{QUEUE}{number}/recognise", **dict(seen))
    assert second.status_code == 409 and "学时 7.5 8 16" in plain(text(second)) and "又被改过" in text(second)
    again = dict(re.findall(r'name="(version|seen)"[^>]*value="(\d+)"', text(second)))
    assert again["seen"] != dict(seen)["seen"]
    assert hr.act(f"{QUEUE}{number}/recognise", **again).status_code == 303
    with district.read(HR) as work:
        assert work.session.scalars(select(Training.hours_hundredths)).all() == [1600]


def test_who_decides_second_is_told(site: Site, district: Program, record: int) -> None:
    number, school = correction(district, record, hours_hundredths="16"), site.sign_in("school")
    for status in (303, 409):
        assert school.act(f"{QUEUE}{number}/verify", version="1", seen="1", answer="").status_code == status


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_others_find_nothing(site: Site, district: Program, record: int) -> None:
    number = correction(district, record, hours_hundredths="16")
    for role, reach in (("school", {"school_code": "S2"}), ("principal", {"school_code": "S2"}),
                        ("teacher", {"staff_no": "T2"})):
        browser = site.sign_in(role, **reach)
        assert browser.get(f"{QUEUE}{number}").status_code == 404, role
        if role == "teacher":
            assert browser.get(f"{NEW}?kind=training&record_id={record}").status_code == 404
            assert browser.get(f"{NEW}?kind=training&again={number}").status_code == 404
            assert browser.act(f"{QUEUE}{number}/withdraw", version="1").status_code == 404
            assert "学科德育" not in text(browser.get(MINE))
        else:
            assert "张三" not in text(browser.get(f"{QUEUE}all"))
            assert browser.act(f"{QUEUE}{number}/verify", version="1").status_code == 404
    assert state_of(district) == "submitted"


def test_nobody_answers_oneself_on_the_site(site: Site, district: Program) -> None:
    account = site.account("school")
    number = propose(district)
    with district.begin(HR) as work:
        work.session.execute(update(Proposal).values(proposed_by=account.user_id))
    browser = site.sign_in("school")
    shown = text(browser.get(f"{QUEUE}{number}"))
    assert "核实无误" not in shown and "退回申请" not in shown
    refused = browser.act(f"{QUEUE}{number}/verify", version="1", seen="")
    assert "自己的申请不能由自己核实" in text(refused) and state_of(district) == "submitted"


@pytest.mark.parametrize("kind", ["conduct", "teachers", "nothing"])
def test_no_form_for_other_kinds(site: Site, district: Program, kind: str) -> None:
    mine = site.sign_in("teacher", staff_no="T1")
    assert mine.get(f"{NEW}?kind={kind}").status_code == 404
    assert mine.get(f"{NEW}?kind={kind}&record_id=1").status_code == 404


@pytest.mark.parametrize("kind", CORRECTS)
def test_each_kind_has_its_form(site: Site, district: Program, kind: str) -> None:
    with district.begin(HR) as work:
        record_id = entries.add(work, kind, ROWS[kind], "补录").record_id
    mine = site.sign_in("teacher", staff_no="T1")
    page = mine.get(f"{NEW}?kind={kind}&record_id={record_id}")
    assert page.status_code == 200 and "data-suggest" not in text(page)
    assert ('<datalist id="schools">' in text(page)) is (kind in ("assistance", "exchanges"))


def test_the_buttons_of_the_own_record(site: Site, district: Program, record: int) -> None:
    mine = site.sign_in("teacher", staff_no="T1")
    assert "补登或更正" in text(mine.get("/people/mine"))
    assert f'href="{NEW}?kind=training"' in text(mine.get("/training/"))
    assert "看我的记录" in text(mine.get(NEW)) and NEW in text(mine.get("/people/mine"))
    assert NEW not in text(mine.get("/training/?on=2025-09-01"))
    for role in ("school", "hr", "leader"):
        assert NEW not in text(site.sign_in(role).get("/people/1"))


# ── the clock and the lists ──────────────────────────────────────────────────────────────────────────────────


def test_the_clock_is_told_in_red_words(site: Site, district: Program, clock: Clock) -> None:
    propose(district)
    page = {role: site.sign_in(role, **reach) for role, reach in (("school", {}), ("hr", {}), ("teacher", {}))}
    assert "学校核实后，或过了这一天仍没有核实，再认定" in text(page["hr"].get(f"{QUEUE}1"))
    clock.move(days=8)
    page = {role: site.sign_in(role) for role in page}
    assert "学校超期 1 天" in text(page["hr"].get(QUEUE)) and "认定教师的更正申请" in text(page["hr"].get("/home/"))
    assert "1 份超期" in text(page["school"].get("/home/"))
    clock.move(days=8)
    page = {role: site.sign_in(role) for role in page}
    for browser, path in ((page["hr"], QUEUE), (page["school"], QUEUE), (page["teacher"], MINE)):
        assert re.search(r'tl-st bad">.*?超期 1 天', text(browser.get(path)), re.S)
    assert "张三" in text(page["hr"].get(f"{QUEUE}all?overdue=yes"))
    assert "没有符合条件的申请" in text(page["hr"].get(f"{QUEUE}all?state=returned"))


def test_the_queue_costs_the_same_at_any_size(site: Site, district: Program) -> None:
    hr, school, mine = site.sign_in("hr"), site.sign_in("school"), site.sign_in("teacher", staff_no="T1")

    def counts() -> list[int]:
        found = []
        for browser, path in ((hr, f"{QUEUE}all"), (school, QUEUE), (mine, MINE), (hr, "/home/"), (mine, "/home/")):
            with statements(district) as seen:
                assert browser.get(path).status_code == 200
            found.append(len(seen))
        return found

    propose(district, name="第一门")
    few = counts()
    for number in range(30):
        propose(district, name=f"研修{number}")
    with district.begin(HR) as work:
        work.session.execute(update(Proposal).where(Proposal.id > 10).values(
            state="returned", answer="缺证书", decided_at=work.now - timedelta(days=1), decided_by=1))
    assert counts() == few
    assert few[0] <= 6 and few[1] <= 5 and few[2] <= 5
    assert "共 31 份" in text(hr.get(f"{QUEUE}all"))
