"""The national indicators from workbooks: published examples, real districts abroad, schools that span stages.

What is published is restated here with its source. Files without an open licence stay outside the project:
``TALENT_EXTRA_DATA`` names their folder. Every expected figure is computed here, by the definition.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from talent.core.access import operator
from talent.core.work import Program
from talent.exchange.commands import load
from talent.exchange.reading import read_files
from talent.indicators.dispersion import dispersion
from talent.indicators.queries import board, document
from talent.workbooks.guard import COMMAND_LINE
from tests.exchange.books import Table, workbook

ON = date(2024, 10, 1)
COUNTED = date(2024, 9, 15)
SCHOOLS = ("学校代码*", "学校名称*", "办学类型*")
ENROLMENT = ("学校代码*", "统计日期*", "学段*", "在校生数*", "班级数")
FACILITIES = ("学校代码*", "统计日期*", "学段", "教学及辅助用房面积", "体育运动场馆面积", "教学仪器设备值", "网络多媒体教室数")
#: The worked example of the method of calculation: five schools, their pupils and the books they have.
BOOKS = (("小学1", 45, 279), ("小学2", 37, 137), ("小学3", 89, 935), ("小学4", 76, 160), ("小学5", 55, 402))
#: 鸠江区, 2023, 小学, as the district published it: mean, standard deviation, coefficient of variation, is the mean at
#: the standard, is the coefficient within 0.50.
JIUJIANG = (
    ("5.515273", "1.643162", "0.297929", True, True), ("0.887611", "0.445392", "0.501787", False, False),
    ("0.879277", "0.353427", "0.401952", False, True), ("4.563288", "1.316139", "0.288419", True, True),
    ("7.925946", "2.975795", "0.375450", True, True), ("2496.674864", "780.914372", "0.312782", True, True),
    ("2.784743", "1.097759", "0.394205", True, True),
)
STAGES = {"primary": "小学", "junior": "初中", "senior": "高中"}
WEIGHTS = {"primary": Fraction(1), "junior": Fraction("1.1"), "senior": Fraction("1.32")}


def imported(program: Program, folder: Path, sheets: Mapping[str, Table]) -> None:
    path = folder / "报表.xlsx"
    path.write_bytes(workbook(sheets))
    with program.begin(operator()) as work:
        outcome = load(work, read_files([path], COMMAND_LINE), as_of=None)
    assert [issue.code for issue in outcome.issues if issue.level == "error"] == []


def spread(pairs: Iterable[tuple[int, float]]) -> tuple[float, float, float]:
    """Mean, SD and CV by the definition, in floats."""
    known = list(pairs)
    pupils = sum(count for count, _ in known)
    mean = sum(x for _, x in known) / pupils
    sd = sqrt(sum(count / pupils * (x / count - mean) ** 2 for count, x in known))
    return mean, sd, sd / mean


def test_the_worked_example_from_workbooks(program: Program, tmp_path: Path) -> None:
    imported(program, tmp_path, {
        "学校": [SCHOOLS, *((name, name, "小学") for name, _, _ in BOOKS)],
        "学生数": [ENROLMENT, *((name, COUNTED, "小学", pupils, 2) for name, pupils, _ in BOOKS)],
        # Books have no column: they stand in for square metres, of which the method says the same.
        "办学条件": [FACILITIES, *((name, COUNTED, "小学", books, None, None, None) for name, _, books in BOOKS)],
    })
    with program.read(operator()) as work:
        stage = document(work, ON)["stages"]["primary"]
    (area,) = [row for row in stage["indicators"] if row["number"] == 4]
    assert (stage["schools"], stage["pupils"]) == (5, 302)
    assert (round(area["mean"], 6), round(area["cv"], 6)) == (6.334437, 0.515257)
    assert (area["cv_limit"], area["meets_cv"]) == (0.5, False)  # the mean of the ratios would give 0.488771, and pass
    assert area["sd"] == pytest.approx(spread((pupils, books) for _, pupils, books in BOOKS)[1], rel=1e-12)


@pytest.mark.parametrize(("number", "row"), list(enumerate(JIUJIANG, 1)))
def test_a_published_district_comes_out_of_the_rule(
    program: Program, number: int, row: tuple[str, str, str, bool, bool]
) -> None:
    """Two schools of one size at mean ± SD have the published mean and SD; the verdicts are the document's."""
    mean, sd = Fraction(row[0]), Fraction(row[1])
    found = dispersion([(1, mean - sd), (1, mean + sd)])
    with program.read(operator()) as work:
        policy = board(work, ON).policy
    assert found is not None and found.mean == mean and found.variance == sd**2
    assert found.cv == pytest.approx(float(row[2]), abs=1e-6)
    threshold = tuple(policy.thresholds)[number - 1].primary
    assert (mean >= threshold, found.within(policy.cv_limits["primary"])) == row[3:]


# ── schools that span stages ─────────────────────────────────────────────────────────────────────────────────


def through_train(extra_data: Path) -> list[tuple[str, str, dict[str, int]]]:
    """(code, kind, pupils by stage) of Philippine schools that offer several stages, empty ones as 0."""
    found = []
    for name in ("philippines_2024_all_offering_data.csv.gz", "philippines_2024_es_and_jhs_data.csv.gz"):
        with gzip.open(extra_data / "schools_cv" / name, "rt", encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["division"] in ("Ilocos Norte", "La Union", "Pangasinan I")]
        kind = "十二年一贯制学校" if "all_offering" in name else "九年一贯制学校"
        found += [(row["beis_school_id"], kind, _by_stage(row)) for row in rows]
    return found


