"""The indicators of a small district, every figure worked out by hand, on both databases."""

from collections.abc import Iterator
from datetime import date
from math import sqrt
from typing import Any

import pytest
from sqlalchemy import event, update

from talent.core.access import Actor, Grant, operator
from talent.core.database import Base
from talent.core.errors import NotAllowed
from talent.core.work import Program
from talent.indicators.models import Enrolment, Facility
from talent.indicators.queries import document
from talent.people.models import Collection, Employment, Exchange, Person, School
from talent.policy.errors import NotInForce
from talent.tiers.models import Title, TitleState
from talent.training.models import Training

ON = date(2024, 10, 1)
LONG_AGO = date(2010, 9, 1)
COUNTED = date(2024, 9, 15)


def add(program: Program, *rows: Base) -> None:
    with program.begin(operator()) as work:
        work.session.add_all(rows)


def id_of(program: Program, model: type[School] | type[Person], key: str) -> int:
    column = School.code if model is School else Person.staff_no
    with program.read(operator()) as work:
        return work.session.query(model.id).filter(column == key).scalar()


def add_school(program: Program, code: str, kind: str = "primary", **values: Any) -> int:
    add(program, School(code=code, name=code, kind=kind, **values))
    return id_of(program, School, code)


def add_teacher(program: Program, staff_no: str, school: int, *, since: date | None = LONG_AGO, **values: Any) -> int:
    add(program, Person(uid=staff_no, staff_no=staff_no, name=staff_no))
    person = id_of(program, Person, staff_no)
    facts = {"stage": "primary", "category": "full_time_teacher", "schooling": "bachelor", "subject": "语文"} | values
    add(program, Employment(person_id=person, school_id=school, valid_from=since, arrived_on=since, **facts))
    return person


def add_pupils(program: Program, school: int, on: date = COUNTED, **stages: int) -> None:
    add(program, *(Enrolment(school_id=school, counted_on=on, stage=stage, pupils=count)
                   for stage, count in stages.items()))


def read(program: Program, on: date = ON) -> dict[str, Any]:
    with program.read(operator()) as work:
        return document(work, on)


def values_of(found: dict[str, Any], stage: str) -> dict[str, list[float | None]]:
    return {row["school_code"]: row["values"] for row in found["stages"][stage]["school_results"]}


def spread(pairs: list[tuple[int, float]]) -> tuple[float, float, float]:
    """Mean, SD and CV over (pupils, resource), straight from the formula."""
    pupils = sum(p for p, _ in pairs)
    mean = sum(x for _, x in pairs) / pupils
    sd = sqrt(sum(p / pupils * (x / p - mean) ** 2 for p, x in pairs))
    return mean, sd, sd / mean


@pytest.fixture
def district(program: Program) -> Iterator[Program]:
    """P1 and P2 with teachers, N1 of nine years, E1 without any staff record."""
    p1, p2, n1, e1 = (add_school(program, "P1"), add_school(program, "P2"), add_school(program, "N1", "nine_year"),
                      add_school(program, "E1"))
    add_pupils(program, p1, primary=100)
    add_pupils(program, p2, primary=200)
    add_pupils(program, n1, primary=100, junior=100)
    add_pupils(program, e1, primary=50)
    a = add_teacher(program, "A", p1, schooling="associate", subject="体育", certificate_kind="小学教师资格")
    add_teacher(program, "B", p1, certificate_kind="小学教师资格")
    add_teacher(program, "C", p2, since=date(2020, 9, 1), schooling="secondary_vocational", subject="音乐",
                teaching_schools="P1；P2")
    add_teacher(program, "D", n1, stage="junior")
    add_teacher(program, "HEAD", p1, category="administrator", subject="美术")
    add(program, Title(person_id=a, tier="district_subject_head", recognised_on=date(2023, 1, 1),
                       term_from=date(2023, 1, 1), term_to=date(2025, 12, 31)))
    add(program, Facility(school_id=n1, counted_on=COUNTED, stage="", teaching_area_hundredths=210_000))
    yield program


def test_teachers_count_where_they_teach_shared_equally(district: Program) -> None:
    values = values_of(read(district), "primary")
    assert values["P1"][:3] == [2.0, 1.0, 1.5]
    assert values["P2"][:3] == [0.0, 0.0, 0.25]


