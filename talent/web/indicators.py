"""The national indicators on a date: the board of a stage, each figure's receipt and people, what is missing."""

import io
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from talent.core import terms
from talent.core.errors import NotFound
from talent.core.language import translated
from talent.core.work import Work
from talent.indicators import commands, queries
from talent.indicators import people as people_queries
from talent.indicators.completeness import left_out, missing
from talent.indicators.evidence import HOURS
from talent.indicators.queries import Board, stage_named
from talent.indicators.rules import STAGES, TEACHER_INDICATORS, Stage
from talent.indicators.staffing import district_staffing, staffing_of
from talent.tiers.queries import table_on
from talent.web import indicator_board as words
from talent.web import indicator_receipt as receipt
from talent.web import kit
from talent.web.kit.words import labels
from talent.web.links import link_to, person_url
from talent.web.refusals import worded
from talent.web.security import current_actor, open_read, open_write, permission, today
from talent.web.templating import hours as written
from talent.words.say import say

pages = Blueprint("indicators", __name__, url_prefix="/indicators")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Export = Callable[..., int]


def _on() -> date:
    return kit.as_of(today()).on


def _page(template: str, board: Board, **values: Any) -> str:
    return render_template(f"indicators/{template}.html", on=board.on, board=board, stage_names=words.stage_words(),
                           **values)


# ── the board ────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/")
@permission("indicator:read")
def index() -> str:
    """Seven rows of one stage, what is short, and what the same records say beside; ``?stage=`` the other stage."""
    stage: Stage = "junior" if request.args.get("stage") == "junior" else "primary"
    exchange = _chosen("exchange", ("eligible", "all"))
    backbone = _chosen("backbone", ("exchanged", "eligible_backbone"))
    with open_read() as work:
        board = queries.board(work, _on())
    lacking = missing(board)
    ratios = board.value("staffing.ratios").value
    return _page(
        "index", board, stage=stage, tabs=words.tabs(board, stage), rows=words.rows_of(board, stage),
        finding=words.finding(board, stage), gaps=words.gaps(board, stage), table=_table(board, stage),
        rates=words.rate_lines(board, exchange, backbone), sizes=words.size_lines(board),
        staffing=receipt.staffing_parts(district_staffing(board.records, ratios)),
        lacking=len(lacking), lacking_schools=len({item.school.code for item in lacking}),
        left_out=left_out(board, stage), kinds=labels(terms.SCHOOL_KIND),
        thresholds=board.value("indicators.thresholds"))


def _chosen(name: str, offered: tuple[str, ...]) -> str:
    asked = request.args.get(name, "")
    return asked if asked in offered else ""


def _table(board: Board, stage: Stage) -> dict[str, Any]:
    """Schools by indicators, every value a link to its receipt."""
    found = words.lines(board, stage)
    return {
        "heads": [line.name for line in found],
        "rows": [
            {"name": board.schools[result.school_code].name, "pupils": result.pupils, "reached": result.reached,
             "passes": result.passes, "url": url_for(".school", code=result.school_code),
             "cells": [{"shown": line.shown(value), "url": line.school_url(result.school_code),
                        "short": value is not None and value < line.row.threshold(stage)}
                       for line, value in zip(found, result.values, strict=True)]}
            for result in board.stages[stage].school_results
        ],
    }


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────────────────


def _line(board: Board, stage: Stage, number: int) -> words.Line:
    line = next((line for line in words.lines(board, stage) if line.row.number == number), None)
    if line is None:
        raise NotFound("indicator", number)
    return line


@pages.get("/<stage>/<number:number>")
@permission("indicator:read")
def indicator(stage: str, number: int) -> str:
    """One indicator over the schools of a stage: X̄, S and CV with their numbers, and each school's part in them."""
    known = stage_named(stage)
    with open_read() as work:
        board = queries.board(work, _on())
    line = _line(board, known, number)
    return _page("indicator", board, stage=known, line=line, row=words.row_of(board, line),
                 unit=words.per_unit(line.row), sums=receipt.over_schools(board, line),
                 parameters=receipt.parameters(board, line),
                 left_out=[(school, worded(found)[0]) for school, found in left_out(board, known)],
                 others=words.lines(board, known))


