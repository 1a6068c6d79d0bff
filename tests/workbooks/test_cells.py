"""What each type of column takes, and why it refuses the rest."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from talent.workbooks.cells import CellError, Doubtful, parser_of
from talent.workbooks.kinds import CellType, Column, PartialDate
from tests.workbooks.staff import GOOD_ID

SEX = Column("sex", "性别", CellType.CHOICE, choices={"男": "male", "女": "female"}, aliases={"女性": "female"})
STAGES = Column("stages", "学段", CellType.MULTI, choices={"小学": "primary", "初中": "junior"})


def column(cell_type: CellType, **rules: Any) -> Column:
    return Column("c", "列", cell_type, **rules)


def value(where: Column | CellType, raw: object, **context: Any) -> Any:
    return parser_of(where if isinstance(where, Column) else column(where), **context)(raw)


def why(where: Column | CellType, raw: object) -> str:
    with pytest.raises(CellError) as refused:
        value(where, raw)
    return refused.value.code.removeprefix("workbooks.")


FIRST = PartialDate(date(2020, 9, 1))
SEPTEMBER = PartialDate(date(2020, 9, 1), "month")


@pytest.mark.parametrize(
    "raw",
    [
        "2020-09-01", "2020/9/1", "2020.9.1", "20200901", 20200901.0, "2020年9月1日", "２０２０年９月１日",
        "２０２０．９．１", " 2020年 9月 1日 ", "2020-09-01 00:00:00", date(2020, 9, 1), datetime(2020, 9, 1, 8, 30),
    ],
)  # fmt: skip
def test_every_spelling_of_a_day(raw: object) -> None:
    assert value(CellType.DATE, raw) == date(2020, 9, 1)
    assert value(CellType.DATE_OR_MONTH, raw) == FIRST


@pytest.mark.parametrize("raw", ["2020-09", "2020/9", "2020.9", "2020.09", 2020.09, "202009", 202009, "２０２０年９月"])
def test_every_spelling_of_a_month_stays_a_month(raw: object) -> None:
    assert value(CellType.DATE_OR_MONTH, raw) == SEPTEMBER
    assert why(CellType.DATE, raw) == "month_without_day"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2020.1", "date_two_readings"), (2020.1, "date_two_readings"), ("20.9", "short_year"),
        ("2月30日", "not_a_date"), ("2020年2月30日", "no_such_day"), ("2021-02-29", "no_such_day"),
        ("2020-13-01", "no_such_day"), ("1899-12-31", "date_out_of_range"), ("2100-01-01", "date_out_of_range"),
        (60.0, "not_a_date"), (date(1900, 2, 28), "date_out_of_range"), ("2020", "year_without_month"),
        (2020.0, "year_without_month"), ("44075", "date_serial_as_text"), ("٢٠٢٠-٠٩-٠١", "not_a_date"),
        ("²020-09-01", "not_a_date"), (time(8, 30), "not_a_date"), (timedelta(days=1), "not_a_date"),
        (44075.5, "not_a_date"), ("2020-09.01", "not_a_date"), ("x" * 99, "not_a_date"), (True, "not_a_date"),
    ],
)  # fmt: skip
def test_what_is_no_date(raw: object, code: str) -> None:
    assert why(CellType.DATE_OR_MONTH, raw) == code


def test_both_readings_of_a_doubtful_month_are_quoted() -> None:
    with pytest.raises(CellError) as refused:
        value(CellType.DATE, 2020.10)
    assert refused.value.params == {"first": "2020-01", "second": "2020-10"}


@pytest.mark.parametrize(("date1904", "day"), [(False, date(2020, 9, 1)), (True, date(2024, 9, 2))])
def test_a_bare_day_count_is_read_with_a_warning(date1904: bool, day: date) -> None:
    assert value(CellType.DATE, 44075.0, date1904=date1904) == Doubtful(
        day, "workbooks.date_serial", {"number": "44075", "date": day.isoformat()}
    )


@pytest.mark.parametrize(
    ("raw", "hundredths"),
    [
        (8.0, 800), (0.1, 10), (24000, 2400000), ("1,234.50", 123450), ("１２．５", 1250), (" 3 ", 300),
        (0.1 + 0.2, 30), (-1.0, -100), ("−1", -100), ("+2.5", 250), (99999999999.99, 9999999999999),
    ],
)  # fmt: skip
def test_quantities_are_exact_hundredths(raw: object, hundredths: int) -> None:
    assert value(CellType.DECIMAL, raw) == hundredths


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2.4万", "number_with_unit"), ("5.5千克", "number_with_unit"), ("1e5", "exponent"),
        ("1.125", "too_many_decimals"),
        (0.125, "too_many_decimals"), ("NaN", "not_a_number"), (float("nan"), "not_a_number"),
        (float("inf"), "not_a_number"), ("²", "not_a_number"), ("٣", "not_a_number"), ("1,23", "not_a_number"),
        ("1e400", "exponent"), (1e300, "too_big"), ("9" * 20, "too_big"), (True, "not_a_number"),
        (date(2020, 1, 1), "not_a_number"),
        ("--1", "not_a_number"), ("一百", "not_a_number"), ("9" * 9999, "not_a_number"),
    ],
)  # fmt: skip
def test_what_is_no_quantity(raw: object, code: str) -> None:
    assert why(CellType.DECIMAL, raw) == code


def test_bounds_are_in_the_unit_of_the_sheet_and_inclusive() -> None:
    hours = column(CellType.DECIMAL, minimum=0, maximum=400)
    assert (value(hours, "0"), value(hours, 400.0)) == (0, 40000)
    assert (why(hours, "-0.01"), why(hours, "400.01")) == ("too_small", "too_big")


def test_whole_numbers() -> None:
    assert (value(CellType.INTEGER, 12.0), value(CellType.INTEGER, "1,200")) == (12, 1200)
    assert why(CellType.INTEGER, 12.5) == "not_whole"


@pytest.mark.parametrize(
    "raw", [GOOD_ID, GOOD_ID.lower(), f" {GOOD_ID}", "１１０１０５１９４９１２３１００２Ｘ", f"\t{GOOD_ID}"]
)
def test_identity_numbers(raw: str) -> None:
    assert value(CellType.ID_NUMBER, raw) == GOOD_ID


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("110105194912310021", "id_check_digit"), ("110105491231002", "id_fifteen_digits"),
        ("1.10105E+17", "id_digits_lost"),
        (1.10105194912310e17, "id_digits_lost"), ("110105194912310000", "id_digits_lost"), ("护照E123", "id_form"),
        ("110105194902300020", "id_birth_date"), (110105491231002.0, "id_fifteen_digits"), ("٣" * 18, "id_form"),
    ],
)  # fmt: skip
def test_damaged_identity_numbers(raw: object, code: str) -> None:
    assert why(CellType.ID_NUMBER, raw) == code


def test_an_unknown_region_is_only_doubtful() -> None:
    doubtful = value(CellType.ID_NUMBER, "990105194912310023")
    assert isinstance(doubtful, Doubtful)
    assert (doubtful.value, doubtful.code) == ("990105194912310023", "workbooks.id_region")


def test_masks_as_exported_are_handed_on() -> None:
    assert value(CellType.ID_NUMBER, "110*************2X") == "110*************2X"
    assert value(CellType.PHONE, "138******34") == "138******34"


@pytest.mark.parametrize(
    "raw", ["13800001234", 13800001234.0, "138-0000-1234", "+86 138 0000 1234", "１３８００００１２３４"]
)
def test_telephone_numbers(raw: object) -> None:
    assert value(CellType.PHONE, raw) == "13800001234"


def test_what_is_no_telephone_number() -> None:
    assert why(CellType.PHONE, "12345") == "phone_form"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  张三\u3000", "张三"), ("买买提•吐尔逊", "买买提·吐尔逊"), ("买买提・吐尔逊", "买买提·吐尔逊"),
        ("买买提‧吐尔逊", "买买提·吐尔逊"), ("𠮷䶮㛃", "𠮷䶮㛃"), ("张\u200b三\ufeff", "张三"), ("ﬁ①Ａ", "ﬁ①Ａ"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"), ("＝1", "＝1"), ("\t=1", "\t=1"), (12.0, "12"), (1990.01, "1990.01"),
        ("a\r\nb", "a\nb"), ("• 要点", "• 要点"), ("", None), (" \u3000\t", None), (None, None),
    ],
)  # fmt: skip
def test_texts_are_trimmed_and_otherwise_kept(raw: object, text: str | None) -> None:
    assert value(CellType.TEXT, raw) == text


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("张\u202e三", "bidi_character"), ("\u2066张三", "bidi_character"), ("张\x07三", "control_character"),
        ("张\x85三", "control_character"), ("\ufffe", "control_character"), ("长" * 501, "text_too_long"),
    ],
)  # fmt: skip
def test_texts_that_would_deceive(raw: str, code: str) -> None:
    assert why(CellType.TEXT, raw) == code


def test_private_characters_are_doubtful() -> None:
    assert value(CellType.TEXT, "张\ue863") == Doubtful(
        "张\ue863", "workbooks.private_character", {"characters": "U+E863"}
    )


@pytest.mark.parametrize(("raw", "code"), [("0148", "0148"), (148.0, "148"), ("Ｔ０１", "T01"), ("\t0148", "0148")])
def test_codes_keep_their_zeros(raw: object, code: str) -> None:
    assert value(CellType.CODE, raw) == code


def test_codes_a_spreadsheet_spoilt() -> None:
    assert why(CellType.CODE, 1.2e17) == "code_digits_lost"
    assert why(CellType.CODE, "1.2E+17") == "code_digits_lost"
    assert why(CellType.CODE, date(2020, 1, 2)) == "code_became_date"


def test_choices_know_aliases_and_suggest() -> None:
    assert [value(SEX, raw) for raw in ("男", " 女 ", "女性", "")] == ["male", "female", "female", None]
    assert why(SEX, "未知") == "choice_unknown"
    title = column(CellType.CHOICE, choices={"正高级": "full_senior", "高级": "senior"})
    with pytest.raises(CellError) as refused:
        value(title, "正高级教师")
    assert refused.value.params == {"allowed": "正高级、高级", "suggestion": "正高级"}


def test_several_values_in_one_cell() -> None:
    assert value(STAGES, "小学；初中、小学;") == ("primary", "junior")
    assert value(CellType.MULTI, "S01； S02") == ("S01", "S02")
    assert value(CellType.MULTI, "；") is None
    assert why(STAGES, "小学；大学") == "choice_close"
