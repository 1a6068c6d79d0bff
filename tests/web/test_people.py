"""The list of teachers and one teacher's record as readers with different rights see them."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from talent.achievements.models import Achievement, ContestResult, Mentoring
from talent.assistance.models import Assignment
from talent.core.access import Actor, Grant, operator
from talent.core.work import Program
from talent.pay import commands as pay
from talent.people.models import Appraisal, ConductCase, Employment, Person
from talent.people.record import record_of
from talent.portraits.models import PortraitRun, PortraitScore
from talent.tiers.candidates import outlook, outlook_of
from talent.tiers.models import Title, TitleState
from talent.training.models import Training
from talent.web import profile
from tests.browser_client import Browser, Site, text
from tests.factories import add_person, add_school
from tests.people.test_queries import counted

LIST = "/people/"
MOVED = date(2025, 9, 1)


@pytest.fixture
def lin(program: Program) -> int:
    """林知微: one school until 2025-09-01, another since; records of every kind."""
    add_school(program, "S1", "槐荫里小学")
    second = add_school(program, "S2", "清源道小学")
    add_person(program, "T3", "还在原校", school_code="S1")
    add_person(program, "T2", "周晓", school_code="S2")
    person_id = add_person(program, "T1", "林知微", school_code="S1")
    with program.begin(operator()) as work:
        person = work.session.get_one(Person, person_id)
        person.pinyin, person.initials = "linzhiwei", "lzw"
        person.id_number_masked, person.phone_masked = "120*************1X", "139******88"
        person.teaching_started_on = date(2012, 8, 20)
        first = work.session.query(Employment).filter_by(person_id=person_id).one()
        first.professional_title, first.valid_to = "first", MOVED
        work.session.add_all([
            Employment(person_id=person_id, school_id=second, valid_from=MOVED, stage="primary", subject="语文",
                       professional_title="senior"),
            *_records(person_id, second),
        ])
    return person_id


def _records(person_id: int, school_id: int) -> list[object]:
    return [
        Training(person_id=person_id, name="统编教材研修", level="district", ended_on=date(2026, 3, 1),
                 hours_hundredths=40000),
        Training(person_id=person_id, name="没过的课", level="district", ended_on=date(2026, 3, 2),
                 hours_hundredths=800, result="failed"),
        ContestResult(person_id=person_id, contest="和平杯", level="district", grade="second",
                      awarded_on=date(2026, 4, 1)),
        Achievement(person_id=person_id, kind="paper", name="读写结合", level="municipal",
                    achieved_on=date(2024, 5, 1)),
        Mentoring(person_id=person_id, apprentice_id=person_id - 1, started_on=date(2026, 1, 1)),
        Title(person_id=person_id, tier="district_subject_head", recognised_on=date(2024, 9, 1),
              term_from=date(2024, 9, 1), term_to=date(2027, 8, 31)),
        Assignment(person_id=person_id, sending_school_id=school_id, host="柳河镇中心小学", kind="paired",
                   started_on=date(2025, 3, 1), ended_on=date(2025, 12, 31), appraisal="excellent"),
        Appraisal(person_id=person_id, year=2023, result="excellent"),
    ]


def page(browser: Browser, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200, text(response)
    return text(response)


# ── who may ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("role", "listed", "shown"), [
    ("hr", 200, 200), ("leader", 200, 200), ("auditor", 200, 200), ("school", 200, 404), ("principal", 200, 404),
    ("teacher", 403, 404), ("finance", 403, 403), ("admin", 403, 403), ("expert", 403, 403),
])
def test_who_may_see_a_person_of_another_school(site: Site, lin: int, role: str, listed: int, shown: int) -> None:
    browser = site.sign_in(role, school_code="S1", staff_no="T7")
    assert (browser.get(LIST).status_code, browser.get(f"{LIST}{lin}").status_code) == (listed, shown)


@pytest.mark.parametrize("role", ["school", "principal"])
def test_a_school_sees_its_own_people_of_the_date(site: Site, lin: int, role: str) -> None:
    browser = site.sign_in(role, school_code="S1")
    assert "林知微" not in page(browser, LIST)
    assert "林知微" in page(browser, f"{LIST}?on=2025-08-31")
    assert "槐荫里小学" in page(browser, f"{LIST}{lin}?on=2025-08-31")


def test_out_of_sight_and_missing_look_the_same(site: Site, lin: int) -> None:
    browser = site.sign_in("teacher", staff_no="T7")
    found = [text(browser.get(f"{LIST}{number}")).replace(f"{LIST}{number}", "") for number in (lin, 99_999_999)]
    pages = [re.sub(r'name="csrf_token" value="[^"]+"', "", shown) for shown in found]
    assert pages[0] == pages[1] and "林知微" not in pages[0]


def test_masked_numbers_are_for_the_office_and_the_person(site: Site, lin: int) -> None:
    for role, told in (("hr", True), ("auditor", False), ("leader", False)):
        assert ("120*************1X" in page(site.sign_in(role), f"{LIST}{lin}")) is told
    assert "139******88" in page(site.sign_in("teacher", staff_no="T1"), f"{LIST}mine")
    assert "139******88" not in page(site.sign_in("school", school_code="S2"), f"{LIST}{lin}")


def test_mine_needs_a_person(site: Site) -> None:
    assert site.sign_in("hr").get(f"{LIST}mine").status_code == 403


def test_a_staff_number_leads_to_the_record(site: Site, lin: int) -> None:
    assert site.sign_in("hr").get(f"{LIST}staff/T1").location == f"{LIST}{lin}"
    assert site.browser().get(f"{LIST}staff/T1").status_code == 303
    stranger = site.sign_in("teacher", staff_no="T7")
    assert [stranger.get(f"{LIST}staff/{number}").status_code for number in ("T1", "none")] == [404, 404]


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("query", "there"), [
    ("q=林", True), ("q=linzh", True), ("q=lzw", True), ("q=T1", True), ("q=知微", False), ("q=%25", False),
    ("school=S2", True), ("school=S1", False), ("title=senior", True), ("title=first", False), ("stage=junior", False),
    ("subject=语文", True), ("status=on_post", True), ("status=retired", False), ("sort=-name", True),
    ("stage=nonsense", True), ("page=0", True), ("page=x", True), ("page=2", False),
])
def test_the_list_narrowed(site: Site, lin: int, query: str, there: bool) -> None:
    found = page(site.sign_in("hr"), f"{LIST}?{query}")
    assert (f'href="{LIST}{lin}"' in found) is there


def test_the_list_shows_the_day(site: Site, lin: int) -> None:
    browser = site.sign_in("hr")
    row = next(part for part in page(browser, LIST).split("<tr>") if "林知微" in part)
    assert "清源道小学" in row and "高级" in row and "区级学科带头人" in row
    row = next(part for part in page(browser, f"{LIST}?on=2024-08-31").split("<tr>") if "林知微" in part)
    assert "槐荫里小学" in row and "一级" in row and "区级学科带头人" not in row


def test_a_day_before_the_rules_began_has_a_list_still(site: Site, lin: int) -> None:
    browser = site.sign_in("hr")
    assert browser.get(f"{LIST}?on=2001-01-01").status_code == 200
    assert browser.get(f"{LIST}{lin}?on=2001-01-01").status_code == 200


def _statements(site: Site, browser: Browser, url: str) -> int:
    with counted(site.program) as seen:
        page(browser, url)
    return len(seen)


def test_the_list_costs_the_same_for_few_and_many(site: Site, lin: int) -> None:
    browser = site.sign_in("hr")
    few = _statements(site, browser, LIST)
    with site.program.begin(operator()) as work:
        school_id = work.session.query(Employment.school_id).limit(1).scalar()
        crowd = [Person(uid=f"u{number}", staff_no=f"C{number:04}", name="同名") for number in range(300)]
        work.session.add_all(crowd)
        work.session.flush()
        for one in crowd:
            work.session.add(Employment(person_id=one.id, school_id=school_id, valid_from=date(2020, 9, 1)))
            work.session.add(Title(person_id=one.id, tier="new_talent", recognised_on=date(2025, 9, 1),
                                   term_from=date(2025, 9, 1)))
    assert (few, _statements(site, browser, LIST)) == (8, 8)


# ── the record ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_record_tells_who_hours_and_career(site: Site, lin: int) -> None:
    shown = page(site.sign_in("teacher", staff_no="T1"), f"{LIST}mine")
    for said in ("林知微", "工号 T1", "清源道小学", "从教 14 年", "区级学科带头人", "（至 2027-08-31）",
                 "近五年 400，已过 360", "柳河镇中心小学", "统编教材研修", "不合格，不计", "和平杯", "带教 周晓",
                 "优秀"):
        assert said in shown, said


def test_the_record_on_a_past_date(site: Site, lin: int) -> None:
    shown = page(site.sign_in("hr"), f"{LIST}{lin}?on=2024-08-31")
    for said in ("槐荫里小学", "一级", "从教 12 年", "近五年 —", "读写结合"):
        assert said in shown, said
    for later in ("清源道小学", "区级学科带头人", "柳河镇中心小学", "统编教材研修", "和平杯"):
        assert later not in shown, later


def test_a_suspended_title_is_not_the_one_known_by(site: Site, lin: int) -> None:
    with site.program.begin(operator()) as work:
        title = work.session.query(Title).one()
        work.session.add(TitleState(title_id=title.id, state="suspended", changed_on=date(2026, 6, 1)))
    browser = site.sign_in("hr")
    assert "（至 2027-08-31）" not in page(browser, f"{LIST}{lin}")
    assert "区级学科带头人（暂停）" in page(browser, f"{LIST}{lin}")
    assert "（至 2027-08-31）" in page(browser, f"{LIST}{lin}?on=2026-05-31")


@pytest.mark.parametrize(("kind", "names"), [
    ("training", {"统编教材研修", "没过的课"}), ("contest", {"和平杯"}), ("achievement", {"读写结合"}),
    ("mentoring", {"带教 周晓"}), ("nonsense", {"统编教材研修", "没过的课", "和平杯", "读写结合", "带教 周晓"}),
])
def test_records_in_tabs(site: Site, lin: int, kind: str, names: set[str]) -> None:
    hr = site.sign_in("hr")
    shown = page(hr, f"{LIST}{lin}?kind={kind}").split('id="records"')[1]
    opened = dict(re.findall(r'<td class="key"><a href="([^"]+)">(.+?)</a></td>', shown))
    assert set(opened.values()) == names
    assert all(name.removeprefix("带教 ") in page(hr, url) for url, name in opened.items())
    counts = re.findall(r'<span class="n">(\d+)</span></a>', shown)
    assert counts == ["5", "2", "1", "1", "1"]


def test_records_of_a_year_are_summed_over_its_pages(site: Site, lin: int) -> None:
    with site.program.begin(operator()) as work:
        work.session.add_all(Training(person_id=lin, name=f"课 {number}", level="school", ended_on=date(2026, 2, 1),
                                      hours_hundredths=100) for number in range(30))
    browser = site.sign_in("hr")
    for number, rows in ((1, 20), (2, 12), (3, 0)):
        shown = page(browser, f"{LIST}{lin}?kind=training&page={number}").split('id="records"')[1]
        assert shown.count('<td class="key">') == rows
        assert ("32 条，认定 430 学时" in shown) is (rows > 0)


def test_the_record_costs_eight_statements_whatever_is_recorded(site: Site, lin: int) -> None:
    teacher = site.sign_in("teacher", staff_no="T1")
    few = _statements(site, teacher, f"{LIST}mine")
    with site.program.begin(operator()) as work:
        work.session.add_all(Training(person_id=lin, name=f"课 {number}", level="school", ended_on=date(2026, 2, 1),
                                      hours_hundredths=100) for number in range(500))
        work.session.add_all(Title(person_id=lin, tier="new_talent", recognised_on=date(2000 + number, 9, 1),
                                   term_from=date(2000 + number, 9, 1)) for number in range(20))
    assert (few, _statements(site, teacher, f"{LIST}mine")) == (8, 8)


def test_the_verdicts_from_what_the_record_has_read_are_those_read_anew(site: Site, lin: int) -> None:
    on = date(2026, 9, 8)
    with site.program.begin(operator()) as work:
        work.session.add_all([
            ConductCase(person_id=lin, decided_on=date(2026, 1, 1), limited_until=date(2026, 12, 31)),
            ConductCase(person_id=lin, decided_on=date(2026, 2, 1)),
            ConductCase(person_id=lin, decided_on=date(2020, 2, 1), limited_until=date(2021, 2, 1)),
            ContestResult(person_id=lin, contest="校赛", level="school", grade="first", awarded_on=date(2026, 4, 1)),
            ContestResult(person_id=lin, contest="未定", level="national", grade="first", state="submitted",
                          awarded_on=date(2026, 4, 1)),
            Appraisal(person_id=lin, year=2001, result="basic"),
        ])
        people = work.session.scalars(select(Person.id)).all()
    with site.program.read(Actor(1, "hr", (Grant("hr"),))) as work:
        table = profile.tier_table(work, on)
        for person_id in people:
            found = record_of(work, person_id, on)
            titles = profile.titles_of(work, person_id, [stay.spell for stay in found.stays], on, table)
            known = outlook_of(work, found.standing, on, profile.lines_of(work, person_id, on), titles)
            assert known == outlook(work, person_id, on)


def test_somebody_without_any_record_has_a_page(site: Site) -> None:
    person_id = add_person(site.program, "T8", "空白")
    shown = page(site.sign_in("hr"), f"{LIST}{person_id}")
    assert "没有记录" in shown and "没有帮扶支教记录" in shown
    assert re.findall(r"\sstyle=|\son[a-z]+=|<style", shown) == []


def test_without_a_record_of_training_hours_are_unknown_not_none(site: Site, lin: int) -> None:
    with site.program.read(operator()) as work:
        person_id = work.session.scalars(select(Person.id).where(Person.staff_no == "T3")).one()
    shown = page(site.sign_in("hr"), f"{LIST}{person_id}")
    assert "学时：近五年 —" in shown and "没有任何培训记录" in shown
    assert "近五年 0" not in shown and "tl-hours" not in shown


def test_who_has_left_is_shown_the_hours_of_the_last_day_of_service(site: Site, lin: int) -> None:
    with site.program.begin(operator()) as work:
        post = work.session.query(Employment).filter_by(person_id=lin, valid_to=None).one()
        post.status, post.left_on = "retired", date(2026, 4, 1)
        work.session.add(Training(person_id=lin, name="退休后的讲座", level="district", ended_on=date(2026, 5, 1),
                                  hours_hundredths=5000))
    hr = site.sign_in("hr")
    after, before = (page(hr, f"{LIST}{lin}?on={on}") for on in ("2026-09-01", "2026-03-31"))
    for shown in (after, before):
        assert "学时：近五年 400，已过 360" in shown
    assert "截至最后在职日 2026-03-31" in after and "最后在职日" not in before


# ── incentive and portrait ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def told(site: Site, lin: int) -> int:
    """The incentive of 2025 computed, a portrait as of 2026-09-01 recorded."""
    with site.program.begin(operator()) as work:
        pay.compute(work, year=2025)
        run = PortraitRun(code="2026-1", as_of=date(2026, 9, 1), seed=0, state="published", created_at=work.now,
                          input_sha256="", book_digest="", settings="{}", versions="{}")
        work.session.add(run)
        work.session.flush()
        work.session.add(PortraitScore(run_id=run.id, person_id=lin, training=71.0, research=0.0, coverage=0.75,
                                       is_insufficient=False))
    return lin


def test_a_teacher_sees_the_own_incentive_and_portrait(site: Site, told: int) -> None:
    shown = page(site.sign_in("teacher", staff_no="T1"), f"{LIST}mine")
    for said in ("2025 年帮扶支教激励", "20,000.00", "计 10 个月", "研修学习", "71", "记录采到 75%"):
        assert said in shown, said


def test_a_school_sees_the_incentive_but_no_portrait(site: Site, told: int) -> None:
    shown = page(site.sign_in("school", school_code="S2"), f"{LIST}{told}")
    assert "20,000.00" in shown and "研修学习" not in shown


def test_on_a_past_date_neither_was_known(site: Site, told: int) -> None:
    shown = page(site.sign_in("hr"), f"{LIST}{told}?on=2025-12-31")
    assert "帮扶支教激励" not in shown and "研修学习" not in shown
