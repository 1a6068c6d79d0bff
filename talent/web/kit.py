"""What every page is made of: forms, the one route shape, paging, filters, the date looked at, the frame."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from flask import current_app, flash, redirect, request, session
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, Field, PasswordField, StringField
from wtforms.validators import ValidationError

from talent.core.errors import Finding, RuleViolation

T = TypeVar("T")
Worded = Callable[[Finding], tuple[str, str]]

#: Set by :func:`talent.web.templating.install`: how a finding is said, (what is wrong, what to do).
WORDING = "talent_wording"


# ── forms ────────────────────────────────────────────────────────────

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


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


_FULL_WIDTH = str.maketrans("０１２３４５６７８９／．－", "0123456789/.-")
_DATE_SHAPES = (
    re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?"),
)


def read_date(text: str) -> date | None:
    """A date typed by a person: 2020-09-01, 2020/9/1, 2020.9.1, 20200901, 2020年9月1日; full-width too."""
    plain = re.sub(r"\s", "", text).translate(_FULL_WIDTH)
    match = next((found for shape in _DATE_SHAPES if (found := shape.fullmatch(plain))), None)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


class DayField(DateField):
    """A date, typed in any usual way or picked; shown as 2020-09-01."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = read_date(typed) if typed else None
        if typed and self.data is None:
            raise ValueError(gettext("“%(typed)s”不是日期，写成 2020-09-01 这样。", typed=typed[:20]))


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
            sentence = f"{reason}{hint}"
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


# ── lists ────────────────────────────────────────────────────────────


def url_with(**changes: Any) -> str:
    """This page's address with its query changed: None removes a key, and any change begins at page 1."""
    query = {key: value for key, value in request.args.items() if key != "page"}
    query |= {key: value for key, value in changes.items() if value is not None}
    kept = {key: value for key, value in query.items() if not (key in changes and changes[key] is None)}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: ``number`` from 1, ``size`` rows at most, ``total`` rows in all."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Position of the first row shown, 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """Position of the last row shown."""
        return (self.number - 1) * self.size + len(self.items) if self.items else 0

    def url(self, number: int) -> str:
        """Address of page ``number`` with the same filters."""
        return url_with(page=number if number > 1 else None)

    @property
    def previous_url(self) -> str:
        """Address of the page before, "" on the first."""
        return self.url(self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        """Address of the page after, "" on the last."""
        return self.url(self.number + 1) if self.number < self.pages else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page the reader asked for, as a query wants it."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """Rows to skip."""
        return (self.number - 1) * self.size

    def page(self, items: Sequence[T], total: int) -> Page[T]:
        """The page once its rows are known."""
        return Page(items, self.number, self.size, total)


#: No list is longer; a larger number would leave the integers of the database.
LAST_PAGE = 1_000_000


def asked_page(size: int = 50) -> Asked:
    """``?page=`` of this request; anything that is no page number is the first."""
    number = request.args.get("page", 1, type=int)
    return Asked(number if 0 < number < LAST_PAGE else 1, size)


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing to narrow a list by; without ``options`` it is a text to search for."""

    name: str
    label: str
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, and the address without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list with what was chosen. ``sort`` is a column key, ``-`` before it descends."""

    offered: Sequence[Filter]
    chosen: Mapping[str, str]
    sort: str = ""

    @classmethod
    def read(cls, offered: Sequence[Filter], sortable: Sequence[str] = (), default: str = "") -> "Filters":
        """From this request; values not offered are ignored, so an old bookmark still opens."""
        chosen = {}
        for item in offered:
            value = request.args.get(item.name, "").strip()
            if value and (not item.options or value in dict(item.options)):
                chosen[item.name] = value
        sort = request.args.get("sort", "")
        return cls(offered, chosen, sort if sort.lstrip("-") in sortable else default)

    def __getitem__(self, name: str) -> str:
        """What was chosen for ``name``, "" for nothing."""
        return self.chosen.get(name, "")

    @property
    def chips(self) -> list[Chip]:
        """The filters in use, in the order offered."""
        return [
            Chip(
                item.label,
                dict(item.options).get(self[item.name], self[item.name]),
                url_with(**{item.name: None}),
            )
            for item in self.offered
            if self[item.name]
        ]

    @property
    def clear_url(self) -> str:
        """This list without any of its filters."""
        return url_with(**dict.fromkeys(item.name for item in self.offered))

    def sort_url(self, key: str) -> str:
        """Address sorted by ``key``; asked again it turns round."""
        return url_with(sort=f"-{key}" if self.sort == key else key)


# ── the frame ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AsOf:
    """The date everything on the page is told for. ``note`` names it, as in 统计日."""

    on: date
    today: date
    note: str = ""

    @property
    def past(self) -> bool:
        """True when the page shows history, so nothing should be edited by mistake."""
        return self.on < self.today


#: The policy book's defaults begin here; before it a page would have no rules to answer by.
EARLIEST = date(2010, 1, 1)


def as_of(today: date, earliest: date = EARLIEST) -> AsOf:
    """The date asked for by ``?on=`` (kept for the visit), else the one kept, else ``today``.

    ``?on=`` with today's date or nothing returns to today. A date out of reason is ignored.
    """
    if "on" in request.args:
        asked = read_date(request.args["on"]) or today
        if asked == today or not earliest <= asked <= today + timedelta(days=366):
            session.pop("on", None)
        else:
            session["on"] = asked.isoformat()
    return AsOf(read_date(session.get("on", "")) or today, today)


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the rail, in the words of the work."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Language:
    """A language to switch to, written in itself."""

    code: str
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What ``base.html`` shows around a page. Without an actor only the bureau's name stands there."""

    bureau: str
    home_url: str = "/"
    actor_name: str = ""
    actor_place: str = ""
    nav: Sequence[NavItem] = ()
    inbox: int = 0
    inbox_url: str = ""
    as_of: AsOf | None = None
    search_url: str = ""
    search_hint: str = ""
    account_url: str = ""
    logout_url: str = ""
    languages: Sequence[Language] = ()

    @property
    def language(self) -> str:
        """The page's language as HTML names it."""
        code = next((language.code for language in self.languages if language.current), "zh")
        return "zh-CN" if code == "zh" else code
