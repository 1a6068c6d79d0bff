"""Assistance in money before the year is over: what each school will come to, who makes it up, and how (算账单)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import gettext

from talent.core.errors import Finding
from talent.core.work import Work
from talent.exchange import nomination_lists
from talent.pay.budgets import queries, rules
from talent.pay.budgets.queries import Seen, Who
from talent.pay.budgets.rules import OfSchool, Place
from talent.pay.conventions import WHOLE_MONTHS
from talent.pay.facts import YEARLY_AMOUNT
from talent.web import kit, receipt
from talent.web.assistance import pages
from talent.web.ledgers import tabs
from talent.web.links import person_url
from talent.web.pictures import Column, Part
from talent.web.refusals import worded
from talent.web.security import current_actor, open_read, permission, today
from talent.web.templating import money

#: What the people are narrowed to: those a nomination brings or changes, those whose absences could not be taken off.
ASKED, UNCOUNTED = "asked", "uncounted"

#: More are told once the first are mended.
MOST_FINDINGS = 50


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school with its sums, and the addresses of who makes them up."""

    sums: OfSchool
    name: str
    url: str
    asked_url: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A person at a school, by the records and with the nominations."""

    who: Who
    school: str
    place: Place
    months: str
    days: int
    url: str
    asked_url: str


# ── what is looked at ────────────────────────────────────────────────────────────────────────────────────────


def asked_year(work: Work, on: date) -> int:
    """``?year=`` among those offered, else the one after that of the date."""
    asked = request.args.get("year", "")
    return int(asked) if asked in dict(years(work, on)) else on.year + 1


def years(work: Work, on: date) -> list[tuple[str, str]]:
    """The next year, then back to the first that has a standard."""
    first = work.book.first_date(YEARLY_AMOUNT).year
    return [(str(year), gettext("%(year)s 年", year=year)) for year in range(max(on.year + 1, first), first - 1, -1)]


def seen_on(work: Work, year: int, on: date) -> Seen:
    """The forecast of a year with the nominations of the day."""
    return queries.forecast(work, year, on, nomination_lists.asked_on(work, on))


def frame(seen: Seen, on: date, here: str) -> dict[str, Any]:
    """What the pages of a forecast share."""
    values = seen.parameters
    return {"year": seen.forecast.year, "on": on, "tabs": tabs(here), "parameters": receipt.parameters(
                values, None, seen.forecast.year), "source": receipt.common_source(values),
            "assumed": sum(value["basis"] == "assumed" for value in values),
            "convention": receipt.convention_name(seen.forecast.terms.convention.value)}


# ── by school ────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/forecast")
@permission(queries.READ)
def forecast() -> str:
    """A year's people and sums by sending school."""
    on, asked = kit.as_of(today()).on, kit.asked_page()
    with open_read() as work:
        year = asked_year(work, on)
        year_tabs = _year_tabs(work, year, on)
        seen = seen_on(work, year, on)
    rows = [_school_row(seen, sums, on) for sums in seen.forecast.schools()]
    whole = rules.summed("", seen.forecast.places)
    return render_template(
        "forecast/index.html", **frame(seen, on, "assistance.forecast"), year_tabs=year_tabs, whole=whole,
        facts=_facts(seen, whole, on), page=asked.page(rows[asked.offset:asked.offset + asked.size], len(rows)),
        columns=_columns(seen, on), heads=_parts(), tones=list(zip(TONES, _parts(), strict=True)),
        findings=_said(seen.forecast.findings)[:MOST_FINDINGS], uncounted=len(seen.forecast.uncounted),
        uncounted_url=people_url(seen, on, of=UNCOUNTED))


def _year_tabs(work: Work, here: int, on: date) -> list[dict[str, Any]]:
    return [{"label": label, "url": url_for(".forecast", year=year, on=on.isoformat()), "current": year == str(here)}
            for year, label in years(work, on)]


def people_url(seen: Seen, on: date, **more: Any) -> str:
    """The people of the forecast, narrowed."""
    return url_for("assistance.forecast_people", year=seen.forecast.year, on=on.isoformat(), **more)


def _school_row(seen: Seen, sums: OfSchool, on: date) -> SchoolRow:
    return SchoolRow(sums, seen.names[sums.code], people_url(seen, on, school=sums.code),
                     people_url(seen, on, school=sums.code, of=ASKED))


def _facts(seen: Seen, whole: OfSchool, on: date) -> list[dict[str, Any]]:
    everybody, asked = people_url(seen, on), people_url(seen, on, of=ASKED)
    return [
        {"label": gettext("按记录的人数"), "value": f"{whole.people:,}", "unit": gettext("人"), "href": everybody,
         "note": gettext("没有写结束日期的算到年底")},
        {"label": gettext("按记录的金额"), "value": money(whole.fen), "unit": gettext("元"), "href": everybody,
         "note": gettext("与核算同一套规则，算到分")},
        {"label": gettext("待批提名涉及"), "value": f"{whole.changed:,}", "unit": gettext("人"), "href": asked,
         "note": gettext("增加、延长、提前返回都在内")},
        {"label": gettext("全部批准再加"), "value": money(whole.more_fen), "unit": gettext("元"), "href": asked,
         "note": gettext("另列，没有算进左边")},
        {"label": gettext("合计"), "value": money(whole.total_fen), "unit": gettext("元"), "href": everybody,
         "note": gettext("提名都照学校所提批准时")},
    ]


