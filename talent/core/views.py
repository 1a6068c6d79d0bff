"""What pages are given of a row: a copy of some of its columns, which nothing can change or load more of."""

from dataclasses import fields
from typing import Any, TypeVar

View = TypeVar("View")


def copied(row: Any, view: type[View]) -> View:
    """A row as a frozen data class whose fields are called like its columns."""
    return view(**{field.name: getattr(row, field.name) for field in fields(view)})  # type: ignore[arg-type]
