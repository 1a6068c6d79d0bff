"""Attendance told by hosts, over real HTTP: a signed sheet and a link, recognised by somebody else."""

import io
import re
from datetime import date
from typing import Any

import pytest
from python_calamine import load_workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from talent.core.access import operator
from talent.exchange.attendance.models import HostLink, HostReport
from talent.people.models import Absence
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.exchange.books import workbook
from tests.exchange.test_attendance import HOST, absences, appraisals, sent, spells
from tests.exchange.test_entries import added, district
from tests.tiers.test_queries import statements
from tests.web.test_corrections import plain

__all__ = ["district", "sent"]
HOME = "/assistance/hosts"
PLACE = {"at": HOST, "month": "2026-08"}
QUERY = f"at={HOST}&month=2026-08"
SIGNED = {"witness": "赵敏 教务主任", "confirmed": "y"}


def told(program: Any, **days: tuple[str, str, str]) -> dict[str, Any]:
    """The form's rows: staff number → first, last, kind."""
    known = spells(program)
    return {**SIGNED, "absent_of": [str(known[number]) for number in days],
            "absent_first": [first for first, _, _ in days.values()],
            "absent_last": [last for _, last, _ in days.values()],
            "absent_kind": [kind for _, _, kind in days.values()]}


@pytest.fixture
def clerk(site: Site, sent: Any) -> Browser:
    return site.sign_in("school", school_code="S1")


def enter(browser: Browser, data: dict[str, Any]) -> TestResponse:
    page = f"{HOME}/enter?{QUERY}"
    return browser.submit(page, data, page=page, content_type="multipart/form-data")


def test_a_signed_sheet_goes_from_school_to_bureau(site: Site, clerk: Browser, sent: Any) -> None:
    shown = plain(text(clerk.get(f"{HOME}/month?{QUERY}")))
    assert "张三 T1" in shown and "李四 T2" in shown and "王五" not in shown and "登记签字表" in shown
    data = told(sent, T1=("2026-08-03", "2026.8.5", "sick"), T2=("", "", ""))
    data |= {"appraised_of": str(spells(sent)["T2"]), "appraised": "qualified",
             "scan": (io.BytesIO(b"%PDF-1.7 signed"), "确认表.pdf")}
    made = enter(clerk, data)
    assert made.status_code == 303, plain(text(made))
    assert absences(sent) == []
    scan = clerk.get(f"{made.location}/scan")
    assert scan.data == b"%PDF-1.7 signed" and "attachment" in scan.headers["Content-Disposition"]
    hr = site.sign_in("hr")
    page = plain(text(hr.get(made.location)))
    assert "赵敏 教务主任 签字" in page and "认可后写入：2026-08-03 至 2026-08-05 病假" in page
    assert "认可受援单位的到岗确认" in text(hr.get("/home/"))
    assert hr.submit(f"{made.location}/accept", {"version": "1", "answer": ""}, page=made.location).status_code == 303
    assert absences(sent) == [("T1", date(2026, 8, 3), date(2026, 8, 5), "sick")]
    assert appraisals(sent)["T2"] == "qualified"
    assert hr.submit(f"{made.location}/accept", {"version": "1"}, page=made.location).status_code == 409
    listed = plain(text(hr.get(f"{HOME}/?month=2026-08")))
    assert f"{HOST} 未确认 2/3 人次 2026-09-08 未确认 0/3 人次 未确认 0/3 人次" in listed


def test_what_cannot_be_is_said_by_name_and_kept(clerk: Browser, sent: Any) -> None:
    answer = enter(clerk, told(sent, T1=("八月三日", "2026-08-05", "sick"), T2=("2026-08-01", "2026-08-21", "sick")))
    page = text(answer)
    assert answer.status_code == 200 and "张三（T1）的缺勤读不出来：八月三日—2026-08-05" in page
    assert 'value="八月三日"' in page and 'value="2026-08-21"' in page and 'value="赵敏 教务主任"' in page
    outside = text(enter(clerk, told(sent, T2=("2026-08-01", "2026-08-21", "sick"))))
    assert "李四（T2）的缺勤 2026-08-01 至 2026-08-21 不在当月支教的日子里（2026-08-01 至 2026-08-20）" in outside
    strange = enter(clerk, told(sent) | {"scan": (io.BytesIO(b"<svg onload=1>"), "a.pdf")})
    assert "扫描件要是 PDF、JPG 或 PNG" in text(strange)
    unknown = enter(clerk, told(sent) | {"appraised_of": str(spells(sent)["T2"]), "appraised": "良好"})
    assert "李四（T2）的考核结果“良好”不在可选的里面" in text(unknown)
    without = {name: value for name, value in told(sent).items() if name != "confirmed"}
    assert enter(clerk, without).status_code == 200
    with sent.read(operator()) as work:
        assert work.session.scalars(select(HostReport.id)).all() == []


