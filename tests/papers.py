"""The papers that only repeat the code: ``python -m tests.papers`` (``make papers``) writes them anew.

``docs/limits.md``: every limit of forms, sheets, uploads, the interface and signing in, with where it is set.
``docs/security/rights.md``: every role by right, every address that changes something by role, every field by right.
"""

import ast
import csv
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired, Length, NumberRange

from talent.accounts.allowances import Limit
from talent.app import PAGES
from talent.core.access import RIGHTS, ROLES, STEP_UP
from talent.core.config import Settings
from talent.exchange.kinds import KINDS
from talent.privacy.inventory import Field, inventory, readers_of
from talent.web.kit import BaseForm
from talent.words.say import all_words
from talent.workbooks.cells import CellType
from talent.workbooks.guard import COMMAND_LINE, SITE
from tests.limits import DRAWN, SET, SETTINGS

ROOT = Path(__file__).resolve().parent.parent
LIMITS, RIGHTS_PAPER = ROOT / "docs" / "limits.md", ROOT / "docs" / "security" / "rights.md"
#: How a constant is called that bounds something.
BOUND = re.compile(r"^_?(MOST|LONGEST|SHORTEST|MAX|LEAST|FEWEST)(_|$)|_(PER_MINUTE|LENGTH|LIVES|LIFE|LASTS|DELAY|ATTEMPTS)$"
                   r"|FAILURES")
#: Findings about the rows of a sheet or the fields of a record, by the beginning of their code.
OF_RECORDS = ("workbooks", "import", "record", "entry", "roster", "title", "training", "mentoring", "assistance",
              "school", "act", "school_act", "nomination", "budget", "attendance", "api")
#: What the matrix says of who is not let in; signing out leads a role to the sign-in page too.
REFUSED = frozenset({"401", "403"})
MARK = "<!-- written by `make papers`; a test holds it against the code -->"


