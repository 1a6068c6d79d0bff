"""What taking a pay batch along its chain can be refused with, and what it still waits for."""

WORDS: dict[str, tuple[str, str]] = {
    "pay.needs_account": ("这一步要由登录的具名人员办理，本机操作员不能代替", "请本人登录后办理"),
    "pay.same_person": ("{name} 已经在这一批里办过“{pay_act}”，核算、复核、批准须是不同的人", "请另一位有权的人办理"),
    "pay.computed_by_nobody": (
        "这一批由本机操作员算出，没有具名的核算人，核算与复核、批准是不是同一人无从判断",
        "请人事科或财务科用自己的账号重新核算，再往下办"),
    "pay.own_line": ("{name} 本人在这一批里有金额，不能办理自己的激励金", "请另一位有权的人办理"),
    "pay.sheet_own": ("纸质签字表须由签字人 {name} 以外的另一人登记", "请另一位人事或财务人员登记"),
    "pay.sheet_signatory": ("签字人没有办这一步的权限", "选一位有权的人；学校没有账号的，写明签字人姓名"),
    "pay.sheet_missing": ("没有附上签字表的扫描件", "请附 PDF、JPG 或 PNG"),
    "pay.sheet_strange": ("这个文件不是 PDF、JPG 或 PNG", "请附签字表的扫描件；改过后缀名的不行"),
    "pay.reason_missing": ("没有写理由", "写明哪里不对、请谁改什么"),
    "pay.approved_already": ("您的身份已经批准过这一批", "等另一方批准"),
    "pay.batch_signed": (
        "{year} 年第 {sequence} 次核算已经确认或批准，重新核算会使这些作废", "请先写明理由退回，再重新核算"),
    "pay.year_locked": (
        "{year} 年第 {sequence} 次核算已按“{convention}”锁定，同一年不再换口径",
        "记录有变的，按原口径重新核算，只作调整"),
    "pay.nothing_to_adjust": ("{year} 年第 {sequence} 次核算已经锁定，按现在的记录重算没有差额", "不用调整"),
    "pay.period_not_open": ("会计期间“{period}”没有打开", "选一个已打开的期间；没有的先由两人打开"),
    "period.code_strange": ("“{period}”不是会计期间", "写成 2026-11 这样的年月"),
    "period.state": ("期间 {period} 现在是“{period_state}”，不能“{period_act}”", "请看现在的情况"),
    "period.reason_missing": ("没有写理由", "写明为什么要这样办"),
    "period.same_person": ("期间由申请人 {name} 以外的另一个人批准", "请另一位有权的人办理"),
    "conflict.pay_period": ("这个期间刚才已有人处理", "请看现在的情况"),
    "pay.held_already": ("这一行已经暂缓", "不用再办"),
    "pay.not_held": ("这一行没有暂缓", "不用再办"),
    "pay.document_missing": ("没有填批准文件的文号", "填写同意采用假定参数的文件名称或文号"),
    "pay.schools_waiting": ("{total} 所派出学校中还有 {n} 所没有答复：{schools}", "请学校核对名单后确认；有误的写明理由"),
    "pay.approval_waiting": ("还没有“{role}”批准", "请其登录批准"),
    "pay.unacknowledged": ("有 {n} 条缺考核结果的暂计没有人知悉", "请人事科逐条看过后确认，或补录后重新核算"),
    "pay.assumed_unconfirmed": ("用了 {n} 项假定参数，还没有人具名确认并填文号", "请财务科填写批准文件的文号"),
    "pay.no_open_period": ("没有打开的会计期间，锁定后无处记账", "请先由两人打开一个期间"),
    "conflict.pay_step": ("这一批刚才已有变动，您看到的不是现在的样子，没有办理", "请刷新页面，看过现在的情况再办"),
}
