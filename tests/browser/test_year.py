"""A year of the incentive as school, HR office, finance and leader play it, from the computation to the evidence."""

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from talent.core.access import operator
from talent.core.work import Program
from talent.pay.acts import acts_of
from talent.pay.book import answering_schools, standing
from talent.pay.commands import verify
from talent.pay.models import PayBatch
from talent.people.models import Person
from tests.browser.conftest import Visitor
from tests.browser.splits import DistrictOffice
from tests.browser.test_journeys import LOGINS
from tests.pay.payout.bank import split

pytestmark = pytest.mark.browser

YEAR, PERIOD, CODE = 2026, "2026-08", LOGINS["school"].school_code or ""


class Desks:
    """Everybody who has a hand in it, each at a screen of their own."""

    def __init__(self, visit: Callable[..., Visitor]) -> None:
        self.cashier, self.finance, self.hr, self.leader = map(visit, ("cashier", "finance", "hr", "leader"))
        self.clerk, self.head = visit("school"), visit("principal", 390, 844)

    def quiet(self) -> None:
        """Nobody saw an error in the console, or a page wider than the screen."""
        for desk in (self.cashier, self.finance, self.hr, self.leader, self.clerk, self.head):
            assert (desk.problems, max(desk.overflow(), 0)) == ([], 0), desk.name


def press(desk: Visitor, address: str, button: str, said: str, **typed: str) -> None:
    """Open a page, fill its fields, press its button, and read what is said then."""
    desk.open(address)
    for name, value in typed.items():
        field = desk.page.locator(f"main [name={name}]").first
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    desk.page.locator("main").get_by_role("button", name=button, exact=True).first.click()
    expect(desk.page.locator("main")).to_contain_text(said)


def test_a_year_of_the_incentive(visit: Callable[..., Visitor], district: Program, tmp_path: Path) -> None:
    desks = Desks(visit)
    december(desks, district)
    january(desks, district, tmp_path)
    july(desks)
    august(desks)
    desks.quiet()
    with district.read(operator()) as work:
        assert verify(work.session) == []


# ── December: days confirmed, computed, compared, approved, locked ───────────────────────────────────────────


def december(desks: Desks, district: Program) -> None:
    press(desks.cashier, f"/pay/?year={YEAR}", "计算", "第 1 次核算")
    desks.cashier.page.get_by_role("link", name="逐人比较").click()
    expect(desks.cashier.page.locator("h1")).to_contain_text("五种口径逐人比较")
    with district.read(operator()) as work:
        batch = work.session.scalars(select(PayBatch).where(PayBatch.year == YEAR)).one()
        schools = {code for code, _ in answering_schools(work.session, acts_of(work.session, batch)).values()}
        batch_id = batch.id
    way = f"/pay/batch/{batch_id}"
    desks.head.open("/home/")
    desks.head.page.locator(f"main a[href='{way}/school/{CODE}']").first.click()
    desks.head.page.get_by_role("button", name="无误，确认").click()
    expect(desks.head.page.locator("main")).to_contain_text("确认")
    for code in sorted(schools - {CODE}):  # the other schools do the same
        DistrictOffice(district).answer(batch_id, code)
    press(desks.hr, f"{way}/review", "人事复核", "已复核")
    press(desks.finance, f"{way}/approve", "批准", "已批准")
    press(desks.leader, f"{way}/approve", "批准", "已批准")
    acknowledge(desks.hr, f"{way}/acknowledge")
    press(desks.finance, f"{way}/assume", "具名确认", "明教〔2026〕3号", document="明教〔2026〕3号")
    press(desks.finance, "/pay/periods", "提出", PERIOD, code=PERIOD, reason="月结")
    desks.leader.open("/pay/periods")
    desks.leader.page.locator("tr", has_text=PERIOD).get_by_role("button", name="批准").click()
    expect(desks.leader.page.locator("tr", has_text=PERIOD)).to_contain_text("已批准")
    press(desks.finance, f"{way}/lock", "锁定并记账", "已锁定并记账", period=PERIOD)


def acknowledge(hr: Visitor, address: str) -> None:
    """Whatever is open is answered for by name."""
    hr.open(address)
    for box in hr.page.locator("input[name=finding]").all():
        box.check()
    if hr.page.locator("input[name=finding]").count():
        hr.page.get_by_role("button", name="具名知悉").click()
        expect(hr.page.locator("main")).to_contain_text("具名")


# ── January: split, submitted, sent to the bank, one sum refused and sent again ──────────────────────────────


def january(desks: Desks, district: Program, folder: Path) -> None:
    address = f"/pay/awards/{YEAR}/{CODE}"
    desks.clerk.open("/home/")
    desks.clerk.page.locator(f"main a[href='{address}']").first.click()
    desks.clerk.page.get_by_role("button", name="按计入月数").click()
    expect(desks.clerk.page.locator("main")).to_contain_text("各人之和等于总量")
    press(desks.clerk, f"{address}/notice", "登记", "没有缺的。", start="2026-08-24", end="2026-08-31",
          where="校务公开栏")
    press(desks.head, f"{address}/submit", "提交", "已提交")
    with district.read(operator()) as work:
        batch = work.session.scalars(select(PayBatch).where(PayBatch.year == YEAR)).one()
        codes = answering_schools(work.session, acts_of(work.session, batch))
        shares: dict[str, dict[str, int]] = defaultdict(dict)
        for (person_id, school_id), stand in standing(work.session, YEAR).items():
            if stand.fen:
                shares[codes[school_id][0]][work.session.get_one(Person, person_id).staff_no] = stand.fen
    for code in sorted(shares.keys() - {CODE}):  # the other schools do the same
        split(district, code, shares[code], YEAR)
    sent = draw(desks.cashier, "制发放批", "第 1 批")
    assert sent.startswith(b"\xef\xbb\xbf") and answer(desks.cashier, folder, sent, 1) > 1
    again = draw(desks.cashier, "重发（1 笔）", "第 2 批")
    assert "-R1" in again.decode() and answer(desks.cashier, folder, again, 0) == 1


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


# ── July and August: the three accounts agree, the year is paid and closed ───────────────────────────────────


def july(desks: Desks) -> None:
    desks.finance.open(f"/pay/payout/{YEAR}")
    desks.finance.page.get_by_role("link", name="三方对账").click()
    expect(desks.finance.page.locator("main")).to_contain_text("账簿、学校分配、银行三方一致。")
    desks.finance.page.locator("main a[href*='/people?school=']").first.click()
    expect(desks.finance.page.locator("h1")).to_contain_text("发放到人")


def august(desks: Desks) -> None:
    desks.cashier.open(f"/pay/payout/{YEAR}")
    desks.cashier.page.locator("summary", has_text="核对付款完毕").click()
    desks.cashier.page.get_by_role("button", name="核对付款完毕").click()
    expect(desks.cashier.page.locator("main")).not_to_contain_text("核对付款完毕")
    desks.cashier.page.get_by_role("link", name="结账").click()
    desks.cashier.page.get_by_role("button", name="结账并保存证据包").click()
    expect(desks.cashier.page.locator("main")).to_contain_text("已结账")
    with desks.cashier.page.expect_download() as taken:
        desks.cashier.page.get_by_role("button", name="下载证据包").click()
    with zipfile.ZipFile(taken.value.path()) as book:
        assert {"manifest.json", "ledger.csv", "payouts/002/csv.csv", "returns.csv", "year_acts.csv"} <= set(
            book.namelist()) and book.testzip() is None
