"""A portrait in words and pictures: axes, lines over years, shares of types, what speaks for and against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from talent.core import terms
from talent.core.language import translated
from talent.core.work import Work
from talent.portraits.parameters import LEAST_SHOWN
from talent.portraits.queries import Part, PeerGroup, Portrait, TypeShown
from talent.web.links import asking_url
from talent.web.pictures import Axis, Series
from talent.web.templating import num, pct
from talent.words.portraits import INPUT_NAMES

#: Which tab of the record shows what an input was made of.
_TAB_OF_INPUT = {
    "hours": "training", "contest_points": "contest", "project_points": "achievement", "papers": "achievement",
    "open_lesson_points": "achievement", "lectures": "achievement", "mentees": "mentoring",
}
#: A smaller share has no room for its words: the note tells it.
_LEAST_DRAWN = 0.1
#: No membership is told as certain.
_CERTAIN = 0.99
_TAB_OF_DIMENSION = {"training": "training", "contest": "contest", "research": "achievement", "mentoring": "mentoring"}


@dataclass(frozen=True, slots=True)
class PartShown:
    """A line of the table of contributions: amounts as written, the term as written."""

    label: str
    own: str
    of_type: str
    of_peers: str
    term: float
    href: str
    correct_url: str


@dataclass(frozen=True, slots=True)
class TypeTold:
    """A type in words: the heading, the shares, why, and how the parts sum."""

    heading: str
    note: str
    shares: Sequence[tuple[str, float]]
    why: str
    parts: Sequence[PartShown]
    rest: float
    rest_label: str
    scale: float
    total: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the page needs beside the portrait itself."""

    heading: str
    axes: Sequence[Axis]
    peers: Sequence[str]
    peers_note: str
    growth: Sequence[Series]
    type: TypeTold | None
    records_url: str
    correct_url: str
    scale_months: int


def dimension_names(work: Work, portrait: Portrait) -> dict[str, str]:
    """The dimensions' names of the policy in force at the cut-off."""
    return {row.code: translated(row.label) for row in work.book.at("portraits.dimensions", portrait.as_of).value}


def parts_named(work: Work) -> dict[tuple[str, str], str]:
    """(what one may object to, its code) → its name: the whole, the dimensions of today's policy, the inputs."""
    whole, dimension, datum = (translated(terms.chinese(terms.OBJECTION_ABOUT, about))
                               for about in ("whole", "dimension", "input"))
    rows = work.book.at("portraits.dimensions", work.today).value
    return {
        ("whole", ""): whole,
        **{("dimension", row.code): gettext("%(about)s：%(name)s", about=dimension, name=translated(row.label))
           for row in rows},
        **{("input", code): gettext("%(about)s：%(name)s", about=datum, name=translated(name))
           for code, name in INPUT_NAMES.items()}}


def show(work: Work, portrait: Portrait, person_id: int) -> Shown:
    """Word a portrait for its page."""
    names = dimension_names(work, portrait)
    bands = work.book.at("portraits.career_bands", portrait.as_of).value
    facts, note = _peers_told(portrait.peers, bands, work.book.at(LEAST_SHOWN, portrait.as_of).value)
    return Shown(
        heading=_heading(portrait, names),
        axes=[_axis(portrait, code, name, person_id) for code, name in names.items()],
        peers=facts,
        peers_note=note,
        growth=[_series(portrait, code, name, person_id) for code, name in names.items()],
        type=_told(portrait, portrait.type, person_id) if portrait.type else None,
        records_url=_records(person_id, ""),
        correct_url=asking_url(person_id) or _records(person_id, "training"),
        scale_months=work.book.at("portraits.scale_months", portrait.as_of).value,
    )


def _records(person_id: int, tab: str) -> str:
    return url_for("people.show", person_id=person_id, kind=tab or None, _anchor="records" if tab else None)


def _heading(portrait: Portrait, names: Mapping[str, str]) -> str:
    """The finding: where the records lie above most peers."""
    below = portrait.peers.below if portrait.peers else {}
    high = [name for code, name in names.items() if (below.get(code) or 0.0) >= 0.5]
    if not high:
        return gettext("六个方面的记录")
    return gettext("%(names)s高于同组多数人", names=gettext("、").join(high[:3]))


def _axis(portrait: Portrait, code: str, name: str, person_id: int) -> Axis:
    value, peers = portrait.dimensions[code], portrait.peers
    quartiles = peers.quartiles[code] if peers else None
    below = peers.below[code] if peers else None
    note = gettext("高于 %(share)s", share=pct(below, 0)) if below else ""
    if value is None:
        note = gettext("未采集")
    low, high = quartiles if quartiles else (None, None)
    return Axis(name, value, note, low, high, portrait.coverage[code],
                _records(person_id, _TAB_OF_DIMENSION.get(code, "")))


def _series(portrait: Portrait, code: str, name: str, person_id: int) -> Series:
    points = [(str(end.year), scores[code]) for end, scores in portrait.growth]
    return Series(name, points, _records(person_id, _TAB_OF_DIMENSION.get(code, "")))


# ---- peers ----


def band_name(band: str, bands: Sequence[int]) -> str:
    """教龄 9—18 年."""
    number = int(band)
    first = bands[number]
    if number + 1 == len(bands):
        return gettext("教龄 %(first)s 年以上", first=first)
    return gettext("教龄 %(first)s—%(last)s 年", first=first, last=bands[number + 1] - 1)


