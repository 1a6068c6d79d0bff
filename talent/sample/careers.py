"""Careers: who joins when, with which schooling, rises in 职称, moves, takes leave and goes."""

from datetime import date, timedelta
from random import Random

from talent.core.periods import add_months, add_years
from talent.sample.history import History, day_between
from talent.sample.names import FEMALE, MALE, person_name
from talent.sample.people import ALL_ROUNDER, ARCHETYPES, RANKS, Archetype, Dated, Person
from talent.sample.schools import (
    JUNIOR,
    PRESCHOOL,
    PRIMARY,
    SENIOR,
    SPECIAL,
    VOCATIONAL,
    School,
    Slot,
)

_FEMALE_SHARE = {PRIMARY: 0.79, JUNIOR: 0.7, SENIOR: 0.6, PRESCHOOL: 0.97, SPECIAL: 0.78, VOCATIONAL: 0.58}
_SCHOOLING = {
    PRIMARY: (("研究生", 8), ("本科", 81), ("专科", 9), ("中专", 2)),
    JUNIOR: (("研究生", 11), ("本科", 85), ("专科", 4)),
    SENIOR: (("研究生", 27), ("本科", 73)),
    PRESCHOOL: (("研究生", 1), ("本科", 52), ("专科", 43), ("中专", 4)),
    SPECIAL: (("研究生", 6), ("本科", 84), ("专科", 10)),
    VOCATIONAL: (("研究生", 14), ("本科", 82), ("专科", 4)),
}
_CERTIFICATE = {
    PRIMARY: "小学教师资格",
    JUNIOR: "初级中学教师资格",
    SENIOR: "高级中学教师资格",
    PRESCHOOL: "幼儿园教师资格",
    SPECIAL: "小学教师资格",
    VOCATIONAL: "中等职业学校教师资格",
}
_HEADS = ("校长", "园长", "主任")
_JOINED_WITHIN_HISTORY = 0.25
_PENSION_AGE = {FEMALE: 55, MALE: 60}
_PENSION_DELAY_FROM = date(2025, 1, 1)
_LONGEST_DELAY = 36


