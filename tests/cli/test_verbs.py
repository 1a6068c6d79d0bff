"""The terminal as other programs call it: JSON that stands alone, exit codes, nothing changed by a refusal."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from talent.cli import main
from talent.core.work import Program

SCHOOLS = "学校代码,学校名称,办学类型\n0001,第一小学,小学\n0002,第一幼儿园,幼儿园\n"
TEACHERS = (
    "工号,姓名,学校代码,学段,人员类别,学历,到校日期,从教日期,在岗状态,离岗日期\n"
    "0101,张三,0001,小学,专任教师,本科,2015-09-01,2010-09-01,在岗,\n"
    "0102,李四,0001,小学,专任教师,中专,2015-09-01,2010-09-01,退休,2024-09-01\n"
)
ASSISTANCE = (
    "工号,派出学校代码,受援单位,类型,开始日期,结束日期,考核结果\n"
    "0101,0001,柳河小学,结对帮扶,2021-03-15,2021-12-31,合格\n"
    "0102,0002,柳河小学,结对帮扶,2021-01-01,2021-12-31,合格\n"
)
TITLES = (
    "工号,称号,认定日期,任期开始,任期结束\n"
    "0101,新锐教师,2020-08-20,2020-09-01,2023-08-31\n0101,区级学科带头人,2022-08-20,2022-09-01,2025-08-31\n"
    "0102,名教师,2023-08-20,2023-09-01,\n"
)
TRAINING = (
    "工号,项目名称,培训级别,结束日期,学时,结果\n"
    "0101,甲,区培,2024-05-01,200,合格\n0101,乙,校本,2023-05-01,160.5,\n0101,丙,区培,2023-06-01,50,不合格\n"
)


class Terminal:
    """A terminal in a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, input: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=input)

    def json(self, *arguments: str, code: int = 0) -> object:
        """The one document on stdout."""
        result = self(*arguments, "--format", "json")
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def load(self, kind: str, content: str) -> None:
        path = self.folder / f"{kind}.csv"
        path.write_text(content, encoding="utf-8-sig")
        result = self("import", str(path))
        assert result.exit_code == 0, result.output


@pytest.fixture
def terminal(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TALENT_HOME", str(program.settings.home))
    monkeypatch.setenv("TALENT_DATABASE_URL", program.settings.database_url)
    monkeypatch.setenv("TALENT_ARGON2_TIME_COST", "1")
    monkeypatch.setenv("TALENT_ARGON2_MEMORY_KIB", "8192")
    return Terminal(tmp_path)


@pytest.fixture
def district(terminal: Terminal) -> Terminal:
    for kind, content in {
        "学校": SCHOOLS,
        "教职工": TEACHERS,
        "帮扶支教": ASSISTANCE,
        "称号": TITLES,
        "培训": TRAINING,
    }.items():
        terminal.load(kind, content)
    return terminal


def test_a_refused_import_prints_its_json_and_changes_nothing(district: Terminal) -> None:
    path = district.folder / "年度考核.csv"
    path.write_text("工号,年度,考核结果\n0101,2023,合格\n101,2023,合格\n", encoding="utf-8")
    document = district.json("import", str(path), code=1)
    assert document == {
        "batch": None,
        "sheets": [
            {
                "file": "年度考核.csv",
                "sheet": "年度考核",
                "kind": "appraisals",
                "rows": 2,
                "added": 1,
                "updated": 0,
                "deleted": 0,
                "unchanged": 0,
                "errors": 1,
            }
        ],
        "issues": [
            {
                "file": "年度考核.csv",
                "sheet": "年度考核",
                "cell": "A3",
                "column": "工号",
                "value": "101",
                "reason": "没有这个工号，前面的 0 可能被表格软件去掉了",
                "hint": "是不是 0101？把列设为文本后重填",
                "level": "error",
                "code": "record.zeros_lost_person",
            }
        ],
    }
    again = district.json("import", str(path), "--good-rows-only")
    assert [sheet["added"] for sheet in again["sheets"]] == [1] and again["batch"] is not None


def test_a_dry_run_saves_nothing_and_a_report_marks_the_sheet(district: Terminal) -> None:
    path, report = district.folder / "年度考核.csv", district.folder / "标红.xlsx"
    path.write_text("工号,年度,考核结果\n0101,2023,很好\n", encoding="utf-8")
    assert district("import", str(path), "--report", str(report)).exit_code == 1 and report.stat().st_size > 4_000
    path.write_text("工号,年度,考核结果\n0101,2023,合格\n", encoding="utf-8")
    assert [sheet["added"] for sheet in district.json("import", str(path), "--dry-run")["sheets"]] == [1]
    assert [sheet["added"] for sheet in district.json("import", str(path))["sheets"]] == [1]


def test_hours_of_everyone_in_service(district: Terminal) -> None:
    document = district.json("hours", "--on", "2025-08-31")
    assert document == {
        "on": "2025-08-31",
        "teachers": [
            {"staff_no": "0101", "rolling_hours": 360.5, "meets_360": True, "cycle_hours": 320, "cycle_target": 360}
        ],
    }


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2022-08-31", {"new_talent": 1}),
        ("2022-09-01", {"district_subject_head": 1}),
        ("2024-08-31", {"district_subject_head": 1, "famous_teacher": 1}),
        ("2024-09-01", {"district_subject_head": 1}),
        ("2025-09-01", {}),
    ],
)
def test_the_pyramid_on_a_date(district: Terminal, on: str, expected: dict[str, int]) -> None:
    document = district.json("tiers", "pyramid", "--on", on)
    assert {row["tier"]: row["holders"] for row in document["tiers"] if row["holders"]} == expected
    assert (document["on"], document["people"]) == (on, sum(expected.values()))


