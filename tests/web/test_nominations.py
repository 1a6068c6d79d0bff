"""Nominations on the site: the school proposes, HR approves under a document; everybody else finds nothing."""

import re

import pytest

from talent.core.work import Program
from tests.browser_client import Browser, Site, text
from tests.exchange.test_entries import added, district
from tests.exchange.test_nominations import DOCUMENT, nominate, spells
from tests.tiers.test_queries import statements
from tests.web.test_corrections import plain

__all__ = ["district"]
HOME = "/assistance/nominations/"
TYPED = {"staff_no": "T1", "host": "柳河小学", "kind": "paired", "started_on": "2026-09-15", "ended_on": "2027-07-10",
         "why": "自愿报名"}


def answer(browser: Browser, number: int, act: str, **typed: str) -> str:
    """Answer a nomination from its own page, as a person does."""
    page = text(browser.get(f"{HOME}{number}"))
    hidden = {name: re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)[0] for name in ("version", "seen")}
    return text(browser.act(f"{HOME}{number}/{act}", **hidden, **typed))


def test_a_nomination_goes_its_way(site: Site, district: Program) -> None:
    school, hr = site.sign_in("school"), site.sign_in("hr")
    empty = text(school.submit(f"{HOME}new", {}))
    assert "没有写理由" in empty or 'class="error"' in empty
    sent = school.submit(f"{HOME}new", {**TYPED, "staff_no": "张三"})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{HOME}1")
    shown = plain(text(school.get(f"{HOME}1")))
    assert "受援单位 柳河小学" in shown and "撤回" in shown and "批准文号" not in shown
    assert "批准支教提名和变动" in text(hr.get("/home/")) and "张三" in text(hr.get(HOME))
    assert "要写批准文号" in answer(hr, 1, "approve") and spells(district) == []
    assert "退回要写明理由" in answer(hr, 1, "return")
    answer(hr, 1, "approve", document_no=DOCUMENT)
    assert [each[3] for each in spells(district)] == [DOCUMENT]
    shown = plain(text(school.get(f"{HOME}1")))
    assert DOCUMENT in shown and "已批准" in shown and "撤回" not in shown
    assert "批准支教提名和变动" not in text(hr.get("/home/"))
    told = plain(text(school.get("/records/assistance/1?on=2026-09-15")))
    assert "学校提出" in told and "人事科批准" in told and "换受援单位" in told


def test_what_came_back_is_sent_again(site: Site, district: Program) -> None:
    nominate(district)
    school, hr = site.sign_in("school"), site.sign_in("hr")
    answer(hr, 1, "return", answer="人数已满")
    assert "看退回的支教提名" in text(school.get("/home/")) and "人数已满" in text(school.get(f"{HOME}1"))
    again = re.search(rf'href="({HOME}new\?again=1)"', text(school.get(f"{HOME}1")))
    assert again and 'value="柳河小学"' in text(school.get(again.group(1)))


@pytest.mark.parametrize(("path", "typed", "said"), [
    ("end", {"ended_on": "2026-10-31"}, "结束日期 2026-10-31"),
    ("move", {"host": "河东小学", "kind": "paired", "started_on": "2026-11-01", "ended_on": "2027-07-10"},
     "批准后结束于 2026-10-31"),
])
def test_a_change_is_asked_from_the_record(
    site: Site, district: Program, path: str, typed: dict[str, str], said: str
) -> None:
    record = added(district, "assistance", ended_on="2027-07-10").record_id
    school = site.sign_in("school")
    form = f"{HOME}{record}/{path}"
    assert form in text(school.get(f"/records/assistance/{record}"))
    assert 'value="柳河小学"' not in text(school.get(form))
    sent = school.submit(form, {**typed, "why": "来函", "version": "1"})
    assert sent.status_code == 303 and said in plain(text(school.get(f"{HOME}1")))
    stale = school.submit(form, {**typed, "why": "来函", "version": "9"})
    assert stale.status_code == 409 and "已被别人改过" in text(stale)


def test_a_principal_reads_what_the_school_named_and_changes_nothing(site: Site, district: Program) -> None:
    number = nominate(district)
    principal = site.sign_in("principal")
    assert "张三" in text(principal.get(HOME)) and "张三" in text(principal.get(f"{HOME}all"))
    shown = text(principal.get(f"{HOME}{number}")).partition("<main")[2]
    assert "张三" in shown and f"{HOME}{number}/" not in shown
    assert principal.get(f"{HOME}new").status_code == 403


def test_a_principal_finds_nothing_of_another_school(site: Site, district: Program) -> None:
    other = site.sign_in("principal", school_code="S2")
    assert other.get(f"{HOME}{nominate(district)}").status_code == 404
    assert "张三" not in text(other.get(f"{HOME}all"))


def test_overlaps_are_shown_to_who_decides(site: Site, district: Program) -> None:
    added(district, "assistance", host="河东小学", started_on="2026-01-01", ended_on="2026-12-31")
    nominate(district)
    assert "与另一段支教重叠：河东小学 2026-01-01 至 2026-12-31" in text(site.sign_in("hr").get(f"{HOME}1"))


def test_other_roles_and_schools_find_nothing(site: Site, district: Program) -> None:
    number = nominate(district)
    for role, status in (("principal", 200), ("teacher", 403), ("finance", 403), ("leader", 403), ("hr", 200)):
        assert site.sign_in(role).get(f"{HOME}{number}").status_code == status
    other = site.sign_in("school", school_code="S2")
    assert other.get(f"{HOME}{number}").status_code == 404
    assert "张三" not in text(other.get(f"{HOME}all"))
    assert site.sign_in("hr").get(f"/corrections/{number}").status_code == 404


def test_a_longer_list_takes_no_more_statements(site: Site, district: Program) -> None:
    nominate(district)
    hr = site.sign_in("hr")
    counts = []
    for host in ("河东小学", ""):
        with statements(district) as found:
            hr.get(HOME)
        counts.append(len(found))
        if host:
            nominate(district, host=host)
            nominate(district, host=f"{host}分校")
    assert counts[0] == counts[1] <= 8
