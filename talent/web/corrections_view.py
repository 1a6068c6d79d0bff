"""One proposal as its page shows it: the differences, the steps, the clock, and what its reader may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext

from talent.core import terms
from talent.core.errors import NotFound
from talent.core.language import in_a_row, translated
from talent.core.work import Work
from talent.exchange import entries, listing, proposal_lists
from talent.exchange.entries import Held
from talent.exchange.ledgers import BY_KIND, Ledger
from talent.exchange.proposal_lists import Detail
from talent.exchange.proposal_rules import CORRECTS, OPEN, Party, acts_of, held_back
from talent.exchange.proposals import DECIDE, VERIFY, WRITE
from talent.policy.book import Value
from talent.web.ledgers import OF_THE_PERSON
from talent.web.links import link_to
from talent.web.refusals import worded
from talent.web.templating import DASH, moment
from talent.workbooks.kinds import Column


@dataclass(frozen=True, slots=True)
class Field:
    """One column: what the record said when it was proposed, says now, and would say."""

    text: str
    seen: str
    now: str
    proposed: str

    @property
    def changes(self) -> bool:
        """Whether the proposal says something else than the record."""
        return self.proposed != self.now

    @property
    def moved(self) -> bool:
        """Whether somebody changed it after the proposal."""
        return self.seen != self.now

    @property
    def stands_out(self) -> bool:
        """Whether the reader has to look at it."""
        return self.changes or self.moved


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal for its page. ``stale``: its record says something else by now; ``gone``: it is no more.

    ``acts``: what the reader may do; ``held_back`` says why the bureau may not recognise it yet.
    """

    detail: Detail
    fields: Sequence[Field]
    record_version: int | None
    stale: bool
    gone: bool
    steps: Sequence[Mapping[str, str]]
    acts: Sequence[str]
    held_back: str
    record_url: str
    person_url: str
    entry_url: str
    again_url: str
    policy: Value

    @property
    def line(self) -> Any:
        """The line of the list."""
        return self.detail.line


def words() -> dict[str, dict[str, str]]:
    """Code → word of kinds, states and what is asked."""
    return {
        "kind": {kind: translated(BY_KIND[kind].intake.kind.sheet) for kind in CORRECTS},
        "state": {code: translated(word) for code, word in terms.words_of(terms.PROPOSAL_STATE).items()},
        "action": {code: translated(word) for code, word in terms.words_of(terms.PROPOSAL_ACTION).items()},
    }


def policy_of(work: Work) -> Value:
    """How many days an answer may take, with its basis."""
    return work.book.at("privacy.correction_days", work.today)


def read(work: Work, proposal_id: int) -> Shown:
    """Everything the page of a proposal says, for who may see it."""
    detail = proposal_lists.detail(work, proposal_id)
    line, ledger = detail.line, BY_KIND[detail.line.kind]
    held, is_open = _held(work, detail), detail.line.state in OPEN
    fields = _fields(work, ledger, detail, held if is_open else None)
    parties = _parties(work, detail)
    waits = held_back("bureau", "recognise", line.case, work.today) if "bureau" in parties and is_open else None
    return Shown(
        detail, fields, held.version if held else None,
        stale=is_open and held is not None and any(field.moved for field in fields),
        gone=is_open and line.action != "add" and held is None,
        steps=_steps(detail, work.today), acts=acts_of(parties, line.case, work.today),
        held_back=in_a_row(worded(waits)) if waits else "",
        record_url=link_to("records.show", kind=line.kind, record_id=line.record_id) if held else "",
        person_url=link_to("people.show", person_id=line.person_id) if work.actor.may("person:read") else "",
        entry_url=link_to("imports.batch", batch_id=detail.entry_id) if _sees_entry(work, detail) else "",
        again_url=_again_url(work, detail, held), policy=policy_of(work))


def _held(work: Work, detail: Detail) -> Held | None:
    """The record as it stands; None for a new one, and when it is no more."""
    if detail.line.record_id is None:
        return None
    try:
        return entries.stored(work, entries.intake_of(detail.line.kind), detail.line.record_id)
    except NotFound:
        return None