def link_of(browser: Browser) -> str:
    answer = browser.submit(f"{HOME}/link", PLACE, page=f"{HOME}/month?{QUERY}")
    found = re.search(r'id="link">([^<]+)<', text(answer))
    assert answer.status_code == 200 and found, plain(text(answer))
    return found.group(1)


def test_a_link_shows_names_and_days_and_takes_one_answer(site: Site, clerk: Browser, sent: Any) -> None:
    link = link_of(clerk)
    address, code = link.split("#")
    assert address == "http://localhost/host/" and len(code) == 43
    assert code not in text(clerk.get(f"{HOME}/month?{QUERY}"))
    host = site.browser()
    page = text(host.submit("/host/", {"code": code}, page="/host/"))
    assert "张三" in page and "李四" in page and "2026-08-01 至 2026-08-20 在这里" in page
    assert not [word for word in ("王五", "T1", "T2", "S1", "第一小学") if word in plain(page)]
    wrong = text(host.submit("/host/answer", {"code": code, **told(sent, T2=("2026-08-30", "", "official"))},
                             page="/host/"))
    assert "李四的缺勤 2026-08-30 至 2026-08-30 不在当月支教的日子里" in wrong and 'value="2026-08-30"' in wrong
    done = host.submit("/host/answer", {"code": code, **told(sent, T2=("2026-08-12", "", "official"))}, page="/host/")
    assert "已收到，谢谢" in text(done)
    again = text(host.submit("/host/", {"code": code}, page="/host/"))
    unknown = text(host.submit("/host/", {"code": "x" * 43}, page="/host/"))
    assert "这个确认码不能用" in again and "这个确认码不能用" in unknown
    hr = site.sign_in("hr")
    report = re.findall(rf"{HOME}/report/\d+", text(hr.get(f"{HOME}/")))[0]
    assert hr.submit(f"{report}/accept", {"version": "1"}, page=report).status_code == 303
    assert absences(sent) == [("T2", date(2026, 8, 12), date(2026, 8, 12), "official")]


def test_a_revoked_link_opens_nothing(site: Site, clerk: Browser, sent: Any) -> None:
    code = link_of(clerk).split("#")[1]
    with sent.read(operator()) as work:
        number = work.session.scalars(select(HostLink.id)).one()
    other = site.browser()
    other.sign_in(factories.add_account(sent, "school", name="other", school_code="S2").name)
    assert other.act(f"{HOME}/link/{number}/revoke").status_code == 404
    assert clerk.act(f"{HOME}/link/{number}/revoke").status_code == 303
    assert "这个确认码不能用" in text(site.browser().submit("/host/", {"code": code}, page="/host/"))


def test_another_school_sees_nothing_of_it(site: Site, clerk: Browser, sent: Any) -> None:
    made = enter(clerk, told(sent))
    other = site.browser()
    other.sign_in(factories.add_account(sent, "school", name="other", school_code="S2").name)
    assert other.get(made.location).status_code == other.get(f"{HOME}/report/999").status_code == 404
    assert other.get(f"{made.location}/scan").status_code == 404
    assert "张三" not in text(other.get(f"{HOME}/month?{QUERY}"))
    assert clerk.submit(f"{made.location}/accept", {"version": "1"}, page=made.location).status_code == 403
    with sent.read(operator()) as work:
        assert work.session.scalars(select(Absence.id)).all() == []


@pytest.mark.parametrize("query", [
    "at=柳河小学", "month=2026-08", "at=没有&month=2026-08", "at=柳河小学&month=2026-13",
    "at=柳河小学&month=2026-02", "at=柳河小学&month=-1"])
def test_a_host_or_month_that_is_none_is_not_there(clerk: Browser, query: str) -> None:
    assert clerk.get(f"{HOME}/month?{query}").status_code == 404


