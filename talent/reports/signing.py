"""Signature sheets (签领表) on paper: a page for each school, on which everybody signs for their sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from talent.core.config import Settings
from talent.core.language import translated as _
from talent.core.money import uppercase, yuan
from talent.reports.paper import fonts, missing_glyphs, typeset
from talent.reports.slips import LACKING


@dataclass(frozen=True, slots=True)
class Line:
    """One person's sum."""

    staff_no: str
    name: str
    fen: int


@dataclass(frozen=True, slots=True)
class School:
    """A school with its people."""

    name: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheets of one payroll file."""

    bureau: str
    year: int
    number: int
    made_on: date
    schools: Sequence[School]


def paper(settings: Settings, sheet: Sheet) -> bytes:
    """The PDF. A character no font has is set as 〓; the staff number beside it says who it is."""
    data: dict[str, Any] = {
        "title": _("{year} 年度帮扶支教激励签领表（第 {n} 批）").format(year=sheet.year, n=sheet.number),
        "bureau": sheet.bureau, "day": [sheet.made_on.year, sheet.made_on.month, sheet.made_on.day],
        "made": _("制表日期 {day}，金额单位 元").format(day=sheet.made_on.isoformat()),
        "heads": [_("序号"), _("工号"), _("姓名"), _("金额"), _("本人签字"), _("签领日期")],
        "words": {"total": _("合计"), "date": _("年　　月　　日")},
        "signatures": [_("经办人（签字）"), _("学校负责人（签字）"), _("学校（盖章）")],
        "schools": [_school(school) for school in sheet.schools],
    }
    for character in missing_glyphs(data, fonts(settings.font_dir)):
        data["schools"] = _without(data["schools"], character)
    return typeset("signing.typ", data, {}, settings.font_dir)


def _school(school: School) -> dict[str, Any]:
    total = sum(line.fen for line in school.lines)
    return {"name": school.name, "total": yuan(total), "capitals": uppercase(total),
            "lines": [[str(number), line.staff_no, line.name, yuan(line.fen)]
                      for number, line in enumerate(school.lines, 1)]}


def _without(data: Any, character: str) -> Any:
    if isinstance(data, str):
        return data.replace(character, LACKING)
    if isinstance(data, dict):
        return {key: _without(value, character) for key, value in data.items()}
    return [_without(value, character) for value in data]
