"""Training hours from the records: everybody's on a date, one person's views, and the records as lines.

Sums are made by the database in one grouped statement whatever the number of people; what counts is decided by
:mod:`talent.training.rules`. Hours are hundredths.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, not_, select
from sqlalchemy.orm import Session

from talent.core.periods import ONE_DAY, Period
from talent.core.work import Work
from talent.people.models import Employment, Person
from talent.people.queries import in_service_on, within
from talent.people.service import LONG_LEAVE, Spell, served
from talent.policy.errors import NotInForce
from talent.training.models import Training
from talent.training.rules import (
    HoursPolicy,
    HoursRecord,
    HoursView,
    cycle_of,
    cycle_target,
    hours_view,
    meets_evaluation,
    months_served,
    sums_by_level,
    window_of,
)

READ = "hours:read"
Sums = Mapping[str, int]


# ── sums ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Window:
    """The days to count, and the policy that says which results do."""

    period: Period
    policy: HoursPolicy


def sums_in(
    session: Session, windows: Sequence[Window], whose: ColumnElement[bool] | None = None
) -> dict[int, list[Sums]]:
    """Person → recognised hours by level, one mapping per window; persons without any are absent. One statement."""
    sums = [func.sum(case((_counts(window), Training.hours_hundredths), else_=0)).label(f"w{place}")
            for place, window in enumerate(windows)]
    statement = (
        select(Training.person_id, Training.level, *sums)
        .where(Training.state == "recognised", *_span(windows))
        .group_by(Training.person_id, Training.level)
    )
    found: dict[int, list[Sums]] = defaultdict(lambda: [{} for _ in windows])
    for person_id, level, *hours in session.execute(statement if whose is None else statement.where(whose)):
        for place, value in enumerate(hours):
            found[person_id][place] = {**found[person_id][place], level: int(value)}
    return dict(found)


def evaluation_hours(work: Work, on: date, person_ids: Collection[int] | None = None) -> dict[int, int]:
    """Person → hours of the evaluation view on ``on``; 0 with records of which none counts, absent without any
    record that had ended by then. Two statements; the caller has settled whom the actor may see.
    """
    policy = HoursPolicy.in_force(work.book, on)
    window = Window(window_of("evaluation", on, policy), policy)
    sums = sums_in(work.session, [window], None if person_ids is None else Training.person_id.in_(person_ids))
    trained = select(Person.id).where(_recorded_by(on))
    if person_ids is not None:
        trained = trained.where(Person.id.in_(person_ids))
    return {person: hours_view("evaluation", sums[person][0], policy).hours if person in sums else 0
            for person in work.session.scalars(trained)}


def _recorded_by(on: date) -> ColumnElement[bool]:
    """Whether the person of a query has any record that had ended by the day."""
    return select(Training.id).where(Training.person_id == Person.id, Training.ended_on <= on).exists()


def reaching(policy: HoursPolicy, on: date) -> Select[int]:
    """The persons whose hours of the evaluation view reach the minimum on ``on``, as a query to count or filter by."""
    window = Window(window_of("evaluation", on, policy), policy)
    return (
        select(Training.person_id)
        .where(Training.state == "recognised", _counts(window),
               Training.level.in_(sorted(policy.levels.counted_in("evaluation"))))
        .group_by(Training.person_id).having(func.sum(Training.hours_hundredths) >= policy.evaluation_minimum)
    )


def falls_short(policy: HoursPolicy, on: date) -> ColumnElement[bool]:
    """The person of a query is not among those of :func:`reaching`; looked up person by person, by their own index."""
    return not_(reaching(policy, on).where(Training.person_id == Person.id).correlate(Person).exists())


def _counts(window: Window) -> ColumnElement[bool]:
    return and_(*_ends_in(window.period), Training.result.not_in(window.policy.discarded_results))


def _ends_in(period: Period) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if period.start is not None:
        conditions.append(Training.ended_on >= period.start)
    if period.end is not None:
        conditions.append(Training.ended_on < period.end)
    return conditions


def _span(windows: Sequence[Window]) -> list[ColumnElement[bool]]:
    """From the first day of any window to the last, so that the index on the end date is of use."""
    starts = [window.period.start or date.min for window in windows]
    ends = [window.period.end or date.max for window in windows]
    return _ends_in(Period(min(starts), max(ends)))


# ── everybody ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class HoursRow:
    """One person's hours on a date, in hundredths; None without any record that had ended by then, never 0."""

    person_id: int
    staff_no: str
    rolling_hours: int | None
    meets_360: bool | None
    cycle_hours: int | None
    cycle_target: int

    def as_json(self) -> dict[str, Any]:
        """In hours, as the JSON of ``talent hours`` writes them."""
        return {
            "staff_no": self.staff_no, "rolling_hours": in_hours(self.rolling_hours), "meets_360": self.meets_360,
            "cycle_hours": in_hours(self.cycle_hours), "cycle_target": in_hours(self.cycle_target),
        }