def test_codes_are_tried_so_often_and_no_more(site: Site) -> None:
    host = site.browser()
    answers = [host.submit("/host/", {"code": "x" * 43}, page="/host/").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


def test_ten_people_cost_as_much_as_three(site: Site, sent: Any) -> None:
    hr = site.sign_in("hr")
    pages = (f"{HOME}/?month=2026-08", f"{HOME}/month?{QUERY}")

    def cost(page: str) -> int:
        with statements(sent) as seen:
            assert hr.get(page).status_code == 200
        return len(seen)

    few = [cost(page) for page in pages]
    for number in range(4, 11):
        factories.add_person(sent, f"T{number}", f"人{number}", "S1")
        host = HOST if number % 2 else f"校{number}"
        added(sent, "assistance", staff_no=f"T{number}", started_on="2026-03-01", host=host)
    assert [cost(page) for page in pages] == few
    assert max(few) <= 15


def test_what_names_others_is_for_who_may_read_of_all(site: Site, sent: Any) -> None:
    """The bureau's sheet names people of two schools: each reads its own lines, not note, scan or answer."""
    hr = site.sign_in("hr")
    made = enter(hr, told(sent, T3=("2026-08-10", "2026-08-11", "sick")) | {
        "note": "王五病假", "scan": (io.BytesIO(b"%PDF-1.7 T3"), "s.pdf")})
    assert hr.get(f"{made.location}/scan").data == b"%PDF-1.7 T3" and "王五病假" in text(hr.get(made.location))
    clerk = site.sign_in("school", school_code="S1")
    page = clerk.get(made.location)
    assert page.status_code == 200 and "张三" in text(page)
    assert not [word for word in ("王五", "T3", "/scan") if word in text(page)]
    assert clerk.get(f"{made.location}/scan").status_code == 404


def test_a_host_is_told_no_number_of_what_waits(site: Site, clerk: Browser, sent: Any) -> None:
    code = link_of(clerk).split("#")[1]
    assert enter(clerk, told(sent)).status_code == 303
    page = plain(text(site.browser().submit("/host/answer", {"code": code, **told(sent)}, page="/host/")))
    assert "这个月已有一份确认交了上去" in page and "第 1 号" not in page


def filled(browser: Browser, content: bytes, name: str = "到岗.xlsx") -> str:
    """The form's page once a workbook was handed in."""
    answer = browser.submit(f"{HOME}/workbook?{QUERY}", {"file": (io.BytesIO(content), name)},
                            page=f"{HOME}/enter?{QUERY}", content_type="multipart/form-data")
    assert answer.status_code == 200
    return text(answer)


def fields(page: str) -> list[str]:
    """What the fields of absences hold, in order, the empty ones left out."""
    return [value for value in re.findall(r'name="absent_(?:first|last)" value="([^"]*)"', page) if value]


def test_a_workbook_goes_out_and_comes_back_into_the_form(clerk: Browser, sent: Any) -> None:
    given = clerk.get(f"{HOME}/workbook?{QUERY}")
    assert "attachment" in given.headers["Content-Disposition"]
    rows = load_workbook(io.BytesIO(given.data)).get_sheet_by_index(0).to_python()
    assert rows == [["工号", "姓名", "缺勤开始", "缺勤结束", "缺勤类型", "考核结果"],
                    ["T1", "张三", "", "", "", ""], ["T2", "李四", "", "", "", ""]]
    assert "工作簿已填在下面，还没有保存" in filled(clerk, given.data) and fields(filled(clerk, given.data)) == []
    back = workbook({"到岗确认": [tuple(rows[0]), ("T1", "张三", "2026.8.3", date(2026, 8, 5), "病假", ""),
                                ("T1", "张三", date(2026, 8, 10), "", "公假", ""), ("T2", "李四", "", "", "", "合格")]})
    page = filled(clerk, back)
    assert fields(page) == ["2026-08-03", "2026-08-05", "2026-08-10", "2026-08-10"]
    assert page.count("selected>病假") == page.count("selected>公假") == page.count("selected>合格") == 1
    with sent.read(operator()) as work:
        assert work.session.scalars(select(HostReport.id)).all() == []


def test_what_a_workbook_cannot_say_is_told_row_by_row(clerk: Browser, sent: Any) -> None:
    rows = [("T3", "王五", "2026-08-03", "", ""), ("T1", "李四", "", "", ""), ("T2", "李四", "", "2026-08-04", ""),
            ("T1", "张三", "八月三日", "", "病假")]
    page = plain(filled(clerk, workbook({"到岗": [("工号", "姓名", "缺勤开始", "缺勤结束", "缺勤类型"), *rows]})))
    assert "工号 T3 这个月不在这个单位支教" in page and "工号 T1 的姓名和名单上的不一致" in page
    assert "工号 T2 的缺勤没有写开始" in page and "C5" in page and "读不懂的 4 处" in page
    assert "没有选择文件" in text(clerk.submit(f"{HOME}/workbook?{QUERY}", {}, page=f"{HOME}/enter?{QUERY}"))
    assert "读不懂的 1 处" in plain(filled(clerk, b"\x00\x01", "a.xlsx"))
