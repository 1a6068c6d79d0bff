"""Titles won in rounds: candidates who qualify, seats shared among schools by pupils, terms of three years.

The rounds are played in order of time, in one year from the apex down, so that a later title has its
forerunners and the tower of any past date looks like a tower.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from talent.core.periods import add_years
from talent.sample.history import History, term_end
from talent.sample.people import Person

Unit = tuple[str, str]
"""A school's code and a stage: what indicators are reckoned for."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of the tower as the sample's rounds fill it; `seats` per 1,000 teachers."""

    label: str
    height: int
    seats: float
    years_since_round: int
    first_round: int
    rank: str
    teaching_years: int
    after: int
    ordinal: str


# From the apex down. `after` is the lowest tier that must have been held before; `first_round` numbers the
# round of 2014 to 2016 such that 2020 to 2022 saw the plan's 第二期 领军, 第三期 名教师, 第五届 首席.
TIERS = (
    Tier("教育领军人才", 6, 2, 2, 0, "高级", 15, 4, "期"),
    Tier("名教师", 5, 11.7, 1, 1, "高级", 12, 3, "期"),
    Tier("学科首席教师", 4, 25, 1, 3, "高级", 10, 3, "届"),
    Tier("区级学科带头人", 3, 66.7, 0, 4, "一级", 8, 1, "届"),
    Tier("校级学科带头人", 2, 110, 0, 4, "一级", 5, 0, "届"),
    Tier("新锐教师", 1, 87, 0, 3, "未定级", 3, 0, "届"),
)
BACKBONE_HEIGHT = 3
_TERM_YEARS = 3
_ROUNDS = 5
_NEW_TALENT_MOST_YEARS, _NEW_TALENT_MOST_AGE = 8, 35
# The showcase teacher's way: years before the current school year, height won in that year's round.
_SHOWCASE_LADDER = {12: 1, 9: 2, 6: 3, 3: 3, 0: 3}
_DIGITS = "零一二三四五六七八九十"

MUNICIPAL_BACKBONE = "市级学科骨干教师"
_HONOURS = (("特级教师", 1.4), ("杰出津门校长", 0.9), ("杰出津门班主任", 1.6), ("杰出津门教师", 2.0))


@dataclass(slots=True)
class Title:
    """One row of the sheet 称号; `height` 1 to 6 in the tower, 0 beside it; `end` None = by document."""

    person: Person
    label: str
    height: int
    round: str
    recognised: date
    start: date
    end: date | None
    document: str
    state: str = "在任"
    state_date: date | None = None
    reason: str = ""
    end_written: bool = True

    @property
    def backbone(self) -> bool:
        return self.height == 0 or self.height >= BACKBONE_HEIGHT

    def in_force_on(self, on: date) -> bool:
        """As rules §1 has it: within the term, not taken away, the holder still in service."""
        if (self.end is not None and on > self.end) or on < self.start or not self.person.in_service_on(on):
            return False
        return self.state == "在任" or self.state_date is None or on < self.state_date


class Rounds:
    """Plays all rounds; `pupils` by school and stage say where backbone teachers are wanted."""

    def __init__(
        self, rng: Random, history: History, people: list[Person], pupils: Mapping[Unit, float]
    ) -> None:
        self.rng, self.history, self.people, self.pupils = rng, history, people, pupils
        self.teachers = sum(person.left is None for person in people)
        self.titles: list[Title] = []
        self.highest_ever: dict[str, int] = defaultdict(int)
        self._of: dict[str, list[Title]] = defaultdict(list)
        self._merit = {p.staff_no: p.archetype.merit + rng.gauss(0, 0.7) for p in people}

    def play(self) -> list[Title]:
        rounds = [
            (self.history.current - tier.years_since_round - _TERM_YEARS * back, tier, _ROUNDS - 1 - back)
            for tier in TIERS
            for back in range(_ROUNDS)
        ]
        for year, tier, index in sorted(rounds, key=lambda r: (r[0], -r[1].height)):
            if tier.first_round + index > 0:
                self._round(tier, year, tier.first_round + index, bootstrap=index == 0)
        self._municipal()
        return self.titles

    def _round(self, tier: Tier, year: int, number: int, bootstrap: bool) -> None:
        start = date(year, 9, 1)
        seats = max(1, round(tier.seats * self.teachers / 1000))
        if tier.height == 6:
            seats = min(seats, max(1, self.teachers // 400))
        candidates = [p for p in self.people if self._qualifies(p, tier, start, bootstrap)]
        recognised = date(year, 6, 15 + tier.height)
        document = f"明教{'校备' if tier.height < BACKBONE_HEIGHT else '人'}〔{year}〕{10 + tier.height}号"
        for person in self._choose(candidates, seats, tier, start):
            self._award(
                Title(
                    person,
                    tier.label,
                    tier.height,
                    f"第{_DIGITS[number]}{tier.ordinal}",
                    recognised,
                    start,
                    term_end(start, _TERM_YEARS),
                    document,
                    end_written=number % 4 != 1,
                )
            )

    def _award(self, title: Title) -> None:
        self.titles.append(title)
        self._of[title.person.staff_no].append(title)
        number = title.person.staff_no
        self.highest_ever[number] = max(self.highest_ever[number], title.height)

    def _qualifies(self, person: Person, tier: Tier, start: date, bootstrap: bool) -> bool:
        if person.showcase:
            return _SHOWCASE_LADDER.get(self.history.current - start.year) == tier.height
        if (
            not person.teaches
            or not person.on_post_on(start)
            or not person.in_service_on(_must_stay_until(start, tier, person))
        ):
            return False
        years = person.teaching_years(start)
        if years < tier.teaching_years or not person.rank_at_least(tier.rank, start):
            return False
        if tier.height == 1 and (years > _NEW_TALENT_MOST_YEARS or person.age(start) > _NEW_TALENT_MOST_AGE):
            return False
        if not bootstrap and self.highest_ever[person.staff_no] < tier.after:
            return False
        return not any(t.height > tier.height and t.in_force_on(start) for t in self._of[person.staff_no])

    def _choose(self, candidates: list[Person], seats: int, tier: Tier, start: date) -> list[Person]:
        """Seats go one by one to the unit shortest of what its pupils call for, there to the worthiest."""
        waiting: dict[Unit, list[Person]] = defaultdict(list)
        worth = {p.staff_no: self._merit[p.staff_no] + self._renewal(p, tier, start) for p in candidates}
        for person in sorted((p for p in candidates if not p.showcase), key=lambda p: worth[p.staff_no]):
            waiting[self._unit(person, start)].append(person)
        held = self._held(tier, start)
        chosen = [person for person in candidates if person.showcase]
        while len(chosen) < seats and waiting:
            unit = min(waiting, key=lambda u: ((held[u] + 0.5) / self._wanted(u), u))
            chosen.append(waiting[unit].pop())
            held[unit] += 1
            if not waiting[unit]:
                del waiting[unit]
        return chosen

    def _renewal(self, person: Person, tier: Tier, start: date) -> float:
        """Who held the tier until yesterday has the better prospects, but not always."""
        yesterday = start - timedelta(days=1)
        held = any(t.height == tier.height and t.in_force_on(yesterday) for t in self._of[person.staff_no])
        return self.rng.choice((1.4, -1.0)) if held else 0.0

    def _held(self, tier: Tier, start: date) -> Counter[Unit]:
        floor = BACKBONE_HEIGHT if tier.height >= BACKBONE_HEIGHT else tier.height
        held: Counter[Unit] = Counter()
        for titles in self._of.values():
            if any(t.height >= floor and t.in_force_on(start) for t in titles):
                held[self._unit(titles[0].person, start)] += 1
        return held

    def _wanted(self, unit: Unit) -> float:
        return max(self.pupils.get(unit, 0.0), 25.0)

    @staticmethod
    def _unit(person: Person, on: date) -> Unit:
        return person.school_on(on), person.stage

    def _municipal(self) -> None:
        """Honours of the municipality: four backbone batches, and a few that stand for good."""
        current = self.history.current
        batches = [(current - 9, True), (current - 6, True), (current - 4, True), (current - 1, False)]
        for number, (year, closed) in enumerate(batches, start=1):
            start = date(year, 1, 1)
            self._honour(
                MUNICIPAL_BACKBONE, 11 if closed else 15, start, term_end(start, 5), f"第{_DIGITS[number]}批"
            )
        for index, (label, share) in enumerate(_HONOURS):
            self._honour(label, share, date(current - 2 - index, 9, 10), None, "")

    def _honour(self, label: str, share: float, start: date, end: date | None, batch: str) -> None:
        candidates = [
            p
            for p in self.people
            if p.teaches
            and p.on_post_on(start)
            and not p.showcase
            and self._fits(p, label, start)
            and not any(t.label == label and (t.end is None or t.end >= start) for t in self._of[p.staff_no])
        ]
        tier = Tier(label, BACKBONE_HEIGHT, share, 0, 0, "一级", 8, 0, "")
        for person in self._choose(candidates, max(1, round(share * self.teachers / 1000)), tier, start):
            document = f"津教人〔{start.year}〕{30 + len(label)}号"
            self._award(Title(person, label, 0, batch, start - timedelta(days=40), start, end, document))

    def _fits(self, person: Person, label: str, start: date) -> bool:
        if label == "杰出津门校长":
            return person.post in ("校长", "副校长")
        wanted = "一级" if label in (MUNICIPAL_BACKBONE, "杰出津门班主任") else "高级"
        ever = self.highest_ever[person.staff_no] >= (1 if wanted == "一级" else BACKBONE_HEIGHT)
        return person.rank_at_least(wanted, start) and person.teaching_years(start) >= 8 and ever


def _must_stay_until(start: date, tier: Tier, person: Person) -> date:
    """Nobody is chosen who leaves within a year, for the apex within the term."""
    if person.left is None:
        return start
    return add_years(start, _TERM_YEARS if tier.height == TIERS[0].height else 1)


def end_with_service(rng: Random, titles: list[Title]) -> None:
    """Some offices write down that a title ended with its holder's leaving; others leave it to the rule."""
    for title in titles:
        left = title.person.left
        if left and title.start < left and (title.end is None or left <= title.end) and rng.random() < 0.4:
            title.state, title.state_date, title.reason = "自然终止", left, title.person.left_as


def suspend_some(rng: Random, titles: list[Title], history: History) -> None:
    """One in a few hundred is suspended after a failed yearly appraisal of the term."""
    running = [t for t in titles if 0 < t.height <= BACKBONE_HEIGHT and t.in_force_on(history.today)]
    running = [title for title in running if not title.person.showcase]
    for title in rng.sample(running, max(1, len(running) // 400)):
        since = min(max(title.start, date(history.current, 1, 20)) + timedelta(days=20), history.today)
        title.state, title.state_date, title.reason = "暂停", since, "年度任期考核不合格"
