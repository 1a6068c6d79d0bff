"""The workbooks as files: promised columns, real cells, keys, words, the notice, the same cells again."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from talent.sample import build
from talent.sample.district import district
from tests.sample.conftest import Written
from tests.sample.reading import Book, day, read

# The promise of the interface, written out once more: `*` required; the columns that identify a row.
COLUMNS = {
    "学校": "学校代码* 学校名称* 办学类型* 办学性质 城乡 区域发展共同体 启用日期 停用日期 并入学校代码",
    "编制核定": "学校代码 生效日期* 核定编制数* 文号",
    "学生数": "学校代码* 统计日期* 学段* 在校生数* 班级数",
    "办学条件": (
        "学校代码* 统计日期* 学段 教学及辅助用房面积 体育运动场馆面积 教学仪器设备值 网络多媒体教室数"
    ),
    "教职工": (
        "工号* 姓名* 学校代码* 任教学校代码 证件号码 性别 出生日期 民族 政治面貌 学历 学位 职称 "
        "学段 任教学科 人员类别 职务 编制类别 参加工作日期 从教日期 到校日期 教师资格种类 教师资格证号 "
        "周课时 在岗状态 离岗日期 曾用名 手机号码 生效日期"
    ),
    "培训": ("工号* 姓名 项目名称* 培训级别* 形式 主题 开始日期 结束日期* 学时* 主办单位 结果 证书编号"),
    "竞赛成绩": ("工号* 姓名 竞赛名称* 级别* 等级* 获奖日期* 作品名称 赛事类别 主办单位 团队排名 文号"),
    "成果": "工号* 姓名 成果类型* 名称* 级别* 日期* 角色",
    "带教": "工号* 徒弟工号* 开始日期* 结束日期",
    "称号": ("工号* 姓名 称号* 期届 学科 学段 认定日期* 任期开始* 任期结束 文号 状态 状态日期 原因"),
    "帮扶支教": "工号* 姓名 派出学校代码* 受援单位* 类型* 开始日期* 结束日期 考核结果 批准文号",
    "缺勤": "工号* 开始日期* 结束日期* 类型",
    "年度考核": "工号* 年度* 考核结果*",
    "交流轮岗": "工号* 姓名 原学校代码* 交流学校代码* 开始日期* 结束日期",
    "师德处理": "工号* 决定日期* 限制至 事由",
    "采集范围": "学校代码 种类* 起始日期* 截止日期",
}
KEYS = {
    "学校": "学校代码",
    "编制核定": "学校代码 生效日期",
    "学生数": "学校代码 统计日期 学段",
    "办学条件": "学校代码 统计日期 学段",
    "教职工": "工号",
    "培训": "工号 项目名称 结束日期",
    "竞赛成绩": "工号 竞赛名称 级别 获奖日期 作品名称",
    "成果": "工号 成果类型 名称 日期",
    "带教": "工号 徒弟工号 开始日期",
    "称号": "工号 称号 任期开始",
    "帮扶支教": "工号 派出学校代码 受援单位 开始日期",
    "缺勤": "工号 开始日期",
    "年度考核": "工号 年度",
    "交流轮岗": "工号 开始日期",
    "师德处理": "工号 决定日期",
    "采集范围": "学校代码 种类",
}
LEVELS = "国家级 省部级 市级 地市级 区县级 校级"
WORDS = {
    ("学校", "办学类型"): (
        "小学 初级中学 九年一贯制学校 完全中学 高级中学 十二年一贯制学校 特殊教育学校 职业学校 教学点 幼儿园 "
        "教师发展机构"
    ),
    ("学校", "办学性质"): "公办 民办",
    ("学校", "城乡"): "城区 镇区 乡村",
    ("学生数", "学段"): "小学 初中 高中",
    ("办学条件", "学段"): "小学 初中 高中",
    ("教职工", "学历"): "研究生 本科 专科 中专 高中 初中及以下",
    ("教职工", "学位"): "博士 硕士 学士 无",
    ("教职工", "职称"): "正高级 高级 一级 二级 三级 未定级",
    ("教职工", "学段"): "学前 小学 初中 高中 特殊教育 职业",
    ("教职工", "人员类别"): "专任教师 行政 教辅 工勤",
    ("教职工", "编制类别"): "在编 编外合同 劳务派遣",
    ("教职工", "在岗状态"): "在岗 长假 借调 退休 调出 离职",
    ("培训", "培训级别"): "国培 市培 区培 校本 自主 新任教师",
    ("培训", "形式"): "线下 线上",
    ("培训", "结果"): "合格 不合格",
    ("竞赛成绩", "级别"): LEVELS,
    ("竞赛成绩", "等级"): "特等奖 一等奖 二等奖 三等奖 优秀奖 入围",
    ("竞赛成绩", "赛事类别"): "教师本人 指导学生",
    ("成果", "成果类型"): "课题 公开课 论文 讲座 荣誉",
    ("成果", "级别"): LEVELS,
    ("成果", "角色"): "主持 核心 参与",
    ("称号", "称号"): (
        "教育领军人才 名教师 学科首席教师 区级学科带头人 校级学科带头人 新锐教师 市级学科骨干教师 特级教师 "
        "杰出津门校长 杰出津门班主任 杰出津门教师"
    ),
    ("称号", "状态"): "在任 暂停 撤销 自然终止",
    ("帮扶支教", "类型"): "结对帮扶 区域发展共同体",
    ("帮扶支教", "考核结果"): "优秀 合格 不合格",
    ("缺勤", "类型"): "病假 事假 产假 公假 旷工 其他",
    ("年度考核", "考核结果"): "优秀 合格 基本合格 不合格",
    ("采集范围", "种类"): " ".join(COLUMNS),
}
# Only these may lie after the day the sample is written for.
MAY_LIE_AHEAD = {("称号", "任期结束"), ("帮扶支教", "结束日期"), ("师德处理", "限制至")}
MONTHS_ALLOWED = {("教职工", "从教日期")}


def test_each_sheet_has_exactly_the_promised_columns(written: Written) -> None:
    for book in written.books:
        promised = COLUMNS[book.title].split()
        assert book.headers in (promised, promised[:-1] if book.title == "教职工" else promised), (
            book.path.name
        )


def test_every_kind_of_sheet_is_there_and_filled(written: Written) -> None:
    filled = {book.title for book in written.books if book.rows}
    assert filled == set(COLUMNS)


def test_required_cells_are_filled(written: Written) -> None:
    for book in written.books:
        required = [header.rstrip("*") for header in book.headers if header.endswith("*")]
        for row in book.rows:
            assert all(row[header] != "" for header in required), (book.path.name, row)


def test_no_key_stands_twice_in_one_workbook(written: Written) -> None:
    for book in written.books:
        key = KEYS[book.title].split()
        counted = Counter(tuple(row[column] for column in key) for row in book.rows)
        assert max(counted.values(), default=1) == 1, book.path.name


def test_words_are_those_of_the_vocabulary(written: Written) -> None:
    for book in written.books:
        for column in {header.rstrip("*") for header in book.headers}:
            if allowed := WORDS.get((book.title, column), "").split():
                assert {row[column] for row in book.rows} <= {*allowed, ""}, (book.path.name, column)


def test_codes_and_numbers_of_persons_are_text_with_their_zeros(written: Written) -> None:
    for book in written.books:
        for row in book.rows:
            assert all(isinstance(row[c], str) for c in row if c.endswith(("代码", "工号", "号码", "证号")))
            if "工号" in row:
                assert len(row["工号"]) == 7 and row["工号"].startswith("0")
            if row.get("学校代码"):
                assert len(row["学校代码"]) == 4 and row["学校代码"].startswith("0")


def test_days_are_date_cells_and_none_lies_ahead(written: Written) -> None:
    for book in written.books:
        for row in book.rows:
            for column in (c for c in row if c.endswith(("日期", "开始", "结束", "限制至")) and row[c] != ""):
                if (book.title, column) in MONTHS_ALLOWED and isinstance(row[column], str):
                    continue
                on = day(row[column])
                assert date(1950, 1, 1) <= on, (book.path.name, row)
                if (book.title, column) not in MAY_LIE_AHEAD:
                    assert on <= written.today, (book.path.name, column, row)


def test_nothing_ends_before_it_begins(written: Written) -> None:
    pairs = (
        ("开始日期", "结束日期"),
        ("任期开始", "任期结束"),
        ("起始日期", "截止日期"),
        ("决定日期", "限制至"),
    )
    for book in written.books:
        for row in book.rows:
            for first, last in pairs:
                if row.get(first) and row.get(last):
                    assert day(row[first]) <= day(row[last]), (book.path.name, row)


def test_every_workbook_says_it_is_fictitious(written: Written) -> None:
    assert all("虚构" in book.notice and "明河区" in book.notice for book in written.books)


def _cells(books: list[Book]) -> list[tuple[str, object]]:
    return [(book.path.name, (book.headers, book.rows, book.notice)) for book in books]


def test_the_same_arguments_give_the_same_cells(tmp_path: Path) -> None:
    today = date(2026, 11, 24)
    first = build(tmp_path / "first", seed=3, teachers=60, today=today)
    district.cache_clear()
    second = build(tmp_path / "second", seed=3, teachers=60, today=today)
    assert _cells([read(step) for step in first]) == _cells([read(step) for step in second])
    assert [a.path.read_bytes() for a in first] == [b.path.read_bytes() for b in second]


def test_another_seed_gives_another_district(tmp_path: Path) -> None:
    today = date(2026, 11, 24)
    one = build(tmp_path / "one", seed=3, teachers=60, today=today)
    other = build(tmp_path / "other", seed=4, teachers=60, today=today)
    assert read(one[1]).rows != read(other[1]).rows


@pytest.mark.parametrize("teachers", [59, 20_001])
def test_a_district_too_small_or_too_large_is_refused(tmp_path: Path, teachers: int) -> None:
    with pytest.raises(ValueError, match="60 to 20000"):
        build(tmp_path, teachers=teachers, today=date(2026, 11, 24))
