"""What a host's word on a month can be refused with."""

WORDS: dict[str, tuple[str, str]] = {
    "attendance.not_over": ("{month} 还没有过完，最后一天是 {end}", "等到那一天再确认；还没有发生的不能先确认"),
    "attendance.no_witness": ("要写受援单位由谁签字，最多 {most} 个字", "写姓名和职务，如“赵敏 教务主任”"),
    "attendance.note_long": ("最多写 {most} 个字", "写短一些，详细的留在签字表上"),
    "attendance.others": ("名单和现在在“{host}”的人不一致", "重新打开这一页，从最新的名单填起"),
    "attendance.order": ("{who}的缺勤 {first} 至 {last}：开始在结束之后", "对照签字表改正"),
    "attendance.outside": (
        "{who}的缺勤 {first} 至 {last} 不在当月支教的日子里（{start} 至 {end}）",
        "只写当月在这里支教期间的缺勤；起止本身不对的，由学校提变动"),
    "attendance.twice": ("{who}的 {day} 写了两次缺勤", "同一天只写一次"),
    "attendance.goes_on": ("{who}的支教这个月没有结束（到 {end} 仍在）", "考核结果在结束的那个月写"),
    "attendance.typed": ("{who}的缺勤读不出来：{typed}", "开始和结束都写成 2026-09-01 的样子，再选类型"),
    "attendance.unknown_appraisal": ("{who}的考核结果“{typed}”不在可选的里面", "从优秀、合格、不合格里选"),
    "attendance.own": ("这份确认里有您本人", "请由别的人登记或认可"),
    "attendance.same_person": ("这一份是您登记或由您发出链接的", "请由另一位认可"),
    "attendance.waits_already": ("这里面的人这个月已有一份确认在等认可（第 {number} 号）", "先认可或退回那一份，再登记新的"),
    "attendance.waits_here": ("这个月已有一份确认交了上去", "等派出地认可；要更正的，请联系发链接给您的人"),
    "attendance.several_schools": ("这个单位有您所管几所学校的人", "请由人事科生成一个链接，一次问全"),
    "attendance.no_answer": ("退回要写明理由", "写明哪里不符；登记的人会看到"),
    "attendance.not_here": ("工号 {staff_no} 这个月不在这个单位支教", "核对工号；只收这个单位当月名单里的人"),
    "attendance.other_name": ("工号 {staff_no} 的姓名和名单上的不一致", "核对工号和姓名"),
    "attendance.no_start": ("工号 {staff_no} 的缺勤没有写开始", "写缺勤的第一天；没有缺勤的，开始、结束、类型都空着"),
    "attendance.code": ("这个确认码不能用", "核对是否抄全；用过、作废或过期的，请向派出单位或区教育局人事科要新的"),
    "attendance.scan_strange": ("扫描件要是 PDF、JPG 或 PNG", "把签字盖章的确认表扫描或拍照后再选"),
    "conflict.attendance.stale": (
        "{name}（{staff_no}）的支教记录在登记以后改过：登记时是 {first} 至 {last}，现在的起止或考核结果不同",
        "退回并说明，请按现在的记录重新确认"),
}
