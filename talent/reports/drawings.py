"""The pictures of the board for paper: matplotlib's room. The same data give the same bytes."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator

from talent.core.language import translated as _
from talent.reports.content import kind_words
from talent.reports.figures import Board
from talent.reports.rules import STEP

#: The palette of the pages; a tier keeps its colour.
TIERS = {"leading_talent": "#7a1f4d", "famous_teacher": "#bf5420", "chief_subject_teacher": "#c6921f",
         "district_subject_head": "#2f8f83", "school_subject_head": "#3a66b0", "new_talent": "#79b2dc"}
BESIDE, DARK, MIDDLE, LIGHT = "#c4ccd5", "#3a66a0", "#7096c8", "#d0dded"
INK, LINE, BAD = "#1c242e", "#e1e6eb", "#b3261e"
WIDTH, HEIGHT = 6.7, 2.3

# Set once for the process: ids inside the SVG must not change from one run to the next.
matplotlib.rcParams.update({"svg.hashsalt": "talent", "svg.fonttype": "path", "axes.unicode_minus": False})

Stack = tuple[str, str, Sequence[int]]
"""A colour, its name, and its count in each column."""


def draw(board: Board, font: Path) -> dict[str, bytes]:
    """File name → SVG of every picture, set in ``font``."""
    words = FontProperties(fname=str(font), size=8)
    return {"tower.svg": _tower(board, words), "ending.svg": _ending(board, words), "hours.svg": _hours(board, words),
            "steps.svg": _steps(board, words), "away.svg": _away(board, words)}


def _tower(board: Board, words: FontProperties) -> bytes:
    rows = list(reversed(board.tower.table.tower))
    stacks = [(TIERS.get(row.code, BESIDE), _(row.label), [len(found[row.code]) for _day, found in board.tower.years])
              for row in rows]
    return _columns(stacks, [day.isoformat()[:7] for day, _found in board.tower.years], _("人"), words)


def _ending(board: Board, words: FontProperties) -> bytes:
    months = board.ending.months
    stacks = [(TIERS.get(row.code, BESIDE), _(row.label), [len(month.get(row.code, ())) for month in months])
              for row in reversed(tuple(board.ending.table)) if any(row.code in month for month in months)]
    return _columns(stacks, [_("{n}月").format(n=place) for place in range(1, 13)], _("个"), words)


def _steps(board: Board, words: FontProperties) -> bytes:
    least = board.hours.minimum.value
    short = [len(people) if start < least else 0 for start, people in board.hours.steps]
    full = [len(people) if start >= least else 0 for start, people in board.hours.steps]
    stacks = [(LIGHT, _("不满"), short), (MIDDLE, _("已满"), full)]
    return _columns(stacks, [str(start // 100) for start, _people in board.hours.steps], _("人"), words,
                    line=least / STEP - 0.5)


def _away(board: Board, words: FontProperties) -> bytes:
    stacks = [(colour, kind_words()[code], [len(found.get(code, ())) for _month, found in board.away.months])
              for code, colour in (("paired", DARK), ("community", MIDDLE))]
    labels = [str(month.year) if month.month == 1 else "" for month, _found in board.away.months]
    return _columns(stacks, labels, _("人"), words)


def _columns(stacks: Sequence[Stack], labels: Sequence[str], unit: str, words: FontProperties,
             line: float | None = None) -> bytes:
    figure, axes = _sheet(words)
    below = [0] * len(labels)
    for colour, name, counts in stacks:
        axes.bar(range(len(labels)), counts, 0.72, bottom=below, color=colour, label=name)
        below = [low + count for low, count in zip(below, counts, strict=True)]
    if len(labels) <= 14:
        for place, total in enumerate(below):
            if total:
                axes.text(place, total, f"{total:,}", ha="center", va="bottom", fontproperties=words, color=INK)
    axes.set_ylim(0, max(max(below, default=0) * 1.12, 1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.set_xticks(range(len(labels)), labels)
    axes.set_ylabel(unit, rotation=0, ha="right", y=1.0, fontproperties=words)
    if line is not None:
        axes.axvline(line, color=INK, linewidth=1)
    if len(stacks) > 1:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=7, frameon=False, prop=words,
                    handlelength=1, columnspacing=1.2)
    return _svg(figure, axes, words)


def _hours(board: Board, words: FontProperties) -> bytes:
    """A dot per school against the line, piled up where many agree."""
    figure, axes = _sheet(words)
    piles: dict[int, int] = {}
    for rate in sorted(float(school.rate) for school in board.hours.schools if school.rate is not None):
        pile = round(rate * 60)
        piles[pile] = piles.get(pile, 0) + 1
        axes.plot(pile / 60, piles[pile], "o", markersize=6, markerfacecolor=MIDDLE if rate >= 1 else "white",
                  markeredgecolor=MIDDLE if rate >= 1 else BAD)
    axes.axvline(1, color=INK, linewidth=1)
    if board.hours.rate is not None:
        axes.plot(float(board.hours.rate), 0, "^", color=DARK, markersize=7, clip_on=False)
    axes.set_xlim(-0.01, 1.03)
    axes.set_ylim(0, max(max(piles.values(), default=0) + 1, 8))
    axes.set_yticks([])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    return _svg(figure, axes, words)


def _sheet(words: FontProperties) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=INK)
    return figure, axes


def _svg(figure: Figure, axes: Axes, words: FontProperties) -> bytes:
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(words)
    file = BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()
