"""Writes the district as ordered workbooks, and names the logins that show it best."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from talent.sample import roster
from talent.sample.district import District, district
from talent.sample.people import Person
from talent.sample.workbooks import SHEETS, write

DEFAULT_SEED, DEFAULT_TEACHERS = 2026, 3000

# Titles before contests and lessons, assistance before the absences that cut into it.
_RECORDS = (
    ("titles", "称号：历届各层级认定，含暂停、撤销与自然终止"),
    ("results", "竞赛成绩：十年各级，同一作品逐级获奖"),
    ("achievements", "成果：课题、论文、公开课、讲座、荣誉"),
    ("mentoring", "带教：师徒结对"),
    ("assistance", "帮扶支教：2020 年起"),
    ("absences", "缺勤"),
    ("appraisals", "年度考核"),
    ("exchanges", "交流轮岗"),
    ("conduct", "师德处理"),
    ("enrolment", "学生数：每年 9 月 15 日"),
    ("facilities", "办学条件：每年 9 月 20 日"),
    ("quota", "编制核定"),
    ("collection", "采集范围"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One import in its turn: the workbook, the date it is told (None = the rows say), what it holds."""

    path: Path
    as_of: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Login:
    """One account of the demonstration; `name` is the account, `title` says who that is."""

    name: str
    role: str
    school_code: str | None
    staff_no: str | None
    title: str


def build(
    folder: Path, *, seed: int = DEFAULT_SEED, teachers: int = DEFAULT_TEACHERS, today: date
) -> list[Step]:
    """Writes the workbooks into `folder` and returns the imports in order; same arguments, same cells."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = district(seed, teachers, today)
    steps: list[Step] = []
    for kind, part, note, rows in _workbooks(drawn):
        sheet = SHEETS[kind]
        path = folder / f"{len(steps) + 1:02d}-{sheet.title}{part}.xlsx"
        first_roster = kind == "teachers" and not steps[-1].path.name.count("教职工")
        write(path, sheet, rows, created=today, columns=-1 if first_roster else None)
        steps.append(Step(path, drawn.history.start if first_roster else None, note))
    return steps


def _workbooks(drawn: District) -> Iterator[tuple[str, str, str, Iterator[tuple[object, ...]]]]:
    """(kind, part of the file name, note, rows), in the order of import."""
    history, people = drawn.history, drawn.people
    yield "schools", "", "学校：各办学类型，一所已并入他校", drawn.school_rows()
    opening = history.start
    first = roster.first_roster(people, history)
    yield "teachers", f"-{opening.year}年{opening.month}月", f"教职工：{opening} 在册全员", iter(first)
    for (until, part), rows in roster.changes(people, history).items():
        suffix = "" if part == 1 else f"（{part}）"
        note = f"教职工：截至 {until} 的变动{suffix}，按生效日期"
        yield "teachers", f"-{until.year}年{until.month}月变动{suffix}", note, iter(rows)
    for year in history.school_years:
        label = f"{year}—{year + 1}学年"
        yield "training", f"-{label}", f"培训：{label}", drawn.training_rows(year)
    for kind, note in _RECORDS:
        yield kind, "", note, drawn.record_rows(kind)


def logins(*, seed: int = DEFAULT_SEED, teachers: int = DEFAULT_TEACHERS, today: date) -> list[Login]:
    """One login per role, two of finance, since who computes may not approve; principal, school office and teacher
    belong to one school that sends staff out."""
    drawn = district(seed, teachers, today)
    teacher = drawn.showcase
    school = teacher.school_on(today)
    name = next(s.name for s in drawn.schools if s.code == school)
    principal = next(p for p in _serving(drawn, today) if p.post == "校长" and p.school_on(today) == school)
    expert = _expert(drawn, school)
    return [
        Login("admin", "admin", None, None, "系统管理员"),
        Login("hr", "hr", None, None, "区教育局人事科"),
        Login("leader", "leader", None, None, "区教育局分管局长"),
        Login("principal", "principal", school, principal.staff_no, f"{name}校长 {principal.name}"),
        Login("school", "school", school, None, f"{name}办公室"),
        Login("expert", "expert", None, expert.staff_no, f"评审专家 {expert.name}"),
        Login("teacher", "teacher", school, teacher.staff_no, f"{name}教师 {teacher.name}"),
        Login("cashier", "finance", None, None, "区教育局财务科经办人"),
        Login("finance", "finance", None, None, "区教育局财务科"),
        Login("auditor", "auditor", None, None, "审计（只读）"),
    ]


def _serving(drawn: District, today: date) -> list[Person]:
    return [person for person in drawn.people if person.in_service_on(today)]


def _expert(drawn: District, school: str) -> Person:
    """The holder of the highest title outside the showcase school."""
    today = drawn.history.today
    running = [t for t in drawn.titles if t.in_force_on(today) and t.person.school_on(today) != school]
    return max(running, key=lambda title: (title.height, title.person.staff_no)).person
