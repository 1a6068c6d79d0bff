"""Who may apply for a tier on a date, and what stands in the way: the list, its numbers, one person's gap."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from talent.core import terms
from talent.core.errors import NotFound
from talent.core.language import cited, translated
from talent.core.work import Work
from talent.people import record
from talent.policy.tables import TierTable
from talent.tiers import queries
from talent.tiers.candidates import READ, Judged, Sight, eligible, tiers_with_rules
from talent.tiers.eligibility import MET, NO_DATA, NOT_MET, RuleVerdict, TierRules, tally
from talent.tiers.exports import export_eligible
from talent.tiers.reasons import asked, found
from talent.web import gap, kit
from talent.web.gap import verdict_words
from talent.web.links import link_to
from talent.web.security import current_actor, open_read, open_write, permission, today
from talent.web.tiers import pages
from talent.words.say import say
from talent.workbooks.table import TableSheet

VERDICTS = (MET, NOT_MET, NO_DATA)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/eligible", endpoint="eligible")
@pages.get("/eligible/<tier>", endpoint="eligible")
@permission(READ)
def eligible_page(tier: str = "") -> str | Response:
    """Everybody in service on the page's date, judged for one tier (the lowest where none is named)."""
    actor = current_actor()
    scope = actor.require(READ)
    if not scope.everyone and not scope.schools:
        return redirect(url_for("tiers.gap", person_id=actor.person_id), 303)
    with open_read() as work:
        return render_template("tiers/eligible.html", **_View(work, tier).page())


@pages.post("/eligible/<tier>/export", endpoint="eligible_export")
@permission("record:export")
def hand_out_eligible(tier: str) -> Response:
    """The same list, all of it, as a workbook."""
    with tempfile.TemporaryDirectory() as folder, open_write() as work:
        view, path = _View(work, tier, takes=True), Path(folder) / "list.xlsx"
        export_eligible(work, tier=view.tier, on=view.on, sheet=view.sheet(), path=path)
        name = f"{view.label} {view.on.isoformat()}.xlsx"
        return send_file(BytesIO(path.read_bytes()), XLSX, as_attachment=True, download_name=name)


@pages.get("/gap/<number:person_id>", endpoint="gap")
@permission(READ)
def show_gap(person_id: int) -> str:
    """离下一级还差什么: one person's rules, records and clauses; ``?tier=`` aims at another tier."""
    on = kit.as_of(today()).on
    with open_read() as work:
        record.profile_of(work, person_id, on)
        found = gap.of_person(work, person_id, on, request.args.get("tier", ""))
    if found is None:
        raise NotFound("person", person_id)
    return render_template("tiers/gap.html", gap=found, person_id=person_id, words=verdict_words())


