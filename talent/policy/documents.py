"""Reading the YAML: which files there are, what an entry looks like on paper, and what is wrong with one."""

from collections import Counter
from collections.abc import Hashable, Iterator
from datetime import date
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from talent.policy.errors import PolicyError

_Words = Annotated[str, Field(strict=True, min_length=1)]


class _Paper(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SourceDocument(_Paper):
    """``source:`` of a value."""

    document: _Words
    clause: str = ""
    note: str = ""


class DatedDocument(_Paper):
    """One dated value; ``value`` is read later by the type its key has."""

    value: Any
    basis: Literal["enacted", "delegated", "assumed"]
    source: SourceDocument


def _in_order(values: dict[date, DatedDocument]) -> dict[date, DatedDocument]:
    if list(values) != sorted(values):
        raise ValueError("dates are not in order")
    return values


class EntryDocument(_Paper):
    """One entry as a file writes it."""

    label: _Words
    unit: _Words
    paid_to: str = ""
    note: str = ""
    values: Annotated[dict[date, DatedDocument], Field(min_length=1), AfterValidator(_in_order)]


class _Loader(yaml.CSafeLoader):
    """Safe YAML that also refuses a key written twice, which YAML itself would silently let win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping = super().construct_mapping(node, deep)
        if len(mapping) != len(node.value):
            written = Counter(key.value for key, _ in node.value)
            twice = ", ".join(key for key, times in written.items() if times > 1)
            raise yaml.MarkedYAMLError(problem=f"{twice} stands twice", problem_mark=node.start_mark)
        return mapping


def read_entries(folder: Traversable) -> Iterator[tuple[str, str, EntryDocument]]:
    """Every entry of the folder as (file, key, document); a key belongs in the file of its heading."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".yaml"):
            heading = path.name.removesuffix(".yaml")
            for key, raw in _parse(path).items():
                if not isinstance(key, str) or not key.startswith(f"{heading}."):
                    raise PolicyError(
                        f"a key of this file begins with {heading}.", file=path.name, key=str(key)
                    )
                yield path.name, key, _entry(path.name, key, raw)


def _parse(path: Traversable) -> dict[Any, Any]:
    try:
        content = yaml.load(path.read_bytes(), _Loader)  # a subclass of the safe loader
    except yaml.YAMLError as error:
        raise PolicyError(f"not YAML: {error}", file=path.name) from error
    if not isinstance(content, dict):
        raise PolicyError("a file of entries is a mapping of keys", file=path.name)
    return content


def _entry(file: str, key: str, raw: object) -> EntryDocument:
    try:
        return EntryDocument.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        on = place[1] if len(place) > 1 and place[0] == "values" else None
        field = ".".join(place[2:] if on else place)
        raise PolicyError(f"{field}: {first['msg']}", file=file, key=key, on=on) from error