def in_hours(hundredths: int | None) -> int | float | None:
    """A JSON number of hours: 43600 → 436, 7450 → 74.5. Nothing is computed with it afterwards."""
    if hundredths is None:
        return None
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def hours(work: Work, on: date) -> list[HoursRow]:
    """Everybody in service on ``on`` whom the actor may see, by staff number; three statements.

    Raises ``NotInForce`` for a date before the policy begins.
    """
    scope = work.require(READ)
    policy = HoursPolicy.in_force(work.book, on)
    people = work.session.execute(
        select(Person.id, Person.staff_no, _recorded_by(on).label("recorded"))
        .join(Employment, Employment.person_id == Person.id)
        .where(in_service_on(on), within(scope)).order_by(Person.staff_no)
    ).all()
    everyone = scope.everyone
    ids = [person.id for person in people]
    spells = spells_of(work.session, on, None if everyone else Employment.person_id.in_(ids))
    windows = [Window(window_of("evaluation", on, policy), policy), Window(window_of("cycle", on, policy), policy)]
    sums = sums_in(work.session, windows, None if everyone else Training.person_id.in_(ids))
    return [_hours_row(person, sums.get(person.id, [{}, {}]), spells[person.id], on, policy) for person in people]


def _hours_row(person: Any, sums: Sequence[Sums], spells: Iterable[Spell], on: date, policy: HoursPolicy) -> HoursRow:
    target = target_of(spells, on, policy)
    if not person.recorded:
        return HoursRow(person.id, person.staff_no, None, None, None, target)
    rolling = hours_view("evaluation", sums[0], policy).hours
    return HoursRow(person.id, person.staff_no, rolling, meets_evaluation(rolling, policy),
                    hours_view("cycle", sums[1], policy).hours, target)


def spells_of(session: Session, on: date, whose: ColumnElement[bool] | None = None) -> dict[int, list[Spell]]:
    """Person → the employments that had begun by ``on``; one statement."""
    statement = select(Employment.person_id, Employment.valid_from, Employment.valid_to, Employment.status,
                       Employment.left_on).where((Employment.valid_from.is_(None)) | (Employment.valid_from <= on))
    spells: dict[int, list[Spell]] = defaultdict(list)
    for row in session.execute(statement if whose is None else statement.where(whose)):
        spells[row.person_id].append(Spell(row.valid_from, row.valid_to, row.status, row.left_on))
    return spells


def target_of(spells: Iterable[Spell], on: date, policy: HoursPolicy) -> int:
    """The hours owed in the cycle of ``on``: long leave is out, what follows the date counts as served."""
    return cycle_target(months_served(served(spells, without=(LONG_LEAVE,)), on, policy), policy)


# ── one person ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CycleHours:
    """One cycle: the whole of it, what counts by the day looked at, and what is owed in all of it."""

    cycle: Period
    view: HoursView
    target: int


