"""The whole fictitious district, drawn once from (seed, number of teachers, today)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

from talent.sample import conduct
from talent.sample.achievements import Achievements, Mentoring
from talent.sample.conditions import Conditions
from talent.sample.contests import Results
from talent.sample.history import History
from talent.sample.people import Person
from talent.sample.register import people_of
from talent.sample.schools import School, plan_schools
from talent.sample.service import Absences, Assignment, Assistance, Exchanges
from talent.sample.titles import Rounds, Title, end_with_service, suspend_some
from talent.sample.training import SchoolYear

Row = tuple[object, ...]

FEWEST_TEACHERS, MOST_TEACHERS = 60, 20_000


@dataclass(frozen=True, slots=True)
class District:
    """Schools, people, titles and assignments; the other records are drawn when their rows are asked for."""

    seed: int
    history: History
    schools: list[School]
    people: list[Person]
    conditions: Conditions
    titles: list[Title]
    assignments: list[Assignment]
    conduct_cases: list[Row]

    @property
    def showcase(self) -> Person:
        """The teacher of the demonstration's teacher login."""
        return next(person for person in self.people if person.showcase)

    def random(self, topic: str) -> Random:
        return _random(self.seed, topic)

    def school_rows(self) -> Iterator[Row]:
        for school in self.schools:
            yield (
                school.code,
                school.name,
                school.kind.label,
                school.ownership,
                school.area,
                school.community,
                school.opened or "",
                school.closed or "",
                school.merged_into,
            )

    def training_rows(self, first: int) -> Iterator[Row]:
        """培训 of the school year that began in `first`."""
        year = SchoolYear(self.random(f"training {first}"), self.history, first, self.schools)
        return year.rows(self.people)

    def title_rows(self) -> Iterator[Row]:
        for title in sorted(self.titles, key=lambda t: (t.start, -t.height, t.person.staff_no)):
            person = title.person
            yield (
                person.staff_no,
                person.name,
                title.label,
                title.round,
                person.subject,
                person.stage,
                title.recognised,
                title.start,
                title.end if title.end and title.end_written else "",
                title.document,
                title.state,
                title.state_date or "",
                title.reason,
            )

    def record_rows(self, kind: str) -> Iterator[Row]:
        """Rows of one kind of sheet that a single workbook holds."""
        history, people, rng = self.history, self.people, self.random(kind)
        late = conduct.late_collectors(history, self.schools)
        makers = {
            "titles": self.title_rows,
            "results": lambda: Results(rng, history, people).rows(),
            "achievements": lambda: Achievements(rng, history, people, self.titles, late).rows(),
            "mentoring": lambda: Mentoring(rng, history, people).rows(),
            "assistance": lambda: (a.row() for a in sorted(self.assignments, key=_by_start)),
            "absences": lambda: Absences(rng, history, people, self.assignments).rows(),
            "appraisals": lambda: conduct.appraisals(rng, history, people),
            "exchanges": lambda: Exchanges(rng, history, people, self.schools, self.titles).rows(),
            "conduct": lambda: iter(self.conduct_cases),
            "enrolment": self.conditions.enrolment,
            "facilities": self.conditions.facilities,
            "quota": self.conditions.quota,
            "collection": lambda: conduct.collection(history, self.schools, late),
        }
        return makers[kind]()


def _random(seed: int, topic: str) -> Random:
    """A generator of its own for every topic, so that one more row here moves nothing there."""
    return Random(f"{seed} {topic}")  # noqa: S311 the same seed gives the same district


def _by_start(assignment: Assignment) -> tuple[date, str, str]:
    return assignment.start, assignment.person.staff_no, assignment.host


@lru_cache(maxsize=1)
def district(seed: int, teachers: int, today: date) -> District:
    """The district for these three values, always the same; ValueError outside 60 to 20,000 teachers."""
    if not FEWEST_TEACHERS <= teachers <= MOST_TEACHERS:
        raise ValueError(f"teachers must be {FEWEST_TEACHERS} to {MOST_TEACHERS}, not {teachers}")
    history = History(today)
    schools = plan_schools(_random(seed, "schools"), teachers, history)
    people = people_of(_random(seed, "people"), history, schools, teachers)
    conditions = Conditions(_random(seed, "conditions"), history, schools, people)
    rng = _random(seed, "titles")
    titles = Rounds(rng, history, people, conditions.wanted_backbone()).play()
    end_with_service(rng, titles)
    suspend_some(rng, titles, history)
    cases = conduct.conduct_cases(_random(seed, "conduct"), history, people, titles)
    assignments = Assistance(_random(seed, "assistance"), history, people, schools).draw()
    return District(seed, history, schools, people, conditions, titles, assignments, cases)
