"""The ledgers of records: the list of a kind on a date, its export, and one record with its history."""

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, g, render_template, send_file, url_for
from flask_babel import LazyString, gettext, lazy_gettext
from werkzeug.wrappers import Response

from talent.core import terms
from talent.core.errors import NotFound
from talent.core.language import translated
from talent.core.terms import words_of
from talent.core.work import Work
from talent.exchange import entries, listing, nominations
from talent.exchange.history import history
from talent.exchange.ledgers import BY_KIND, RIGHTS, Ledger
from talent.exchange.listing import Narrowed
from talent.web import kit
from talent.web.links import asking_url, link_to
from talent.web.security import current_actor, open_read, open_write, permission, rights_of, today
from talent.web.templating import DASH, moment
from talent.web.templating import hours as in_hours
from talent.workbooks.intake import CHECKED_ONLY
from talent.workbooks.kinds import CellType, Column

pages = Blueprint("records", __name__, url_prefix="/records")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RECORD = "<number:record_id>"
YEARS_OFFERED = 10
OF_THE_PERSON = frozenset({"staff_no", CHECKED_ONLY})


@dataclass(frozen=True, slots=True)
class Family:
    """Ledgers that stand beside each other, under one entry of the rail. ``main``: the page they are beside.

    ``beside``: other pages of the family, by endpoint, with what their tab says.
    """

    entry: str
    kinds: tuple[str, ...]
    main: LazyString | None = None
    beside: tuple[tuple[str, LazyString], ...] = ()


FAMILIES = (
    Family("training.index", ("training",)),
    Family("achievements.index", ("results", "achievements", "mentoring")),
    Family("tiers.index", ("titles",), lazy_gettext("梯队")),
    Family("pay.index", ("assistance",), lazy_gettext("激励金"),
           (("assistance.away_board", lazy_gettext("概览")),
            ("nominations.index", lazy_gettext("提名和变动")), ("attendance.index", lazy_gettext("到岗确认")),
            ("assistance.by_person", lazy_gettext("日历")),
            ("assistance.forecast", lazy_gettext("预测")), ("assistance.budget", lazy_gettext("预算")))),
    Family("people.index", ("absences", "appraisals", "exchanges", "conduct"), lazy_gettext("教师")),
)
#: Heads of the columns in which a list gives the name where a sheet has a number or a code.
NAMED = {
    "sending_school_code": lazy_gettext("派出学校"), "from_school_code": lazy_gettext("原学校"),
    "to_school_code": lazy_gettext("交流学校"), "apprentice_no": lazy_gettext("徒弟"),
}
#: Kinds whose list has an address of its own, as the rail names it.
OWN_ADDRESS = {"training": "training.index", "results": "achievements.index"}


def list_url(kind: str, **query: Any) -> str:
    """The address of a kind's list."""
    if kind in OWN_ADDRESS:
        return url_for(OWN_ADDRESS[kind], **query)
    return url_for("records.index", kind=kind, **query)


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/<kind>/")
@permission(*RIGHTS)
def index(kind: str) -> str:
    """The records of one kind on the page's date."""
    return show_list(kind)


def show_list(kind: str) -> str:
    """The page of a kind's list, whatever its address."""
    on, asked = kit.as_of(today()).on, kit.asked_page()
    with open_read() as work:
        ledger = listing.ledger_of(work, kind)
        filters = _filters(work, ledger, on)
        rows, total = listing.lines(work, ledger, on, _narrowed(filters), sort=filters.sort, offset=asked.offset,
                                    limit=asked.size)
        return render_template(
            "ledgers/index.html", on=on, ledger=ledger, name=translated(ledger.intake.kind.sheet), filters=filters,
            own=_is_own(work, ledger),
            page=asked.page(rows, total), tabs=tabs(kind), cell=cell, headers=headers(ledger.columns),
            states=states(), add_url=_add_url(work, kind) if on >= today() else "",
            may_export=work.actor.may("record:export"))


def _is_own(work: Work, ledger: Ledger) -> bool:
    """Whether all that the reader sees of a kind is their own."""
    scope = work.actor.scope(ledger.right)
    return not scope.everyone and not scope.schools


def _add_url(work: Work, kind: str) -> str:
    """Where the reader enters a record of this kind, or asks for one of their own; "" for who may neither."""
    return url_for("entries.add", kind=kind) if entries.may_write(work, kind) else asking_url(kind=kind)


@pages.post("/<kind>/export")
@permission("record:export")
def export(kind: str) -> Response:
    """The records of the list as a workbook that can be changed and imported again."""
    on = kit.as_of(today()).on
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}.xlsx"
        with open_write() as work:
            ledger = listing.ledger_of(work, kind)
            listing.export_found(work, ledger, on, _narrowed(_filters(work, ledger, on)), path)
        name = gettext("%(kind)s %(day)s.xlsx", kind=ledger.intake.kind.sheet, day=on.isoformat())
        return send_file(io.BytesIO(path.read_bytes()), mimetype=XLSX, as_attachment=True, download_name=name)


def _filters(work: Work, ledger: Ledger, on: date) -> kit.Filters:
    kind = ledger.intake.kind
    schools = listing.schools_in_reach(work, ledger, on)
    years = range(on.year - ledger.by_year, on.year - ledger.by_year - YEARS_OFFERED, -1)
    offered = []
    if not _is_own(work, ledger):
        offered.append(kit.Filter("q", _search_hint(ledger)))
    elif ledger.searched:
        offered.append(kit.Filter("q", gettext("名称")))
    if schools:
        offered.append(kit.Filter("school", gettext("学校"), schools))
    offered += [kit.Filter(name, translated(kind.column(name).header), choices_of(kind.column(name)))
                for name in ledger.filters]
    offered.append(kit.Filter("year", gettext("年份"), [(str(year), str(year)) for year in years]))
    if ledger.standing == "record":
        offered.append(kit.Filter("state", gettext("状态"), list(_vocabulary(terms.RECORD_STATE).items())))
    return kit.Filters.read(offered, ledger.sortable, f"-{ledger.dated}")


