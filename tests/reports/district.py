"""A small district for the board: two schools with training, titles and assistance, and one school without records."""

from datetime import date

from talent.assistance.models import Assignment
from talent.core.access import operator
from talent.core.work import Program
from talent.tiers.models import Title
from talent.training.models import Training
from tests.factories import add_person, add_school


def add_district(program: Program, extra: int = 0) -> dict[str, int]:
    """Staff number → person id; ``extra`` more teachers of the first school, like the first of them."""
    school = add_school(program, "S1", "槐荫里小学")
    add_school(program, "S2", "清源道小学")
    add_school(program, "S3", "柳堤学校")
    staff = {"T1": "S1", "T2": "S1", "T3": "S2", "T4": "S3", **{f"X{place}": "S1" for place in range(extra)}}
    ids = {number: add_person(program, number, f"师{number}", code) for number, code in staff.items()}
    hours = {"T1": 40000, "T2": 30000, "T3": 36000, **{f"X{place}": 40000 for place in range(extra)}}
    with program.begin(operator()) as work:
        for number, value in hours.items():
            work.session.add(Training(person_id=ids[number], name="研修", level="district", ended_on=date(2024, 5, 1),
                                      hours_hundredths=value))
        for number, tier, since in (("T1", "famous_teacher", date(2023, 9, 1)), ("T2", "new_talent", date(2024, 3, 1)),
                                    ("T3", "new_talent", date(2018, 9, 1)), *(
                                        (f"X{place}", "new_talent", date(2024, 3, 1)) for place in range(extra))):
            work.session.add(Title(person_id=ids[number], tier=tier, recognised_on=since, term_from=since))
        work.session.add_all([
            Assignment(person_id=ids["T1"], sending_school_id=school, host="柳河小学", kind="paired",
                       started_on=date(2025, 9, 1), ended_on=date(2025, 9, 30)),
            Assignment(person_id=ids["T2"], sending_school_id=school, host="沙枣小学", kind="community",
                       started_on=date(2026, 8, 15)),
        ])
    return ids