@dataclass(frozen=True)
class _View:
    """Everybody's verdicts, read once, and what the reader narrowed them to; ``takes``: as far as they may be taken
    along, which may be less far than they may be read."""

    work: Work
    named: str
    takes: bool = False

    @cached_property
    def on(self) -> date:
        """The cut-off date."""
        return kit.as_of(today()).on

    @cached_property
    def table(self) -> TierTable:
        return queries.table_on(self.work.book, self.on)

    @cached_property
    def offered(self) -> list[str]:
        """The tiers with rules, from the apex down."""
        known = tiers_with_rules(self.work.book)
        return [row.code for row in self.table.tower if row.code in known]

    @cached_property
    def tier(self) -> str:
        if self.named and self.named not in self.offered:
            raise NotFound("tier", self.named)
        return self.named or self.offered[-1]

    @property
    def label(self) -> str:
        return translated(self.table.label(self.tier))

    @cached_property
    def terms(self) -> TierRules:
        return TierRules.in_force(self.work.book, self.tier, self.on)

    @cached_property
    def people(self) -> list[Judged]:
        """Everybody in service on the date."""
        return [each for each in eligible(self.work, self.tier, self.on, takes=self.takes)
                if each.person.in_service]

    @cached_property
    def sight(self) -> Sight:
        return Sight.of(self.work.actor)

    @cached_property
    def rules(self) -> dict[str, str]:
        """The tier's rules, asked in a few words."""
        first = self.people[:1]
        return {row.rule: say(asked(row, self.terms, self.table))[0] for each in first for row in each.found.rules}

    @cached_property
    def filters(self) -> kit.Filters:
        schools = sorted({(each.person.school_code, each.person.school) for each in self.people})
        subjects = sorted({each.person.subject for each in self.people if each.person.subject})
        words = verdict_words()
        stages = [(code, translated(word)) for code, word in reversed(terms.words_of(terms.TEACHER_STAGE).items())]
        given = [
            kit.Filter("q", gettext("姓名或工号")), kit.Filter("school", gettext("学校"), schools),
            kit.Filter("stage", gettext("学段"), stages),
            kit.Filter("subject", gettext("学科"), [(subject, subject) for subject in subjects]),
            kit.Filter("verdict", gettext("结论"), [(code, words[code]) for code in VERDICTS]),
            kit.Filter("rule", gettext("差在哪一条"), list(self.rules.items())),
        ]
        return kit.Filters.read([item for item in given if item.name != "school" or len(schools) > 1])

    def _matches(self, each: Judged, without: Sequence[str] = ()) -> bool:
        person, f = each.person, {name: value for name, value in self.filters.chosen.items() if name not in without}
        typed = f.get("q", "")
        return (
            (not typed or typed in person.name or person.staff_no.startswith(typed))
            and f.get("school") in (None, person.school_code) and f.get("stage") in (None, person.stage)
            and f.get("subject") in (None, person.subject) and f.get("verdict") in (None, each.found.verdict)
            and ("rule" not in f or any(row.rule == f["rule"] and row.verdict != MET for row in each.found.rules))
        )

    @cached_property
    def shown(self) -> list[Judged]:
        return [each for each in self.people if self._matches(each)]

    @cached_property
    def counted(self) -> list[Judged]:
        """Whom the numbers count: narrowed by everything but the answer itself."""
        return [each for each in self.people if self._matches(each, ("verdict", "rule"))]

    def page(self) -> dict[str, Any]:
        """What the template shows."""
        asked_page = kit.asked_page()
        rows = self.shown[asked_page.offset:asked_page.offset + asked_page.size]
        counts = tally([each.found for each in self.counted])
        return {
            "on": self.on, "tier": self.tier, "label": self.label, "filters": self.filters, "words": verdict_words(),
            "value": self.terms.rules, "policy_url": link_to("policy.entry", key=self.terms.rules.key),
            "tabs": [{"code": code, "label": translated(self.table.label(code)), "current": code == self.tier,
                      "url": url_for("tiers.eligible", tier=code)} for code in self.offered],
            "facts": [{"label": verdict_words()[code], "value": f"{counts[code]:,}", "unit": gettext("人"),
                       "href": kit.url_with(verdict=code)} for code in VERDICTS],
            "counts": counts, "total": len(self.counted), "by_school": self._by_school(), "by_rule": self._by_rule(),
            "page": asked_page.page([(each, self._against(each)) for each in rows], len(self.shown)),
            "export_url": self._export_url(),
        }

    def _export_url(self) -> str:
        if not self.work.actor.may("record:export"):
            return ""
        return f"{url_for('tiers.eligible_export', tier=self.tier)}?{request.query_string.decode()}"

    def _by_school(self) -> list[dict[str, Any]]:
        found: dict[tuple[str, str], Counter[str]] = {}
        for each in self.counted:
            found.setdefault((each.person.school_code, each.person.school), Counter())[each.found.verdict] += 1
        return [
            {"school": name, "cells": [(counts[verdict], kit.url_with(school=code, verdict=verdict))
                                       for verdict in VERDICTS]}
            for (code, name), counts in sorted(found.items())
        ]

    def _by_rule(self) -> list[dict[str, Any]]:
        """How many each rule keeps out, and how many of them it alone."""
        kept: dict[str, Counter[str]] = {rule: Counter() for rule in self.rules}
        for each in self.counted:
            against = [row for row in each.found.rules if row.verdict != MET]
            for row in against:
                kept[row.rule][row.verdict] += 1
            if len(against) == 1:
                kept[against[0].rule]["alone"] += 1
        return [{"rule": text, "url": kit.url_with(rule=rule, verdict=None), **{
            name: kept[rule][name] for name in (NOT_MET, NO_DATA, "alone")}} for rule, text in self.rules.items()]

    def _against(self, each: Judged) -> list[tuple[str, str]]:
        """(verdict, what is there) of every rule that is not met, the unmet ones first."""
        rows = [row for verdict in (NOT_MET, NO_DATA) for row in each.found.rules if row.verdict == verdict]
        return [(row.verdict, self._told(row)) for row in rows]

    def _told(self, row: RuleVerdict) -> str:
        if row.actual is False or row.actual == []:  # nothing there: the rule says it all
            return self.rules[row.rule]
        return gettext("%(rule)s（%(there)s）", rule=self.rules[row.rule], there=self._there(row))

    def _there(self, row: RuleVerdict) -> str:
        return gettext("；").join(say(each)[0] for each in found(self.sight.shown(row), self.terms, self.table))

    # ── as a workbook ──

    def sheet(self) -> TableSheet:
        """The list as a table: a column for each rule."""
        words = verdict_words()
        heads = [gettext("工号"), gettext("姓名"), gettext("学校"), gettext("学科"), gettext("结论"),
                 *self.rules.values()]
        narrowed = gettext("；").join(f"{chip.label} {chip.value}" for chip in self.filters.chips)
        source = gettext("依据：%(clause)s（%(basis)s）", clause=cited(self.terms.clause),
                         basis=gettext("假定，待本区方案确定") if self.terms.rules.assumed else gettext("已定"))
        notes = [gettext("截至 %(day)s，在职人员", day=self.on.isoformat()), source]
        return TableSheet(
            gettext("申报条件"), gettext("%(tier)s：谁满足申报条件", tier=self.label), heads,
            self._rows(words), notes + ([gettext("只含：%(chosen)s", chosen=narrowed)] if narrowed else []))

    def _rows(self, words: dict[str, str]) -> Iterable[list[str]]:
        for each in self.shown:
            person = each.person
            yield [person.staff_no, person.name, person.school, person.subject, words[each.found.verdict],
                   *(self._cell(row, words) for row in each.found.rules)]

    def _cell(self, row: RuleVerdict, words: dict[str, str]) -> str:
        return gettext("%(verdict)s：%(there)s", verdict=words[row.verdict], there=self._there(row))
