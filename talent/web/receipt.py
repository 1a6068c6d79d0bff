"""A receipt in words and pictures: the formula with its numbers, twelve months, the parameters with their grounds."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Protocol

from flask_babel import gettext, lazy_gettext

from talent.core import terms
from talent.core.language import translated
from talent.core.periods import days_in_month, days_in_year
from talent.pay.conventions import WHOLE_MONTHS
from talent.pay.snapshots import Facts
from talent.web.links import link_to
from talent.web.pictures import Month
from talent.web.pictures.months import DayState
from talent.web.templating import money, num, pct

_KEY = "paired_assistance."
_LABELS = {
    "yearly_amount": lazy_gettext("标准"), "accrual_year": lazy_gettext("核算年度"), "convention": lazy_gettext("口径"),
    "month_min_days": lazy_gettext("计一个月至少"), "month_share": lazy_gettext("一个月占"),
    "year_limit": lazy_gettext("每人每年至多"), "absence_limit": lazy_gettext("缺勤不计"),
    "school_kinds": lazy_gettext("派出学校"), "discarded_appraisals": lazy_gettext("考核不计发"),
    "participants_minimum_share": lazy_gettext("参加者至少得"),
}


class Told(Protocol):
    """What a receipt tells of: a line of a batch, or of a forecast."""

    @property
    def year(self) -> int: ...

    @property
    def convention(self) -> str: ...

    @property
    def staff_no(self) -> str: ...

    @property
    def school_code(self) -> str: ...

    @property
    def fen(self) -> int: ...

    @property
    def receipt(self) -> Mapping[str, Any]: ...

    @property
    def facts(self) -> Facts: ...


def convention_name(code: str) -> str:
    """A convention by its name; one the program does not know as it is written."""
    return translated(terms.words_of(terms.PAY_CONVENTION).get(code, code))


def month_ranges(months: Sequence[int]) -> str:
    """Counted months in short: 3—6、9 月; "" for none."""
    parts: list[list[int]] = []
    for month in months:
        if parts and month == parts[-1][1] + 1:
            parts[-1][1] = month
        else:
            parts.append([month, month])
    text = "、".join(str(first) if first == last else f"{first}—{last}" for first, last in parts)
    return gettext("%(months)s 月", months=text) if text else ""


# ── parameters ───────────────────────────────────────────────────────────────────────────────────────────────


def parameters(values: Iterable[Mapping[str, Any]], calendar: str | None, year: int) -> list[dict[str, Any]]:
    """Every parameter with its value, document and basis, for the kit's list; the calendar where it was asked.

    The document most of them rest on is told once, by :func:`common_source`.
    """
    values = list(values)
    common = common_source(values)
    shown = [
        {"text": _LABELS.get(value["key"].removeprefix(_KEY), translated(value["label"])), "value": _value(value),
         "note": _ground(value, common), "basis": value["basis"], "href": link_to("policy.entry", key=value["key"])}
        for value in values
    ]
    if calendar:
        shown.append({"text": gettext("工作日历"), "value": gettext("%(year)s 年", year=year), "basis": "enacted",
                      "note": gettext("国务院办公厅放假安排，版本 %(version)s", version=calendar),
                      "href": link_to("policy.entry", key=f"calendar.year.{year}")})
    return shown


def _value(parameter: Mapping[str, Any]) -> str:
    name, value = parameter["key"].removeprefix(_KEY), parameter["value"]
    if name == "yearly_amount":
        return gettext("%(sum)s 元/人年", sum=money(value))
    if name == "accrual_year":
        return gettext("自然年") if value == "calendar_year" else str(value)
    if name == "convention":
        return convention_name(value)
    if name == "month_min_days":
        return gettext("%(n)s 天", n=value)
    if name == "absence_limit":
        return gettext("当月超过 %(n)s 个工作日", n=value)
    if name == "school_kinds":
        return gettext("%(n)s 类中小学", n=len(value))
    if name == "discarded_appraisals":
        return _named(terms.ASSISTANCE_APPRAISAL, value)
    if name == "participants_minimum_share":
        return pct(Fraction(value), 0)
    if name == "month_share":
        return gettext("%(share)s 人年", share=value)
    return gettext("%(n)s 人年", n=value) if name == "year_limit" else str(value)


def common_source(values: Sequence[Mapping[str, Any]]) -> str:
    """The document and clause that most parameters rest on."""
    return Counter(map(_cited, values)).most_common(1)[0][0]


def _cited(parameter: Mapping[str, Any]) -> str:
    source = parameter["source"]
    return f"{translated(source['document'])} {translated(source['clause'])}".strip()


def _ground(parameter: Mapping[str, Any], common: str) -> str:
    kinds = _named(terms.SCHOOL_KIND, parameter["value"]) if parameter["key"] == f"{_KEY}school_kinds" else ""
    cited, note = _cited(parameter), translated(parameter["source"]["note"])
    return gettext("；").join(part for part in (kinds, "" if cited == common else cited, note) if part)


def _named(vocabulary: Mapping[str, str], codes: Iterable[str]) -> str:
    words = terms.words_of(vocabulary)
    return gettext("、").join(translated(words.get(code, code)) for code in codes)


# ── the formula ──────────────────────────────────────────────────────────────────────────────────────────────


def formula(view: Told) -> str:
    """How the sum comes about, with every number in it, up to the equals sign; "" when nothing counts."""
    rows = [row for row in view.receipt["months"] if _paying(view, row)]
    if not rows or Fraction(view.receipt["rounding"]["exact_fen"]) == 0:
        return ""
    rates = dict.fromkeys(row["rate_fen"] for row in rows)
    return " + ".join(_term(view, rate, [row for row in rows if row["rate_fen"] == rate]) for rate in rates)


def _paying(view: Told, row: Mapping[str, Any]) -> bool:
    if row["verdict"] == "counted":
        return bool(row["owner"] == view.school_code)
    return bool(row["verdict"] == "by_days" and row["owned"])


def _term(view: Told, rate: int, rows: Sequence[Mapping[str, Any]]) -> str:
    if view.convention == "day":
        days = sum(row["owned"] for row in rows)
        return gettext("%(rate)s 元 × %(days)s 天 ÷ %(all)s 天", rate=money(rate), days=days,
                       all=days_in_year(view.year))
    share = Fraction(view.facts.terms.month_share.value)
    part = f"÷ {share.denominator}" if share.numerator == 1 else f"× {share.numerator}/{share.denominator}"
    return gettext("%(rate)s 元 %(part)s × %(months)s 个月", rate=money(rate), part=part, months=_months(view, rows))


def _months(view: Told, rows: Sequence[Mapping[str, Any]]) -> str:
    """Whole months as a number; parts of months as days over days, added up."""
    if view.convention in WHOLE_MONTHS:
        return str(len(rows))
    lengths = Counter((row["owned"], days_in_month(view.year, row["month"])) for row in rows)
    whole = sum(times for (owned, length), times in lengths.items() if owned == length)
    parts = [str(whole)] if whole else []
    parts += [f"{owned}/{length}" if times == 1 else f"{times} × {owned}/{length}"
              for (owned, length), times in lengths.items() if owned != length]
    return parts[0] if len(parts) == 1 else gettext("（%(sum)s）", sum=" + ".join(parts))


def rounding(view: Told) -> str:
    """What rounding did to this line; "" when the sum came out even."""
    told = view.receipt["rounding"]
    exact = Fraction(told["exact_fen"])
    if exact.denominator == 1:
        return ""
    text = gettext("舍入前 %(exact)s 元，每人每年只四舍五入一次到分", exact=num(exact / 100, 4))
    if told["person_fen"] != view.fen:
        text += gettext("；本人各校合计 %(all)s 元，本校尾差 +%(fen)s 分", all=money(told["person_fen"]),
                        fen=told["added_fen"])
    return text


# ── the months ───────────────────────────────────────────────────────────────────────────────────────────────


def months(view: Told) -> list[Month]:
    """Twelve calendars: the days this school owns, the working days missed among them, what each month counts for."""
    states = _day_states(view)
    rows: dict[int, list[Mapping[str, Any]]] = {month: [] for month in range(1, 13)}
    for row in view.receipt["months"]:
        rows[row["month"]].append(row)
    return [_month(view, month, rows[month], states) for month in rows]


def _day_states(view: Told) -> dict[date, DayState]:
    states: dict[date, DayState] = {}
    for first, last, _ in view.receipt["days"]:
        states.update(dict.fromkeys(_days(date.fromisoformat(first), date.fromisoformat(last)), "on"))
    calendar = view.facts.calendar
    for absence in view.facts.persons[view.staff_no].absences if calendar else ():
        first, last = max(absence.start, date(view.year, 1, 1)), min(absence.end, date(view.year, 12, 31))
        for day in _days(first, last):
            if day in states and calendar is not None and calendar.is_workday(day):
                states[day] = "absent"
    return states


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _month(
    view: Told, month: int, rows: Sequence[Mapping[str, Any]], states: Mapping[date, DayState]
) -> Month:
    length = days_in_month(view.year, month)
    days: list[DayState] = [states.get(date(view.year, month, day), "off") for day in range(1, length + 1)]
    owned = sum(row["owned"] for row in rows)
    if not owned:
        elsewhere = bool(rows)
        return Month(view.year, month, days, note=gettext("在别校名下") if elsewhere else gettext("不在岗"))
    row = rows[0]
    verdict, counted = _verdict(view, row)
    return Month(view.year, month, days, verdict, counted, _note(view, row, owned, sum(r["on_post"] for r in rows)))


def _verdict(view: Told, row: Mapping[str, Any]) -> tuple[str, bool | None]:
    """The word above a month, and whether it counts here; None where it neither counts nor fails."""
    if row["verdict"] == "counted":
        if row["owner"] != view.school_code:
            return gettext("计入别校"), None
        share = view.facts.terms.month_share.value
        return gettext("计 %(share)s", share=str(share)), True
    if row["verdict"] == "by_days":
        return gettext("按天计"), True
    return (gettext("不计"), False) if row["verdict"] != "outside_scope" else (gettext("不在范围"), False)


def _note(view: Told, row: Mapping[str, Any], owned: int, on_post: int) -> str:
    """The line under a month: why it counts or not."""
    terms_, verdict = view.facts.terms, row["verdict"]
    length = days_in_month(view.year, row["month"])
    if verdict == "absent":
        return gettext("缺勤 %(n)s ＞ %(limit)s 天", n=row["absent_workdays"], limit=terms_.absence_limit.value)
    if owned != on_post:
        return gettext("本校 %(owned)s / %(all)s 天", owned=owned, all=on_post)
    if view.convention == "month_min_days" and on_post < length:
        sign = "＜" if verdict == "too_few_days" else "≥"
        return gettext("%(n)s 天 %(sign)s %(least)s", n=on_post, sign=sign, least=terms_.month_min_days.value)
    if verdict == "by_days" and view.convention == "month_partial":
        return gettext("%(n)s / %(all)s 天", n=on_post, all=length)
    if verdict == "too_few_days":
        return gettext("%(n)s 天，未满月", n=on_post)
    return gettext("%(n)s 天", n=on_post)
