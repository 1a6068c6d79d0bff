"""Training of ten school years: school-based study and district courses for all, the rest by inclination."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from talent.sample.history import History
from talent.sample.people import Person
from talent.sample.schools import DISTRICT, School

Row = tuple[object, ...]

_CENTRE = f"{DISTRICT}教师发展中心"
_THEMES = (
    "新课程标准解读与教学实施",
    "大单元整体教学设计",
    "学科核心素养与课堂评价",
    "作业设计与命题研究",
    "信息技术与学科教学融合",
    "跨学科主题学习",
    "学科德育与课程思政",
    "班级管理与家校协同",
    "学生心理健康教育",
    "课堂观察与教学诊断",
    "义务教育优质均衡与教师发展",
    "数字化赋能教学",
)
_MUNICIPAL = (
    "骨干教师高级研修班",
    "学科教学能力提升培训",
    "青年教师专业发展培训",
    "班主任专业能力提升培训",
    "教研组长专项研修",
)
_NATIONAL = ("国培计划——骨干教师能力提升培训", "国培计划——学科名师工作坊研修", "国培计划——紧缺领域教师培训")
_SELF = ("学科专业书籍研读", "高校公开课程学习", "教育测量与评价网络课程", "人工智能教育应用网络课程")
_ONLINE_YEAR = 2020
_SMART_PLATFORM_FROM = 2022


@dataclass(frozen=True, slots=True)
class Course:
    """One course of one year; `start` to `end` both in, `hours` for who attended all of it."""

    name: str
    level: str
    mode: str
    theme: str
    start: date
    end: date
    hours: int
    organiser: str

    def row(self, person: Person, hours: object = None, result: str = "合格", certificate: str = "") -> Row:
        return (
            person.staff_no,
            person.name,
            self.name,
            self.level,
            self.mode,
            self.theme,
            self.start,
            self.end,
            self.hours if hours is None else hours,
            self.organiser,
            result,
            certificate,
        )


class SchoolYear:
    """The courses of one school year and who took which of them."""

    def __init__(self, rng: Random, history: History, first: int, schools: list[School]) -> None:
        self.rng, self.history, self.first, self.schools = rng, history, first, schools
        self._district: dict[tuple[str, str], Course] = {}
        self._names = {school.code: school.name for school in schools}

    @property
    def label(self) -> str:
        return f"{self.first}—{self.first + 1}学年"

    @cached_property
    def _school_based(self) -> dict[str, Course]:
        """By school: its own study programme from September to June."""
        return {
            school.code: Course(
                f"{self.label}校本研修",
                "校本",
                "线下",
                "",
                date(self.first, 9, 10),
                date(self.first + 1, 6, 30),
                self.rng.choice((44, 48, 50, 50, 52, 56)),
                "",
            )
            for school in self.schools
        }

    @cached_property
    def _extra(self) -> list[Course]:
        """Municipal and national courses a few are sent to."""
        courses = []
        for level, names, hours in (
            ("市培", _MUNICIPAL, (24, 32, 40, 48)),
            ("国培", _NATIONAL, (60, 80, 100)),
        ):
            for name in names:
                length = self.rng.choice(hours)
                start = date(self.first, 9, 20) + timedelta(days=self.rng.randrange(250))
                online = start.year == _ONLINE_YEAR or (level == "国培" and length > 80)
                end = start + timedelta(days=length // 2 if online else length // 6)
                organiser = "津沽师范大学教师教育学院" if level == "市培" else "国培计划项目办公室"
                full_name = f"{start.year}年{name}"
                mode = "线上" if online else "线下"
                courses.append(
                    Course(full_name, level, mode, self.rng.choice(_THEMES), start, end, length, organiser)
                )
        return courses

    def _district_course(self, person: Person) -> Course:
        """The course of the person's stage and subject in the winter or summer holidays."""
        key = person.stage, person.subject or "管理服务"
        if key not in self._district:
            year = self.first + 1
            start = date(year, 1, 20) if self.rng.random() < 0.3 else date(year, 7, 6 + self.rng.randrange(6))
            length = self.rng.choice((40, 42, 44, 48))
            mode = "线上" if year == _ONLINE_YEAR else "线下"
            self._district[key] = Course(
                f"{year}年{key[0]}{key[1]}教师全员研修",
                "区培",
                mode,
                self.rng.choice(_THEMES),
                start,
                start + timedelta(days=length // 6),
                length,
                _CENTRE,
            )
        return self._district[key]

    def rows(self, people: list[Person]) -> Iterator[Row]:
        """Rows of the sheet 培训, only courses that have ended."""
        opening, closing = date(self.first, 9, 1), date(self.first + 1, 8, 31)
        for person in people:
            if person.joined > date(self.first + 1, 3, 1) or (person.left and person.left < closing):
                continue
            for course, hours, result, certificate in self._of(person, opening):
                if person.on_post_on(course.start) and course.end <= self.history.today:
                    yield course.row(person, hours, result, certificate)

    def _of(self, person: Person, opening: date) -> Iterator[tuple[Course, object, str, str]]:
        rng, zeal = self.rng, person.archetype.training
        if person.teaching_years(opening) == 0 and person.teaches:
            yield self._induction(), 120, "合格", ""
        attended = 0.97 if person.showcase or zeal > 0.3 else 0.93
        if rng.random() < attended:
            course = self._school_based[person.school_on(date(self.first, 9, 10))]
            yield course, self._hours(course.hours, zeal), "合格", ""
        if rng.random() < attended - 0.05:
            course = self._district_course(person)
            failed = rng.random() < 0.006
            yield course, None, "不合格" if failed else "" if rng.random() < 0.02 else "合格", ""
        for course in self._further(person, zeal):
            number = (
                f"{course.end.year}{rng.randrange(10**6):06d}" if course.level in ("市培", "国培") else ""
            )
            yield course, None, "合格", number

    def _hours(self, usual: int, zeal: float) -> object:
        """Most get the usual hours, some fewer, now and then half an hour more."""
        draw = self.rng.random()
        if draw < 0.8:
            return usual
        if draw < 0.85:
            return Decimal(usual) - Decimal("0.5")
        return usual - self.rng.choice((4, 8, 12)) if zeal < 1 else usual + self.rng.choice((2, 4))

    def _further(self, person: Person, zeal: float) -> Iterator[Course]:
        rng = self.rng
        if self.first + 1 >= _SMART_PLATFORM_FROM and rng.random() < 0.14 + 0.06 * zeal:
            end = date(self.first + 1, 8, 25)
            yield Course(
                f"{self.first + 1}年暑期教师研修",
                "自主",
                "线上",
                "师德师风与数字素养",
                date(self.first + 1, 7, 20),
                end,
                10,
                "国家智慧教育公共服务平台",
            )
        chance = 0.17 * zeal
        while person.teaches and rng.random() < chance:
            weights = [3 if course.level == "市培" else 1 for course in self._extra]
            yield rng.choices(self._extra, weights)[0]
            chance /= 3.5
        if rng.random() < 0.06 * zeal:
            start = date(self.first + 1, 4, 1) + timedelta(days=rng.randrange(20))
            name = f"{rng.choice(_SELF)}（{self.first + 1}年）"
            yield Course(
                name, "自主", "线上", "", start, start + timedelta(days=30), rng.choice((12, 16, 20)), ""
            )

    def _induction(self) -> Course:
        return Course(
            f"{self.label}新任教师入职培训",
            "新任教师",
            "线下",
            "学科德育与学科思政",
            date(self.first, 9, 3),
            date(self.first + 1, 6, 20),
            120,
            _CENTRE,
        )
