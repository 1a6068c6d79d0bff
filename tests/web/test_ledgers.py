"""The ledgers on the site: whose records are listed on which day, one record with its history, and its forms."""

import io
import json
from datetime import date

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from talent.achievements.models import ContestResult
from talent.core.access import ROLES, Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.work import Program
from talent.exchange import entries, listing
from talent.exchange.kinds import BY_CODE
from talent.exchange.ledgers import LEDGERS
from talent.exchange.listing import Narrowed
from talent.exchange.reading import read_files
from talent.people.models import Employment, School, SchoolPast
from talent.training.models import Training
from talent.web.ledgers import list_url
from talent.workbooks.guard import SITE
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.exchange.test_entries import ROWS
from tests.tiers.test_queries import statements

HR = Actor(None, "hr-1", (Grant("hr"),))
KINDS = [ledger.kind for ledger in LEDGERS]


@pytest.fixture
def district(program: Program) -> Program:
    """T1 and T2 at S1, T3 at S2; every kind of record for T1, and a training for T3."""
    factories.add_person(program, "T1", "张三", "S1")
    factories.add_person(program, "T2", "李四", "S1")
    factories.add_school(program, "S2", "石桥中学")
    factories.add_person(program, "T3", "王五", "S2")
    with program.begin(HR) as work:
        for kind in KINDS:
            entries.add(work, kind, ROWS[kind], "补录")
        entries.add(work, "training", {**ROWS["training"], "staff_no": "T3", "name": "命题研修"})
    return program


def address(kind: str) -> str:
    return {"training": "/training/", "results": "/achievements/"}.get(kind, f"/records/{kind}/")


def listed(answer: TestResponse) -> str:
    """The table of a list."""
    page = text(answer)
    return page[page.index("<table"):page.index("</table>")]


# -- lists -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_each_role_sees_the_people_it_may(site: Site, district: Program, kind: str) -> None:
    everybody = {"hr", "leader", "auditor"} if kind != "conduct" else {"hr"}
    everybody |= {"finance"} if kind == "assistance" else set()
    own = {"principal", "school", "teacher"} if kind != "conduct" else set()
    for role in ROLES:
        answer = site.sign_in(role).get(address(kind))
        assert answer.status_code == (200 if role in everybody | own else 403), role
        if role in everybody | own:
            assert ("张三" in listed(answer)) is (role != "teacher"), role
            assert f'href="/records/{kind}/' in listed(answer), role
            if kind == "training":
                assert ("命题研修" in text(answer)) is (role in everybody), role


def test_ones_own_list_needs_no_name_above_each_record(site: Site, district: Program) -> None:
    """Of oneself the name, the number and the school say nothing: what was recorded is the title of each line."""
    own, all_ = (listed(site.sign_in(role).get("/training/")) for role in ("teacher", "hr"))
    record = '<td class="key"><a href="/records/training/1">'
    assert record in own and record not in all_
    for head in ("姓名", "工号", "学校"):
        assert head not in own and head in all_
    assert own.count("<th") == all_.count("<th") - 3
    search = 'name="q"'
    assert search in text(site.sign_in("teacher").get("/training/"))
    assert search not in text(site.sign_in("teacher").get("/records/appraisals/"))


def test_another_school_and_another_teacher_see_nothing(site: Site, district: Program) -> None:
    for role, reach in (("school", {"school_code": "S2"}), ("principal", {"school_code": "S2"}),
                        ("teacher", {"staff_no": "T2"})):
        browser = site.sign_in(role, **reach)
        for kind in KINDS[:-1]:
            assert "张三" not in text(browser.get(address(kind))), (role, kind)
            assert browser.get(f"/records/{kind}/1").status_code == 404, (role, kind)


