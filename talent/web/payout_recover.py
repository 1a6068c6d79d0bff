"""What somebody was paid too much, and recording that it came back."""

import re
import unicodedata

from flask import render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from talent.core.money import plain
from talent.core.numbers import whole
from talent.pay import periods
from talent.pay.payout import queries, recoveries
from talent.pay.payout.recoveries import Received
from talent.web import kit
from talent.web.pay import pages
from talent.web.payout import YEAR
from talent.web.security import open_read, open_write, permission, today
from talent.web.templating import moment

MEANS = {"repaid": lazy_gettext("本人退回"), "deducted": lazy_gettext("从工资等其他应发里扣回")}
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?")


def fen_of(typed: str) -> int | None:
    """An amount in yuan as people write it, in fen; None where it is none."""
    plain = unicodedata.normalize("NFKC", typed).replace(",", "").strip()
    if not AMOUNT.fullmatch(plain):
        return None
    yuan, _, rest = plain.partition(".")
    return int(yuan) * 100 + int(rest.ljust(2, "0"))


class RecoverForm(kit.BaseForm):
    seen = HiddenField()
    amount = StringField(lazy_gettext("收回金额（元）"), [InputRequired(), Length(max=20)])
    means = SelectField(lazy_gettext("怎样收回"), [InputRequired()], choices=lambda: kit.offered(MEANS.items()))
    document = StringField(lazy_gettext("凭据号"), [InputRequired(), Length(max=80)])
    received_on = kit.DayField(lazy_gettext("收回日期"), [InputRequired()])
    period = SelectField(lazy_gettext("记入会计期间"), [InputRequired()], validate_choice=False)

    def validate_amount(self, field: Field) -> None:
        if fen_of(field.data or "") is None:
            raise ValidationError(gettext("请写成 1234.56 这样的金额。"))


@pages.route(f"{YEAR}/recover/<number:person_id>/<code>", methods=["GET", "POST"])
@permission("pay:settle")
def recover(year: int, person_id: int, code: str) -> str | Response:
    """One person at one school: what was paid too much, what came back, and the act of recording more."""
    form = RecoverForm()

    def save() -> None:
        with open_write() as work:
            row = queries.person_row(work, year, person_id, code)
            recoveries.recover(
                work, year=year, key=(person_id, row.school.school_id),
                seen=whole(form.seen.data) or 0,
                received=Received(fen_of(form.amount.data or "") or 0, form.means.data or "",
                                  form.document.data or "", form.received_on.data or today(), form.period.data or ""))

    done = kit.submit(form, save, url_for(".recover", year=year, person_id=person_id, code=code),
                      gettext("已登记，已记入账簿。"))
    return done or _page(year, person_id, code, form)


def _page(year: int, person_id: int, code: str, form: RecoverForm) -> str:
    with open_read() as work:
        row = queries.person_row(work, year, person_id, code)
        found = recoveries.recoveries_of(work, year, (person_id, row.school.school_id))
        opened = periods.open_periods(work.session)
    form.period.choices = kit.offered((each, each) for each in opened)
    if request.method == "GET":
        over = row.stand.overpaid
        form.seen.data, form.amount.data = str(over), plain(over)
        form.received_on.data, form.period.data = today(), opened[-1] if opened else ""
    return render_template("payout/recover.html", year=year, row=row, form=form, found=found, opened=opened,
                           means=MEANS, moment=moment)
