"""What the workbooks say taken together: the register's history, titles, assistance and the logins."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from stdnum.cn import ric

from talent.core.periods import add_months
from talent.sample.careers import retirement_day
from talent.sample.names import FEMALE, MALE
from tests.sample.conftest import Written
from tests.sample.reading import Cells, day, rows_of

OUT = ("退休", "调出", "离职")
TOWER = ("教育领军人才", "名教师", "学科首席教师", "区级学科带头人", "校级学科带头人", "新锐教师")
TERM_MONTHS = 36


def _rosters(written: Written) -> list[list[Cells]]:
    return [book.rows for book in written.books if book.title == "教职工"]


def _register(written: Written) -> dict[str, list[Cells]]:
    """By staff number every row of the person, in the order of import."""
    rows: dict[str, list[Cells]] = defaultdict(list)
    for roster in _rosters(written):
        for row in roster:
            rows[row["工号"]].append(row)
    return rows


def _in_service(written: Written) -> dict[str, Cells]:
    return {no: rows[-1] for no, rows in _register(written).items() if rows[-1]["在岗状态"] not in OUT}


def test_schools_come_first_then_the_register_then_the_records(written: Written) -> None:
    order = [book.title for book in written.books]
    assert order[0] == "学校"
    last_roster = max(place for place, title in enumerate(order) if title == "教职工")
    assert set(order[1 : last_roster + 1]) == {"教职工"}


def test_as_many_as_asked_for_are_in_service_at_the_end(written: Written) -> None:
    assert len(_in_service(written)) == written.teachers


def test_each_change_of_a_person_is_later_than_the_one_before(written: Written) -> None:
    for rows in _register(written).values():
        first = rows[0]
        opens = day(first["到校日期"])
        assert first.get("生效日期", "") in ("", opens)
        days = [opens, *(day(row["生效日期"]) for row in rows[1:])]
        assert days == sorted(set(days)), rows


def test_who_left_has_a_day_and_stays_out(written: Written) -> None:
    for rows in _register(written).values():
        for place, row in enumerate(rows):
            out = row["在岗状态"] in OUT
            assert out == (row["离岗日期"] != "")
            if out:
                assert place == len(rows) - 1 and row["离岗日期"] == row["生效日期"]


def test_a_persons_papers_are_valid_and_their_own(written: Written) -> None:
    numbers = Counter(rows[-1]["证件号码"] for rows in _register(written).values())
    numbers.pop("", None)
    assert max(numbers.values()) == 1
    for row in (rows[-1] for rows in _register(written).values()):
        if number := row["证件号码"]:
            assert ric.is_valid(number) and ric.get_birth_date(number) == row["出生日期"]
            assert (row["性别"] == MALE) == (int(number[16]) % 2 == 1)


def test_people_work_where_schools_are(written: Written) -> None:
    schools = {row["学校代码"]: row for row in rows_of(written.books, "学校")}
    for row in (row for rows in _register(written).values() for row in rows):
        assert set(row["任教学校代码"].split("；")) - {""} <= set(schools)
        closed = schools[row["学校代码"]]["停用日期"]
        effective = row.get("生效日期") or row["到校日期"]
        assert closed == "" or row["在岗状态"] in OUT or effective < closed


def test_nobody_is_left_at_the_closed_school(written: Written) -> None:
    closed = {row["学校代码"] for row in rows_of(written.books, "学校") if row["停用日期"]}
    assert len(closed) == 1
    assert not [row for row in _in_service(written).values() if row["学校代码"] in closed]


def test_records_are_of_people_in_the_register_by_their_present_names(written: Written) -> None:
    names = {no: rows[-1]["姓名"] for no, rows in _register(written).items()}
    for book in written.books:
        for row in book.rows if book.title != "教职工" else []:
            if "工号" in row:
                assert row["工号"] in names and row.get("姓名", names[row["工号"]]) == names[row["工号"]]
            assert row.get("徒弟工号", row.get("工号")) in {*names, None}


def test_names_include_what_software_trips_over(written: Written) -> None:
    everybody = "".join(rows[-1]["姓名"] for rows in _register(written).values())
    assert all(char in everybody for char in "㛃䶮𠮷\u00b7")
    assert any(row["曾用名"] for rows in _register(written).values() for row in rows)


def _terms(written: Written) -> list[tuple[Cells, date, date]]:
    """Titles with the first and the last day of the term; without an end a tower title runs 36 months."""
    terms = []
    for row in rows_of(written.books, "称号"):
        start = day(row["任期开始"])
        whole = add_months(start, TERM_MONTHS) - timedelta(days=1)
        open_end = whole if row["称号"] in TOWER else date.max
        terms.append((row, start, row["任期结束"] or open_end))
    return terms


def test_terms_of_one_title_do_not_overlap(written: Written) -> None:
    of: dict[Any, list[tuple[date, date]]] = defaultdict(list)
    for row, start, end in _terms(written):
        of[row["工号"], row["称号"]].append((start, end))
    for spans in of.values():
        spans.sort()
        assert all(end < start for (_, end), (start, _) in pairwise(spans))


def test_one_round_has_one_set_of_days(written: Written) -> None:
    rounds: dict[Any, set[Any]] = defaultdict(set)
    for row, start, _ in _terms(written):
        if row["期届"]:
            rounds[row["称号"], row["期届"]].add((row["认定日期"], start, row["任期结束"]))
    assert all(len(days) == 1 for days in rounds.values())


def test_the_tower_is_a_tower(written: Written) -> None:
    serving = _in_service(written)
    highest: dict[str, int] = {}
    for row, start, end in _terms(written):
        away = row["状态"] != "在任" and row["状态日期"] <= written.today
        if row["称号"] in TOWER and start <= written.today <= end and not away and row["工号"] in serving:
            highest[row["工号"]] = min(highest.get(row["工号"], 9), TOWER.index(row["称号"]))
    leading, famous, chief, district_heads, school_heads, new = (
        Counter(highest.values())[place] for place in range(len(TOWER))
    )
    assert 1 <= leading <= famous + chief <= district_heads + school_heads + new
    assert famous <= chief <= district_heads <= school_heads
    assert 0 < new <= school_heads


def test_at_most_a_fifth_is_excellent_in_a_year(written: Written) -> None:
    years: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows_of(written.books, "年度考核"):
        years[int(row["年度"])][row["考核结果"]] += 1
    assert all(results["优秀"] <= results.total() / 5 for results in years.values())
    assert max(years) == written.today.year - 1


def test_assistance_holds_the_cases_a_pay_office_must_decide(written: Written) -> None:
    spells = rows_of(written.books, "帮扶支教")
    stage = {no: rows[-1]["学段"] for no, rows in _register(written).items()}
    of: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for row in spells:
        of[row["工号"]].append((day(row["开始日期"]), row["结束日期"] or date.max))
    assert min(day(row["开始日期"]) for row in spells) >= date(2020, 1, 1)
    assert {"优秀", "合格", "不合格", ""} == {row["考核结果"] for row in spells} | {"优秀"}
    assert any(stage[row["工号"]] == "学前" for row in spells)
    touching = [pair for spans in of.values() for pair in pairwise(sorted(spans))]
    assert any(later <= end for (_, end), (later, _) in touching)


def test_titled_people_climb_from_below(written: Written) -> None:
    """A chief was a district head or higher before, but for the first round told of."""
    terms = _terms(written)
    first_rounds = min(start for row, start, _ in terms if row["称号"] == "学科首席教师")
    for row, start, _ in terms:
        if row["称号"] == "学科首席教师" and start > first_rounds:
            earlier = {r["称号"] for r, s, _ in terms if r["工号"] == row["工号"] and s < start}
            assert earlier & set(TOWER[:4]), row


def test_each_role_has_one_login_and_the_school_sends_its_teacher_out(written: Written) -> None:
    roles = {login.role: login for login in written.logins}
    assert len(roles) == 9 and [login.role for login in written.logins].count("finance") == 2
    assert len(written.logins) == 10
    teacher, school = roles["teacher"], roles["school"]
    assert teacher.school_code == school.school_code == roles["principal"].school_code
    spells = [row for row in rows_of(written.books, "帮扶支教") if row["工号"] == teacher.staff_no]
    assert spells and {row["派出学校代码"] for row in spells} == {school.school_code}
    held = [(row, s, e) for row, s, e in _terms(written) if row["工号"] == teacher.staff_no]
    assert any(r["称号"] == "区级学科带头人" and s <= written.today <= e for r, s, e in held)
    assert any(row["工号"] == teacher.staff_no for row in rows_of(written.books, "竞赛成绩"))
    serving = _in_service(written)
    assert all(login.staff_no is None or login.staff_no in serving for login in written.logins)


@pytest.mark.parametrize(
    ("case", "born", "sex", "first_day_out"),
    [
        ("before the delay began, a woman of 55", date(1969, 12, 15), FEMALE, date(2025, 1, 1)),
        ("the first four months wait one month", date(1970, 1, 15), FEMALE, date(2025, 3, 1)),
        ("the next four months wait two", date(1965, 5, 1), MALE, date(2025, 8, 1)),
        ("no wait is longer than three years", date(1990, 6, 10), MALE, date(2053, 7, 1)),
    ],
)
def test_retirement_day(case: str, born: date, sex: str, first_day_out: date) -> None:
    assert retirement_day(born, sex) == first_day_out, case
