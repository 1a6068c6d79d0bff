"""Reading a large workbook, against the bare iterator of the library that parses it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from python_calamine import CalamineWorkbook
from stdnum.cn import ric

from talent.bench.measure import Figure, Setting, compared, expect, in_turn, timed
from talent.exchange.reading import read_files
from talent.sample.workbooks import SHEETS, Sheet, write
from talent.workbooks.guard import COMMAND_LINE
from talent.workbooks.reader import read

#: Fifteen columns with everything that is dear to check: numbers of persons, dates, choices, codes.
ROSTER = Sheet(
    "teachers", SHEETS["teachers"].title,
    ("工号*", "姓名*", "学校代码*", "证件号码", "性别", "出生日期", "民族", "学历", "学位", "职称", "学段", "任教学科",
     "人员类别", "编制类别", "参加工作日期"),
    SHEETS["teachers"].key,
)
_FIRST_BIRTH, _FIRST_POST = date(1968, 1, 1), date(1990, 9, 1)
_BIRTHS, _POSTS, _SCHOOLS = 12_000, 400, 150
#: A region that exists, with the sequence numbers of one birthday: else every number would be a doubtful one.
_REGION = "120101"


def reading(setting: Setting) -> list[Figure]:
    """``read-xlsx``: guarded and read to raw rows."""
    path, rows = _workbook(setting), setting.size.cells_rows

    def ours() -> float:
        with timed() as watch:
            sheet = read(path, COMMAND_LINE).sheets[0]
        expect(len(sheet.rows) == rows + 1, f"{rows} rows are read")
        return watch.seconds

    return [compared("read-xlsx", *in_turn(setting.rounds, ours, lambda: _bare(path)), "CPU s", "≤ 1.3")]


def parsing(setting: Setting) -> list[Figure]:
    """``parse-xlsx``: read, matched with its kind, every cell validated."""
    path, rows = _workbook(setting), setting.size.cells_rows

    def ours() -> float:
        with timed() as watch:
            found = read_files([path], COMMAND_LINE)
        sheet = found.sheets[0]
        expect(not sheet.parsed.issues and len(sheet.rows) == rows, f"{rows} rows are good")
        return watch.seconds

    return [compared("parse-xlsx", *in_turn(setting.rounds, ours, lambda: _bare(path)), "CPU s", "≤ 3")]


def _bare(path: Path) -> float:
    """The rows one after the other, none kept."""
    with timed() as watch:
        for _row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows():
            pass
    return watch.seconds


def _workbook(setting: Setting) -> Path:
    path = setting.folder / "roster.xlsx"
    write(path, ROSTER, _people(setting.size.cells_rows), created=date(2026, 9, 1))
    return path


def _people(count: int) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        born = _FIRST_BIRTH + timedelta(days=number % _BIRTHS)
        yield (
            f"{number:07d}", f"教师{number}", f"{number % _SCHOOLS:04d}", _id_number(born, number // _BIRTHS),
            "男" if number % 3 else "女", born, "汉族", ("本科", "研究生", "专科")[number % 3],
            ("学士", "硕士", None)[number % 3], ("二级", "一级", "高级", "三级")[number % 4],
            ("小学", "初中")[number % 2], ("语文", "数学", "英语", "物理", "体育")[number % 5], "专任教师",
            "在编", _FIRST_POST + timedelta(days=30 * (number % _POSTS)),
        )


def _id_number(born: date, sequence: int) -> str:
    body = f"{_REGION}{born:%Y%m%d}{sequence:03d}"
    return body + str(ric.calc_check_digit(f"{body}0"))  # looks at all but the last character
