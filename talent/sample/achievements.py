"""Projects, papers, open lessons, lectures and honours; and who guides whom."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random

from talent.core.periods import add_years
from talent.sample import topics
from talent.sample.history import History, day_between
from talent.sample.people import Person
from talent.sample.titles import Title

Row = tuple[object, ...]

# Kind: a year's usual number, and whether research or mentoring drives it.
_USUAL = {"课题": 0.05, "论文": 0.1, "公开课": 0.11, "讲座": 0.045, "荣誉": 0.04}
_LEVELS = {
    "课题": (("校级", 46), ("区县级", 36), ("市级", 16), ("国家级", 2)),
    "论文": (("区县级", 52), ("市级", 32), ("省部级", 8), ("国家级", 8)),
    "公开课": (("校级", 58), ("区县级", 32), ("市级", 9), ("国家级", 1)),
    "讲座": (("校级", 60), ("区县级", 33), ("市级", 7)),
    "荣誉": (("校级", 62), ("区县级", 32), ("市级", 6)),
}


class Achievements:
    """`collected_from` maps a school to the day its achievements began to be collected."""

    def __init__(
        self,
        rng: Random,
        history: History,
        people: list[Person],
        titles: list[Title],
        collected_from: Mapping[str, date],
    ) -> None:
        self.rng, self.history, self.collected_from = rng, history, collected_from
        self.people = [person for person in people if person.teaches]
        self.height: dict[str, int] = defaultdict(int)
        for title in titles:
            self.height[title.person.staff_no] = max(self.height[title.person.staff_no], title.height)

    def rows(self) -> Iterator[Row]:
        """Rows of the sheet 成果."""
        for first in self.history.school_years:
            opening, closing = date(first, 9, 1), date(first + 1, 8, 31)
            for person in self.people:
                if person.on_post_on(opening):
                    yield from self._of_year(person, opening, min(closing, self.history.today))

    def _of_year(self, person: Person, opening: date, closing: date) -> Iterator[Row]:
        lead = 1 + 0.25 * self.height[person.staff_no]
        for kind, usual in _USUAL.items():
            drive = person.archetype.research if kind in ("课题", "论文") else person.archetype.mentoring
            if kind == "公开课":
                drive = (person.archetype.research + person.archetype.contest + 1) / 3
            elif kind == "荣誉":
                drive = 0.4 + person.archetype.merit / 2
            rate = usual * drive * lead * (2.0 if person.showcase else 1.0)
            while self.rng.random() < rate / (1 + rate):
                yield from self._row(person, kind, day_between(self.rng, opening, closing))

    def _row(self, person: Person, kind: str, on: date) -> Iterator[Row]:
        school = person.school_on(on)
        if not person.on_post_on(on) or on < self.collected_from.get(school, self.history.start):
            return
        name, role = self._named(person, kind)
        labels = [label for label, _ in _LEVELS[kind]]
        level = self.rng.choices(labels, [weight for _, weight in _LEVELS[kind]])[0]
        yield person.staff_no, person.name, kind, name, level, on, role

    def _named(self, person: Person, kind: str) -> tuple[str, str]:
        rng = self.rng
        if kind == "课题":
            leads = 0.2 + 0.08 * self.height[person.staff_no]
            role = "主持" if rng.random() < leads else rng.choice(("核心", "参与", "参与"))
            return topics.project(rng, person.subject), role
        if kind == "论文":
            return topics.paper(rng, person.subject), rng.choices(("主持", "参与"), (85, 15))[0]
        if kind == "公开课":
            return topics.lesson(rng, person.subject), ""
        if kind == "讲座":
            return topics.lecture(rng, person.subject), ""
        return rng.choice(topics.HONOURS), ""


class Mentoring:
    """Every beginner has a guide at the school for three years; guides by inclination take on others too."""

    def __init__(self, rng: Random, history: History, people: list[Person]) -> None:
        self.rng, self.history = rng, history
        self.people = [person for person in people if person.teaches]

    def rows(self) -> Iterator[Row]:
        """Rows of the sheet 带教: guide, pupil, first and last day."""
        for first in self.history.school_years:
            opening = date(first, 9, 1)
            by_school: dict[str, list[Person]] = defaultdict(list)
            for person in self.people:
                if person.on_post_on(opening):
                    by_school[person.school_on(opening)].append(person)
            for staff in by_school.values():
                yield from self._at_school(staff, date(first, 9, 20))

    def _at_school(self, staff: list[Person], start: date) -> Iterator[Row]:
        guides = [p for p in staff if p.teaching_years(start) >= 8 and p.rank_at_least("一级", start)]
        for person in staff:
            years = person.teaching_years(start)
            wants = years == 0 or (years < 7 and self.rng.random() < 0.1)
            candidates = [guide for guide in guides if guide is not person]
            if not wants or not candidates or start > self.history.today:
                continue
            weights = [
                g.archetype.mentoring * (4 if g.subject == person.subject else 1) * (3 if g.showcase else 1)
                for g in candidates
            ]
            guide = self.rng.choices(candidates, weights)[0]
            yield (
                guide.staff_no,
                person.staff_no,
                start,
                self._end(start, 3 if years == 0 else 1, guide, person),
            )

    def _end(self, start: date, years: int, guide: Person, person: Person) -> date | str:
        """The planned last day, or the day before either of them left; open while the time is running."""
        end = add_years(start, years) - timedelta(days=1)
        for one in (guide, person):
            if one.left and one.left <= end:
                end = max(start, one.left - timedelta(days=1))
        return end if end <= self.history.today else ""
