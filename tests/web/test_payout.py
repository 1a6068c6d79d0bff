"""Finance's January on the pages: draw, download, take the bank's answer, issue again, reconcile, settle."""

import re
from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from talent.core.work import Program
from tests import factories
from tests.browser_client import Browser, Site, text
from tests.pay.payout.bank import Bank, rows_for, split
from tests.tiers.test_queries import statements

FULL = 2_400_000
HEAD = "流水号,工号,姓名,金额,结果,原因\r\n"


@pytest.fixture
def bank(program: Program) -> Bank:
    """2021 locked: T1 of A and T2 of B all year; A has split."""
    bank = Bank(program)
    bank.locked_year({"T1": "A", "T2": "B"})
    split(program, "A", {"T1": 2_000_000, "T9": 400_000})
    return bank


def visit(site: Site, bank: Bank, name: str) -> Browser:
    """A browser of one of the office's accounts."""
    getattr(bank, name)
    browser = site.browser()
    assert browser.sign_in(name).status_code == 303
    return browser


def seal(browser: Browser, url: str) -> dict[str, str]:
    """What the form of a page carries unseen."""
    found = re.search(r'name="seal"[^>]*value="([^"]*)"', text(browser.get(url)))
    return {"seal": found.group(1)} if found else {}


def answered(bank: Bank, failing: dict[str, str] | None = None) -> bytes:
    """The bank's file on everything that was sent."""
    words = {"paid": "成功", "failed": "失败"}
    lines = [f"{row.reference},{row.staff_no},{row.name},{row.fen // 100}.{row.fen % 100:02d},{words[row.result]},"
             f"{row.reason}" for row in rows_for(bank.items(), failing)]
    return (HEAD + "\r\n".join(lines)).encode("gb18030")


def test_january_of_finance(site: Site, bank: Bank) -> None:
    cashier = visit(site, bank, "finance3")
    home = text(cashier.get("/home/"))
    assert "制 2021 年发放批" in home and "2 笔" in home
    year = text(cashier.get("/pay/payout/2021"))
    assert "1 / 2 所学校已提交分配" in year and "学校还没有提交分配" in year and "24,000.00" in year
    url = "/pay/payout/2021/draw/regular"
    page = text(cashier.get(url))
    assert "人民币贰万肆仟元整" in page and "20,000.00" in page
    made = cashier.submit(url, seal(cashier, url))
    assert made.status_code == 303 and made.location == "/pay/payout/file/1"
    page = text(cashier.get(made.location))
    assert "P202100100001" in page and "应付职工薪酬" in page and "假定" in page
    first, second = (cashier.act("/pay/payout/file/1/download/csv") for _ in range(2))
    assert first.data == second.data and first.data.decode("utf-8-sig").splitlines()[1].startswith("1,P202100100001,T1")
    assert cashier.act("/pay/payout/file/1/download/nothing").status_code == 404
    assert cashier.act("/pay/payout/file/9/download/csv").status_code == 404
    sheet = answered(bank, {"T9": "账户不存在"})
    sent = cashier.submit("/pay/payout/2021/return", {"file": (BytesIO(sheet), "回盘.csv")})
    assert sent.status_code == 303
    page = text(cashier.get(sent.location))
    assert "对上，新的结果" in page and "收下对上的 2 行" in page
    taken = cashier.submit(f"{sent.location}/accept", {**seal(cashier, sent.location), "period": "2026-09"},
                           page=sent.location)
    assert taken.status_code == 303 and bank.due() == {"A": 400_000, "B": FULL}
    again = cashier.submit("/pay/payout/2021/return", {"file": (BytesIO(sheet), "再传.csv")})
    assert again.status_code == 200 and "已由 finance3 收下过" in text(again)
    assert "重发（1 笔）" in text(cashier.get("/pay/payout/2021")) and "重发 2021 年" in text(cashier.get("/home/"))
    assert "账户不存在" in text(cashier.get("/pay/payout/file/1?outcome=failed"))
    ledger = text(cashier.get("/pay/ledger?kind=payment"))
    assert "20,000.00" in ledger and "P202100100001" in ledger


def test_only_finance_acts_and_schools_see_nothing(site: Site, bank: Bank) -> None:
    bank.draw()
    leader = visit(site, bank, "leader")
    assert "第 1 批" in text(leader.get("/pay/payout/2021"))
    assert leader.get("/pay/payout/2021/draw/regular").status_code == 403
    for role in ("principal", "teacher", "hr"):
        browser = site.sign_in(role)
        for url in ("/pay/payout/2021", "/pay/payout/file/1", "/pay/payout/2021/people", "/pay/payout/2021/reconcile"):
            assert browser.get(url).status_code == 403
        assert browser.act("/pay/payout/file/1/download/csv").status_code == 403
    approver = visit(site, bank, "finance2")
    url = "/pay/payout/2021/draw/reissue"
    assert "没有银行退回" in text(approver.get(url))


