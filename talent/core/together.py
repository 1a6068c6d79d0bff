"""Several small questions asked in one statement, so that a page with many of them stays cheap."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Date, Select, cast, literal, null, union_all
from sqlalchemy.orm import Session

#: The last day of what has none, where others of the same statement have one.
NO_DAY = cast(null(), Date)


def ask(session: Session, questions: Mapping[str, Select[*tuple[Any, ...]]]) -> Sequence[Any]:
    """The answers to all, each row ending with the name of its question; no question, no statement.

    The questions ask for the same columns in the same order.
    """
    if not questions:
        return ()
    return session.execute(
        union_all(*(question.add_columns(literal(name)) for name, question in questions.items()))).all()
