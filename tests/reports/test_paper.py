"""The board on paper: the data fed, the same bytes for the same data, characters no font has, and who may have it."""

import json
import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from talent import worker
from talent.core.access import Actor, Grant
from talent.core.audit import AuditEvent
from talent.core.config import Settings
from talent.core.errors import NotAllowed, NotFound, RuleViolation
from talent.core.files import content
from talent.core.jobs import Job, findings_of
from talent.core.work import Program
from talent.people.models import School
from talent.reports import commands, queries, signing
from talent.reports.content import Paper, board_data
from talent.reports.drawings import draw
from talent.reports.figures import board
from talent.reports.paper import missing_glyphs, shipped_font, typeset
from talent.words.say import say
from tests.factories import actor, add_account
from tests.reports.district import add_district

ON = date(2026, 9, 8)
HR = Actor(1, "hr", (Grant("hr"),))
PAPER = Paper("明河区教育局", ON, ON, "hr")


def data_of(program: Program) -> dict[str, Any]:
    with program.read(HR) as work:
        return board_data(board(work, ON), PAPER, say)


def pages(pdf: bytes) -> int:
    """The page count of the root of the page tree."""
    return max(int(number) for number in re.findall(rb"/Count (\d+)", pdf))


def test_what_the_template_is_given(program: Program) -> None:
    add_district(program)
    data = data_of(program)
    assert (data["title"], data["bureau"], data["as_of"], data["made"]) == (
        "教师队伍发展看板", "明河区教育局", "数据截至 2026-09-08", "2026-09-08 由hr生成")
    assert data["summary"][:2] == ["在职 4 人", "塔上 1 人，与 2019-09-01 一样多"]
    assert [(section["figure"], section["basis"]) for section in data["sections"]] == [
        ("tower.svg", "assumed"), ("ending.svg", "assumed"), ("hours.svg", "enacted"), ("steps.svg", "enacted"),
        ("away.svg", "")]
    tower, _ending, hours, _steps, away = data["sections"]
    assert tower["rows"][-1] == ["2026-09-08", "0", "0", "0", "0", "0", "1", "1"]
    assert hours["rows"] == [["全区", "4", "2", "2", "50.0%"], ["槐荫里小学", "2", "1", "1", "50.0%"],
                             ["清源道小学", "1", "1", "0", "100.0%"], ["柳堤学校", "1", "0", "1", "—"]]
    assert away["rows"][-1] == ["2026", "0", "0", "0", "0", "0", "0", "0", "1", "1", "—", "—", "—"]
    assert data["sign"] == ["制表", "审核", "单位（盖章）"]
    assert all(len(row) == len(section["heads"]) for section in data["sections"] for row in section["rows"])


def test_the_same_data_give_the_same_bytes(program: Program) -> None:
    add_district(program)
    with program.read(HR) as work:
        figures = board(work, ON)
    data = data_of(program)
    first, second = (typeset("board.typ", data, draw(figures, shipped_font())) for _ in range(2))
    assert first == second and first.startswith(b"%PDF-") and pages(first) >= 2
    other = typeset("board.typ", {**data, "bureau": "别处"}, draw(figures, shipped_font()))
    assert other != first


def test_data_are_never_source(program: Program) -> None:
    """What would be code in the template is printed as it stands."""
    add_district(program)
    with program.begin(HR) as work:
        school = work.session.scalars(select(School).where(School.code == "S1")).one()
        school.name = '#panic("x") $ \\ " ] } <a> *_'
    with program.read(HR) as work:
        figures = board(work, ON)
    data = data_of(program)
    assert '#panic("x")' in json.dumps(data, ensure_ascii=False).replace('\\"', '"')
    assert typeset("board.typ", data, draw(figures, shipped_font())).startswith(b"%PDF-")
    source = (files("talent.reports") / "board.typ").read_text(encoding="utf-8")
    assert "sys.inputs.data" in source and "eval(" not in source


