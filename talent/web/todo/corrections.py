"""What teachers asked of their records, and schools of their people's assistance: to answer, and the answers."""

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import gettext

from talent.exchange import nomination_lists, proposal_lists
from talent.exchange.proposal_lists import Waiting
from talent.exchange.proposals import DECIDE, VERIFY, WRITE
from talent.web.links import link_to
from talent.web.todo.things import Look, Thing

#: How long an answer is announced.
ANNOUNCED = timedelta(days=30)


def waiting(look: Look) -> Iterator[Thing]:
    """Proposals the school has to verify, or the bureau to recognise; nominations to approve, or that came back."""
    actor = look.actor
    if not actor.may(VERIFY) and not actor.may(DECIDE):
        return
    desk = nomination_lists.desk(look.work, look.work.now - ANNOUNCED)
    yield from _of_persons(desk.of_persons, bureau=actor.may(DECIDE))
    if desk.nominations.count:
        yield Thing(gettext("批准支教提名和变动"), gettext("写上批准文号后成为支教记录；不符的退回并说明"),
                    gettext("%(n)s 份", n=f"{desk.nominations.count:,}"), "pay", link_to("nominations.index"),
                    gettext("去批准"), due=desk.nominations.due_on)
    if desk.returned:
        yield Thing(gettext("看退回的支教提名"), gettext("理由写在里面；改正后可以再提"),
                    gettext("%(n)s 份", n=desk.returned), "pay",
                    link_to("nominations.every", state="returned"), gettext("去看"),
                    since=look.day(desk.returned_at))


def _of_persons(found: Waiting, *, bureau: bool) -> Iterator[Thing]:
    if not found.count:
        return
    yield Thing(gettext("认定教师的更正申请") if bureau else gettext("核实教师的更正申请"),
                gettext("认定后才写入记录并计入；不符的退回并说明") if bureau
                else gettext("属实的核实，转人事科认定；不符的退回并说明"),
                gettext("%(n)s 份申请", n=f"{found.count:,}"), "people", link_to("corrections.index"),
                gettext("去认定") if bureau else gettext("去核实"), due=found.due_on,
                detail=gettext("%(n)s 份超期", n=f"{found.overdue:,}") if found.overdue else "")


def answered(look: Look) -> Iterator[Thing]:
    """Answers to the actor's own proposals: what came back, and what was recognised of late."""
    if not look.actor.may(WRITE):
        return
    answers = proposal_lists.answered(look.work, look.work.now - ANNOUNCED)
    if "returned" in answers:
        count, first = answers["returned"]
        yield Thing(gettext("看退回的申请"), gettext("理由写在申请里；改正后可以再提"),
                    gettext("%(n)s 份申请", n=count), "people", link_to("corrections.mine"), gettext("去看"),
                    since=look.day(first))
    if "recognised" in answers:
        yield Thing(gettext("看已认定的申请"), gettext("已写入您的记录，从认定起计入"),
                    gettext("%(n)s 份申请", n=answers["recognised"][0]), "people", link_to("corrections.mine"),
                    gettext("去看"))