def test_who_approved_is_told_on_the_form(site: Site, bank: Bank) -> None:
    approver, url = visit(site, bank, "finance2"), "/pay/payout/2021/draw/regular"
    answer = approver.submit(url, seal(approver, url))
    assert answer.status_code == 200 and "须是不同的人" in text(answer) and bank.items() == []


@pytest.mark.parametrize(("content", "said"), [
    (b"a,b\r\n1,2", "没有找到表头"), (HEAD.encode() + "P1,T1,x,1e5,成功,".encode(), "科学记数法"),
    (HEAD.encode() + "P1,T1,x,5,大概,".encode(), "不在可选范围内"), (HEAD.encode(), "没有一行结果"),
    (b"<html>", "网页"), (b"", "空"),
])
def test_a_file_that_cannot_be_read_says_where(site: Site, bank: Bank, content: bytes, said: str) -> None:
    cashier = visit(site, bank, "finance3")
    answer = cashier.submit("/pay/payout/2021/return", {"file": (BytesIO(content), "回盘.csv")})
    assert answer.status_code == 200 and said in text(answer)


def test_every_sum_opens_its_people(site: Site, program: Program, bank: Bank) -> None:
    bank.answer_items(bank.draw(), {"T9": "退"})
    auditor = visit(site, bank, "auditor")
    page = text(auditor.get("/pay/payout/2021/reconcile"))
    assert "2 所学校三方不一致" in page and "银行退回，待重发" in page and "学校还没有提交分配" in page
    assert "/pay/payout/2021/people?school=A&amp;why=failed" in page
    people = text(auditor.get("/pay/payout/2021/people?school=A&why=failed"))
    assert "T9" in people and "教师0" not in people and "4,000.00" in people
    assert "这一年还没有记账" in text(auditor.get("/pay/payout/2021/reconcile?on=2026-09-07"))
    assert auditor.act("/pay/payout/2021/reconcile").headers["Content-Disposition"].startswith("attachment")


def test_the_pages_cost_the_same_for_every_district(site: Site, program: Program, bank: Bank) -> None:
    auditor, cashier = visit(site, bank, "auditor"), visit(site, bank, "finance3")
    forms = ("/pay/payout/2021/draw/regular", "/pay/payout/2021/draw/reissue", "/pay/payout/2021/return",
             "/pay/payout/2021/closing", f"/pay/payout/2021/recover/{factories.add_person(program, 'T1')}/A", "/home/")
    bank.answer_items(bank.draw())
    acts = [count(program, cashier, url) for url in forms]
    urls = ("/pay/payout/2021", "/pay/payout/file/{}", "/pay/payout/2021/people", "/pay/payout/2021/reconcile",
            "/pay/payout/return/{}")
    few = [count(program, auditor, url.format(1)) for url in urls]
    split(program, "B", {"T2": 1_400_000, **{f"T{number}": 100_000 for number in range(20, 30)}})
    bank.answer_items(bank.draw(), {"T21": "退"})
    assert [count(program, auditor, url.format(2)) for url in urls] == few
    assert [count(program, cashier, url) for url in forms] == acts
    assert max(few) <= 13 and max(acts) <= 22 and acts[-1] <= 13


def count(program: Program, browser: Browser, url: str) -> int:
    with statements(program) as sent:
        assert browser.get(url).status_code == 200
    return len(sent)


def test_what_was_paid_too_much_is_recorded_as_it_comes_back(site: Site, program: Program, bank: Bank) -> None:
    bank.answer_items(bank.draw())
    split(program, "A", {"T1": 2_300_000, "T8": 100_000})
    cashier, leader = visit(site, bank, "finance3"), visit(site, bank, "leader")
    assert "收回 2021 年多付的" in text(cashier.get("/home/"))
    people = "/pay/payout/2021/people?why=back"
    found = re.search(r'href="(/pay/payout/2021/recover/\d+/A)">4,000.00', text(cashier.get(people)))
    assert found and "/recover/" not in text(leader.get(people)) and leader.get(found.group(1)).status_code == 403
    url = found.group(1)
    page = text(cashier.get(url))
    assert "多付 4,000.00 元" in page and 'value="4000.00"' in page
    typed = {"seen": "400000", "amount": "1,5o0", "means": "repaid", "document": "收 0042", "received_on": "2026-09-08",
             "period": "2026-09"}
    assert "1234.56" in text(cashier.submit(url, typed))
    assert "不超过多付的 4,000.00 元" in text(cashier.submit(url, {**typed, "amount": "4000.01"}))
    assert cashier.submit(url, {**typed, "amount": "１,５00.5"}).status_code == 303
    page = text(cashier.get(url))
    assert "收 0042" in page and "1,500.50" in page and "多付 2,499.50 元" in page
    assert cashier.submit(url, {**typed, "amount": "1"}).status_code == 409
    assert cashier.submit(url, {**typed, "seen": "249950", "amount": "2499.5"}).status_code == 303
    assert "没有多付的" in text(cashier.get(url)) and "收回 2021 年多付的" not in text(cashier.get("/home/"))
    assert "收 0042" in text(cashier.get("/pay/ledger?kind=recovery")) and bank.verify() == []
    for odd in (url.replace("/A", "/B"), url.replace("/A", "/X"), "/pay/payout/2021/recover/999/A",
                url.replace("2021", "1999")):
        assert cashier.get(odd).status_code == 404


