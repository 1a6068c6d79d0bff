"""The sample's sheets: their columns as the import names them, and how rows become a workbook.

Every workbook carries a second sheet saying that all of it is invented. Codes and numbers of persons are text
cells, days are real date cells, an empty value is an empty cell.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from talent.sample.schools import DISTRICT
from talent.workbooks.kinds import NOTES_SHEET, NOTES_TITLE

Row = Sequence[object]

NOTICE = (
    f"本工作簿为虚构样例：{DISTRICT}并不存在。",
    "其中的学校、姓名、工号、证件号码、电话号码、文号、单位和各项记录均由程序生成，与任何真实的地区、单位和个人无关。",
    "证件号码只为通过校验而编造，地区码取自不发给个人的代码；电话号段未分配给任何运营商。",
    "带 * 的列为必填。可以像普通工作簿一样打开、修改，再导入系统。",
)
_EPOCH = date(1899, 12, 30).toordinal()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of sheet: its title, its columns (`*` = required), the columns that identify a row."""

    kind: str
    title: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(column.rstrip("*") for column in self.columns)

    def distinct(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows without a second one of the same key: the import refuses those."""
        places = [self.headers.index(column) for column in self.key]
        seen: set[tuple[object, ...]] = set()
        for row in rows:
            key = tuple(row[place] for place in places)
            if key not in seen:
                seen.add(key)
                yield row


def _sheet(kind: str, title: str, key: str, columns: str) -> Sheet:
    return Sheet(kind, title, tuple(columns.split()), tuple(key.split()))


SHEETS = {
    sheet.kind: sheet
    for sheet in (
        _sheet(
            "schools",
            "学校",
            "学校代码",
            "学校代码* 学校名称* 办学类型* 办学性质 城乡 区域发展共同体 启用日期 停用日期 并入学校代码",
        ),
        _sheet("quota", "编制核定", "学校代码 生效日期", "学校代码 生效日期* 核定编制数* 文号"),
        _sheet("enrolment", "学生数", "学校代码 统计日期 学段", "学校代码* 统计日期* 学段* 在校生数* 班级数"),
        _sheet(
            "facilities",
            "办学条件",
            "学校代码 统计日期 学段",
            "学校代码* 统计日期* 学段 教学及辅助用房面积 体育运动场馆面积 教学仪器设备值 网络多媒体教室数",
        ),
        _sheet(
            "teachers",
            "教职工",
            "工号",
            "工号* 姓名* 学校代码* 任教学校代码 证件号码 性别 出生日期 民族 政治面貌 学历 学位 职称 "
            "学段 任教学科 人员类别 职务 编制类别 参加工作日期 从教日期 到校日期 教师资格种类 教师资格证号 "
            "周课时 在岗状态 离岗日期 曾用名 手机号码 生效日期",
        ),
        _sheet(
            "training",
            "培训",
            "工号 项目名称 结束日期",
            "工号* 姓名 项目名称* 培训级别* 形式 主题 开始日期 结束日期* 学时* 主办单位 结果 证书编号",
        ),
        _sheet(
            "results",
            "竞赛成绩",
            "工号 竞赛名称 级别 获奖日期 作品名称",
            "工号* 姓名 竞赛名称* 级别* 等级* 获奖日期* 作品名称 赛事类别 主办单位 团队排名 文号",
        ),
        _sheet(
            "achievements", "成果", "工号 成果类型 名称 日期", "工号* 姓名 成果类型* 名称* 级别* 日期* 角色"
        ),
        _sheet("mentoring", "带教", "工号 徒弟工号 开始日期", "工号* 徒弟工号* 开始日期* 结束日期"),
        _sheet(
            "titles",
            "称号",
            "工号 称号 任期开始",
            "工号* 姓名 称号* 期届 学科 学段 认定日期* 任期开始* 任期结束 文号 状态 状态日期 原因",
        ),
        _sheet(
            "assistance",
            "帮扶支教",
            "工号 派出学校代码 受援单位 开始日期",
            "工号* 姓名 派出学校代码* 受援单位* 类型* 开始日期* 结束日期 考核结果 批准文号",
        ),
        _sheet("absences", "缺勤", "工号 开始日期", "工号* 开始日期* 结束日期* 类型"),
        _sheet("appraisals", "年度考核", "工号 年度", "工号* 年度* 考核结果*"),
        _sheet(
            "exchanges",
            "交流轮岗",
            "工号 开始日期",
            "工号* 姓名 原学校代码* 交流学校代码* 开始日期* 结束日期",
        ),
        _sheet("conduct", "师德处理", "工号 决定日期", "工号* 决定日期* 限制至 事由"),
        _sheet("collection", "采集范围", "学校代码 种类", "学校代码 种类* 起始日期* 截止日期"),
    )
}

_WIDTHS = {
    "姓名": 12,
    "项目名称": 30,
    "竞赛名称": 26,
    "名称": 36,
    "证件号码": 21,
    "教师资格证号": 20,
    "学校名称": 24,
    "受援单位": 24,
}


def write(path: Path, sheet: Sheet, rows: Iterable[Row], *, created: date, columns: int | None = None) -> int:
    """Writes one workbook and returns its number of data rows; `columns` cuts the sheet's columns there."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    headings = sheet.columns[:columns]
    with xlsxwriter.Workbook(str(path), options) as book:
        stamp = datetime(created.year, created.month, created.day)
        book.set_properties(
            {"title": f"{DISTRICT}（虚构样例）{sheet.title}", "comments": NOTICE[0], "created": stamp}
        )
        bold = book.add_format({"bold": True, "bottom": 1})
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        page = book.add_worksheet(sheet.title)
        for column, heading in enumerate(headings):
            page.set_column(column, column, _WIDTHS.get(heading.rstrip("*"), 11))
        page.freeze_panes(1, 2)
        page.write_row(0, 0, headings, bold)
        count = 0
        for count, row in enumerate(sheet.distinct(rows), start=1):
            _write_row(page, count, row, text, day)
        _write_notice(book)
    return count


def _write_row(page: Worksheet, line: int, row: Row, text: object, day: object) -> None:
    for column, value in enumerate(row):
        if isinstance(value, str):
            if value:
                page.write_string(line, column, value, text)
        elif isinstance(value, date):
            page.write_number(line, column, value.toordinal() - _EPOCH, day)
        elif isinstance(value, int | Decimal):
            page.write_number(line, column, value)


def _write_notice(book: xlsxwriter.Workbook) -> None:
    """The sheet the import passes over: it is known by its name and first cell."""
    page = book.add_worksheet(NOTES_SHEET)
    page.set_column(0, 0, 100)
    for line, sentence in enumerate((NOTES_TITLE, *NOTICE)):
        page.write_string(line, 0, sentence)
