"""One nomination as its page shows it: what is asked, what it touches, the steps, and what its reader may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from talent.core import terms
from talent.core.errors import NotFound
from talent.core.language import translated
from talent.core.work import Work
from talent.exchange import entries, nomination_lists, nominations
from talent.exchange.nomination_rules import Spell, day_before, in_years, overlapping, years_touched
from talent.exchange.nominations import KIND, NOMINATE
from talent.exchange.proposal_lists import Detail, Line
from talent.exchange.proposal_rules import OPEN, Act, Party, acts_of
from talent.exchange.proposals import DECIDE
from talent.web.links import link_to
from talent.web.templating import DASH, moment

Fact = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A nomination for its page. ``before``: the spell it is about, as it stands; ``stale``: that says something else
    by now; ``gone``: it is no more. ``overlaps`` and ``locked`` are what the decider should know."""

    detail: Detail
    facts: Sequence[Fact]
    before: Sequence[Fact]
    record_version: int | None
    stale: bool
    gone: bool
    overlaps: Sequence[Spell]
    locked: Sequence[int]
    steps: Sequence[Fact]
    acts: Sequence[Act]
    urls: Mapping[str, str]

    @property
    def line(self) -> Line:
        """The line of the list."""
        return self.detail.line


def words() -> dict[str, dict[str, str]]:
    """Code → word of what is asked, of where it stands, and of the kinds of assistance."""
    found = {"asks": terms.NOMINATION, "state": terms.NOMINATION_STATE, "kind": terms.ASSISTANCE}
    return {name: {code: translated(word) for code, word in terms.words_of(each).items()}
            for name, each in found.items()}


def read(work: Work, proposal_id: int) -> Shown:
    """Everything the page of a nomination says, for who may see it."""
    detail = nomination_lists.detail(work, proposal_id)
    line = detail.line
    is_open, held = line.state in OPEN, _held(work, detail)
    now = held.values if held and is_open else dict(detail.seen)
    asked = nominations.spell_of({**now, **line.values})
    was = nominations.spell_of(now) if line.asks != "nominate" and now else None
    others = nomination_lists.other_spells(work, line.person_id, line.record_id) if is_open else []
    locked = nomination_lists.locked_years(work) if is_open else []
    return Shown(
        detail, _facts(line), _before(line, now), held.version if held else None,
        stale=is_open and held is not None and any(held.values[name] != said for name, said in detail.seen.items()),
        gone=is_open and line.asks != "nominate" and held is None,
        overlaps=overlapping(asked, others), locked=in_years(years_touched(was, asked), locked),
        steps=_steps(detail), acts=acts_of(_parties(work, detail), line.case, work.today),
        urls=_urls(work, detail, held is not None))


def _held(work: Work, detail: Detail) -> entries.Held | None:
    if detail.line.record_id is None:
        return None
    try:
        return entries.stored(work, entries.intake_of(KIND), detail.line.record_id)
    except NotFound:
        return None


def _parties(work: Work, detail: Detail) -> tuple[Party, ...]:
    found: list[Party] = []
    if entries.reaches(work, work.actor.scope(NOMINATE), detail.line.person_id):
        found.append("school")
    if work.actor.may(DECIDE) and not detail.oneself:
        found.append("bureau")
    return tuple(found)


def _urls(work: Work, detail: Detail, has_record: bool) -> dict[str, str]:
    line = detail.line
    again = work.actor.may(NOMINATE) and line.state == "returned" and line.asks == "nominate"
    sees_entry = detail.entry_id is not None and work.actor.scope("import:read").everyone
    return {
        "person": link_to("people.show", person_id=line.person_id) if work.actor.may("person:read") else "",
        "record": link_to("records.show", kind=KIND, record_id=line.record_id) if has_record else "",
        "entry": link_to("imports.batch", batch_id=detail.entry_id) if sees_entry else "",
        "again": link_to("nominations.add", again=line.id) if again else "",
    }


# ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────


def _facts(line: Line) -> list[Fact]:
    """What would be so once it is approved."""
    if line.asks == "end":
        return [_fact(gettext("结束日期"), _end(line.values))]
    first = gettext("从哪天起换") if line.asks == "move" else gettext("开始日期")
    return [_fact(gettext("受援单位"), line.values["host"]), _fact(gettext("类型"), _kind(line.values)),
            _fact(first, line.values["started_on"]), _fact(gettext("结束日期"), _end(line.values))]


def _before(line: Line, now: Mapping[str, str]) -> list[Fact]:
    """The spell a change is about: as it stands, with what becomes of it."""
    if line.asks == "nominate" or not now:
        return []
    found = [_fact(gettext("受援单位"), now["host"]), _fact(gettext("类型"), _kind(now)),
             _fact(gettext("开始日期"), now["started_on"]), _fact(gettext("结束日期"), _end(now))]
    if line.asks == "move":
        last = day_before(date.fromisoformat(line.values["started_on"])).isoformat()
        found.append(_fact(gettext("批准后结束于"), last))
    return found


def _fact(text: str, value: str) -> Fact:
    return {"text": text, "value": value or DASH}


def _end(values: Mapping[str, str]) -> str:
    return values.get("ended_on", "") or gettext("没有写，持续到另行结束")


def _kind(values: Mapping[str, str]) -> str:
    return translated(values.get("kind", ""))


def _steps(detail: Detail) -> list[Fact]:
    """Proposed by the school, then the answer, or whose turn it is until when."""
    line = detail.line
    done = {said.act: gettext("%(who)s %(at)s", who=said.by or gettext("本机操作员"), at=moment(said.at))
            for said in detail.said}
    steps = [{"label": gettext("学校提出"), "note": done["submit"], "state": "done"}]
    ends = {"withdrawn": ("withdraw", gettext("学校撤回")), "returned": ("return", gettext("退回")),
            "recognised": ("recognise", gettext("人事科批准"))}
    if line.state in ends:
        act, label = ends[line.state]
        return [*steps, {"label": label, "note": done[act], "state": "done"}]
    last = gettext("到 %(day)s", day=line.case.due_on.isoformat())
    return [*steps, {"label": gettext("人事科批准"), "note": last, "state": "now"}]
