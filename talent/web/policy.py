"""The policy book: every parameter with its dated values and where they come from, and changes by two persons."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from talent.accounts.queries import display_names, person_behind
from talent.core.errors import NotFound
from talent.core.language import translated
from talent.core.work import Work
from talent.policy.book import Book, Dated, Entry, Value
from talent.policy.errors import NotInForce
from talent.policy.registry import CALENDAR, FAMILIES, family_of
from talent.policy.uncomputed import UNCOMPUTED
from talent.settings import commands, queries
from talent.settings.queries import Proposal
from talent.settings.refused import CODES
from talent.settings.typed import as_typed, read_typed, shape_of
from talent.web import kit, policy_values
from talent.web.security import current_actor, open_read, open_write, permission, today

pages = Blueprint("policy", __name__, url_prefix="/policy")


class ProposalForm(kit.BaseForm):
    """A value to lay before a second person."""

    places: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys((f"policy.not_{shape}" for shape in
                         ("money", "hours", "whole", "share", "flag", "date", "table")), "value"),
        **dict.fromkeys((f"policy.shape_{kind}" for kind in
                         ("range", "fine", "lost", "strange", "nothing", "reversed")), "value"),
        **dict.fromkeys(CODES.values(), "value"),
        "policy.value_refused": "value", "policy.unchanged": "value", "policy.basis_unknown": "basis",
        "policy.document_missing": "document", "policy.already_proposed": "since",
    }
    value = TextAreaField(lazy_gettext("新的值"), [InputRequired(), Length(max=40_000)])
    since = kit.DayField(lazy_gettext("从哪天起"), [InputRequired()])
    basis = RadioField(lazy_gettext("依据"), [InputRequired()], choices=lambda: kit.offered(basis_names().items()))
    document = StringField(lazy_gettext("文件名称或文号"), [InputRequired(), Length(max=200)])
    clause = StringField(lazy_gettext("条款"), [Length(max=200)])
    note = TextAreaField(lazy_gettext("说明"), [Length(max=2_000)])


def basis_names() -> dict[str, str]:
    """Code → word of what a value can rest on."""
    return {"enacted": gettext("文件"), "delegated": gettext("授权"), "assumed": gettext("假定")}


@pages.get("/")
@permission("policy:read")
def index() -> str:
    """Every parameter as it stands on the page's date, by heading."""
    on = kit.as_of(today()).on
    filters = kit.Filters.read([
        kit.Filter("q", gettext("参数或文件")),
        kit.Filter("heading", gettext("分类"), [(code, str(label)) for code, label in policy_values.HEADINGS.items()]),
        kit.Filter("basis", gettext("依据"), list(basis_names().items())),
        kit.Filter("own", gettext("来源"), [("yes", gettext("本区改过的"))]),
    ])
    with open_read() as work:
        book, waiting = work.book, queries.proposals(work.session, state="proposed")
        lines = [line for entry in book for line in _line(book, entry, on) if _is_wanted(line, filters)]
        return render_template(
            "policy/index.html", on=on, filters=filters, groups=_by_heading(lines), count=len(lines),
            assumed=sum(1 for line in lines if line["basis"] == "assumed"), total=len(book.entries()),
            waiting=_shown(work, waiting), may=_may(), me=current_actor().user_id,
            next_calendar=f"{CALENDAR}{_next_calendar(book)}", next_year=_next_calendar(book),
        )


def _line(book: Book, entry: Entry, on: date) -> Iterable[dict[str, Any]]:
    """An entry as a line of the list; a calendar of another year stands with its only value."""
    value = _at(book, entry.key, on)
    dated = value or entry.values[0]
    yield {
        "key": entry.key, "label": translated(entry.label), "heading": entry.key.partition(".")[0],
        "value": policy_values.worded(book, entry.key, entry.unit, dated.value), "since": dated.since,
        "until": value.until if value else None, "not_yet": dated.since > on, "basis": dated.basis,
        "document": translated(dated.source.document), "clause": translated(dated.source.clause),
        "overridden": dated.overridden, "unread": entry.key in UNCOMPUTED,
        "source_words": (entry.label, dated.source.document, dated.source.clause),
    }


def _at(book: Book, key: str, on: date) -> Value | None:
    try:
        return book.at(key, on)
    except NotInForce:
        return None


def _is_wanted(line: Mapping[str, Any], filters: kit.Filters) -> bool:
    words = filters["q"].casefold()
    return ((not filters["heading"] or line["heading"] == filters["heading"])
            and (not filters["basis"] or line["basis"] == filters["basis"])
            and (not filters["own"] or line["overridden"])
            and any(words in str(text).casefold() for text in (
                *(line[name] for name in ("key", "label", "document", "value", "clause")), *line["source_words"])))


