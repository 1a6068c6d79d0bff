"""The pages of incentive pay: an empty year, the batch, a school, findings, the receipt, and who may see what."""

import re

import pytest

from talent.core.work import Program
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.pay.office import Office
from tests.pay.records import absent, compute, ends, send


@pytest.fixture
def batch(program: Program) -> Program:
    """2021 computed: T1 of S1 all year (no appraisal yet), T2 of S2 from 15 March, T3 of a kindergarten."""
    factories.add_school(program, "S1", "清源道小学")
    factories.add_school(program, "S2", "望海小学")
    factories.add_school(program, "K1", "第一幼儿园", kind="kindergarten")
    send(program, "T1", "S1", "2021-01-01", appraisal="", name="林知微")
    send(program, "T2", "S2", "2021-03-15", name="周明远", host="柳河镇中心小学")
    send(program, "T3", "K1", "2021-01-01", name="陈小满")
    absent(program, "T2", "2021-10-11", "2021-10-27")
    compute(program)
    return program


def line_of(browser: Browser, school_code: str) -> str:
    """The address of the first receipt of a school."""
    found = re.search(r'/pay/line/\d+', text(browser.get(f"/pay/school/{school_code}?year=2021")))
    assert found
    return found.group()


def test_a_year_without_batch_offers_to_compute_it(site: Site) -> None:
    finance = site.sign_in("finance")
    page = text(finance.get("/pay/?year=2022"))
    assert "2022 年还没有核算" in page and 'action="/pay/compute"' in page
    assert 'action="/pay/compute"' not in text(site.sign_in("auditor").get("/pay/?year=2022"))


def test_computing_leads_to_the_batch(site: Site) -> None:
    send(site.program, "T9", "S1", "2022-01-01")
    finance = site.sign_in("finance")
    assert finance.act("/pay/compute", year="2022").location == "/pay/?year=2022"
    page = text(finance.get("/pay/?year=2022"))
    assert "2022 年第 1 次核算完成" in page and "24,000.00" in page
    finance.act("/pay/compute", year="2022")
    assert "比第 1 次 0.00" in text(finance.get("/pay/?year=2022"))


def test_computing_leads_to_what_was_computed(batch: Program, site: Site) -> None:
    """Beside a run that schools have confirmed one under another convention is not the one that counts."""
    Office(batch).confirm_all(1)
    finance = site.sign_in("finance")
    assert finance.act("/pay/compute", year="2021", convention="day").location == "/pay/?year=2021&run=2"
    assert "按全年天数折算" in text(finance.get("/pay/?year=2021&run=2"))
    home = text(finance.get("/home/"))
    assert "第 2 次核算，其中 1 条须先处理" in home and 'href="/pay/findings?year=2021&amp;run=2"' in home


def test_only_those_who_may_compute(site: Site) -> None:
    assert site.sign_in("auditor").act("/pay/compute", year="2022").status_code == 403


def test_a_year_before_the_standard_is_refused_by_name(site: Site) -> None:
    finance = site.sign_in("finance")
    for answer in (finance.get("/pay/?year=2019"), finance.act("/pay/compute", year="2019")):
        assert answer.status_code == 422 and "2019 年早于帮扶支教激励标准的起始日" in text(answer)
    for year in ("0", "9999"):
        assert finance.get(f"/pay/?year={year}").status_code == 404
    assert finance.act("/pay/compute", year="soon").status_code == 404


def test_the_batch_shows_sums_that_agree(batch: Program, site: Site) -> None:
    page = text(site.sign_in("finance").get("/pay/?year=2021"))
    assert page.count("42,000.00") == 4  # the key figure, the foot of the schools, two conventions of five
    assert "清源道小学" in page and "24,000.00" in page and "18,000.00" in page
    for shown in ("没有考核结果，先按合格计", "派出单位不属于中小学，计 0 元", "用了假定参数", "第 1 次"):
        assert shown in page


def test_the_page_of_an_earlier_run_leads_to_what_it_was(batch: Program, site: Site) -> None:
    """T2 was found to have come back in June: the numbers of the first run open the people they were made of."""
    ends(batch, "T2", "2021-06-30")
    compute(batch)
    finance = site.sign_in("finance")
    page = text(finance.get("/pay/?year=2021&run=1"))
    assert "42,000.00" in page and "这是一次较早的核算" in page
    links = re.findall(r'href="(/pay/(?:people|school|compare|findings)[^"]*)"', page)
    assert {link.replace("&amp;", "&") for link in links} == {
        f"/pay/{where}year=2021{more}&run=1" for where, more in (
            ("people?", ""), ("school/S1?", ""), ("school/S2?", ""), ("school/K1?", ""), ("compare?", ""),
            ("findings?", "&code=pay.outside_scope"), ("findings?", "&code=pay.appraisal_missing"))}
    assert "42,000.00" in text(finance.get("/pay/people?year=2021&run=1"))
    assert 'href="/pay/?year=2021&amp;run=1"' in text(finance.get("/pay/people?year=2021&run=1"))
    assert "run=" not in "".join(re.findall(r'href="(/pay/[^"]*)"', text(finance.get("/pay/?year=2021"))))


