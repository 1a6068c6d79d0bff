"""One person of the sample and what is true of them on a day; the archetypes that drive their records."""

from dataclasses import dataclass, field
from datetime import date

from talent.core.periods import whole_years

IN_SERVICE = ("在岗", "长假", "借调")
RANKS = ("未定级", "三级", "二级", "一级", "高级", "正高级")


@dataclass(frozen=True, slots=True)
class Archetype:
    """How eagerly a person does each kind of work; 1 is the district's usual."""

    name: str
    share: float
    training: float
    contest: float
    research: float
    mentoring: float
    assistance: float
    merit: float


ARCHETYPES = (
    Archetype("training_minded", 15, 2.6, 0.4, 0.5, 0.6, 0.4, 0.9),
    Archetype("contest_minded", 14, 0.7, 4.2, 0.5, 0.6, 0.4, 1.5),
    Archetype("research_minded", 13, 0.8, 0.5, 3.8, 0.7, 0.4, 1.5),
    Archetype("mentoring", 11, 0.7, 0.5, 0.8, 4.0, 0.5, 1.4),
    Archetype("assistance", 9, 0.6, 0.4, 0.4, 0.6, 9.0, 0.9),
    Archetype("all_rounder", 10, 1.4, 2.2, 2.0, 1.9, 1.6, 1.9),
    Archetype("sparse", 28, 0.25, 0.12, 0.12, 0.2, 0.2, 0.0),
)
ALL_ROUNDER = next(archetype for archetype in ARCHETYPES if archetype.name == "all_rounder")

# A history of one field, in order: the day a value begins and the value; the first begins the record.
Dated = list[tuple[date, str]]


def value_on(history: Dated, on: date) -> str:
    """The value in force on `on`; the first one for any earlier day."""
    value = history[0][1]
    for since, later in history[1:]:
        if since > on:
            break
        value = later
    return value


@dataclass(slots=True, eq=False)
class Person:
    """A member of staff with the whole career; `joined` is the first day in the district's register.

    Two people are never equal, so a person is told by identity.
    """

    staff_no: str
    name: str
    sex: str
    ethnicity: str
    politics: str
    born: date
    schooling: str
    degree: str
    stage: str
    subject: str
    category: str
    post: str
    quota_kind: str
    began_work: date
    began_teaching: date
    joined: date
    schools: Dated
    ranks: Dated
    archetype: Archetype
    left: date | None = None
    left_as: str = ""
    statuses: Dated = field(default_factory=list)
    posts: Dated = field(default_factory=list)
    began_teaching_text: str = ""
    former_name: str = ""
    renamed: date | None = None
    teaching_schools: str = ""
    id_number: str = ""
    phone: str = ""
    certificate_kind: str = ""
    certificate_no: str = ""
    weekly_lessons: int | None = None
    showcase: bool = False

    @property
    def teaches(self) -> bool:
        return self.category == "专任教师"

    def in_service_on(self, on: date) -> bool:
        """Whether on the register on `on`, long leave and secondment included."""
        return self.joined <= on and (self.left is None or on < self.left)

    def status_on(self, on: date) -> str:
        if self.left is not None and on >= self.left:
            return self.left_as
        return value_on(self.statuses, on)

    def on_post_on(self, on: date) -> bool:
        return self.in_service_on(on) and self.status_on(on) == "在岗"

    def school_on(self, on: date) -> str:
        """The code of the school that holds the post on `on`."""
        return value_on(self.schools, on)

    def at_school_since(self, on: date) -> date:
        return max((since for since, _ in self.schools if since <= on), default=self.schools[0][0])

    def rank_on(self, on: date) -> str:
        return value_on(self.ranks, on) if self.ranks else ""

    def rank_at_least(self, rank: str, on: date) -> bool:
        return bool(self.ranks) and RANKS.index(self.rank_on(on)) >= RANKS.index(rank)

    def teaching_years(self, on: date) -> int:
        return whole_years(self.began_teaching, on)

    def age(self, on: date) -> int:
        return whole_years(self.born, on)

    def changes(self, start: date, today: date) -> list[date]:
        """Every day after the first roster on which the person's row changed, a later arrival included."""
        histories = (self.schools, self.ranks, self.statuses, self.posts)
        days = {since for history in histories for since, _ in history}
        days |= {day for day in (self.left, self.renamed) if day}
        last = min(today, self.left or today)
        return sorted(day for day in days if start < day <= last and self.joined <= day)
