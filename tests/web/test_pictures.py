"""Geometry of the pictures, by equality: what a macro draws is what these functions say."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.web import pictures
from talent.web.pictures import (
    Axis,
    Column,
    Dot,
    HoursBar,
    Lane,
    Layer,
    Month,
    Part,
    School,
    Series,
    Span,
    TowerYear,
)
from talent.web.pictures.columns import tick_step
from talent.web.pictures.tones import clipped, text_class, text_width


def test_a_tower_layer_is_as_wide_as_its_share_of_the_largest():
    picture = pictures.tower([Layer("famous_teacher", "名教师", 50), Layer("new_talent", "新锐教师", 200)])
    assert [(bar.x, bar.y, bar.width) for bar in picture.bars] == [(262, 16, 88), (130, 64, 352)]
    assert [(bar.eave_x, bar.eave_width) for bar in picture.bars] == [(255, 102), (123, 366)]
    assert [bar.tone for bar in picture.bars] == ["t5", "t1"]
    assert (picture.ground, picture.height, picture.total) == (108, 112, 250)


def test_an_empty_layer_has_no_bar_and_one_person_is_still_seen():
    picture = pictures.tower(
        [Layer("leading_talent", "", 0), Layer("famous_teacher", "", 1), Layer("new_talent", "", 900)]
    )
    assert [bar.width for bar in picture.bars] == [0, 7, 352]


def test_a_tower_without_anybody_is_drawn_flat():
    assert [bar.width for bar in pictures.tower([Layer("new_talent", "新锐教师", 0)]).bars] == [0]


def test_brackets_embrace_neighbouring_layers_of_one_part():
    layers = [Layer("a", "", 8, "塔尖"), Layer("b", "", 46, "塔体"), Layer("c", "", 92, "塔体")]
    assert [(b.label, b.count, b.y, b.height) for b in pictures.tower(layers).brackets] == [
        ("塔尖", 8, 16, 40),
        ("塔体", 138, 64, 88),
    ]


def test_small_towers_share_one_scale():
    years = [
        TowerYear("2020", {"new_talent": 26}),
        TowerYear("2021", {"new_talent": 104, "famous_teacher": 1}),
    ]
    drawn = pictures.towers(years, ["famous_teacher", "new_talent"])
    assert [[(bar.tone, bar.width) for bar in tower.bars] for tower in drawn] == [
        [("t5", 0), ("t1", 26)],
        [("t5", 3), ("t1", 104)],
    ]


def test_hours_stand_in_their_order_and_the_cut_part_after_them():
    bar = HoursBar("2021—2025", [("school", 12000), ("national", 4000)], 36000, cut=4800)
    drawn = pictures.hours_bars([bar])[0]
    assert [(s.level, s.x, s.width, s.tone, s.shown) for s in drawn.segments] == [
        ("national", 0, 8.33, "s1", "desk"),
        ("school", 8.33, 25, "s4", ""),
    ]
    assert drawn.cut is not None
    assert (drawn.cut.x, drawn.cut.width, drawn.target, bar.total) == (33.33, 10, 75, 16000)


def test_bars_below_each_other_share_the_longest_scale():
    long = HoursBar("长", [("national", 96000)], 36000)
    short = HoursBar("短", [("national", 24000)], 36000)
    assert [drawn.segments[0].width for drawn in pictures.hours_bars([long, short])] == [100, 25]


def test_no_hours_at_all_draws_only_the_target():
    drawn = pictures.hours_bars([HoursBar("空", [], 36000)])[0]
    assert (drawn.segments, drawn.cut, drawn.target) == ((), None, 75)


def test_a_month_begins_under_its_weekday():
    drawn = pictures.months([Month(2025, 3, ["on"] * 30 + ["absent"])])[0]
    first, last = drawn.days[0], drawn.days[-1]
    assert (first.x, first.y) == (5 * 13, 22)
    assert (last.day, last.state, last.x, last.y) == (31, "absent", 0, 22 + 5 * 13)
    assert (drawn.on, drawn.absent) == (30, 1)


def test_a_month_with_the_wrong_number_of_days_is_refused_by_name():
    with pytest.raises(ValueError, match="2024-02 has 29 days, 28 states given"):
        pictures.months([Month(2024, 2, ["on"] * 28)])


def test_a_radar_point_lies_on_its_axis_at_its_value():
    picture = pictures.radar([Axis("上", 50), Axis("右", 100), Axis("下", 0), Axis("左", 25)])
    assert [spoke.point for spoke in picture.spokes] == [(202, 104), (310, 158), (202, 158), (175, 158)]
    assert picture.own == "M202.0 104.0L310.0 158.0L202.0 158.0L175.0 158.0Z"
    assert (picture.closed, picture.band) == (True, "")


def test_a_radar_line_stops_beside_an_axis_without_data():
    picture = pictures.radar([Axis("上", 50), Axis("右", None), Axis("下", 100), Axis("左", 0)])
    assert picture.own == "M202.0 266.0L202.0 158.0L202.0 104.0"
    assert not picture.closed


def test_the_peer_band_needs_both_quartiles_on_every_axis():
    whole = [Axis("a", 50, low=20, high=60)] * 3
    assert pictures.radar(whole).band.count("Z") == 2
    assert pictures.radar([*whole, Axis("b", 50, low=20)]).band == ""


def test_a_ring_short_of_four_fifths_is_marked():
    picture = pictures.radar([Axis("a", 1, coverage=0.79), Axis("b", 1, coverage=0.8), Axis("c", 1)])
    assert [spoke.short for spoke in picture.spokes] == [True, False, False]
    assert [bool(spoke.covered) for spoke in picture.spokes] == [True, True, False]


def test_schools_stand_at_multiples_of_their_standard():
    picture = pictures.strip(
        [School("达到", 1.0), School("近", 0.9), School("低", 0.5), School("缺", None)], mean=2
    )
    assert [(dot.school.name, dot.x, dot.kind) for dot in picture.dots] == [
        ("低", 70.5, "below"),
        ("近", 120.5, "near"),
        ("达到", 133, "met"),
    ]
    assert (picture.standard, picture.tolerance, picture.mean) == (133, 114.2, 258)
    assert (picture.met, picture.missing) == (1, 1)


def test_schools_with_one_value_stand_side_by_side():
    picture = pictures.strip([School(str(i), 1.5) for i in range(5)])
    assert sorted(dot.y for dot in picture.dots) == [7, 14, 22, 30, 37]


def test_schools_beyond_the_scale_form_columns_at_its_edge():
    picture = pictures.strip([School(str(i), 9.0) for i in range(7)])
    assert sorted({dot.x for dot in picture.dots}) == [399.6, 408]
    assert all(dot.beyond for dot in picture.dots)


@given(st.lists(st.floats(0, 3.2), max_size=30))
def test_no_school_is_lost(ratios):
    assert len(pictures.strip([School("", ratio) for ratio in ratios]).dots) == len(ratios)


def test_a_span_is_placed_by_its_days():
    lane = Lane("职称", [Span(date(2021, 1, 1), date(2022, 1, 1), "一级教师", "s4")])
    picture = pictures.timeline([lane], date(2020, 1, 1), date(2030, 1, 1), date(2025, 1, 1))
    block = picture.lanes[0].blocks[0]
    assert (block.x, block.width, block.tone, block.y) == (145.1, 59.5, "s4", 28)
    assert (block.text, block.text_class) == ("一级教师", "beside")
    assert (picture.today, picture.bottom, picture.height) == (389.1, 56, 76)
    assert [year for _, year in picture.ticks] == [2020, 2022, 2024, 2026, 2028, 2030]


def test_overlapping_spans_stand_in_rows():
    spans = [Span(date(2020, 1, 1), date(2024, 1, 1), "甲"), Span(date(2022, 1, 1), date(2026, 1, 1), "乙")]
    picture = pictures.timeline([Lane("称号", spans)], date(2020, 1, 1), date(2030, 1, 1), date(2025, 1, 1))
    assert [block.y for block in picture.lanes[0].blocks] == [28, 55]
    assert picture.bottom == 22 + 34 + 27


def test_open_ends_reach_the_edges_and_what_is_outside_is_left_out():
    spans = [Span(None, None, "一直在岗"), Span(date(2001, 1, 1), date(2005, 1, 1), "从前")]
    lane = Lane("学校", spans, [Dot(date(2009, 1, 1), "早"), Dot(date(2020, 1, 1), "在")])
    picture = pictures.timeline([lane], date(2010, 1, 1), date(2030, 1, 1), date(2040, 1, 1))
    assert [(block.x, block.width) for block in picture.lanes[0].blocks] == [(84, 608.5)]
    assert [mark.dot.label for mark in picture.lanes[0].marks] == ["在"]
    assert picture.today is None
    assert [event.span.label for event in picture.events] == ["从前", "一直在岗"]


def test_words_go_before_a_span_at_the_right_edge():
    lane = Lane("帮扶支教", [Span(date(2029, 6, 1), date(2030, 1, 1), "柳河镇中心小学")])
    block = pictures.timeline([lane], date(2010, 1, 1), date(2030, 1, 1), date(2025, 1, 1)).lanes[0].blocks[0]
    assert (block.text, block.text_class) == ("柳河镇中心小学", "beside r")


def test_a_trend_breaks_where_there_is_no_data():
    trend = pictures.trends([Series("支教服务", [("2024", None), ("2025", 50), ("2026", 100)])])[0]
    assert (trend.path, trend.points) == ("M50.0 44.0L96.0 22.0", ((50, 44), (96, 22)))
    assert (trend.last, trend.last_y) == (100, 22)


def test_a_trend_without_its_newest_value_says_so():
    trend = pictures.trends([Series("研修学习", [("2025", 50), ("2026", None)])])[0]
    assert (trend.last, trend.points) == (None, ((4, 44),))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, (63, 30, True)), (-2, (3, 60, False)), (0, (63, 0, True)), (9, (63, 60, True))],
)
def test_a_part_pushes_right_or_pulls_left(value, expected):
    bar = pictures.diverging(value, 2)
    assert (bar.x, bar.width, bar.positive) == expected


def test_a_value_over_its_limit_is_marked_and_kept_on_the_bar():
    bar = pictures.limit_bar(1.2, 0.5, 0.8)
    assert (bar.width, bar.limit, bar.over) == (88, 55, True)
    assert not pictures.limit_bar(0.5, 0.5, 0.8).over
    assert pictures.limit_bar(-1, 0.5, 0.8).width == 0


def test_the_last_of_many_shares_is_the_rest():
    parts = pictures.shares(
        [("甲", Fraction(64, 100)), ("乙", Fraction(23, 100)), ("其他", Fraction(13, 100))]
    )
    assert [(part.x, part.width, part.tone) for part in parts] == [
        (0, 64, "s2"),
        (64, 23, "s4"),
        (87, 13, "rest"),
    ]
    assert [part.tone for part in pictures.shares([("甲", 0.7), ("乙", 0.3)])] == ["s2", "s4"]


def test_a_text_is_clipped_to_its_room():
    assert clipped("清源道小学", 60) == "清源道小学"
    assert clipped("清源道小学", 40) == "清源…"
    assert clipped("清源道小学", 5) == ""
    assert text_width("a中") == pytest.approx(19.2)


@pytest.mark.parametrize(
    ("tone", "expected"),
    [
        ("s1", "on-dark"),
        ("s4", "on-light"),
        ("famous_teacher", "on-dark"),
        ("district_subject_head", "on-light"),
    ],
)
def test_light_text_stands_only_on_dark_tones(tone, expected):
    assert text_class(tone) == expected


def test_a_title_beside_the_tower_has_no_layer():
    assert pictures.layer_of("special_grade") == 0
    assert pictures.tone_class("special_grade") == "t0"


# ── columns and rates ────────────────────────────────────────────────────────────────────────────────────────


def test_columns_stand_on_the_ground_and_stack_upwards():
    given = [Column("2025", [Part("new_talent", 10, "新锐教师"), Part("famous_teacher", 0, "名教师")], "2025"),
             Column("2026", [Part("new_talent", 5, "新锐教师"), Part("famous_teacher", 15, "名教师")], "2026")]
    picture = pictures.columns(given)
    assert [(block.label, block.tone, block.y, block.height) for block in picture.blocks] == [
        ("2025", "t1", 107, 85), ("2026", "t1", 149.5, 42.5), ("2026", "t5", 22, 127.5)]
    assert picture.ticks == ((192, 0), (149.5, 5), (107, 10), (64.5, 15), (22, 20))
    assert [total for _x, _y, total in picture.totals] == [10, 20]
    assert picture.marks == ((180.5, "2025"), (473.5, "2026")) and picture.line is None


def test_many_columns_carry_no_numbers_and_a_wide_picture_is_wide():
    picture = pictures.columns([Column(str(place), [Part("s2", 1, "")]) for place in range(60)], wide=True)
    assert (picture.totals, picture.marks, picture.width) == ((), (), 1240)
    assert picture.end == 1206 and max(block.x + block.width for block in picture.blocks) < 1206, "counts on both sides"


def test_a_line_stands_before_its_column():
    assert pictures.columns([Column("", [Part("s2", 1, "")])] * 2, line=1).line == 327


def test_nothing_to_draw_still_has_an_axis():
    assert pictures.columns([]).ticks == ((192, 0), (22, 1))
    assert pictures.columns([Column("", [Part("s2", 0, "")])]).blocks == ()


@given(st.integers(0, 10**7))
def test_an_axis_has_few_round_steps(largest: int):
    step = tick_step(largest)
    assert str(step).rstrip("0") in ("1", "2", "5") and -(-largest // step) <= 4


def test_schools_that_agree_are_piled_up_at_their_rate():
    picture = pictures.rates([School("甲", 1.0), School("乙", 1.0), School("丙", 0.5), School("丁", None)], 0.8)
    assert [(dot.school.name, dot.x, dot.met) for dot in picture.dots] == [
        ("丙", 309, False), ("甲", 606, True), ("乙", 606, True)]
    assert picture.dots[1].y - picture.dots[2].y == 9
    assert (picture.target, picture.missing, picture.met, picture.mean) == (606, 1, 2, 487.6)
# ── evidence for a number of types ───────────────────────────────────────────────────────────────────────────


def test_a_measure_reaches_from_its_floor_to_its_largest_value() -> None:
    (curve,) = pictures.curves([pictures.Measure("分离度", [(4, 10.0), (5, 20.0), (6, None), (7, 0.0)], 5)])
    assert [(tick.k, tick.x, tick.y, tick.is_marked) for tick in curve.ticks] == [
        (4, 12.0, 46.0, False), (5, 68.0, 18.0, True), (6, 124.0, None, False), (7, 180.0, 74.0, False)]
    assert curve.path == "M12.0 46.0L68.0 18.0M180.0 74.0"


def test_a_measure_that_is_nowhere_known_draws_only_its_axis() -> None:
    (curve,) = pictures.curves([pictures.Measure("吻合", [(4, None)], None)])
    assert (curve.path, [tick.y for tick in curve.ticks]) == ("", [None])
