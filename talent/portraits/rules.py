"""What may be published and shown: facts in, verdicts out; no session, no clock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from talent.core.errors import Finding
from talent.portraits.naming import name_findings

Key = TypeVar("Key")

MODEL, PLAIN = METHODS = ("model", "plain")
LONGEST_NAME = 20
_CLAUSE = "portrait.publication"


# ---- small cells ----


def open_cells(
    sizes: Mapping[Key, int], least: int, closed: Collection[Key] = ()
) -> frozenset[Key]:
    """The cells of one whole that may be shown beside its total; those ``closed`` never are.

    No open cell holds fewer than ``least`` people, nor does what is left when the open ones are taken away.
    Small ones are closed; where all closed ones together are still few, the smallest open one is closed as well,
    or a subtraction from the total would give them away.
    """
    ranked = sorted(sizes, key=lambda key: (sizes[key], str(key)))
    shown = [key for key in ranked if sizes[key] >= least and key not in closed]
    hidden = sum(sizes.values()) - sum(sizes[key] for key in shown)
    while shown and 0 < hidden < least:
        hidden += sizes[shown.pop(0)]
    return frozenset(shown)


# ---- a teacher's type ----


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a teacher stands among the groups (1..k): the two nearest, and whether the first may be named alone."""

    first: int
    second: int | None
    is_clear: bool


def standing_of(membership: Sequence[float], least: float, margin: float) -> Standing | None:
    """Membership under ``least``, or a lead under ``margin``: between two. None without memberships."""
    if not membership:
        return None
    ranked = sorted(range(len(membership)), key=lambda place: (-membership[place], place))
    top = membership[ranked[0]]
    if len(ranked) == 1:
        return Standing(1, None, True)
    lead = top - membership[ranked[1]]
    return Standing(ranked[0] + 1, ranked[1] + 1, top >= least and lead >= margin)


def may_see_type(*, is_own: bool, everyone: bool, is_hidden: bool) -> bool:
    """The teacher and whoever reads the whole district see a type; a school only when the teacher did not hide it."""
    return is_own or everyone or not is_hidden


# ---- what a person decides before a run is reviewed ----


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides on a draft: the method, the groups' names in their order, and the reasons."""

    k_reason: str = ""
    method: str = MODEL
    warning_reason: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decidable:
    """What of a run bears on its decision. ``kept`` are names that redefined groups must not keep, by number."""

    groups: int
    has_evidence: bool
    has_fallback: bool
    has_warnings: bool
    titles: Collection[str]
    forbidden: Collection[str]
    kept: Mapping[int, str] = field(default_factory=dict)


def decision_findings(decision: Decision, run: Decidable) -> list[Finding]:
    """Why a run with groups cannot go on to review with this decision."""
    found = []
    if not run.has_evidence:
        found.append(Finding("portraits.no_evidence", _CLAUSE))
    if not decision.k_reason:
        found.append(Finding("portraits.k_reason_missing", _CLAUSE, {"field": "k_reason"}))
    if decision.method not in METHODS or (decision.method == PLAIN and not run.has_fallback):
        found.append(Finding("portraits.method_unknown", _CLAUSE, {"field": "method"}))
    if run.has_warnings and not decision.warning_reason:
        found.append(Finding("portraits.warning_reason_missing", _CLAUSE, {"field": "warning_reason"}))
    return found + [finding for number in range(1, run.groups + 1) for finding in _name(number, decision, run)]


def _name(number: int, decision: Decision, run: Decidable) -> Iterable[Finding]:
    place = f"name_{number}"
    name = decision.names[number - 1] if number <= len(decision.names) else ""
    if not name:
        yield Finding("portraits.name_missing", _CLAUSE, {"group": number, "field": place})
        return
    if len(name) > LONGEST_NAME:
        yield Finding("portraits.name_long", _CLAUSE, {"name": name, "most": LONGEST_NAME, "field": place})
    if name in decision.names[: number - 1]:
        yield Finding("portraits.name_repeated", _CLAUSE, {"name": name, "field": place})
    if run.kept.get(number) == name:
        yield Finding("portraits.name_kept", _CLAUSE, {"name": name, "field": place})
    for finding in name_findings(name, titles=run.titles, ranking_words=run.forbidden):
        yield Finding(finding.code, finding.clause, {**finding.params, "field": place})
