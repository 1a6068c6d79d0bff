"""Entering a split by hand: sums or points of those who served, and the named lines of the others."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest

from flask import render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from talent.core.errors import Finding, RuleViolation
from talent.pay.awards import commands, queries
from talent.pay.awards.commands import Place
from talent.pay.awards.queries import SplitView
from talent.pay.awards.sheets import MOST_POINTS, MOST_YUAN
from talent.pay.awards.writing import LONGEST_PURPOSE, MOST_EXTRAS, Extra
from talent.web import kit
from talent.web.awards import SPLIT, VersionForm, drafted, method_names, number
from talent.web.entry_forms import SUGGESTIONS
from talent.web.pay import pages
from talent.web.security import open_read, open_write, permission
from talent.web.templating import money
from talent.words.say import say
from talent.workbooks.numbers import parse_hundredths
from talent.workbooks.text import CellError

#: Blank lines offered for people who did not serve.
BLANKS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the form as it is shown: ``typed`` is what stands in its field."""

    staff_no: str
    name: str
    typed: str
    purpose: str = ""
    fen: int = 0
    note: str = ""


@pages.route(f"{SPLIT}/edit", methods=["GET", "POST"])
@permission("award:draw")
def edit_split(year: int, code: str) -> str | Response:
    """The draft as a form; what was typed stays where it is refused."""
    form = VersionForm()
    with open_read() as work:
        view = drafted(work, year, code)
    if request.method == "GET":
        form.version.data = str(view.version)
    by_hand = view.split is None or request.form.get("method") == "by_hand"  # what a workbook's sums make of it
    method = "by_hand" if by_hand or view.split is None else view.split.method

    def save() -> None:
        values, extras, wrong = _typed(method)
        if wrong:
            raise RuleViolation(wrong)
        with open_write() as work:
            school = queries.school_in_reach(work, year, code)
            commands.change(work, place=Place(year, school.id, form.seen), method=method, values=values,
                            extras=extras)

    to = url_for(".split", year=year, code=code)
    done = kit.submit(form, save, to, gettext("已存为草案；公示过的要重新公示。"))
    return done or render_template(
        "awards/edit.html", form=form, view=view, to=to, method=method, methods=method_names(), served=_served(view),
        extras=_extras(view), longest=LONGEST_PURPOSE, suggestions=SUGGESTIONS)


# ── what was typed ───────────────────────────────────────────────────────────────────────────────────────────


def _typed(method: str) -> tuple[dict[str, Fraction | int], list[Extra], list[Finding]]:
    """Values by staff number and named lines; what cannot be read is a finding that names its row."""
    wrong: list[Finding] = []
    values: dict[str, Fraction | int] = {}
    for staff_no, typed in _typed_values().items() if method in ("by_hand", "points") else ():
        read = _hundredths(typed, staff_no, MOST_YUAN if method == "by_hand" else MOST_POINTS, wrong)
        values[staff_no] = read if method == "by_hand" else Fraction(read, 100)
    extras = [Extra(staff_no, purpose, _hundredths(fen, staff_no, MOST_YUAN, wrong))
              for staff_no, purpose, fen in _typed_extras()]
    return values, extras, wrong


def _typed_values() -> dict[str, str]:
    """What was typed beside each person who served."""
    return dict(zip(request.form.getlist("served_no"), request.form.getlist("served_value"), strict=False))


def _typed_extras() -> list[tuple[str, str, str]]:
    """The named lines with anything in them, in their order."""
    columns = (request.form.getlist(name)[:MOST_EXTRAS + 1] for name in ("extra_no", "extra_purpose", "extra_fen"))
    rows = [tuple(each.strip()[:200] for each in row) for row in zip_longest(*columns, fillvalue="")]
    return [(staff_no, purpose, fen) for staff_no, purpose, fen in rows if staff_no or purpose or fen]


def _hundredths(typed: str, staff_no: str, most: int, wrong: list[Finding]) -> int:
    try:
        return parse_hundredths(typed, 0, most) or 0
    except CellError as error:
        wrong.append(Finding("pay.award_typed", params={
            "key": staff_no or "—", "typed": typed[:30], "why": say(Finding(error.code, params=error.params))[0]}))
        return 0


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────


def _served(view: SplitView) -> list[Line]:
    """Everybody who served, with the sum or the points so far."""
    rows = {row.staff_no: row for row in view.rows if row.participant}
    by_hand = view.split is not None and view.split.method == "by_hand"
    typed = _typed_values() if request.method == "POST" else {}
    lines = []
    for person in view.ground.people:
        row = rows.get(person.staff_no)
        stored = (money(row.fen) if by_hand else number(Fraction(row.weight or 0))) if row else ""
        lines.append(Line(
            person.staff_no, person.name, typed.get(person.staff_no, stored), fen=row.fen if row else 0,
            note=money(person.fen)))
    return lines


def _extras(view: SplitView) -> list[Line]:
    """The named lines, and a few blank ones."""
    names = {row.staff_no: row.name for row in view.rows}
    rows = (_typed_extras() if request.method == "POST" else
            [(row.staff_no, row.purpose, money(row.fen)) for row in view.rows if not row.participant])
    return [Line(staff_no, names.get(staff_no, ""), fen, purpose)
            for staff_no, purpose, fen in [*rows, *[("", "", "")] * BLANKS]]
