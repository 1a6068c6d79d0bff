"""Return files of the bank: handed in, compared with what was sent, taken over once or given up."""

from pathlib import Path

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import InputRequired

from talent.core import files
from talent.pay import periods
from talent.pay.payout import queries, returns
from talent.pay.payout.queries import ReturnView
from talent.web import kit
from talent.web.pay import pages
from talent.web.payout import YEAR
from talent.web.security import current_actor, open_read, open_write, permission, program
from talent.web.templating import moment
from talent.words.say import say

RETURN = "/payout/return/<number:return_id>"
VERDICTS = {
    "take": lazy_gettext("对上，新的结果"), "known": lazy_gettext("以前收下过，不变"),
    "unknown": lazy_gettext("没有这个流水号"), "wrong_sum": lazy_gettext("金额与送出的不一致"),
    "wrong_person": lazy_gettext("工号或姓名与送出的不一致"), "twice": lazy_gettext("同一流水号出现两次"),
    "contradicts": lazy_gettext("与以前收下的结果相反"),
}
STATES = {"staged": lazy_gettext("待核对"), "accepted": lazy_gettext("已收下"), "discarded": lazy_gettext("已放弃")}
TONES = {"staged": "waiting", "accepted": "ok", "discarded": "none"}
ERRORS_SHOWN = 200


class UploadForm(kit.BaseForm):
    file = FileField(lazy_gettext("回盘文件"), [FileRequired(lazy_gettext("没有选择文件。"))])


class AcceptForm(kit.BaseForm):
    seal = HiddenField()
    period = SelectField(lazy_gettext("记入会计期间"), [InputRequired()], validate_choice=False)
    partial = BooleanField(lazy_gettext("只收下对上的，对不上的留在这一页"))


@pages.route(f"{YEAR}/return", methods=["GET", "POST"])
@permission("pay:settle")
def upload_return(year: int) -> str | Response:
    """Hand in what the bank sent back."""
    form, issues = UploadForm(), []

    def save() -> int:
        content, name = form.file.data.read(), form.file.data.filename or ""
        with files.as_path(content, Path(name).suffix.lower()) as path:
            reading = returns.read_return(path, name)
        issues.extend(reading.errors)
        with open_write() as work:
            return returns.stage(work, program().settings, year=year, name=name, content=content, reading=reading).id

    done = kit.submit(form, save, lambda made: url_for(".bank_return", return_id=made))
    if done:
        return done
    with open_read() as work:
        view = queries.year_view(work, year)
    rows = [(issue, *say(issue)) for issue in issues[:ERRORS_SHOWN]]
    return render_template("payout/upload.html", form=form, year=year, files=view.files, issues=rows,
                           count=len(issues), columns=returns.columns())


@pages.get(RETURN)
@permission("payout:read")
def bank_return(return_id: int) -> str:
    """Each row beside what was sent out, before it is taken over and after."""
    return _page(return_id, AcceptForm())


@pages.post(f"{RETURN}/accept")
@permission("pay:settle")
def accept_return(return_id: int) -> str | Response:
    """Take it over as it was shown."""
    form = AcceptForm()

    def save() -> tuple[int, int]:
        with open_write() as work:
            return returns.accept(work, return_id=return_id, seen=form.seal.data or "",
                                  period=form.period.data or "", partial=bool(form.partial.data))

    return kit.submit(form, save, url_for(".bank_return", return_id=return_id),
                      gettext("已收下：付成的已记账，退回的仍欠本人，可以重发。")) or _page(return_id, form)


@pages.post(f"{RETURN}/discard")
@permission("pay:settle")
def discard_return(return_id: int) -> Response:
    """Give it up; it stays on record and counts for nothing."""
    with open_write() as work:
        returns.discard(work, return_id=return_id)
    flash(gettext("已放弃，没有收下任何一行。"), "ok")
    return redirect(url_for(".bank_return", return_id=return_id), 303)


def _page(return_id: int, form: AcceptForm) -> str:
    asked = kit.asked_page()
    filters = kit.Filters.read([kit.Filter("verdict", gettext("核对"), [(code, str(word)) for code, word in
                                                                        VERDICTS.items()])])
    with open_read() as work:
        view = queries.return_view(work, return_id)
        opened = periods.open_periods(work.session)
    form.period.choices = kit.offered((code, code) for code in opened)
    if request.method == "GET":
        form.seal.data, form.period.data = view.compared.seal, opened[-1] if opened else ""
    found = [each for each in view.compared.verdicts if filters["verdict"] in ("", each.code)]
    found.sort(key=lambda each: (not each.wrong, each.row.number))
    return render_template(
        "payout/return.html", view=view, row=view.compared.row, form=form, filters=filters, facts=_facts(view),
        page=asked.page(found[asked.offset:asked.offset + asked.size], len(found)), verdicts=VERDICTS, states=STATES,
        tones=TONES, moment=moment, wrong=sum(each.wrong for each in view.compared.verdicts), opened=opened,
        new=view.compared.count("take"), may=current_actor().may("pay:settle") and view.compared.row.state == "staged")


def _facts(view: ReturnView) -> list[dict[str, object]]:
    compared = view.compared
    if compared.row.state == "accepted":
        taken = [("paid", gettext("付成"), view.taken), ("failed", gettext("退回"), view.refused)]
    else:
        taken = [(result, word, sum(each.taken and each.row.result == result for each in compared.verdicts))
                 for result, word in (("paid", gettext("付成")), ("failed", gettext("退回")))]
    wrong = sum(each.wrong for each in compared.verdicts)
    rows = gettext("行")
    return [
        {"label": gettext("读到"), "value": f"{len(compared.verdicts):,}", "unit": rows},
        *({"label": word, "value": f"{count:,}", "unit": rows, "tone": "",
           "note": gettext("记入账簿") if result == "paid" else gettext("仍欠本人")} for result, word, count in taken),
        {"label": gettext("对不上"), "value": f"{wrong:,}", "unit": rows, "tone": "bad" if wrong else "",
         "note": gettext("不会收下") if wrong else gettext("没有")},
        {"label": gettext("没有提到"), "value": f"{view.missing:,}", "unit": gettext("笔"),
         "note": gettext("同一批里还等回盘的")},
    ]
