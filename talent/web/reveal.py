"""A number of a person, whole: a reason first, then the number in this one answer and nowhere else."""

from flask import render_template, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from talent.core.errors import RuleViolation
from talent.core.language import translated
from talent.privacy import reveal as numbers
from talent.privacy.reveal import MOST_WORDS, REASONS, REVEAL
from talent.web import kit
from talent.web.privacy import pages
from talent.web.security import open_read, open_write, permission

NUMBER = "/number/<number:person_id>/<field>"
NAMES = {"id_number": lazy_gettext("证件号码"), "phone": lazy_gettext("手机")}


class RevealForm(kit.BaseForm):
    reason = SelectField(lazy_gettext("为什么要看"), [InputRequired()],
                         choices=lambda: kit.offered(
                             [("", ""), *((code, translated(word)) for code, word in REASONS.items())]))
    words = TextAreaField(lazy_gettext("说明"), [Length(max=MOST_WORDS)])


@pages.get(NUMBER)
@permission(REVEAL)
def number(person_id: int, field: str) -> str:
    """Ask for the reason."""
    return _page(person_id, field, RevealForm(), "")


@pages.post(NUMBER)
@permission(REVEAL)
def reveal(person_id: int, field: str) -> str:
    """Show the number once. Looked at again it is asked for again: a second look is a second entry."""
    form, whole = RevealForm(), ""
    if form.validate_on_submit():
        try:
            with open_write() as work:
                whole = numbers.reveal(work, person_id=person_id, field=field, reason=form.reason.data or "",
                                       words=form.words.data or "")
        except RuleViolation as violation:
            form.refuse(violation.findings)
    return _page(person_id, field, form, whole)


def _page(person_id: int, field: str, form: RevealForm, whole: str) -> str:
    with open_read() as work:
        asked = numbers.asked(work, person_id, field)
    return render_template("privacy/number.html", asked=asked, what=NAMES[field], form=form, whole=whole,
                           back=url_for("people.show", person_id=person_id), title=gettext("查看完整号码"))
