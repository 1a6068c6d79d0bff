"""The pages of schools and of acts: seen before done, kept when refused, undone, and shut to others."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from talent.core.access import operator
from talent.core.batches import ImportBatch
from talent.core.work import Program
from talent.people.models import Employment, Person, School
from tests.browser_client import Browser, Site, text
from tests.factories import add_person, add_school

ON = "2026-10-01"


@pytest.fixture
def person(program: Program) -> int:
    add_school(program, "S2", "第二小学")
    return add_person(program, "T1", "张三", "S1")


def seal(page: str) -> str:
    found = re.search(r'name="seal"[^>]*value="([^"]*)"', page)
    assert found
    return found.group(1)


def done(browser: Browser, url: str, **fields: str) -> str:
    """Fill the form in, look, confirm; the address one is led to."""
    shown = browser.submit(url, fields)
    assert shown.status_code == 200 and "办了会怎样" in text(shown), text(shown)
    response = browser.submit(url, {**fields, "seal": seal(text(shown))})
    assert response.status_code == 303, text(response)
    return str(response.location)


def test_the_list_of_schools_and_one_school(site: Site, person: int) -> None:
    hr, office = site.sign_in("hr"), site.sign_in("school", school_code="S1")
    listed = text(hr.get("/schools/"))
    assert "第一小学" in listed and "第二小学" in listed and "开办学校" in listed
    own = text(office.get("/schools/"))
    assert "第一小学" in own and "第二小学" not in own and "开办学校" not in own
    shown = text(hr.get("/schools/1"))
    assert "并入另一所学校" in shown and "张三" in text(office.get("/schools/2"))
    assert office.get("/schools/1").status_code == 404 and hr.get("/schools/99").status_code == 404
    assert "并入另一所学校" not in text(office.get("/schools/2"))


def test_an_act_is_seen_then_done_then_undone(site: Site, program: Program, person: int) -> None:
    hr = site.sign_in("hr")
    url = f"/people/{person}/acts/transfer"
    fields = {"on": ON, "school_code": "S2", "reason": "工作需要", "document_no": "3 号", "subject": "语文",
              "stage": "小学"}
    shown = text(hr.submit(url, fields))
    assert "2026-10-01 起教职工、编制和监测数据由第一小学转计第二小学" in shown
    with program.read(operator()) as work:
        assert work.session.query(Employment).count() == 1
    led = done(hr, url, **fields)
    page = text(hr.get(led))
    assert "工作需要" in page and "3 号" in page and "第二小学" in page and "张三，调动" in page
    with program.read(operator()) as work:
        batch = work.session.scalars(select(ImportBatch.id)).one()
    assert "工作需要" in text(hr.get(f"/imports/batch/{batch}"))
    assert hr.act(f"/imports/batch/{batch}/undo").status_code == 303
    with program.read(operator()) as work:
        assert work.session.query(Employment).count() == 1


def test_what_was_typed_stays_when_refused(site: Site, person: int) -> None:
    hr = site.sign_in("hr")
    page = text(hr.submit(f"/people/{person}/acts/retire", {"on": "2015-09-01", "reason": "到龄退休"}))
    assert "任职从 2015-09-01 才开始" in page and "到龄退休" in page and 'value="2015-09-01"' in page
    assert "办了会怎样" not in page
    again = text(hr.submit(f"/people/{person}/acts/retire", {"on": ON, "reason": "到龄退休", "seal": "stale"}))
    assert "与刚才看到的结果不同" in again and "办了会怎样" in again


def test_undoing_what_something_builds_on_is_refused_in_words(site: Site, program: Program, person: int) -> None:
    hr = site.sign_in("hr")
    for act, on in (("leave", "2026-09-02"), ("return", "2026-09-05")):
        done(hr, f"/people/{person}/acts/{act}", on=on, reason="休养")
    with program.read(operator()) as work:
        first = work.session.scalars(select(ImportBatch.id).order_by(ImportBatch.id)).first()
    response = hr.act(f"/imports/batch/{first}/undo")
    assert response.status_code in (400, 409, 422) and "建立在这一次之上" in text(response)


@pytest.mark.parametrize("act", ["transfer", "post", "teaching", "leave", "second", "retire", "move_out", "resign",
                                 "name", "staff_no", "identity", "facts"])
def test_every_form_opens_and_is_offered(site: Site, person: int, act: str) -> None:
    hr = site.sign_in("hr")
    assert hr.get(f"/people/{person}/acts/{act}").status_code == 200
    assert f"/people/{person}/acts/{act}" in text(hr.get(f"/people/{person}/acts/"))
    assert hr.get(f"/people/{person}/acts/nothing").status_code == 404
    assert hr.get(f"/people/999/acts/{act}").status_code == 404


def test_the_other_forms_do_what_they_say(site: Site, program: Program, person: int) -> None:
    hr, base = site.sign_in("hr"), f"/people/{person}/acts"
    done(hr, f"{base}/teaching", on=ON, first="S2", second="S1", third="", reason="兼课")
    done(hr, f"{base}/post", on=ON, stage="小学", subject="音乐", category="专任教师", quota_type="在编",
         professional_title="", schooling="", degree="", reason="改教")
    done(hr, f"{base}/name", name="张山", reason="登记错")
    done(hr, f"{base}/facts", born_on="1990-05", sex="", reason="登记错")
    done(hr, f"{base}/resign", on="2026-11-01", reason="辞职")
    with program.read(operator()) as work:
        known = work.session.get_one(Person, person)
        assert (known.name, known.former_name, known.born_on) == ("张山", "张三", date(1990, 5, 1))
        last = work.session.scalars(select(Employment).where(Employment.valid_to.is_(None))).one()
        assert (last.teaching_schools, last.subject, last.status) == ("S2；S1", "音乐", "resigned")


def test_a_degree_and_another_phone_need_no_workbook(site: Site, program: Program, person: int) -> None:
    """What a teacher brings most often: the degree counts from its day, the number is kept sealed."""
    hr, base = site.sign_in("hr"), f"/people/{person}/acts"
    done(hr, f"{base}/post", on=ON, schooling="研究生", degree="硕士", certificate_kind="小学教师资格", reason="毕业",
         **dict.fromkeys(("stage", "category", "quota_type", "professional_title"), ""))
    done(hr, f"{base}/facts", sex="", phone="13800000123", reason="换号")
    with program.read(operator()) as work:
        past, now = work.session.scalars(select(Employment).order_by(Employment.valid_from)).all()
        assert (past.schooling, now.schooling, now.degree, now.certificate_kind) == (
            "", "postgraduate", "master", "小学教师资格")
        known = work.session.get_one(Person, person)
        assert known.phone_masked == "138******23" and known.phone_sealed is not None
    for page in (f"{base}/", f"{base}/facts", f"/people/{person}", "/imports/?source=form"):
        assert "13800000123" not in text(hr.get(page))


def test_a_number_of_identity_is_never_shown_whole_afterwards(site: Site, person: int) -> None:
    hr = site.sign_in("hr")
    led = done(hr, f"/people/{person}/acts/identity", id_number="11010519491231002X", reason="登记错")
    for page in (led, f"/people/{person}", f"/people/{person}/acts/identity", "/imports/?source=form"):
        assert "11010519491231002X" not in text(hr.get(page))


def test_schools_open_are_renamed_and_merged_on_their_pages(site: Site, program: Program, person: int) -> None:
    hr = site.sign_in("hr")
    with program.read(operator()) as work:
        first, second = (work.session.scalars(select(School.id).where(School.code == code)).one()
                         for code in ("S1", "S2"))
    led = done(hr, "/schools/new", code="S9", name="新小学", kind="小学", ownership="", area="", on=ON, reason="新建")
    assert hr.get(led).status_code == 404 and "新小学" in text(hr.get(f"{led}?on={ON}"))
    hr.get("/schools/?on=2026-09-08")
    assert "重名" in text(hr.get(done(hr, f"/schools/{first}/rename", name="重名小学", kind="小学", on="2026-09-01",
                                      reason="改名")))
    assert "至 2026-09-01" in text(hr.get(f"/schools/{first}"))
    led = done(hr, f"/schools/{first}/merge", merged_into_code="S2", on="2026-09-02", reason="并校")
    assert "并入" in text(hr.get(led)) and "张三" in text(hr.get(f"/schools/{second}"))
    done(hr, f"/schools/{second}/correct", name="第二小学", kind="小学", ownership="公办", area="乡村", reason="登记错")
    assert hr.get(f"/schools/{second}/nothing").status_code == 404


@pytest.mark.parametrize("role", ["leader", "auditor", "school", "principal", "teacher"])
def test_others_neither_see_the_forms_nor_act(site: Site, program: Program, person: int, role: str) -> None:
    browser = site.sign_in(role, school_code="S1", staff_no="T1")
    for url in (f"/people/{person}/acts/", f"/people/{person}/acts/leave", "/schools/new", "/schools/2/close"):
        assert browser.get(url).status_code == 403
    assert browser.act(f"/people/{person}/acts/leave", on=ON, reason="x", seal="x").status_code == 403
    with program.read(operator()) as work:
        assert work.session.query(Employment).filter_by(person_id=person).count() == 1
