"""Paper: a typst template, its data as JSON, its pictures beside it; a character no font has is named beforehand."""

import json
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from talent.core.errors import Finding, RuleViolation

SUFFIXES = (".ttf", ".otf", ".ttc")


def shipped_font() -> Path:
    """The full Chinese font that comes with zhplot, which itself is not imported: it would change matplotlib."""
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("zhplot is not installed; is the installation complete?")
    return Path(spec.origin).parent / "fonts" / "NotoSansSC-Regular.ttf"


def fonts(extra: Path | None) -> list[Path]:
    """The font of every paper, and those of the administrator's folder."""
    own = sorted(path for path in extra.iterdir() if path.suffix.lower() in SUFFIXES) if extra else []
    return [shipped_font(), *own]


@lru_cache(maxsize=16)
def _characters(font: Path) -> frozenset[int]:
    # matplotlib takes a second to import and only papers need it
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(font)).get_charmap())


def missing_glyphs(data: Any, given: list[Path]) -> dict[str, str]:
    """Character → the text it stands in, for every character of ``data`` that no font has."""
    known: frozenset[int] = frozenset().union(*(_characters(font) for font in given))
    return {character: text for text in _texts(data) for character in text
            if not character.isspace() and ord(character) not in known}


def _texts(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    if isinstance(data, Mapping):
        data = list(data.values())
    return [text for item in data for text in _texts(item)] if isinstance(data, list | tuple) else []


def typeset(template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes], extra: Path | None = None) -> bytes:
    """The PDF of ``template`` (a file of this package). Data never become source: they come in as JSON.

    Raises ``RuleViolation`` naming the characters that would be missing.
    """
    # typst is a compiler of 40 MB; only papers need it
    import typst

    given = fonts(extra)
    missing = missing_glyphs(data, given)
    if missing:
        raise RuleViolation(Finding("report.missing_glyphs", params={
            "characters": sorted(missing), "place": sorted(set(missing.values()))[:5]}))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for picture, content in pictures.items():
            (folder / picture).write_bytes(content)
        main = folder / "main.typ"
        main.write_bytes((files("talent.reports") / template).read_bytes())
        pdf = typst.compile(
            main, root=folder, font_paths=[shipped_font().parent, *([extra] if extra else [])],
            ignore_system_fonts=True, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="pdf")
    assert isinstance(pdf, bytes)
    return pdf
