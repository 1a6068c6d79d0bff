"""What is missing from the records: hours, certificates, appraisals, the attendance of those sent away."""

from collections.abc import Iterator

from flask_babel import gettext

from talent.assistance import queries as assistance
from talent.core.language import translated
from talent.exchange.attendance import queries as attending
from talent.people import record, search
from talent.training import queries as training
from talent.training.rules import HoursPolicy
from talent.web.links import link_to
from talent.web.people import SHORT, short_of_hours
from talent.web.templating import hours as written
from talent.web.todo.things import Look, Thing


def hours(look: Look) -> Iterator[Thing]:
    """Teachers whose hours of five years fall short: how many for the offices, how much for oneself."""
    work, on = look.work, look.work.today
    policy = HoursPolicy.in_force(work.book, on)
    minimum = policy.value("hours.evaluation_minimum")
    facts = {"minimum": written(minimum.value), "clause": translated(minimum.source.clause or minimum.source.document)}
    if look.actor.may("record:import") and look.actor.may(search.LIST):
        count = search.count_people(work, on, short_of_hours(policy, on))
        if count:
            yield Thing(gettext("督促学时不足的教师"),
                        gettext("专任教师近五年不到 %(minimum)s 学时（%(clause)s）", **facts),
                        gettext("%(n)s 人", n=f"{count:,}"), "training", link_to("people.index", hours=SHORT),
                        gettext("看名单"))
    for person_id in look.actor.scope("hours:read").persons:
        missing = training.shortfall(work, person_id, on)
        if missing:
            yield Thing(gettext("补足培训学时"),
                        gettext("近五年还差 %(missing)s 学时到 %(minimum)s（%(clause)s）", missing=written(missing),
                                **facts),
                        gettext("本人"), "training", link_to("people.mine"), gettext("去看"))


def certificate(look: Look) -> Iterator[Thing]:
    """A teacher's own post that says nothing of a certificate."""
    if record.lacks_certificate(look.work):
        yield Thing(gettext("补登教师资格"), gettext("名册里没有您的教师资格种类；请把证书交学校办公室补登"),
                    gettext("本人"), "people", link_to("people.mine"), gettext("去看"))


def appraisals(look: Look) -> Iterator[Thing]:
    """Assistance that is over and has no 考核结果 yet."""
    if not look.actor.may("record:import"):
        return
    count, schools, oldest = assistance.unappraised(look.work)
    if count:
        yield Thing(gettext("补帮扶支教考核结果"), gettext("最早的 %(day)s 结束；缺考核结果的先按暂计", day=oldest),
                    gettext("%(n)s 人次", n=count), "pay", link_to("imports.index"), gettext("去补录"),
                    detail=gettext("%(n)s 所派出学校", n=schools))


def attendance(look: Look) -> Iterator[Thing]:
    """Months of hosts of which nothing, or not all, was said, and what was, to be recognised."""
    if not look.actor.may(attending.ENTER):
        return
    found = attending.waiting(look.work)
    if found.reports:
        yield Thing(gettext("认可受援单位的到岗确认"), gettext("认可后缺勤和考核结果才写入；不符的退回并说明"),
                    gettext("%(n)s 份", n=f"{found.reports:,}"), "pay", link_to("attendance.index"),
                    gettext("去认可"), since=look.day(found.oldest))
    if found.missing:
        yield Thing(gettext("催受援单位确认到岗"),
                    gettext("近 %(n)s 个月的；打印确认表请对方签字，或发一个链接", n=attending.ASKED_FOR),
                    gettext("%(n)s 个单位月", n=f"{found.missing:,}"), "pay",
                    link_to("attendance.index", state="missing"), gettext("去看"))