@pytest.mark.parametrize(
    ("convention", "fen"),
    [
        ("month_min_days", 2_000_000),
        ("month_any_day", 2_000_000),
        ("month_full", 1_800_000),
        ("month_partial", 1_909_677),
        ("day", 1_920_000),
    ],
)
def test_pay_under_each_convention(district: Terminal, convention: str, fen: int) -> None:
    document = district.json("pay", "compute", "--year", "2021", "--convention", convention)
    lines = {line["staff_no"]: line for line in document["lines"]}
    assert (document["year"], document["convention"], document["total_fen"]) == (2021, convention, fen)
    assert (lines["0101"]["amount_fen"], lines["0101"]["days"], lines["0102"]["amount_fen"]) == (fen, 292, 0)
    assert {"school_code": "0001", "amount_fen": fen} in document["schools"]
    assert "pay.outside_scope" in [finding["code"] for finding in document["findings"]]
    assert district("pay", "verify").exit_code == 0


def test_a_year_before_the_plan_is_refused_by_name(terminal: Terminal) -> None:
    result = terminal("pay", "compute", "--year", "2019", "--format", "json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "2019" in result.stderr and "2020-01-01" in result.stderr


@pytest.mark.parametrize(
    ("published", "last"), [("2026-09-18", "2026-09-24"), ("2026-04-30", "2026-05-11"), ("2026-02-13", "2026-02-27")]
)
def test_the_last_day_of_a_notice(terminal: Terminal, published: str, last: str) -> None:
    result = terminal("notice-end", "--published", published, "--workdays", "5")
    assert (result.exit_code, result.stdout) == (0, f"{last}\n")


def test_a_year_without_a_calendar_is_refused_by_name(terminal: Terminal) -> None:
    result = terminal("notice-end", "--published", "2027-01-04", "--workdays", "5")
    assert (result.exit_code, result.stdout) == (1, "") and "2027" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["hours"],
        ["hours", "--on", "2026-13-01"],
        ["pay", "compute"],
        ["portraits", "build"],
        ["import"],
        ["nonsense"],
        ["--as", "nobody", "hours", "--on", "2026-01-01"],
    ],
)
def test_wrong_usage_is_two(terminal: Terminal, arguments: list[str]) -> None:
    assert terminal(*arguments).exit_code == 2


