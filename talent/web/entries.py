"""Enter, correct and withdraw one record on a page, with the reason that its history will show."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, jsonify, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from talent.core.errors import Conflict, Finding, NotAllowed, RuleViolation
from talent.core.language import in_a_row, translated
from talent.core.work import Work
from talent.exchange import entries, listing
from talent.exchange.entries import WRITE, Entry, Held
from talent.exchange.kinds import BY_CODE
from talent.people.search import named
from talent.web import kit
from talent.web.entry_forms import STAFF_NO, EntryForm, form_for, sizes
from talent.web.kit.words import with_code
from talent.web.ledgers import RECORD, facts_of, list_url, tabs
from talent.web.refusals import worded
from talent.web.security import open_read, open_write, permission, today

pages = Blueprint("entries", __name__, url_prefix="/records")

Answer = str | Response | tuple[str, int]
#: A person may be typed by name; anything with a digit in it is a number already.
PERSON_FIELDS = (STAFF_NO, "apprentice_no")


# ── add ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pages.route("/<kind>/new", methods=["GET", "POST"])
@permission(WRITE)
def add(kind: str) -> Answer:
    """The form of a new record; ``?staff_no=`` names the person already."""
    asked = {STAFF_NO: request.args[STAFF_NO]} if request.args.get(STAFF_NO) else None
    with open_read() as work:
        name, schools = _opened(work, kind)
    form = form_for(kind, values=asked)

    def save() -> Entry:
        with open_write() as work:
            return entries.add(work, kind, with_people(work, form.typed), form.why.data or "")

    done = kit.submit(form, save, lambda entry: _to(kind, entry), gettext("已登记。"))
    return done or _form(form, kind, name, schools, {"title": gettext("登记%(kind)s", kind=name), "record_id": None})


def _opened(work: Work, kind: str) -> tuple[str, list[tuple[str, str]]]:
    """The name of the kind and the schools its form offers, for who may enter such records."""
    ledger = listing.ledger_of(work, kind)
    if not entries.may_write(work, kind):
        raise NotAllowed(WRITE)
    points = any(what == "school" for _attribute, what in ledger.intake.references.values())
    return translated(ledger.intake.kind.sheet), listing.schools_in_reach(work, ledger, work.today) if points else []


def _to(kind: str, entry: Entry) -> str:
    """The record written, on today's date; what was noticed about it is said there."""
    for finding in entry.warnings:
        flash(in_a_row(worded(finding)), "warn")
    return url_for("records.show", kind=kind, record_id=entry.record_id, on=today().isoformat())


def with_people(work: Work, typed: Mapping[str, Any]) -> dict[str, Any]:
    """People given by name become their staff number, where the name is one person's. RuleViolation where not."""
    found = dict(typed)
    for field in PERSON_FIELDS:
        said = str(typed.get(field) or "").strip()
        if not said or any(char.isdigit() for char in said):
            continue
        people = named(work, said, work.today)
        if len(people) > 1:
            several = [with_code(f"{row.name} {row.staff_no}", row.school) for row in people]
            raise RuleViolation(Finding("entry.several_people", params={"people": several, "field": field}))
        if people:
            found[field] = people[0].staff_no
    return found


def _form(
    form: EntryForm, kind: str, name: str, schools: list[tuple[str, str]], shown: Mapping[str, Any], status: int = 200
) -> Answer:
    page = render_template("ledgers/form.html", **{
        "form": form, "kind": kind, "name": name, "schools": schools, "sizes": sizes(form), "tabs": tabs(kind),
        "list_url": list_url(kind), "whose": None, "theirs": [], **shown})
    return (page, status) if status != 200 else page


# ── correct ──────────────────────────────────────────────────────────────────────────────────────────────────


@pages.route(f"/<kind>/{RECORD}/correct", methods=["GET", "POST"])
@permission(WRITE)
def correct(kind: str, record_id: int) -> Answer:
    """The form of a record as it stands. Somebody came first: 409, with their values beside what was typed."""
    with open_read() as work:
        name, schools = _opened(work, kind)
        held, whose = _held(work, kind, record_id)
    form = form_for(kind, leave_out=frozenset({STAFF_NO}), needs_reason=True, values=held.values, version=held.version)

    def save() -> Entry:
        with open_write() as work:
            typed = with_people(work, form.typed)
            return entries.correct(work, kind, record_id, form.seen, typed, form.why.data or "")

    shown = {"title": gettext("更正%(kind)s", kind=name), "record_id": record_id, "whose": whose}
    try:
        done = kit.submit(form, save, lambda entry: _to(kind, entry), gettext("已更正。"))
    except Conflict as conflict:
        return _came_second(conflict, form, held, lambda theirs: _form(form, kind, name, schools,
                                                                       {**shown, "theirs": theirs}, 409))
    return done or _form(form, kind, name, schools, shown)


def _held(work: Work, kind: str, record_id: int) -> tuple[Held, listing.Whose]:
    """The record and its person, for who may change it today."""
    held = entries.held(work, kind, record_id)
    return held, listing.whose(work, listing.ledger_of(work, kind), record_id, work.today)


def _came_second(
    conflict: Conflict, form: EntryForm, held: Held, page: Callable[[list[dict[str, str]]], Answer]
) -> Answer:
    """What stands there now beside what was typed; sent again, it is meant."""
    if conflict.what != "record.changed":
        raise conflict
    columns = {column.name: column for column in BY_CODE[conflict.params["kind"]].kind.columns}
    theirs = []
    for field in form.record_fields:
        column = columns[field.name]
        mine = "" if field.data is None else str(field.data)
        mine = column.labels.get(mine, mine)
        if mine != held.values[field.name]:
            theirs.append({"label": str(field.label.text), "theirs": translated(held.values[field.name]) or "—",
                           "mine": translated(mine) or "—"})
    form.version.data = str(held.version)
    return page(theirs)


# ── withdraw ─────────────────────────────────────────────────────────────────────────────────────────────────


@pages.route(f"/<kind>/{RECORD}/withdraw", methods=["GET", "POST"])
@permission(WRITE)
def withdraw(kind: str, record_id: int) -> Answer:
    """Take a record off, saying why."""
    with open_read() as work:
        name, _schools = _opened(work, kind)
        held, whose = _held(work, kind, record_id)
        facts = facts_of(work, listing.ledger_of(work, kind), held, today())
    every = frozenset(column.name for column in BY_CODE[kind].kind.columns)
    form = form_for(kind, leave_out=every, needs_reason=True, version=held.version)

    def save() -> Entry:
        with open_write() as work:
            return entries.withdraw(work, kind, record_id, form.seen, form.why.data or "")

    done = kit.submit(form, save, list_url(kind), gettext("已撤回，人事科可以在导入记录的“页面录入”里恢复。"))
    return done or render_template("ledgers/withdraw.html", form=form, kind=kind, name=name, whose=whose, facts=facts,
                                   record_id=record_id, tabs=tabs(kind), list_url=list_url(kind))


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/people")
@permission(WRITE)
def people() -> Response:
    """The people a form may mean by ``?q=``: staff number, name and school, as JSON for the field's suggestions."""
    with open_read() as work:
        found = named(work, request.args.get("q", "")[:80], work.today)
    return jsonify([{"value": row.staff_no, "name": row.name, "place": row.school} for row in found])
