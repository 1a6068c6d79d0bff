"""Who may do what, as one table a security reviewer can read.

A right is ``resource:action``. Its reach says on whom: ``all`` people, those of the actor's ``school`` on the date, or
the actor ``self``. Commands ask :meth:`Actor.require`; lists ask :meth:`Actor.scope` and filter by it. In pay and in
assistance a school speaks for those that went into it by mergers as well: their own office ended with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from talent.core.errors import NotAllowed, NotProved

Reach = Literal["all", "school", "self"]

ROLES = ("admin", "hr", "leader", "principal", "school", "expert", "teacher", "finance", "auditor")
OPERATOR = "operator"

_READS: Mapping[str, Reach] = {
    "person:list": "all",
    "person:read": "all",
    "school:read": "all",
    "record:read": "all",
    "hours:read": "all",
    "title:read": "all",
    "eligibility:read": "all",
    "assistance:read": "all",
    "pay:read": "all",
    "ledger:read": "all",
    "award:read": "all",
    "portrait:read": "all",
    "indicator:read": "all",
    "board:read": "all",
    "policy:read": "all",
    "import:read": "all",
    "budget:read": "all",
    "attendance:read": "all",
}
_SCHOOL_READS: Mapping[str, Reach] = {
    "person:list": "school",
    "person:read": "school",
    "school:read": "school",
    "record:read": "school",
    "hours:read": "school",
    "title:read": "school",
    "eligibility:read": "school",
    "assistance:read": "school",
    "pay:read": "school",
    "award:read": "school",
    "budget:read": "school",
    "attendance:read": "school",
    "policy:read": "all",
}

#: What everybody may about themselves, where a grant names their person.
_OWN: Mapping[str, Reach] = {"mydata:read": "self", "mydata:export": "self"}

RIGHTS: Mapping[str, Mapping[str, Reach]] = {
    "admin": {**_OWN, "account:list": "all", "account:manage": "all", "policy:read": "all"},
    "hr": {
        **_OWN,
        **_READS,
        "api:use": "all",
        "record:import": "all",
        "record:write": "all",
        "record:export": "all",
        "record:undo": "all",
        "person:change": "all",
        "person:identify": "all",
        "person:reveal": "all",
        "retention:read": "all",
        "retention:propose": "all",
        "retention:approve": "all",
        "school:change": "all",
        "pay:compute": "all",
        "pay:review": "all",
        "pay:return": "all",
        "pay:sheet": "all",
        "portrait:build": "all",
        "portrait:publish": "all",
        "portrait:answer": "all",
        "policy:propose": "all",
        "policy:approve": "all",
        "conduct:read": "all",
        "proposal:read": "all",
        "proposal:decide": "all",
        "attendance:enter": "all",
        "attendance:accept": "all",
        "notice:count": "all",
        "notice:list": "all",
        "notice:propose": "all",
        "notice:approve": "all",
        "breach:list": "all",
    },
    "leader": {
        **_OWN,
        **_READS,
        "policy:approve": "all",
        "retention:read": "all",
        "retention:approve": "all",
        "pay:approve": "all",
        "pay:return": "all",
        "period:request": "all",
        "period:approve": "all",
        "notice:count": "all",
        "notice:approve": "all",
        "payout:read": "all",
        "year:reopen": "all",
    },
    "principal": {
        **_OWN,
        **_SCHOOL_READS,
        "notice:count": "school",
        "notice:list": "school",
        "proposal:read": "school",
        "proposal:verify": "school",
        "pay:confirm": "school",
        "award:submit": "school",
    },
    # Whoever draws a split never submits it: pay/awards/rules.py judges by person.
    "school": {
        **_OWN,
        **_SCHOOL_READS,
        "api:use": "school",
        "record:import": "school",
        "record:write": "school",
        "record:export": "school",
        "import:read": "school",
        "proposal:read": "school",
        "proposal:verify": "school",
        "assignment:nominate": "school",
        "attendance:enter": "school",
        "pay:confirm": "school",
        "notice:count": "school",
        "notice:list": "school",
        "award:draw": "school",
        "award:submit": "school",
    },
    "expert": {**_OWN, "policy:read": "all"},
    "teacher": {
        **_OWN,
        "person:read": "self",
        "record:read": "self",
        "hours:read": "self",
        "title:read": "self",
        "eligibility:read": "self",
        "assistance:read": "self",
        "pay:read": "self",
        "award:read": "self",
        "portrait:read": "self",
        "portrait:hide": "self",
        "portrait:object": "self",
        "proposal:read": "self",
        "proposal:write": "self",
        "policy:read": "all",
    },
    # Who computes, reviews and approves must be different persons besides: pay/chain.py judges each act.
    "finance": {
        **_OWN,
        "pay:read": "all",
        "ledger:read": "all",
        "award:read": "all",
        "period:request": "all",
        "period:approve": "all",
        "pay:compute": "all",
        "pay:approve": "all",
        "pay:lock": "all",
        "pay:return": "all",
        "pay:sheet": "all",
        "pay:export": "all",
        "pay:settle": "all",
        "payout:read": "all",
        "year:close": "all",
        "year:reopen": "all",
        "assistance:read": "all",
        "budget:read": "all",
        "budget:enter": "all",
        "policy:read": "all",
        "api:use": "all",
    },
    "auditor": {**_OWN, **_READS, "payout:read": "all", "audit:read": "all", "api:use": "all", "retention:read": "all",
                "notice:count": "all"},
    # The person at the keyboard of the server: loads, computes drafts, reads, adds accounts; never approves,
    # publishes or reveals.
    OPERATOR: {
        **_READS,
        "record:import": "all",
        "record:export": "all",
        "record:undo": "all",
        "pay:compute": "all",
        "portrait:build": "all",
        "account:list": "all",
        "account:manage": "all",
        "conduct:read": "all",
        "notice:ship": "all",
    },
}


#: Rights whose use asks for a proof of who is there: password or code given within the last minutes.
STEP_UP = frozenset({
    "account:manage", "policy:approve", "portrait:publish", "person:reveal", "mydata:export",
    "retention:approve", "notice:approve", "breach:list", "pay:approve", "pay:lock", "period:approve",
    "award:submit", "pay:export", "pay:settle", "year:close", "year:reopen",
})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held now, with the school or the person it reaches."""

    role: str
    school_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """On whom a right may be used. Empty means on nobody."""

    everyone: bool = False
    schools: frozenset[int] = frozenset()
    persons: frozenset[int] = frozenset()

    def __and__(self, other: "Scope") -> "Scope":
        """On whom both rights may be used."""
        if self.everyone or other.everyone:
            return other if self.everyone else self
        return Scope(False, self.schools & other.schools, self.persons & other.persons)

    def __bool__(self) -> bool:
        return self.everyone or bool(self.schools or self.persons)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account, or the local operator (no account).

    ``proved``: they showed lately who they are, as :data:`STEP_UP` rights ask for; false in an old session.
    ``display_name``: what people call them; the audit keeps ``name``, the login.
    """

    user_id: int | None
    name: str
    grants: tuple[Grant, ...]
    proved: bool = True
    display_name: str = ""

    @property
    def signature(self) -> str:
        """What stands on papers and pages beside what they did."""
        return self.display_name or self.name

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles held, in the order of the table."""
        held = {grant.role for grant in self.grants}
        return tuple(role for role in RIGHTS if role in held)

    def scope(self, permission: str) -> Scope:
        """The union of what every grant allows for ``permission``."""
        everyone, schools, persons = False, set[int](), set[int]()
        for grant in self.grants:
            reach = RIGHTS[grant.role].get(permission)
            if reach == "all":
                everyone = True
            elif reach == "school" and grant.school_id is not None:
                schools.add(grant.school_id)
            elif reach == "self" and grant.person_id is not None:
                persons.add(grant.person_id)
        return Scope(everyone, frozenset(schools), frozenset(persons))

    def may(self, permission: str) -> bool:
        """Whether the right reaches anybody at all."""
        return bool(self.scope(permission))

    def require(self, permission: str) -> Scope:
        """The scope of the right, or :class:`NotAllowed`; :class:`NotProved` where the right asks for a fresh proof."""
        scope = self.scope(permission)
        if not scope:
            raise NotAllowed(permission)
        if permission in STEP_UP:
            self.require_proved()
        return scope

    def require_proved(self) -> None:
        """Raise :class:`NotProved` unless the person showed lately who they are."""
        if not self.proved:
            raise NotProved

    @property
    def person_id(self) -> int | None:
        """The person behind the account, where a grant names one."""
        return next((grant.person_id for grant in self.grants if grant.person_id is not None), None)


def operator() -> Actor:
    """The local operator of the command line."""
    return Actor(None, "operator", (Grant(OPERATOR),))
