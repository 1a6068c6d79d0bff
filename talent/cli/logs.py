"""The program's log on standard error: text, or one JSON object a line for whatever collects it (``TALENT_LOG``)."""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any, Literal


class JsonLines(logging.Formatter):
    """One object a line: when, how grave, who says it, what. Of an error its kind and places alone: the words of an
    exception may hold what somebody typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; a line end within it is written as JSON does."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname, "logger": record.name, "message": record.getMessage(),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["errors"] = [_told(each) for each in _chain(error)]
        return json.dumps(line, ensure_ascii=True)


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it came of, newest first."""
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return found


def _told(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    places = traceback.extract_tb(error.__traceback__)
    return {"kind": f"{kind.__module__}.{kind.__qualname__}",
            "trace": [f"{place.filename}:{place.lineno} {place.name}" for place in places]}


def begin_log(form: Literal["text", "json"]) -> None:
    """Write what the program logs to standard error, from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(logging.BASIC_FORMAT))
    logging.basicConfig(handlers=[handler])
