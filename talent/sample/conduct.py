"""Yearly appraisals, conduct cases with what they do to titles, and what was collected from when."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from math import floor
from random import Random

from talent.core.periods import add_years
from talent.sample.history import History, day_between
from talent.sample.people import Person
from talent.sample.schools import School
from talent.sample.service import FIRST_YEAR_OF_PAY
from talent.sample.titles import Title

Row = tuple[object, ...]

_EXCELLENT_SHARE = 0.2
_REASONS = ("有偿补课", "违规收受礼品礼金", "课堂言行失范", "体罚或变相体罚学生", "学术不端")


def appraisals(rng: Random, history: History, people: list[Person]) -> Iterator[Row]:
    """Rows of the sheet 年度考核: per school at most a fifth 优秀; who was away all year has none."""
    for year in range(history.start.year, history.today.year):
        by_school: dict[str, list[Person]] = defaultdict(list)
        for person in people:
            on = date(year, 12, 31)
            if (
                person.in_service_on(on)
                and person.joined <= date(year, 7, 1)
                and person.status_on(on) != "长假"
            ):
                by_school[person.school_on(on)].append(person)
        for code in sorted(by_school):
            staff = by_school[code]
            worth = {
                p.staff_no: p.archetype.merit + rng.gauss(0, 1.2) + 4 * p.showcase * (year % 2) for p in staff
            }
            best = sorted(staff, key=lambda p: -worth[p.staff_no])[: floor(len(staff) * _EXCELLENT_SHARE)]
            excellent = {p.staff_no for p in best}
            for person in staff:
                yield person.staff_no, year, _result(rng, person, person.staff_no in excellent)


def _result(rng: Random, person: Person, excellent: bool) -> str:
    draw = rng.random()
    if excellent or person.showcase:
        return "优秀" if excellent else "合格"
    return "不合格" if draw < 0.0008 else "基本合格" if draw < 0.005 else "合格"


def conduct_cases(rng: Random, history: History, people: list[Person], titles: list[Title]) -> list[Row]:
    """Rows of the sheet 师德处理; the first case takes a running title from its holder."""
    staying = [p for p in people if p.left is None and p.teaches and not p.showcase]
    running = [t for t in titles if t.height in (1, 2) and t.in_force_on(history.today)]
    holder = rng.choice([t for t in running if t.person.left is None and not t.person.showcase])
    decided = day_between(rng, max(holder.start, history.start), history.today)
    holder.state, holder.state_date, holder.reason = "撤销", decided, "师德处理"
    rows: list[Row] = [(holder.person.staff_no, decided, add_years(decided, 2), _REASONS[0])]
    titled = {title.person.staff_no for title in titles}
    others = [p for p in staying if p.staff_no not in titled and p.joined < history.start]
    for index, person in enumerate(rng.sample(others, min(len(others), 2 + len(people) // 600))):
        decided = day_between(rng, history.start, history.today)
        until: date | str = "" if index == 1 else add_years(decided, 1 + index % 2)
        rows.append((person.staff_no, decided, until, rng.choice(_REASONS)))
    return rows


def late_collectors(history: History, schools: list[School]) -> dict[str, date]:
    """Two schools whose achievements were collected only in the last years."""
    primaries = [s for s in schools if s.kind.label == "小学" and s.closed is None]
    juniors = [s for s in schools if s.kind.label == "初级中学"]
    return {
        school.code: date(history.current - back, 9, 1)
        for school, back in ((primaries[-1], 3), (juniors[-1], 2))
    }


def _last_day(school: School) -> date | str:
    return school.closed - timedelta(days=1) if school.closed else ""


def collection(history: History, schools: list[School], late: dict[str, date]) -> Iterator[Row]:
    """Rows of the sheet 采集范围: of every kind, from when; 成果 school by school."""
    for kind in ("培训", "竞赛成绩", "带教", "年度考核", "缺勤", "交流轮岗", "师德处理"):
        yield "", kind, history.start, ""
    yield "", "帮扶支教", max(history.start, date(FIRST_YEAR_OF_PAY, 1, 1)), ""
    yield "", "称号", date(history.start.year - 4, 1, 1), ""
    for school in schools:
        yield school.code, "成果", late.get(school.code, history.start), _last_day(school)
