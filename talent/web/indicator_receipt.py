"""Receipts of the board: each formula with its numbers filled in, the schools under it, the parameters it rests on."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from flask_babel import gettext

from talent.core import terms
from talent.core.language import translated
from talent.indicators.evidence import BESIDE, stage_name
from talent.indicators.facts import SchoolRecord
from talent.indicators.queries import Board
from talent.indicators.rules import STAGES, TEACHER_INDICATORS, Stage, amount_of, share_of_stage
from talent.indicators.shortfall import units
from talent.indicators.staffing import Staffing
from talent.policy.book import Value
from talent.policy.tables import IndicatorTable
from talent.web.indicator_board import Line, denominator_name, exact, places_of, quantity, standard
from talent.web.links import link_to
from talent.web.templating import num, pct

#: Which parameters an indicator rests on beside those of all seven.
_OWN = {
    "schooling": ("indicators.schooling_above",), "backbone": ("tiers.table",),
    "specialists": ("indicators.specialist_subjects", "indicators.specialist_subject_additions"),
}
_SEVEN = frozenset({"indicators.thresholds", "indicators.reached_minimum", "indicators.other_minimum_share"})


# ── one indicator over the schools ───────────────────────────────────────────────────────────────────────────


def over_schools(board: Board, line: Line) -> dict[str, Any]:
    """X̄, S and CV with their numbers, and a row for each school: x, P, value, weight, part of S²."""
    spread, per = line.found.dispersion, line.row.per_pupils
    known = [(result, value) for result, value in zip(line.results, line.values, strict=True) if value is not None]
    pupils = sum(result.pupils for result, _ in known)
    total = sum((value * result.pupils / per for result, value in known), Fraction(0))
    return {
        "per": per, "pupils": pupils, "total": exact(total), "spread": spread, "places": places_of(line.row) + 4,
        "rows": [_school_row(board, line, place, pupils) for place in range(len(line.results))],
    }


def _school_row(board: Board, line: Line, place: int, pupils: int) -> dict[str, Any]:
    result, value, spread = line.results[place], line.values[place], line.found.dispersion
    threshold = line.row.threshold(line.stage)
    weight = Fraction(result.pupils, pupils) if value is not None and pupils else None
    part = None if value is None or spread is None or weight is None else weight * (value - spread.mean) ** 2
    return {
        "name": board.schools[result.school_code].name, "url": line.school_url(result.school_code),
        "amount": exact(None if value is None else value * result.pupils / line.row.per_pupils),
        "pupils": result.pupils, "value": line.shown(value), "weight": weight, "part": part,
        "verdict": _verdict(value, threshold, board.policy.other_minimum_share),
    }


def _verdict(value: Fraction | None, threshold: Fraction, floor: Fraction) -> tuple[str, str]:
    """State and word of one value."""
    if value is None:
        return "none", gettext("没有数据")
    if value >= threshold:
        return "ok", gettext("达到")
    return ("bad", gettext("未达到，但在 %(rate)s 以上", rate=pct(floor, 0))) if value >= floor * threshold else (
        "bad", gettext("低于标准的 %(rate)s", rate=pct(floor, 0)))


# ── one school ───────────────────────────────────────────────────────────────────────────────────────────────


def at_school(board: Board, line: Line, school: SchoolRecord) -> dict[str, Any]:
    """One value with its formula, and what lifts it to the standard."""
    pupils = school.pupils.get(line.stage, 0)
    amount = amount_of(school.facts, line.stage, line.row, board.policy)
    value = None if amount is None or not pupils else amount * line.row.per_pupils / pupils
    threshold = line.row.threshold(line.stage)
    missing = 0 if value is None else units(line.row, value, threshold, pupils)
    needed = threshold * pupils / line.row.per_pupils
    return {
        "amount": exact(amount), "pupils": pupils, "per": line.row.per_pupils, "value": line.shown(value),
        "standard": standard(line.row, line.stage), "known": value is not None,
        "verdict": _verdict(value, threshold, board.policy.other_minimum_share),
        "missing": quantity(line.row, missing) if missing else "",
        "needed": "" if amount is None else gettext(
            "%(standard)s × %(pupils)s ÷ %(per)s − %(amount)s = %(short)s", standard=standard(line.row, line.stage),
            pupils=num(pupils), per=line.row.per_pupils, amount=exact(amount), short=exact(needed - amount)),
        "about_people": line.row.code in TEACHER_INDICATORS,
    }


def premises(board: Board, line: Line, school: SchoolRecord) -> dict[str, Any]:
    """The rows a resource comes from, whether it was split, and the split with its numbers."""
    code = line.row.code
    if code in TEACHER_INDICATORS:
        return {"rows": [], "split": "", "enrolled": enrolled(board, school)}
    rows = [
        {"part": part_name(part), "on": row.counted_on, "value": exact(getattr(row.resources, code)),
         "used": _is_used(school, part, line)}
        for part, row in sorted(school.reported.items())
    ]
    return {"rows": rows, "split": _split(board, line, school), "enrolled": enrolled(board, school)}


def part_name(part: str) -> str:
    """What a row of premises is about: a stage, or the whole school."""
    return translated(terms.words_of(terms.PREMISES_OF)[part or "whole"])


def _is_used(school: SchoolRecord, part: str, line: Line) -> bool:
    own = school.reported.get(line.stage)
    has_own = own is not None and getattr(own.resources, line.row.code) is not None
    return part == line.stage if has_own else not part


def _split(board: Board, line: Line, school: SchoolRecord) -> str:
    """全校 9,300 × 600 × 1 ÷ (600 × 1 + 300 × 1.1) = 6,000; "" where nothing was split."""
    whole = school.reported.get("")
    amount = None if whole is None else getattr(whole.resources, line.row.code)
    pupils = {stage: count for stage, count in school.pupils.items() if count}
    if amount is None or not _is_used(school, "", line) or len(pupils) < 2:
        return ""
    weights = board.policy.split_weights
    parts = [f"{num(count)} × {exact(weights.get(stage, Fraction(1)))}" for stage, count in pupils.items()]
    mine = f"{num(pupils.get(line.stage, 0))} × {exact(weights.get(line.stage, Fraction(1)))}"
    share = share_of_stage(school.pupils, line.stage, weights)
    return gettext("%(whole)s × （%(mine)s） ÷ （%(all)s） = %(share)s", whole=exact(amount), mine=mine,
                   all=" + ".join(parts), share=exact(amount * share))


def enrolled(board: Board, school: SchoolRecord) -> list[dict[str, Any]]:
    """The pupils in use: by stage, as counted on which day, and their weight in a split."""
    return [{"stage": stage_name(stage), "on": row.counted_on, "pupils": row.pupils, "classes": row.classes,
             "weight": exact(board.policy.split_weights.get(stage, Fraction(1)))}
            for stage, row in school.enrolled.items()]


def posts_formula(school: SchoolRecord, found: Staffing, ratios: Mapping[str, Fraction]) -> str:
    """1,200 ÷ 19 + 300 ÷ 13.5 = 85.38, 进一得 86."""
    pupils = {stage: count for stage, count in school.pupils.items() if stage in ratios and count}
    if not pupils or found.reckoned is None:
        return ""
    exact_sum = sum((count / ratios[stage] for stage, count in pupils.items()), Fraction(0))
    terms_ = " + ".join(f"{num(count)} ÷ {exact(ratios[stage])}" for stage, count in pupils.items())
    return gettext("%(terms)s = %(sum)s，进一得 %(posts)s", terms=terms_, sum=exact(exact_sum),
                   posts=num(found.reckoned))


def staffing_parts(found: Staffing) -> list[dict[str, Any]]:
    """测算, 核定, 实有在编, 编外: four numbers, each with what it is."""
    return [
        {"label": gettext("测算"), "value": found.reckoned, "note": gettext("学生数按生师比折算")},
        {"label": gettext("核定"), "value": found.granted, "note": gettext("机构编制部门核定")},
        {"label": gettext("实有在编"), "value": found.staffed, "note": gettext("编制在本校的在职人员"),
         "what": "staffed"},
        {"label": gettext("编外"), "value": found.beyond, "note": gettext("编外合同、劳务派遣"), "what": "beyond"},
    ]


# ── parameters ───────────────────────────────────────────────────────────────────────────────────────────────


def parameters(board: Board, line: Line) -> list[dict[str, Any]]:
    """What an indicator's figures rest on, with documents and bases."""
    values = [*board.policy.values, *(board.value(key) for key in _OWN.get(line.row.code, ()))]
    return [_parameter(value, line) for value in values]


