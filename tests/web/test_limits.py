"""How often: guessing from one address, codes, resets, exports, searches, and the line before the key derivation."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from talent.accounts import allowances, passwords
from talent.accounts.allowances import FAILURES_OF_AN_ADDRESS, Limit
from talent.core.access import operator
from talent.core.errors import RuleViolation, TooOften
from talent.core.work import Program
from talent.web import limits
from talent.web.limits import Pace
from tests.browser_client import Site, text
from tests.conftest import Clock
from tests.web.test_login import WRONG
from tests.web.test_proof import enrol

SLOW = "请慢一点"


@pytest.fixture
def three_failures() -> Iterator[None]:
    before = FAILURES_OF_AN_ADDRESS.most
    object.__setattr__(FAILURES_OF_AN_ADDRESS, "most", 3)
    yield
    object.__setattr__(FAILURES_OF_AN_ADDRESS, "most", before)


@pytest.mark.usefixtures("three_failures")
def test_guessing_at_everybody_from_one_address_has_to_wait(site: Site, clock: Clock) -> None:
    account = site.account("hr")
    stranger = site.browser()
    assert [stranger.sign_in(f"name{n}", WRONG).status_code for n in range(3)] == [401, 401, 401]
    clock.move(minutes=2)
    delayed = stranger.sign_in(account.name)
    assert (delayed.status_code, delayed.headers["Retry-After"]) == (429, "480")
    assert "从这个地址连续很多次没有登录成功" in text(delayed)
    elsewhere = site.browser().sign_in(account.name, environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    assert elsewhere.status_code == 303
    clock.move(minutes=8)
    assert stranger.sign_in(account.name).status_code == 303


@pytest.mark.usefixtures("three_failures")
def test_signing_in_never_counts(site: Site) -> None:
    account = site.account("hr")
    assert [site.browser().sign_in(account.name).status_code for _ in range(5)] == [303] * 5


def test_wrong_codes_are_answered_429_with_the_wait(site: Site, clock: Clock) -> None:
    enrol(site, site.sign_in("hr"))
    clock.move(minutes=5)
    browser = site.sign_in("hr")
    for _ in range(5):
        assert browser.submit("/proof", {"code": "000000"}).status_code == 200
    response = browser.submit("/proof", {"code": "000000"})
    assert (response.status_code, response.headers["Retry-After"]) == (429, "30")


def test_exports_are_counted_for_each_account_on_every_process(site: Site, clock: Clock) -> None:
    site.program.settings.exports_per_hour = 2
    hr, school = site.sign_in("hr"), site.sign_in("school")
    assert [hr.act("/records/appraisals/export").status_code for _ in range(2)] == [200, 200]
    refused = hr.act("/records/appraisals/export")
    assert (refused.status_code, refused.headers["Retry-After"], SLOW in text(refused)) == (429, "3600", True)
    assert site.sign_in("hr").act("/records/appraisals/export").status_code == 429, "another session, the same person"
    assert school.act("/records/appraisals/export").status_code == 200
    clock.move(hours=1)
    assert site.sign_in("hr").act("/records/appraisals/export").status_code == 200


def test_resets_are_counted(site: Site) -> None:
    before = allowances.RESETS.most
    object.__setattr__(allowances.RESETS, "most", 1)
    other, admin = site.account("hr"), site.sign_in("admin")
    url = f"/admin/accounts/{other.user_id}/password"
    assert admin.submit(url, {"password": "window radio kettle"}).status_code == 303
    assert admin.submit(url, {"password": "window radio kettle"}).status_code == 429
    object.__setattr__(allowances.RESETS, "most", before)


def test_searches_are_paced_and_other_reading_is_not(site: Site) -> None:
    site.program.settings.searches_per_minute = 2
    browser = site.sign_in("hr")
    assert [browser.get("/people/?q=张").status_code for _ in range(3)] == [200, 200, 429]
    refused = browser.get("/records/people?q=张")
    assert (refused.status_code, 1 <= int(refused.headers["Retry-After"]) <= 61) == (429, True)
    assert browser.get("/people/").status_code == 200
    assert site.sign_in("leader").get("/people/?q=张").status_code == 200


def test_a_pace_slides() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    for at in (0.0, 30.0):
        now[0] = at
        pace.take(1, 2)
    now[0] = 59.0
    with pytest.raises(TooOften) as refused:
        pace.take(1, 2)
    assert refused.value.seconds == 2
    pace.take(2, 2)
    now[0] = 60.0
    pace.take(1, 2)


def test_every_endpoint_of_a_limit_exists(site: Site) -> None:
    app: Flask = site.app
    assert (limits.EXPORTS | limits.RESETS | limits.SEARCHES) - set(app.view_functions) == set()


def test_an_allowance_is_counted_once_by_everybody(program: Program, clock: Clock) -> None:
    limit, done = Limit("test", 5, clock.now - clock.now.replace(hour=0)), []

    def use() -> None:
        for _ in range(3):
            try:
                allowances.spend(program, operator(), limit, "x")
                done.append(True)
            except TooOften:
                done.append(False)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (done.count(True), done.count(False)) == (5, 7)


def test_beyond_the_line_nobody_waits() -> None:
    entered, leave = threading.Semaphore(0), threading.Event()

    def stay() -> None:
        with passwords.slot():
            entered.release()
            leave.wait(10)

    held = [threading.Thread(target=stay) for _ in range(passwords.AT_ONCE)]
    for thread in held:
        thread.start()
        entered.acquire()
    waiting = [threading.Thread(target=stay) for _ in range(passwords.IN_LINE)]
    for thread in waiting:
        thread.start()
    while passwords._line._value:
        threading.Event().wait(0.001)
    with pytest.raises(RuleViolation) as refused, passwords.slot():
        raise AssertionError("no turn was free")
    assert [(finding.code, finding.params["seconds"]) for finding in refused.value.findings] == [("login.busy", 5)]
    leave.set()
    for thread in (*held, *waiting):
        thread.join()
    with passwords.slot():
        assert passwords._line._value == passwords.AT_ONCE + passwords.IN_LINE - 1
