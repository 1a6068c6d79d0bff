"""The pages of the national indicators: the board, its receipts, its people, what is missing, and who may see them."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import update

from talent.core.access import operator
from talent.core.language import reading_in, translated
from talent.core.work import Program
from talent.indicators.models import Enrolment, Facility, Quota
from talent.people.models import Employment, School
from talent.web.indicators import people_titles
from tests.browser_client import Browser, Site, text
from tests.indicators.test_people import town
from tests.indicators.test_queries import COUNTED, add, add_pupils, add_school, add_teacher, id_of
from tests.tiers.test_queries import statements

__all__ = ["town"]

ON = "2024-10-01"
BOARD = f"/indicators/?on={ON}"
PEOPLE = ("hours", "certified", "eligible", "exchanged", "exchanged_backbone", "eligible_backbone", "backbone",
          "staffed", "beyond", "no_quota_type", "no_stage", "no_schooling", "no_subject", "no_certificate")


def looked_at(browser: Browser, address: str) -> str:
    """A page that answers, on the date of the district."""
    answer = browser.get(f"{address}{'&' if '?' in address else '?'}on={ON}")
    assert answer.status_code == 200, address
    return text(answer)


def figures(page: str) -> list[str]:
    """Addresses behind the figures of a page."""
    return re.findall(r'class="tl-fig[^"]*" href="(/indicators/[^"#]+)', page)


@pytest.fixture
def district(town: Program) -> Program:
    """The town with premises: P1 short of sports grounds, N1 undivided, P2 without any."""
    p1, n1 = id_of(town, School, "P1"), id_of(town, School, "N1")
    add(town,
        Facility(school_id=p1, counted_on=COUNTED, stage="", teaching_area_hundredths=45_000,
                 sports_area_hundredths=60_000, equipment_fen=20_000_000, multimedia_rooms=3),
        Facility(school_id=n1, counted_on=COUNTED, stage="", teaching_area_hundredths=210_000),
        Quota(school_id=p1, valid_from=date(2020, 1, 1), posts=7, document_no="明编办〔2020〕1号"))
    return town


def test_the_hours_asked_for_are_those_of_the_policy(site: Site) -> None:
    with site.app.test_request_context():
        assert [people_titles(hours)["hours"][0] for hours in (36_000, 24_050)] == ["满 360 学时", "满 240.5 学时"]


@pytest.mark.parametrize("address", [
    "/indicators/", "/indicators/primary/1", "/indicators/primary/1/P1", "/indicators/schools/P1",
    "/indicators/people/eligible", "/indicators/sizes", "/indicators/staffing", "/tiers/", "/board/",
])
def test_in_english_the_book_is_cited_in_english(site: Site, district: Program, address: str) -> None:
    leader = site.sign_in("leader")
    leader.get("/home/?lang=en")
    page = looked_at(leader, address)
    with district.read(operator()) as work, reading_in("en"):
        cited = {said for entry in work.book for dated in entry.values
                 for said in (entry.label, dated.source.document, dated.source.clause, dated.source.note)
                 if len(said) > 3 and translated(said) != said}
    assert len(cited) > 50
    assert [said for said in sorted(cited) if said in page] == []


def test_the_board_says_its_finding(site: Site, district: Program) -> None:
    leader = site.sign_in("leader")
    page = text(leader.get(BOARD))
    assert "小学 3 所：0 所达标，1 所未达标，2 所缺数据；" in page
    assert page.count('class="tl-dots"') == 7 and "超限" in page
    assert "体育运动场馆" in page and "150 平方米" in page  # 7.5 × 100 − 600
    assert "先补数据" in page and "假定" in page
    assert "初中 1 所：0 所达标，1 所缺数据" in text(leader.get(f"{BOARD}&stage=junior"))


def test_every_figure_of_the_board_opens(site: Site, district: Program) -> None:
    leader = site.sign_in("leader")
    boards = [looked_at(leader, f"/indicators/?stage={stage}") for stage in ("primary", "junior")]
    seen = {address for board in boards for address in figures(board)}
    assert {"/indicators/primary/1", "/indicators/people/hours", "/indicators/sizes", "/indicators/staffing",
            "/indicators/missing", "/indicators/primary/5/P1"} <= seen
    deeper = {address for page in seen for address in figures(looked_at(leader, page))}
    for address in deeper - seen:
        looked_at(leader, address.replace("&amp;", "&"))


def test_an_indicator_shows_its_formula_with_the_numbers(site: Site, district: Program) -> None:
    page = looked_at(site.sign_in("auditor"), "/indicators/primary/2")
    for shown in ("2 ÷ 400 × 100", "<b>0.50</b>", "人/百生", "√0.236111", "<b>0.972</b>", "超限"):
        assert shown in page, shown
    assert page.count("/indicators/primary/2/") >= 6
    assert "县域义务教育优质均衡发展督导评估办法" in page


def test_a_school_and_indicator_names_its_people(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    page = looked_at(hr, "/indicators/primary/1/P1")
    assert "计入 2 人，共 2 名专任教师" in page and "1 + 1 × 1/3 = 1.33" in page
    assert "还缺 3 人：4.2 × 100 ÷ 100 − 1.33 = 2.87，进一" in page
    page = looked_at(hr, "/indicators/junior/1/N1")
    assert "没有学段，没有计入" in page and "/indicators/people/no_stage?school=N1" in page


def test_a_school_and_indicator_shows_its_rows_and_split(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    page = looked_at(hr, "/indicators/junior/4/N1")
    assert "2,100 × （100 × 1.1） ÷ （100 × 1 + 100 × 1.1） = 1,100" in page
    assert "1,100 ÷ " in page and "<b>11.00</b>" in page and page.count("2024-09-15") >= 3
    assert "没有报这一项" in looked_at(hr, "/indicators/junior/5/N1")
    assert "没有在职教师记录" in looked_at(hr, f"/indicators/primary/1/{_without_staff(district)}")


def _without_staff(program: Program) -> str:
    add_pupils(program, add_school(program, "E1"), primary=60)
    return "E1"


def test_a_school_shows_its_posts(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    page = looked_at(hr, "/indicators/schools/N1")
    assert "100 ÷ 19 + 100 ÷ 13.5 = 12.67，进一得 13" in page and "没有核定编制的记录" in page
    page = looked_at(hr, "/indicators/staffing")
    assert "测算 30，核定 7，实有在编 5，编外 2" in page  # 6 + 11 + 13
    assert "明编办〔2020〕1号" in looked_at(hr, "/indicators/schools/P1")


@pytest.mark.parametrize("what", PEOPLE)
def test_every_list_of_people_opens(site: Site, district: Program, what: str) -> None:
    hr = site.sign_in("hr")
    for part in ("in", "out"):
        looked_at(hr, f"/indicators/people/{what}?part={part}")
    looked_at(hr, f"/indicators/people/{what}?school=P1")


def test_the_denominator_can_be_switched(site: Site, district: Program) -> None:
    leader = site.sign_in("leader")
    assert "2 / 4 名满年限的教师" in looked_at(leader, "/indicators/")
    page = looked_at(leader, "/indicators/?exchange=all&backbone=eligible_backbone")
    assert "2 / 5 名全体专任教师" in page and "/ 3 名满年限的骨干教师" in page
    assert "2 / 4 名满年限的教师" in looked_at(leader, "/indicators/?exchange=nonsense")


def test_what_is_missing_says_whose_and_how(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    page = looked_at(hr, "/indicators/missing")
    assert "小学没有“体育运动场馆”所需的办学条件数据" in page and "/imports/template/facilities" in page
    assert "1 名专任教师没有学历" in page and "/indicators/people/no_schooling?school=P2" in page
    only = looked_at(hr, "/indicators/missing?kind=quota")
    assert "没有核定编制数" in only and "没有学历" not in only
    assert "/imports/template/" not in looked_at(site.sign_in("leader"), "/indicators/missing")


@pytest.mark.parametrize("address", ["/indicators/evidence", "/indicators/missing"])
def test_the_books_are_workbooks(site: Site, district: Program, address: str) -> None:
    leader = site.sign_in("leader")
    leader.get(BOARD)
    answer = leader.act(address)
    assert answer.status_code == 200 and answer.mimetype.endswith("spreadsheetml.sheet")
    assert io.BytesIO(answer.data).read(2) == b"PK"
    assert f"{ON}.xlsx" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("address", [
    "/indicators/senior/1", "/indicators/primary/8", "/indicators/primary/0/P1", "/indicators/primary/1/P9",
    "/indicators/schools/P9", "/indicators/people/secrets", "/indicators/nothing/1/P1",
])
def test_what_is_not_there_is_not_found(site: Site, district: Program, address: str) -> None:
    assert site.sign_in("hr").get(f"{address}?on={ON}").status_code == 404


@pytest.mark.parametrize("role", ["principal", "school", "teacher", "finance", "expert", "admin"])
def test_others_see_no_part_of_it(site: Site, district: Program, role: str) -> None:
    stranger = site.sign_in(role, school_code="P1", staff_no="A")
    for address in ("/indicators/", "/indicators/primary/1", "/indicators/primary/1/P1", "/indicators/schools/P1",
                    "/indicators/people/hours", "/indicators/sizes", "/indicators/staffing", "/indicators/missing"):
        assert stranger.get(address).status_code == 403
    assert "/indicators/" not in text(stranger.get("/account"))


def test_a_past_date_says_the_same_for_ever(site: Site, district: Program) -> None:
    leader = site.sign_in("leader")
    pages = ("/indicators/", "/indicators/primary/1", "/indicators/primary/1/P1", "/indicators/staffing",
             "/indicators/people/hours")
    shown = re.compile(r'name="csrf_token"[^>]*>')
    before = [shown.sub("", looked_at(leader, page)) for page in pages]
    with district.begin(operator()) as work:
        work.session.execute(update(Employment).where(Employment.valid_to.is_(None)).values(valid_to=date(2025, 1, 1)))
        work.session.add(Enrolment(school_id=1, counted_on=date(2025, 9, 15), stage="primary", pupils=999))
    assert [shown.sub("", looked_at(leader, page)) for page in pages] == before


def test_before_the_document_the_date_is_refused(site: Site) -> None:
    assert site.sign_in("hr").get("/indicators/?on=2017-04-18").status_code == 422


def test_an_empty_district_is_told_so(site: Site) -> None:
    page = text(site.sign_in("hr").get(BOARD))
    assert "小学没有参加计算的学校" in page and "没有一所学校报数" in page
    for address in ("/indicators/primary/1", "/indicators/sizes", "/indicators/staffing", "/indicators/missing"):
        looked_at(site.sign_in("hr"), address)


def test_statements_are_as_many_for_every_district(site: Site, district: Program) -> None:
    leader = site.sign_in("leader")
    pages = {"/indicators/": 13, "/indicators/primary/1": 13, "/indicators/primary/1/P1": 14,
             "/indicators/primary/2/P1": 16, "/indicators/people/hours": 8, "/indicators/missing": 13}

    def counted() -> dict[str, int]:
        found = {}
        for page in pages:
            with statements(district) as sent:
                looked_at(leader, page)
            found[page] = len(sent)
        return found

    few = counted()
    for number in range(12):
        school = add_school(district, f"M{number}")
        add_pupils(district, school, primary=90)
        for each in range(3):
            add_teacher(district, f"M{number}-{each}", school)
    assert counted() == few
    assert few == pages, str(few)


def test_a_code_with_odd_signs_opens(site: Site, program: Program) -> None:
    add_pupils(program, add_school(program, "甲 1&2?"), primary=60)
    hr = site.sign_in("hr")
    found = figures(looked_at(hr, "/indicators/"))
    (address,) = {each for each in found if each.startswith("/indicators/primary/1/")}
    assert "甲 1&amp;2?" in looked_at(hr, address)
