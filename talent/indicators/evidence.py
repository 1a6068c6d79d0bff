"""The evidence book of a date for the inspectors (督导): every figure of the board by school and indicator, no names.

Texts are in the reader's language; numbers stand unrounded, an empty cell is no data.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from talent.core import terms
from talent.core.errors import Finding
from talent.core.language import translated
from talent.indicators.completeness import left_out, missing
from talent.indicators.facts import SchoolRecord
from talent.indicators.queries import Board, sizes_of
from talent.indicators.rates import rates_of
from talent.indicators.rules import STAGES, SchoolResult, Stage, amounts_of
from talent.indicators.shortfall import shortfalls
from talent.indicators.staffing import district_staffing, staffing_of
from talent.policy.book import Value
from talent.policy.tables import IndicatorRow
from talent.workbooks.tables import Cell, Table

HOURS = "hours.evaluation_minimum"

Say = Callable[[Finding], tuple[str, str]]

_BASES = {"enacted": "文件", "delegated": "授权", "assumed": "假定"}
_PLACES = {**terms.words_of(terms.SCHOOL_KIND), **terms.words_of(terms.PUPIL_STAGE)}
#: The parameters beside those of the seven indicators that the figures rest on.
BESIDE = (
    "indicators.schooling_above", "indicators.specialist_subjects", "indicators.specialist_subject_additions",
    "indicators.training_minimum_rate", "indicators.certified_minimum_rate", "indicators.certified_evidence",
    "indicators.exchange_minimum_rate", "indicators.exchange_backbone_minimum_rate", "indicators.exchange_years",
    "indicators.exchange_denominator", "indicators.exchange_backbone_denominator",
    "indicators.assistance_counts_as_exchange", "indicators.school_size_limits", "indicators.class_size_limits",
    "staffing.ratios", "staffing.rounding",
)


def evidence(board: Board, say: Say) -> list[Table]:
    """The sheets of the book, in the order the inspectors read them."""
    return [_parameters(board), _district(board), _schools(board), _lacking(board), _rates(board), _sizes(board),
            _staffing(board), gaps_table(board, say)]


def gaps_table(board: Board, say: Say) -> Table:
    """What is missing or out of date, and the schools that take no part."""
    rows: list[list[Cell]] = []
    for item in missing(board):
        reason, hint = say(item.finding)
        rows.append([item.school.code, item.school.name, reason, hint])
    for stage in STAGES:
        rows += [[school.code, school.name, *say(finding)] for school, finding in left_out(board, stage)]
    return Table(translated("缺的数据"), translated("学校代码|学校名称|缺什么|怎么补").split("|"), rows)


def indicator_name(row: IndicatorRow) -> str:
    """An indicator in short; one the vocabulary does not know by its own label."""
    return translated(terms.words_of(terms.INDICATOR).get(row.code, row.label))


def stage_name(stage: str) -> str:
    """小学, 初中, 高中 in the reader's language."""
    return translated(terms.words_of(terms.PUPIL_STAGE)[stage])


def _yes(verdict: bool | None) -> str:
    if verdict is None:
        return translated("没有数据")
    return translated("达标") if verdict else translated("未达标")


def parameters_of(board: Board) -> list[Value]:
    """Every parameter the board used, with basis and source."""
    return [*board.policy.values, *(board.value(key) for key in BESIDE)]


def _parameters(board: Board) -> Table:
    rows: list[list[Cell]] = [[translated("统计日期"), board.on, "", ""]]
    for value in parameters_of(board):
        source = " ".join(part for part in (value.source.document, value.source.clause, value.source.note) if part)
        rows.append([translated(value.label), _plain(value.value), translated(_BASES[value.basis]), source])
    return Table(translated("说明"), translated("参数|值|依据|文件").split("|"), rows)


def _plain(value: object) -> str:
    """A parameter in one cell; a table of several columns stands on a sheet of its own."""
    if isinstance(value, Mapping):
        named = ((translated(_PLACES.get(str(code), str(code))), each) for code, each in value.items())
        return "; ".join(f"{name} {_plain(each)}" for name, each in named)
    if isinstance(value, tuple):
        return "; ".join(map(_plain, value))
    if isinstance(value, Fraction):
        return f"{float(value):g}"
    return str(value) if isinstance(value, str | int) else ""


