"""Keys: who has one, how long it lives, and that it never does more than its account."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from talent.accounts import commands, passwords, tokens
from talent.accounts.models import ApiToken
from talent.core.access import ROLES, operator
from talent.core.audit import AuditEvent
from talent.core.errors import NotAllowed, NotProved, RuleViolation
from tests.api.conftest import Calling, actor_of, key_of
from tests.browser_client import Site, text
from tests.factories import PASSWORD


@pytest.mark.parametrize("role", ROLES)
def test_only_roles_with_the_right_get_a_key(site: Site, role: str) -> None:
    if role in ("hr", "school", "finance", "auditor"):
        assert key_of(site, role).startswith("talent_")
    else:
        with pytest.raises(NotAllowed):
            key_of(site, role)


def test_without_a_key_nothing_is_told(calling: Calling) -> None:
    answer = calling().get("/people")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "接口令牌" in answer.get_json()["hint"]


def test_a_cookie_is_no_key(site: Site) -> None:
    assert site.sign_in("hr").get("/api/v1/people").status_code == 401


def test_a_key_opens_no_page(site: Site) -> None:
    secret = key_of(site, "hr")
    answer = site.app.test_client(use_cookies=False).get("/people/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/login")


def test_only_the_hash_is_kept_and_the_act_is_audited(site: Site) -> None:
    secret = key_of(site, "hr")
    with site.program.read(operator()) as work:
        kept = work.session.execute(select(ApiToken.__table__)).one()
        acts = work.session.scalars(select(AuditEvent.action)).all()
    assert secret not in kept and len(kept.token_sha256) == 64
    assert acts.count("account:issue_token") == 1


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (366, False), (367, True)])
def test_a_key_lives_a_year_at_most(site: Site, days: int, refused: bool) -> None:
    if refused:
        with pytest.raises(RuleViolation) as violation:
            key_of(site, "hr", life=timedelta(days=days))
        assert [finding.code for finding in violation.value.findings] == ["token.life"]
    else:
        assert key_of(site, "hr", life=timedelta(days=days))


def test_ten_keys_are_enough(site: Site) -> None:
    for _ in range(10):
        key_of(site, "hr")
    with pytest.raises(RuleViolation) as violation:
        key_of(site, "hr")
    assert [finding.code for finding in violation.value.findings] == ["token.too_many"]


def test_a_key_dies_when_revoked_over_or_its_account_disabled(site: Site, calling: Calling) -> None:
    caller, other = calling("hr"), calling("hr")
    assert caller.get("/people").status_code == 200
    hr = site.sign_in("hr")
    listed = text(hr.get("/account/tokens/"))
    first = min(int(number) for number in re.findall(r"/account/tokens/(\d+)/revoke", listed))
    assert hr.submit(f"/account/tokens/{first}/revoke", page="/account/tokens/").status_code == 303
    assert (caller.get("/people").status_code, other.get("/people").status_code) == (401, 200)
    assert hr.submit(f"/account/tokens/{first}/revoke", page="/account/tokens/").status_code == 409
    with site.program.begin(operator()) as work:
        commands.disable_user(work, user_id=site.account("hr").user_id)
    assert other.get("/people").status_code == 401


def test_a_key_dies_with_the_password_it_was_taken_under(site: Site, calling: Calling) -> None:
    caller, known = calling("hr"), site.account("hr")
    with site.program.begin(actor_of(site, "admin")) as work:
        secret = passwords.seal(site.program.settings, "a new 口令 for them 7")
        commands.reset_password(work, user_id=known.user_id, secret=secret)
    assert caller.get("/people").status_code == 401
    other, finance = calling("finance"), actor_of(site, "finance")
    commands.change_password(site.program, finance, current=PASSWORD, new="another long 口令 38", address="")
    assert other.get("/people").status_code == 401


def test_a_key_is_over_the_day_after(site: Site, calling: Calling) -> None:
    caller = calling("hr", life=timedelta(days=0))
    assert caller.get("/people").status_code == 200
    with site.program.begin(operator()) as work:
        token = work.session.scalars(select(ApiToken)).one()
        token.created_on = token.expires_on = work.today - timedelta(days=1)
    assert caller.get("/people").status_code == 401


def test_a_reading_key_changes_nothing(calling: Calling) -> None:
    answer = calling("finance").post("/pay/batches", json={"year": 2025})
    assert answer.status_code == 403
    assert calling("finance", reads_only=False).post("/pay/batches", json={"year": 2025}).status_code == 201


def test_somebody_else_cannot_revoke_it(site: Site, calling: Calling) -> None:
    calling("hr")
    with site.program.read(operator()) as work:
        token_id = work.session.scalars(select(ApiToken.id)).one()
    finance = site.sign_in("finance")
    assert finance.submit(f"/account/tokens/{token_id}/revoke", page="/account/tokens/").status_code == 409


def test_the_page_shows_the_key_once(site: Site) -> None:
    hr = site.sign_in("hr")
    shown = text(hr.submit("/account/tokens/", {"label": "工资系统", "expires_on": "2026-12-31", "reads_only": "y"}))
    secret = re.search(r"talent_[\w-]{43}", shown)
    assert secret and "工资系统" in shown
    assert secret[0] not in text(hr.get("/account/tokens/"))
    client = site.app.test_client(use_cookies=False)
    assert client.get("/api/v1/people", headers={"Authorization": f"Bearer {secret[0]}"}).status_code == 200


def test_an_old_session_gets_no_key(site: Site) -> None:
    actor = actor_of(site, "hr")
    unproved = type(actor)(actor.user_id, actor.name, actor.grants, proved=False)
    with pytest.raises(NotProved), site.program.begin(unproved) as work:
        tokens.issue(work, label="x", expires_on=work.today, reads_only=True)
    with site.program.read(operator()) as work:
        assert work.session.scalars(select(ApiToken)).all() == []
