"""What the policy book refuses, in words."""

WORDS: dict[str, tuple[str, str]] = {
    "policy.not_in_force": (
        "“{label}”自 {first} 起才有规定，{on} 尚无规定可依。",
        "请改用 {first} 及以后的日期；如有更早的文件，请由两人在政策参数中录入并写明文号。",
    ),
    "policy.unknown_key": (
        "政策参数中没有“{key}”。",
        "请从政策参数页选择已有的一项；年度工作日历须写作 calendar.year. 加四位年份。",
    ),
    "policy.invalid_value": (
        "政策参数“{key}”自 {on} 起的取值不能采用：{problem}。",
        "请对照该项的单位和现行取值改正后再提交。",
    ),
}
