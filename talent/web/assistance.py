"""帮扶支教 over a year: who is away when, by person, by sending school and by host; overlaps and gaps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from talent.assistance import calendar
from talent.assistance.calendar import OfPerson, OfPlace, Spell
from talent.assistance.queries import READ, Away, YearAway, spells_of_year
from talent.core.terms import ASSISTANCE
from talent.web import kit
from talent.web.kit.words import labels
from talent.web.ledgers import tabs
from talent.web.links import link_to, person_url
from talent.web.pictures.year import Bar
from talent.web.security import open_read, permission, today

pages = Blueprint("assistance", __name__, url_prefix="/assistance")

#: Kind of assistance → its colour, as on the board.
TONES = {"paired": "s2", "community": "s4"}
YEARS_BACK = 10
OVERLAP, GAP, DAY = "overlap", "gap", "day"
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class PersonYear:
    """A person's row: the bars of their strip, and the same in words."""

    who: Away
    url: str
    year: OfPerson
    bars: Sequence[Bar]
    overlaps: Sequence[tuple[date, date]]
    gaps: Sequence[tuple[date, date]]


@dataclass(frozen=True, slots=True)
class PlaceYear:
    """A school's or host's row: how many people in each month, with the address of who they are."""

    place: OfPlace
    url: str
    months: Sequence[tuple[int, int, str]]


@pages.get("/calendar")
@permission(READ)
def by_person() -> str:
    """Everybody away in a year, each with their spells."""
    seen = _seen()
    rows = _narrowed(calendar.by_person(seen.spells, seen.year), seen.filters["only"])
    shown = seen.asked.page([_person_row(seen, row) for row in _cut(rows, seen.asked)], len(rows))
    return render_template("assistance/people.html", **_frame(seen, "by_person"), page=shown, kinds=labels(ASSISTANCE),
                           schools=seen.found.schools, link_to=link_to)


@pages.get("/calendar/schools")
@permission(READ)
def by_school() -> str:
    """How many each school sends, month by month."""
    return _places("by_school", "school", attrgetter("school"))


@pages.get("/calendar/hosts")
@permission(READ)
def by_host() -> str:
    """How many each host has, month by month."""
    return _places("by_host", "host", attrgetter("host"))


# ── what is looked at ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Seen:
    """The year looked at: what was found of it, and of that what the filters leave."""

    year: int
    on: date
    filters: kit.Filters
    asked: kit.Asked
    found: YearAway
    spells: Sequence[Spell]


def _seen(overlaps: bool = True) -> Seen:
    on, words = kit.as_of(today()).on, request.args.get("q", "").strip()[:80]
    years = [(str(year), gettext("%(year)s 年", year=year)) for year in range(on.year + 1, on.year - YEARS_BACK, -1)]
    asked_year = request.args.get("year", "")
    year = int(asked_year) if asked_year in dict(years) else on.year
    with open_read() as work:
        found = spells_of_year(work, year, on, words)
    filters = kit.Filters.read(_offered(found, years, overlaps))
    kept = _kept(found.spells, filters, year)
    if filters["only"] == DAY:
        kept = calendar.on_day(kept, on)
    return Seen(year, on, filters, kit.asked_page(), found, kept)


def _offered(found: YearAway, years: list[tuple[str, str]], overlaps: bool) -> list[kit.Filter]:
    """Schools and hosts are offered as the year has them; overlaps are a person's, not a place's."""
    hosts = sorted({each.host for each in found.spells})
    only = [(OVERLAP, gettext("有重叠的"))] * overlaps + [(GAP, gettext("有间隔的")), (DAY, gettext("当天在外的"))]
    offered = [
        kit.Filter("q", gettext("姓名、拼音或工号")),
        kit.Filter("year", gettext("年份"), years),
        kit.Filter("school", gettext("派出学校"), sorted(found.schools.items())),
        kit.Filter("host", gettext("受援单位"), [(host, host) for host in hosts]),
        kit.Filter("kind", gettext("类型"), list(labels(ASSISTANCE).items())),
        kit.Filter("month", gettext("月份"), [(str(n), gettext("%(n)s月", n=n)) for n in calendar.MONTHS]),
        kit.Filter("only", gettext("看什么"), only),
    ]
    return [item for item in offered if item.options or item.name == "q"]


def _kept(spells: Sequence[Spell], filters: kit.Filters, year: int) -> list[Spell]:
    kept = [each for each in spells if each.school == (filters["school"] or each.school)
            and each.host == (filters["host"] or each.host) and each.kind == (filters["kind"] or each.kind)]
    return calendar.in_month(kept, year, int(filters["month"])) if filters["month"] else kept


def _narrowed(rows: list[OfPerson], only: str) -> list[OfPerson]:
    """The rows with an overlap, or with a gap; all where neither is asked for."""
    return [row for row in rows if (only != OVERLAP or row.overlaps) and (only != GAP or row.gaps)]


def _query(seen: Seen) -> dict[str, Any]:
    """What was asked for, by the names these pages know, so that another way of looking shows the same."""
    return {**seen.filters.chosen, "year": seen.year, "on": seen.on.isoformat()}


def _cut(rows: Sequence[Row], asked: kit.Asked) -> Sequence[Row]:
    return rows[asked.offset:asked.offset + asked.size]


# ── the rows ─────────────────────────────────────────────────────────────────────────────────────────────────


def _frame(seen: Seen, here: str) -> dict[str, Any]:
    """What the three pages share."""
    everybody = calendar.by_person(seen.spells, seen.year)
    query = _query(seen)
    ways = [("by_person", gettext("按人")), ("by_school", gettext("按派出学校")), ("by_host", gettext("按受援单位"))]
    return {
        "year": seen.year, "on": seen.on, "filters": seen.filters, "tabs": tabs("assistance.by_person"),
        "ways": [{"label": label, "url": url_for(f".{way}", **query), "current": way == here} for way, label in ways],
        "count": len(everybody), "overlapping": sum(bool(row.overlaps) for row in everybody),
        "with_gap": sum(bool(row.gaps) for row in everybody),
        "tones": [(TONES[kind], word) for kind, word in labels(ASSISTANCE).items()],
        "overlap_url": url_for(".by_person", **{**query, "only": OVERLAP}),
        "gap_url": url_for(".by_person", **{**query, "only": GAP}),
    }


def _person_row(seen: Seen, row: OfPerson) -> PersonYear:
    who, window = seen.found.people[row.person_id], calendar.year_of(seen.year)
    bars = [Bar(each.started_on, min(each.last, window.last), TONES[each.kind], each.host,
                each.started_on > seen.on) for each in row.spells]
    twice, between = ([(days.first, days.last) for days in found] for found in (row.overlaps, row.gaps))
    return PersonYear(who, person_url(who.staff_no), row, bars, twice, between)


def _places(way: str, name: str, place_of: Callable[[Spell], str]) -> str:
    seen = _seen(overlaps=False)
    rows = calendar.by_place(seen.spells, seen.year, place_of)
    if seen.filters["only"] == GAP:
        rows = [row for row in rows if row.gaps]
    shown = [_place_row(seen, name, row) for row in _cut(rows, seen.asked)]
    return render_template("assistance/places.html", **_frame(seen, way), by=name, schools=seen.found.schools,
                           page=seen.asked.page(shown, len(rows)))


def _place_row(seen: Seen, name: str, place: OfPlace) -> PlaceYear:
    query = {**_query(seen), name: place.name, "only": None}
    months = [(month, len(people), url_for(".by_person", **{**query, "month": month}))
              for month, people in enumerate(place.months, 1)]
    return PlaceYear(place, url_for(".by_person", **query), months)
