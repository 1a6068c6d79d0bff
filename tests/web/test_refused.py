"""What somebody tried without the right to, as the auditor reads it: bounded, and never of a stranger to the site."""

import json

from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from talent.accounts import refused
from talent.core.access import operator
from talent.core.audit import AuditEvent
from tests.api.conftest import key_of
from tests.browser_client import Site, text
from tests.conftest import Clock


def kept(site: Site) -> list[tuple[str, str, str, bool]]:
    """Who, which right, at which address, and whether it was the last of the hour."""
    with site.program.read(operator()) as work:
        rows = work.session.execute(select(AuditEvent.actor, AuditEvent.subject_key, AuditEvent.detail).where(
            AuditEvent.action == "access:refuse").order_by(AuditEvent.id)).all()
    return [(actor, right, said["address"], said["last_of_the_hour"])
            for actor, right, detail in rows for said in [json.loads(detail)]]


def test_a_refusal_is_kept_without_whose_record_it_was(site: Site) -> None:
    teacher, name = site.sign_in("teacher"), site.account("teacher").name
    assert teacher.get("/imports/batch/4711").status_code == 403
    assert teacher.act("/people/4711/acts/transfer").status_code == 403
    assert [(actor, address.partition("<")[0]) for actor, _, address, _ in kept(site)] == [
        (name, "GET /imports/batch/"), (name, "POST /people/")]
    page = text(site.sign_in("auditor").get("/audit/?action=access:refuse"))
    assert "无权而被拒" in page and page.count('<td class="key tl-nowrap">') == 2 and "4711" not in page


def test_nothing_is_kept_of_a_stranger_nor_of_what_is_out_of_sight(site: Site) -> None:
    assert site.browser().get("/pay/").status_code == 303
    assert site.sign_in("teacher").get("/people/4711").status_code == 404
    assert kept(site) == []


def test_a_key_that_only_reads_is_kept_when_it_would_change(site: Site) -> None:
    browser = site.sign_in("hr")
    key = {"Authorization": f"Bearer {key_of(site, 'hr', reads_only=True)}"}
    assert browser.post("/api/v1/imports", headers=key).status_code == 403
    assert kept(site) == [(site.account("hr").name, "api:change", "POST /api/v1/imports", False)]


def test_so_many_an_hour_and_others_not_fewer(site: Site, clock: Clock) -> None:
    teacher, expert = site.sign_in("teacher"), site.sign_in("expert")
    for _ in range(refused.KEPT.most + 3):
        assert teacher.get("/audit/").status_code == 403
    assert [last for *_, last in kept(site)] == [False] * (refused.KEPT.most - 1) + [True]
    assert expert.get("/audit/").status_code == 403
    assert len(kept(site)) == refused.KEPT.most + 1
    clock.move(minutes=61)
    assert site.sign_in("teacher").get("/audit/").status_code == 403
    assert [who for who, *_ in kept(site)][-1] == site.account("teacher").name
    assert len(kept(site)) == refused.KEPT.most + 2


def test_the_answer_stands_although_nothing_can_be_written(site: Site) -> None:
    teacher = site.sign_in("teacher")

    def full(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "audit_events" in statement and statement.startswith("INSERT"):
            raise OperationalError(statement, {}, Exception("database or disk is full"))

    event.listen(site.program.engine, "before_cursor_execute", full)
    try:
        assert teacher.get("/audit/").status_code == 403
    finally:
        event.remove(site.program.engine, "before_cursor_execute", full)
    assert kept(site) == []
