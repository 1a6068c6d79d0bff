"""A host's month as a form: whoever is not told to have been absent was on post; the same for office and host."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import request
from flask_babel import lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from talent.core import terms
from talent.core.errors import Finding, RuleViolation
from talent.core.periods import FIRST_DAY, LAST_DAY
from talent.exchange.attendance.commands import LONGEST_NOTE, LONGEST_WITNESS
from talent.exchange.attendance.rules import Missed, Said, Stay
from talent.web import kit

#: Absences that a form offers for each person at first; once they are filled, it offers another.
PLACES = 4


class SheetForm(kit.BaseForm):
    """Who signed, and that the list is complete; the absences stand beside the names."""

    places: ClassVar[dict[str, str]] = {"attendance.scan_strange": "scan"}
    witness = StringField(lazy_gettext("受援单位签字人"), [InputRequired(), Length(max=LONGEST_WITNESS)])
    note = TextAreaField(lazy_gettext("备注"), [Length(max=LONGEST_NOTE)])
    confirmed = BooleanField(lazy_gettext("没有填缺勤的，在这里支教的日子都在岗"), [InputRequired()])


class UploadForm(kit.BaseForm):
    file = FileField(lazy_gettext("填好的工作簿"), [FileRequired(lazy_gettext("没有选择文件。"))])


class SignedSheetForm(SheetForm):
    """The same from paper, with its scan."""

    scan = FileField(lazy_gettext("签字盖章的扫描件"))


@dataclass(frozen=True, slots=True)
class Typed:
    """A field for one absence as it was typed."""

    first: str = ""
    last: str = ""
    kind: str = ""

    @property
    def empty(self) -> bool:
        return not (self.first.strip() or self.last.strip() or self.kind)


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the form, with what was typed so far."""

    stay: Stay
    absences: Sequence[Typed]
    appraisal: str


def rows_of(stays: Sequence[Stay], read: Mapping[int, Said] | None = None) -> list[Row]:
    """The form's rows: empty ones, what was sent, or what a workbook says."""
    if read is not None:
        told = {key: [Typed(each.first.isoformat(), each.last.isoformat(), each.kind) for each in said.absences]
                for key, said in read.items()}
        appraised = {key: said.appraisal for key, said in read.items()}
    else:
        told, appraised = _told(), _appraised()
    return [Row(stay, _places(told.get(stay.assignment_id, [])), appraised.get(stay.assignment_id, ""))
            for stay in stays]


def _places(typed: Sequence[Typed]) -> Sequence[Typed]:
    """At least :data:`PLACES`, and one free."""
    return [*typed, *[Typed()] * max(PLACES - len(typed), 1)]


def said_of(stays: Sequence[Stay]) -> list[Said]:
    """What was sent, of every stay. Raises RuleViolation for what cannot be read, by name."""
    told, appraised, wrong, said = _told(), _appraised(), list[Finding](), list[Said]()
    for stay in stays:
        absences = []
        for typed in told.get(stay.assignment_id, []):
            if typed.empty:
                continue
            first, last = (kit.read_date(text.strip()) for text in (typed.first, typed.last or typed.first))
            if first is None or last is None or typed.kind not in terms.ABSENCE.values():
                wrong.append(Finding("attendance.typed", params={
                    "who": stay.called,
                    "typed": f"{typed.first.strip()[:20]}—{typed.last.strip()[:20]}"}))
            else:
                absences.append(Missed(first, last, typed.kind))
        word = appraised.get(stay.assignment_id, "")
        if word not in ("", *terms.ASSISTANCE_APPRAISAL.values()):
            wrong.append(Finding("attendance.unknown_appraisal", params={"who": stay.called, "typed": word[:20]}))
        said.append(Said(stay.assignment_id, absences, word))
    if wrong:
        raise RuleViolation(wrong)
    return said


def read_month(text: str) -> date | None:
    """The first day of ``2026-09``; None for anything else, and for what no calendar here reaches."""
    first = kit.read_date(f"{text}-01") if len(text) == len("2026-09") else None
    return first if first is not None and FIRST_DAY <= first <= LAST_DAY else None


def _told() -> dict[int, list[Typed]]:
    found: dict[int, list[Typed]] = {}
    columns = (request.form.getlist(name) for name in ("absent_of", "absent_first", "absent_last", "absent_kind"))
    for of, first, last, kind in zip(*columns, strict=False):
        if of.isascii() and of.isdecimal() and len(of) < 10:
            found.setdefault(int(of), []).append(Typed(first, last, kind))
    return found


def _appraised() -> dict[int, str]:
    columns = (request.form.getlist(name) for name in ("appraised_of", "appraised"))
    return {int(of): word for of, word in zip(*columns, strict=False)
            if of.isascii() and of.isdecimal() and len(of) < 10}
