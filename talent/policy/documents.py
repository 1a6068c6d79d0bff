"""Reading the YAML: which files there are, what an entry looks like on paper, and what is wrong with one."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from talent.policy.errors import PolicyError

_Words = Annotated[str, Field(strict=True, min_length=1)]


class _Paper(BaseModel):
    model_config = ConfigDict(extra="forbid")


_PaperT = TypeVar("_PaperT", bound=_Paper)


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


class _EntryPaper(_Paper):
    label: _Words
    unit: _Words
    paid_to: str = ""
    note: str = ""
    values: Annotated[dict[date, Any], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class EntryDocument:
    """One entry as a file writes it, its dates in order."""

    label: str
    unit: str
    paid_to: str
    note: str
    values: Mapping[date, DatedDocument]


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
        content = yaml.load(path.read_bytes(), _Loader)  # noqa: S506 a subclass of the safe loader
    except yaml.YAMLError as error:
        raise PolicyError(f"not YAML: {error}", file=path.name) from error
    if not isinstance(content, dict):
        raise PolicyError("a file of entries is a mapping of keys", file=path.name)
    return content


def _entry(file: str, key: str, raw: object) -> EntryDocument:
    paper = _read(_EntryPaper, raw, file, key)
    if list(paper.values) != sorted(paper.values):
        raise PolicyError("dates are not in order", file=file, key=key)
    values = {since: _read(DatedDocument, dated, file, key, since) for since, dated in paper.values.items()}
    return EntryDocument(paper.label, paper.unit, paper.paid_to, paper.note, values)


def _read(model: type[_PaperT], raw: object, file: str, key: str, on: date | None = None) -> _PaperT:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise PolicyError(f"{field}: {first['msg']}", file=file, key=key, on=on) from error