def test_a_character_no_font_has_is_named(program: Program) -> None:
    add_district(program)
    with program.begin(HR) as work:
        work.session.scalars(select(School).where(School.code == "S1")).one().name = "𠮷林小学"
    data = data_of(program)
    assert missing_glyphs(data, [shipped_font()]) == {"𠮷": "𠮷林小学"}
    with pytest.raises(RuleViolation) as refused:
        typeset("board.typ", data, {})
    assert dict(refused.value.findings[0].params) == {"characters": ["𠮷"], "place": ["𠮷林小学"]}
    reason, hint = say(refused.value.findings[0])
    assert "𠮷（出现在𠮷林小学）" in reason and "TALENT_FONT_DIR" in hint


def test_a_further_font_is_looked_into(tmp_path: Path, program: Program) -> None:
    (tmp_path / "more.ttf").write_bytes(shipped_font().read_bytes())
    (tmp_path / "readme.txt").write_text("not a font", encoding="utf-8")
    from talent.reports.paper import fonts

    assert fonts(tmp_path) == [shipped_font(), tmp_path / "more.ttf"]
    assert missing_glyphs(["学校 A1，。", {"a": ("b\n", None, 3)}], fonts(tmp_path)) == {}


# ── in the background ────────────────────────────────────────────────────────────────────────────────────────


def asked(program: Program, who: Actor) -> int:
    with program.begin(who) as work:
        return commands.ask(work, on=ON).id


def test_a_paper_is_made_by_the_worker_for_who_asked(program: Program) -> None:
    add_district(program)
    hr, leader = actor(program, add_account(program, "hr")), actor(program, add_account(program, "leader"))
    job = asked(program, hr)
    assert worker.run_once(program) and not worker.run_once(program)
    with program.read(hr) as work:
        (row,) = queries.reports_of(work)
        stored = queries.paper_of(work, job)
        assert (row.state, row.on, stored.name) == ("done", ON, "教师队伍发展看板 2026-09-08.pdf")
        assert content(program.settings.home, program.vault, stored.stored_as).startswith(b"%PDF-")
        actions = [event.action for event in work.session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
        assert actions[-2:] == ["report:ask", "report:make"]
    with program.read(leader) as work:
        assert list(queries.reports_of(work)) == []
        with pytest.raises(NotFound):
            queries.paper_of(work, job)


def test_a_paper_that_cannot_be_set_says_why(program: Program) -> None:
    add_district(program)
    hr = actor(program, add_account(program, "hr"))
    with program.begin(HR) as work:
        work.session.scalars(select(School).where(School.code == "S1")).one().name = "𠮷林小学"
    job = asked(program, hr)
    worker.run_once(program)
    with program.read(hr) as work:
        failed = work.session.get_one(Job, job)
        assert (failed.state, [each.code for each in findings_of(failed)]) == (
            "failed", ["report.missing_glyphs"])
        with pytest.raises(NotFound):
            queries.paper_of(work, job)


def test_who_may_ask(program: Program) -> None:
    for role in ("principal", "school", "teacher", "finance", "admin", "expert"):
        with program.begin(Actor(3, role, (Grant(role, school_id=1, person_id=1),))) as work, pytest.raises(NotAllowed):
            commands.ask(work, on=ON)


def test_what_looks_like_source_is_printed_as_it_is(tmp_path: Path) -> None:
    """Names and reasons come from people: read as typst's own language this would panic."""
    hostile = '#read("/etc/hostname") $x$ \\ "quoted" [#panic()] @label <label> _under_ *star* // no'
    school = signing.School(hostile, [signing.Line("#import", hostile, 100)])
    sheet = signing.Sheet(hostile, 2026, 1, date(2026, 9, 8), [school])
    pdf = signing.paper(Settings(home=tmp_path), sheet)
    plain = signing.Sheet("#", 2026, 1, date(2026, 9, 8), [signing.School("a", [signing.Line("b", "c", 100)])])
    assert pages(pdf) == pages(signing.paper(Settings(home=tmp_path), plain)) == 1
