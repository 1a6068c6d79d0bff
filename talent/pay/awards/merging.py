"""A filled-in sheet beside the draft it is of, as rules: what it would change, and why it cannot be taken.

Pure and exact. By points the sheet's points say what is given; by every other way its sums do, and a sum that was
changed makes the draft one that is entered by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from talent.pay.awards.rules import Claim, divide
from talent.policy.book import Value
from talent.workbooks.issues import Issue


@dataclass(frozen=True, slots=True)
class Given:
    """One line of the draft. ``points`` are hundredths, None where it was not shared out by points."""

    staff_no: str
    name: str
    purpose: str
    points: int | None
    fen: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The draft as it stands: its mark, who served (staff number → name, in order), and what each is given."""

    year: int
    mark: str
    method: str
    allotment_fen: int
    served: Mapping[str, str]
    given: Sequence[Given]


@dataclass(frozen=True, slots=True)
class Typed:
    """One row of the sheet, with the cell each column of it stands in."""

    file: str
    sheet: str
    row: int
    cells: Mapping[str, str]
    staff_no: str
    name: str
    points: int | None
    fen: int
    purpose: str
    mark: str

    def issue(self, column: str, code: str, level: Literal["error", "warning"] = "error", **params: object) -> Issue:
        """A remark on one of its cells."""
        value = {"staff_no": self.staff_no, "name": self.name, "purpose": self.purpose, "mark": self.mark}.get(column)
        return Issue(self.file, self.sheet, self.row, None, self.cells.get(column, self.cells["staff_no"]), value,
                     code, params, level)


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of one person. None: no line before, or none any more."""

    staff_no: str
    name: str
    before: Given | None
    after: Given | None


@dataclass(frozen=True, slots=True)
class Merged:
    """What the sheet comes to. ``rows`` are all lines as they would be; ``stale``: the draft was changed since."""

    method: str
    rows: Sequence[Given]
    changes: Sequence[Change]
    issues: Sequence[Issue]
    stale: bool
    left_fen: int

    @property
    def refused(self) -> bool:
        """Whether nothing of it can be taken."""
        return self.stale or any(issue.level == "error" for issue in self.issues)


def merge(
    standing: Standing, rows: Sequence[Typed], staff: Mapping[str, str], school: str, minimum_share: Value
) -> Merged:
    """The sheet beside the draft; ``staff`` is number → name of who else was at the school in the year."""
    issues = [*_of_rows(standing, rows, staff, school), *_missing(standing, rows)]
    by_points = standing.method == "points"
    after, more = _by_points(standing, rows, staff, minimum_share) if by_points else (_as_typed(standing, rows, staff),
                                                                                     [])
    changes = _changes(standing.given, after)
    stale = bool(changes) and any(row.mark != standing.mark for row in rows if row.mark)
    if changes and not any(row.mark for row in rows):
        issues.append(rows[0].issue("mark", "pay.split_unmarked"))
    method = standing.method if by_points or not changes else "by_hand"
    return Merged(method, after, changes, [*issues, *more], stale,
                  standing.allotment_fen - sum(given.fen for given in after))


def _of_rows(standing: Standing, rows: Iterable[Typed], staff: Mapping[str, str], school: str) -> Iterable[Issue]:
    for row in rows:
        name = standing.served.get(row.staff_no) or staff.get(row.staff_no)
        if name is None:
            yield row.issue("staff_no", "pay.award_stranger", key=row.staff_no, school=school, year=standing.year)
        elif row.name and row.name != name:
            yield row.issue("name", "pay.split_name", key=row.staff_no, name=name)
        if row.staff_no in standing.served and row.purpose:
            yield row.issue("purpose", "pay.split_purpose", key=row.staff_no)
        elif name is not None and row.staff_no not in standing.served and not row.purpose:
            yield row.issue("purpose", "pay.split_unnamed", key=row.staff_no)


def _missing(standing: Standing, rows: Sequence[Typed]) -> Iterable[Issue]:
    """Who served stands in the sheet, if with nothing: a line that was lost is not a decision."""
    there = {row.staff_no for row in rows}
    for staff_no, name in standing.served.items():
        if staff_no not in there:
            yield Issue(rows[0].file, rows[0].sheet, None, None, None, None, "pay.split_missing",
                        {"key": staff_no, "name": name})


def _as_typed(standing: Standing, rows: Iterable[Typed], staff: Mapping[str, str]) -> list[Given]:
    """The sums as they stand in the sheet; what only informs stays as the draft has it."""
    points = {given.staff_no: given.points for given in standing.given}
    return [Given(row.staff_no, _name(standing, staff, row), row.purpose, points.get(row.staff_no), row.fen)
            for row in rows]


def _by_points(
    standing: Standing, rows: Sequence[Typed], staff: Mapping[str, str], minimum_share: Value
) -> tuple[list[Given], list[Issue]]:
    """The sums the points come to, and a remark where the sheet says another sum."""
    claims = {row.staff_no: Claim(row.staff_no, row.purpose, fen=row.fen) if row.purpose
              else Claim(row.staff_no, weight=Fraction(row.points or 0, 100)) for row in rows}
    division = divide(standing.allotment_fen, claims.values(), minimum_share)
    if division.refusals:
        found = [Issue(rows[0].file, rows[0].sheet, None, None, None, None, each.code, each.params)
                 for each in division.refusals]
        return list(standing.given), found
    sums = {claim.staff_no: fen for claim, fen in division.rows}
    after = [Given(row.staff_no, _name(standing, staff, row), row.purpose, None if row.purpose else row.points or 0,
                   sums[row.staff_no]) for row in rows]
    return after, [row.issue("fen", "pay.split_by_points", "warning", computed_fen=sums[row.staff_no],
                      typed_fen=row.fen)
                   for row in rows if sums[row.staff_no] != row.fen]


def _name(standing: Standing, staff: Mapping[str, str], row: Typed) -> str:
    return standing.served.get(row.staff_no) or staff.get(row.staff_no) or row.name


def _changes(before: Iterable[Given], after: Iterable[Given]) -> list[Change]:
    """Who gets another sum, other points, another purpose, a line or none any more; by the order of the numbers."""
    was, now = ({given.staff_no: given for given in rows} for rows in (before, after))
    found = []
    for staff_no in sorted(was.keys() | now.keys()):
        old, new = was.get(staff_no), now.get(staff_no)
        names = [each.name for each in (new, old) if each is not None]
        if _said(old) != _said(new):
            found.append(Change(staff_no, names[0], old, new))
    return found


def _said(given: Given | None) -> tuple[object, ...]:
    return () if given is None else (given.purpose, given.points, given.fen)
