"""What the check of stored pay batches found, in words."""

_RESTORE = "请停止使用该批次，与最近一次备份核对；查明原因后重新核算。"

WORDS: dict[str, tuple[str, str]] = {
    "pay.ledger_amount": (
        "{year} 年第 {sequence} 次核算：工号 {staff_no} 的金额“{amount}”不是非负整数（分）。", _RESTORE),
    "pay.ledger_total": (
        "{year} 年第 {sequence} 次核算：逐人相加 {lines_fen} 元，与批次总额 {total_fen} 元不一致。", _RESTORE),
    "pay.ledger_hash": ("{year} 年第 {sequence} 次核算：内容与算出时留下的指纹不一致，保存后有改动。", _RESTORE),
    "pay.ledger_snapshot": (
        "{year} 年第 {sequence} 次核算：保存的快照与算出时留下的指纹不一致，无法据以重算。", _RESTORE),
    "pay.ledger_parameters": ("{year} 年第 {sequence} 次核算：保存的参数与快照里的不一致。", _RESTORE),
    "pay.ledger_line": (
        "{year} 年第 {sequence} 次核算：按快照重算，工号 {staff_no} 在学校 {school_code} 的一行与保存的不一致。",
        _RESTORE),
    "pay.ledger_findings": ("{year} 年第 {sequence} 次核算：按快照重算，发现的问题与保存的不一致。", _RESTORE),
    "pay.entry_link": ("账簿第 {number} 笔接不上前一笔：有记录被删去、插入或调换。", _RESTORE),
    "pay.entry_changed": ("账簿第 {number} 笔的内容与记账时的指纹不一致。", _RESTORE),
    "pay.entry_sum": ("账簿第 {number} 笔的金额不是大于零的整数（分），或借贷同户。", _RESTORE),
    "pay.entry_reversal": ("账簿第 {number} 笔冲销与被冲销的一笔对不上，或同一笔冲销了两次。", _RESTORE),
    "pay.entry_after_lock": ("账簿第 {number} 笔记在期间 {period}，当时该期间没有打开。", _RESTORE),
    "pay.entry_of_nothing": ("账簿第 {number} 笔不属于任何已锁定的核算。", _RESTORE),
    "pay.period_undecided": ("期间 {period} 的状态与两人最后的决定不一致。", _RESTORE),
    "pay.decision_missing": (
        "{year} 年第 {sequence} 次核算：“{pay_act}”与现在的内容对不上，或不是由不同的人办的。", _RESTORE),
    "pay.decision_barred": (
        "{year} 年第 {sequence} 次核算：“{pay_act}”是由 {name} 办的，而此人按规定不得办理。", _RESTORE),
    "pay.ledger_differs": ("{year} 年第 {sequence} 次核算：账簿里的各笔与该次核算应记的不一致。", _RESTORE),
    "conflict.pay_batch": ("{year} 年激励金刚刚由另一人核算。", "请刷新页面，查看新的结果后再决定是否重算。"),
}
