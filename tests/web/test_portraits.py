"""Portrait pages: a run from draft to published, a teacher's own page, who sees nothing. On both databases."""

import re
from datetime import date

import pytest
from sqlalchemy import event, func, select

from talent.core.access import operator
from talent.core.jobs import Job
from talent.portraits.models import PortraitChoice, PortraitRun
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.portraits.stored import HOURS_ONLY, IN_BETWEEN, NAMES, UNSTABLE, Told, add_run, person_of

DECISION = {"k_reason": "分得清，最小一类也够大", "method": "model", "name_1": NAMES[0], "name_2": NAMES[1]}


@pytest.fixture
def hr(site: Site) -> Browser:
    return site.sign_in("hr")


def add_teacher_run(site: Site, inputs: list[float | None] | None = None, told: Told | None = None) -> int:
    factories.add_person(site.program)
    return add_run(site.program, {person_of(site.program, "T1"): inputs or HOURS_ONLY}, told)


def decide(browser: Browser, run_id: int, **changes: str) -> str:
    page = f"/portraits/run/{run_id}"
    version = state_of_run(browser, run_id)[1]
    answer = browser.submit(f"{page}/decide", {**DECISION, "version": str(version), **changes}, page=page)
    return text(answer) if answer.status_code == 200 else str(answer.status_code)


def state_of_run(browser: Browser, run_id: int) -> tuple[str, int]:
    program = browser.application.extensions["talent"]
    with program.read(operator()) as work:
        run = work.session.get_one(PortraitRun, run_id)
        return run.state, run.version


def act(browser: Browser, run_id: int, what: str) -> int:
    version = state_of_run(browser, run_id)[1]
    return browser.act(f"/portraits/run/{run_id}/{what}", version=str(version)).status_code


def put_out(browser: Browser, run_id: int, **changes: str) -> None:
    assert decide(browser, run_id, **changes) == "303"
    assert [act(browser, run_id, what) for what in ("review", "publish")] == [303, 303]


def test_from_draft_to_the_teachers_page(site: Site, hr: Browser) -> None:
    run_id = add_teacher_run(site)
    draft = text(hr.get(f"/portraits/run/{run_id}"))
    assert 'value="研修成长型"' in draft and "复核通过" not in draft
    put_out(hr, run_id)
    assert state_of_run(hr, run_id)[0] == "published"
    page = text(site.sign_in("teacher").get("/portraits/mine"))
    assert "<h2>研修成长型</h2>" in page
    assert "为什么更像研修成长型" in page and "逐项相加不差" in page and "仅供参考" in page
    assert "132.3 学时" in page  # the root of the weighted hours, squared again
    assert "同组：" in page and "33 人" in page
    assert "已发布的类型" in text(hr.get("/portraits/"))


def test_between_two_types_both_are_named(site: Site, hr: Browser) -> None:
    put_out(hr, add_teacher_run(site, IN_BETWEEN))
    page = text(site.sign_in("teacher").get("/portraits/mine"))
    assert "介于“竞赛见长型”与“研修成长型”之间" in page or "介于“研修成长型”与“竞赛见长型”之间" in page
    assert "不进入任何一类的名单" in page


def test_a_refused_decision_says_why_at_the_field_and_keeps_what_was_typed(site: Site, hr: Browser) -> None:
    run_id = add_teacher_run(site, told=Told(warnings=(UNSTABLE,)))
    page = decide(hr, run_id, name_2="名教师型", k_reason="写好的理由")
    assert "类型名“名教师型”里有称号“名教师”" in page
    assert "有提醒未说明" in page and "写好的理由" in page and 'value="名教师型"' in page
    assert "类型不够稳定：本方法平均 0.70" in page
    assert state_of_run(hr, run_id) == ("draft", 1)
    assert decide(hr, run_id, warning_reason="已比较两种方法") == "303"


def test_whoever_built_it_is_told_to_wait_and_refused(site: Site, hr: Browser) -> None:
    run_id = add_teacher_run(site, told=Told(built_by=site.account("hr").user_id))
    assert decide(hr, run_id) == "303"
    assert "等另一位复核" in text(hr.get(f"/portraits/run/{run_id}"))
    assert act(hr, run_id, "review") == 422
    factories.add_account(site.program, "hr", name="hr-two")
    other = site.browser()
    other.sign_in("hr-two")
    assert act(other, run_id, "review") == 303
    assert act(hr, run_id, "publish") == 422
    assert act(other, run_id, "publish") == 303


def test_a_stale_page_is_told(site: Site, hr: Browser) -> None:
    run_id = add_teacher_run(site)
    assert decide(hr, run_id) == "303"
    assert hr.act(f"/portraits/run/{run_id}/review", version="1").status_code == 409
    assert hr.act(f"/portraits/run/{run_id}/review", version="x" * 20).status_code == 409
    assert state_of_run(hr, run_id) == ("draft", 2)