def test_a_through_train_school_is_two_and_splits_what_is_undivided(district: Program) -> None:
    found = read(district)
    assert values_of(found, "primary")["N1"][:4] == [0.0, 0.0, 0.0, 10.0]
    assert values_of(found, "junior") == {"N1": [1.0, 0.0, 0.0, 11.0, None, None, None]}


def test_a_school_without_any_staff_record_has_no_data(district: Program) -> None:
    found = read(district)
    (result,) = [row for row in found["stages"]["primary"]["school_results"] if row["school_code"] == "E1"]
    assert result == {"school_code": "E1", "values": [None] * 7, "reached": 0, "passes": None}


def test_spread_runs_over_the_schools_with_data(district: Program) -> None:
    stage = read(district)["stages"]["primary"]
    assert (stage["schools"], stage["pupils"]) == (4, 450)
    first = stage["indicators"][0]
    mean, sd, cv = spread([(100, 2), (200, 0), (100, 0)])
    assert (first["number"], first["cv_limit"], first["meets_cv"]) == (1, 0.5, False)
    assert (first["mean"], first["sd"], first["cv"]) == pytest.approx((100 * mean, 100 * sd, cv), rel=1e-12)
    assert stage["indicators"][6] == {"number": 7, "mean": None, "sd": None, "cv": None, "cv_limit": 0.5,
                                      "meets_cv": None}


def test_what_nobody_recorded_is_null(program: Program) -> None:
    found = read(program)
    assert found["on"] == "2024-10-01"
    assert found["stages"]["junior"]["schools"] == 0
    assert found["stages"]["junior"]["indicators"][0]["mean"] is None
    assert {name: value for name, value in found["district"].items() if name != "counts"} == {
        "training_360_rate": None, "certified_rate": None, "exchange_rate": None, "exchange_backbone_rate": None,
        "backbone_count": 0,
    }


def test_district_rates(district: Program) -> None:
    a, b = (id_of(district, Person, key) for key in "AB")
    p1, p2 = (id_of(district, School, key) for key in ("P1", "P2"))
    first, last = date(2019, 10, 2), date(2024, 10, 1)
    add(
        district,
        Training(person_id=a, name="首日", level="district", ended_on=first, hours_hundredths=18_000),
        Training(person_id=a, name="末日", level="national", ended_on=last, hours_hundredths=18_000),
        Training(person_id=b, name="前一日", level="district", ended_on=date(2019, 10, 1), hours_hundredths=36_000),
        Training(person_id=b, name="不合格", level="district", ended_on=last, hours_hundredths=36_000, result="failed"),
        Exchange(person_id=b, from_school_id=p1, to_school_id=p2, started_on=date(2024, 9, 1)),
    )
    figures = read(district)["district"]
    assert figures["training_360_rate"] == 0.25
    assert figures["certified_rate"] == 0.5
    assert figures["exchange_rate"] == 1 / 3  # A, B and D have been six years at one school
    assert figures["exchange_backbone_rate"] == 0.0
    assert figures["backbone_count"] == 1


@pytest.mark.parametrize(("started_on", "counts"), [
    (date(2024, 8, 31), False), (date(2024, 9, 1), True), (date(2025, 8, 31), True), (date(2025, 9, 1), False),
])
def test_an_exchange_counts_in_the_school_year_it_began(district: Program, started_on: date, counts: bool) -> None:
    a, p1, p2 = id_of(district, Person, "A"), id_of(district, School, "P1"), id_of(district, School, "P2")
    add(district, Exchange(person_id=a, from_school_id=p1, to_school_id=p2, started_on=started_on))
    add(district, Collection(kind="exchanges", started_on=LONG_AGO))
    figures = read(district)["district"]
    assert figures["exchange_rate"] == (1 / 3 if counts else 0.0)
    assert figures["exchange_backbone_rate"] == (1.0 if counts else None)


