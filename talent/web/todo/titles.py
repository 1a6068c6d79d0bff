"""Titles whose term runs out."""

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import gettext

from talent.core.access import Actor
from talent.core.language import translated
from talent.core.periods import Period
from talent.tiers import queries as tiers
from talent.web.links import link_to
from talent.web.todo.things import Look, Thing

SOON = timedelta(days=90)


def endings(look: Look) -> Iterator[Thing]:
    """Titles in force whose term runs out within the next months."""
    scope = look.actor.scope("title:read")
    if not scope or not _acts_on_titles(look.actor):
        return
    coming = Period.inclusive(look.work.today, look.work.today + SOON)
    ending, table = tiers.titles_ending(look.work.session, coming, look.work.book, scope)
    if not ending:
        return
    first = min(row.term_end for row in ending if row.term_end is not None)
    if not scope.everyone and not scope.schools:
        yield Thing(gettext("您的称号快到期了"), translated(table.label(ending[0].title.fact.tier)),
                    gettext("本人"), "tiers", link_to("people.mine"), gettext("去看"), due=first)
        return
    people = {row.holder.person_id for row in ending}
    yield Thing(gettext("称号任期届满"), gettext("90 天内 %(n)s 项任期届满，期限是最早的一天", n=len(ending)),
                gettext("%(n)s 人", n=len(people)), "tiers", link_to("tiers.index", tier="ending"),
                gettext("去看"), due=first)


def _acts_on_titles(actor: Actor) -> bool:
    return actor.may("record:import") or bool(actor.scope("title:read").persons)
