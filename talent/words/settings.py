"""What changing a policy value can be refused with."""

WORDS: dict[str, tuple[str, str]] = {
    "policy.not_money": ("“{typed}”不是金额", "按元填写，最多两位小数，如 24000 或 24000.50"),
    "policy.not_hours": ("“{typed}”不是学时", "按学时填写，最多两位小数，如 360 或 7.5"),
    "policy.not_whole": ("“{typed}”不是整数", "填整数，如 15"),
    "policy.not_share": ("“{typed}”不是准确的比例", "写成 70%、0.7 或 1/12"),
    "policy.not_flag": ("“{typed}”不是是或否", "填“是”或“否”"),
    "policy.not_date": ("“{typed}”不是日期", "写成 2026-01-01"),
    "policy.not_table": ("表的写法不对，读不出来", "照现在的值改；小数加引号，如 \"0.7\"，括号和引号要成对"),
    "policy.value_refused": ("政策参数不能取这个值：{problem}", "照现在的值的写法改"),
    "policy.basis_unknown": ("没有“{basis}”这种依据", "选文件、授权或假定"),
    "policy.document_missing": ("没有写依据的文件", "填文件名称或文号；假定的写明由谁定的"),
    "policy.unchanged": ("这个值与 {since} 已经生效的完全一样", "不用再提；要换依据的，改文件或依据一栏"),
    "policy.already_proposed": ("同一天起的另一个值正等第二人批准", "先办那一个，或改起始日期"),
    "policy.same_person": ("参数由提出人以外的另一个人批准", "请另一位有权批准的人办理"),
    "policy.not_yours": ("只能撤回自己提出的", "不同意的，由有权批准的人退回"),
    "conflict.policy": ("这一项已经有人处理", "请看现在的情况"),
}
