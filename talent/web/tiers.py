"""The pyramid on any date: the tower, its last years, whoever stands behind a number, and another date beside it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from talent.core.access import Scope
from talent.core.errors import NotAllowed
from talent.core.language import translated
from talent.core.periods import years_before
from talent.core.terms import OWNERSHIP, TEACHER_STAGE, words_of
from talent.core.work import Work
from talent.policy.book import Value
from talent.policy.tables import TierTable
from talent.reports.rules import septembers_up_to
from talent.tiers import comparison, queries
from talent.tiers.comparison import CAME, CHANGES, WENT, Side
from talent.tiers.ledger import Chosen, Held, Ledger, Terms, read_ledger
from talent.tiers.queries import TOWER, HolderRow
from talent.web import kit
from talent.web.links import link_to, person_url
from talent.web.pictures import Layer, TowerYear
from talent.web.security import current_actor, open_read, permission, today

pages = Blueprint("tiers", __name__, url_prefix="/tiers")

YEARS_SHOWN = 5
ENDING = "ending"
ENDING_DAYS = 90
LIST_SIZE = 12


@pages.get("/")
@permission("title:read")
def index() -> str | Response:
    """The tower on the page's date; ``?tier=`` or ``?change=`` opens a number's people, ``?with=`` another date."""
    scope = current_actor().require("title:read")
    if not scope.everyone and not scope.schools:
        return _to_own_record()
    on = kit.as_of(today()).on
    asked = kit.read_date(request.args.get("with", ""))
    with open_read() as work:
        first = work.book.first_date(queries.TABLE)
        against = asked if asked and asked >= first else max(years_before(on, 1), first)
        view = _View(work, scope, on, min(against, on))
        return render_template("tiers/index.html", **view.page())


def _to_own_record() -> Response:
    """A teacher's titles stand in the teacher's own record."""
    mine = link_to("people.mine")
    if not mine:
        raise NotAllowed("person:list")
    return redirect(mine, 303)


@dataclass(frozen=True)
class _View:
    """Everything one look at the tower needs: read once, each title judged once, each date counted once."""

    work: Work
    scope: Scope
    on: date
    against: date
    _sides: dict[date, Side] = field(default_factory=dict)

    @cached_property
    def ledger(self) -> Ledger:
        """The titles that may be held on a date the page tells of."""
        since = min([*self._septembers, self.year_ago, self.against])
        return read_ledger(self.work.session, terms=Terms(self.on, since, tables=queries.tables_of(self.work.book)))

    @property
    def year_ago(self) -> date:
        """A year earlier, or the first day there is a table of tiers."""
        return max(years_before(self.on, 1), self.work.book.first_date(queries.TABLE))

    @property
    def _septembers(self) -> list[date]:
        """The latest firsts of September up to the date that a table of tiers reaches."""
        return septembers_up_to(self.on, YEARS_SHOWN, self.work.book.first_date(queries.TABLE))

    @property
    def chosen(self) -> Chosen:
        return Chosen(self.filters["stage"], self.filters["subject"], self.filters["ownership"])

    @cached_property
    def value(self) -> Value:
        """The table of tiers in force, with its basis."""
        return self.work.book.at(queries.TABLE, self.on)

    @property
    def table(self) -> TierTable:
        table: TierTable = self.value.value
        return table

    @cached_property
    def held(self) -> tuple[Held, ...]:
        return self.ledger.in_force(self.on, self.table, self.scope, self.chosen)

    def side(self, on: date) -> Side:
        if on not in self._sides:
            table = queries.table_on(self.work.book, on)
            self._sides[on] = comparison.side(self.ledger, on, table, self.scope, self.chosen)
        return self._sides[on]

    def counts(self, on: date) -> Mapping[str, int]:
        """Holders by tower tier on an earlier date."""
        return Counter(title.fact.tier for title in self.side(on).seen.values())

    def page(self) -> dict[str, object]:
        """What the template shows."""
        tower = queries.tower_of(self.held, self.table)
        before = self.counts(self.year_ago)
        changed = comparison.changes(self.ledger, self.side(self.against), self.side(self.on))
        best = self.side(self.on).seen
        beside = {title.holder.person_id for title in self.held if not self.table.rank(title.fact.tier)}
        rows, title = self._listed(changed)
        asked = kit.asked_page(LIST_SIZE)
        return {
            "on": self.on, "filters": self.filters, "value": self.value, "against": self.against,
            "layers": self._layers(tower.tower, before), "years": self._years(), "order": self._order(),
            "total": sum(tower.tower.values()), "before": sum(before.values()),
            "summit": sum(tower.tower[row.code] for row in self.table.tower if row.stratum != "base"),
            "base": sum(tower.tower[row.code] for row in self.table.tower if row.stratum == "base"),
            "share": self._share(best), "beside": self._beside(tower.beside), "beside_people": len(beside),
            "both": len(beside & best.keys()), "people": tower.people,
            "facts": self._change_facts(changed), "difference": _difference(changed),
            "list_title": title, "list_code": request.args.get("tier", ""), "labels": self._labels(),
            "list": asked.page(rows[asked.offset:asked.offset + asked.size], len(rows)), "person_url": person_url,
            "policy_url": link_to("policy.entry", key=queries.TABLE), "export_url": "",
            "ending_url": kit.url_with(tier=ENDING, change=None),
        }

    def _order(self) -> list[tuple[str, str]]:
        return [(row.code, translated(row.label)) for row in self.table.tower]

    def _labels(self) -> dict[str, str]:
        return {row.code: translated(row.label) for row in self.table}

    def _layers(self, counts: Mapping[str, int], before: Mapping[str, int]) -> list[Layer]:
        strata = self.work.book.at("tiers.strata", self.on).value
        asked = request.args.get("tier", "")
        return [
            Layer(row.code, translated(row.label), counts[row.code], translated(strata.label(row.stratum)),
                  counts[row.code] - before.get(row.code, 0), None, kit.url_with(tier=row.code, change=None),
                  row.code == asked)
            for row in self.table.tower
        ]

    def _years(self) -> list[TowerYear]:
        return [self._year(day) for day in self._septembers]

    def _year(self, day: date) -> TowerYear:
        counts = self.counts(day)
        body = sum(counts[row.code] for row in queries.table_on(self.work.book, day).tower if row.stratum == "body")
        note = gettext("塔体 %(body)s，共 %(total)s", body=f"{body:,}", total=f"{sum(counts.values()):,}")
        return TowerYear(str(day.year), counts, note, kit.url_with(on=day.isoformat()), day == self.on)

    def _beside(self, counts: Mapping[str, int]) -> list[dict[str, object]]:
        return [
            {"text": translated(self.table.label(code)), "value": f"{count:,}",
             "href": kit.url_with(tier=code, change=None) if count else ""}
            for code, count in counts.items()
        ]

    def _share(self, best: Mapping[int, Held]) -> tuple[int, int]:
        """Full-time teachers on the tower, and full-time teachers in service."""
        teachers = sum(1 for person in best if self._teaches(person))
        return teachers, queries.full_time_teachers(self.work.session, self.on, self.scope, self.chosen)

    def _teaches(self, person_id: int) -> bool:
        place = self.ledger.place(person_id, self.on)
        return place is not None and place.category == queries.FULL_TIME

    @cached_property
    def filters(self) -> kit.Filters:
        """What the reader narrowed the page to, among the values there are."""
        return kit.Filters.read([
            kit.Filter("stage", gettext("学段"), _options(TEACHER_STAGE)),
            kit.Filter("subject", gettext("学科"), [(subject, subject) for subject in self.ledger.subjects]),
            kit.Filter("ownership", gettext("办学性质"), _options(OWNERSHIP)),
        ])

    def _change_facts(self, changed: Mapping[comparison.Change, list[HolderRow]]) -> list[dict[str, object]]:
        labels = change_labels()
        always = ("new", "rose", "expired", "gone")
        return [
            {"label": labels[change], "value": f"{len(changed[change]):,}",
             "href": kit.url_with(change=change, tier=None) if changed[change] else ""}
            for change in CHANGES if change in always or changed[change]
        ]

    def _listed(self, changed: Mapping[comparison.Change, list[HolderRow]]) -> tuple[list[HolderRow], str]:
        """The people of the number asked for, and what they are."""
        change, tier = request.args.get("change", ""), request.args.get("tier", "")
        for known, rows in changed.items():
            if known == change:
                return rows, gettext("%(since)s 以来%(what)s", since=self.against, what=change_labels()[known])
        if tier == ENDING:
            return list(self._ending()), gettext("%(days)s 天内任期届满", days=ENDING_DAYS)
        if tier in self.table:
            return queries.holders_in(self.ledger, self.on, self.table, self.held, tier), self._labels()[tier]
        return queries.holders_in(self.ledger, self.on, self.table, self.held, TOWER), gettext("塔上全部")

    def _ending(self) -> Iterator[HolderRow]:
        until = self.on + timedelta(days=ENDING_DAYS)
        for row in queries.rows_of(self.ledger, self.on, self.table, self.held):
            if row.term_end is not None and row.term_end <= until:
                yield row


def _options(vocabulary: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, translated(word)) for code, word in reversed(words_of(vocabulary).items())]


def _difference(changed: Mapping[comparison.Change, list[HolderRow]]) -> int:
    return sum(len(changed[change]) for change in CAME) - sum(len(changed[change]) for change in WENT)


def change_labels() -> dict[comparison.Change, str]:
    """What the lists of a comparison are called."""
    return {
        "new": gettext("新认定"), "joined": gettext("转入"), "rose": gettext("升层"), "fell": gettext("降层"),
        "expired": gettext("任期届满"), "gone": gettext("离岗、撤销"), "moved": gettext("转出"),
    }