#: Parts of a month's column, from the ground up.
TONES = ("s2", "s5", "s0")


def _parts() -> list[str]:
    return [gettext("按记录"), gettext("提名增加"), gettext("提名减少")]


def _columns(seen: Seen, on: date) -> list[Column]:
    """People whose month counts, month by month; each part opens them."""
    found = []
    for month, (known, more) in enumerate(seen.forecast.months(), 1):
        less = max(-more, 0)
        counts = (known - less, max(more, 0), less)
        found.append(Column(gettext("%(n)s月", n=month), [
            Part(tone, count, label, people_url(seen, on, month=month, **({"of": ASKED} if place else {})))
            for place, (tone, count, label) in enumerate(zip(TONES, counts, _parts(), strict=True))],
            gettext("%(n)s月", n=month)))
    return found


def _said(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """What stands against a sum; the appraisal of a year that is not over is not wanted yet."""
    return [{"level": each.level, "text": reason, "hint": hint}
            for each in findings if each.level == "error" for reason, hint in [worded(each)]]


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/forecast/people")
@permission(queries.READ)
def forecast_people() -> str:
    """Who makes the sums up, each opening how."""
    on, asked = kit.as_of(today()).on, kit.asked_page()
    with open_read() as work:
        seen = seen_on(work, asked_year(work, on), on)
        filters = kit.Filters.read(_offered(work, seen, on))
        places = _narrowed(seen, filters)
        shown = places[asked.offset:asked.offset + asked.size]
        known = queries.people(work, seen, shown)
    rows = [_place_row(seen, known, place, on) for place in shown]
    return render_template("forecast/people.html", **frame(seen, on, "assistance.forecast"), filters=filters,
                           page=asked.page(rows, len(places)), sums=rules.summed("", places),
                           back=url_for(".forecast", year=seen.forecast.year, on=on.isoformat()))


def _offered(work: Work, seen: Seen, on: date) -> list[kit.Filter]:
    months = [(str(month), gettext("%(n)s月", n=month)) for month in range(1, 13)]
    of = [(ASKED, gettext("提名涉及的"))]
    if seen.forecast.uncounted:
        of.append((UNCOUNTED, gettext("缺勤没有扣的")))
    offered = [kit.Filter("year", gettext("年份"), years(work, on)),
               kit.Filter("school", gettext("派出学校"), sorted(seen.names.items())),
               kit.Filter("month", gettext("计入的月份"), months),
               kit.Filter("of", gettext("看什么"), of)]
    return [item for item in offered if item.options]


def _narrowed(seen: Seen, filters: kit.Filters) -> list[Place]:
    month = int(filters["month"] or 0)

    def counts(place: Place) -> bool:
        months = [rules.counted_months(line) for line in (place.known, place.then) if line]
        return not month or any(month in each for each in months)

    return [place for place in seen.forecast.places
            if place.school_code == (filters["school"] or place.school_code) and counts(place)
            and (filters["of"] != ASKED or place.is_changed)
            and (filters["of"] != UNCOUNTED or place.staff_no in seen.forecast.uncounted)]


def _place_row(seen: Seen, known: dict[str, Who], place: Place, on: date) -> PlaceRow:
    line = place.known or place.then
    assert line is not None, "a place has one of the two"
    url = url_for(".forecast_receipt", staff_no=place.staff_no, code=place.school_code, year=seen.forecast.year,
                  on=on.isoformat())
    asked_url = f"{url}&of={ASKED}" if place.is_changed and place.then is not None else ""
    return PlaceRow(known[place.staff_no], seen.names[place.school_code], place, receipt.month_ranges(line.months),
                    line.days, url if place.known else asked_url, asked_url)


# ── one receipt ──────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/forecast/<staff_no>/<code>")
@permission(queries.READ)
def forecast_receipt(staff_no: str, code: str) -> str:
    """How one person's sum at one school comes about, as on the receipt of a year that is paid."""
    on = kit.as_of(today()).on
    with open_read() as work:
        seen = seen_on(work, asked_year(work, on), on)
        view = queries.receipt(work, seen, staff_no, code, with_asked=request.args.get("of") == ASKED)
    g.nav_entry = "pay.index"
    return render_template(
        "forecast/receipt.html", **frame(seen, on, "assistance.forecast"), view=view, formula=receipt.formula(view),
        rounding=receipt.rounding(view), months=receipt.months(view), whole_months=view.convention in WHOLE_MONTHS,
        absent=sum(row["absent_workdays"] for row in view.receipt["months"]), findings=_said(view.findings),
        person_url=person_url(staff_no) if current_actor().may("person:read") else "",
        other_url=kit.url_with(of=None if view.with_asked else ASKED),
        back=people_url(seen, on, school=code))