@pages.get("/<stage>/<number:number>/<code>")
@permission("indicator:read")
def school_indicator(stage: str, number: int, code: str) -> str:
    """One indicator of one school: its formula, and the people or rows it counts."""
    known = stage_named(stage)
    with open_read() as work:
        board = queries.board(work, _on())
        line, school = _line(board, known, number), board.school(code)
        people = (people_queries.teachers_behind(work, board, line.row.code, code, known)
                  if line.row.code in TEACHER_INDICATORS else ())
        tiers = _tier_names(work, board.on)
    return _page(
        "school_indicator", board, stage=known, line=line, school=school, unit=words.per_unit(line.row),
        value=receipt.at_school(board, line, school), people=people, tiers=tiers, words=_words(),
        shares=_shares(people), premises=receipt.premises(board, line, school), person_url=person_url,
        unstaged=school.staff.get("no_stage", 0), parameters=receipt.parameters(board, line))


def _tier_names(work: Work, on: date) -> dict[str, str]:
    return {row.code: translated(row.label) for row in table_on(work.book, on)}


def _shares(people: tuple[people_queries.Counted, ...]) -> str:
    """3 + 2 × 1/2 = 4: the people counted, each by the part they teach here."""
    parts: dict[Any, int] = {}
    for each in people:
        if each.member.counted:
            parts[each.member.share()] = parts.get(each.member.share(), 0) + 1
    if not parts or set(parts) == {1}:
        return ""
    total = sum(share * count for share, count in parts.items())
    told = [str(count) if share == 1 else f"{count} × {share}" for share, count in sorted(parts.items(), reverse=True)]
    return f"{' + '.join(told)} = {words.exact(total)}"


@pages.get("/schools/<code>")
@permission("indicator:read")
def school(code: str) -> str:
    """One school: its verdict at each stage, its size and classes, its posts."""
    with open_read() as work:
        board = queries.board(work, _on())
    found = board.school(code)
    ratios = board.value("staffing.ratios").value
    staffing = staffing_of(found, ratios)
    results = {stage: board.stages[stage].result_of(code) for stage in STAGES}
    return _page(
        "school", board, school=found, results=results, kind=labels(terms.SCHOOL_KIND)[found.kind],
        values={stage: _values(board, stage, found) for stage, result in results.items() if result is not None},
        sizes=queries.sizes_of(board, found), enrolled=receipt.enrolled(board, found), staffing=staffing,
        parts=receipt.staffing_parts(staffing) if staffing else [],
        formula=receipt.posts_formula(found, staffing, ratios) if staffing else "",
        ratios=board.value("staffing.ratios"), rounding=board.value("staffing.rounding"),
        missing=[_asked(item) for item in missing(board) if item.school.code == code],
        left_out=[worded(reason)[0] for stage in STAGES for other, reason in left_out(board, stage)
                  if other.code == code])


def _values(board: Board, stage: Stage, school: Any) -> list[dict[str, Any]]:
    return [{"line": line, "value": receipt.at_school(board, line, school)} for line in words.lines(board, stage)]


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────


def people_titles(hours: int) -> dict[str, tuple[str, str, str]]:
    """What a list is called, and its two parts: those who count, and the others ("" where there are none)."""
    return {
        "hours": (gettext("满 %(n)s 学时", n=written(hours)), gettext("已满"), gettext("未满")),
        "certified": (gettext("持证上岗"), gettext("持证"), gettext("未持证")),
        "eligible": (gettext("符合交流条件"), gettext("符合"), gettext("不符合")),
        "exchanged": (gettext("应交流已交流"), gettext("已交流"), gettext("应交流未交流")),
        "exchanged_backbone": (gettext("交流教师中的骨干"), gettext("骨干"), gettext("不是骨干")),
        "eligible_backbone": (gettext("满年限的骨干教师"), gettext("已交流"), gettext("未交流")),
        "backbone": (gettext("县级以上骨干教师"), gettext("在任"), ""),
        "staffed": (gettext("实有在编"), gettext("在编"), ""),
        "beyond": (gettext("编外"), gettext("编外"), ""),
        "no_quota_type": (gettext("没有编制类别"), gettext("缺"), ""),
        "no_stage": (gettext("没有学段"), gettext("缺"), ""),
        "no_schooling": (gettext("没有学历"), gettext("缺"), ""),
        "no_subject": (gettext("没有任教学科"), gettext("缺"), ""),
        "no_certificate": (gettext("没有教师资格"), gettext("缺"), ""),
    }


