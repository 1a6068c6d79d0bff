"""看板: the district in pictures on any date; each number opens its people, and all of it goes on paper."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from talent.core import files
from talent.core.errors import Finding, NotFound
from talent.core.language import current_language, in_a_row, translated
from talent.core.terms import ASSISTANCE, words_of
from talent.people.standing import Standing
from talent.reports import commands, findings, queries
from talent.reports.figures import READ, Board, board
from talent.reports.rules import LAST_STEP, STEP, People
from talent.web import kit
from talent.web.links import link_to, person_url
from talent.web.pictures import Column, Part
from talent.web.pictures.strip import School
from talent.web.security import open_read, open_write, permission, program, today
from talent.web.templating import hours as written
from talent.web.templating import moment
from talent.words.say import say

pages = Blueprint("board", __name__, url_prefix="/board")

#: Kind of assistance → its colour.
TONES = {"paired": "s2", "community": "s4"}


@pages.get("/")
@permission(READ)
def index() -> str:
    """The pictures as of the page's date."""
    on = kit.as_of(today()).on
    with open_read() as work:
        seen = board(work, on)
    return render_template("board/index.html", **_view(seen))


@pages.get("/people")
@permission(READ)
def people() -> str:
    """The people behind one number: ``?of=`` says of which picture, ``key`` and ``part`` which number."""
    on, asked = kit.as_of(today()).on, kit.asked_page()
    with open_read() as work:
        seen = board(work, on)
    listed = _listed(seen, *(request.args.get(name, "") for name in ("of", "key", "part")))
    rows = sorted((seen.people[person] for person in listed.people if person in seen.people), key=_by_school)
    return render_template("board/people.html", on=on, title=listed.title, person_url=person_url,
                           hours=seen.hours.hours, labels=_tiers(seen),
                           page=asked.page(rows[asked.offset:asked.offset + asked.size], len(rows)))


def _by_school(person: Standing) -> tuple[str, str]:
    return person.school_code, person.staff_no


def _tiers(seen: Board) -> dict[str, str]:
    """Tier → name, from the base up, then those beside the tower."""
    table = seen.tower.table
    return {row.code: translated(row.label) for row in (*reversed(table.tower), *table.beside)}


# ── on paper ─────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/reports")
@permission(READ)
def reports() -> str:
    """The papers the reader has asked for, and how far they are."""
    with open_read() as work:
        rows = queries.reports_of(work)
    running = next((row for row in rows if row.state in ("queued", "running")), None)
    return render_template("board/reports.html", on=kit.as_of(today()).on, rows=rows, running=running, moment=moment,
                           stage=say(Finding(running.stage or "report.queued"))[0] if running else "",
                           reasons={row.job_id: _reasons(row.error) for row in rows if row.error})


@pages.post("/reports")
@permission(READ)
def ask() -> Response:
    """Have the board of the page's date made into a paper."""
    on = kit.as_of(today()).on
    with open_write() as work:
        commands.ask(work, on=on, language=current_language())
    return redirect(url_for("board.reports"), 303)


@pages.get("/reports/<number:job_id>")
@permission(READ)
def paper(job_id: int) -> Response:
    """A finished paper, for who asked for it."""
    with open_read() as work:
        stored = queries.paper_of(work, job_id)
        name, stored_as, home = stored.name, stored.stored_as, program().settings.home
    if not (files.folder(home) / stored_as).is_file():
        raise NotFound("report", job_id)
    content = files.content(home, program().vault, stored_as)
    return send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name=name)


def _reasons(error: str) -> str:
    """Why a paper was not made, and what to do."""
    told = (say(Finding.from_dict(each)) for each in json.loads(error))
    return in_a_row(sentence for each in told for sentence in each)


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────


def _view(seen: Board) -> dict[str, Any]:
    """What the template shows."""
    labels, minimum = _tiers(seen), seen.hours.minimum
    tower = [row.code for row in reversed(seen.tower.table.tower)]
    ending = [code for code in labels if any(code in month for month in seen.ending.months)]
    return {
        "on": seen.on, "count": seen.in_service, "titles": {name: say(told)[0] for name, told in
                                                            findings.titles(seen).items()},
        "tower": _tower_columns(seen, tower, labels), "tower_labels": [(code, labels[code]) for code in tower],
        "tower_value": seen.tower.value,
        "schools": _schools(seen), "mean": None if seen.hours.rate is None else float(seen.hours.rate),
        "minimum": minimum, "hours": seen.hours, "steps": _step_columns(seen), "line": minimum.value // STEP,
        "away": _away_columns(seen), "kinds": [(TONES[code], word) for code, word in _kinds().items()],
        "ending": _ending_columns(seen, ending, labels), "ending_labels": [(code, labels[code]) for code in ending],
        "unrecorded_url": _people("unrecorded"), "school_rows": _school_rows(seen),
    }


