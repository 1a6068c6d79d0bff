"""What is set aside for assistance by school, beside the forecast and what was booked; entering it under a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from talent.core import terms
from talent.core.errors import Conflict, Finding, RuleViolation
from talent.core.language import translated
from talent.core.numbers import whole
from talent.pay.budgets import balances as books
from talent.pay.budgets import commands, queries
from talent.pay.budgets.balances import Balances
from talent.pay.budgets.commands import ENTER, LONGEST_DOCUMENT, LONGEST_NOTE, Paper
from talent.pay.budgets.rules import Balance
from talent.web import forecast, kit
from talent.web.assistance import pages
from talent.web.ledgers import tabs
from talent.web.security import current_actor, open_read, open_write, permission, today
from talent.web.templating import money
from talent.words.say import say
from talent.workbooks.numbers import parse_hundredths
from talent.workbooks.text import CellError

#: The largest sum a field takes, in yuan.
MOST_YUAN = 1_000_000_000


class BudgetForm(kit.BaseForm):
    """The document of a budget; the sums stand beside the schools' names."""

    document_no = StringField(lazy_gettext("文号"), [InputRequired(), Length(max=LONGEST_DOCUMENT)])
    document_on = kit.DayField(lazy_gettext("文件日期"), [InputRequired()])
    note = TextAreaField(lazy_gettext("说明"), [Length(max=LONGEST_NOTE)])
    seen = HiddenField()


@dataclass(frozen=True, slots=True)
class Row:
    """A school's forecast, budget and bookings, with the addresses of what is behind them."""

    code: str
    name: str
    forecast_fen: int | None
    balance: Balance
    document: str
    url: str
    forecast_url: str


# ── the year ─────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/budget")
@permission(queries.READ)
def budget() -> str:
    """A year's budgets against the forecast and what was booked, by school and month."""
    on, asked = kit.as_of(today()).on, kit.asked_page()
    with open_read() as work:
        offered = forecast.years(work, on)
        year = forecast.asked_year(work, on)
        seen = forecast.seen_on(work, year, on)
        found = books.balances(work, year, on)
    expected = {each.code: each.total_fen for each in seen.forecast.schools()}
    names = {**seen.names, **found.names}
    rows = [_row(code, names[code], expected.get(code), found, year, on) for code in sorted(names)]
    return render_template(
        "budgets/index.html", year=year, on=on, tabs=tabs("assistance.budget"), periods=found.periods,
        page=asked.page(rows[asked.offset:asked.offset + asked.size], len(rows)), whole=_whole(found, expected),
        scale=max((max(each.booked_fen, each.budget_fen or 0) for each in found.balances.values()), default=0),
        uncounted=len(seen.forecast.uncounted), uncounted_url=forecast.people_url(seen, on, of=forecast.UNCOUNTED),
        year_tabs=[{"label": label, "url": url_for(".budget", year=each, on=on.isoformat()),
                    "current": each == str(year)} for each, label in offered],
        enter_url=url_for(".enter_budget", year=year) if current_actor().may(ENTER) and on >= today() else "")


def _row(code: str, name: str, expected: int | None, found: Balances, year: int, on: date) -> Row:
    here: dict[str, Any] = {"year": year, "on": on.isoformat()}
    return Row(code, name, expected, found.balances.get(code, Balance(code, None, {})), found.documents.get(code, ""),
               url_for(".school_budget", code=code, **here), url_for(".forecast_people", school=code, **here))


def _whole(found: Balances, expected: Mapping[str, int]) -> dict[str, Any]:
    """All schools together. Without any budget there is none, which is not a budget of 0."""
    budgets = [each.budget_fen for each in found.balances.values() if each.budget_fen is not None]
    booked = {period: sum(each.booked.get(period, 0) for each in found.balances.values()) for period in found.periods}
    return {"forecast_fen": sum(expected.values()), "balance": Balance("", sum(budgets) if budgets else None, booked),
            "without": sum(each.budget_fen is None and each.booked_fen != 0 for each in found.balances.values())}


