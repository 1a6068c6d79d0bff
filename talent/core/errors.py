"""Everything a command can refuse with, as data. Doors turn it into words, a status code or an exit code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule noticed: a dotted code, the clause it rests on, and the facts to name in the sentence."""

    code: str
    clause: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    level: Level = "error"

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON keeps it."""
        return {"code": self.code, "clause": self.clause, "params": dict(self.params), "level": self.level}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Finding":
        """The inverse of :meth:`as_dict`."""
        return cls(data["code"], data.get("clause", ""), data.get("params", {}), data.get("level", "error"))


class TalentError(Exception):
    """The root of everything this program raises on purpose."""


class RuleViolation(TalentError):
    """A rule says no. Carries every finding, never only the first."""

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = (findings,) if isinstance(findings, Finding) else tuple(findings)
        super().__init__(", ".join(finding.code for finding in self.findings))


class NotAllowed(TalentError):
    """The actor lacks the right for this act (an object out of scope is ``NotFound`` instead)."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(permission)


class NotProved(TalentError):
    """The act asks for a fresh proof of who is there: password or code, then once more."""


class TooOften(TalentError):
    """Done so often that it has to wait ``seconds``."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"{seconds} s")


class NotFound(TalentError):
    """No such object, or none that this actor may see: the two are not told apart."""

    def __init__(self, what: str, key: object = "") -> None:
        self.what = what
        self.key = key
        super().__init__(f"{what} {key}")


class Conflict(TalentError):
    """Somebody else changed or did this first."""

    def __init__(self, what: str, **params: Any) -> None:
        self.what = what
        self.params = params
        super().__init__(what)