def _people(of: str, key: str = "", part: str = "") -> str:
    # The date is said, so that a number still opens its people after another page was looked at on another day.
    return url_for("board.people", of=of, key=key or None, part=part or None, on=kit.as_of(today()).on.isoformat())


def _tower_columns(seen: Board, codes: list[str], labels: Mapping[str, str]) -> list[Column]:
    return [
        Column(day.isoformat(), [Part(code, len(found[code]), labels[code],
                                      link_to("tiers.index", on=day.isoformat(), tier=code)) for code in codes],
               str(day.year) if (day.month, day.day) == (9, 1) else gettext("当日"))
        for day, found in seen.tower.years
    ]


def _schools(seen: Board) -> list[School]:
    return [School(school.name, None if school.rate is None else float(school.rate),
                   _people("short", school.code)) for school in seen.hours.schools]


def _school_rows(seen: Board) -> list[dict[str, Any]]:
    """The schools as a table, those with most to do first."""
    rows = [{"name": school.name, "rate": school.rate, "met": len(school.met), "short": len(school.short),
             "met_url": _people("met", school.code), "short_url": _people("short", school.code)}
            for school in seen.hours.schools]
    return sorted(rows, key=lambda row: (row["rate"] is None, row["rate"] or 0, row["name"]))


def _step_columns(seen: Board) -> list[Column]:
    least = seen.hours.minimum.value
    return [Column(step_label(start), [Part("s3" if start >= least else "s5", len(found), "",
                                            _people("step", str(start)))], written(start))
            for start, found in seen.hours.steps]


def step_label(start: int) -> str:
    """A step of the distribution in words: 300–359."""
    if start >= LAST_STEP:
        return gettext("%(hours)s 及以上", hours=written(start))
    return gettext("%(a)s 至不满 %(b)s", a=written(start), b=written(start + STEP))


def _kinds() -> dict[str, str]:
    return {code: translated(word) for code, word in reversed(words_of(ASSISTANCE).items())}


def _away_columns(seen: Board) -> list[Column]:
    return [
        Column(_month(month), [Part(TONES[code], len(found.get(code, ())), word, _people("away", _month(month), code))
                               for code, word in _kinds().items()], str(month.year) if month.month == 1 else "")
        for month, found in seen.away.months
    ]


def _month(month: date) -> str:
    return f"{month.year}-{month.month:02d}"


def _ending_columns(seen: Board, codes: list[str], labels: Mapping[str, str]) -> list[Column]:
    return [
        Column(_month(date(seen.ending.year, place, 1)),
               [Part(code, len(month.get(code, ())), labels[code], _people("ending", str(place), code))
                for code in codes], gettext("%(n)s月", n=place))
        for place, month in enumerate(seen.ending.months, 1)
    ]


# ── the people behind a number ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Listed:
    """A number's people, and what they are."""

    title: str
    people: People


def _listed(seen: Board, of: str, key: str, part: str) -> Listed:
    """The people asked for; NotFound for a number the board does not show."""
    found = LISTS[of](seen, key, part) if of in LISTS else None
    if found is None:
        raise NotFound("figure", of)
    return found


def _of_school(seen: Board, key: str, met: bool) -> Listed | None:
    school = next((each for each in seen.hours.schools if each.code == key), None)
    if school is None:
        return None
    least = written(seen.hours.minimum.value)
    if met:
        return Listed(gettext("%(school)s：近五年满 %(hours)s 学时", school=school.name, hours=least), school.met)
    return Listed(gettext("%(school)s：近五年不满 %(hours)s 学时", school=school.name, hours=least), school.short)


def _of_step(seen: Board, key: str, part: str) -> Listed | None:
    found = next((people for start, people in seen.hours.steps if str(start) == key), None)
    return None if found is None else Listed(gettext("近五年学时 %(step)s", step=step_label(int(key))), found)


def _of_month(seen: Board, key: str, part: str) -> Listed | None:
    found = next((kinds for month, kinds in seen.away.months if _month(month) == key), None)
    if found is None or part not in TONES:
        return None
    return Listed(gettext("%(month)s 在外：%(kind)s", month=key, kind=_kinds()[part]), found.get(part, ()))


def _of_ending(seen: Board, key: str, part: str) -> Listed | None:
    if key not in map(str, range(1, 13)) or part not in seen.ending.table:
        return None
    title = gettext("%(month)s 任期届满：%(tier)s", month=_month(date(seen.ending.year, int(key), 1)),
                    tier=_tiers(seen)[part])
    return Listed(title, seen.ending.months[int(key) - 1].get(part, ()))


LISTS: Mapping[str, Callable[[Board, str, str], Listed | None]] = {
    "met": lambda seen, key, part: _of_school(seen, key, True),
    "short": lambda seen, key, part: _of_school(seen, key, False),
    "unrecorded": lambda seen, key, part: Listed(gettext("没有培训记录"), seen.hours.unrecorded),
    "step": _of_step, "away": _of_month, "ending": _of_ending,
}
