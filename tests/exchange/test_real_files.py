"""Files that real offices made: what maps by the headers, what is refused, and the words a clerk reads.

The files have no open licence, so they stay outside the project: ``TALENT_EXTRA_DATA`` names their folder.
"""

import csv
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import func, select

from talent.core.access import operator
from talent.core.work import Program
from talent.exchange.commands import Outcome, load
from talent.exchange.kinds import BY_CODE
from talent.exchange.reading import read_files
from talent.indicators import queries as indicators
from talent.people.models import Person
from talent.words.say import say
from talent.workbooks.guard import COMMAND_LINE
from talent.workbooks.writer import write_records

ON = date(2025, 1, 31)


def loaded(program: Program, *paths: Path) -> Outcome:
    with program.begin(operator()) as work:
        return load(work, read_files(paths, COMMAND_LINE), as_of=None)


@pytest.mark.parametrize("name", ["college_教师信息_517.xlsx", "college_教师信息_517_gb18030.csv"])
def test_a_college_roster_is_refused_for_what_it_lacks(program: Program, extra_data: Path, name: str) -> None:
    outcome = loaded(program, extra_data / "messy_xlsx" / name)
    assert outcome.refused and outcome.changes == 0
    worded = [" ".join(say(issue)) for issue in outcome.issues if issue.level == "error"]
    assert len(worded) == 1 and "教职工" in worded[0] and "学校代码" in worded[0]
    assert outcome.guessed == ({name: "gb18030"} if name.endswith(".csv") else {})


def test_the_national_template_is_refused_by_name(program: Program, extra_data: Path) -> None:
    outcome = loaded(program, extra_data / "messy_xlsx" / "gkicmp_教师导入模板_49列.xls")
    worded = [" ".join(say(issue)) for issue in outcome.issues if issue.level == "error"]
    assert outcome.refused and any("学校代码" in words for words in worded)


def test_every_messy_file_is_answered_in_words(program: Program, extra_data: Path) -> None:
    for path in sorted((extra_data / "messy_xlsx").iterdir()):
        if path.suffix not in (".xlsx", ".xls", ".csv"):
            continue
        outcome = loaded(program, path)
        assert outcome.refused, path.name
        for issue in outcome.issues:
            reason, _hint = say(issue)
            assert reason and reason != issue.code, (path.name, issue.code)


def malaysia(extra_data: Path) -> dict[str, list[dict[str, str]]]:
    """Schools with pupils, by district office."""
    with open(extra_data / "schools_cv" / "malaysia_sjkc_2025.csv", encoding="utf-8-sig", newline="") as file:
        by_office: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in csv.DictReader(file):
            by_office[row["PPD"]].append(row)
    return by_office


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_district_office_of_malaysia_goes_through(
    program: Program, extra_data: Path, tmp_path: Path, place: int
) -> None:
    """Every school, pupil and teacher arrives, and the spread of teachers equals one computed from the source file."""
    offices = malaysia(extra_data)
    office = sorted(offices, key=lambda name: (-len(offices[name]), name))[place * 3]
    rows = offices[office]
    path = tmp_path / "马来西亚.xlsx"
    write_records(
        path,
        [
            (
                BY_CODE["schools"].kind,
                [{"code": row["KODSEKOLAH"], "name": row["NAMASEKOLAH_C"], "kind": "primary"} for row in rows],
            ),
            (
                BY_CODE["enrolment"].kind,
                [
                    {
                        "school_code": row["KODSEKOLAH"],
                        "counted_on": ON,
                        "stage": "primary",
                        "pupils": int(row["ENROLMEN"]),
                    }
                    for row in rows
                ],
            ),
            (
                BY_CODE["teachers"].kind,
                [
                    {
                        "staff_no": f"{row['KODSEKOLAH']}-{number:03d}",
                        "name": "教师",
                        "school_code": row["KODSEKOLAH"],
                        "stage": "primary",
                        "category": "full_time_teacher",
                        "schooling": "associate",
                    }
                    for row in rows
                    for number in range(int(row["GURU"]))
                ],
            ),
        ],
    )
    outcome = loaded(program, path)
    assert [issue.code for issue in outcome.issues if issue.level == "error"] == []
    with program.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(Person)) == sum(int(row["GURU"]) for row in rows)
        primary = indicators.document(work, ON)["stages"]["primary"]
    taking_part = [(int(row["ENROLMEN"]), Fraction(int(row["GURU"]))) for row in rows if int(row["ENROLMEN"]) > 0]
    assert primary["pupils"] == sum(pupils for pupils, _teachers in taking_part)
    mean = sum(teachers for _pupils, teachers in taking_part) / sum(pupils for pupils, _teachers in taking_part) * 100
    assert primary["indicators"][0]["mean"] == pytest.approx(float(mean), rel=1e-12)
    total = sum(pupils for pupils, _teachers in taking_part)
    variance = sum(Fraction(pupils, total) * (teachers * 100 / pupils - mean) ** 2 for pupils, teachers in taking_part)
    assert primary["indicators"][0]["cv"] == pytest.approx(float(variance) ** 0.5 / float(mean), rel=1e-9)
