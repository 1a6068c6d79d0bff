"""Teachers: the list on a date, and one person's record, their own or another's."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from talent.core import terms
from talent.core.errors import NotAllowed
from talent.core.language import translated
from talent.core.work import Work
from talent.people import record, search
from talent.people.search import Criteria
from talent.policy.errors import NotInForce
from talent.policy.tables import TierTable
from talent.tiers import queries as tiers
from talent.training import queries as training
from talent.training.rules import HoursPolicy
from talent.web import kit, profile, schools
from talent.web.kit.words import labels
from talent.web.links import asking_url, link_to
from talent.web.security import current_actor, open_read, permission, today
from talent.web.templating import hours as written

SHORT = "short"

#: Rights by which a person's page offers what else can be done.
OFFERED = ("person:list", "record:read", "record:write", "person:change", "person:reveal")

pages = Blueprint("people", __name__, url_prefix="/people")


@pages.get("/")
@permission("person:list")
def index() -> str:
    """Everybody in service on the date, narrowed, searched and sorted."""
    on, asked = kit.as_of(today()).on, kit.asked_page()
    with open_read() as work:
        places, subjects = search.schools_offered(work, on), search.subjects_offered(work, on)
        filters = kit.Filters.read(_offered(places, subjects, _policy(work, on)), search.SORTABLE, "school")
        rows, total = search.find_people(work, on, _criteria(work, filters, on), sort=filters.sort,
                                         offset=asked.offset, limit=asked.size)
        table = profile.tier_table(work, on)
        titles = tiers.highest_titles(work.session, [row.id for row in rows], on, table) if table else {}
    return render_template("people/index.html", on=on, filters=filters, page=asked.page(rows, total), titles=titles,
                           tiers=_tier_names(table), tabs=schools.tabs("people"), words=_words())


def short_of_hours(policy: HoursPolicy, on: date, criteria: Criteria | None = None) -> Criteria:
    """``criteria`` narrowed to the full-time teachers whose hours of the evaluation view fall short."""
    return replace(criteria or Criteria(), category=search.FULL_TIME, also=training.falls_short(policy, on))


def _policy(work: Work, on: date) -> HoursPolicy | None:
    """The parameters of hours, None before the book begins."""
    try:
        return HoursPolicy.in_force(work.book, on)
    except NotInForce:
        return None


def _offered(schools: list[tuple[str, str]], subjects: list[str], policy: HoursPolicy | None) -> list[kit.Filter]:
    hours = [kit.Filter("hours", gettext("学时"), [
        (SHORT, gettext("专任教师近五年不足 %(n)s 学时", n=written(policy.evaluation_minimum)))])] if policy else []
    chosen = [
        kit.Filter("q", gettext("姓名、拼音或工号")),
        kit.Filter("school", gettext("学校"), schools),
        kit.Filter("stage", gettext("学段"), list(labels(terms.TEACHER_STAGE).items())),
        kit.Filter("subject", gettext("学科"), [(subject, subject) for subject in subjects]),
        kit.Filter("title", gettext("职称"), list(labels(terms.PROFESSIONAL_TITLE).items())),
        kit.Filter("status", gettext("在岗状态"), list(labels(terms.STATUS).items())),
        *(hours if current_actor().may("hours:read") else ()),
    ]
    return [item for item in chosen if item.name != "school" or len(schools) > 1]


def _criteria(work: Work, filters: kit.Filters, on: date) -> Criteria:
    criteria = Criteria(words=filters["q"], school_code=filters["school"], stage=filters["stage"],
                        subject=filters["subject"], professional_title=filters["title"], status=filters["status"])
    policy = _policy(work, on) if filters["hours"] else None
    return short_of_hours(policy, on, criteria) if policy else criteria


def _tier_names(table: TierTable | None) -> dict[str, str]:
    return {row.code: translated(row.label) for row in table} if table else {}


def _words() -> Mapping[str, Mapping[str, str]]:
    """The words of the list's codes."""
    return {
        "stage": labels(terms.TEACHER_STAGE), "professional_title": labels(terms.PROFESSIONAL_TITLE),
        "status": labels(terms.STATUS),
    }


@pages.get("/mine")
@permission("person:read")
def mine() -> str:
    """The reader's own record."""
    person_id = current_actor().person_id
    if person_id is None:
        raise NotAllowed("person:read")
    return _record(person_id)


@pages.get("/<number:person_id>")
@permission("person:read")
def show(person_id: int) -> str:
    """One person's record."""
    return _record(person_id)


@pages.get("/staff/<staff_no>")
@permission("person:read")
def person(staff_no: str) -> Response:
    """The record of a staff number, for links that know no more."""
    with open_read() as work:
        person_id = record.person_numbered(work, staff_no, kit.as_of(today()).on)
    return redirect(url_for(".show", person_id=person_id))


def _record(person_id: int) -> str:
    on, tab, asked = kit.as_of(today()).on, request.args.get("kind", ""), kit.asked_page(20)
    with open_read() as work:
        shown = profile.read(work, person_id, on, tab, asked)
    actor = current_actor()
    return render_template("people/show.html", on=on, p=shown, own=person_id == actor.person_id,
                           may={right for right in OFFERED if actor.may(right)}, words=profile.words(), link_to=link_to,
                           correct_url=asking_url(person_id))