def test_an_exchanged_teacher_is_judged_at_the_school_left(district: Program) -> None:
    b, p1, p2 = id_of(district, Person, "B"), id_of(district, School, "P1"), id_of(district, School, "P2")
    moved = date(2024, 9, 1)
    with district.begin(operator()) as work:
        work.session.execute(update(Employment).where(Employment.person_id == b).values(valid_to=moved))
    add(district,
        Employment(person_id=b, school_id=p2, valid_from=moved, arrived_on=moved, stage="primary",
                   category="full_time_teacher"),
        Exchange(person_id=b, from_school_id=p1, to_school_id=p2, started_on=moved))
    assert read(district)["district"]["exchange_rate"] == 1 / 3


def test_a_later_change_moves_no_earlier_date(district: Program) -> None:
    before = read(district)
    a, p1, p2 = id_of(district, Person, "A"), id_of(district, School, "P1"), id_of(district, School, "P2")
    with district.begin(operator()) as work:
        work.session.execute(update(Employment).where(Employment.person_id == a).values(valid_to=date(2024, 10, 2)))
        work.session.add_all([
            Employment(person_id=a, school_id=p2, valid_from=date(2024, 10, 2), stage="primary",
                       category="full_time_teacher", status="retired", left_on=date(2024, 10, 2)),
            Enrolment(school_id=p1, counted_on=date(2024, 10, 2), stage="primary", pupils=999),
            TitleState(title_id=work.session.query(Title.id).scalar(), state="revoked", changed_on=date(2024, 10, 2)),
        ])
    assert read(district) == before


def test_the_latest_statistics_of_each_stage_hold(district: Program) -> None:
    p1 = id_of(district, School, "P1")
    add_pupils(district, p1, date(2023, 9, 15), primary=1, junior=7)
    found = read(district)
    assert values_of(found, "primary")["P1"][0] == 2.0
    assert found["stages"]["junior"]["pupils"] == 107


@pytest.mark.parametrize(("kind", "pupils", "takes_part"), [
    ("special", 80, False), ("vocational", 80, False), ("teaching_point", 49, False), ("teaching_point", 50, True),
    ("primary", 10, True),
])
def test_kinds_that_take_part(program: Program, kind: str, pupils: int, takes_part: bool) -> None:
    add_pupils(program, add_school(program, "X", kind), primary=pupils)
    assert bool(values_of(read(program), "primary")) is takes_part


@pytest.mark.parametrize(("closed_on", "is_open"), [(date(2024, 10, 1), False), (date(2024, 10, 2), True)])
def test_the_first_day_closed_is_out(program: Program, closed_on: date, is_open: bool) -> None:
    add_pupils(program, add_school(program, "X", closed_on=closed_on), primary=60)
    assert bool(values_of(read(program), "primary")) is is_open


def test_premises_of_a_stage_go_before_those_of_the_school_until_newer_ones(program: Program) -> None:
    school = add_school(program, "N", "nine_year")
    add_pupils(program, school, primary=100, junior=100)
    add(program,
        Facility(school_id=school, counted_on=date(2023, 9, 20), stage="", multimedia_rooms=21),
        Facility(school_id=school, counted_on=date(2023, 9, 20), stage="primary", multimedia_rooms=4))
    assert values_of(read(program), "primary")["N"][6] == 4.0
    assert values_of(read(program), "junior")["N"][6] == pytest.approx(11.0)
    add(program, Facility(school_id=school, counted_on=date(2024, 9, 20), stage="", multimedia_rooms=42))
    assert values_of(read(program), "primary")["N"][6] == pytest.approx(20.0)


def test_statements_do_not_grow_with_the_district(district: Program) -> None:
    def count() -> int:
        seen: list[str] = []

        def note(*arguments: Any) -> None:
            seen.append(arguments[2])
        event.listen(district.engine, "before_cursor_execute", note)
        read(district)
        event.remove(district.engine, "before_cursor_execute", note)
        return len(seen)

    before = count()
    for number in range(5):
        school = add_school(district, f"M{number}")
        add_pupils(district, school, primary=90)
        add_teacher(district, f"M{number}", school)
    assert count() == before


def test_only_who_may_read_everybody_gets_them(program: Program) -> None:
    for role in ("teacher", "principal"):
        with program.read(Actor(1, role, (Grant(role, school_id=1, person_id=1),))) as work, pytest.raises(NotAllowed):
            document(work, ON)


def test_before_the_document_there_is_no_answer(program: Program) -> None:
    with pytest.raises(NotInForce):
        read(program, date(2017, 4, 18))
