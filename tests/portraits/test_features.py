"""The matrix: what a file may say, and that "not collected" is never 0."""

from pathlib import Path

import numpy as np
import pytest

from talent.core.errors import RuleViolation
from talent.portraits.features import (
    COLUMNS,
    INPUTS,
    Features,
    canonical_order,
    coverage,
    has_enough_data,
    hours_medians,
    read_features,
    scaled_to_window,
    ten_inputs,
)
from talent.portraits.parameters import shipped_settings

SETTINGS = shipped_settings()
FULL = {name: "1" for name in COLUMNS}


def write(path: Path, header: list[str], *rows: list[str], encoding: str = "utf-8") -> Path:
    text = "\r\n".join(",".join(cells) for cells in [header, *rows]) + "\r\n"
    path.write_bytes(text.encode(encoding))
    return path


def findings(path: Path) -> list[tuple[str, object, object]]:
    with pytest.raises(RuleViolation) as refused:
        read_features(path)
    return [(f.code, f.params.get("line"), f.params.get("column")) for f in refused.value.findings]


def one(**cells: float) -> Features:
    values = np.array([[cells.get(name, 0.0) for name in COLUMNS]])
    return Features(("T1",), values)


def test_columns_in_any_order_others_ignored(tmp_path: Path) -> None:
    header = ["姓名", *reversed(COLUMNS), "staff_no"]
    row = ["张三", *(str(number) for number in range(len(COLUMNS))), "0012"]
    row[1] = "1"
    read = read_features(write(tmp_path / "f.csv", header, row))
    assert read.staff_no == ("0012",)
    assert read.column("promoted")[0] == 1
    assert read.column("hours_national")[0] == len(COLUMNS) - 1
    assert read.missing_columns == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    header = ["staff_no", "姓名", "papers"]
    read = read_features(write(tmp_path / "f.csv", header, ["津01", "张三", "２．５"], encoding=encoding))
    assert read.staff_no == ("津01",)
    assert read.column("papers")[0] == 2.5


def test_empty_cell_and_missing_column_are_not_collected_and_zero_is_zero(tmp_path: Path) -> None:
    read = read_features(write(tmp_path / "f.csv", ["staff_no", "papers"], ["T1", "0"], ["T2", ""]))
    assert read.column("papers")[0] == 0
    assert np.isnan(read.column("papers")[1])
    assert np.isnan(read.column("lectures")).all()
    assert set(read.missing_columns) == set(COLUMNS) - {"papers"}


def test_months_on_post_is_read_when_there(tmp_path: Path) -> None:
    read = read_features(write(tmp_path / "f.csv", ["staff_no", "months_on_post"], ["T1", "36"], ["T2", ""]))
    assert read.months_on_post is not None
    assert read.months_on_post[0] == 36
    assert np.isnan(read.months_on_post[1])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("三", "portraits.not_a_number"),
        ("1 2", "portraits.not_a_number"),
        ("1_0", "portraits.not_a_number"),
        ("nan", "portraits.not_a_number"),
        ("inf", "portraits.not_a_number"),
        ("0x1", "portraits.not_a_number"),
        ("٣", "portraits.not_a_number"),
        ("-1", "portraits.out_of_range"),
        ("1e999", "portraits.out_of_range"),
    ],
)
def test_malformed_numbers_are_refused_with_line_and_column(tmp_path: Path, cell: str, code: str) -> None:
    path = write(tmp_path / "f.csv", ["staff_no", "papers"], ["T1", "1"], ["T2", cell])
    assert findings(path) == [(code, 3, "papers")]


def test_everything_wrong_is_named_not_only_the_first(tmp_path: Path) -> None:
    header = ["staff_no", "papers", "promoted"]
    rows = [["T1", "x", "2"], ["", "1", "0"], ["T1", "1", "0"], ["T2", "1"]]
    assert findings(write(tmp_path / "f.csv", header, *rows)) == [
        ("portraits.not_a_number", 2, "papers"),
        ("portraits.not_yes_no", 2, "promoted"),
        ("portraits.staff_no_empty", 3, "staff_no"),
        ("portraits.staff_no_repeated", 4, "staff_no"),
        ("portraits.row_width", 5, ""),
    ]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (["papers"], "portraits.no_staff_no"),
        (["staff_no", "papers", "papers"], "portraits.repeated_column"),
    ],
)
def test_a_header_that_cannot_be_used(tmp_path: Path, header: list[str], code: str) -> None:
    assert [item[0] for item in findings(write(tmp_path / "f.csv", header))] == [code]


