"""Staff on a date as the indicators count them: sums by school for the board, the people themselves behind a number.

Which teachers count is written once, as SQL conditions (:class:`Counting`): the sums add them up, the lists filter by
them, so that a number and its list cannot disagree.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session

from talent.indicators.rules import STAGES, TeacherShares
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on, school_kind_on, school_name_on
from talent.policy.book import Book

FULL_TIME = "full_time_teacher"
STAFFED = "staffed"
#: The stage of a teacher whose record names none, where the kind of school leaves only one.
STAGE_OF_KIND = {"primary": "primary", "teaching_point": "primary", "junior": "junior", "senior": "senior"}
SEPARATOR = "；"


def teaching_codes(written: str, own: str) -> tuple[str, ...]:
    """The schools somebody teaches at; without 任教学校 that of the post."""
    return tuple(dict.fromkeys(code for part in written.split(SEPARATOR) if (code := part.strip()))) or (own,)


def stage_of(written: str, kind: str) -> str:
    """The stage somebody teaches; "" where neither the record nor the kind of school tells."""
    return written or STAGE_OF_KIND.get(kind, "")


@dataclass(frozen=True)
class Counting:
    """Conditions on an employment joined with its school; ``stage`` is the stage it counts at."""

    stage: ColumnElement[str]
    flags: Mapping[str, ColumnElement[bool]]

    @classmethod
    def in_force(cls, book: Book, on: date, heads: Collection[int] = ()) -> "Counting":
        """The conditions of a date; ``heads`` are the persons with a title that counts as 骨干."""
        stage = case((Employment.stage != "", Employment.stage),
                     *((school_kind_on(on) == kind, only) for kind, only in STAGE_OF_KIND.items()), else_="")
        teaches = Employment.category == FULL_TIME
        evidence = (Employment.certificate_no if _by_number(book, on) else Employment.certificate_kind) != ""
        return cls(stage, {
            "staff": true(),
            "teachers": teaches,
            "schooling": and_(teaches, _schooled(book, on, stage)),
            "backbone": and_(teaches, Employment.person_id.in_(sorted(heads))),
            "specialists": and_(teaches, Employment.subject.in_(specialist_subjects(book, on))),
            "certified": and_(teaches, evidence),
            "staffed": Employment.quota_type == STAFFED,
            "beyond": Employment.quota_type.not_in(("", STAFFED)),
            "no_quota_type": Employment.quota_type == "",
            "no_stage": and_(teaches, stage == ""),
            "no_schooling": and_(teaches, Employment.schooling == ""),
            "no_subject": and_(teaches, Employment.subject == ""),
            "no_certificate": and_(teaches, ~evidence),
        })

    @property
    def compulsory(self) -> ColumnElement[bool]:
        """小学 and 初中 full-time teachers, whom the district's rates are about."""
        return and_(self.flags["teachers"], self.stage.in_(STAGES))


def _by_number(book: Book, on: date) -> bool:
    return bool(book.at("indicators.certified_evidence", on).value == "certificate_number")


def _schooled(book: Book, on: date, stage: ColumnElement[str]) -> ColumnElement[bool]:
    ranks = book.at("vocabulary.schooling", on).value
    least = book.at("indicators.schooling_above", on).value
    return or_(false(), *(and_(stage == at, Employment.schooling.in_(sorted(ranks.at_least(code))))
                          for at, code in least.items()))


def specialist_subjects(book: Book, on: date) -> tuple[str, ...]:
    """The subjects of PE, music and art as the documents and our reading name them."""
    return (*book.at("indicators.specialist_subjects", on).value,
            *book.at("indicators.specialist_subject_additions", on).value)


# ── sums ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Group:
    """Everybody with a post at one school who teaches at the same schools and stage; ``counts`` by flag."""

    school_id: int
    school_code: str
    teaching: tuple[str, ...]
    stage: str
    counts: Mapping[str, int]