def test_a_chosen_finding_stays_in_its_year_and_run(batch: Program, site: Site) -> None:
    compute(batch, 2022)
    page = text(site.sign_in("finance").get("/pay/findings?year=2021&run=1&code=pay.appraisal_missing&page=1"))
    form = re.findall(r'<form class="tl-filters".*?</form>', page, re.S)[0]
    assert re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form) == [
        ("year", "2021"), ("run", "1"), ("code", "pay.appraisal_missing")]


def test_a_school_sees_its_own_lines_alone(batch: Program, site: Site) -> None:
    clerk = site.sign_in("school", school_code="S2")
    page = text(clerk.get("/pay/?year=2021"))
    assert "望海小学" in page and "清源道小学" not in page and "42,000.00" not in page
    assert "周明远" in text(clerk.get("/pay/school/S2?year=2021"))
    assert clerk.get("/pay/school/S1?year=2021").status_code == 404
    assert clerk.get(line_of(site.sign_in("finance"), "S1")).status_code == 404
    for url in ("/pay/people?year=2021", "/pay/compare?year=2021", "/pay/findings?year=2021"):
        assert "林知微" not in text(clerk.get(url)) and clerk.get(url).status_code == 200


def test_a_teacher_sees_the_own_receipt_alone(batch: Program, site: Site) -> None:
    finance, teacher = site.sign_in("finance"), site.sign_in("teacher", staff_no="T2", school_code="S2")
    assert teacher.get("/pay/").location == "/pay/mine"
    own = line_of(finance, "S2")
    assert own in text(teacher.get("/pay/mine"))
    assert "算账单：周明远（T2），2021 年度" in text(teacher.get(own))
    assert teacher.get(line_of(finance, "S1")).status_code == 404


@pytest.mark.parametrize("role", ["admin", "expert"])
def test_others_are_kept_out(batch: Program, site: Site, role: str) -> None:
    stranger = site.sign_in(role)
    for url in ("/pay/", "/pay/people?year=2021", "/pay/mine", "/pay/line/1"):
        assert stranger.get(url).status_code == 403


def test_the_receipt_explains_its_sum(batch: Program, site: Site) -> None:
    finance = site.sign_in("finance")
    page = text(finance.get(line_of(finance, "S2")))
    for shown in (
        "18,000.00", "人民币壹万捌仟元整", "24,000.00 元 ÷ 12 × 9 个月", "在岗 10 个月，计入 9 个月", "17 天 ≥ 15",
        "柳河镇中心小学", "三年行动方案", "假定", "17,161.64", "内容指纹", "人事科复核（签字）", "学校还没有分配",
    ):
        assert shown in page, shown
    assert re.search(r"缺勤 1\d ＞ 10 天", page)
    assert page.count("<svg class=\"tl-month") == 12


@pytest.mark.parametrize(("convention", "formula"), [
    ("month_partial", "24,000.00 元 ÷ 12 × （8 + 17/31） 个月"), ("day", "24,000.00 元 × 261 天 ÷ 365 天")])
def test_the_formula_of_the_day_wise_conventions(
    batch: Program, site: Site, convention: str, formula: str
) -> None:
    compute(batch, convention=convention)
    finance = site.sign_in("finance")
    page = text(finance.get(line_of(finance, "S2")))
    assert formula in page and "每人每年只四舍五入一次到分" in page


def test_a_receipt_of_nothing_says_so(batch: Program, site: Site) -> None:
    finance = site.sign_in("finance")
    page = text(finance.get(line_of(finance, "K1")))
    assert "没有计入的月份，计 0 元" in page and "不在范围" in page and "零元整" in page


def test_findings_are_worded_and_lead_to_the_person(batch: Program, site: Site) -> None:
    finance = site.sign_in("finance")
    page = text(finance.get("/pay/findings?year=2021&code=pay.appraisal_missing"))
    assert "尚无考核结果，暂按合格计发" in page and "/pay/line/" in page and "幼儿园" not in page


