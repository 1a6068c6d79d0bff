"""Policy values in words: money in yuan, hours, shares, codes by their names, tables as columns and rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from flask_babel import gettext, lazy_gettext
from pydantic import BaseModel, RootModel

from talent.core import terms
from talent.core.language import translated
from talent.policy.book import Book
from talent.policy.calendars import CalendarYear
from talent.settings.typed import HOURS, is_in_hundredths
from talent.web.templating import DASH, hours, money

HEADINGS = {
    "paired_assistance": lazy_gettext("帮扶支教激励"), "hours": lazy_gettext("培训学时"),
    "tiers": lazy_gettext("称号与申报条件"), "rounds": lazy_gettext("评审与任期"), "portraits": lazy_gettext("画像"),
    "indicators": lazy_gettext("优质均衡监测"), "staffing": lazy_gettext("编制"), "privacy": lazy_gettext("隐私"),
    "calendar": lazy_gettext("工作日历"), "vocabulary": lazy_gettext("用语与次序"),
}
UNITS = {
    "fen per person-year": lazy_gettext("元/人年"), HOURS: lazy_gettext("学时"), "years": lazy_gettext("年"),
    "months": lazy_gettext("个月"), "days": lazy_gettext("天"), "working days": lazy_gettext("个工作日"),
    "people": lazy_gettext("人"), "points": lazy_gettext("分"), "times": lazy_gettext("次"),
    "indicators": lazy_gettext("项"), "pupils": lazy_gettext("人"), "columns": lazy_gettext("栏"),
    "school years": lazy_gettext("学年"), "person-years": lazy_gettext("人年"),
    "person-years per month": lazy_gettext("人年/月"), "pupils per class by stage": lazy_gettext("人/班"),
    "pupils by kind of school": lazy_gettext("人"), "times per term": lazy_gettext("次/任期"),
    "pupils per post by stage": lazy_gettext("学生/岗"), "types": lazy_gettext("类"),
}
#: Ratios that are not parts of a whole: 24/25 tells more than 96%.
_AS_NUMBERS = frozenset({"person-years per month", "person-years", "weight per pupil", "factor", "points",
                         "pupils per post by stage", "coefficient of variation"})
#: The vocabulary the codes of an entry come from, where it is not the book's own.
_VOCABULARIES: Mapping[str, Mapping[str, str]] = {
    "paired_assistance.school_kinds": terms.SCHOOL_KIND, "indicators.excluded_kinds": terms.SCHOOL_KIND,
    "indicators.school_size_limits": terms.SCHOOL_KIND, "hours.cycle_caps": terms.TRAINING_LEVEL,
    "hours.discarded_results": terms.TRAINING_RESULT,
    "paired_assistance.discarded_appraisals": terms.ASSISTANCE_APPRAISAL,
    "portraits.contest_level_points": terms.LEVEL, "portraits.open_lesson_points": terms.LEVEL,
    "portraits.contest_grade_factors": terms.GRADE, "portraits.contest_category_factors": terms.CONTEST_CATEGORY,
    "portraits.project_role_factors": terms.ROLE, "indicators.schooling_above": terms.SCHOOLING,
    "vocabulary.professional_title_aliases": terms.PROFESSIONAL_TITLE,
}
_COLUMNS = {
    "code": lazy_gettext("代码"), "label": lazy_gettext("名称"), "note": lazy_gettext("说明"),
    "rank": lazy_gettext("次序"), "weight": lazy_gettext("权重"), "views": lazy_gettext("计入"),
    "stratum": lazy_gettext("塔层"), "level": lazy_gettext("级别"), "ordinal": lazy_gettext("期届"),
    "backbone": lazy_gettext("计入骨干"), "term_months": lazy_gettext("任期月数"), "colour_rank": lazy_gettext("颜色"),
    "number": lazy_gettext("序号"), "unit": lazy_gettext("单位"), "per_pupils": lazy_gettext("每多少学生"),
    "primary": lazy_gettext("小学"), "junior": lazy_gettext("初中"), "per_term": lazy_gettext("每任期次数"),
    "levels": lazy_gettext("级别"), "takes_online": lazy_gettext("收线上"), "type_name": lazy_gettext("类型名"),
    "columns": lazy_gettext("数据栏"), "rule": lazy_gettext("条件"), "at_least": lazy_gettext("至少"),
    "at_most": lazy_gettext("至多"), "any_of": lazy_gettext("其中之一"), "years": lazy_gettext("年数"),
    "accepted": lazy_gettext("认可的结果"), "minimum": lazy_gettext("下限"), "maximum": lazy_gettext("上限"),
    "per_year": lazy_gettext("每年"), "year": lazy_gettext("年份"), "days_off": lazy_gettext("放假"),
    "makeup_days": lazy_gettext("调休上班"), "by": lazy_gettext("截止"), "art_heads": lazy_gettext("艺术学科带头人"),
    "art_backbone": lazy_gettext("中青年艺术骨干"), "heads_at_least": lazy_gettext("带头人起点"),
    "backbone_maximum_age": lazy_gettext("骨干年龄上限"), "level_at_least": lazy_gettext("级别至少"),
    "grade_at_least": lazy_gettext("等级至少"),
}
_WORDS = {
    "calendar_year": lazy_gettext("自然年"), "certificate_kind": lazy_gettext("教师资格种类"),
    "certificate_number": lazy_gettext("教师资格证号"), "eligible": lazy_gettext("符合交流条件的教师"),
    "all": lazy_gettext("全体教师"), "exchanged": lazy_gettext("交流轮岗的教师"),
    "eligible_backbone": lazy_gettext("符合条件的骨干教师"), "up_per_school": lazy_gettext("逐校进一取整"),
    "gender": lazy_gettext("性别"), "school": lazy_gettext("学校"), "career_band": lazy_gettext("教龄段"),
    "in_service": lazy_gettext("在职"), "professional_title": lazy_gettext("职称"),
    "teaching_years": lazy_gettext("教龄"), "prior_title": lazy_gettext("曾获称号"), "result": lazy_gettext("成果"),
    "appraisal": lazy_gettext("年度考核"), "hours": lazy_gettext("培训学时"), "conduct": lazy_gettext("师德"),
    "age": lazy_gettext("年龄"), "evaluation": lazy_gettext("评估口径"), "cycle": lazy_gettext("周期口径"),
    "municipal": lazy_gettext("市级"), "district": lazy_gettext("区级"), "primary": lazy_gettext("小学"),
    "junior": lazy_gettext("初中"), "senior": lazy_gettext("高中"), "apex": lazy_gettext("塔尖"),
    "body": lazy_gettext("塔体"), "base": lazy_gettext("塔基"), "beside": lazy_gettext("塔外"),
}
#: In a rule list these parts are hours; the codes of the others come from these vocabularies.
_HOUR_PARTS = frozenset({"minimum", "per_year"})
_RULE_WORDS = {
    "professional_title": terms.PROFESSIONAL_TITLE, "appraisal": terms.APPRAISAL, "prior_title": terms.TITLE,
}


@dataclass(frozen=True, slots=True)
class Grid:
    """A table to draw: column heads and rows of words."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def heading_of(key: str) -> str:
    """The heading a key stands under."""
    return str(HEADINGS.get(key.partition(".")[0], key.partition(".")[0]))


