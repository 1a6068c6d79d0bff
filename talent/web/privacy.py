"""Personal information: what is held and why, for everybody; and everything held about oneself."""

import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from talent.core import terms
from talent.core.access import ROLES
from talent.core.language import translated
from talent.core.work import Work
from talent.policy.book import Value
from talent.privacy import mine as own
from talent.privacy import paper
from talent.privacy.affected import LIST
from talent.privacy.inventory import OWN, Field, Keep, fields, inventory, readers_of
from talent.privacy.keeping import kept_told, kept_value
from talent.privacy.mine import Held
from talent.web import kit
from talent.web.privacy_words import class_names, readers_told, value_told
from talent.web.security import current_actor, open_read, open_write, permission, program, signed_in, today

pages = Blueprint("privacy", __name__, url_prefix="/privacy")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = ("xlsx", "json")
#: Rows of one table on the page; the download has all of them.
MOST_SHOWN = 10


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages of this family that the reader may open."""
    actor = current_actor()
    offered = [("mine", gettext("我的数据"), actor.may(OWN)), ("notice", gettext("告知书"), True),
               ("inventory", gettext("用途与期限"), True),
               ("retention", gettext("到期清理"), actor.may("retention:read")),
               ("affected", gettext("受影响的人"), actor.may(LIST))]
    return [{"label": label, "url": url_for(f"privacy.{name}"), "current": name == current}
            for name, label, may in offered if may]


@pages.get("/")
@signed_in
def index() -> str:
    """One's own data, where there is any; else what is held about anybody."""
    return mine() if current_actor().may(OWN) else inventory_page()


# ── the inventory ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """One column of the inventory, worded. ``basis`` is that of the period, "" without one."""

    field: Field
    title: str
    label: str
    kind: str
    purpose: str
    ground: str
    clause: str
    readers: str
    kept: str
    basis: str


@pages.get("/inventory", endpoint="inventory")
@signed_in
def inventory_page() -> str:
    """Every field: purpose, class, readers, how long; for everybody to read."""
    asked = kit.asked_page()
    with open_read() as work:
        filters = kit.Filters.read(_offered())
        keeps = _keeps(work)
        found = [line for field in fields() if _wanted(field, filters) and _says(line := _line(field, keeps), filters)]
    page = asked.page(found[asked.offset:asked.offset + asked.size], len(found))
    return render_template("privacy/inventory.html", filters=filters, page=page, tabs=tabs("inventory"),
                           tables=len(inventory()), personal=sum(field.personal for field in fields()))


def _offered() -> list[kit.Filter]:
    keeps = {field.keep.code: translated(field.keep.label) for field in fields()}
    return [
        kit.Filter("q", gettext("字段、用途")),
        kit.Filter("table", gettext("哪一类"), [(name, translated(sheet.title))
                                             for name, sheet in inventory().items()]),
        kit.Filter("class", gettext("级别"), list(class_names().items())),
        kit.Filter("role", gettext("谁能看"), [(role, translated(terms.chinese(terms.ROLE_NAME, role)))
                                             for role in ROLES]),
        kit.Filter("keep", gettext("期限"), list(keeps.items())),
    ]


def _wanted(field: Field, filters: kit.Filters) -> bool:
    """Fields about nobody are listed only when they are asked for."""
    if filters["class"] != field.kind and (filters["class"] or not field.personal):
        return False
    if filters["table"] not in ("", field.table) or filters["keep"] not in ("", field.keep.code):
        return False
    others = [role for reach, roles in readers_of(field).items() if reach != "self" for role in roles]
    return not filters["role"] or filters["role"] in others


def _says(line: Line, filters: kit.Filters) -> bool:
    words = filters["q"].casefold()
    return words in f"{line.title} {line.label} {line.field.column} {line.purpose} {line.field.table}".casefold()


def _keeps(work: Work) -> dict[str, Value | None]:
    return {keep.code: kept_value(work, keep) for keep in {field.keep for field in fields()}}