def groups(session: Session, on: date, counting: Counting) -> list[Group]:
    """Everybody in service on the date, added up; one statement."""
    keys = (Employment.school_id, School.code, Employment.teaching_schools, Employment.stage)
    sums = (func.sum(case((flag, 1), else_=0)).label(f"n_{name}") for name, flag in counting.flags.items())
    rows = session.execute(
        select(*keys, func.min(school_kind_on(on)), *sums)
        .select_from(Employment).join(School, School.id == Employment.school_id)
        .where(in_service_on(on)).group_by(*keys)
    )
    return [
        Group(school_id, code, teaching_codes(teaching, code), stage_of(stage, kind),
              dict(zip(counting.flags, map(int, counts), strict=True)))
        for school_id, code, teaching, stage, kind, *counts in rows
    ]


def totals_by_post(found: Iterable[Group]) -> dict[int, dict[str, int]]:
    """School id → sums over everybody whose post is there, all stages together."""
    totals: dict[int, dict[str, int]] = {}
    for group in found:
        kept = totals.setdefault(group.school_id, dict.fromkeys(group.counts, 0))
        for name, count in group.counts.items():
            kept[name] += count
    return totals


def teacher_shares(found: Iterable[Group]) -> dict[str, dict[str, TeacherShares]]:
    """School → stage → its full-time teachers where they teach; a school with any staff record stands, with nothing
    if need be."""
    sums: dict[str, dict[str, list[Fraction]]] = defaultdict(dict)
    for group in found:
        sums[group.school_code]
        if not group.counts["teachers"]:
            continue
        counted = [Fraction(group.counts[name], len(group.teaching)) for name in TeacherShares.__slots__]
        for code in group.teaching:
            kept = sums[code].get(group.stage, [Fraction(0)] * len(counted))
            sums[code][group.stage] = [one + more for one, more in zip(kept, counted, strict=True)]
    return {code: {stage: TeacherShares(*total) for stage, total in stages.items()} for code, stages in sums.items()}


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Member:
    """One person behind a number, as of the date. ``counted``: the condition asked for holds."""

    person_id: int
    staff_no: str
    name: str
    school_code: str
    school: str
    teaching: tuple[str, ...]
    stage: str
    subject: str
    category: str
    schooling: str
    certificate_kind: str
    quota_type: str
    counted: bool

    def share(self) -> Fraction:
        """What the person counts at each school taught at."""
        return Fraction(1, len(self.teaching))


def members(
    session: Session, on: date, counting: Counting, flag: str, *where: ColumnElement[bool],
    offset: int = 0, limit: int | None = None,
) -> list[Member]:
    """Those in service on the date whom ``where`` takes, by school and staff number; one statement."""
    rows = session.execute(
        select(Person.id, Person.staff_no, Person.name, School.code, school_name_on(on), school_kind_on(on),
               Employment.teaching_schools, Employment.stage, Employment.subject, Employment.category,
               Employment.schooling, Employment.certificate_kind, Employment.quota_type,
               case((counting.flags[flag], 1), else_=0))
        .join(Employment, Employment.person_id == Person.id).join(School, School.id == Employment.school_id)
        .where(in_service_on(on), *where).order_by(School.code, Person.staff_no)
        .offset(offset).limit(limit)
    )
    return [_member(row) for row in rows]


def _member(row: Any) -> Member:
    person_id, staff_no, name, code, school, kind, teaching, stage = row[:8]
    subject, category, schooling, certificate, quota_type, counted = row[8:]
    return Member(person_id, staff_no, name, code, school, teaching_codes(teaching, code), stage_of(stage, kind),
                  subject, category, schooling, certificate, quota_type, bool(counted))


def teachers_at(
    session: Session, on: date, counting: Counting, flag: str, school_code: str, stage: str
) -> list[Member]:
    """Full-time teachers of one stage who teach at a school, wherever their post is; one statement."""
    near = or_(School.code == school_code, Employment.teaching_schools.contains(school_code, autoescape=True))
    found = members(session, on, counting, flag, counting.flags["teachers"], counting.stage == stage, near)
    return [member for member in found if school_code in member.teaching]
