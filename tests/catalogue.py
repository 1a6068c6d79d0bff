"""Collect every text a user reads into the English catalogue: ``python -m tests.catalogue`` (``make catalogue``).

Sources: ``_()`` in templates and pages, the tables of ``talent/words``, the vocabularies of ``core/terms``, and all
that the policy book says in words: labels, documents, clauses, notes, rows of tables; what sheets and their columns are
called; the inventory of personal information. Existing translations stay; texts nobody uses any more go.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from talent.core import terms
from talent.core.language import CATALOGUES
from talent.exchange.kinds import KINDS
from talent.policy.book import Book, load_book
from talent.policy.registry import FAMILIES
from talent.policy.types import dump
from talent.privacy import inventory
from talent.words.portraits import INPUT_NAMES
from talent.words.say import all_words

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = CATALOGUES / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "translated": None, "N_": None}
METHODS = {"talent": [("**.py", "python")], "templates": [("**.html", "jinja2.ext:babel_extract")]}


def book_texts(book: Book) -> Iterator[str]:
    """What the shipped policy book says in words."""
    for entry in book:
        yield from (entry.label, entry.note)
        for dated in entry.values:
            yield from (dated.source.document, dated.source.clause, dated.source.note)
            yield from _strings(dump(dated.value))
    yield from (family.label for family in FAMILIES)


def _strings(value: Any) -> Iterator[str]:
    """Every text inside a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from (str(key), *_strings(part))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def texts() -> Iterator[str]:
    """Every source text, in a stable order."""
    found: dict[str, None] = {}
    for folder, methods in METHODS.items():
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder,
            method_map=methods,
            keywords=KEYWORDS,
            options_map={"**.html": {"silent": "false", "extensions": "jinja2.ext.do"}},
        ):
            for text in (message,) if isinstance(message, str) else message:
                found[text] = None
    for words in all_words().values():
        found.update(dict.fromkeys(words))
    for vocabulary in vars(terms).values():
        if isinstance(vocabulary, Mapping):
            found.update(dict.fromkeys(vocabulary))
    found.update(dict.fromkeys(book_texts(load_book())))
    found.update(dict.fromkeys(inventory.texts()))
    found.update(dict.fromkeys(INPUT_NAMES.values()))
    for kind in KINDS:
        found[kind.sheet] = None
        found.update(dict.fromkeys(text for column in kind.columns for text in (column.header, column.note)))
    yield from sorted(
        text for text in found if any("一" <= char <= "鿿" or char in "，。：；、（）《》“”—" for char in text)
    )


def stored() -> Catalog:
    """The catalogue as committed."""
    with open(CATALOGUE, "rb") as file:
        return read_po(file, locale="en")


def update() -> Catalog:
    """Write the catalogue with every text, and compile it."""
    known = stored() if CATALOGUE.exists() else Catalog()
    # The date stays, so that collecting again without a new text changes nothing.
    catalogue = Catalog(locale="en", project="talent", charset="utf-8", creation_date=known.creation_date)
    for text in texts():
        message = known.get(text)
        catalogue.add(text, message.string if message is not None else "")
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with open(CATALOGUE, "wb") as file:
        write_po(file, catalogue, width=0, omit_header=False, sort_output=True)
    with open(CATALOGUE.with_suffix(".mo"), "wb") as file:
        write_mo(file, catalogue)
    return catalogue


if __name__ == "__main__":
    done = update()
    missing = [message.id for message in done if message.id and not message.string]
    print(f"{len(done)} texts, {len(missing)} without English")
