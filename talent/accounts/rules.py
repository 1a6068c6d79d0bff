"""What a password, a role grant and a session must satisfy. Pure: facts in, findings or a verdict out."""

import ipaddress
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from talent.core.errors import Finding

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
FREE_FAILURES = 5
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=15)
FAILURES_FORGOTTEN_AFTER = timedelta(hours=24)
INITIAL_PASSWORD_LIVES = timedelta(hours=24)
#: How long a password or code given counts as proof for the acts that ask for one.
PROOF_LASTS = timedelta(minutes=15)
DENGBAO_PASSWORD_LIVES = timedelta(days=90)
#: GB/T 22239 wants complexity; three kinds of four is how it is inspected.
DENGBAO_KINDS = 3
CLOCK_TOLERANCE = timedelta(minutes=1)
SCHOOL_ROLES = ("principal", "school")
PERSON_ROLES = ("teacher",)
ADMINS_FOR_TWO_PERSONS = 2

_LOGIN_NAME = re.compile(r"[\w.@-]{2,40}")
_LEET = str.maketrans("013457@$!", "oleastasi")
#: Words that guessing lists are made of; alone, repeated or with digits beside them they are no password.
_COMMON = (
    "password", "passwort", "passw0rd", "qwertyuiop", "qwerty", "asdfghjkl", "asdfgh", "asdf", "zxcvbnm", "zxcvbn",
    "qazwsxedc", "qazwsx", "admin", "administrator", "root", "guest", "test", "user", "login", "welcome", "letmein",
    "iloveyou", "sunshine", "princess", "football", "baseball", "superman", "batman", "dragon", "monkey", "master",
    "shadow", "michael", "jennifer", "charlie", "computer", "internet", "samsung", "starwars", "liverpool", "chelsea",
    "trustno", "changeme", "default", "secret", "hello", "money", "freedom", "whatever", "woaini", "wangyut", "aini",
    "nihao", "mima", "beijing", "tianjin", "shanghai", "zhongguo", "china", "laoshi", "jiaoshi", "teacher", "school",
    "xuexiao", "jiaoyu", "jiaoyuju", "education", "talent", "abc", "abcd", "abcdefg", "aaa", "aa", "a", "q", "qq",
    "qwe", "asd", "zxc", "qaz", "wsx", "xyz", "love", "baby", "angel", "lovely", "wo", "ni", "ge", "w", "z", "s", "x",
)
_WALKS = (
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "qazwsxedcrfvtgbyhnujmikolp", "147258369147258369",
    "741852963741852963", "123123123123123123", "112233445566778899", "123654789", "159357258456", "!@#$%^&*()_+",
)


def folded_name(name: str) -> str:
    """The login name as it is stored and compared: half-width, lower case, no blanks around."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def judge_name(name: str) -> list[Finding]:
    """A login name is 2 to 40 letters, digits, dots, dashes, underscores or @."""
    return [] if _LOGIN_NAME.fullmatch(name) else [Finding("account.name_shape", params={"name": name[:40]})]


def _is_run(text: str, unit_most: int = 4) -> bool:
    """Whether ``text`` is one short unit over and over: aaaaaaaaaa, abcabcabcab."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, unit_most + 1))


