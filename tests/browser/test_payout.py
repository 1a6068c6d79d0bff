"""Finance's year: send the payroll file, read the bank's answers, send again, reconcile, settle, close."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from talent.core.access import operator
from talent.core.work import Program
from talent.pay.commands import verify
from tests.browser.conftest import Visitor
from tests.browser.paid import PAID_YEAR, lock_year, pay_out

pytestmark = pytest.mark.browser

YEAR = 2025


def download(visitor: Visitor, row: str) -> bytes:
    """What the button beside a row of the page sends."""
    with visitor.page.expect_download() as taken:
        visitor.page.get_by_role("listitem").filter(has_text=row).get_by_role("button", name="下载").click()
    return Path(taken.value.path()).read_bytes()


def draw(visitor: Visitor, link: str, title: str) -> bytes:
    """A payroll file made from the year's page; the bank's table of it."""
    visitor.open(f"/pay/payout/{YEAR}")
    visitor.page.get_by_role("link", name=link).click()
    visitor.page.get_by_role("button", name="制成发放批").click()
    expect(visitor.page.locator("h1")).to_contain_text(title)
    first = download(visitor, "银行代发表（UTF-8）")
    assert first == download(visitor, "银行代发表（UTF-8）")
    return first


def answer(visitor: Visitor, folder: Path, table: bytes, failing: int) -> int:
    """The bank answers the table, refusing its first rows, and finance takes the answer over; how many rows."""
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    said = [("失败", "账户不存在") if at < failing else ("成功", "") for at in range(len(rows))]
    lines = ["流水号,工号,姓名,金额,结果,原因", *(
        ",".join([row["流水号"], row["工号"], row["姓名"], row["金额"], *words])
        for row, words in zip(rows, said, strict=True))]
    path = folder / f"回盘{len(rows)}-{failing}.csv"
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    visitor.open(f"/pay/payout/{YEAR}")
    visitor.page.get_by_role("link", name="上传回盘").click()
    visitor.page.set_input_files("input[type=file]", str(path))
    visitor.page.get_by_role("button", name="上传并核对").click()
    expect(visitor.page.locator("main")).to_contain_text("对上，新的结果")
    visitor.page.get_by_role("button", name=f"收下对上的 {len(rows)} 行").click()
    expect(visitor.page.locator("main")).to_contain_text("收下，付成的记入")
    return len(rows)


def test_a_year_from_the_split_to_the_evidence(
    visit: Callable[..., Visitor], district: Program, tmp_path: Path
) -> None:
    """One refused sum goes out again alone; then the three accounts agree, the year is paid and closed."""
    lock_year(district, YEAR)
    cashier = visit("cashier")
    cashier.page.get_by_role("link", name="去制批").first.click()
    sent = draw(cashier, "制发放批", "第 1 批")
    assert sent.startswith(b"\xef\xbb\xbf") and answer(cashier, tmp_path, sent, 1) > 1
    again = draw(cashier, "重发（1 笔）", "第 2 批")
    assert "-R1" in again.decode() and answer(cashier, tmp_path, again, 0) == 1
    cashier.open(f"/pay/payout/{YEAR}")
    cashier.page.get_by_role("link", name="三方对账").click()
    expect(cashier.page.locator("main")).to_contain_text("账簿、学校分配、银行三方一致。")
    cashier.page.locator("main a[href*='/people?school=']").first.click()
    expect(cashier.page.locator("h1")).to_contain_text("发放到人")
    cashier.open(f"/pay/payout/{YEAR}")
    cashier.page.locator("summary", has_text="核对付款完毕").click()
    cashier.page.get_by_role("button", name="核对付款完毕").click()
    expect(cashier.page.locator("main")).not_to_contain_text("核对付款完毕")
    cashier.page.get_by_role("link", name="结账").click()
    cashier.page.get_by_role("button", name="结账并保存证据包").click()
    expect(cashier.page.locator("main")).to_contain_text("已结账")
    with cashier.page.expect_download() as taken:
        cashier.page.get_by_role("button", name="下载证据包").click()
    with zipfile.ZipFile(taken.value.path()) as book:
        assert {"manifest.json", "ledger.csv", "payouts/002/csv.csv", "returns.csv", "year_acts.csv"} <= set(
            book.namelist()) and book.testzip() is None
    with district.read(operator()) as work:
        assert verify(work.session) == []
    assert cashier.overflow() <= 0 and cashier.problems == []


def test_what_was_paid_too_much_comes_back(visit: Callable[..., Visitor], district: Program) -> None:
    pay_out(district)
    cashier = visit("cashier")
    cashier.open(f"/pay/payout/{PAID_YEAR}/people?why=back")
    cashier.page.locator("main a[href*='/recover/']").first.click()
    expect(cashier.page.locator("main")).to_contain_text("多付 1,000.00 元")
    cashier.page.get_by_label("收回金额").fill("400")
    cashier.page.get_by_label("凭据号").fill("缴款书 0042")
    cashier.page.get_by_role("button", name="登记并记账").click()
    expect(cashier.page.locator("main")).to_contain_text("多付 600.00 元")
    expect(cashier.page.locator("main")).to_contain_text("缴款书 0042")
    assert cashier.overflow() <= 0 and cashier.problems == []
