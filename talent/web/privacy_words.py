"""The inventory of personal information in the reader's words: values and readers."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext

from talent.core import terms
from talent.core.language import translated
from talent.privacy.inventory import Field, readers_of
from talent.web.templating import DASH
from talent.words.say import shown


def class_names() -> dict[str, str]:
    """The classes of personal information."""
    return {"general": gettext("一般"), "sensitive": gettext("敏感"), "impersonal": gettext("非个人信息")}


def value_told(field: Field, value: Any, zone: ZoneInfo) -> str:
    """A stored value as people read it."""
    if value is None or value == "":
        return DASH
    if field.vocabulary:
        words: Mapping[str, str] = getattr(terms, field.vocabulary)
        return translated(next((word for word, code in words.items() if code == value), str(value)))
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str) and value[0] in "[{":
        return _figures(value)
    return shown(field.column, value)


def _figures(text: str) -> str:
    """Figures kept together, to two decimals: nobody reads more of them. Anything else as it is kept."""
    try:
        kept = json.loads(text)
    except ValueError:
        return text
    named = kept if isinstance(kept, dict) else {"": kept}
    if not named or not all(isinstance(each, list) and all(map(_is_figure, each)) for each in named.values()):
        return text
    told = {name: gettext("、").join(map(_figure, each)) for name, each in named.items()}
    return gettext("；").join(gettext("%(name)s：%(listed)s", name=name, listed=listed) if name else listed
                             for name, listed in told.items())


def _is_figure(value: Any) -> bool:
    return value is None or type(value) in (int, float)


def _figure(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def readers_told(field: Field) -> str:
    """Who reads a column: roles with their reach."""
    reached = readers_of(field)
    said = []
    for reach, roles in reached.items():
        names = gettext("、").join(translated(terms.chinese(terms.ROLE_NAME, role)) for role in roles)
        if reach == "all":
            said.append(names)
        elif reach == "school":
            said.append(gettext("%(roles)s（本校）", roles=names))
        else:
            said.append(gettext("本人"))
    return gettext("；").join(said) or gettext("谁也看不到，只供程序比对")
