"""The README keeps its word: the glossary is the code's, the commands exist."""

from pathlib import Path

from talent.cli import VERBS
from talent.core import terms

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


def test_every_title_stands_in_the_glossary_with_its_code() -> None:
    assert [word for word, code in terms.TITLE.items() if f"| {word} | {code} |" not in README] == []


def test_every_verb_the_readme_names_exists() -> None:
    named = {line.split("talent ")[1].split()[0].strip("`") for line in README.split("`") if line.startswith("talent ")}
    assert named and named <= set(VERBS), named - set(VERBS)
