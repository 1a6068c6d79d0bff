"""The import pages: hand in, look, decide, over real HTTP on both databases."""

import io
import re
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from talent import worker
from talent.core.access import ROLES, operator
from talent.core.batches import ImportBatch
from talent.core.jobs import Job
from talent.exchange import entries
from talent.exchange.commands import load
from talent.exchange.reading import read_files
from talent.people.models import Person
from talent.training.models import Training
from talent.workbooks.guard import COMMAND_LINE
from talent.workbooks.reader import read
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.conftest import Clock
from tests.exchange.books import ROSTER, district, trainings, workbook

UNKNOWN = ("0999", "查无此人", "命题研修", 12)
KNOWN = ("0101", "郑伯言", "命题研修", 12)


def work_off(site: Site) -> None:
    while worker.run_once(site.program):
        pass


def hand_in(site: Site, browser: Browser, content: bytes, name: str = "名册.xlsx", **fields: str) -> str:
    """Upload one file and let the worker look at it; the address of the batch."""
    answer = post_file(browser, content, name, **fields)
    assert answer.status_code == 303, text(answer)
    work_off(site)
    return answer.location


def post_file(browser: Browser, content: bytes, name: str, **fields: str) -> TestResponse:
    data = {"files": (io.BytesIO(content), name), **fields}
    return browser.submit("/imports/", data, content_type="multipart/form-data")


def decide(site: Site, browser: Browser, page: str, **ticks: str) -> TestResponse:
    """Press the button of the import page."""
    answer = browser.submit(f"{page}/accept", {**hidden(browser, page), **ticks}, page=page)
    work_off(site)
    return answer


def hidden(browser: Browser, page: str) -> dict[str, str]:
    shown = text(browser.get(page))
    return {
        name: found.group(1)
        for name in ("token", "good_rows_only")
        if (found := re.search(rf'name="{name}"[^>]*value="([^"]*)"', shown))
    }


def count(site: Site, model: type) -> int:
    with site.program.read(operator()) as work:
        return work.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def hr(site: Site) -> Browser:
    return site.sign_in("hr")


@pytest.fixture
def loaded(site: Site, hr: Browser) -> Browser:
    decide(site, hr, hand_in(site, hr, district()))
    return hr


def test_upload_look_accept_undo(site: Site, hr: Browser) -> None:
    page = hand_in(site, hr, district(), "2026年秋季教职工名册.xlsx")
    shown = text(hr.get(page))
    assert "核对：2026年秋季教职工名册.xlsx" in shown and "接受并入库" in shown and count(site, Person) == 0
    assert decide(site, hr, page).status_code == 303
    assert count(site, Person) == 3 and "撤销这次导入" in text(hr.get(page))
    undone = hr.act(f"{page}/undo")
    assert undone.status_code == 303 and count(site, Person) == 0
    assert "行删去" in text(hr.get(page))
    assert hr.act(f"{page}/undo").status_code == 409


