"""The board as data of a paper: words and figures for the template, in the reader's language; nothing is drawn here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from talent.core.errors import Finding
from talent.core.language import translated as _
from talent.core.terms import ASSISTANCE, words_of
from talent.policy.book import Value
from talent.reports import findings
from talent.reports.figures import Board
from talent.reports.rules import LAST_STEP

Say = Callable[[Finding], tuple[str, str]]
DASH = "—"


@dataclass(frozen=True, slots=True)
class Paper:
    """What one paper tells: where it comes from, of which day, and who signs."""

    bureau: str
    on: date
    made_on: date
    made_by: str


def board_data(board: Board, paper: Paper, say: Say) -> dict[str, Any]:
    """The JSON the template is given; ``figure`` names the picture of a section."""
    titles = {name: say(told)[0] for name, told in findings.titles(board).items()}
    return {
        "title": _("教师队伍发展看板"), "bureau": paper.bureau, "on": paper.on.isoformat(),
        "made": _("{day} 由{by}生成").format(day=paper.made_on.isoformat(), by=paper.made_by),
        "day": [paper.on.year, paper.on.month, paper.on.day],
        "as_of": _("数据截至 {day}").format(day=paper.on.isoformat()),
        "summary": [_("在职 {n} 人").format(n=f"{board.in_service:,}"), *titles.values()],
        "words": {"assumed": _("假定"), "enacted": _("文件"), "delegated": _("授权"), "findings": _("要点"),
                  "page": _("第 {n} 页，共 {m} 页"), "date": _("年　　月　　日")},
        "sections": [_tower(board, titles["tower"]), _ending(board, titles["ending"]), _hours(board, titles["hours"]),
                     _steps(board, titles["steps"]), _away(board, titles["away"])],
        "sign": [_("制表"), _("审核"), _("单位（盖章）")],
    }


def _section(title: str, figure: str, heads: Sequence[str], rows: Sequence[Sequence[str]], value: Value | None,
             note: str) -> dict[str, Any]:
    source = f"{value.source.document} {value.source.clause}".strip() if value else ""
    return {"title": title, "figure": figure, "heads": list(heads), "rows": [list(row) for row in rows],
            "basis": value.basis if value else "", "source": source, "note": note}


def _num(value: int) -> str:
    return f"{value:,}"


def _pct(rate: Fraction | None) -> str:
    return DASH if rate is None else f"{round(rate * 1000) / 10:.1f}%"


def _tower(board: Board, title: str) -> dict[str, Any]:
    codes = [row.code for row in board.tower.table.tower]
    rows = [[day.isoformat(), *(_num(len(found[code])) for code in codes), _num(board.tower.total(place))]
            for place, (day, found) in enumerate(board.tower.years)]
    heads = [_("截至"), *(_(board.tower.table.label(code)) for code in codes), _("合计")]
    return _section(title, "tower.svg", heads, rows, board.tower.value,
                    _("每人只计一次，按最高在任称号；没有写任期结束的按期满月数推算。"))


def _ending(board: Board, title: str) -> dict[str, Any]:
    codes = [row.code for row in board.ending.table if any(row.code in month for month in board.ending.months)]
    rows = [[_("{n}月").format(n=place), *(_num(len(month.get(code, ()))) for code in codes),
             _num(board.ending.total(place))] for place, month in enumerate(board.ending.months, 1)]
    return _section(title, "ending.svg", [_("月份"), *(_(board.ending.table.label(code)) for code in codes), _("合计")],
                    rows, board.ending.value, _("单位：个；只计到期时仍在任的称号。"))


def _hours(board: Board, title: str) -> dict[str, Any]:
    schools = sorted(board.hours.schools, key=lambda school: (school.rate is None, school.rate or 0, school.code))
    rows = [[school.name, *(_num(len(people)) for people in (school.everybody, school.met, school.short)),
             _pct(school.rate)] for school in schools]
    total = [_("全区"), _num(board.in_service), _num(board.hours.met), _num(board.in_service - board.hours.met),
             _pct(board.hours.rate)]
    heads = [_("学校"), _("在职，人"), _("已满，人"), _("不满，人"), _("完成率")]
    return _section(title, "hours.svg", heads, [total, *rows], board.hours.minimum,
                    _("近五年认定学时，不设上限；没有任何培训记录的学校不计完成率。"))


def _steps(board: Board, title: str) -> dict[str, Any]:
    rows = [[_step(start), _num(len(people))] for start, people in board.hours.steps]
    rows.append([_("没有培训记录"), _num(len(board.hours.unrecorded))])
    return _section(title, "steps.svg", [_("近五年学时"), _("人数")], rows, board.hours.minimum,
                    _("每 60 学时一档，各档含下限。"))


def _step(start: int) -> str:
    text = f"{start // 100}"
    return _("{hours} 及以上").format(hours=text) if start >= LAST_STEP else text


def _away(board: Board, title: str) -> dict[str, Any]:
    years: dict[int, dict[int, int]] = {}
    for place, (month, _kinds) in enumerate(board.away.months):
        years.setdefault(month.year, {})[month.month] = board.away.total(place)
    rows = [[str(year), *(_num(months[month]) if month in months else DASH for month in range(1, 13))]
            for year, months in years.items()]
    heads = [_("年份"), *(_("{n}月").format(n=month) for month in range(1, 13))]
    return _section(title, "away.svg", heads, rows, None, _("单位：人；每人每月只计一次，含结对帮扶和区域发展共同体。"))


def kind_words() -> Mapping[str, str]:
    """Kinds of assistance in words."""
    return {code: _(word) for code, word in reversed(words_of(ASSISTANCE).items())}