def test_bytes_that_are_no_text_and_text_that_is_no_csv(tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"staff_no\xff\xff\n")
    (tmp_path / "quote.csv").write_text('staff_no,papers\n"T1,1\n', encoding="utf-8")
    assert [item[0] for item in findings(tmp_path / "bytes.csv")] == ["portraits.encoding"]
    assert [item[0] for item in findings(tmp_path / "quote.csv")] == ["portraits.not_csv"]


def test_an_encoding_that_is_named_is_the_only_one_tried(tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", ["staff_no", "姓名"], ["T1", "张三"], encoding="gb18030")
    assert read_features(path, encoding="gb18030").staff_no == ("T1",)
    for encoding in ("utf-8", "no-such-encoding"):
        with pytest.raises(RuleViolation):
            read_features(path, encoding=encoding)


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    odd = "张\u2028三"
    path = write(tmp_path / "f.csv", ["staff_no", "姓名", "papers"], ["T1", odd, "1"], ["T2", odd, "x"])
    assert findings(path) == [("portraits.not_a_number", 3, "papers")]


def test_a_file_without_teachers_is_an_empty_district(tmp_path: Path) -> None:
    assert len(read_features(write(tmp_path / "f.csv", ["staff_no", "papers"]))) == 0


def test_hours_are_the_root_of_their_weighted_sum() -> None:
    features = one(hours_national=100, hours_district=50, hours_school=100, hours_online=40)
    inputs = ten_inputs(features, np.zeros(4), SETTINGS)
    assert inputs[0, INPUTS.index("hours")] == pytest.approx(np.sqrt(100 + 40 + 60 + 20))


def test_missing_kinds_of_hours_stand_at_their_median_until_three_are_missing() -> None:
    medians = np.array([10.0, 20.0, 30.0, 40.0])
    nan = float("nan")
    two = one(hours_national=nan, hours_district=nan, hours_school=0, hours_online=0)
    three = one(hours_national=nan, hours_district=nan, hours_school=nan, hours_online=0)
    assert ten_inputs(two, medians, SETTINGS)[0, 0] == pytest.approx(np.sqrt(10 + 16))
    assert np.isnan(ten_inputs(three, medians, SETTINGS)[0, 0])


def test_medians_are_of_the_known_and_zero_for_a_kind_nobody_has() -> None:
    values = np.zeros((3, len(COLUMNS)))
    values[:, 0] = [1, np.nan, 3]
    values[:, 1] = np.nan
    assert hours_medians(Features(("a", "b", "c"), values)).tolist() == [2, 0, 0, 0]


def test_coverage_counts_the_ten_inputs() -> None:
    inputs = np.zeros((2, len(INPUTS)))
    inputs[1, :4] = np.nan
    assert coverage(inputs).tolist() == [1.0, 0.6]


@pytest.mark.parametrize(
    ("missing", "months", "enough"),
    [
        (0, 36, True),
        (4, 36, True),
        (5, 36, False),
        (0, 24, True),
        (0, 23, False),
        (0, float("nan"), True),
    ],
)
def test_who_has_enough_data(missing: int, months: float, enough: bool) -> None:
    values = np.ones((1, len(COLUMNS)))
    values[0, 4 : 4 + missing] = np.nan
    features = Features(("T1",), values, np.array([months]))
    inputs = ten_inputs(features, hours_medians(features), SETTINGS)
    assert has_enough_data(features, inputs, SETTINGS).tolist() == [enough]


def test_amounts_are_scaled_to_a_full_window_but_months_tier_and_promotion_are_not() -> None:
    values = np.full((2, len(COLUMNS)), 2.0)
    scaled = scaled_to_window(values, np.array([24.0, 0.0]), SETTINGS)
    assert scaled[0].tolist() == [3.0] * 10 + [2.0] * 3
    assert scaled[1].tolist() == values[1].tolist()


def test_canonical_order_depends_on_content_only() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.integers(0, 3, (50, len(INPUTS))).astype(float)
    inputs[rng.random(inputs.shape) < 0.1] = np.nan
    shuffled = inputs[rng.permutation(50)]
    np.testing.assert_array_equal(inputs[canonical_order(inputs)], shuffled[canonical_order(shuffled)])
