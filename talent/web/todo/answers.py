"""Answers to what a teacher objected to."""

from collections.abc import Iterator

from flask_babel import gettext

from talent.portraits import objections as asked
from talent.web.links import link_to
from talent.web.todo.corrections import ANNOUNCED
from talent.web.todo.things import Look, Thing


def objections(look: Look) -> Iterator[Thing]:
    """Objections to the own portrait that were answered of late."""
    if not look.actor.scope(asked.OBJECT).persons:
        return
    count, first = asked.answered_since(look.work, look.work.now - ANNOUNCED)
    if count:
        yield Thing(gettext("看对画像异议的答复"), gettext("支持或不支持，理由都写在答复里"),
                    gettext("%(n)s 份异议", n=count), "portraits",
                    link_to("portraits.mine", _anchor="objections"), gettext("去看"), since=look.day(first))
