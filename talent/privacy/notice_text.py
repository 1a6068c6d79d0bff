"""What a notice says: the shipped text, made of its file, the inventory and the policy; and its shape on a page.

A text is lines: ``# heading``, ``- item`` of a list, anything else a paragraph; so a bureau can edit it in a plain box.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from talent.core.language import reading_in, translated
from talent.core.work import Work
from talent.privacy.inventory import Field, Sheet, inventory
from talent.privacy.keeping import kept_told, kept_value

FILE = Path(__file__).with_name("notice.yaml")
HEADING, ITEM = "# ", "- "
ANSWER_DAYS, OBJECTION_DAYS = "privacy.correction_days", "privacy.objection_days"


@dataclass(frozen=True, slots=True)
class Body:
    """All that a version says, in both languages; ``portraits_…`` is the section on portraits."""

    text_zh: str
    text_en: str
    portraits_zh: str
    portraits_en: str

    def digest(self, number: int, effective_on: date, document: str) -> str:
        """What an acknowledgement of the version refers to."""
        said = {"number": number, "effective_on": effective_on.isoformat(), "document": document, **asdict(self)}
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def shipped(work: Work, bureau: str) -> Body:
    """The text as shipped, for the inventory and the policy of today."""
    facts = {"bureau": bureau, "days": work.book.at(ANSWER_DAYS, work.today).value,
             "objection_days": work.book.at(OBJECTION_DAYS, work.today).value}
    said = {f"{part}_{language}": _written(work, sections, language, facts)
            for part, sections in _sections().items() for language in ("zh", "en")}
    return Body(**said)


@cache
def _sections() -> Mapping[str, list[Mapping[str, Any]]]:
    sections: Mapping[str, list[Mapping[str, Any]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return sections


def _written(work: Work, sections: list[Mapping[str, Any]], language: str, facts: Mapping[str, Any]) -> str:
    lines = list[str]()
    with reading_in(language):
        for section in sections:
            lines += [HEADING + section["heading"][language], section["body"][language].format_map(facts).strip()]
            lines += [ITEM + line for line in LISTS[section["list"]](work)] if "list" in section else []
    return "\n".join(lines)


# ── lists made of the inventory ──────────────────────────────────────────────────────────────────────────────


def _purposes(work: Work) -> Iterator[str]:
    """Each kind of data that is in a person's own copy: why it is held and how long."""
    for sheet in inventory().values():
        if sheet.exported:
            keeps = dict.fromkeys(field.keep for field in sheet.personal)
            kept = _joined(kept_told(keep, kept_value(work, keep)) for keep in keeps)
            yield translated("%(title)s：%(purposes)s。%(kept)s。") % {
                "title": translated(sheet.title), "purposes": _joined(_purposes_of(sheet.personal)), "kept": kept}


def _sensitive(_work: Work) -> Iterator[str]:
    """What is sensitive of each kind, and why it is needed."""
    for sheet in inventory().values():
        found = _sensitive_of(sheet) if sheet.exported else []
        if found:
            yield translated("%(title)s：%(fields)s。用于%(purposes)s。") % {
                "title": translated(sheet.title), "purposes": _joined(_purposes_of(found)),
                "fields": _joined((translated(field.label) for field in found), "、")}


def _sensitive_of(sheet: Sheet) -> list[Field]:
    """What a person would recognise: a number once, though it is stored in three forms; no hashes."""
    return [field for field in sheet.fields if field.kind == "sensitive" and field.told
            and not field.column.endswith("_sealed")]


def _purposes_of(fields: Iterable[Field]) -> Iterator[str]:
    return (translated(purpose) for purpose in dict.fromkeys(field.purpose for field in fields))


def _joined(parts: Iterable[str], mark: str = "；") -> str:
    return translated(mark).join(parts)


LISTS = {"purposes": _purposes, "sensitive": _sensitive}


# ── on a page ────────────────────────────────────────────────────────────────────────────────────────────────


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """A text in the parts a page sets: (heading, list or text, its lines), blank lines left out."""
    found = list[tuple[str, list[str]]]()
    for kind, lines in groupby(filter(None, map(str.strip, text.splitlines())), _kind):
        written = [line.removeprefix({"heading": HEADING, "list": ITEM}.get(kind, "")).strip() for line in lines]
        found += [("heading", [line]) for line in written] if kind == "heading" else [(kind, written)]
    return found


def _kind(line: str) -> str:
    return "heading" if line.startswith(HEADING) else "list" if line.startswith(ITEM) else "text"
