"""Pupils and 核定编制 of schools on a date, for lists of schools."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from talent.indicators.models import Enrolment, Quota


@dataclass(frozen=True, slots=True)
class SchoolFigures:
    """What was reported of a school by a date; None: nothing was. ``counted_on``: the latest count of pupils."""

    pupils: int | None = None
    classes: int | None = None
    counted_on: date | None = None
    quota: int | None = None
    quota_document: str = ""


NOTHING = SchoolFigures()


def figures_of(session: Session, school_ids: Collection[int], on: date) -> dict[int, SchoolFigures]:
    """By school id; two statements, whatever the number of schools. Schools nothing was reported of are absent."""
    quotas = {school_id: (posts, document) for school_id, posts, document in _quotas(session, school_ids, on)}
    pupils = _pupils(session, school_ids, on)
    found = {}
    for school_id in {*quotas, *pupils}:
        count, classes, counted_on = pupils.get(school_id, (None, None, None))
        posts, document = quotas.get(school_id, (None, ""))
        found[school_id] = SchoolFigures(count, classes, counted_on, posts, document)
    return found


def _quotas(session: Session, school_ids: Collection[int], on: date) -> list[tuple[int, int, str]]:
    last = (select(Quota.school_id, func.max(Quota.valid_from).label("valid_from"))
            .where(Quota.valid_from <= on, Quota.school_id.in_(list(school_ids))).group_by(Quota.school_id).subquery())
    rows = session.execute(select(Quota.school_id, Quota.posts, Quota.document_no).join(
        last, and_(Quota.school_id == last.c.school_id, Quota.valid_from == last.c.valid_from)))
    return [(row.school_id, row.posts, row.document_no) for row in rows if row.school_id is not None]


def _pupils(session: Session, school_ids: Collection[int], on: date) -> dict[int, tuple[int, int | None, date]]:
    """The sum of each stage's latest count. Classes are unknown when a stage did not say them."""
    last = (select(Enrolment.school_id, Enrolment.stage, func.max(Enrolment.counted_on).label("counted_on"))
            .where(Enrolment.counted_on <= on, Enrolment.school_id.in_(list(school_ids)))
            .group_by(Enrolment.school_id, Enrolment.stage).subquery())
    same = and_(Enrolment.school_id == last.c.school_id, Enrolment.stage == last.c.stage,
                Enrolment.counted_on == last.c.counted_on)
    found: dict[int, tuple[int, int | None, date]] = {}
    for school_id, count, classes, counted_on in session.execute(
        select(Enrolment.school_id, Enrolment.pupils, Enrolment.classes, Enrolment.counted_on).join(last, same)
    ):
        pupils, known, latest = found.get(school_id, (0, 0, counted_on))
        together = None if known is None or classes is None else known + classes
        found[school_id] = pupils + count, together, max(latest, counted_on)
    return found
