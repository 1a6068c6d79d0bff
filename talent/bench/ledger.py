"""A year of pay computed, posted and proved, against a bare vectorised computation of the same sums."""

import numpy as np

from talent.bench import district
from talent.bench.measure import Figure, Setting, compared, expect, in_turn, timed
from talent.core.access import Actor, Grant, operator
from talent.core.work import Program
from talent.pay import commands, proof
from talent.pay.acts import acts_of
from talent.pay.book import planned, take_ledger
from talent.pay.ledger_models import PayEntry, PayPeriod
from talent.pay.models import PayBatch
from talent.pay.posting import append

MONTHS, YEARLY_FEN = 12, 2_400_000


def posted(setting: Setting) -> list[Figure]:
    """``ledger``: everybody's twelve months computed, posted to an open period and proved link by link."""
    people = setting.size.assignments
    program = district.empty(setting.folder / "template")
    district.settle(program, people)
    district.send(program, people)
    ours, bare = in_turn(
        setting.rounds,
        lambda: _ours(district.copy(program, setting.folder / "ours"), people),
        lambda: _bare(people),
    )
    names = ("ledger-compute", "ledger-post", "ledger-prove")
    least = [sum(each) for each in bare]
    return [compared("ledger", [sum(each) for each in ours], least, "CPU s"),
            *(compared(name, [each[at] for each in ours], least, "CPU s") for at, name in enumerate(names))]


def _ours(program: Program, people: int) -> tuple[float, float, float]:
    finance = Actor(1, "finance", (Grant("finance"),))
    with timed() as computing, program.begin(operator()) as work:
        batch_id = commands.compute(work, year=district.PAY_YEAR).id
    with timed() as posting, program.begin(finance) as work:
        period = PayPeriod(code="2026-01", state="open")
        work.session.add(period)
        work.session.flush()
        batch = work.session.get_one(PayBatch, batch_id)
        take_ledger(work.session)
        append(work, planned(work.session, acts_of(work.session, batch)), period_id=period.id, batch=batch)
    with timed() as proving, program.read(operator()) as work:
        wrong = {finding.code for finding in proof.broken(work.session)}
        count = work.session.query(PayEntry).count()
    program.engine.dispose()
    # Nobody approved and no two persons opened the period: that is all there is to find.
    expect(count == people and wrong == {"pay.period_undecided", "pay.entry_after_lock", "pay.entry_of_nothing"},
           f"{people} entries are posted and linked")
    return computing.seconds, posting.seconds, proving.seconds


def _bare(people: int) -> tuple[float, float, float]:
    """Months and sums of as many people in whole numbers, nothing read, kept or explained."""
    with timed() as watch:
        start = np.full((people, 1), np.datetime64(f"{district.PAY_YEAR}-01-01"))
        after = np.full((people, 1), np.datetime64(f"{district.PAY_YEAR + 1}-01-01"))
        first = np.arange(f"{district.PAY_YEAR}-01", f"{district.PAY_YEAR + 1}-01", dtype="datetime64[M]")
        days = (np.minimum(after, (first + 1).astype("datetime64[D]"))
                - np.maximum(start, first.astype("datetime64[D]"))).astype(np.int64)
        fen = (days >= 15).sum(axis=1) * YEARLY_FEN // MONTHS
    expect(int(fen.sum()) == people * YEARLY_FEN, "the bare sums are those of whole years")
    return watch.seconds, 0, 0
