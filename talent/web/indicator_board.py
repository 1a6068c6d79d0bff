"""The board of the national indicators in words and pictures: rows with their dots, findings, gaps, rates, sizes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any
from urllib.parse import quote

from flask import url_for
from flask_babel import gettext

from talent.indicators.evidence import indicator_name, rate_name, stage_name
from talent.indicators.queries import Board, sizes_of
from talent.indicators.rates import Rate, rates_of
from talent.indicators.rules import STAGES, IndicatorResult, SchoolResult, Stage
from talent.indicators.shortfall import Shortfall, shortfalls
from talent.policy.tables import IndicatorRow
from talent.web import kit, pictures
from talent.web.templating import DASH, num

_MOST_PLACES = 6


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


def unit_name(unit: str) -> str:
    """人, 平方米, 元, 间 in the reader's language."""
    names = {"人": gettext("人"), "平方米": gettext("平方米"), "元": gettext("元"), "间": gettext("间")}
    return names.get(unit, unit)


def per_unit(row: IndicatorRow) -> str:
    """What a value is told in: 人/百生, 平方米/生."""
    if row.per_pupils == 1:
        return gettext("%(unit)s/生", unit=unit_name(row.unit))
    return gettext("%(unit)s/百生", unit=unit_name(row.unit))


def places_of(row: IndicatorRow) -> int:
    """Decimals a value is shown with: none in thousands, else two."""
    return 0 if row.primary >= 1000 else 2


def apart(value: Fraction | float | None, limit: Fraction, places: int) -> str:
    """A value beside its limit: with more decimals where rounding would hide on which side of it it stands."""
    if value is None:
        return DASH
    if value != limit and abs(float(value) - float(limit)) < 2 / 10**places:  # else the two surely read apart
        while places < _MOST_PLACES and num(value, places) == num(limit, places):
            places += 1
    return num(value, places)


def exact(amount: Fraction | None, places: int = 2) -> str:
    """An amount without idle zeros: 5, 4.5, 3.33."""
    if amount is None:
        return DASH
    shown = num(amount, places)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def standard(row: IndicatorRow, stage: Stage) -> str:
    """The threshold as documents write it: 4.2, 1.0, 2,000."""
    return num(row.threshold(stage), 0 if places_of(row) == 0 else 1)


# ── seven rows ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Line:
    """One indicator of a stage: the document's row, what came out, and the schools' values in order."""

    row: IndicatorRow
    found: IndicatorResult
    results: Sequence[SchoolResult]
    place: int
    stage: Stage

    @cached_property
    def name(self) -> str:
        return indicator_name(self.row)

    @cached_property
    def url(self) -> str:
        return url_for("indicators.indicator", stage=self.stage, number=self.row.number)

    def school_url(self, code: str) -> str:
        """The receipt of one school stands under that of all; built by hand, since a board has hundreds of them."""
        return f"{self.url}/{quote(code, safe='')}"

    @cached_property
    def values(self) -> list[Fraction | None]:
        return [result.values[self.place] for result in self.results]

    @property
    def known(self) -> int:
        return sum(value is not None for value in self.values)

    @property
    def reached(self) -> int:
        return sum(value is not None and value >= self.row.threshold(self.stage) for value in self.values)

    @property
    def mean(self) -> Fraction | None:
        return self.found.dispersion.mean if self.found.dispersion else None

    @property
    def cv(self) -> float | None:
        return self.found.dispersion.cv if self.found.dispersion else None

    def shown(self, value: Fraction | None) -> str:
        return apart(value, self.row.threshold(self.stage), places_of(self.row))

    @property
    def cv_shown(self) -> str:
        return apart(self.cv, self.found.cv_limit, 3)


def lines(board: Board, stage: Stage) -> list[Line]:
    """The seven indicators of a stage."""
    result = board.stages[stage]
    return [Line(row, found, result.school_results, place, stage) for place, (row, found) in
            enumerate(zip(board.policy.thresholds, result.indicators, strict=True))]


def rows_of(board: Board, stage: Stage) -> list[dict[str, Any]]:
    """The rows of the board: dots against the standard, reached, mean, spread against its limit."""
    return [row_of(board, line) for line in lines(board, stage)]


def row_of(board: Board, line: Line) -> dict[str, Any]:
    """One row with its picture."""
    threshold = line.row.threshold(line.stage)
    dots = [pictures.School(board.schools[result.school_code].name, None if value is None else float(value / threshold),
                            line.school_url(result.school_code))
            for result, value in zip(line.results, line.values, strict=True)]
    limit = float(line.found.cv_limit)
    return {
        "number": line.row.number, "name": line.name, "unit": per_unit(line.row), "url": line.url,
        "standard": standard(line.row, line.stage), "dots": dots,
        "ratio": None if line.mean is None else float(line.mean / threshold),
        "reached": line.reached, "known": line.known, "missing": len(line.results) - line.known,
        "mean": line.shown(line.mean), "meets_mean": None if line.mean is None else line.mean >= threshold,
        "cv": line.cv, "cv_shown": line.cv_shown, "limit": limit, "scale": limit / 0.6, "meets": line.found.meets_cv,
    }


def tabs(board: Board, current: str) -> list[dict[str, Any]]:
    """The stages, with how many schools take part."""
    return [{"label": stage_name(stage), "url": kit.url_with(stage=stage), "current": stage == current,
             "count": len(result.school_results)} for stage, result in board.stages.items()]


