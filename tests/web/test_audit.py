"""The audit page: everything that was done, for those who read it, and words for every act."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from talent.core import terms
from talent.core.access import operator
from talent.people import rules as person_rules
from talent.people import school_rules
from tests.browser_client import Site, text
from tests.factories import add_school

ROOT = Path(__file__).resolve().parents[2]


def recorded() -> Iterator[ast.Call]:
    """Every ``….record(…)`` in the program."""
    for path in (ROOT / "talent").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record":
                yield node


def literal(position: int) -> set[str]:
    """What stands written out at one place of every record."""
    given = [call.args[position] for call in recorded() if len(call.args) > position]
    return {str(each.value) for each in given if isinstance(each, ast.Constant)}


def test_every_act_has_a_word() -> None:
    acts = {f"person:{act}" for act in person_rules.ACTS} | {f"school:{act}" for act in school_rules.ACTS}
    assert (literal(0) | acts) - set(terms.AUDIT_ACTION.values()) == set()


def test_every_object_and_every_detail_has_a_word() -> None:
    details = {each.arg for call in recorded() if len(call.args) > 1 for each in call.keywords if each.arg}
    assert literal(1) - set(terms.AUDIT_SUBJECT.values()) == set()
    assert details - set(terms.AUDIT_DETAIL.values()) == set()
    assert len(details) > 100 and len(literal(1)) > 25


def test_the_auditor_reads_and_narrows(site: Site) -> None:
    with site.program.begin(operator()) as work:
        work.record("policy:propose", "policy", "rounds.days", value=5)
    auditor = site.sign_in("auditor")
    page = text(auditor.get("/audit/"))
    assert "提出政策参数" in page and "rounds.days" in page and "登录" in page
    page = text(auditor.get("/audit/?action=policy:propose"))
    assert page.count("<td class=\"key tl-nowrap\">") == 1 and "rounds.days" in page
    assert "没有符合条件的审计记录" in text(auditor.get("/audit/?action=policy:propose&until=2026-09-07"))
    assert "rounds.days" in text(auditor.get("/audit/?since=2026-09-08&until=2026-09-08&actor=operator"))


def test_each_sheet_of_an_import_stands_on_its_own_line_in_its_own_words(site: Site) -> None:
    sheets = [{"sheet": "教职工", "added": 9}, {"sheet": "培训", "added": 0}]
    with site.program.begin(operator()) as work:
        work.record("import:accept", "import", 7, sheets=sheets, good_rows_only=False, note="", kept={})
    page = text(site.sign_in("auditor").get("/audit/?action=import:accept"))
    detail = page.split('class="tl-small tl-break">')[1].split("</td>")[0]
    assert re.findall(r'<span class="tl-raw">([^<]*)</span>', detail) == [
        "只导入无误的行 否", "各表：新增 9，表 教职工", "各表：新增 0，表 培训"]


def test_codes_ids_and_sums_are_told_in_words(site: Site) -> None:
    school_id = add_school(site.program, "A", "青石桥小学")
    with site.program.begin(operator()) as work:
        work.record("award:change", "pay_distribution", 1, method="months", school_id=school_id,
                    moved={"0101573": [1_600_000, 700_000], "0101272 代课": [None, 900_000]})
        work.record("pay:export", "pay_payout", 1, kind="regular", files=["甲.xlsx", "乙.xlsx"])
        work.record("pay:compute", "pay_batch", 1, convention="month_min_days", kinds=["training"], reason="regular")
    page = text(site.sign_in("auditor").get("/audit/"))
    for line in ("办法 按计入月数", "学校编号 青石桥小学", "0101573：16,000.00 元 → 7,000.00 元",
                 "0101272 代课：— → 9,000.00 元",
                 "种类 发放", "各文件 甲.xlsx、乙.xlsx", "口径 当月满 15 天计 1/12", "各种类 培训", "理由 regular"):
        assert f'<span class="tl-raw">{line}</span>' in page, line


def test_what_was_typed_is_shown_and_not_run(site: Site) -> None:
    with site.program.begin(operator()) as work:
        work.record("policy:propose", "policy", "<svg onload=1>", value="{{7*7}}<b>")
    page = text(site.sign_in("auditor").get("/audit/"))
    assert "&lt;svg onload=1&gt;" in page and "{{7*7}}&lt;b&gt;" in page


def test_nobody_else_reads_it(site: Site) -> None:
    for role in ("admin", "hr", "finance", "teacher"):
        assert site.sign_in(role).get("/audit/").status_code == 403, role
