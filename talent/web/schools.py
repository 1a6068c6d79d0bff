"""Schools: the list on a date, and one school with its names, its people and what became of it."""

from flask import Blueprint, render_template
from flask_babel import gettext

from talent.core import terms
from talent.indicators import schools as figures
from talent.people import schools, search
from talent.people.schools import SchoolCriteria
from talent.people.search import Criteria
from talent.web import kit
from talent.web.kit.words import labels
from talent.web.links import link_to
from talent.web.security import current_actor, open_read, permission, today

pages = Blueprint("schools", __name__, url_prefix="/schools")

SCHOOL = "<number:school_id>"


def words() -> dict[str, dict[str, str]]:
    """The words of the codes these pages show."""
    return {"kind": labels(terms.SCHOOL_KIND), "area": labels(terms.AREA), "ownership": labels(terms.OWNERSHIP),
            "stage": labels(terms.TEACHER_STAGE), "professional_title": labels(terms.PROFESSIONAL_TITLE),
            "status": labels(terms.STATUS), "quota": labels(terms.QUOTA_TYPE)}


def tabs(here: str) -> list[dict[str, object]]:
    """The lists that stand under 教师: people, and the schools they work at; none where the reader has only one."""
    actor = current_actor()
    shown = [(name, label) for name, right, label in (("people", "person:list", gettext("教师")),
                                                      ("schools", schools.READ, gettext("学校"))) if actor.may(right)]
    return [{"label": label, "url": link_to(f"{name}.index"), "current": name == here}
            for name, label in shown] if len(shown) > 1 else []


@pages.get("/")
@permission(schools.READ)
def index() -> str:
    """The schools open on the date, narrowed and sorted, with their people, quota and pupils."""
    on, asked = kit.as_of(today()).on, kit.asked_page()
    filters = kit.Filters.read(_offered(), schools.SORTABLE, "code")
    criteria = SchoolCriteria(filters["q"], filters["kind"], filters["area"], filters["state"])
    with open_read() as work:
        rows, total = schools.find_schools(work, on, criteria, sort=filters.sort, offset=asked.offset, limit=asked.size)
        known = figures.figures_of(work.session, [row.id for row in rows], on)
        heirs = schools.names_on(work.session, {row.merged_into_id for row in rows if row.merged_into_id}, on)
    return render_template("schools/index.html", on=on, filters=filters, page=asked.page(rows, total), known=known,
                           nothing=figures.NOTHING, heirs=heirs, words=words(), tabs=tabs("schools"),
                           link_to=link_to, may_change=current_actor().may("school:change"))


def _offered() -> list[kit.Filter]:
    return [
        kit.Filter("q", gettext("名称或代码")),
        kit.Filter("kind", gettext("办学类型"), list(labels(terms.SCHOOL_KIND).items())),
        kit.Filter("area", gettext("城乡"), list(labels(terms.AREA).items())),
        kit.Filter("state", gettext("状态"), [(schools.CLOSED, gettext("已停办")), (schools.ALL, gettext("含停办"))]),
    ]


@pages.get(f"/{SCHOOL}")
@permission(schools.READ)
def show(school_id: int) -> str:
    """One school as of the date."""
    on, asked = kit.as_of(today()).on, kit.asked_page(20)
    with open_read() as work:
        school = schools.school_on(work, school_id, on)
        known = figures.figures_of(work.session, [school_id], on).get(school_id, figures.NOTHING)
        people, total = search.find_people(work, on, Criteria(school_code=school.row.code), sort="subject",
                                           offset=asked.offset, limit=asked.size)
    return render_template("schools/show.html", on=on, school=school, row=school.row, known=known,
                           page=asked.page(people, total), words=words(), link_to=link_to,
                           may_change=current_actor().may("school:change"))
