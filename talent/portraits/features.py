"""The matrix a portrait stands on: one row a teacher, one column an indicator of the three-year window.

A cell has three states: a value; 0, the kind was collected and there is none; NaN, it was not collected.
Nothing here ever turns the third into the second. The columns, and the ten inputs made of them, are all the
method reads: no gender, ethnicity, birth date, school or pupil score can reach it.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from talent.core.errors import Finding, RuleViolation
from talent.portraits.settings import PortraitSettings

if TYPE_CHECKING:
    import _csv

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

HOURS_COLUMNS = ("hours_national", "hours_district", "hours_school", "hours_online")
COUNT_COLUMNS = (
    "contest_points",
    "project_points",
    "papers",
    "open_lesson_points",
    "mentees",
    "lectures",
    "assistance_months",
)
COLUMNS = (*HOURS_COLUMNS, *COUNT_COLUMNS, "tier", "promoted")
"""The indicators, in the order of :attr:`Features.values`."""

INPUTS = ("hours", *COUNT_COLUMNS, "tier", "promoted")
"""The ten inputs of the method, in the order of :func:`ten_inputs`."""

HOURS, TIER, PROMOTED = INPUTS.index("hours"), INPUTS.index("tier"), INPUTS.index("promoted")

UNSCALED = ("assistance_months", "tier", "promoted")
"""Neither hours, counts nor points: these are not scaled to months on post."""

KEY, MONTHS = "staff_no", "months_on_post"
_CLAUSE = "portrait.indicators"
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－＋", "0123456789.-+")


@dataclass(frozen=True, eq=False, slots=True)
class Features:
    """Teachers and their indicators.

    ``values`` is teachers × ``COLUMNS``, already scaled to a full window (see :func:`scaled_to_window`), NaN
    where not collected. ``months_on_post`` within the window only decides who has enough of it; NaN or no
    array: unknown, and nobody is left out for it. ``missing_columns`` names the indicators the source did not
    have at all.
    """

    staff_no: tuple[str, ...]
    values: FloatArray
    months_on_post: FloatArray | None = None
    missing_columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.staff_no), len(COLUMNS)):
            raise ValueError(f"values must be {len(self.staff_no)} × {len(COLUMNS)}, not {self.values.shape}")

    def __len__(self) -> int:
        return len(self.staff_no)

    def column(self, name: str) -> FloatArray:
        """One indicator of everyone."""
        return self.values[:, COLUMNS.index(name)]

    def rows(self, chosen: NDArray[np.intp] | slice) -> "Features":
        """The same indicators of some teachers, in the order chosen."""
        numbers = range(len(self))[chosen] if isinstance(chosen, slice) else chosen
        months = None if self.months_on_post is None else self.months_on_post[chosen]
        staff_no = tuple(self.staff_no[number] for number in numbers)
        return Features(staff_no, self.values[chosen], months, self.missing_columns)


# ---- from indicators to the ten inputs ----


def scaled_to_window(values: FloatArray, months: FloatArray, settings: PortraitSettings) -> FloatArray:
    """Raw indicators (teachers × ``COLUMNS``) of people with so many months on post, as of a full window.

    Months of assistance, tier and promotion stay as they are. A teacher without a month on post keeps the raw
    values: such a row is never grouped (``least_months``).
    """
    factor = settings.window_months / np.where(months > 0, np.minimum(months, settings.window_months), np.nan)
    scaled = values * np.where(np.isnan(factor), 1.0, factor)[:, None]
    for name in UNSCALED:
        scaled[:, COLUMNS.index(name)] = values[:, COLUMNS.index(name)]
    return scaled


def hours_medians(features: Features) -> FloatArray:
    """Median of each kind of hours among those for whom it was collected; 0 for a kind nobody has."""
    hours = features.values[:, : len(HOURS_COLUMNS)]
    known = ~np.isnan(hours)
    columns = range(len(HOURS_COLUMNS))
    return np.array([np.median(hours[known[:, j], j]) if known[:, j].any() else 0.0 for j in columns])


def ten_inputs(features: Features, medians: FloatArray, settings: PortraitSettings) -> FloatArray:
    """The inputs X, teachers × ``INPUTS``: hours become one root of their weighted sum, the rest stay.

    A kind of hours that was not collected is taken at its median, unless ``hours_parts_missing`` or more are
    missing: then the hours are.
    """
    hours = features.values[:, : len(HOURS_COLUMNS)]
    missing = np.isnan(hours)
    total = np.where(missing, medians, hours) @ np.array(settings.hours_weights)
    total[missing.sum(axis=1) >= settings.hours_parts_missing] = np.nan
    return np.column_stack([np.sqrt(total), features.values[:, len(HOURS_COLUMNS) :]])


def coverage(inputs: FloatArray) -> FloatArray:
    """Share of the ten inputs that were collected, per teacher, 0..1."""
    shares: FloatArray = 1.0 - np.isnan(inputs).mean(axis=1)
    return shares


def has_enough_data(features: Features, inputs: FloatArray, settings: PortraitSettings) -> BoolArray:
    """Who may be given a group: enough inputs collected, enough months on post."""
    enough = coverage(inputs) > settings.least_coverage - 1e-9
    if features.months_on_post is not None:
        enough &= ~(features.months_on_post < settings.least_months)
    return enough


def canonical_order(inputs: FloatArray) -> NDArray[np.intp]:
    """An order of the rows that depends on nothing but their content.

    Fitting in this order makes the result independent of how the rows came, of staff numbers and of schools:
    rows that tie are equal, so either order is the same matrix.
    """
    return np.lexsort(inputs.T[::-1])


# ---- reading a file of indicators ----


def read_features(path: Path, *, encoding: str | None = None) -> Features:
    """Read a CSV whose header names ``staff_no`` and any of ``COLUMNS`` (and, if known, ``months_on_post``).

    Columns may stand in any order; others are ignored; a missing one, like an empty cell, is "not collected".
    Strict UTF-8 (with or without BOM) is tried before GB18030.

    Raises:
        RuleViolation: every malformed, negative or infinite number, promotion other than 0 or 1, empty or
            repeated staff number, each by line and column.
    """
    rows = csv.reader(io.StringIO(_text(path, encoding), newline=""), strict=True)
    try:
        return _Reading(rows).features()
    except csv.Error as error:
        raise RuleViolation(Finding("portraits.not_csv", _CLAUSE, {"reason": str(error)})) from error


def _text(path: Path, encoding: str | None) -> str:
    data = path.read_bytes()
    for candidate in (encoding,) if encoding else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(candidate).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):
            continue
    raise RuleViolation(Finding("portraits.encoding", _CLAUSE, {"encoding": encoding or "UTF-8, GB18030"}))


@lru_cache(maxsize=65_536)
def _number(text: str) -> float | str:
    """A cell's value (NaN when empty), or the code of what is wrong with it."""
    text = text.strip().translate(_FULL_WIDTH)
    if not text:
        return float("nan")
    if not _NUMBER.fullmatch(text):
        return "portraits.not_a_number"
    value = float(text)
    if value == float("inf") or value < 0:
        return "portraits.out_of_range"
    return value + 0.0