@pages.get("/budget/school/<code>")
@permission(queries.READ)
def school_budget(code: str) -> str:
    """One school's budgets as they were entered, and the entries behind what was booked."""
    on, asked = kit.as_of(today()).on, kit.asked_page()
    with open_read() as work:
        year = forecast.asked_year(work, on)
        months = books.balances(work, year, on)
        filters = kit.Filters.read([kit.Filter("period", gettext("期间"), [(each, each) for each in months.periods])])
        shown = books.of_school(work, year, on, code, period=filters["period"], offset=asked.offset, limit=asked.size)
    g.nav_entry = "pay.index"
    kinds = {kind: translated(word) for kind, word in terms.words_of(terms.PAY_ENTRY).items()}
    return render_template("budgets/school.html", year=year, on=on, school=shown, filters=filters, kinds=kinds,
                           page=asked.page(shown.booked, shown.count), back=url_for(".budget", year=year, on=on))


# ── entering it ──────────────────────────────────────────────────────────────────────────────────────────────


@pages.route("/budget/enter", methods=["GET", "POST"])
@permission(ENTER)
def enter_budget() -> str | Response | tuple[str, int]:
    """All schools' sums under one document; ``?fill=forecast`` writes the forecast where nothing stands yet."""
    form, day = BudgetForm(), today()
    with open_read() as work:
        year = forecast.asked_year(work, day)
        sheet = books.sheet(work, year)
        expected = {each.code: each.total_fen for each in forecast.seen_on(work, year, day).forecast.schools()}
    to = url_for(".budget", year=year)

    def save() -> int:
        with open_write() as work:
            paper = Paper(form.document_no.data or "", form.document_on.data or day, form.note.data or "")
            return commands.enter(work, year=year, paper=paper, sums=_sums(), head=whole(form.seen.data) or 0)

    def page() -> str:
        g.nav_entry = "pay.index"
        return render_template("budgets/enter.html", form=form, year=year, to=to, expected=expected,
                               lines=_lines(sheet, expected), fill_url=kit.url_with(fill="forecast"))

    if request.method == "GET":
        form.seen.data = str(sheet.head)
    try:
        return kit.submit(form, save, to, gettext("已登记；金额没有变的学校不另记。")) or page()
    except Conflict as conflict:
        if conflict.what != "budget.changed":
            raise
    form.seen.data = str(sheet.head)
    form.refusals.append(gettext("您打开之后，别人又登记了这一年的预算；请对照“现在的预算”，再保存一次。"))
    return page(), 409


def _typed() -> dict[str, str]:
    """What stands beside each school's name."""
    return dict(zip(request.form.getlist("budget_code"), request.form.getlist("budget_yuan"), strict=False))


def _sums() -> dict[str, int]:
    """Fen by school, of the fields with anything in them; what cannot be read is said by school."""
    sums: dict[str, int] = {}
    wrong = []
    for code, typed in _typed().items():
        try:
            fen = parse_hundredths(typed, 0, MOST_YUAN)
        except CellError as error:
            why = say(Finding(error.code, params=error.params))[0]
            wrong.append(Finding("budget.typed", params={"code": code[:40], "typed": typed[:30], "why": why}))
        else:
            if fen is not None:
                sums[code] = fen
    if wrong:
        raise RuleViolation(wrong)
    return sums


def _lines(sheet: books.Sheet, expected: Mapping[str, int]) -> list[dict[str, Any]]:
    typed = _typed() if request.method == "POST" else {}
    filled = expected if request.args.get("fill") == "forecast" else {}
    lines = []
    for code, name in sheet.names.items():
        stands = sheet.fen.get(code)
        shown = money(stands) if stands is not None else money(filled[code]) if code in filled else ""
        lines.append({"code": code, "name": name, "stands": stands, "forecast": expected.get(code),
                      "typed": typed.get(code, shown)})
    return lines
