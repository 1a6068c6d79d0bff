"""Numbers, seeds, passwords in a working program: no plain byte on the disk, in the database, a backup or a log."""

import io
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from talent.cli import archive
from talent.core.work import Program
from talent.schema import metadata
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.web.test_imports import decide, hand_in
from tests.web.test_proof import enrol

NUMBER, DAMAGED, PHONE, LATER = "11010519491231002X", "110105194912310021", "13812345678", "13912345678"
PASSWORD = "a wrong long 口令 of mine"
SCHOOLS = "学校代码,学校名称,办学类型\n0001,第一小学,小学\n"
HEAD = "工号,姓名,证件号码,手机号码,学校代码,学段,人员类别,学历,到校日期,从教日期,在岗状态\n"
ROW = "0101,张三,{number},{phone},0001,小学,专任教师,本科,2015-09-01,2010-09-01,在岗\n"


def roster(number: str, phone: str) -> bytes:
    return (HEAD + ROW.format(number=number, phone=phone)).encode("utf-8-sig")


def everything(program: Program, folder: Path, log: io.StringIO) -> dict[str, bytes]:
    """Every byte the program left: its home but for the keys, the database and its journal, a backup, the log."""
    file = folder / "backup.tar"
    archive.write(program, file)
    home = program.settings.home
    places = {str(path): path.read_bytes() for path in home.rglob("*")
              if path.is_file() and program.settings.keys_folder not in path.parents}
    places |= {path.name: path.read_bytes() for path in folder.glob("talent.db*")}
    places |= {"backup": file.read_bytes(), "log": log.getvalue().encode(), "rows": _rows(program)}
    return places


def _rows(program: Program) -> bytes:
    """Every value of every table, in the open."""
    with program.engine.connect() as connection:
        return b"\n".join(
            value if isinstance(value, bytes) else str(value).encode()
            for table in metadata.sorted_tables for row in connection.execute(sql(f"SELECT * FROM {table.name}"))
            for value in row)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything any library says at its most talkative."""
    stream = io.StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def work_through(site: Site) -> list[str]:
    """A roster imported, changed and damaged; a seed; a password in the wrong field; a number looked at."""
    hr = site.sign_in("hr")
    decide(site, hr, hand_in(site, hr, SCHOOLS.encode("utf-8-sig"), "学校.csv"), encoding="1", warnings="1")
    for number, phone in ((NUMBER, PHONE), (NUMBER, LATER)):
        page = hand_in(site, hr, roster(number, phone), "教职工.csv")
        decide(site, hr, page, encoding="1", warnings="1")
    refused = hand_in(site, hr, roster(DAMAGED, PHONE), "教职工.csv")
    assert DAMAGED not in text(hr.get(refused))
    number = text(hr.submit("/privacy/number/1/id_number", {"reason": "identity"}))
    assert NUMBER in number
    seed, codes = enrol(site, hr)
    _type_a_password_as_a_name(site.browser())
    return [seed, codes[0], codes[0].replace("-", "")]


def _type_a_password_as_a_name(browser: Browser) -> None:
    browser.sign_in(PASSWORD[:40], PASSWORD)


def test_no_plain_byte_is_left_anywhere(
    site: Site, program: Program, tmp_path: Path, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    secrets = [NUMBER, DAMAGED, PHONE, LATER, PASSWORD, PASSWORD[:40], factories.PASSWORD, *work_through(site)]
    places = everything(program, tmp_path, log)
    assert [(name, each) for name, found in places.items() for each in secrets if each.encode() in found] == []
    assert list(scratch.iterdir()) == []
    assert any("110***" in content.decode("utf-8", "ignore") for content in places.values()), "masks are there"
