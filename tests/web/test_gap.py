"""离下一级还差什么 and 谁能申报 on the site: what each role is told, numbers that open their people, a workbook."""

import re
from datetime import date
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from talent.core.access import operator
from talent.core.audit import AuditEvent
from talent.core.work import Program
from talent.people.models import Appraisal, ConductCase, Person
from talent.tiers.models import Title
from talent.training.models import Training
from tests.browser_client import Browser, Site, text
from tests.tiers.test_candidates import Teacher, complete
from tests.tiers.test_queries import statements

LIST = "/tiers/eligible/chief_subject_teacher"


@pytest.fixture
def lin(program: Program) -> Teacher:
    """Somebody who lacks one thing (hours) and of whom one is unknown (an appraisal), with a 师德 bar."""
    teacher = complete(program)
    teacher.set(Title, term_to=date(2027, 8, 31), term_from=date(2024, 9, 1), document_no="明教人〔2024〕7号")
    teacher.set(Training, hours_hundredths=32000)
    teacher.drop(Appraisal, year=2025)
    return teacher


def barred(teacher: Teacher) -> None:
    teacher.add(ConductCase(person_id=teacher.id, decided_on=date(2026, 1, 2), limited_until=date(2027, 3, 4),
                            reason="不得外泄的事由"))


def page(browser: Browser, url: str, status: int = 200) -> str:
    response = browser.get(url)
    assert response.status_code == status, text(response)
    return text(response)


def plain(shown: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))


# ── the panel ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_panel_tells_the_gap_to_the_next_tier(site: Site, lin: Teacher) -> None:
    shown = page(site.sign_in("teacher", staff_no="T1"), "/people/mine")
    panel = plain(shown[shown.index('id="gap"'):].split("</section>")[0])
    assert "学科首席教师 还差什么" in panel and "还差 1 条，1 条没有数据 ，其余 6 条已满足。" in panel
    assert "截至 2026-09-08 试算 假定" in panel
    assert "没有满足：320。如有未录入的培训，请补录，学校核实、区里认定后计入" in panel
    assert "没有数据：缺 2025 年。请学校在年度考核表中补录所缺年度" in panel
    assert f'href="/tiers/gap/{lin.id}?tier=chief_subject_teacher"' in shown


def test_a_past_date_has_its_own_gap(site: Site, lin: Teacher) -> None:
    shown = plain(page(site.sign_in("hr"), f"/people/{lin.id}?on=2024-08-31"))
    assert "校级学科带头人 还差什么" in shown and "截至 2024-08-31 试算" in shown


@pytest.mark.parametrize(("born", "started", "tier"), [
    (date(1999, 1, 1), date(2022, 9, 1), "新锐教师"), (date(1999, 1, 1), date(2010, 9, 1), "校级学科带头人"),
    (date(1980, 1, 1), date(2022, 9, 1), "校级学科带头人"), (None, None, "新锐教师"),
])
def test_without_a_title_the_first_tier_not_outgrown(
    site: Site, lin: Teacher, born: date | None, started: date | None, tier: str
) -> None:
    lin.drop(Title)
    lin.set(Person, born_on=born, teaching_started_on=started)
    assert f"{tier} 还差什么" in plain(page(site.sign_in("hr"), f"/people/{lin.id}"))


@pytest.mark.parametrize(("held", "shown"), [
    ("new_talent", "校级学科带头人 还差什么"), ("famous_teacher", "教育领军人才 还差什么"),
    ("leading_talent", "教育领军人才 的条件"),
])
def test_the_tier_above_the_one_held(site: Site, lin: Teacher, held: str, shown: str) -> None:
    lin.set(Title, tier=held)
    assert shown in plain(page(site.sign_in("hr"), f"/people/{lin.id}"))


def test_nobody_out_of_service_has_a_gap(site: Site, lin: Teacher) -> None:
    assert 'id="gap"' not in page(site.sign_in("hr"), f"/people/{lin.id}?on=2014-09-01")


def test_finance_sees_no_gap(site: Site, lin: Teacher) -> None:
    assert site.sign_in("finance").get(f"/tiers/gap/{lin.id}").status_code == 403


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_rule_with_clause_and_records(site: Site, lin: Teacher) -> None:
    shown = page(site.sign_in("hr"), f"/tiers/gap/{lin.id}")
    assert shown.count("三年行动方案(2020—2022年) 二(九)") >= 8
    told = plain(shown)
    for part in ("和平杯，区县级 一等奖 2024-04-01", "区级学科带头人，明教人〔2024〕7号 2024-09-01 起",
                 "近五年的培训记录", "近五年认定学时满 360", "合格 2023"):
        assert part in told, part
    assert f'href="/people/{lin.id}?kind=contest#records"' in shown
    other = plain(page(site.sign_in("hr"), f"/tiers/gap/{lin.id}?tier=leading_talent"))
    assert "离教育领军人才还差什么" in other and "近 5 年 1 项，最高区县级一等奖" in other
    assert page(site.sign_in("hr"), f"/tiers/gap/{lin.id}?tier=special_grade", 404)