def _peers_told(peers: PeerGroup | None, bands: Sequence[int], least: int) -> tuple[list[str], str]:
    if peers is None:
        return [], gettext("可比的同组教师不足 %(n)s 人，不显示同组范围。", n=least)
    stage = translated(terms.words_of(terms.TEACHER_STAGE).get(peers.stage, peers.stage))
    band = band_name(peers.band, bands) if peers.band else gettext("各教龄")
    facts = [stage, peers.subject or gettext("各学科"), band, gettext("%(n)s 人", n=num(peers.size))]
    if peers.subject:
        return facts, ""
    if peers.band:
        return facts, gettext("同学科的人不足以单独成组，放宽到本学段同教龄段。")
    return facts, gettext("同教龄段的人不足以单独成组，放宽到本学段。")


# ---- the type ----


def _told(portrait: Portrait, shown: TypeShown, person_id: int) -> TypeTold:
    standing = shown.standing
    if standing is None:
        note = gettext("按对照方法分类，没有归属度。重复抽样，本类相似度 %(rate)s。", rate=num(shown.stability, 2))
        return TypeTold(shown.names[shown.group], note, (), "", (), 0.0, "", 1.0, "")
    first = shown.names[standing.first]
    second = shown.names.get(standing.second or 0, "")
    heading = first if standing.is_clear else gettext("介于“%(first)s”与“%(second)s”之间", first=first, second=second)
    parts = [_part(part, person_id) for part in shown.parts]
    scale = max((abs(part.term) for part in (*shown.parts,)), default=1.0)
    return TypeTold(heading, _certainty(shown), _shares(shown), gettext("为什么更像%(name)s", name=first), parts,
                    shown.rest + shown.prior, gettext("其余 %(n)s 项和各类人数", n=shown.rest_count), scale,
                    _sum(shown))


def _certainty(shown: TypeShown) -> str:
    standing = shown.standing
    sampled = gettext("重复抽样，本类相似度 %(rate)s。", rate=num(shown.stability, 2))
    if standing is None or standing.is_clear:
        return _ratio(shown) + gettext("归属度是按近三学年记录估计的可能性，不是评价。") + sampled
    return _ratio(shown) + gettext("两类都有可能，所以都列出，也不进入任何一类的名单。") + sampled


def _ratio(shown: TypeShown) -> str:
    """How like the two nearest types, in words beside the drawing."""
    standing = shown.standing
    if standing is None or standing.second is None:
        return ""
    first, second = (_nearly(shown.membership[number - 1]) for number in (standing.first, standing.second))
    return gettext("像%(first)s %(share)s，像%(second)s %(other)s。", first=shown.names[standing.first], share=first,
                   second=shown.names[standing.second], other=second)


def _nearly(share: float) -> str:
    """A share in whole per cent that never claims to be certain."""
    if share > _CERTAIN:
        return gettext("超过 99%%")
    return gettext("不到 1%%") if share < 1 - _CERTAIN else pct(share, 0)


def _shares(shown: TypeShown) -> list[tuple[str, float]]:
    standing, belongs = shown.standing, shown.membership
    if standing is None:
        return []
    pairs = [(number, belongs[number - 1]) for number in (standing.first, standing.second) if number]
    told = [(shown.names[number], min(share, _CERTAIN)) for number, share in pairs if share >= _LEAST_DRAWN]
    rest = 1.0 - sum(share for _, share in told)
    return [*told, (gettext("其他 %(n)s 类", n=len(belongs) - len(told)), rest)] if rest >= _LEAST_DRAWN else told


def _sum(shown: TypeShown) -> str:
    standing = shown.standing
    if standing is None or standing.second is None:
        return ""
    first, second = (shown.membership[number - 1] for number in (standing.first, standing.second))
    places = 1 if second >= 0.005 else 4
    return gettext("合计 %(sum)s = ln(%(first)s ÷ %(second)s)，逐项相加不差", sum=signed(shown.log_odds),
                   first=pct(first, places), second=pct(second, places))


def signed(value: float) -> str:
    """+1.12, −0.29."""
    return f"+{num(value, 2)}" if value > 0 else num(value, 2)


def _part(part: Part, person_id: int) -> PartShown:
    tab = _TAB_OF_INPUT.get(part.input, "")
    return PartShown(translated(INPUT_NAMES[part.input]), amount(part.input, part.amount, unit=True),
                     amount(part.input, part.of_type), amount(part.input, part.of_peers), part.term,
                     _records(person_id, tab), _records(person_id, tab or "training"))


def amount(name: str, value: float | None, unit: bool = False) -> str:
    """An input in the units of records: hours before their root, counts, points, the tier's own rank."""
    if value is None:
        return "—"
    if name == "promoted":
        return gettext("是") if value >= 0.5 else gettext("否")
    value = value**2 if name == "hours" else value
    text = num(value, 0 if abs(value - round(value)) < 0.05 else 1)
    return gettext("%(n)s %(unit)s", n=text, unit=_units()[name]) if unit else text


def _units() -> dict[str, Any]:
    points, times = gettext("分"), gettext("次")
    return {"hours": gettext("学时"), "contest_points": points, "project_points": points, "papers": gettext("篇"),
            "open_lesson_points": points, "mentees": gettext("人"), "lectures": times,
            "assistance_months": gettext("个月"), "tier": gettext("层")}
