"""What paying out can be refused with, and what the check of what was paid found."""

_RESTORE = "请停止发放，与最近一次备份核对；查明原因后再办。"

WORDS: dict[str, tuple[str, str]] = {
    "payout.not_locked": ("{year} 年还没有锁定的核算，没有可以发放的", "请先按步骤批准、锁定"),
    "payout.nothing_due": ("{year} 年没有新的应发：学校已提交的都在发放批里", "等学校提交分配，或先处理银行退回的"),
    "payout.nothing_failed": ("{year} 年没有银行退回待重发的", "不用重发"),
    "payout.year_closed": ("{year} 年已结账，不再记账、发放", "确需改动的，由两人写明理由重新打开这一年"),
    "payout.not_settled": ("{year} 年还有 {n} 所学校账簿、分配、银行三方不一致：{schools}", "请在三方对账里看差在哪里、差在谁"),
    "payout.rows_wrong": ("有 {n} 行对不上，没有收下任何一行", "请银行更正后重新上传；或勾选只收下对上的 {taken} 行，其余留在这一页"),
    "payout.nothing_new": ("{n} 行里没有新的结果，什么都没有改", "都是以前已收下的，或对不上；不用再收"),
    "payout.return_known": ("这个文件已由 {name} 收下过（{file}，第 {number} 次回盘），什么都没有改", "不用再传"),
    "payout.return_empty": ("文件里没有一行结果", "请核对是不是银行的回盘文件"),
    "payout.year_not_closed": ("{year} 年没有结账", "不用重新打开"),
    "payout.year_unsettled": ("{year} 年还有没办完的：{schools}", "可以结账，差额会原样写进证据包；请先写明理由"),
    "payout.file_total": ("{year} 年第 {number} 批：笔数或合计与逐笔相加不一致。", _RESTORE),
    "payout.file_hash": ("{year} 年第 {number} 批：按逐笔重写的银行代发表与制表时的指纹不一致。", _RESTORE),
    "payout.paid_twice": ("流水号 {reference}：同一人同一笔付了不止一次，或重发时前一笔没有退回。", _RESTORE),
    "payout.entry_differs": ("流水号 {reference}：账簿里的支付与银行付成的这一笔不一致。", _RESTORE),
    "payout.entry_of_nothing": ("账簿第 {number} 笔支付不对应任何付成的一笔。", _RESTORE),
    "payout.due_differs": ("{year} 年学校 {school_code}：应付派出学校的余额不等于计提减去已付。", _RESTORE),
    "payout.recovery_sum": ("收回的金额须大于 0，不超过多付的 {overpaid_fen} 元", "请填实际收回的金额；分次退回的分次登记"),
    "payout.recovery_paper": ("没有写凭据号", "请写缴款书、收据或扣款凭证的号码，以后按它查"),
    "payout.recovery_day": ("收回日期在今天以后", "请填实际到账的日期"),
    "payout.recovery_differs": ("凭据 {paper}（账簿第 {number} 笔）：收回的与账簿不一致，或超过付给本人的。", _RESTORE),
    "payout.closed_changed": ("{year} 年结账以后又有变动：{pay_part}。", _RESTORE),
    "payout.entry_while_closed": ("{year} 年已结账，账簿第 {number} 笔却在结账以后记入这一年。", _RESTORE),
    "payout.year_undecided": ("{year} 年的结账状态与最后的决定不一致。", _RESTORE),
    "conflict.payout": ("应发的内容刚才有变，或刚由另一人办过，这次没有办理", "请刷新页面，看过现在的情况再办"),
    "conflict.pay_return": ("这份回盘刚才已有人处理，或结果有变，这次没有收下", "请刷新页面，看过现在的情况再办"),
    "conflict.pay_year": ("这一年刚才有变，或结账已由另一人办过，这次没有办理", "请刷新页面，看过现在的情况再办"),
}
