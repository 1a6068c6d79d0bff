"""Assistance to other schools, absences from work, and the exchange of teachers between schools."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from talent.core.periods import add_months
from talent.sample.history import History, day_between, workday
from talent.sample.people import Person
from talent.sample.schools import COMPULSORY, PRESCHOOL, PUPIL_STAGES, SPECIAL, School
from talent.sample.titles import Title

Row = tuple[object, ...]

PAIRED, COMMUNITY = "结对帮扶", "区域发展共同体"
FIRST_YEAR_OF_PAY = 2020
_PAIRED_HOSTS = (
    "云岭县青川镇中心小学",
    "云岭县第一中学",
    "沙枣县民族小学",
    "沙枣县红柳滩学校",
    "石坪县白水初级中学",
    "石坪县城关小学",
    "格桑县完全小学",
    "格桑县中学",
    "苍梧县长滩镇九年制学校",
    "雁荡川县特殊教育学校",
)
_COMMUNITY_HOSTS = (
    "滨城区河口小学",
    "滨城区盐田中学",
    "东陵区杨柳洼学校",
    "东陵区大苇塘小学",
    "北塬区后沙峪初级中学",
)
_A_YEAR = 0.03
_RESULT_AFTER = timedelta(days=100)


@dataclass(slots=True)
class Assignment:
    """One row of the sheet 帮扶支教; `end` may lie ahead."""

    person: Person
    sender: str
    host: str
    kind: str
    start: date
    end: date | None
    result: str

    def row(self) -> Row:
        document = f"明教支〔{self.start.year}〕{4 if self.kind == PAIRED else 7}号"
        return (
            self.person.staff_no,
            self.person.name,
            self.sender,
            self.host,
            self.kind,
            self.start,
            self.end or "",
            self.result,
            document,
        )


class Assistance:
    """Draws the spells year by year, with the cases a pay office must be able to decide."""

    def __init__(self, rng: Random, history: History, people: list[Person], schools: list[School]) -> None:
        self.rng, self.history, self.schools = rng, history, {school.code: school for school in schools}
        self.people = [p for p in people if p.teaches and p.stage in (*PUPIL_STAGES, SPECIAL)]
        self.kindergarten = [p for p in people if p.teaches and p.stage == PRESCHOOL]
        self.showcase = next(person for person in people if person.showcase)
        self.teachers = sum(person.left is None for person in people)
        self.assignments: list[Assignment] = []
        self._busy: dict[str, list[tuple[date, date]]] = {}

    def draw(self) -> list[Assignment]:
        self._showcase_spells()
        for year in range(FIRST_YEAR_OF_PAY, self.history.today.year + 1):
            self._year(year)
        self._across_the_merger()
        self._from_kindergarten()
        self._fail_some()
        return self.assignments

    def _year(self, year: int) -> None:
        weights = [
            p.archetype.assistance * (0.5 + int(p.school_on(date(year, 9, 1))) % 3) for p in self.people
        ]
        for person in self.rng.choices(self.people, weights, k=max(1, round(self.teachers * _A_YEAR))):
            start, end = self._spell(year)
            if person.showcase or person.teaching_years(start) < 3:
                continue
            if self._assign(person, start, end) and self.rng.random() < 0.06:
                self._second_host(self.assignments[-1])

    def _spell(self, year: int) -> tuple[date, date]:
        """Ten months or a year from September, a calendar year, or eighteen months."""
        kind = self.rng.choices(("ten", "year", "calendar", "long", "odd"), (38, 30, 16, 8, 8))[0]
        if kind == "calendar":
            return date(year, 1, 1), date(year, 12, 31)
        if kind == "odd":
            start = date(year, self.rng.randrange(2, 6), self.rng.randrange(5, 26))
            return start, add_months(start, self.rng.randrange(3, 10)) - timedelta(days=1)
        months = {"ten": 10, "year": 12, "long": 18}[kind]
        start = date(year, 9, 1)
        return start, add_months(start, months) - timedelta(days=1)

    def _assign(self, person: Person, start: date, end: date, host: str = "", kind: str = "") -> bool:
        """One spell, unless the person is away then or not on post; it ends with the service."""
        if person.left and person.left <= end:
            end = person.left - timedelta(days=1)
        busy = self._busy.setdefault(person.staff_no, [])
        clash = any(first <= end and start <= last for first, last in busy)
        school = self.schools[person.school_on(start)]
        may_send = school.teaches_pupils or person.stage == PRESCHOOL
        in_time = date(FIRST_YEAR_OF_PAY, 1, 1) <= start <= self.history.today and start < end
        if clash or not in_time or not person.on_post_on(start) or not may_send:
            return False
        busy.append((start, end))
        kind = kind or self.rng.choices((PAIRED, COMMUNITY), (62, 38))[0]
        host = host or self.rng.choice(_PAIRED_HOSTS if kind == PAIRED else _COMMUNITY_HOSTS)
        self.assignments.append(Assignment(person, school.code, host, kind, start, end, self._result(end)))
        return True

    def _result(self, end: date) -> str:
        """Appraised some months after the end; a few are forgotten."""
        if end + _RESULT_AFTER > self.history.today or self.rng.random() < 0.02:
            return ""
        return "优秀" if self.rng.random() < 0.22 else "合格"

    def _second_host(self, first: Assignment) -> None:
        """The same person at two places at once: a day counts once for pay."""
        start = add_months(first.start, 3)
        end = min(add_months(start, 5), add_months(first.end or start, 2))
        host = self.rng.choice([host for host in _COMMUNITY_HOSTS if host != first.host])
        leaves = first.person.left and first.person.left <= end
        if start <= self.history.today and not leaves and first.person.on_post_on(start):
            self._busy[first.person.staff_no].append((start, end))
            sender = first.person.school_on(start)
            self.assignments.append(
                Assignment(first.person, sender, host, COMMUNITY, start, end, self._result(end))
            )

    def _showcase_spells(self) -> None:
        """A year in the mountains, years later one that overlaps a second host, and one now running."""
        current = self.history.current
        for back, months in ((5, 10), (3, 12), (0, 10)):
            start = date(current - back, 9, 1)
            end = add_months(start, months) - timedelta(days=1)
            if self._assign(self.showcase, start, end, kind=PAIRED) and back == 3:
                self._second_host(self.assignments[-1])

    def _across_the_merger(self) -> None:
        """Sent by the school that closed, and still away when it did: the successor takes over."""
        year = self.history.merger.year
        at_closing = [
            p
            for p in self.people
            if self.schools[p.school_on(date(year, 1, 1))].closed and p.in_service_on(date(year + 1, 1, 1))
        ]
        for person in at_closing:
            if self._assign(person, date(year, 1, 1), date(year, 12, 31)):
                return

    def _from_kindergarten(self) -> None:
        """Outside the scheme, yet in the list: a finding, not pay."""
        for person in self.kindergarten:
            if self._assign(person, date(self.history.current - 1, 9, 1), date(self.history.current, 6, 30)):
                return

    def _fail_some(self) -> None:
        judged = [a for a in self.assignments if a.result and not a.person.showcase]
        for assignment in self.rng.sample(judged, min(len(judged), 2)):
            assignment.result = "不合格"


class Absences:
    """Sick leave, errands, childbirth; one long illness during an assignment."""

    def __init__(
        self, rng: Random, history: History, people: list[Person], assignments: list[Assignment]
    ) -> None:
        self.rng, self.history, self.people, self.assignments = rng, history, people, assignments

    def rows(self) -> Iterator[Row]:
        yield from self._ill_while_away()
        for year in range(self.history.start.year, self.history.today.year + 1):
            for person in self.people:
                yield from self._of_year(person, year)

    def _of_year(self, person: Person, year: int) -> Iterator[Row]:
        rng, draw = self.rng, self.rng.random()
        if person.showcase or draw > 0.085:
            return
        kind, longest = rng.choices((("病假", 15), ("事假", 4), ("公假", 5)), (62, 28, 10))[0]
        length = rng.randrange(0, longest)
        age = year - person.born.year
        if person.sex == "女" and 25 <= age <= 36 and draw < 0.03:
            kind, length = "产假", 157
        elif draw < 0.0004:
            kind, length = "旷工", 1
        start = workday(day_between(rng, date(year, 1, 4), date(year, 12, 28)))
        end = start + timedelta(days=length)
        last = min(self.history.today, (person.left or self.history.today) - timedelta(days=1))
        if self.history.start <= start and end <= last and person.on_post_on(start):
            yield person.staff_no, start, end, kind

    def _ill_while_away(self) -> Iterator[Row]:
        """More than ten working days within one month of a finished calendar year."""
        for assignment in self.assignments:
            month = add_months(assignment.start, 2).replace(day=1)
            first, last = month + timedelta(days=1), month + timedelta(days=24)
            if assignment.person.showcase or not assignment.end or assignment.end <= last:
                continue
            if month.month in (2, 10) or month.year >= self.history.today.year:
                continue
            yield assignment.person.staff_no, first, last, "病假"
            return


class Exchanges:
    """A tenth of those six years at one school goes elsewhere each September, a good fifth backbone."""

    def __init__(
        self, rng: Random, history: History, people: list[Person], schools: list[School], titles: list[Title]
    ) -> None:
        self.rng, self.history, self.titles = rng, history, titles
        self.people = [p for p in people if p.teaches and p.stage in COMPULSORY and not p.showcase]
        self.schools = [s for s in schools if s.teaches_pupils and s.kind.label != "特殊教育学校"]

    def rows(self) -> Iterator[Row]:
        """Rows of the sheet 交流轮岗; whoever moves for good stands here with the move."""
        for first in self.history.school_years:
            start = date(first, 9, 1)
            if start <= self.history.today:
                yield from self._of_year(start)

    def _of_year(self, start: date) -> Iterator[Row]:
        backbone = {t.person.staff_no for t in self.titles if t.backbone and t.in_force_on(start)}
        eligible = [p for p in self.people if p.on_post_on(start) and self._six_years(p, start)]
        moved = [p for p in self.people if self._moved(p, start)]
        gone = {p.staff_no for p in moved}
        staying = [
            p for p in eligible if p.staff_no not in gone and not (p.left and p.left < add_months(start, 12))
        ]
        wanted = round(len(eligible) * self.rng.uniform(0.108, 0.125)) + 1
        leading = [p for p in staying if p.staff_no in backbone]
        others = [p for p in staying if p.staff_no not in backbone]
        leaders = min(len(leading), round(wanted * self.rng.uniform(0.27, 0.33)) + 1)
        going = self.rng.sample(leading, leaders) + self.rng.sample(
            others, min(len(others), wanted - leaders)
        )
        for person in moved:
            yield self._row(
                person, person.school_on(start - timedelta(days=1)), person.school_on(start), start, ""
            )
        for person in going:
            own = person.school_on(start)
            hosts = [
                s.code
                for s in self.schools
                if person.stage in s.stages and s.code != own and s.open_on(start)
            ]
            if hosts:
                last = add_months(start, 12) - timedelta(days=1)
                end = last if last <= self.history.today else ""
                yield self._row(person, own, self.rng.choice(hosts), start, end)

    def _moved(self, person: Person, start: date) -> bool:
        """Whether the post itself changed schools that day; leaving a closed school is no exchange."""
        if (start, person.school_on(start)) not in person.schools[1:] or not person.on_post_on(start):
            return False
        before = person.school_on(start - timedelta(days=1))
        return any(school.code == before and school.open_on(start) for school in self.schools)

    @staticmethod
    def _six_years(person: Person, on: date) -> bool:
        return add_months(person.at_school_since(on), 72) <= on

    @staticmethod
    def _row(person: Person, own: str, host: str, start: date, end: date | str) -> Row:
        return person.staff_no, person.name, own, host, start, end