def unit_word(unit: str) -> str:
    """The unit in Chinese, "" for values that need none."""
    return str(UNITS.get(unit, ""))


def worded(book: Book, key: str, unit: str, value: Any) -> str:
    """A value in one line; of a table the number of its lines."""
    grid = grid_of(book, key, unit, value)
    if grid is not None:
        return gettext("%(n)s 项", n=len(grid.rows))
    text = _plain(book, key, unit, value)
    word = unit_word(unit)
    return f"{text} {word}" if word and not isinstance(value, bool) else text


def grid_of(book: Book, key: str, unit: str, value: Any) -> Grid | None:
    """A value of several lines as columns and rows, None for one that fits in a line."""
    if isinstance(value, CalendarYear):
        return Grid((_column("makeup_days"), _column("days_off")),
                    ((_days(value.makeup_days), _days(value.days_off)),))
    if isinstance(value, RootModel):
        return _rows(book, key, list(value.root))
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        return _rules(value)
    if isinstance(value, BaseModel):
        parts = value.model_dump()
        return Grid((gettext("项目"), gettext("值")),
                    tuple((_column(name), _part(book, key, part)) for name, part in parts.items()))
    if isinstance(value, Mapping):
        rows = tuple((_code(book, key, code), _plain(book, key, unit, part)) for code, part in value.items())
        return Grid((gettext("项目"), unit_word(unit) or gettext("值")), rows)
    return None


