"""The indicator board of a district against its own queries sent by the driver alone: what the program adds to them."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import case, event, update

from talent.app import create_app
from talent.bench import district
from talent.bench.measure import Figure, Setting, compared, expect, in_turn, timed
from talent.bench.pages import signed_in
from talent.core.access import operator
from talent.core.work import Program
from talent.indicators import queries
from talent.indicators.models import Enrolment, Facility
from talent.people.models import Employment, Exchange
from talent.tiers.models import Title
from talent.training.models import Training

ADDRESS = "/indicators/"
TRAININGS = 20
Sent = Sequence[tuple[str, Any]]


def board(setting: Setting) -> list[Figure]:
    """``indicators``: the figures of the board; ``indicators-page``: the page a leader opens, sign-in aside."""
    people = setting.size.board_teachers
    program = district.empty(setting.folder / "district")
    furnish(program, people)
    client = signed_in(create_app(program), program)
    figures = [
        _against_queries("indicators", setting.rounds, program, lambda: _figures(program, people)),
        _against_queries("indicators-page", setting.rounds, program, lambda: _page(client)),
    ]
    program.engine.dispose()
    return figures


def furnish(program: Program, people: int) -> None:
    """Everything the board reads of so many teachers: training, titles, exchanges, and the pupils of their schools."""
    district.settle(program, people)
    with program.begin(operator()) as work:
        subject = case((Employment.person_id % 5 == 0, "体育"), else_="语文")
        work.session.execute(update(Employment).values(schooling="bachelor", certificate_kind="小学教师资格",
                                                       subject=subject))
    today, schools = program.today, range(1, district.school_of(people) + 1)
    counted = date(today.year - 1, 9, 15)
    district.fill(program, Training, (
        {"person_id": each, "name": f"课程{turn}", "level": "district", "hours_hundredths": 2_000,
         "ended_on": today - timedelta(days=60 * turn + 1)}
        for each in range(1, people + 1) for turn in range(TRAININGS)))
    district.fill(program, Title, (
        {"person_id": each, "tier": "district_subject_head", "recognised_on": date(today.year - 1, 1, 5),
         "term_from": date(today.year - 1, 1, 5), "term_to": date(today.year + 2, 1, 4)}
        for each in range(1, people + 1, 6)))
    district.fill(program, Exchange, (
        {"person_id": each, "from_school_id": district.school_of(each), "to_school_id": 1, "started_on": counted}
        for each in range(1, people + 1, 20)))
    district.fill(program, Enrolment, (
        {"school_id": each, "counted_on": counted, "stage": "primary", "pupils": 700 + each, "classes": 17}
        for each in schools))
    district.fill(program, Facility, (
        {"school_id": each, "counted_on": counted, "stage": "", "teaching_area_hundredths": 400_000 + each,
         "sports_area_hundredths": 600_000, "equipment_fen": 180_000_000, "multimedia_rooms": 20} for each in schools))


def _figures(program: Program, people: int) -> None:
    with program.read(operator()) as work:
        found = queries.board(work, program.today)
    expect(found.counts.teachers == people, f"{people} teachers are counted")


def _page(client: FlaskClient) -> None:
    answer = client.get(ADDRESS)
    expect(answer.status_code == 200, f"{ADDRESS} answers 200, not {answer.status_code}")


def _against_queries(name: str, rounds: int, program: Program, ours: Callable[[], None]) -> Figure:
    """``ours``, against the same statements executed and fetched by sqlite3 and nothing else.

    Each side keeps its connection from round to round, so that both find their pages in its cache.
    """
    ours()
    with _noting(program) as sent:
        ours()
    with closing(sqlite3.connect(district.database(program))) as alone:
        alone.execute("PRAGMA cache_size=-65536")  # as the program's own
        _alone(alone, sent)
        mine, its = in_turn(rounds, lambda: _timed(ours), lambda: _alone(alone, sent))
    return compared(name, mine, its, "CPU s", "≤ 2")


def _timed(act: Callable[[], None]) -> float:
    with timed() as watch:
        act()
    return watch.seconds


def _alone(connection: sqlite3.Connection, sent: Sent) -> float:
    with timed() as watch:
        for statement, parameters in sent:
            connection.execute(statement, parameters).fetchall()
    return watch.seconds


@contextmanager
def _noting(program: Program) -> Iterator[list[tuple[str, Any]]]:
    """The reading statements sent meanwhile, with their parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    event.listen(program.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(program.engine, "before_cursor_execute", note)
