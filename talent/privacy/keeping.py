"""How long something is kept, as a phrase in the reader's language."""

from talent.core.language import translated
from talent.core.work import Work
from talent.policy.book import Value
from talent.privacy.inventory import Keep

MONTHS_OF_YEAR = 12


def kept_value(work: Work, keep: Keep) -> Value | None:
    """The policy value a class of keeping rests on; None where nothing ends it."""
    return work.book.at(keep.key, work.today) if keep.key else None


def kept_told(keep: Keep, value: Value | None) -> str:
    """How long something is kept, as a phrase."""
    words = translated(keep.label)
    return f"{words} {period_told(value.value)}" if value is not None else words


def period_told(months: int) -> str:
    """A number of months; whole years as years."""
    years, rest = divmod(months, MONTHS_OF_YEAR)
    if rest or not years:
        return translated("%(n)s 个月") % {"n": months}
    return translated("%(n)s 年") % {"n": years}
