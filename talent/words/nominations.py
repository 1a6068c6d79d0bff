"""What nominations for assistance can be refused with."""

WORDS: dict[str, tuple[str, str]] = {
    "nomination.not_yours": ("本校现在没有工号是“{staff_no}”的在岗人员", "从列出的人里选；外校的人由其所在学校提名"),
    "nomination.same_host": ("现在的受援单位就是“{host}”", "只改日期的，用“改结束日期”"),
    "nomination.no_day": ("没有写从哪一天起换", "写到新受援单位的第一天"),
    "nomination.move_outside": ("换受援单位的日子要在这一段之内（{start} 至 {end}），第一天之后", "这一段结束以后再去的，另行提名"),
    "nomination.no_answer": ("退回要写明理由", "写明哪里不符、要改什么；学校会看到"),
    "nomination.no_document": ("要写批准文号，最多 {most} 个字", "写批准这次支教或变动的文件编号，如“区教人〔2026〕15号”"),
    "nomination.record_gone": ("这一段支教记录已经不在了", "退回并说明；确实需要的，请学校重新提名"),
}
