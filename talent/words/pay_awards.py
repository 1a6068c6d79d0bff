"""What splitting an allotment can be refused with, and what a split still waits for."""

WORDS: dict[str, tuple[str, str]] = {
    "pay.award_not_locked": ("{year} 年度的激励金还没有锁定，本校总量未定，不能分配", "等人事、财务核定并锁定后再分配"),
    "pay.award_nothing": ("{year} 年度没有计入本校的激励金", "没有可分配的；如有遗漏请与人事科核对名单"),
    "pay.award_both": (
        "“{key}”既是帮扶支教人员，又列在其他人员里（依据：{clause}）", "帮扶支教人员的所得写在一行里，删去另一行"),
    "pay.award_over": (
        "其他人员各行合计 {fixed_fen} 元，超过总量 {allotment_fen} 元（依据：{clause}）", "请减少其他人员的金额"),
    "pay.award_not_served": (
        "“{key}”{year} 年没有计入{school}的帮扶支教", "确应分给此人的，列在其他人员里并写明名目"),
    "pay.award_stranger": ("“{key}”{year} 年不在{school}的名册里", "请核对工号；总量只分给本校当年的人员"),
    "pay.award_many": ("其他人员超过 {most} 行", "请合并到本校确需分配的人"),
    "pay.award_purpose_long": ("“{key}”的名目超过 {most} 个字", "请写短一些"),
    "pay.award_typed": ("“{key}”一行的“{typed}”不能用：{why}", "金额写成 24000 或 24,000.00 元，积分至多两位小数"),
    "pay.award_notice_strange": ("公示文件不是 PDF、JPG 或 PNG", "请附公示的扫描件或照片；改过后缀名的不行"),
    "pay.award_stale": (
        "总量已由 {allotment_fen} 元变为 {standing_fen} 元，这份分配是按原来的总量作的", "请按现在的总量重新分配"),
    "pay.award_left": ("已分 {awarded_fen} 元，还差 {left_fen} 元到总量 {allotment_fen} 元", "各人之和须与总量一分不差"),
    "pay.award_too_much": ("已分 {awarded_fen} 元，比总量 {allotment_fen} 元多 {left_fen} 元", "各人之和须与总量一分不差"),
    "pay.award_notice_missing": ("还没有登记校内公示", "公示后登记起止日期；金额改动的要重新公示"),
    "pay.award_notice_running": ("校内公示到 {notice_to} 才结束", "公示期满、没有异议后再提交"),
    "pay.award_notice_future": ("公示从 {notice_from} 开始，还没有到", "公示贴出后再登记"),
    "pay.award_notice_short": ("公示不少于 {days} 个工作日，最早到 {earliest}", "请填实际结束的日期；当天贴出的不计第一天"),
    "pay.award_reason_missing": ("帮扶支教人员所得低于规定份额，没有写理由", "请写明经过什么程序、为什么这样分配"),
    "pay.award_same_person": ("这份分配是{name}作的，作分配的人不能自己提交", "请校长或学校另一位有账号的人提交"),
    "pay.award_own": ("其中有{name}本人的一份，不能自己提交", "请学校另一位没有列在其中的人提交"),
    "pay.award_changed": ("{year} 年度 {school} 第 {sequence} 次分配与提交时不同", "请停止发放，查对备份和审计"),
    "pay.award_sum": (
        "{year} 年度 {school} 第 {sequence} 次分配各人之和 {awarded_fen} 元，总量 {allotment_fen} 元",
        "请停止发放，查对备份和审计"),
    "pay.award_not_standing": (
        "{year} 年度 {school} 第 {sequence} 次分配的总量 {allotment_fen} 元，提交时账上是 {standing_fen} 元",
        "请停止发放，查对备份和审计"),
    "pay.award_order": ("{year} 年度 {school} 的分配次序不连贯", "请停止发放，查对备份和审计"),
    "pay.award_hands": ("{year} 年度 {school} 第 {sequence} 次分配不是由两个人作出和提交的", "请停止发放，查对备份和审计"),
    "pay.split_empty": ("表里没有一行可读的分配", "请下载分配草案，在其中填写后上传"),
    "pay.split_missing": ("少了帮扶支教人员“{key}”{name}的一行", "请补上这一行；不分给此人的，金额或积分写 0"),
    "pay.split_name": ("工号“{key}”是{name}，与表里的姓名不一致", "请核对工号和姓名"),
    "pay.split_purpose": ("“{key}”是帮扶支教人员，不写名目", "请把名目清空；此人的所得写在一行里"),
    "pay.split_unnamed": ("“{key}”不是帮扶支教人员，但没有写名目", "请写明因何列支，如：协助人员"),
    "pay.split_unmarked": ("各行的草案标记都空着，看不出是哪一份草案", "请重新下载分配草案，把改动填进去再上传"),
    "pay.split_by_points": (
        "表里写 {typed_fen} 元，按积分算是 {computed_fen} 元", "这份草案以积分为准；要逐人定金额的，先改用逐人填写"),
    "conflict.pay_distribution": ("您打开之后，{name}改过这份分配，没有办理", "请刷新页面，看过现在的金额再办"),
    "conflict.pay_distribution_drawn": ("您打开之后，{name}已经作了一份分配草案，没有另作", "请刷新页面，在这份草案上改"),
    "conflict.pay_distribution_gone": ("您打开之后，这份草案已经提交或撤回，没有办理", "请刷新页面看现在的情况"),
}