def bounds() -> Iterator[str]:
    """``module.NAME`` of every constant that bounds something, and of every :class:`Limit`."""
    for path in sorted((ROOT / "talent").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[1] in ("sample", "bench"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            yield from (f"{'.'.join(parts)}.{name}" for name, limit in _assigned(node) if limit or BOUND.search(name))


def _assigned(node: ast.stmt) -> Iterator[tuple[str, bool]]:
    """The names a statement binds, and whether to a :class:`Limit`."""
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return
    limit = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "Limit"
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        for name in target.elts if isinstance(target, ast.Tuple) else [target]:
            if isinstance(name, ast.Name):
                yield name.id, limit


def value_of(place: str) -> Any:
    """What a ``module.NAME`` holds."""
    module, _, name = place.rpartition(".")
    return getattr(import_module(module), name)


def plain(value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, Limit):
        return f"{value.most:,} in {plain(value.window)}"
    if isinstance(value, timedelta):
        for unit, seconds in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
            if value.total_seconds() % seconds == 0 and value.total_seconds() >= 2 * seconds:
                return f"{int(value.total_seconds() // seconds)} {unit}"
        return f"{value.total_seconds():g} seconds"
    return f"{value:,g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown."""
    lines = [list(heads)]
    lines += [["---"] * len(lines[0])]
    lines += [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def forms() -> list[type[BaseForm]]:
    """Every form a page declares; those a view makes of a sheet's columns are in the table of sheets."""
    found: dict[str, type[BaseForm]] = {}
    waiting = [BaseForm] if PAGES else []
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        home = sys.modules[kind.__module__]
        if home.__name__.startswith("talent.web.") and kind is not BaseForm and getattr(home, kind.__name__, None) is kind:
            found[f"{kind.__module__}.{kind.__qualname__}"] = kind
    return [found[name] for name in sorted(found)]


def form_lines() -> Iterator[tuple[str, str, str, str, str]]:
    """(form, field, kind, required, bounds) of every field."""
    for form in forms():
        for name in sorted(dir(form)):
            field = getattr(form, name)
            if isinstance(field, UnboundField):
                checks = [each for given in (*field.args, field.kwargs.get("validators"))
                          if isinstance(given, list | tuple) for each in given]
                required = any(isinstance(each, DataRequired) or "required" in getattr(each, "field_flags", {})
                               for each in checks)
                said = [_bounds_of(each) for each in checks if isinstance(each, Length | NumberRange)]
                if not said and "maxlength" in (told := field.kwargs.get("render_kw") or {}):
                    said = [f"to {plain(told['maxlength'])} characters, by the command"]
                yield (f"`{form.__module__.removeprefix('talent.')}.{form.__name__}`", f"`{name}`",
                       field.field_class.__name__.removesuffix("Field"), "yes" if required else "",
                       ", ".join(said))


def _bounds_of(check: Length | NumberRange) -> str:
    least, most = (None if each in (-1, None) else each for each in (check.min, check.max))
    said = "characters" if isinstance(check, Length) else "as a number"
    return f"{'' if least is None else f'from {plain(least)} '}{'' if most is None else f'to {plain(most)} '}{said}"


def column_lines() -> Iterator[tuple[str, str, str, str, str]]:
    """(sheet, column, kind, required, bounds) of every column of every sheet."""
    for kind in KINDS:
        for column in kind.columns:
            said = [f"one of {len(column.labels)}"] if column.choices else []
            if column.type in (CellType.TEXT, CellType.CODE):
                said.append(f"to {column.max_length} characters")
            said += [f"from {column.minimum}"] if column.minimum is not None else []
            said += [f"to {column.maximum}"] if column.maximum is not None else []
            yield kind.sheet, column.header, column.type.value, "yes" if column.required else "", ", ".join(said)


def limits_paper() -> str:
    """``docs/limits.md``."""
    settings = {name: field.default for name, field in Settings.model_fields.items()}
    words = sorted((code, said[0]) for code, said in all_words().items() if code.partition(".")[0] in OF_RECORDS)
    sizes = [(name, plain(getattr(SITE, name)), plain(getattr(COMMAND_LINE, name))) for name in SITE.__slots__]
    return "\n\n".join([
        "# Limits", MARK,
        "What a value, a form, a sheet, a file or a caller may be at most, and where it is set. Beyond a limit an input is "
        "refused in words, never cut; only what is shown again is. Values that policy decides (hours, months, money, groups that are shown) stand in "
        "`talent/policy/*.yaml` with their sources and are not repeated.",
        "## Settings", table(("setting", "default", "bounds"), (
            (f"`TALENT_{name.upper()}`", plain(settings[name]), said) for name, said in SETTINGS.items())),
        "## Constants", table(("constant", "value", "bounds"), (
            (f"`{place.removeprefix('talent.')}`", plain(value_of(place)), said) for place, said in SET.items())),
        "## Files", "`talent/workbooks/guard.py`, looked at before anything is parsed; what is inside decides the kind, "
        "not the name: xlsx, xls, csv and other plain tables for sheets; PDF, JPEG and PNG for scans (`talent/web/scans.py`).",
        table(("of one file", "at the site", "at the terminal"), sizes),
        "## Forms", "A field without a bound of its own is bounded by its kind (a choice, a date, a file), a new password by the rules of passwords; "
        "the fields of one record's form are the columns of its sheet, below. A name no form offers is not read.",
        table(("form", "field", "kind", "required", "bounds"), form_lines()),
        "## Sheets", "The same columns bound the forms of one record and the rows of `/api/v1`.",
        table(("sheet", "column", "kind", "required", "bounds"), column_lines()),
        "## Rules between fields", "What is said of a row, a record or a call that does not hold together, by its code. The rules "
        "are in `rules.py` and `intake` of each slice.",
        table(("code", "words"), ((f"`{code}`", said) for code, said in words)),
        "## The interface for other systems", "Every parameter with its kind and bounds: `/api/v1/openapi.json`. A name that is "
        "not described there is refused."]) + "\n"


def changing() -> Iterator[tuple[str, str]]:
    """(address, roles let in) of every address that changes something, from the access matrix the tests hold."""
    with open(ROOT / "tests" / "access.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["door"] != "cli" and not row["entry"].startswith("GET "):
                nobody = ["nobody"] if row["nobody"] == "in" else []
                yield f"`{row['entry']}`", ", ".join([role for role in ROLES if row[role] not in REFUSED] + nobody)


def field_lines() -> Iterator[tuple[str, str, str, str, str]]:
    """(table, columns, class, rights, roles): the personal columns of a table that the same rights read."""
    def alike(field: Field) -> tuple[str, str, str]:
        who: Mapping[Any, list[str]] = readers_of(field)
        return (field.kind, ", ".join(field.readers) or "nobody",
                "; ".join(f"{reach}: {', '.join(roles)}" for reach, roles in who.items()) or "—")

    for sheet in inventory().values():
        for (kind, rights, roles), held in groupby(sorted(sheet.personal, key=alike), key=alike):
            yield f"`{sheet.name}`", ", ".join(field.column for field in held), kind, rights, roles


def rights_paper() -> str:
    """``docs/security/rights.md``."""
    rights = sorted({right for held in RIGHTS.values() for right in held})
    return "\n\n".join([
        "# Rights", MARK,
        "## Roles", "From `talent/core/access.py`: on whom a role may use a right (all, their school's, themselves). ★ asks for a fresh "
        "proof of who is there. `operator` is the person at the keyboard of the server.",
        table(("right", *RIGHTS), (
            (f"`{right}`{' ★' if right in STEP_UP else ''}", *(RIGHTS[role].get(right, "") for role in RIGHTS)) for right in rights)),
        "## Changes", "Every address that changes something, and who is let in; on whom, the command decides by the right's reach. "
        "Which fields each takes stands in `docs/limits.md`; a field nobody offered changes nothing.",
        table(("address", "roles"), changing()),
        "## Fields", "Every personal column by the rights that read it (`@all`, `@self`: only where the right reaches so far), from "
        "`talent/privacy/inventory.yaml`. Columns about nobody go with the page they stand on.",
        table(("table", "columns", "class", "rights", "roles"), field_lines())]) + "\n"


#: Paper → what it must say.
PAPERS = {LIMITS: limits_paper, RIGHTS_PAPER: rights_paper}

if __name__ == "__main__":
    for paper, written in PAPERS.items():
        paper.write_text(written(), encoding="utf-8")
    print(f"{len(SET)} constants, {len(DRAWN)} left out")