def test_what_the_terminal_loaded_says_how_much_of_each_sheet(site: Site, hr: Browser, tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes(district())
    with site.program.begin(operator()) as work:
        batch_id = load(work, read_files([path], COMMAND_LINE), as_of=None).batch_id
    shown = hr.get(f"/imports/batch/{batch_id}")
    figures = re.findall(r"(读到|新增|更新|不变|错误)\D+?([\d,]+)", re.sub(r"<[^>]+>", " ", text(shown)))
    assert figures[:5] == [("读到", "5"), ("新增", "5"), ("更新", "0"), ("不变", "0"), ("错误", "0")]
    assert "tab=add" not in text(shown) and "撤销这次导入" in text(shown)
    assert hr.act(f"/imports/batch/{batch_id}/undo").status_code == 303 and count(site, Person) == 0


def test_waiting_is_shown_and_polled(site: Site, hr: Browser) -> None:
    page = post_file(hr, district(), "名册.xlsx").location
    waiting = text(hr.get(page))
    poll = re.search(r'data-poll="([^"]+)"', waiting)
    assert "排队等候" in waiting and poll
    assert hr.get(poll.group(1)).json == {"stage": "排队等候", "done": 0, "total": 0, "left": "", "next": None}
    work_off(site)
    assert hr.get(poll.group(1)).json["next"] == page  # type: ignore[index]
    assert site.sign_in("auditor").get(poll.group(1)).status_code == 404


def test_errors_are_all_there_and_block(site: Site, loaded: Browser) -> None:
    page = hand_in(site, loaded, trainings(KNOWN, UNKNOWN))
    shown = text(loaded.get(page))
    assert "没有这个工号" in shown and "A3" in shown and "只导入其余 1 行" in shown
    without = hidden(loaded, page) | {"good_rows_only": ""}
    refused = loaded.submit(f"{page}/accept", without, page=page)
    assert refused.status_code == 200 and "还有 1 行有错误" in text(refused) and count(site, Training) == 0
    assert decide(site, loaded, page).status_code == 303
    assert count(site, Training) == 1 and "这一选择已记录" in text(loaded.get(page))


def test_a_missing_tick_is_said_at_its_place(site: Site, loaded: Browser) -> None:
    page = hand_in(site, loaded, trainings(("0101", "郑伯言", "命题研修", 200)))
    answer = decide(site, loaded, page)
    assert answer.status_code == 200 and "有 1 条提醒还没有确认" in text(answer)
    assert decide(site, loaded, page, warnings="y").status_code == 303 and count(site, Training) == 1


def test_old_and_new_values_with_their_beginning(site: Site, loaded: Browser) -> None:
    sheet = workbook({"教职工": [ROSTER, ("0101", "郑伯言", "0002", None, "高级", "本科", "语文")]})
    page = hand_in(site, loaded, sheet, as_of="2026-09-01")
    shown = text(loaded.get(page))
    assert "一级" in shown and "高级" in shown and "2026-09-01 起新的一段" in shown
    narrowed = text(loaded.get(f"{page}?column={quote('职称')}"))
    assert "高级" in narrowed


def test_a_page_left_open_too_long_is_refused(site: Site, hr: Browser, clock: Clock) -> None:
    page = hand_in(site, hr, district())
    fields = hidden(hr, page)
    clock.move(minutes=16)
    hr.get("/account")
    clock.move(minutes=16)
    assert hr.submit(f"{page}/accept", fields, page=page).status_code == 409
    assert count(site, Person) == 0


def test_the_report_is_the_users_own_workbook(site: Site, loaded: Browser) -> None:
    name = "2026年春季区级培训学时登记表（第二批）" * 2 + ".xlsx"
    page = hand_in(site, loaded, trainings(KNOWN, UNKNOWN), name)
    answer = loaded.get(page.replace("/batch/", "/report/"))
    assert answer.status_code == 200
    assert quote(name[:-5], safe="") in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        assert any("comments" in member for member in book.namelist())
    assert loaded.get(page.replace("/batch/", "/report/") + "?file=2").status_code == 404
    assert site.sign_in("auditor").get(page.replace("/batch/", "/report/")).status_code == 403


def test_templates_come_with_their_chinese_name(site: Site, hr: Browser) -> None:
    answer = hr.get("/imports/template/training")
    assert answer.status_code == 200 and quote("培训模板.xlsx") in answer.headers["Content-Disposition"]
    assert hr.get("/imports/template/nothing").status_code == 404
    assert site.sign_in("school", school_code="S1").get("/imports/template/teachers").status_code == 404


def test_a_guessed_encoding_is_shown_and_can_be_changed(site: Site, loaded: Browser) -> None:
    sheet = "工号*,项目名称*,培训级别*,结束日期*,学时*\n0101,命题研修,区培,2026-03-06,12\n".encode("gb18030")
    page = hand_in(site, loaded, sheet, "培训.csv")
    assert "命题研修" in text(loaded.get(page))
    assert "还没有确认" in text(decide(site, loaded, page))
    assert loaded.act(f"{page}/again", encoding="nonsense").status_code == 422
    assert decide(site, loaded, page, encoding="y").status_code == 303 and count(site, Training) == 1


def test_another_school_is_missing_and_other_roles_are_kept_out(site: Site, loaded: Browser) -> None:
    clerk = site.sign_in("school", school_code="0001")
    page = hand_in(site, clerk, trainings(KNOWN, ("0201", None, "命题研修", 12)))
    shown = text(clerk.get(page))
    assert "没有这个工号" in shown and "贺兰亭" not in shown
    assert clerk.get("/imports/batch/1").status_code == 404
    assert "名册.xlsx" in text(clerk.get("/imports/"))
    for role in set(ROLES) - {"hr", "school", "leader", "auditor"}:
        browser = site.sign_in(role)
        assert browser.get("/imports/").status_code == browser.get(page).status_code == 403
        assert browser.act(f"{page}/accept").status_code == 403
    auditor = site.sign_in("auditor")
    assert auditor.get(page).status_code == 200 and "等上传的人确认" in text(auditor.get(page))
    assert auditor.act(f"{page}/discard").status_code == 403
    assert loaded.act(f"{page}/accept", token="x").status_code == 404


def test_discard(site: Site, hr: Browser) -> None:
    page = hand_in(site, hr, district())
    assert hr.act(f"{page}/discard").status_code == 303
    assert "已放弃" in text(hr.get(page)) and hr.act(f"{page}/discard").status_code == 409


def _zip_of(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


GARBAGE = {
    "empty": (b"", "空.xlsx"),
    "a web page": ("<html><table><tr><td>工号</td></tr></table>".encode(), "名册.xls"),
    "NUL": ("工号*,姓名*\n01\x0001,张三\n".encode(), "名册.csv"),
    "encrypted": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(4096),
        "名册.xlsx",
    ),
    "a zip": (_zip_of(a=b"x"), "名册.xlsx"),
    "half a workbook": (district()[:900], "名册.xlsx"),
    "noise": (bytes(range(256)) * 20, "名册.csv"),
    "no header": (workbook({"表": [("甲", "乙"), (1, 2)]}), "别的.xlsx"),
    "a strange name": (b"x", "../../名\x07册\u202e.exe"),
}


@pytest.mark.parametrize("case", GARBAGE)
def test_garbage_is_refused_in_words(site: Site, hr: Browser, case: str) -> None:
    page = hand_in(site, hr, *GARBAGE[case])
    shown = hr.get(page)
    assert shown.status_code == 200 and "不能入库" in text(shown) and "为什么不行" in text(shown)
    assert hr.get(page.replace("/batch/", "/report/")).status_code in (200, 404)
    assert decide(site, hr, page).status_code in (200, 409)
    assert "incident" not in text(shown) and count(site, Person) == 0


def test_nothing_chosen_and_a_date_that_is_none(site: Site, hr: Browser) -> None:
    assert "没有选择文件" in text(hr.submit("/imports/", {"as_of": ""}))
    assert "不是日期" in text(post_file(hr, district(), "名册.xlsx", as_of="春天"))
    assert "太早或太远" in text(post_file(hr, district(), "名册.xlsx", as_of="1900-01-01"))
    assert count(site, ImportBatch) == count(site, Job) == 0


@pytest.mark.parametrize(
    "address",
    [
        "/imports/batch/99",
        "/imports/batch/9223372036854775808",
        "/imports/batch/-1",
        "/imports/report/99",
        "/jobs/99",
        "/jobs/9223372036854775808",
    ],
)
def test_strange_addresses_are_missing(hr: Browser, address: str) -> None:
    assert hr.get(address).status_code == 404


def test_a_template_reads_back_empty(hr: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("template") / "t.xlsx"
    path.write_bytes(hr.get("/imports/template/teachers").data)
    assert [sheet.name for sheet in read(path).sheets] == ["教职工"]


def test_entries_on_pages_stand_under_a_tab_of_their_own(site: Site) -> None:
    browser = site.sign_in("hr")
    factories.add_person(site.program)
    hr = factories.actor(site.program, site.account("hr"))
    with site.program.begin(hr) as work:
        entry = entries.add(work, "appraisals", {"staff_no": "T1", "year": "2025", "result": "优秀"}, "补录去年的考核")
    assert "补录去年的考核" not in text(browser.get("/imports/"))
    assert "补录去年的考核" in text(browser.get("/imports/?source=form"))
    address = f"/imports/batch/{entry.batch_id}"
    page = text(browser.get(address))
    assert "年度考核，新增一条" in page and "补录去年的考核" in page and "还没有核对" not in page
    assert browser.submit(f"{address}/undo", page=address).status_code == 303
    assert "已撤销" in text(browser.get(address))


def test_the_english_page_says_a_file_is_a_file(site: Site, loaded: Browser) -> None:
    """文件 is a document that enacts a rule elsewhere, and 次 no number of times here."""
    page = hand_in(site, loaded, workbook({"教职工": [
        (*ROSTER, "出生日期"), ("0101", "郑伯言", "0001", None, "一级", "本科", "语文", "1990.2.30")]}), "roster.xlsx")
    listed = text(loaded.get("/imports/?lang=en"))
    assert "<th>File name</th>" in listed and "Enacted" not in listed and "imports in all" in listed
    shown = text(loaded.get(page))
    assert "Check: roster.xlsx" in shown and "There is no such day as 1990-02-30" in shown