def test_a_past_date_knows_what_had_happened_by_then(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    assert "共 2 条" in text(hr.get("/training/?on=2024-05-02"))
    assert "共 0 条" in text(hr.get("/training/?on=2024-05-01"))
    assert "登记一条" not in text(hr.get("/training/"))
    assert "共 0 条" in text(hr.get("/records/appraisals/?on=2024-12-31"))
    page = text(hr.get("/records/appraisals/?on=2025-01-01"))
    assert "共 1 条" in page and "优秀" in page
    with district.begin(operator()) as work:
        work.session.query(Employment).filter_by(person_id=1).update({"valid_to": date(2025, 1, 1)})
    school = site.sign_in("school")
    assert "张三" not in text(school.get("/training/"))
    assert "张三" in text(school.get("/training/?on=2024-06-01"))


def test_a_title_tells_its_standing_on_the_date(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    assert "暂停" in text(hr.get("/records/titles/"))
    page = text(hr.get("/records/titles/?on=2025-01-09"))
    assert "在任" in page and "2027-08-31" in page
    with district.begin(HR) as work:
        entries.add(work, "titles", {"staff_no": "T3", "tier": "名教师", "recognised_on": "2016-08-20",
                                     "term_from": "2016-09-01"})
    assert "任期届满" in text(hr.get("/records/titles/?q=T3&on=2026-09-08"))


@pytest.mark.parametrize(("query", "found"), [
    ("q=王五", ["王五"]), ("q=T1", ["张三"]), ("q=命题", ["王五"]), ("q=没有", []), ("school=S2", ["王五"]),
    ("level=school", ["王五", "张三"]), ("level=national", []), ("year=2024", ["王五", "张三"]), ("year=2023", []),
    ("state=recognised", ["王五", "张三"]), ("state=returned", []), ("sort=staff_no", ["张三", "王五"]),
    ("sort=-staff_no", ["王五", "张三"]), ("sort=nonsense&page=x&year=13", ["王五", "张三"]), ("q=%25", []),
])
def test_lists_are_narrowed_searched_and_sorted(site: Site, district: Program, query: str, found: list[str]) -> None:
    page = text(site.sign_in("hr").get(f"/training/?{query}"))
    at = {name: page.find(f">{name}</a>") for name in ("张三", "王五")}
    assert [name for name in sorted(at, key=at.__getitem__) if at[name] >= 0] == found


@pytest.mark.parametrize(("kind", "named", "head"), [
    ("assistance", "派出学校", "派出学校代码"), ("exchanges", "交流学校", "交流学校代码"),
    ("mentoring", "徒弟", "徒弟工号"),
])
def test_a_name_stands_under_a_head_that_promises_one(
    site: Site, district: Program, kind: str, named: str, head: str
) -> None:
    heads = text(site.sign_in("hr").get(f"/records/{kind}/")).split("<thead>")[1].split("</thead>")[0]
    assert f"<th>{named}</th>" in heads and head not in heads


def test_a_list_costs_the_same_at_any_size(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")

    def counts() -> dict[str, int]:
        found = {}
        for kind in KINDS:
            with statements(district) as seen:
                hr.get(f"{address(kind)}?q=T1&year=2024")
            found[kind] = len(seen)
        return found

    before = counts()
    with district.begin(operator()) as work:
        for number in range(60):
            work.session.add(Training(person_id=1, name=f"研修{number}", level="school", ended_on=date(2024, 6, 1),
                                      hours_hundredths=100))
            work.session.add(ContestResult(person_id=1, contest=f"赛{number}", level="school", grade="first",
                                           awarded_on=date(2024, 6, 1)))
    assert counts() == before and max(before.values()) <= 15, before


def test_the_rail_leads_to_the_families(site: Site, district: Program) -> None:
    page = text(site.sign_in("hr").get("/records/mentoring/"))
    assert '<a href="/achievements/" aria-current="page">' in page
    for label in ("竞赛成绩", "成果", "带教"):
        assert label in page
    assert "师德处理" in text(site.sign_in("hr").get("/records/absences/"))
    assert "师德处理" not in text(site.sign_in("leader").get("/records/absences/"))


# -- export ------------------------------------------------------------------------------------------------------


def test_the_export_holds_the_rows_of_the_list(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    answer = hr.submit("/records/training/export?q=T3", page="/training/?q=T3")
    assert answer.status_code == 200 and answer.data[:2] == b"PK"
    path = district.settings.home / "out.xlsx"
    path.write_bytes(io.BytesIO(answer.data).read())
    sheet = read_files([path], SITE).sheets[0]
    assert [(row.values["staff_no"], row.values["name"], row.values["hours_hundredths"]) for row in sheet.rows] == [
        ("T3", "命题研修", 750)]
    with district.read(HR) as work:
        event = work.session.scalars(select(AuditEvent).where(AuditEvent.action == "record:export")).one()
        assert json.loads(event.detail) == {"kinds": ["training"], "rows": 1}


def test_what_may_be_read_but_not_taken_along_stays_out_of_the_file(district: Program) -> None:
    with district.read(HR) as work:
        ids = dict(work.session.execute(select(School.code, School.id)).all())
    both = Actor(7, "两校", (Grant("principal", school_id=ids["S1"]), Grant("school", school_id=ids["S2"])))
    path = district.settings.home / "both.xlsx"
    with district.begin(both) as work:
        ledger = listing.ledger_of(work, "training")
        assert listing.lines(work, ledger, work.today, Narrowed())[1] == 2
        assert listing.export_found(work, ledger, work.today, Narrowed(), path) == 1
    assert [row.values["staff_no"] for row in read_files([path], SITE).sheets[0].rows] == ["T3"]


def test_only_who_may_export_is_offered_it(site: Site, district: Program) -> None:
    assert "导出" in text(site.sign_in("school").get("/training/"))
    for role in ("leader", "principal", "teacher", "auditor"):
        browser = site.sign_in(role)
        assert "/export" not in text(browser.get("/training/")), role
        assert browser.submit("/records/training/export", page="/training/").status_code == 403, role
    assert site.sign_in("school").submit("/records/conduct/export", page="/training/").status_code == 403


# -- one record --------------------------------------------------------------------------------------------------


def test_a_record_shows_all_it_says_and_where_it_came_from(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    with district.begin(HR) as work:
        entries.correct(work, "training", 1, 1, {"hours_hundredths": "8"}, "录入时看错")
    page = text(hr.get("/records/training/1"))
    for said in ("学科德育", "合格", "已认定", "补录", "录入时看错", "7.5", "页面录入", "/people/1", "更正", "撤回"):
        assert said in page, said
    own = text(site.sign_in("teacher").get("/records/training/1"))
    assert "录入时看错" in own and '/correct"' not in own and "看这次录入" not in own
    assert "石桥中学" in text(hr.get("/records/exchanges/1"))
    assert hr.get("/records/training/999").status_code == 404
    assert hr.get("/records/schools/1").status_code == 404
    assert '/correct"' not in text(hr.get("/records/training/1?on=2026-01-01"))


@pytest.mark.parametrize(("page", "within"), [("/records/exchanges/1", "<main"), ("/records/exchanges/", "<tbody>")])
def test_a_past_date_calls_schools_as_they_were_called(site: Site, district: Program, page: str, within: str) -> None:
    school_id = factories.add_school(district, "S2")
    with district.begin(HR) as work:
        work.session.add(SchoolPast(school_id=school_id, valid_to=date(2026, 9, 1), name="石桥初级中学",
                                    kind="junior"))
    hr = site.sign_in("hr")
    then, now = (text(hr.get(f"{page}?on={on}")).partition(within)[2] for on in ("2026-08-31", "2026-09-08"))
    assert "石桥初级中学" in then and "石桥初级中学" not in now and "石桥中学" in now


# -- forms -------------------------------------------------------------------------------------------------------


def sent(browser: Browser, path: str, **fields: str):  # type: ignore[no-untyped-def]
    """Fill a form in and send it, with the version its page carries."""
    page = text(browser.get(path))
    version = page.partition('name="version"')[2].partition('value="')[2].partition('"')[0]
    return browser.submit(path, {"version": version, **fields}, page=path)


def coded(kind: str) -> dict[str, str]:
    """A good row as a browser sends it: choices by their codes."""
    columns = {column.name: column for column in BY_CODE[kind].kind.columns}
    return {name: dict(columns[name].choices or {}).get(value, value) for name, value in ROWS[kind].items()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_entered_corrected_and_withdrawn(site: Site, district: Program, kind: str) -> None:
    hr = site.sign_in("hr")
    gone = sent(hr, f"/records/{kind}/1/withdraw", why="重录")
    assert gone.status_code == 303, text(gone)
    assert gone.location.endswith(address(kind))
    added = sent(hr, f"/records/{kind}/new", **coded(kind), why="从文件补录")
    assert added.status_code == 303, text(added)
    page = text(hr.get(added.location))
    assert "已登记" in page and "从文件补录" in page
    path = added.location.partition("?")[0]
    form = text(hr.get(f"{path}/correct"))
    assert 'name="staff_no"' not in form and "张三" in form
    values = {name: value for name, value in coded(kind).items() if name != "staff_no"}
    same = sent(hr, f"{path}/correct", **values, why="核对")
    assert same.status_code == 200 and "没有改动" in text(same)


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    answer = sent(hr, "/records/training/new", **{**coded("training"), "name": "另一门", "hours_hundredths": "7.555",
                                                   "staff_no": "T9"})
    page = text(answer)
    assert answer.status_code == 200
    assert 'id="hours_hundredths-error"' in page or 'id="staff_no-error"' in page
    assert "小数超过两位" in page and 'value="另一门"' in page
    unknown = text(sent(hr, "/records/training/new", **{**coded("training"), "staff_no": "T9"}))
    assert 'id="staff_no-error"' in unknown and "没有这个工号" in unknown
    empty = text(sent(hr, "/records/training/new"))
    assert empty.count("必填项为空") == 10  # five fields, each at itself and in the summary
    assert "没有写理由" in text(sent(hr, "/records/training/1/withdraw"))


def test_a_person_may_be_given_by_name(site: Site, district: Program) -> None:
    hr = site.sign_in("hr")
    row = {**coded("training"), "name": "另一门", "staff_no": "王五"}
    assert sent(hr, "/records/training/new", **row).status_code == 303
    factories.add_person(district, "T4", "王五", "S1")
    page = text(sent(hr, "/records/training/new", **{**row, "name": "第三门"}))
    assert "有几个人符合" in page and "T3" in page and "T4" in page
    found = hr.get("/records/people?q=王五").json
    assert [(each["value"], each["place"]) for each in found] == [("T3", "石桥中学"), ("T4", "第一小学")]
    assert [each["value"] for each in site.sign_in("school").get("/records/people?q=王五").json] == ["T4"]


def test_a_lost_update_is_told_with_both_values(site: Site, district: Program) -> None:
    first, second = site.sign_in("hr"), site.sign_in("hr")
    path = "/records/training/1/correct"
    values = {name: value for name, value in coded("training").items() if name != "staff_no"}
    first.get(path)
    second.get(path)
    stale = {"version": "1"}
    assert first.submit(path, {**values, **stale, "hours_hundredths": "8", "why": "录错"}, page=path).status_code == 303
    lost = second.submit(path, {**values, **stale, "hours_hundredths": "9", "why": "录错"}, page=path)
    page = text(lost)
    assert lost.status_code == 409
    assert '<td data-l="现在是">8</td><td data-l="您填的">9</td>' in page and 'value="2"' in page
    with district.read(HR) as work:
        assert work.session.scalars(select(Training.hours_hundredths).where(Training.id == 1)).one() == 800
    never = second.submit(path, {**values, "version": "9" * 5000, "hours_hundredths": "9", "why": "录错"}, page=path)
    assert never.status_code == 409, "a version nobody ever saw"
    meant = second.submit(path, {**values, "version": "2", "hours_hundredths": "9", "why": "以文件为准"}, page=path)
    assert meant.status_code == 303
    gone = second.submit("/records/training/1/withdraw", {"version": "1", "why": "重复"}, page=path)
    assert gone.status_code == 409


def test_a_school_enters_its_own_people_s_own_kinds(site: Site, district: Program) -> None:
    school = site.sign_in("school")
    assert sent(school, "/records/training/new", **{**coded("training"), "name": "校本"}).status_code == 303
    page = text(sent(school, "/records/training/new", **{**coded("training"), "staff_no": "T3", "name": "校本"}))
    assert "没有这个工号" in page
    assert school.get("/records/training/11/correct").status_code == 404
    for kind in ("titles", "assistance", "exchanges", "conduct"):
        assert school.get(f"/records/{kind}/new").status_code == 403, kind
        assert "登记一条" not in text(school.get(address(kind))) or kind == "conduct"
    with district.read(HR) as work:
        theirs = work.session.scalars(select(Training.id).where(Training.name == "命题研修")).one()
    assert school.get(f"/records/training/{theirs}/correct").status_code == 404
    assert school.submit(f"/records/training/{theirs}/withdraw", {"version": "1", "why": "x"},
                         page="/training/").status_code == 404


def test_addresses_are_those_the_rail_names(site: Site) -> None:
    with site.app.test_request_context():
        assert [list_url(kind) for kind in KINDS] == [address(kind) for kind in KINDS]
