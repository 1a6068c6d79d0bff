"""离下一级还差什么: one person's eligibility for a tier, rule by rule, with what was counted and where to add more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext

from talent.core.language import cited, translated
from talent.core.work import Work
from talent.policy.book import Value
from talent.policy.errors import NotInForce
from talent.policy.tables import TierTable
from talent.tiers import queries
from talent.tiers.candidates import Outlook, Sight, outlook
from talent.tiers.eligibility import MET, NO_DATA, NOT_MET, Eligibility, RuleVerdict, TierRules
from talent.tiers.reasons import asked, found, near_results, reason
from talent.web.counted import Counted, counted_records
from talent.web.links import asking_url, link_to
from talent.web.security import current_actor
from talent.words.say import say

#: Rule → the kind of record that it may lack. Everything else comes in by the roster.
FORMS: Mapping[str, str] = {"hours": "training", "result": "results"}
ROSTER = "imports.index"


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule as its reader sees it; ``actual`` also says where to put it right when the rule is not met."""

    rule: str
    verdict: str
    text: str
    there: str
    where: str
    clause: str
    url: str
    action: str
    records: Sequence[Counted] = ()

    @property
    def actual(self) -> str:
        """What is there, and what to do about it."""
        if not self.where:
            return self.there
        return gettext("%(there)s。%(where)s", there=self.there, where=self.where)


@dataclass(frozen=True, slots=True)
class Target:
    """A tier to aim at: its verdict, and the address that shows it."""

    code: str
    label: str
    verdict: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A person and a tier on a date. ``holds`` is the tier held then, "" for none."""

    staff_no: str
    name: str
    on: date
    tier: str
    label: str
    holds: str
    rules: Sequence[RuleShown]
    targets: Sequence[Target]
    value: Value
    list_url: str
    policy_url: str

    def count(self, verdict: str) -> int:
        """How many rules came out so."""
        return sum(row.verdict == verdict for row in self.rules)

    @property
    def at_the_top(self) -> bool:
        """Nothing stands above what the person holds, which is what is shown again."""
        return self.holds == self.tier


def of_person(work: Work, person_id: int, on: date, tier: str = "") -> Gap | None:
    """The gap to ``tier`` (else to the next one); None without the right, the sight or rules on that date."""
    try:
        looked = outlook(work, person_id, on)
        table = queries.table_on(work.book, on)
    except NotInForce:
        return None
    if looked is None:
        return None
    holds = queries.highest_titles(work.session, [person_id], on, table).get(person_id, "")
    return of_outlook(work, looked, table, holds, tier)


def of_outlook(work: Work, looked: Outlook, table: TierTable, holds: str, tier: str = "") -> Gap | None:
    """The same of somebody whose verdicts are known; ``holds`` is the tier held, "" for none."""
    chosen = next((pair for pair in looked.verdicts if pair[0].tier == (tier or _next(looked, holds, table))), None)
    return None if chosen is None else _gap(work, looked, table, holds, *chosen)


def _next(looked: Outlook, holds: str, table: TierTable) -> str:
    """The tier above the one held; at the top the top again.

    Without any: of the base, from the lowest up, the first that asks for no title and that the person has not
    outgrown; who has outgrown a tier for the young is shown the one that stays open.
    """
    codes = [terms.tier for terms, _ in looked.verdicts]
    if holds in codes:
        return codes[max(codes.index(holds) - 1, 0)]
    first = [(terms.tier, verdict) for terms, verdict in reversed(looked.verdicts)
             if table.row(terms.tier).stratum == "base" and all(row.rule != "prior_title" for row in verdict.rules)]
    open_to = [code for code, verdict in first if not _outgrown(verdict)]
    return next(iter(open_to or [code for code, _ in first] or reversed(codes)))


def _outgrown(verdict: Eligibility) -> bool:
    """Whether a rule will never be met again: too old, or too many teaching years."""
    return any(
        row.verdict == NOT_MET and (row.rule == "age" or (row.rule == "teaching_years" and _too_many(row)))
        for row in verdict.rules
    )


def _too_many(row: RuleVerdict) -> bool:
    most = row.required["at_most"]
    fewest = row.actual[0] if isinstance(row.actual, list) else row.actual
    return most is not None and fewest > most


def _gap(
    work: Work, looked: Outlook, table: TierTable, holds: str, terms: TierRules, verdict: Eligibility
) -> Gap:
    person = looked.person
    sight = Sight.of(work.actor, person.person_id)
    seen = replace(verdict, rules=tuple(sight.shown(row) for row in verdict.rules))
    near = near_results(looked.facts, terms)
    rules = []
    for row in seen.rules:
        there = gettext("；").join(say(each)[0] for each in found(row, terms, table, near))
        where = "" if row.verdict == MET else say(reason(row, terms, table))[1].rstrip("。.")
        url, action = ("", "") if row.verdict == MET else _form(row.rule, person.person_id, person.staff_no)
        counted = counted_records(person.person_id, looked.facts, row, table)
        rules.append(RuleShown(row.rule, row.verdict, say(asked(row, terms, table))[0], there, where, cited(row.clause),
                               url, action, counted))
    page = link_to("tiers.gap", person_id=person.person_id)
    return Gap(person.staff_no, person.name, terms.on, terms.tier, translated(table.label(terms.tier)), holds, rules,
               _targets(looked, table, terms.tier, page), terms.rules, f"{page}?tier={terms.tier}",
               link_to("policy.entry", key=terms.rules.key))


def _targets(looked: Outlook, table: TierTable, tier: str, page: str) -> list[Target]:
    return [Target(terms.tier, translated(table.label(terms.tier)), verdict.verdict, f"{page}?tier={terms.tier}",
                   terms.tier == tier) for terms, verdict in looked.verdicts]


def _form(rule: str, person_id: int, staff_no: str) -> tuple[str, str]:
    """Where this reader can add what the rule lacks, or ask for it to be added; nothing when they cannot, or when only
    time helps."""
    actor = current_actor()
    if rule in FORMS:
        asks = asking_url(person_id, FORMS[rule])
        writes = link_to("entries.add", kind=FORMS[rule], staff_no=staff_no) if actor.may("record:write") else ""
        return asks or writes, gettext("补一项")
    scope = actor.scope("record:import")
    keeps = scope.everyone or (bool(scope.schools) and rule not in ("prior_title", "conduct"))
    return (link_to(ROSTER), gettext("去补录")) if keeps and rule != "conduct" else ("", "")


def verdict_words() -> dict[str, str]:
    """The three answers, as lists and filters tell them."""
    return {MET: gettext("满足"), NOT_MET: gettext("没有满足"), NO_DATA: gettext("没有数据")}