def retirement_day(born: date, sex: str) -> date:
    """First day out: the 1st after the pension birthday, put off by one month for every four since 2025."""
    birthday = add_years(born, _PENSION_AGE[sex])
    late = (birthday.year - _PENSION_DELAY_FROM.year) * 12 + birthday.month - _PENSION_DELAY_FROM.month
    delay = min(late // 4 + 1, _LONGEST_DELAY) if late >= 0 else 0
    return add_months(birthday.replace(day=1), delay + 1)


class Careers:
    """Makes people one by one; every random choice comes from the one generator given."""

    def __init__(self, rng: Random, history: History, schools: list[School]) -> None:
        self.rng = rng
        self.history = history
        self.schools = {school.code: school for school in schools}
        closing = next(school for school in schools if school.closed)
        self.closing, self.taking_over = closing.code, closing.merged_into
        self._by_stage = {
            stage: [s for s in schools if s.closed is None and stage in s.stages]
            for school in schools
            for stage in school.stages
        }

    def staff_member(self, slot: Slot) -> Person:
        """Somebody in service on the last day, in the post given; heads have taught for ten years."""
        while True:
            person = self._person(slot, self._joining_day())
            seasoned = slot.post not in _HEADS or person.teaching_years(self.history.today) >= 10
            if seasoned and retirement_day(person.born, person.sex) > self.history.today:
                return person

    def leaver(self, slot: Slot) -> Person:
        """Somebody who held such a post and left within the ten years."""
        left_as = self.rng.choices(("退休", "调出", "离职"), (68, 21, 11))[0]
        while True:
            left = day_between(self.rng, self.history.start + timedelta(days=60), self.history.today)
            joined = None if left_as == "退休" else self._joining_day(before=left)
            person = self._person(slot, joined, left, left_as)
            if person.left and self.history.start < person.left <= self.history.today:
                return person

    def showcase(self, slot: Slot) -> Person:
        """The teacher behind the demonstration's teacher login: a long, full career at one school."""
        joined = date(self.history.current - 18, 9, 1)
        person = self._person(slot, joined)
        person.sex, person.born, person.name, person.ethnicity = (
            FEMALE,
            add_years(joined, -23),
            "林若溪",
            "汉族",
        )
        person.began_work = person.began_teaching = person.joined = joined
        person.schooling, person.degree, person.archetype = "本科", "学士", ALL_ROUNDER
        person.quota_kind, person.showcase = "在编", True
        person.schools, person.statuses, person.posts = (
            [(joined, slot.school.code)],
            [(joined, "在岗")],
            [(joined, slot.post)],
        )
        rises = ((13, "二级"), (72, "一级"), (168, "高级"))
        person.ranks = [(joined, "未定级"), *((add_months(joined, months), rank) for months, rank in rises)]
        return person

    def _joining_day(self, before: date | None = None) -> date:
        """A school year's first days mostly; hiring was even over the last ten years, less so before."""
        rng, current = self.rng, self.history.current
        latest = before - timedelta(days=200) if before else self.history.today
        recent = rng.random() < _JOINED_WITHIN_HISTORY
        year = current - (rng.randrange(0, 11) if recent else 10 + round(rng.uniform(0.5, 26)))
        joined = date(year, 9, 1) if rng.random() < 0.8 else date(year, 8, rng.randrange(16, 29))
        if rng.random() < 0.04:
            joined = date(year + 1, 3, 1)
        while joined > latest:
            joined = add_years(joined, -1)
        return joined

    def _person(self, slot: Slot, joined: date | None, left: date | None = None, left_as: str = "") -> Person:
        """A whole career; without `joined` it is reckoned back from retirement on about the day `left`."""
        sex = FEMALE if self.rng.random() < _FEMALE_SHARE[slot.stage] else MALE
        earlier = self.rng.randrange(2, 13) if self.rng.random() < 0.12 else 0
        if joined is None:
            born = self._birth_of_retired(left or self.history.today, sex)
            left = retirement_day(born, sex)
            schooling = self._schooling(slot, born.year + 22)
            began = date(born.year + self.rng.randrange(20, 25), 9, 1)
            joined = add_years(began, earlier)
        else:
            schooling = self._schooling(slot, joined.year)
            began = add_years(joined, -earlier)
            born = self._birth(began, schooling)
        name, ethnicity = person_name(self.rng, sex, born.year)
        person = Person(
            staff_no="",
            name=name,
            sex=sex,
            ethnicity=ethnicity,
            politics=self._politics(born, slot.post),
            born=born,
            schooling=schooling,
            degree=self._degree(schooling, born),
            stage=slot.stage,
            subject=slot.subject,
            category=slot.category,
            post=slot.post,
            quota_kind=self._quota_kind(slot, joined),
            began_work=began,
            began_teaching=began,
            joined=joined,
            schools=[],
            ranks=[],
            archetype=self._archetype(slot),
            left=left,
            left_as=left_as,
        )
        self._live(person, slot)
        return person

    def _live(self, person: Person, slot: Slot) -> None:
        """Fills in what changes over the years: schools, 职称, status, post."""
        person.schools = self._schools(slot, person)
        person.joined = person.schools[0][0]
        person.ranks = self._ranks(person)
        person.statuses = self._statuses(person)
        person.posts = self._posts(person)

    def _birth(self, began: date, schooling: str) -> date:
        age = {"研究生": 25, "本科": 22, "专科": 21}.get(schooling, 19) + self.rng.choice((0, 0, 0, 1, 1, 2))
        return date(began.year - age, self.rng.randrange(1, 13), self.rng.randrange(1, 29))

    def _birth_of_retired(self, left: date, sex: str) -> date:
        around = add_months(add_years(left, -_PENSION_AGE[sex]), -self.rng.randrange(1, 8))
        return around.replace(day=self.rng.randrange(1, 29))

    def _schooling(self, slot: Slot, year: int) -> str:
        if slot.category == "工勤":
            return self.rng.choice(("高中", "中专", "初中及以下"))
        levels = _SCHOOLING[slot.stage]
        drawn = self.rng.choices([label for label, _ in levels], [share for _, share in levels])[0]
        if year >= 2012 and drawn in ("专科", "中专") and slot.stage != PRESCHOOL:
            return "本科"
        if year >= 2014 and drawn == "本科" and self.rng.random() < 0.22:
            return "研究生"
        return drawn

    def _degree(self, schooling: str, born: date) -> str:
        if schooling == "研究生":
            return "博士" if self.rng.random() < 0.03 else "硕士"
        has_degree = schooling == "本科" and self.rng.random() < (0.95 if born.year >= 1980 else 0.45)
        return "学士" if has_degree else "" if self.rng.random() < 0.3 else "无"

    def _politics(self, born: date, post: str) -> str:
        if post.endswith(_HEADS):
            return "中共党员"
        young = self.history.today.year - born.year < 28
        return self.rng.choices(
            ("中共党员", "群众", "共青团员", "民主党派"), (36, 60, 40 if young else 0, 2)
        )[0]

    def _quota_kind(self, slot: Slot, joined: date) -> str:
        if slot.school.ownership == "民办":
            return "编外合同"
        if slot.category == "工勤":
            return self.rng.choice(("在编", "劳务派遣", "劳务派遣"))
        contract = 0.14 if joined.year >= 2015 else 0.02
        return "编外合同" if self.rng.random() < contract else "在编"

    def _archetype(self, slot: Slot) -> Archetype:
        if slot.category != "专任教师":
            return ARCHETYPES[-1]
        if slot.post.endswith(("校长", "园长", "教研员")) and self.rng.random() < 0.5:
            return ALL_ROUNDER
        return self.rng.choices(ARCHETYPES, [archetype.share for archetype in ARCHETYPES])[0]

    def _schools(self, slot: Slot, person: Person) -> Dated:
        """Where the person worked: the slot's school at the end, for a third another one before."""
        end, school = person.left or self.history.today, slot.school
        if school.code == self.taking_over and self.rng.random() < 0.42:
            if person.joined < self.history.merger < end:
                return [(person.joined, self.closing), (self.history.merger, school.code)]
            if end <= self.history.merger:
                return [(person.joined, self.closing)]
        moves: Dated = [(self._arrival(person.joined, school), school.code)]
        movable = person.category == "专任教师" and len(self._by_stage[slot.stage]) > 1
        for chance in (0.27, 0.12):
            first, last = max(person.joined, self.history.start), end
            years = [y for y in self.history.school_years if add_years(first, 3) < date(y, 9, 1) < last]
            if not movable or not years or self.rng.random() > chance:
                break
            moved = date(self.rng.choice(years), *self.rng.choice(((9, 1), (9, 1), (9, 1), (3, 1))))
            before = self.rng.choice(self._by_stage[slot.stage])
            opened = before.opened or person.joined
            later = all(abs((moved - since).days) > 700 for since, _ in moves[1:])
            if (
                before.code != moves[0][1]
                and opened <= person.joined
                and later
                and person.joined < moved < last
            ):
                moves = self._with_earlier_school(moves, before.code, moved, person.joined)
        return moves

    @staticmethod
    def _arrival(joined: date, school: School) -> date:
        return max(joined, school.opened) if school.opened else joined

    @staticmethod
    def _with_earlier_school(moves: Dated, school_code: str, moved: date, joined: date) -> Dated:
        if len(moves) > 1 and moved >= moves[1][0]:
            return moves
        return [(joined, school_code), (moved, moves[0][1]), *moves[1:]]

    def _ranks(self, person: Person) -> Dated:
        """职称 rises at the end of a year; how fast depends on schooling and merit."""
        if person.category == "工勤":
            return []
        rng, merit = self.rng, person.archetype.merit
        ranks: Dated = [(person.began_teaching, "未定级")]
        first = "三级" if person.schooling in ("专科", "中专", "高中") else "二级"
        when = add_months(person.began_teaching, 4 if person.schooling == "研究生" else 13)
        waits = {"三级": (4, 7), "二级": (5, 10), "一级": (6, 14), "高级": (9, 16)}
        slow = rng.random() < (0.42 if merit < 0.5 else 0.12)
        for rank in RANKS[RANKS.index(first) :]:
            ranks.append((date(when.year, 12, 20) if len(ranks) > 1 else when, rank))
            shortest, longest = waits.get(rank, (0, 0))
            stops = (rank == "高级" and rng.random() > 0.012 * (1 + 3 * merit)) or rank == "正高级"
            if stops or (slow and rank == "一级"):
                break
            when = add_years(when, max(shortest, round(rng.uniform(shortest, longest) - merit)))
        return _known_from(ranks, person.joined)

    def _statuses(self, person: Person) -> Dated:
        statuses: Dated = [(person.joined, "在岗")]
        kind, chance, months = self.rng.choices((("长假", 0.05, (4, 12)), ("借调", 0.02, (12, 24))), (7, 3))[
            0
        ]
        if self.rng.random() > chance:
            return statuses
        since = day_between(
            self.rng, max(person.joined, self.history.start) + timedelta(days=40), self.history.today
        )
        until = add_months(since, self.rng.randrange(months[0], months[1] + 1))
        last = person.left or self.history.today
        if since < last:
            statuses.append((since, kind))
            if until < last:
                statuses.append((until, "在岗"))
        return statuses

    def _posts(self, person: Person) -> Dated:
        """Heads were deputies until they were appointed; the others keep their post."""
        posts: Dated = [(person.joined, person.post)]
        appointed = date(self.history.current - self.rng.randrange(1, 9), 8, 20)
        if person.post in ("校长", "园长") and person.joined < appointed < (
            person.left or self.history.today
        ):
            return [(person.joined, f"副{person.post}"), (appointed, person.post)]
        return posts


def _known_from(history: Dated, joined: date) -> Dated:
    """The history as the register sees it: what was reached elsewhere stands from the arrival on."""
    before = [value for since, value in history if since <= joined]
    return [(joined, before[-1] if before else history[0][1]), *((s, v) for s, v in history if s > joined)]


def certificate_kind(stage: str) -> str:
    """教师资格种类 that goes with a stage."""
    return _CERTIFICATE[stage]
