"""The evidence book: what is on the board stands in it, no name does, and somebody is known to have taken it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.errors import NotAllowed
from talent.core.language import reading_in
from talent.core.work import Program
from talent.indicators import commands
from talent.people.models import School
from talent.words.say import say
from talent.workbooks.guard import COMMAND_LINE
from talent.workbooks.reader import read
from tests.indicators.test_people import ON, town

__all__ = ["town"]


def sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {sheet.name: [tuple(row) for row in sheet.rows] for sheet in read(path, COMMAND_LINE).sheets}


def test_the_book_holds_the_board_and_is_audited(town: Program, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with town.begin(operator()) as work:
        rows = commands.export_evidence(work, on=ON, path=path, say=say)
    found = sheets(path)
    assert list(found) == ["说明", "七项指标", "各校", "还缺多少", "教师队伍", "规模和班额", "编制", "缺的数据"]
    assert sum(len(lines) - 1 for lines in found.values()) == rows
    assert len(found["七项指标"]) == 15 and len(found["各校"]) == 5
    (p1,) = [row for row in found["各校"] if row[1] == "P1"]
    assert (p1[3], p1[5:9]) == (100, pytest.approx((4 / 3, 4 / 3, 4 / 3, 4 / 3)))
    assert not any(cell in ("A", "G") for lines in found.values() for row in lines for cell in row)
    with town.read(operator()) as work:
        event = work.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert (event.action, event.subject, event.subject_key) == ("indicator:export", "export", "evidence")


def test_every_sheet_has_as_many_heads_in_english(town: Program, tmp_path: Path) -> None:
    with reading_in("en"), town.begin(operator()) as work:
        commands.export_evidence(work, on=ON, path=tmp_path / "en.xlsx", say=say)
    with town.begin(operator()) as work:
        commands.export_evidence(work, on=ON, path=tmp_path / "zh.xlsx", say=say)
    english, chinese = sheets(tmp_path / "en.xlsx"), sheets(tmp_path / "zh.xlsx")
    assert [len(lines[0]) for lines in english.values()] == [len(lines[0]) for lines in chinese.values()]
    assert list(english)[1] == "Seven indicators"


def test_a_cell_is_never_a_formula(town: Program, tmp_path: Path) -> None:
    with town.begin(operator()) as work:
        work.session.execute(update(School).where(School.code == "P1").values(name="=1+1"))
    with town.begin(operator()) as work:
        commands.export_evidence(work, on=ON, path=tmp_path / "book.xlsx", say=say)
    assert any(row[2] == "=1+1" for row in sheets(tmp_path / "book.xlsx")["各校"])


@pytest.mark.parametrize("export", [commands.export_evidence, commands.export_missing])
def test_only_who_may_read_the_board_takes_it_out(program: Program, tmp_path: Path, export: Any) -> None:
    for role in ("teacher", "principal", "finance", "admin"):
        actor = Actor(None, role, (Grant(role, school_id=1, person_id=1),))
        with program.begin(actor) as work, pytest.raises(NotAllowed):
            export(work, on=ON, path=tmp_path / "book.xlsx", say=say)
    assert not (tmp_path / "book.xlsx").exists()
