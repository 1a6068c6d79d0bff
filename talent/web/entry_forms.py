"""The form of a record, made from the columns its sheet has: one field a column, in their order.

A form settles shape alone. What must be there, what is a number, what fits together is judged by the same rules as
the rows of a workbook, and their findings come back to the field of the column.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField

from talent.core.numbers import whole
from talent.exchange.entries import LONGEST_REASON, REASON_FIELD
from talent.exchange.kinds import BY_CODE
from talent.web import kit
from talent.workbooks.intake import CHECKED_ONLY, Intake
from talent.workbooks.kinds import CellType, Column

LONG_TEXT = 200
STAFF_NO = "staff_no"
#: Where a field asks whom the letters typed into it may mean.
SUGGESTIONS = "/records/people"
_SCHOOL = lazy_gettext("输入学校代码或名称，从列出的学校里选。")
#: What stands under a label where the column itself says nothing.
HELPS: Mapping[str, Any] = {
    "staff_no": lazy_gettext("输入姓名、拼音或工号，从列出的人里选；也可以直接填工号。"),
    "apprentice_no": lazy_gettext("输入姓名、拼音或工号，从列出的人里选；也可以直接填工号。"),
    "sending_school_code": _SCHOOL, "from_school_code": _SCHOOL, "to_school_code": _SCHOOL,
    "hours_hundredths": lazy_gettext("单位是学时，最多两位小数，如 7.5。"),
    "term_to": lazy_gettext("空着就按这一称号的任期推算。"),
    "changed_on": lazy_gettext("状态不是“在任”的，写明从哪一天起。"),
    "year": lazy_gettext("考核的是哪一年，如 2025。"),
    "host": lazy_gettext("写全称，区外学校直接输入。"),
    "limited_until": lazy_gettext("空着就是没有期限。"),
    "team_rank": lazy_gettext("团队获奖的，本人排第几。"),
}


class Required:
    """Marks a field as one to fill in; whether it is filled in is judged by the rules."""

    def __init__(self) -> None:
        self.field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        """Nothing: the rules say it."""


class EntryForm(kit.BaseForm):
    """A record's fields come before these. ``version`` is the one the reader saw."""

    version = HiddenField()
    why = TextAreaField(lazy_gettext("理由"), render_kw={"maxlength": LONGEST_REASON, "rows": 2})

    @property
    def record_fields(self) -> list[Field]:
        """The fields of the record, in the order of its sheet."""
        return [field for field in self if field.name not in ("version", REASON_FIELD, "csrf_token")]

    @property
    def typed(self) -> dict[str, Any]:
        """Column → what was typed."""
        return {field.name: field.data for field in self.record_fields}

    @property
    def seen(self) -> int:
        """The version the reader saw; one nobody ever saw when the page carries none."""
        seen = whole(self.version.data)
        return -1 if seen is None else seen


@cache
def _form_class(kind: str, leave_out: frozenset[str], needs_reason: bool, suggest: bool) -> type[EntryForm]:
    intake = BY_CODE[kind]
    fields = {column.name: _field(intake, column, suggest) for column in columns_of(intake)
              if column.name not in leave_out}
    if needs_reason:
        fields[REASON_FIELD] = TextAreaField(lazy_gettext("理由"), [Required()],
                                             render_kw={"maxlength": LONGEST_REASON, "rows": 2})
    return type("RecordForm", (EntryForm,), fields)


def columns_of(intake: Intake) -> Iterable[Column]:
    """The columns a form asks for: a person is picked, so the name need not be typed beside."""
    return (column for column in intake.kind.columns if column.name != CHECKED_ONLY)


def form_for(
    kind: str, *, leave_out: frozenset[str] = frozenset(), needs_reason: bool = False,
    values: Mapping[str, str] | None = None, version: int | None = None, suggest: bool = True,
) -> EntryForm:
    """The form of a kind, filled with ``values`` as they would be typed. ``suggest``: people are offered as one types,
    to who may search them."""
    data: dict[str, Any] = {}
    for name, text in (values or {}).items():
        column = next((each for each in BY_CODE[kind].kind.columns if each.name == name), None)
        if column is not None:
            data[name] = _filled(column, text)
    if version is not None:
        data["version"] = str(version)
    return _form_class(kind, leave_out, needs_reason, suggest)(data=data)


def _filled(column: Column, text: str) -> Any:
    """What a field holds for a text: a date, the code of a choice, or the text."""
    if column.type is CellType.DATE:
        return kit.read_date(text)
    return column.spellings.get(text, text) if column.choices else text


def _field(intake: Intake, column: Column, suggest: bool) -> Any:
    validators = [Required()] if column.required else []
    help_ = HELPS.get(column.name) or (lazy_gettext(column.note) if column.note else "")
    shared: dict[str, Any] = {"label": lazy_gettext(column.header), "validators": validators, "description": help_}
    attributes: dict[str, Any] = {"maxlength": column.max_length}
    if column.type is CellType.CHOICE:
        words = [(code, lazy_gettext(word)) for code, word in column.labels.items()]
        return SelectField(choices=kit.offered([("", lazy_gettext("请选择")), *words]), default="", **shared)
    if column.type is CellType.DATE:
        return kit.DayField(**shared)
    if column.type in (CellType.DECIMAL, CellType.INTEGER):
        return StringField(render_kw={"maxlength": 12, "inputmode": "decimal"}, **shared)
    if column.name in intake.references:
        if intake.references[column.name][1] == "school":
            attributes["list"] = "schools"
        elif suggest:
            attributes["data-suggest"] = SUGGESTIONS
        return StringField(render_kw=attributes, **shared)
    if column.type is CellType.TEXT and column.max_length > LONG_TEXT:
        return TextAreaField(render_kw={**attributes, "rows": 3}, **shared)
    return StringField(render_kw=attributes, **shared)


def sizes(form: EntryForm) -> dict[str, str]:
    """How wide each field stands: numbers and choices are short, codes middling, names long."""
    return {field.name: _size(field) for field in form.record_fields}


def _size(field: Field) -> str:
    if field.type in ("DayField", "TextAreaField"):
        return ""
    if field.type == "SelectField" or "inputmode" in (field.render_kw or {}):
        return "short"
    return "mid" if field.name.endswith(("_no", "_code", "_rank", "round", "subject")) else ""