def test_a_build_waits_for_the_worker_and_says_so(site: Site, hr: Browser) -> None:
    add_teacher_run(site)
    answer = hr.submit("/portraits/build", {"as_of": "2026-08-31", "k": ""}, page="/portraits/")
    assert answer.status_code == 303
    page = text(hr.get("/portraits/"))
    assert "排队等待计算" in page and "data-poll=" in page
    with site.program.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(Job)) == 1
    refused = hr.submit("/portraits/build", {"as_of": "2027-01-01", "k": "50"}, page="/portraits/")
    assert "请填 2 到 20 之间的数" in text(refused)


def test_the_job_leads_back_to_the_list(site: Site, hr: Browser) -> None:
    hr.submit("/portraits/build", {"as_of": "2026-08-31", "k": ""}, page="/portraits/")
    with site.program.begin(operator()) as work:
        job = work.session.scalars(select(Job)).one()
        job.state, job.stage = "done", "portraits.stage_store"
        job_id = job.id
    answer = hr.get(f"/jobs/{job_id}").get_json()
    assert (answer["stage"], answer["next"]) == ("保存", "/portraits/")


def test_a_teacher_hides_the_type_and_shows_it_again(site: Site, hr: Browser) -> None:
    put_out(hr, add_teacher_run(site))
    teacher = site.sign_in("teacher")
    person = person_of(site.program, "T1")
    for hidden, offered in (("1", "对学校公开类型"), ("0", "对学校隐藏类型")):
        assert teacher.act("/portraits/mine/hide", hidden=hidden).status_code == 303
        assert offered in text(teacher.get("/portraits/mine"))
        with site.program.read(operator()) as work:
            assert work.session.get_one(PortraitChoice, person).is_hidden is (hidden == "1")


def test_a_teacher_sees_no_run_and_nobody_else(site: Site, hr: Browser) -> None:
    run_id = add_teacher_run(site)
    other = factories.add_person(site.program, "T2", "李四")
    teacher = site.sign_in("teacher")
    mine = person_of(site.program, "T1")
    seen = [teacher.get(f"/portraits/{path}").status_code
            for path in ("", f"run/{run_id}", f"person/{other}", f"person/{mine}", "mine")]
    assert seen == [303, 404, 404, 200, 200]


@pytest.mark.parametrize("role", ["leader", "auditor"])
def test_readers_see_everything_and_change_nothing(site: Site, hr: Browser, role: str) -> None:
    run_id = add_teacher_run(site)
    reader, person = site.sign_in(role), person_of(site.program, "T1")
    for path in ("", f"run/{run_id}", f"person/{person}"):
        page = text(reader.get(f"/portraits/{path}"))
        assert reader.get(f"/portraits/{path}").status_code == 200
        assert "/decide" not in page and "/portraits/build" not in page and "/publish" not in page


@pytest.mark.parametrize("role", ["principal", "school", "expert", "finance", "admin"])
def test_others_have_no_portraits(site: Site, hr: Browser, role: str) -> None:
    run_id = add_teacher_run(site)
    browser, person = site.sign_in(role), person_of(site.program, "T1")
    for path in ("", f"run/{run_id}", f"person/{person}", "mine"):
        assert browser.get(f"/portraits/{path}").status_code == 403


def test_without_a_run_a_teacher_is_told(site: Site) -> None:
    assert "还没有画像" in text(site.sign_in("teacher").get("/portraits/mine"))


def test_small_groups_are_not_counted_on_the_page(site: Site, hr: Browser) -> None:
    put_out(hr, add_teacher_run(site, told=Told(sizes=(57, 9))))
    page = text(hr.get("/portraits/"))
    assert "不足 10 人，或会由相减得出" in page
    assert ">57<" not in page and ">9<" not in page


def test_a_past_date_is_obeyed(site: Site, hr: Browser) -> None:
    put_out(hr, add_teacher_run(site))
    assert "还没有发布过类型" in text(hr.get("/portraits/?on=2025-10-01"))
    teacher = site.sign_in("teacher")
    assert "还没有画像" in text(teacher.get("/portraits/mine?on=2025-10-01"))


def test_statements_of_the_pages_do_not_grow(site: Site, hr: Browser) -> None:
    def count(path: str) -> int:
        seen: list[str] = []
        listener = lambda *arguments: seen.append(arguments[2])  # noqa: E731
        event.listen(site.program.engine, "before_cursor_execute", listener)
        hr.get(path)
        event.remove(site.program.engine, "before_cursor_execute", listener)
        return len(seen)

    run_id = add_teacher_run(site)
    put_out(hr, run_id)
    paths = ["/portraits/", f"/portraits/run/{run_id}", f"/portraits/person/{person_of(site.program, 'T1')}"]
    before = [count(path) for path in paths]
    for year in range(2012, 2022):
        add_teacher_run(site, told=Told(as_of=date(year, 8, 31)))
    assert [count(path) for path in paths] == before


def test_ones_own_figures_are_told_as_people_read_them(site: Site) -> None:
    """What is held of a portrait is shown to two decimals, not as the list a program keeps."""
    add_teacher_run(site, [14.825653442597396, *HOURS_ONLY[1:]])
    teacher = site.sign_in("teacher", staff_no="T1")
    page = text(teacher.get("/privacy/mine")).split("画像得分")[1].split("</section>")[0]
    assert "14.83、" in page and re.search(r"\d\.\d{3,}|[\[{]\d", page) is None
