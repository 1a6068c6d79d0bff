"""What waits in paired assistance: years to compute, runs to look through, a receipt of one's own."""

from collections.abc import Iterator
from datetime import date, timedelta

from flask_babel import gettext

from talent.pay import chain_queries, waiting
from talent.pay.awards import waiting as splits_waiting
from talent.pay.payout import waiting as payout_queries
from talent.web.links import link_to
from talent.web.templating import money
from talent.web.todo.things import Look, Thing

#: How long a new receipt is announced.
ANNOUNCED = timedelta(days=30)


def uncomputed(look: Look) -> Iterator[Thing]:
    """Years that are over and had assistance, but no run."""
    if not look.actor.may("pay:compute"):
        return
    years = waiting.uncomputed_years(look.work)
    if years:
        last = max(years)
        yield Thing(gettext("核算帮扶支教激励金"),
                    gettext("%(years)s 年有帮扶支教，还没有核算", years=gettext("、").join(map(str, sorted(years)))),
                    gettext("%(n)s 人次", n=f"{sum(years.values()):,}"), "pay", link_to("pay.index", year=last),
                    gettext("去核算"), since=date(min(years) + 1, 1, 1))


def findings(look: Look) -> Iterator[Thing]:
    """Runs not yet confirmed in which something was noticed; a thing per year."""
    if not look.actor.may("pay:compute"):
        return
    for run in waiting.runs_with_findings(look.work):
        yield Thing(gettext("看 %(year)s 年激励金核算的问题", year=run.year),
                    gettext("第 %(n)s 次核算，其中 %(errors)s 条须先处理", n=run.sequence, errors=f"{run.errors:,}")
                    if run.errors else gettext("第 %(n)s 次核算，都是提示，确认前请看一遍", n=run.sequence),
                    gettext("%(n)s 条", n=f"{run.findings:,}"), "pay",
                    link_to("pay.findings", year=run.year, run=run.sequence), gettext("去看"),
                    since=look.day(run.computed_at))


def receipts(look: Look) -> Iterator[Thing]:
    """New receipts of one's own."""
    for person_id in look.actor.scope("pay:read").persons:
        lines = waiting.new_lines(look.work, person_id, look.work.now - ANNOUNCED)
        if lines:
            line_id, year, computed_at = lines[0]
            url = link_to("pay.line", line_id=line_id) if len(lines) == 1 else link_to("pay.mine")
            yield Thing(gettext("看您的激励金算账单"),
                        gettext("%(year)s 年的已经算出，逐月写明怎样得来；有疑问请找学校办公室", year=year),
                        gettext("本人"), "pay", url, gettext("去看"), since=look.day(computed_at))


def answers(look: Look) -> Iterator[Thing]:
    """Runs in which the actor's school has not said whether its lines are right."""
    for each in chain_queries.waiting_for_school(look.work):
        yield Thing(gettext("核对 %(year)s 年激励金名单", year=each.year),
                    gettext("第 %(n)s 次核算，确认人员、月份和金额，有误的写明", n=each.sequence), gettext("本校"),
                    "pay",
                    link_to("pay.answer", batch_id=each.batch_id, code=each.school_code), gettext("去核对"),
                    since=look.day(each.since))


def turns(look: Look) -> Iterator[Thing]:
    """Runs at which it is the actor's turn to review, approve or lock."""
    titles = {"review": gettext("复核激励金"), "approve": gettext("批准激励金"), "lock": gettext("锁定激励金并记账")}
    for act, batches in chain_queries.waiting_for_office(look.work).items():
        for each in batches:
            yield Thing(titles[act], gettext("%(year)s 年度第 %(n)s 次核算", year=each.year, n=each.sequence),
                        gettext("一批"), "pay", link_to("pay.step", batch_id=each.batch_id, act=act), gettext("去办"),
                        since=look.day(each.since))


