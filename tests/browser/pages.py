"""Every page of the URL map, its address filled with what the sample district holds."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.routing import Rule

from talent.accounts.models import RoleGrant, User
from talent.accounts.notice_models import Notice
from talent.achievements.models import ContestResult
from talent.assistance.models import Assignment
from talent.core.access import Actor, Grant, operator
from talent.core.batches import ImportBatch
from talent.core.work import Program, Work
from talent.exchange import nominations, proposals
from talent.exchange.attendance import commands as hosts
from talent.exchange.attendance import links
from talent.exchange.attendance import queries as attended
from talent.exchange.attendance.commands import Sheet
from talent.exchange.attendance.models import HostReport
from talent.exchange.attendance.rules import Missed, Said
from talent.exchange.models import Proposal
from talent.pay.awards.models import PayDistribution
from talent.pay.models import PayBatch, PayLine
from talent.pay.payout.models import PayPayout, PayPayoutItem, PayResult, PayReturn
from talent.people.models import Employment, Person, School
from talent.portraits import objections
from talent.portraits.models import PortraitObjection, PortraitRun
from talent.privacy import notices
from tests.browser.paid import PAID_YEAR
from tests.browser.splits import DONE_YEAR, DRAFT_YEAR, UNSPLIT_YEAR

SPLIT = "/pay/awards/<number:year>/<code>"
#: A host of the sample district and a month in which it has people.
HOSTED = {"at": "石坪县城关小学", "month": "2024-06"}
#: Addresses that answer with a file, with JSON, or with another address.
NO_PAGES = {
    "/": "goes to the first page", "/healthz": "JSON", "/static/<path:filename>": "files",
    "/bootstrap/static/<path:filename>": "files", "/jobs/<number:job_id>": "JSON",
    "/board/reports/<number:job_id>": "a PDF", "/imports/report/<number:batch_id>": "a sheet",
    "/imports/template/<kind>": "a sheet", "/records/people": "JSON",
    "/pay/sheet/<number:step_id>": "a scan",
    f"{SPLIT}/notice/<number:number>": "a scan", "/assistance/hosts/report/<number:report_id>/scan": "a scan",
    "/assistance/hosts/workbook": "a sheet",
    "/people/staff/<staff_no>": "goes to the person's page",
    "/login/sso": "goes to the provider", "/account/identity": "goes to the provider",
    "/proof/sso": "goes to the provider",
    "/login/sso/back": "hands on what the provider says",
    "/admin/accounts/<number:user_id>/identity": "only where there is a provider",
    "/pay/payout/": "goes to the newest year",
}
#: Where one object does not show all there is to see, and pages that are nothing without a question.
SPECIAL: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "/people/<number:person_id>/acts/<act>":
        tuple({"act": act} for act in ("transfer", "teaching", "retire", "facts")),
    "/pay/payout/<number:year>/draw/<kind>": tuple({"kind": kind} for kind in ("regular", "reissue")),
    "/pay/batch/<number:batch_id>/<act>": tuple({"act": act} for act in ("approve", "lock", "return")),
    SPLIT: tuple({"year": year} for year in (DRAFT_YEAR, DONE_YEAR, UNSPLIT_YEAR)),
    "/schools/<number:school_id>/<act>": tuple({"act": act} for act in ("rename", "merge", "close")),
    "/board/people": ({"of": "unrecorded"},),
    "/assistance/hosts/month": (HOSTED,), "/assistance/hosts/enter": (HOSTED,),
    "/records/<kind>/": tuple({"kind": kind} for kind in ("titles", "mentoring", "assistance", "conduct")),
    "/records/<kind>/new": tuple({"kind": kind} for kind in ("training", "titles", "assistance")),
}


def propose(program: Program, staff_no: str) -> None:
    """The teacher asks for a record: what no import brings in."""
    with program.begin(operator()) as work:
        user = work.session.execute(
            select(RoleGrant.user_id, RoleGrant.person_id).join(Person, Person.id == RoleGrant.person_id)
            .where(Person.staff_no == staff_no, RoleGrant.role == "teacher")).one()
    with program.begin(Actor(user.user_id, "teacher", (Grant("teacher", person_id=user.person_id),))) as work:
        proposals.propose_new(work, "training", {
            "name": "命题研修", "level": "校本", "ended_on": "2026-05-02", "hours_hundredths": "7.5", "result": "合格",
        }, "漏登")
    nominate(program, staff_no)


def nominate(program: Program, staff_no: str) -> None:
    """The school names the teacher for assistance."""
    with program.begin(operator()) as work:
        school_id = work.session.scalars(
            select(Employment.school_id).join(Person, Person.id == Employment.person_id)
            .where(Person.staff_no == staff_no, Employment.valid_to.is_(None))).one()
    with program.begin(Actor(None, "school", (Grant("school", school_id=school_id),))) as work:
        nominations.nominate(work, {
            "staff_no": staff_no, "host": "柳河中心小学", "kind": "结对帮扶", "started_on": "2026-10-08",
            "ended_on": "2027-07-10"}, "自愿报名")


def report_host(program: Program, school_code: str) -> None:
    """The school enters what a host signed of a month; the bureau asks about the month before by a link."""
    with program.begin(operator()) as work:
        school_id = work.session.scalars(select(School.id).where(School.code == school_code)).one()
        user_id = work.session.scalars(select(RoleGrant.user_id).where(RoleGrant.role == "hr")).one()
    clerk, host, month = Actor(None, "school", (Grant("school", school_id=school_id),)), HOSTED["at"], date(2024, 6, 1)
    with program.begin(clerk) as work:
        found = attended.stays(work, host, month, clerk.scope(attended.ENTER))
        hosts.enter(work, sheet=Sheet(host, month, "赵敏 教务主任", "另有备注"), said=[
            Said(each.assignment_id, [Missed(month.replace(day=3), month.replace(day=5), "sick")]) for each in found])
    with program.begin(Actor(user_id, "hr", (Grant("hr"),))) as work:
        links.make(work, host=host, month=month)


def propose_notice(program: Program) -> None:
    """The office lays a new version of the notice before a second person."""
    with program.begin(operator()) as work:
        user_id = work.session.scalars(select(RoleGrant.user_id).where(RoleGrant.role == "hr")).one()
    with program.begin(Actor(user_id, "hr", (Grant("hr"),))) as work:
        shipped = work.session.scalars(select(Notice)).one()
        body = notices.body_of(shipped)
        notices.propose(work, effective_on=max(work.today, shipped.effective_on), document="明教〔2026〕9号",
                        body=replace(body, text_zh=body.text_zh + "\n- 新的一条"))


def object_to(program: Program, staff_no: str) -> None:
    """The teacher objects to the whole portrait."""
    with program.begin(operator()) as work:
        user = work.session.execute(
            select(RoleGrant.user_id, RoleGrant.person_id).join(Person, Person.id == RoleGrant.person_id)
            .where(Person.staff_no == staff_no, RoleGrant.role == "teacher")).one()
    with program.begin(Actor(user.user_id, "teacher", (Grant("teacher", person_id=user.person_id),))) as work:
        objections.make(work, about="whole", what="", reason="讲座没有反映在教研里")


def filling(work: Work, staff_no: str) -> dict[str, Any]:
    """What stands for each argument of an address, of one page, of one family of pages or of all: things of this
    teacher, else the first there is."""

    def first(column: InstrumentedAttribute[int], *conditions: Any) -> int:
        return work.session.scalars(select(column).where(*conditions).order_by(column).limit(1)).one()

    person_id = first(Person.id, Person.staff_no == staff_no)
    split_by = work.session.scalars(
        select(School.code).join(PayDistribution, PayDistribution.school_id == School.id)
        .where(PayDistribution.year == DRAFT_YEAR)).one()
    school = work.session.execute(
        select(School.id, School.code).join(Employment, Employment.school_id == School.id)
        .where(Employment.person_id == person_id, Employment.valid_to.is_(None))).one()
    overpaid = work.session.scalars(
        select(PayPayoutItem).join(PayResult, PayResult.item_id == PayPayoutItem.id)
        .where(PayPayoutItem.year == PAID_YEAR, PayResult.success).order_by(PayPayoutItem.id)).first()
    assert overpaid is not None
    paid = work.session.scalars(select(PayLine.school_code).order_by(PayLine.id).limit(1)).one()
    return {
        "person_id": person_id, "staff_no": staff_no, "school_id": school.id, "code": school.code, "pay.code": paid,
        "nominations.proposal_id": first(Proposal.id, Proposal.asks != ""),
        "nominations.record_id": first(Assignment.id, Assignment.sending_school_id == school.id),
        "awards.code": split_by, "awards.year": DRAFT_YEAR,
        "pay.batch_id": first(PayBatch.id), "proposal_id": first(Proposal.id), "line_id": first(PayLine.id),
        "run_id": first(PortraitRun.id), "batch_id": first(ImportBatch.id), "user_id": first(User.id),
        "record_id": first(ContestResult.id, ContestResult.person_id == person_id),
        "pay.recover.person_id": overpaid.person_id, "pay.recover.code": overpaid.school_code,
        "year": PAID_YEAR, "payout_id": first(PayPayout.id),
        "return_id": first(PayReturn.id, PayReturn.state == "staged"),
        "kind": "results", "stage": "primary", "number": 1, "what": "hours", "tier": "district_subject_head",
        "objection_id": first(PortraitObjection.id), "report_id": first(HostReport.id),
        "notice_id": first(Notice.id, Notice.state == "proposed"),
        "key": "paired_assistance.yearly_amount", "act": "transfer", "field": "phone", "privacy.code": "phone",
    }


def is_page(rule: Rule) -> bool:
    """Whether somebody reads what the address answers with."""
    return "GET" in (rule.methods or ()) and rule.rule not in NO_PAGES and not rule.rule.startswith("/api/")


def addresses(app: Flask, rule: Rule, filled: Mapping[str, Any]) -> Iterator[str]:
    """The addresses of a rule that are looked at. An argument that nothing fills is a KeyError: fill it above."""
    family = "awards" if rule.rule.startswith(SPLIT) else rule.endpoint.partition(".")[0]
    for given in SPECIAL.get(rule.rule, ({},)):
        values = {name: filled.get(f"{rule.endpoint}.{name}", filled.get(f"{family}.{name}", filled[name]))
                  for name in rule.arguments - set(given)} | given
        yield app.url_map.bind("localhost").build(rule.endpoint, values)
