"""What each picture of the board shows, as a finding to be its title."""

from talent.core.errors import Finding
from talent.reports.figures import AwayFigure, Board, EndingFigure, HoursFigure, TowerYears

YEAR_BACK = 12


def titles(board: Board) -> dict[str, Finding]:
    """Picture → what it says."""
    return {"tower": tower(board.tower), "hours": hours(board.hours), "steps": steps(board.hours),
            "away": away(board.away), "ending": ending(board.ending)}


def tower(figure: TowerYears) -> Finding:
    """People on the tower now, against the first year shown."""
    now, first = figure.total(-1), figure.total(0)
    facts = {"count": now, "since": figure.years[0][0], "change": abs(now - first)}
    return Finding(f"board.tower.{_way(now - first)}", params=facts)


def hours(figure: HoursFigure) -> Finding:
    """The share that reaches the minimum, and the schools where everybody does."""
    rate = figure.rate
    if rate is None:
        return Finding("board.hours.none")
    facts = {"minimum_hundredths": figure.minimum.value, "met": figure.met, "people": len(figure.hours),
             "schools": len(figure.schools), "complete": figure.complete, "rate": f"{round(rate * 1000) / 10:.1f}%"}
    return Finding("board.hours.share", params=facts)


def steps(figure: HoursFigure) -> Finding:
    """How many still lack how much."""
    minimum = figure.minimum.value
    short = [value for value in figure.hours.values() if value is not None and value < minimum]
    facts = {"minimum_hundredths": minimum, "count": len(short), "unrecorded": len(figure.unrecorded),
             "near": sum(value >= minimum * 5 // 6 for value in short), "gap_hundredths": minimum - minimum * 5 // 6}
    return Finding("board.steps.short" if short else "board.steps.none", params=facts)


def away(figure: AwayFigure) -> Finding:
    """People away in the month of the date, against the same month a year before."""
    now, before = figure.total(-1), figure.total(-1 - YEAR_BACK)
    month = figure.months[-1][0]
    facts = {"count": now, "month": f"{month.year}-{month.month:02d}", "change": abs(now - before)}
    return Finding(f"board.away.{_way(now - before)}", params=facts)


def ending(figure: EndingFigure) -> Finding:
    """Titles that end in the year, and the month with most of them."""
    if not figure.all:
        return Finding("board.ending.none", params={"year": str(figure.year)})
    month = max(range(1, 13), key=figure.total)
    return Finding("board.ending.most", params={"year": str(figure.year), "count": figure.all, "month": month,
                                                "most": figure.total(month)})


def _way(change: int) -> str:
    return "more" if change > 0 else "fewer" if change < 0 else "same"