def _search_hint(ledger: Ledger) -> str:
    """Short, since the field is; what else is looked through is the record's own name."""
    return gettext("姓名、工号或名称") if ledger.searched else gettext("姓名、拼音或工号")


def _narrowed(filters: kit.Filters) -> Narrowed:
    year = filters["year"]
    chosen = {name: code for name, code in filters.chosen.items() if name not in ("q", "school", "year", "state")}
    return Narrowed(filters["q"], filters["school"], int(year) if year else None, filters["state"], chosen)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────


def _vocabulary(vocabulary: Mapping[str, str]) -> dict[str, str]:
    return {code: translated(word) for code, word in words_of(vocabulary).items()}


def choices_of(column: Column) -> list[tuple[str, str]]:
    """The codes of a column with their words, in the order of the sheet's drop-down."""
    return [(code, translated(label)) for code, label in column.labels.items()]


def headers(columns: Sequence[Column]) -> dict[str, str]:
    """Column → its head in the reader's language."""
    return {column.name: str(NAMED[column.name]) if column.name in NAMED else translated(column.header)
            for column in columns}


def states() -> dict[str, str]:
    """The words of every standing a line can have."""
    return {**_vocabulary(terms.RECORD_STATE), **_vocabulary(terms.TITLE_STATE), "failed": gettext("不合格，不计"),
            "running": gettext("进行中"), "done": gettext("已结束"), "expired": gettext("任期届满"),
            "gone": gettext("已离岗")}


def cell(column: Column, value: Any) -> str:
    """What a cell of a list says."""
    if value is None or value == "":
        return DASH
    if column.type is CellType.DECIMAL:
        return in_hours(value)
    if column.choices:
        return translated(column.labels.get(value, value))
    return value.isoformat() if isinstance(value, date) else str(value)


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages beside this one (a kind's ledger, or an endpoint) that the reader may open; also says which entry of
    the rail they belong to."""
    actor = current_actor()
    family = next(family for family in FAMILIES if here in (*family.kinds, *dict(family.beside)))
    g.nav_entry = family.entry
    found = []
    if family.main is not None and (url := _open_url(family.entry)):
        found.append({"label": family.main, "url": url, "current": False})
    found += [{"label": translated(BY_KIND[each].intake.kind.sheet), "url": list_url(each), "current": each == here}
              for each in family.kinds if actor.may(BY_KIND[each].right)]
    found += [{"label": label, "url": url, "current": endpoint == here}
              for endpoint, label in family.beside if (url := _open_url(endpoint))]
    return found if len(found) > 1 else []


def _open_url(endpoint: str) -> str:
    """The address of a page of a family, for who may open it and has more than oneself to see there."""
    url = link_to(endpoint)
    rights = rights_of(current_app, endpoint) if url else ()
    scopes = [current_actor().scope(right) for right in rights]
    return url if any(scope.everyone or scope.schools for scope in scopes) else ""


# ── one record ───────────────────────────────────────────────────────────────────────────────────────────────


@pages.get(f"/<kind>/{RECORD}")
@permission(*RIGHTS)
def show(kind: str, record_id: int) -> str:
    """One record: everything it says, where it came from, what became of it."""
    on = kit.as_of(today()).on
    with open_read() as work:
        ledger = listing.ledger_of(work, kind)
        whose = listing.whose(work, ledger, record_id, on)
        held = entries.stored(work, ledger.intake, record_id)
        steps = history(work.session, kind, record_id)
        return render_template(
            "ledgers/show.html", on=on, ledger=ledger, name=translated(ledger.intake.kind.sheet), whose=whose,
            facts=facts_of(work, ledger, held, on), record_id=record_id, steps=steps, tabs=tabs(kind), moment=moment,
            state=held.state, states=states(), list_url=list_url(kind), link_to=link_to,
            may_write=_may_write(work, kind, held) and on >= today(), may_see_people=work.actor.may("person:read"),
            changes=_changes(work, kind, record_id), own=whose.person_id == work.actor.person_id,
            sees_imports=work.actor.may("import:read"))


def _changes(work: Work, kind: str, record_id: int) -> list[tuple[str, str]]:
    """What the school that sent somebody may ask of the spell: words and address."""
    if kind != nominations.KIND or not work.actor.may(nominations.NOMINATE):
        return []
    try:
        nominations.own_assignment(work, record_id)
    except NotFound:
        return []
    return [(gettext("换受援单位"), link_to("nominations.go_elsewhere", record_id=record_id)),
            (gettext("改结束日期"), link_to("nominations.end", record_id=record_id))]


def _may_write(work: Work, kind: str, held: entries.Held) -> bool:
    scope = work.actor.scope(entries.WRITE)
    return entries.may_write(work, kind) and entries.reaches(work, scope, held.person_id)


def facts_of(work: Work, ledger: Ledger, held: entries.Held, on: date) -> list[dict[str, str]]:
    """Every column with what it says, people and schools with their names of the day."""
    names = listing.names_of(work, ledger, held.values, on)
    columns = (column for column in ledger.intake.kind.columns if column.name not in OF_THE_PERSON)
    return [{"text": translated(column.header), "value": _said(column, held.values, names)} for column in columns]


def _said(column: Column, values: Mapping[str, str], names: Mapping[str, str]) -> str:
    text, name = values[column.name], names.get(column.name, "")
    if column.choices and text:
        text = translated(text)
    return " ".join(part for part in (text, name) if part) or DASH
