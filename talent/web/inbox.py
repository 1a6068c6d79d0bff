"""The number beside the inbox: what 待办 counted when it was last looked at, kept in the signed cookie.

Counting anew would cost every page the whole of 待办. So a number stands there only while it is true as far as the
reader can tell: it is forgotten after a quarter of an hour, and by any act of theirs, which may have changed it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import request, session

from talent.web.security import program

FRESH = timedelta(minutes=15)
_KEY = "inbox"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many things waited, and the local time they were counted at."""

    number: int
    at: str


def remember(number: int) -> None:
    """Keep what was just counted."""
    session[_KEY] = [number, int(program().clock().timestamp())]


def counted() -> Counted | None:
    """The number while it is fresh."""
    if _KEY not in session:
        return None
    number, at = session[_KEY]
    moment = datetime.fromtimestamp(at, UTC)
    if not moment <= program().clock() <= moment + FRESH:
        return None
    return Counted(number, f"{moment.astimezone(program().zone):%H:%M}")


def forget_after_an_act() -> None:
    """Before every view: what is sent may change the number."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        session.pop(_KEY, None)
