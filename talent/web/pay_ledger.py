"""The pages of the ledger: its entries, and the periods that two persons open and lock."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from talent.core import terms
from talent.core.errors import NotFound
from talent.core.language import translated
from talent.pay import chain_queries, periods
from talent.web import kit
from talent.web.pay import pages
from talent.web.security import current_actor, open_read, open_write, permission, today
from talent.web.templating import moment


class PeriodForm(kit.BaseForm):
    """A period to be opened, locked or reopened."""

    code = StringField(lazy_gettext("会计期间"), [InputRequired(), Length(max=7)])
    act = RadioField(lazy_gettext("办什么"), [InputRequired()],
                     choices=lambda: kit.offered((code, translated(word)) for word, code in terms.PERIOD_ACT.items()))
    reason = TextAreaField(lazy_gettext("理由"), [InputRequired(), Length(max=500)])


def _words(vocabulary: dict[str, str]) -> dict[str, str]:
    return {code: translated(word) for code, word in vocabulary.items()}


@pages.get("/ledger")
@permission("ledger:read")
def ledger() -> str:
    """Every entry, the latest first, each opening what it came from."""
    asked = kit.asked_page()
    kinds = _words(terms.words_of(terms.PAY_ENTRY))
    with open_read() as work:
        known = [(period.code, period.code) for period in periods.all_periods(work)]
        filters = kit.Filters.read([
            kit.Filter("period", gettext("期间"), known), kit.Filter("kind", gettext("种类"), list(kinds.items())),
            kit.Filter("school", gettext("学校代码"))])
        rows, count, fen = chain_queries.entries(
            work, period=filters["period"], kind=filters["kind"], school=filters["school"], offset=asked.offset,
            limit=asked.size)
    return render_template("pay/ledger.html", filters=filters, page=asked.page(rows, count), fen=fen, kinds=kinds,
                           accounts=_words(terms.words_of(terms.PAY_ACCOUNT)), moment=moment)


@pages.route("/periods", methods=["GET", "POST"])
@permission("ledger:read")
def period_list() -> str | Response:
    """The accounting periods, what waits for a second person, and the form to ask."""
    form = PeriodForm(code=f"{today():%Y-%m}", act="open")

    def save() -> None:
        with open_write() as work:
            periods.request(work, code=form.code.data or "", act=form.act.data or "", reason=form.reason.data or "")

    done = kit.submit(form, save, url_for(".period_list"), gettext("已提出，等另一个人批准后生效。"))
    if done:
        return done
    actor = current_actor()
    with open_read() as work:
        return render_template(
            "pay/periods.html", form=form, periods=periods.all_periods(work), acts=periods.period_acts(work),
            acts_said=_words(terms.words_of(terms.PERIOD_ACT)), states=_words(terms.words_of(terms.PERIOD_STATE)),
            may_ask=actor.may("period:request"), may_decide=actor.may("period:approve"), me=actor.user_id,
            moment=moment)


@pages.post("/periods/<number:act_id>/<verdict>")
@permission("period:approve")
def decide_period(act_id: int, verdict: str) -> Response:
    """The second person's yes or no."""
    deciding = {"approve": periods.approve, "reject": periods.reject}.get(verdict)
    if deciding is None:
        raise NotFound("pay_period", act_id)
    with open_write() as work:
        deciding(work, act_id=act_id)
    flash(gettext("已批准，现在生效。") if verdict == "approve" else gettext("已退回，没有改变。"), "ok")
    return redirect(url_for(".period_list"), 303)
