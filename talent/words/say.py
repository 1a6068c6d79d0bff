"""Say a finding: look its code up, put the facts in, in the language of the reader."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol

import talent.words
from talent.core import terms
from talent.core.language import cited, translated
from talent.core.money import yuan

VOCABULARIES = {
    "state": terms.TITLE_STATE,
    "status": terms.STATUS,
    "convention": terms.PAY_CONVENTION,
    "level": terms.LEVEL,
    "grade": terms.GRADE,
    "role": terms.ROLE_NAME,
    "school_kind": terms.SCHOOL_KIND,
    "stage": terms.TEACHER_STAGE,
    "indicator": terms.INDICATOR,
    "part": terms.PREMISES_OF,
    "title": terms.TITLE,
    "trait": terms.PORTRAIT_TRAIT,
    "proposal_state": terms.PROPOSAL_STATE,
    "objection_state": terms.OBJECTION_STATE,
    "pay_act": terms.PAY_ACT,
    "pay_part": terms.PAY_PART,
    "period_act": terms.PERIOD_ACT,
    "period_state": terms.PERIOD_STATE,
}


#: Facts that the policy book words: they have their English where it is the shipped book's.
BOOK_WORDS = frozenset({"label", "document", "clause"})


class Said(Protocol):
    """Anything with a code and facts: a finding, an issue of a sheet, a refused file."""

    @property
    def code(self) -> str: ...

    @property
    def params(self) -> Mapping[str, Any]: ...


@cache
def all_words() -> dict[str, tuple[str, str]]:
    """Code → (reason, hint), from every module beside this one."""
    words: dict[str, tuple[str, str]] = {}
    for module in iter_modules(talent.words.__path__):
        if module.name != "say":
            words.update(import_module(f"talent.words.{module.name}").WORDS)
    return words


def say(said: Said) -> tuple[str, str]:
    """What is wrong and what to do, worded. A code without words is shown as it is, so that nothing is hidden."""
    if said.code not in all_words():
        return said.code, ""
    reason, hint = all_words()[said.code]
    facts = {name: shown(name, value) for name, value in said.params.items()}
    return _filled(translated(reason), facts), _filled(translated(hint), facts)


def _filled(text: str, facts: Mapping[str, str]) -> str:
    return text.format_map(facts) if "{" in text else text


def shown(name: str, value: Any) -> str:
    """One fact as people read it: ``…_fen`` in yuan, ``…_hundredths`` in units, known codes by their word."""
    if value is None:
        return "—"
    if name.endswith("_fen"):
        return yuan(value)
    if name.endswith("_hundredths"):
        whole, rest = divmod(value, 100)
        return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    if name in BOOK_WORDS:
        return cited(str(value))
    if name in VOCABULARIES:
        word = next((word for word, code in VOCABULARIES[name].items() if code == value), str(value))
        return translated(word)
    if isinstance(value, list | tuple | set | frozenset):
        return translated("、").join(shown(name, each) for each in value)
    return str(value)