@pages.get("/people/<what>")
@permission("indicator:read")
def people(what: str) -> str:
    """The people behind a number of the district or, with ``?school=``, of a school; ``?part=out`` the others."""
    on, asked, out = _on(), kit.asked_page(), request.args.get("part") == "out"
    code = request.args.get("school", "")[:40]
    with open_read() as work:
        found = people_queries.people(work, on, what, school=code, counted=not out, offset=asked.offset,
                                      limit=asked.size)
        tiers = _tier_names(work, on)
        years = work.book.at("indicators.exchange_years", on)
        minimum = work.book.at(HOURS, on).value
    title, inside, outside = people_titles(minimum)[what]
    tabs = [{"label": inside, "url": kit.url_with(part=None), "current": not out, "count": found.counted}]
    if outside:
        tabs.append({"label": outside, "url": kit.url_with(part="out"), "current": out, "count": found.others})
    return render_template(
        "indicators/people.html", on=on, what=what, title=title, tabs=tabs, found=found, code=code,
        page=asked.page(found.rows, found.others if out else found.counted), schools=found.schools, tiers=tiers,
        years=years, words=_words(), person_url=person_url)


def _words() -> dict[str, dict[str, str]]:
    return {"stage": labels(terms.TEACHER_STAGE), "schooling": labels(terms.SCHOOLING),
            "category": labels(terms.STAFF_CATEGORY), "quota_type": labels(terms.QUOTA_TYPE)}


# ── sizes, staffing, what is missing ─────────────────────────────────────────────────────────────────────────


@pages.get("/sizes")
@permission("indicator:read")
def sizes() -> str:
    """School size and class size of every school, against their limits."""
    with open_read() as work:
        board = queries.board(work, _on())
    rows = [(school, found) for school in board.records.schools if (found := queries.sizes_of(board, school))]
    rows.sort(key=lambda row: (row[1][0].meets and all(each.meets is not False for each in row[1][1]), row[0].code))
    return _page("sizes", board, rows=rows, size_limits=board.value("indicators.school_size_limits"),
                 class_limits=board.value("indicators.class_size_limits"), lines=words.size_lines(board))


@pages.get("/staffing")
@permission("indicator:read")
def staffing() -> str:
    """测算, 核定, 实有在编 and 编外 of every school and the district."""
    with open_read() as work:
        board = queries.board(work, _on())
    ratios = board.value("staffing.ratios")
    rows = [(each, found) for each in board.records.schools if (found := staffing_of(each, ratios.value))]
    return _page("staffing", board, rows=rows, total=district_staffing(board.records, ratios.value), ratios=ratios,
                 rounding=board.value("staffing.rounding"))


@pages.get("/missing")
@permission("indicator:read")
def lacking() -> str:
    """What each school owes for the date, and the workbook that brings it."""
    with open_read() as work:
        board = queries.board(work, _on())
    found = missing(board)
    kinds = [("enrolment", gettext("学生数")), ("facilities", gettext("办学条件")), ("teachers", gettext("教职工")),
             ("quota", gettext("编制核定"))]
    filters = kit.Filters.read([kit.Filter("kind", gettext("表"), kinds)])
    shown = [item for item in found if filters["kind"] in ("", item.kind)]
    return _page("missing", board, items=[_asked(item) for item in shown], filters=filters, total=len(shown),
                 schools=len({item.school.code for item in shown}),
                 out=[(stage, school, worded(reason)[0])
                      for stage in STAGES for school, reason in left_out(board, stage)])


def _asked(item: Any) -> dict[str, Any]:
    """One missing thing in words, with the way to its people and its template."""
    reason, hint = worded(item.finding)
    return {
        "school": item.school, "level": item.finding.level, "text": reason, "hint": hint, "kind": item.kind,
        "people": url_for(".people", what=item.people, school=item.school.code) if item.people else "",
        "template": link_to("imports.template", kind=item.kind) if current_actor().may("record:import") else "",
    }


# ── exports ──────────────────────────────────────────────────────────────────────────────────────────────────


@pages.post("/evidence")
@permission("indicator:read")
def evidence() -> Response:
    """The evidence book of the date for the inspectors."""
    return _workbook(commands.export_evidence, gettext("优质均衡证据册"))


@pages.post("/missing")
@permission("indicator:read")
def export_missing() -> Response:
    """The list of what is missing, to be sent to the schools."""
    return _workbook(commands.export_missing, gettext("优质均衡缺的数据"))


def _workbook(export: Export, name: str) -> Response:
    on = _on()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "board.xlsx"
        with open_write() as work:
            export(work, on=on, path=path, say=say)
        return send_file(io.BytesIO(path.read_bytes()), mimetype=XLSX, as_attachment=True,
                         download_name=f"{name}-{on.isoformat()}.xlsx")
