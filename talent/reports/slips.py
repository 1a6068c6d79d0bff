"""Slips with one-time passwords on paper, one PDF for each school. The bytes go to whoever asked, and stay nowhere."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

from talent.accounts.teachers import Slip, Slips
from talent.core.config import Settings
from talent.core.language import translated
from talent.reports.paper import fonts, missing_glyphs, typeset

#: 下欠号: what Chinese printers set for a character they lack. The staff number beside it says who it is.
LACKING = "〓"


def papers(settings: Settings, drawn: Slips, site: str = "") -> Iterator[tuple[str, bytes]]:
    """(file name, PDF) of each school. ``site``: the address the slips name, where one is known."""
    for code, of_school in groupby(drawn.slips, key=lambda slip: slip.of.school_code):
        slips = list(of_school)
        data = _data(settings, slips, drawn.until, site)
        for character in missing_glyphs(data, fonts(settings.font_dir)):
            data = _without(data, character)
        yield f"{code}_{_plain(slips[0].of.school)}.pdf", typeset("slips.typ", data, {}, settings.font_dir)


def download(settings: Settings, drawn: Slips, site: str = "") -> tuple[str, bytes]:
    """One school as its PDF, several as a ZIP with a PDF each: (file name, bytes)."""
    made = list(papers(settings, drawn, site))
    if len(made) == 1:
        return made[0]
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pdf in made:
            archive.writestr(name, pdf)
    return f"{translated('教师账号密码条')}.zip", packed.getvalue()


def _data(settings: Settings, slips: Sequence[Slip], until: datetime, site: str) -> dict[str, Any]:
    local = until.astimezone(settings.zone)
    good = translated("{moment} 前有效").format(moment=f"{local:%Y-%m-%d %H:%M}")
    hint = translated("只能用来第一次登录，登录后马上换成自己的密码。") + good
    return {
        "bureau": settings.bureau, "school": slips[0].of.school, "until": good,
        "title": translated("教师账号密码条") + " " + slips[0].of.school,
        "keep": translated("沿虚线裁开，当面交给本人；没有发出的当天销毁。"),
        "hint": f"{site} {hint}".strip(),
        "words": {"login": translated("登录名"), "password": translated("一次性密码")},
        "slips": [{"name": slip.of.name, "staff_no": slip.of.staff_no, "login": slip.of.login,
                   "password": slip.password} for slip in slips],
    }


def _without(data: Any, character: str) -> Any:
    """The data with the mark in place of a character no font has."""
    if isinstance(data, str):
        return data.replace(character, LACKING)
    if isinstance(data, dict):
        return {key: _without(value, character) for key, value in data.items()}
    return [_without(value, character) for value in data] if isinstance(data, list) else data


def _plain(name: str) -> str:
    """A school's name as part of a file name."""
    return "".join(letter if letter.isalnum() else "_" for letter in Path(name).name) or "_"