def test_a_finding_names_its_school_and_offers_no_receipt_where_there_is_none(batch: Program, site: Site) -> None:
    send(batch, "T4", "S1", "2021-01-01", appraisal="unqualified", name="赵一一")
    compute(batch)
    finance = site.sign_in("finance")
    discarded = text(finance.get("/pay/findings?year=2021&code=pay.appraisal_unqualified"))
    assert "赵一一，清源道小学。工号 T4" in discarded and "算账单" not in discarded
    assert "林知微，清源道小学。工号 T1" in text(finance.get("/pay/findings?year=2021&code=pay.appraisal_missing"))


def test_lists_end_with_what_they_add_up_to(batch: Program, site: Site) -> None:
    finance, clerk = site.sign_in("finance"), site.sign_in("school", school_code="S2")
    for browser, url, foot in (
        (finance, "/pay/people?year=2021", ("3 人合计", "21 个月", "42,000.00")),
        (finance, "/pay/school/S1?year=2021", ("1 人合计", "12 个月", "24,000.00")),
        (clerk, "/pay/people?year=2021", ("1 人合计", "9 个月", "18,000.00")),
    ):
        page = text(browser.get(url))
        assert all(shown in page.partition("<tfoot>")[2] for shown in foot), (url, foot)


@pytest.mark.parametrize("url", [
    "/pay/?year=2021", "/pay/people?year=2021", "/pay/compare?year=2021", "/pay/findings?year=2021", "/pay/line/1"])
def test_paper_says_when_the_records_were_read_and_who_printed(batch: Program, site: Site, url: str) -> None:
    page = text(site.sign_in("finance").get(url))
    assert re.search(r'tl-print-head.*帮扶支教激励.*数据截至 \d{4}-\d\d-\d\d，打印于 \d{4}-\d\d-\d\d', page)


def test_the_accrual_year_is_listed_as_assumed(batch: Program, site: Site) -> None:
    finance = site.sign_in("finance")
    for url in ("/pay/?year=2021", line_of(finance, "S2")):
        page = text(finance.get(url))
        assert re.search(r"核算年度\s*<b[^>]*>.*?自然年.*?假定", page, re.S) and "默认按自然年核算" in page


def test_the_comparison_tells_people_apart_by_staff_number(batch: Program, site: Site) -> None:
    page = text(site.sign_in("finance").get("/pay/compare?year=2021"))
    assert re.search(r">T1<.{0,160}>林知微<", page, re.S)


def test_a_former_run_says_that_it_was_replaced(batch: Program, site: Site) -> None:
    finance = site.sign_in("finance")
    former = line_of(finance, "S2")
    compute(batch)
    assert line_of(finance, "S2") != former
    assert "这是一次较早的核算，已被后一次替代" in text(finance.get(former))


def test_another_convention_is_a_policy_decision_of_two_persons(batch: Program, site: Site) -> None:
    """From the comparison to the next run: the office proposes one with a document, another person approves."""
    hr, leader, finance = (site.sign_in(role) for role in ("hr", "leader", "finance"))
    page = text(hr.get("/pay/compare?year=2021"))
    proposals = re.findall(r'href="(/policy/paired_assistance\.convention/propose\?value=\w+)"', page)
    assert [url.partition("value=")[2] for url in proposals] == [
        "month_any_day", "month_full", "month_partial", "day"]
    named = re.findall(r'href="[^"]+/propose\?value=\w+" aria-label="提出换成“([^”"]+)”"', page)
    assert len(set(named)) == len(proposals) == 4
    assert "/propose" not in text(finance.get("/pay/compare?year=2021"))
    assert "month_full</textarea>" in text(hr.get(proposals[1]))
    decision = {"value": "month_full", "since": "2021-01-01", "basis": "delegated", "document": "区方案〔2026〕9 号"}
    assert hr.submit(proposals[1], decision).status_code == 303
    approve = next(iter(re.findall(r'action="(/policy/proposals/\d+/approve)"', text(leader.get("/policy/")))))
    assert leader.act(approve).status_code == 303
    assert finance.act("/pay/compute", year="2021").status_code == 303
    assert "整月在岗才计" in text(finance.get("/pay/?year=2021"))


def test_who_has_no_line_is_shown_no_sum(batch: Program, site: Site) -> None:
    """Nothing of one's own is nothing to add up: never 0.00."""
    page = text(site.sign_in("teacher", staff_no="T9", school_code="S1").get("/pay/compare?year=2021"))
    assert "没有您可以看的人" in page and "0.00" not in page and "合计" not in page