def _is_walk(text: str) -> bool:
    """Whether ``text`` follows the alphabet, the digits or the keyboard, either way, possibly twice."""
    half = text[: (len(text) + 1) // 2]
    stretch = half if half.startswith(text[len(half):]) else text
    return any(stretch in walk or stretch in walk[::-1] for walk in _WALKS)


def _core(text: str) -> str:
    """``text`` without what people add to reach a length: digits and signs at either end."""
    return text.strip("0123456789!@#$%^&*()-_=+.,;:?~ ")


def _is_common(password: str, commonest: Collection[str]) -> bool:
    text = password.casefold()
    shapes = {_core(text), _core(text).translate(_LEET), _core(text.translate(_LEET))}
    if text in commonest or any(shape in commonest for shape in shapes):
        return True
    if text.isdigit() or _is_run(text) or _is_walk(text):
        return True
    words = "|".join(sorted(map(re.escape, _COMMON), key=len, reverse=True))
    # More than three digits in a row beside a word are a date or a telephone number, not strength.
    return any(re.fullmatch(rf"(?:(?:{words})[\d._@-]*){{1,2}}", shape) for shape in shapes)


def _kinds(password: str) -> int:
    """How many of lower case, upper case, digits and anything else ``password`` has."""
    tests = (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum())
    return sum(any(test(char) for char in password) for test in tests)


def judge_password(
    password: str, about: Iterable[str] = (), profile: str = "asvs", commonest: Collection[str] = ()
) -> list[Finding]:
    """Length, guessing lists, and the words ``about`` the account: its name, staff number, school, bureau.

    ``commonest`` are folded passwords of leaked lists: none of them is taken, nor with digits or signs around it.

    Profile ``asvs`` has no rule on kinds of characters and no expiry (ASVS 5.0 6.2.5, 6.2.10); ``dengbao`` has both.
    """
    if profile == "dengbao" and _kinds(password) < DENGBAO_KINDS:
        return [Finding("password.kinds", params={"kinds": DENGBAO_KINDS})]
    if len(password) < SHORTEST_PASSWORD:
        return [Finding("password.short", params={"least": SHORTEST_PASSWORD})]
    if len(password) > LONGEST_PASSWORD:
        return [Finding("password.long", params={"most": LONGEST_PASSWORD})]
    text = password.casefold()
    for word in sorted({folded_name(word) for word in about}):
        # What is left once the account's own word is taken out has to be a secret by itself.
        if len(word) >= 3 and word in text and len(text.replace(word, "")) < SHORTEST_PASSWORD - 2:
            return [Finding("password.about_you", params={"word": word})]
    return [Finding("password.common")] if _is_common(password, commonest) else []


def judge_grant(role: str, *, school: bool, person: bool) -> list[Finding]:
    """A principal or school clerk needs a school (and nobody else has one); a teacher needs the person."""
    findings = []
    if (role in SCHOOL_ROLES) != school:
        findings.append(Finding("grant.school_missing" if role in SCHOOL_ROLES else "grant.school_unwanted",
                                params={"role": role}))
    if role in PERSON_ROLES and not person:
        findings.append(Finding("grant.person_missing", params={"role": role}))
    return findings


def needs_second_person(admins: int) -> bool:
    """Whether a grant waits for another person, with ``admins`` administrators able to give it."""
    return admins >= ADMINS_FOR_TWO_PERSONS


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody taking part in a grant: the account, and the person behind it where one is known."""

    user_id: int | None
    person_id: int | None = None

    def is_same(self, other: "Party") -> bool:
        """Two accounts of one person are one party."""
        same_user = self.user_id is not None and self.user_id == other.user_id
        return same_user or (self.person_id is not None and self.person_id == other.person_id)


def judge_approval(approver: Party, granter: Party, receiver: Party) -> list[Finding]:
    """The second person is a named account, neither the one who proposed nor the one who receives."""
    if approver.user_id is None:
        return [Finding("grant.operator_never_approves")]
    if approver.is_same(granter):
        return [Finding("grant.same_person")]
    return [Finding("grant.to_oneself")] if approver.is_same(receiver) else []


def delay_after(fails: int) -> timedelta:
    """How long to wait after the ``fails``-th failure in a row: nothing at first, then doubling to a quarter hour."""
    if fails < FREE_FAILURES:
        return timedelta(0)
    return min(FIRST_DELAY * 2 ** min(fails - FREE_FAILURES, 10), LONGEST_DELAY)


def waiting_time(fails: int, last_at: datetime, now: datetime) -> timedelta:
    """What is left of the delay; zero when the next try may be made."""
    return max(last_at + delay_after(fails) - now, timedelta(0))


def fails_now(fails: int, last_at: datetime, now: datetime) -> int:
    """The count a failure at ``now`` makes, old ones being forgotten."""
    return 1 if now - last_at >= FAILURES_FORGOTTEN_AFTER else fails + 1


def is_idle(seen_at: datetime, now: datetime, limit: timedelta) -> bool:
    """Whether a visit last seen at ``seen_at`` is over. A clock set back ends it too: sessions never extend."""
    return not -CLOCK_TOLERANCE <= now - seen_at < limit


def is_proved(proved_at: datetime, now: datetime, within: timedelta = PROOF_LASTS) -> bool:
    """Whether somebody showed who they are lately enough for a right that asks for it."""
    return -CLOCK_TOLERANCE <= now - proved_at < within


def needs_factor(roles: Iterable[str]) -> bool:
    """Whether the roles reach beyond a teacher's own record."""
    return any(role not in PERSON_ROLES for role in roles)


def password_is_old(profile: str, set_at: datetime, now: datetime) -> bool:
    """Whether the profile asks for a new password by now (GB/T 22239: 定期更换)."""
    return profile == "dengbao" and now - set_at >= DENGBAO_PASSWORD_LIVES


def initial_password_is_over(
    must_change: bool, set_at: datetime, now: datetime, until: datetime | None = None
) -> bool:
    """Whether a password somebody else chose has waited too long to be replaced: a day, or what its slip says."""
    return must_change and now >= (until or set_at + INITIAL_PASSWORD_LIVES)


def network_of(address: str) -> str:
    """What failures are counted by: an IPv4 address, or the /64 that one IPv6 customer owns whole."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address[:45]
    return str(known) if known.version == 4 else str(ipaddress.ip_network((known, 64), strict=False))
