"""Pupils, buildings and quotas: schools near the national thresholds, a few below, one without data."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil
from random import Random

from talent.sample.history import History
from talent.sample.people import Person
from talent.sample.schools import (
    COMPULSORY,
    JUNIOR,
    PRIMARY,
    PUPIL_STAGES,
    SENIOR,
    SPECIAL,
    VOCATIONAL,
    School,
)

Row = tuple[object, ...]

# Pupils to a teacher; thresholds per pupil: rooms m2, sports m2, equipment yuan, multimedia per 100.
_PUPILS_PER_TEACHER = {PRIMARY: 15.6, JUNIOR: 11.5, SENIOR: 11.4, SPECIAL: 4.0, VOCATIONAL: 13.5}
_THRESHOLDS = {PRIMARY: (4.5, 7.5, 2000, 2.3), JUNIOR: (5.8, 10.2, 2500, 2.4), SENIOR: (6.2, 10.2, 3000, 2.4)}
_QUOTA_RATIO = {PRIMARY: 19.0, JUNIOR: 13.5, SENIOR: 12.5}
_ROOMS, _SPORTS, _EQUIPMENT, _MULTIMEDIA = range(4)
_POINT_PUPILS = 46
_MERGED_SHARE = 0.42
# Of the ordinary compulsory parts, by place in the list: which resources fall short, and by how much.
_SHORT: dict[int, dict[int, float]] = {
    1: {_SPORTS: 0.8},
    3: {_ROOMS: 0.94, _EQUIPMENT: 0.96},
    7: {_SPORTS: 0.91},
    11: {_EQUIPMENT: 0.72},
    14: {_MULTIMEDIA: 0.97},
}
_WITHOUT_DATA = 5


@dataclass(slots=True)
class Part:
    """One stage of one school: pupils on the last day and the four resources belonging to them."""

    school: School
    stage: str
    pupils: int
    resources: list[float | None]
    class_size: float
    before_merger: float = 1.0

    def pupils_in(self, year: int, history: History) -> int:
        """Pupils of a school year, a little fewer each year back, far fewer before a merger."""
        share = self.before_merger if year < history.merger.year else 1.0
        return max(1, round(self.pupils * share * (1 - 0.011 * (history.current - year))))


class Conditions:
    """Rows of the sheets 学生数, 办学条件 and 编制核定."""

    def __init__(self, rng: Random, history: History, schools: list[School], people: list[Person]) -> None:
        self.rng, self.history, self.schools = rng, history, schools
        self.teachers = Counter(
            (p.school_on(history.today), p.stage) for p in people if p.teaches and p.left is None
        )
        self.staff = Counter(p.school_on(history.today) for p in people if p.left is None)
        self.parts = [part for school in schools for part in self._parts(school)]
        self._fall_short()

    def wanted_backbone(self) -> dict[tuple[str, str], float]:
        """Pupils by school and stage as far as backbone teachers are shared out by them."""
        wanted = {(code, stage): 4.0 * count for (code, stage), count in self.teachers.items()}
        for part in self.parts:
            if part.stage in COMPULSORY and part.school.kind.label != "特殊教育学校":
                wanted[part.school.code, part.stage] = float(part.pupils)
        return wanted

    def _parts(self, school: School) -> Iterator[Part]:
        if school.closed:
            successor = next(s for s in self.schools if s.code == school.merged_into)
            count = self.teachers[successor.code, PRIMARY] * _PUPILS_PER_TEACHER[PRIMARY] * _MERGED_SHARE
            yield self._part(school, PRIMARY, max(6, round(count)))
        for stage, _ in school.staff:
            teachers = self.teachers[school.code, stage]
            pupils = round(teachers * _PUPILS_PER_TEACHER.get(stage, 0) * self.rng.uniform(0.94, 1.06))
            if school.kind.label == "教学点":
                yield self._part(school, stage, min(pupils, _POINT_PUPILS))
            elif school.kind.label == "特殊教育学校":
                yield self._part(school, PRIMARY, max(1, round(pupils * 0.6)))
                yield self._part(school, JUNIOR, max(1, round(pupils * 0.4)))
            elif school.kind.label == "职业学校":
                yield self._part(school, SENIOR, pupils)
            elif stage in PUPIL_STAGES and school.teaches_pupils and pupils:
                part = self._part(school, stage, pupils)
                if any(other.merged_into == school.code for other in self.schools):
                    part.before_merger = 1 - _MERGED_SHARE
                yield part

    def _part(self, school: School, stage: str, pupils: int) -> Part:
        factors = (1.02, 1.32), (1.01, 1.28), (1.03, 1.45), (1.04, 1.5)
        resources: list[float | None] = [
            threshold * self.rng.uniform(*spread) * pupils / (100 if index == _MULTIMEDIA else 1)
            for index, (threshold, spread) in enumerate(zip(_THRESHOLDS[stage], factors, strict=True))
        ]
        return Part(school, stage, pupils, resources, self.rng.uniform(36, 43.5))

    def _fall_short(self) -> None:
        ordinary = [
            part
            for part in self.parts
            if part.stage in COMPULSORY
            and part.school.closed is None
            and len(part.school.stages) == 1
            and part.school.kind.label in ("小学", "初级中学")
        ]
        for place, part in enumerate(ordinary):
            for resource, factor in _SHORT.get(place, {}).items():
                threshold = _THRESHOLDS[part.stage][resource] * factor
                part.resources[resource] = threshold * part.pupils / (100 if resource == _MULTIMEDIA else 1)
        ordinary[min(_WITHOUT_DATA, len(ordinary) - 1)].resources[_MULTIMEDIA] = None

    def _years(self, month: int, day: int) -> list[date]:
        days = [date(year, month, day) for year in self.history.school_years]
        return [on for on in days if on <= self.history.today]

    def enrolment(self) -> Iterator[Row]:
        for on in self._years(9, 15):
            for part in self.parts:
                if part.school.open_on(on):
                    pupils = part.pupils_in(on.year, self.history)
                    yield part.school.code, on, part.stage, pupils, ceil(pupils / part.class_size)

    def facilities(self) -> Iterator[Row]:
        """By stage, but undivided for half of the schools with several stages."""
        for on in self._years(9, 20):
            growth = 1 - 0.016 * (self.history.current - on.year)
            for school in self.schools:
                parts = [part for part in self.parts if part.school is school and school.open_on(on)]
                if len(parts) > 1 and int(school.code) % 2:
                    yield school.code, on, "", *_summed(parts, growth)
                else:
                    for part in parts:
                        yield school.code, on, part.stage, *_summed([part], growth)

    def quota(self) -> Iterator[Row]:
        """Three decisions in ten years, each with the district's ceiling (no school code) first."""
        for back in (10, 6, 2):
            on = date(self.history.current - back, 9, 1)
            document = f"明编办〔{on.year}〕{20 - back}号"
            posts = {school.code: self._posts(school, on) for school in self.schools if school.open_on(on)}
            yield "", on, round(sum(posts.values()) * 1.02), document
            for code, count in posts.items():
                yield code, on, count, document

    def _posts(self, school: School, on: date) -> int:
        parts = [part for part in self.parts if part.school is school]
        if not parts or not school.teaches_pupils or school.kind.label in ("特殊教育学校", "教学点"):
            return max(3, round(self.staff[school.code] * 1.04))
        pupils = sum(part.pupils_in(on.year, self.history) / _QUOTA_RATIO[part.stage] for part in parts)
        return max(ceil(pupils), round(self.staff[school.code] * (0.9 + (int(school.code) * 7 % 20) / 100)))


def _summed(parts: list[Part], growth: float) -> list[object]:
    """The four resources of several parts together; one that was not counted leaves the cell empty."""
    cells: list[object] = []
    for resource in range(4):
        values = [part.resources[resource] for part in parts]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            cells.append("")
        elif resource == _MULTIMEDIA:
            cells.append(ceil(sum(known) * growth))
        else:
            cells.append(round(sum(known) * growth))
    return cells
