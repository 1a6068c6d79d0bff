"""Passwords, delays, sessions and grants as cases named in words; no database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.accounts import rules
from talent.accounts.commonest import commonest
from talent.accounts.rules import Party

NOON = datetime(2026, 9, 8, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("case", "password", "code"), [
    ("nine characters", "xK3vq8Lm2", "password.short"),
    ("ten characters nobody would guess", "xK3vq8Lm2p", None),
    ("three unrelated words", "piano-gravel-otter", None),
    ("Chinese words", "窗台上的旧收音机和茶", None),
    ("as long as allowed", "k7" * 10 + "w" * 108, None),
    ("longer than allowed", "k7" * 10 + "w" * 109, "password.long"),
    ("only digits", "8301749265", "password.common"),
    ("one letter over and over", "aaaaaaaaaaaa", "password.common"),
    ("three letters over and over", "abcabcabcabc", "password.common"),
    ("the digits in a row", "1234567890", "password.common"),
    ("the digits backwards", "0987654321", "password.common"),
    ("the alphabet", "abcdefghijkl", "password.common"),
    ("a keyboard row", "qwertyuiop", "password.common"),
    ("a keyboard column", "1qaz2wsx3edc", "password.common"),
    ("a keyboard zigzag", "1q2w3e4r5t", "password.common"),
    ("a keyboard row twice", "qwertqwert", "password.common"),
    ("a common word with digits", "password123", "password.common"),
    ("a common word in disguise", "P@ssw0rd2026", "password.common"),
    ("two common words", "iloveyou.baby", "password.common"),
    ("woaini with a date", "woaini19900101", "password.common"),
    ("the trade's own word with a year", "jiaoshi2026", "password.common"),
    ("a year before a common word", "2026teacher!", "password.common"),
])
def test_password(case: str, password: str, code: str | None) -> None:
    assert [finding.code for finding in rules.judge_password(password)] == ([code] if code else []), case


def test_none_of_the_commonest_is_taken_bare_or_dressed_up() -> None:
    """Of the thirty thousand, all that are long enough, and any with a year behind it."""
    long_enough = [word for word in commonest() if len(word) >= rules.SHORTEST_PASSWORD]
    assert len(commonest()) > 29_000 and len(long_enough) > 1_000
    taken = [word for word in long_enough if not rules.judge_password(word, commonest=commonest())]
    assert taken == []
    for word in ("manchester", "Manchester2026!", "m4nchester99", "realmadrid"):
        assert [each.code for each in rules.judge_password(word, commonest=commonest())] == ["password.common"]
    assert rules.judge_password("manchester-gravel-otter", commonest=commonest()) == []


@pytest.mark.parametrize(("case", "password", "refused"), [
    ("the login name and a year", "WangXiaoming2026", True),
    ("the staff number and a little", "T20190017-abc", True),
    ("the login name within a real secret", "wangxiaoming-gravel-otter", False),
    ("a word too short to matter", "hr-gravel-otter", False),
])
def test_password_about_the_account(case: str, password: str, refused: bool) -> None:
    codes = [finding.code for finding in rules.judge_password(password, ["wangxiaoming", "T20190017", "hr"])]
    assert codes == (["password.about_you"] if refused else []), case


@given(st.text(max_size=200))
def test_any_text_is_judged(password: str) -> None:
    assert len(rules.judge_password(password, [password])) <= 1


@pytest.mark.parametrize(("typed", "kept"), [
    (" ZhangSan ", "zhangsan"), ("ＺｈａｎｇＳａｎ", "zhangsan"), ("张三", "张三"), ("T001", "t001"),
])
def test_folded_name(typed: str, kept: str) -> None:
    assert rules.folded_name(typed) == kept
    assert rules.judge_name(kept) == []


@pytest.mark.parametrize("name", ["", "a", "a b", "a" * 41, "a/b", "<b>", "a\tb"])
def test_names_that_are_none(name: str) -> None:
    assert [finding.code for finding in rules.judge_name(name)] == ["account.name_shape"]


@pytest.mark.parametrize(("fails", "seconds"), [
    (0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (11, 900), (10_000, 900),
])
def test_delay_grows(fails: int, seconds: int) -> None:
    assert rules.delay_after(fails) == timedelta(seconds=seconds)


def test_waiting_time_runs_out() -> None:
    assert rules.waiting_time(5, NOON, NOON + timedelta(seconds=10)) == timedelta(seconds=20)
    assert rules.waiting_time(5, NOON, NOON + timedelta(seconds=31)) == timedelta(0)


def test_failures_are_forgotten_after_a_day() -> None:
    assert rules.fails_now(7, NOON, NOON + timedelta(hours=23)) == 8
    assert rules.fails_now(7, NOON, NOON + timedelta(hours=24)) == 1


@pytest.mark.parametrize(("case", "seen", "idle"), [
    ("just now", timedelta(0), False),
    ("a second before the limit", timedelta(minutes=29, seconds=59), False),
    ("at the limit", timedelta(minutes=30), True),
    ("another server's clock a little behind", -timedelta(minutes=1), False),
    ("the clock set back an hour", -timedelta(hours=1), True),
])
def test_idle(case: str, seen: timedelta, idle: bool) -> None:
    assert rules.is_idle(NOON, NOON + seen, timedelta(minutes=30)) is idle, case


def test_an_initial_password_lives_a_day() -> None:
    day = timedelta(hours=24)
    assert not rules.initial_password_is_over(True, NOON, NOON + day - timedelta(seconds=1))
    assert rules.initial_password_is_over(True, NOON, NOON + day)
    assert not rules.initial_password_is_over(False, NOON, NOON + 400 * day)


@pytest.mark.parametrize(("role", "school", "person", "codes"), [
    ("hr", False, False, []),
    ("hr", True, False, ["grant.school_unwanted"]),
    ("principal", True, True, []),
    ("principal", False, True, ["grant.school_missing"]),
    ("school", False, False, ["grant.school_missing"]),
    ("teacher", False, True, []),
    ("teacher", True, False, ["grant.school_unwanted", "grant.person_missing"]),
])
def test_grant_needs(role: str, school: bool, person: bool, codes: list[str]) -> None:
    assert [finding.code for finding in rules.judge_grant(role, school=school, person=person)] == codes


@pytest.mark.parametrize(("case", "approver", "granter", "receiver", "code"), [
    ("another administrator", Party(2), Party(1), Party(9), None),
    ("what the operator proposed", Party(2), Party(None), Party(9), None),
    ("the one who proposed", Party(1), Party(1), Party(9), "grant.same_person"),
    ("another account of the same person", Party(2, 50), Party(1, 50), Party(9), "grant.same_person"),
    ("the one who receives", Party(9), Party(1), Party(9), "grant.to_oneself"),
    ("another account of who receives", Party(2, 50), Party(1), Party(9, 50), "grant.to_oneself"),
    ("the operator", Party(None), Party(1), Party(9), "grant.operator_never_approves"),
])
def test_second_person(case: str, approver: Party, granter: Party, receiver: Party, code: str | None) -> None:
    codes = [finding.code for finding in rules.judge_approval(approver, granter, receiver)]
    assert codes == ([code] if code else []), case


@pytest.mark.parametrize(("address", "network"), [
    ("10.1.2.3", "10.1.2.3"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("", ""),
    ("unix:", "unix:"),
])
def test_network(address: str, network: str) -> None:
    assert rules.network_of(address) == network


@pytest.mark.parametrize(("password", "fine"), [
    ("staple battery", False), ("Staple battery", True), ("staple7battery", False), ("Staple7battery", True),
    ("staple battery 7", True),
])
def test_the_protection_scheme_wants_three_kinds_of_characters(password: str, fine: bool) -> None:
    findings = rules.judge_password(password, profile="dengbao")
    assert [finding.code for finding in findings] == ([] if fine else ["password.kinds"])
    assert rules.judge_password(password) == []


@pytest.mark.parametrize(("profile", "days", "old"), [
    ("asvs", 3650, False), ("dengbao", 89, False), ("dengbao", 90, True),
])
def test_the_protection_scheme_wants_a_new_password_every_90_days(profile: str, days: int, old: bool) -> None:
    now = datetime(2026, 9, 8, tzinfo=UTC)
    assert rules.password_is_old(profile, now - timedelta(days=days), now) is old
