"""Forms: our sentences, findings beside their fields, and the one route shape that calls a command."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from flask import current_app, flash, redirect
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, Field, PasswordField, SelectChoice, StringField
from wtforms.validators import ValidationError

from talent.core.errors import Finding, RuleViolation
from talent.core.language import in_a_row
from talent.core.periods import FIRST_DAY, LAST_DAY
from talent.web.kit.dates import read_date

T = TypeVar("T")
Worded = Callable[[Finding], tuple[str, str]]

#: Set by :func:`talent.web.templating.install`: how a finding is said, (what is wrong, what to do).
WORDING = "talent_wording"

#: WTForms' own sentences in the words of this site.
_SENTENCES = {
    "This field is required.": lazy_gettext("请填这一项。"),
    "Not a valid choice.": lazy_gettext("请从列出的里面选。"),
    "Not a valid choice": lazy_gettext("请从列出的里面选。"),
    "Invalid Choice: could not coerce.": lazy_gettext("请从列出的里面选。"),
    "'%(value)s' is not a valid choice for this field.": lazy_gettext("“%(value)s”不在可选的里面。"),
    "Not a valid date value.": lazy_gettext("写成 2020-09-01 这样的日期。"),
    "Not a valid integer value.": lazy_gettext("请填整数。"),
    "Not a valid decimal value.": lazy_gettext("请填数字。"),
    "Number must be at least %(min)s.": lazy_gettext("不能小于 %(min)s。"),
    "Number must be at most %(max)s.": lazy_gettext("不能大于 %(max)s。"),
    "Number must be between %(min)s and %(max)s.": lazy_gettext("请填 %(min)s 到 %(max)s 之间的数。"),
    "Field must be equal to %(other_name)s.": lazy_gettext("两次填的不一样。"),
    "The CSRF token is missing.": lazy_gettext("这一页停留太久，请再提交一次，填好的都还在。"),
    "The CSRF token has expired.": lazy_gettext("这一页停留太久，请再提交一次，填好的都还在。"),
    "The CSRF tokens do not match.": lazy_gettext("这一页停留太久，请再提交一次，填好的都还在。"),
    "The CSRF token is invalid.": lazy_gettext("这一页停留太久，请再提交一次，填好的都还在。"),
    "Field must be at least %(min)d character long.": lazy_gettext("至少 %(min)d 个字。"),
    "Field cannot be longer than %(max)d character.": lazy_gettext("最多 %(max)d 个字。"),
    "Field must be between %(min)d and %(max)d characters long.": lazy_gettext(
        "请填 %(min)d 到 %(max)d 个字。"
    ),
    "Field must be exactly %(max)d character long.": lazy_gettext("必须是 %(max)d 个字。"),
}


class _Sentences:
    """The translations object WTForms asks for."""

    def gettext(self, text: str) -> str:
        return str(_SENTENCES.get(text, text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return str(_SENTENCES.get(one, one if number == 1 else many))


def offered(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """What a field lets one choose: (value, its word)."""
    return [SelectChoice(value, word) for value, word in pairs]


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


class DayField(DateField):
    """A date, typed in any usual way or picked; shown as 2020-09-01."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = read_date(typed) if typed else None
        if typed and self.data is None:
            raise ValueError(gettext("“%(typed)s”不是日期，写成 2020-09-01 这样。", typed=typed[:20]))
        if self.data is not None and not FIRST_DAY <= self.data <= LAST_DAY:
            raise ValueError(gettext("“%(typed)s”太远，写 1900 年到 2199 年之间的一天。", typed=typed[:20]))


class BaseForm(FlaskForm):
    """The base of every form: our sentences, text without blanks at its ends, findings beside their fields.

    ``places`` says which field a finding's code belongs to; the rest stand in the summary alone.
    """

    places: ClassVar[Mapping[str, str]] = {}

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: FlaskForm) -> _Sentences:
            return _Sentences()

        def bind_field(self, form: FlaskForm, unbound_field: Any, options: dict[str, Any]) -> Field:
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                filters = [_stripped, *unbound_field.kwargs.get("filters", ())]
                options = {**options, "filters": filters}
            return unbound_field.bind(form=form, **options)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusals: list[str] = []

    def refuse(self, findings: Iterable[Finding]) -> None:
        """Say each finding at its field, or in the summary when it belongs to none."""
        worded: Worded = current_app.extensions[WORDING]
        for finding in findings:
            reason, hint = worded(finding)
            sentence = in_a_row((reason, hint))
            place = self.places.get(finding.code, str(finding.params.get("field", "")))
            if place in self:
                self[place].errors = [*self[place].errors, sentence]
            else:
                self.refusals.append(sentence)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(id of the field or "", sentence) for the summary, in the order of the form."""
        at_fields = [
            (item.id, gettext("%(label)s：%(text)s", label=item.label.text, text=error))
            for item in self
            for error in _flat(item.errors)
        ]
        return [("", sentence) for sentence in self.refusals] + at_fields


def _flat(errors: Any) -> list[Any]:
    """The messages of a field; a field list nests them."""
    if isinstance(errors, Mapping):
        errors = errors.values()
    return [
        e for error in errors for e in (_flat(error) if isinstance(error, list | tuple | dict) else [error])
    ]


def not_before(name: str) -> Callable[[BaseForm, Field], None]:
    """Validator: this date is not before the one in field ``name``."""

    def check(form: BaseForm, this: Field) -> None:
        if this.data and form[name].data and this.data < form[name].data:
            raise ValidationError(gettext("结束日期早于开始日期。"))

    return check


def submit(
    form: BaseForm, command: Callable[[], T], to: str | Callable[[T], str], done: str = ""
) -> Response | None:
    """The one route shape: a valid POST calls ``command`` and answers 303 to ``to``; anything else is None.

    ``to`` is an address, or makes one of the command's result. ``done`` is flashed on success. A
    RuleViolation is worded onto the form, whose page the caller then shows again with what was typed.
    """
    if not form.validate_on_submit():
        return None
    try:
        result = command()
    except RuleViolation as violation:
        form.refuse(violation.findings)
        return None
    if done:
        flash(done, "ok")
    return redirect(to if isinstance(to, str) else to(result), 303)