def all_parameters(board: Board) -> list[dict[str, Any]]:
    """What the board rests on beside the seven standards."""
    return [_parameter(board.value(key)) for key in BESIDE]


def _parameter(value: Value, line: Line | None = None) -> dict[str, Any]:
    source = value.source
    cited = " ".join(translated(part) for part in (source.document, source.clause) if part)
    return {"text": translated(value.label), "value": _shown(value.value, line), "basis": value.basis,
            "note": gettext("；").join(filter(None, (cited, translated(source.note)))),
            "href": link_to("policy.entry", key=value.key)}


def _shown(value: Any, line: Line | None) -> str:
    if isinstance(value, IndicatorTable):
        return standard(line.row, line.stage) if line else ""
    if isinstance(value, Mapping):
        return gettext("；").join(f"{_place(code)} {_shown(each, line)}" for code, each in value.items())
    if isinstance(value, tuple):
        return gettext("、").join(_place(each) for each in value)
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, Fraction | int):
        return exact(Fraction(value))
    return _place(value) if isinstance(value, str) else gettext("见政策参数")


def _place(code: str) -> str:
    """A code of a parameter by its word; a word as it is."""
    names: dict[str, str] = {}
    for vocabulary in (terms.SCHOOL_KIND, terms.PUPIL_STAGE, terms.SCHOOLING):
        names.update(terms.words_of(vocabulary))
    codes = {"certificate_kind": gettext("教师资格种类"), "certificate_number": gettext("教师资格证号"),
             **{code: denominator_name(code) for code in ("all", "eligible", "exchanged", "eligible_backbone")},
             "up_per_school": gettext("每校进一")}
    return codes.get(code) or translated(names.get(code, code))


def subjects_of(values: Iterable[Value]) -> str:
    """Documents named by some parameters, each once."""
    return gettext("、").join(dict.fromkeys(translated(value.source.document) for value in values))


def stages_of(board: Board, school: SchoolRecord) -> list[Stage]:
    """The evaluated stages at which a school has pupils."""
    return [stage for stage in STAGES if school.pupils.get(stage, 0) > 0]