def test_conduct_is_told_by_its_verdict_alone(site: Site, lin: Teacher) -> None:
    barred(lin)
    secrets = ("2026-01-02", "2027-03-04", "不得外泄的事由")
    hr = page(site.sign_in("hr"), f"/tiers/gap/{lin.id}")
    assert "2026-01-02 决定" in hr and "限制至 2027-03-04" in hr and "不得外泄的事由" not in hr
    readers = [site.sign_in("leader"), site.sign_in("auditor"), site.sign_in("school"), site.sign_in("principal"),
               site.sign_in("teacher", staff_no="T1")]
    for reader in readers:
        for url in (f"/tiers/gap/{lin.id}", f"/people/{lin.id}"):
            shown = page(reader, url)
            assert "仍在限制期内" in shown and not [secret for secret in secrets if secret in shown], url


def test_ages_are_not_told_to_readers_who_keep_no_records(site: Site, lin: Teacher) -> None:
    url = f"/tiers/gap/{lin.id}?tier=new_talent"
    assert "41 周岁" in page(site.sign_in("hr"), url)
    assert "41 周岁" in page(site.sign_in("teacher", staff_no="T1"), url)
    for role in ("leader", "school"):
        shown = page(site.sign_in(role), url)
        assert "41 周岁" not in shown and "年龄不在此显示" in shown


def test_out_of_sight_is_not_found(site: Site, lin: Teacher) -> None:
    for reader in (site.sign_in("school", school_code="S9"), site.sign_in("teacher", staff_no="T9")):
        assert reader.get(f"/tiers/gap/{lin.id}").status_code == 404
    assert site.sign_in("hr").get("/tiers/gap/99999").status_code == 404


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def district(program: Program, lin: Teacher) -> Program:
    """One short of hours, one who meets all, one whose 职称 nobody knows, in two schools."""
    complete(program, "T2", "S2")
    third = complete(program, "T3", "S2")
    third.set(Person, teaching_started_on=None)
    return program


def names(shown: str) -> list[str]:
    """Who stands in the list."""
    people = shown[shown.index('id="people"'):]
    return re.findall(r"师T\d+", people[:people.index("</table>")])


def test_numbers_open_their_people(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    shown = page(hr, LIST)
    assert names(shown) == ["师T1", "师T2", "师T3"]
    assert "在职 3 人，满足全部条件 1 人，差数据才能判定 1 人" in plain(shown)
    for query, there in (("verdict=met", ["师T2"]), ("verdict=not_met", ["师T1"]), ("verdict=no_data", ["师T3"]),
                         ("school=S2", ["师T2", "师T3"]), ("rule=hours", ["师T1"]), ("rule=appraisal", ["师T1"]),
                         ("rule=teaching_years", ["师T3"]), ("school=S2&verdict=no_data", ["师T3"]), ("q=T2", ["师T2"]),
                         ("subject=语文", ["师T1", "师T2", "师T3"]), ("stage=junior", [])):
        assert names(page(hr, f"{LIST}?{query}")) == there, query


def test_the_lowest_tier_is_shown_first_and_unknown_ones_are_missing(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    assert "谁能申报新锐教师" in page(hr, "/tiers/eligible")
    assert hr.get("/tiers/eligible/special_grade").status_code == 404


def test_a_school_sees_its_own_and_a_teacher_the_own_gap(site: Site, district: Program) -> None:
    assert names(page(site.sign_in("principal", school_code="S2"), LIST)) == ["师T2", "师T3"]
    teacher = site.sign_in("teacher", staff_no="T1")
    assert teacher.get(LIST).location.startswith("/tiers/gap/")


def test_the_list_as_a_workbook(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    response = hr.act(f"{LIST}/export?school=S2")
    assert response.status_code == 200 and response.mimetype.endswith("spreadsheetml.sheet")
    sheet = CalamineWorkbook.from_filelike(BytesIO(response.data)).get_sheet_by_index(0)
    rows = [[cell for cell in row if cell != ""] for row in sheet.to_python()]
    assert rows[0] == ["学科首席教师：谁满足申报条件"]
    assert rows[1:4] == [["截至 2026-09-08，在职人员"],
                         ["依据：三年行动方案(2020—2022年) 二(九)（假定，待本区方案确定）"], ["只含：学校 第一小学"]]
    assert rows[4][:6] == ["工号", "姓名", "学校", "学科", "结论", "截止日在职"]
    assert [row[:2] + row[4:5] for row in rows[5:]] == [["T2", "师T2", "满足"], ["T3", "师T3", "没有数据"]]
    assert "没有数据：没有从教日期" in rows[6]
    with district.read(operator()) as work:
        trace = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "record:export")).one()
        assert (trace.subject, trace.subject_key) == ("eligibility", "chief_subject_teacher")


def test_the_list_costs_the_same_for_every_district(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    with statements(district) as few:
        page(hr, LIST)
    for number in range(10, 40):
        complete(district, f"T{number}")
    with statements(district) as many:
        page(hr, LIST)
    assert len(few) == len(many) == 9
