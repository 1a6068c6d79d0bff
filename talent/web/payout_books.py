"""Three accounts side by side, and the people behind: the ledger's, the schools' splits, and what the bank paid."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask import render_template, request, send_file, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from talent.pay.payout import queries
from talent.pay.payout.book import YearBook
from talent.pay.payout.documents import decimal
from talent.pay.payout.rules import SchoolStand
from talent.web import kit
from talent.web.pay import pages
from talent.web.payout import MIME, WHYS, YEAR
from talent.web.security import current_actor, open_read, open_write, permission, program, today
from talent.workbooks.forms import Cell, Form, write_forms

STANDS = {
    "paid": lazy_gettext("银行已付"), "pending": lazy_gettext("在银行"), "failed": lazy_gettext("银行退回"),
    "due": lazy_gettext("未制批"), "back": lazy_gettext("待扣回"), "owed": lazy_gettext("仍欠"),
}


def asked_day() -> date:
    """``?on=``, the day everything is told for; today where none or no day was asked."""
    on = kit.read_date(request.args.get("on", "")) or today()
    return on if date(2020, 1, 1) <= on <= today() else today()


def end_of(on: date) -> datetime | None:
    """The moment the day ends; None for today, so that nothing of this minute is left out."""
    if on >= today():
        return None
    return datetime.combine(on + timedelta(days=1), time(), program().zone)


def _days(year: int, on: date) -> list[dict[str, Any]]:
    """The half-years that ended since, and today, as tabs."""
    halves = [date(each, month, day) for each in range(year, today().year + 1) for month, day in ((6, 30), (12, 31))
              if date(each, month, day) < today()][-3:]
    return [{"label": gettext("截至 %(day)s", day=each.isoformat()), "current": each == on,
             "url": url_for(".reconcile", year=year, on=each.isoformat() if each < today() else None)}
            for each in (*halves, today())]


@pages.get(f"{YEAR}/reconcile")
@permission("payout:read")
def reconcile(year: int) -> str:
    """Each school in three sums, and what keeps them apart."""
    on, asked = asked_day(), kit.asked_page()
    options = [(code, str(word)) for code, word in WHYS.items()]
    filters = kit.Filters.read([kit.Filter("why", gettext("差在哪里"), options)])
    with open_read() as work:
        book = queries.reconciliation(work, year, end_of(on))
    schools = [school for school in book.asked
               if not filters["why"] or filters["why"] in dict(school.differences)]
    return render_template(
        "payout/reconcile.html", year=year, on=on, filters=filters, whys=WHYS, tabs=_days(year, on),
        page=asked.page(schools[asked.offset:asked.offset + asked.size], len(schools)), sums=_sums(schools),
        day=on.isoformat() if on < today() else None, apart=sum(not school.settled for school in book.asked),
        anything=bool(book.asked))


def _sums(schools: list[SchoolStand]) -> dict[str, int]:
    return {name: sum(getattr(school, name) or 0 for school in schools)
            for name in ("standing", "split", "paid", "pending", "failed", "due", "back")}


@pages.post(f"{YEAR}/reconcile")
@permission("payout:read")
def export_reconciliation(year: int) -> Response:
    """The same as a workbook: schools, and the people behind the differences."""
    on = asked_day()
    with open_write() as work:
        book, rows = queries.reconciliation(work, year, end_of(on)), queries.people(work, year, until=end_of(on))
        work.record("payout:download", "pay_year", year, what="reconciliation", on=on.isoformat())
        made_at = work.now
    title = gettext("%(year)s 年度帮扶支教激励三方对账（截至 %(day)s）", year=year, day=on.isoformat())
    content = write_forms([_schools_form(title, book), _people_form(title, rows)], made_at)
    return send_file(BytesIO(content), MIME["xlsx"], as_attachment=True, download_name=f"{title}.xlsx")


def _schools_form(title: str, book: YearBook) -> Form:
    heads = [gettext("学校代码"), gettext("学校"), gettext("账簿总量"), gettext("学校分配"), gettext("银行已付"),
             gettext("未付"), gettext("差在哪里")]
    rows: list[list[Cell]] = [[school.code, school.name, *_amounts(school), _why(school)] for school in book.asked]
    return Form(gettext("三方对账"), title, heads, (12, 26, 16, 16, 16, 16, 50), rows,
                signatures=[gettext("制表"), gettext("复核")])


def _people_form(title: str, people: list[queries.PersonRow]) -> Form:
    names = ("paid", "pending", "failed", "due", "back")
    heads = [gettext("学校代码"), gettext("学校"), gettext("工号"), gettext("姓名"), gettext("个人所得"),
             *(str(STANDS[name]) for name in names)]
    rows: list[list[Cell]] = [
        [row.school.code, row.school.name, row.who.staff_no, row.who.name,
         *(decimal(getattr(row.stand, name)) for name in ("award", *names))] for row in people]
    return Form(gettext("人员"), title, heads, (12, 26, *[14] * 8), rows)


def _amounts(school: SchoolStand) -> list[Decimal | None]:
    split = None if school.split is None else decimal(school.split)
    return [decimal(school.standing), split, decimal(school.paid), decimal(school.standing - school.paid)]


def _why(school: SchoolStand) -> str:
    return gettext("；").join(f"{WHYS[why]} {decimal(fen):,.2f}" for why, fen in school.differences)


@pages.get(f"{YEAR}/people")
@permission("payout:read")
def payout_people(year: int) -> str:
    """The people behind a sum: what each is given, was paid, and is owed."""
    on, asked = asked_day(), kit.asked_page()
    filters = kit.Filters.read([
        kit.Filter("why", gettext("情况"), [(code, str(word)) for code, word in STANDS.items()]),
        kit.Filter("school", gettext("学校代码"))])
    with open_read() as work:
        rows = queries.people(work, year, school_code=filters["school"], why=filters["why"], until=end_of(on))
    sums = {name: sum(getattr(row.stand, name) for row in rows)
            for name in ("award", "paid", "pending", "failed", "due", "back", "owed")}
    return render_template("payout/people.html", year=year, on=on, filters=filters, sums=sums,
                           may_recover=current_actor().may("pay:settle") and on == today(),
                           page=asked.page(rows[asked.offset:asked.offset + asked.size], len(rows)))
