"""A draft handed out as a workbook, and a filled-in one held beside the draft: what it would change, before it does."""

from collections.abc import Sequence
from fractions import Fraction

from talent.core.errors import Conflict, NotFound
from talent.core.work import Work
from talent.pay.awards.commands import DRAW
from talent.pay.awards.ground import staff_in
from talent.pay.awards.merging import Given, Merged, Standing, Typed, merge
from talent.pay.awards.queries import SplitView, split_view
from talent.pay.awards.sheets import write_sheet
from talent.pay.awards.terms import counts_months, minimum_share


def download(work: Work, *, year: int, code: str, method: str) -> bytes:
    """The draft as a workbook; ``method`` is the word for how it was drawn."""
    view = _draft(work, year, code)
    months = counts_months(view.ground.convention)
    served = {each.staff_no: (each.months if months else each.days, each.fen) for each in view.ground.people}
    content = write_sheet(standing_of(view), view.school, served, method, work.now)
    assert view.split is not None, "a draft has its split"
    work.record("award:download", "pay_distribution", view.split.id, year=year, school_id=view.school_id,
                sequence=view.split.sequence, version=view.version, rows=len(view.rows))
    return content


def merged(work: Work, year: int, code: str, rows: Sequence[Typed]) -> tuple[SplitView, Merged]:
    """What the rows of a sheet would change of the school's draft."""
    view = _draft(work, year, code)
    standing = standing_of(view)
    others = {row.staff_no for row in rows} - standing.served.keys()
    found = staff_in(work.session, view.school_id, year, others) if others else {}
    staff = {staff_no: name for staff_no, (_, name) in found.items()}
    return view, merge(standing, rows, staff, view.school, minimum_share(work.book, year))


def standing_of(view: SplitView) -> Standing:
    """The draft as rules see it. Its mark names the version and what was in it: a draft drawn anew has another."""
    split = view.split
    assert split is not None, "a draft has its split"
    by_points = split.method == "points"
    given = [Given(row.staff_no, row.name, row.purpose, _points(row.weight) if by_points else None, row.fen)
             for row in view.rows]
    mark = f"{view.year}-{view.code}-{split.sequence}-{split.version}-{split.content_hash[:12]}"
    return Standing(view.year, mark, split.method, view.ground.allotment_fen,
                    {person.staff_no: person.name for person in view.ground.people}, given)


def _points(weight: str) -> int | None:
    return int(Fraction(weight) * 100) if weight else None


def _draft(work: Work, year: int, code: str) -> SplitView:
    """The draft of a school whose split the actor may draw; a conflict where there is none any more."""
    work.require(DRAW)
    view = split_view(work, year, code)
    if DRAW not in view.may:
        raise NotFound("school", code)
    if not view.version:
        raise Conflict("pay_distribution_gone")
    return view
