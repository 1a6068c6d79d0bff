"""The headers offices really write, and what is said of a sheet whose headers do not do."""

from pathlib import Path

import pytest
from sqlalchemy import select

from talent.core.access import operator
from talent.core.work import Program
from talent.exchange.commands import load
from talent.exchange.kinds import BY_CODE, KINDS
from talent.exchange.reading import read_files
from talent.people.models import Employment, Person
from talent.workbooks.guard import COMMAND_LINE
from talent.workbooks.headers import Layout, match
from talent.workbooks.raw import RawSheet
from tests.exchange.test_roster import SCHOOLS, imported

REQUIRED = ("工号", "姓名", "学校代码")
#: Header of an office's own → our header.
ROSTER = {
    "教职工号": "工号", "教工号": "工号", "职工号": "工号", "教师工号": "工号", "教师姓名": "姓名", "学校编码": "学校代码",
    "身份证": "证件号码", "身份证号": "证件号码", "身份证号码": "证件号码", "身份证件号": "证件号码",
    "身份证件号码": "证件号码", "出生年月": "出生日期", "出生年月日": "出生日期",
    "专业技术职称": "职称", "学科": "任教学科", "教授科目": "任教学科", "任教科目": "任教学科", "现任职务": "职务",
    "参加工作年月": "参加工作日期", "参加工作时间": "参加工作日期", "从教年月": "从教日期", "从教时间": "从教日期",
    "到校年月": "到校日期", "到校时间": "到校日期", "进本校年月": "到校日期", "教师资格类型": "教师资格种类",
    "教师资格证编号": "教师资格证号", "资格证编号": "教师资格证号", "周课时数": "周课时", "手机": "手机号码",
    "手机号": "手机号码",
}  # fmt: skip


def read_as(*headers: str) -> tuple[str, dict[str, str]]:
    """The kind, and written header → our header."""
    layout = match(RawSheet("表", [list(headers), ["1"] * len(headers)]), KINDS)
    assert isinstance(layout, Layout)
    return layout.kind.code, {field.title: field.column.header for field in layout.fields}


@pytest.mark.parametrize(("written", "ours"), ROSTER.items())
def test_what_offices_call_a_column_of_the_roster(written: str, ours: str) -> None:
    headers = [header for header in REQUIRED if header != ours]
    assert read_as(*headers, written) == ("teachers", {**dict(zip(headers, headers, strict=True)), written: ours})


def test_every_other_name_of_the_roster_is_tried() -> None:
    declared = {name: column.header for column in BY_CODE["teachers"].kind.columns for name in column.header_aliases}
    assert declared == ROSTER


def test_the_subject_of_a_title_stays_its_own() -> None:
    kind, columns = read_as("工号", "姓名", "称号", "学科", "任期开始", "认定日期")
    assert kind == "titles" and columns["学科"] == "学科"


def test_a_roster_in_an_offices_own_words(program: Program, tmp_path: Path) -> None:
    imported(program, tmp_path, "schools", SCHOOLS)
    outcome = imported(program, tmp_path, "teachers", [{
        "教职工号": "0101", "教师姓名": "甲", "学校代码": "0001", "性别": "女性", "学科": "语文", "出生年月": "1990.02"}])
    assert outcome.accepted and not outcome.issues
    with program.read(operator()) as work:
        row = work.session.execute(select(Person.sex, Person.born_precision, Employment.subject).join(Employment)).one()
    assert tuple(row) == ("female", "month", "语文")


@pytest.mark.parametrize(("headers", "kind"), [
    ("工号,姓名", "teachers"),
    ("工号,项目名称,培训级别,学时", "training"),
    ("工号,学时,主题", "training"),
    ("工号,姓名,学校代码,姓名", "teachers"),
    ("甲,乙", None),
])  # fmt: skip
def test_a_sheet_refused_for_its_headers_names_the_likely_kind(
    program: Program, tmp_path: Path, headers: str, kind: str | None
) -> None:
    path = tmp_path / "表.csv"
    path.write_text(f"{headers}\n{','.join('1' for _ in headers.split(','))}\n", encoding="utf-8-sig")
    with program.begin(operator()) as work:
        outcome = load(work, read_files([path], COMMAND_LINE), as_of=None)
    assert outcome.refused and [(sheet["kind"], sheet["rows"]) for sheet in outcome.sheets()] == [(kind, 0)]
