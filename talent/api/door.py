"""What every operation shares: the document, checked parameters, pages of rows, and acts that happen once."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from typing import Annotated, Any, TypeVar

from flask import Blueprint, Response, current_app, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from spectree import SecurityScheme, SecuritySchemeData, SpecTree
from spectree.models import SecureType

from talent.accounts import tokens
from talent.core.errors import Conflict, Finding, RuleViolation
from talent.core.periods import LAST_DAY
from talent.core.work import Work
from talent.web import kit
from talent.web.security import API, open_read, open_write, public, today

operations = Blueprint(API, __name__, url_prefix=f"/{API}/v1")

MOST_ROWS = 500
#: The longest ``Idempotency-Key``.
KEY_LENGTH = 80

Row = TypeVar("Row")


def refuse_parameters(
    _request: Any, _response: Any, error: Exception | None, _view: Any, _adapter: Any = None
) -> None:
    """A parameter that cannot be understood is refused by name, every one of them."""
    if isinstance(error, ValidationError):
        raise RuleViolation([_misunderstood(each) for each in error.errors(include_url=False)])


def _misunderstood(error: Any) -> Finding:
    field = ".".join(str(part) for part in error["loc"]) or "body"
    code = {"missing": "api.parameter_missing", "extra_forbidden": "api.parameter_unknown"}
    return Finding(code.get(error["type"], "api.parameter"),
                   params={"field": field, "value": str(error["input"])[:80]})


@operations.before_request
def refuse_undescribed() -> None:
    """Names in a query, members of a body that the operation does not describe: refused too where it takes none."""
    told = inspect.unwrap(current_app.view_functions[request.endpoint or ""]).__annotations__
    sent: dict[str, Any] = {} if "query" in told else dict(request.args)
    body = request.get_json(silent=True) if request.is_json and "json" not in told else None
    sent |= body if isinstance(body, dict) else {}
    if sent:
        raise RuleViolation([Finding("api.parameter_unknown", params={"field": name, "value": str(value)[:80]})
                             for name, value in sent.items()])


spec = SpecTree(
    "flask", mode="strict", before=refuse_parameters, title="talent", version=version("talent"),
    description="Teacher-development records and portraits of a district education bureau. A parameter or a member of "
                "a body that an operation does not describe is refused by name, never ignored.",
    security_schemes=[SecurityScheme(name="key", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security={"key": []},
)


@operations.get("/openapi.json")
@public
def openapi() -> Response:
    """The document itself: it holds nobody's data."""
    document = spec.spec
    document["paths"][f"{operations.url_prefix}/imports"]["post"]["requestBody"] = FILE
    return jsonify(document)


#: The body of a hand-in is the file itself, which no model describes.
FILE = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


# ── parameters ───────────────────────────────────────────────────────────────────────────────────────────────


class Parameters(BaseModel):
    """Nothing unknown is taken, so that a misspelt parameter does not silently mean everything."""

    model_config = ConfigDict(extra="forbid")


class OnDate(Parameters):
    """``on``: as things stood on this day; today when left out."""

    on: Annotated[date | None, Field(ge=kit.EARLIEST, le=LAST_DAY)] = None

    @property
    def day(self) -> date:
        """The day asked for."""
        return self.on or today()


class Paged(OnDate):
    """Which rows of a list: ``size`` of them from page ``page``, counted from 1."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    size: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 100

    @property
    def offset(self) -> int:
        """How many rows come before."""
        return (self.page - 1) * self.size

    def of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows of this page, of a list that was read whole."""
        return rows[self.offset : self.offset + self.size]


class Rows(BaseModel):
    """A page of a list: ``total`` is the length of the whole list."""

    on: date
    total: int
    page: int
    size: int

    @staticmethod
    def facts(query: Paged, total: int) -> dict[str, Any]:
        """What every page says about itself."""
        return {"on": query.day, "total": total, "page": query.page, "size": query.size}


# ── acts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def once(act: Callable[[Work], Mapping[str, Any]], *asked: str | bytes) -> Mapping[str, Any]:
    """Do the act in one transaction; with an ``Idempotency-Key`` it happens once however often it is sent.

    ``asked`` is all that the act depends on. The same key with something else asked is refused.
    """
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > KEY_LENGTH or not key.isprintable():
        raise RuleViolation(Finding("api.idempotency_key", params={"most": KEY_LENGTH}))
    if not key:
        with open_write() as work:
            return act(work)
    asked_for = tokens.fingerprint(request.method, request.path, *asked)
    try:
        with open_write() as work:
            return tokens.answered(work, key, asked_for) or _first_time(work, key, asked_for, act)
    except Conflict as conflict:
        if conflict.what != "token.answered":
            raise
    with open_read() as work:  # the same request, sent twice at once: the other was first
        return tokens.answered(work, key, asked_for) or {}


def _first_time(
    work: Work, key: str, asked_for: str, act: Callable[[Work], Mapping[str, Any]]
) -> Mapping[str, Any]:
    place = tokens.claim_answer(work, key, asked_for)
    answer = act(work)
    tokens.keep_answer(place, answer)
    return answer
