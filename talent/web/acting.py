"""What the forms of acts share: a day, a document, a reason; shown once with its consequences, then confirmed."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from talent.core.errors import Finding, RuleViolation
from talent.core.language import translated
from talent.exchange.act_facts import Asked, Forecast
from talent.web import kit
from talent.web.kit.words import with_code
from talent.words.say import say

T = TypeVar("T")
NONE = ("", "—")
#: Said even where it is what stood there, so that the rules can speak of it.
SAID = ("school_code",)


class ActForm(kit.BaseForm):
    """An act with its day. ``fields``: the columns of the sheet that the form fills."""

    fields: ClassVar[tuple[str, ...]] = ()
    on = kit.DayField(lazy_gettext("生效日期"), [InputRequired()])
    document_no = StringField(lazy_gettext("文号"), [Length(max=80)])
    reason = TextAreaField(lazy_gettext("理由"), [InputRequired(), Length(max=500)])
    carried = BooleanField(lazy_gettext("后面各段里沿用旧值的也一起改"))
    seal = HiddenField()

    def asked(self, act: str, before: Mapping[str, str] | None = None) -> Asked:
        """What the form asks for; with ``before`` only what differs from it."""
        values = {name: (self[name].data or "").strip() for name in self.fields}
        if before is not None:
            values = {name: value for name, value in values.items() if name in SAID or value != before.get(name, "")}
        return Asked(act, self.on.data if "on" in self else None, values, self.reason.data or "",
                     self.document_no.data or "", bool(self.carried.data))


class CorrectionForm(ActForm):
    """A correction: what should always have stood there has no day."""

    on = None  # type: ignore[assignment]
    carried = BooleanField()


def choices(vocabulary: Mapping[str, str], *, empty: bool = True) -> list[SelectChoice]:
    """The words of a vocabulary as a sheet writes them, shown in the reader's language."""
    return kit.offered([*([NONE] if empty else []), *((word, translated(word)) for word in vocabulary)])


def schools(offered: list[tuple[str, str]], *, empty: str = "—") -> list[SelectChoice]:
    """Schools to choose from, by code."""
    return kit.offered([("", empty), *((code, with_code(name, code)) for code, name in offered)])


def foreseen(form: ActForm, foresee: Callable[[], Forecast]) -> Forecast | None:
    """What the form would do, None when something stops it, which the form then says."""
    try:
        forecast = foresee()
    except RuleViolation as violation:
        form.refuse(violation.findings)
        return None
    if form.seal.data and form.seal.data != forecast.seal:
        form.refusals.append(gettext("与刚才看到的结果不同，请看右边新的结果，再确认。"))
    return forecast


def is_confirmed(form: ActForm, forecast: Forecast | None) -> bool:
    """Whether the person has seen exactly this outcome and wants it."""
    return forecast is not None and form.seal.data == forecast.seal


def consequences(forecast: Forecast | None) -> list[dict[str, Any]]:
    """The sentences of a forecast, for the page."""
    return [_sentence(finding) for finding in forecast.effects] if forecast is not None else []


def _sentence(finding: Finding) -> dict[str, Any]:
    text, hint = say(finding)
    return {"level": "warning" if finding.level == "warning" else "info", "text": text, "hint": hint}


__all__ = ["ActForm", "CorrectionForm", "SelectField", "StringField", "choices", "consequences", "foreseen",
           "is_confirmed", "schools"]