def finding(board: Board, stage: Stage) -> str:
    """What the stage says, in one sentence."""
    results = board.stages[stage].school_results
    if not results:
        return gettext("截至 %(on)s，%(stage)s没有参加计算的学校。", on=board.on, stage=stage_name(stage))
    told = gettext("，").join(_verdicts(results))
    return gettext("%(stage)s %(n)s 所：%(told)s；%(spread)s。", stage=stage_name(stage), n=len(results), told=told,
                   spread=_spread(lines(board, stage)))


def _verdicts(results: Sequence[SchoolResult]) -> list[str]:
    passing = sum(result.passes is True for result in results)
    failing = sum(result.passes is False for result in results)
    unknown = len(results) - passing - failing
    told = [gettext("%(n)s 所达标", n=passing)]
    told += [gettext("%(n)s 所未达标", n=failing)] if failing else []
    return told + ([gettext("%(n)s 所缺数据", n=unknown)] if unknown else [])


def _spread(found: Iterable[Line]) -> str:
    """The indicators whose spread is over its limit, the widest first."""
    known = [line for line in found if line.found.meets_cv is not None]
    over = sorted((line for line in known if not line.found.meets_cv), key=lambda line: line.cv or 0, reverse=True)
    if over:
        return gettext("、").join(
            gettext("%(name)s的差异系数 %(cv)s，超过 %(limit)s", name=line.name, cv=line.cv_shown,
                    limit=num(line.found.cv_limit, 2)) for line in over)
    return gettext("差异系数都没有超过上限") if known else gettext("差异系数没有数据")


# ── gaps ─────────────────────────────────────────────────────────────────────────────────────────────────────


def gaps(board: Board, stage: Stage) -> list[dict[str, Any]]:
    """The schools that do not pass or lack data: what is short, and by how much; the furthest from passing first."""
    results = [result for result in board.stages[stage].school_results if result.passes is not True]
    results.sort(key=lambda result: (result.passes is None, result.reached))
    by_code = {line.row.code: line for line in lines(board, stage)}
    return [_gap(board, stage, result, by_code) for result in results]


def _gap(board: Board, stage: Stage, result: SchoolResult, by_code: Mapping[str, Line]) -> dict[str, Any]:
    found = shortfalls(result, stage, board.policy)
    unknown = [row.number for row, value in zip(board.policy.thresholds, result.values, strict=True) if value is None]
    return {
        "name": board.schools[result.school_code].name, "url": url_for("indicators.school", code=result.school_code),
        "reached": result.reached, "unknown": gettext("、").join(map(str, unknown)), "passes": result.passes,
        "items": [_shortfall(by_code[each.indicator.code], each, len(found) == 1, result.school_code)
                  for each in found],
    }


def _shortfall(line: Line, each: Shortfall, single: bool, code: str) -> dict[str, Any]:
    return {"name": line.name, "value": line.shown(each.value), "standard": standard(line.row, line.stage),
            "url": line.school_url(code), "missing": quantity(line.row, each.missing),
            "to_floor": quantity(line.row, each.to_floor) if single and each.to_floor else ""}


def quantity(row: IndicatorRow, count: int) -> str:
    """5 人, 1,258 平方米."""
    return gettext("%(n)s %(unit)s", n=num(count), unit=unit_name(row.unit))


# ── the same records ─────────────────────────────────────────────────────────────────────────────────────────


def rate_lines(board: Board, exchange: str = "", backbone: str = "") -> list[dict[str, Any]]:
    """The rates, each with who is in its denominator and the address of its people."""
    return [_rate(board, rate) for rate in rates_of(board, exchange, backbone)]


def _rate(board: Board, rate: Rate) -> dict[str, Any]:
    minimum = rate.minimum.value
    whose = "eligible_backbone" if rate.of == "eligible_backbone" else rate.code
    other = {"eligible": "all", "all": "eligible", "exchanged": "eligible_backbone", "eligible_backbone": "exchanged"}
    key = {"exchanged": "exchange", "exchanged_backbone": "backbone"}.get(rate.code)
    return {
        "name": rate_name(board, rate.code), "value": rate.value, "minimum": minimum, "meets": rate.meets,
        "short": rate.short,
        "url": url_for("indicators.people", what=whose), "part": rate.part, "whole": rate.whole,
        "of": denominator_name(rate.of), "basis": rate.minimum,
        "switch": kit.url_with(**{key: other[rate.of]}) if key else "",
        "other": denominator_name(other[rate.of]) if key else "",
        "assumed": board.value("indicators.certified_evidence" if rate.code == "certified" else
                               "indicators.exchange_years" if rate.of == "eligible" else rate.minimum.key),
    }


def denominator_name(code: str) -> str:
    """Who a rate is of."""
    return {"all": gettext("全体专任教师"), "eligible": gettext("满年限的教师"), "exchanged": gettext("交流的教师"),
            "eligible_backbone": gettext("满年限的骨干教师")}[code]


def size_lines(board: Board) -> list[dict[str, Any]]:
    """How many schools and how many schools' classes are over their limits."""
    found = [each for school in board.records.schools if (each := sizes_of(board, school)) is not None]
    stages = [row for _, classes in found for row in classes]
    return [
        {"name": gettext("学校规模超限"), "over": sum(not size.meets for size, _ in found),
         "of_what": gettext("共 %(n)s 所学校", n=num(len(found))), "unknown": 0},
        {"name": gettext("平均班额超限"), "over": sum(row.meets is False for row in stages),
         "of_what": gettext("共 %(n)s 处，每校每学段一处", n=num(len(stages))),
         "unknown": sum(row.meets is None for row in stages)},
    ]


def stage_words() -> dict[str, str]:
    """The evaluated stages by code."""
    return {stage: stage_name(stage) for stage in STAGES}