def _by_heading(lines: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {heading: [] for heading in policy_values.HEADINGS}
    for line in lines:
        groups.setdefault(line["heading"], []).append(line)
    return [(policy_values.heading_of(heading), found) for heading, found in groups.items() if found]


def _next_calendar(book: Book) -> int:
    """The first year whose working days are not loaded."""
    return max(book.calendars()) + 1


def _may() -> dict[str, bool]:
    actor = current_actor()
    return {"propose": actor.may("policy:propose"), "approve": actor.may("policy:approve")}


@pages.get("/<key>")
@permission("policy:read")
def entry(key: str) -> str:
    """One parameter: every dated value with its document, and what is proposed."""
    on = kit.as_of(today()).on
    with open_read() as work:
        found = _entry(work.book, key)
        proposed = queries.proposals(work.session, key=key)
        in_force = _at(work.book, key, on)
        return render_template(
            "policy/entry.html", entry=found, unread=key in UNCOMPUTED, on=on, heading=policy_values.heading_of(key),
            values=[_dated(work.book, found, dated, in_force) for dated in reversed(found.values)],
            waiting=_shown(work, [item for item in proposed if item.state == "proposed"]),
            decided=_shown(work, [item for item in proposed if item.state != "proposed"]),
            may=_may(), me=current_actor().user_id,
        )


def _entry(book: Book, key: str) -> Entry:
    if key not in book:
        raise NotFound("policy", key)
    return book.entry(key)


def _dated(book: Book, entry: Entry, dated: Dated, in_force: Value | None) -> dict[str, Any]:
    return {
        "dated": dated, "text": policy_values.worded(book, entry.key, entry.unit, dated.value),
        "grid": policy_values.grid_of(book, entry.key, entry.unit, dated.value),
        "now": in_force is not None and in_force.since == dated.since,
    }


def _shown(work: Work, proposals: Iterable[Proposal]) -> list[dict[str, Any]]:
    """Proposals with the entry's label, the value in words and the names of those who acted."""
    found = list(proposals)
    acted = {account for item in found for account in (item.proposed_by, item.approved_by) if account is not None}
    names = display_names(work.session, acted)
    return [
        {
            "proposal": item, "label": _label(work.book, item.key), "by": names.get(item.proposed_by, ""),
            "approved_by": names.get(item.approved_by or 0, ""),
            "text": policy_values.worded(work.book, item.key, _unit(work.book, item.key), item.value),
            "grid": policy_values.grid_of(work.book, item.key, _unit(work.book, item.key), item.value),
            "before": _before(work.book, item),
        }
        for item in found
    ]


def _label(book: Book, key: str) -> str:
    family = family_of(key)
    if key in book or family is None:
        return translated(book.entry(key).label)
    return translated(family.label).format(member=key.removeprefix(family.prefix))


def _unit(book: Book, key: str) -> str:
    family = family_of(key)
    return book.entry(key).unit if key in book else family.unit if family else ""


def _before(book: Book, item: Proposal) -> str:
    """What holds on the proposal's first day without it."""
    known = _at(book, item.key, item.since) if item.key in book else None
    return policy_values.worded(book, item.key, known.unit, known.value) if known else ""


@pages.route("/<key>/propose", methods=["GET", "POST"])
@permission("policy:propose")
def propose(key: str) -> str | Response:
    """A new value with its document, for a second person to approve."""
    with open_read() as work:
        known = _pattern(work.book, key)
        value, label = known.values[-1].value, _label(work.book, key)
        current = policy_values.worded(work.book, key, known.unit, value)
    shape = shape_of(value, known.unit)
    form = ProposalForm(data={"value": request.args.get("value") or as_typed(value, known.unit)})
    form.value.render_kw = {} if shape == "table" else {"rows": 1}

    def save() -> None:
        draft = commands.Draft(key, read_typed(form.value.data or "", shape), _day(form.since.data), form.basis.data,
                               form.document.data or "", form.clause.data or "", form.note.data or "")
        with open_write() as work:
            commands.propose(work, draft)

    done = kit.submit(form, save, url_for(".entry", key=key) if key == known.key else url_for(".index"),
                      gettext("已提出，等第二个人批准后生效。"))
    return done or render_template("policy/propose.html", form=form, key=key, label=label, current=current, shape=shape,
                                   is_new=key != known.key, unread=key in UNCOMPUTED)


def _day(asked: date | None) -> date:
    if asked is None:
        raise NotFound("policy")
    return asked


def _pattern(book: Book, key: str) -> Entry:
    """The entry itself, or for a new member of a family (another year's calendar) the latest of its kind."""
    if key in book:
        return book.entry(key)
    family = next((family for family in FAMILIES if family == family_of(key)), None)
    if family is None:
        raise NotFound("policy", key)
    return [entry for entry in book if entry.key.startswith(family.prefix)][-1]


@pages.post("/proposals/<number:override_id>/approve")
@permission("policy:approve")
def approve(override_id: int) -> Response:
    """The second person's yes."""
    with open_write() as work:
        commands.approve(work, override_id=override_id, person_behind=person_behind)
    return _back(gettext("已批准，从起始日期起按新的值算；以前的日期不变。"))


@pages.post("/proposals/<number:override_id>/reject")
@permission("policy:approve")
def reject(override_id: int) -> Response:
    """The second person's no."""
    with open_write() as work:
        commands.reject(work, override_id=override_id, person_behind=person_behind)
    return _back(gettext("已退回，参数没有改变。"))


@pages.post("/proposals/<number:override_id>/withdraw")
@permission("policy:propose")
def withdraw(override_id: int) -> Response:
    """The proposer's second thought."""
    with open_write() as work:
        commands.withdraw(work, override_id=override_id)
    return _back(gettext("已撤回，参数没有改变。"))


def _back(said: str) -> Response:
    flash(said, "ok")
    return redirect(url_for(".index"), 303)