def periods(look: Look) -> Iterator[Thing]:
    """Accounting periods somebody else asked to open or lock."""
    if not look.actor.may("period:approve"):
        return
    count, oldest = chain_queries.periods_waiting(look.work)
    if count:
        yield Thing(gettext("批准会计期间"), gettext("另一位提出的打开或锁定，由您批准或退回"),
                    gettext("%(n)s 项", n=count), "pay", link_to("pay.period_list"), gettext("去批准"),
                    since=look.day(oldest))


def splits(look: Look) -> Iterator[Thing]:
    """Sums of the actor's school that it has not split as they stand: to draw, to put up, to submit."""
    for each in splits_waiting.to_split(look.work):
        ready, year = each.ready(look.work.today), each.year
        if ready and not each.mine and look.actor.may("award:submit"):
            what, why, act = (gettext("提交 %(year)s 年激励金分配", year=year),
                              gettext("草案已公示期满，看过后提交"), gettext("去提交"))
        elif each.drafted:
            what, why, act = (gettext("办完 %(year)s 年激励金分配", year=year),
                              gettext("草案已作，还要公示期满、由另一人提交"), gettext("去看"))
        elif look.actor.may("award:draw"):
            what, why, act = (gettext("分配 %(year)s 年激励金", year=year),
                              gettext("本校总量已锁定，待分配：先作草案，再公示、提交"), gettext("去分配"))
        else:
            what, why, act = (gettext("%(year)s 年激励金待分配", year=year), gettext("本校总量已锁定，等经办人作草案"),
                              gettext("去看"))
        yield Thing(what, why, gettext("%(sum)s 元", sum=money(each.fen)), "pay",
                    link_to("pay.split", year=year, code=each.code), act, since=look.work.today)


def unsplit(look: Look) -> Iterator[Thing]:
    """Schools with a sum that no submitted split gives out, for those who pay it."""
    if not look.actor.may("pay:lock"):
        return
    year, count = splits_waiting.missing_schools(look.work)
    if count:
        yield Thing(gettext("催学校分配激励金"), gettext("总量已锁定，分配提交后才能发放到人"),
                    gettext("%(n)s 所未分配", n=count), "pay", link_to("pay.splits", year=year), gettext("去看"),
                    since=look.work.today)


def payouts(look: Look) -> Iterator[Thing]:
    """Submitted sums in no payroll file, those the bank refused, and what was paid too much; a thing each and year."""
    if not look.actor.may("pay:export"):
        return
    for year, (due, failed, back) in payout_queries.waiting(look.work).items():
        if due:
            yield Thing(gettext("制 %(year)s 年发放批", year=year), gettext("学校已提交的分配，还没有送银行"),
                        gettext("%(n)s 笔", n=f"{due:,}"), "pay", link_to("pay.draw", year=year, kind="regular"),
                        gettext("去制批"), since=look.work.today)
        if failed:
            yield Thing(gettext("重发 %(year)s 年银行退回的", year=year), gettext("没有付成的仍欠本人，单独再发"),
                        gettext("%(n)s 笔", n=f"{failed:,}"), "pay", link_to("pay.draw", year=year, kind="reissue"),
                        gettext("去重发"), since=look.work.today)
        if back:
            yield Thing(gettext("收回 %(year)s 年多付的", year=year), gettext("调整后少了，已经付给本人的；收回后登记"),
                        gettext("%(n)s 笔", n=f"{back:,}"), "pay",
                        link_to("pay.payout_people", year=year, why="back"), gettext("去看"),
                        since=look.work.today)


def reopenings(look: Look) -> Iterator[Thing]:
    """Closed years somebody else asked to open again."""
    if not look.actor.may("year:reopen"):
        return
    for year, asked in payout_queries.reopenings(look.work).items():
        yield Thing(gettext("批准重新打开 %(year)s 年", year=year),
                    gettext("已结账的一年，另一位写明理由提出，由您批准或退回"),
                    gettext("%(n)s 项", n=1), "pay", link_to("pay.closing_page", year=year), gettext("去批准"),
                    since=look.day(asked))
