"""A storm of sign-ins: what it makes of the other pages while it lasts, 300 of them in a minute, scaled to the size."""

import threading
import time
from functools import partial
from statistics import median

from flask import Flask

from talent.app import create_app
from talent.bench import district
from talent.bench.measure import Figure, Setting, compared, expect, in_turn
from talent.bench.pages import populate, sign_in, signed_in
from talent.core.config import Settings

PER_SECOND = 5
READ_EVERY = 0.1
PAGE = "/people/"


def storm(setting: Setting) -> list[Figure]:
    """``sign-ins``: the median of a page's time while people sign in, five a second with the real key derivation,
    against the same alone; and how many of them were told to come back.
    """
    program = district.empty(setting.folder)
    for cost in ("argon2_time_cost", "argon2_memory_kib"):
        setattr(program.settings, cost, Settings.model_fields[cost].default)
    populate(program, setting.size.few)
    app = create_app(program)
    signed_in(app, program)
    answers = list[int]()
    ours, bare = in_turn(setting.rounds, partial(_median, app, setting.size.storm_seconds, answers),
                         partial(_median, app, setting.size.storm_seconds))
    program.engine.dispose()
    came_in = float(answers.count(303))
    expect(came_in > 0, "somebody gets in")
    return [compared("sign-ins-page", ours, bare, "s", "≤ 2.00"),
            compared("sign-ins-tries", [float(len(answers))], [came_in], "people", "≤ 1.10")]


def _median(app: Flask, seconds: float, storm: list[int] | None = None) -> float:
    """The median time of one page, asked for ten times a second; the sign-ins meanwhile answer into ``storm``."""
    reader, pause, answers = app.test_client(), threading.Event(), list[int]()
    sign_in(reader)
    over = time.monotonic() + seconds
    callers = [threading.Timer(each / PER_SECOND, lambda: answers.append(sign_in(app.test_client())))
               for each in range(int(seconds * PER_SECOND))] if storm is not None else []
    for caller in callers:
        caller.start()
    times = list[float]()
    while time.monotonic() < over or not times:
        begun = time.perf_counter()
        expect(reader.get(PAGE).status_code == 200, f"{PAGE} answers 200")
        times.append(time.perf_counter() - begun)
        pause.wait(READ_EVERY)
    for caller in callers:
        caller.join()
    expect(len(answers) == len(callers), "everybody who signs in is answered")
    expect(set(answers) <= {303, 429}, f"with 303, or 429 when too many wait: {answers}")
    if storm is not None:
        storm += answers
    return median(times)