def _parties(work: Work, detail: Detail) -> tuple[Party, ...]:
    """As whom the reader may act on it; never as an office on what is one's own."""
    found: list[Party] = []
    if detail.line.person_id in work.actor.scope(WRITE).persons:
        found.append("teacher")
    if not detail.oneself:
        if entries.reaches(work, work.actor.scope(VERIFY), detail.line.person_id):
            found.append("school")
        if work.actor.may(DECIDE):
            found.append("bureau")
    return tuple(found)


def _sees_entry(work: Work, detail: Detail) -> bool:
    return detail.entry_id is not None and work.actor.scope("import:read").everyone


def _again_url(work: Work, detail: Detail, held: Held | None) -> str:
    """Where the teacher asks again for what was returned; of a new record all is typed once more."""
    line = detail.line
    if line.state != "returned" or line.person_id != work.actor.person_id or not work.actor.may(WRITE):
        return ""
    if line.action == "add":
        return link_to("corrections.add", kind=line.kind, again=line.id)
    return link_to("corrections.add", kind=line.kind, record_id=line.record_id) if held else ""


# ── differences ──────────────────────────────────────────────────────────────────────────────────────────────


def _fields(work: Work, ledger: Ledger, detail: Detail, held: Held | None) -> list[Field]:
    """Every column that says anything; a decided proposal is told against what the record said when it was proposed."""
    seen = dict(detail.seen)
    now = held.values if held else seen
    proposed = {**now, **detail.cells} if detail.line.action != "withdraw" else {}
    shown = [_worded(work, ledger, values) for values in (seen, now, proposed)]
    columns = (column for column in ledger.intake.kind.columns if column.name not in OF_THE_PERSON)
    found = [Field(translated(column.header), *(each.get(column.name, DASH) for each in shown)) for column in columns]
    return [field for field in found if {field.seen, field.now, field.proposed} != {DASH}]


def _worded(work: Work, ledger: Ledger, values: Mapping[str, str]) -> dict[str, str]:
    names = listing.names_of(work, ledger, values, work.today)
    columns: dict[str, Column] = {column.name: column for column in ledger.intake.kind.columns}
    found = {}
    for name, text in values.items():
        said = translated(text) if name in columns and columns[name].choices else text
        found[name] = " ".join(part for part in (said, names.get(name, "")) if part) or DASH
    return found


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────


def _steps(detail: Detail, today: date) -> list[dict[str, str]]:
    """The way of a proposal: done with who and when, the step it stands at with its last day, what is still to come."""
    line, case = detail.line, detail.line.case
    done = {said.act: gettext("%(who)s %(at)s", who=said.by or gettext("本机操作员"), at=moment(said.at))
            for said in detail.said}
    steps = [{"label": gettext("本人提出"), "note": done["submit"], "state": "done"}]
    if line.state == "withdrawn":
        return [*steps, {"label": gettext("本人撤回"), "note": done["withdraw"], "state": "done"}]
    last = gettext("到 %(day)s", day=case.due_on.isoformat())
    if "verify" in done:
        steps.append({"label": gettext("学校核实"), "note": done["verify"], "state": "done"})
    elif line.state == "submitted" and case.has_school:
        until = gettext("到 %(day)s", day=case.school_due_on.isoformat())
        late = case.school_is_late(today)
        note = gettext("%(until)s，学校没有答复", until=until) if late else until
        steps.append({"label": gettext("学校核实"), "note": note, "state": "todo" if late else "now"})
    elif line.state == "submitted":
        steps.append({"label": gettext("学校核实"), "note": gettext("现在没有学校，直接认定"), "state": "todo"})
    if line.state == "returned":
        return [*steps, {"label": gettext("退回"), "note": done["return"], "state": "done"}]
    if line.state == "recognised":
        return [*steps, {"label": gettext("区级认定"), "note": done["recognise"], "state": "done"}]
    here = line.state == "verified" or case.school_is_late(today) or not case.has_school
    return [*steps, {"label": gettext("区级认定"), "note": last, "state": "now" if here else "todo"}]
