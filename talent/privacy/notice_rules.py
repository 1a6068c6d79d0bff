"""What a new version of the notice must satisfy. Pure: facts in, findings out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from talent.core.errors import Finding

#: Longer than any notice people read.
MOST_CHARACTERS = 40_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A version as it is asked for: its texts by the name of their column."""

    effective_on: date
    document: str
    texts: Mapping[str, str]


def judge(wanted: Wanted, latest: Wanted | None, today: date) -> list[Finding]:
    """What stands against a version after ``latest``, the last one that was approved."""
    return [*_of_the_day(wanted, latest, today), *_of_the_texts(wanted, latest)]


def _of_the_day(wanted: Wanted, latest: Wanted | None, today: date) -> Iterable[Finding]:
    if wanted.effective_on < today:
        yield Finding("notice.day_past", params={"field": "effective_on", "today": today})
    elif latest is not None and wanted.effective_on < latest.effective_on:
        yield Finding("notice.before_latest", params={"field": "effective_on", "latest": latest.effective_on})
    if not wanted.document.strip():
        yield Finding("notice.document_missing", params={"field": "document"})


def _of_the_texts(wanted: Wanted, latest: Wanted | None) -> Iterable[Finding]:
    for name, text in wanted.texts.items():
        if not text.strip():
            yield Finding("notice.text_missing", params={"field": name})
        elif len(text) > MOST_CHARACTERS:
            yield Finding("notice.text_long", params={"field": name, "most": MOST_CHARACTERS})
    if latest is not None and wanted.texts == latest.texts:
        yield Finding("notice.unchanged", params={"field": "text_zh"})