def _district(board: Board) -> Table:
    rows: list[list[Cell]] = []
    for stage, result in board.stages.items():
        for place, (row, found) in enumerate(zip(board.policy.thresholds, result.indicators, strict=True)):
            values = [school.values[place] for school in result.school_results]
            known = [value for value in values if value is not None]
            spread = found.dispersion
            rows.append([
                stage_name(stage), row.number, indicator_name(row), row.threshold(stage),
                sum(value >= row.threshold(stage) for value in known), len(known), len(values),
                spread.mean if spread else None, spread.sd if spread else None, spread.cv if spread else None,
                found.cv_limit, _yes(found.meets_cv)])
    heads = translated(
        "学段|项|指标|标准|达到（所）|有数据（所）|学校（所）|全区均值|标准差|差异系数|上限|差异系数是否达标")
    return Table(translated("七项指标"), heads.split("|"), rows)


def _schools(board: Board) -> Table:
    heads = translated("学段|学校代码|学校名称|学生数|统计日期").split("|")
    for row in board.policy.thresholds:
        heads += [f"{row.number} {indicator_name(row)} x", f"{row.number} {indicator_name(row)}"]
    rows = [_school(board, stage, result) for stage in STAGES for result in board.stages[stage].school_results]
    return Table(translated("各校"), [*heads, *translated("达到（项）|结论").split("|")], rows)


def _school(board: Board, stage: Stage, result: SchoolResult) -> list[Cell]:
    school = board.schools[result.school_code]
    amounts = amounts_of(school.facts, stage, board.policy)
    pairs = [cell for pair in zip(amounts, result.values, strict=True) for cell in pair]
    return [stage_name(stage), school.code, school.name, result.pupils, school.enrolled[stage].counted_on, *pairs,
            result.reached, _yes(result.passes)]


def _lacking(board: Board) -> Table:
    rows: list[list[Cell]] = [
        [stage_name(stage), result.school_code, board.schools[result.school_code].name,
         indicator_name(each.indicator), each.value, each.threshold, each.missing, translated(each.indicator.unit)]
        for stage in STAGES for result in board.stages[stage].school_results
        for each in shortfalls(result, stage, board.policy)
    ]
    return Table(translated("还缺多少"), translated("学段|学校代码|学校名称|指标|现值|标准|还缺|单位").split("|"), rows)


def rate_name(board: Board, code: str) -> str:
    """A rate in short."""
    minimum = Decimal(board.value(HOURS).value) / 100
    names = {"hours": translated("满 {n} 学时").format(n=f"{minimum:f}"), "certified": translated("持证上岗"),
             "exchanged": translated("应交流已交流"), "exchanged_backbone": translated("其中骨干")}
    return names[code]


def _rates(board: Board) -> Table:
    rows: list[list[Cell]] = [
        [rate_name(board, rate.code), rate.part, rate.whole, rate.value, rate.minimum.value, _yes(rate.meets)]
        for rate in rates_of(board)
    ]
    return Table(translated("教师队伍"), translated("项目|人数|分母|比例|标准|结论").split("|"), rows)


def _sizes(board: Board) -> Table:
    heads = translated("学校代码|学校名称|学段|学生数|班级数|平均班额|上限|结论")
    rows = [row for school in board.records.schools for row in _sizes_of(board, school)]
    return Table(translated("规模和班额"), heads.split("|"), rows)


def _sizes_of(board: Board, school: SchoolRecord) -> Iterator[list[Cell]]:
    found = sizes_of(board, school)
    if found is None:
        return
    size, classes = found
    yield [school.code, school.name, translated("全校"), size.pupils, None, None, size.limit, _yes(size.meets)]
    for row in classes:
        yield [school.code, school.name, stage_name(row.stage), row.pupils, row.classes, row.average, row.limit,
               _yes(row.meets)]


def _staffing(board: Board) -> Table:
    ratios = board.value("staffing.ratios").value
    whole = district_staffing(board.records, ratios)
    rows: list[list[Cell]] = [
        [school.code, school.name, found.reckoned, found.granted, found.staffed, found.beyond]
        for school in board.records.schools if (found := staffing_of(school, ratios)) is not None
    ]
    rows.append(["", translated("全区"), whole.reckoned, whole.granted, whole.staffed, whole.beyond])
    return Table(translated("编制"), translated("学校代码|学校名称|测算|核定|实有在编|编外").split("|"), rows)
