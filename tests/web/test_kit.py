"""The page kit: dates as people type them, paging, filters, the date looked at, how figures are written."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from talent.web import kit, templating
from tests.web import gallery

TODAY = date(2026, 9, 8)


@pytest.fixture(scope="module")
def app():
    return gallery.build(testing=True)


@pytest.mark.parametrize(
    "typed",
    [
        "2020-09-01",
        "2020-9-1",
        "2020/9/1",
        "2020.9.1",
        "20200901",
        "2020年9月1日",
        "2020 年 9 月 1 日",
        "２０２０－０９－０１",
    ],
)
def test_a_date_is_read_however_it_is_typed(typed):
    assert kit.read_date(typed) == date(2020, 9, 1)


@pytest.mark.parametrize(
    "typed", ["", "2020-09", "2020-13-01", "2021-02-29", "明天", "2020-09-01-02", "209901"]
)
def test_what_is_no_date_is_not_read(typed):
    assert kit.read_date(typed) is None


@pytest.mark.parametrize(
    ("number", "rows", "total", "expected"),
    [
        (1, 12, 34, (1, 12, 3, "", "/list?page=2")),
        (2, 12, 34, (13, 24, 3, "/list", "/list?page=3")),
        (3, 10, 34, (25, 34, 3, "/list?page=2", "")),
        (1, 0, 0, (0, 0, 1, "", "")),
        (1, 12, 12, (1, 12, 1, "", "")),
    ],
)
def test_a_page_knows_its_place(app, number, rows, total, expected):
    with app.test_request_context("/list"):
        page = kit.Asked(number, 12).page(list(range(rows)), total)
        assert (page.first, page.last, page.pages, page.previous_url, page.next_url) == expected


@pytest.mark.parametrize(
    ("query", "offset"), [("", 0), ("?page=3", 100), ("?page=0", 0), ("?page=x", 0), ("?page=-2", 0)]
)
def test_a_page_asked_for_becomes_an_offset(app, query, offset):
    with app.test_request_context(f"/list{query}"):
        assert kit.asked_page(50).offset == offset


def test_an_address_keeps_the_rest_and_starts_at_the_first_page(app):
    with app.test_request_context("/list?stage=primary&q=林&page=4"):
        assert kit.url_with(stage=None) == "/list?q=%E6%9E%97"
        assert kit.url_with(stage="junior", page=2) == "/list?stage=junior&q=%E6%9E%97&page=2"
        assert kit.url_with(stage=None, q=None) == "/list"


def test_filters_take_only_what_is_offered(app):
    offered = [kit.Filter("stage", "学段", [("primary", "小学")]), kit.Filter("q", "姓名")]
    with app.test_request_context("/list?stage=primary&q=+林+&sort=-name&other=1"):
        filters = kit.Filters.read(offered, ["name"])
        assert filters.chosen == {"stage": "primary", "q": "林"}
        assert [(chip.label, chip.value) for chip in filters.chips] == [("学段", "小学"), ("姓名", "林")]
        assert (filters.sort, filters["absent"]) == ("-name", "")
        assert filters.sort_url("name") == "/list?stage=primary&q=+%E6%9E%97+&sort=name&other=1"
    with app.test_request_context("/list?stage=nonsense&sort=password"):
        assert kit.Filters.read(offered, ["name"], "name") == kit.Filters(offered, {}, "name")


def test_the_date_looked_at_stays_until_today_is_asked_for(app):
    client = app.test_client()
    for address, past in (("/?on=2024-09-01", True), ("/", True), ("/?on=", False), ("/", False)):
        assert ('class="is-past"' in client.get(address).text) is past


@pytest.mark.parametrize("asked", ["1066-10-14", "2999-01-01", "nonsense"])
def test_a_date_out_of_reason_is_today(app, asked):
    with app.test_request_context(f"/?on={asked}"):
        assert kit.as_of(TODAY) == kit.AsOf(TODAY, TODAY)


def test_a_form_strips_text_but_never_a_password(app):
    data = {"host": "  柳河镇中心小学 ", "password": " 空格也算 "}
    with app.test_request_context("/form", method="POST", data=data):
        form = gallery.AssignmentForm()
        assert (form.host.data, form.password.data) == ("柳河镇中心小学", " 空格也算 ")


def test_a_command_runs_only_for_a_valid_form_and_answers_303(app):
    class Empty(kit.BaseForm):
        pass

    calls = []
    with app.test_request_context("/x", method="GET"):
        assert kit.submit(Empty(), lambda: calls.append("get"), "/done") is None
    with app.test_request_context("/x", method="POST"):
        answer = kit.submit(Empty(), lambda: calls.append("post") or 7, lambda number: f"/done/{number}")
        assert answer is not None
        assert (answer.status_code, answer.location) == (303, "/done/7")
    assert calls == ["post"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (templating.money(2400000), "24,000.00"),
        (templating.money(-5), "−0.05"),
        (templating.money(None), "—"),
        (templating.hours(43600), "436"),
        (templating.hours(7450), "74.5"),
        (templating.hours(0), "0"),
        (templating.num(1192), "1,192"),
        (templating.num(Fraction(1, 3), 2), "0.33"),
        (templating.num(Decimal("0.125"), 2), "0.13"),
        (templating.num(-0.04, 1), "0.0"),
        (templating.num(-1250, 0), "−1,250"),
        (templating.pct(Fraction(157, 500)), "31.4%"),
        (templating.pct(1, 0), "100%"),
        (templating.pct(None), "—"),
        (templating.signed(12), "+12"),
        (templating.signed(-3), "−3"),
        (templating.signed(0), "0"),
        (templating.day(date(2026, 9, 1)), "2026-09-01"),
        (templating.month(date(2026, 9, 1)), "2026-09"),
        (templating.day(None), "—"),
        (str(templating.literal("a<b")), '<span class="tl-raw">a&lt;b</span>'),
    ],
)
def test_a_figure_is_written_one_way(written, expected):
    assert written == expected