def test_odd_addresses_are_not_found(site: Site, bank: Bank) -> None:
    cashier = visit(site, bank, "finance3")
    for url in ("/pay/payout/1999", "/pay/payout/2021/draw/other", "/pay/payout/1999/draw/regular",
                "/pay/payout/file/7", "/pay/payout/return/7", "/pay/payout/1999/return",
                "/pay/payout/1999/people", "/pay/payout/1999/reconcile", "/pay/payout/1999/closing"):
        assert cashier.get(url).status_code == 404
    assert cashier.submit("/pay/payout/2021/draw/regular", {"seal": "x"}).status_code == 409


def test_a_year_is_closed_with_its_evidence_and_opened_again_by_two(site: Site, bank: Bank) -> None:
    bank.draw()
    cashier, leader = visit(site, bank, "finance3"), visit(site, bank, "leader")
    page, close = "/pay/payout/2021/closing", "/pay/payout/2021/close"
    looked = seal(cashier, page)
    refused = cashier.submit(close, {**looked, "reason": ""}, page=page)
    assert refused.status_code == 200 and "请先写明理由" in text(refused)
    bank.stage(rows_for(bank.items()))
    assert cashier.submit(close, {**looked, "reason": "B 校明年补发"}, page=page).status_code == 409
    assert cashier.submit(close, {**seal(cashier, page), "reason": "B 校明年补发"}, page=page).status_code == 303
    assert "已结账" in text(leader.get(page)) and "已结账，不再发放" in text(cashier.get("/pay/payout/2021"))
    assert "2021 年发放批" not in text(cashier.get("/home/"))
    assert leader.act("/pay/payout/closing/1/evidence").data[:2] == b"PK"
    assert site.sign_in("hr").act("/pay/payout/closing/1/evidence").status_code == 403
    assert cashier.submit(close, {"reason": "再结"}, page=page).status_code == 409
    split(bank.program, "B", {"T2": FULL})
    url = "/pay/payout/2021/draw/regular"
    assert "已结账" in text(cashier.submit(url, seal(cashier, url)))
    assert cashier.submit("/pay/payout/2021/reopen", {"reason": "补发"}, page=page).status_code == 303
    assert "批准重新打开 2021 年" in text(leader.get("/home/")) and "批准重新打开" not in text(cashier.get("/home/"))
    assert cashier.act("/pay/payout/closing/2/approve").status_code == 422
    assert leader.act("/pay/payout/closing/2/approve").status_code == 303
    assert "批准重新打开" not in text(leader.get("/home/"))
    assert cashier.submit(url, seal(cashier, url)).status_code == 303 and bank.verify() == []


def test_what_goes_to_finance_adds_up_to_the_fen(site: Site, bank: Bank) -> None:
    split(bank.program, "B", {"T2": FULL - 5, "=T8": 5})
    bank.draw()
    cashier = visit(site, bank, "finance3")

    def rows(form: str) -> list[list[object]]:
        content = cashier.act(f"/pay/payout/file/1/download/{form}").data
        return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()

    table = rows("xlsx")
    amounts = [row[4] for row in table if isinstance(row[0], float)]
    assert [Decimal(str(each)).scaleb(2) for each in amounts] == [2_000_000, 400_000, 5, FULL - 5]
    total = next(row for row in table if row[0] == "合计")
    assert total[4] == 48_000 and next(row for row in table if row[0] == "大写")[1] == "人民币肆万捌仟元整"
    voucher = rows("voucher")
    lines = [row for row in voucher if str(row[0]).startswith("付")]
    assert sum(float(row[2] or 0) for row in lines) == sum(float(row[3] or 0) for row in lines) == 48_000
    assert {row[1] for row in lines} == {"应付职工薪酬—绩效工资", "财政拨款收入"}
    assert any("假定值" in str(cell) for row in voucher for cell in row)
    bank_table = cashier.act("/pay/payout/file/1/download/csv_gb18030").data.decode("gb18030").splitlines()
    assert bank_table[0] == "序号,流水号,工号,姓名,金额,附言"
    assert bank_table[3].split(",")[2:5] == ["'=T8", "张三", "0.05"]
    sheets = CalamineWorkbook.from_filelike(BytesIO(cashier.act("/pay/payout/file/1/download/signatures").data))
    assert len(sheets.sheet_names) == 2
    first, second = (cashier.act("/pay/payout/file/1/paper") for _ in range(2))
    assert first.data[:5] == b"%PDF-" and first.data == second.data
    auditor = visit(site, bank, "auditor")
    assert "下载发放文件" in text(auditor.get("/audit/?action=payout:download"))
