"""How often one account may ask for what is dear: searches in this process's memory, since reading writes nothing;
files handed out and resets in rows, the same on every process. Beyond it: 429, and when to come back.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta

from flask import request

from talent.accounts import allowances
from talent.accounts.allowances import Limit
from talent.core.errors import TooOften
from talent.web.security import client_address, current_visit, program

#: Acts that hand out a file of many people, or begin one.
EXPORTS = frozenset({"records.export", "tiers.eligible_export", "indicators.evidence", "indicators.export_missing",
                     "board.ask"})
RESETS = frozenset({"admin.reset_password", "admin.reset_factor", "admin.add_teachers"})
#: Pages of hosts, who have no account: counted by address.
CODES = frozenset({"host.index", "host.answer"})
CODES_PER_MINUTE = 20
#: Reading that searches even without ``?q=``.
SEARCHES = frozenset({"entries.people"})
MINUTE = 60.0


class Pace:
    """At most so many in any minute, for each account or address, on the clock that nobody sets."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._seen: dict[int | str, deque[float]] = {}

    def take(self, whose: int | str, most: int) -> None:
        """Count one. Raises :class:`TooOften`; a refused one does not count."""
        now = self._clock()
        with self._lock:
            seen = self._seen.setdefault(whose, deque())
            while seen and now - seen[0] >= MINUTE:
                seen.popleft()
            if len(seen) >= most:
                raise TooOften(max(int(MINUTE - (now - seen[0])) + 1, 1))
            seen.append(now)
            if len(self._seen) > 10_000:
                self._seen = {known: times for known, times in self._seen.items() if times and now - times[-1] < MINUTE}


def keep(pace: Pace) -> Callable[[], None]:
    """What runs before every view, once the guard agrees."""

    def check() -> None:
        visit, settings = current_visit(), program().settings
        if request.method == "POST" and request.endpoint in CODES:
            pace.take(client_address(), CODES_PER_MINUTE)
        if visit is None or visit.actor.user_id is None:
            return
        user_id = visit.actor.user_id
        if request.method == "GET" and (request.args.get("q") or request.endpoint in SEARCHES):
            pace.take(user_id, settings.searches_per_minute)
        elif request.method == "POST" and request.endpoint in EXPORTS:
            limit = Limit("exports", settings.exports_per_hour, timedelta(hours=1))
            allowances.spend(program(), visit.actor, limit, user_id)
        elif request.method == "POST" and request.endpoint in RESETS:
            allowances.spend(program(), visit.actor, allowances.RESETS, user_id)

    return check
