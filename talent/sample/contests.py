"""Contest results: the same work climbing from level to level, team awards, pupils coached."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from talent.sample import topics
from talent.sample.history import History
from talent.sample.people import Person
from talent.sample.schools import DISTRICT

Row = tuple[object, ...]

OWN, COACHED = "教师本人", "指导学生"
_LEVELS = ("校级", "区县级", "市级", "国家级")
_ORGANISERS = {
    "校级": "学校",
    "区县级": f"{DISTRICT}教育局",
    "市级": "市教育科学研究院",
    "国家级": "全国教师发展学会",
}
_GRADES = ("特等奖", "一等奖", "二等奖", "三等奖", "优秀奖", "入围")
_ENTRIES_A_YEAR = 0.15


@dataclass(frozen=True, slots=True)
class Contest:
    """A yearly contest with the month of each level's award; `parity` 0 or 1 = only even or odd years."""

    name: str
    months: tuple[tuple[str, int], ...]
    category: str = OWN
    since: int = 2000
    parity: int | None = None
    subjects: tuple[str, ...] = ()
    team: bool = False
    post: str = ""

    def open_to(self, person: Person, year: int) -> bool:
        return (
            year >= self.since
            and (self.parity is None or year % 2 == self.parity)
            and (not self.subjects or person.subject in self.subjects)
            and (not self.post or person.post == self.post)
        )


_CONTESTS = (
    Contest("“明河杯”教师专业技能竞赛", (("区县级", 5),), parity=1),
    Contest("班主任技能大赛", (("校级", 3), ("区县级", 5), ("市级", 11)), parity=0, post="班主任"),
    Contest("基础教育精品课遴选", (("区县级", 6), ("市级", 9), ("国家级", 12)), since=2021),
    Contest("中小学优质课评选", (("校级", 3), ("区县级", 4), ("市级", 10))),
    Contest("青年教师教学基本功竞赛", (("校级", 4), ("区县级", 6), ("市级", 11))),
    Contest("教育教学信息化作品交流", (("区县级", 6), ("市级", 9), ("国家级", 11)), team=True),
    Contest("教学成果与案例评选", (("区县级", 7), ("市级", 10))),
    Contest("中小学生作文大赛", (("区县级", 5), ("市级", 9)), COACHED, subjects=("语文", "英语")),
    Contest(
        "青少年科技创新大赛",
        (("区县级", 3), ("市级", 4), ("国家级", 8)),
        COACHED,
        subjects=("科学", "物理", "化学", "生物", "信息科技", "数学"),
    ),
    Contest(
        "“阳光下成长”文艺展演",
        (("区县级", 5), ("市级", 10)),
        COACHED,
        subjects=("音乐", "美术", "书法"),
        team=True,
    ),
    Contest("校园足球联赛", (("区县级", 6), ("市级", 10)), COACHED, subjects=("体育",), team=True),
)


class Results:
    """Draws the entries of ten years; one instance gives the rows of the sheet 竞赛成绩 once."""

    def __init__(self, rng: Random, history: History, people: list[Person]) -> None:
        self.rng, self.history = rng, history
        self.people = [person for person in people if person.teaches]

    def rows(self) -> Iterator[Row]:
        for year in range(self.history.start.year, self.history.today.year + 1):
            colleagues: dict[str, list[Person]] = defaultdict(list)
            middle = date(year, 3, 1)
            for person in self.people:
                if person.on_post_on(middle):
                    colleagues[person.school_on(middle)].append(person)
            for person in self.people:
                if person.on_post_on(middle):
                    yield from self._entries(person, year, colleagues[person.school_on(middle)])

    def _entries(self, person: Person, year: int, colleagues: list[Person]) -> Iterator[Row]:
        years = person.teaching_years(date(year, 9, 1))
        eagerness = _ENTRIES_A_YEAR * person.archetype.contest * (1.25 if 3 <= years <= 20 else 0.7)
        if person.showcase:
            eagerness = 0.9
        contests = [contest for contest in _CONTESTS if contest.open_to(person, year)]
        while self.rng.random() < eagerness / (1 + eagerness):
            yield from self._entry(person, year, self.rng.choice(contests), colleagues)

    def _entry(self, person: Person, year: int, contest: Contest, colleagues: list[Person]) -> Iterator[Row]:
        rng = self.rng
        work = topics.lesson(rng, person.subject)
        members = [person]
        if contest.team and rng.random() < 0.6:
            members += self._team(person, contest, colleagues)
        strength = 0.26 + 0.08 * person.archetype.contest
        for level, month in contest.months:
            awarded = date(year, month, 12 + len(contest.name) % 14)
            if awarded < self.history.start or awarded > self.history.today:
                return
            grade = rng.choices(
                _GRADES, (1, 16, 30, 34, 14, 5) if level != "校级" else (0, 30, 40, 30, 0, 0)
            )[0]
            for place, member in enumerate(members, start=1):
                rank = place if len(members) > 1 else ""
                yield from self._row(member, contest, level, grade, awarded, work, rank)
            if rng.random() > strength:
                return

    def _team(self, person: Person, contest: Contest, colleagues: list[Person]) -> list[Person]:
        others = [p for p in colleagues if p is not person and contest.open_to(p, self.history.today.year)]
        return self.rng.sample(others, min(len(others), self.rng.choice((1, 2, 2))))

    def _row(
        self, person: Person, contest: Contest, level: str, grade: str, awarded: date, work: str, rank: object
    ) -> Iterator[Row]:
        if not person.in_service_on(awarded):
            return
        document = f"明教研〔{awarded.year}〕{awarded.month + 10}号" if level == "区县级" else ""
        yield (
            person.staff_no,
            person.name,
            contest.name,
            level,
            grade,
            awarded,
            work,
            contest.category,
            _ORGANISERS[level],
            rank,
            document,
        )