def _by_stage(row: Mapping[str, str]) -> dict[str, int]:
    def counted(*beginnings: str) -> int:
        return sum(int(float(value or 0)) for name, value in row.items() if name.startswith(beginnings))

    return {"primary": counted("g1_", "g2_", "g3_", "g4_", "g5_", "g6_", "elem_ng"),
            "junior": counted("g7_", "g8_", "g9_", "g10_", "jhs_ng"), "senior": counted("g11_", "g12_")}


def test_real_schools_of_several_stages_are_split(program: Program, extra_data: Path, tmp_path: Path) -> None:
    schools = through_train(extra_data)
    assert len(schools) > 60 and any(0 in pupils.values() for _, _, pupils in schools)
    imported(program, tmp_path, {
        "学校": [SCHOOLS, *((code, code, kind) for code, kind, _ in schools)],
        "学生数": [ENROLMENT, *((code, COUNTED, STAGES[stage], count, None) for code, _, pupils in schools
                             for stage, count in pupils.items())],
        "办学条件": [FACILITIES, *((code, COUNTED, None, 7 * sum(pupils.values()) + 1, None, None, 20)
                               for code, _, pupils in schools)],
    })
    with program.read(operator()) as work:
        found = document(work, ON)["stages"]
    for stage in ("primary", "junior"):
        expected = {code: _split(pupils, stage, 7 * sum(pupils.values()) + 1)
                    for code, _, pupils in schools if pupils[stage]}
        values = {row["school_code"]: row["values"][3] for row in found[stage]["school_results"]}
        assert values.keys() == expected.keys()
        assert values == {code: float(x / pupils) for code, (pupils, x) in expected.items()}
        area = found[stage]["indicators"][3]
        assert (area["mean"], area["sd"], area["cv"]) == pytest.approx(
            spread((pupils, float(x)) for pupils, x in expected.values()), rel=1e-9)
        assert found[stage]["pupils"] == sum(pupils[stage] for _, _, pupils in schools)


def _split(pupils: Mapping[str, int], stage: str, whole: int) -> tuple[int, Fraction]:
    """Pupils of a stage and its part of what the school has undivided: 1 : 1.1 : 1.32."""
    weighed = sum(count * WEIGHTS[each] for each, count in pupils.items())
    return pupils[stage], whole * pupils[stage] * WEIGHTS[stage] / weighed


# ── other countries, against the rule alone ──────────────────────────────────────────────────────────────────


def columns(path: Path, pupils: str, resource: str, group: str) -> dict[str, list[tuple[int, Fraction]]]:
    """(pupils, resource) by group, of the rows that have both."""
    found: dict[str, list[tuple[int, Fraction]]] = defaultdict(list)
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            count = float(row[pupils] or 0) if row[pupils] != "." else 0
            if count and row[resource] not in ("", "."):
                found[row[group]].append((int(count), Fraction(row[resource])))
    return found


def italy(path: Path) -> dict[str, list[tuple[int, Fraction]]]:
    """Pupils and classes of each school, by the first two letters of its code, which name the province."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["Order"] == "Primary" and row["Classes"]:
                count = sum(int(float(row[name] or 0)) for name in ("Male_students", "Female_students"))
                totals[row["School_code"]][0] += count
                totals[row["School_code"]][1] += int(float(row["Classes"]))
    found: dict[str, list[tuple[int, Fraction]]] = defaultdict(list)
    for code, (pupils, classes) in totals.items():
        if pupils:
            found[code[:2]].append((pupils, Fraction(classes)))
    return found


def real_places(extra_data: Path) -> dict[str, dict[str, list[tuple[int, Fraction]]]]:
    folder = extra_data / "schools_cv"
    return {
        "texas": columns(folder / "texas_2022_district_staff.csv", "students", "teachers_fte", "REGION"),
        "california": columns(folder / "CASchools_1999.csv", "students", "computer", "county"),
        "italy": italy(folder / "italy_2023_students_classes.csv.gz"),
    }


@pytest.mark.parametrize("country", ["texas", "california", "italy"])
def test_the_rule_agrees_with_its_definition_on_real_places(extra_data: Path, country: str) -> None:
    places = {name: rows for name, rows in real_places(extra_data)[country].items() if len(rows) >= 5}
    assert len(places) >= 10
    for name, rows in places.items():
        found = dispersion(rows, 100)
        mean, sd, cv = spread((pupils, float(x)) for pupils, x in rows)
        assert found is not None and found.schools == len(rows)
        assert (float(found.mean), found.sd, found.cv) == pytest.approx((100 * mean, 100 * sd, cv), rel=1e-9), name
        assert found.within(Fraction(1, 2)) is (cv <= 0.5), name


def test_the_files_are_those_of_the_worked_examples(extra_data: Path) -> None:
    with open(extra_data / "cv_published" / "worked_example_books.csv", encoding="utf-8-sig", newline="") as file:
        assert _texts(csv.DictReader(file)) == [tuple(map(str, row)) for row in BOOKS]
    path = extra_data / "cv_published" / "jiujiang_2023_primary_7ind.csv"
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [list(row.values()) for row in csv.DictReader(file)]
    assert [(Fraction(row[1]), Fraction(row[2]), Fraction(row[3])) for row in rows] == [
        (Fraction(row[0]), Fraction(row[1]), Fraction(row[2])) for row in JIUJIANG]


def _texts(rows: Iterable[Mapping[str, Any]]) -> Sequence[tuple[str, ...]]:
    return [tuple(row.values()) for row in rows]
