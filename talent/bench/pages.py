"""What is behind a page: as many SQL statements with ten rows as with ten thousand, and how its time grows."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from talent.accounts import commands, passwords
from talent.app import create_app
from talent.bench import district
from talent.bench.measure import Figure, Setting, compared, expect, in_turn, timed
from talent.core.access import operator
from talent.core.batches import ImportBatch
from talent.core.work import Program
from talent.pay.commands import compute
from talent.tiers.models import Title
from talent.training.models import Training

ACCOUNT, PASSWORD = "bench-hr", "measured staples 47 rounds"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its endpoint, so that an address may change; ``values`` complete it."""

    name: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


PAGES = (
    Page("roster", "people.index"),
    Page("profile", "people.show", {"person_id": 1}),
    Page("pyramid", "tiers.index"),
    Page("indicators", "indicators.index"),
    Page("pay", "pay.index", {"year": district.PAY_YEAR}),
    Page("pay-people", "pay.people", {"year": district.PAY_YEAR}),
    Page("pay-school", "pay.school", {"year": district.PAY_YEAR, "code": "0001"}),
    Page("pay-findings", "pay.findings", {"year": district.PAY_YEAR}),
    Page("pay-compare", "pay.compare", {"year": district.PAY_YEAR}),
    Page("pay-line", "pay.line", {"line_id": 1}),
    Page("home", "home.index"),
    Page("imports", "imports.index"),
)


def statements(setting: Setting) -> list[Figure]:
    """``statements``: a figure for each page that exists, as the personnel office sees it; no time is taken."""
    few, many = (_counts(district.empty(setting.folder / str(rows)), rows)
                 for rows in (setting.size.few, setting.size.many))
    return [compared(f"statements-{name}", [many[name]], [few[name]], "statements", "≤ 15, 1.00") for name in few]


def growth(setting: Setting) -> list[Figure]:
    """``pages``: the time of a request with many rows against the same with few, both sides warm and in turn."""
    few, many = (_Opened(district.empty(setting.folder / str(rows)), rows)
                 for rows in (setting.size.few, setting.size.many))
    figures = []
    for name, address in few.addresses.items():
        ours, bare = in_turn(setting.rounds, partial(many.seconds, address), partial(few.seconds, address))
        figures.append(compared(f"pages-{name}", ours, bare, "CPU s"))
    few.program.engine.dispose()
    many.program.engine.dispose()
    return figures


class _Opened:
    """The site over ``rows`` rows of all that the pages list, signed in as the personnel office."""

    def __init__(self, program: Program, rows: int) -> None:
        populate(program, rows)
        app = create_app(program)
        self.program = program
        self.client = signed_in(app, program)
        self.addresses = {page.name: address for page, address in _addresses(app)}

    def seconds(self, address: str) -> float:
        """CPU seconds of one request; the one before it, not counted, fills what a running site keeps."""
        self.client.get(address)
        with timed() as watch:
            response = self.client.get(address)
        expect(response.status_code == 200, f"{address} answers 200, not {response.status_code}")
        return watch.seconds


def _counts(program: Program, rows: int) -> dict[str, int]:
    """Page → statements of one request, sign-in aside, with ``rows`` rows of all that the pages list."""
    site = _Opened(program, rows)
    counts = {name: _statements_of(program, site.client, address) for name, address in site.addresses.items()}
    program.engine.dispose()
    return counts


def _addresses(app: Flask) -> list[tuple[Page, str]]:
    with app.test_request_context():
        return [(page, app.url_for(page.endpoint, **page.values)) for page in PAGES
                if page.endpoint in app.view_functions]


def _statements_of(program: Program, client: FlaskClient, address: str) -> int:
    with counting(program) as sent:
        response = client.get(address)
    expect(response.status_code == 200, f"{address} answers 200, not {response.status_code}")
    return len(sent)


@contextmanager
def counting(program: Program) -> Iterator[list[str]]:
    """The statements sent meanwhile; SQLite's BEGIN, which PostgreSQL's driver sends unseen, is none."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(program.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(program.engine, "before_cursor_execute", note)


def signed_in(app: Flask, program: Program) -> FlaskClient:
    """A browser of the personnel office, signed in."""
    secret = passwords.seal(program.settings, PASSWORD)
    with program.begin(operator()) as work:
        commands.add_user(work, name=ACCOUNT, role="hr", secret=secret, must_change=False)
    client = app.test_client()
    status = sign_in(client)
    expect(status == 303, f"the account signs in: {status}")
    return client


def sign_in(client: FlaskClient) -> int:
    """Fill in the sign-in form; the status of the answer."""
    token = _TOKEN.search(client.get("/login").get_data(as_text=True))
    expect(token is not None, "the sign-in page has a form")
    assert token is not None
    return client.post("/login", data={"csrf_token": token[1], "name": ACCOUNT, "password": PASSWORD}).status_code


def populate(program: Program, rows: int) -> None:
    """So many people, assignments with their pay, titles, imports, and records of the first person."""
    district.settle(program, rows)
    district.send(program, rows)
    numbers = range(1, rows + 1)
    today, now = program.today, datetime.now(UTC)
    district.fill(program, Training, (
        {"person_id": 1, "name": f"课程{each}", "level": "district", "ended_on": today - timedelta(days=each % 900),
         "hours_hundredths": 450} for each in numbers))
    district.fill(program, Title, (
        {"person_id": each, "tier": "new_talent", "recognised_on": date(today.year - 1, 1, 5),
         "term_from": date(today.year - 1, 1, 5), "term_to": date(today.year + 2, 1, 4)} for each in numbers))
    district.fill(program, ImportBatch, (
        {"state": "staged", "files": '["培训.xlsx"]', "summary": "[]", "created_at": now} for _ in numbers))
    with program.begin(operator()) as work:
        compute(work, year=district.PAY_YEAR)
