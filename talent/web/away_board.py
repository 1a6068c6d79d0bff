"""Assistance at a glance: who is where on a day, by host and programme; what this year and the next come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext

from talent.assistance import calendar
from talent.assistance.calendar import Spell
from talent.assistance.queries import spells_of_year
from talent.core.terms import ASSISTANCE
from talent.pay.budgets import balances as books
from talent.pay.budgets import queries, rules
from talent.web import forecast, kit
from talent.web.assistance import DAY, TONES, pages
from talent.web.kit.words import labels
from talent.web.ledgers import tabs
from talent.web.pictures import Column, Part
from talent.web.security import open_read, permission, today
from talent.web.templating import money


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host on the day: people by programme, each number with the address of who they are."""

    host: str
    people: int
    url: str
    by_kind: Sequence[tuple[str, int, str]]


@pages.get("/board")
@permission(queries.READ)
def away_board() -> str:
    """People by host and programme on a day, people month by month, and the money of this year and the next."""
    on = kit.as_of(today()).on
    with open_read() as work:
        spells = spells_of_year(work, on.year, on).spells
        following = forecast.seen_on(work, on.year + 1, on)
        booked = books.balances(work, on.year, on)
    there = calendar.on_day(spells, on)
    return render_template(
        "assistance/board.html", on=on, tabs=tabs("assistance.away_board"), facts=_facts(there, booked, following, on),
        hosts=_hosts(there, on), kinds=list(labels(ASSISTANCE).items()), columns=_columns(spells, on),
        key=[(TONES[kind], word) for kind, word in labels(ASSISTANCE).items()],
        all_url=_people_url(on, only=DAY), count=len({each.person_id for each in there}),
        totals=_totals(there, on), uncounted=len(following.forecast.uncounted),
        uncounted_url=forecast.people_url(following, on, of=forecast.UNCOUNTED))


def _people_url(on: date, **more: Any) -> str:
    return url_for("assistance.by_person", year=on.year, on=on.isoformat(), **more)


def _counted(spells: Sequence[Spell], on: date, **more: Any) -> list[tuple[str, int, str]]:
    """(programme, people, their address) of spells of the day."""
    found = []
    for kind in labels(ASSISTANCE):
        people = {each.person_id for each in spells if each.kind == kind}
        found.append((kind, len(people), _people_url(on, only=DAY, kind=kind, **more)))
    return found


def _totals(there: Sequence[Spell], on: date) -> Sequence[tuple[str, int, str]]:
    return _counted(there, on)


def _hosts(there: Sequence[Spell], on: date) -> list[HostRow]:
    by_host: dict[str, list[Spell]] = {}
    for each in there:
        by_host.setdefault(each.host, []).append(each)
    rows = [HostRow(host, len({each.person_id for each in own}), _people_url(on, only=DAY, host=host),
                    _counted(own, on, host=host)) for host, own in by_host.items()]
    return sorted(rows, key=lambda row: (-row.people, row.host))


def _facts(
    there: Sequence[Spell], booked: books.Balances, following: queries.Seen, on: date
) -> list[Mapping[str, Any]]:
    budgets = [each.budget_fen for each in booked.balances.values() if each.budget_fen is not None]
    spent = sum(each.booked_fen for each in booked.balances.values())
    whole = rules.summed("", following.forecast.places)
    this = url_for("assistance.budget", year=on.year, on=on.isoformat())
    return [
        {"label": gettext("当天在外"), "value": f"{len({each.person_id for each in there}):,}", "unit": gettext("人"),
         "href": _people_url(on, only=DAY), "note": gettext("受援单位 %(n)s 个", n=len({each.host for each in there}))},
        {"label": gettext("%(year)s 年预算", year=on.year), "value": money(sum(budgets)) if budgets else None,
         "unit": gettext("元"), "href": this,
         "note": gettext("%(n)s 所学校", n=len(budgets)) if budgets else gettext("没有登记预算")},
        {"label": gettext("%(year)s 年已记账", year=on.year), "value": money(spent) if booked.periods else None,
         "unit": gettext("元"), "href": this,
         "note": gettext("按学校和会计期间看") if booked.periods else gettext("还没有记账")},
        {"label": gettext("%(year)s 年预测", year=on.year + 1), "value": money(whole.fen), "unit": gettext("元"),
         "href": url_for("assistance.forecast", year=on.year + 1, on=on.isoformat()),
         "note": gettext("按记录 %(n)s 人", n=whole.people)},
        {"label": gettext("提名待批再加"), "value": money(whole.more_fen), "unit": gettext("元"),
         "href": forecast.people_url(following, on, of=forecast.ASKED),
         "note": gettext("涉及 %(n)s 人", n=whole.changed)},
    ]


def _columns(spells: Sequence[Spell], on: date) -> list[Column]:
    """People away in each month of the year, by programme; somebody in both stands in each."""
    by_kind = {kind: calendar.people_by_month([each for each in spells if each.kind == kind], on.year)
               for kind in labels(ASSISTANCE)}
    return [Column(gettext("%(n)s月", n=month), [
        Part(TONES[kind], len(months[month - 1]), labels(ASSISTANCE)[kind],
             _people_url(on, month=month, kind=kind)) for kind, months in by_kind.items()],
        gettext("%(n)s月", n=month)) for month in calendar.MONTHS]
