"""A school's split by workbook: handed out, filled in, shown before it is kept, refused with every reason."""

import re
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import load_workbook

from talent.core.work import Program
from talent.pay.awards.writing import Extra
from tests.browser_client import Browser, Site, text
from tests.pay.office import Office
from tests.pay.splits import Splitting, a_locked_year
from tests.tiers.test_queries import statements

URL = "/pay/awards/2021/A"


@pytest.fixture
def office(program: Program) -> Office:
    return a_locked_year(program)


@pytest.fixture
def school(office: Office) -> Splitting:
    return Splitting(office)


@pytest.fixture
def clerk(site: Site, school: Splitting) -> Browser:
    browser = site.browser()
    assert browser.sign_in(school.clerk.name).status_code == 303
    return browser


class Book:
    """A downloaded draft as somebody fills it in."""

    def __init__(self, clerk: Browser) -> None:
        answer = clerk.act(f"{URL}/sheet/download")
        assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
        with load_workbook(BytesIO(answer.data)) as book:
            self.page: list[list[object]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        self.head = next(place for place, row in enumerate(self.page) if row[0] == "工号")

    def rows(self) -> list[list[object]]:
        """The rows below the heads, without their mark."""
        return [row[:6] for row in self.page[self.head + 1:]]

    def put(self, staff_no: str, head: str, value: object) -> str:
        """Fill in a person's cell; answers which it is."""
        column = self.page[self.head].index(head)
        place = next(place for place, row in enumerate(self.page) if place > self.head and row[0] == staff_no)
        self.page[place][column] = value
        return f"{'ABCDEFG'[column]}{place + 1}"

    def add(self, *cells: object) -> None:
        """A row above the total."""
        self.page.insert(-1, list(cells))

    def drop(self, staff_no: str) -> None:
        self.page = [row for row in self.page if row[0] != staff_no]

    def sent(self) -> dict[str, object]:
        content = BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            sheet = book.add_worksheet("分配")
            for place, row in enumerate(self.page):
                for column, value in enumerate(row):
                    if isinstance(value, str) and value.startswith("="):
                        sheet.write_formula(place, column, value, value="")
                    elif value not in ("", None):
                        sheet.write(place, column, value)
        return {"file": (BytesIO(content.getvalue()), "分配.xlsx")}


def upload(clerk: Browser, book: Book) -> str:
    answer = clerk.submit(f"{URL}/sheet", book.sent())
    assert answer.status_code == 200
    return text(answer)


def keep(clerk: Browser, page: str) -> int:
    """The button under the preview."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', page):
        fields.setdefault(name, []).append(value)
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found is not None, page
    fields["version"] = [found.group(1)]
    fields.pop("csrf_token", None)
    return clerk.submit(f"{URL}/edit", fields).status_code


def test_the_workbook_holds_a_row_for_each_person_and_a_total(clerk: Browser, school: Splitting) -> None:
    school.draw()
    school.change("months", extras=[Extra("T4", "协助人员", 400_000)])
    book = Book(clerk)
    assert book.rows() == [
        ["T1", "林知微", 12.0, 21818.18, "", "计入总量 24,000.00 元"],
        ["T2", "周明远", 10.0, 18181.82, "", "计入总量 20,000.00 元"],
        ["T4", "许怀安", "", 4000.0, "协助人员", ""],
        ["合计", "", "", 44000.0, "", ""]]
    assert "44,000.00" in str(book.page[:book.head])


def test_what_changes_is_shown_and_then_kept(clerk: Browser, school: Splitting) -> None:
    school.draw()
    book, before = Book(clerk), school.sums()
    book.put("T1", "金额", "21,234.56")
    book.add("T4", None, None, 2765.44, "协助人员")
    page = upload(clerk, book)
    for shown in ("要改 2 人", "24,000.00", "21,234.56", "2,765.44", "协助人员", "逐人填写"):
        assert shown in page, shown
    assert school.sums() == before and "比总量" not in page
    assert keep(clerk, page) == 303
    assert school.sums() == {"T1": 2_123_456, "T2": 2_000_000, "T4": 276_544}
    row = school.row()
    assert row is not None and row.method == "by_hand"
    again = upload(clerk, book)
    assert "没有要改的" in again and "存为草案" not in again and "不是照现在的草案填的" not in again


def test_a_sum_short_of_the_allotment_stays_a_draft(clerk: Browser, school: Splitting) -> None:
    school.draw()
    book = Book(clerk)
    book.put("T1", "金额", 23999.99)
    page = upload(clerk, book)
    assert "各人之和比总量少 0.01 元" in page and keep(clerk, page) == 303
    assert school.sums() == {"T1": 2_399_999, "T2": 2_000_000} and school.states() == ["draft"]
    assert "还差 0.01 元" in text(clerk.get(URL))


def test_a_draft_changed_since_is_not_written_over(clerk: Browser, school: Splitting) -> None:
    school.draw()
    book = Book(clerk)
    school.change("months", extras=[Extra("T4", "协助人员", 100)])
    book.put("T1", "金额", 23000)
    page = upload(clerk, book)
    assert "不是照现在的草案填的" in page and "存为草案" not in page
    assert "23,000.00" in page and "没有这一行" in page and school.sums()["T4"] == 100


def test_a_draft_withdrawn_and_drawn_anew_is_another(clerk: Browser, school: Splitting) -> None:
    school.draw("equal")
    book = Book(clerk)
    school.withdraw()
    school.draw("months")
    assert "不是照现在的草案填的" in upload(clerk, book)


def test_points_are_read_where_the_draft_is_by_points(clerk: Browser, school: Splitting) -> None:
    school.draw("points")
    book = Book(clerk)
    book.put("T1", "积分", 2.5)
    book.put("T2", "积分", "7.5")
    page = upload(clerk, book)
    assert "11,000.00" in page and "33,000.00" in page and "按积分算是 11,000.00 元" in page
    assert keep(clerk, page) == 303 and school.sums() == {"T1": 1_100_000, "T2": 3_300_000}
    assert "没有要改的" in upload(clerk, book)


@pytest.mark.parametrize(("staff_no", "head", "value", "told"), [
    ("T1", "金额", "24000.001", "两位小数"), ("T1", "金额", "=1+1", "公式"), ("T1", "金额", -5, "0"),
    ("T1", "金额", "两万", "数字"), ("T1", "金额", None, "必填"), ("T1", "姓名", "周明远", "林知微"),
    ("T1", "名目", "协助人员", "不写名目"), ("T1", "工号", "T9", "名册"),
], ids=["part of a fen", "formula", "less than nothing", "words", "nothing", "another name", "purpose", "a stranger"])
def test_what_is_wrong_is_named_with_its_cell(
    clerk: Browser, school: Splitting, staff_no: str, head: str, value: object, told: str
) -> None:
    school.draw()
    book, before = Book(clerk), school.sums()
    where = book.put(staff_no, head, value)
    page = upload(clerk, book)
    assert where in page and told in page and "存为草案" not in page and school.sums() == before


def test_all_that_is_wrong_is_told_at_once(clerk: Browser, school: Splitting) -> None:
    school.draw()
    book = Book(clerk)
    book.drop("T2")
    book.add("T4", "许怀安", None, 5, None)
    book.put("T1", "姓名", "许怀安")
    page = upload(clerk, book)
    assert "要看的 3 处" in page, re.findall('class="key">[^<]*', page)
    assert "“T2”周明远" in page and "没有写名目" in page and "是林知微" in page, re.findall('class="key">[^<]*', page)


def test_a_sheet_that_lost_its_mark_is_refused(clerk: Browser, school: Splitting) -> None:
    school.draw()
    book = Book(clerk)
    for staff_no in ("T1", "T2"):
        book.put(staff_no, "草案标记", None)
    book.put("T1", "金额", 1)
    assert "草案标记都空着" in upload(clerk, book)


def test_another_school_and_who_does_not_draw_are_kept_out(site: Site, school: Splitting, office: Office) -> None:
    school.draw()
    stranger = site.browser()
    stranger.sign_in(Splitting(office, "B").clerk.name)
    assert stranger.get(f"{URL}/sheet").status_code == 404
    assert stranger.act(f"{URL}/sheet/download").status_code == 404
    head = site.browser()
    head.sign_in(school.head.name)
    assert head.get(f"{URL}/sheet").status_code == 403 and head.act(f"{URL}/sheet/download").status_code == 403
    assert "用表格改" not in text(head.get(URL))


def test_more_people_take_no_more_statements(
    clerk: Browser, school: Splitting, program: Program, tmp_path: Path
) -> None:
    school.draw()
    book = Book(clerk)
    book.put("T1", "金额", 1)

    def asked() -> int:
        with statements(program) as sent:
            upload(clerk, book)
        return len(sent)

    few = asked()
    book.add("T4", None, None, 5, "协助人员")
    book.add("T5", None, None, 5, "协助人员")
    book.add("T6", None, None, 5, "协助人员")
    assert asked() <= few + 2 <= 31, few