def _rows(book: Book, key: str, rows: Sequence[BaseModel]) -> Grid:
    names = [name for name in type(rows[0]).model_fields if name not in ("code", "colour_rank")]
    shown = [name for name in names if any(getattr(row, name) not in ("", None) for row in rows)]
    return Grid(tuple(_column(name) for name in shown),
                tuple(tuple(_part(book, key, getattr(row, name)) for name in shown) for row in rows))


def _rules(rules: Sequence[BaseModel]) -> Grid:
    return Grid((gettext("条件"), gettext("要求")),
                tuple((_word(str(getattr(rule, "rule", ""))), _requirement(rule)) for rule in rules))


def _requirement(rule: BaseModel) -> str:
    """The parts of one eligibility rule, each with its name."""
    kind = str(getattr(rule, "rule", ""))
    parts = [(name, part) for name, part in rule.model_dump().items() if name != "rule" and part is not None]
    said = [f"{_column(name)} {_rule_part(kind, name, part)}" for name, part in parts]
    return gettext("；").join(said) or gettext("须满足")


def _rule_part(kind: str, name: str, part: Any) -> str:
    if kind == "hours" and name in _HOUR_PARTS:
        return hours(part)
    if isinstance(part, str):
        return _term(_RULE_WORDS.get(kind, {}), part)
    if isinstance(part, list | tuple):
        return gettext("、").join(_floor(item) if isinstance(item, Mapping) else _rule_part(kind, name, item)
                                 for item in part)
    return str(part)


def _floor(floor: Mapping[str, Any]) -> str:
    grade = floor["grade_at_least"]
    level = _term(terms.LEVEL, floor["level_at_least"])
    return f"{level} {_term(terms.GRADE, grade)}" if grade else gettext("%(level)s 不限等级", level=level)


def _part(book: Book, key: str, part: Any) -> str:
    if part is None:
        return DASH
    if isinstance(part, Mapping):
        return gettext("；").join(f"{_code(book, key, name)} {_plain(book, key, '', value)}"
                                 for name, value in part.items())
    return _plain(book, key, "factor", part)


def _plain(book: Book, key: str, unit: str, value: Any) -> str:
    match value:
        case bool():
            return gettext("是") if value else gettext("否")
        case int():
            return (hours if unit == HOURS else money)(value) if is_in_hundredths(unit) else f"{value:,}"
        case Fraction():
            return _number(value) if unit in _AS_NUMBERS or value > 1 else _percent(value)
        case date():
            return value.isoformat()
        case str():
            return _code(book, key, value)
        case tuple() | list():
            return gettext("、").join(_plain(book, key, unit, item) for item in value) or DASH
    return str(value)


def _percent(value: Fraction) -> str:
    """70% where that is exact, else the fraction itself."""
    exact = _decimal(value * 100)
    return f"{exact}%" if exact else str(value)


def _number(value: Fraction) -> str:
    return _decimal(value) or str(value)


def _decimal(value: Fraction) -> str:
    """The value in at most four decimals, "" when they cannot hold it."""
    scaled = value * 10_000
    if scaled.denominator != 1:
        return ""
    whole, rest = divmod(abs(scaled.numerator), 10_000)
    text = f"{whole:,}.{rest:04d}".rstrip("0").rstrip(".")
    return f"−{text}" if value < 0 else text


def _days(days: Iterable[date]) -> str:
    """Days as spans: 2026-02-15—02-23、…"""
    spans: list[list[date]] = []
    for day in sorted(days):
        if spans and (day - spans[-1][-1]).days == 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    return gettext("、").join(f"{span[0]:%m-%d}" + (f"—{span[-1]:%m-%d}" if len(span) > 1 else "") for span in spans)


def _code(book: Book, key: str, code: str) -> str:
    """The name of a code: the entry's own vocabulary, the book's conventions, then the words above."""
    if key == "paired_assistance.convention":
        return translated(book.entry("paired_assistance.conventions").values[-1].value.label(code))
    return _term(_VOCABULARIES.get(key, {}), code)


def _term(vocabulary: Mapping[str, str], code: str) -> str:
    word = next((word for word, known in vocabulary.items() if known == code), "")
    return translated(word) if word else _word(code)


def _word(code: str) -> str:
    return str(_WORDS.get(code, translated(code)))


def _column(name: str) -> str:
    return str(_COLUMNS.get(name, name))
