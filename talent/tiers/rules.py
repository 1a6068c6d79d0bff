"""Titles in force and the tower they form (rules §1). Whether somebody may apply is in :mod:`.eligibility`.

A title is in force on a date when its term holds the date, its latest state by then is 在任, and its
holder has not left since the term began and is in service.  Nothing later than the date is looked at, so a
past date keeps its answer.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from talent.core.periods import ONE_DAY, Period, add_months, whole_years
from talent.policy.tables import CultivationScope, TierTable

IN_OFFICE = "in_office"


@dataclass(frozen=True, slots=True)
class StateFact:
    """A state a title took; without a day it holds from the term's first day."""

    state: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class TitleFact:
    """One term of one title. ``term_to`` is the last day, None when the document gives none.

    ``away`` are the periods in which the holder was not in service; each begins with a 离岗日期, save one
    without a beginning: the time before the person came.
    """

    staff_no: str
    tier: str
    term_from: date
    term_to: date | None = None
    states: tuple[StateFact, ...] = ()
    away: tuple[Period, ...] = ()
    subject: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Pyramid:
    """Holders by tower tier (each person once, at the highest) and by honour beside it; codes in table order.

    ``people`` are the distinct persons with any title in force.
    """

    tower: Mapping[str, int]
    beside: Mapping[str, int]
    people: int


def term_end(title: TitleFact, table: TierTable) -> date | None:
    """The last day of the term; an empty one follows from the tier's months, None = open."""
    months = table.row(title.tier).term_months
    if title.term_to is not None or months is None:
        return title.term_to
    return add_months(title.term_from, months) - ONE_DAY


def state_on(title: TitleFact, on: date) -> str:
    """The latest state on or before ``on``; of two of one day the one recorded later, none at all is 在任."""
    known = [(state.on or title.term_from, place, state.state) for place, state in enumerate(title.states)]
    return max((entry for entry in known if entry[0] <= on), default=(on, 0, IN_OFFICE))[2]


def ended_by_leaving(title: TitleFact, on: date) -> bool:
    """Whether the holder is out of service on ``on``, or left between the term's first day and then."""
    return any(
        period.contains(on) or (period.start is not None and title.term_from <= period.start <= on)
        for period in title.away
    )


def is_in_force(title: TitleFact, on: date, table: TierTable) -> bool:
    """Whether the title is held on ``on``; a tier the table does not know raises ``KeyError``."""
    end = term_end(title, table)
    return (
        title.term_from <= on
        and (end is None or on <= end)
        and state_on(title, on) == IN_OFFICE
        and not ended_by_leaving(title, on)
    )


def spans(title: TitleFact, table: TierTable) -> tuple[Period, ...]:
    """The periods in which the title is held: what :func:`is_in_force` says, for every date at once."""
    end = term_end(title, table)
    stops = [period.start for period in title.away if period.start is not None and period.start >= title.term_from]
    stop = min([*stops, *([] if end is None else [end + ONE_DAY])], default=None)
    if stop is not None and stop <= title.term_from:
        return ()
    rest: tuple[Period, ...] = (Period(title.term_from, stop),)
    for hole in (*title.away, *(_out_of_office(title) if title.states else ())):
        rest = tuple(piece for part in rest for piece in _without(part, hole))
    return rest


def _out_of_office(title: TitleFact) -> Iterator[Period]:
    """The periods whose latest state is another than 在任."""
    changes = sorted((state.on or title.term_from, place, state.state) for place, state in enumerate(title.states))
    following = [change[0] for change in changes[1:]]
    for (start, _place, state), end in zip_longest(changes, following):
        if state != IN_OFFICE and start != end:
            yield Period(start, end)


def _without(part: Period, hole: Period) -> Iterator[Period]:
    """What is left of ``part``, before the hole and after it."""
    common = part.intersect(hole)
    if common is None:
        yield part
        return
    if common.start != part.start:
        yield Period(part.start, common.start)
    if common.end != part.end:
        yield Period(common.end, part.end)


def in_force(titles: Iterable[TitleFact], on: date, table: TierTable) -> tuple[TitleFact, ...]:
    """The titles held on ``on``, in the order given."""
    return tuple(title for title in titles if is_in_force(title, on, table))


def highest(titles: Iterable[TitleFact], on: date, table: TierTable) -> dict[str, str]:
    """Person → the highest tower tier held on ``on``; persons with none are absent."""
    return _highest(in_force(titles, on, table), table)


def _highest(held: Iterable[TitleFact], table: TierTable) -> dict[str, str]:
    best: dict[str, str] = {}
    for title in held:
        rank = table.rank(title.tier)
        if rank > (table.rank(best[title.staff_no]) if title.staff_no in best else 0):
            best[title.staff_no] = title.tier
    return best


def pyramid(titles: Iterable[TitleFact], on: date, table: TierTable) -> Pyramid:
    """The tower on ``on``, and what stands beside it."""
    return tower_of(in_force(titles, on, table), table)


def tower_of(held: Collection[TitleFact], table: TierTable) -> Pyramid:
    """The tower of titles that are known to be held."""
    tower = Counter(_highest(held, table).values())
    honours = Counter(tier for _, tier in {(title.staff_no, title.tier) for title in held})
    return Pyramid(
        tower={row.code: tower[row.code] for row in table.tower},
        beside={row.code: honours[row.code] for row in table.beside},
        people=len({title.staff_no for title in held}),
    )


def backbone(titles: Iterable[TitleFact], on: date, table: TierTable) -> frozenset[str]:
    """县级以上骨干 on ``on``: the persons who hold a title with that flag, each once."""
    return frozenset(title.staff_no for title in in_force(titles, on, table) if title.tier in table.backbone)


def arts_heads(
    titles: Iterable[TitleFact], on: date, table: TierTable, scope: CultivationScope, subjects: Iterable[str]
) -> frozenset[str]:
    """艺术学科带头人: holders on ``on`` of a tower tier high enough, in one of the arts ``subjects``."""
    tiers, arts = table.at_least(scope.heads_at_least), frozenset(subjects)
    held = in_force(titles, on, table)
    return frozenset(title.staff_no for title in held if title.tier in tiers and title.subject in arts)


def arts_backbone(
    titles: Iterable[TitleFact],
    on: date,
    table: TierTable,
    scope: CultivationScope,
    subjects: Iterable[str],
    born: Mapping[str, date],
) -> frozenset[str]:
    """中青年艺术骨干: holders of any title in one of the arts, not above the age; unknown births are out."""
    arts, held = frozenset(subjects), in_force(titles, on, table)
    return frozenset(
        title.staff_no
        for title in held
        if title.subject in arts
        and title.staff_no in born
        and whole_years(born[title.staff_no], on) <= scope.backbone_maximum_age
    )
