"""Workbooks for tests, as a person would hand them in."""

import io
from collections.abc import Mapping, Sequence
from datetime import date

import xlsxwriter

SCHOOLS = ("学校代码*", "学校名称*", "办学类型*")
ROSTER = ("工号*", "姓名*", "学校代码*", "证件号码", "职称", "学历", "任教学科")
TRAINING = ("工号*", "姓名", "项目名称*", "培训级别*", "开始日期", "结束日期*", "学时*")

Table = Sequence[Sequence[object]]


def workbook(sheets: Mapping[str, Table]) -> bytes:
    """An .xlsx with these sheets, header row first."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_numbers": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(row, column, cell, day)
                    elif cell is not None:
                        sheet.write(row, column, cell)
    return target.getvalue()


def district() -> bytes:
    """Two schools and three teachers."""
    return workbook({
        "学校": [SCHOOLS, ("0001", "柳岸小学", "小学"), ("0002", "石桥中学", "初级中学")],
        "教职工": [
            ROSTER,
            ("0101", "郑伯言", "0001", "120101199001011239", "一级", "本科", "语文"),
            ("0102", "林知微", "0001", None, "二级", "本科", "数学"),
            ("0201", "贺兰亭", "0002", None, "高级", "研究生", "物理"),
        ],
    })


def trainings(*rows: Sequence[object]) -> bytes:
    """A training sheet: staff number, name, title, hours."""
    return workbook({"培训": [TRAINING, *(
        (staff_no, name, title, "区培", date(2026, 3, 2), date(2026, 3, 6), hours)
        for staff_no, name, title, hours in rows
    )]})