def _line(field: Field, keeps: dict[str, Value | None]) -> Line:
    value, ground = keeps[field.keep.code], field.ground
    return Line(field, translated(inventory()[field.table].title), translated(field.label),
                class_names()[field.kind], translated(field.purpose) if field.personal else "",
                translated(ground.label), f"{translated(ground.document)} {translated(ground.clause)}",
                readers_told(field), kept_told(field.keep, value), value.basis if value is not None else "")


# ── 我的数据 ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Part:
    """What one table holds about the reader, worded: headers, rows, and what is said of all of it."""

    name: str
    title: str
    purpose: str
    ground: str
    readers: str
    kept: str
    basis: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


@pages.get("/mine")
@permission(OWN)
def mine() -> str:
    """Everything held about the reader, why, for how long, who may read it and who looked."""
    with open_read() as work:
        parts, looks = _parts(work, own.held_about_me(work)), own.looks_at(work)
    left_out = [(translated(sheet.title), translated(sheet.exempt)) for sheet in inventory().values()
                if sheet.exempt and sheet.subject == "teacher"]
    return render_template("privacy/mine.html", parts=[part for part in parts if part.rows], looks=looks,
                           empty=[part.title for part in parts if not part.rows], left_out=left_out, on=today(),
                           most=MOST_SHOWN, zone=program().zone, tabs=tabs("mine"), names=_numbers())


def _numbers() -> dict[str, str]:
    return {"id_number": gettext("证件号码"), "phone": gettext("手机")}


def _parts(work: Work, found: Iterable[Held]) -> list[Part]:
    zone, keeps, told = program().zone, _keeps(work), []
    for held in found:
        rows = [[value_told(field, value, zone) for field, value in zip(held.fields, row, strict=True)]
                for row in held.rows]
        told.append(_part(held, rows, keeps))
    return told


def _part(held: Held, rows: list[list[str]], keeps: dict[str, Value | None]) -> Part:
    purposes = dict.fromkeys(translated(field.purpose) for field in held.fields)
    kept: dict[Keep, None] = dict.fromkeys(field.keep for field in held.fields)
    values = [value for keep in kept if (value := keeps[keep.code]) is not None]
    first = held.fields[0]
    return Part(
        held.sheet.name, translated(held.sheet.title), gettext("；").join(purposes),
        f"{translated(first.ground.document)} {translated(first.ground.clause)}",
        readers_told(first), gettext("；").join(kept_told(keep, keeps[keep.code]) for keep in kept),
        "assumed" if any(value.basis == "assumed" for value in values) else "",
        [translated(field.label) for field in held.fields], rows)


@pages.post("/mine/download")
@permission(own.EXPORT)
def download() -> Response:
    """The same as a file, with whole numbers."""
    form = request.form.get("form", "")
    if form not in FORMS:
        abort(400)
    with open_write() as work:
        own.record_export(work, form)
        parts, day = _parts(work, own.held_about_me(work, whole=True)), work.today
    name = gettext("我的数据 %(day)s", day=day)
    content = WRITERS[form](parts)
    return send_file(io.BytesIO(content), XLSX if form == "xlsx" else "application/json", as_attachment=True,
                     download_name=f"{name}.{form}")


def _as_workbook(parts: Sequence[Part]) -> bytes:
    return paper.written([paper.Page(part.title, _note(part), part.headers, part.rows) for part in parts])


def _as_json(parts: Sequence[Part]) -> bytes:
    told = {part.title: {"about": _note(part), "rows": [dict(zip(part.headers, row, strict=True)) for row in part.rows]}
            for part in parts}
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _note(part: Part) -> str:
    return gettext("用途：%(purpose)s。依据：%(ground)s。谁能看：%(readers)s。保存：%(kept)s。", purpose=part.purpose,
                   ground=part.ground, readers=part.readers, kept=part.kept)


WRITERS: dict[str, Callable[[Sequence[Part]], bytes]] = {"xlsx": _as_workbook, "json": _as_json}