def test_a_new_account_can_act(district: Terminal) -> None:
    assert district("user", "add", "caiwu", "--role", "finance", input="三个 long words 7\n").exit_code == 0
    assert district("--as", "caiwu", "pay", "compute", "--year", "2021").exit_code == 0
    refused = district("--as", "caiwu", "hours", "--on", "2025-08-31")
    assert (refused.exit_code, refused.stdout) == (1, "") and "hours:read" in refused.stderr


def test_a_template_can_be_filled_in_and_imported(district: Terminal) -> None:
    path = district.folder / "模板.xlsx"
    assert district("template", "appraisals", "-o", str(path)).exit_code == 0
    document = district.json("import", str(path))
    assert [(sheet["kind"], sheet["rows"]) for sheet in document["sheets"]] == [("appraisals", 0)]


def test_the_doctor_names_what_is_wrong_and_nothing_else(terminal: Terminal, program: Program) -> None:
    """The test server of PostgreSQL runs without fsync, which a bureau's must not."""
    sqlite = program.engine.dialect.name == "sqlite"
    checks = {check["check"]: check["ok"] for check in terminal.json("doctor", code=0 if sqlite else 1)}
    assert {name for name, ok in checks.items() if not ok} == (
        set() if sqlite else {"fsync", "full_page_writes", "synchronous_commit"}
    )
    assert {"schema", "files", "key field", "key index"} <= set(checks)


def test_who_may_apply_by_old_names_of_professional_titles(district: Terminal) -> None:
    """中学高级 is 高级, 小学高级 is 一级; a month alone leaves the day open."""
    district.load("教职工", "工号,姓名,学校代码,职称,出生日期,从教日期,在岗状态,离岗日期\n"
                            "0101,张三,0001,中学高级,1980-05-05,2014-09,在岗,\n"
                            "0102,李四,0001,小学高级,1960-05-05,1980-09-01,退休,2024-09-01\n")
    document = district.json("tiers", "eligible", "--tier", "chief_subject_teacher", "--on", "2024-09-15")
    assert (document["tier"], document["on"]) == ("chief_subject_teacher", "2024-09-15")
    found = {row["staff_no"]: {rule["rule"]: rule for rule in row["rules"]} for row in document["teachers"]}
    assert [row["verdict"] for row in document["teachers"]] == ["not_met", "not_met"]
    assert found["0101"]["professional_title"] == {
        "rule": "professional_title", "verdict": "met", "required": "senior", "actual": "senior"}
    assert found["0102"]["professional_title"]["actual"] == "first"
    assert found["0102"]["in_service"] == {"rule": "in_service", "verdict": "not_met", "required": True, "actual": False}
    assert found["0101"]["teaching_years"] == {
        "rule": "teaching_years", "verdict": "no_data", "required": {"at_least": 10, "at_most": None}, "actual": [9, 10]}
    assert found["0101"]["hours"] == {"rule": "hours", "verdict": "met", "required": 360, "actual": 360.5}
    assert found["0102"]["hours"] == {"rule": "hours", "verdict": "no_data", "required": 360, "actual": None}


def test_who_may_apply_as_lines(district: Terminal) -> None:
    lines = district("tiers", "eligible", "--tier", "new_talent", "--on", "2024-09-15").stdout.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [
        ["0101", "没有满足"], ["0102", "没有满足"], ["满足 0 人，没有满足 2 人，没有数据 0 人 · people"]]
    assert "没有满足：从教 3 至 8 年（14 年）" in lines[0] and "没有满足：截止日在职（不在职）" in lines[1]


def test_a_tier_nobody_applies_for_is_wrong_usage(district: Terminal) -> None:
    result = district("tiers", "eligible", "--tier", "special_grade", "--on", "2024-09-15")
    assert (result.exit_code, result.stdout) == (2, "") and "famous_teacher" in result.stderr
    assert district("tiers", "eligible", "--tier", "famous_teacher", "--on", "2009-12-31").exit_code == 1