@dataclass(frozen=True, slots=True)
class PersonHours:
    """Both views of one person on a date. ``last`` None: not in service in the cycle before."""

    window: Period
    evaluation: HoursView
    current: CycleHours
    last: CycleHours | None
    policy: HoursPolicy

    @property
    def met(self) -> bool:
        """Whether the evaluation view reaches the minimum."""
        return meets_evaluation(self.evaluation.hours, self.policy)

    @property
    def missing(self) -> int:
        """Hours short of the minimum of the evaluation view, 0 when it is reached."""
        return max(0, self.policy.evaluation_minimum - self.evaluation.hours)


def shortfall(work: Work, person_id: int, on: date) -> int:
    """Hours short of the minimum of the evaluation view, 0 when it is reached; one statement.

    The caller has checked that the actor may see the person. Raises ``NotInForce`` before the policy begins.
    """
    policy = HoursPolicy.in_force(work.book, on)
    window = Window(window_of("evaluation", on, policy), policy)
    sums = sums_in(work.session, [window], Training.person_id == person_id).get(person_id, [{}])
    return max(0, policy.evaluation_minimum - hours_view("evaluation", sums[0], policy).hours)


def evaluation_of(work: Work, records: Collection[HoursRecord], on: date) -> int | None:
    """As :func:`evaluation_hours` for one person, whose records that had ended by ``on`` are known already."""
    policy = HoursPolicy.in_force(work.book, on)
    sums = sums_by_level(records, window_of("evaluation", on, policy), policy)
    return hours_view("evaluation", sums, policy).hours if records else None


def hours_of_records(work: Work, records: Iterable[HoursRecord], spells: Sequence[Spell], on: date) -> PersonHours:
    """The views of one person, whose records and employments are known already.

    The caller has checked that the actor may see the person. Raises ``NotInForce`` before the policy begins.
    """
    policy, known = HoursPolicy.in_force(work.book, on), list(records)
    before = (cycle_of(on, policy).start or on) - ONE_DAY
    earlier = _policy_of(work, before) or policy
    windows = [
        Window(window_of("evaluation", on, policy), policy), Window(window_of("cycle", on, policy), policy),
        Window(cycle_of(before, earlier), earlier),
    ]
    sums = [sums_by_level(known, window.period, window.policy) for window in windows]
    last = _cycle(sums[2], spells, before, earlier)
    return PersonHours(windows[0].period, hours_view("evaluation", sums[0], policy),
                       _cycle(sums[1], spells, on, policy), last if last.target or last.view.recorded else None, policy)


def _policy_of(work: Work, on: date) -> HoursPolicy | None:
    """The policy of a day, None before the book begins."""
    try:
        return HoursPolicy.in_force(work.book, on)
    except NotInForce:
        return None


def _cycle(sums: Sums, spells: Iterable[Spell], on: date, policy: HoursPolicy) -> CycleHours:
    return CycleHours(cycle_of(on, policy), hours_view("cycle", sums, policy), target_of(spells, on, policy))


# ── records as lines ─────────────────────────────────────────────────────────────────────────────────────────


def record_lines(person_id: int, on: date) -> Select[*tuple[Any, ...]]:
    """The person's training that had ended by ``on``, in the columns all kinds of records share; ``detail`` is the
    result."""
    return select(
        literal("training").label("kind"), Training.id.label("id"), Training.ended_on.label("on"),
        Training.name.label("name"), Training.level.label("level"), Training.result.label("detail"),
        Training.hours_hundredths.label("hours"), Training.state.label("state"),
    ).where(Training.person_id == person_id, Training.ended_on <= on)


def records_of(lines: Iterable[Any]) -> list[HoursRecord]:
    """Lines of training as the rules take them."""
    return [HoursRecord(line.level, line.on, line.hours, result=line.detail, state=line.state) for line in lines]
