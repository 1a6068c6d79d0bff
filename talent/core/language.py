"""The reader's language, set by the doors: Chinese is the source text, English comes from the catalogue."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

CATALOGUES = Path(__file__).resolve().parent.parent / "translations"
LANGUAGES = {"zh": "中文", "en": "English"}

_current: ContextVar[str] = ContextVar("language", default="zh")


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    return translation("messages", CATALOGUES, [language], fallback=True)


def current_language() -> str:
    """``zh`` or ``en``."""
    return _current.get()


def set_language(language: str) -> None:
    """Choose the language for the rest of this context (a request, a command)."""
    _current.set(language if language in LANGUAGES else "zh")


@contextmanager
def reading_in(language: str) -> Iterator[None]:
    """Word everything inside in ``language``."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def in_a_row(sentences: Iterable[str]) -> str:
    """Whole sentences one after another, as the language sets them: Chinese leaves no blank between them."""
    return ("" if _current.get() == "zh" else " ").join(filter(None, sentences))


def translated(text: str) -> str:
    """``text`` (Chinese source) in the current language; the source itself where the catalogue has nothing."""
    if not text or _current.get() == "zh":
        return text
    return _catalogue(_current.get()).gettext(text)


def cited(text: str) -> str:
    """A document with its clause behind it (``三年行动方案(2020—2022年) 二(九)``) in the current language."""
    whole = translated(text)
    for place in (at for at, char in enumerate(text) if char == " " and whole == text):
        document, clause = text[:place], text[place + 1:]
        if translated(document) != document:
            return f"{translated(document)} {translated(clause)}"
    return whole