class _Reading:
    """One pass over a file: its columns, its rows, and everything wrong with them."""

    def __init__(self, rows: "_csv.Reader") -> None:
        self.rows = rows
        self.findings: list[Finding] = []
        self.lines: dict[str, int] = {}
        header = [name.strip() for name in next(self.rows, [])]
        self._check_header(header)
        self.width = len(header)
        self.key = header.index(KEY)
        self.places = {name: header.index(name) for name in (*COLUMNS, MONTHS) if name in header}

    def features(self) -> Features:
        names = list(self.places)
        matrix = np.array(list(self._numbers()), dtype=np.float64).reshape(len(self.lines), len(names))
        if self.findings:
            raise RuleViolation(self.findings)
        values = np.full((len(matrix), len(COLUMNS)), np.nan)
        for name in set(names) - {MONTHS}:
            values[:, COLUMNS.index(name)] = matrix[:, names.index(name)]
        months = matrix[:, names.index(MONTHS)] if MONTHS in names else None
        missing = tuple(name for name in COLUMNS if name not in self.places)
        return Features(tuple(self.lines), values, months, missing)

    def _check_header(self, header: Sequence[str]) -> None:
        if KEY not in header:
            raise RuleViolation(Finding("portraits.no_staff_no", _CLAUSE, {"column": KEY}))
        repeated = {name for name in (KEY, MONTHS, *COLUMNS) if header.count(name) > 1}
        if repeated:
            names = ", ".join(sorted(repeated))
            raise RuleViolation(Finding("portraits.repeated_column", _CLAUSE, {"column": names}))

    def _numbers(self) -> Iterator[list[float]]:
        for cells in self.rows:
            line = self.rows.line_num
            if not any(cells):
                continue
            if len(cells) != self.width:
                self._refuse("portraits.row_width", line, "", str(len(cells)), expected=self.width)
                continue
            if self._is_new(cells[self.key].strip(), line):
                yield [self._cell(cells[place], line, name) for name, place in self.places.items()]

    def _is_new(self, staff_no: str, line: int) -> bool:
        if not staff_no:
            self._refuse("portraits.staff_no_empty", line, KEY, "")
        elif (first := self.lines.setdefault(staff_no, line)) != line:
            self._refuse("portraits.staff_no_repeated", line, KEY, staff_no, first=first)
        else:
            return True
        return False

    def _cell(self, text: str, line: int, column: str) -> float:
        value = _number(text)
        if isinstance(value, str):
            self._refuse(value, line, column, text)
        elif column == "promoted" and value not in (0.0, 1.0) and value == value:
            self._refuse("portraits.not_yes_no", line, column, text)
        else:
            return value
        return float("nan")

    def _refuse(self, code: str, line: int, column: str, value: str, **more: int) -> None:
        params = {"line": line, "column": column, "value": value, **more}
        self.findings.append(Finding(code, _CLAUSE, params))
