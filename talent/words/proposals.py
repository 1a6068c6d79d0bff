"""What proposals of teachers can be refused with."""

WORDS: dict[str, tuple[str, str]] = {
    "proposal.id_number": ("这里写的像证件号码；申请里不留证件号码", "请写对方的工号"),
    "proposal.asked_already": ("这一条已经提过申请（第 {number} 号），还没有答复", "看那一份；要改内容的，先撤回它再提"),
    "proposal.school_first": ("要由学校先核实，学校的期限到 {until}", "学校核实后，或过了这一天仍没有核实，再认定；不属实的可以退回"),
    "proposal.own": ("自己的申请不能由自己核实、认定或退回", "请同一科室或学校的另一位办理"),
    "proposal.no_answer": ("退回要写明理由", "写明哪里不符、要补什么；教师会看到"),
    "proposal.record_gone": ("这一条记录已经不在了", "退回并说明原因；确实需要的，请本人按新的一条补登"),
    "conflict.proposal": ("这份申请已经有人处理，现在是“{proposal_state}”", "请看现在的情况"),
    "conflict.proposal.stale": ("提出之后这一条记录又被改过；没有认定", "请看提出时、现在和申请的内容，再决定要不要认定"),
}
